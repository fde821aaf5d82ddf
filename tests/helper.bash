# SPDX-License-Identifier: MIT
# shellcheck shell=bash disable=SC2034,SC2154
#
# What all tests share. A test asserts what is counted, never how long it took;
# one condition a line, because bats sees only a line's last status.

bats_require_minimum_version 1.5.0

ROOT=$(cd "$(dirname "${BASH_SOURCE[0]}")/.." && pwd)
BUILD=${BUILD:-$ROOT/build}
export LC_ALL=C
unset http_proxy https_proxy all_proxy HTTP_PROXY HTTPS_PROXY ALL_PROXY

# lab NAME [ARGUMENT...]: run it; its output is $output, its errors $stderr.
lab() {
    run --separate-stderr timeout -k 1 60 "$BUILD/$1" "${@:2}"
}

# figure FILTER: what jq finds in the JSON in $output.
figure() {
    jq -r "$1" <<<"$output"
}

# same GOT EXPECTED, and within GOT LOW HIGH (numbers, both ends included).
same() {
    [ "$1" = "$2" ] && return
    printf 'got:      %s\nexpected: %s\n' "$1" "$2"
    return 1
}

within() {
    awk -v got="$1" -v low="$2" -v high="$3" \
        'BEGIN { exit !(got != "" && got != "null" &&
                        got + 0 >= low + 0 && got + 0 <= high + 0) }' && return
    printf 'got %s, which is not from %s to %s\n' "$1" "$2" "$3"
    return 1
}

# contains TEXT PART
contains() {
    case $1 in *"$2"*) return 0 ;; esac
    printf 'got:            %s\nhas no part as: %s\n' "$1" "$2"
    return 1
}

# failed STATUS TEXT: the lab ended with it and said so in one line.
failed() {
    same "$status" "$1" || return
    contains "$stderr" "$2" || return
    same "${#stderr_lines[@]}" 1
}

# Processors that two busy processes get at this moment, as 1.97.
free_processors() {
    local busy='BEGIN { for (i = 0; i < 4000000; i++) n += i }'
    TIMEFORMAT='%R %U'
    { time { awk "$busy" & awk "$busy" & wait; } } 2>&1 |
        awk '{ printf "%.2f", $2 / $1 }'
}

# Skip the rest, saying why, unless two processors were free just now: what
# needs both cannot be told from a busy machine then.
need_two_processors() {
    local got
    got=$(free_processors)
    awk -v got="$got" 'BEGIN { exit !(got >= 1.6) }' ||
        skip "not measured: busy, $got processors free of the 2 it takes"
}

# start_server [OPTION...]: a server of the kit's own; its address is $SERVER.
start_server() {
    local in=$BATS_TEST_TMPDIR/server.in
    SERVER_OUT=$BATS_TEST_TMPDIR/server.out
    mkfifo "$in"
    "$BUILD/local_server" "$@" <"$in" >"$SERVER_OUT" 3>&- &
    SERVER_PID=$!
    exec {SERVER_IN}>"$in"
    until [ -s "$SERVER_OUT" ]; do sleep 0.01; done
    SERVER=$(head -n 1 "$SERVER_OUT")
}

# stop_server: end it; what it saw goes to $served as JSON.
stop_server() {
    exec {SERVER_IN}>&-
    gone "$SERVER_PID" || kill -KILL "$SERVER_PID"
    wait "$SERVER_PID" || return
    served=$(tail -n 1 "$SERVER_OUT")
    rm "$BATS_TEST_TMPDIR/server.in" "$SERVER_OUT"
}

# children_of PID: its children's numbers in the array $children.
# gone PID...: all of them have ended, within ten seconds. Some containers' first
# process is slow to reap what the lab has left it: that has ended, too.
children_of() {
    mapfile -t children < <(ps -o pid= --ppid "$1" | tr -d ' ')
}

gone() {
    local pid tries
    for pid in "$@"; do
        for ((tries = 0; tries < 1000; tries++)); do
            case $(ps -o stat= -p "$pid") in '' | Z*) continue 2 ;; esac
            sleep 0.01
        done
        echo "process $pid is still there"
        return 1
    done
}

# preload CALL: a library that makes that call fail, for one program.
preload() {
    gcc -shared -fPIC -o "$BATS_TEST_TMPDIR/fail.so" \
        "$ROOT/tests/fail_call.c" -ldl
    run --separate-stderr timeout -k 1 60 env FAIL_CALL="$1" \
        LD_PRELOAD="$BATS_TEST_TMPDIR/fail.so" "$BUILD/$2" "${@:3}"
}

# ended: wait for what was started in the background; its status in $status.
ended() {
    status=0
    wait "$pid" || status=$?
}

# in_background LAB [ARGUMENT...]: start it with signals as a terminal's, wait
# until its first line is out; $pid, $children, output in $out.
in_background() {
    out=$BATS_TEST_TMPDIR/out
    env --default-signal=INT,TERM "$BUILD/$1" "${@:2}" >"$out" \
        2>"$out.err" 3>&- &
    pid=$!
    until [ -s "$out" ]; do sleep 0.01; done
    children_of $pid
}
