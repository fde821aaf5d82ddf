#!/usr/bin/env bats
# SPDX-License-Identifier: MIT
#
# Exercise 06: count references. What counts is when the harness's own gone()
# is called, and how often.

load helper

setup_file() {
    exercise 06_count_references
}

teardown_file() {
    close_box
}

# gone_once [NAME]: not before the last reference was dropped, and once then.
gone_once() {
    local which=${1:+${1}_}
    [ "$(fact "${which}early")" = nothing ] ||
        expect "$(fact "${which}early")" = 0 \
            'the calls of gone() while a reference was left' || return
    expect "$(fact "${which}gone")" = 1 \
        'the calls of gone() after the last was dropped'
}

@test "[2 pts] with one thread gone() is called once, after the last drop" {
    why 'Too early is a use of freed memory, too late is a leak.'
    hints 'A new object has one reference.' \
        'Which of the drops finds that it was the last?'
    harness one || return
    gone_once
}

@test "[5 pts] with several threads gone() is called once, after the last drop" {
    why 'Taking a reference is a read, a sum and a write: of two at the same' \
        'time one is lost, and the object goes while it is in use.'
    hints 'Two threads may be in object_take() of the same object.' \
        'atomic_fetch_add() does the three steps in one, and returns what was.' \
        'Biased: only the owner touches its own count; all others share a second, atomic one.'
    harness several || return
    gone_once
}

@test "[5 pts] it is right when the owner ends first" {
    why 'What only the owner may touch, nobody can after it has ended.'
    hints 'What is in the owner'"'"'s own count when it ends? Who will ever look at it?' \
        'thread_ends() can add the own count to the shared one, and mark that it did (merged).' \
        'The owner needs a list of its objects for that. Who brings the shared count to zero with the mark set calls gone(); keep count and mark in one atomic.'
    harness owner || return
    gone_once holding || return
    gone_once dropped || return
    gone_once sharing || return
    gone_once given || return
    expect "$(fact orphans_gone)" = 1000 \
        'calls of gone() for 1000 objects whose owner had ended'
}

@test "[6 pts] the owner pays less than for an atomic count" {
    why 'Free-threaded Python can only be nearly as fast as with the lock' \
        'because most objects are used by one thread alone.'
    hints 'What is the fastest way to see whether I am the owner?' \
        'pthread_self() or the address of a _Thread_local variable costs no atomic.' \
        'if (owner is me) object->own++; else atomic_fetch_add(&object->shared, 1);'
    # A count that is fast and wrong earns nothing here.
    harness several || return
    gone_once || return
    costs cost || return
    expect "$(fact cost)" '<' 0.5 \
        "the owner's atomic operations and locks, each time it takes or drops,"
}

@test "[2 pts] ThreadSanitizer finds no race" {
    why 'The last who drops it frees it: all that others did must be behind it.'
    hints 'Does anybody but the owner read the own count?' \
        'Does anybody read the owner while the owner clears it? Make it an atomic.' \
        'memory_order_acq_rel for the drop that may be the last.'
    harness several || return
    gone_once || return
    silent_race race || return
    silent_race owner
}
