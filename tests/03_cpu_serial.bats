#!/usr/bin/env bats
# SPDX-License-Identifier: MIT

load helper

@test "03: tasks one by one, one at a time, the sums right" {
    lab 03_cpu_serial --tasks 3 --count 2000000 --json
    same "$status" 0
    holds '.lab == "03_cpu_serial"' '.count == 2000000' \
        '.runs[0].name == "serial"' '.runs[0].at_once == 1' \
        '[.runs[0].task[].result] | all_are("1999999000000")' \
        '.runs[0] | has("handoffs") | not' \
        '.runs[0].cpu_per_wall | from(0.001; 1.1)' \
        '.runs[0] | .total_s >= ([.task[].wall_s] | add)'
}

@test "03: the sum of the document's count, as in the document's Python" {
    lab 03_cpu_serial --tasks 1 --count 100000000 --json
    holds '.runs[0].task[0].result == "4999999950000000"'
}

@test "03: --seconds sizes the count: ten times the seconds, more additions" {
    lab 03_cpu_serial --tasks 1 --seconds 0.005 --json
    small=$output
    lab 03_cpu_serial --tasks 1 --seconds 0.05 --json
    output=[$small,$output]
    holds '.[1].count / .[0].count | from(3; 30)'
}
