#!/usr/bin/env bats
# SPDX-License-Identifier: MIT
#
# Rounds, where the time went, and whether the figures are to be trusted.

load helper

labs_with_rounds='05_gil_sim 06_gil_release 10_processes'

@test "rounds: each way runs so many times; the figures are medians" {
    local name all=
    for name in $labs_with_rounds; do
        lab "$name" --count 100000 --rounds 3 --json
        same "$status" 0
        all+=,$output
    done
    output=[${all#,}]
    holds '[.[].lab] | join(" ") == "'"$labs_with_rounds"'"' \
        '[.[].runs[].rounds | length] == [3, 3, 3, 3, 3, 3]' \
        '[.[].ratio.rounds] == [3, 3, 3]' \
        '[.[].runs[] | .total_s == ([.rounds[].total_s] | sort)[1]] |
            all_are(true)' \
        '[.[].ratio | . as $r | .each | from($r.each_least; $r.each_most)] |
            all_are(true)' \
        '[.[].ratio | . as $r | .total | from($r.total_least; $r.total_most)] |
            all_are(true)' \
        '.[0] | ([[.runs[0].rounds, .runs[1].rounds] | transpose[] |
            .[0].total_s / .[1].total_s] | sort[1]) / .ratio.total |
            from(0.999999; 1.000001)' # the median of the rounds' own
}

@test "rounds: they alternate, and only the first is told" {
    lab 05_gil_sim --count 100000 --rounds 3
    same "$status" 0
    same "$(grep -c '^task . finished in' <<<"$output")" 4
    same "$(grep -c '^2 more rounds, alternating' <<<"$output")" 1
    contains "$output" ', 3 rounds'
    lab 05_gil_sim --count 100000 --rounds 1
    same "$(grep -c 'more round' <<<"$output")" 0
    contains "$output" '(speed-up '
    # Of held over released that would be the reverse of the lab's own figure.
    lab 06_gil_release --count 1000 --rounds 1
    same "$(grep -c '(speed-up ' <<<"$output")" 0
}

@test "rounds: they share the seconds; --document is one" {
    lab 05_gil_sim --seconds 0.02 --rounds 2
    contains "${lines[0]}" ' additions: 0.01 s alone'
    lab 05_gil_sim --document --rounds 2
    failed 2 '--document and --rounds'
    for bad in 0 101 x ''; do
        lab 05_gil_sim --rounds "$bad"
        failed 2 '--rounds'
    done
    lab 04_cpu_threads --rounds 2
    failed 2 "unknown option '--rounds'"
}

@test "rounds: a task that fails ends them" {
    preload pthread_create:7 05_gil_sim --count 1000 --rounds 5
    failed 1 'cannot start thread '
}

@test "spent: shares of each task and run add up to 100" {
    local name all=
    for name in $labs_with_rounds 03_cpu_serial 04_cpu_threads; do
        lab "$name" --count 300000 --json
        all+=,$output
    done
    output=[${all#,}]
    holds '[.[] | [.runs[] | (.spent, .task[].spent) | add] | all_are(100)] ==
        [true, true, true, true, true]'
}

# What holds on a busy machine, too: nobody holds the lock while another does,
# and whoever computes holds it, or is thought to be ready.
@test "spent: two tasks under the lock hold it one at a time" {
    lab 05_gil_sim --count 10000000 --rounds 1 --json
    holds '.runs[0] | .total_s as $total |
            [.task[] | .wall_s * (.spent.holds // 0)] | add |
            from(0; 103 * $total)' \
        '.runs[0] | .cpu_s as $cpu |
            [.task[] | .wall_s * (.spent | .holds + .ready)] | add |
            from(90 * $cpu; 1e9)' \
        '.runs[1].spent.waits // 0 == 0'
}

@test "spent: the pause of 07 is sleep, its round trip is I/O" {
    lab 07_gil_convoy --requests 3 --json
    holds '[.runs[] | (.spent, .task[].spent) | add] | all_are(100)' \
        '.runs[0].task[0] | .wall_s * (.spent | .sleeps + .ready) |
            from(95 * 3 * 0.02; 1e9)' \
        '.runs[0].spent | .sleeps + .io + .ready | from(90; 100)'
}

@test "spent: without a record there is none" {
    GIL_LABS_RECORD=0 lab 05_gil_sim --count 1000 --json
    holds '[.runs[] | has("spent")] | all_are(false)'
}

@test "trust: on a processor that others use too it says so, with the figure" {
    command -v taskset >/dev/null || skip 'no taskset here'
    local one i others=()
    one=$(taskset -cp $$ | sed 's/.*: //; s/[-,].*//')
    for i in 1 2 3; do
        timeout 60 taskset -c "$one" sh -c 'while :; do :; done' 3>&- &
        others+=($!)
    done
    run taskset -c "$one" "$BUILD/05_gil_sim" --count 5000000 --rounds 1 \
        --json
    kill "${others[@]}"
    same "$status" 0
    holds '.trusted == false' '.runs[0].spent.ready | from(5; 100)' \
        '(.reason | test("^busy: .* of 1 processor; the figures above mean")) or
            (.reason | startswith("busy: other machines took ")) and
            ([.runs[].machine.stolen // 0] | max >= 5)'
}

# doubt_of CPU_S DELAY_S THROTTLED_S: of a run that took one second.
doubt_of() {
    local probe=$BATS_TEST_TMPDIR/probe
    cat >"$probe.c" <<'END'
#include <stdio.h>
#include <stdlib.h>

#include "common/lab/trust.h"

int main(int arguments, char **argument)
{
    (void)arguments;
    struct run run = {.name = "threads", .tasks = 1};
    run.task = calloc(1, sizeof *run.task);
    run.time = (struct elapsed){.wall_s = 1, .cpu_s = atof(argument[1])};
    run.task->spent.ns[SPENT_READY] = (int64_t)(1e9 * atof(argument[2]));
    run.machine.throttled_ns = (int64_t)(1e9 * atof(argument[3]));
    struct ratio ratio = {.rounds = 0};
    puts(trust_of((struct run *[]){&run, NULL}, &ratio).reason);
}
END
    [ -x "$probe" ] || gcc -std=c11 -D_POSIX_C_SOURCE=200809L -pthread \
        -I"$ROOT" -o "$probe" "$probe.c" "$BUILD/libcommon.a" || return
    BUILD=${probe%/*} preload none probe "$@"
}

@test "trust: one processor is one, however it came about" {
    [ "$(nproc)" -gt 1 ] || skip 'one processor'
    export FAKE_ROOT=$BATS_TEST_TMPDIR
    doubt_of 0.854 0.18 0
    contains "$output" 'threads got 0.85 of 1 processor;'
    doubt_of 0.854 0.32 0
    contains "$output" 'threads got 0.85 of 1.2 processors;'
    doubt_of 0.5 0.47 0
    contains "$output" 'threads got 0.50 of 0.97 processors;'
    mkdir -p "$FAKE_ROOT/proc/self" "$FAKE_ROOT/cg"
    echo '33 31 0:29 / /cg rw - cgroup2 cgroup2 rw' \
        >"$FAKE_ROOT/proc/self/mountinfo"
    echo 0::/ >"$FAKE_ROOT/proc/self/cgroup"
    echo 100000 100000 >"$FAKE_ROOT/cg/cpu.max"
    doubt_of 1 0 0.2
    contains "$output" 'the quota of 1 processor stopped this program;'
}

@test "trust: a quota below one processor is said, in version 1 of cgroups too" {
    local group=/sys/fs/cgroup/cpu/gil-labs-$$
    { mkdir "$group" && echo 50000 >"$group/cpu.cfs_quota_us"; } 2>/dev/null ||
        skip 'not measured: no control group with a quota can be made here'
    # shellcheck disable=SC2016 # that shell's own
    run timeout -k 1 60 bash -c 'echo $BASHPID >"$1/tasks" && exec "$2" \
        --count 2000000 --rounds 1 --json' quota "$group" "$BUILD/05_gil_sim"
    rmdir "$group"
    same "$status" 0
    same "$(figure .cpus)" 0.5
    same "$(figure .trusted)" false
    same "$(figure .reason)" \
        'this container may use 0.5 of a processor; the figures above mean little'
}
