#!/usr/bin/env bats
# SPDX-License-Identifier: MIT
#
# scripts/progress: what a student ran, predicted and solved, and what is next.

load helper

setup() {
    cd "$BATS_TEST_TMPDIR" || return
    # A build folder of a learner's own, with the programs of this one.
    mkdir mine
    ln "$BUILD"/[0-9]* mine 2>/dev/null || {
        rm -f mine/[0-9]* # some may have another owner
        cp "$BUILD"/[0-9]* mine
    }
    : >mine/learner.jsonl
}

progress() {
    BUILD=$PWD/mine run --separate-stderr "$ROOT/scripts/progress" "$@"
}

# at_terminal COMMAND: by a person, that is to say script(1).
at_terminal() {
    command -v script >/dev/null || skip 'no script(1) to make a terminal'
    run script -qec "$1" /dev/null </dev/null
}

@test "progress: at first there is nothing, and lab 01 is next" {
    progress
    same "$status" 0
    contains "$output" '0 of 14 labs, 0 guesses, 0 of them right, 0 of 6 exercises'
    progress --next
    same "${lines[0]}" 'Next: lab 01, some 20 minutes.'
    contains "$output" 'build/01_io_serial --seconds 0.3 --predict ask'
    rm mine/learner.jsonl
    progress --next
    same "$status" 0
    same "${lines[0]}" 'Next: lab 01, some 20 minutes.'
}

@test "progress: labs at a terminal are noted, with the guess" {
    # Guesses of 01 and 02 are right or wrong as the machine is busy or not.
    at_terminal 'mine/01_io_serial --size 20k --rate 100k --predict double &&
        mine/02_io_threads --size 20k --rate 100k --predict same &&
        mine/13_gil_virtual --seconds 0.1 --predict same | cat &&
        mine/14_gil_orders >/dev/null'
    same "$status" 0
    same "$(wc -l <mine/learner.jsonl)" 4
    progress
    contains "$output" '4 of 14 labs, 3 guesses, '
    contains "$output" '01_io_serial    yes  double: '
    contains "$output" '13_gil_virtual  yes  same: it took 2.'
    progress --next
    same "${lines[0]}" 'Next: exercise 01_overlap_downloads.'
    contains "$output" 'In lab 13 you expected that the threads compute at the'
    at_terminal 'mine/13_gil_virtual --seconds 0.1 --predict double'
    progress
    contains "$output" '13_gil_virtual  yes  double: right'
}

@test "progress: scripts and pipes are not noted, nor are runs that failed" {
    mine/13_gil_virtual --seconds 0.01 </dev/null >out 2>&1
    BUILD=$PWD/mine "$ROOT/scripts/tour" --help >out
    at_terminal 'mine/13_gil_virtual --seconds 0.01 </dev/null;
        mine/13_gil_virtual --help;
        mine/01_io_serial --url http://127.0.0.1:1/; true'
    same "$status" 0
    same "$(<mine/learner.jsonl)" ''
}

@test "progress: a folder that cannot be written does not fail a lab" {
    chmod a-w mine/learner.jsonl
    at_terminal 'mine/13_gil_virtual --seconds 0.01'
    same "$status" 0
    # Not even root writes to these, and nothing waits for a reader.
    for kind in 'mkdir' 'mkfifo' 'ln -s /dev/full' 'true'; do
        rm -rf mine/learner.jsonl
        $kind mine/learner.jsonl
        at_terminal 'timeout 60 mine/13_gil_virtual --seconds 0.01'
        same "$status" 0
        contains "$output" 'threads / serial'
    done
    # A lab never makes the file: it may have been copied anywhere.
    [ ! -e mine/learner.jsonl ]
}

@test "progress: an exercise that is solved gives way to the next lab" {
    {
        for lab in 01_io_serial 02_io_threads; do
            printf '{"lab":"%s","trusted":true,"prediction":{"text":"same",' $lab
            echo '"factor":1.0}}'
        done
        echo '{"exercise":"01_overlap_downloads","points":10,"of":20}'
        echo 'no line of ours'
        echo '{"exercise":"01_overlap_downloads"}'
        echo '[1]'
    } >mine/learner.jsonl
    progress --next
    contains "$output" 'You have 10 of 20 points.'
    contains "$output" 'make grade EX=01_overlap_downloads'
    echo '{"exercise":"01_overlap_downloads","points":20,"of":20}' \
        >>mine/learner.jsonl
    progress --next
    same "${lines[0]}" 'Next: lab 03, some 20 minutes.'
    progress
    contains "$output" '01_overlap_downloads 20 of 20'
    contains "$output" '1 of 6 exercises'
}

@test "progress: when all is done it says so" {
    for lab in "$ROOT"/labs/[0-9]*.c; do
        printf '{"lab":"%s","trusted":true,"prediction":{"text":"same",' \
            "$(basename "$lab" .c)"
        echo '"factor":1.0}}'
    done >mine/learner.jsonl
    for exercise in "$ROOT"/labs/exercises/*.c; do
        printf '{"exercise":"%s","points":5,"of":5}\n' "$(basename "$exercise" .c)"
    done >>mine/learner.jsonl
    progress --next
    same "${lines[0]}" 'You have done all labs and all exercises.'
    progress
    contains "$output" '14 of 14 labs, 14 guesses, 14 of them right, 6 of 6 exer'
}

@test "progress: make makes the file, and leaves it as it is" {
    cp "$ROOT/Makefile" .
    run make -s BUILD=mine mine/learner.jsonl
    same "$status" 0
    echo '{"lab":"01_io_serial"}' >mine/learner.jsonl
    run make -s BUILD=mine mine/learner.jsonl
    same "$(<mine/learner.jsonl)" '{"lab":"01_io_serial"}'
    contains "$(make -s BUILD=mine help)" 'make next '
}
