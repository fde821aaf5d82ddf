#!/usr/bin/env bats
# SPDX-License-Identifier: MIT
#
# Exercise 04: let go of the lock. The harness's interpreter looks at each call
# whether the caller holds the lock, and which threads are there at once. Races
# are looked for in every order of the steps of two threads (harness/walk).

load helper

setup_file() {
    exercise 04_let_go
}

teardown_file() {
    close_box
}

all_served() {
    harness all || return
    expect "$(fact left)" = 0 \
        'the number of requests that nobody asked next() for'
}

stored_right() {
    local why='What is received for one request must not end up in another.' hints=(
        'Is text[] the thread'"'"'s own, or shared?'
        'A static or global array exists once, for all threads.')
    harness all || return
    expect "$(fact same_text)" = 0 \
        'the number of calls with a text that another thread was using' || return
    why='serve() serves requests until there are no more.'
    hints=('When does the loop end? And does a failure end it?')
    all_served || return
    # Behind it may be what two threads share, or memory that is free.
    [ "$(fact right)" = "$(fact to_store)" ] || in_order true || return
    harness all || return
    why='Each request is received, and then either stored or reported.'
    hints=('Which way does a request go from next() to store()?'
        'Any number can be a digest, also 0.')
    expect "$(fact right)" = "$(fact to_store)" \
        'the number of requests stored right' || return
    why='Who looks on wants to know how far it is: after each request that was received.'
    hints=('When is progress() called, and for which requests?')
    expect "$(fact progressed)" = "$(fact to_store)" \
        'the number of calls of progress()'
}

in_order() {
    walk race 'in every order no data race, in the state and in the texts, and no use of memory that is free' \
        "$@"
}

run_race() {
    silent_race race
}

# kept
@test "[3 pts] every request is stored once, with its own digest" {
    stored_right
}

# kept
@test "[3 pts] the interpreter's state is touched only with the lock" {
    local first
    harness all || return
    first=$(fact outside_first)
    why 'Another thread may be changing the same dict: that is what the lock is for.'
    hints 'Which functions are marked "state"?' \
        "Where is $first called, and which drop() or take() came before?" \
        'drop, receive, take; progress; drop, digest, take; store.'
    [ "$(fact outside)" = 0 ] ||
        lose 'state functions are called only with the lock' \
            "$first was called without it ($(fact outside) such calls in all)"
}

@test "[5 pts] all threads wait for I/O at the same time" {
    why 'Waiting needs no lock: with it, all others wait for a network they do' \
        'not use.'
    hints 'Who can run while a thread is in receive()?' \
        'python->drop() before it, python->take() after it.'
    only_if 'not every request is served' all_served || return
    expect "$(fact held_receiving)" = 0 \
        'the number of calls of receive() by a thread that holds the lock' ||
        return
    why 'A lock of your own keeps the others out as well.'
    hints 'Which lock does a thread hold while it is in receive()?'
    holds receiving "all $(fact threads) threads are in receive() at once" \
        'some were kept out while others were in'
}

@test "[5 pts] all threads compute at the same time" {
    why 'Native code that touches no Python object can use every processor:' \
        'that is how NumPy and TensorFlow do it.'
    hints 'Who can run while a thread is in digest()?' \
        'python->drop() before it, python->take() after it.'
    only_if 'not every request is served' all_served || return
    expect "$(fact held_digesting)" = 0 \
        'the number of calls of digest() by a thread that holds the lock' ||
        return
    why 'A lock of your own keeps the others out as well.'
    hints 'Which lock does a thread hold while it is in digest()?' \
        'Or does it wait for something that another has to do first?'
    holds digesting "all $(fact threads) threads are in digest() at once" \
        'some were kept out while others were in'
}

# kept
@test "[2 pts] failures are reported, and the lock is held where it should be" {
    harness all || return
    why 'A request that is neither stored nor reported is lost without a word.'
    hints 'Which way does a request go whose receive() returned false?'
    expect "$(fact told)" = "$(fact to_fail)" \
        'the number of failed requests reported once' || return
    why 'A way out that forgets the lock breaks the next thread, not this one.'
    hints 'Follow both ways, with receive() true and false: drop and take must alternate.' \
        'Take the lock back before you look at the result.'
    [ "$(fact unbalanced)" = 0 ] ||
        lose 'drop() and take() alternate, and serve() returns with the lock' \
            "$(fact unbalanced_first) ($(fact unbalanced) such faults in all)"
}

# kept
@test "[2 pts] no data race" {
    why 'Without the lock, the interpreter'"'"'s state is an ordinary variable.'
    hints 'Which of the two accesses is made without the lock?'
    only_if 'not every request is stored right' stored_right || return
    in_order run_race
}
