#!/usr/bin/env bats
# SPDX-License-Identifier: MIT
#
# Exercise 06: count references. What counts is when the harness's own gone()
# is called, and how often: in every order of the steps of a few threads
# (harness/walk), and with real ones.

load helper

setup_file() {
    exercise 06_count_references
}

teardown_file() {
    close_box
}

# gone_once [-c] MODE: not before the last reference was dropped, and once then.
gone_once() {
    harness "$@" || return
    expect "$(fact early)" = 0 \
        'the number of calls of gone() while a reference was left' || return
    expect "$(fact gone)" = 1 \
        'the number of calls of gone() after the last was dropped'
}

# What is wrong with one thread, too, is not the work of another.
blames_no_other() {
    (gone_once one) >/dev/null || {
        why='It is wrong with one thread, too: no other thread is to blame.'
        hints=("${with_one[@]}")
    }
}

with_one=('A new object has one reference.'
    'Which of the drops finds that it was the last?'
    'Is an object that has gone still in a list that thread_ends() goes through?')

# always NAME STORY: the same in each of the harness's repetitions.
always() {
    local all
    all=$(fact repetitions)
    [ "$(fact "$1_early")" = 0 ] ||
        lose "$2: gone() is not called while a reference is left" \
            "it was, in $(fact "$1_early") of $all repetitions" || return
    [ "$(fact "$1_wrong")" = 0 ] ||
        lose "$2: gone() is called $3" \
            "it was called $(fact "$1_times") times (wrong in $(fact \
                "$1_wrong") of $all repetitions)"
}

run_race() {
    silent_race race || return
    silent_race owner
}

# The facts of the other run are needed again.
shaken_owner() (
    harness -c shaken_owner || return
    always meanwhile 'the owner ends while two others drop' once || return
    always orphans '4 threads at once drop 5000 objects whose owner has ended' \
        '5000 times'
)

in_every_order() {
    walk several 'in every order of the steps of 2 and 3 threads gone() is called once, after the last drop' \
        true || return
    gone_once several || return
    ! can_be_shaken || gone_once -c shaken
}

if_right() {
    only_if 'the count is not right yet with several threads' in_every_order
}

# kept
@test "[2 pts] with one thread gone() is called once, after the last drop" {
    why 'Too early is a use of freed memory, too late is a leak.'
    hints "${with_one[@]}"
    gone_once one
}

@test "[5 pts] with several threads gone() is called once, after the last drop" {
    why 'Taking a reference is a read, a sum and a write: of two at the same' \
        'time one is lost, and the object goes while it is in use.'
    hints 'Two threads may be in object_take() of the same object.' \
        'atomic_fetch_add() does the three steps in one, and returns what was.' \
        'Biased: only the owner touches its own count; all others share a second, atomic one.'
    blames_no_other
    in_every_order
}

@test "[5 pts] it is right when the owner ends first" {
    why 'What only the owner may touch, nobody can after it has ended.'
    hints 'What is in the owner'"'"'s own count when it ends? Who will ever look at it?' \
        'thread_ends() can add the own count to the shared one, and mark that it did (merged).' \
        'The owner has to find its objects for that. The thread that brings the shared count to zero with the mark set calls gone(); keep count and mark in one atomic.'
    blames_no_other
    walk owner 'in every order of the steps of 2 and 3 threads gone() is called once, after the last drop, also when the owner ends first' \
        true || return
    # What is wrong now is not in the order of the steps.
    local own_hints=
    [ -e "$BOX/unwalked" ] || {
        own_hints=1
        why 'A thread that has ended is gone, but its number, and the addresses of its' \
            'variables, are those of the next thread.'
        hints 'By what does a thread know that it is the owner?' \
            'Who has pthread_self(), or the address of that variable, when the owner has ended?' \
            'An object whose owner has ended has no owner: thread_ends() says so in the object.'
        blames_no_other
    }
    harness owner || return
    always dropped 'the owner drops all and ends' once || return
    always holding 'the owner ends, then others drop what it held' once || return
    always sharing 'the owner drops its own and ends, then another drops the last' \
        once || return
    always given 'others drop what the owner took, while it lives' once || return
    [ -e "$BOX/unwalked" ] ||
        hints=('Is there room for 5000 objects where the owner keeps those that it made?'
            "${hints[@]:0:2}")
    always orphans '4 threads at once drop 5000 objects whose owner has ended' \
        '5000 times' || return
    ! can_be_shaken || shaken_owner || return
    why 'A count that is too narrow begins again at 0.'
    hints 'How many references can the count of the others hold?'
    always crowd 'the owner ends, then another takes and drops 66,000' once ||
        return
    why 'An owner that holds none is the owner still, until the object says that it' \
        'has none.'
    hints 'What does the last drop of the owner do while others hold some?' \
        'Where does the owner count after that?' \
        'Either it goes on with its own count, also below 0, or the object has no owner any more.'
    always back 'the owner drops its own, takes one again, and drops what another took' \
        once
}

@test "[6 pts] the owner pays less than for an atomic count" {
    why 'Free-threaded Python can only be nearly as fast as with the lock' \
        'because most objects are used by one thread alone.'
    hints 'What is the fastest way to see whether I am the owner?' \
        'pthread_self() or the address of a _Thread_local variable costs no atomic.' \
        'if (owner is me) object->own++; else atomic_fetch_add(&object->shared, 1);'
    if_right || return
    costs cost || return
    expect "$(fact cost)" '<' 0.5 \
        "the number of the owner's atomic operations and locks per take, or per drop"
}

@test "[2 pts] no data race" {
    why 'The last who drops it frees it: all that others did must be behind it.'
    hints 'Does anybody but the owner read the own count?' \
        'Does anybody read the owner while the owner clears it? Make it an atomic.' \
        'memory_order_acq_rel for the drop that may be the last.'
    if_right || return
    walk race 'in every order no data race, and each mutex in the hands of who locked it' \
        run_race
}
