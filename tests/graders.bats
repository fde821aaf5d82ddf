#!/usr/bin/env bats
# SPDX-License-Identifier: MIT
#
# The graders (tests/exercises): what tests/exercises/prove, which takes minutes,
# does not see.

load helper

# started [WORD]: the processes that this test has started, with WORD in their
# command.
started() {
    local file
    for file in $(grep -lzsxF "STARTED_FOR=$folder" /proc/[0-9]*/environ); do
        ! tr '\0' ' ' 2>/dev/null <"${file%environ}cmdline" |
            grep -F -- "${1-}" || true
    done
}

grades() {
    [ -n "$(started 04_let_go.bats)" ]
}

@test "prove: ended by TERM it leaves nothing running, and no folder" {
    [ -d /proc/self ] || skip 'not measured: there is no /proc here'
    folder=$BATS_TEST_TMPDIR/folder
    mkdir "$folder"
    STARTED_FOR=$folder TMPDIR=$folder "$ROOT/tests/exercises/prove" --quick \
        04_let_go >"$BATS_TEST_TMPDIR/said" 2>&1 3>&- &
    pid=$!
    await grades
    kill -TERM $pid
    status=0
    wait $pid || status=$?
    same "$status" 143
    same "$(started)" ''
    same "$(ls -A "$folder")" ''
}

@test "graders: why code is not walked is what the compiler said first" {
    mkdir -p "$BATS_TEST_TMPDIR/class/ann"
    cp "$ROOT/tests/exercises/solutions/06_count_references.c" \
        "$BATS_TEST_TMPDIR/class/ann"
    # In a walk exit() has another name.
    sed -i 's/^struct object {/struct door { void (*exit)(int); } door;\
void leave(void);\
void leave(void) { door.exit(1); }\
&/' "$BATS_TEST_TMPDIR/class/ann/06_count_references.c"
    run "$ROOT/scripts/grade" --only 06_count_references \
        --out "$BATS_TEST_TMPDIR/out" "$BATS_TEST_TMPDIR/class"
    contains "$output" "it does not compile for a walk: 06_count_references.c:"
    contains "$output" "has no member named 'virtual_quit'"
}
