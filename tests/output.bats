#!/usr/bin/env bats
# SPDX-License-Identifier: MIT
#
# Where a lab's JSON and trace go, and what is left where they cannot go there.

load helper

setup() {
    mkdir "$BATS_TEST_TMPDIR/work"
    cd "$BATS_TEST_TMPDIR/work" || return
}

# quick ARGUMENT...: the shortest run of a lab.
quick() {
    lab 03_cpu_serial --count 1000 "$@"
}

@test "output: --json=- and /dev/stdout are standard output, and nothing else" {
    quick --json=-
    same "$status" 0
    same "$(jq -r .lab <<<"$output")" 03_cpu_serial
    timeout 60 "$BUILD/03_cpu_serial" --count 1000 --json=/dev/stdout >json
    same "$(jq -r .lab json)" 03_cpu_serial
    same "$(ls)" json
}

@test "output: --trace - is standard output, and nothing else" {
    quick --trace -
    same "$status" 0
    same "$(jq '.traceEvents | length' <<<"$output")" 5
    timeout 60 "$BUILD/03_cpu_serial" --count 1000 --trace /dev/stdout >trace
    same "$(jq '.traceEvents | length' trace)" 5
}

@test "output: one file for both is refused, whatever it is called" {
    quick --json=x --trace ./x
    failed 2 "--trace and --json name the same file: './x'"
    same "$(ls)" ''
    echo mine >x
    ln -s x link
    ln x hard
    quick --json=x --trace link
    failed 2 "--trace and --json name the same file: 'link'"
    quick --json=x --trace hard
    failed 2 "--trace and --json name the same file: 'hard'"
    quick --json=- --trace -
    failed 2 "--trace and --json name the same file: '-'"
    same "$(<x)" mine
}

@test "output: a link stays a link, permissions stay" {
    echo old >x
    chmod 640 x
    ln -s x link
    quick --json=link
    same "$status" 0
    [ -L link ]
    same "$(jq -r .lab x)" 03_cpu_serial
    same "$(ls -l x | cut -c 1-10)" -rw-r-----
}

@test "output: a link to a file that is not there yet stays a link" {
    mkdir there
    ln -s there/x link
    quick --json=link
    same "$status" 0
    [ -L link ]
    same "$(ls there)" x
    same "$(jq -r .lab there/x)" 03_cpu_serial
    rm there/x
    quick --count 0 --json=link
    same "$status" 2
    same "$(ls there)" ''
}

# full ARGUMENT...: the same where every file is too large, as on a full disk;
# what it says goes through a pipe.
full() {
    run bash -c 'set -o pipefail
        { (ulimit -f 0; exec timeout -k 1 60 "$@" --count 1000) 2>&1 >/dev/null; } |
            cat' full "$BUILD/03_cpu_serial" "$@"
}

@test "output: what cannot be written keeps what was there" {
    mkdir here
    echo old >here/x
    full --json=here/x
    same "$status" 1
    contains "$output" 'cannot write here/x: '
    same "$(<here/x)" old
    same "$(ls here)" x
    full --trace here/new
    same "$status" 1
    contains "$output" 'cannot write here/new: '
    same "$(ls here)" x
}

@test "output: GIL_LABS_PLAIN=1: nothing is painted on a terminal" {
    command -v script >/dev/null || skip 'no script here'
    script -V 2>/dev/null | grep -q util-linux || skip 'another script'
    local slow='"$BUILD/01_io_serial" --tasks 1 --seconds 0.3'
    GIL_LABS_PLAIN=1 TERM=xterm timeout 60 \
        script -qec "$slow" /dev/null >typed </dev/null
    same "$(grep -c $'\033' typed)" 0
    TERM=xterm timeout 60 script -qec "$slow" /dev/null >typed </dev/null
    within "$(grep -c $'\033' typed)" 1 1000
}

@test "output: a mistyped option: what it may have meant" {
    lab 05_gil_sim --lok none
    failed 2 "unknown option '--lok': did you mean --lock?"
    lab 02_io_threads --s 1
    failed 2 "option '--s' is ambiguous: --seconds, --size"
    lab 05_gil_sim --quux
    failed 2 "unknown option '--quux' (see --help)"
}

# Ten figures: half of them would be rounded up and not down.
@test "output: what the table rounds, the JSON rounds alike" {
    local i tables=
    for i in 1 2 3 4 5; do
        lab 05_gil_sim --count $((100000 * i)) --rounds 1 --interval 100 \
            --json=figures$i
        same "$status" 0
        tables+=$output$'\n'
    done
    same "$(awk '/hand-offs\/s/ { on = 1; next }
        on && $3 == "s" && /^(threads|serial) / { print $8 }' <<<"$tables")" \
        "$(jq '.runs[].handoffs_per_s' figures?)"
}
