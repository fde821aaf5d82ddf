#!/usr/bin/env bats
# SPDX-License-Identifier: MIT
#
# scripts/slides: one HTML file with a slide for each step of each handout.

load helper

setup_file() {
    command -v pandoc >/dev/null || skip 'pandoc is missing'
    cd "$BATS_FILE_TMPDIR" || return
    BUILD=$PWD "$ROOT/scripts/slides" >said
}

setup() {
    cd "$BATS_TEST_TMPDIR" || return
    page=$BATS_FILE_TMPDIR/slides.html
}

@test "slides: each handout has its question, vote, run and picture, none is empty" {
    ids=$(grep -o '<section class="slide [a-z]*" id="[^"]*"' "$page")
    for file in "$ROOT"/handouts/[0-9]*.md; do
        name=$(basename "$file" .md)
        same "$(grep "\"${name}[-\"]" <<<"$ids" | sed 's/.*slide //; s/".*//' |
            uniq | grep -vx predict | paste -sd ' ')" 'question vote run picture'
    done
    within "$(grep -c 'slide predict"' <<<"$ids")" 8 14
    # Some more than its head is on each.
    same "$(tr -d '\n' <"$page" |
        grep -oE '<section [^>]*><h[12][^>]*>[^/]*</h[12]></section>')" ''
    same "$(<"$BATS_FILE_TMPDIR/said")" "$page: $(wc -l <<<"$ids") slides"
}

@test "slides: before the vote nothing is told, a result is folded away" {
    run python3 - "$page" <<'END'
import re, sys
text = open(sys.argv[1], encoding="utf-8").read()
slides = re.findall(r'<section class="slide (\w+)" id="([^"]*)">(.*?)</section>',
                    text, re.DOTALL)
for step, name, body in slides:
    shown = re.sub(r"<details>.*?</details>", "", body, flags=re.DOTALL)
    if step == "vote" and "____" not in shown:
        print(name, "has no blanks")
    if step == "run" and re.search(r"finished in|CPU/wall  +at once", shown):
        print(name, "tells what came out")
    if step in ("predict", "vote") and "<details>" in body:
        print(name, "has results")
print(len([1 for step, _, body in slides if step == "run" and "<details>" in body]))
END
    same "${#lines[@]}" 1
    within "$output" 30 90
}

@test "slides: one file, which needs no other" {
    same "$(grep -oE '(src|href)="[^"]*"' "$page" | grep -cvE \
        '^(src="data:image/svg\+xml;base64,|href="(#|https?:))')" 0
    within "$(grep -c 'src="data:' "$page")" 2 20
    same "$(grep -c '<link\|<script src' "$page")" 0
}

# browser ARGUMENT...: with a copy of the page, where there is Chromium.
browser() {
    cp "$page" .
    run "$PYTHON3" "$ROOT/tests/browser.py" "$@"
    [ "$status" != 77 ] || skip "$output"
}

@test "slides: in a browser, by the keyboard, on a telephone and a projector" {
    # A key that does nothing is found, and nothing else.
    sed 's/ArrowRight: scrolls/ArrowUp: scrolls/' "$page" >stays.html
    browser --keys 390,1280 . stays.html slides.html
    same "$status" 1
    contains "$output" 'stays.html: stays at start'
    same "$(grep -v '^stays.html: ' <<<"$output")" "${lines[-1]}"
    contains "${lines[-1]}" ", $(grep -c '<section class="slide ' "$page") slides, "
}

@test "slides: axe-core finds nothing, in light and in dark colours" {
    for colours in axe axe-dark; do
        browser --$colours 1280 . slides.html
        same "$output" '1 pages, 0 links, 0 slides, 0 faults'
    done
    # What cannot be read is found.
    sed 's/--text: #1a1a1a/--text: #cccccc/' "$page" >pale.html
    browser --axe 1280 . pale.html
    same "$status" 1
    contains "$output" 'pale.html: serious: color-contrast'
}

@test "slides: bad arguments, and where nothing can be written" {
    run --separate-stderr "$ROOT/scripts/slides" a b
    failed 2 'b'
    run --separate-stderr "$ROOT/scripts/slides" ''
    failed 2 'an empty name'
    : >file
    run --separate-stderr "$ROOT/scripts/slides" file/slides.html
    failed 1 file
}
