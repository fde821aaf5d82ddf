#!/usr/bin/env bats
# SPDX-License-Identifier: MIT
#
# scripts/doctor, with tools that are missing or too old.

load helper

setup() {
    cd "$BATS_TEST_TMPDIR" || exit
    mkdir bin labs
}

# tool NAME SCRIPT: in place of the real one.
tool() {
    printf '#!/bin/sh\n%s\n' "$2" >"bin/$1"
    chmod +x "bin/$1"
}

# Where other rows are looked at.
slow_tools_missing() {
    for name in gcc clang bats parallel; do
        tool $name 'exit 1'
    done
}

doctor() {
    run --separate-stderr env PATH="$PWD/bin:$PATH" "$@" \
        python3 "$ROOT/scripts/doctor"
    same "$status" 0
}

# row NAME: its line.
row() {
    grep -E "^(ok|look) +$1 " <<<"$output"
}

@test "doctor: a line for each, twenty at most, and the same as JSON" {
    doctor
    same "$stderr" ''
    within "${#lines[@]}" 12 20
    same "$(grep -vcE '^(ok  |look) [a-z ]{12} .' <<<"$output")" 0
    same "$(grep -E '^look' <<<"$output" | grep -vc -e ' -> ')" 0
    same "$(grep -E '^ok' <<<"$output" | grep -c -e ' -> ')" 0
    local names
    names=$(cut -c 6-17 <<<"$output" | sed 's/ *$//')
    slow_tools_missing
    run env PATH="$PWD/bin:$PATH" python3 "$ROOT/scripts/doctor" --json
    same "$status" 0
    same "$(figure '.rows[].name')" "$names"
    same "$(figure '[.rows[] | select(.ok == (.advice != ""))] | length')" 0
}

@test "doctor: what is too old or missing is named, with what to do" {
    tool bats 'echo Bats 1.2.1'
    tool jq 'echo jq-1.7.1'
    tool pkg-config 'case $* in --version) echo 1.8.1 ;; *libevent) exit 1 ;; *) echo 9.9 ;; esac'
    tool parallel 'echo "parallel [OPTIONS]"; exit 1'
    tool bwrap 'exit 1'
    tool gcc 'exit 1'
    doctor
    contains "$(row 'test tools')" 'bats 1.2.1, jq 1.7.1, no GNU parallel'
    contains "$(row 'test tools')" '1.8 or newer is needed: run scripts/setup'
    contains "$(row libraries)" 'libcurl 9.9, jansson 9.9, python3-embed 9.9'
    contains "$(row libraries)" 'without libevent -> some labs are left out'
    contains "$(row libraries)" 'libevent-dev'
    contains "$(row sandbox)" 'does not work here -> '
}

@test "doctor: the processors are those that a lab may use" {
    slow_tools_missing
    doctor BUILD="$PWD/labs"
    contains "$(row processors)" 'run make'
    contains "$(row kit)" 'not built -> run make'
    # What a lab may answer, in one Python.
    tool lab 'echo "$ANSWER"'
    ln -s ../bin/lab labs/03_cpu_serial
    BUILD=$PWD/labs run "$PYTHON3" -B - "$ROOT/scripts" <<'END'
import os, runpy, sys
sys.path.insert(0, sys.argv[1])
import labs
labs.main = lambda run: None
doctor = runpy.run_path(sys.argv[1] + "/doctor")
for answer in ('"cpus": 0.5, "smt": false', '"cpus": 1, "smt": false',
               '"cpus": 2, "smt": true'):
    os.environ["ANSWER"] = f"{{ {answer} }}"
    print(*doctor["processors"](), sep=" -> ")
END
    contains "${lines[0]}" 'a quota of 0.5 -> no figure of time means much'
    contains "${lines[1]}" 'allow two processors'
    contains "${lines[2]}" 'threads of one core'
}

@test "doctor: folders, language, and what it does not know" {
    slow_tools_missing
    doctor TMPDIR="$PWD/labs" LC_ALL=xx_YY
    contains "$(row temporary)" "$PWD/labs, "
    contains "$(row language)" 'xx_YY, which is not installed -> set LANG=C.UTF-8'
    same "$(ls labs)" ''
    # As on a disk that is full.
    doctor LC_ALL=C TMPDIR="$PWD/none" bash -c 'ulimit -f 0; exec "$@"' -
    contains "$(row sanitizers)" 'not known: '
    contains "$(row tree)" "$ROOT, not writable"
    same "$(find "$ROOT" -maxdepth 1 -name 'tmp*')" ''
    contains "$(row temporary)" "$PWD/none, not writable -> set TMPDIR"
    contains "$(row language)" ' C'
    run --separate-stderr python3 "$ROOT/scripts/doctor" --cure
    failed 2 "unknown argument '--cure'"
}
