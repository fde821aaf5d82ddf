#!/usr/bin/env bats
# SPDX-License-Identifier: MIT

load helper

# Labs that answer immediately and a make that builds nothing; the server is real.
setup() {
    cd "$BATS_TEST_TMPDIR" || exit
    mkdir labs bin
    tee labs/{01_io_serial,02_io_threads,03_cpu_serial,04_cpu_threads} \
        labs/{05_gil_sim,06_gil_release,11_io_events} >/dev/null <<'END'
#!/bin/sh
name=${0##*/}
echo "$name" >>"${0%/*}/../ran"
if [ -e "${0%/*}/../broken" ] && grep -q "$name" "${0%/*}/../broken"; then
    echo "$name: no luck" >&2
    exit 1
fi
case $name in
05*) serial=2.02 threads=2.42 ;;
06*) serial=9 threads=9 released=1.05 ;;
*) serial=2 threads=1.25 ;;
esac
# As the real ones: without their lanes they are quicker.
if [ "${GIL_LABS_RECORD-1}" = 0 ]; then
    threads=2.2 released=1
    echo "$name $*" >>"${0%/*}/../unrecorded"
fi
cat <<JSON
{"cpus": 2, "count": 1000, "runs": [
  {"name": "threads", "total_s": $threads, "cpu_s": 0.5},
  {"name": "serial", "total_s": $serial},
  {"name": "released", "total_s": ${released-9}},
  {"name": "events", "total_s": 4, "cpu_s": 3, "peak_rss_bytes": 2097152}]}
JSON
END
    ln -s "$BUILD/local_server" labs/
    printf '#!/bin/sh\nexit 0\n' >bin/make
    # A curl that downloads nothing, and says what it was told.
    cat >bin/curl <<'END'
#!/bin/sh
echo "$*" >>"${0%/*}/../curled"
case $* in --help*) echo --parallel-max ;; *) echo 1.6 ;; esac
END
    chmod +x bin/* labs/[01]*
}

bench() {
    run --separate-stderr env PATH="${path-$PATH}" \
        "$PYTHON3" "$ROOT/scripts/bench" "$@"
}

# row TITLE [N]: the figures of its row, or N rows below, with single blanks.
row() {
    local i figures
    for i in "${!lines[@]}"; do
        [[ ${lines[i]} != *"$1"* ]] ||
            read -ra figures <<<"${lines[i + ${2-0}]:38}"
    done
    printf ' %s' "${figures[@]}"
}

# reason ROW TEXT: why it has no figures.
reason() {
    contains "$(grep -A 1 "^$1" <<<"$output" | tail -n 1)" "$2"
}

@test "bench: ratios of medians with their spread, in one table" {
    # The user's own setting is not that of both sides.
    GIL_LABS_RECORD=0 PATH=$PWD/bin:$PATH BUILD=$PWD/labs \
        bench --pairs 2 --quick
    same "$status" 0
    same "$stderr" ''
    same "$(row 'lab 05 / lab 03')" ' 2.020 s 2.000 s 1.010 1.010-1.010'
    recording='recording the timeline: on / off'
    same "$(row "$recording, 05")" ' 2.420 s 2.200 s 1.100 1.100-1.100'
    same "$(row "$recording, 06")" ' 1.050 s 1.000 s 1.050 1.050-1.050'
    same "$(grep -c 05_gil_sim unrecorded)" 2
    same "$(grep -c '06_gil_release --native 100 --calls 20000' unrecorded)" 2
    same "$(row '10 MB: lab 01 / curl')" ' 2.000 s 1.600 s 1.250 1.250-1.250'
    same "$(row 'lab 03 / 04')" ' 2.000 s 1.250 s 1.600 1.600-1.600'
    contains "$(row '30 at once: lab 11 / Python, wall')" ' 4.000 s '
    contains "$(row '30 at once: lab 11 / Python, wall' 1)" ' 3.000 s '
    contains "$(row '30 at once: lab 11 / Python, wall' 2)" ' 2.000 MiB '
    # Beside Python by its own clocks, beside curl from outside.
    contains "$(row '20 at once: lab 02 / Python, wall')" ' 1.250 s '
    contains "$(row '20 at once: lab 02 / Python, wall' 1)" ' 0.500 s '
    within "$(row '20 at once: lab 02 / curl, wall' | cut -d ' ' -f 2)" 0 1.2
    contains "$output" \
        '20 and 30 at once: 10 kB each at 100 kB/s, nominal 0.1 s.'
    same "$(grep -c '^build from clean: ' <<<"$output")" 1
    within "$(wc -L <<<"$output")" 70 80
    # In turns: the second pair begins with the other side.
    same "$(head -n 4 ran | tr '\n' ' ')" \
        '05_gil_sim 03_cpu_serial 03_cpu_serial 05_gil_sim '
    # Only traffic on the loopback address.
    same "$(grep -c 'http' curled)" "$(grep -c 'http://127.0.0.1:' curled)"
}

@test "bench: real downloads, few descriptors, a folder with blank and quote" {
    rm labs/02_io_threads
    ln -s "$BUILD/02_io_threads" labs/
    # A make that builds a file: its path goes through the shell unquoted.
    cat >bin/make <<'END'
#!/bin/sh
for word; do
    case $word in BUILD=*) eval "mkdir -p ${word#BUILD=}" ;; esac
done
END
    mkdir "it's tmp"
    ulimit -n 164
    TMPDIR="$PWD/it's tmp" PATH=$PWD/bin:$PATH BUILD=$PWD/labs bench --quick
    same "$status" 0
    same "$stderr" ''
    for line in 0 1 2; do
        within "$(row '20 at once: lab 02 / Python' $line |
            cut -d ' ' -f 2)" 0.0001 1000
    done
    # The descriptors are enough for 20 downloads, not for 30.
    same "$(grep -c '^20 at once: ' <<<"$output")" 2
    same "$(grep -c '^25 at once: ' <<<"$output")" 2
    same "$(grep -c 'failed' <<<"$output")" 0
    same "$(ls "it's tmp")" ''
    same "$(ls -d labs/bench*)" ''
}

@test "bench: what is missing or fails is a row, and the table goes on" {
    # Without 02, as downloads by Python take long.
    printf '%s\n' 02_io_threads 04_cpu_threads >broken
    rm labs/11_io_events
    printf '#!/bin/sh\necho "make: no rule" >&2; exit 2\n' >bin/make
    mkdir tools
    for tool in cat grep head sh; do
        ln -s "$(command -v $tool)" tools/$tool
    done
    ln -s "$PWD/bin/make" tools/
    path=$PWD/tools BUILD=$PWD/labs bench --quick
    same "$status" 0
    same "$stderr" ''
    reason '10 MB: lab 01 / curl' 'curl is not installed (Debian package curl)'
    reason '20 at once: lab 02 / curl' 'curl is not installed (Debian package'
    reason '30 at once: lab 11' '11_io_events is missing: run make'
    reason 'speed-up on 2' 'lab 04 all failed with status 1: 04_cpu_threads: no'
    reason 'build from clean' 'build at once failed with status 2: make: no rule'
    same "$(row 'lab 05 / lab 03')" ' 2.020 s 2.000 s 1.010 1.010-1.010'
}

@test "bench: Python's downloads by its own clocks; they fail where one does" {
    start_server
    run --separate-stderr "$PYTHON3" -B - "$ROOT/scripts" "$SERVER/bytes/5000" <<'END'
import sys
sys.path.insert(0, sys.argv[1])
import bench_peer
bench_peer.downloads(sys.argv[2], 3)
bench_peer.downloads(sys.argv[2] + "?fault=short", 3)
END
    stop_server
    # Its own clocks, as a lab has them.
    holds '[.total_s, .cpu_s | from(0.000001; 1000)] | all_are(true)'
    same "$status" 1
    contains "$stderr" '3 of 3 downloads failed'
    same "$(jq .requests <<<"$served")" 6
}

@test "bench: interrupted, nothing is left behind" {
    mkdir tmp
    cat >labs/01_io_serial <<'END'
#!/bin/sh
(trap '' TERM; exec sleep 100) &
echo $$ $! >new; mv new pids
exec sleep 100
END
    PATH=$PWD/bin:$PATH TMPDIR=$PWD/tmp BUILD=$PWD/labs \
        env --default-signal=INT "$PYTHON3" "$ROOT/scripts/bench" --quick \
        >/dev/null 2>&1 3>&- &
    bench=$!
    await wrote $bench pids
    server=$(pgrep -f "$PWD/labs/local_server")
    kill -INT $bench
    gone $bench
    status=0
    wait $bench || status=$?
    same "$status" 130
    # shellcheck disable=SC2046 # two numbers
    gone "$server" $(cat pids)
    same "$(ls tmp)" ''
    same "$(ls -d labs/bench*)" ''
}

# fake_server COMMAND: it says an address, and waits as the real one.
fake_server() {
    rm labs/local_server
    printf '#!/bin/sh\n%s\n' "$1" >labs/local_server
    chmod +x labs/local_server
}

@test "bench: a server that fails ends it with one line" {
    # The rows before it take long.
    printf '%s\n' 05_gil_sim 06_gil_release >broken
    fake_server 'echo "server: no port" >&2; exit 1'
    PATH=$PWD/bin:$PATH BUILD=$PWD/labs bench --quick
    failed 1 'the local server failed with status 1: server: no port'
    fake_server 'echo http://127.0.0.1:9; cat >/dev/null; exit 3'
    PATH=$PWD/bin:$PATH BUILD=$PWD/labs bench --quick
    failed 1 'the local server failed with status 3'
    # shellcheck disable=SC2016 # its own number
    fake_server 'echo http://127.0.0.1:9; cat >/dev/null; kill -SEGV $$'
    PATH=$PWD/bin:$PATH BUILD=$PWD/labs bench --quick
    failed 1 'the local server died of SIGSEGV'
    # Its end before it has said an address.
    # shellcheck disable=SC2016
    fake_server 'kill -SEGV $$'
    PATH=$PWD/bin:$PATH BUILD=$PWD/labs bench --quick
    failed 1 'the local server died of SIGSEGV'
    fake_server 'exit 0'
    PATH=$PWD/bin:$PATH BUILD=$PWD/labs bench --quick
    failed 1 'the local server has ended'
    same "$(ls -d labs/bench*)" ''
}

@test "bench: a system that refuses open files is one line" {
    cat >refuse.py <<'END'
import resource, runpy, sys
def refuse(*_):
    raise ValueError
resource.setrlimit = refuse
sys.argv = sys.argv[1:]
sys.path.insert(0, sys.argv[0].rpartition("/")[0])
runpy.run_path(sys.argv[0], run_name="__main__")
END
    # Without downloads: they take long.
    printf '%s\n' 01_io_serial 02_io_threads 11_io_events >broken
    PATH=$PWD/bin:$PATH BUILD=$PWD/labs run --separate-stderr \
        "$PYTHON3" -B refuse.py "$ROOT/scripts/bench" --quick
    failed 0 'open files (ulimit -n)'
    contains "$(row 'lab 03 / 04')" ' 1.600 '
    # What is measured from outside and fails is a row.
    reason '20 at once: lab 02 / curl' \
        'lab 02 outside failed with status 1: 02_io_threads: no luck'
}

@test "bench: bad arguments, help, missing tools" {
    refuses bench '--pairs 0' --pairs x
    bench --slow
    failed 2 --slow
    bench --help
    same "$status" 0
    contains "$output" '--pairs N'
    BUILD=/nonexistent bench
    failed 1 '/nonexistent/01_io_serial is missing: run make'
    path=/nonexistent bench
    failed 1 'Debian package make'
}
