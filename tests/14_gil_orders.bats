#!/usr/bin/env bats
# SPDX-License-Identifier: MIT
#
# Every order of a lock's steps: what is counted is the same on any machine.

load helper

# matches TEXT PATTERN, a regular expression.
matches() {
    [[ $1 =~ $2 ]] && return
    printf 'got:         %s\ndoes not match %s\n' "$1" "$2"
    return 1
}

# orders [ARGUMENT...]: the lab, as JSON.
orders() {
    lab 14_gil_orders "$@" --json
}

# listed OUTPUT...: all of them as one list in $output.
listed() {
    local IFS=,
    output="[$*]"
}

@test "14: the lab's lock is right in every order, and so are the kit's" {
    local kept=()
    orders
    same "$status" 0
    kept=("$output")
    for lock in none mutex ticks interval; do
        orders --lock $lock --rounds 2
        same "$status" 0
        kept+=("$output")
    done
    orders --lock interval --tasks 3 --time-outs 1 --spurious 1
    same "$status" 0
    listed "${kept[@]}" "$output"
    holds 'length == 6' 'map(.all) | all_are(true)' \
        'map(.failing) | all_are(0)' '.[0].orders == 64' \
        '.[0] | .walked <= .orders' '.[0] | has("shows") | not'
}

@test "14: each mistake is found, with an order of at most 30 steps" {
    declare -A shows=([if]="both have the lock" [outside]="data race"
        [signal]="nobody can go on" [forced]="passes a checkpoint"
        [wake]="nobody can go on" [request]="nobody can go on"
        [other]="nobody can go on" [clear]="passes a checkpoint"
        [back]="both have the lock" ["once --spurious 1"]="passes a checkpoint")
    local mistake kept=() conditions=()
    for mistake in "${!shows[@]}"; do
        # shellcheck disable=SC2086 # one of them has an option of its own
        orders --mistake $mistake
        same "$status" 1
        conditions+=(".[${#kept[@]}] | .all and .failing > 0 and
            (.steps | length <= 30) and
            (.shows | contains(\"${shows[$mistake]}\"))")
        kept+=("$output")
    done
    orders --mistake once
    same "$status" 0
    listed "${kept[@]}" "$output"
    holds "${conditions[@]}" '.[-1] | .all and .failing == 0'
}

@test "14: an order that fails fails again, by hand and from a file" {
    local file=$BATS_TEST_TMPDIR/order
    lab 14_gil_orders --mistake if --save "$file"
    same "$status" 1
    contains "$output" "Follow it: --order 1x4,2x2,2t,2x4"
    local kept=()
    for _ in 1 2 3 4 5; do
        orders --mistake if --replay "$file"
        same "$status" 1
        kept+=("$output")
    done
    listed "${kept[@]}"
    holds 'map(.shows) | all_are("threads 1 and 2 both have the lock")'
    orders --mistake if --order 1x4,2x2,2t,2x4
    same "$status" 1
    same "$(figure '.steps | length')" 11
}

@test "14: who chooses by hand is told what each step did, and who can go on" {
    lab 14_gil_orders --order 1x4,2x2
    same "$status" 0
    contains "$output" "waits"
    contains "$output" "who can go on: 1"
    orders --order 1x4,2x2
    same "$(figure .next)" "who can go on: 1, 2t"
    lab 14_gil_orders --order 1,2
    same "$status" 2
    same "$stderr" \
        "14_gil_orders: --order: step 2: thread 2 cannot go on; who can: 1"
}

@test "14: an order in which a thread that wakes nobody should, or too many steps" {
    lab 14_gil_orders --order '1>2'
    failed 2 "--order: step 1: thread 1 does not wake thread 2"
    lab 14_gil_orders --tasks 3 --order '1x4,2x2,3x2,1x3,1>3'
    same "$status" 0
    contains "$output" ' 12  wakes 3 '
    lab 14_gil_orders --tasks 3 --order '1x4,2x2,1x3,1>3'
    failed 2 "--order: step 10: thread 1 does not wake thread 3"
    lab 14_gil_orders --counter --count 1 --order 1x2,2x2,1
    failed 2 "--order: step 5: thread 1 cannot go on; who can: nobody"
}

@test "14: the JSON or the order on standard output is there alone" {
    local shown=$BATS_TEST_TMPDIR/shown
    lab 14_gil_orders --mistake if --json=-
    same "$status" 1
    holds '.order == "1x4,2x2,2t,2x4"'
    lab 14_gil_orders --mistake if --save - --json="$shown"
    same "${lines[0]}" \
        "order of 14_gil_orders, mistake if, lock own, tasks 2, rounds 1, count 3"
    same "$(jq .order "$shown")" '"1x4,2x2,2t,2x4"'
    lab 14_gil_orders --mistake if --save "$shown" --json="$shown"
    failed 2 "--save and --json name the same file: '$shown'"
}

@test "14: a file that does not fit the code any more says at which step" {
    local file=$BATS_TEST_TMPDIR/order
    lab 14_gil_orders --mistake if --save "$file"
    sed -i 's/mistake if/mistake none/' "$file"
    lab 14_gil_orders --replay "$file"
    same "$status" 2
    contains "$stderr" "step 9: the order says that thread 2 signals, but it waits"
    lab 14_gil_orders --lock interval --replay "$file"
    same "$status" 2
    contains "$stderr" "an order of '14_gil_orders, mistake none"
    echo nonsense >"$file"
    lab 14_gil_orders --replay "$file"
    same "$status" 2
    contains "$stderr" "line 1: not an order of steps"
    printf 'order of 14_gil_orders, mistake none, lock own, tasks 2, %s\n9 x y\n' \
        'rounds 1, count 3' >"$file"
    lab 14_gil_orders --replay "$file"
    same "$status" 2
    contains "$stderr" "line 2: not a step of an order"
    lab 14_gil_orders --replay "$BATS_TEST_TMPDIR/none"
    same "$status" 2
}

@test "14: not all: said, and status 1" {
    lab 14_gil_orders --limit 10
    same "$status" 1
    matches "$output" "Walked: 10 orders, [0-9]+ steps. That is not all."
    lab 14_gil_orders --walks 1
    contains "$output" "Walked at random: 1 order, seed 1."
    orders --walks 200 --seed 7
    same "$status" 1
    holds '.walked == 200' '.seed == 7' 'has("all") | not'
    first=$output
    orders --walks 200 --seed 7
    same "$output" "$first"
    orders --mistake if --walks 2000
    same "$(figure .shows)" "threads 1 and 2 both have the lock"
}

@test "14: the sum of two counters can be as small as 2" {
    lab 14_gil_orders --counter
    same "$status" 1
    contains "$output" "the sum is   2 in 8 orders"
    contains "$output" "the sum is   6 in 20 orders"
    contains "$output" "There are 924 orders."
    lab 14_gil_orders --counter --tasks 1 --count 1
    same "${lines[0]}" "1 thread adds 1 to a counter, once each, without a lock: \
load, add, store."
    orders --counter --count 4
    holds '.shows == "the sum is 2"' '.orders == 12870'
}

@test "14: bad orders: one line, status 2" {
    for order in '' ',' '1,' 1,,2 x 0 1x0 33 1t2 '1 2' 1x 1xx 2n2 -1; do
        lab 14_gil_orders --order "$order"
        same "$status" 2
        same "$(wc -l <<<"$stderr")" 1
        contains "$stderr" "--order"
    done
    lab 14_gil_orders --order 1 --walks 3
    same "$status" 2
    lab 14_gil_orders --seed 3
    same "$status" 2
    lab 14_gil_orders --counter --mistake if
    same "$status" 2
}

@test "14: puzzles: each has an answer, and a wrong one is told what happens" {
    local seed solved='' answers
    for seed in {1..10}; do
        orders --puzzle $seed --solve
        same "$status" 0
        solved+=$output
    done
    mapfile -t answers < <(jq -r .solution.answer <<<"$solved")
    for seed in {1..10}; do
        lab 14_gil_orders --puzzle $seed --answer "${answers[seed - 1]}"
        same "$status" 0
        same "$output" right
    done
    lab 14_gil_orders --puzzle 1 --answer 1,2
    same "$status" 1
    matches "$output" '^wrong: the sum is [0-9]+$'
    lab 14_gil_orders --puzzle 2 --answer 1,2
    same "$status" 1
    same "$output" "wrong: step 2: thread 2 cannot go on; who can: 1"
    lab 14_gil_orders --puzzle 3 --answer 1
    same "$status" 1
    same "$output" "wrong: all come to their end, and nothing is wrong"
    for wrong in if outside signal forced request; do
        lab 14_gil_orders --puzzle 4 --answer $wrong
        same "$status" 1
        contains "$output" "wrong: with --mistake $wrong,"
    done
    for seed in 1 4 5; do
        lab 14_gil_orders --puzzle $seed --answer nonsense
        same "$status" 2
        contains "$stderr" "'nonsense' is not an answer; expected:"
    done
    lab 14_gil_orders --puzzle 5 --answer 4294967297
    failed 2 "'4294967297' is not an answer; expected: the numbers of threads"
}

@test "14: puzzles for Moodle: one question each, an essay where many are right" {
    lab 14_gil_orders --puzzle 1 --gift 10
    same "$status" 0
    same "$(grep -c '^::14_gil_orders puzzle ' <<<"$output")" 10
    same "$(grep -c 'pre>{####<pre>' <<<"$output")" 6
    same "$(grep -c 'pre>{=' <<<"$output")" 4
    lab 14_gil_orders --puzzle 1 --gift 10 --json
    failed 2 '--gift and --json exclude each other'
}
