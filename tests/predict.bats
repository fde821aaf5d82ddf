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
    holds '.prediction.text == "0.4"' '.prediction.expected_s == 0.4' \
        '.prediction.measured_s | from(0.001; 3600)' \
        '.prediction.measured_s == .runs[0].total_s' \
        '.prediction | .factor * .expected_s / .measured_s |
            from(0.999; 1.001)'
    lab 02_io_threads --seconds 0.1 --json
    holds 'has("prediction") | not'
}

@test "predict: words are of the time that one task takes alone" {
    for word in same=0.02 half=0.01 double=0.04; do
        lab 04_cpu_threads --seconds 0.02 --predict "${word%=*}" --json
        holds ".prediction.text == \"${word%=*}\"" \
            ".prediction.expected_s == ${word#*=}"
    done
    lab 01_io_serial --tasks 1 --size 50k --rate 1M --latency 0.01 \
        --predict double --json
    holds '.prediction.expected_s == 0.12'
    lab 01_io_serial --tasks 1 --size 50k --rate 1M --link 500k \
        --predict same --json
    holds '.prediction.expected_s == 0.1'
}

@test "predict: the labs that have it" {
    for name in 01_io_serial 02_io_threads 03_cpu_serial 04_cpu_threads \
        05_gil_sim 06_gil_release 10_processes 11_io_events 12_gil_real; do
        [ -x "$BUILD/$name" ] || continue
        lab "$name" --seconds 0.02 --predict same --json
        same "$status" 0
        # What is measured is all rounds of the first way together.
        holds '.prediction.expected_s == 0.02' \
            '(.runs[0] | [.rounds // [.] | .[].total_s] | add) /
                .prediction.measured_s | from(0.999; 1.001)'
    done
    lab 07_gil_convoy --requests 2 --predict 3 --json
    holds '.prediction.expected_s == 3'
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
    # The most that its message names, and no word for more.
    lab 03_cpu_serial --count 1000 --predict 86400
    same "$status" 0
    for value in 86401 172800; do
        lab 03_cpu_serial --count 1000 --predict $value
        failed 2 "--predict: '$value' is not a number of seconds from 0.001 to \
86400"
    done
    lab 03_cpu_serial --seconds 50000 --predict double
    failed 2 "--predict: 'double' is not a number of seconds from 0.001 to"
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
    export json=$BATS_TEST_TMPDIR/json
    run script -qec \
        '"$BUILD/04_cpu_threads" --seconds 0.05 --predict ask --json="$json"' \
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
