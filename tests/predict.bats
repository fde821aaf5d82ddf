#!/usr/bin/env bats
# SPDX-License-Identifier: MIT

load helper

@test "predict: beside the measurement, with the factor between" {
    lab 03_cpu_serial --seconds 0.02 --predict 0.025
    same "$status" 0
    guess=$(grep '^predicted ' <<<"$output")
    contains "$guess" 'predicted 0.025 s; measured '
    total=$(awk '$1 == "serial" { print $4 }' <<<"$output")
    contains "$guess" "measured $total s: "
    off=$(awk -v total="$total" '{ print $(NF - 2) - total / 0.025 }' \
        <<<"$guess")
    within "$off" -0.1 0.1
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
    # In virtual time: it is the same for all that count.
    local word all=
    for word in same half double; do
        lab 13_gil_virtual --seconds 0.02 --predict $word --json
        all+=,$output
    done
    lab 01_io_serial --tasks 1 --size 50k --rate 1M --latency 0.01 \
        --predict double --json
    all+=,$output
    lab 01_io_serial --tasks 1 --size 50k --rate 1M --link 500k \
        --predict same --json
    output=[${all#,},$output]
    holds '[.[].prediction | .text, .expected_s] == ["same", 0.02, "half", 0.01,
        "double", 0.04, "double", 0.12, "same", 0.1]'
}

@test "predict: the labs that have it" {
    all=
    for name in 01_io_serial 02_io_threads 03_cpu_serial 04_cpu_threads \
        05_gil_sim 06_gil_release 10_processes 11_io_events 12_gil_real; do
        [ -x "$BUILD/$name" ] || continue
        lab "$name" --seconds 0.005 --predict same --json
        same "$status" 0
        all+=$output
    done
    # What is measured is all rounds of the first way together.
    output=$(jq -s . <<<"$all")
    holds 'length > 4' 'map(.prediction.expected_s) | all_are(0.005)' \
        'map((.runs[0] | [.rounds // [.] | .[].total_s] | add) /
            .prediction.measured_s | from(0.999; 1.001)) | all_are(true)'
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
        '"$BUILD/13_gil_virtual" --seconds 0.05 --predict ask --json="$json"' \
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

# tells GUESS BELIEF LAB [ARGUMENT...]: the belief behind a wrong guess; '' none.
tells() {
    lab "$3" --predict "$1" "${@:4}" --json
    same "$status" 0 || return
    if [ "$2" ]; then
        contains "$output" "\"belief\": \"$2\""
    else
        [[ $output != *'"belief"'* ]]
    fi
}

@test "predict: a wrong guess is answered with what was believed" {
    virtual=(13_gil_virtual --seconds 0.05)
    tells same 'the threads compute at the same time' "${virtual[@]}"
    holds '.prediction.answer == "That is true without the lock: lab 04."'
    tells 0.05 'the threads compute at the same time' "${virtual[@]}"
    tells half 'several threads share one task' "${virtual[@]}"
    tells 0.2 'the lock doubles the work' "${virtual[@]}"
    tells double 'only one thread computes at a time' "${virtual[@]}" --lock none
    tells same 'the threads compute at the same time' 13_gil_virtual \
        --seconds 0.005 --lock mutex
    tells double 'a lock costs no time' "${virtual[@]}" --interval 50
}

@test "predict: a right guess, and one that tells nothing, is not answered" {
    tells double '' 13_gil_virtual --seconds 0.05
    tells same '' 13_gil_virtual --seconds 0.05 --lock none
    tells same '' 13_gil_virtual --seconds 0.05 --tasks 1
    tells 0.05 '' 13_gil_virtual --count 10000000
    lab 13_gil_virtual --seconds 0.05 --predict double
    same "$(grep -c 'You expected' <<<"$output")" 0
    lab 13_gil_virtual --seconds 0.05 --predict same
    same "${lines[-2]}" 'You expected that the threads compute at the same time.'
    same "${lines[-1]}" 'That is true without the lock: lab 04.'
}

# Three that compute have one processor: the lab gets a third of it or less.
@test "predict: where the figures mean little, no guess is answered" {
    command -v taskset >/dev/null || skip 'taskset is missing'
    one=$(taskset -cp $$ | sed 's/.*: //; s/[-,].*//')
    hogs=()
    for _ in 1 2; do
        taskset -c "$one" awk 'BEGIN { for (;;) n++ }' 3>&- &
        hogs+=($!)
    done
    status=0
    output=$(taskset -c "$one" "$BUILD/05_gil_sim" --seconds 0.02 --rounds 1 \
        --predict same --json) || status=$?
    kill "${hogs[@]}"
    wait "${hogs[@]}" || true
    same "$status" 0
    holds '.trusted == false' '.prediction.measured_s > 0.032' \
        '.prediction | has("belief") | not'
}

# What was measured, in times of one task, decides; it is the machine's.
@test "predict: what is believed about each lab, by what was measured" {
    while read -r guess measured name belief; do
        [ -x "$BUILD/$name" ] || continue
        seconds=0.02 options=()
        [[ $name != *_io_* ]] || seconds=0.1 # waiting is free
        [ "$belief" != 'each download has a link of its own' ] ||
            options=(--link 2079434)
        lab "$name" --seconds $seconds --predict "$guess" "${options[@]}" --json
        same "$status" 0
        holds ". as \$all | .prediction.belief as \$said |
            .prediction.measured_s / $seconds |
            if . > $measured * 0.81 and . < $measured * 1.24 then
                \$said == \"$belief\" or (\$all.trusted | not)
            elif . > $measured * 1.26 or . < $measured * 0.79 then
                \$said != \"$belief\"
            else true end"
    done <<'END'
same 2 01_io_serial the downloads wait at the same time
double 1 02_io_threads one download waits for the other
same 2 02_io_threads each download has a link of its own
half 1 02_io_threads two downloads take less time than one
same 2 03_cpu_serial the tasks run at the same time
double 1 04_cpu_threads only one thread computes at a time
same 2 06_gil_release native code needs no lock
double 1 10_processes all processes share one lock
double 1 11_io_events one thread waits for one download at a time
END
}
