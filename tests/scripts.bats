#!/usr/bin/env bats
# SPDX-License-Identifier: MIT
#
# What holds for every script that a person runs.

load helper

setup() {
    cd "$BATS_TEST_TMPDIR" || exit
    mapfile -t scripts < <(find "$ROOT/scripts" -type f ! -name '*.*' | sort)
    # Labs that only note that they were run.
    mkdir labs
    printf '#!/bin/sh\necho "$0" >>"%s"\n' "$PWD/ran" >labs/lab
    chmod +x labs/lab
    for lab in "$ROOT"/labs/*.c; do
        lab=${lab##*/}
        ln -s lab "labs/${lab%.c}"
    done
    ln -s lab labs/local_server
    export BUILD=$PWD/labs
}

# help_to REDIRECTION: ask $script for help; its status, 124 if it did not end.
help_to() {
    status=0
    timeout -k 1 60 bash -c "\"\$1\" --help $1" bash "$script" 2>errors ||
        status=$?
    [ "$status" != 124 ]
}

@test "scripts: --help says what the script is called with, and no more" {
    within ${#scripts[@]} 12 99
    for script in "${scripts[@]}"; do
        run "$script" --help
        same "$status" 0
        contains "$output" "${script##*/}"
        same "$(grep -c 'SPDX' <<<"$output")" 0
        within "${#lines[@]}" 2 40
    done
    [ ! -e ran ]
}

@test "scripts: --help ends when its output cannot be written" {
    for script in "${scripts[@]}"; do
        help_to '>/dev/full'
        [ "$status" != 0 ]
        help_to '>&-'
        help_to '| true'
    done
    [ ! -e ran ]
}

@test "scripts: what they do not know is one line that names it" {
    for script in "${scripts[@]}"; do
        # watch and grade share their options.
        [ "${script##*/}" != watch ] || continue
        run --separate-stderr "$script" --frobnicate
        failed 2 --frobnicate
    done
    [ ! -e ran ]
}

@test "scripts: an old bash is told so, and setup runs all the same" {
    mkdir -p old/scripts
    cp "$ROOT"/scripts/{test,setup,common.sh} old/scripts
    # That of macOS; the variable itself is read-only.
    sed -i 's/\${BASH_VERSION-}/3.2.57/' old/scripts/common.sh
    run --separate-stderr old/scripts/test
    failed 1 'is too old, 4.4 will do (package bash'
    run old/scripts/setup --help
    same "$status" 0
}
