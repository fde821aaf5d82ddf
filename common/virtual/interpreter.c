/* SPDX-License-Identifier: MIT
 *
 * Compiled as the lock is, so that the checkpoint's look at the eval breaker is
 * a step.
 */
#include "common/virtual/names.h"

#include "common/virtual/interpreter.h"

#include "common/gil/gil.h"

static struct gil gil;
static struct gil_config config;
static struct lane lane; /* without room: nothing is recorded */
static struct gil_thread thread[GUESTS_MOST + 1];

static void begin(void)
{
    gil_init(&gil, &config);
    for (size_t i = 0; i <= GUESTS_MOST; i++)
        thread[i] = (struct gil_thread){.gil = &gil, .lane = &lane};
}

static void take(unsigned me)
{
    gil_take(&thread[me]);
}

static void drop(unsigned me)
{
    gil_drop(&thread[me]);
}

static void checkpoint(unsigned me)
{
    gil_checkpoint(&thread[me]);
}

static bool asked(void)
{
    return config.policy->asks && atomic_load(&gil.eval_breaker);
}

struct guests interpreter_guests(const struct gil_policy *policy)
{
    unsigned promises = 0;
    if (policy->excludes)
        promises |= GUESTS_ONE_INSIDE;
    if (policy->asks)
        promises |= GUESTS_SWITCH | GUESTS_ASK_LATE | GUESTS_LOSE |
                    GUESTS_LEAVE_NO_REQUEST;
    config = (struct gil_config){policy, GIL_INTERVAL_US, 1};
    return (struct guests){.threads = 2,
                           .rounds = 2,
                           .checkpoints = 1,
                           .promises = promises,
                           .begin = begin,
                           .take = take,
                           .drop = drop,
                           .checkpoint = checkpoint,
                           .asked = asked,
                           .hidden = &gil.holders,
                           .hidden_bytes = sizeof gil.holders};
}
