#!/usr/bin/env bats
# SPDX-License-Identifier: MIT
#
# Exercise 05: end the convoy. The lock in every order of its steps, and its times
# in virtual time (harness/walk); a checkpoint's cost in operations. Code that
# cannot be walked is run: there the wait is told in the computing thread's turns,
# and of times by the clock only the shortest count, which a busy machine does not
# change.

load helper

setup_file() {
    exercise 05_end_convoy
}

teardown_file() {
    close_box
}

safe() {
    expect "$(fact at_once)" = 1 \
        "the most of $(fact threads) threads inside at once" || return
    expect "$(fact lost)" = 0 \
        'the number of turns lost of those counted under the lock'
}

run_safe() {
    harness together || return
    safe || return
    can_be_shaken || return 0
    harness -c shaken || return
    safe
}

run_together() {
    run_safe || return
    harness together || return # its facts, which a shaken run has replaced
    expect "$(fact none)" = 0 'the number of threads that never had the lock' ||
        return
    can_be_shaken || return 0
    harness -c late || return
    expect "$(fact handoffs)" '>' 6 'the number of hand-offs between two \
threads that compute, where one that waits is slow to wake up,'
}

run_apart() {
    harness apart >/dev/null || [ "$(fact stuck)" != 1 ] ||
        lose 'a second lock is free while others wait for the first' \
            'a thread that was alone there waited for ever' || return
    harness apart
}

run_race() {
    only_if 'the lock lets two threads in' run_safe || return
    silent_race race
}

# in_virtual_time MODE: the facts of a run with a clock that the grader turns;
# where that cannot be, of a run by the real one.
in_virtual_time() {
    walked "$1" || harness "$1"
}

exclusive() {
    walk exclusive 'in every order one thread at a time has the lock, and each gets it in the end' \
        run_together
}

apart() {
    local why='A lock is what lock_new() returned. A program may have many of them.' hints=(
        'Is all of the lock in struct lock?'
        'A static variable exists once, for all locks.') own_hints=1
    walk apart 'two locks know nothing of each other' run_apart
}

# While the I/O thread has the lock, the computing one stands still.
shut_out() {
    in_virtual_time convoy || return
    expect "$(fact computed)" = 0 \
        "the number of times (of $(fact io_rounds)) that the computing thread ran \
while the I/O thread had the lock"
}

# kept
@test "[3 pts] one thread at a time holds the lock, and each has its turns" {
    why 'A lock that lets two in is no lock, however fast.'
    hints 'A wait on a condition may return for no reason: while, not if.' \
        'A request that is set with nobody waiting: does drop wait for ever?' \
        'The thread that takes the lock clears the request; those that still wait must ask again.'
    exclusive || return
    apart || return
    hints 'A thread that is back from I/O asks for the lock. Does it also wait until it has it?' \
        'lock_take() returns only when the lock was dropped and is now this thread'"'"'s.'
    shut_out || return
    why 'A thread that computes has the lock until it sees the request.'
    hints 'Does lock_checkpoint() look at the request each time that it is called?' \
        'Who clears the request, and when?' \
        'Does the thread that waits ask again after each interval?'
    in_virtual_time two || return
    expect "$(fact none)" = 0 \
        'the number of threads (of 2 that compute for a second) that never had the lock'
}

# kept
@test "[3 pts] two computing threads change over every 5 ms, not more often" {
    only_if 'the lock lets two threads in, or hangs' exclusive || return
    in_virtual_time two || return
    why 'Two threads that compute share the lock: one of them must not keep it.'
    hints 'Does the thread that is asked see it at its next checkpoint?' \
        'Does it also lose the lock? A thread that drops it and takes it again at once nearly always wins.' \
        'Forced switching: a thread that was asked waits in lock_drop() until another has the lock.'
    expect "$(fact handoffs)" '>' "$([ -e "$BOX/unwalked" ] && echo 8 || echo 140)" \
        'the number of hand-offs in a second' || return
    why 'Each hand-off costs some 50 us and the caches: a lock that changes hands' \
        'all the time has no time left to compute.'
    hints 'Who may ask at once, and who has to wait the interval?' \
        'A thread that was made to drop the lock at a checkpoint is not back from I/O.' \
        'Let lock_checkpoint() take the lock in another way than lock_take().'
    expect "$(fact short_slice_ms)" '>' 4 \
        'the time (ms) that one has the lock (the third shortest)'
}

@test "[8 pts] a thread back from I/O gets the lock in less than 1 ms" {
    why 'An answer that takes 5 ms each time makes a server with one computing' \
        'thread 40 times as slow: the convoy.'
    hints 'What does the thread do in the 5 ms before it asks?' \
        'It could ask at once: but then see the test of two computing threads.' \
        'A thread that dropped the lock of its own accord asks at once; one that was made to drop it waits the interval first. Keep forced switching.'
    only_if 'the lock lets two threads in, or hangs' exclusive || return
    only_if 'the lock lets two threads in' shut_out || return
    [ -n "${facts[late]-}" ] || expect "$(fact short_ms)" '<' 1 \
        'the wait in ms (the third shortest)' || return
    expect "$(fact median_ms)" '<' 1 \
        'the median wait, in ms of the computing thread'"'"'s turns,' || return
    [ -z "${facts[late]-}" ] || expect "$(fact late)" '<' 3 \
        "the number of waits (of $(fact io_rounds)) of 1 ms or more" || return
}

# kept
@test "[4 pts] a checkpoint costs nearly nothing when nobody waits" {
    why 'A checkpoint is passed millions of times a second: it may cost one' \
        'relaxed load when nobody wants the lock.'
    hints 'What does lock_checkpoint() cost when nobody waits?' \
        'No mutex in it, unless a request is set.'
    costs cost || return
    expect "$(fact cost)" '<' 0.001 \
        'the number of atomic operations and locks per checkpoint (of 1,000,000)' ||
        return
    expect "$(fact waits)" = 0 \
        'the number of sleeps and waits in 1,000,000 checkpoints' || return
    why 'The I/O thread needs the lock for 0.3 ms of every 12: the rest is for the' \
        'thread that computes.'
    hints 'For how long does the computing thread wait when the I/O thread has gone?' \
        'Who wakes it, and when?'
    exclusive >/dev/null || return 0
    walked convoy || return 0
    expect "$(fact speed)" '>' 0.8 \
        'the share of its time that a thread computes beside one that does I/O'
}

# kept
@test "[2 pts] no data race" {
    why 'What was written under the lock must be seen by the next who holds it.'
    hints 'Everything in struct lock but the request belongs to the thread that has its mutex.'
    walk race 'in every order no data race, each mutex in the hands of who locked it, and no use of memory that is free' \
        run_race
}
