#!/usr/bin/env bats
# SPDX-License-Identifier: MIT
#
# Exercise 01: overlap the downloads. What was downloaded, and how many at once,
# is what the grader's own server saw; the sizes are new each time.

load helper

setup_file() {
    exercise 01_overlap_downloads
}

teardown_file() {
    close_box
}

# serve N [QUERY]: the grader's server; N addresses of random size in $urls, each
# with that query (common/net/server.h), what the program must print for them in
# $lines.
serve() {
    local i
    [ -z "${GRADE_NO_NET-}" ] || skip "not measured: $GRADE_NO_NET"
    compiled || return
    serve_downloads --rate unlimited
    [ -n "$SERVER" ] || skip "not measured: the grader's server does not start"
    RANDOM=$((GRADE_SEED % 32768))
    urls=() lines=() sizes=()
    for ((i = 1; i <= $1; i++)); do
        sizes+=($((200000 + RANDOM * 3)))
        urls+=("$SERVER/bytes/${sizes[-1]}?${2-}")
        lines+=("download $i: ${sizes[-1]} bytes")
    done
}

# download [-t]: the student's program downloads them all. Without -t its joins
# are counted, and the call FAIL fails.
download() {
    local under=()
    rm -f "$BOX/box/left" "$BOX/box/wrong_joins"
    [ $# = 1 ] || under=(env "LD_PRELOAD=$KIT/fail_call.so" "FAIL_CALL=${FAIL-}"
        "LEFT_THREADS=$INSIDE/left" "WRONG_JOINS=$INSIDE/wrong_joins")
    program "$@" "${urls[@]}"
    stop_serving
    [ -n "$served" ] || skip "not measured: the grader's server has died"
}

total() {
    local size sum=0
    for size in "$@"; do sum=$((sum + size)); done
    echo "total: $sum bytes"
}

ended() {
    local why=${why-} hints=("${hints[@]}")
    [ "$status" != "$1" ] || return 0
    ((status < 124)) || fits_ending "$status"
    lose "with ${#urls[@]} addresses, exit status $1" \
        "$(how_ended "$status" "$(seconds_left)")"
}

# what_was_counted NAME: as fail_call.so has left it; nothing if it was not asked.
# A program may have left a link there, or a pipe that nobody writes to.
what_was_counted() {
    [ -f "$BOX/box/$1" ] && [ ! -L "$BOX/box/$1" ] && head -c 20 "$BOX/box/$1"
}

# joined_once: each call of pthread_join() was for a thread that could be joined.
joined_once() {
    local why='pthread_join() ends what is left of a thread: there is nothing to join after it, nor where no thread was started.' hints=(
        'For which threads do you call pthread_join()? For each of them once?'
        'What is in the variable of a thread that pthread_create() did not start?')
    local wrong
    wrong=$(what_was_counted wrong_joins) || return 0
    expect "$wrong" = 0 "with ${#urls[@]} addresses, the number of calls of \
pthread_join() for a thread that was not started, or was joined before"
}

# printed LINE...: these lines and no others.
printed() {
    local line number=0 why=${why-} hints=("${hints[@]}")
    while read -r line; do
        number=$((number + 1))
        [ "$line" = "${1-}" ] || {
            [ -n "${own_hints-}" ] || [[ $line != *': 0 bytes' ]] || {
                why='main reads what a thread has fetched when that thread has ended, not before.'
                hints=('Which downloads does main wait for? pthread_join() waits for one thread.'
                    'Where does the thread leave its bytes: in fetch[i], or in a copy? Does its argument still point there when it runs?'
                    'What was started in a loop is joined in a loop.')
            }
            lose "with ${#urls[@]} addresses, line $number is '${1-}'" \
                "${line:0:100}"
            return
        }
        shift
    done < <(printf '%s\n' "$output")
    [ $# = 0 ] || lose "with ${#urls[@]} addresses, a line '$1'" \
        "no more lines after $number"
}

# all_there N [SLOW]: each in its line, and fetched from the server. That of the
# number SLOW comes a second after the others: a program that waits only for
# those has not got it.
all_there() {
    serve "$1" || return
    [ $# = 1 ] || urls[$2 - 1]+='later=1000'
    download
    ended 0 || return
    printed "${lines[@]}" "$(total "${sizes[@]}")" || return
    joined_once || return
    expect "$(saw requests)" = "$1" \
        "with $1 addresses, the number of downloads that the server sent"
}

# kept
@test "[4 pts] every download is there, in its own line" {
    local n
    why 'Threads that share a variable overwrite each other: each needs its own' \
        'place for what it fetched.'
    hints 'Which memory does each thread write to? Whose is it?' \
        'A pointer to the loop variable is the same for all threads, and changes.' \
        'Hand each thread &fetch[i]: it is its own until the join.'
    all_there 1 || return
    all_there 2 2 || return
    why 'The number of addresses is not known before the program runs.'
    hints 'How many threads have room in your arrays?' \
        'An array of a fixed size is too small for somebody.' \
        'allocate(fetches, sizeof *thread) makes room for as many as there are.'
    local own_hints=1
    all_there 17 || return
    all_there 120 || return # a thread for each, and some more to start them
    own_hints=
    why 'A thread that was started goes on beside main until it is joined.'
    hints 'Which downloads does main wait for?' \
        'pthread_join() waits for one thread: call it for each.' \
        'What was started in a loop is joined in a loop.'
    all_there 3 1
}

@test "[7 pts] all downloads run at the same time" {
    local n
    why 'A download waits: it is hardly any work. While one waits, the others can.'
    hints 'What does the loop do between two downloads?' \
        'pthread_create() and pthread_join() in the same iteration is one by one.' \
        'Two loops: the first starts all threads, the second joins them.'
    for n in 2 17 60; do
        serve $n "together=$n&within=5000" || return
        download
        ended 0 || return
        expect "$(saw at_once)" = $n \
            "with $n addresses, the most downloads that wait for the server at once" ||
            return
        why 'Each address gets a thread of its own: with fewer, some wait for others.'
        hints 'How many threads does your program start for that many addresses?' \
            'One thread per address, however many there are.'
    done
}

# kept
@test "[4 pts] a download that fails is told, the others are not disturbed" {
    why 'An error that nobody keeps is a wrong result that looks right.'
    hints 'Where does each thread leave its error? Does main still see it?' \
        'Nothing may end the program or the loop when one download fails.' \
        'Join all threads first; look at the errors after that, as main does.'
    serve 5 || return
    urls[1]=$SERVER/status/404
    urls[2]+='later=1000' # the failures come first
    urls[3]+='fault=short'
    download
    ended 1 || return
    case $output in
    *'download 2 failed: '*'404'*'download 4 failed: '*) ;;
    *) lose 'lines that say that 2 (a 404) and 4 (cut short) failed' \
        "$(head -c 300 <<<"$output" | clean)" || return ;;
    esac
    output=$(grep -v ' failed: ' <<<"$output" || true)
    printed "${lines[0]}" "${lines[2]}" "${lines[4]}" \
        "$(total "${sizes[0]}" "${sizes[2]}" "${sizes[4]}")"
}

# kept
@test "[3 pts] a thread that the system refuses is one line and exit status 1" {
    why 'pthread_create() can fail, with a number that is not in errno; a thread' \
        'that it did not start cannot be joined.'
    hints 'What is in fetch[i].thread when pthread_create() returned EAGAIN?' \
        'Join only what was started, and all that was started, then return false.'
    local slow left FAIL own_hints=1
    # Of the three that were started each is the slow one in turn: a program that
    # does not join it is at its end before it is.
    for slow in 0 1 2 3; do
        FAIL=pthread_create:$((slow ? 4 : 1))
        serve 5 || return
        ((slow == 0)) || urls[slow - 1]+='later=1500'
        download
        # It may also do without that thread, if all is there then.
        if [ "$status" = 0 ]; then
            printed "${lines[@]}" "$(total "${sizes[@]}")" || return
            continue
        fi
        ended 1 || return
        expect "$(grep -c . "$said")" = 1 \
            "when thread ${FAIL#*:} was refused, the number of lines on standard error" ||
            return
        joined_once || return
        left=$(what_was_counted left) || continue
        expect "$left" = 0 \
            "when thread ${FAIL#*:} was refused, the number of threads left behind" ||
            return
    done
}

# kept
@test "[2 pts] ThreadSanitizer finds no race" {
    why 'A data race is undefined behaviour, also where it only adds up bytes.'
    hints 'Which two threads may touch that variable at the same moment?' \
        'main adds up the bytes after download_all(): no thread has to.'
    only_if 'not every download is there' all_there 5 || return
    with_sanitizer || return
    serve 5
    download -t
    no_race "$said" || return
    [ "$status" = 0 ] || unmeasured_race "$status" "$said"
}
