#!/usr/bin/env bats
# SPDX-License-Identifier: MIT

load helper

@test "demo: five labs, their lines as they come, one table" {
    run --separate-stderr "$ROOT/scripts/demo"
    same "$status" 0
    same "$stderr" ''
    same "$(grep -c '^all finished in ' <<<"$output")" 6
    same "$(grep -c '^0[1-5]_' <<<"$output")" 5
    table=$(sed -n '/^The document beside/,$p' <<<"$output")
    same "$(grep -c '^2 ' <<<"$table")" 6
    contains "$table" '48.09 s'
    contains "$table" '7.09 s    14.18 s'
    contains "$table" '14.67 s    14.69 s'
    within "$(wc -L <<<"$output")" 60 80
    # Under the lock CPU/wall cannot pass 1, whatever else the machine does.
    within "$(awk '/one lock/ { print $NF }' <<<"$table")" 0 1.15
    # Two at once take about half of one by one: they wait together.
    within "$(awk '/^2 downloads, one/ { one = $(NF - 2) }
        /^2 downloads at/ { print $(NF - 2) / one }' <<<"$table")" 0.3 0.8
}

@test "demo: a lab that fails ends it, with the lab's reason" {
    mkdir "$BATS_TEST_TMPDIR/build"
    printf '#!/bin/sh\necho "01_io_serial: no luck" >&2; exit 1\n' \
        >"$BATS_TEST_TMPDIR/build/01_io_serial"
    chmod +x "$BATS_TEST_TMPDIR/build/01_io_serial"
    BUILD=$BATS_TEST_TMPDIR/build run --separate-stderr "$ROOT/scripts/demo"
    failed 1 'no luck'
}

@test "demo: bad arguments" {
    run --separate-stderr "$ROOT/scripts/demo" --slow
    failed 2 "unknown argument '--slow'"
    run --separate-stderr "$ROOT/scripts/demo" --help
    same "$status" 0
    contains "$output" '--document'
}

@test "demo: --document says first how long it will take" {
    run timeout -s INT 3 "$ROOT/scripts/demo" --document
    contains "$output" '3 minutes'
    same "$(pgrep -f "$BUILD/01_io_serial --document" | wc -l)" 0
}
