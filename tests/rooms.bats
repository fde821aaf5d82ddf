#!/usr/bin/env bats
# SPDX-License-Identifier: MIT
#
# The rooms of common/: scripts/check-includes sees what breaks their order.

load helper

setup() {
    cp -R "$ROOT/common" "$BATS_TEST_TMPDIR/common"
    cd "$BATS_TEST_TMPDIR" || return
}

rooms() {
    run timeout -k 1 60 python3 "$ROOT/scripts/check-includes" common
}

@test "rooms: as they are, they are right, with seven floors at most" {
    rooms
    same "$status" 0
    within "$(sed 's/.* \([0-9]*\) floors, no cycle/\1/' <<<"$output")" 2 7
}

@test "rooms: an include of a higher room" {
    echo '#include "common/lab/screen.h"' >>common/base/fail.c
    rooms
    same "$status" 1
    contains "$output" \
        'common/base/fail.c: base may not include common/lab/screen.h'
}

@test "rooms: a cycle within a room" {
    echo '#include "common/run/rounds.h"' >>common/run/tasks.c
    rooms
    same "$status" 1
    contains "$output" 'cycle: run/tasks -> run/rounds -> run/tasks'
}

@test "rooms: an eighth floor, a room of no plan, a name that is not from the top" {
    local below=common/lab/report.h floor
    for floor in attic roof; do
        echo "#include \"$below\"" >"common/lab/$floor.h"
        below=common/lab/$floor.h
    done
    mkdir common/cellar
    echo '#include "fail.h"' >common/cellar/wine.h
    rooms
    same "$status" 1
    contains "$output" 'common/lab/roof.h is on floor 8 of 7'
    contains "$output" 'common/cellar/wine.h: common/ has no room cellar'
    echo '#include "report.h"' >common/lab/attic.h
    rooms
    contains "$output" 'common/lab/attic.h: "report.h" is not named from the top'
}
