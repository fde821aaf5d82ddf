#!/usr/bin/env bats
# SPDX-License-Identifier: MIT

load helper

# all_at_once N: N downloads were at once, by the lab's count and the server's.
# The server sends nothing before it has N requests, so this holds on a busy
# machine.
all_at_once() {
    start_server --rate 100k
    lab 02_io_threads --url "$SERVER/bytes/20000?together=$1" --tasks "$1" \
        --timeout 300 --json
    stop_server
    same "$status" 0
    contains "$served" "\"at_once\": $1}"
    holds ".runs[0].at_once == $1" '[.runs[0].task[].bytes] | all_are(20000)'
}

@test "02: two downloads wait together" {
    all_at_once 2
    same "$(figure '.runs[0].name')" threads
}

@test "02: 16 downloads wait together" {
    all_at_once 16
}

@test "02: 256 downloads wait together" {
    all_at_once 256
}

@test "02: four at once take less than 0.6 of four one by one" {
    lab 01_io_serial --tasks 4 --seconds 0.4 --json
    serial=$output
    lab 02_io_threads --tasks 4 --seconds 0.4 --json
    output=[$serial,$output]
    holds '.[1].runs[0].total_s / .[0].runs[0].total_s | from(0.15; 0.6)'
}

@test "02: nothing is gained where the link is the limit" {
    lab 02_io_threads --tasks 4 --rate 1M --link 1M --size 300k --json
    # One by one they take 1.2 s.
    holds '.runs[0].total_s | from(0.96; 1e9)' '.runs[0].at_once == 4' \
        '.link_bytes_per_s == 1000000'
}

@test "02: what a connection waits for its first byte is not caught up" {
    lab 02_io_threads --latency 0.5 --rate 100k --size 50k --json
    holds '.runs[0].total_s | from(0.85; 1e9)'
}

@test "02: latency is waited for together too" {
    lab 02_io_threads --tasks 8 --latency 2 --size 1k --json
    same "$status" 0
    # libevent's clock ticks each 4 ms, so a timer may end that much early.
    holds '.runs[0].server_at_once == 8' \
        '[.runs[0].task[].wall_s | from(1.98; 1e9)] | all_are(true)'
}

@test "02: --url downloads from there, and says what it got" {
    start_server --rate unlimited
    lab 02_io_threads --tasks 3 --url "$SERVER/bytes/12345" --json
    same "$status" 0
    holds ".url == \"$SERVER/bytes/12345\"" \
        '[.runs[0].task[].bytes] == [12345, 12345, 12345]' \
        'has("bytes_per_task") | not' '.runs[0] | has("server_at_once") | not'
    stop_server
    same "$(jq .requests <<<"$served")" 3
}

@test "02: a redirect to http is followed" {
    start_server --rate unlimited
    lab 02_io_threads --url "$SERVER/redirect?to=$SERVER/bytes/777" --json
    same "$status" 0
    same "$(figure '.runs[0].task[0].bytes')" 777
    stop_server
}
