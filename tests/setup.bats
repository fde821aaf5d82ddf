#!/usr/bin/env bats
# SPDX-License-Identifier: MIT
#
# scripts/setup with package managers that only note what they are asked for.

load helper

# A PATH of the real tools but those named, and a manager called $1.
pretend() {
    bin=$BATS_TEST_TMPDIR/bin
    mkdir "$bin"
    for tool in sh dirname cat cut sort tr sed id grep env gcc make bash pkg-config \
        jq python3 bats parallel ps timeout gnuplot pandoc; do
        ln -s "$(command -v $tool)" "$bin/$tool"
    done
    for tool in "${@:2}"; do
        rm "$bin/$tool"
    done
    printf '#!/bin/sh\necho "%s $*" >>"%s"\n' "$1" "$BATS_TEST_TMPDIR/asked" \
        >"$bin/$1"
    printf '#!/bin/sh\n"$@"\n' >"$bin/sudo"
    chmod +x "$bin/$1" "$bin/sudo"
}

@test "setup: quick and silent when nothing is missing" {
    command -v apt-get || command -v brew || skip "no manager it knows"
    "$ROOT/scripts/setup" >/dev/null
    run "$ROOT/scripts/setup"
    same "$status" 0
    same "$output" ''
}

@test "setup: says what it installs, asks the manager for just that" {
    pretend apt-get jq bats
    run env PATH="$bin" "$ROOT/scripts/setup"
    # The pretended manager installs nothing, which is noticed too.
    same "$status" 1
    same "${lines[0]}" 'setup: installing with apt-get: bats jq '
    contains "${lines[1]}" 'still missing after the installation: bats jq'
    same "$(tail -n 1 "$BATS_TEST_TMPDIR/asked")" \
        'apt-get install -y -qq --no-install-recommends bats jq'
}

@test "setup: the other managers by their own names" {
    for manager in dnf apk pacman brew; do
        pretend $manager pkg-config
        run env PATH="$bin" "$ROOT/scripts/setup"
        same "$status" 1
        contains "$output" "installing with $manager: "
        contains "$(cat "$BATS_TEST_TMPDIR/asked")" "$manager "
        contains "$output" 'jansson'
        rm -r "$bin" "$BATS_TEST_TMPDIR/asked"
    done
}

@test "setup: no manager, and bad arguments" {
    pretend none jq
    run env PATH="$bin" "$ROOT/scripts/setup"
    same "$status" 1
    contains "$output" 'install these by hand'
    run "$ROOT/scripts/setup" everything
    same "$status" 2
    contains "$output" "unknown argument 'everything'"
    run "$ROOT/scripts/setup" --check --check
    same "$status" 2
}
