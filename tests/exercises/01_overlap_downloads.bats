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

# serve [OPTION...]: the grader's server; addresses of random size in $urls,
# what the program must print for them in $lines.
serve() {
    local i
    BUILD=$GRADER start_server "$@"
    RANDOM=$((GRADE_SEED % 32768))
    urls=() lines=() sizes=()
    for i in 1 2 3 4 5; do
        sizes+=($((300000 + RANDOM * 3)))
        urls+=("$SERVER/bytes/${sizes[-1]}")
        lines+=("download $i: ${sizes[-1]} bytes")
    done
}

total() {
    local size sum=0
    for size in "$@"; do sum=$((sum + size)); done
    echo "total: $sum bytes"
}

ended() {
    [ "$status" = "$1" ] ||
        lose "exit status $1" "$(ending "$status" "$(seconds_left)")"
}

# printed LINE...: these lines and no others.
printed() {
    local line number=0
    while read -r line; do
        number=$((number + 1))
        [ "$line" = "${1-}" ] || {
            lose "line $number is '${1-}'" "${line:0:100}"
            return
        }
        shift
    done < <(printf '%s\n' "$output")
    [ $# = 0 ] || lose "a line '$1'" "no more lines after $number"
}

@test "[4 pts] every download is there, in its own line" {
    why 'Threads that share a variable overwrite each other: each needs its own' \
        'place for what it fetched.'
    hints 'Which memory does each thread write to? Whose is it?' \
        'A pointer to the loop variable is the same for all threads, and changes.' \
        'Hand each thread &fetch[i]: it is its own until the join.'
    serve
    program "${urls[@]}"
    stop_server
    ended 0 || return
    printed "${lines[@]}" "$(total "${sizes[@]}")" || return
    expect "$(jq .requests <<<"$served")" = 5 'what the server sent, in downloads,'
}

@test "[7 pts] all downloads run at the same time" {
    why 'A download is waiting, not work: while one waits, the others can.'
    hints 'What does the loop do between two downloads?' \
        'pthread_create() and pthread_join() in the same turn of a loop is one by one.' \
        'Two loops: the first starts all threads, the second joins them.'
    serve --rate 250k
    program "${urls[@]}"
    stop_server
    ended 0 || return
    expect "$(jq .at_once <<<"$served")" = 5 \
        'the most downloads that the server sent at once'
}

@test "[4 pts] a download that fails is told, the others are not disturbed" {
    why 'An error that nobody keeps is a wrong result that looks right.'
    hints 'Where does each thread leave its error? Does main still see it?' \
        'Nothing may end the program or the loop when one download fails.' \
        'Join all threads first; look at the errors after that, as main does.'
    serve
    urls[1]=$SERVER/status/404
    urls[3]="${urls[3]}?fault=short"
    program "${urls[@]}"
    stop_server
    ended 1 || return
    case $output in
    *'download 2 failed: '*'404'*'download 4 failed: '*) ;;
    *) lose 'lines that say that 2 (a 404) and 4 (cut short) failed' \
        "$(head -c 300 "$BOX/report" | tr -d '\000')" || return ;;
    esac
    output=$(grep -v ' failed: ' "$BOX/report" || true)
    printed "${lines[0]}" "${lines[2]}" "${lines[4]}" \
        "$(total "${sizes[0]}" "${sizes[2]}" "${sizes[4]}")"
}

@test "[3 pts] a thread that the system refuses is one line and exit status 1" {
    why 'pthread_create() can fail, with a number that is not in errno; what it' \
        'did not start cannot be joined.'
    hints 'What is in fetch[i].thread when pthread_create() returned EAGAIN?' \
        'Join only what was started, and all that was started, then return false.'
    local nth under
    for nth in 1 3 5; do
        serve
        under=(env LD_PRELOAD=/kit/fail_call.so "FAIL_CALL=pthread_create:$nth")
        program "${urls[@]}"
        stop_server
        # It may also do without that thread, if all is there then.
        if [ "$status" = 0 ]; then
            printed "${lines[@]}" "$(total "${sizes[@]}")" || return
            continue
        fi
        ended 1 || return
        expect "$(grep -c . "$BOX/printed")" = 1 \
            "lines on standard error when thread $nth was refused: how many" ||
            return
    done
}

@test "[2 pts] ThreadSanitizer finds no race" {
    why 'A data race is undefined behaviour, also where it only adds up bytes.'
    hints 'main adds up the bytes after download_all(): no thread has to.'
    with_sanitizer || return
    serve
    program -t "${urls[@]}"
    stop_server
    no_race || return
    ended 0 || return
    expect "$(jq .requests <<<"$served")" = 5 'what the server sent, in downloads,'
}
