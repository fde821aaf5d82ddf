#!/usr/bin/env bats
# SPDX-License-Identifier: MIT

load helper

# of WAY FIELD: a figure of the run that counted that way.
of() {
    figure ".runs[] | select(.counting == \"$1\") | .$2"
}

# right WAY: freed once, no reference left.
right() {
    same "$(of "$1" right)" true || return
    same "$(of "$1" final)" "$(of "$1" expected)" || return
    same "$(of "$1" freed)" 1
}

@test "09: two threads: plain counting is wrong, the others are right" {
    lab 09_refcount --json
    same "$status" 0
    same "$stderr" ''
    same "$(figure '[.runs[].counting] | join(" ")')" 'plain lock atomic biased'
    same "$(figure '[.runs[].name] | unique | join(" ")')" threads
    same "$(of plain right)" false
    right lock
    right atomic
    right biased
    same "$(of lock lock)" interval
    same "$(of lock at_once)" 1
    within "$(of lock handoffs)" 1 100000000
    same "$(of atomic at_once)" 2
}

@test "09: on one processor too" {
    command -v taskset >/dev/null || skip 'no taskset here'
    local one
    one=$(taskset -cp $$ | sed 's/.*: //; s/[-,].*//')
    run --separate-stderr taskset -c "$one" \
        "$BUILD/09_refcount" --json --count 3000000
    same "$status" 0
    same "$(figure .cpus)" 1
    same "$(of plain right)" false
    right lock
    right atomic
    right biased
}

@test "09: one thread: plain counting is right" {
    lab 09_refcount --json --tasks 1 --count 1000000
    same "$status" 0
    right plain
    right lock
    right atomic
    right biased
}

@test "09: the owner ends first: the last of the others frees the object" {
    lab 09_refcount --json --counting biased --owner first --count 100000
    same "$status" 0
    right biased
    lab 09_refcount --json --counting biased --owner first --count 10000 -t 8
    same "$status" 0
    right biased
}

@test "09: the owner ends last: it frees the object" {
    lab 09_refcount --json --counting biased --owner last --count 100000
    same "$status" 0
    right biased
    lab 09_refcount --json --counting biased --owner last --count 10000 -t 8
    same "$status" 0
    right biased
}

@test "09: the merge is right whenever it comes" {
    local count
    for count in 1 2 10 100 1000 10000 1 2 10 100 1000 10000; do
        lab 09_refcount --json --counting biased --count "$count" -t 4
        same "$status" 0
        right biased
    done
}

@test "09: many threads, a few turns" {
    lab 09_refcount --json --tasks 50 --count 2000
    same "$status" 0
    same "$(of plain right)" false
    right lock
    right atomic
    right biased
}

@test "09: what an operation costs is in the JSON" {
    lab 09_refcount --json --count 1000
    local way
    for way in plain lock atomic biased; do
        within "$(of $way ns_per_op)" 0.001 1000000
        within "$(of $way ns_alone)" 0.001 1000
        within "$(of $way ratio)" 0.001 1000000
        within "$(of $way ratio_alone)" 0.001 1000
    done
    within "$(of plain ratio_alone)" 1 1
    within "$(of biased ns_alone_other)" 0.001 1000
}

@test "09: counting plainly costs less than an atomic addition" {
    lab 09_refcount --json --count 1000
    within "$(of atomic ratio_alone)" 1.2 1000
    within "$(figure '[.runs[] | select(.counting == "biased")][0] |
                      .ns_alone_other / .ns_alone')" 1.2 1000
}

@test "09: an object of its own for each task: all ways are right" {
    lab 09_refcount --json --object own --count 100000 --tasks 3 --rounds 2
    same "$status" 0
    same "$(figure '[.runs[].right] | unique | join(" ")')" true
    same "$(figure '[.runs[].freed] | unique | join(" ")')" 3
    same "$(figure '[.runs[].final] | unique | join(" ")')" 0
}

@test "09: an immortal object is not counted and not freed" {
    lab 09_refcount --json --object immortal --count 100000 --rounds 2
    same "$status" 0
    same "$(figure '[.runs[].right] | unique | join(" ")')" true
    same "$(figure '[.runs[].freed] | unique | join(" ")')" 0
    same "$(figure '[.runs[].final] | unique | join(" ")')" 2
}

@test "09: one way alone" {
    lab 09_refcount --json --counting atomic --count 100000
    same "$status" 0
    same "$(figure '[.runs[].counting] | join(" ")')" atomic
    right atomic
}

@test "09: people see what was counted and what it cost" {
    lab 09_refcount --count 100000
    same "$status" 0
    contains "$output" '0 references left, freed 1 time: right'
    contains "$output" 'not owner'
    same "$(grep -c '.\{81\}' <<<"$output")" 0
}

@test "09: what it does not accept it says in one line" {
    lab 09_refcount --counting twice
    failed 2 "--counting: 'twice' is not plain, lock, atomic or biased"
    lab 09_refcount --object mine
    failed 2 "--object: 'mine' is not shared, own or immortal"
    lab 09_refcount --owner never
    failed 2 "--owner: 'never' is not any, first or last"
    lab 09_refcount --seconds 1
    failed 2 "unknown option '--seconds'"
}
