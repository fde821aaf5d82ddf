/* SPDX-License-Identifier: MIT */
#include "common/virtual/search.h"

#include <stdlib.h>

#include "common/base/fail.h"

enum {
    FIRST_FORKS = 256,
    FIRST_SLOTS = 1024,  /* a power of 2 */
    MOST_SLOTS = 1 << 26 /* 2 GiB; what comes then is walked, not known */
};

struct fork {
    uint64_t moment;
    uint32_t ways;
    uint32_t way;
    uint32_t witness;
    double orders, failing; /* of the ways before this one */
};

struct moment {
    uint64_t number; /* 0: none */
    double orders, failing;
};

void search_begin(struct search *search)
{
    *search = (struct search){.most = FIRST_FORKS, .slots = FIRST_SLOTS};
    search->fork = allocate(search->most, sizeof *search->fork);
    search->moment = allocate(search->slots, sizeof *search->moment);
}

void search_end(struct search *search)
{
    free(search->fork);
    free(search->moment);
}

/* Where it is, or where it belongs. */
static struct moment *find(const struct search *search, uint64_t number)
{
    for (size_t i = (size_t)number;; i++) {
        struct moment *moment = &search->moment[i & (search->slots - 1)];
        if (!moment->number || moment->number == number)
            return moment;
    }
}

static void grow(struct search *search)
{
    struct search larger = *search;
    larger.slots *= 2;
    larger.moment = allocate(larger.slots, sizeof *larger.moment);
    for (size_t i = 0; i < search->slots; i++)
        if (search->moment[i].number)
            *find(&larger, search->moment[i].number) = search->moment[i];
    free(search->moment);
    *search = larger;
}

static void remember(struct search *search, const struct fork *fork)
{
    if (search->moments >= search->slots / 2 && search->slots < MOST_SLOTS)
        grow(search);
    if (search->moments >= search->slots / 2)
        return;
    *find(search, fork->moment) =
        (struct moment){fork->moment, fork->orders, fork->failing};
    search->moments++;
}

static size_t cut(struct search *search, size_t ways, double orders,
                  double failing)
{
    search->cut = true;
    search->orders = orders;
    search->failing = failing;
    return ways;
}

size_t search_again(struct search *search, size_t ways, uint32_t witness)
{
    const struct fork *fork = &search->fork[search->at++];
    return fork->ways == ways && fork->witness == witness ? fork->way : ways;
}

size_t search_fork(struct search *search, size_t ways, uint32_t witness,
                   uint64_t moment, size_t length)
{
    uint64_t number = moment ? moment : 1;
    const struct moment *seen = find(search, number);
    if (seen->number)
        return cut(search, ways, seen->orders, seen->failing);
    if (search->shorter_than && length + 1 >= search->shorter_than)
        return cut(search, ways, 0, 0);
    if (search->forks == search->most) {
        search->most *= 2;
        search->fork =
            reallocate(search->fork, search->most, sizeof *search->fork);
    }
    search->fork[search->forks++] = (struct fork){
        .moment = number, .ways = (uint32_t)ways, .witness = witness};
    search->at++;
    return 0;
}

bool search_next(struct search *search, bool failed)
{
    if (!search->cut) {
        search->orders = 1;
        search->failing = failed;
    }
    search->cut = false;
    search->at = 0;
    while (search->forks > 0) {
        struct fork *fork = &search->fork[search->forks - 1];
        fork->orders += search->orders;
        fork->failing += search->failing;
        if (++fork->way < fork->ways)
            return true;
        search->orders = fork->orders;
        search->failing = fork->failing;
        remember(search, fork);
        search->forks--;
    }
    return false;
}
