#!/usr/bin/env bats
# SPDX-License-Identifier: MIT
#
# scripts/walk: programs that are not the kit's, not one line of them changed.

load helper

programs=$ROOT/tests/orders/programs
# shellcheck source=common/virtual/compile.bash
source "$ROOT/common/virtual/compile.bash"

# walk ARGUMENT...
walk() {
    run --separate-stderr "$ROOT/scripts/walk" "$@"
}

# What each program is compiled with, found out once. The header with the names
# takes longer than a program: it is compiled beforehand.
setup_file() {
    walked_flags_of gcc
    export FLAGS="${walked_flags[*]}" NAMES=$BATS_FILE_TMPDIR/names.h
    echo '#include "common/virtual/system_names.h"' >"$NAMES"
    # shellcheck disable=SC2086
    gcc $FLAGS "-I$ROOT" -x c-header -o "$NAMES.gch" "$NAMES"
}

# compile FILE.c...: as scripts/walk does, which looks for a compiler first. A
# program finds the system's libraries in the walk: none is linked.
compile() {
    local program
    # shellcheck disable=SC2086
    (cd "$BATS_TEST_TMPDIR" &&
        gcc $FLAGS "-I$ROOT" -include "$NAMES" -c "$@") || return
    for program in "${@##*/}"; do
        ld -shared -o "$BATS_TEST_TMPDIR/$program.so" \
            "$BATS_TEST_TMPDIR/${program%.c}.o" || return
    done
}

# walk_compiled FILE.c [OPTION...]: it is compiled again only when it has changed.
walk_compiled() {
    local so=$BATS_TEST_TMPDIR/${1##*/}.so
    [ "$so" -nt "$1" ] || compile "$1"
    run --separate-stderr "$BUILD/walk" --program "$so" --name "${1##*/}" \
        "${@:2}"
}

# finds PROGRAM TEXT [OPTION...]: in each of 20 runs. The last one's output is in
# $output: it alone asks addr2line, which takes longer than the walk.
finds() {
    compile "$programs/wrong/$1.c"
    # shellcheck disable=SC2016
    run bash -c 'path=$PATH PATH=/none
        for ((found = 0; found < 20; found++)); do
            ((found < 19)) || PATH=$path
            said=$("${@:2}")
            status=$?
            [[ "$status $said" == "1 "*"$1"* ]] || break
        done
        echo "found in $found of 20, the last with status $status: $said"' - \
        "$2" "$BUILD/walk" --program "$BATS_TEST_TMPDIR/$1.c.so" \
        --name "$1.c" "${@:3}"
    contains "$output" "found in 20 of 20, the last with status 1"
}

@test "walk: nothing is found in 39 right programs" {
    local - count=0
    set +T
    compile "$programs"/right/*.c
    for program in "$programs"/right/*.c; do
        walk_compiled "$program"
        same "$status $stderr" "0 "
        contains "$output" "No order fails."
        count=$((count + 1))
    done
    same "$count" 39
}

@test "walk: a deadlock by lock order, in 20 of 20 runs" {
    finds deadlock "nobody can go on"
    contains "$output" "thread 2 waits for a mutex"
    contains "$output" "thread 3 waits for a mutex"
}

@test "walk: a lost wake-up, the predicate is read outside the mutex, 20 of 20" {
    finds lost_wakeup "waits for a signal that nobody sends"
}

@test "walk: a ticket that wraps at 8 bits, 20 of 20" {
    finds ticket_wraps "looks again and again, ticket_wraps.c:" --limit 1
    contains "$output" "and nobody changes anything"
}

@test "walk: a volatile flag in place of an atomic, 20 of 20" {
    finds volatile_flag "data race: thread 1 writes"
}

@test "walk: a relaxed store that should be a release, 20 of 20" {
    finds relaxed_store "data race: thread 1 writes"
}

@test "walk: a lost update, memory used after free, another's stack, a crash" {
    finds lost_update "finds that this is not so: counter == 2"
    finds used_after_free "data race"
    finds stack_shared "data race"
    finds crashes "thread 1 crashes: it uses memory that is not there"
}

@test "walk: what it finds is followed again, from its file" {
    walk "$programs/wrong/lost_wakeup.c" --save "$BATS_TEST_TMPDIR/order"
    same "$status" 1
    same "$(head -n 1 "$BATS_TEST_TMPDIR/order")" "order of lost_wakeup.c"
    walk_compiled "$programs/wrong/lost_wakeup.c" --save -
    same "$output" "$(<"$BATS_TEST_TMPDIR/order")"
    for by in walk walk_compiled; do
        $by "$programs/wrong/lost_wakeup.c" --replay "$BATS_TEST_TMPDIR/order"
        same "$status" 1
        contains "$output" "waits for a signal that nobody sends"
    done
    walk "$programs/wrong/deadlock.c" --replay "$BATS_TEST_TMPDIR/order"
    same "$status" 2
    contains "$stderr" "an order of 'lost_wakeup.c', not of 'deadlock.c'"
}

# program TEXT: a file with it, in $program.
program() {
    program=$BATS_TEST_TMPDIR/program.c
    printf '%s\n' '#include <pthread.h>' '#include <stdlib.h>' "$@" >"$program"
}

# mains BODY...: a program of several, compiled once, in $program. The first is in
# line 17.
mains() {
    local body bodies=() lock='pthread_mutex_lock(&mutex);'
    local unlock='pthread_mutex_unlock(&mutex);'
    for body in "$@"; do
        bodies+=("case $((${#bodies[@]} + 1)): { $body } break;")
    done
    program '#include <semaphore.h>' '#include <stdbool.h>' \
        'static pthread_mutex_t mutex = PTHREAD_MUTEX_INITIALIZER;' \
        'static pthread_cond_t cond = PTHREAD_COND_INITIALIZER;' \
        'static pthread_rwlock_t rwlock = PTHREAD_RWLOCK_INITIALIZER;' \
        'static sem_t sem; static pthread_t thread; static bool ready;' \
        "static void *waits(void *with) { $lock while (!ready)
            pthread_cond_wait(&cond, &mutex); $unlock return with; }" \
        "static void *signals(void *with) { $lock ready = true;
            pthread_cond_signal(&cond); $unlock return with; }" \
        "static void *signals_late(void *with) { $lock ready = true; $unlock
            pthread_cond_signal(&cond); return with; }" \
        'static void *posts(void *with) { sem_post(with); return with; }' \
        'int main(void) { switch (atoi(getenv("MAIN"))) {' "${bodies[@]}" '} }'
}

# walk_main NUMBER
walk_main() {
    MAIN=$1 walk_compiled "$program"
}

@test "walk: exit, abort, a free too many, a main that returns 3" {
    program 'int main(void) { exit(0); }'
    walk "$program"
    same "$status" 0
    program 'int main(void) { exit(4); }'
    walk "$program"
    same "$status" 1
    contains "$output" "1 fails. The shortest that does has 0 steps:"
    contains "$output" "thread 1 exits with status 4, program.c:3"
    program 'static void say(void) { puts("at the end"); }' \
        'int main(void) { atexit(say); _exit(0); }'
    sed -i '1i #include <stdio.h>' "$program"
    walk_compiled "$program"
    same "${lines[*]: -2}" 'There is one order. No order fails.'
    mains 'exit(200);' 'abort();' 'raise(SIGABRT);' \
        'char *p = malloc(8); free(p); free(p);' 'return 3;'
    walk_main 1
    contains "$output" "thread 1 exits with status 200, program.c:17"
    walk_main 2
    contains "$output" "thread 1 aborts, program.c:18"
    walk_main 3
    same "${lines[-1]}" "thread 1 aborts"
    walk_main 4
    contains "$output" "thread 1 frees memory that is free already, program.c:20"
    walk_main 5
    contains "$output" "main returns 3"
}

# Its threads share the walk's memory: what it destroys may be the walk's.
@test "walk: a program that destroys the walk itself: said, status 1" {
    cat >"$BATS_TEST_TMPDIR/x.c" <<'END'
#include <stdlib.h>
#include <string.h>
int main(void)
{
    char *memory = malloc(8);
    memset(memory - 48, 7, 48);
    return 0;
}
END
    walk "$BATS_TEST_TMPDIR/x.c"
    same "$status" 1
    contains "$stderr" 'the walk has crashed: x.c may write outside of its memory'
    # The C library may say first what it found.
    same "$(grep -vcE '^[a-z_]+\(\): ' <<<"$stderr")" 1
}

@test "walk: what has been destroyed is not used, and what is in use not destroyed" {
    mains 'pthread_mutex_destroy(&mutex); pthread_mutex_lock(&mutex);' \
        'pthread_mutex_lock(&mutex); pthread_mutex_destroy(&mutex);' \
        'pthread_rwlock_destroy(&rwlock); pthread_rwlock_rdlock(&rwlock);' \
        'pthread_cond_destroy(&cond); pthread_cond_signal(&cond);' \
        'sem_init(&sem, 0, 1); sem_destroy(&sem); sem_wait(&sem);' \
        'pthread_mutex_destroy(&mutex); pthread_mutex_init(&mutex, NULL);
            pthread_mutex_lock(&mutex);'
    walk_main 1
    contains "$output" "thread 1 uses a lock that has been destroyed, program.c:17"
    walk_main 2
    contains "$output" "thread 1 destroys a mutex that is locked, program.c:18"
    walk_main 3
    contains "$output" "thread 1 uses a lock that has been destroyed"
    walk_main 4
    contains "$output" "thread 1 uses a condition that has been destroyed"
    walk_main 5
    contains "$output" "thread 1 uses a semaphore that has been destroyed"
    walk_main 6
    same "$status" 0
}

@test "walk: a condition that another waits for, or signals, is not destroyed" {
    mains 'pthread_create(&thread, NULL, waits, NULL);
            pthread_mutex_lock(&mutex); pthread_mutex_unlock(&mutex);
            pthread_cond_destroy(&cond);' \
        'pthread_create(&thread, NULL, signals_late, NULL);
            waits(NULL); pthread_cond_destroy(&cond);' \
        'pthread_create(&thread, NULL, signals, NULL);
            waits(NULL); pthread_cond_destroy(&cond);'
    walk_main 1
    contains "$output" "thread 1 destroys a condition that another thread waits for"
    walk_main 2
    contains "$output" "data race: thread"
    contains "$output" " uses"
    walk_main 3
    same "$status" 0
}

@test "walk: a semaphore in memory that is free" {
    local mine='sem_t *mine = malloc(sizeof *mine); sem_init(mine, 0, 0);
        pthread_create(&thread, NULL, posts, mine);'
    mains "$mine free(mine); pthread_join(thread, NULL);" \
        "$mine sem_wait(mine); sem_destroy(mine); free(mine);"
    walk_main 1
    same "$status" 1
    contains "$output" "thread 2 uses memory that is free already"
    walk_main 2
    same "$status" 0
}

@test "walk: variables begin anew, rand and time are the same each time" {
    program '#include <assert.h>' '#include <stdio.h>' '#include <time.h>' \
        'static int count = 5, empty;' 'static long sum;' \
        'static void *add(void *with) { empty++; return with; }' \
        'int main(void) {' '    pthread_t thread;' '    static int often;' \
        '    assert(count == 5 && empty == 0 && often == 0);' \
        '    often++, count++;' '    srand((unsigned)time(NULL));' \
        '    sum = rand();' '    printf("hello\n"), fputs("oh", stderr);' \
        '    pthread_create(&thread, NULL, add, NULL);' \
        '    if (sum % 2) pthread_join(thread, NULL);' \
        '    else pthread_join(thread, NULL);' '    return 0;' '}'
    walk_compiled "$program"
    same "$status" 0
    same "$(grep -c hello <<<"$output")" 0
    same "$stderr" ''
}

@test "walk: what cannot be walked is said, in one line" {
    walk
    same "$status" 2
    walk none.c
    same "$status" 2
    same "$stderr" "walk: cannot read 'none.c'"
    program 'int main(void) { nonsense'
    walk "$program"
    same "$status" 2
    contains "$stderr" "does not compile"
    program 'int its_main(void) { return 0; }'
    walk "$program"
    same "$status" 2
    same "$stderr" "walk: program.c has no main()"
    program 'int main(void) { pthread_key_t key;' \
        'return pthread_key_create(&key, NULL); }'
    walk_compiled "$program"
    same "$status" 1
    contains "$stderr" "pthread_key_create has no virtual counterpart"
    program '#include <time.h>' 'int main(void) { pthread_mutex_t m;' \
        'return pthread_mutex_clocklock(&m, CLOCK_MONOTONIC, NULL); }'
    walk_compiled "$program"
    same "$status" 1
    contains "$stderr" "pthread_mutex_clocklock has no virtual counterpart"
}

@test "walk: a program that reads its own command line" {
    program '#include <unistd.h>' 'int main(int count, char **arguments) {' \
        'return getopt(count, arguments, "a") != -1; }'
    walk "$program"
    same "$status" 0
    contains "$output" "No order fails."
}

@test "walk: memory that is used when it is free, though in an order that is right" {
    program 'static pthread_mutex_t mutex = PTHREAD_MUTEX_INITIALIZER;' \
        'static int *shared;' \
        'static void *body(void *with) { pthread_mutex_lock(&mutex);' \
        '*shared = 1; pthread_mutex_unlock(&mutex); return with; }' \
        'int main(void) { pthread_t t; shared = malloc(sizeof *shared);' \
        'pthread_create(&t, NULL, body, NULL); pthread_mutex_lock(&mutex);' \
        'free(shared); pthread_mutex_unlock(&mutex);' \
        'return pthread_join(t, NULL); }'
    walk_compiled "$program"
    same "$status" 1
    contains "$output" 'thread 2 uses memory that is free already, program.c:6'
}

# As in common/virtual/thread_locals.c.
own_thread_locals() {
    gcc -dM -E -include stdlib.h -x c /dev/null >"$BATS_TEST_TMPDIR/has"
    for name in __linux__ __x86_64__ __GLIBC__; do
        grep -q "^#define $name " "$BATS_TEST_TMPDIR/has" || return
    done
}

@test "walk: the stack of main() is as large as without the walk" {
    program 'int main(void) { volatile char large[4000000];' \
        'large[0] = 1; return large[0] != 1; }'
    walk_compiled "$program"
    same "$status" 0
}

@test "walk: memset() and memcpy() use memory" {
    local call
    for call in 'memset(shared, 1, sizeof shared)' \
        'memcpy(shared, with, strlen(with))'; do
        program '#include <string.h>' 'static char shared[100];' \
            "static void *body(void *with) { $call; return with; }" \
            'int main(void) { pthread_t t; char text[2] = "a";' \
            'pthread_create(&t, NULL, body, text); int old = shared[0];' \
            'pthread_join(t, NULL); return old < 0; }'
        walk_compiled "$program"
        contains "$output" 'data race: thread'
    done
    program '#include <string.h>' 'static char a, b;' \
        'static void *body(void *with) { memcpy(&a, &b, strlen(with)); return with; }' \
        'int main(void) { pthread_t t; pthread_create(&t, NULL, body, "");' \
        'a = 1; return pthread_join(t, NULL); }'
    walk_compiled "$program"
    same "$status" 0
}

@test "walk: errno is the thread's own" {
    program '#include <semaphore.h>' 'static sem_t none;' \
        'static void *body(void *with) { errno = 0; if (sem_trywait(&none) != -1' \
        '|| errno != EAGAIN) abort(); errno = with != NULL; sched_yield();' \
        'if (errno != (with != NULL)) abort(); return with; }' \
        'int main(void) { pthread_t a, b; pthread_create(&a, NULL, body, NULL);' \
        'pthread_create(&b, NULL, body, &a); pthread_join(a, NULL);' \
        'pthread_join(b, NULL); return errno; }'
    walk_compiled "$program"
    same "$status" 0
}

@test "walk: memory of strdup() that one thread has freed is not another's" {
    program '#include <string.h>' 'static _Atomic uintptr_t first, same;' \
        'static void *body(void *with) { char *text = strdup("abc");' \
        'if (first == (uintptr_t)text) same = 1; first = (uintptr_t)text;' \
        'text[0]++; free(text); return with; }' \
        'int main(void) { pthread_t a, b; pthread_create(&a, NULL, body, NULL);' \
        'pthread_create(&b, NULL, body, NULL); pthread_join(a, NULL);' \
        'pthread_join(b, NULL); return same; }'
    walk_compiled "$program"
    same "$status" 0
    sed -i 's/text\[0\]++;/free(text);/' "$program"
    walk_compiled "$program"
    contains "$output" 'frees memory that is free already, program.c:'
}

@test "walk: a _Thread_local variable is the thread's own, also by its address" {
    program 'static _Thread_local int own = 1, *at; static int *first;' \
        'static void *body(void *with) { own++; at = &own;' \
        'return (void *)(intptr_t)(*at != 2 || at == first || *first != 1); }' \
        'int main(void) { pthread_t t; void *wrong; first = &own;' \
        'pthread_create(&t, NULL, body, NULL); pthread_join(t, &wrong);' \
        'return wrong || own != 1; }'
    walk_compiled "$program"
    if own_thread_locals; then
        same "$status $stderr" "0 "
    else
        same "$status" 2
        contains "$stderr" "has _Thread_local variables"
    fi
}

@test "walk: _Thread_local variables that are found in another way: not walked" {
    own_thread_locals || skip 'they are never found here'
    program '_Thread_local __attribute__((tls_model("initial-exec"))) int own;' \
        'static void *body(void *with) { own++; return with; }' \
        'int main(void) { pthread_t t; pthread_create(&t, NULL, body, NULL);' \
        'pthread_join(t, NULL); return own; }'
    walk_compiled "$program"
    same "$status" 2
    contains "$stderr" "has _Thread_local variables"
    # A compiler that has TLS descriptors by default calls __tls_get_addr() here.
    gcc -mtls-dialect=gnu2 -E -x c /dev/null >/dev/null || skip 'gcc has no such'
    sed -i 's/__attribute__.*) int/int/' "$program"
    CC='gcc -mtls-dialect=gnu2' walk "$program"
    same "$status $stderr" "0 "
}

@test "walk: more threads than a walk can have: said, status 1" {
    program 'static void *body(void *with) { return with; }' \
        'int main(void) { pthread_t t; for (int i = 0; i < 260; i++)' \
        'pthread_create(&t, NULL, body, NULL), pthread_join(t, NULL);' \
        'return 0; }'
    walk_compiled "$program"
    same "$status" 1
    contains "$stderr" "orders of 260 threads at most are walked"
}

@test "walk: memory of the least alignment there is" {
    program 'int main(void) { char *p = aligned_alloc(1, 24); p[0] = 1;' \
        'free(p); return 0; }'
    walk_compiled "$program"
    same "$status" 0
}

@test "walk: what stands in a variable, and what ends by its time limit" {
    program '#include <time.h>' 'static pthread_rwlock_t lock =' \
        'PTHREAD_RWLOCK_INITIALIZER; static pthread_mutex_t' \
        '#ifdef PTHREAD_RECURSIVE_MUTEX_INITIALIZER_NP' \
        'again = PTHREAD_RECURSIVE_MUTEX_INITIALIZER_NP,' \
        'checked = PTHREAD_ERRORCHECK_MUTEX_INITIALIZER_NP,' '#else' \
        '#define again mutex' '#define checked mutex' \
        '#define pthread_mutex_lock pthread_mutex_trylock' '#endif' \
        'mutex; struct memory { void *(*take)(size_t); void (*free)(void *); };' \
        'int main(void) { struct memory memory = {malloc, free};' \
        'struct timespec soon = {.tv_sec = 1}; memory.free(memory.take(8));' \
        'pthread_mutex_lock(&again); pthread_mutex_lock(&again);' \
        'pthread_mutex_lock(&checked); if (!pthread_mutex_lock(&checked)) return 1;' \
        'if (pthread_rwlock_timedrdlock(&lock, &soon)) return 2;' \
        'return pthread_rwlock_timedwrlock(&lock, &soon) == 0; }'
    walk_compiled "$program"
    same "$status" 0
    contains "$output" "No order fails."
}

@test "walk: an order of more steps of one thread than a walk makes by default" {
    program 'static pthread_mutex_t mutex = PTHREAD_MUTEX_INITIALIZER;' \
        'static _Atomic int count;' \
        'int main(void) { while (count < 1000)' \
        'pthread_mutex_lock(&mutex), count++, pthread_mutex_unlock(&mutex);' \
        'abort(); }'
    walk_compiled "$program"
    contains "${lines[-1]}" 'Follow it: --order 1x4001'
    walk_compiled "$program" --order 1x4001
    same "$status" 1
    contains "$output" "thread 1 aborts"
}

@test "walk: make walk PROG=FILE.c" {
    cd "$ROOT"
    run env -u MAKEFLAGS -u MAKELEVEL make -s BUILD="$BUILD" walk \
        PROG=tests/orders/programs/right/mutex_counter.c
    same "$status" 0
    contains "$output" "No order fails."
}

@test "walk: ended by TERM it leaves nothing running, and no folder" {
    printf '#!/bin/sh\necho $$ >"%s/walks"\nexec sleep 1000\n' \
        "$BATS_TEST_TMPDIR" >"$BATS_TEST_TMPDIR/walk"
    chmod +x "$BATS_TEST_TMPDIR/walk"
    mkdir "$BATS_TEST_TMPDIR/tmp"
    echo 'int main(void) { return 0; }' >"$BATS_TEST_TMPDIR/it.c"
    BUILD=$BATS_TEST_TMPDIR TMPDIR=$BATS_TEST_TMPDIR/tmp \
        "$ROOT/scripts/walk" "$BATS_TEST_TMPDIR/it.c" >/dev/null 2>&1 3>&- &
    left=$!
    await wrote "$left" "$BATS_TEST_TMPDIR/walks"
    kill -TERM "$left"
    status=0
    wait "$left" || status=$?
    left=$(<"$BATS_TEST_TMPDIR/walks") # to be ended if this fails
    same "$status" 143
    LIMIT_S=10 gone "$left"
    left=
    same "$(ls "$BATS_TEST_TMPDIR/tmp")" ''
}
