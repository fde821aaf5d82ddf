#!/usr/bin/env bats
# SPDX-License-Identifier: MIT

load helper

@test "03: tasks one by one, one at a time, the sums right" {
    lab 03_cpu_serial --tasks 3 --count 1000000 --json
    same "$status" 0
    same "$(figure .lab)" 03_cpu_serial
    same "$(figure .count)" 1000000
    same "$(figure '.runs[0].name')" serial
    same "$(figure '.runs[0].at_once')" 1
    same "$(figure '[.runs[0].task[].result] | unique[]')" 499999500000
    same "$(figure '.runs[0] | has("handoffs")')" false
}

@test "03: the sum of the document's count, as in the document's Python" {
    lab 03_cpu_serial --tasks 1 --count 100000000 --json
    same "$(figure '.runs[0].task[0].result')" 4999999950000000
}

@test "03: one task at a time uses one processor at most" {
    lab 03_cpu_serial --seconds 0.3 --json
    within "$(figure '.runs[0].cpu_per_wall')" 0 1.1
    same "$(figure '.runs[0] | .total_s >= ([.task[].wall_s] | add)')" true
}

@test "03: --seconds sizes the count: ten times the seconds, more turns" {
    lab 03_cpu_serial --tasks 1 --seconds 0.05 --json
    small=$(figure .count)
    lab 03_cpu_serial --tasks 1 --seconds 0.5 --json
    within "$(jq -n "$(figure .count) / $small")" 3 30
}
