#!/usr/bin/env bats
# SPDX-License-Identifier: MIT

load helper

# A copy of the sources in a folder with an unfriendly name. What is compiled
# there is, by each rule, one object and one program. The other objects are those
# that there are, if gcc links them with its own. The compiler and ar
# are asked through commands that note what they write.
setup_file() {
    export BATS_NO_PARALLELIZE_WITHIN_FILE=true # one tree
    export TREE=$BATS_FILE_TMPDIR/"Ana's läb 1" NOTED=$BATS_FILE_TMPDIR/noted
    export MADE='common/14_gil_orders.o common/run/calibrate.o
        common/virtual/gil_none.o common/virtual/interpreter.o
        common/virtual/run_tasks.o'
    local made
    mkdir -p "$TREE/build" "$BATS_FILE_TMPDIR/bin"
    cp -Rp "$ROOT/Makefile" "$ROOT/common" "$ROOT/labs" "$ROOT/scripts" "$TREE"
    grep -qE -e '-fsanitize=|--coverage|-fprofile|-flto|-m[0-9]' \
        "$BUILD/flags" ||
        cp -Rp "$BUILD/common" "$TREE/build"
    for made in $MADE; do
        rm -f "$TREE/build/$made"
    done
    unset MAKEFLAGS MAKELEVEL BUILD V CC CFLAGS SANITIZE PKG_CONFIG
    noting gcc 'while [ "$1" != -o ]; do shift; done; echo "$2"'
    noting ar 'echo "$2"'
    make -s -C "$TREE" CFLAGS=-O0 build/flags
    touch -t 200001010000 "$TREE/build/flags" # older than what is there
    PATH=$BATS_FILE_TMPDIR/bin:$PATH built -s
}

# built OPTION...: make what is built here.
built() {
    make -C "$TREE" -j2 CFLAGS=-O0 "$@" build/05_gil_sim build/14_gil_orders \
        build/walk build/exercises/02_count_right
}

# says [ARGUMENT...]: what make would do. Whether the compiler needs libatomic is
# asked where that matters: it compiles.
says() {
    run make -n -C "$TREE" ATOMIC= "$@"
}

# noting COMMAND HOW: what it is to write, as HOW finds it, goes to $NOTED.
noting() {
    printf '#!/bin/sh\n(%s) >>"%s"\nexec %s "$@"\n' "$2" "$NOTED" \
        "$(command -v "$1")" >"$BATS_FILE_TMPDIR/bin/$1"
    chmod +x "$BATS_FILE_TMPDIR/bin/$1"
}

@test "make: a second make does nothing, a header's change rebuilds" {
    [ -x "$TREE/build/05_gil_sim" ]
    run built -q
    same "$status" 0
    sleep 1.1 # make compares times by the second on some file systems
    touch "$TREE/common/run/calibrate.h"
    run built -q
    same "$status" 1
    run built -n
    contains "$output" ' CC build/common/run/calibrate.o;'
    contains "$output" ' CC build/05_gil_sim;'
    same "$(grep -c ' CC build/common/base/timing.o;' <<<"$output")" 0
}

@test "make: other flags, or another compiler, build everything anew" {
    says CFLAGS=-O1
    same "$status" 0
    contains "$output" common/base/timing.c
    same "$(grep -c -e '-O0' <<<"$output")" 0
    says CFLAGS=-O0 CC=cc
    contains "$output" common/base/timing.c
}

# Two that run at the same time are not in each other's way then.
@test "make: every file is made under another name and moved to its place" {
    local file
    for file in $MADE libcommon.a 05_gil_sim 14_gil_orders walk \
        exercises/02_count_right; do
        same "$(grep -c "^build/$file\.[0-9]*$" "$NOTED")" 1
    done
    cd "$TREE"
    while read -r file; do
        [ "$file" = /dev/null ] || [ ! -e "$file" ]
    done <"$NOTED"
    same "$(find build -name '*.[0-9]*')" ''
    echo 'int main(void) { return missing; }' >labs/99_wrong.c
    run make -C . CFLAGS=-O0 build/99_wrong
    rm labs/99_wrong.c
    same "$status" 2
    same "$(find build -name '99_wrong*')" ''
}

@test "make: clang and sanitizers build into folders of their own" {
    says CC=clang
    contains "$output" ' -o build/clang/common/gil/gil.o.'
    says SANITIZE=address,undefined
    contains "$output" '-fsanitize=address,undefined'
    contains "$output" ' -o build/address-undefined/common/gil/gil.o.'
    says CC=clang SANITIZE=thread
    contains "$output" ' -o build/clang-thread/common/gil/gil.o.'
}

@test "make: a program is linked with the libraries that it uses" {
    local links
    says CFLAGS=-O2
    links=$(sed -n 's/.* -o build\/\([0-9a-z_]*\)\..* build\/libcommon.a/\1/p' \
        <<<"${output//$'\\\n'/}")
    within "$(grep -c ljansson <<<"$links")" 12 99
    same "$(sed -n 's/ .*-levent.*//p' <<<"$links" | sort | xargs)" \
        '01_io_serial 02_io_threads 11_io_events local_server'
    same "$(sed -n 's/ .*-lcurl.*//p' <<<"$links" | sort | xargs)" \
        '01_io_serial 02_io_threads 11_io_events local_server'
    same "$(sed -n 's/ .*-lpython.*//p' <<<"$links")" 12_gil_real
}

@test "make: without libcurl and libevent it builds the rest, and says so" {
    command -v pkg-config >/dev/null || skip 'pkg-config is missing'
    mkdir -p "$BATS_TEST_TMPDIR/pc"
    cp "$(pkg-config --variable=pcfiledir jansson)/jansson.pc" \
        "$BATS_TEST_TMPDIR/pc"
    PKG_CONFIG_LIBDIR=$BATS_TEST_TMPDIR/pc says -s
    same "$status" 0
    same "$(grep -c 'not built: ' <<<"$output")" 1
    contains "$output" 'missing: libcurl libevent python3-embed'
    contains "$output" libcurl4-openssl-dev
    contains "$output" 'run scripts/setup'
    contains "$output" labs/10_processes.c
    for without in labs/01 labs/02 labs/11 labs/12 \
        exercises/01_overlap_downloads.c python/embed.c; do
        same "$(grep -c "$without" <<<"$output")" 0
    done
    # Nothing that is left out is needed by what is built: what is compiled
    # already is taken for this folder's, but not the library.
    mkdir "$TREE/build/less"
    ln -s ../common ../flags "$TREE/build/less"
    run env PKG_CONFIG_LIBDIR="$BATS_TEST_TMPDIR/pc" make -C "$TREE" \
        -o build/less/flags BUILD=build/less CFLAGS=-O0 build/less/07_gil_convoy
    same "$status" 0
    same "$(grep '^  [A-Z]' <<<"$output")" $'  AR  build/less/libcommon.a
  CC  build/less/07_gil_convoy'
    same "$(ar t "$TREE/build/less/libcommon.a" | grep -c -e '^download.o' \
        -e '^interpreters.o')" 0
    run env PKG_CONFIG_LIBDIR="$BATS_TEST_TMPDIR/pc" make -C "$TREE" help
    same "$(grep -c 'not built' <<<"$output")" 0
}

@test "make: without pkg-config it builds what needs jansson only" {
    printf '#include <jansson.h>\n' >"$BATS_TEST_TMPDIR/probe.c"
    gcc -E "$BATS_TEST_TMPDIR/probe.c" >/dev/null 2>&1 ||
        skip "jansson is not in the system's folders"
    says PKG_CONFIG="$BATS_TEST_TMPDIR/none"
    same "$status" 0
    same "$(grep -c 'missing: pkg-config (Debian: pkg-config)' <<<"$output")" 1
    contains "$output" labs/10_processes.c
    contains "$output" -ljansson
    same "$(grep -c -e labs/01 -e labs/12 <<<"$output")" 0
    # With neither jansson nor a word of it: one line.
    run make -s -n -C "$TREE" PKG_CONFIG="$BATS_TEST_TMPDIR/none" CC=false
    same "$status" 2
    same "${#lines[@]}" 1
    contains "$output" 'jansson is missing (Debian: libjansson-dev)'
}

@test "make: a library in a folder of its own is found at run time" {
    mkdir -p "$BATS_TEST_TMPDIR/pc"
    cat >"$BATS_TEST_TMPDIR/pc/python3-embed.pc" <<'END'
Name: python3-embed
Description: a Python that somebody has built
Version: 3.8
Libs: -L/opt/python/lib -lpython3.8
Cflags: -I/opt/python/include
END
    PKG_CONFIG_PATH=$BATS_TEST_TMPDIR/pc says
    same "$status" 0
    contains "$output" '-lpython3.8 -Wl,-rpath,/opt/python/lib'
    contains "$output" '-isystem /opt/python/include'
}

@test "make: 64-bit atomics come from libatomic where the machine has none" {
    cat >"$BATS_TEST_TMPDIR/cc" <<'END'
#!/bin/sh
case $* in *'-x c -o /dev/null -'*) exit 1 ;; esac
END
    chmod +x "$BATS_TEST_TMPDIR/cc"
    run make -n -C "$TREE" CC="$BATS_TEST_TMPDIR/cc"
    contains "$output" -latomic
    run make -n -C "$TREE" CFLAGS=-O1
    same "$(grep -c -e -latomic <<<"$output")" 0
}

@test "make: help lists every target with one line each" {
    run make -s -C "$TREE" help
    same "$status" 0
    local target targets
    read -ra targets < <(make -pn -C "$TREE" help | sed -n 's/^\.PHONY: //p')
    within "${#targets[@]}" 15 99
    for target in "${targets[@]}"; do
        case $target in harnesses | */*) continue ;; esac # not for people
        same "$(grep -c "^make $target " <<<"$output")" 1
    done
}

@test "make: scripts need no execute permission" {
    says -s demo document compare sweep report \
        bench handouts tour test check
    same "$(grep -oE '(bash|python3) scripts/[a-z]+' <<<"$output" | sort)" \
        'bash scripts/check
bash scripts/handouts
bash scripts/test
python3 scripts/bench
python3 scripts/compare
python3 scripts/demo
python3 scripts/demo
python3 scripts/report
python3 scripts/sweep
python3 scripts/tour'
    same "$(grep -c -e '^scripts/' -e ' scripts/' <<<"$output")" 10
}

@test "make: BUILD may be elsewhere, but has no spaces" {
    says BUILD="$BATS_TEST_TMPDIR/out"
    contains "$output" " -o $BATS_TEST_TMPDIR/out/common/gil/gil.o."
    same "$(grep -c -e ' build/' <<<"$output")" 0
    says BUILD="$TREE/out"
    same "$status" 0
    contains "$output" ' -o out/common/gil/gil.o.'
    says -s BUILD='a b'
    same "$status" 2
    same "${#lines[@]}" 1
}

# What is compiled later, when all is linked, has no calls for its accesses.
@test "make: what is walked is compiled at once, also with -flto" {
    says CFLAGS='-O2 -flto' build/libcommon.a
    same "$(grep -c -e ' -fsanitize=thread' <<<"$output")" \
        "$(grep -c -e ' -flto .* -fsanitize=thread -fno-lto ' <<<"$output")"
    contains "$output" ' -fsanitize=thread -fno-lto '
}

@test "make: clean leaves nothing but the sources" {
    make -s -C "$TREE" clean
    [ ! -e "$TREE/build" ]
    run diff -r "$ROOT/common" "$TREE/common"
    same "$output" ''
}
