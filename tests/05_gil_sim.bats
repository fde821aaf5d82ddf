#!/usr/bin/env bats
# SPDX-License-Identifier: MIT

load helper

# n(n-1)/2 for the n of the JSON in $output, modulo 2^64, by bc-like means.
expected_sum() {
    awk 'BEGIN { exit }' && python3 -c \
        "n = $(figure .count); print(n * (n - 1) // 2 % 2**64)" 2>/dev/null
}

@test "05: interval: one at a time, taking turns, all sums right" {
    lab 05_gil_sim --seconds 0.5 --json
    same "$status" 0
    same "$(figure '.runs[0].name')" threads
    same "$(figure '.runs[0].lock')" interval
    same "$(figure '.runs[0].at_once')" 1
    same "$(figure '[.runs[].task[].result] | unique | length')" 1
    # At least 10 hand-offs, and at most one an interval.
    within "$(figure '.runs[0].handoffs')" 10 \
        "$(figure '1.1 * .runs[0].total_s / 0.005 + 2')"
    within "$(figure '.runs[0].cpu_per_wall')" 0 1.15
    within "$(figure '([.runs[0].task[].cpu_s] | add) /
                      ([.runs[1].task[].cpu_s] | add)')" 0.5 1.5
}
