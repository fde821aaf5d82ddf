#!/usr/bin/env bats
# SPDX-License-Identifier: MIT

load helper

# one_run: as people see it, with its JSON in a file, for several tests. The first
# of them makes it: a setup_file() would make it for the quiet ones, too.
one_run() {
    [ -e "$BATS_FILE_TMPDIR/json" ] || timeout -k 1 "$LIMIT_S" \
        "$BUILD/05_gil_sim" --seconds 0.1 --rounds 1 \
        --json="$BATS_FILE_TMPDIR/json" >"$BATS_FILE_TMPDIR/text"
}

@test "05: interval: one at a time, alternating, all sums right" {
    one_run
    output=$(<"$BATS_FILE_TMPDIR/json")
    sum=$(sum_to "$(figure .count)")
    # At least 10 hand-offs, and at most one an interval. A thread that is asked
    # to drop the lock does not get it back.
    holds '.runs[0].name == "threads"' '.runs[1].name == "serial"' \
        '.runs[0].lock == "interval"' '.runs[0].at_once == 1' \
        "[.runs[].task[].result] | all_are(\"$sum\")" \
        '.runs[0] | .total_s as $s | .handoffs |
            from(10; 1.1 * $s / 0.005 + 2)' \
        '.runs[0] | .requests / .handoffs | from(0.5; 1)' \
        '.runs[0].cpu_per_wall | from(0.001; 1.15)' \
        '([.runs[0].task[].cpu_s] | add) / ([.runs[1].task[].cpu_s] | add) |
            from(0.5; 1.5)'
}

@test "05: the timeline shows who held the lock, in 80 columns" {
    one_run
    output=$(<"$BATS_FILE_TMPDIR/text")
    first=$(grep '^task 1  ' <<<"$output")
    second=$(grep '^task 2  ' <<<"$output")
    within "${#first}" 70 80
    contains "$first$second" '#'
    contains "$first$second" '.' # which task waits is up to the machine
    within "$(wc -L <<<"$output")" 60 80
}

@test "05: one by one under the lock: nobody to alternate with" {
    lab 05_gil_sim --tasks 3 --count 3000000 --rounds 1 --json
    holds '.runs[1].at_once == 1' '.runs[1].handoffs == 2' \
        '.runs[1].requests == 0'
}

# How many more is the machine's: a holder that waits for a processor hands
# nothing over. Test 13 counts them in virtual time, exactly.
@test "05: an interval longer than the run: no request; a short one: many" {
    lab 05_gil_sim --count 3000000 --interval 10000000 --rounds 1 --json
    holds '.runs[0].requests == 0' '.runs[0].handoffs == 1'
    lab 05_gil_sim --count 15000000 --interval 250 --rounds 1 --json
    holds '.runs[0].requests | from(10; 1e6)' \
        '.runs[0] | .total_s as $s | .handoffs |
            from(10; 1.1 * $s / 0.00025 + 2)'
}

@test "05: three, five and sixteen threads under the interval lock" {
    for tasks in 3 5 16; do
        lab 05_gil_sim --tasks $tasks --count 1000000 --interval 1000 \
            --rounds 1 --json
        same "$status" 0
        holds '.runs[0].at_once == 1' \
            '[.runs[].task[].result] | all_are("499999500000")' \
            ".runs[0].handoffs | from($tasks - 1; 100000)"
    done
}

@test "05: none: all at once, and nothing to hand over" {
    lab 05_gil_sim --lock none --tasks 3 --count 10000000 --rounds 1 --json
    same "$status" 0
    holds '.runs[0].lock == "none"' '.runs[0].at_once == 3' \
        '.runs[0] | has("handoffs") | not' \
        '[.runs[].task[].result] | all_are("49999995000000")'
}

@test "05: mutex: one at a time, but not alternating" {
    lab 05_gil_sim --lock mutex --count 1000000 --rounds 1 --json
    same "$status" 0
    holds '.runs[0].lock == "mutex"' '.runs[0].at_once == 1' \
        '[.runs[].task[].result] | all_are("499999500000")' \
        '.runs[0] | has("requests") | not'
    lab 05_gil_sim --lock mutex --every 1000 --count 3000000 --rounds 1 --json
    holds '.runs[0].at_once == 1' '.runs[0].handoffs | from(1; 6001)'
}

@test "05: ticks: one at a time, released every 100 additions" {
    lab 05_gil_sim --lock ticks --count 3000000 --rounds 1 --json
    same "$status" 0
    holds '.runs[0].lock == "ticks"' '.runs[0].at_once == 1' \
        '[.runs[].task[].result] | all_are("4499998500000")' \
        '.runs[0].handoffs | from(1; 60001)'
    lab 05_gil_sim --lock ticks --every 300000 --count 3000000 --rounds 1 --json
    holds '.runs[0].handoffs | from(1; 21)'
}

# announced OPTION...: the lab's first line; its additions of a task in $n.
announced() {
    in_background 05_gil_sim "$@"
    kill -INT "$pid"
    ended
    n=$(awk 'NR == 1 { print $4 }' <<<"$output")
}

# Under the lock they would take 29 s: what it announces is compared instead.
# bats test_tags=quiet
@test "05: --document sizes one task to the document's 7.077 s" {
    announced --document
    contains "$output" '7.077 s alone'
    document=$n
    announced --seconds 0.25 --rounds 1
    within "$(jq -n "$document / $n")" 16 48
}
