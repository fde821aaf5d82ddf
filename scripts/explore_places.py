#!/usr/bin/env python3
# SPDX-License-Identifier: MIT
"""scripts/explore_places.py <FILE.s >FILE.places.s

Before each call of a function __tsan_*, in assembly for WebAssembly, puts a call
of virtual_at(file, line) with the line that the debug information has for it.
See common/virtual/memory.c.
"""
import os
import re
import shlex
import sys

FILE = re.compile(r"\s*\.file\s+(\d+)\s+(.*)")
LOC = re.compile(r"\s*\.loc\s+(\d+)\s+(\d+)")
TYPE = re.compile(r"\s*\.functype\s")
FUNCTION = re.compile(r"[A-Za-z_][\w.]*:")
MARK = re.compile(r"\s*call\s+__tsan_(?!init\b)")


def path(names):
    """From here, as in __FILE__."""
    full = os.path.join(*shlex.split(names)[:2])
    within = full.startswith(os.path.join(os.getcwd(), ""))
    return os.path.relpath(full) if within else full


def main():
    files, used, at = {}, {}, None  # at: file and line, where they are known
    lines = sys.stdin.readlines()
    # The assembler wants to know the type of what is used before it is used.
    print("\t.globaltype\t__stack_pointer, i32\n"
          "\t.functype\tvirtual_at (i32, i32) -> ()")
    sys.stdout.writelines(line for line in lines if TYPE.match(line))
    for line in lines:
        found = FILE.match(line)
        if found:
            files[found[1]] = path(found[2].split(" md5 ")[0])
        found = LOC.match(line)
        if found and found[2] != "0":  # 0: of no line of its own
            at = found[1], found[2]
        if FUNCTION.match(line):
            at = None
        if at and MARK.match(line):
            used[at[0]] = files[at[0]]
            print(f"\ti32.const\t.Lplaces_{at[0]}\n\ti32.const\t{at[1]}\n"
                  "\tcall\tvirtual_at")
        print(line, end="")
    for number, name in used.items():
        text = name.replace("\\", "\\\\").replace('"', '\\"')
        print(f'\t.section\t.rodata..Lplaces_{number},"",@\n'
              f'.Lplaces_{number}:\n\t.asciz\t"{text}"\n'
              f"\t.size\t.Lplaces_{number}, {len(name.encode()) + 1}")


main()
