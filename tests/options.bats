#!/usr/bin/env bats
# SPDX-License-Identifier: MIT

load helper

# Labs that are told how many tasks: not 07.
labs=(01_io_serial 02_io_threads 03_cpu_serial 04_cpu_threads 05_gil_sim
    06_gil_release 08_gil_race 09_refcount 10_processes 11_io_events
    13_gil_virtual)
[ ! -x "$BUILD/12_gil_real" ] || labs+=(12_gil_real)

@test "options: --help and --version, in 80 columns, for every lab" {
    for path in "$BUILD"/[0-9][0-9]_*[a-z]; do
        name=${path##*/}
        lab "$name" --help
        same "$status" 0
        same "$stderr" ''
        contains "$output" "$name: "
        contains "$output" '--json'
        within "$(wc -L <<<"$output")" 40 80
        lab "$name" -h
        same "$status" 0
        lab "$name" --version
        same "$status" 0
        [[ ${lines[0]} =~ ^"$name (GIL Labs) "[0-9.]+$ ]]
        [[ ${lines[1]} =~ ^"compiled by "(gcc|clang)" "[0-9.]+ ]]
    done
}

@test "options: tasks that are no number, for every lab" {
    local bad=(0 -1 1e3 99999999999999999999 '' abc 2x ' 3' +3 0x10)
    for name in "${labs[@]}"; do
        # shellcheck disable=SC2016 # the inner shell's
        run bash -c 'for value; do "$0" --tasks "$value"; echo $?; done' \
            "$BUILD/$name" "${bad[@]}"
        same "$output" "$(printf "$name: --tasks: '%s' is not a whole number \
from 1 to 100000\n2\n" "${bad[@]}")"
    done
}

@test "options: seconds, sizes, rates, words" {
    for value in 0 -1 1e3 nan inf '' 1,5 99999999 0x1 .; do
        lab 03_cpu_serial --seconds "$value"
        failed 2 "--seconds: '$value' is not"
    done
    for value in 0 1K 1kk 1.5M '' 99999999999999999999 20000000000G; do
        lab 01_io_serial --size "$value"
        failed 2 "--size: '$value' is not a number of bytes"
    done
    lab 01_io_serial --rate lots
    failed 2 "--rate: 'lots' is not a number of bytes from 1000 to 2147483647"
    lab 05_gil_sim --lock gil
    failed 2 "--lock: 'gil' is not none, mutex, ticks or interval"
    lab 05_gil_sim --interval 0
    failed 2 "--interval: '0' is not a whole number from 1 to 10000000"
}

@test "options: unknown ones, missing values, extra arguments" {
    lab 04_cpu_threads --frobnicate
    failed 2 "unknown option '--frobnicate'"
    lab 04_cpu_threads -x
    failed 2 "unknown option '-x'"
    lab 04_cpu_threads --tasks
    failed 2 "--tasks needs a value"
    lab 04_cpu_threads -t
    failed 2 "--tasks needs a value"
    lab 04_cpu_threads 3
    failed 2 "unexpected argument '3'"
    lab 04_cpu_threads $'two\nlines'
    failed 2 "unexpected argument 'two?lines'"
    lab 04_cpu_threads --document=yes
    failed 2 "option '--document=yes' takes no value"
}

@test "options: a lab does not know what it has no use for" {
    lab 04_cpu_threads --lock none
    failed 2 "unknown option '--lock'"
    lab 03_cpu_serial --url http://127.0.0.1/
    failed 2 "unknown option '--url'"
    lab 02_io_threads --count 5
    failed 2 "unknown option '--count'"
}

@test "options: two that contradict each other" {
    lab 03_cpu_serial --seconds 1 --count 5
    failed 2 '--seconds and --count exclude each other'
    lab 01_io_serial --document --size 5
    failed 2 '--size and --document exclude each other'
    lab 01_io_serial --url http://127.0.0.1/ --rate 5k
    failed 2 '--url and --rate exclude each other'
    lab 01_io_serial --rate unlimited
    failed 2 '--rate unlimited needs --size'
    lab 05_gil_sim --lock ticks --interval 5000
    failed 2 '--interval goes with --lock interval, not with ticks'
    lab 05_gil_sim --every 5
    failed 2 '--every goes with --lock mutex or ticks, not with interval'
}

@test "options: --url takes http and https only" {
    for url in file:///etc/passwd ftp://127.0.0.1/x 127.0.0.1/x http:// '' \
        'http://a b/' gopher://127.0.0.1; do
        lab 01_io_serial --url "$url"
        failed 2 "--url: '$url' is not"
    done
}

@test "options: no lab reads or writes the locale's decimal comma" {
    comma_locale
    local answers='' number=0
    json=$BATS_TEST_TMPDIR/json
    for path in "$BUILD"/[0-9][0-9]_*[a-z]; do
        case $path in
        *_orders) continue ;; # has no times
        *_io_* | *_convoy) size=(--requests 1) ;;
        *) size=(--count 1000) ;;
        esac
        [[ $path != *_io_* ]] || size=(--seconds 0.05)
        run "${comma[@]}" "$path" "${size[@]}" --json="$json"
        same "$status" 0
        same "$(grep -cE '[0-9],[0-9]' <<<"$output")" 0
        contains "$output" '0.0'
        answers+=,$(<"$json")
        number=$((number + 1))
    done
    output=[${answers#,}]
    holds "length == $number" '[.[].runs[0].total_s | from(0; 60)] | all_are(true)'
    run --separate-stderr "${comma[@]}" "$BUILD/03_cpu_serial" --seconds 0,05
    failed 2 "--seconds: '0,05' is not"
}
