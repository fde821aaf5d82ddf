#!/usr/bin/env bats
# SPDX-License-Identifier: MIT

load helper

# turns OPTION...: what two threads of ten million turns each came to.
turns() {
    lab 08_gil_race --json "$@"
    same "$status" 0 || return
    same "$stderr" '' || return
    same "$(figure '.runs | length')" 1 || return
    same "$(figure '.runs[0].name')" threads || return
    same "$(figure '.runs[0].expected')" "$(figure '.tasks * .count')" || return
    same "$(figure '.runs[0].lock')" interval || return
    same "$(figure '.runs[0].at_once')" 1
}

@test "08: a checkpoint after every bytecode: updates are lost" {
    turns
    same "$(figure '.runs[0].check')" bytecode
    same "$(figure '.runs[0].fix')" none
    same "$(figure '.runs[0].expected')" 20000000
    within "$(figure '.runs[0].handoffs')" 3 \
        "$(figure '1.1 * .runs[0].total_s / 0.005 + 2')"
    within "$(figure '.runs[0].lost')" 1 19999999
    within "$(figure '.runs[0].cpu_per_wall')" 0 1.15
}

@test "08: on one processor too" {
    command -v taskset >/dev/null || skip 'no taskset here'
    local one
    one=$(taskset -cp $$ | sed 's/.*: //; s/[-,].*//')
    run --separate-stderr taskset -c "$one" \
        "$BUILD/08_gil_race" --json
    same "$status" 0
    same "$(figure .cpus)" 1
    within "$(figure '.runs[0].lost')" 1 19999999
}

@test "08: a checkpoint on jumps back only: none are lost" {
    turns --check backward
    same "$(figure '.runs[0].check')" backward
    within "$(figure '.runs[0].handoffs')" 3 100000000
    same "$(figure '.runs[0].lost')" 0
}

# bats test_tags=quiet
@test "08: without the interpreter lock that luck is over" {
    need_two_processors
    lab 08_gil_race --json --check backward --lock none
    same "$status" 0
    within "$(figure '.runs[0].lost')" 1 19999999
}

@test "08: with the user's own lock none are lost" {
    local check
    for check in bytecode backward; do
        turns --check "$check" --fix lock --count 2000000 --interval 500
        same "$(figure '.runs[0].fix')" lock
        within "$(figure '.runs[0].handoffs')" 1 100000000
        same "$(figure '.runs[0].lost')" 0
    done
}

@test "08: with a local variable none are lost" {
    local check
    for check in bytecode backward; do
        turns --check "$check" --fix local --count 2000000 --interval 500
        same "$(figure '.runs[0].fix')" local
        within "$(figure '.runs[0].handoffs')" 1 100000000
        same "$(figure '.runs[0].lost')" 0
    done
}

@test "08: many threads, and no interpreter lock: the fixes hold" {
    lab 08_gil_race --json --tasks 8 --fix lock --count 100000 --interval 100
    same "$status" 0
    same "$(figure '[.runs[0].lost, .runs[0].expected] | @text')" '[0,800000]'
    lab 08_gil_race --json --tasks 8 --fix lock --count 100000 --lock none
    same "$status" 0
    same "$(figure '.runs[0].lost')" 0
    lab 08_gil_race --json --tasks 8 --fix local --count 100000 --lock none
    same "$status" 0
    same "$(figure '.runs[0].lost')" 0
}

@test "08: one thread loses nothing" {
    turns --tasks 1 --count 1000000
    same "$(figure '.runs[0].lost')" 0
    same "$(figure '.runs[0].handoffs')" 0
}

@test "08: each fix has its price in the JSON" {
    turns --count 1000
    within "$(figure '.runs[0].ns_none')" 0.01 100000
    within "$(figure '.runs[0].ns_lock')" 0.01 100000
    within "$(figure '.runs[0].ns_local')" 0.01 100000
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
