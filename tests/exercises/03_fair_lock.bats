#!/usr/bin/env bats
# SPDX-License-Identifier: MIT
#
# Exercise 03: a fair lock, in every order of its steps (harness/walk). Code that
# cannot be walked is run with threads of the harness, which note who holds it
# when; there "waits" means that the system says that the thread sleeps.

load helper

setup_file() {
    exercise 03_fair_lock
}

teardown_file() {
    close_box
}

counted_right() {
    expect "$(fact turns)" = "$(fact turns_right)" \
        "the number of turns counted under the lock by $(fact threads) threads" ||
        return
    expect "$(fact at_once)" = 1 'the most threads inside at once'
}

run_alone() {
    harness alone || return
    counted_right || return
    expect "$(fact sleeps)" '<' 50 \
        "the number of times it fell asleep in $(fact turns) turns"
}

# hangs MODE: as `harness`; and all its threads slept in the end. A wake-up that is
# lost now and then may do that in any run. It is for one test alone, run_lost.
hangs() {
    ! harness "$@" >/dev/null && [ "$(fact stuck)" = 1 ]
}

run_two() {
    ! hangs two ||
        lose 'a second lock is free while the first is held' \
            'lock_take() of the second waited for ever' || return
    harness two || return
    expect "$(fact walked_in)" = 0 'the number of threads that a drop of the \
second lock let into the first, which is held,'
}

run_often() {
    ! hangs often ||
        lose 'a thread that is alone takes and drops the lock 70,000 times' \
            'lock_take() waited for ever, though nobody had the lock' || return
    harness often
}

run_hands_over() {
    harness handover
}

run_exclusive() {
    hangs exclusive || { harness exclusive && counted_right; } || return
    can_be_shaken || return 0
    harness -c shaken >/dev/null || return 0
    counted_right
}

run_lost() {
    harness interrupted || return
    harness exclusive || return
    can_be_shaken || return 0
    harness -c missed || return
    harness -c shaken
}

run_again() {
    hangs again || { harness again && none_overtook; } || return
    can_be_shaken || return 0
    hangs -c late || { harness -c late && none_overtook; }
}

none_overtook() {
    expect "$(fact overtook)" = 0 "with $(fact waiters) threads asleep in take, \
the number of times (of $(fact rounds)) that the one who dropped it had it first"
}

run_in_order() {
    in_order again || return
    in_order many || return
    can_be_shaken || return 0
    in_order -c late_many
}

in_order() {
    ! hangs "$@" || return 0
    harness "$@" || return
    expect "$(fact in_order)" = "$(fact rounds)" \
        "with $(fact waiters) threads asleep in take, the number of rounds \
(of $(fact rounds)) in which all got it in the order in which they came"
}

run_sleeping() {
    ! hangs sleeping || return 0
    harness sleeping || return
    expect "$(fact asleep)" = 3 'the number of waiters asleep, of 3,' || return
    expect "$(fact woken)" '<' 3 \
        'the number of times that 3 waiters woke up in 400 ms' || return
    expect "$(fact cpu_ms)" '<' 100 \
        'CPU time (ms) that 3 waiters use in 400 ms'
}

run_race() {
    # shellcheck disable=SC2034
    local hangs=
    only_if 'the lock lets two threads in' run_exclusive || return
    # shellcheck disable=SC2034
    run_lost >/dev/null || hangs=1
    silent_race race
}

alone() {
    walk alone 'a thread that is alone takes and drops the lock without waiting' \
        run_alone
}

# What is asked about several threads needs that.
hands_over() {
    walk handover 'each thread that waits gets the lock when it is dropped' \
        run_hands_over
}

if_it_hands_over() {
    only_if 'a thread that waits does not get the lock when it is dropped' \
        hands_over
}

# kept
@test "[2 pts] a thread that is alone never waits" {
    why 'A thread that drops a lock which nobody wants has nobody to wait for.'
    hints 'Does lock_drop() wait for somebody who is not there, or just for some time?' \
        'Does the state after a drop let the next take go on?'
    alone || return
    why 'A number comes round to 0 when it has no more bits: 8 bits count to 255.'
    hints 'Which two numbers do you compare? How large does each of them become?' \
        'Are they of the same type? A number of 64 bits does not come round.'
    run_often || return
    why 'A lock is what lock_new() returned. A program may have many of them.'
    hints 'Is all of the lock in struct lock?' \
        'A static variable exists once, for all locks.'
    # shellcheck disable=SC2034
    local own_hints=1
    walk two 'two locks know nothing of each other' run_two
}

# kept
@test "[4 pts] one thread at a time holds the lock" {
    why 'A lock that lets two in is no lock, however fair.'
    hints 'A wait on a condition may return for no reason, or too late.' \
        'Look at the condition again after each wait: while, not if.' \
        'A ticket for each that comes, and a number that says whose turn it is.'
    hands_over || return
    walk exclusive 'in every order one thread at a time has the lock' \
        run_exclusive || return
    # On real threads, too. That it may hang there is for another test.
    harness few >/dev/null || return 0
    counted_right
}

@test "[5 pts] who drops the lock does not take it again before those who wait" {
    why 'The thread that drops the lock is running; those that wait must first be' \
        'woken. That is how a mutex, and how Python up to 3.1, lets one thread' \
        'have it all.'
    hints 'What does take look at: whether the lock is free, or whose turn it is?' \
        'A thread that was woken does not run yet. What does one find that comes meanwhile? The lock may already belong to the next in the queue.' \
        'take: ticket = next++; wait while ticket != serving. drop: serving++.'
    if_it_hands_over || return
    walk again 'in every order a thread that waits is before the one that drops the lock and comes again' \
        run_again
}

@test "[3 pts] those who wait get the lock in the order they came" {
    why 'Forced switching, as in CPython, gives the lock to another thread, not' \
        'to every thread: with three, one may never get it.'
    hints 'Where does a thread that comes leave its mark?' \
        'A condition does not promise to wake the one that has waited longest.' \
        'Wake all with pthread_cond_broadcast() and let each look for its own number, or let each wait on a condition of its own.'
    if_it_hands_over || return
    walk order 'in every order a thread that waits is before all that come later' \
        run_in_order || return
    why 'A queue that holds only so many loses those who come later.'
    hints 'How many threads can wait at the same time?' \
        'Is there an array, or a number that is too small to count them?' \
        'A ring that grows is copied in the order of its queue, the first to place 0.'
    walk many '70 threads that wait get the lock in the order in which they came' \
        true
}

# kept
@test "[2 pts] no wake-up is lost, whomever a signal wakes" {
    why 'A wake-up that reaches the wrong thread, which goes back to sleep, is' \
        'gone: nobody moves any more. It happens once in some thousand times.'
    hints 'pthread_cond_signal() wakes one of those who wait. Which one?' \
        'It may be one whose turn it is not.' \
        'Wake all with pthread_cond_broadcast(), or give each a condition of its own.'
    if_it_hands_over || return
    walk lost 'in every order each thread goes on in the end' \
        run_lost
}

# kept
@test "[2 pts] a thread that waits sleeps" {
    why 'A thread that asks again and again takes the processor from the one' \
        'that it waits for.'
    hints 'pthread_cond_wait() sleeps until somebody wakes it. sched_yield() and usleep() come back by themselves.'
    if_it_hands_over || return
    walk sleeps 'threads that wait sleep until they are woken' run_sleeping
}

# kept
@test "[2 pts] no data race" {
    why 'What was written under the lock must be seen by the next who holds it.'
    hints 'Everything in struct lock is read and written with its mutex held.'
    if_it_hands_over || return
    walk race 'in every order no data race, each mutex in the hands of who locked it, and no use of memory that is free' \
        run_race
}
