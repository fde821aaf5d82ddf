#!/usr/bin/env bats
# SPDX-License-Identifier: MIT
#
# Exercise 02: count right. All is counted in the harness's own value(), and in
# every order of the steps of a few threads (harness/walk).

load helper

setup_file() {
    exercise 02_count_right
}

teardown_file() {
    close_box
}

# each_once MODE: each value is asked for exactly once.
each_once() {
    harness "$1" || return
    with="$(fact threads) threads and $(fact count) values"
    whole_range
}

# right_sum MODE: so it is, and the sum is right.
right_sum() {
    local with
    each_once "$1" || return
    [ "$(fact got)" != "$(fact right)" ] || return 0
    [ "$1" = one ] || blames_no_other
    expect "$(fact got)" = "$(fact right)" "with $with, the sum"
}

# What is wrong with one thread, too, is not the work of another. The facts of the
# other run stay in the subshell.
blames_no_other() {
    (right_sum one) >/dev/null || {
        why='It is wrong with one thread, too: no other thread is to blame.'
        hints=('Which type has the sum? Which types has it on its way?'
            'The sum is modulo 2^64: uint64_t does that, and no smaller type and no double.')
    }
}

# What belongs to nobody, or to two threads, is no lost update: said as it is.
whole_range() {
    local why='Each value belongs to one thread. A value that belongs to nobody is
not in the sum; a value that belongs to two is there twice.' hints=(
        'Which values does each thread ask for? Write the parts of 3 threads and 11 values on paper.'
        'count / threads rounds down, and count - 1 is huge when count is 0.'
        'from = count * i / threads and to = count * (i + 1) / threads fit together.')
    [ "$(fact outside)" = nothing ] ||
        lose "with $with, only values below $(fact count) are asked for" \
            "value($(fact outside)) was asked for" || return
    [ "$(fact never)" = 0 ] ||
        lose "with $with, each value is asked for" \
            "never asked for: $(values never)" || return
    hints[1]='Is value() called again where an addition is tried again? Call it once, before.'
    [ "$(fact again)" = 0 ] ||
        lose "with $with, each value is asked for once" \
            "asked for more than once: $(values again)"
}

# values never|again: which.
values() {
    echo "value($(fact "$1_first"))$([ "$(fact "$1")" = 1 ] ||
        echo " and $(($(fact "$1") - 1)) more")"
}

run_stopped() {
    harness stopped || return
    right_where_stopped || return
    can_be_shaken || return 0
    harness -c shaken || return
    right_where_stopped
}

right_where_stopped() {
    expect "$(fact stopped_got)" = "$(fact stopped_right)" \
        'the sum when threads are stopped anywhere'
}

run_race() {
    silent_race race
}

# in_every_order: what is asked about several threads needs that.
in_every_order() {
    local with why=${why-} hints=("${hints[@]}")
    each_once several || return
    blames_no_other
    walk sum 'in every order of the steps of 2 and 3 threads the sum is right' \
        run_stopped || return
    right_sum several
}

if_right() {
    only_if 'the sum is not right yet' in_every_order
}

@test "[5 pts] the sum is right with several threads" {
    why 'An addition is a read, a sum and a write. Another thread may write' \
        'between the read and the write: its addition is lost.'
    hints 'Which line of add_part() has the read, which the write? What may run between them?' \
        'value() runs between the read and the write: all threads can be there at once.' \
        'Give each thread a sum of its own in struct part; add these up after the joins.'
    in_every_order || return
    why 'The number of threads is not known before the program runs.'
    hints 'How many threads have room in your arrays?' \
        'An array of a fixed size is too small for somebody.' \
        'allocate(threads, sizeof *part) makes room for as many as there are.'
    right_sum many
}

# kept
@test "[2 pts] the sum is right with one thread" {
    why 'What is right for many must be right for one.'
    hints 'Try it: build/exercises/02_count_right --tasks 1' \
        'Which type has the sum? It is modulo 2^64: uint64_t does that.'
    right_sum one || return
    why 'add_up() may be called again: what is left of the last call is not part of' \
        'the next sum.'
    hints 'What is in your total when add_up() begins?' \
        'A static variable is zero once, when the program begins.'
    expect "$(fact second)" = "$(fact right)" 'the sum of a second call' ||
        return
    why 'A thread that was started runs when it likes: before what comes next in' \
        'add_up(), or after it.'
    hints 'What does the thread read, and does add_up() change it meanwhile?' \
        'A pointer to the loop variable is the same for all threads, and changes.' \
        'Give each thread a struct of its own, and join it before you read what is in there.'
    walk one 'in every order of its steps one thread finds the right sum' true
}

@test "[3 pts] the sum is right when the values do not divide evenly" {
    # An array that is too small was found before.
    local divides=1
    if_right || return
    right_sum uneven || return
    right_sum few || return
    right_sum none
}

@test "[5 pts] all threads ask for their values at the same time" {
    why 'A lock around all of the work makes it right, and as slow as one thread:' \
        'that is the interpreter lock.'
    hints 'What does a thread hold while it is in value()?' \
        'Call value() first; only what is shared needs a lock.' \
        'With a sum of its own a thread needs no lock at all until its end.'
    if_right || return
    local with
    each_once together || return
    holds met "all $(fact threads) threads are in value() at once" \
        'some were kept out while others were in' || return
    # An array that is too small has lost its point already.
    (right_sum many) >/dev/null || return 0
    why 'The number of threads is the one that add_up() is given.'
    hints 'How many threads do you start for that many? Is there a smaller number somewhere?' \
        'An array of a fixed size has room for so many only: allocate() makes room for all.'
    harness crowd || return
    holds met "all $(fact threads) threads are in value() at once" \
        'some of them never came'
}

@test "[3 pts] adding costs little more than one thread pays" {
    why 'A shared total moves from one processor to the other at each addition.' \
        'That costs more than the addition, with a lock or with an atomic.'
    hints 'How many times does each thread touch something that is shared?' \
        'Once per thread is enough.' \
        'Add into a local variable; write it to the shared place once, at the end.'
    if_right || return
    costs cost || return
    [ "$(fact wrong)" = nothing ] || lose 'the sum is right' 'a wrong one' ||
        return
    expect "$(fact cost)" '<' 0.1 \
        'the number of atomic operations and locks per value (4 threads, 100,000 values)' ||
        return
    expect "$(fact waits)" '<' 0.1 'the number of waits per value'
}

@test "[2 pts] no data race" {
    why 'A data race is undefined behaviour: the compiler may assume there is none.'
    hints 'Which two threads may touch that variable at the same moment?' \
        'volatile does not help: it says nothing about other threads.'
    if_right || return
    walk race 'in every order no data race, and each mutex in the hands of who locked it' \
        run_race
}
