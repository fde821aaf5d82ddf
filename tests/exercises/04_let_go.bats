#!/usr/bin/env bats
# SPDX-License-Identifier: MIT
#
# Exercise 04: let go of the lock. The harness's interpreter looks at each call
# whether the caller holds the lock, and which threads are there at once.

load helper

setup_file() {
    exercise 04_let_go
}

teardown_file() {
    close_box
}

@test "[3 pts] every request is stored once, with its own digest" {
    why 'What is received for one request must not end up in another.'
    hints 'Is text[] the thread'"'"'s own, or shared?'
    harness all || return
    expect "$(fact right)" = "$(fact to_store)" 'the requests stored right' ||
        return
    expect "$(fact progressed)" = "$(fact to_store)" 'the calls of progress()'
}

@test "[3 pts] the interpreter's state is touched only with the lock" {
    why 'Another thread may be changing the same dict: that is what the lock is for.'
    hints 'Which functions are marked "state"?' \
        'progress() stands between the I/O and the native code, and needs the lock.' \
        'drop, receive, take; progress; drop, digest, take; store.'
    harness all || return
    expect "$(fact outside)" = 0 'the calls of state functions without the lock'
}

@test "[5 pts] all threads wait for I/O at the same time" {
    why 'Waiting needs no lock: with it, all others wait for a network they do' \
        'not use.'
    hints 'Who can run while a thread is in receive()?' \
        'python->drop() before it, python->take() after it.'
    harness all || return
    holds receiving "all $(fact threads) threads are in receive() at once"
}

@test "[5 pts] all threads compute at the same time" {
    why 'Native code that touches no Python object can use every processor:' \
        'that is how NumPy and TensorFlow do it.'
    hints 'Who can run while a thread is in digest()?' \
        'python->drop() before it, python->take() after it.'
    harness all || return
    holds digesting "all $(fact threads) threads are in digest() at once"
}

@test "[2 pts] failures are reported, and the lock is held where it should be" {
    why 'An early way out that forgets the lock breaks the next thread, not this one.'
    hints 'Which way does a request go whose receive() returned false?' \
        'Take the lock back before you look at the result.'
    harness all || return
    expect "$(fact told)" = "$(fact to_fail)" 'the failed requests reported' ||
        return
    expect "$(fact unbalanced)" = 0 \
        'drops without the lock, takes with it, returns without it: how many'
}

@test "[2 pts] ThreadSanitizer finds no race" {
    why 'Without the lock, the interpreter'"'"'s state is an ordinary variable.'
    hints 'Where does ThreadSanitizer say that the other access was?'
    harness all || return
    expect "$(fact right)" = "$(fact to_store)" 'the requests stored right' ||
        return
    silent_race race
}
