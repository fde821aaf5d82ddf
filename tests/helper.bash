# SPDX-License-Identifier: MIT
# shellcheck shell=bash disable=SC2016,SC2034,SC2154
#
# What all tests share. A test asserts what is counted, never how long it took;
# one condition a line, because bats sees only a line's last status.

ROOT=${BASH_SOURCE[0]%/*/*} # bats makes it absolute
export BUILD=${BUILD:-$ROOT/build}
export LC_ALL=C
unset http_proxy https_proxy all_proxy HTTP_PROXY HTTPS_PROXY ALL_PROXY

# bats notes before each command where it is, to tell where a test failed. For the
# commands here it would take longer than most of them do: it tells the test's own
# line alone, and so does its option --trace.
if own=$(declare -f bats_debug_trap); then
    guard='[ "$1" = "$BATS_TEST_SOURCE" ] || return 0'
    eval "${own/\{/{ $guard;}"
    unset own guard
fi

# Nothing may wait for ever: it would stop the whole suite. A program that is
# run ends within LIMIT_S seconds, a test within BATS_TEST_TIMEOUT. Both are
# long: a busy machine must not fail.
LIMIT_S=300
BATS_TEST_TIMEOUT=${BATS_TEST_TIMEOUT:-900}
hash timeout
TIMEOUT=${BASH_CMDS[timeout]}

# The watch over a test's time, in place of bats's own: that takes four processes
# a test, and may miss, while it starts, that it should end. What this one reads
# is never written to.
[ -p "$BATS_RUN_TMPDIR/never" ] || mkfifo "$BATS_RUN_TMPDIR/never" 2>/dev/null ||
    true
bats_start_timeout_countdown() {
    trap bats_timeout_trap ABRT
    (
        set +e
        read -rt "$1" <>"$BATS_RUN_TMPDIR/never"
        (($? > 128)) || exit # another error than that the time is over
        kill -ABRT $$
        children_of $$
        for child in "${children[@]}"; do
            [ "$child" = "$BASHPID" ] || kill "$child"
        done
    ) &>/dev/null 3>&- 4>&- &
    watch=$!
    disown
}

bats_abort_timeout_countdown() {
    kill -KILL "$watch" 2>/dev/null || true
}

# get_mills_since_epoch [VARIABLE]: bats asks when a test starts, and takes two
# processes for it. Its newer versions name a variable.
if [ -n "${EPOCHREALTIME-}" ]; then
    get_mills_since_epoch() {
        local now=${EPOCHREALTIME/[.,]/}
        if [ $# = 0 ]; then echo "${now%???}"; else printf -v "$1" %s "${now%???}"; fi
    }
fi

# run [--separate-stderr] COMMAND [ARGUMENT...]: as bats's own, which takes twice
# the processor time, and with this limit.
run() {
    local - errors=
    if [ "$1" = --separate-stderr ]; then
        errors=${BATS_TEST_TMPDIR:-$BATS_FILE_TMPDIR}/errors.$BASHPID
        shift
    fi
    declare -F "$1" >/dev/null || [ "$1" = timeout ] ||
        set -- "$TIMEOUT" -k 1 "$LIMIT_S" "$@"
    set +eET # traps of bats's
    if [ -z "$errors" ]; then
        output=$("$@" 2>&1)
        status=$?
    else
        output=$("$@" 2>"$errors")
        status=$?
        read -rd '' stderr <"$errors"
    fi
    local IFS=$'\n'
    set -f # no patterns
    # shellcheck disable=SC2206
    lines=($output) stderr_lines=(${stderr-})
}

# await COMMAND [ARGUMENT...]: until it succeeds, for LIMIT_S at most. To look
# costs processor time: it looks less often the longer it takes.
await() {
    local end=$((SECONDS + LIMIT_S)) ms=20 pause
    until "$@"; do
        if ((SECONDS > end)); then
            echo "not within $LIMIT_S seconds: $*"
            return 1
        fi
        printf -v pause 0.%03d $ms
        sleep "$pause"
        ((ms = ms < 200 ? ms * 5 / 4 : ms))
    done
}

# needs_git: what a clone exports is what git knows.
needs_git() {
    [ ! -e "$ROOT/.git" ] || command -v git >/dev/null || skip 'git is missing'
}

# lab NAME [ARGUMENT...]: run it; its output is $output, its errors $stderr.
lab() {
    run --separate-stderr "$BUILD/$1" "${@:2}"
}

# figure FILTER: what jq finds in the JSON in $output.
figure() {
    jq -r "[$1] | walk(if type == \"number\" then . + 0 else . end) | .[]" \
        <<<"$output"
}

# holds CONDITION...: each is true of the JSON in $output. A comparison holds of
# what is missing, too (null < 1): for numbers there is from(LOW; HIGH), both
# ends included, for lists all_are(VALUE). One jq for all of them: its start
# costs more than the rest.
holds() {
    local tries wrong
    printf -v tries '[try (%s) catch .],' "$@"
    wrong=$(jq -nr "def from(low; high):
            type == \"number\" and . >= low and . <= high;
        def all_are(value): length > 0 and all(. == value);
        input | [${tries%,}] | to_entries[] | select(.value != [true]) |
            \"\(\$ARGS.positional[.key])   \(.value | tojson)\"" \
        --args "$@" <<<"$output") && [ -z "$wrong" ] && return
    printf 'does not hold: %s\nof: %s\n' "$wrong" "$output"
    return 1
}

# same GOT EXPECTED, and within GOT LOW HIGH (numbers, both ends included).
same() {
    [ "$1" = "$2" ] && return
    printf 'got:      %s\nexpected: %s\n' "$1" "$2"
    return 1
}

within() {
    awk -v got="$1" -v low="$2" -v high="$3" \
        'BEGIN { exit !(got != "" && got != "null" &&
                        got + 0 >= low + 0 && got + 0 <= high + 0) }' && return
    printf 'got %s, which is not from %s to %s\n' "$1" "$2" "$3"
    return 1
}

# contains TEXT PART
contains() {
    case $1 in *"$2"*) return 0 ;; esac
    printf 'got:            %s\nhas no part as: %s\n' "$1" "$2"
    return 1
}

# failed STATUS TEXT: the lab ended with it and said so in one line.
failed() {
    same "$status" "$1" || return
    contains "$stderr" "$2" || return
    same "${#stderr_lines[@]}" 1
}

# refuses SCRIPT ARGUMENTS...: a script in Python refuses each of these command
# lines as the labs do: status 2, one line that names the first word. One Python
# for all, as its start takes longer than the rest.
refuses() {
    run "$PYTHON3" -B - "$ROOT/scripts" "$@" <<'END'
import contextlib, io, shlex, sys
folder, name, *command_lines = sys.argv[1:]
sys.path.insert(0, folder)
script = f"{folder}/{name}"
sys.argv = [script]
import labs  # is called as the script is, and sets up the real standard error
with open(script, encoding="utf-8") as file:
    code = compile(file.read(), script, "exec")
for line in command_lines:
    sys.argv = [script, *shlex.split(line)]
    status, said = 0, io.StringIO()
    with contextlib.redirect_stderr(said):
        try:
            exec(code, {"__name__": "__main__", "__file__": script})
        except SystemExit as end:
            status = end.code
    said = said.getvalue()
    if status != 2 or said.count("\n") != 1 or sys.argv[1] not in said:
        print(f"{name} {line}: status {status}, {said!r}")
END
    same "$output" '' || return
    same "$status" 0
}

# sum_to N: of 0, 1, ... N-1 modulo 2^64, by bash's own 64-bit arithmetic.
sum_to() {
    local n=$1
    # shellcheck disable=SC2017 # the even one of the two is halved
    printf '%u\n' $((n % 2 ? (n - 1) / 2 * n : n / 2 * (n - 1)))
}

# on_one_processor LAB [ARGUMENT...]: as lab(), with the first that it may use.
on_one_processor() {
    command -v taskset >/dev/null || skip 'taskset is missing'
    local one
    one=$(taskset -cp $$ | sed 's/.*: //; s/[-,].*//')
    run --separate-stderr taskset -c "$one" "$BUILD/$1" "${@:2}"
}

# comma_locale: put $comma before a command, and numbers are written as 1,5 by
# programs that ask for that. The locale is built: few machines have one.
comma_locale() {
    command -v localedef >/dev/null || skip 'localedef is missing'
    local folder=$BATS_TEST_TMPDIR/locale code
    mkdir "$folder"
    printf '%s\n' 'escape_char /' 'comment_char %' LC_NUMERIC \
        'decimal_point ","' 'thousands_sep "."' 'grouping 3;3' \
        'END LC_NUMERIC' >"$folder/definition"
    {
        printf '%s\n' '<code_set_name> ASCII' '<escape_char> /' \
            '<mb_cur_min> 1' '<mb_cur_max> 1' CHARMAP
        for ((code = 0; code < 128; code++)); do
            printf '<U%04X> /x%02x\n' $code $code
        done
        echo END CHARMAP
    } >"$folder/characters"
    # It warns of all that a locale has besides numbers.
    localedef -c -i "$folder/definition" -f "$folder/characters" \
        "$folder/comma" >"$folder/log" 2>&1 || true
    comma=(env LOCPATH="$folder" LC_ALL=comma)
    same "$("${comma[@]}" bash -c 'printf %.1f 1,5')" 1,5
}

# Processors that two busy processes get at this moment, as 1.97.
free_processors() {
    local busy='BEGIN { for (i = 0; i < 1000000; i++) n += i }'
    TIMEFORMAT='%R %U'
    { time { awk "$busy" & awk "$busy" & wait; } } 2>&1 |
        awk '{ printf "%.2f", $2 / $1 }'
}

# Skip the rest, saying why, unless two processors were free just now: what
# needs both cannot be told from a busy machine then.
need_two_processors() {
    local got
    got=$(free_processors)
    awk -v got="$got" 'BEGIN { exit !(got >= 1.6) }' ||
        skip "not measured: busy, $got processors free of the 2 it takes"
}

# Skip the rest if the lab whose JSON is in $output has seen that it was busy.
need_trust() {
    [ "$(figure .trusted)" = true ] || skip "not measured: $(figure .reason)"
}

# start_server [OPTION...]: a server of the kit's own; its address is $SERVER.
start_server() {
    local in=$BATS_TEST_TMPDIR/server.in
    SERVER_OUT=$BATS_TEST_TMPDIR/server.out
    mkfifo "$in"
    "$BUILD/local_server" "$@" <"$in" >"$SERVER_OUT" 3>&- &
    SERVER_PID=$!
    exec {SERVER_IN}>"$in"
    await wrote "$SERVER_PID" "$SERVER_OUT" || return
    [ -s "$SERVER_OUT" ] || return
    SERVER=$(head -n 1 "$SERVER_OUT")
}

# stop_server: end it; what it saw goes to $served as JSON.
stop_server() {
    exec {SERVER_IN}>&-
    gone "$SERVER_PID" || kill -KILL "$SERVER_PID"
    wait "$SERVER_PID" || return
    served=$(tail -n 1 "$SERVER_OUT")
    rm "$BATS_TEST_TMPDIR/server.in" "$SERVER_OUT"
}

# For await: wrote PID FILE: the file has something, or never will have.
# has_children N: $pid has as many; their numbers in the array $children.
# has_ended PID: some containers' first process is slow to reap what the lab has
# left it: that has ended, too.
wrote() {
    [ -s "$2" ] || has_ended "$1"
}

has_children() {
    children_of "$pid"
    [ "${#children[@]}" = "$1" ]
}

has_ended() {
    local stat=
    kill -0 "$1" 2>/dev/null || return 0
    if [ -e /proc/self/stat ]; then # ps takes ten times as long
        read -r stat 2>/dev/null <"/proc/$1/stat" || return 0
        stat=${stat##*) }
    else
        stat=$(ps -o stat= -p "$1") || return 0
    fi
    [[ $stat == Z* ]]
}

# children_of PID: its children's numbers in the array $children.
children_of() {
    local file of_thread
    if [ -e "/proc/$1/task/$1/children" ]; then
        children=()
        for file in /proc/"$1"/task/*/children; do
            of_thread=()
            read -rd '' -a of_thread 2>/dev/null <"$file" || true
            children+=("${of_thread[@]}")
        done
    else
        read -rd '' -a children < <(ps -o pid= --ppid "$1") || true
    fi
}

# gone PID...: all of them end.
gone() {
    local pid
    for pid in "$@"; do
        await has_ended "$pid" || return
    done
}

# preload CALL: a library that makes that call fail, for one program.
preload() {
    local library=$BATS_FILE_TMPDIR/fail.so
    if ! [ -e "$library" ]; then # of one name at a time, as tests run at once
        gcc -shared -fPIC -o "$library.$$" "$ROOT/tests/fail_call.c" -ldl
        mv "$library.$$" "$library"
    fi
    run --separate-stderr env FAIL_CALL="$1" LD_PRELOAD="$library" \
        "$BUILD/$2" "${@:3}"
}

# in_background LAB [ARGUMENT...]: start it with signals as a terminal's, await
# its first line; $pid, $children, output in $out.
in_background() {
    out=$BATS_TEST_TMPDIR/out
    rm -f "$out"
    env --default-signal=INT,TERM "$BUILD/$1" "${@:2}" >"$out" \
        2>"$out.err" 3>&- &
    pid=$!
    left=$pid
    await wrote "$pid" "$out" || return
    [ -s "$out" ] || {
        cat "$out.err"
        return 1
    }
    children_of "$pid"
}

# ended: wait for it; its status, output and errors as those of a run.
ended() {
    gone "$pid" || kill -KILL "$pid"
    status=0
    wait "$pid" || status=$?
    left=
    output=$(<"$out")
    stderr=$(<"$out.err")
    mapfile -t stderr_lines <"$out.err"
}

# A test that fails leaves nothing running.
teardown() {
    [ -z "${left-}" ] || kill -KILL "$left" 2>/dev/null || true
}
