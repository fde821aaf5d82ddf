#!/usr/bin/env bats
# SPDX-License-Identifier: MIT
#
# Exercise 03: a fair lock. The harness's threads note who holds it when; what
# "waits" means is that the system says that the thread sleeps.

load helper

setup_file() {
    exercise 03_fair_lock
}

teardown_file() {
    close_box
}

counted_right() {
    expect "$(fact turns)" = "$(fact turns_right)" \
        "the turns counted under the lock by $(fact threads) threads" || return
    expect "$(fact at_once)" = 1 'the most threads inside at once'
}

@test "[2 pts] a thread that is alone never waits" {
    why 'Who drops a lock that nobody wants has nobody to wait for.'
    hints 'Does lock_drop() wait for somebody who is not there?' \
        'Does the state after a drop let the next take go on?'
    harness alone || return
    counted_right
}

@test "[4 pts] one thread at a time holds the lock" {
    why 'A lock that lets two in is no lock, however fair.'
    hints 'A wait on a condition may return for no reason, or too late. (If it stands still: a wake-up was lost.)' \
        'Look at the condition again after each wait: while, not if.' \
        'A ticket for each that comes, and a number that says whose turn it is.'
    harness exclusive || return
    counted_right
}

@test "[5 pts] who drops the lock does not take it again before those who wait" {
    why 'The one who drops is running; who waits must first be woken. That is' \
        'how a mutex, and how Python up to 3.1, lets one thread have it all.'
    hints 'What does take look at: whether the lock is free, or whose turn it is?' \
        'A lock that is dropped may already belong to the next in the queue.' \
        'take: ticket = next++; wait while ticket != serving. drop: serving++.'
    harness again || return
    expect "$(fact overtook)" = 0 "with $(fact waiters) asleep in take, the times \
of $(fact rounds) that the one who dropped it had it first"
}

@test "[3 pts] those who wait get the lock in the order they came" {
    why 'Forced switching, as in CPython, gives the lock to another thread, not' \
        'to every thread: with three, one may never get it.'
    hints 'Where does a thread that comes leave its mark?' \
        'A condition does not promise to wake the one that has waited longest.' \
        'Wake all with pthread_cond_broadcast(); let each look for its own number.'
    harness again || return
    expect "$(fact in_order)" = "$(fact rounds)" \
        "the rounds of $(fact rounds) in which all came in order"
}

@test "[2 pts] no wake-up is lost, whomever a signal wakes" {
    why 'A wake-up that reaches the wrong thread, which goes back to sleep, is' \
        'gone: nobody moves any more. It happens once in some thousand times.'
    hints 'pthread_cond_signal() wakes one of those who wait. Which one?' \
        'It may be one whose turn it is not.' \
        'Wake all with pthread_cond_broadcast(), or give each a condition of its own.'
    harness interrupted
}

@test "[2 pts] who waits sleeps" {
    why 'A thread that asks again and again takes the processor from the one' \
        'that it waits for.'
    hints 'pthread_cond_wait() sleeps; sched_yield() does not.'
    harness sleeping || return
    expect "$(fact asleep)" = 3 'the waiters asleep, of 3' || return
    expect "$(fact cpu_ms)" '<' 100 \
        'CPU time (ms) that 3 waiters use in 400 ms'
}

@test "[2 pts] ThreadSanitizer finds no race" {
    why 'What was written under the lock must be seen by the next who holds it.'
    hints 'Everything in struct lock is read and written with its mutex held.'
    harness exclusive || return
    counted_right || return
    silent_race exclusive || return
    counted_right
}
