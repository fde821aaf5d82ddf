#!/usr/bin/env bats
# SPDX-License-Identifier: MIT

load helper

@test "01: downloads one after the other, every byte, one at a time" {
    lab 01_io_serial --tasks 3 --seconds 0.1 --json
    same "$status" 0
    holds '.schema == 1' '.lab == "01_io_serial"' '.tasks == 3' \
        '.bytes_per_task == 207943' '.runs | length == 1' \
        '.runs[0].name == "serial"' \
        '[.runs[0].task[].bytes] == [207943, 207943, 207943]' \
        '.runs[0].at_once == 1' '.runs[0].server_at_once == 1' \
        '.runs[0] | .total_s >= ([.task[].wall_s] | add)'
}

@test "01: waiting for the network takes next to no processor" {
    lab 01_io_serial --seconds 0.5 --json
    same "$status" 0
    holds '.runs[0].cpu_per_wall | from(0; 0.3)'
}

@test "01: the rate sets the pace: twenty times the bytes take longer" {
    lab 01_io_serial -t 1 --rate 1M --size 50k --json
    small=$output
    lab 01_io_serial -t 1 --rate 1M --size 1M --json
    output=[$small,$output]
    holds '.[1].runs[0].total_s / .[0].runs[0].total_s | from(2; 1000)'
}

@test "01: sizes and rates take suffixes" {
    lab 01_io_serial -t 1 --rate unlimited --size 3Mi --json
    holds '.runs[0].task[0].bytes == 3145728' 'has("rate_bytes_per_s") | not'
    lab 01_io_serial -t 1 --rate 2M --size 2k --link 1Mi --json
    holds '.runs[0].task[0].bytes == 2000' '.rate_bytes_per_s == 2000000' \
        '.link_bytes_per_s == 1048576'
}

@test "01: people get a line a task, one for all, and the table" {
    lab 01_io_serial --seconds 0.1
    same "$status" 0
    same "$stderr" ''
    same "${lines[0]}" 'a download is 207943 bytes'
    [[ ${lines[1]} =~ ^task\ 1\ finished\ in\ [0-9]+\.[0-9]{3}\ seconds$ ]]
    [[ ${lines[2]} =~ ^task\ 2\ finished\ in\ [0-9]+\.[0-9]{3}\ seconds$ ]]
    [[ ${lines[3]} =~ ^all\ finished\ in\ [0-9]+\.[0-9]{3}\ seconds$ ]]
    [[ ${lines[4]} =~ each\ +total\ +CPU/wall\ +at\ once ]]
    [[ ${lines[5]} =~ ^serial\ .*\ s ]]
    [[ ${lines[6]} =~ ^document\ +48\.09\ s$ ]]
}

@test "01: the table in people's output and JSON in a file, in one run" {
    lab 01_io_serial --seconds 0.1 --json="$BATS_TEST_TMPDIR/01.json"
    same "$status" 0
    contains "$output" 'all finished in'
    same "$(jq .schema "$BATS_TEST_TMPDIR/01.json")" 1
}

# It would take 96 s: the server is ended instead, which fails the lab.
@test "01: --document is 100 MB at the rate that takes 48.09 s" {
    "$BUILD/01_io_serial" --document --json >"$BATS_TEST_TMPDIR/out" 2>&1 3>&- &
    pid=$!
    await has_children 1
    kill -KILL "${children[0]}"
    gone $pid
    output=$(sed '/^}/q' "$BATS_TEST_TMPDIR/out" | sed '/^01_io/d')
    holds '.bytes_per_task == 100000000' \
        '.bytes_per_task / .rate_bytes_per_s | from(48.085; 48.095)'
}
