#!/usr/bin/env bats
# SPDX-License-Identifier: MIT
#
# Exercise 02: count right. All is counted in the harness's own value().

load helper

setup_file() {
    exercise 02_count_right
}

teardown_file() {
    close_box
}

# right_sum MODE: the sum, and that each value was asked for exactly once.
right_sum() {
    harness "$1" || return
    expect "$(fact got)" = "$(fact right)" \
        "the sum with $(fact threads) threads and $(fact count) values" || return
    expect "$(fact asked_once)" = "$(fact count)" \
        'the number of values asked for exactly once' || return
    expect "$(fact asked_outside)" = 0 'the number of values outside the count'
}

@test "[5 pts] the sum is right with several threads" {
    why 'An addition is a read, a sum and a write. Between a read and its write' \
        'another thread may write: its addition is lost.'
    hints 'Which line of add_part() has the read, which the write? What may run between them?' \
        'value() runs between the read and the write: all threads can be there at once.' \
        'Give each thread a sum of its own in struct part; add these up after the joins.'
    right_sum parallel || return
    harness stopped || return
    expect "$(fact stopped_got)" = "$(fact stopped_right)" \
        'the sum when threads are stopped anywhere'
}

@test "[2 pts] the sum is right with one thread" {
    why 'What is right for many must be right for one.'
    hints 'Try it: build/exercises/02_count_right --tasks 1'
    right_sum one
}

@test "[3 pts] the sum is right when the values do not divide evenly" {
    why 'count / threads rounds down: the last values belong to nobody.'
    hints 'What are the parts of 3 threads and 11 values?' \
        'count / threads * i is not count * i / threads.' \
        'from = count * i / threads and to = count * (i + 1) / threads fit together.'
    right_sum remainder || return
    right_sum few
}

@test "[5 pts] all threads ask for their values at the same time" {
    why 'A lock around all of the work makes it right, and as slow as one thread:' \
        'that is the interpreter lock.'
    hints 'What does a thread hold while it is in value()?' \
        'Call value() first; only what is shared needs a lock.' \
        'With a sum of its own a thread needs no lock at all until its end.'
    harness parallel || return
    expect "$(fact got)" = "$(fact right)" 'the sum' || return
    holds met "all $(fact threads) threads are in value() at once"
}

@test "[3 pts] adding costs little more than one thread pays" {
    why 'A shared total goes from one processor to the other at each addition.' \
        'That costs more than the addition, with a lock or with an atomic.'
    hints 'How many times does each thread touch something that is shared?' \
        'Once a thread is enough.' \
        'Add into a local variable; write it to the shared place once, at the end.'
    # A sum that is cheap and wrong earns nothing here.
    right_sum parallel || return
    costs cost || return
    [ "$(fact wrong)" = nothing ] || lose 'the sum is right' 'a wrong one' ||
        return
    expect "$(fact cost)" '<' 0.1 \
        'atomic operations and locks a value (4 threads, 100,000 values)' ||
        return
    expect "$(fact waits)" '<' 0.1 'waits a value'
}

@test "[2 pts] ThreadSanitizer finds no race" {
    why 'A data race is undefined behaviour: the compiler may assume there is none.'
    hints 'volatile is no help: it says nothing about other threads.'
    harness parallel || return
    expect "$(fact got)" = "$(fact right)" 'the sum' || return
    silent_race race
}
