#!/usr/bin/env bats
# SPDX-License-Identifier: MIT
#
# Rounds, where the time went, and whether the figures are to be trusted.

load helper

labs_with_rounds='05_gil_sim 06_gil_release 10_processes'

@test "rounds: each way runs so many times; the figures are medians" {
    for name in $labs_with_rounds; do
        lab "$name" --count 100000 --rounds 3 --json
        same "$status" 0
        same "$(figure '[.runs[].rounds | length] | join(" ")')" '3 3'
        same "$(figure '[.runs[] | .total_s == ([.rounds[].total_s] | sort)[1]] |
            unique | join(" ")')" true
        same "$(figure .ratio.rounds)" 3
        same "$(figure '.ratio | .each_least <= .each and .each <= .each_most and
            .total_least <= .total and .total <= .total_most')" true
    done
}

@test "rounds: the ratio is the median of the rounds' own" {
    lab 05_gil_sim --count 100000 --rounds 3 --json
    same "$(figure '[[.runs[0].rounds, .runs[1].rounds] | transpose[] |
        .[0].total_s / .[1].total_s] | sort | .[1] * 1e6 | round')" \
        "$(figure '.ratio.total * 1e6 | round')"
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
}

@test "rounds: they share the seconds; --document is one" {
    lab 05_gil_sim --seconds 0.2 --rounds 4
    contains "${lines[0]}" ' additions: 0.05 s alone'
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
    make -s -C "$ROOT" BUILD="$BUILD" "$BUILD/fail_call.so" >/dev/null 2>&1 ||
        skip 'no fail_call.so here'
    run --separate-stderr timeout -k 1 60 env LD_PRELOAD="$BUILD/fail_call.so" \
        FAIL_CALL=pthread_create:7 \
        "$BUILD/05_gil_sim" --count 1000 --rounds 5
    same "$status" 1
    same "$(wc -l <<<"$stderr")" 1
}

@test "spent: shares of each task and run add up to 100" {
    for name in $labs_with_rounds 03_cpu_serial 04_cpu_threads; do
        lab "$name" --count 3000000 --json
        same "$(figure '[.runs[] | (.spent, .task[].spent) | add] | unique |
            join(" ")')" 100
    done
    lab 07_gil_convoy --requests 3 --json
    same "$(figure '[.runs[] | (.spent, .task[].spent) | add] | unique |
        join(" ")')" 100
}

@test "spent: two tasks under the lock hold it half of the time each" {
    lab 05_gil_sim --count 30000000 --rounds 2 --json
    # What a task holds, the other waits; both may wait for a processor too.
    within "$(figure '.runs[0].spent | .holds + .waits + .ready // 0')" 97 100
    within "$(figure '.runs[0].spent | .holds - (.waits // 0)')" -60 12
    same "$(figure '.runs[1].spent.waits // 0')" 0
}

@test "spent: the pause of 07 is sleep, its round trip is I/O" {
    lab 07_gil_convoy --requests 5 --json
    within "$(figure '.runs[0].spent.sleeps')" 50 99
    within "$(figure '.runs[0].spent.io // 0')" 0 40
}

@test "spent: without a record there is none" {
    GIL_LABS_RECORD=0 lab 05_gil_sim --count 1000 --json
    same "$(figure '[.runs[].spent] | unique | .[0]')" null
}

@test "trust: on a processor that others use too it says so, with the figure" {
    command -v taskset >/dev/null || skip 'no taskset here'
    local one i others=()
    one=$(taskset -cp $$ | sed 's/.*: //; s/[-,].*//')
    for i in 1 2 3 4 5 6 7; do
        timeout 60 taskset -c "$one" sh -c 'while :; do :; done' 3>&- &
        others+=($!)
    done
    run taskset -c "$one" "$BUILD/05_gil_sim" --count 5000000 --rounds 1 \
        --json
    kill "${others[@]}"
    same "$status" 0
    holds '.trusted == false' '.runs[0].spent.ready | from(5; 100)' \
        '.reason | test("^busy: .* of 1 processor; the figures above mean")'
}
