#!/usr/bin/env bats
# SPDX-License-Identifier: MIT
#
# Virtual time: every figure is exact, on any machine under any load.

load helper

# virtual [ARGUMENT...]: the lab, as JSON; it must end well.
virtual() {
    lab 13_gil_virtual "$@" --json
    same "$status" 0
}

# together RUN...: as virtual() with the words of each RUN; $output is a list.
together() {
    local all=() run words IFS=$' \n'
    for run in "$@"; do
        read -ra words <<<"$run"
        virtual "${words[@]}" || return
        all+=("$output")
    done
    IFS=,
    output="[${all[*]}]"
}

@test "13: --document: the post's four figures within 1 %" {
    virtual --document
    holds '.runs[0].task[0].wall_s | from(14.523; 14.817)' \
        '.runs[0].task[1].wall_s | from(14.523; 14.817)' \
        '.runs[0].total_s | from(14.542; 14.836)' \
        '.runs[1].task[0].wall_s | from(7.018; 7.160)' \
        '.runs[1].total_s | from(14.035; 14.319)' '.count == 100000000' \
        '[.runs[].task[].result] | all_are("4999999950000000")' \
        '.machine.wake_us == 175'
}

@test "13: the same bytes every time, whatever the machine does" {
    local once again lab=("$BUILD/13_gil_virtual" --wake 175 --events --json)
    once=$("${lab[@]}" | sha256sum)
    for _ in 1 2 3 4 5; do
        again=$("${lab[@]}" | sha256sum)
        same "$again" "$once"
    done
    again=$(taskset -c 0 "${lab[@]}" | sha256sum)
    same "$again" "$once"
    virtual --document
    once=$output
    virtual --document
    same "$output" "$once"
}

@test "13: another seed, other wake-ups; no seed, no chance" {
    together '--seconds 0.1' '--seconds 0.1 --seed 2' \
        '--seconds 0.1 --seed 0 --events'
    # Each wake-up takes 50 us: the lock is free as long as that, and a drop.
    holds '.[0].machine.seed == 1' \
        '.[0].runs[0].total_s != .[1].runs[0].total_s' \
        '.[2].events | map(select(.event == "drops the lock" or
                                  .event == "takes the lock")) |
        [range(1; length - 1; 2) as $i | .[$i + 1].ms - .[$i].ms | . * 1000 |
         round] | unique == [50]'
}

@test "13: interval: at most one hand-off an interval, each asked for" {
    local interval runs=() conditions=('all(.[].runs[0]; .at_once == 1)'
        'all(.[].runs[0]; .requests == .handoffs or
                          .requests + 1 == .handoffs)')
    # An interval and two wake-ups each: of who takes the lock, and of who has
    # dropped it and begins to wait.
    for interval in 500 5000 20000; do
        conditions+=(".[${#runs[@]}].runs[0].handoffs_per_s *
            ($interval + 100) / 1e6 | from(0.97; 1.01)")
        runs+=("--interval $interval --seconds 10")
    done
    together "${runs[@]}"
    holds "${conditions[@]}"
}

@test "13: I/O beside a counting task waits an interval and a wake-up" {
    local interval wake runs=() conditions=()
    for interval in 100 200 1000 5000 20000; do
        for wake in 50 175; do
            conditions+=(".[${#runs[@]}].runs[0].wait_p50_us /
                ($interval + $wake) | from(0.98; 1.02)")
            runs+=("--io 100:1 --interval $interval --wake $wake --seconds 2")
        done
    done
    together "${runs[@]}" '--io 20:1 --tasks 1' '--io 2000:1 --tasks 1'
    # A task that is alone does I/O once at least.
    holds "${conditions[@]}" '.[10].runs[0].ios == 50' \
        '.[10].runs[0].wait_p50_us | from(0; 0.999)' \
        '.[11].runs[0].ios == 1' '.[11].runs[0].wait_p50_us == 0'
}

@test "13: under ticks I/O waits less, and without a lock not at all" {
    together '--io 20:1 --lock ticks --seconds 0.1' '--io 20:1 --lock none'
    holds '.[0].runs[0].wait_p50_us | from(1; 2500)' \
        '.[1].runs[0].wait_p99_us == 0'
}

@test "13: ticks: two processors fight over the lock, one does not" {
    together '--lock ticks --seconds 0.02' \
        '--lock ticks --processors 1 --seconds 0.02'
    holds '.[0].runs[0].handoffs_per_s | from(1000; 1000000)' \
        '.[0].runs[0].cpu_per_wall | from(1.05; 2)' \
        '.[0].ratio.total | from(1.1; 2)' \
        '.[1].runs[0].handoffs_per_s | from(1; 1000)' \
        '.[1].runs[0].cpu_per_wall | from(0.9; 1)' \
        '.[1].ratio.total | from(0.99; 1.03)'
}

@test "13: none and mutex use all processors, and ticks one" {
    local lock processors runs=() conditions=()
    for lock in 'none --seconds 0.02' 'mutex --seconds 0.005'; do
        for processors in 1 2 4; do
            most=$((processors < 3 ? processors : 3))
            conditions+=(".[${#runs[@]}].runs[0].cpu_per_wall / $most |
                from(0.95; 1)")
            runs+=("--tasks 3 --processors $processors --lock $lock")
        done
    done
    together "${runs[@]}"
    holds "${conditions[@]}"
}

@test "13: an event has its time, its task and its line" {
    lab 13_gil_virtual --seconds 0.006 --seed 0 --events
    same "$status" 0
    asks=$(grep -nF 'gil->config.interval_us)' "$ROOT/common/gil/interval.c" |
        cut -d: -f1)
    contains "$output" \
        "      5.050 ms  task 1   asks for the lock           gil/interval.c:$asks"
    virtual --seconds 0.006 --seed 0 --events
    holds '[.events[] | select(.event == "asks for the lock")][0] |
        .task == 1 and .place == "gil/interval.c:'"$asks"'"' \
        '[.events[].ms] | . == sort' \
        '([.events[] | select(.event == "takes the lock")] | length) ==
         ([.events[] | select(.event == "drops the lock")] | length)'
}

@test "13: one task is never interrupted, and sixteen all end" {
    together '--tasks 1 --seconds 3' '--tasks 16 --seconds 0.1'
    holds '.[0].runs[0].handoffs == 0' \
        '[.[1].runs[].task[].result] | unique | length == 1' \
        '.[1].runs[0].at_once == 1'
}

@test "13: bad input: one line" {
    for io in 5 5: :5 5:5 5:6 a:b 20:-1 0:0 99999:1; do
        lab 13_gil_virtual --io "$io"
        failed 2 "--io: '$io' is not P:L"
    done
    lab 13_gil_virtual --processors 65
    failed 2 "--processors: '65' is not a whole number from 1 to 64"
    lab 13_gil_virtual --calibrate --document
    failed 2 "not with --io or --document"
    lab 13_gil_virtual --count 99999999999999999
    failed 1 "more virtual time than the limit, 100000 s"
    lab 13_gil_virtual --lock mutex --every 1 --seconds 10 --events
    failed 1 "more than 1000000 events"
}

@test "13: --calibrate compares this machine with its virtual twin" {
    lab 13_gil_virtual --calibrate --seconds 0.005 --json
    same "$status" 0
    holds '[.runs[2:][].rounds | length] == [5, 5]' \
        '[.runs[].name] ==
            ["threads", "serial", "real_threads", "real_serial"]' \
        '[.runs[].task[].result] | unique | length == 1' \
        '.machine.wake_us | from(0.1; 1000000)'
    preload pthread_create:1 13_gil_virtual --calibrate --seconds 0.001
    failed 1 'cannot start a thread: Resource temporarily unavailable (processes'
}

@test "13: the trace has the virtual times" {
    lab 13_gil_virtual --seconds 0.02 --trace "$BATS_TEST_TMPDIR/trace"
    same "$status" 0
    within "$(jq '[.traceEvents[] | select(.ph == "X") | .ts + .dur] | max' \
        "$BATS_TEST_TMPDIR/trace")" 39000 82000
}

# solve: the answers that the puzzles' solutions give, in $right. The first of the
# tests that need them asks for all.
solve() {
    local file=$BATS_FILE_TMPDIR/answers seed answer
    if ! [ -e "$file" ]; then
        together "${seeds[@]/#/--solve --puzzle }" || return
        figure '.[] | "\(.puzzle.seed) \(.solution.answer)"' >"$file"
    fi
    right=()
    while read -r seed answer; do
        right[seed]=$answer
    done <"$file"
    same "${!right[*]}" "${seeds[*]}"
}

# Five of each kind: every fifth is of the same.
seeds=({1..25})

@test "13: puzzles: their own answers are right, for 25 seeds" {
    local seed right
    solve
    for seed in "${seeds[@]}"; do
        lab 13_gil_virtual --puzzle "$seed" --answer "${right[seed]}"
        same "$status" 0
        same "$output" right
    done
}

@test "13: puzzles: a wrong answer is told what happens instead" {
    local right wrong
    solve
    read -ra wrong <<<"${right[1]}" # five tasks: change the second
    wrong[1]=$((3 - wrong[1]))
    lab 13_gil_virtual --puzzle 1 --answer "${wrong[*]}"
    same "$status" 1
    contains "${lines[0]}" "wrong: at "
    contains "${lines[0]}" "holds the lock, not task ${wrong[1]}"
    contains "${lines[1]}" "takes the lock              gil/interval.c:"
    for seed in 2 3 4; do
        lab 13_gil_virtual --puzzle $seed --answer 0.5
        same "$status" 1
        contains "${lines[0]}" "wrong: it is ${right[seed]}, not 0.5"
        contains "$output" "gil/interval.c:"
    done
    lab 13_gil_virtual --puzzle 20 --answer "$(tr yn ny <<<"${right[20]}")"
    same "$status" 1
    contains "$output" "wrong: in line 1 CPU/wall is"
}

@test "13: puzzles: an answer that cannot be read" {
    for answer in '1 2' '1 2 1 2 9' 'a b c d e' '1 2 1 2 1 2' -; do
        lab 13_gil_virtual --puzzle 1 --answer "$answer"
        failed 2 "--answer: '$answer' is not an answer; expected: 5 numbers of"
    done
    lab 13_gil_virtual --puzzle 2 --answer '1e3'
    failed 2 "is not an answer; expected: one number of milliseconds"
    lab 13_gil_virtual --puzzle 20 --answer 'y n y'
    failed 2 "is not an answer; expected: 4 times y or n"
    lab 13_gil_virtual --answer 5
    failed 2 "--answer needs --puzzle SEED"
    lab 13_gil_virtual --puzzle 1 --solve --answer 5
    failed 2 "--answer and --solve exclude each other"
    lab 13_gil_virtual --puzzle 1 --lock ticks
    failed 2 "--puzzle and --lock exclude each other"
    lab 13_gil_virtual --puzzle 0
    failed 2 "--puzzle: '0' is not a whole number from 1 to"
}

@test "13: puzzles: a file for Moodle, each with its answer" {
    local right
    solve
    lab 13_gil_virtual --puzzle 3 --gift 10
    same "$status" 0
    same "$(grep -c '^::13_gil_virtual puzzle [0-9]*::\[html\]<pre>.*</pre>}$' \
        <<<"$output")" 10
    same "$(sed 's/\\[~=#{}:\\]//g' <<<"$output" | grep -o '[{}]' | sort |
        uniq -c | tr -d ' ' | paste -sd' ')" '10{ 10}'
    contains "${lines[0]}" "{#${right[3]}:"
    contains "$(grep '^::13_gil_virtual puzzle 6::' <<<"$output")" \
        "{=${right[6]}####"
}
