#!/usr/bin/env bats
# SPDX-License-Identifier: MIT
#
# --trace FILE against the rules of the Trace Event Format.

load helper

# trace LAB [ARGUMENT...]: its trace into $output.
trace() {
    lab "$1" "${@:2}" --trace "$BATS_TEST_TMPDIR/trace.json"
    same "$status" 0
    output=$(<"$BATS_TEST_TMPDIR/trace.json")
}

# valid: every event is a name or a slice in whole microseconds, and a lane's
# slices never overlap: viewers would draw one inside the other.
valid() {
    within "$(figure '[.traceEvents[] | select(.ph == "X")] | length')" 2 1000000
    same "$(figure '[.traceEvents[].ph] | unique - ["M", "X"] | length')" 0
    same "$(figure '[.traceEvents[] | select(.ph == "X") |
        (.name | type == "string") and .ts >= 0 and .dur > 0 and
        .ts == (.ts | floor) and .dur == (.dur | floor) and
        .pid >= 1 and .tid >= 1] | all')" true
    same "$(figure '[.traceEvents[] | select(.ph == "X")] |
        group_by([.pid, .tid]) | map(sort_by(.ts) |
            . as $slice | [range(1; length)] | map($slice[.].ts -
                $slice[. - 1].ts - $slice[. - 1].dur >= 0) | all) |
        all')" true
}

# names: of the runs, one a line; no two are the same.
names() {
    local names
    names=$(figure '.traceEvents[] | select(.name == "process_name").args.name')
    same "$(sort <<<"$names" | uniq -d)" '' || return
    echo "$names"
}

@test "trace: 05 takes turns: lanes of holding and waiting" {
    trace 05_gil_sim --seconds 0.2
    valid
    same "$(figure '[.traceEvents[] | select(.name == "process_name") |
        .args.name] | join("; ")')" \
        'threads, lock interval; serial, lock interval'
    same "$(figure '[.traceEvents[] | select(.name == "thread_name") |
        .args.name] | unique | join("; ")')" 'task 1; task 2'
    within "$(figure '[.traceEvents[] | select(.pid == 1 and .tid == 2 and
        .name == "holds the lock")] | length')" 2 1000
    within "$(figure '[.traceEvents[] | select(.pid == 1 and .tid == 1 and
        .name == "waits for the lock")] | length')" 2 1000
    same "$(figure .otherData.slices_lost)" 0
}

@test "trace: under the lock no two lanes hold it at the same moment" {
    trace 05_gil_sim --seconds 0.2 --tasks 3
    valid
    same "$(figure '[.traceEvents[] | select(.pid == 1 and
        .name == "holds the lock")] | sort_by(.ts) |
        . as $slice | [range(1; length)] | map($slice[.].ts -
            $slice[. - 1].ts - $slice[. - 1].dur >= 0) | all')" true
}

@test "trace: every lab's is valid, and tells its runs apart" {
    trace 06_gil_release --seconds 0.1
    valid
    trace 07_gil_convoy --requests 5
    valid
    contains "$(names)" 'threads, lock interval, beside 2'
    # The pause is not I/O, and the round trips that are counted are marked.
    same "$(figure '[.traceEvents[] | select(.pid == 1 and
        .name == "sleeps")] | length')" 5
    same "$(figure '[.traceEvents[] | select(.pid == 2 and .tid == 3 and
        .name == "answered")] | length')" 5
    contains "$(figure '[.traceEvents[] | select(.name == "thread_name") |
        .args.name] | join("; ")')" 'task 1, answered'
    trace 08_gil_race --count 100000
    valid
    trace 09_refcount --count 10000
    valid
    contains "$(names)" 'threads, counting biased'
    trace 10_processes --seconds 0.1
    valid
    trace 11_io_events --seconds 0.1
    valid
}

@test "trace: 12's begins at zero, whichever engine came first" {
    [ -x "$BUILD/12_gil_real" ] || skip 'not measured: no python3-embed'
    trace 12_gil_real --seconds 0.1 --rounds 2
    valid
    contains "$(names)" 'threads, interpreter cpython'
}

@test "trace: 02 waits for I/O together, 04 runs together" {
    trace 02_io_threads --seconds 0.2 --tasks 4
    valid
    same "$(figure '[.traceEvents[] | select(.name == "waits for I/O")] |
        length')" 4
    trace 04_cpu_threads --count 20000000
    valid
    same "$(figure '[.traceEvents[] | select(.name == "runs")] | length')" 2
}

@test "trace: more slices than the buffer holds: said in both places" {
    trace 06_gil_release --calls 20000 --count 20000
    valid
    lost=$(figure .otherData.slices_lost)
    within "$lost" 10000 1000000
    contains "$stderr" "$lost slices more than its buffers held"
    within "$(figure '.traceEvents | length')" 10 66000
}

@test "trace: nothing is recorded when the environment says so" {
    export GIL_LABS_RECORD=0
    lab 05_gil_sim --count 1000 --trace "$BATS_TEST_TMPDIR/trace.json"
    same "$status" 0
    same "$stderr" ''
    same "$(grep -c 'who held the lock' <<<"$output")" 0
    same "$(jq '[.traceEvents[] | select(.ph == "X")] | length' \
        "$BATS_TEST_TMPDIR/trace.json")" 0
}

@test "trace: a file that cannot be written" {
    lab 04_cpu_threads --count 1000 --trace /no/such/folder/t
    failed 1 'cannot write /no/such/folder/t: No such file'
}
