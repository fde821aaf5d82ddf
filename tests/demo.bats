#!/usr/bin/env bats
# SPDX-License-Identifier: MIT
#
# scripts/demo and scripts/tour.

load helper

setup() {
    cd "$BATS_TEST_TMPDIR" || exit
}

# Labs that answer immediately, a tenth slower in each run. They are run a hundred
# times: the shell does it all, without another program.
fake_labs() {
    mkdir labs
    cat >labs/lab <<'END'
#!/bin/sh
lab=${0##*/}
folder=${0%/*}
echo "$lab $*" >>"$folder/../ran"
if [ -e "$folder/../killed.$lab" ]; then
    kill -KILL $$
fi
if [ -e "$folder/../failing.$lab" ]; then
    echo "$lab: no luck" >&2
    exit 1
fi
n=0
while read -r name rest; do
    [ "$name" != "$lab" ] || n=$((n + 1))
done <"$folder/../ran"
busy=
[ ! -e "$folder/../busy" ] || read -r busy <"$folder/../busy"
for word; do
    case $word in --json=*) exec >"${word#*=}" ;; esac
done
run="\"total_s\": 1.$n, \"cpu_s\": 1.75, \"cpu_per_wall\": 1, \"at_once\": 2,
    \"handoffs_per_s\": 19$n, \"task\": [{\"wall_s\": 3}, {\"wall_s\": 4}],
    \"cpu_threads\": $n, \"p50_us\": 5200.4, \"lost\": 3, \"expected\": 9,
    \"counting\": \"plain\", \"ns_per_op\": 1.75, \"right\": false,
    \"engine\": \"cpython\", \"ratio_each\": 1.75, \"ratio_total\": 1.75"
echo "{\"cpus\": 2, \"machine\": {\"wake_us\": 175}, \"orders\": 64, \"walked\": 54,
    \"threads\": 2, $busy \"count\": 1000,
    \"ratio\": {\"each\": 1.75, \"total\": 1.75}, \"runs\": ["
for name in held released processes threads; do
    echo "{\"name\": \"$name\", $run},"
done
echo "{\"name\": \"events\", $run}]}"
END
    chmod +x labs/lab
    for lab in "$ROOT"/labs/*.c; do
        lab=${lab##*/}
        ln -s lab "labs/${lab%.c}"
    done
}

@test "demo: five labs, their lines as they come, one table" {
    # The real labs. Those that count do much less than a task of 0.08 s.
    mkdir labs
    ln -s "$BUILD"/{01_io_serial,02_io_threads,local_server} labs/
    cat >labs/counting <<'END'
#!/bin/sh
case $* in *--seconds*) set -- --tasks 1 --count 2000000 --json ;; esac
exec "$LABS/${0##*/}" "$@"
END
    chmod +x labs/counting
    for lab in 03_cpu_serial 04_cpu_threads 05_gil_sim; do
        ln -s counting labs/$lab
    done
    export LABS=$BUILD
    BUILD=$PWD/labs run --separate-stderr \
        "$ROOT/scripts/demo" --seconds 0.4
    same "$status" 0
    same "$stderr" ''
    same "$(grep -c '^all finished in ' <<<"$output")" 6
    same "$(grep -c '^0[1-5]_' <<<"$output")" 5
    table=$(sed -n '/^The blog post and/,$p' <<<"$output")
    same "$(grep -c '^2 ' <<<"$table")" 6
    contains "$table" '48.09 s'
    contains "$table" '7.09 s    14.18 s'
    contains "$table" '14.67 s    14.69 s'
    within "$(wc -L <<<"$output")" 60 80
    # Under the lock CPU/wall cannot rise above 1, whatever else is running.
    within "$(awk '/one lock/ { print $NF }' <<<"$table")" 0 1.15
    # Two at once take about half of one by one: they wait together.
    within "$(awk '/^2 downloads, one/ { one = $(NF - 2) }
        /^2 downloads at/ { print $(NF - 2) / one }' <<<"$table")" 0.3 0.8
}

@test "demo: one count for all that count, five rounds in turn, medians" {
    fake_labs
    BUILD=$PWD/labs run --separate-stderr "$ROOT/scripts/demo"
    same "$status" 0
    same "$stderr" ''
    same "$(sed 's/ --json.*//' ran)" '01_io_serial --seconds 1.5
02_io_threads --seconds 1.5
03_cpu_serial --tasks 1 --seconds 0.3
03_cpu_serial --count 1000
04_cpu_threads --count 1000
05_gil_sim --count 1000 --rounds 1
05_gil_sim --count 1000 --rounds 1
04_cpu_threads --count 1000
03_cpu_serial --count 1000
03_cpu_serial --count 1000
04_cpu_threads --count 1000
05_gil_sim --count 1000 --rounds 1
05_gil_sim --count 1000 --rounds 1
04_cpu_threads --count 1000
03_cpu_serial --count 1000
03_cpu_serial --count 1000
04_cpu_threads --count 1000
05_gil_sim --count 1000 --rounds 1'
    # The third of five.
    same "$(grep '^2 tasks at once, one lock' <<<"$output" | tr -s ' ')" \
        '2 tasks at once, one lock 14.67 s 14.69 s 3.50 s 1.30 s 1.00'
    # Each takes as long, so these figures do not support the lesson.
    contains "$output" $'\n    each takes 1.00 times as long\n'
    contains "$output" ': a lock that is free costs little'
}

@test "demo: on a narrow terminal a title has a line of its own" {
    fake_labs
    COLUMNS=60 BUILD=$PWD/labs run "$ROOT/scripts/demo"
    same "$status" 0
    contains "$output" $'\n2 tasks, one by one\n'
    within "$(sed -n '/^The blog/,/^2 tasks at/p' <<<"$output" | wc -L)" 40 60
}

@test "demo, tour: a lab that fails ends them with its reason, one killed too" {
    fake_labs
    for script in demo tour; do
        touch failing.02_io_threads
        BUILD=$PWD/labs run --separate-stderr "$ROOT/scripts/$script"
        failed 1 '02_io_threads: no luck'
        rm failing.*
        touch killed.02_io_threads
        BUILD=$PWD/labs run --separate-stderr "$ROOT/scripts/$script"
        failed 1 "$script: 02_io_threads died of SIGKILL"
        rm killed.*
    done
    rm labs/05_gil_sim
    BUILD=$PWD/labs run --separate-stderr "$ROOT/scripts/demo"
    failed 1 'labs/05_gil_sim is missing: run make'
}

@test "demo, tour: a point in numbers, also where people write a comma" {
    comma_locale
    fake_labs
    for script in demo tour; do
        BUILD=$PWD/labs run "${comma[@]}" "$ROOT/scripts/$script"
        same "$status" 0
        within "$(grep -c '[0-9]\.[0-9][0-9]\b' <<<"$output")" 3 99
        same "$(grep -c '[0-9],[0-9][0-9]\b' <<<"$output")" 0
    done
}

@test "demo, tour: figures that the labs do not trust state no lesson" {
    fake_labs
    echo '"trusted": false, "reason": "busy: a task alone got 0.47",' >busy
    BUILD=$PWD/labs run --separate-stderr "$ROOT/scripts/demo"
    same "$status" 0
    same "$(grep -c '^    .*: ' <<<"$output")" 0
    contains "$output" '    0.93 times as long as without a lock'
    same "$(tail -n 1 <<<"$output")" 'busy: a task alone got 0.47'
    BUILD=$PWD/labs run --separate-stderr "$ROOT/scripts/tour"
    same "$(grep '^-> ' <<<"$output" | sort -u)" \
        '-> No finding: busy: a task alone got 0.47'
}

@test "demo: bad arguments" {
    run --separate-stderr "$ROOT/scripts/demo" --slow
    failed 2 "unknown argument '--slow'"
    run --separate-stderr "$ROOT/scripts/demo" --seconds 0
    failed 2 "--seconds: '0' is not a number of seconds above 0"
    run --separate-stderr "$ROOT/scripts/demo" --help
    same "$status" 0
    contains "$output" '--document'
}

@test "demo: --document says first how long it takes; interrupted, all ends" {
    mkdir tmp
    out=out.put
    TMPDIR=$PWD/tmp env --default-signal=INT \
        "$ROOT/scripts/demo" --document >$out 2>$out.err 3>&- &
    pid=$!
    left=$pid
    await grep -q '^a download' $out
    has_children 1
    contains "$(cat $out)" '3 minutes'
    kill -INT $pid
    ended
    same "$status" 130
    same "$stderr" ''
    gone "${children[@]}"
    same "$(ls tmp)" ''
}

@test "tour: each lab with a line before it and a finding after" {
    fake_labs
    rm labs/12_gil_real
    BUILD=$PWD/labs run --separate-stderr "$ROOT/scripts/tour"
    same "$status" 0
    same "$stderr" ''
    labs=$(cd "$ROOT/labs" && echo *.c)
    same "$(sed -n 's/^== \([^:]*\): .*/\1.c/p' <<<"$output" | xargs)" "$labs"
    same "$(grep -c '^-> ' <<<"$output")" $(($(wc -w <<<"$labs") - 1))
    contains "$output" 'not built here'
    contains "$output" '-> 1.20 s, with 1.00 processors at work.'
    contains "$output" '-> 3 of 9 updates were lost: the lock does not'
    contains "$output" '-> the median round trip takes 5200 us with 1 counting'
    within "$(wc -L <<<"$output")" 40 80
    # The labs that take two seconds or so do the same work.
    same "$(grep -c -- '--count 1000 ' ran)" 5
}
