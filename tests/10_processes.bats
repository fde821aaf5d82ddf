#!/usr/bin/env bats
# SPDX-License-Identifier: MIT

load helper

@test "10: each process has a lock of its own, the threads share one" {
    lab 10_processes --tasks 3 --count 10000000 --rounds 1 --json
    same "$status" 0
    # The last: a run's processor time has its workers' in it.
    holds '.lab == "10_processes"' \
        '[.runs[].name] == ["processes", "threads"]' \
        '[.runs[].lock] | all_are("interval")' '[.runs[].at_once] == [3, 1]' \
        '[.runs[].task[].result] | all_are("49999995000000")' \
        '.runs[1].cpu_per_wall | from(0.001; 1.05)' \
        '.runs[0] | .cpu_s / ([.task[].cpu_s] | add) | from(0.98; 1.5)'
}

# bats test_tags=quiet
@test "10: two processes use two processors" {
    need_two_processors
    lab 10_processes --seconds 0.15 --json
    need_two_processors # and still are there
    need_trust
    holds '.runs[0].cpu_per_wall | from(1.5; 2.1)'
}

@test "10: on one processor all are at once still, and nothing is gained" {
    on_one_processor 10_processes --count 10000000 --rounds 1 --json
    same "$status" 0
    holds '.cpus == 1' '.runs[0].at_once == 2' \
        '.runs[0].cpu_per_wall | from(0.001; 1.1)'
}

@test "10: what a worker costs: start-up and memory" {
    lab 10_processes --count 1000000 --rounds 1 --json
    # From 100 kB to 1 GB, so that a wrong unit shows.
    holds '[.runs[].startup_s | from(1e-9; 60)] | all_are(true)' \
        '[.runs[].peak_rss_bytes | from(100000; 1e9)] | all_are(true)' \
        '.runs[0] | has("payload_s") | not'
}

@test "10: a payload comes back through the pipes" {
    lab 10_processes --tasks 3 --count 1000 --payload 2M --rounds 1 --json
    same "$status" 0
    holds '.runs[0] | .payload_s * .payload_bytes_per_s |
        from(5999000; 6001000)'
    lab 10_processes --count 1000 --payload 65537 --rounds 1
    same "$status" 0
    contains "$output" '131074 bytes sent back in '
}

@test "10: --payload takes bytes" {
    for bad in '' -1 1.5 2x ' 3'; do
        lab 10_processes --payload "$bad"
        failed 2 "--payload: '$bad' is not a number of bytes from 0 to "
    done
}

# The other one is stopped, so that it cannot see the end of the lab by itself.
@test "10: a worker is killed: one line, its sibling gone too" {
    for i in 0 1; do
        in_background 10_processes --count 1000000000000
        await has_children 2
        kill -STOP "${children[1 - i]}"
        kill -KILL "${children[i]}"
        ended
        same "$status" 1
        same "$(<"$out.err")" \
            "10_processes: worker $((i + 1)) was killed by signal 9"
        gone "${children[@]}"
    done
}

# The lab looks every second, and a worker must be stopped in two looks. The other
# one counts on, or has ended. In the first look it is stopped, too: it would only
# cost processor time.
@test "10: a worker is stopped: one line, nothing is left" {
    in_background 10_processes --count 1000000000000
    await has_children 2
    kill -STOP "${children[@]}"
    sleep 1.5
    kill -CONT "${children[1]}" || true # on a busy machine all is over
    ended
    failed 1 'worker 1 was stopped by a signal'
    gone "${children[@]}"
    in_background 10_processes --count 100000000
    await has_children 2
    kill -STOP "${children[1]}"
    ended
    failed 1 'worker 2 was stopped by a signal'
    gone "${children[@]}"
}

@test "10: a worker that is continued in time does its work" {
    in_background 10_processes --tasks 1 --count 100000000 --rounds 1
    await has_children 1
    kill -STOP "${children[0]}"
    sleep 0.5
    kill -CONT "${children[0]}"
    ended
    same "$status" 0
    same "$stderr" ''
}

@test "10: the lab is killed, interrupted, terminated: no worker is left" {
    for signal in KILL:137 INT:130 TERM:143; do
        in_background 10_processes --count 1000000000000
        await has_children 2
        kill -"${signal%:*}" $pid
        ended
        same "$status" "${signal#*:}"
        gone "${children[@]}"
        same "$(<"$out.err")" ''
    done
}

@test "10: the Nth process, pipe or thread cannot be started" {
    for n in 1 2 3; do
        preload fork:$n 10_processes -t 3 --count 1000
        failed 1 "cannot start worker $n of 3: Resource temporarily"
    done
    preload pthread_create:1 10_processes -t 3 --count 1000
    failed 1 'cannot start a thread'
    preload pthread_create:2 10_processes -t 3 --count 1000
    failed 1 'cannot start thread 2 of 3: Resource temporarily'
    run --separate-stderr bash -c 'ulimit -n 100; "$0" -t 50 --count 1000' \
        "$BUILD/10_processes"
    failed 1 '50 worker processes need 114 file descriptors, but the limit'
}

@test "10: started with SIGCHLD ignored, it still sees how a worker ended" {
    printf '#!/bin/sh\nexec env --ignore-signal=CHLD "%s" "$@"\n' \
        "$BUILD/10_processes" >"$BATS_TEST_TMPDIR/10_processes"
    chmod +x "$BATS_TEST_TMPDIR/10_processes"
    BUILD=$BATS_TEST_TMPDIR in_background 10_processes --count 1000000000000
    await has_children 2
    kill -KILL "${children[0]}"
    ended
    same "$status" 1
    contains "$(<"$out.err")" 'worker 1 was killed by signal 9'
}
