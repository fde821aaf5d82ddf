#!/usr/bin/env bats
# SPDX-License-Identifier: MIT
#
# Exercise 05: end the convoy. The wait is told in the computing thread's turns,
# a checkpoint's cost in operations; of times by the clock, only the shortest
# count, which a busy machine does not change.

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

together() {
    harness together || return
    safe || return
    expect "$(fact none)" = 0 'the number of threads that never had the lock'
}

# While the I/O thread has the lock, the computing one stands still.
shut_out() {
    harness convoy || return
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
    together || return
    hints 'A thread that is back from I/O asks for the lock. Does it also wait until it has it?' \
        'lock_take() returns only when the lock was dropped and is now this thread'"'"'s.'
    shut_out
}

# kept
@test "[3 pts] two computing threads change over each 5 ms, not more often" {
    why 'Each hand-off costs some 50 us and the caches: a lock that changes hands' \
        'all the time has no time left to compute.'
    hints 'Who may ask at once, and who has to wait the interval?' \
        'A thread that was made to drop the lock at a checkpoint is not back from I/O.' \
        'Let lock_checkpoint() take the lock in another way than lock_take().'
    harness two || return
    only_if 'the lock lets two threads in' safe || return
    expect "$(fact handoffs)" '>' 8 'the number of hand-offs in a second' ||
        return
    expect "$(fact short_slice_ms)" '>' 4 \
        'the time (ms) that one has the lock (the third shortest)'
}

@test "[8 pts] a thread back from I/O gets the lock in less than 1 ms" {
    why 'An answer that takes 5 ms each time makes a server with one computing' \
        'thread 40 times as slow: the convoy.'
    hints 'What does the thread do in the 5 ms before it asks?' \
        'It could ask at once: but then see the test of two computing threads.' \
        'A thread that dropped the lock of its own accord asks at once; one that was made to drop it waits the interval first. Keep forced switching.'
    only_if 'the lock lets two threads in' shut_out || return
    expect "$(fact short_ms)" '<' 1 'the wait in ms (the third shortest)' ||
        return
    expect "$(fact median_ms)" '<' 1 \
        'the median wait, in ms of the computing thread'"'"'s turns,'
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
        'the number of sleeps and waits in 1,000,000 checkpoints'
}

# kept
@test "[2 pts] ThreadSanitizer finds no race" {
    why 'What was written under the lock must be seen by the next who holds it.'
    hints 'Everything in struct lock but the request belongs to the thread that has its mutex.'
    only_if 'the lock lets two threads in' together || return
    silent_race together
}
