#!/usr/bin/env bats
# SPDX-License-Identifier: MIT

load helper

setup() {
    pkg-config --exists python3-embed ||
        skip "not built: python3-embed is missing: run scripts/setup"
}

# The sum of 0, 1, ... n-1 modulo 2^64, by bash's own 64-bit arithmetic.
sum_to() {
    local n=$1
    printf '%u\n' $((n % 2 ? (n - 1) / 2 * n : n / 2 * (n - 1)))
}

# runs ENGINE NAME: the filter for that run.
runs() {
    echo ".runs[] | select(.engine == \"$1\" and .name == \"$2\")"
}

@test "12: two engines, both launchers, native code: the runs and their fields" {
    lab 12_gil_real --count 200000 --json
    same "$status" 0
    same "$stderr" ''
    same "$(figure .lab)" 12_gil_real
    same "$(figure '[.runs[] | .engine + " " + .name] | join(", ")')" \
        "cpython threads, cpython serial, simulation threads, \
simulation serial, cpython held, cpython released"
    same "$(figure "$(runs simulation threads) | .lock")" interval
    same "$(figure "$(runs cpython threads) | has(\"lock\")")" false
    contains "$(figure "$(runs cpython threads) | .version")" \
        "$(pkg-config --modversion python3-embed)."
    same "$(figure '.ratio.each == .runs[0].ratio_each')" true
    same "$(figure '.runs[0] | has("ratio_each") and has("ratio_total")')" true
    same "$(figure '.runs[2] | has("agree_each") and has("agree_total")')" true
}

@test "12: Python's integers, ours and the natives' get the same sum" {
    lab 12_gil_real --tasks 3 --count 300001 --json
    same "$status" 0
    same "$(figure '.runs | length')" 6
    same "$(figure '[.runs[].task[].result] | length')" 18
    same "$(figure '[.runs[].task[].result] | unique[]')" "$(sum_to 300001)"
    lab 12_gil_real --tasks 1 --count 1 --json
    same "$(figure '[.runs[].task[].result] | unique[]')" 0
}

@test "12: one counts at a time, but for native code without the lock" {
    lab 12_gil_real --seconds 0.15 --tasks 3 --json
    same "$status" 0
    for run in 0 1 2 3 4; do
        within "$(figure ".runs[$run].cpu_per_wall")" 0 1.15
    done
    same "$(figure "$(runs simulation threads) | .at_once")" 1
    same "$(figure "$(runs cpython held) | .at_once")" 1
    # Those that start together meet on one processor too: each needs longer
    # than the scheduler lets it run at once.
    within "$(figure "$(runs cpython released) | .at_once")" 2 3
    # Each engine has a size of its own, and the sum of it.
    for run in 0 1 2 3 4 5; do
        same "$(figure "[.runs[$run].task[].result] | unique[]")" \
            "$(sum_to "$(figure ".runs[$run].count")")"
    done
    same "$(figure '.runs[0].count == .runs[1].count')" true
    same "$(figure '.runs[0].count < .runs[2].count')" true
}

# bats test_tags=quiet
@test "12: native code without the lock uses both processors" {
    need_two_processors
    lab 12_gil_real --seconds 0.5 --json
    got=$(figure "$(runs cpython released) | .cpu_per_wall")
    need_two_processors
    within "$got" 1.5 2.1
}

@test "12: threads take turns in both engines" {
    lab 12_gil_real --seconds 0.2 --json
    same "$status" 0
    # Turns of 5 ms: the first ends late. Where threads run one after the other
    # it ends at half of the total.
    for run in 0 2; do
        within "$(figure "([.runs[$run].task[].wall_s] | min) /
                          .runs[$run].total_s")" 0.7 1
    done
}

@test "12: the ratios of both engines are medians of the rounds" {
    lab 12_gil_real --count 50000 --rounds 3
    same "$status" 0
    same "$(grep -c '^simulation / cpython ' <<<"$output")" 1
    lab 12_gil_real --count 50000 --rounds 2 --json
    same "$(figure '.runs[0].pairs')" 2
    same "$(figure '.runs | length')" 6
    same "$(figure '[.runs[].rounds | length] | unique | join(" ")')" 2
}

@test "12: it names the Python, and fits 80 columns" {
    lab 12_gil_real --count 50000
    same "$status" 0
    contains "${lines[0]}" "Python $(pkg-config --modversion python3-embed)."
    same "$(grep -c '.\{81\}' <<<"$output")" 0
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
        PYTHONVERBOSE=1 lab 12_gil_real --count 1000 --json
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
    same "$(grep -c 'not built: 12_gil_real; missing: python3-embed' <<<"$output")" 1
    contains "$output" '(Debian: python3-dev); run scripts/setup'
    same "$(grep -c -e 'labs/12_gil_real' -e 'common/python/python' <<<"$output")" 0
    run env -u BUILD PATH="$BATS_TEST_TMPDIR/bin:$PATH" \
        make -C "$BATS_TEST_TMPDIR/tree" help clean
    same "$status" 0
    same "$(grep -c 'not built' <<<"$output")" 0
}

@test "12: interpreters with a lock of their own, since Python 3.12" {
    lab 12_gil_real --count 20000 --rounds 2 --json
    same "$status" 0
    if [ "$(figure '[.runs[].name] | index("own_locks")')" = null ]; then
        lab 12_gil_real --count 20000 --rounds 1
        contains "$output" 'Interpreters with a lock of their own: since Python 3.12.'
        return
    fi
    same "$(figure '[.runs[6,7].name] | join(" ")')" 'own_locks one_lock'
    same "$(figure '[.runs[6,7].task[].result] | unique | length')" 1
    same "$(figure '.runs[6].task[0].result')" "$(figure '.runs[0].task[0].result')"
    within "$(figure '.runs[7].cpu_per_wall')" 0 1.15
}
