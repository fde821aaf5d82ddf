# SPDX-License-Identifier: MIT
# shellcheck shell=bash disable=SC2034,SC2054,SC2154
#
# What the graders share: the box that student code is compiled and run in, the
# harness's report, and how a lost point is explained. SUBMISSION is the folder
# with the student's files, GRADE_SEED what varies from one grading to the next.

EXERCISES=$(cd "$(dirname "${BASH_SOURCE[0]}")" && pwd)
# shellcheck source=tests/helper.bash
source "$EXERCISES/../helper.bash"

GRADER=${GRADER:-$BUILD/grader} # what `make grader` makes

# exercise NAME: for setup_file. Puts the student's file into a box of its own
# and compiles it there, as a shared object for the harness, or as a program.
# What a submission must not see is not in the box: it is not under /kit or /box.
exercise() {
    export EXERCISE=$1 BOX BOX_USER='' BOX_WRAP
    export GRADE_SEED=${GRADE_SEED:-$RANDOM$RANDOM}
    local source=${SUBMISSION:-$ROOT/labs/exercises}/$1.c
    if [ ! -x "$GRADER/local_server" ]; then
        echo "the graders' own programs are missing: run make grader" >&2
        return 1
    fi
    BOX=$(mktemp -d "${TMPDIR:-/tmp}/grade.XXXXXX")
    mkdir "$BOX/kit" "$BOX/box" "$BOX/kit/thread"
    chmod 755 "$BOX"
    cp -R "$ROOT/common" "$BOX/kit/common"
    cp "$GRADER/libcommon.a" "$GRADER/fail_call.so" \
        "$EXERCISES/harness/operations.h" "$BOX/kit"
    ! [ -e "$GRADER/$1" ] || cp "$GRADER/$1" "$BOX/kit/harness"
    if [ -e "$GRADER/thread/libcommon.a" ]; then
        cp "$GRADER/thread/libcommon.a" "$BOX/kit/thread"
        cp "$GRADER/thread/02_count_right" "$BOX/kit/thread/probe"
        ! [ -e "$GRADER/thread/$1" ] ||
            cp "$GRADER/thread/$1" "$BOX/kit/thread/harness"
    fi
    # A link is not followed: its target could be the solution.
    if [ -L "$source" ] || [ ! -f "$source" ]; then
        echo "there is no file $1.c" >"$BOX/compiled"
        return
    fi
    cp "$source" "$BOX/box/$1.c"
    # The limit on processes is void for root, and counts all that a user has:
    # each box gets a user of its own.
    if [ "$(id -u)" = 0 ] && command -v setpriv >/dev/null; then
        BOX_USER=$((100000 + $$ % 400000))
        chown -R "$BOX_USER" "$BOX/box"
    fi
    BOX_WRAP=bubblewrap
    boxed - 20 any true
    [ "$status" = 0 ] || BOX_WRAP=none
    build '' || return 0
}

close_box() {
    [ -z "$BOX_USER" ] || [ "$BOX_WRAP" = bubblewrap ] ||
        pkill -KILL -U "$BOX_USER" || true
    rm -rf "$BOX"
}

# wrap_in -|net: into $wrap the command before the command, that gives it a
# world with nothing in it but the system's programs, the kit and the box; all
# that it starts ends with it. Without bubblewrap only the user changes.
wrap_in() {
    local folder
    wrap=()
    [ -z "$BOX_USER" ] || wrap=(setpriv --reuid "$BOX_USER" --regid "$BOX_USER"
        --clear-groups)
    [ "$BOX_WRAP" = bubblewrap ] || return 0
    wrap+=(bwrap --die-with-parent --new-session --unshare-pid --unshare-ipc
        --ro-bind /usr /usr --proc /proc --dev /dev --tmpfs /tmp
        --ro-bind-try /etc/alternatives /etc/alternatives
        --ro-bind-try /etc/ld.so.cache /etc/ld.so.cache
        --ro-bind "$BOX/kit" /kit --bind "$BOX/box" /box --chdir /box
        --clearenv --setenv PATH /usr/local/bin:/usr/bin:/bin
        --setenv LC_ALL C)
    [ "$1" = net ] || wrap+=(--unshare-net)
    for folder in lib lib64 lib32 bin sbin; do
        if [ -L "/$folder" ]; then
            wrap+=(--symlink "$(readlink "/$folder")" "/$folder")
        elif [ -d "/$folder" ]; then
            wrap+=(--ro-bind "/$folder" "/$folder")
        fi
    done
}

# boxed -|net SECONDS MIB COMMAND...: with limits. The report (standard output)
# goes to the file $BOX/report, what it prints to $BOX/printed, its input comes
# from $BOX/input. Files, not pipes: a child that stays behind cannot hold them
# open. MIB is `any` for a sanitizer, which reserves terabytes that it never
# uses. The exit status is in $status.
boxed() {
    local seconds=$2 mib=$3 wrap
    wrap_in "$1"
    shift 3
    touch "$BOX/input"
    status=0
    if [ "$BOX_WRAP" = bubblewrap ]; then
        wrap+=(prlimit --core=0 --fsize=16777216 --nproc=128
            --cpu="$((seconds * 2))")
        [ "$mib" = any ] || wrap+=(--as="$((mib * 1048576))")
        timeout -k 1 "$seconds" "${wrap[@]}" "$@" <"$BOX/input" \
            >"$BOX/report" 2>"$BOX/printed" 3>&- || status=$?
    else
        set -- "${@//\/kit/$BOX/kit}"
        (
            cd "$BOX/box" || exit
            ulimit -c 0 -f 16384 -t "$((seconds * 2))"
            [ "$mib" = any ] || ulimit -v "$((mib * 1024))"
            exec timeout -k 1 "$seconds" "${wrap[@]}" "${@//\/box/$BOX/box}"
        ) <"$BOX/input" >"$BOX/report" 2>"$BOX/printed" 3>&- || status=$?
    fi
    case $status in 124 | 137) touch "$BOX/hung" ;; esac
}

# build ''|thread|counted: compile the student's file, plainly, for
# ThreadSanitizer, or for harness/operations.c; what the compiler says goes to
# $BOX/compiled when it fails.
build() {
    local kit=/kit what=() needed=() libraries
    local compile=("${CC:-gcc}" -std=c11 -D_POSIX_C_SOURCE=200809L -pthread -O2
        -g -w -I/kit)
    [ "$1" != thread ] || kit=/kit/thread what=(-fsanitize=thread)
    [ "$(uname)" != Linux ] || needed=(-Wl,--as-needed)
    if [ -e "$GRADER/$EXERCISE" ]; then
        what+=(-fPIC -shared -Dmain=exercise_main)
        [ "$(uname)" != Linux ] || needed+=(-Wl,-Bsymbolic)
    fi
    what+=("/box/$EXERCISE.c")
    if [ "$1" = counted ]; then
        # Linked without that sanitizer: the harness has functions for it.
        boxed - 60 4096 "${compile[@]}" -fsanitize=thread \
            -include /kit/operations.h -c -o /box/counted.o "${what[@]}"
        what=(-shared /box/counted.o)
    fi
    read -ra libraries < <(pkg-config --libs libcurl libevent jansson)
    boxed - 60 4096 "${compile[@]}" "${what[@]}" "${needed[@]}" \
        -o "/box/${1:-plain}" "$kit/libcommon.a" "${libraries[@]}"
    if [ "$status" -ne 0 ]; then
        { cat "$BOX/report" "$BOX/printed"; echo "it does not compile"; } \
            >"$BOX/compiled"
        return 1
    fi
}

# ---- in a test ----

# Why it matters, and up to three hints, each telling more than the last: said
# only if a point of this test is lost.
why() {
    why=$*
}

hints() {
    hints=("$@")
}

# lose EXPECTED GOT: the test fails, and these lines say how. scripts/grade
# reads them.
lose() {
    local hint number=1
    printf 'expected: %s\ngot: %s\nwhy: %s\n' "$1" "$2" "${why-}"
    for hint in "${hints[@]}"; do
        printf 'hint %s: %s\n' $((number++)) "$hint"
    done
    return 1
}

# expect GOT = WANTED WHAT (also < and > for numbers): WHAT as in "WHAT is 3".
expect() {
    case $2 in
    =) [ "$1" = "$3" ] || lose "$4 is $3" "$1" ;;
    '<') within "$1" -1e300 "$3" >/dev/null || lose "$4 is at most $3" "$1" ;;
    '>') within "$1" "$3" 1e300 >/dev/null || lose "$4 is at least $3" "$1" ;;
    esac
}

# holds FACT STATEMENT: the harness saw it happen.
holds() {
    [ "$(fact "$1")" = 1 ] || lose "$2" 'that did not happen'
}

# How a program ended that did not end as it should, in words.
ending() {
    case $1 in
    124 | 137) echo "it had not ended after $2 seconds" ;;
    132 | 134 | 135 | 136 | 139) echo "it crashed (signal $(($1 - 128)))" ;;
    152) echo "it used more than $(($2 * 2)) seconds of a processor" ;;
    153) echo "it wrote more than 16 MiB" ;;
    *) echo "exit status $1" ;;
    esac
    tail -n 3 "$BOX/printed" | cut -c 1-160 | tr -d '\000' |
        sed 's/[^[:print:]]/?/g;s/^/    /'
}

compiled() {
    [ ! -e "$BOX/compiled" ] && return
    lose "$EXERCISE.c compiles" \
        "$(tail -n 1 "$BOX/compiled"
            grep -m 1 error "$BOX/compiled" | sed 's,^[^ ]*/,    ,' | cut -c 1-160)"
}

# harness [-t|-c] MODE: run the harness, with ThreadSanitizer after -t, counting
# operations after -c, once for all tests of the file. What it counted is told by `fact`, what it printed is
# in $BOX/printed. Loses if there is no whole report.
# A check has half a minute; after one that was used up, the file's others get
# a third of that.
GRADE_SECONDS=${GRADE_SECONDS:-30}

seconds_left() {
    local seconds=$GRADE_SECONDS
    [ ! -e "$BOX/hung" ] || seconds=$((seconds / 3))
    echo "$seconds"
}

harness() {
    local kit=/kit so=/box/plain memory=2048 run=$BOX/$1 key value
    if [ "$1" = -t ]; then
        kit=/kit/thread so=/box/thread memory=any run=$BOX/thread_$2
        shift
    elif [ "$1" = -c ]; then
        so=/box/counted run=$BOX/counted_$2
        shift
    fi
    compiled || return
    [ -e "$run" ] || run_harness "$run" "$1"
    cp "$run/printed" "$BOX/printed"
    declare -gA facts=()
    while read -r key value; do
        facts[$key]=$value
    done <"$run/facts"
    [ -z "${facts[broken]-}" ] ||
        lose "$EXERCISE.c can be used" "${facts[broken]}" || return
    [ -n "${facts[end]-}" ] ||
        lose 'it runs to the end of the check' "$(<"$run/ending")"
}

# Only the harness knows the word that begins its report's lines.
run_harness() {
    local word seconds
    word=$(od -An -N 16 -tx8 /dev/urandom | tr -d ' ')
    echo "$word" >"$BOX/input"
    seconds=$(seconds_left)
    boxed - "$seconds" "$memory" "${under[@]}" "$kit/harness" "$2" \
        "$GRADE_SEED" "$so"
    mkdir "$1"
    cp "$BOX/printed" "$1/printed"
    sed -n "s/^$word //p" "$BOX/report" >"$1/facts"
    ending "$status" "$seconds" >"$1/ending"
}

fact() {
    echo "${facts[$1]-nothing}"
}

# program [-t] [ARGUMENT...]: run a student's whole program, with the network of
# the grader's servers; its output is $output, its exit status $status.
program() {
    local binary=/box/plain memory=2048
    if [ "$1" = -t ]; then
        binary=/box/thread memory=any
        shift
    fi
    compiled || return
    : >"$BOX/input"
    boxed net "$(seconds_left)" "$memory" "${under[@]}" "$binary" "$@"
    output=$(head -c 100000 "$BOX/report" | tr -d '\000')
}

# ThreadSanitizer is there, and the student's file compiled for it. Where it
# does not run, that is not the student's fault.
with_sanitizer() {
    compiled || return
    [ -e "$BOX/kit/thread/probe" ] ||
        skip 'not measured: this compiler has no ThreadSanitizer'
    under=()
    ! command -v setarch >/dev/null || under=(setarch -R)
    boxed - 20 any "${under[@]}" /kit/thread/probe probe
    [ "$status" = 0 ] ||
        skip 'not measured: this kernel refuses ThreadSanitizer, not your code'
    build thread || compiled || return
    GRADE_SECONDS=60
}

# costs MODE: operations on shared memory, as the harness counts them in MODE.
# The same on every processor, whatever such an operation costs there.
costs() {
    compiled || return
    [ -e "$BOX/box/counted" ] || build counted || {
        rm "$BOX/compiled"
        skip 'not measured: this compiler cannot count operations'
    }
    harness -c "$1"
}

# No data race: ThreadSanitizer is silent while the harness runs MODE.
silent_race() {
    with_sanitizer || return
    harness -t "$1" || race_found || return
    no_race
}

no_race() {
    ! race_found ||
        lose 'no data race: ThreadSanitizer is silent' "$(race_words)"
}

race_found() {
    grep -q 'WARNING: ThreadSanitizer' "$BOX/printed"
}

# The first race in a line: where, in the student's file.
race_words() {
    grep -m 1 'WARNING: ThreadSanitizer' "$BOX/printed" |
        sed 's/ (pid=.*//;s/^WARNING: //'
    grep -m 1 -o "$EXERCISE.c:[0-9]*" "$BOX/printed"
}

processors_here() {
    nproc 2>/dev/null || sysctl -n hw.ncpu
}

# After a measure that failed: it counts only if two processors were free.
unless_busy() {
    local got
    got=$(free_processors)
    within "$got" 1.6 99 >/dev/null ||
        skip "not measured: busy, $got processors free of the 2 it takes"
    return 1
}
