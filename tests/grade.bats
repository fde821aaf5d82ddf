#!/usr/bin/env bats
# SPDX-License-Identifier: MIT
#
# scripts/grade and scripts/export themselves, and tests/exercises/prove, which
# takes minutes to prove that the graders judge right. Python starts twice as fast
# with -S: without what is installed for it here, none of which is used.

load helper

solutions=$ROOT/tests/exercises/solutions
wrong=$ROOT/tests/exercises/wrong

# What works here is found out once, for the tests that are not about that: it
# is in $MACHINE. One class is graded for several tests: its results are in
# $GRADED.
setup_file() {
    local class=$BATS_FILE_TMPDIR/class
    export MACHINE=$BATS_FILE_TMPDIR/machine GRADED=$BATS_FILE_TMPDIR/graded
    make -s -C "$ROOT" BUILD="$BUILD" grader
    GRADER=$BUILD/grader "$ROOT/tests/exercises/self_test" | jq -Rn '
        [inputs | capture("(?<key>[^ ]+) (?<value>.*)")] | {
            environment: map({"GRADE_\(.key | ascii_upcase)": .value}) | add,
            box: "as found", folder: from_entries.tmp}' >"$MACHINE"
    hand_in ann
    hand_in io "$wrong/04_let_go/io_only.c"
    hand_in way "$wrong/04_let_go/all_the_way.c"
    hand_in "b o'b" <(echo 'not C')
    GRADE_MACHINE=$MACHINE grade --out "$GRADED" "$class"
    same "$status" 0
}

setup() {
    cd "$BATS_TEST_TMPDIR" || return
    class=$PWD/class
    mkdir "$class"
}

# hand_in NAME [FILE]: exercise 04 of that student.
hand_in() {
    mkdir -p -- "$class/$1"
    cat "${2:-$solutions/04_let_go.c}" >"$class/$1/04_let_go.c"
}

# grade [ARGUMENT...]: exercise 04 only.
grade() {
    run --separate-stderr python3 -S "$ROOT/scripts/grade" --only 04_let_go "$@"
}

# fake_bats [SCRIPT]: for what is not about the checks, a bats that first does
# this, and then gives all points for the solution and none for anything else.
# The self-test has been made.
fake_bats() {
    mkdir bin
    cat >bin/bats <<END
#!/bin/bash
if [ "\$1" = --version ]; then echo Bats 1.8.2; exit; fi
${1-}
grader=\${!#} lost='not '
exercise=\$(basename "\$grader" .bats).c
! cmp -s "\$SUBMISSION/\$exercise" "$solutions/\$exercise" || lost=
sed -n 's/^@test "\(.*\)" {\$/\1/p' "\$grader" | nl -w 1 -s ' ' |
    sed "s/^/\${lost}ok /; \${lost:+a # expected: the solution}"
END
    chmod +x bin/bats
    PATH=$PWD/bin:$PATH
    export GRADE_MACHINE=$PWD/machine
    jq -n '{environment: {}, box: "none", folder: $ENV.PWD}' >machine
}

# grade_class: the class; its rows are in $rows, without the first.
grade_class() {
    grade --out out "$class"
    rows=$(sed 1d out/grades.csv)
}

# await_bats [PID]: until a worker of $pid, not that one, grades; then $worker and its
# $bats.
await_bats() {
    local i
    for i in $(seq 600); do
        for worker in $(pgrep -P "$pid" -f -- '--json -'); do
            [ "$worker" != "${1-}" ] || continue
            bats=$(pgrep -P "$worker" -f -- --formatter) && return
        done
        sleep 0.1
    done
    echo 'no worker has started bats'
    return 1
}

# graded NAME...: the rows of the class that setup_file() has graded.
graded() {
    local name
    for name in "$@"; do
        grep -F "\"$name\"," "$GRADED/grades.csv"
    done
}

# check EXERCISE TEST: what that test alone says of what is in this folder.
check() {
    local found
    mapfile -t found < <(jq -r '.environment | to_entries[] |
        "\(.key)=\(.value)"' "$MACHINE")
    run env "${found[@]}" SUBMISSION="$PWD" bats --formatter tap -f "$2" \
        "$ROOT/tests/exercises/$1.bats"
    same "$status" 1
}

# answer EXERCISE NAME TEST: what it says of a wrong answer.
answer() {
    cp "$wrong/$1/$2.c" "$1.c"
    check "$1" "$3"
}

@test "grade: an untouched starter has earned nothing, and says what to look at" {
    SUBMISSION=$ROOT/labs/exercises GRADE_MACHINE=$MACHINE grade --hints 2
    same "$status" 0
    contains "$output" '[........................................] 0 of 20'
    contains "$output" '  0/5  all threads wait for I/O at the same time'
    contains "$output" '  =/3  every request is stored once'
    contains "$output" 'First thing to look at: 04_let_go: all threads wait for'
    contains "$output" 'expected '
    contains "$output" 'hint 2 '
}

@test "grade: what the starter keeps counts with the first point, and can be lost" {
    same "$(graded io way)" '"io",15,15,20,0,15,""
"way",15,15,20,0,15,""'
}

@test "exercises: that of the fair lock shows who came and who was served" {
    gcc -std=c11 -D_POSIX_C_SOURCE=200809L -DGIL_LABS_VERSION='"0"' -pthread \
        -I"$ROOT" -o fair "$solutions/03_fair_lock.c" "$BUILD/libcommon.a" \
        -ljansson -ldl
    # A thread may be stopped for long before it stands in the queue.
    for _ in 1 2 3 4 5; do
        run timeout -k 1 60 ./fair --tasks 3
        same "$status" 0
        same "${lines[0]}" 'came:   main 1 2 3 main'
        [ "${lines[1]}" != 'served: main 1 2 3 main' ] || break
    done
    same "${lines[1]}" 'served: main 1 2 3 main'
}

@test "grade: a lost point comes with the order that loses it, to be replayed" {
    # The starter as a submission of one's own.
    export SUBMISSION=$PWD/mine
    mkdir "$SUBMISSION" build
    ln -s "$BUILD/grader" build/grader
    export BUILD=$PWD/build
    cp "$ROOT/labs/exercises/03_fair_lock.c" "$SUBMISSION"
    GRADE_MACHINE=$MACHINE run --separate-stderr python3 -S \
        "$ROOT/scripts/grade" --only 03_fair_lock
    same "$status" 0
    contains "$output" 'got        thread 1 drops the lock and has it again'
    contains "$output" 'thread 1      thread 2      03_fair_lock.c'
    contains "$output" 'pthread_mutex_unlock(&lock->mutex);'
    contains "$output" 'make replay EX=03_fair_lock'
    contains "$output" '(more: HINT=2)'
    run "$ROOT/scripts/replay" 03_fair_lock
    same "$status" 1
    contains "${lines[-2]}" 'pthread_mutex_lock(&lock->mutex);'
    same "${lines[-1]}" 'thread 1 drops the lock and has it again before thread 2, which waited meanwhile'
    run "$ROOT/scripts/replay" 02_count_right
    same "$status" 2
    # An order that does not fit the code any more says so.
    cp "$solutions/03_fair_lock.c" "$SUBMISSION"
    run "$ROOT/scripts/replay" 03_fair_lock
    same "$status" 2
    contains "$output" 'the code has changed'
    fake_bats
    run python3 -S "$ROOT/scripts/grade" --only 03_fair_lock
    contains "$output" '20 of 20'
    run "$ROOT/scripts/replay" 03_fair_lock
    same "$status" 2
    contains "$output" 'keeps the order that loses a point'
}

@test "exercises: the downloads of the first starter are whole" {
    start_server --rate unlimited
    run timeout 60 "$BUILD/exercises/01_overlap_downloads" \
        "$SERVER/bytes/1000" "$SERVER/bytes/234"
    stop_server
    same "$status" 0
    contains "$output" 'total: 1234 bytes'
}

@test "grade: JSON, and what Gradescope and Autolab want of it" {
    fake_bats
    unset GRADE_MACHINE
    mkdir -p ann/new ann/old # only one of them is graded, and that is said
    cp "$ROOT/labs/exercises/02_count_right.c" ann/new
    cp "$ROOT/labs/exercises/02_count_right.c" ann/old
    SUBMISSION=$PWD/ann python3 -S "$ROOT/scripts/grade" --only 02_count_right \
        --seed 7 --json - >json
    same "$(jq -r '[.submission, .points, .of, .seed] | @csv' json)" \
        '"ann",0,20,"7"'
    same "$(jq -r '.machine | has("box") and has("bats") and has("processors")' \
        json)" true
    run python3 -S "$ROOT/scripts/export" results autolab <json
    same "$(jq -c . <<<"$output")" '{"scores":{"02_count_right":0}}'
    run python3 -S "$ROOT/scripts/export" results gradescope <json
    same "$(jq '[.score, (.tests | length)] | @csv' <<<"$output")" '"0,6"'
    contains "$(jq -r .output <<<"$output")" \
        'graded ann/new only; the same is in ann/old'
}

@test "grade: hints fit the fault, and not only the test" {
    answer 02_count_right divides_by_none 'do not divide evenly'
    contains "$output" '# hint 1: What do you divide by?'
    answer 02_count_right array_of_100 'right with several threads'
    contains "$output" '# hint 1: Which array of yours has a fixed size?'
    answer 02_count_right total_added_apart 'right with several threads'
    contains "$output" '# hint 1: Which line of add_part()'
    # Found in an order of its steps, not by luck.
    contains "$output" '# got: the sum of 4 values is 11, and'
    contains "$output" '31  total += sum;'
    sed 's/pthread_mutex_lock(&mutex);/if (pthread_mutex_trylock(\&mutex)) return NULL;/' \
        "${wrong%/*}/right/02_count_right/mutex_at_the_end.c" >02_count_right.c
    check 02_count_right 'right with several threads'
    contains "$output" '# hint 1: pthread_mutex_trylock() does not wait.'
    answer 06_count_references gone_too_often 'with several threads'
    contains "$output" '# why: It is wrong with one thread, too'
}

@test "grade: two locks that hang speak of statics, not of wake-ups" {
    answer 03_fair_lock state_in_static .
    same "$(grep '# hint 1' <<<"$output")" \
        '# hint 1: Is all of the lock in struct lock?'
}

@test "grade: a folder of submissions into CSV, JSON and JUnit" {
    same "$(graded ann "b o'b")" '"ann",20,20,20,0,20,""
"b o'"'"'b",0,0,20,0,0,""'
    # Six checks of four: io has lost one of them, way two, and one all.
    same "$(wc -l <"$GRADED/grades.csv")" 5
    same "$(grep -c '<testcase' "$GRADED/junit.xml")" 24
    same "$(grep -c '<failure' "$GRADED/junit.xml")" 9
}

@test "grade: names of every kind keep their row, and overwrite nothing" {
    local name
    fake_bats
    echo 'not C' >bad.c
    for name in $'b\nREADME.md' '[CS2103T-W12-2][Lee]' 'back\slash' -dash =1+1 \
        $'esc\e[31m' 'a,b' 'two  blanks '; do
        hand_in "$name" bad.c
    done
    mkdir work
    cd work
    touch README.md
    grade --out out --jobs 8 "$class"
    same "$status" 0
    same "$(ls)" 'README.md
out'
    same "$(<README.md)" ''
    same "$(wc -l <out/grades.csv)" 9
    contains "$(<out/grades.csv)" "\"'=1+1\""
    contains "$(<out/grades.csv)" '"esc?[31m"'
    python3 -Sc 'import xml.dom.minidom as x; x.parse("out/junit.xml")'
    same "$(jq '.submissions | length' out/grades.json)" 8
}

@test "grade: every folder has a row, and what is left out is named with the reason" {
    fake_bats
    hand_in lee
    mv "$class/lee/04_let_go.c" "$class/lee/04_let_go-1.c"
    mkdir -p "$class/ng/labs" "$class/onlymain" "$class/empty" "$class/.git"
    cp "$solutions/04_let_go.c" "$class/ng/labs"
    touch "$class/onlymain/main.c" "$class/stray"
    hand_in two/kim
    hand_in two/lim
    grade_class
    same "$status" 0
    same "$rows" '"empty",0,0,20,0,0,"no exercise there"
"lee",20,20,20,0,20,"04_let_go: graded 04_let_go-1.c"
"ng",20,20,20,0,20,"graded what is in labs/"
"onlymain",0,0,20,0,0,"no exercise there: main.c"
"two/kim",20,20,20,0,20,""
"two/lim",20,20,20,0,20,""'
    contains "$output" "left out: $class/stray: a file"
    contains "$output" "left out: $class/.git: hidden"
}

@test "grade: two sections with a student of one name" {
    fake_bats
    mkdir s1 s2
    class=$PWD/s1 hand_in lee
    class=$PWD/s2 hand_in lee "$ROOT/labs/exercises/04_let_go.c"
    grade --out out s1 s2
    same "$status" 0
    same "$(sed 1d out/grades.csv | cut -d, -f1,2)" '"s1/lee",20
"s2/lee",0'
}

@test "grade: what is no text in UTF-8 is said in so many words" {
    # One who has all of them wrong; what a check is given in place of a file.
    fake_bats "cp \"\$SUBMISSION\"/*.refused '$BATS_TEST_TMPDIR'"
    mkdir "$class/ann"
    touch "$class/ann/main.c"
    truncate -s 100M "$class/ann/02_count_right.c"
    printf 'a\0b\n' >"$class/ann/03_fair_lock.c"
    iconv -t UTF-16 "$solutions/04_let_go.c" >"$class/ann/04_let_go.c"
    touch "$class/ann/05_end_convoy.c"
    ln -s "$solutions/06_count_references.c" "$class/ann"
    run python3 -S "$ROOT/scripts/grade" --out out "$class"
    rows=$(sed 1d out/grades.csv)
    contains "$rows" '105 MB: a source file of more than 1 MiB'
    contains "$rows" '03_fair_lock.c is no text: it has bytes that are zero'
    contains "$rows" '04_let_go.c is text in UTF-16'
    contains "$rows" '05_end_convoy.c is empty'
    contains "$rows" '06_count_references.c is a link'
    same "$(<01_overlap_downloads.refused)" \
        $'there is no file 01_overlap_downloads.c\nwhat is there: main.c'
    # A check says the same.
    rm bin/bats
    check 04_let_go 'every request'
    contains "$output" '# got: 04_let_go.c is text in UTF-16: save it as UTF-8'
}

@test "grade: a grader that dies takes no other's result with it" {
    fake_bats "until [ -e '$PWD/go' ]; do sleep 0.1; done"
    hand_in ann
    hand_in bob
    python3 -S "$ROOT/scripts/grade" --only 04_let_go --out out --jobs 2 \
        "$class" 3>&- &
    pid=$!
    await has_children 2
    kill -KILL "${children[0]}"
    touch go
    wait $pid
    same "$(sed 1d out/grades.csv | cut -d, -f1,2)" '"ann",20
"bob",20'
}

# living SESSION: its processes, without those that only wait to be reaped.
living() {
    ps -eo sid=,stat=,args= | awk -v session="$1" '$1 == session && $2 !~ /^Z/'
}

@test "grade: a grader that dies leaves nothing running, and no folder" {
    [ -d /proc/self ] || skip 'not measured: there is no /proc here'
    # As the checks do, it starts what leads a group of its own.
    fake_bats "timeout 99 sh -c 'until [ -e go ]; do sleep 0.1; done'"
    hand_in ann
    hand_in bob
    python3 -S "$ROOT/scripts/grade" --only 04_let_go --out out --jobs 1 \
        "$class" 3>&- &
    pid=$!
    await_bats
    first=$worker
    folder=$(tr '\0' '\n' <"/proc/$bats/environ" | sed -n 's/^GRADE_TMP=//p')
    [ -d "$folder" ]
    kill -KILL "$worker"
    # The next one has begun: the first one's bats would run for a minute more.
    await_bats "$worker"
    for _ in {1..10}; do
        [ -n "$(living "$first")" ] || break
        sleep 0.1
    done
    same "$(living "$first")" ''
    touch go
    wait $pid
    same "$(sed 1d out/grades.csv | cut -d, -f1,2)" '"ann",20
"bob",20'
    [ ! -e "$folder" ]
}

@test "grade: a bats that dies is run once more" {
    fake_bats "mkdir '$PWD/died' 2>/dev/null && kill -KILL \$\$"
    hand_in ann
    grade --out out "$class"
    [ -d died ]
    same "$(sed 1d out/grades.csv | cut -d, -f1,2)" '"ann",20'
}

@test "grade: a check that fails by itself is the grader's, and loses no point" {
    python3 -SB - "$ROOT/scripts" <<'END'
import sys
sys.path.insert(0, sys.argv[1])
import results
result = results.exercise("04_let_go", [{"name": "a", "of": 3}], """1..1
not ok 1 [3 pts] a
# (from function `report_of' in file box.bash, line 9)
#   `cp "$BOX/box/$name" "$BOX/kit/built"' failed
# cp: error writing 'built': No space left on device
""")
test, = result["tests"]
assert test["status"] == "error", test
assert "No space left" in test["reason"], test
assert (result["points"], result["not_measured"]) == (0, 3), result
END
}

@test "grade: a disk with little space is not taken" {
    mkdir small
    mount -t tmpfs -o size=14m none small 2>/dev/null ||
        skip 'not measured: no disk can be mounted here'
    # With a self-test of its own, and checks that are not made there.
    fake_bats '[[ $TMPDIR != */small* ]] || exit 1'
    unset GRADE_MACHINE
    SUBMISSION=$solutions TMPDIR=$PWD/small grade --json json
    umount small
    same "$status" 0
    same "$(jq -r '.points, (.machine.folder | endswith("small"))' json |
        xargs)" '20 false'
}

@test "grade: mistakes in the command line" {
    refuses grade '--hints 4' '--seed x' '--only 99_none' '--nonsense' \
        /nowhere '--jobs 0' '--json /nonexistent/x' '--out /proc/x .' \
        '-- --hints' '--json x .' "--out '' ."
    [ ! -e /nonexistent ]
}

@test "export: results of nothing are no results" {
    local format
    for format in gradescope autolab junit csv; do
        run --separate-stderr python3 -S "$ROOT/scripts/export" results \
            $format <<<''
        failed 1 'is no result of scripts/grade'
    done
}

@test "export: Gradescope's zip has no solutions, and its results are valid" {
    needs_git
    python3 -S "$ROOT/scripts/export" gradescope autograder.zip
    python3 -Sm zipfile -e autograder.zip ag/source
    run find ag/source
    contains "$output" run_autograder
    same "$(grep -ciE 'solution|exercises/wrong/|right/|prove' <<<"$output")" 0
    # What Gradescope runs, where nothing of the grader works.
    rm ag/source/kit/scripts/grade
    AUTOGRADER=$PWD/ag bash ag/source/run_autograder
    contains "$(jq -r .output ag/results/results.json)" 'grader itself failed'
    TMPDIR=/nowhere AUTOGRADER=$PWD/ag bash ag/source/run_autograder
    contains "$(jq -r .output ag/results/results.json)" 'grader itself failed'
}

@test "export: Autolab's last line is its own, whatever happens" {
    needs_git
    python3 -S "$ROOT/scripts/export" autolab autolab.tar
    mkdir handed
    tar -xf autolab.tar
    run tar -tf autograde.tar
    same "$(grep -ciE 'solution|exercises/wrong/|right/|prove' <<<"$output")" 0
    # The kit is not built again here, and what it says is known.
    tar -xf autograde.tar run_autograder kit/scripts
    echo 'grader:' >kit/Makefile
    printf '%s\n' 'import json, os, sys' \
        'count = len(os.listdir(os.environ["SUBMISSION"]))' \
        'rows = [{"exercise": "02_count_right", "scaled": count}]' \
        'json.dump({"exercises": rows}, open(sys.argv[2], "w"))' \
        'print("feedback")' >kit/scripts/grade
    tar -cf handed/autograde.tar run_autograder kit
    cp autograde-Makefile "$ROOT/labs/exercises/02_count_right.c" handed
    run make -s -C handed -f autograde-Makefile
    same "$output" $'feedback\n{"scores": {"02_count_right": 1}}'
    # A tarball or a zip of several files.
    hand_in_for_autolab() {
        rm -r handed/*
        cp autograde-Makefile autograde.tar handed
        "$@"
        run make -s -C handed -f autograde-Makefile
        same "$output" $'feedback\n{"scores": {"02_count_right": 3}}'
    }
    cp handed/autograde.tar .
    mkdir several
    touch several/{1,2,3}.c
    hand_in_for_autolab tar -C several -cf handed/handin.tar 1.c 2.c 3.c
    hand_in_for_autolab tar -C several -czf handed/handin.tgz 1.c 2.c 3.c
    hand_in_for_autolab python3 -Sm zipfile -c handed/handin.zip \
        several/{1,2,3}.c
    rm -r kit/scripts/grade handed/kit handed/grade.json
    tar -cf handed/autograde.tar run_autograder kit
    run make -s -C handed -f autograde-Makefile
    same "$status" 0
    contains "$output" 'grader itself failed'
    same "${lines[-1]}" '{"scores": {}}'
}

@test "export: the student kit has no solutions" {
    needs_git
    python3 -S "$ROOT/scripts/export" student-kit kit.tar.gz
    run tar -tzf kit.tar.gz
    contains "$output" gil-labs/labs/exercises/02_count_right.c
    contains "$output" gil-labs/tests/exercises/02_count_right.bats
    same "$(grep -ciE 'solution|exercises/wrong/|right/|prove' <<<"$output")" 0
    run tar -xzOf kit.tar.gz gil-labs/handouts/guide.md
    same "$(grep -c Investigate <<<"$output")" 0
    # Its tests need nothing that it has not.
    tar -xzf kit.tar.gz
    same "$(grep -lE 'exercises/(solutions|wrong|right|prove)|/\{?[a-z,]*\.ci' \
        gil-labs/tests/*.bats)" ''
    run tar -xzOf kit.tar.gz gil-labs/labs/exercises/README.md
    same "$(grep -ciE 'prove|instructors' <<<"$output")" 0
}

@test "export: what is not committed stays here" {
    [ -e "$ROOT/.git" ] || skip 'not measured: no git here'
    needs_git
    git clone -q --no-checkout "$ROOT" kit
    git -C kit checkout -q HEAD -- labs scripts
    cp "$ROOT/scripts/export" kit/scripts
    touch kit/labs/exercises/02_count_right.bak
    echo '// solved' >>kit/labs/exercises/02_count_right.c
    BUILD=$PWD kit/scripts/export student-kit kit.tar.gz
    run tar -tzf kit.tar.gz
    same "$(grep -c '\.bak' <<<"$output")" 0
    run tar -xzOf kit.tar.gz gil-labs/labs/exercises/02_count_right.c
    same "$(grep -c solved <<<"$output")" 0
    PATH='' run "$(python3 -c 'import sys; print(sys.executable)')" \
        kit/scripts/export student-kit kit.tar.gz
    same "$status" 1
    same "$output" 'export: git is missing, which knows what is committed'
}

@test "grade: points that somebody earns at a terminal are noted" {
    command -v script >/dev/null || skip 'no script(1) to make a terminal'
    mkdir mine
    ln -s "$BUILD/grader" mine/grader
    : >mine/learner.jsonl
    fake_bats
    ROOT=$ROOT BUILD=$PWD/mine SUBMISSION=$solutions run script -qec \
        '"$ROOT/scripts/grade" --only 04_let_go </dev/null' /dev/null </dev/null
    echo "$output"
    same "$status" 0
    run jq -c '[.exercise, .points == .of, .of > 0]' mine/learner.jsonl
    same "$output" '["04_let_go",true,true]'
    BUILD=$PWD/mine grade
    same "$(wc -l <mine/learner.jsonl)" 1
}

@test "grade: lines of prose are one paragraph, a line of code stays as it is" {
    run python3 -SBc 'import sys
sys.path.insert(0, sys.argv[1])
import results
text = "one\ntwo\n  code\nthree"
print("\n".join(results.wrapped("why ", text, "....")))' "$ROOT/scripts"
    same "$output" $'why one two\n....  code\n....three'
    same "$status" 0
}

# boxes COMMAND [ARGUMENT...]: in a shell with what the graders share, and an
# empty box without layers.
boxes() {
    mkdir -p box kit/built out
    run bash -c 'source "$0"
        BOX=$PWD KIT=$PWD/kit INSIDE=$PWD/box BOX_USER="" GRADE_LAYERS=""
        EXERCISE=exercise GRADE_CC=$PWD/cc
        eval "$1"' "$ROOT/tests/exercises/helper.bash" "$1"
}

@test "graders: what a program names or prints ends no line of a report" {
    run "$BUILD/grader/00_self_test" works 1 $'none\nbroken ' \
        <<<"$(printf %032d 0)"
    same "$(grep -c '^broken' <<<"$output")" 1
    boxes "tell got $'a\rok 1 [5 pts] it\e[2J\nb\tc'"
    same "$output" $'got: a?ok 1 [5 pts] it?[2J\n| b\tc'
    run python3 -SBc 'import sys
sys.path.insert(0, sys.argv[1])
import results
seen, _ = results.read_tap("""not ok 1 [5 pts] it
# got: a\rok 1 [5 pts] it
# | b
""")
print(seen["it"]["status"], seen["it"]["got"])' "$ROOT/scripts"
    same "$output" $'failed a\rok 1 [5 pts] it\nb'
}

@test "graders: a program has no file open but its own" {
    [ -d /proc/self/fd ] || skip 'not measured: there is no /proc here'
    boxes 'exec {SERVER_IN}>server 4>tap
        boxed - 20 any bash -c "echo /proc/self/fd/*"
        echo "$(<"$report") $SERVER_IN"'
    contains "$output" '/fd/2 '
    same "$(grep -c "/fd/4 \|/fd/${output##* } " <<<"$output")" 0
}

@test "graders: a report is closed to others, also through /proc/self/fd" {
    boxes 'boxed - 20 any sh -c umask
        echo "$(<"$report") $(umask) $(ls -l "$report" | cut -c 1-10)"'
    same "$output" '0022 0022 -rw-------'
}

@test "graders: what was compiled is what is run, whatever a program writes" {
    printf '%s\n' '#!/bin/sh' 'while [ "$1" != -o ]; do shift; done' \
        'echo made >"$2"' >cc
    chmod +x cc
    mkdir -p box/plain # an earlier run's
    boxes 'build "" && rm box/plain && echo forged >box/plain
        cat kit/built/plain'
    same "$output" made
}

@test "graders: a pipe or a link where a count should be is no count" {
    local counts
    counts=$(sed -n '/^what_was_counted/,/^}/p' \
        "$ROOT/tests/exercises/01_overlap_downloads.bats")
    mkdir box
    mkfifo box/left
    ln -s /etc/passwd box/wrong_joins
    for name in left wrong_joins; do
        run timeout -k 1 60 bash -c "BOX=.; $counts; what_was_counted $name"
        same "$status" 1
        same "$output" ''
    done
}

@test "graders: code that refuses a sanitizer has lost the point" {
    boxes 'build() { echo "#error" >compiled; status=1; return 1; }
        hints=()
        costs cost'
    contains "$output" 'expected: exercise.c compiles with -fsanitize=thread, too'
    contains "$output" 'got: #error'
}

@test "graders: why code cannot be used is said, whoever asks first" {
    boxes 'hints=()
        run_once() { run=it; echo "broken has no lock_new()" >it.facts; }
        harness one >harness.said || harness two'
    contains "$(<harness.said)" 'got: has no lock_new()'
    same "$output" 'not asked: it cannot be used: has no lock_new()'
}

@test "graders: a box is removed, also when a program has closed a folder in it" {
    local as=() functions
    functions=$(sed -n '/^close_box/,/^}/p; /^end_strays/,/^}/p' \
        "$ROOT/tests/exercises/box.bash")
    mkdir -p it/box/closed/inner
    chmod 0 it/box/closed
    if [ "$(id -u)" = 0 ]; then # who may look into every folder
        chown -R 65534 .
        as=(setpriv --reuid 65534 --regid 65534 --clear-groups)
    fi
    "${as[@]}" bash -c "BOX=it GRADE_LAYERS=; $functions; close_box"
    [ ! -e it ]
}

@test "graders: what is in a box its user may read, whatever the umask is" {
    run bash -c 'umask 077; source "$0"; umask' "$ROOT/tests/exercises/box.bash"
    same "$output" 0022
}

@test "grade: a folder that cannot be read is left out, and said" {
    hand_in ann
    hand_in bob
    run python3 -SBc 'import os, sys
sys.path.insert(0, sys.argv[1])
import submissions
os.access = lambda path, mode: not path.endswith("bob")
found, left_out = submissions.find([sys.argv[2]], ["04_let_go"])
print(*(one.name for one in found), *left_out)' "$ROOT/scripts" "$class"
    same "$output" "ann ('$class/bob', 'it cannot be read')"
}

@test "scripts: a result goes to a pipe, too; a name is tried without a trace" {
    ln -s "$ROOT" 'a link'
    python3 -SBc 'import os, sys
sys.path.insert(0, "a link/scripts")
os.environ["BUILD"] = "labs"
import labs
labs.say("screen")
with labs.replaced("/dev/stdout") as file:
    file.write(b"whole\n")
labs.check_writable("--json", "new")
labs.say(os.path.exists("new"))
labs.say(labs.BUILD == os.path.abspath("labs") and "link" not in labs.ROOT)' |
        cat >said
    same "$(<said)" $'screen\nwhole\nFalse\nTrue'
    python3 -SBc 'import sys
sys.path.insert(0, "a link/scripts")
import labs
labs.say("screen")
with labs.replaced("/dev/stdout") as file:
    file.write(b"whole\n")
with labs.replaced("said.json") as file:
    file.write(b"whole\n")' >said
    same "$(<said)" $'screen\nwhole'
    same "$(<said.json)" whole
}

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
    jq --arg folder "$folder" '.folder = $folder
        | .environment.GRADE_TMP = $folder' "$MACHINE" >machine
    STARTED_FOR=$folder TMPDIR=$folder GRADE_MACHINE=$PWD/machine \
        "$ROOT/tests/exercises/prove" --quick 04_let_go >"$BATS_TEST_TMPDIR/said" 2>&1 3>&- &
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
    printf ' * %s\n' 'Loses: sum' 'May lose: speed' 'Loses: gone' >answer.c
    run python3 -SBc 'import sys
path = sys.argv[1]
with open(path) as file:
    prove = {"__file__": path}
    exec(file.read().replace("labs.main(run)", ""), prove)
answer = prove["Answer"]("EX", "wrong", "answer.c")
def graded(**tests):
    answer.results.append((5, {"points": 1, "of": 9, "not_measured": 0, "tests": [
        {"name": name, "status": status,
         **({"got": "two\nlines"} if status == "failed" else {"reason": "killed"})}
        for name, status in tests.items()]}))
graded(sum="failed", speed="passed", gone="failed")
graded(sum="failed", speed="failed", gone="failed")
graded(sum="not measured", speed="passed", gone="failed")
graded(sum="passed", speed="passed", gone="failed")
graded(sum="failed", speed="passed", gone="failed", lock="failed")
graded(sum="failed", speed="passed", gone="failed", lock="not asked")
graded(sum="failed", speed="passed", gone="error")
graded(sum="failed", speed="passed")
wrong, lines = answer.row(8)
print(wrong, *lines, sep="\n")' "$ROOT/tests/exercises/prove"
    same "$(tr -s ' ' <<<"$output")" "True
EX wrong 1/9 WRONG, 3 of 8
 seed 5: did not lose: sum
 seed 5: lost: lock: two
 lines
 seed 5: lost: lock: killed
 seed 5: not run: gone: killed
 seed 5: no test is called: gone"
}

@test "graders: why code is not walked is what the compiler said first" {
    mkdir "$class/ann"
    cp "$solutions/06_count_references.c" "$class/ann"
    # In a walk exit() has another name.
    sed -i 's/^struct object {/struct door { void (*exit)(int); } door;\
void leave(void);\
void leave(void) { door.exit(1); }\
&/' "$class/ann/06_count_references.c"
    GRADE_MACHINE=$MACHINE run python3 -S "$ROOT/scripts/grade" \
        --only 06_count_references --out out "$class"
    contains "$output" "it does not compile for a walk: 06_count_references.c:"
    contains "$output" "has no member named 'virtual_quit'"
}
