#!/usr/bin/env bats
# SPDX-License-Identifier: MIT
#
# scripts/export quiz: Check yourself of all handouts, as GIFT and as QTI 2.1.

load helper

# The files, for all tests that read them: in $out.
setup_file() {
    cd "$BATS_FILE_TMPDIR" || return
    "$ROOT/scripts/export" quiz out >said
}

setup() {
    out=$BATS_FILE_TMPDIR/out
    cd "$BATS_TEST_TMPDIR" || return
}

quiz() {
    run --separate-stderr "$ROOT/scripts/export" quiz "$@"
}

# A copy of the handouts, to break; the script in it.
copy() {
    mkdir kit
    cp -R "$ROOT/scripts" "$ROOT/handouts" kit
}

@test "quiz: every question of every handout, in both files" {
    said=$(head -n 1 "$BATS_FILE_TMPDIR/said")
    asked=0
    for file in "$ROOT"/handouts/[0-9]*.md; do
        name=$(basename "$file" .md)
        n=$(sed -n '/^## Check/,/^## If/p' "$file" | grep -c '^[0-9]\. ')
        same "$(grep -c "^::${name}_[0-9]*::" "$out/gil-labs.gift")" "$n"
        asked=$((asked + n))
    done
    n=$(grep -c '^\*\*Question' "$ROOT/handouts/primer.md")
    same "$(grep -c '^::primer_' "$out/gil-labs.gift")" "$n"
    same "$said" "out/gil-labs.gift: $((asked + n)) questions"
    same "$(python3 -m zipfile -l "$out/gil-labs-qti.zip" | grep -c '_[0-9]*\.xml ')" \
        $((asked + n))
}

# By an independent parser (npm gift-pegjs) it was read in development; this one
# is strict about the little of GIFT that is used.
@test "quiz: GIFT has one right answer, two wrong ones and the reason" {
    run python3 - "$out/gil-labs.gift" <<'END'
import re, sys
text = open(sys.argv[1], encoding="utf-8").read()
special = r"[^\\~=#{}:\n]|\\[\\~=#{}:]"
blocks = [b for b in text.split("\n\n")
          if not b.startswith(("//", "$CATEGORY: GIL Labs/"))]
for block in blocks:
    if not re.fullmatch(
            rf"::\w+::\[html\](?:{special})+\{{\n=(?:{special})+\n"
            rf"(?:~(?:{special})+\n){{2,}}####(?:{special})+\n\}}\n?", block):
        sys.exit("no question: " + block)
    options = [line[1:] for line in block.split("\n") if line[:1] in "=~"]
    if len(set(options)) != len(options):
        sys.exit("twice the same: " + block)
print(len(blocks), "read")
END
    same "$status" 0
    same "$output" "$(grep -c '^::' "$out/gil-labs.gift") read"
    # What is not a letter is kept: one with code, one with a colon.
    contains "$(<"$out/gil-labs.gift")" '<code>+\=</code> atomic'
    contains "$(<"$out/gil-labs.gift")" '=Concurrent\: yes.'
}

# Each row of "What people get wrong" is a wrong answer somewhere.
@test "quiz: what people get wrong can be chosen, and is wrong" {
    run python3 - "$ROOT/handouts/README.md" "$out/gil-labs.gift" <<'END'
import re, sys
# The beginning of a row, and the wrong answer that stands for it.
wrong = {
    "Threads are useless": "Nothing: threads are useless in Python.",
    "5 ms is a time slice": "Yes. Every thread runs for 5 ms.",
    "The lock makes my code": "Yes. The lock makes it atomic.",
    "My test finds no race": "The test finds no race, so there is none.",
    "Every I/O call costs": "Each I/O call costs 5 ms.",
    "The old lock was worse": "Yes. The old lock was worse at everything.",
    "One mutex would do": "Nothing: one mutex does the same.",
    "A hand-off costs 5 ms": "Yes, that is what the interval costs.",
    "A million test runs": "The lock is right.",
    "Equal times prove": "Yes. Equal times prove that the threads alternated.",
    "Threads always make": "Yes. Threads always make downloads faster.",
}
text = open(sys.argv[1], encoding="utf-8").read()
beliefs = re.findall(r"^\| (?!what|--)(.*?) \|", text.split("## What people")[1],
                     re.MULTILINE)
gift = re.sub(r"\\(.)", r"\1", open(sys.argv[2], encoding="utf-8").read())
options = [line[1:] for line in gift.split("\n") if line[:1] == "~"]
for belief in beliefs:
    answer = [wrong[row] for row in wrong if belief.startswith(row)]
    if len(answer) != 1 or answer[0] not in options:
        sys.exit("no wrong answer: " + belief)
print(len(beliefs), len(wrong))
END
    same "$status" 0
    same "$output" '11 11'
}

# With xmllint and the IMS schemas all files were valid in development.
@test "quiz: QTI is well-formed, and what it refers to is there" {
    run python3 - "$out/gil-labs-qti.zip" <<'END'
import sys, zipfile
import xml.etree.ElementTree as tree
Q = "{http://www.imsglobal.org/xsd/imsqti_v2p1}"
P = "{http://www.imsglobal.org/xsd/imscp_v1p1}"
archive = zipfile.ZipFile(sys.argv[1])
parts = {name: tree.fromstring(archive.read(name)) for name in archive.namelist()}
manifest, test = parts.pop("imsmanifest.xml"), parts["test.xml"]
assert {f.get("href") for f in manifest.iter(P + "file")} == set(parts)
ids = {r.get("identifier") for r in manifest.iter(P + "resource")}
assert {d.get("identifierref") for d in manifest.iter(P + "dependency")} < ids
parts.pop("test.xml")
refs = {r.get("href"): r.get("identifier")
        for r in test.iter(Q + "assessmentItemRef")}
assert set(refs) == set(parts)
for name, item in parts.items():
    assert item.get("identifier") == refs[name], name
    right = [v.text for v in item.find(Q + "responseDeclaration").iter(Q + "value")]
    choices = [c.get("identifier") for c in item.iter(Q + "simpleChoice")]
    assert len(right) == 1 and right[0] in choices, name
    assert len(choices) >= 3 and len(set(choices)) == len(choices), name
    order = [child.tag[len(Q):] for child in item]
    assert order == ["responseDeclaration", "outcomeDeclaration",
                     "outcomeDeclaration", "itemBody", "responseProcessing",
                     "modalFeedback"], order
    assert all("".join(c.itertext()).strip() for c in item.iter(Q + "simpleChoice"))
print(len(parts), "items")
END
    same "$status" 0
    same "$output" "$(grep -c '^::' "$out/gil-labs.gift") items"
}

@test "quiz: a question without a row in the key, or an answer, is found" {
    copy
    sed -i '/^| 2 | 1.00 | 16/d' kit/handouts/key.md
    run kit/scripts/export quiz out
    same "$status" 1
    contains "$output" '03_cpu_serial: questions [1, 2, 3], answers [1, 2, 3], key [1, 3]'
}

@test "quiz: the student kit has no key, and says so" {
    needs_git
    mkdir kit
    run "$ROOT/scripts/export" student-kit kit.tar.gz
    tar -xzf kit.tar.gz
    same "$(grep -c '^|' gil-labs/handouts/key.md)" 0
    run gil-labs/scripts/export quiz out
    same "$status" 1
    contains "$output" 'the answers are not here'
    [ ! -e out/gil-labs.gift ]
}

@test "quiz: what cannot be written is one line" {
    : >file
    quiz file
    failed 1 "cannot write to the folder 'file'"
    quiz ''
    failed 2 'an empty name'
}
