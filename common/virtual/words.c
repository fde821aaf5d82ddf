/* SPDX-License-Identifier: MIT */
#include "common/virtual/words.h"

#include <stddef.h>
#include <string.h>

static const char *const words[] = {
    [POINT_BEGIN] = "begins",
    [POINT_END] = "ends",
    [POINT_CREATE] = "creates",
    [POINT_JOIN] = "joins",
    [POINT_LOCK] = "locks",
    [POINT_TRY_LOCK] = "tries-to-lock",
    [POINT_READ_LOCK] = "locks-to-read",
    [POINT_TRY_READ_LOCK] = "tries-to-read",
    [POINT_UNLOCK] = "unlocks",
    [POINT_WAIT] = "waits",
    [POINT_WAKE] = "wakes-up",
    [POINT_SIGNAL] = "signals",
    [POINT_BROADCAST] = "wakes-all",
    [POINT_TAKE] = "takes",
    [POINT_TRY_TAKE] = "tries-to-take",
    [POINT_POST] = "posts",
    [POINT_MEET] = "arrives",
    [POINT_PASS] = "passes",
    [POINT_ONCE] = "once",
    [POINT_ONCE_DONE] = "once-done",
    [POINT_SLEEP] = "sleeps",
    [POINT_YIELD] = "yields",
    [POINT_READ] = "reads",
    [POINT_WRITE] = "writes",
    [POINT_CHANGE] = "changes",
    [POINT_FENCE] = "fence",
    [POINT_NOTE] = "note",
};

const char *word_of(enum point_kind kind)
{
    return words[kind];
}

bool word_kind(const char *word, enum point_kind *kind)
{
    for (size_t i = 0; i < sizeof words / sizeof *words; i++) {
        if (strcmp(word, words[i]) != 0)
            continue;
        *kind = (enum point_kind)i;
        return true;
    }
    return false;
}

const char *word_of_woken(enum woken woken)
{
    return woken == WOKEN_BY_TIME      ? "time is up"
           : woken == WOKEN_BY_NOTHING ? "no reason"
                                       : "";
}

const char *letter_of_woken(enum woken woken)
{
    return woken == WOKEN_BY_TIME ? "t" : woken == WOKEN_BY_NOTHING ? "n" : "";
}
