#!/usr/bin/env bats
# SPDX-License-Identifier: MIT

load helper

@test "06: a timeline whose record was full says when" {
    lab 06_gil_release --calls 20000 --count 100000000
    same "$status" 0
    contains "$output" 'the record was full after '
}

@test "06: held: one native call at a time; released: two, one holder" {
    lab 06_gil_release --seconds 0.3 --json
    same "$status" 0
    same "$(figure '[.runs[].name] | join(" ")')" 'held released'
    same "$(figure '[.runs[].lock] | unique[]')" interval
    same "$(figure '[.runs[].native_percent] | unique[]')" 100
    same "$(figure '.runs[0].at_once')" 1
    same "$(figure '.runs[1].at_once')" 2
    same "$(figure '[.runs[].holders_at_once] | unique[]')" 1
    within "$(figure '.runs[0].cpu_per_wall')" 0 1.15
}

@test "06: every addition is made, whatever part is native" {
    for native in 0 1 37 50 99 100; do
        lab 06_gil_release --native $native --calls 7 --count 1000003 --json
        same "$status" 0
        same "$(figure '[.runs[].task[].result] | unique[]')" 500002500003
        same "$(figure '[.runs[].holders_at_once] | unique[]')" 1
    done
    lab 06_gil_release --native 50 --calls 1000 --count 10 --json
    same "$(figure '[.runs[].task[].result] | unique[]')" 45
}

@test "06: the part that needs the lock runs one at a time" {
    lab 06_gil_release --native 0 --seconds 0.1 --json
    same "$(figure '[.runs[].at_once] | unique[]')" 1
    within "$(figure '[.runs[].cpu_per_wall] | max')" 0 1.15
    lab 06_gil_release --native 50 --seconds 0.3 --json
    same "$(figure '.runs[1].at_once')" 2
    same "$(figure '.runs[1].holders_at_once')" 1
    same "$(figure '.runs[0].at_once')" 1
}

@test "06: it predicts by Amdahl's law for the processors it has" {
    for native in 0 50 90 100; do
        lab 06_gil_release --native $native --count 1000 --tasks 2 --json
        law=$(figure "([.cpus, 2] | min) as \$n |
                      1 / (1 - $native / 100 + $native / 100 / \$n)")
        within "$(figure '.runs[1].speedup_predicted')" \
            "$(jq -n "$law - 0.001")" "$(jq -n "$law + 0.001")"
    done
    lab 06_gil_release --native 90 --tasks 1 --count 1000 --json
    same "$(figure '.runs[1].speedup_predicted')" 1
    lab 06_gil_release --lock none --count 1000 --json
    same "$(figure '.runs[1].speedup_predicted')" 1
}

@test "06: with no lock there is nothing to release" {
    lab 06_gil_release --lock none --seconds 0.2 --json
    same "$(figure '[.runs[].at_once] | unique[]')" 2
    same "$(figure '[.runs[].native_percent] | unique[]')" 100
}

@test "06: a call made under the lock keeps it for its whole length" {
    lab 06_gil_release --calls 3 --seconds 0.2 --json
    # Each of the 6 calls passes one checkpoint.
    within "$(figure '.runs[0].handoffs')" 1 7
    same "$(figure '.runs[0] | .requests <= .handoffs')" true
}

@test "06: the timeline tells native code with and without the lock" {
    lab 06_gil_release --seconds 0.2
    same "$status" 0
    held=$(sed -n '/^held/,/^released/p' <<<"$output")
    released=$(sed -n '/^released/,$p' <<<"$output")
    contains "$(grep '^task 1  ' <<<"$held")" '##'
    same "$(grep -c '=' <<<"$held")" 0
    contains "$(grep '^task 1  ' <<<"$released")" '=='
    contains "$(grep '^task 2  ' <<<"$released")" '=='
    contains "$(grep -A 1 '^who held' <<<"$released")" '= runs free'
    within "$(awk '{ if (length > most) most = length } END { print most }' \
        <<<"$output")" 60 80
}

# bats test_tags=quiet
@test "06: two processors are used once the lock is let go" {
    need_two_processors
    lab 06_gil_release --seconds 0.3 --json
    ratio=$(figure '.runs[1].cpu_per_wall / .runs[0].cpu_per_wall')
    need_two_processors # and still are there
    within "$ratio" 1.4 2.3
}

@test "06: mistakes in the command line" {
    lab 06_gil_release --native 101
    failed 2 "--native: '101' is not a whole number from 0 to 100"
    lab 06_gil_release --calls 0
    failed 2 "--calls: '0' is not a whole number from 1 to 1000000"
}
