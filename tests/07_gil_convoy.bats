#!/usr/bin/env bats
# SPDX-License-Identifier: MIT

load helper

# One run as people see it, with its JSON in a file.
setup_file() {
    timeout -k 1 "$LIMIT_S" "$BUILD/07_gil_convoy" --requests 10 \
        --json="$BATS_FILE_TMPDIR/json" >"$BATS_FILE_TMPDIR/text"
}

# start_lab [ARGUMENT...]: in the background, with its echo process in $echo.
start_lab() {
    in_background 07_gil_convoy "$@"
    same "${#children[@]}" 1
    echo=${children[0]}
}

@test "07: an I/O thread beside 0, 1 and 2 CPU threads, one lock" {
    output=$(<"$BATS_FILE_TMPDIR/json")
    # Nobody asks for the lock where nobody counts. Where one does: after the
    # sleep, and after the echo if the CPU thread was awake before the answer.
    # A thread that asks has waited for an interval first. (Not p50: on a busy
    # machine the answer is often there first. Test 13 has it in virtual time,
    # and that ticks answers sooner.)
    holds '[.runs[].name] == ["threads", "threads", "threads"]' \
        '[.runs[].lock] | all_are("interval")' \
        '[.runs[].cpu_threads] == [0, 1, 2]' \
        '[.runs[].round_trips] | all_are(10)' '[.runs[].at_once] | all_are(1)' \
        '[.runs[].cpu_per_wall] | max | from(0.001; 1.15)' \
        '[.runs[] | .p99_us as $most | .p50_us | from(1; $most)] |
            all_are(true)' \
        '[.runs[1, 2].turns_per_s > 0] | all_are(true)' \
        '.runs[0].requests == 0' '.runs[0].handoffs == 0' \
        '.runs[0] | has("turns_per_s") | not' \
        '.runs[1].requests | from(5; 30)' \
        '.runs[1] | .handoffs as $n | .requests | from(1; $n)' \
        '.runs[1].p99_us | from(5000; 1e9)'
}

@test "07: the timeline shows I/O, waiting and counting, in 80 columns" {
    output=$(<"$BATS_FILE_TMPDIR/text")
    beside_one=$(sed -n '/thread: 1$/,/thread: 2$/p' <<<"$output")
    # An echo is shorter than a cell: on a busy machine none may fill one.
    contains "$(grep '^task 1  ' <<<"$beside_one")" '_'
    contains "$(grep '^task 2  ' <<<"$beside_one")" '#'
    contains "$(grep -A 1 '^who held' <<<"$beside_one")" '~ I/O'
    within "$(wc -L <<<"$output")" 60 80
}

@test "07: the interval is what an echo takes at least" {
    lab 07_gil_convoy --requests 6 --interval 500 --json
    holds '.runs[1].p99_us | from(500; 1e9)'
    lab 07_gil_convoy --requests 6 --interval 10000 --json
    holds '.runs[1].p99_us | from(10000; 1e9)'
}

@test "07: the timeline fits a narrow terminal" {
    command -v script || skip 'not measured: no script (Debian: bsdutils)'
    run script -qec \
        'stty cols 50; "$BUILD/07_gil_convoy" --requests 3' /dev/null
    same "$status" 0
    timeline=$(tr -d '\r' <<<"$output" | grep -E '^(who|# |task [0-9] {4})')
    contains "$timeline" '# holds, + partly, . waits, ~ I/O'
    within "$(wc -L <<<"$timeline")" 30 50
}

@test "07: under other locks nobody asks" {
    for lock in ticks mutex; do
        lab 07_gil_convoy --lock $lock --requests 2 --json
        same "$status" 0
        holds "[.runs[].lock] | all_are(\"$lock\")" \
            '[.runs[].at_once] | all_are(1)' \
            '[.runs[].round_trips] | all_are(2)' \
            '[.runs[] | has("requests")] | all_are(false)'
    done
    lab 07_gil_convoy --lock none --requests 3 --json
    same "$status" 0
    holds '[.runs[].at_once] == [1, 2, 3]' '.runs[1] | has("handoffs") | not'
}

@test "07: a request that fails is no round trip" {
    preload send:3 07_gil_convoy --requests 3 --json
    failed 1 'no answer from the echo: No buffer space available'
    holds '[.runs[].round_trips] == [2]'
    preload send:1 07_gil_convoy --requests 5 --json
    holds '[.runs[].round_trips] == [0]' '.runs[0] | has("p50_us") | not'
}

@test "07: the echo process is killed: one line, status 1" {
    start_lab --requests 1000
    kill -KILL "$echo"
    ended
    failed 1 'no answer from the echo: Connection refused'
}

@test "07: an answer that is late is waited for and counted once" {
    start_lab --requests 6 --json="$BATS_TEST_TMPDIR/late"
    kill -STOP "$echo"
    sleep 1.3
    kill -CONT "$echo"
    ended
    same "$status" 0
    same "$stderr" ''
    output=$(<"$BATS_TEST_TMPDIR/late")
    holds '[.runs[].round_trips] == [6, 6, 6]' \
        '[.runs[].p99_us] | max | from(1000000; 1e9)'
}

@test "07: whoever ends the lab ends the echo process" {
    for signal in INT TERM KILL; do
        start_lab --requests 1000
        kill -$signal "$pid"
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
