# SPDX-License-Identifier: MIT
# shellcheck shell=bash disable=SC2034,SC2086,SC2154
#
# What the graders' tests share: the harness's report, and how a lost point is
# explained. A test's output is what scripts/grade reads:
#
#     expected: WHAT          what the test asks for
#     got: WHAT               what happened instead
#     why: TEXT               why it matters
#     hint 1: TEXT            up to three, each telling more than the last
#     not asked: REASON       the point needs something that is not there yet
#     | TEXT                  one more line of the same
#
# `# kept` above a test says that an untouched starter passes it.

# Before each command of a function bats notes in which line it is. That takes as
# long as all the rest of a grading, and nobody reads it.
set +T

# shellcheck source=tests/exercises/box.bash
source "${BASH_SOURCE[0]%/*}/box.bash"

# exercise NAME: for setup_file. Puts the student's file into a box of its own
# and compiles it there.
exercise() {
    local key value source=${SUBMISSION:-$ROOT/labs/exercises}/$1.c
    export GRADE_SEED=${GRADE_SEED:-$RANDOM$RANDOM}
    if [ -z "${GRADE_LAYERS+set}" ]; then
        while read -r key value; do
            export "GRADE_${key^^}=$value"
        done < <("$EXERCISES/self_test")
    fi
    if [ -n "${GRADE_BROKEN-}" ]; then
        echo "$GRADE_BROKEN"
        return 1
    fi
    open_box "$1" || return
    # Why scripts/grade did not take the file. A link is not followed: its
    # target could be the solution.
    if [ -e "${source%.c}.refused" ]; then
        cp "${source%.c}.refused" "$BOX/compiled"
    elif [ -L "$source" ] || [ ! -f "$source" ]; then
        echo "there is no file $1.c" >"$BOX/compiled"
    else
        cp "$source" "$BOX/kit/$1.c"
        build '' || true
    fi
}

# ---- in a test ----

# why TEXT, hints TEXT...: said only if a point of this test is lost. A test
# that can be lost in several ways says anew what fits before each.
why() {
    why=$*
}

hints() {
    hints=("$@")
}

# tell KEY TEXT: the text may have several lines. What a program printed may be in
# it: no other character moves on a screen.
tell() {
    local text=${2//[^[:print:]$'\t\n']/?}
    printf '%s: %s\n' "$1" "${text//$'\n'/$'\n| '}"
}

# lose EXPECTED GOT: the test fails, and this is how. Where nothing can be written
# any more, a report that is missing is the grader's trouble; unless the program
# itself has filled the disk.
lose() {
    local hint number=1 used
    head -c 300000 /dev/zero 2>/dev/null >"$BOX/room" || {
        rm -f "$BOX/room"
        used=$(du -sk "$BOX/box" | cut -f1)
        [ "$used" -gt 100000 ] ||
            skip "not measured: no space is left in ${BOX%/*}"
        find "$BOX/box" -type f -size +1000k -delete
    }
    rm -f "$BOX/room"
    tell expected "$1"
    tell got "${2:-nothing}"
    tell why "${why-}"
    for hint in "${hints[@]}"; do
        tell "hint $((number++))" "$hint"
    done
    return 1
}

# not_asked REASON: the point is not earned, for something else is missing.
not_asked() {
    tell 'not asked' "$1"
    return 1
}

# only_if WHAT COMMAND...: without that the point is not asked for.
only_if() {
    "${@:2}" >/dev/null && return
    ! [ -e "$BOX/told" ] || not_asked "$(<"$BOX/told")" || return
    not_asked "$1"
}

# expect GOT = WANTED WHAT (also < and > for numbers): WHAT as in "WHAT is 3".
expect() {
    case $2 in
    =) [ "$1" = "$3" ] || lose "$4 is $3" "$1" ;;
    '<') at_most "$1" "$3" || lose "$4 is at most $3" "$1" ;;
    '>') at_most "$3" "$1" || lose "$4 is at least $3" "$1" ;;
    esac
}

at_most() {
    awk -v low="$1" -v high="$2" 'BEGIN {
        number = "^[-+0-9.eE]+$"
        exit !(low ~ number && high ~ number && low + 0 <= high + 0) }'
}

# compiled: told once how it does not; the file's other tests then need not ask.
compiled() {
    [ -e "$BOX/compiled" ] || return 0
    ! [ -e "$BOX/told" ] || not_asked "$(sed -n 1p "$BOX/told")" || return
    echo 'it does not compile' >"$BOX/told"
    why='Only a program that compiles can be looked at.'
    hints=('Compile it as make does, and mend the first error: others may follow from it.')
    lose "$EXERCISE.c compiles" "$(<"$BOX/compiled")"
}

# A check has half a minute; after one that was used up, the file's others get
# a third of that.
GRADE_SECONDS=${GRADE_SECONDS:-30}

seconds_left() {
    local seconds=$GRADE_SECONDS
    [ ! -e "$BOX/hung" ] || seconds=$((seconds / 3))
    echo "$seconds"
}

# harness [-t|-c] MODE: run the harness, with ThreadSanitizer after -t, counting
# operations after -c, once for all tests of the file. What it counted is told by
# `fact`, what it printed is in $run.said. Loses if there is no whole report.
harness() {
    case $1 in
    -t) run_once "thread_$2" any $GRADE_UNDER "$KIT/thread/harness" "$2" \
        "$GRADE_SEED" "$KIT/built/thread" ;;
    -c) run_once "counted_$2" 2048 "$KIT/harness" "$2" \
        "$GRADE_SEED" "$KIT/built/counted" ;;
    *) run_once "plain_$1" 2048 "$KIT/harness" "$1" \
        "$GRADE_SEED" "$KIT/built/plain" ;;
    esac || return
    read_facts
    if [ -n "${facts[broken]-}" ]; then
        ! [ -e "$BOX/told" ] || not_asked "$(<"$BOX/told")" || return
        echo "it cannot be used: ${facts[broken]}" >"$BOX/told"
        lose "$EXERCISE.c can be used" "${facts[broken]}"
    elif [ -n "${facts[stuck]-}" ]; then
        stuck
    elif [ -z "${facts[end]-}" ]; then
        ended_early
    fi
}

# The run has not come to its end. With own_hints=1 the hints for a pointer that
# leads nowhere are those of the test.
ended_early() {
    local why=${why-} hints=("${hints[@]}")
    case ${own_hints:+own }$(<"$run.status") in
    'own 134' | 'own 135' | 'own 139') ;;
    *) fits_ending "$(<"$run.status")" ;;
    esac
    lose 'it runs to the end of the check' "$(<"$run.ending")"
}

# Into the array `facts`: what the run has reported.
read_facts() {
    local key value
    declare -gA facts=()
    while read -r key value; do
        [[ $key = [=\|] ]] || facts[$key]=$value
    done <"$run.facts"
}

# All threads of the run slept, and none was left to wake them.
stuck() {
    local why hints
    fits_fault stuck
    lose 'it runs to the end of the check' \
        'all its threads sleep, and none is left to wake them'
}

# run_once NAME MIB COMMAND...
run_once() {
    compiled || return
    run=$BOX/out/$1
    [ -e "$run.status" ] || report_of "$(seconds_left)" "${@:2}"
}

fact() {
    echo "${facts[$1]-nothing}"
}

# holds FACT STATEMENT: the harness saw it happen.
holds() {
    [ "$(fact "$1")" = 1 ] || lose "$2" "${3:-that did not happen}"
}

# program [-t] [ARGUMENT...]: run a student's whole program, with the network of
# the grader's servers; its output is $output, its exit status $status. `under`
# comes before it.
program() {
    local binary=$KIT/built/plain memory=3072 input=
    if [ "$1" = -t ]; then
        binary=$KIT/built/thread memory=any
        # shellcheck disable=SC2206
        under=($GRADE_UNDER)
        shift
    fi
    compiled || return
    boxed net "$(seconds_left)" "$memory" "${under[@]}" "$binary" "$@"
    output=$(head -c 100000 "$report" | tr -d '\000')
}

# with_sanitizer: the student's file is compiled for ThreadSanitizer, and it can
# judge it.
with_sanitizer() {
    local names
    compiled || return
    [ -z "${GRADE_NO_RACES-}" ] || skip "not measured: $GRADE_NO_RACES"
    compiles_for_sanitizer || return
    boxed - 20 any nm -D -u "$KIT/built/thread"
    names=$(grep -owE '(thrd|mtx|cnd|tss)_[a-z]+|call_once' "$report" |
        sort -u | head -n 3 | paste -sd ' ' -)
    [ -z "$names" ] ||
        skip "not measured: ThreadSanitizer does not know C11 threads ($names)"
    GRADE_SECONDS=60
}

# compiles_for_sanitizer: code that compiles only without it has asked for that.
compiles_for_sanitizer() {
    local error why='With a sanitizer the check looks at the same code, and at all of it.' \
        hints=('Which #if or #error asks how the code is compiled?')
    kit_for_sanitizer ||
        skip 'not measured: what ThreadSanitizer needs cannot be copied'
    build thread && return
    error=$(<"$BOX/compiled")
    rm "$BOX/compiled"
    case $status in
    124 | 137 | 152)
        skip 'not measured: it does not compile for ThreadSanitizer in time'
        ;;
    esac
    lose "$EXERCISE.c compiles with -fsanitize=thread, too" "$error"
}

# costs MODE: operations on shared memory, as the harness counts them in MODE.
# The same on every processor, whatever such an operation costs there.
costs() {
    compiled || return
    [ -z "${GRADE_NO_COUNTS-}" ] || skip "not measured: $GRADE_NO_COUNTS"
    [ -e "$BOX/kit/built/counted" ] || build counted || {
        rm "$BOX/compiled"
        [ -n "${GRADE_NO_RACES-}" ] || compiles_for_sanitizer || return
        skip 'not measured: it does not compile for counting its operations'
    }
    harness -c "$1"
}

# can_be_shaken: the student's code can be run with a rest before each access to
# memory (`harness -c` in a mode that shakes). Code that is not walked is: what
# luck shows in some runs this shows in each.
can_be_shaken() {
    [ -e "$BOX/unwalked" ] && [ -z "${GRADE_NO_COUNTS-}" ] || return
    [ -e "$BOX/kit/built/counted" ] || build counted || {
        rm "$BOX/compiled"
        return 1
    }
}

# walk MODE RIGHT COMMAND...: the student's code in every order of its steps, as
# the harness walks it in MODE. RIGHT is what all orders should show. The same
# on every machine, whatever its load, if it ends within its time. Code that
# cannot be walked is judged by COMMAND alone. With own_hints=1 the hints are
# those of the test, whatever the fault.
walk() {
    local mode=$1 right=$2 picture
    shift 2
    compiled || return
    if ! walked "$mode"; then
        "$@"
        return
    fi
    [ -n "${facts[fault]-}" ] || return 0
    [ -n "${own_hints-}" ] || fits_fault "${facts[fault]}"
    case ${facts[text]} in
    *' crashes: it uses memory'* | *'memory that is free'*) fits_ending 139 ;;
    *destroy* | *' uses, '* | *' uses the same'*) fits_fault destroyed ;;
    *' crashes: it divides'*) fits_ending 136 ;;
    esac
    picture=$(sed -n 's/^| /  /p' "$run.facts")
    [[ $picture != *' tries-to-lock '* ]] ||
        hints[0]='pthread_mutex_trylock() does not wait. What does your code do when another has the mutex?'
    if [ -n "${GRADE_LEAVES-}" ] && [ ! -e "$GRADE_LEAVES/$EXERCISE.order" ] &&
        grep -q '^=' "$run.facts"; then
        sed -n 's/^= //p' "$run.facts" >"$GRADE_LEAVES/$EXERCISE.order"
    fi
    lose "$right" "${facts[text]}${picture:+$'\n'$picture}"
}

# walked MODE: the facts of this walk. False: the code cannot be walked, for the
# reason in $BOX/unwalked.
walked() {
    walkable || return
    run_once "walked_$1" 2048 "$KIT/walk" "$1" "$GRADE_SEED" "$KIT/built/walked"
    read_facts
    [ -z "${facts[unwalked]-}" ] || unwalked "${facts[unwalked]}" || return
    [ -z "${facts[broken]-}" ] || unwalked "it ${facts[broken]}" || return
    [ -n "${facts[end]-}" ] || unwalked "$(sed 's/^[^:]*: //' "$run.said" \
        "$run.ending" | clean | head -n 1)"
}

# unwalked REASON: fails. That a walk took too long does not shorten the runs that
# now judge the code.
unwalked() {
    echo "$1" >"$BOX/unwalked"
    rm -f "$BOX/hung"
    remark "not walked through every order, only run: $1"
    return 1
}

remark() {
    [ -z "${GRADE_LEAVES-}" ] || echo "$1" >"$GRADE_LEAVES/$EXERCISE.remark"
}

# walkable: compiled for a walk, and what it calls that threads could meet at is
# replaced there.
walkable() {
    local names
    [ ! -e "$BOX/unwalked" ] || return
    [ ! -e "$BOX/kit/built/walked" ] || return 0
    build walked || {
        unwalked "it does not compile for a walk: $(head -n 1 "$BOX/compiled")"
        rm "$BOX/compiled"
        return 1
    }
    boxed - 20 2048 nm -f sysv "$INSIDE/walked.o"
    [ "$status" = 0 ] || unwalked 'nm does not say what it calls' || return
    names=$(awk -F '|' '$3 ~ /^ *[Tt] *$/ && $4 ~ /OBJECT/' "$report")
    [ -z "$names" ] || unwalked 'it has data among its functions' || return
    names=$(awk -F ' *[|] *' 'NR == FNR { kit[$1] = 1; next }
        $3 ~ /^[Uuw]$/ && !($1 in kit) {
            sub(/^__isoc[0-9]+_/, "", $1)
            if (sub(/_chk$/, "", $1)) sub(/^__/, "", $1)
            print $1
        }' "$GRADER/libstudent.names" "$report" |
        grep -vxE "$walkable_names" | head -n 3 | paste -sd ' ' -)
    [ -z "$names" ] || unwalked "it uses $names" || return
    # Between two such lines stands what comes from inline assembler.
    ! grep -qE '^[[:space:]]*(#|//|@|;) *(APP|Start of file scope inline)' \
        "$BOX/box/walked.s" || unwalked 'it has inline assembler' || return
    # Code that is another one where it is walked; comments do not count, where
    # the compiler can leave them out.
    # shellcheck disable=SC2086
    boxed - 20 2048 $GRADE_CC -fpreprocessed -E -P "$KIT/$EXERCISE.c"
    [ "$status" = 0 ] || boxed - 20 2048 cat "$KIT/$EXERCISE.c"
    [ "$status" = 0 ] || unwalked 'it cannot be read again' || return
    names=$(grep -owE 'VIRTUAL_\w+|virtual_\w+|__SANITIZE_\w+|__has_feature' \
        "$report" | sort -u | head -n 3 | paste -sd ' ' -)
    [ -z "$names" ] || unwalked "it uses $names" || return
}

# What code that is walked may call beside the kit's functions: what is replaced
# there has another name, and these let no thread wait for another and write to
# no memory but what they are given. With any other the code could wait where
# the walk does not see it, or change the walk itself.
walkable_names='virtual_.*|__tsan_.*|__tls_get_addr|_GLOBAL_OFFSET_TABLE_|'\
'pthread_(attr|mutexattr|condattr|rwlockattr|barrierattr)_.*|'\
'pthread_(equal|sigmask|getattr_np|setcancelstate)|'\
'mem(ccpy|chr|cmp|cpy|mem|move|pcpy|rchr|set)|(str|stp)[a-z_]+|__errno_location|'\
'v?(f|d|s|sn)?printf|f?put(s|c|char)|f?get(c|s|char)|putc|getc|fwrite|fflush|'\
'sscanf|std(in|out|err)|set(v|line)?buf|perror|fileno|isatty|write|'\
'is[a-z]+|to(upper|lower|ascii)|__ctype_.*|ato[a-z]+|l*(abs|div)|qsort(_r)?|'\
'bsearch|rand(_r|om_r)?|srand(om)?|[a-z]rand48(_r)?|getenv|_?exit|_Exit|abort|'\
'atexit|__cxa_atexit|__assert_fail|__stack_chk_fail|__ubsan_.*|'\
'clock(_getres)?|gettimeofday|times|(gm|local|mk|diff|as|c)time(_r)?|'\
'sysconf|getpagesize|get_nprocs(_conf)?|getpid|getppid|getrusage|uname|'\
'sched_[a-z_]+|__sched_[a-z_]+|mallinfo2?|malloc_usable_size|'\
'__u?(div|mod|mul|divmod)[dt]i[34]|__popcount[dt]i2'

# fits_fault KIND: of some faults the reason and the hints are the same,
# whatever the test was for.
fits_fault() {
    case $1 in
    stuck)
        why='A thread that sleeps goes on only when another wakes it.'
        hints=('Which thread should have woken the others, and with which call?'
            'A wake-up is lost if it comes before the other one sleeps, or if it wakes one whose turn it is not.'
            'Change the condition and signal with the mutex held; look at the condition in a while loop around each wait.')
        ;;
    misuse)
        why='A mutex belongs to the thread that has locked it: only this thread may unlock it, or wait on a condition with it.'
        hints=('Which thread has locked the mutex there?'
            'pthread_cond_wait() wants a mutex that its caller has locked.'
            'For a wake-up by another thread there are conditions and semaphores.')
        ;;
    destroyed)
        why='A mutex, a condition or a semaphore that another thread still uses must not be destroyed, nor its memory freed or used for something else.'
        hints=('Who destroys it, or leaves the function that it is a variable of? Who may still use it then?'
            'A thread that waits goes on as soon as the mutex is free: before the other one calls pthread_cond_signal(), if that comes after the unlock.'
            'Signal before you unlock, or keep the condition as long as the lock.')
        ;;
    spins | endless)
        why='A thread that looks again and again takes the processor from the one that it waits for.'
        hints=('Which loop goes on without a call that sleeps?'
            'pthread_cond_wait() sleeps until somebody wakes it. sched_yield() and usleep() come back by themselves.')
        ;;
    race)
        why='Two threads use the same memory, one of them writes, and nothing says which comes first: the compiler and the processor may do anything then.'
        hints=('The lines of the race are in the order, after the word race.'
            'Is the same mutex held at both of these lines?'
            'What several threads use is read and written with one mutex held, or it is atomic.')
        ;;
    esac
}

# fits_ending STATUS: the same for the ways in which a program ends too early.
# SIGILL is an index outside of its array; with divides=1 a division by 0.
fits_ending() {
    local ending=$1
    [ "$1${divides-}" != 1321 ] || ending=136
    case $ending in
    0 | 1 | 2)
        why='The check calls your functions and goes on after them: nothing in them ends the program.'
        hints=('Which call in your part ends the program: exit(), fail(), abort()?')
        ;;
    124 | 152)
        why='What does not end is never right.'
        hints=('Which loop, or which wait, goes on for ever?'
            'Print what the loop looks at: does it come to the value that ends it? A count below 0 is huge when it is unsigned.')
        ;;
    132)
        why='Each array has a size, and an index outside of it is the memory of something else.'
        hints=('Which array of yours has a fixed size? Who needs more?'
            'allocate() makes room for as many as there are.')
        ;;
    136)
        why='A division by zero ends the program.'
        hints=('What do you divide by? When is that zero?'
            'count / threads is 0 when there are fewer values than threads.')
        ;;
    134 | 135 | 139)
        why='A pointer leads to memory that is not there, not yours, or freed.'
        hints=('Which pointer is NULL, or was never set, or was freed before?'
            'Who frees it, and does a thread still use it then?'
            'Compile it with -fsanitize=address and run it: it names the line.')
        ;;
    esac
}

# silent_race MODE: ThreadSanitizer finds no data race while the harness runs
# MODE.
silent_race() {
    with_sanitizer || return
    harness -t "$1" >/dev/null && [ ! -s "$run.said" ] && return
    no_race "$run.said" || return
    [ -n "${facts[end]-}" ] ||
        unmeasured_race "$(<"$run.status")" "$run.said" || return
}

# no_race FILE: what was printed there.
no_race() {
    ! grep -q 'WARNING: ThreadSanitizer' "$1" ||
        lose 'no data race: ThreadSanitizer is silent' "$(race_words "$1")"
}

# unmeasured_race STATUS SAID: a run with ThreadSanitizer that did not end as one
# without it does. Its own trouble takes no point. With hangs=1 the code is known
# to hang now and then: what it did until then was looked at.
unmeasured_race() {
    case $1 in
    124) [ -z "${hangs-}" ] || return 0
        skip 'not measured: with ThreadSanitizer it had not ended in time' ;;
    137) skip 'not measured: ThreadSanitizer was killed, as the system does when no memory is left' ;;
    esac
    ! grep -q 'FATAL: ThreadSanitizer' "$2" ||
        skip "not measured: $(grep -m 1 'FATAL: ThreadSanitizer' "$2" | clean)"
    lose 'it runs to the end of the check' "$(how_ended "$1" "$(seconds_left)")"
}

# race_words FILE: the first race: what each of the two threads did, in which
# function and line of the student's file, and those lines.
race_words() {
    awk -v file="$KIT/$EXERCISE.c" -v name="$EXERCISE.c" \
        -v source="$BOX/kit/$EXERCISE.c" '
        /WARNING: ThreadSanitizer/ {
            if (races++) exit
            sub(/^WARNING: ThreadSanitizer: /, ""); sub(/ \(pid=.*/, "")
            print
        }
        /^  (Previous )?(atomic )?(read|write|Read|Write|Atomic)/ {
            did = tolower($0)
            sub(/^ */, "", did); sub(/ of size.*/, "", did)
            wanted = 1
        }
        # The frames of an access; the first in the file of the student.
        wanted && /^    #[0-9]+ / && (at = index($0, file ":")) {
            place = substr($0, at + length(file) + 1)
            sub(/[^0-9].*/, "", place)
            line[++lines] = place
            print did " in " $2 "(), " name ":" place
            wanted = 0
        }
        /^  Location is/ && !place_told++ {
            sub(/^  Location is /, ""); sub(/ of size.*/, "")
            sub(/ at 0x.*/, "")
            print "both of them: " $0
        }
        END {
            if (!lines) print "in what " name " keeps for one thread at a time"
            while ((getline text <source) > 0) code[++number] = text
            for (i = 1; i <= lines; i++)
                if (!(line[i] in shown)) {
                    shown[line[i]] = 1
                    print "    " line[i] ": " code[line[i]]
                }
        }' "$1" | clean | head -n 8
}
