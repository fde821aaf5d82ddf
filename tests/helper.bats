#!/usr/bin/env bats
# SPDX-License-Identifier: MIT
#
# The tests' own tools: what would hang or pass for ever must fail.

load helper

# program NAME BODY: a shell script in place of a lab.
program() {
    BUILD=$BATS_TEST_TMPDIR
    printf '#!/bin/sh\n%s\n' "$2" >"$BUILD/$1"
    chmod +x "$BUILD/$1"
}

# fails COMMAND...: it does, by its own status; what it said in $output.
fails() {
    run "$@"
    [ "$status" != 0 ]
}

@test "helper: a lab that hangs is ended, and so is what it started" {
    program lab 'sleep 1000 & echo $!; trap "" TERM; wait; sleep 1000'
    LIMIT_S=1
    lab lab
    same "$status" 137
    gone "$output"
}

@test "helper: a lab that ends before its first line is a failure" {
    program lab 'echo "no luck" >&2; exit 1'
    fails in_background lab
    contains "$output" 'no luck'
    program local_server 'exit 1'
    fails start_server
}

@test "helper: a lab that never says a line is a failure, and ended" {
    cd "$BATS_TEST_TMPDIR"
    program lab 'exec sleep 1000'
    LIMIT_S=1
    status=0
    in_background lab >said || status=$?
    same "$status" 1
    same "$(<said)" "not within 1 seconds: wrote $pid $out"
    teardown
    gone "$pid"
}

# And bats is left to say on which line a test has failed.
@test "helper: the watch over a test's time ends it, and ends with it" {
    local test='@test' file=$BATS_TEST_TMPDIR/watched.bats
    printf '%s\n' '[[ $BATS_TEST_NAME != *slow ]] || BATS_TEST_TIMEOUT=1' \
        "load \"$ROOT/tests/helper\"" "$test 'at once' { :; }" \
        "$test 'wrong' {" 'same 1 2' ':' '}' \
        "$test 'slow' { timeout 900 tail -f '$file'; }" >"$file"
    BATS_TEST_TIMEOUT=900 run bats "$file"
    same "$status" 1
    contains "$output" 'ok 1 at once'
    contains "$output" 'watched.bats, line 5)'
    contains "$output" "\`same 1 2' failed"
    contains "$output" 'not ok 3 slow # timeout after 1s'
    none_is_left() { [[ $(ps -A -o args=) != *"$file"* ]]; }
    await none_is_left
}

@test "helper: run tells output, errors, their lines and the status" {
    program lab 'echo "* a"; echo; echo "  b"; echo oh >&2; exit 3'
    lab lab
    same "$output" $'* a\n\n  b'
    same "$stderr" oh
    same "$status ${#lines[@]} ${#stderr_lines[@]}" '3 2 1'
    same "${lines[0]}, ${lines[1]}" '* a,   b'
    run "$BUILD/lab"
    same "$output" $'* a\n\n  b\noh'
    local inner=unchanged
    change() {
        false
        inner=changed
        return 4
    }
    run change
    same "$status $inner" '4 unchanged'
    program lab 'exit 0'
    lab lab
    same "$output$stderr$status${#lines[@]}${#stderr_lines[@]}" 000
}

@test "helper: a condition that is not true of the JSON fails" {
    json='{"a": 1, "b": "2", "c": [1, 1]}'
    output=$json
    holds '.a == 1' '.b == "2"' '.a | from(1; 1)' '.c | all_are(1)' true
    fails holds '.a == 1' '.b == 2' true
    contains "$output" 'does not hold: .b == 2   [false]'
    wrong=(null .a .missing '.missing | from(0; 1)' '.b | from(2; 2)'
        '.a | from(2; 3)' '.a | from(0; 0.9)' '.a / .b == 1' '.c[] == 1'
        '.c[] | select(. > 1)' '.c | all_are(2)' '[] | all_are(1)')
    output=$json
    fails holds "${wrong[@]}"
    for condition in "${wrong[@]}"; do
        contains "$output" "$condition   ["
    done
    output=$json
    fails holds 'syntax error'
    output=
    fails holds true
    output='no JSON'
    fails holds true
}

@test "helper: a script that does not refuse its arguments is a failure" {
    fails refuses compare '--pairs 0' --help
    contains "$output" 'compare --help: status 0'
    same "$(grep -c 'pairs 0: status' <<<"$output")" 0
}

@test "helper: comparisons fail, and say what they got" {
    fails same 1 2
    fails within 3 1 2
    contains "$output" 'got 3, which is not from 1 to 2'
    fails within '' 0 1
    fails within null 0 1
    fails contains abc d
    status=1 stderr='no luck' stderr_lines=('no luck')
    failed 1 luck
    fails failed 2 luck
    fails failed 1 worse
    stderr_lines+=(more)
    fails failed 1 luck
}
