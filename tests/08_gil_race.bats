#!/usr/bin/env bats
# SPDX-License-Identifier: MIT

load helper

# race CONDITION... -- OPTION...: those hold of two threads' run.
race() {
    local conditions=()
    while [ "$1" != -- ]; do
        conditions+=("$1")
        shift
    done
    lab 08_gil_race --json "${@:2}"
    same "$status" 0 || return
    same "$stderr" '' || return
    holds '.runs | length == 1' '.runs[0].name == "threads"' \
        '.runs[0].expected == .tasks * .count' '.runs[0].lock == "interval"' \
        '.runs[0].at_once == 1' "${conditions[@]}"
}

@test "08: a checkpoint after every bytecode: updates are lost" {
    race '.runs[0].check == "bytecode"' '.runs[0].fix == "none"' \
        '.runs[0].expected == 20000000' '.runs[0].lost | from(1; 19999999)' \
        '.runs[0] | .total_s as $s | .handoffs |
            from(3; 1.1 * $s / 0.005 + 2)' \
        '.runs[0].cpu_per_wall | from(0.001; 1.15)' --
}

@test "08: on one processor too" {
    on_one_processor 08_gil_race --count 3000000 --interval 500 --json
    same "$status" 0
    holds '.cpus == 1' '.runs[0].lost | from(1; 5999999)'
}

@test "08: a checkpoint on jumps back only: none are lost" {
    race '.runs[0].check == "backward"' '.runs[0].handoffs | from(3; 1e8)' \
        '.runs[0].lost == 0' -- \
        --check backward --count 3000000 --interval 500
}

# bats test_tags=quiet
@test "08: without the interpreter lock that luck is over" {
    need_two_processors
    lab 08_gil_race --json --check backward --lock none --count 3000000
    same "$status" 0
    holds '.runs[0].lost | from(1; 5999999)'
}

@test "08: with the user's own lock, or a local variable, none are lost" {
    local check fix runs=
    for check in bytecode backward; do
        for fix in lock local; do
            lab 08_gil_race --json --check "$check" --fix "$fix" \
                --count 1000000 --interval 500
            same "$status" 0
            same "$stderr" ''
            runs+=,$output
        done
    done
    output=[${runs#,}]
    holds '[.[].runs | length] | all_are(1)' \
        '[.[].runs[].fix] == ["lock", "local", "lock", "local"]' \
        '[.[].runs[] | .expected == 2000000 and .lost == 0 and
            .lock == "interval" and .at_once == 1 and
            (.handoffs | from(1; 1e8))] | all_are(true)'
}

@test "08: many threads, and no interpreter lock: the fixes hold" {
    local runs=
    for options in '--fix lock --interval 100' '--fix lock --lock none' \
        '--fix local --lock none'; do
        # shellcheck disable=SC2086
        lab 08_gil_race --json --tasks 8 --count 100000 $options
        same "$status" 0
        runs+=,$output
    done
    output=[${runs#,}]
    holds '[.[].runs[0].lost] == [0, 0, 0]' \
        '[.[].runs[0].expected] | all_are(800000)'
}

@test "08: a fix that loses an update: one task has failed" {
    local changed=$BATS_TEST_TMPDIR/08_gil_race
    sed 's/(count \* options.tasks)/(count * options.tasks + 1)/' \
        "$ROOT/labs/08_gil_race.c" >"$changed.c"
    gcc -std=c11 -D_POSIX_C_SOURCE=200809L -pthread -I"$ROOT" -o "$changed" \
        "$changed.c" "$BUILD/libcommon.a" -ljansson
    run --separate-stderr "$changed" --fix lock --count 1000
    failed 1 'task 1 of 2 failed: --fix lock: 1 updates were lost'
}

@test "08: one thread loses nothing; each fix has its price in the JSON" {
    race '.runs[0].lost == 0' '.runs[0].handoffs == 0' '.tasks == 1' \
        '.runs[0].ns_none | from(0.01; 1e5)' \
        '.runs[0].ns_lock | from(0.01; 1e5)' \
        '.runs[0].ns_local | from(0.01; 1e5)' -- --tasks 1 --count 1000000
}

@test "08: people see the bytecodes, with the checkpoints among them" {
    lab 08_gil_race --count 1000
    same "$status" 0
    contains "$output" '2  LOAD_GLOBAL   counter      *'
    contains "$output" '5  STORE_GLOBAL  counter      *'
    contains "$output" '--fix lock'
    same "$(grep -c '.\{81\}' <<<"$output")" 0
    lab 08_gil_race --count 1000 --check backward --fix lock
    same "$(grep -c '\*$' <<<"$output")" 3 # lock.acquire, lock.release, jump
    contains "$output" 'CALL          lock.acquire *'
    contains "$output" 'JUMP_BACKWARD to 0         *'
    same "$(grep -c '.\{81\}' <<<"$output")" 0
}

@test "08: what it does not accept it says in one line" {
    lab 08_gil_race --check never
    failed 2 "--check: 'never' is not bytecode or backward"
    lab 08_gil_race --fix hope
    failed 2 "--fix: 'hope' is not none, lock or local"
    lab 08_gil_race --count 0
    failed 2 "--count: '0' is not a whole number from 1"
}
