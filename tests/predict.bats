#!/usr/bin/env bats
# SPDX-License-Identifier: MIT

load helper

@test "predict: beside the measurement, with the factor between" {
    lab 03_cpu_serial --seconds 0.05 --predict 0.025
    same "$status" 0
    contains "${lines[-1]}" 'predicted 0.025 s; measured '
    total=$(awk '$1 == "serial" { print $4 }' <<<"$output")
    contains "${lines[-1]}" "measured $total s: "
    within "$(awk 'END { print $(NF - 2) }' <<<"$output")" \
        "$(jq -n "$total / 0.025 - 0.1")" "$(jq -n "$total / 0.025 + 0.1")"
}

@test "predict: in the JSON: text, expected, measured, factor" {
    lab 02_io_threads --seconds 0.1 --predict 0.4 --json
    same "$status" 0
    same "$(figure .prediction.text)" 0.4
    same "$(figure .prediction.expected_s)" 0.4
    same "$(figure '.prediction.measured_s == .runs[0].total_s')" true
    within "$(figure '.prediction | .factor * .expected_s / .measured_s')" \
        0.999 1.001
    lab 02_io_threads --seconds 0.1 --json
    same "$(figure 'has("prediction")')" false
}

@test "predict: words are of the time that one task takes alone" {
    for word in same=0.08 half=0.04 double=0.16; do
        lab 04_cpu_threads --seconds 0.08 --predict "${word%=*}" --json
        same "$(figure .prediction.text)" "${word%=*}"
        same "$(figure .prediction.expected_s)" "${word#*=}"
    done
    lab 01_io_serial --tasks 1 --size 50k --rate 1M --latency 0.01 \
        --predict double --json
    same "$(figure .prediction.expected_s)" 0.12
    lab 01_io_serial --tasks 1 --size 50k --rate 1M --link 500k \
        --predict same --json
    same "$(figure .prediction.expected_s)" 0.1
}

@test "predict: the labs that have it" {
    for name in 01_io_serial 02_io_threads 03_cpu_serial 04_cpu_threads \
        05_gil_sim 06_gil_release 10_processes 11_io_events 12_gil_real; do
        [ -x "$BUILD/$name" ] || continue
        lab "$name" --seconds 0.02 --predict same --json
        same "$status" 0
        same "$(figure .prediction.expected_s)" 0.02
        same "$(figure '.runs[0] | [.rounds // [.] | .[].total_s] | add * 1e6 |
            round')" "$(figure '.prediction.measured_s * 1e6 | round')"
    done
    lab 07_gil_convoy --requests 2 --predict 3 --json
    same "$(figure .prediction.expected_s)" 3
    for name in 08_gil_race 09_refcount; do
        lab "$name" --predict 1
        failed 2 "unknown option '--predict'"
    done
}

@test "predict: what is no guess" {
    for value in 0 -1 1e3 abc '' ' 2' +2 Half 2x nan 99999999 \
        0.10000000000000000000000000000000; do
        lab 04_cpu_threads --predict "$value"
        failed 2 "--predict: '$value' is not"
        same "$output" ''
    done
    lab 04_cpu_threads --predict
    failed 2 '--predict needs a value'
    lab 04_cpu_threads --count 1000 --predict half
    failed 2 "--predict: 'half' of what?"
    lab 07_gil_convoy --predict same
    failed 2 "--predict: 'same' of what?"
}

@test "predict: ask needs a terminal" {
    lab 04_cpu_threads --predict ask
    failed 2 "--predict: 'ask' needs a terminal"
    same "$output" ''
}

@test "predict: ask on a terminal, until the answer is one" {
    command -v script >/dev/null || skip 'no script(1) to make a terminal'
    json=$BATS_TEST_TMPDIR/json
    run script -qec \
        "$BUILD/04_cpu_threads --seconds 0.05 --predict ask --json=$json" \
        /dev/null <<<$'soon\nhalf'
    contains "$output" 'How long will the whole run take?'
    contains "$output" 'predicted half: 0.025 s; measured '
    same "$(jq -r .prediction.text "$json")" half
}

@test "predict: a run that failed has nothing to hold it against" {
    lab 01_io_serial --url http://127.0.0.1:1/ --predict 1
    same "$status" 1
    [[ $output != *predicted* ]]
}
