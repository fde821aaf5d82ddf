#!/usr/bin/env bats
# SPDX-License-Identifier: MIT

load helper

# The sum of 0, 1, ... n-1 modulo 2^64, by bash's own 64-bit arithmetic.
sum_to() {
    local n=$1
    printf '%u\n' $((n % 2 ? (n - 1) / 2 * n : n / 2 * (n - 1)))
}

@test "05: interval: one at a time, taking turns, all sums right" {
    lab 05_gil_sim --seconds 0.5 --json
    same "$status" 0
    same "$(figure '.runs[0].name')" threads
    same "$(figure '.runs[1].name')" serial
    same "$(figure '.runs[0].lock')" interval
    same "$(figure '.runs[0].at_once')" 1
    same "$(figure '[.runs[].task[].result] | unique[]')" \
        "$(sum_to "$(figure .count)")"
    # At least 10 hand-offs, and at most one an interval.
    within "$(figure '.runs[0].handoffs')" 10 \
        "$(figure '1.1 * .runs[0].total_s / 0.005 + 2')"
    # Forced switching: who is asked to drop the lock does not get it back.
    same "$(figure '.runs[0] | .requests <= .handoffs')" true
    within "$(figure '.runs[0] | .requests / .handoffs')" 0.5 1
    within "$(figure '.runs[0].cpu_per_wall')" 0 1.15
    within "$(figure '([.runs[0].task[].cpu_s] | add) /
                      ([.runs[1].task[].cpu_s] | add)')" 0.5 1.5
}

@test "05: one by one under the lock: no turns to take" {
    lab 05_gil_sim --tasks 3 --count 3000000 --json
    same "$(figure '.runs[1].at_once')" 1
    same "$(figure '.runs[1].handoffs')" 2
}

@test "05: a shorter interval means more hand-offs" {
    lab 05_gil_sim --count 100000000 --interval 20000 --json
    long=$(figure '.runs[0].handoffs / .runs[0].total_s')
    within "$(figure '.runs[0].handoffs')" 1 \
        "$(figure '1.1 * .runs[0].total_s / 0.02 + 2')"
    lab 05_gil_sim --count 100000000 --interval 500 --json
    within "$(jq -n "$(figure '.runs[0].handoffs / .runs[0].total_s') / $long")" \
        2 1000
}

@test "05: three, five and sixteen threads under the interval lock" {
    for tasks in 3 5 16; do
        lab 05_gil_sim --tasks $tasks --count 10000000 --json
        same "$status" 0
        same "$(figure '.runs[0].at_once')" 1
        same "$(figure '[.runs[].task[].result] | unique[]')" 49999995000000
        within "$(figure '.runs[0].handoffs')" $((tasks - 1)) 100000
    done
}

@test "05: none: all at once, and nothing to hand over" {
    lab 05_gil_sim --lock none --tasks 3 --count 50000000 --json
    same "$status" 0
    same "$(figure '.runs[0].lock')" none
    same "$(figure '.runs[0].at_once')" 3
    same "$(figure '.runs[0] | has("handoffs")')" false
    same "$(figure '[.runs[].task[].result] | unique[]')" 1249999975000000
}

@test "05: mutex: one at a time, but not in turn" {
    lab 05_gil_sim --lock mutex --count 3000000 --json
    same "$status" 0
    same "$(figure '.runs[0].lock')" mutex
    same "$(figure '.runs[0].at_once')" 1
    same "$(figure '[.runs[].task[].result] | unique[]')" 4499998500000
    lab 05_gil_sim --lock mutex --every 1000 --count 30000000 --json
    same "$(figure '.runs[0].at_once')" 1
    within "$(figure '.runs[0].handoffs')" 1 60001
}

@test "05: ticks: one at a time, released every 100 turns" {
    lab 05_gil_sim --lock ticks --count 3000000 --json
    same "$status" 0
    same "$(figure '.runs[0].lock')" ticks
    same "$(figure '.runs[0].at_once')" 1
    same "$(figure '[.runs[].task[].result] | unique[]')" 4499998500000
    within "$(figure '.runs[0].handoffs')" 1 60001
    lab 05_gil_sim --lock ticks --every 300000 --count 3000000 --json
    within "$(figure '.runs[0].handoffs')" 1 21
}

@test "05: the timeline shows who held the lock, in 80 columns" {
    lab 05_gil_sim --seconds 0.3
    same "$status" 0
    first=$(grep '^task 1  ' <<<"$output")
    second=$(grep '^task 2  ' <<<"$output")
    within "${#first}" 70 80
    contains "$first" '#'
    contains "$first" '.'
    contains "$second" '#'
    within "$(awk '{ if (length > most) most = length } END { print most }' \
        <<<"$output")" 60 80
}

# Under the lock they would take 29 s: what it announces is compared instead.
# bats test_tags=quiet
@test "05: --document sizes one task to the document's 7.077 s" {
    run timeout -s INT 4 "$BUILD/05_gil_sim" --document
    contains "${lines[0]}" '7.077 s alone'
    document=$(awk 'NR == 1 { print $4 }' <<<"$output")
    run timeout -s INT 4 "$BUILD/05_gil_sim" --seconds 1 --rounds 1
    within "$(jq -n "$document / $(awk 'NR == 1 { print $4 }' <<<"$output")")" \
        4 12
}
