#!/usr/bin/env bats
# SPDX-License-Identifier: MIT
#
# scripts/setup with package managers that only note what they are asked for,
# where the tools that it looks for are pretended, too. Nothing is installed.

load helper

# All tools, but no manager.
setup_file() {
    local bin=$BATS_FILE_TMPDIR/bin tool
    mkdir "$bin"
    for tool in sh dirname cat cut sort tr sed grep head env sleep; do
        ln -s "$(command -v $tool)" "$bin/$tool"
    done
    for tool in gcc make bash pkg-config python3 jq curl bats ps timeout; do
        tool $tool 'echo "tool 99.0 of 1999"'
    done
    tool parallel 'echo "GNU parallel 20221122"'
    tool id 'echo 1000'
    tool sudo '"$@"'
}

# pretend MANAGER [TOOL...]: a PATH with that manager and all tools but those.
pretend() {
    local tool
    bin=$BATS_TEST_TMPDIR/bin
    cp -RP "$BATS_FILE_TMPDIR/bin" "$bin"
    tool "$1" "echo \"$1 \$*\" >>'$BATS_TEST_TMPDIR/asked'"
    for tool in "${@:2}"; do
        rm "$bin/$tool"
    done
}

# tool NAME SCRIPT
tool() {
    printf '#!/bin/sh\n%s\n' "$2" >"$bin/$1"
    chmod +x "$bin/$1"
}

setup_there() {
    run env PATH="$bin" sh "$ROOT/scripts/setup" "$@"
}

asked() {
    cat "$BATS_TEST_TMPDIR/asked" 2>/dev/null || true
}

@test "setup: silent when nothing is missing, and asks for nothing" {
    pretend apt-get
    setup_there
    same "$status" 0
    same "$output" ''
    same "$(asked)" ''
}

@test "setup: says what it installs, asks the manager for just that" {
    pretend apt-get jq bats
    setup_there
    # The pretended manager installs nothing, which is noticed too.
    same "$status" 1
    same "${lines[0]}" 'setup: installing with apt-get: bats jq '
    contains "${lines[1]}" 'still missing after the installation: bats jq'
    same "$(asked)" 'apt-get update -qq
apt-get install -y -qq -o DPkg::Lock::Timeout=300 --no-install-recommends bats jq'
}

@test "setup: what draws pictures and pages comes with --report only" {
    pretend apt-get
    setup_there --report
    same "${lines[0]}" 'setup: installing with apt-get: gnuplot-nox pandoc '
    setup_there --grade
    same "${lines[0]}" \
        'setup: installing with apt-get: bubblewrap entr util-linux '
    setup_there --check
    contains "${lines[0]}" 'shellcheck'
    for package in gnuplot pandoc bubblewrap; do
        same "$(grep -c "$package" <<<"${lines[0]}")" 0
    done
}

@test "setup: --explore gets emscripten, and jansson's source from apt" {
    pretend apt-get
    local tool kit=$BATS_TEST_TMPDIR/kit
    for tool in mktemp mkdir mv rm tar gzip; do
        ln -s "$(command -v $tool)" "$bin/$tool"
    done
    mkdir "$kit"
    cp -R "$ROOT/scripts" "$kit"
    explore() {
        run env PATH="$bin" sh "$kit/scripts/setup" --explore
    }
    local browser='chromium '
    if grep -qi '^ID=.*ubuntu' /etc/os-release; then
        browser= # it has none that is a package
    fi
    explore
    same "${lines[0]}" \
        "setup: installing with apt-get: ${browser}emscripten nodejs "
    rm "$BATS_TEST_TMPDIR/asked"
    for tool in emcc node chromium; do
        tool $tool ''
    done
    # The archive that the library is from has its source, too.
    tool apt-cache 'echo "libjansson-dev | 2.14-2 | http://deb/debian bookworm/main amd64 Packages"'
    mkdir -p "$BATS_TEST_TMPDIR/jansson-2.14/src"
    touch "$BATS_TEST_TMPDIR/jansson-2.14/src/jansson.h"
    tar -C "$BATS_TEST_TMPDIR" -czf "$BATS_TEST_TMPDIR/tar" jansson-2.14
    tool apt-get 'case "$*" in
        *" update") cat "${3#*=}" >>"$ASKED" ;;
        *" source --download-only jansson")
            cat "$TAR" >jansson_2.14.orig.tar.gz ;;
        esac'
    export ASKED=$BATS_TEST_TMPDIR/asked TAR=$BATS_TEST_TMPDIR/tar
    mkdir -p "$kit/build/jansson/half" # it was interrupted
    explore
    same "$status" 0
    same "$output" 'setup: getting the source of jansson with apt-get'
    same "$(asked)" 'deb-src http://deb/debian bookworm main'
    [ -e "$kit/build/jansson/src/jansson.h" ]
    explore
    same "$status" 0
    same "$output" ''
    # An archive that has none, and a system that has no apt-get.
    rm -r "$kit/build"
    tool apt-get 'exit 100'
    explore
    same "$status" 1
    contains "$output" 'apt-get has no source of jansson for build/jansson'
    rm "$bin/apt-get"
    tool dnf ''
    explore
    same "$status" 1
    contains "$output" 'build/jansson by hand: there is no apt-get here'
}

@test "setup: what is too old counts as missing, and is named" {
    local tool got needed
    while read -r tool got needed; do
        pretend apt-get
        tool "$tool" "echo 'the $tool $got of 1999'"
        setup_there
        same "$status" 1
        same "${lines[0]}" "setup: installing with apt-get: $tool "
        contains "${lines[1]}" \
            "; $tool $needed or newer is needed, this is $got"
        rm -r "$bin"
    done <<<'bats 1.2.1 1.8
jq 1.5 1.6
make 3.81 4.0
bash 3.2.57 4.4'
    pretend apt-get
    tool bats 'echo Bats 1.10.0'
    setup_there
    same "$status" 0
}

@test "setup: the parallel of moreutils is not GNU parallel" {
    pretend apt-get
    tool parallel 'echo "parallel [OPTIONS] command -- arguments" >&2; exit 1'
    setup_there
    same "${lines[0]}" 'setup: installing with apt-get: parallel '
}

@test "setup: waits while another apt-get holds a lock" {
    pretend apt-get jq
    rm "$bin/sleep"
    tool sleep "echo sleep >>'$BATS_TEST_TMPDIR/asked'"
    tool apt-get 'echo "apt-get $1" >>"$ASKED"
        [ "$1" = update ] && [ "$(grep -c update "$ASKED")" -lt 3 ] || exit 0
        echo "E: Could not get lock /var/lib/apt/lists/lock" >&2
        exit 100'
    export ASKED=$BATS_TEST_TMPDIR/asked
    setup_there
    same "$(grep -c 'waiting for another apt-get to end' <<<"$output")" 1
    same "$(asked | tr '\n' ' ')" 'apt-get update sleep apt-get update sleep apt-get update apt-get install '
    # What fails for another reason is tried once, and said.
    rm "$BATS_TEST_TMPDIR/asked"
    tool apt-get 'echo "apt-get $1" >>"$ASKED"; echo "E: no network"; exit 100'
    setup_there
    same "$status" 100
    contains "$output" 'E: no network'
    same "$(asked)" $'apt-get update\napt-get install'
}

@test "setup: the other managers by their own names" {
    for manager in dnf apk pacman brew; do
        pretend $manager pkg-config
        setup_there
        same "$status" 1
        contains "$output" "installing with $manager: "
        contains "$(asked)" "$manager "
        contains "$output" 'jansson'
        case $manager in
        # A system is never updated in parts there.
        pacman) contains "$(asked)" 'pacman -Syu --needed --noconfirm ' ;;
        esac
        rm -r "$bin" "$BATS_TEST_TMPDIR/asked"
    done
}

@test "setup: no manager, no sudo, and bad arguments" {
    pretend none jq
    setup_there
    same "$status" 1
    contains "$output" 'install these by hand'
    rm -r "$bin"
    pretend apt-get jq sudo
    setup_there
    same "$status" 1
    contains "$output" 'needs root or sudo to install: jq'
    run "$ROOT/scripts/setup" everything
    same "$status" 2
    contains "$output" "unknown argument 'everything'"
    run "$ROOT/scripts/setup" --check --check
    same "$status" 2
}
