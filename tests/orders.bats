#!/usr/bin/env bats
# SPDX-License-Identifier: MIT
#
# Every order: what a walk finds in locks that are not the kit's, and that it
# finds nothing in right ones.

load helper

compiled=(-std=c11 -D_DEFAULT_SOURCE -pthread -I. -O1 -g)

setup_file() {
    local name
    cd "$ROOT" || return
    for name in add_up fair_lock policies; do
        gcc "${compiled[@]}" -c -o "$BATS_FILE_TMPDIR/$name.o" \
            "tests/orders/$name.c" || return
    done
}

# A test's own: others may run at the same time.
setup() {
    walked=$BATS_TEST_TMPDIR
}

# build NAME [FILE]...: tests/orders/NAME.c, which is compiled already.
build() {
    cd "$ROOT" || return
    gcc -pthread -o "$walked/$1" "$BATS_FILE_TMPDIR/$1.o" "${@:2}" \
        "$BUILD/libcommon.a" -ljansson -ldl
}

# matches TEXT PATTERN, a regular expression.
matches() {
    [[ $1 =~ $2 ]] && return
    printf 'got:         %s\ndoes not match %s\n' "$1" "$2"
    return 1
}

# walk_exercise HARNESS FILE THREADS PREEMPTIONS: the answer to an exercise.
walk_exercise() {
    cd "$ROOT" || return
    gcc "${compiled[@]}" -include common/virtual/names.h -fsanitize=thread \
        -Dmain=its_main -c -o "$walked/answer.o" "$2"
    build "$1" "$walked/answer.o"
    run timeout -k 1 60 "$walked/$1" "$3" "$4"
}

# walk_lock FILE THREADS PREEMPTIONS: exercise 03's lock in FILE.
walk_lock() {
    walk_exercise fair_lock "$@"
}

wrong=tests/exercises/wrong/03_fair_lock

@test "orders: a right lock is right in all orders of 3 threads" {
    walk_lock tests/exercises/solutions/03_fair_lock.c 3 1
    same "$status" 0
    same "$output" "right in 600 orders, 423 walked"
}

# Not those with a static mutex, which an order that is cut short leaves locked,
# and not those with thread-specific data.
@test "orders: right answers to exercises 02 and 03 are right in all orders" {
    walk_lock tests/exercises/right/03_fair_lock/condition_each.c 3 1
    same "$status" 0
    contains "$output" "right in "
    local answers=tests/exercises/right/02_count_right answer
    for answer in tests/exercises/solutions/02_count_right.c \
        $answers/{c11_threads,every_nth,pieces_of_1024,queue_under_a_mutex}.c; do
        walk_exercise add_up "$answer" 3 2
        same "$status" 0
        contains "$output" "right in "
    done
}

@test "orders: two threads count with a load and a store: the sum is wrong" {
    walk_exercise add_up labs/exercises/02_count_right.c 2 1
    same "$status" 1
    matches "${lines[0]}" '^the sum is [0-9]+, not 7$'
}

@test "orders: a mutex is overtaken, in the shortest order: 7 steps" {
    walk_lock labs/exercises/03_fair_lock.c 2 2
    same "$status" 1
    same "${#lines[@]}" 9
    same "${lines[0]}" \
        "thread 1 has the lock before thread 2, which waited when it came"
    same "${lines[4]}" "  3                comes"
    contains "${lines[1]}" "thread 2      03_fair_lock.c"
    matches "${lines[8]}" '^  7  locks +[0-9]+  pthread_mutex_lock'
}

@test "orders: a drop that waits for anybody stands still, even alone" {
    walk_lock "$wrong/drop_waits_for_anybody.c" 1 0
    same "$status" 1
    contains "${lines[0]}" \
        "nobody can go on: thread 1 waits for a signal that nobody sends"
}

@test "orders: if for while, last come first, signal for broadcast" {
    walk_lock "$wrong/if_for_while.c" 2 1
    same "$status" 1
    contains "${lines[0]}" "before thread 2, which waited"
    walk_lock "$wrong/last_come_first.c" 3 1
    same "$status" 1
    contains "${lines[0]}" "before thread 2, which waited"
    walk_lock "$wrong/signal_for_broadcast.c" 3 1
    same "$status" 1
    contains "${lines[0]}" "nobody can go on"
    contains "$output" "wakes 3 "
}

@test "orders: a thread that spins is found out" {
    walk_lock "$wrong/spins.c" 2 1
    same "$status" 1
    matches "${lines[0]}" '^thread 2 looks again and again, .*spins.c:[0-9]+$'
}

# policies LOCK THREADS ROUNDS PREEMPTIONS TIME_OUTS SPURIOUS
policies() {
    run timeout -k 1 60 "$walked/policies" "$@"
}

@test "orders: the four policies keep what they promise, alone and in company" {
    build policies
    for lock in none mutex ticks interval; do
        policies $lock 1 2 0 0 0
        same "$output" "$lock: 1 orders, 1 walked"
    done
    policies none 2 2 2 0 0
    same "$output" "none: 26 orders, 26 walked"
    policies mutex 2 2 2 0 0
    same "$output" "mutex: 26 orders, 26 walked"
    policies ticks 2 2 2 0 1
    same "$output" "ticks: 714 orders, 544 walked"
    policies interval 2 2 2 0 0
    same "$output" "interval: 62 orders, 46 walked"
    policies interval 2 2 2 2 1
    same "$status" 0
    policies interval 3 1 2 1 0
    same "$status" 0
}

@test "orders: as many are counted as there are when each is walked" {
    build policies
    for bounds in "ticks 2 2 2 0 1" "interval 2 2 2 2 0" "interval 3 1 1 1 0"; do
        read -ra bounds <<<"$bounds"
        policies "${bounds[@]}"
        local counted=${output%%,*}
        NO_REDUCTION=1 policies "${bounds[@]}"
        same "${output%%,*}" "$counted"
        same "$output" "$counted, ${counted//[^0-9]/} walked"
    done
}

@test "orders: each mistake made in the lock's own code is found, the shortest" {
    run timeout -k 1 300 "$ROOT/tests/orders/mistakes"
    same "$status" 0
    same "$(awk 'match($0, / [0-9]+ steps,/) && substr($0, RSTART) + 0 > 30' \
        <<<"$output")" ""
    contains "$output" "brute force: no shorter order for 30 of them"
    matches "${lines[-1]}" '^47 of 47 found in'
}
