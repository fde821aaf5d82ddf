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

# Of slices: none begins before the one before it has ended.
apart='sort_by(.ts) | . as $slice | [range(1; length)] |
    all($slice[.].ts >= $slice[. - 1].ts + $slice[. - 1].dur)'
# A run's name, those of all runs, and one task's slices of one kind.
run_names='[.traceEvents[] | select(.name == "process_name") | .args.name]'
slices='[.traceEvents[] | select(.ph == "X")]'

# valid CONDITION...: and every event is a name or a slice in whole microseconds,
# a lane's slices never overlap (viewers would draw one inside the other), and no
# two runs have the same name.
valid() {
    holds "$slices | length | from(2; 1000000)" \
        '[.traceEvents[].ph] | unique == ["M", "X"]' \
        "$slices | map((.name | type == \"string\") and .ts >= 0 and
            .dur > 0 and .ts == (.ts | floor) and .dur == (.dur | floor) and
            .pid >= 1 and .tid >= 1) | all_are(true)" \
        "$slices | group_by([.pid, .tid]) | map($apart) | all_are(true)" \
        "$run_names | length > 0 and length == (unique | length)" "$@"
}

# drawn NAME [CONDITION]: the slices of that name.
drawn() {
    echo "($slices | map(select(.name == \"$1\" and (${2-true}))))"
}

@test "trace: 05: lanes of holding and waiting, one holder at a time" {
    trace 05_gil_sim --count 6000000 --interval 300 --rounds 1 --tasks 3
    valid "$run_names == [\"threads, lock interval\",
            \"serial, lock interval\"]" \
        '[.traceEvents[] | select(.name == "thread_name") | .args.name] |
            unique == ["task 1", "task 2", "task 3"]' \
        "$(drawn 'holds the lock' '.pid == 1 and .tid == 2') | length |
            from(2; 1000)" \
        "$(drawn 'waits for the lock' '.pid == 1 and .tid == 1') | length |
            from(2; 1000)" \
        "$(drawn 'holds the lock' '.pid == 1') | $apart" \
        '.otherData.slices_lost == 0'
}

@test "trace: every lab's is valid, and tells its runs apart" {
    trace 06_gil_release --count 1000000 --rounds 1
    valid
    trace 07_gil_convoy --requests 2
    valid "$run_names | index(\"threads, lock interval, beside 2\") != null"
    trace 08_gil_race --count 100000
    valid
    trace 09_refcount --count 10000
    valid "$run_names | index(\"biased\") != null"
    trace 10_processes --count 1000000 --rounds 1
    valid
    trace 11_io_events --seconds 0.1
    valid
}

@test "trace: 12's begins at zero, whichever engine came first" {
    [ -x "$BUILD/12_gil_real" ] || skip 'not measured: no python3-embed'
    trace 12_gil_real --count 50000 --rounds 2
    valid "$run_names | index(\"threads, interpreter cpython\") != null" \
        "$slices | map(.ts) | min | from(0; 60e6)"
}

@test "trace: 02 waits for I/O together, 04 runs together" {
    trace 02_io_threads --seconds 0.2 --tasks 4
    valid "$(drawn 'waits for I/O') | length == 4"
    trace 04_cpu_threads --count 2000000
    valid "$(drawn runs) | length == 2"
}

@test "trace: more slices than the buffer holds: said in both places" {
    trace 06_gil_release --calls 20000 --count 20000 --rounds 1
    lost=$(figure .otherData.slices_lost)
    contains "$stderr" "$lost slices more than its buffers held"
    valid '.otherData.slices_lost | from(10000; 1000000)' \
        '.traceEvents | length | from(10; 66000)'
}

@test "trace: nothing is recorded when the environment says so" {
    export GIL_LABS_RECORD=0
    lab 05_gil_sim --count 1000 --trace "$BATS_TEST_TMPDIR/trace.json"
    same "$status" 0
    same "$stderr" ''
    same "$(grep -c 'who held the lock' <<<"$output")" 0
    output=$(<"$BATS_TEST_TMPDIR/trace.json")
    holds "$slices == []"
}

@test "trace: a file that cannot be written" {
    lab 04_cpu_threads --count 1000 --trace /no/such/folder/t
    failed 1 'cannot write /no/such/folder/t: No such file'
}
