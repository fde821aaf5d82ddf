#!/usr/bin/env bats
# SPDX-License-Identifier: MIT
#
# The graders (tests/exercises): what tests/exercises/prove, which takes minutes,
# does not see; and that program itself.

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

@test "prove: an answer is judged by what its file says that it loses" {
    cd "$BATS_TEST_TMPDIR"
    printf ' * %s\n' 'Loses: sum' 'May lose: speed' 'Loses: gone' >answer.c
    run python3 -Bc 'import sys
path = sys.argv[1]
with open(path) as file:
    prove = {"__file__": path}
    exec(file.read().replace("labs.main(run)", ""), prove)
answer = prove["Answer"]("EX", "wrong", "answer.c")
def graded(**tests):
    answer.results.append((5, {"points": 1, "of": 9, "not_measured": 0, "tests": [
        {"name": name, "status": status, "got": "two\nlines", "reason": "killed"}
        for name, status in tests.items()]}))
graded(sum="failed", speed="passed", gone="failed")
graded(sum="failed", speed="failed", gone="failed")
graded(sum="not measured", speed="passed", gone="failed")
graded(sum="passed", speed="passed", gone="failed")
graded(sum="failed", speed="passed", gone="failed", lock="failed")
graded(sum="failed", speed="passed", gone="error")
graded(sum="failed", speed="passed")
wrong, lines = answer.row(7)
print(wrong, *lines, sep="\n")' "$ROOT/tests/exercises/prove"
    same "$(tr -s ' ' <<<"$output")" "True
EX wrong 1/9 WRONG, 3 of 7
 seed 5: did not lose: sum
 seed 5: lost: lock: two
 lines
 seed 5: not run: gone: killed
 seed 5: no test is called: gone"
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
