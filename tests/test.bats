#!/usr/bin/env bats
# SPDX-License-Identifier: MIT
#
# scripts/test with tests that pass, fail, are skipped, or are none.

load helper

setup() {
    cd "$BATS_TEST_TMPDIR" || exit
    unset JOBS
    mkdir bin
    test='@test' # which bats must not see here
    echo "$test \"it's good\" { true; }
$test 'bad' { false; }
$test 'left out' { skip why; }" >some.bats
    echo "$test 'good' { true; }" >good.bats
    echo "$test 'left out' { skip why; }" >none.bats
}

tests() {
    run --separate-stderr env PATH="$PWD/bin:$PATH" bash "$ROOT/scripts/test" \
        "${files[@]/#/$PWD/}"
}

# tool NAME SCRIPT: in place of the real one.
tool() {
    printf '#!/bin/sh\n%s\n' "$2" >"bin/$1"
    chmod +x "bin/$1"
}

@test "test: counts what passed, failed and was left out" {
    files=(some.bats good.bats)
    tests
    same "$status" 1
    same "${lines[-1]}" '2 passed, 1 failed, 1 skipped'
    same "${lines[-2]}" '1..4'
    contains "$output" "ok 1 it's good"
    contains "$output" 'not ok 2 bad'
    contains "$output" 'ok 4 good'
    files=(good.bats)
    JOBS=1 tests
    same "$status" 0
    same "$output" $'ok 1 good\n1..1\n1 passed, 0 failed'
}

@test "test: a run of no test is no success" {
    files=(none.bats)
    JOBS=1 tests
    same "$status" 1
    contains "$output" '0 passed, 0 failed, 1 skipped'
    same "$stderr" 'test: no test was run'
    tool bats '[ "$1" = --version ] && echo Bats 1.8.2; exit 0'
    JOBS=1 tests
    same "$status" 1
    files=(missing.bats)
    JOBS=1 tests
    [ "$status" != 0 ]
}

@test "test: without /proc it says so" {
    [ "$(uname)" = Linux ] && unshare -m true 2>/dev/null || skip 'takes a mount'
    run --separate-stderr unshare -m sh -c 'mount -t tmpfs none /proc &&
        exec bash "$1/scripts/test" tests/good.bats' - "$ROOT"
    failed 1 '/dev/fd is not here'
}

@test "test: an old bats is told so in one line" {
    tool bats 'echo "Bats 1.2.1"'
    files=(good.bats)
    tests
    failed 1 'test: bats 1.8 or newer is needed, this is 1.2.1'
    same "$output" ''
}

# Three for each processor that affinity and quota leave; with another
# `parallel`, one after the other.
@test "test: as many at a time as there are processors for" {
    tool bats 'case $* in --version) echo Bats 1.8.2 ;; *) echo "# $*"; echo ok 1 it ;; esac'
    tool parallel 'echo "GNU parallel 20221122"'
    mkdir labs
    files=(good.bats)
    export BUILD=labs # from here, not from the kit
    local cpus jobs
    for cpus in '2 6' '0.5 1' '1.5 4' '64 192'; do
        printf '#!/bin/sh\necho "{ \\"cpus\\": %s }"\n' "${cpus% *}" \
            >labs/03_cpu_serial
        chmod +x labs/03_cpu_serial
        tests
        contains "$output" "--jobs ${cpus#* } "
    done
    contains "$output" ' --no-parallelize-within-files '
    JOBS=1 tests
    same "$(grep -c -e -within-files <<<"$output")" 0
    rm labs/03_cpu_serial
    tests
    contains "$output" '--jobs 3 '
    JOBS=5 tests
    contains "$output" '--jobs 5 '
    tool parallel 'exit 1'
    tests
    same "$(grep -c -e --jobs <<<"$output")" 0
}

@test "test: a python3 that only chooses one is started once" {
    local test='@test'
    tool python3 "echo >>'$PWD/started'; exec '$PYTHON3' \"\$@\""
    cp "$ROOT/tests/setup_suite.bash" .
    echo "$test 'twice' { python3 -c 1; \"\$PYTHON3\" -c 1; }" >python.bats
    files=(python.bats)
    JOBS=1 tests
    same "$status" 0
    same "$(wc -l <started)" 1
}

# As from a zip. The folder's name is one that scripts often trip over.
@test "test: a tree without exec bits, in a folder called Ana's läb 1" {
    local tree="$PWD/Ana's läb 1" test='@test'
    mkdir -p "$tree/tests"
    cp -R "$ROOT"/{scripts,.clang-format,Makefile} "$tree"
    cp "$ROOT/tests/helper.bash" "$tree/tests"
    echo "load helper
$test 'a script' { run \"\$ROOT/scripts/setup\" --help; same \$status 0; }" \
        >"$tree/tests/one.bats"
    chmod -R a-x,u+X "$tree"
    unset BUILD
    for jobs in 1 2; do
        JOBS=$jobs run --separate-stderr bash "$tree/scripts/test"
        same "$status" 0
        same "${lines[-1]}" '1 passed, 0 failed'
        contains "${lines[0]}" 'may not be executed here'
    done
    [ ! -x "$tree/scripts/setup" ]
}

@test "check: what it runs of ours needs no exec bits" {
    # check NAME COMMAND
    same "$(grep -cE "^ *check ('[^']*'|[^ ]*) (scripts|tests)/" \
        "$ROOT/scripts/check")" 0
    within "$(grep -cE "^ *check .* (bash|python3) (scripts|tests)/" \
        "$ROOT/scripts/check")" 5 20
}

@test "check, handouts: what they run of ours needs no exec bits, what fails fails" {
    # But for the question whether it may be executed.
    same "$(grep -lE '^ *scripts/[a-z._]+ ["-]' "$ROOT"/scripts/*)" ''
    local sanitized
    sanitized=$(sed -n '/^sanitized()/,/^}/p' "$ROOT/scripts/check")
    run bash -c "work=.; gcc() { return 1; }; $sanitized; sanitized thread"
    same "$status" 1
    run bash -c "work=.; gcc() { :; }; timeout() { :; }
        make() { echo \"\$@\"; return 1; }; $sanitized
        sanitized address,undefined"
    contains "$output" 'SANITIZE=address,undefined BUILD=build/address-undefined'
}

@test "test: a checkout with the line ends of Windows has ours" {
    command -v git >/dev/null || skip 'git is not here'
    mkdir tree
    cp "$ROOT"/.gitattributes "$ROOT"/scripts/setup tree
    cd tree
    local git=(git -c core.autocrlf=true -c user.name=a -c user.email=a)
    git init -q .
    "${git[@]}" add .
    "${git[@]}" commit -qm 'a tree'
    rm setup
    "${git[@]}" checkout -q setup
    same "$(grep -c $'\r' setup)" 0
    rm setup .gitattributes
    "${git[@]}" commit -qam 'without'
    git show HEAD^:setup >setup
    "${git[@]}" add .
    "${git[@]}" commit -qm 'as it would be'
    rm setup
    "${git[@]}" checkout -q setup
    within "$(grep -c $'\r' setup)" 50 9999
}

@test "test: TMPDIR may be a folder where programs may not run" {
    if [ "$(id -u)" = 0 ] && unshare -m true 2>/dev/null; then
        mkdir "$BATS_TEST_TMPDIR/noexec"
        run --separate-stderr unshare -m bash -c '
            mount -t tmpfs -o noexec none "$1/noexec" || exit 77
            JOBS=1 TMPDIR=$1/noexec BUILD=$1/build "$0/scripts/test" "$1/good.bats"' \
            "$ROOT" "$BATS_TEST_TMPDIR"
        [ "$status" != 77 ] || skip 'no mount here'
        same "$status" 0
        contains "$output" "may not be used for programs: $BATS_TEST_TMPDIR/build"
        contains "$output" '1 passed, 0 failed'
    else
        skip 'takes root and a mount'
    fi
}

@test "test: ended by a signal, it ends what its tests have started" {
    echo "$test 'long' { timeout 600 sh -c 'echo \$\$ >$PWD/pid; exec sleep 600'; }" \
        >long.bats
    TMPDIR=$PWD JOBS=1 bash "$ROOT/scripts/test" "$PWD/long.bats" >said 2>&1 \
        3>&- &
    pid=$!
    await test -s pid
    kill -TERM $pid
    status=0
    wait $pid || status=$?
    same "$status" 143
    same "$(ps -o stat= -p "$(<pid)" | grep -v '^Z')" ''
    same "$(ls -d gil-labs* 2>said)" ''
}
