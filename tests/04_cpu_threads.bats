#!/usr/bin/env bats
# SPDX-License-Identifier: MIT

load helper

@test "04: nothing locks them: all at once, the sums right" {
    lab 04_cpu_threads --tasks 3 --count 10000000 --json
    same "$status" 0
    holds '.runs[0].name == "threads"' '.runs[0].at_once == 3' \
        '[.runs[0].task[].result] | all_are("49999995000000")' \
        '.runs[0] | has("lock") | not'
}

# bats test_tags=quiet
@test "04: two threads use two processors" {
    need_two_processors
    lab 04_cpu_threads --seconds 0.15 --json
    need_two_processors # and still are there
    need_trust
    holds '.runs[0].cpu_per_wall | from(1.5; 2.1)'
}

@test "04: on one processor there is nothing to gain, and it says one" {
    on_one_processor 04_cpu_threads --count 10000000 --json
    same "$status" 0
    holds '.cpus == 1' '.runs[0].at_once == 2' \
        '.runs[0].cpu_per_wall | from(0.001; 1.1)'
}
