#!/usr/bin/env python3
# SPDX-License-Identifier: MIT
"""tests/explore/same.py BUILD N [SEED]: does the page's engine, under node, say
what the programs say? N command lines in one page, all but one of them at random;
every byte counts.
"""
import json
import os
import random
import subprocess
import sys

# Many executions that fail: what each of them left on a stack would add up.
LONG = ("14_gil_orders --mistake request --tasks 3 --preemptions 1 "
        "--json").split()

HERE = os.path.dirname(os.path.abspath(__file__))


def machine(chance):
    """A command line of lab 13."""
    line = ["13_gil_virtual",
            "--lock", chance.choice(["interval", "ticks", "mutex", "none"]),
            "--seed", chance.randrange(1000), "--tasks", chance.randint(1, 8),
            "--wake", chance.randint(5, 500),
            "--processors", chance.randint(1, 4),
            "--interval", chance.randint(50, 100000)]
    if chance.random() < 0.3:
        line += ["--io", f"{chance.randint(5, 50)}:{chance.randint(1, 4)}"]
    line += ["--seconds", chance.choice([0.01, 0.05, 0.1])]
    return line + chance.choice([["--json"], ["--json", "--events"],
                                 ["--events"], ["--trace", "-"]])


def orders(chance):
    """A command line of lab 14."""
    line = ["14_gil_orders"]
    kind = chance.randrange(4)
    if kind == 0:
        line += ["--counter", "--count", chance.randint(1, 2)]
    elif kind == 1:
        line += ["--lock", chance.choice(["none", "mutex", "ticks",
                                          "interval"])]
    else:
        line += ["--mistake", chance.choice(["none", "if", "outside", "signal",
                                             "forced", "wake", "request",
                                             "other", "clear", "once", "back"])]
    if chance.random() < 0.3:
        line += ["--walks", chance.randint(1, 50), "--seed",
                 chance.randrange(1000)]
    elif chance.random() < 0.3:
        line += ["--order", ",".join(chance.choice("12")
                                     for _ in range(chance.randint(1, 4)))]
    return line + chance.choice([[], ["--json"]])


def puzzle(chance):
    line = [chance.choice(["13_gil_virtual", "14_gil_orders"]), "--puzzle",
            chance.randint(1, 200)]
    return line + chance.choice([[], ["--solve"], ["--json"],
                                 ["--answer", chance.choice(["1", "1,2,2t"])]])


def wrong(chance):
    return chance.choice([["13_gil_virtual", "--processors", "none"],
                          ["13_gil_virtual", "--eventz"], ["14_gil_orders", "x"],
                          ["14_gil_orders", "--mistake", "big"],
                          ["13_gil_virtual", "--help"]])


def native(build, line):
    run = subprocess.run([os.path.join(build, line[0]), *line[1:]],
                         capture_output=True, encoding="utf-8", check=False,
                         timeout=300)
    return {"status": run.returncode, "out": run.stdout, "err": run.stderr}


def main():
    build, number = sys.argv[1], int(sys.argv[2])
    chance = random.Random(int(sys.argv[3]) if sys.argv[3:] else 2)
    kinds = [machine] * 5 + [orders] * 3 + [puzzle] * 2 + [wrong]
    lines = [LONG] + [[str(word) for word in chance.choice(kinds)(chance)]
                      for _ in range(number - 1)]
    page = subprocess.run(
        ["node", os.path.join(HERE, "engine.js"),
         os.path.join(build, "explore/engine.js")],
        input="".join(" ".join(line) + "\n" for line in lines),
        stdout=subprocess.PIPE, encoding="utf-8", check=False, timeout=300)
    said = [json.loads(line) for line in page.stdout.splitlines()]
    differ = len(lines) - len(said)
    for line, page_said in zip(lines, said):
        program_said = native(build, line)
        if page_said != program_said:
            differ += 1
            print("differ:", " ".join(line))
            for name, value in program_said.items():
                if page_said[name] != value:
                    print(f"  {name}: program {value!r:.300}\n"
                          f"  {name}: page    {page_said[name]!r:.300}")
    print(f"{len(lines)} command lines, {differ} differ")
    return 1 if differ else 0


sys.exit(main())
