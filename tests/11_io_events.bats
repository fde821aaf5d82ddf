#!/usr/bin/env bats
# SPDX-License-Identifier: MIT

load helper

# all_at_once N WAYS [OPTION...]: N downloads in one thread were at once, by the
# lab's count and the server's, and so were those in N threads. The server sends
# nothing before it has N requests, so this holds on a busy machine.
all_at_once() {
    start_server --rate unlimited
    lab 11_io_events --url "$SERVER/bytes/5000?together=$1" --tasks "$1" \
        --timeout 300 --json "${@:3}"
    stop_server
    same "$status" 0
    contains "$served" "\"at_once\": $1}"
    holds "[.runs[].at_once] | all_are($1)" \
        "[.runs[] | .name, .loop // \"-\"] | join(\" \") == \"$2\"" \
        '[.runs[].task[].bytes] | all_are(5000)' \
        '[.runs[] | .startup_s, .peak_rss_bytes | from(1e-9; 1e12)] |
            all_are(true)'
}

@test "11: two downloads in one thread, by poll" {
    all_at_once 2 'events poll threads -'
}

@test "11: two downloads in one thread, by events" {
    all_at_once 2 'events events threads -' --loop events
}

@test "11: the lab's own servers see them too" {
    lab 11_io_events --latency 2 --size 1k --json
    same "$status" 0
    holds '.bytes_per_task == 1000' '[.runs[].task[].bytes] | all_are(1000)' \
        '[.runs[].server_at_once] | all_are(2)'
}

# In the event loops a server and a process each have more sockets than select()
# takes (1,024), and more than most soft limits allow. Threads take more: 0.3 to
# 0.4 of their CPU time and 0.5 of their memory, also on a busy machine.
@test "11: 1,100 downloads, all three ways: a loop takes less CPU and memory" {
    local tasks=1100 hard
    hard=$(ulimit -Hn)
    [ "$hard" = unlimited ] || [ "$hard" -ge 4464 ] || tasks=1000
    all_at_once $tasks 'events poll events events threads -' --loop all
    # A task's share of the one thread's CPU time is not known.
    holds '.runs[2] as $threads | [.runs[0, 1] | .cpu_s / $threads.cpu_s |
            from(0.05; 0.8)] | all_are(true)' \
        '.runs[2] as $threads | [.runs[0, 1] | .peak_rss_bytes /
            $threads.peak_rss_bytes | from(0.1; 0.95)] | all_are(true)' \
        '[.runs[0].task[] | has("cpu_s")] | all_are(false)' \
        '[.runs[2].task[] | has("cpu_s")] | all_are(true)'
    [ $tasks = 1100 ] ||
        skip "only 1,000: the hard limit on file descriptors is $hard"
}

@test "11: more downloads than file descriptors" {
    run --separate-stderr bash -c \
        "ulimit -n 256; \"\$BUILD/11_io_events\" -t 100 -s 0.1"
    failed 1 '100 downloads at once need 364 file descriptors, but the limit'
}

@test "11: --loop takes poll, events or all" {
    lab 11_io_events --loop epoll
    failed 2 "--loop: 'epoll' is not poll, events or all"
}

@test "11: one download of four fails, the others are reported" {
    for loop in poll events; do
        start_server --rate 1M
        lab 11_io_events --url "$SERVER/bytes/100000?fault=reset&nth=2" \
            --tasks 4 --loop $loop
        failed 1 'of 8 failed'
        contains "$stderr" ': curl: (56) '
        same "$(grep -c '^task . finished in .* seconds$' <<<"$output")" 7
        same "$(grep -c '^task . failed after .*: curl: (56) .*$' \
            <<<"$output")" 1
        stop_server
        contains "$served" '{"requests": 8,'
    done
}

@test "11: every way tells the same of what goes wrong" {
    local answers=
    start_server --rate unlimited
    for fault in 'bytes/9999?fault=short' 'bytes/1?fault=long' status/404 \
        'redirect?to=file:///etc/passwd'; do
        lab 11_io_events --url "$SERVER/$fault" --loop all --tasks 1 --json
        same "$status" 1
        contains "$stderr" '3 of 3 tasks failed, task 1: '
        answers+=,$output
    done
    lab 11_io_events --url "$SERVER/redirect?to=$SERVER/bytes/777" \
        --loop all --json
    same "$status" 0
    output=[${answers#,},$output]
    holds '[.[:4][] | [.runs[].task[].error] | unique | length] == [1, 1, 1, 1]' \
        '[.[4].runs[].task[].bytes] | all_are(777)'
    stop_server
    lab 11_io_events --url http://127.0.0.1:1/x --loop events
    failed 1 '4 of 4 tasks failed'
}

# The lab's children: two servers, then a process for each way.
children_are_there() {
    await has_children 4
}

# Whichever it is and whatever the lab waits for: it does not run on.
@test "11: a process of the lab is killed: one line, all others gone" {
    local i name=('the local server' 'the local server' 'worker 1' 'worker 2')
    for i in 0 1 2 3; do
        in_background 11_io_events -s 600
        children_are_there
        kill -KILL "${children[i]}"
        ended
        failed 1 "${name[i]} was killed by signal 9"
        gone "${children[@]}"
    done
}

@test "11: a process of the lab is stopped: one line, all gone" {
    local i name=('the local server' 'the local server' 'worker 1' 'worker 2')
    for i in 0 2 3; do
        in_background 11_io_events -s 600
        children_are_there
        kill -STOP "${children[i]}"
        ended
        failed 1 "${name[i]} was stopped by a signal"
        gone "${children[@]}"
    done
}

@test "11: the lab is killed, interrupted, terminated: nothing is left" {
    for signal in KILL:137 INT:130 TERM:143; do
        in_background 11_io_events -s 60
        children_are_there
        kill -"${signal%:*}" $pid
        ended
        same "$status" "${signal#*:}"
        gone "${children[@]}"
    done
}

@test "11: the Nth process or thread cannot be started" {
    preload fork:3 11_io_events -t 3 -s 0.05
    failed 1 'cannot start worker 1 of 2: Resource temporarily'
    preload fork:4 11_io_events -t 3 -s 0.05
    failed 1 'cannot start worker 2 of 2: Resource temporarily'
    preload pthread_create:2 11_io_events -t 3 -s 0.05
    failed 1 'cannot start thread 1 of 3: Resource temporarily'
    preload pthread_create:4 11_io_events -t 3 -s 0.05
    failed 1 'cannot start thread 3 of 3: Resource temporarily'
}
