#!/usr/bin/env bats
# SPDX-License-Identifier: MIT

load helper

# A copy of the sources, to build in.
setup() {
    tree=$BATS_TEST_TMPDIR/tree
    mkdir "$tree"
    cp -R "$ROOT/Makefile" "$ROOT/common" "$ROOT/labs" "$ROOT/scripts" "$tree"
    unset MAKEFLAGS MAKELEVEL BUILD V CC SANITIZE
}

@test "make: a second make does nothing, a header's change rebuilds" {
    make -s -j2 -C "$tree"
    [ -x "$tree/build/05_gil_sim" ]
    run make -C "$tree" -q
    same "$status" 0
    sleep 1.1 # make compares times by the second on some file systems
    touch "$tree/common/gil/gil.h"
    run make -C "$tree" -q
    same "$status" 1
    run make -C "$tree" -j2
    contains "$output" '  CC  build/common/gil/interval.o'
    contains "$output" '  CC  build/05_gil_sim'
    same "$(grep -c timing.o <<<"$output")" 0
}

@test "make: clang and sanitizers build into folders of their own" {
    run make -C "$tree" -n CC=clang
    contains "$output" ' -o build/clang/common/gil/gil.o '
    run make -C "$tree" -n SANITIZE=address,undefined
    contains "$output" '-fsanitize=address,undefined'
    contains "$output" ' -o build/address-undefined/common/gil/gil.o '
    run make -C "$tree" -n CC=clang SANITIZE=thread
    contains "$output" ' -o build/clang-thread/common/gil/gil.o '
}

@test "make: a missing library is one line with its package and scripts/setup" {
    mkdir "$BATS_TEST_TMPDIR/empty"
    run env PKG_CONFIG_LIBDIR="$BATS_TEST_TMPDIR/empty" make -C "$tree"
    same "$status" 2
    same "$(grep -c 'missing: ' <<<"$output")" 1
    contains "$output" libcurl4-openssl-dev
    contains "$output" 'run scripts/setup'
    run env PKG_CONFIG_LIBDIR="$BATS_TEST_TMPDIR/empty" make -C "$tree" help
    same "$status" 0
}

@test "make: help lists every target with one line each" {
    run make -s -C "$tree" help
    same "$status" 0
    for target in all demo document compare sweep report bench handouts tour \
        test grade watch student-kit grader check clean help; do
        same "$(grep -c "^make $target " <<<"$output")" 1
    done
}

@test "make: clean leaves nothing but the sources" {
    make -s -j2 -C "$tree"
    make -s -C "$tree" clean
    [ ! -e "$tree/build" ]
    run diff -r "$ROOT/common" "$tree/common"
    same "$output" ''
}
