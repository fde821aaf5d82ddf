/* SPDX-License-Identifier: MIT
 *
 * The scenes of lab 13's puzzles: a machine and some tasks, played by the lab,
 * and what happened.
 */
#ifndef VIRTUAL_LAB_SCENE_H
#define VIRTUAL_LAB_SCENE_H

#include "common/run/tasks.h"
#include "common/virtual/events.h"

struct options;
struct settings;

/* The lab's stage: a puzzle fills in the options and settings, and lets the
 * lab's tasks run; then it looks at the events and the run. */
struct stage {
    struct options *options;
    struct settings *settings;
    struct events *events;
    void (*play)(struct run *run);
    struct run run;
    bool played;
};

/* Two processors, no chance, nobody does I/O. */
void scene_set(struct stage *stage, const struct gil_policy *policy,
               uint64_t tasks, uint64_t interval_us, uint64_t wake_us);

/* Play it with tasks of so many seconds. */
void scene_play(struct stage *stage, double seconds);

/* Append lines: what the machine is like; what happens until a task first asks
 * for the lock; the events from one to another, both with. */
void scene_describe(const struct stage *stage, char *text, size_t bytes,
                    const char *how_long);
void scene_beginning(const struct stage *stage, char *text, size_t bytes);
void scene_events(const struct stage *stage, char *text, size_t bytes,
                  size_t from, size_t to);

/* The nth event of that kind, from one on; the last if there is none. */
size_t scene_find(const struct stage *stage, size_t from, enum event_kind kind,
                  uint64_t nth);

#endif
