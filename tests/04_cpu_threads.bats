#!/usr/bin/env bats
# SPDX-License-Identifier: MIT

load helper

@test "04: nothing locks them: all at once, the sums right" {
    lab 04_cpu_threads --tasks 3 --count 50000000 --json
    same "$status" 0
    same "$(figure '.runs[0].name')" threads
    same "$(figure '.runs[0].at_once')" 3
    same "$(figure '[.runs[0].task[].result] | unique[]')" 1249999975000000
    same "$(figure '.runs[0] | has("lock")')" false
}

# bats test_tags=quiet
@test "04: two threads use two processors" {
    need_two_processors
    lab 04_cpu_threads --seconds 0.5 --json
    used=$(figure '.runs[0].cpu_per_wall')
    need_two_processors
    within "$used" 1.5 2.1
}

@test "04: on one processor there is nothing to gain, and it says one" {
    command -v taskset || skip "taskset is missing"
    run --separate-stderr taskset -c 0 \
        "$BUILD/04_cpu_threads" --seconds 0.3 --json
    same "$status" 0
    same "$(figure .cpus)" 1
    same "$(figure '.runs[0].at_once')" 2
    within "$(figure '.runs[0].cpu_per_wall')" 0 1.1
}
