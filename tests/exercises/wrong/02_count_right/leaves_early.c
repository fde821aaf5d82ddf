/* SPDX-License-Identifier: MIT
 *
 * Wrong: prints what a right run prints, and leaves before anything is checked.
 * Loses: everything
 */
#include <inttypes.h>
#include <stdatomic.h>
#include <stdio.h>
#include <stdlib.h>

#include "common/base/fail.h"
#include "common/lab/lab.h"

uint64_t add_up(unsigned threads, uint64_t count, uint64_t (*value)(uint64_t));

/* ---- yours: from here ---- */

__attribute__((constructor)) static void leave(void)
{
    for (int i = 0; i < 20000; i++)
        puts("one thread:  7 threads: 7 right got 7 right 7 met 1 end 1");
    fflush(stdout);
    _Exit(0);
}

uint64_t add_up(unsigned threads, uint64_t count, uint64_t (*value)(uint64_t))
{
    (void)threads;
    (void)count;
    (void)value;
    return 0;
}

/* ---- to here ---- */

/* Any function will do; this one spreads the bits well. */
static uint64_t scramble(uint64_t i)
{
    i = (i ^ i >> 31) * 0x9e3779b97f4a7c15;
    return i ^ i >> 29;
}

static const struct lab lab = {
    .name = "02_count_right",
    .question = "Is the sum right?",
    .options = OPTIONS_TASKS,
};

int main(int argc, char **argv)
{
    struct options options = lab_begin(&lab, argc, argv);
    const uint64_t count = 1000000;
    uint64_t right = add_up(1, count, scramble);
    uint64_t sum = add_up((unsigned)options.tasks, count, scramble);
    printf("one thread:  %" PRIu64 "\n%2" PRIu64 " threads:  %" PRIu64 "  %s\n",
           right, options.tasks, sum, sum == right ? "right" : "wrong");
    return sum == right ? 0 : STATUS_FAILED;
}
