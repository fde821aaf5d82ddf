#!/usr/bin/env bats
# SPDX-License-Identifier: MIT
#
# The ground of virtual/: threads that the program itself schedules.

load helper

shopt -s extglob # for !(a|b): all but these

# ground ARGUMENT...: tests/virtual/ground.c, with the coroutines that this
# machine has, and once more with a system thread for each.
setup_file() {
    export ground=$BATS_FILE_TMPDIR/ground
    cd "$ROOT" || return
    local flags=(-std=c11 -D_DEFAULT_SOURCE -pthread -I. -O2 -g)
    gcc "${flags[@]}" -fsanitize=thread -c -o "$ground.o" \
        tests/virtual/memory_points.c
    gcc "${flags[@]}" -o "$ground" tests/virtual/ground.c "$ground.o" \
        "$BUILD/libcommon.a" -ldl
    gcc "${flags[@]}" -DCOROUTINE_THREADS -o "$ground-threads" \
        common/virtual/coroutine.c tests/virtual/ground.c "$ground.o" \
        "$BUILD/libcommon.a" -ldl
}

ground() {
    cd "$ROOT" || return
    run timeout -k 1 60 "$ground-threads" "$@"
    local threads=$output
    run timeout -k 1 60 "$ground" "$@"
    same "$output" "$threads"
}

@test "virtual: gil.c, unchanged: two threads hand the interval lock over" {
    ground interval
    same "$output" "10.2 ms: 1 again
15.3 ms: 2 again
20.4 ms: 1 again
25.5 ms: 2 again
30.6 ms: 1 again
35.3 ms: 2 again
all ended, 7 hand-offs, at most 1 at once"
}

@test "virtual: the four policies" {
    ground none 3
    same "$output" "all ended, 0 hand-offs, at most 3 at once"
    ground mutex 3
    same "${lines[-1]}" "all ended, 2 hand-offs, at most 1 at once"
    ground ticks 3
    same "${lines[-1]}" "all ended, 2 hand-offs, at most 1 at once"
    ground interval 16
    contains "${lines[-1]}" "at most 1 at once"
    contains "${lines[-1]}" "all ended"
}

@test "virtual: what POSIX and C11 threads offer, and a deadlock is seen" {
    ground calls
    same "${#lines[@]}" 3
    contains "${lines[0]}" "1 unlocks a mutex that nobody has locked"
    contains "${lines[1]}" "1 waits for a lock that it has itself"
    same "${lines[2]}" stuck
}

@test "virtual: a thread that is alone does not pass the limit of time" {
    ground limit
    same "$output" \
        "gil-labs: more virtual time than the limit, after 1 virtual ms"
}

@test "virtual: an access to memory is a point, with its line" {
    command -v addr2line >/dev/null || skip "addr2line is missing"
    ground memory
    same "${#lines[@]}" 5
    same "${lines[1]}" \
        "1: 24, 4 bytes, order 5, tests/virtual/memory_points.c:16"
    same "${lines[2]}" \
        "1: 23, 4 bytes, order 3, tests/virtual/memory_points.c:17"
}

# Only where a compiler for 32 bits is installed (Debian: gcc-multilib).
@test "virtual: the same nanoseconds with 32 and with 64 bits" {
    cd "$ROOT" || return
    local flags=(-std=c11 -D_POSIX_C_SOURCE=200809L -pthread "-I$ROOT")
    local folder=$BATS_TEST_TMPDIR
    local names=(-include common/virtual/names.h -fsanitize=thread)
    printf '%s\n' '#include <errno.h>' 'int main(void) { return errno; }' \
        >"$folder/probe.c"
    gcc -m32 "${flags[@]}" -o "$folder/probe" "$folder/probe.c" 2>/dev/null ||
        skip 'not measured: gcc -m32 does not work here'
    # All are for 32 bits, too; those that the clock stands on are run.
    local clock='threads|coroutine|locks|gates|calls|memory|heap|place|machine'
    clock+='|processors|additions|events'
    gcc -m32 "${flags[@]}" -fsyntax-only common/virtual/!($clock).c
    (cd "$folder" && gcc -m32 "${flags[@]}" "${names[@]}" -c "$ROOT"/common/gil/*.c)
    gcc -m32 "${flags[@]}" -o "$folder/clock32" tests/virtual/clock.c \
        "$folder"/*.o common/virtual/@($clock).c \
        common/base/*.c -ldl
    gcc "${flags[@]}" -o "$folder/clock64" tests/virtual/clock.c \
        "$BUILD/libcommon.a" -ldl
    "$folder/clock32" >"$folder/32"
    "$folder/clock64" >"$folder/64"
    within "$(wc -l <"$folder/64")" 1000 1000000
    cmp "$folder/32" "$folder/64"
}

@test "virtual: with ThreadSanitizer no use of memory is seen, which is known" {
    cd "$ROOT" || return
    local probe=$BATS_TEST_TMPDIR/probe
    printf '%s\n' '#include <stdio.h>' '#include "common/virtual/threads.h"' \
        'int main(void) { printf("%d\n", virtual_sees_memory()); }' >"$probe.c"
    local flags=(-std=c11 -D_POSIX_C_SOURCE=200809L -pthread -I.)
    gcc "${flags[@]}" -o "$probe" "$probe.c" "$BUILD/libcommon.a" -ldl
    same "$("$probe")" 1
    gcc "${flags[@]}" -fsanitize=thread -o "$probe" "$probe.c" \
        common/virtual/memory.c 2>/dev/null ||
        skip 'not measured: gcc has no ThreadSanitizer for this processor'
    run setarch -R "$probe"
    [ "$status" = 0 ] || skip 'not measured: ThreadSanitizer does not run here'
    same "$output" 0
}
