#!/usr/bin/env bats
# SPDX-License-Identifier: MIT

load helper

# EMBEDDED: the version of Python that is embedded, as 3.11.
setup_file() {
    EMBEDDED=$(pkg-config --modversion python3-embed) || EMBEDDED=
    export EMBEDDED
}

setup() {
    [ -n "$EMBEDDED" ] ||
        skip "not built: python3-embed is missing: run scripts/setup"
    runs=6
    # Since 3.12 interpreters may have a lock each: two runs more.
    [ "${EMBEDDED#3.}" -lt 12 ] || runs=8
}

# one_run: its JSON is $output, for several tests. The first of them makes it: a
# setup_file() would make it for the quiet one, too.
one_run() {
    local json=$BATS_FILE_TMPDIR/json
    [ -e "$json" ] || timeout -k 1 "$LIMIT_S" "$BUILD/12_gil_real" \
        --seconds 0.1 --rounds 3 --json >"$json"
    output=$(<"$json")
}

@test "12: two engines, both launchers, native code: runs and their fields" {
    lab 12_gil_real --count 20000 --json
    same "$status" 0
    same "$stderr" ''
    holds '.lab == "12_gil_real"' '[.runs[] | .engine + " " + .name] ==
            ["cpython threads", "cpython serial", "simulation threads",
             "simulation serial", "cpython held", "cpython released",
             "cpython own_locks", "cpython one_lock"]['":$runs]" \
        '.runs[2].lock == "interval"' '.runs[0] | has("lock") | not' \
        ".runs[0].version | startswith(\"$EMBEDDED.\")" \
        '.ratio.each | from(0.1; 1000)' '.ratio.each == .runs[0].ratio_each' \
        '.runs[0] | has("ratio_each") and has("ratio_total")' \
        '.runs[2] | has("agree_each") and has("agree_total")'
}

@test "12: Python's integers, ours and the natives' get the same sum" {
    lab 12_gil_real --tasks 3 --count 100001 --rounds 1 --json
    same "$status" 0
    holds ".runs | length == $runs" \
        "[.runs[].task[]] | length == $((3 * runs))" \
        "[.runs[].task[].result] | all_are(\"$(sum_to 100001)\")"
    lab 12_gil_real --tasks 1 --count 1 --rounds 1 --json
    holds '[.runs[].task[].result] | all_are("0")'
}

@test "12: one counts at a time, but for native code without the lock" {
    one_run
    # Those that start together meet on one processor too: each needs longer
    # than the scheduler lets it run at once.
    holds '[.runs[:5][].cpu_per_wall | from(0.001; 1.15)] | all_are(true)' \
        '.runs[2].at_once == 1' '.runs[4].at_once == 1' \
        '.runs[5].at_once == 2'
}

@test "12: each engine has a size of its own, and the sum of it" {
    one_run
    local run counts conditions=()
    mapfile -t counts < <(figure '.runs[].count')
    same "${#counts[@]}" $runs
    for ((run = 0; run < runs; run++)); do
        conditions+=("[.runs[$run].task[].result] |
            all_are(\"$(sum_to "${counts[run]}")\")")
    done
    holds "${conditions[@]}" '.runs[0].count == .runs[1].count' \
        '.runs[2].count as $n | .runs[0].count | from(1; $n - 1)'
}

# One after the other the tasks take 0.75 of the total on average, however busy
# the machine; alternating nearly all of it, if not in each round.
@test "12: threads alternate in both engines" {
    one_run
    holds '[.runs[0].rounds[] | .each_s / .total_s] | max |
            from(0.88; 1.001)' \
        '[.runs[2].rounds[] | .each_s / .total_s] | max | from(0.88; 1.001)'
}

# bats test_tags=quiet
@test "12: native code without the lock uses both processors" {
    need_two_processors
    lab 12_gil_real --seconds 0.06 --rounds 3 --json
    need_two_processors # and still are there
    need_trust
    holds '.runs[5].cpu_per_wall | from(1.5; 2.1)'
}

@test "12: the ratios of both engines are medians of the rounds" {
    lab 12_gil_real --count 50000 --rounds 3
    same "$status" 0
    same "$(grep -c '^simulation / cpython ' <<<"$output")" 1
    # And it names the Python, and fits 80 columns.
    contains "${lines[0]}" "Python $EMBEDDED."
    same "$(grep -c '.\{81\}' <<<"$output")" 0
    lab 12_gil_real --count 50000 --rounds 2 --json
    holds '.runs[0].pairs == 2' ".runs | length == $runs" \
        '[.runs[].rounds | length] | all_are(2)'
}

@test "12: bad values" {
    for bad in 0 101 x ''; do
        lab 12_gil_real --rounds "$bad"
        failed 2 '--rounds'
    done
    lab 12_gil_real --lock ticks
    same "$status" 2
}

@test "12: the user's Python settings are left out" {
    mkdir "$BATS_TEST_TMPDIR/home"
    echo 'raise SystemExit(9)' >"$BATS_TEST_TMPDIR/sitecustomize.py"
    PYTHONPATH=$BATS_TEST_TMPDIR PYTHONHOME=/nowhere PYTHONINSPECT=1 \
        PYTHONVERBOSE=1 lab 12_gil_real --count 1000 --rounds 1 --json
    same "$status" 0
    same "$stderr" ''
}

@test "12: interrupted in Python's loop: 130, and 143" {
    for signal in INT TERM; do
        in_background 12_gil_real --count 100000000000
        await grep -q threads: "$out"
        sleep 0.1
        kill -"$signal" "$pid"
        ended
        same "$status" $((128 + $(kill -l $signal)))
        same "$stderr" ''
    done
}

@test "12: a thread that cannot be created: one line, nothing left" {
    for nth in 1 2 4; do
        preload pthread_create:$nth 12_gil_real --count 200000 --json
        failed 1 'cannot start thread'
        same "$output" ''
    done
}

@test "12: without python3-embed it is not built, and make says so" {
    mkdir -p "$BATS_TEST_TMPDIR/bin" "$BATS_TEST_TMPDIR/tree"
    cp -R "$ROOT/Makefile" "$ROOT/common" "$ROOT/labs" "$BATS_TEST_TMPDIR/tree"
    cat >"$BATS_TEST_TMPDIR/bin/pkg-config" <<END
#!/bin/sh
case \$* in *python3-embed*) exit 1 ;; esac
exec $(command -v pkg-config) "\$@"
END
    chmod +x "$BATS_TEST_TMPDIR/bin/pkg-config"
    unset MAKEFLAGS MAKELEVEL
    run env -u BUILD PATH="$BATS_TEST_TMPDIR/bin:$PATH" \
        make -n -C "$BATS_TEST_TMPDIR/tree"
    same "$status" 0
    contains "$output" 'not built: 12_gil_real; missing: python3-embed'
    contains "$output" '(Debian: python3-dev); run scripts/setup'
    same "$(grep -c -e labs/12_gil_real -e python/embed <<<"$output")" 0
    run env -u BUILD PATH="$BATS_TEST_TMPDIR/bin:$PATH" \
        make -C "$BATS_TEST_TMPDIR/tree" help clean
    same "$status" 0
    same "$(grep -c 'not built' <<<"$output")" 0
}

@test "12: interpreters with a lock of their own, since Python 3.12" {
    lab 12_gil_real --count 20000 --rounds 2 --json
    same "$status" 0
    if ! contains "$output" '"own_locks"'; then
        lab 12_gil_real --count 20000 --rounds 1
        contains "$output" \
            'Interpreters with a lock of their own: since Python 3.12.'
        return
    fi
    holds '[.runs[6,7].name] == ["own_locks", "one_lock"]' \
        "[.runs[6,7].task[].result] | all_are(\"$(sum_to 20000)\")" \
        '.runs[7].cpu_per_wall | from(0.001; 1.15)'
}
