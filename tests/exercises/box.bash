# SPDX-License-Identifier: MIT
# shellcheck shell=bash disable=SC2034,SC2054,SC2154
#
# The box: student code is compiled and run in it. What a submission must not
# see is not in it. What works on a machine is found out once, by self_test,
# and comes in these variables:
#
#     GRADE_LAYERS   the box's layers, the outermost first: bwrap (a world with
#                    nothing in it but the system's programs, the kit and the
#                    box), setpriv (a user of its own); "": limits only
#     GRADE_USERS    the first number of such users
#     GRADE_TMP      the folder that boxes are made in; its files may be executed
#     GRADE_PREFIX   what the names of these boxes begin with
#     GRADE_CC       the compiler, in words
#     GRADE_WALKED   its options for a walk (walked_flags_of)
#     GRADE_LIBRARIES  what a program of the labs is linked with
#     GRADE_UNDER    what has to stand before a program with ThreadSanitizer
#     GRADE_NO_RACES, GRADE_NO_COUNTS, GRADE_NO_NET
#                    why races, operations, downloads are not measured
#
# SUBMISSION is the folder with the student's files, GRADE_SEED what varies from
# one grading to the next.

EXERCISES=$(cd "${BASH_SOURCE[0]%/*}" && pwd)
ROOT=${EXERCISES%/tests/exercises}
GRADER=${GRADER:-${BUILD:-$ROOT/build}/grader} # what `make grader` makes
export LC_ALL=C
umask 022 # what is in a box, its user reads
# shellcheck source=common/virtual/compile.bash
source "$ROOT/common/virtual/compile.bash"
unset http_proxy https_proxy all_proxy HTTP_PROXY HTTPS_PROXY ALL_PROXY

# open_box EXERCISE: a box with the kit's part for it. In it $KIT has the kit, the
# student's file, and in built/ what comes of it: the student's code cannot put
# another in its place. It writes to $INSIDE.
open_box() {
    export EXERCISE=$1 BOX BOX_USER='' KIT=/kit INSIDE=/box
    BOX=$(mktemp -d "$GRADE_TMP/${GRADE_PREFIX:-grade.}XXXXXX") || return
    chmod 755 "$BOX"
    mkdir "$BOX/kit" "$BOX/kit/built" "$BOX/box" || return
    mkdir -m 700 "$BOX/out" || return
    tar -xof "$GRADER/headers.tar" -C "$BOX/kit" || return
    cp "$GRADER/libstudent.a" "$GRADER/fail_call.so" \
        "$EXERCISES/harness/operations.h" "$BOX/kit" || return
    ! [ -e "$GRADER/walk/$1" ] || cp "$GRADER/walk/$1" "$BOX/kit/walk" || return
    ! [ -e "$GRADER/$1" ] || cp "$GRADER/$1" "$BOX/kit/harness" || return
    case $GRADE_LAYERS in *setpriv*)
        # The limit on processes counts all that a user has: each box gets a
        # user of its own. Where 16 bits have to do there are not so many.
        BOX_USER=$((GRADE_USERS + (GRADE_USERS < 65536 ? $$ % 4000 : $$)))
        chown "$BOX_USER" "$BOX/box" || return
        ;;
    esac
    case $GRADE_LAYERS in
    *bwrap*) ;;
    *) KIT=$BOX/kit INSIDE=$BOX/box ;;
    esac
}

close_box() {
    end_strays
    # A folder that a program has closed to itself is closed to us, too.
    rm -rf "$BOX" 2>/dev/null || { chmod -R u+rwx "$BOX/box" && rm -rf "$BOX"; }
}

# What a run has left behind: with bubblewrap it has ended with the run.
end_strays() {
    case $GRADE_LAYERS in
    setpriv) pkill -KILL -U "$BOX_USER" || true ;;
    esac
}

# wrap_in -|net: into $wrap the layers, as a command before the command.
wrap_in() {
    local layer folder path=$PATH
    wrap=()
    for layer in $GRADE_LAYERS; do
        if [ "$layer" = setpriv ]; then
            wrap+=(setpriv --reuid "$BOX_USER" --regid "$BOX_USER"
                --clear-groups)
            continue
        fi
        path=/usr/local/bin:/usr/bin:/bin
        wrap+=(bwrap --die-with-parent --new-session --unshare-pid
            --unshare-ipc --ro-bind /usr /usr --proc /proc --dev /dev
            --tmpfs /tmp
            --ro-bind-try /etc/alternatives /etc/alternatives
            --ro-bind-try /etc/ld.so.cache /etc/ld.so.cache
            --ro-bind "$BOX/kit" /kit --bind "$BOX/box" /box --chdir /box)
        [ "$1" = net ] || wrap+=(--unshare-net)
        for folder in lib lib64 lib32 bin sbin; do
            if [ "/$folder" -ef "/usr/$folder" ]; then
                wrap+=(--symlink "usr/$folder" "/$folder")
            elif [ -d "/$folder" ]; then
                wrap+=(--ro-bind "/$folder" "/$folder")
            fi
        done
    done
    # With an arena of malloc() for each thread, as the C library makes them on
    # machines with many processors, 60 threads would pass the limit on memory.
    wrap+=(env -i "PATH=$path" LC_ALL=C "HOME=$INSIDE" "TMPDIR=$INSIDE"
        MALLOC_ARENA_MAX=4)
}

# limit_processes: to 256 of its own. Without a user of its own the limit counts
# all that this user runs, which may become more at any time.
limit_processes() {
    local most=256
    [ -n "$BOX_USER" ] || most=$(($(ps -L -U "$(id -u)" | wc -l) + 1000 + most))
    ulimit -u $most
}

# boxed -|net SECONDS MIB COMMAND...: with limits. $input is its standard input,
# through a pipe: nobody can read it twice. The report (standard output) goes to
# the file $report, what it prints to the file $said, which begin with $into if the
# caller keeps them, and which nobody else may read. Files, not pipes: a child that stays behind cannot hold
# them open. MIB is `any` for a sanitizer, which reserves terabytes that it never
# uses. The exit status is in $status: 124 if the time was over, 137 if something
# else killed it.
boxed() {
    local net=$1 seconds=$2 mib=$3 wrap began=$SECONDS group=()
    shift 3
    report=${into:-$BOX/out/last}.report said=${into:-$BOX/out/last}.said
    # New files: the last ones may be open somewhere.
    [ ! -e "$report" ] || rm -f "$report" "$said"
    # In the graders' process group, so that it ends with them; where nothing
    # else ends what a run leaves behind, in one of its own.
    [ -z "$GRADE_LAYERS" ] || group=(--foreground)
    wrap_in "$net"
    status=0
    umask 077
    (
        umask 022
        # Held open, it would keep the server from its end.
        [ -z "${SERVER_IN-}" ] || exec {SERVER_IN}>&-
        cd "$BOX/box" || exit
        ulimit -c 0 -f 16384
        ulimit -S -t $((seconds * 2)) # SIGXCPU; SIGKILL only after it
        ulimit -H -t $((seconds * 2 + 5))
        [ "$mib" = any ] || ulimit -v $((mib * 1024))
        [[ $OSTYPE != linux* ]] || limit_processes 2>/dev/null
        exec timeout "${group[@]}" -k 1 "$seconds" "${wrap[@]}" "$@"
    ) < <(printf %s "${input-}") >"$report" 2>"$said" 3>&- 4>&- ||
        status=$? # 3 and 4 are bats's
    umask 022
    end_strays
    if [ $status = 137 ] && ((SECONDS - began >= seconds)); then
        status=124
    fi
    [ $status != 124 ] || touch "$BOX/hung"
}

# How a program ended that did not end as it should, in words: how_ended STATUS
# SECONDS. What it said last follows.
how_ended() {
    case $1 in
    124) echo "it had not ended after $2 seconds" ;;
    132) echo 'it crashed: SIGILL (an index outside of its array, or a division by 0)' ;;
    134) echo 'it crashed: SIGABRT (abort(), or the C library found an error)' ;;
    135) echo 'it crashed: SIGBUS (an address that memory does not have)' ;;
    136) echo 'it crashed: SIGFPE (such as a division by zero)' ;;
    137) echo 'it was killed, as the system does when no memory is left' ;;
    139) echo 'it crashed: SIGSEGV (memory that is not its own)' ;;
    152) echo "it used more than $(($2 * 2)) seconds of a processor" ;;
    153) echo 'it wrote more than 16 MiB' ;;
    129 | 13? | 14? | 15?) echo "it was ended by SIG$(kill -l "$1")" ;;
    0) echo 'it ended before the check did (exit status 0)' ;;
    *) echo "it ended with exit status $1" ;;
    esac
    last_lines 3 "$said"
}

# last_lines N FILE, and clean: what may be shown.
last_lines() {
    tail -n "$1" "$2" | clean
}

clean() {
    cut -c 1-160 | tr -d '\000' | sed 's/[^[:print:]]/?/g'
}

# kit_for_sanitizer: what `build thread` needs beside the rest of the kit. Few
# submissions come to that.
kit_for_sanitizer() {
    local kit=$BOX/kit/thread
    [ ! -e "$kit" ] || return 0
    mkdir "$kit" && cp "$GRADER/thread/libstudent.a" "$kit" &&
        { [ ! -e "$GRADER/thread/$EXERCISE" ] ||
            cp "$GRADER/thread/$EXERCISE" "$kit/harness"; } && return
    rm -rf "$kit"
    return 1
}

# build ''|thread|counted|walked: compile the student's file, for the harness as
# a shared object: plainly, for ThreadSanitizer, for harness/operations.c, or for
# a walk through every order. What the compiler says when it fails goes to
# $BOX/compiled.
build() {
    local kit=$KIT name=${1:-plain} what=() needed=() libraries compile flags
    local assembler object
    rm -rf "$BOX/box/$name" "$BOX/box/$name".[os] # an earlier run's own
    read -ra compile <<<"$GRADE_CC"
    compile+=(-std=c11 -D_POSIX_C_SOURCE=200809L -pthread -O2 -g -w "-I$KIT")
    case $1 in
    thread) kit=$KIT/thread what=(-fsanitize=thread) ;;
    # An index outside of an array ends the program, there and then; and so does
    # a division by 0, also where the processor or the compiler does without.
    '') what=(-fsanitize=bounds,integer-divide-by-zero
        -fsanitize-undefined-trap-on-error) ;;
    esac
    [[ $OSTYPE != linux* ]] || needed=(-Wl,--as-needed)
    if [ -e "$GRADER/$EXERCISE" ]; then
        what+=(-fPIC -shared -Dmain=exercise_main)
        [[ $OSTYPE != linux* ]] || needed+=(-Wl,-Bsymbolic)
    fi
    what+=("$KIT/$EXERCISE.c")
    # Linked without that sanitizer: the harness has functions for it.
    status=0
    case $1 in
    counted)
        boxed - 60 4096 "${compile[@]}" -fsanitize=thread \
            -include "$KIT/operations.h" -c -o "$INSIDE/counted.o" "${what[@]}"
        what=(-shared "$INSIDE/counted.o")
        ;;
    walked)
        read -ra flags <<<"$GRADE_WALKED"
        printf -v assembler '%q ' "${compile[@]}" "${flags[@]}" -include \
            "$KIT/common/virtual/names.h" -S -o "$INSIDE/walked.s" "${what[@]}"
        printf -v object '%q ' "${compile[@]}" -c -o "$INSIDE/walked.o" \
            "$INSIDE/walked.s"
        boxed - 60 4096 bash -c "$assembler && $object"
        what=(-shared "$INSIDE/walked.o")
        ;;
    esac
    read -ra libraries <<<"${GRADE_LIBRARIES-}"
    [ "$status" != 0 ] ||
        boxed - 60 4096 "${compile[@]}" "${what[@]}" "${needed[@]}" \
            -o "$INSIDE/$name" "$kit/libstudent.a" "${libraries[@]}"
    [ "$status" != 0 ] || ! cp "$BOX/box/$name" "$BOX/kit/built" || return 0
    rm -f "$BOX/hung"
    first_error >"$BOX/compiled"
    return 1
}

# The compiler's first error, or the linker's, with the line of code that it
# shows; or how the compiler ended without one.
first_error() {
    # "/usr/bin/ld: /tmp/x.o: in function ..." becomes "in function ...".
    sed -E 's,(^|[ `])/[^ :]*/,\1,g;s/^ld: //;s/^[^ :]*\.o: //
        s/exercise_main/main/g' "$said" | clean >"$BOX/errors"
    grep -m 1 -A 2 -E '(^|[: ])(fatal )?error: ' "$BOX/errors" |
        grep -v '^collect2' && return
    grep -m 1 -E 'multiple definition|undefined reference|undefined symbol' \
        "$BOX/errors" && return
    case $status in
    124 | 137 | 152) how_ended "$status" 60 | sed '1s/^it /the compiler /' ;;
    *) last_lines 2 "$BOX/errors" ;;
    esac
}

# report_of SECONDS MIB COMMAND...: what a harness reports goes to the file
# $run.facts, what it prints to $run.said, its exit status to $run.status, and how
# it ended, if not at its end, to $run.ending. Only the harness knows the word that
# its report begins with.
report_of() {
    local seconds=$1 mib=$2 word input alone='' into=$run lines
    shift 2
    read -r word 2>/dev/null </proc/sys/kernel/random/uuid ||
        word=$(od -An -N 16 -tx8 /dev/urandom)
    word=${word//[-[:space:]]/}
    # All that the code can kill is its own, in a world or for a user of its own.
    [ -z "$GRADE_LAYERS" ] || alone=a
    input=$word$alone
    boxed - "$seconds" "$mib" "$@"
    echo "$status" >"$run.status"
    sed -n "/^$word\$/,/^end 1\$/ { /^$word\$/!p; }" "$report" >"$run.facts"
    : >"$report" # it may be large
    mapfile -t lines <"$run.facts"
    [ "${lines[*]: -1}" = 'end 1' ] ||
        how_ended "$status" "$seconds" >"$run.ending"
}

# serve_downloads [OPTION...], stop_serving: the grader's own server; its
# address is $SERVER, and what it saw is in $served as JSON: `saw KEY`.
serve_downloads() {
    [ -e "$BOX/server.in" ] || mkfifo "$BOX/server.in"
    : >"$BOX/server.out"
    "$GRADER/local_server" "$@" <"$BOX/server.in" >"$BOX/server.out" 3>&- &
    SERVER_PID=$!
    exec {SERVER_IN}>"$BOX/server.in"
    until [ -s "$BOX/server.out" ]; do
        kill -0 "$SERVER_PID" 2>/dev/null || break
        sleep 0.01
    done
    SERVER=
    read -r SERVER <"$BOX/server.out" || true
}

stop_serving() {
    exec {SERVER_IN}>&-
    unset SERVER_IN
    wait "$SERVER_PID" || true
    served=$(tail -n 1 "$BOX/server.out")
}

saw() {
    [[ $served =~ \"$1\":\ *([0-9]+) ]] && echo "${BASH_REMATCH[1]}"
}
