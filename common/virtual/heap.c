/* SPDX-License-Identifier: MIT */
#include "common/virtual/heap.h"

#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include "common/base/fail.h"
#include "common/virtual/threads.h"

/* The last word of what is in front of a block. In front of a block of others
 * stands its size. */
#define OURS UINT64_C(0xf769a20c6865f06b)
#define FREED UINT64_C(0xf769a20c6865f06c)

/* In front of each block. Its mark is at the end, whatever a pointer's size. */
struct block {
    union {
        struct {
            _Alignas(max_align_t) struct block *before; /* allocated before */
            void *start;  /* what the system allocated */
            size_t bytes; /* of the block */
        };
        struct {
            uint64_t others[3];
            uint64_t mark;
        };
    };
};
_Static_assert(offsetof(struct block, mark) + sizeof(uint64_t) ==
                   sizeof(struct block),
               "the mark is in front of the block");

static struct block *last;
static struct block *freed[64]; /* of this run: those that are looked for */
size_t virtual_heap_freed_blocks;
static bool owns_all;

/* Memory of the system's own, as of strdup(), that the run has freed. */
static struct {
    void **memory;
    size_t count, room;
} others;

static bool in_run(void)
{
    return virtual_me ? virtual_me->threads->scheduler->owns_heap : owns_all;
}

void virtual_heap_owns_all(bool all)
{
    owns_all = all;
}

static void *allocated(void *start, size_t offset, size_t bytes)
{
    if (!start)
        return NULL;
    struct block *block = (struct block *)((char *)start + offset) - 1;
    block->before = last;
    block->start = start;
    block->bytes = bytes;
    block->mark = OURS;
    last = block;
    return block + 1;
}

void *virtual_malloc(size_t bytes)
{
    size_t offset = sizeof(struct block);
    if (!in_run() || bytes > SIZE_MAX - offset)
        return malloc(bytes);
    return allocated(malloc(offset + bytes), offset, bytes);
}

void *virtual_calloc(size_t count, size_t bytes)
{
    size_t offset = sizeof(struct block);
    if (!in_run() || (bytes && count > (SIZE_MAX - offset) / bytes))
        return calloc(count, bytes);
    return allocated(calloc(1, offset + count * bytes), offset, count * bytes);
}

void *virtual_aligned(size_t alignment, size_t bytes)
{
    if (!in_run())
        return aligned_alloc(alignment, bytes);
    if (alignment < _Alignof(struct block)) /* which stands in front of it */
        alignment = _Alignof(struct block);
    size_t offset = (sizeof(struct block) / alignment + 1) * alignment;
    return allocated(aligned_alloc(alignment, offset + bytes), offset, bytes);
}

/* The block of this memory; NULL: it is not of this run. */
__attribute__((no_sanitize("address"))) static struct block *
block_of(void *memory)
{
    struct block *block = (struct block *)memory - 1;
    uint64_t mark = block->mark;
    return mark == OURS || mark == FREED ? block : NULL;
}

static void release(struct block *block, struct virtual_place here)
{
    if (!virtual_me)
        return;
    if (block->mark == FREED)
        virtual_wrong("frees memory that is free already", here);
    block->mark = FREED;
    if (virtual_heap_freed_blocks < sizeof freed / sizeof *freed)
        freed[virtual_heap_freed_blocks++] = block;
    struct scheduler *scheduler = virtual_me->threads->scheduler;
    size_t seen =
        block->bytes < VIRTUAL_MOST_SEEN ? block->bytes : VIRTUAL_MOST_SEEN;
    if (scheduler->sees_memory && seen > 0)
        virtual_write(block + 1, seen, here);
}

static void release_others(void *memory, struct virtual_place here)
{
    for (size_t i = 0; i < others.count; i++)
        if (others.memory[i] == memory) {
            virtual_wrong("frees memory that is free already", here);
            return;
        }
    if (others.count == others.room) {
        others.room = others.room ? 2 * others.room : 64;
        others.memory =
            reallocate(others.memory, others.room, sizeof *others.memory);
    }
    others.memory[others.count++] = memory;
}

void *virtual_realloc(void *memory, size_t bytes)
{
    struct block *block = memory ? block_of(memory) : NULL;
    if (memory && !block)
        return realloc(memory, bytes);
    void *larger = virtual_malloc(bytes);
    if (larger && block) {
        memcpy(larger, memory, bytes < block->bytes ? bytes : block->bytes);
        release(block, VIRTUAL_CALLER);
    }
    return larger;
}

void virtual_free(void *memory)
{
    struct block *block = memory ? block_of(memory) : NULL;
    if (block)
        release(block, VIRTUAL_CALLER);
    else if (memory && virtual_me && in_run())
        release_others(memory, VIRTUAL_CALLER);
    else
        free(memory);
}

bool virtual_heap_freed(const volatile void *memory, size_t bytes)
{
    uintptr_t begin = (uintptr_t)memory;
    for (size_t i = 0; i < virtual_heap_freed_blocks; i++)
        if (begin < (uintptr_t)(freed[i] + 1) + freed[i]->bytes &&
            begin + bytes > (uintptr_t)(freed[i] + 1))
            return true;
    return false;
}

void virtual_heap_clear(void)
{
    virtual_heap_freed_blocks = 0;
    while (last) {
        struct block *block = last;
        last = block->before;
        free(block->start);
    }
    while (others.count > 0)
        free(others.memory[--others.count]);
}
