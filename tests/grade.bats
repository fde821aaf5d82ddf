#!/usr/bin/env bats
# SPDX-License-Identifier: MIT
#
# scripts/grade and scripts/export themselves. That the graders judge right is
# proved by tests/exercises/prove, which takes minutes.

load helper

setup_file() {
    make -s -C "$ROOT" grader
}

setup() {
    submission=$BATS_TEST_TMPDIR/ann
    mkdir "$submission"
}

@test "grade: a bar, the first thing that fails, more hints when asked" {
    cp "$ROOT/labs/exercises/04_let_go.c" "$submission"
    SUBMISSION=$submission run "$ROOT/scripts/grade" --only 04_let_go --hints 2
    same "$status" 0
    contains "$output" '[####################....................] 10 of 20'
    contains "$output" 'First thing to look at: 04_let_go: all threads wait for'
    contains "$output" 'expected '
    contains "$output" 'hint 2 '
    SUBMISSION=$submission run "$ROOT/scripts/grade" --only 04_let_go
    contains "$output" '(more: HINT=2)'
}

@test "exercises: the downloads of the first starter are whole" {
    start_server --rate unlimited
    run "$BUILD/exercises/01_overlap_downloads" \
        "$SERVER/bytes/1000" "$SERVER/bytes/234"
    stop_server
    same "$status" 0
    contains "$output" 'total: 1234 bytes'
}

@test "grade: JSON, and what Gradescope and Autolab want of it" {
    cp "$ROOT/tests/exercises/wrong/02_count_right/leaves_early.c" \
        "$submission/02_count_right.c"
    SUBMISSION=$submission "$ROOT/scripts/grade" --only 02_count_right \
        --seed 7 --json - >"$BATS_TEST_TMPDIR/json"
    same "$(jq -r '[.submission, .points, .of, .seed] | @csv' \
        "$BATS_TEST_TMPDIR/json")" '"ann",0,20,"7"'
    run "$ROOT/scripts/export" results autolab <"$BATS_TEST_TMPDIR/json"
    same "$output" '{"scores":{"02_count_right":0}}'
    run "$ROOT/scripts/export" results gradescope <"$BATS_TEST_TMPDIR/json"
    same "$(jq '[.score, (.tests | length)] | @csv' <<<"$output")" '"0,6"'
}

@test "grade: a folder of submissions into CSV, JSON and JUnit" {
    mkdir "$BATS_TEST_TMPDIR/class" "$BATS_TEST_TMPDIR/class/b o'b"
    mv "$submission" "$BATS_TEST_TMPDIR/class"
    cp "$ROOT/labs/exercises/04_let_go.c" "$BATS_TEST_TMPDIR/class/ann"
    echo 'not C' >"$BATS_TEST_TMPDIR/class/b o'b/04_let_go.c"
    run "$ROOT/scripts/grade" --only 04_let_go --out "$BATS_TEST_TMPDIR/out" \
        "$BATS_TEST_TMPDIR/class"
    same "$status" 0
    same "$(sed -n 2,3p "$BATS_TEST_TMPDIR/out/grades.csv")" \
        '"ann",10,10,20,0
"b o'"'"'b",0,0,20,0'
    same "$(grep -c '<testcase' "$BATS_TEST_TMPDIR/out/junit.xml")" 12
    same "$(grep -c '<failure' "$BATS_TEST_TMPDIR/out/junit.xml")" 8
}

@test "grade: mistakes in the command line" {
    for mistake in '--hints 4' '--seed x' '--only 99_none' '--nonsense' /nowhere; do
        # shellcheck disable=SC2086
        run "$ROOT/scripts/grade" $mistake
        same "$status" 2
        contains "$output" 'grade: '
    done
}

@test "export: the student kit has no solutions, and Gradescope's zip neither" {
    "$ROOT/scripts/export" student-kit "$BATS_TEST_TMPDIR/kit.tar.gz"
    run tar -tzf "$BATS_TEST_TMPDIR/kit.tar.gz"
    contains "$output" gil-labs/labs/exercises/02_count_right.c
    contains "$output" gil-labs/tests/exercises/02_count_right.bats
    same "$(grep -ciE 'solution|wrong/|prove|instructor' <<<"$output")" 0
    run tar -xzOf "$BATS_TEST_TMPDIR/kit.tar.gz" gil-labs/handouts/guide.md
    same "$(grep -c Investigate <<<"$output")" 0
    run tar -xzOf "$BATS_TEST_TMPDIR/kit.tar.gz" gil-labs/handouts/answers.md
    same "$(grep -c '^[0-9]' <<<"$output")" 0
    command -v zip || skip 'not measured: no zip (scripts/setup --grade)'
    "$ROOT/scripts/export" gradescope "$BATS_TEST_TMPDIR/gradescope.zip"
    run unzip -Z1 "$BATS_TEST_TMPDIR/gradescope.zip"
    contains "$output" run_autograder
    same "$(grep -ciE 'solution|wrong/|prove|instructor' <<<"$output")" 0
}
