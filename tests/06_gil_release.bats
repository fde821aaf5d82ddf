#!/usr/bin/env bats
# SPDX-License-Identifier: MIT

load helper

# one_run: as people see it, with its JSON in a file, for several tests. The first
# of them makes it: a setup_file() would make it for the quiet ones, too.
one_run() {
    [ -e "$BATS_FILE_TMPDIR/json" ] || timeout -k 1 "$LIMIT_S" \
        "$BUILD/06_gil_release" --count 10000000 --rounds 1 \
        --json="$BATS_FILE_TMPDIR/json" >"$BATS_FILE_TMPDIR/text"
}

@test "06: held: one native call at a time; released: two, one holder" {
    one_run
    output=$(<"$BATS_FILE_TMPDIR/json")
    holds '[.runs[].name] == ["held", "released"]' \
        '[.runs[].lock] | all_are("interval")' \
        '[.runs[].native_percent] | all_are(100)' \
        '[.runs[].at_once] == [1, 2]' '[.runs[].holders_at_once] == [1, 1]' \
        '.runs[0].cpu_per_wall | from(0.001; 1.15)'
}

@test "06: the timeline tells native code with and without the lock" {
    one_run
    output=$(<"$BATS_FILE_TMPDIR/text")
    held=$(sed -n '/^held/,/^released/p' <<<"$output")
    released=$(sed -n '/^released/,$p' <<<"$output")
    contains "$(grep '^task 1  ' <<<"$held")" '##'
    same "$(grep -c '=' <<<"$held")" 0
    contains "$(grep '^task 1  ' <<<"$released")" '=='
    contains "$(grep '^task 2  ' <<<"$released")" '=='
    contains "$(grep -A 1 '^who held' <<<"$released")" '= runs free'
    within "$(wc -L <<<"$output")" 60 80
}

@test "06: a timeline whose record was full says when" {
    lab 06_gil_release --calls 20000 --count 2000000 --rounds 1
    same "$status" 0
    contains "$output" 'the record was full after '
}

@test "06: every addition is made, whatever part is native" {
    local runs=
    for native in 0 1 37 50 99 100; do
        lab 06_gil_release --native $native --calls 7 --count 1000003 \
            --rounds 1 --json
        same "$status" 0
        runs+=,$output
    done
    output=[${runs#,}]
    holds 'length == 6' \
        '[.[].runs[].task[].result] | all_are("500002500003")' \
        '[.[].runs | map(.holders_at_once)] | all_are([1, 1])'
    lab 06_gil_release --native 50 --calls 1000 --count 10 --rounds 1 --json
    holds '[.runs[].task[].result] | all_are("45")'
}

@test "06: the part that needs the lock runs one at a time" {
    lab 06_gil_release --native 0 --count 3000000 --rounds 1 --json
    holds '[.runs[].at_once] == [1, 1]' \
        '[.runs[].cpu_per_wall] | max | from(0.001; 1.15)'
    lab 06_gil_release --native 50 --count 10000000 --rounds 1 --json
    holds '[.runs[].at_once] == [1, 2]' '[.runs[].holders_at_once] == [1, 1]'
}

# promises QUOTA SPEED-UP NATIVE OPTION...: by Amdahl's law, on as many
# processors; a quota stands in for the machine's. The run is added to those in
# $runs, what it promises to $conditions.
promises() {
    printf '%s 100000\n' "$1" >"$FAKE_ROOT/cg/cpu.max"
    preload none 06_gil_release --native "$3" --count 1000 --rounds 1 --json \
        "${@:4}"
    same "$status" 0 || return
    runs+=,$output
    conditions+=(".[${#conditions[@]}].runs[1].speedup_predicted |
        from($2 - 0.001; $2 + 0.001)")
}

@test "06: it predicts by Amdahl's law for the processors it has" {
    [ "$(uname)" = Linux ] || skip 'control groups are Linux'
    export FAKE_ROOT=$BATS_TEST_TMPDIR/root
    mkdir -p "$FAKE_ROOT/proc/self" "$FAKE_ROOT/cg"
    echo '33 31 0:29 / /cg rw - cgroup2 cgroup2 rw' \
        >"$FAKE_ROOT/proc/self/mountinfo"
    echo '0::/' >"$FAKE_ROOT/proc/self/cgroup"
    local runs='' conditions=() cpus
    # One processor, or less, has nothing to gain.
    for quota in 100000 50000 1000; do
        promises $quota 1 90
    done
    promises 200000 1 90 --tasks 1
    promises 200000 1 0
    promises 200000 1 90 --lock none
    cpus=$(figure .cpus)
    if [ "$cpus" = 2 ]; then
        promises 200000 1.3333 50
        promises 200000 1.8182 90
        promises 200000 2 100
        promises 200000 2 100 --tasks 3
        promises 150000 1.4286 90
    fi
    output=[${runs#,}]
    holds "${conditions[@]}"
    [ "$cpus" = 2 ] || skip 'the rest takes two processors'
}

@test "06: with no lock there is nothing to release" {
    lab 06_gil_release --lock none --count 10000000 --rounds 1 --json
    holds '[.runs[].at_once] == [2, 2]' '[.runs[].native_percent] == [100, 100]'
}

@test "06: a call made under the lock keeps it for its whole length" {
    lab 06_gil_release --calls 3 --count 6000000 --interval 1000 \
        --rounds 1 --json
    # Each of the 6 calls passes one checkpoint.
    holds '.runs[0].handoffs | from(1; 7)' \
        '.runs[0] | .handoffs as $n | .requests | from(0; $n)'
}

# bats test_tags=quiet
@test "06: two processors are used once the lock is let go" {
    need_two_processors
    lab 06_gil_release --seconds 0.1 --json
    need_two_processors # and still are there
    need_trust
    holds '.runs[1].cpu_per_wall / .runs[0].cpu_per_wall | from(1.4; 2.3)'
}

@test "06: mistakes in the command line" {
    lab 06_gil_release --native 101
    failed 2 "--native: '101' is not a whole number from 0 to 100"
    lab 06_gil_release --calls 0
    failed 2 "--calls: '0' is not a whole number from 1 to 1000000"
}
