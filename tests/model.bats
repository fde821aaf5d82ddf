#!/usr/bin/env bats
# SPDX-License-Identifier: MIT
#
# The lock's proof for two threads, and that the code does what the model can do.
# tests/model/check tries three as well, and tests/model/mistakes whether a
# mistake would be found.

load helper

@test "model: the lock is right in every order of two threads' steps" {
    command -v spin >/dev/null || skip "spin is missing: run scripts/setup"
    run "$ROOT/tests/model/check" 2
    same "$status" 0
    same "${#lines[@]}" 4
    same "$(grep -c 'ok *[1-9][0-9]* states$' <<<"$output")" 4
}

@test "model: it quotes the code: one does not change without the other" {
    cp -R "$ROOT/tests/model" "$BATS_TEST_TMPDIR"
    mkdir -p "$BATS_TEST_TMPDIR/tests" "$BATS_TEST_TMPDIR/common/gil"
    mv "$BATS_TEST_TMPDIR/model" "$BATS_TEST_TMPDIR/tests"
    sed 's/gil->locked = false;/gil->locked = true;/' \
        "$ROOT/common/gil/interval.c" >"$BATS_TEST_TMPDIR/common/gil/interval.c"
    cp "$ROOT/common/gil/gil.c" "$BATS_TEST_TMPDIR/common/gil"
    run "$BATS_TEST_TMPDIR/tests/model/check" 2
    same "$status" 1
    contains "$output" "the model is not what the code is"
}

@test "model: a random walk of the code is a run of it" {
    command -v spin >/dev/null || skip "spin is missing: run scripts/setup"
    run "$ROOT/tests/model/agrees" 2 20 1
    same "$status" 0
    contains "$output" " events of 2 threads: a run of the model"
}

@test "model: a walk of code without the forced switch is no run of it" {
    command -v spin >/dev/null || skip "spin is missing: run scripts/setup"
    run "$ROOT/tests/model/agrees" 2 20 1 's/if (drop_requested(gil))/if (false)/'
    same "$status" 1
    contains "$output" " is not one of the model: thread "
}

@test "model: without spin it says so, in one line, and status 0" {
    mkdir "$BATS_TEST_TMPDIR/bin"
    for tool in bash dirname diff awk sed tr grep cat rm; do
        ln -s "$(command -v $tool)" "$BATS_TEST_TMPDIR/bin"
    done
    PATH=$BATS_TEST_TMPDIR/bin run "$ROOT/tests/model/check"
    same "$status" 0
    same "${#lines[@]}" 1
    contains "$output" "spin is missing"
}
