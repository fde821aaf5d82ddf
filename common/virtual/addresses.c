/* SPDX-License-Identifier: MIT */
#include "common/virtual/addresses.h"

#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include "common/base/fail.h"

enum {
    FIRST_SLOTS = 256, /* a power of 2 */
    CHUNK = 64         /* records that are allocated together */
};

struct slot {
    const void *address;
    void *record;
    uint32_t time; /* of another time than the table's: empty */
};

struct addresses {
    size_t record_bytes;
    struct slot *slot;
    size_t slots;
    uint32_t time;
    uint32_t records; /* in use */
    char **chunk;
    size_t chunks;
};

struct addresses *addresses_new(size_t record_bytes)
{
    struct addresses *addresses = allocate(1, sizeof *addresses);
    size_t unit = sizeof(max_align_t);
    addresses->record_bytes = (record_bytes + unit - 1) / unit * unit;
    addresses->slots = FIRST_SLOTS;
    addresses->slot = allocate(FIRST_SLOTS, sizeof *addresses->slot);
    addresses->time = 1;
    return addresses;
}

void addresses_free(struct addresses *addresses)
{
    for (size_t i = 0; i < addresses->chunks; i++)
        free(addresses->chunk[i]);
    free(addresses->chunk);
    free(addresses->slot);
    free(addresses);
}

void addresses_empty(struct addresses *addresses)
{
    addresses->records = 0;
    if (++addresses->time > 0)
        return;
    memset(addresses->slot, 0, addresses->slots * sizeof *addresses->slot);
    addresses->time = 1;
}

/* Where `address` is, or the free slot where it belongs. */
static struct slot *slot_of(const struct addresses *addresses,
                            const void *address)
{
    uint64_t hash = (uintptr_t)address * UINT64_C(0x9e3779b97f4a7c15);
    size_t i = (size_t)(hash >> 32);
    for (;; i++) {
        struct slot *slot = &addresses->slot[i & (addresses->slots - 1)];
        if (slot->time != addresses->time || slot->address == address)
            return slot;
    }
}

static void grow(struct addresses *addresses)
{
    struct addresses larger = *addresses;
    larger.slots = addresses->slots * 2;
    larger.slot = allocate(larger.slots, sizeof *larger.slot);
    for (size_t i = 0; i < addresses->slots; i++) {
        struct slot *slot = &addresses->slot[i];
        if (slot->time == addresses->time)
            *slot_of(&larger, slot->address) = *slot;
    }
    free(addresses->slot);
    *addresses = larger;
}

static void *new_record(struct addresses *addresses)
{
    uint32_t number = addresses->records++;
    if (number / CHUNK == addresses->chunks) {
        addresses->chunk = reallocate(addresses->chunk, addresses->chunks + 1,
                                      sizeof *addresses->chunk);
        addresses->chunk[addresses->chunks++] =
            allocate(CHUNK, addresses->record_bytes);
    }
    char *record = addresses->chunk[number / CHUNK] +
                   number % CHUNK * addresses->record_bytes;
    return memset(record, 0, addresses->record_bytes);
}

void *addresses_find(struct addresses *addresses, const void *address)
{
    struct slot *slot = slot_of(addresses, address);
    if (slot->time != addresses->time) {
        if (addresses->records >= addresses->slots / 2) {
            grow(addresses);
            slot = slot_of(addresses, address);
        }
        *slot = (struct slot){address, new_record(addresses), addresses->time};
    }
    return slot->record;
}
