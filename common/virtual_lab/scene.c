/* SPDX-License-Identifier: MIT */
#include "common/virtual_lab/scene.h"

#include "common/lab/screen.h"
#include "common/virtual_lab/puzzle.h"
#include "common/virtual_lab/settings.h"

void scene_set(struct stage *stage, const struct gil_policy *policy,
               uint64_t tasks, uint64_t interval_us, uint64_t wake_us)
{
    stage->options->tasks = tasks;
    stage->options->count = 0;
    stage->options->lock = (struct gil_config){
        policy, (int64_t)interval_us, policy->every ? policy->every : 1};
    *stage->settings =
        (struct settings){.machine = machine_usual, .events = true};
    stage->settings->machine.seed = 0;
    stage->settings->machine.wake_ns = (int64_t)wake_us * 1000;
}

void scene_play(struct stage *stage, double seconds)
{
    if (stage->played)
        run_free(&stage->run);
    stage->options->seconds = seconds;
    screen_mute(true);
    stage->play(&stage->run);
    screen_mute(false);
    stage->played = true;
}

void scene_describe(const struct stage *stage, char *text, size_t bytes,
                    const char *how_long)
{
    puzzle_line(text, bytes, "%d tasks count for %s each, under --lock %s.",
                (int)stage->options->tasks, how_long,
                stage->options->lock.policy->name);
    puzzle_line(text, bytes,
                "The switch interval is %g ms. There are 2 processors.",
                (double)stage->options->lock.interval_us / 1e3);
    puzzle_line(text, bytes,
                "A wake-up takes %g ms. A signal wakes the task that has waited"
                "\nlongest.",
                (double)stage->settings->machine.wake_ns / 1e6);
}

void scene_events(const struct stage *stage, char *text, size_t bytes,
                  size_t from, size_t to)
{
    char line[200];
    for (size_t i = from; i <= to && i < stage->events->count; i++)
        puzzle_line(
            text, bytes, "%s",
            settings_event(&stage->events->event[i], line, sizeof line));
}

void scene_beginning(const struct stage *stage, char *text, size_t bytes)
{
    size_t asks = scene_find(stage, 0, EVENT_TIMES_OUT, 1);
    puzzle_line(text, bytes, "This is how it begins:");
    if (asks > 0)
        scene_events(stage, text, bytes, 0, asks - 1);
}

size_t scene_find(const struct stage *stage, size_t from, enum event_kind kind,
                  uint64_t nth)
{
    for (; from + 1 < stage->events->count; from++)
        if (stage->events->event[from].kind == kind && --nth == 0)
            break;
    return from;
}
