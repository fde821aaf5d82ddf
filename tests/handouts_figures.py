#!/usr/bin/env python3
# SPDX-License-Identifier: MIT
"""tests/handouts_figures.py FILE...: figures in prose that stand nowhere else.

A refresh of the blocks of ```console leaves the prose as it is, so that a
figure there may come to contradict them. Allowed in prose are figures that
stand in a block or a table above it in the same file, those of its commands and
of the table under *Predict*, the blog post's, and what the kit fixes.
answers.md and guide.md may use those of any file given.

The questions of *Check yourself* may invent figures.

A table with the heads | row | column | expect | is held against the block of
```console above it. `threads` | total | 0.9 to 1.1 is the number below "total"
in the line that begins with "threads", or the one after the word "total" there;
`beside 1` is the line that has 1 below "beside".
"""
import re
import sys

# What the blog post measured, and what follows from it.
POST = """48.09 50.90 49.34 50.12 50.89 50.9 48.1 7.077 7.100 7.09 7.08 14.177
14.18 14.670 14.667 14.67 14.689 14.69 2.07 1.036 1.89 0.9987 2079434 100000000
100 2900 0.18 2018""".split()
# What the kit fixes: intervals, sizes and rates that are in its code, and the
# seconds that --document takes; the CPU/wall below which a machine is busy.
KIT = """5 0.005 100 20 512 64 96 48 14 0.95
99""".split()

NUMBER = re.compile(r"(?<![\w.,/:#-])(\d[\d,]*(?:\.\d+)?)(?![\w]|\.\d)")
UNIT = re.compile(r"^\s?(s|ms|us|ns|m?icroseconds?|milliseconds?|seconds?|times|"
                  r"MB|kB|MiB|KiB|GB|%|percent|x|a second)(?![\w])")


def numbers(text):
    return {float(found.replace(",", "").rstrip("."))
            for found in re.findall(r"\d[\d,]*(?:\.\d+)?", text)}


def figures(text):
    """The figures of a piece of prose: measurements, not names."""
    text = re.sub(r"`[^`]*`", " ", text)
    text = re.sub(r"\]\([^)]*\)", "]", text)
    text = re.sub(r"\[[\d_a-z]*\]", " ", text)
    for match in NUMBER.finditer(text):
        figure = match.group(1).rstrip(",")
        after = text[match.end():]
        before = text[:match.start()]
        if UNIT.match(after):
            yield figure
            continue
        if re.fullmatch(r"2\.7|3\.\d{1,2}|20\d\d|19\d\d", figure):
            continue  # a version of Python, a year
        if figure.startswith("0") and "." not in figure:
            continue  # a lab
        if re.search(r"(PEP|QTI|session|labs?|handouts?) $", before):
            continue
        if re.search(r"^\s(minutes|hours)", after):
            continue
        if "lab" in text and re.fullmatch(r"1[0-4]", figure):
            continue
        if "." in figure or len(figure) > 1:
            yield figure


def looked_up(block, row, column):
    """The number in that row and column of the block's table, or None."""
    key = re.fullmatch(r"(\w[\w ]*?) (\d+)", row)
    head = None
    for line in block:
        edges = {name.group(1): name.end()
                 for name in re.finditer(r"(\S+(?: \S+)*)(?=  |$)", line)}
        if column in edges and not re.search(r"\d\.\d", line):
            head = edges
        if key and head and key.group(1) in head:
            if value_below(line, head[key.group(1)]) != key.group(2):
                continue
        elif not line.startswith(row):
            continue
        if head and column in head and line[:head[column]].strip() \
                and value_below(line, head[column]):
            return value_below(line, head[column])
        after = re.search(re.escape(column) + r":? (\d[\d.]*\d|\d)",
                          line[len(row):])
        if after:
            return after.group(1)
    return None


def value_below(line, edge):
    found = re.search(r"([\d.]+)$", line[:edge])
    ends = not re.match(r"[\d.]", line[edge:])  # and not in the midst of another
    return found.group(1) if found and ends else None


def is_as_expected(value, expect):
    bounds = [float(number.replace(",", ""))
              for number in re.findall(r"\d[\d,]*(?:\.\d+)?", expect)]
    value = float(value)
    if re.match(r"[\d.,]+( \w+)? to ", expect):
        return bounds[0] <= value <= bounds[1]
    if expect.startswith("at most "):
        return value <= bounds[0]
    if expect.startswith(("at least ", "above ")):
        return value >= bounds[0]
    if expect.startswith("about "):
        return 0.9 * bounds[0] <= value <= 1.1 * bounds[0]
    return re.match(r"\d", expect) is not None and value == bounds[0]


def paragraphs(name):
    """("block" | "cells" | "head" | "text", line, lines or cells) of a Markdown file."""
    with open(name, encoding="utf-8") as file:
        lines = file.read().split("\n")
    block, text, begin, kind = None, [], 0, ""
    for number, line in enumerate(lines + [""], 1):
        if line.startswith("```"):
            if block is None:
                block, kind = [], line[3:]
            else:
                yield "block " + kind, number, block
                block = None
        elif block is not None:
            block.append(line)
        elif line.startswith("|"):
            yield "cells", number, [cell.strip() for cell in
                                    re.split(r"(?<!\\)\|", line.strip("|"))]
        elif line.startswith("    ") and not text:
            yield "block", number, [line]
        elif line.startswith("#"):
            if text:
                yield "text", begin, text
            text, begin = [], 0
            yield "head", number, [line]
            continue
        elif line.strip():
            text.append(line)
            begin = begin or number
            continue
        if text:
            yield "text", begin, text
        text, begin = [], 0


def check(name, allowed):
    """What is wrong in one file, as lines; adds its figures to allowed."""
    block, expecting = [], False
    parts = list(paragraphs(name))
    head = ""
    for kind, _, content in parts:
        if kind == "head":
            head = content[0]
        if kind == "block console":
            commands = [line for line in content if line.startswith("$ ")]
            allowed |= numbers(" ".join(commands))
        if kind == "cells" and head == "## Predict":
            allowed |= numbers(" ".join(content))
    for kind, number, content in parts:
        if kind == "head":
            head = content[0]
            continue
        if kind == "block console":
            block = content
        if kind == "cells" and content[:3] == ["row", "column", "expect"]:
            expecting = True
        elif kind == "cells" and expecting:
            if content[0].startswith("---"):
                continue
            row, column = content[0].strip("`"), content[1].strip("`")
            value = looked_up(block, row, column)
            if value is None:
                yield f"{name}:{number}: no '{row}', '{column}' in the block"
            elif not is_as_expected(value, content[2]):
                yield (f"{name}:{number}: {row}, {column}: the block has "
                       f"{value}, expected is {content[2]}")
        else:
            expecting = False
        if kind != "text":
            allowed |= numbers(" ".join(content))
            continue
        for figure in figures(" ".join(content)):
            if head != "## Check yourself" and float(figure.replace(",", "")) not in allowed:
                yield f"{name}:{number}: {figure} stands nowhere above it"


def main(names):
    fixed = {float(figure) for figure in POST + KIT}
    everywhere = set(fixed)
    late = [name for name in names if name.endswith(("answers.md", "guide.md"))]
    wrong = []
    for name in [name for name in names if name not in late]:
        allowed = set(fixed)
        wrong += check(name, allowed)
        everywhere |= allowed
    for name in late:
        wrong += check(name, set(everywhere))
    print("\n".join(wrong), end="\n" if wrong else "")
    return 1 if wrong else 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
