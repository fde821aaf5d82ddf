#!/usr/bin/env bats
# SPDX-License-Identifier: MIT
#
# scripts/predictions: a class's guesses as a histogram with the measurement.

load helper

setup() {
    cd "$BATS_TEST_TMPDIR" || return
    mkdir class
}

# hand_in NAME GUESS [ARGUMENT...]: a run of lab 13, whose clock is its own.
hand_in() {
    "$BUILD/13_gil_virtual" --seconds 0.02 --predict "$2" "${@:3}" \
        --json="class/$1.json" >/dev/null
}

predictions() {
    run --separate-stderr "$ROOT/scripts/predictions" "$@" --page page.html
}

@test "predictions: a class of 30 gives the histogram" {
    hand_in student-half1 half
    hand_in student-same1 same
    hand_in student-double1 double
    tee class/student-half{2..4}.json <class/student-half1.json >/dev/null
    tee class/student-same{2..13}.json <class/student-same1.json >/dev/null
    tee class/student-double{2..8}.json <class/student-double1.json >/dev/null
    for guess in 0.04 0.041 0.039 0.08 0.16; do
        hand_in "student$guess" $guess
    done
    predictions class
    same "$status" 0
    contains "$output" '30 guesses; measured 2.0'
    same "$(sed -n 's/^ *\([0-9.]*\) ##* *\([0-9]*\)  \(.*\)/\1 \2 \3/p' \
        <<<"$output")" '0.5 4 several threads share one task
1 13 the threads compute at the same time
2 11 measured
4 1 the lock doubles the work
8 1 the lock doubles the work'
    # The longest bar is the one of most guesses.
    same "$(grep -c '########################  13' <<<"$output")" 1
    # As a page: the same numbers.
    same "$(grep -o '</div></td><td>[0-9]*' page.html | sed 's/.*>//' |
        paste -sd ' ')" '4 0 13 0 11 0 1 0 1'
    same "$(grep -c 'class=measured' page.html)" 1
    same "$(grep -c student page.html)" 0
    cp page.html before.html
    run "$ROOT/scripts/predictions" - --page page.html < <(cat class/*.json)
    same "$status" 0
    cmp page.html before.html
}

@test "predictions: other tasks and other locks are other charts" {
    hand_in a same
    hand_in b same --tasks 3
    hand_in c same --lock none
    "$BUILD/13_gil_virtual" --count 2000000 --predict 0.02 \
        --json=class/d.json >/dev/null
    predictions class
    same "$(grep -c '^13_gil_virtual, ' <<<"$output")" 4
    contains "$output" '13_gil_virtual, 3 tasks, lock interval'
    contains "$output" '13_gil_virtual, 2 tasks, lock none'
    contains "$output" 'measured 0.02 seconds'
}

@test "predictions: what is not trusted is not the measurement" {
    hand_in a same
    jq '.trusted = false | .reason = "busy: no processor"' class/a.json >b
    mv b class/a.json
    predictions class
    contains "$output" '1 guess; no measurement is trusted: busy: no processor'
    same "$(grep -c 'measured$' <<<"$output")" 0
}

@test "predictions: what is no lab's is left out, with the reason" {
    hand_in good same
    "$BUILD/13_gil_virtual" --seconds 0.02 --json=class/none.json >/dev/null
    echo 'hello' >class/text.json
    echo '[1, 2]' >class/list.json
    jq '.prediction.expected_s = -1' class/good.json >class/negative.json
    jq '.prediction.measured_s = 1e300' class/good.json >class/huge.json
    jq '.lab = "<b>\u001b[1m"' class/good.json >class/wild.json
    printf '[%.0s' $(seq 1 5000) >class/deep.json
    printf '\377\376' >class/bytes.json
    mkfifo class/fifo.json
    mkdir class/folder.json
    ln -s /etc/passwd class/link.json
    head -c 2000000 /dev/zero >class/large.json
    : >class/notes.txt
    predictions class
    same "$status" 0
    same "$(grep '^left out: ' <<<"$output")" \
'left out: bytes.json: it is no text
left out: deep.json: it is not the JSON of a lab
left out: fifo.json: it is no file
left out: huge.json: it is not the JSON of a lab
left out: large.json: it has more than 1 MiB
left out: link.json: Too many levels of symbolic links
left out: list.json: it is not the JSON of a lab
left out: negative.json: it is not the JSON of a lab
left out: none.json: it has no prediction
left out: text.json: it is not the JSON of a lab'
    contains "$output" '<b>?[1m, 2 tasks'
    contains "$(<page.html)" '&lt;b&gt;?[1m, 2 tasks'
}

@test "predictions: nothing to draw, no folder, nowhere to write" {
    predictions class
    failed 1 'there is no prediction'
    [ ! -e page.html ]
    predictions none
    failed 2 "'none' is not a folder"
    run --separate-stderr "$ROOT/scripts/predictions"
    same "$status" 2
    hand_in a same
    : >file
    run --separate-stderr "$ROOT/scripts/predictions" class --page file/x.html
    failed 1 file
}

@test "predictions: the page fits a telephone" {
    hand_in a same
    hand_in b 0.5
    predictions class
    run python3 "$ROOT/tests/browser.py" 360 . page.html
    [ "$status" != 77 ] || skip "$output"
    same "$output" '1 pages, 0 links, 0 slides, 0 faults'
}

@test "predictions: axe-core finds nothing on the page" {
    hand_in a same
    hand_in b 0.5
    predictions class
    for colours in axe axe-dark; do
        run python3 "$ROOT/tests/browser.py" --$colours 360 . page.html
        [ "$status" != 77 ] || skip "$output"
        same "$output" '1 pages, 0 links, 0 slides, 0 faults'
    done
}

@test "predictions: a terminal that cannot spell a name ends nothing" {
    hand_in one same
    sed -i 's/"lab": "13_gil_virtual"/"lab": "13→"/' class/one.json
    PYTHONIOENCODING=ascii predictions class
    contains "$output$stderr" '13?'
    same "$(grep -c Traceback <<<"$stderr")" 0
}
