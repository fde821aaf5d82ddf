#!/usr/bin/env bats
# SPDX-License-Identifier: MIT
#
# What goes wrong with downloads, threads, output and signals: one line that
# says so, the documented status, nothing left running.

load helper

# download FAULT: both downloads of lab 02 from a server with that fault.
download() {
    start_server --rate unlimited
    lab 02_io_threads --url "$SERVER$1" "${@:2}"
    stop_server
}

@test "faults: nobody listens; an unknown host" {
    lab 01_io_serial --url http://127.0.0.1:1/x
    failed 1 '2 of 2 tasks failed, task 1: http://127.0.0.1:1/x: curl: (7) '
    lab 01_io_serial --url http://nowhere.invalid/x
    failed 1 'http://nowhere.invalid/x: curl: (6) '
}

# One server for all: each path, and what the lab says of it.
@test "faults: an answer that is no download, or not a whole one" {
    local path reason
    start_server --rate unlimited
    while read -r path reason; do
        lab 02_io_threads --url "$SERVER$path"
        failed 1 "$path: $reason"
    done <<'END'
/status/404 the answer was HTTP/1.1 404
/status/500 the answer was HTTP/1.1 500
/status/200 the answer was HTTP/1.1 200 As asked for, without a body
/status/204 the answer was HTTP/1.1 204 As asked for, without a body
/status/304 the answer was HTTP/1.1 304
/status/302 the answer was HTTP/1.1 302
/redirect?to= the answer was HTTP/1.1 302
/status/101 the answer was HTTP/1.1 101
/bytes/100000?fault=short got 50000 bytes of 100000
/bytes/100000?fault=reset got 50000 bytes of 100000: curl: (56)
/redirect?to=file:///etc/passwd curl: (1)
/redirect curl: (47)
END
    lab 02_io_threads --url "$SERVER/bytes/100000?fault=stall" --timeout 1
    failed 1 'stall: got 50000 bytes of 100000: curl: (28) '
    stop_server
}

# libcurl 8.14 drops up to 1,024 bytes behind the end, without a word.
@test "faults: a body longer than announced, by however much" {
    start_server --rate unlimited
    for size in 1 100000 5000000; do
        for by in 1 1000 1024 1025 3000 200000; do
            lab 02_io_threads --tasks 1 \
                --url "$SERVER/bytes/$size?fault=long&by=$by"
            failed 1 'the body is longer than announced'
        done
    done
    lab 11_io_events --url "$SERVER/bytes/5000000?fault=long"
    failed 1 'the body is longer than announced'
    # Bytes that come later.
    lab 02_io_threads --url "$SERVER/bytes/100?fault=late"
    failed 1 'the body is longer than announced'
    stop_server
}

@test "faults: a connection that stays open; a header that is too long" {
    local name answers=
    start_server --rate unlimited
    for name in 02_io_threads 11_io_events; do
        lab $name --url "$SERVER/bytes/5000?fault=open" --json
        same "$status" 0
        answers+=,$output
    done
    output=[${answers#,}]
    holds '[.[] | [.runs[].task[].bytes] | all_are(5000)] == [true, true]'
    lab 02_io_threads --url "$SERVER/bytes/10?header=50000&lines=5" --json
    same "$status" 0
    lab 02_io_threads --url "$SERVER/bytes/10?header=50000&lines=7"
    failed 1 "the answer's header is longer than 256 KiB"
    lab 02_io_threads --url "$SERVER/bytes/10?header=400000"
    failed 1 "a line of the answer's header is longer than libcurl accepts"
    stop_server
}

@test "faults: a long address is cut, its reason is not" {
    local long
    printf -v long '%3000s' ''
    lab 02_io_threads --url "http://127.0.0.1:1/${long// /a}" --json
    failed 1 ': curl: (7) '
    contains "$(figure '.runs[0].task[0].error')" ': curl: (7) '
    lab 02_io_threads --url "ftp://127.0.0.1:1/${long// /a}"
    failed 2 'is not an http:// or https:// address'
    run "$BUILD/exercises/01_overlap_downloads" \
        "http://127.0.0.1:1/${long// /a}"
    same "$status" 1
    contains "${lines[0]}" ': curl: (7) '
}

# With the reason behind it, in the words of libcurl's version.
@test "faults: an address that libcurl cannot read" {
    for url in 'http://a b/' http://127.0.0.1:65536/ 'http://[::1' a/b; do
        lab 02_io_threads --url "$url"
        failed 2 "--url: '$url' is not an http:// or https:// address: "
    done
}

no_secret() {
    same "$(grep -c 'hunter2\|me:' <<<"$output$stderr")" 0
}

@test "faults: a password in an address is not shown" {
    local user=me:hunter2@
    start_server --rate unlimited
    url=http://$user${SERVER#http://}
    lab 02_io_threads --url "$url/bytes/5" --json
    same "$(figure .url)" "$SERVER/bytes/5"
    no_secret
    for option in --json --tasks=2; do
        lab 02_io_threads --url "$url/status/401" $option
        contains "$stderr" ": $SERVER/status/401: the answer was"
        no_secret
    done
    stop_server
    for url in "http://${user}127.0.0.1:65536/" "ftp://${user}h/" "${user}h" \
        "http:/${user}h:x" 'http://me:hunter2 @h'; do
        lab 02_io_threads --url "$url"
        failed 2 'is not an http:// or https:// address'
        no_secret
    done
}

@test "faults: a proxy is named, without its password" {
    for proxy in http://me:hunter2@127.0.0.1:1 x://me:hunter2@127.0.0.1:1 \
        me:hunter2@127.0.0.1:1 "http://me:hunter2 '@h"; do
        for option in --json --tasks=2; do
            run --separate-stderr env http_proxy="$proxy" \
                "$BUILD/02_io_threads" --url http://nowhere.invalid/x $option
            failed 1 ' (http_proxy is '
            no_secret
        done
    done
}

@test "faults: one of three fails, the others are reported" {
    download '/bytes/100000?fault=reset&nth=2' --tasks 3
    failed 1 'task '
    contains "$stderr" 'of 3 failed'
    same "$(grep -c 'finished in .* seconds$' <<<"$output")" 3
    same "$(grep -c '^task . failed after .*: curl: (56) .*$' <<<"$output")" 1
    download '/bytes/100000?fault=reset&nth=2' --tasks 3 --json
    same "$status" 1
    lab 02_io_threads --url http://127.0.0.1:1/x --json
    holds '[.runs[0].task[] | has("error")] | all_are(true)' \
        '.runs[0].task[0] | has("bytes") | not'
}

@test "faults: more downloads than file descriptors; too few for one" {
    run --separate-stderr bash -c \
        "ulimit -n 256; \"\$BUILD/02_io_threads\" -t 100 -s 0.1"
    failed 1 '100 downloads at once need 364 file descriptors, but the limit'
    contains "$stderr" 'is 256'
    run --separate-stderr bash -c 'ulimit -n 40; "$0"' \
        "$BUILD/01_io_serial"
    failed 1 '1 download needs 67 file descriptors, but the limit is 40'
}

@test "faults: a low soft limit is raised" {
    run --separate-stderr bash -c "ulimit -Sn 64
        \"\$BUILD/02_io_threads\" -t 50 -s 0.5 --json"
    same "$status" 0
    # 64 descriptors are enough for 21.
    within "$(figure '.runs[0].at_once')" 25 50
}

@test "faults: the Nth thread cannot be started, for every N" {
    for name in 02_io_threads 04_cpu_threads 05_gil_sim; do
        # Those that started must not run: it would take longer than a minute.
        size=--count=1000000000000
        [ $name = 02_io_threads ] && size=--seconds=600
        for n in 1 2 3 4; do
            preload pthread_create:$n $name -t 4 $size
            failed 1 "cannot start thread $n of 4: Resource temporarily"
            contains "$stderr" 'ulimit -u is '
        done
    done
    preload pthread_create:2 03_cpu_serial -t 4 --count 1000
    failed 1 'cannot start thread 2 of 4: Resource temporarily'
}

@test "faults: no port, no process for the server" {
    preload bind:1 01_io_serial
    failed 1 'cannot listen on 127.0.0.1: '
    preload fork:1 01_io_serial
    failed 1 'cannot start the local server: '
    contains "$stderr" 'ulimit -u is '
}

@test "faults: standard output full, closed, or without a reader" {
    [ -c /dev/full ] || skip "no /dev/full"
    cd "$BATS_TEST_TMPDIR"
    mkfifo pipe
    for name in 01_io_serial 05_gil_sim; do
        size='--count 1000 --rounds 1'
        [ $name = 05_gil_sim ] || size='-s 0.02'
        for json in '' --json; do
            run --separate-stderr bash -c \
                "\"\$BUILD/$name\" $size $json >/dev/full"
            failed 1 'cannot write to standard output: No space left'
            run --separate-stderr bash -c \
                "\"\$BUILD/$name\" $size -t 60 $json >/dev/full"
            failed 1 'cannot write to standard output: '
            run --separate-stderr bash -c \
                "\"\$BUILD/$name\" $size $json >&-"
            failed 1 'cannot write to standard output: '
            # The reader is gone before the lab starts.
            run --separate-stderr bash -c "exec 3<>pipe 4>pipe 3>&-
                \"\$BUILD/$name\" $size $json >&4"
            failed 1 'cannot write to standard output: Broken pipe'
        done
    done
    lab 03_cpu_serial -s 0.05 --json=/no/such/folder/x
    failed 1 'cannot write /no/such/folder/x: No such file'
}

@test "faults: SIGINT and SIGTERM in mid-run: 130, 143, the server gone" {
    for name in 01_io_serial 02_io_threads 05_gil_sim; do
        size=--seconds=60
        [ $name != 05_gil_sim ] || size=--count=1000000000000
        in_background $name $size
        kill -INT $pid
        ended
        same "$status" 130
        gone $pid "${children[@]}"
        in_background $name $size
        kill -TERM $pid
        ended
        same "$status" 143
        gone $pid "${children[@]}"
    done
}

@test "faults: SIGKILL: the server goes too; the server is killed: one line" {
    in_background 02_io_threads -s 60
    same "${#children[@]}" 1
    kill -KILL $pid
    ended
    same "$status" 137
    gone $pid "${children[@]}"
    in_background 02_io_threads -s 60
    kill -KILL "${children[@]}"
    ended
    same "$status" 1
    same "$(wc -l <"$out.err")" 1
    contains "$(<"$out.err")" '2 of 2 tasks failed'
}

@test "faults: the server, or the echo, is stopped: the lab fails, it is gone" {
    in_background 02_io_threads -s 3 --timeout 1
    kill -STOP "${children[@]}"
    ended
    failed 1 '2 of 2 tasks failed, task '
    gone "${children[@]}"
    in_background 07_gil_convoy --requests 1000
    kill -STOP "${children[@]}"
    ended
    failed 1 'no answer from the echo: '
    gone "${children[@]}"
}

# ignores_interrupts PID: as a child of a lab does, once it goes on after it.
ignores_interrupts() {
    grep -q '^SigIgn:.*[2367abef]$' "/proc/$1/status"
}

@test "faults: SIGTERM while the server is stopped: nothing is left" {
    [ -e /proc/self/status ] || skip "not Linux: a stopped child stays"
    in_background 02_io_threads -s 60
    await ignores_interrupts "${children[0]}"
    kill -STOP "${children[@]}"
    kill -TERM "$pid"
    ended
    same "$status" 143
    gone "${children[@]}"
}

@test "faults: no loopback interface" {
    unshare -n true 2>/dev/null || skip "no network of its own here"
    for name in 01_io_serial 07_gil_convoy; do
        run --separate-stderr unshare -n "$BUILD/$name"
        failed 1 'cannot reach 127.0.0.1: '
        contains "$stderr" 'ip link set lo up'
    done
}

@test "faults: the local server's input has no end to wait for" {
    for input in /dev/null "$ROOT/README.md"; do
        run --separate-stderr "$BUILD/local_server" <"$input"
        failed 1 'standard input is no terminal and no pipe'
        same "$output" ''
    done
}

# limited N NAME: a folder for $BUILD in which that program may open N files.
limited() {
    printf '#!/bin/sh\nulimit -n %d\nexec "%s" "$@"\n' "$1" "$BUILD/$2" \
        >"$BATS_TEST_TMPDIR/$2"
    chmod +x "$BATS_TEST_TMPDIR/$2"
}

# port_of PID: the port on which it listens, as its system tells.
port_of() {
    local port
    port=$(readlink /proc/"$1"/fd/* | awk '
        NR == FNR { sockets[$0]; next }
        $4 == "0A" && "socket:[" $10 "]" in sockets {
            sub(/.*:/, "", $2)
            print $2
        }' - /proc/net/tcp)
    echo $((16#$port))
}

# strangers PORT COUNT: connections that say nothing, in the array $strangers.
strangers() {
    local - i fd
    set +T # bats would note each line
    strangers=()
    for ((i = 0; i < $2; i++)); do
        exec {fd}<>"/dev/tcp/127.0.0.1/$1" || return
        strangers+=("$fd")
    done
}

strangers_leave() {
    local - fd
    set +T
    for fd in "${strangers[@]}"; do
        exec {fd}>&-
    done
}

@test "faults: another user's connections and requests are refused" {
    [ -e /proc/net/tcp ] || skip "not Linux: no list of ports"
    limited 100 02_io_threads
    BUILD=$BATS_TEST_TMPDIR in_background 02_io_threads -s 8
    children_of "$pid"
    port=$(port_of "${children[0]}")
    strangers "$port" 120
    sleep 0.5
    strangers_leave
    for path in bytes/1000 status/200 redirect x/bytes/1000; do
        same "$(curl -s -o /dev/null -w '%{http_code}' \
            "http://127.0.0.1:$port/$path")" 404
    done
    ended
    same "$status" 0
    same "$stderr" ''
    contains "$output" '  server saw'
    same "$(awk '/^threads/ { print $NF; exit }' <<<"$output")" 2
}

@test "faults: a server that is out of descriptors waits, and says nothing" {
    limited 40 local_server
    BUILD=$BATS_TEST_TMPDIR start_server --rate unlimited \
        2>"$BATS_TEST_TMPDIR/errors"
    strangers "${SERVER##*:}" 60
    sleep 0.5
    strangers_leave
    lab 02_io_threads --url "$SERVER/bytes/1000" --json
    same "$status" 0
    stop_server
    same "$(jq .requests <<<"$served")" 2
    same "$(<"$BATS_TEST_TMPDIR/errors")" ''
}

# tests/fuzz/run does this for longer, with AddressSanitizer.
@test "faults: random requests do not harm the local server" {
    command -v python3 || skip "python3 is missing"
    run python3 "$ROOT/tests/fuzz/server.py" "$BUILD/local_server" 1
    same "$status" 0
    contains "$output" ': 0 findings'
}

@test "faults: two copies at once do not meet" {
    "$BUILD/02_io_threads" -s 0.3 --json >"$BATS_TEST_TMPDIR/other" 3>&- &
    other=$!
    lab 02_io_threads -s 0.3 --json
    same "$status" 0
    same "$(figure '.runs[0].server_at_once')" 2
    gone $other
    wait $other
    same "$(jq '.runs[0].server_at_once' "$BATS_TEST_TMPDIR/other")" 2
}

@test "faults: from another folder, a path with spaces, without TMPDIR" {
    mkdir "$BATS_TEST_TMPDIR/a b"
    cp "$BUILD/01_io_serial" "$BATS_TEST_TMPDIR/a b/"
    chmod a-w "$BATS_TEST_TMPDIR/a b"
    cd /
    run --separate-stderr env -u TMPDIR -u HOME \
        "$BATS_TEST_TMPDIR/a b/01_io_serial" -s 0.05 --json
    chmod u+w "$BATS_TEST_TMPDIR/a b" # who is not root cannot remove it otherwise
    same "$status" 0
    same "$stderr" ''
    same "$(figure '.runs[0].task | length')" 2
}

@test "faults: as a user without rights" {
    [ "$(id -u)" = 0 ] || skip "not root: this is how all tests run"
    cp "$BUILD/02_io_threads" "$BATS_TEST_TMPDIR/"
    chmod a+rx "$BATS_TEST_TMPDIR" "$BATS_RUN_TMPDIR" "$BATS_FILE_TMPDIR"
    command -v setpriv || skip "setpriv is missing"
    run --separate-stderr setpriv --reuid 65534 --regid 65534 --clear-groups \
        "$BATS_TEST_TMPDIR/02_io_threads" -s 0.05 --json
    same "$status" 0
    same "$(figure '.runs[0].at_once')" 2
}

@test "faults: a server with a limited link ends in mid-download" {
    start_server --link 1M
    "$BUILD/02_io_threads" --url "$SERVER/bytes/100000000" >/dev/null 2>&1 \
        3>&- {SERVER_IN}>&- &
    sleep 0.5
    stop_server
    same "$(jq .requests <<<"$served")" 2
    gone $!
}
