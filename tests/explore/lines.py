#!/usr/bin/env python3
# SPDX-License-Identifier: MIT
"""tests/explore/lines.py BUILD: does each line that the page's engine names do
what the engine says, in the sources that the page shows and in those on disk?
"""
import json
import os
import re
import subprocess
import sys

HERE = os.path.dirname(os.path.abspath(__file__))
ROOT = os.path.dirname(os.path.dirname(HERE))

# What must stand in the line, by what is said of it.
DOES = {
    "waits for the lock": r"cond_wait_us|pthread_mutex_lock",
    "times out": r"cond_wait_us",
    "waits until another has it": r"pthread_cond_wait",
    "waits for the lock's mutex": r"pthread_mutex_lock|cond_wait",
    "locks": r"pthread_mutex_lock|cond_wait",
    "unlocks": r"pthread_mutex_unlock",
    "signals": r"pthread_cond_signal",
    "waits": r"cond_wait",
    "reads": r"lock\.request|atomic_load",
    "writes": r"lock\.request = |atomic_store",
}
COMMANDS = """\
13_gil_virtual --seconds 0.05 --events --json
13_gil_virtual --seconds 0.05 --events --json --tasks 3 --processors 1
14_gil_orders --mistake if --json
14_gil_orders --mistake signal --json
14_gil_orders --mistake request --json
14_gil_orders --counter --json
"""


def main():
    run = subprocess.run(
        ["node", os.path.join(HERE, "engine.js"),
         os.path.join(sys.argv[1], "explore/engine.js"), "--sources"],
        input=COMMANDS, stdout=subprocess.PIPE, encoding="utf-8", check=True,
        timeout=300)
    sources, *said = map(json.loads, run.stdout.splitlines())
    wrong = 0
    for path, text in sources.items():
        with open(os.path.join(ROOT, path), encoding="utf-8") as file:
            if file.read() != text:
                wrong += 1
                print(f"{path} is another one in the page")
    named = set()
    for answer in map(lambda one: json.loads(one["out"]), said):
        for event in answer.get("events") or answer["steps"]:
            does = event.get("event") or event["does"]
            if event["place"] and does in DOES:
                named.add((does, event["place"]))
    for does, place in sorted(named):
        path, number = place.rsplit(":", 1)
        path = path if path in sources else f"common/{path}"
        line = sources[path].split("\n")[int(number) - 1]
        if not re.search(DOES[does], line):
            wrong += 1
            print(f"{place}: {does}? {line}")
    print(f"{len(named)} lines, {wrong} wrong")
    return 1 if wrong or len(named) < 10 else 0


sys.exit(main())
