#!/usr/bin/env bats
# SPDX-License-Identifier: MIT

# shellcheck disable=SC2034,SC2154

load helper

# start_lab [ARGUMENT...]: in the background, with its echo process in $echo.
start_lab() {
    in_background 07_gil_convoy "$@"
    same "${#children[@]}" 1
    echo=${children[0]}
}

@test "07: an I/O thread beside 0, 1 and 2 CPU threads, one lock" {
    lab 07_gil_convoy --requests 40 --json
    same "$status" 0
    same "$(figure '[.runs[].name] | unique[]')" threads
    same "$(figure '[.runs[].lock] | unique[]')" interval
    same "$(figure '[.runs[].cpu_threads] | join(" ")')" '0 1 2'
    same "$(figure '[.runs[].round_trips] | unique[]')" 40
    same "$(figure '[.runs[].at_once] | unique[]')" 1
    within "$(figure '[.runs[].cpu_per_wall] | max')" 0 1.15
    same "$(figure '[.runs[] | .p50_us <= .p99_us] | all')" true
    same "$(figure '[.runs[1, 2].turns_per_s > 0] | all')" true
    # Nobody asks for the lock where nobody counts.
    same "$(figure '.runs[0].requests')" 0
    same "$(figure '.runs[0].handoffs')" 0
    same "$(figure '.runs[0] | has("turns_per_s")')" false
    # Where one does: twice a round trip, after the sleep and after the echo.
    within "$(figure '.runs[1].requests')" 40 100
    same "$(figure '.runs[1] | .requests <= .handoffs')" true
    # Who asks has waited for an interval first. (Not p50: on a busy machine
    # the answer is often there before the CPU thread is awake.)
    within "$(figure '.runs[1].p99_us')" 5000 1e9
}

@test "07: the interval is what an echo takes at least" {
    lab 07_gil_convoy --requests 11 --interval 500 --json
    within "$(figure '.runs[1].p99_us')" 500 1e9
    lab 07_gil_convoy --requests 11 --interval 20000 --json
    within "$(figure '.runs[1].p99_us')" 20000 1e9
}

@test "07: the timeline fits a narrow terminal" {
    command -v script || skip 'not measured: no script (Debian: bsdutils)'
    run script -qec \
        "stty cols 50; '$BUILD/07_gil_convoy' --requests 3" /dev/null
    same "$status" 0
    timeline=$(tr -d '\r' <<<"$output" | grep -E '^(who|# |task [0-9] {4})')
    contains "$timeline" '# holds, + partly, . waits, ~ I/O'
    within "$(wc -L <<<"$timeline")" 30 50
}

@test "07: under other locks nobody asks" {
    for lock in ticks mutex; do
        lab 07_gil_convoy --lock $lock --requests 5 --json
        same "$status" 0
        same "$(figure '[.runs[].lock] | unique[]')" $lock
        same "$(figure '[.runs[].at_once] | unique[]')" 1
        same "$(figure '[.runs[].round_trips] | unique[]')" 5
        same "$(figure '[.runs[] | has("requests")] | any')" false
    done
    lab 07_gil_convoy --lock none --requests 20 --json
    same "$status" 0
    same "$(figure '[.runs[].at_once] | join(" ")')" '1 2 3'
    same "$(figure '.runs[1] | has("handoffs")')" false
}

# bats test_tags=quiet
@test "07: ticks answers at once, interval does not" {
    need_two_processors
    lab 07_gil_convoy --requests 15 --lock ticks --json
    ticks_us=$(figure '.runs[1].p50_us')
    lab 07_gil_convoy --requests 15 --json
    interval_us=$(figure '.runs[1].p50_us')
    need_two_processors # and still are there
    within "$(jq -n "$interval_us / $ticks_us")" 3 1000
}

@test "07: the timeline shows I/O, waiting and counting, in 80 columns" {
    lab 07_gil_convoy --requests 5
    same "$status" 0
    beside_one=$(sed -n '/thread: 1$/,/thread: 2$/p' <<<"$output")
    contains "$(grep '^task 1  ' <<<"$beside_one")" '~'
    contains "$(grep '^task 2  ' <<<"$beside_one")" '#'
    contains "$beside_one" '~ I/O, _ sleeps'
    within "$(awk '{ if (length > most) most = length } END { print most }' \
        <<<"$output")" 60 80
}

@test "07: the echo process is killed: one line, status 1" {
    start_lab --requests 1000
    kill -KILL "$echo"
    ended
    failed 1 'no answer from the echo: Connection refused'
}

@test "07: an answer that is late is waited for and counted once" {
    start_lab --requests 10 --json="$BATS_TEST_TMPDIR/late"
    kill -STOP "$echo"
    sleep 1.3
    kill -CONT "$echo"
    ended
    same "$status" 0
    same "$stderr" ''
    output=$(<"$BATS_TEST_TMPDIR/late")
    same "$(figure '[.runs[].round_trips] == [10, 10, 10]')" true
    same "$(figure '[.runs[].p99_us] | max >= 1000000')" true
}

@test "07: whoever ends the lab ends the echo process" {
    for signal in INT TERM KILL; do
        start_lab --requests 1000
        kill -$signal $pid
        ended
        same "$status" $((128 + $(kill -l $signal)))
        gone "$echo"
    done
}

@test "07: mistakes in the command line" {
    lab 07_gil_convoy --requests 0
    failed 2 "--requests: '0' is not a whole number from 1 to 1000000"
    lab 07_gil_convoy --tasks 2
    failed 2 "unknown option '--tasks'"
}
