/* SPDX-License-Identifier: MIT */
#define _GNU_SOURCE /* dl_iterate_phdr */

#include "common/virtual/image.h"

#include <stddef.h>
#include <stdint.h>

#include "common/virtual/heap.h"
#include "common/virtual/sync.h"

/* Of these files nothing may be called but by the program that is loaded: with
 * this they are linked. */
extern const void *const image_keeps[];
void __tsan_init(void);
#define KEEP(function) (const void *)(uintptr_t)&function
const void *const image_keeps[] = {KEEP(virtual_mutex_lock),
                                   KEEP(virtual_sem_wait), KEEP(virtual_create),
                                   KEEP(virtual_malloc), KEEP(__tsan_init)};

#ifdef __linux__

#include <link.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "common/base/fail.h"
#include "common/virtual/thread_locals.h"

enum {
    MOST_PARTS = 8
};

struct part {
    char *memory;
    size_t bytes;
    char *copy;
};

struct image {
    uintptr_t inside;
    struct part part[MOST_PARTS];
    size_t parts;
    bool found;
    bool shares; /* its _Thread_local variables */
};

static bool contains(const struct dl_phdr_info *object, uintptr_t address)
{
    for (size_t i = 0; i < object->dlpi_phnum; i++) {
        const ElfW(Phdr) *segment = &object->dlpi_phdr[i];
        uintptr_t begin = object->dlpi_addr + segment->p_vaddr;
        if (segment->p_type == PT_LOAD && address >= begin &&
            address - begin < segment->p_memsz)
            return true;
    }
    return false;
}

/* Where the writable memory of the object begins after all: what is written to
 * only while it is loaded is read-only by now. */
static uintptr_t read_only_end(const struct dl_phdr_info *object)
{
    uintptr_t page = (uintptr_t)sysconf(_SC_PAGESIZE);
    for (size_t i = 0; i < object->dlpi_phnum; i++) {
        const ElfW(Phdr) *segment = &object->dlpi_phdr[i];
        if (segment->p_type == PT_GNU_RELRO)
            return (object->dlpi_addr + segment->p_vaddr + segment->p_memsz) /
                   page * page;
    }
    return 0;
}

#ifdef __x86_64__

/* One of these relocations finds a _Thread_local variable without a call of
 * __tls_get_addr(). */
static bool finds_itself(const struct dl_phdr_info *object, uintptr_t table,
                         size_t bytes)
{
    /* Some loaders put the address there, some leave the offset. */
    if (table < object->dlpi_addr)
        table += object->dlpi_addr;
    const ElfW(Rela) *relocation = (const ElfW(Rela) *)table;
    for (size_t i = 0; i < bytes / sizeof *relocation; i++) {
        unsigned long type = ELF64_R_TYPE(relocation[i].r_info);
        if (type == R_X86_64_TLSDESC || type == R_X86_64_TPOFF64)
            return true;
    }
    return false;
}

static bool has_other_way(const struct dl_phdr_info *object)
{
    uintptr_t tables[2] = {0, 0};
    size_t bytes[2] = {0, 0};
    for (size_t i = 0; i < object->dlpi_phnum; i++) {
        const ElfW(Phdr) *segment = &object->dlpi_phdr[i];
        if (segment->p_type != PT_DYNAMIC)
            continue;
        uintptr_t at = object->dlpi_addr + segment->p_vaddr;
        for (const ElfW(Dyn) *entry = (const ElfW(Dyn) *)at;
             entry->d_tag != DT_NULL; entry++) {
            if (entry->d_tag == DT_RELA)
                tables[0] = entry->d_un.d_ptr;
            if (entry->d_tag == DT_RELASZ)
                bytes[0] = entry->d_un.d_val;
            if (entry->d_tag == DT_JMPREL)
                tables[1] = entry->d_un.d_ptr;
            if (entry->d_tag == DT_PLTRELSZ)
                bytes[1] = entry->d_un.d_val;
        }
    }
    return finds_itself(object, tables[0], bytes[0]) ||
           finds_itself(object, tables[1], bytes[1]);
}

#else

static bool has_other_way(const struct dl_phdr_info *object)
{
    (void)object;
    return false; /* thread_locals.h has none there */
}

#endif

/* Its segment of _Thread_local variables. */
static bool share(const struct dl_phdr_info *object, const ElfW(Phdr) * segment)
{
    return has_other_way(object) ||
           !thread_locals_own(&(struct thread_locals){
               .module = object->dlpi_tls_modid,
               .first = (const char *)object->dlpi_addr + segment->p_vaddr,
               .first_bytes = segment->p_filesz,
               .bytes = segment->p_memsz,
               .alignment = segment->p_align});
}

static void copy(struct image *image, uintptr_t begin, uintptr_t end)
{
    if (begin >= end || image->parts == MOST_PARTS)
        return;
    struct part *part = &image->part[image->parts++];
    *part = (struct part){(char *)begin, end - begin, allocate(1, end - begin)};
    memcpy(part->copy, part->memory, part->bytes);
}

static int look_at(struct dl_phdr_info *object, size_t bytes, void *with)
{
    struct image *image = with;
    (void)bytes;
    if (!contains(object, image->inside))
        return 0;
    uintptr_t from = read_only_end(object);
    for (size_t i = 0; i < object->dlpi_phnum; i++) {
        const ElfW(Phdr) *segment = &object->dlpi_phdr[i];
        uintptr_t begin = object->dlpi_addr + segment->p_vaddr;
        uintptr_t end = begin + segment->p_memsz;
        if (segment->p_type == PT_TLS)
            image->shares = share(object, segment);
        if (segment->p_type == PT_LOAD && segment->p_flags & PF_W)
            copy(image, begin > from ? begin : from, end);
    }
    image->found = true;
    return 1;
}

struct image *image_new(const void *inside)
{
    struct image *image = allocate(1, sizeof *image);
    image->inside = (uintptr_t)inside;
    dl_iterate_phdr(look_at, image);
    if (image->found)
        return image;
    free(image);
    return NULL;
}

void image_restore(const struct image *image)
{
    thread_locals_restore();
    for (size_t i = 0; i < image->parts; i++)
        memcpy(image->part[i].memory, image->part[i].copy,
               image->part[i].bytes);
}

bool image_shares_thread_locals(const struct image *image)
{
    return image->shares;
}

#else

struct image *image_new(const void *inside)
{
    (void)inside;
    return NULL;
}

void image_restore(const struct image *image)
{
    (void)image;
}

bool image_shares_thread_locals(const struct image *image)
{
    (void)image;
    return false;
}

#endif
