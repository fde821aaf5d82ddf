#!/usr/bin/env bats
# SPDX-License-Identifier: MIT

load helper

@test "01: downloads one after the other, every byte, one at a time" {
    lab 01_io_serial --tasks 3 --seconds 0.1 --json
    same "$status" 0
    same "$(figure .schema)" 1
    same "$(figure .lab)" 01_io_serial
    same "$(figure .tasks)" 3
    same "$(figure .bytes_per_task)" 207943
    same "$(figure '.runs | length')" 1
    same "$(figure '.runs[0].name')" serial
    same "$(figure '[.runs[0].task[].bytes] == [207943, 207943, 207943]')" true
    same "$(figure '.runs[0].at_once')" 1
    same "$(figure '.runs[0].server_at_once')" 1
    same "$(figure '.runs[0] | .total_s >= ([.task[].wall_s] | add)')" true
}

@test "01: waiting for the network takes next to no processor" {
    lab 01_io_serial --seconds 0.5 --json
    same "$status" 0
    within "$(figure '.runs[0].cpu_per_wall')" 0 0.3
}

@test "01: a rate sets the pace: 10 times the bytes take longer" {
    lab 01_io_serial -t 1 --rate 1M --size 50k --json
    small=$(figure '.runs[0].total_s')
    lab 01_io_serial -t 1 --rate 1M --size 1M --json
    large=$(figure '.runs[0].total_s')
    within "$(jq -n "$large / $small")" 4 100
}

@test "01: sizes take suffixes" {
    lab 01_io_serial -t 1 --rate unlimited --size 3Mi --json
    same "$(figure '.runs[0].task[0].bytes')" 3145728
    same "$(figure 'has("rate_bytes_per_s")')" false
    lab 01_io_serial -t 1 --rate unlimited --size 2k --link 1M --json
    same "$(figure '.runs[0].task[0].bytes')" 2000
    same "$(figure .link_bytes_per_s)" 1000000
}

@test "01: --document is 100 MB at the rate that takes 48.09 s" {
    timeout -k 1 2 "$BUILD/01_io_serial" --document --json >/dev/null 2>&1 &&
        return 1
    lab 01_io_serial --json -t 1 --rate unlimited --size 100M
    same "$(figure .bytes_per_task)" 100000000
    within "$(jq -n '100000000 / 2079434')" 48.089 48.091
}
