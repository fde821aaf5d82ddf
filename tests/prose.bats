#!/usr/bin/env bats
# SPDX-License-Identifier: MIT
#
# scripts/prose: sentences that are short enough, words that readers know.

load helper

prose() {
    run "$ROOT/scripts/prose" "$@"
}

# of N: a sentence of that many words.
of() {
    local words
    printf -v words ' word%.0s' $(seq 2 "$1")
    echo "One$words."
}

@test "prose: README and handouts pass" {
    prose
    same "$(grep -v ' sentences, median ' <<<"$output")" ''
    same "$status" 0
}

@test "prose: a sentence of 31 words is found, with its line" {
    (of 30; echo; of 5; of 3; of 4) >"$BATS_TEST_TMPDIR/good.md"
    prose "$BATS_TEST_TMPDIR/good.md"
    same "$status" 0
    contains "$output" '4 sentences, median 4.5, longest 30'
    (of 5; echo; echo "- $(of 31)"; of 3; of 4) >"$BATS_TEST_TMPDIR/long.md"
    prose "$BATS_TEST_TMPDIR/long.md"
    same "$status" 1
    contains "$output" 'long.md:3: 31 words: One word'
}

@test "prose: a median above 14 words fails" {
    (of 14; of 15; of 15) >"$BATS_TEST_TMPDIR/even.md"
    prose "$BATS_TEST_TMPDIR/even.md"
    same "$status" 1
    contains "$output" 'the median sentence has more than 14 words'
}

@test "prose: phrases that readers stumbled over are found, not in code" {
    local number
    sed G >"$BATS_TEST_TMPDIR/phrases.md" <<'END' # a paragraph each
The document has no figure for it.
It waits beside the others.
CPU/wall is 1, because who waits sleeps.
Start two of them, a thread each.
There is one each 5 ms.
The holder lets go.
The threads take turns.
It is freed, at once.
An atomic count is too dear.
Above 1 it cannot get.
*Each*: the mean time.
# The document
| 1 | beside it |
END
    prose "$BATS_TEST_TMPDIR/phrases.md"
    same "$status" 1
    for number in $(seq 1 2 25); do
        contains "$output" "phrases.md:$number: "
    done
    same "$(sed -n '$=' "$BATS_TEST_TMPDIR/phrases.md")" 26
    printf '%s\n' 'The option `--document` runs it.' '' '```' 'beside' '```' \
        '' '    lets go' >"$BATS_TEST_TMPDIR/code.md"
    prose "$BATS_TEST_TMPDIR/code.md"
    same "$status" 0
}

@test "prose: standard input, and bad arguments" {
    run "$ROOT/scripts/prose" - <<<"$(of 31)"
    same "$status" 1
    run --separate-stderr "$ROOT/scripts/prose" --short
    failed 2 "unknown argument '--short'"
    run --separate-stderr "$ROOT/scripts/prose" "$BATS_TEST_TMPDIR/none.md"
    failed 2 'none.md'
}

# The words that programs print are in their sources: C, Python, the graders.
@test "prose: what programs print has no sentence of 31 words" {
    cd "$BATS_TEST_TMPDIR" || return
    mkdir -p scripts handouts labs/exercises common/lab tests/exercises
    cp "$ROOT"/scripts/{prose,printed.py} scripts
    of 12 >README.md
    long=$(of 31)
    of 12 | sed 's/.*/printf("&\\n");/' >labs/01_good.c
    printf 'puts("%s "\n     "%%d %s");\n' "${long:0:40}" "${long:44}" \
        >common/lab/bad.c
    printf '/* %s */\n' "$long" >common/lab/comment.c
    printf 'hints "%s" \\\n' "$long" >tests/exercises/01.bats
    printf '#!/usr/bin/env python3\n"""%s"""\ndef f():\n    """%s"""\n' \
        "$long" "$long" >scripts/helps
    printf '# %s\nprint(f"%s {f} %s")\n' "$long" "${long:0:40}" "${long:44}" \
        >scripts/says.py
    run scripts/prose
    same "$status" 1
    same "$(grep -c ' 31 words: \| 32 words: ' <<<"$output")" 4
    contains "$output" 'common/lab/bad.c:1: 32 words: One word'
    contains "$output" 'tests/exercises/01.bats:1: 31 words: One word'
    contains "$output" 'scripts/helps:2: 31 words: One word'
    contains "$output" 'scripts/says.py:2: 32 words: One word'
    contains "$output" 'what programs print: '
}
