#!/usr/bin/env bats
# SPDX-License-Identifier: MIT
#
# make explore: labs 13 and 14 in a page. Node stands for the browser, but for the
# tests at the end: explore/browser.py drives one Chromium for all of them. Nothing
# is timed; it waits until the page says what it should say.

load helper

setup_file() {
    export PAGE=$BUILD/explore
    missing=
    for tool in emcc node; do
        command -v $tool >/dev/null || missing+="$tool "
    done
    [ -e "$ROOT/build/jansson/src/jansson.h" ] || missing+="jansson's source "
    export missing
    [ -z "$missing" ] || return 0
    env -u MAKEFLAGS -u MAKELEVEL -u V -u CC -u SANITIZE \
        make -s -j2 -C "$ROOT" BUILD="$BUILD" explore >&2 || return
    if chromium_is_here; then
        timeout -k 1 "$BATS_TEST_TIMEOUT" python3 \
            "$ROOT/tests/explore/browser.py" "$PAGE/index.html" \
            "$BATS_FILE_TMPDIR" >"$BATS_FILE_TMPDIR/stderr" 2>&1 3>&- || true
    fi
}

chromium_is_here() {
    command -v chromium chromium-browser google-chrome >/dev/null
}

needs_page() {
    [ -z "$missing" ] ||
        skip "missing: ${missing% } (scripts/setup --explore)"
}

@test "explore: the page says what the programs say, in 200 settings" {
    needs_page
    run python3 "$ROOT/tests/explore/same.py" "$BUILD" 200
    contains "$output" '200 command lines, 0 differ'
    same "$status" 0
}

@test "explore: lines are those of the sources that it was built from" {
    needs_page
    run python3 "$ROOT/tests/explore/lines.py" "$BUILD"
    contains "$output" ' lines, 0 wrong'
    same "$status" 0
}

@test "explore: one file of at most 700 kB that asks for no other" {
    needs_page
    within "$(wc -c <"$PAGE/index.html")" 200000 700000
    same "$(grep -cE '<(script|img)[^>]* src=' "$PAGE/index.html")" 0
    same "$(grep -E '<link ' "$PAGE/index.html" | grep -vc 'href="data:')" 0
}

@test "explore: handouts and the student kit carry the page" {
    needs_git
    mkdir -p "$BATS_TEST_TMPDIR/out/explore"
    export BUILD=$BATS_TEST_TMPDIR/out
    "$ROOT/scripts/export" student-kit "$BUILD/without.tar.gz"
    same "$(tar -tzf "$BUILD/without.tar.gz" | grep -c explore.html)" 0
    echo 'the page' >"$BUILD/explore/index.html"
    "$ROOT/scripts/export" student-kit "$BUILD/with.tar.gz"
    same "$(tar -xzOf "$BUILD/with.tar.gz" gil-labs/explore.html)" 'the page'
    # The link is no part of what pandoc makes.
    mkdir "$BATS_TEST_TMPDIR/bin"
    printf '#!/bin/sh\ncat >/dev/null\necho "<p>a text</p>"\n' \
        >"$BATS_TEST_TMPDIR/bin/pandoc"
    chmod +x "$BATS_TEST_TMPDIR/bin/pandoc"
    PATH=$BATS_TEST_TMPDIR/bin:$PATH "$ROOT/scripts/handouts" --html
    same "$(<"$BUILD/handouts/explore.html")" 'the page'
    contains "$(<"$BUILD/handouts/index.html")" 'href="explore.html"'
}

@test "explore: what a module may not be is one line that names it" {
    needs_page
    mkdir -p "$BATS_TEST_TMPDIR/kit/build/jansson/src"
    cp -R "$ROOT/scripts" "$ROOT/handouts" "$ROOT/common" "$ROOT/labs" \
        "$BATS_TEST_TMPDIR/kit"
    cd "$BATS_TEST_TMPDIR/kit"
    touch build/jansson/src/jansson.h
    mkdir build/explore
    cp "$PAGE/program.js" "$PAGE/program.wasm" build/explore
    echo '<script type="module" src="a.js"></script>' \
        >handouts/explore/index.html
    export BUILD=$PWD/build
    echo "import {b} from './b.js';" >handouts/explore/a.js
    echo 'export const b = "</script>";' >handouts/explore/b.js
    run scripts/explore
    same "$status" 0
    same "$(grep -c '^"*</script>' build/explore/index.html)" 2
    local text
    while read -r text; do
        echo "$text" >handouts/explore/b.js
        run --separate-stderr scripts/explore
        failed 1 "b.js"
    done <<'END'
export default 1;
export let b = 1;
import * as all from './a.js';
import {a} from './a.js';
END
    echo >handouts/explore/index.html
    run --separate-stderr scripts/explore
    failed 1 'index.html has 0 modules, not one'
}

@test "explore: without emscripten, or jansson's source, one line says so" {
    local tool
    mkdir -p "$BATS_TEST_TMPDIR/bin" "$BATS_TEST_TMPDIR/kit"
    for tool in bash cat dirname env make mkdir printf python3 sed sh; do
        ln -s "$(command -v $tool)" "$BATS_TEST_TMPDIR/bin/$tool"
    done
    cp -R "$ROOT/Makefile" "$ROOT/scripts" "$ROOT/common" "$ROOT/labs" \
        "$BATS_TEST_TMPDIR/kit"
    cd "$BATS_TEST_TMPDIR/kit"
    local python
    python=$(python3 -c 'import sys; print(sys.executable)')
    ln -sf "$python" "$BATS_TEST_TMPDIR/bin/python3"
    unset BUILD MAKEFLAGS MAKELEVEL
    run --separate-stderr env PATH="$BATS_TEST_TMPDIR/bin" scripts/explore
    failed 1 'emcc is missing (Debian package emscripten): run scripts/setup --explore'
    run env PATH="$BATS_TEST_TMPDIR/bin" make explore
    same "$status" 2
    same "$(grep -c 'emcc is missing' <<<"$output")" 1
    same "$(grep -vc -e 'emcc is missing' -e '^make: ' <<<"$output")" 0
    printf '#!/bin/sh\n' >"$BATS_TEST_TMPDIR/bin/emcc"
    chmod +x "$BATS_TEST_TMPDIR/bin/emcc"
    run --separate-stderr env PATH="$BATS_TEST_TMPDIR/bin" scripts/explore
    failed 1 'the source of jansson is missing: run scripts/setup --explore'
}

# in_browser CHECK: what setup_file has found out about it.
in_browser() {
    needs_page
    chromium_is_here || skip 'Chromium is missing (scripts/setup --explore)'
    same "$(cd "$BATS_FILE_TMPDIR" && cat "$1" stderr 2>&1)" right
}

@test "explore: every part by mouse, without an error or a request" {
    in_browser mouse
}

@test "explore: every part by keyboard, without an error or a request" {
    in_browser keyboard
}

@test "explore: nothing is wider than the window, from 360 to 2000 px" {
    in_browser widths
}

@test "explore: a link opens the same state, and a broken one does no harm" {
    in_browser link
}

@test "explore: a real run is shown above its twin, other files are refused" {
    in_browser trace
}

@test "explore: who wants no motion steps instead" {
    in_browser motion
}

@test "explore: a slider answers for the least of work, whatever is chosen" {
    in_browser turning
}

@test "explore: every mistake of lab 14 fails in the page as in the lab" {
    in_browser mistakes
}

@test "explore: each goal is reached by hand, by mouse and by keyboard" {
    in_browser goals
}
