# SPDX-License-Identifier: MIT
"""What a grading found: from the output of bats to points, and these as a
screen, CSV, JUnit, Gradescope's and Autolab's results.

A result is a dict: {submission, seed, machine, exercises, points, of,
not_measured, scaled, remarks}. An exercise has tests and, where there is one,
the `order` of steps that loses a point, as a file for scripts/replay, and a
`remark`. A test has {name, of, status, points} and, as fits its status,
expected, got, why, hints or reason:

    passed        its points are earned; but with `kept` (an untouched starter
                  passes it, too) only once a point of another kind is
    failed        expected, got, why, hints
    not asked     it needs something that is not there yet: reason
    not measured  neither won nor lost: reason
    error         the same, because the grader failed: reason

`scaled` is what the points would be if all had been measured.
"""
import csv
import html
import io
import re
import textwrap

# The columns of an order of steps.
PICTURE = re.compile("^ *thread 1 +thread 2", re.MULTILINE)


# --- from bats

def tests_of(file):
    """The tests that a .bats file has: name, points, kept."""
    tests = []
    kept = False
    with open(file, encoding="utf-8") as lines:
        for line in lines:
            found = re.match(r'@test "\[(\d+) pts?\] (.*)" \{$', line)
            if found:
                tests.append({"name": found[2], "of": int(found[1])})
                if kept:
                    tests[-1]["kept"] = True
            kept = line == "# kept\n"
    return tests


def read_tap(text):
    """What bats said of each test it came to, and its last words."""
    seen, last_words = {}, ""
    current = key = None
    for line in text.split("\n"):  # no other character ends a line of bats
        found = re.match(r"(not )?ok \d+ \[\d+ pts?\] (.*?)( # skip ?(.*))?$",
                         line)
        if found:
            current, key = {}, None
            seen[found[2]] = current
            if found[3]:
                current["status"] = "not measured"
                current["reason"] = re.sub("^not measured: ", "", found[4])
            else:
                current["status"] = "failed" if found[1] else "passed"
            continue
        said = re.match(r"# (expected|got|why|not asked|hint \d): (.*)$", line)
        more = re.match(r"# \| ?(.*)$", line)
        if current is not None and said:
            key, value = said[1], said[2]
            if key == "not asked":
                current["status"], key = "not asked", "reason"
            if key.startswith("hint"):
                current.setdefault("hints", []).append(value)
            else:
                current[key] = value
        elif current is not None and more and key:
            if key.startswith("hint"):
                current["hints"][-1] += "\n" + more[1]
            else:
                current[key] += "\n" + more[1]
        elif line.strip() and not re.match(
                r"1\.\.\d+$|# *\(|#   `|#  in test file|(not )?ok ", line):
            last_words = line.lstrip("# ")
    return seen, last_words


def exercise(name, tests, tap, reason=None, left=None):
    """The exercise's result. A test that bats did not come to is an error of the
    grader, and no verdict. `left`: an `order` of steps that loses a point, a
    `remark`."""
    seen, last_words = read_tap(tap)
    if reason is None and last_words:
        reason = last_words
    result = []
    for test in tests:
        found = seen.get(test["name"]) or {
            "status": "error",
            "reason": "the grader could not run this check"
                      + (f": {reason}" if reason else "")}
        if found["status"] == "failed" and "expected" not in found:
            found = {"status": "error", "reason": "this check of the grader"
                     " failed by itself" + (f": {reason}" if reason else "")}
        if found["status"] == "failed":
            found.setdefault("hints", [])
        result.append({**test, "points": 0, **found})
    return add_up({"exercise": name, "tests": result, **{
        key: text if key == "order" else text.strip()
        for key, text in (left or {}).items()}})


def unmeasured(name, tests, reason):
    return add_up({"exercise": name, "tests": [
        {**test, "points": 0, "status": "not measured", "reason": reason}
        for test in tests]})


def add_up(exercise):
    """Points, from the tests' statuses."""
    tests = exercise["tests"]
    earned = any(test["status"] == "passed" and not test.get("kept")
                 for test in tests)
    for test in tests:
        counts = test["status"] == "passed" and (
            earned or not test.get("kept"))
        test["points"] = test["of"] if counts else 0
    exercise["points"] = sum(test["points"] for test in tests)
    exercise["of"] = sum(test["of"] for test in tests)
    exercise["not_measured"] = sum(
        test["of"] for test in tests
        if test["status"] in ("not measured", "error"))
    exercise["scaled"] = scaled(exercise)
    return exercise


def scaled(result):
    measured = result["of"] - result["not_measured"]
    if not measured:
        return None
    points = result["points"] * result["of"] / measured
    return int(points) if points == int(points) else round(points, 2)


def submission(name, seed, machine, exercises, remarks=()):
    result = {"submission": name, "seed": seed, "machine": machine,
              "exercises": exercises}
    for key in ("points", "of", "not_measured"):
        result[key] = sum(exercise[key] for exercise in exercises)
    result["scaled"] = scaled(result)
    result["remarks"] = list(remarks)
    return result


def errors(result):
    """The tests that the grader could not run, or that ran out of memory, or of
    space on the disk."""
    return [test for exercise in result["exercises"]
            for test in exercise["tests"]
            if test["status"] == "error"
            or re.search("no (memory|space) is left",
                         test.get("reason", "") + test.get("got", ""))]


# --- for people

def screen(result, hints):
    lines = []
    starter = False
    for remark in result["remarks"]:
        lines += wrapped("", plain(remark), "  ")
    for exercise in result["exercises"]:
        lines += ["", f"{exercise['exercise']}   {points_of(exercise)}"]
        for test in exercise["tests"]:
            mark = test["points"]
            if test["status"] in ("not measured", "error"):
                mark = "-"
            elif test["status"] == "passed" and not test["points"]:
                mark, starter = "=", True
            lines.append(f"  {mark!s:>3}/{test['of']}  {test['name']}")
            if "reason" in test:
                word = "not looked at yet: " if test["status"] == "not asked" \
                    else "not measured: "
                lines += wrapped(" " * 9, word + test["reason"], " " * 9)
        if "remark" in exercise:
            lines += wrapped("  ", exercise["remark"], "  ")
    measured = result["of"] - result["not_measured"]
    full = result["points"] * 40 // measured if measured else 0
    lines += ["", f"[{'#' * full}{'.' * (40 - full)}] {points_of(result)}"]
    if starter:
        lines += wrapped("", "= the starter passes this, too: it counts with the"
                         " first point that you earn, as long as it holds", "  ")
    lines += first_failure(result, hints)
    lines += ["", f"The same numbers again: scripts/grade --seed {result['seed']}"]
    if "bubblewrap" not in result["machine"].get("box", ""):
        lines += wrapped("", f"The box: {result['machine'].get('box', 'none')}.")
    return "\n".join(lines)


def points_of(result):
    return f"{result['points']} of {result['of']}" + (
        f", {result['not_measured']} not measured" if result["not_measured"]
        else "")


def first_failure(result, hints):
    for exercise in result["exercises"]:
        for test in exercise["tests"]:
            if test["status"] == "failed":
                break
        else:
            continue
        break
    else:
        return []
    lines = ["", *wrapped("", "First thing to look at: "
                          f"{exercise['exercise']}: {test['name']}", "  ")]
    said = [("expected", test.get("expected", "that the check passes")),
            ("got", test.get("got", "something else")),
            ("why", test.get("why", ""))]
    said += [(f"hint {number}", hint)
             for number, hint in enumerate(test["hints"][:hints], 1)]
    for key, text in said:
        if text:
            lines += wrapped(f"  {key:<9}  ", text)
        if key == "got" and "order" in exercise and PICTURE.search(text):
            lines.append(f"{'':13}Follow it again: make replay "
                         f"EX={exercise['exercise']}")
    if len(test["hints"]) > hints:
        lines.append(f"             (more: HINT={hints + 1})")
    return lines


def wrapped(first, text, indent=" " * 13):
    """Lines of at most 79 characters; a line of code stays as it is, and lines of
    prose are one paragraph."""
    lines = []
    for part in re.sub(r"(?m)^(\S.*)\n(?=\S)", r"\1 ", text).split("\n"):
        if part.startswith("  "):
            lines.append(indent + part)
        else:
            lines += textwrap.wrap(
                part, 79, initial_indent=indent if lines else first,
                subsequent_indent=indent, break_long_words=False,
                break_on_hyphens=False) or [first.rstrip()]
    return lines


def table(results):
    """The class, a line for each submission."""
    names = [exercise["exercise"] for exercise in results[0]["exercises"]]
    rows = [["submission"] + [name[:2] for name in names]
            + ["points", "of", "scaled", "remarks"]]
    for result in results:
        rows.append([plain(result["submission"])]
                    + [str(exercise["points"]) for exercise in result["exercises"]]
                    + [str(result["points"]), str(result["of"]),
                       "-" if result["scaled"] is None else str(result["scaled"]),
                       "; ".join(plain(remark) for remark in remarks(result))])
    widths = [max(len(row[i]) for row in rows) for i in range(len(rows[0]))]
    return "\n".join(
        "  ".join([row[0].ljust(widths[0])]
                  + [row[i].rjust(widths[i]) for i in range(1, len(row) - 1)]
                  + [row[-1]]).rstrip()
        for row in rows)


def remarks(result):
    """What a teacher should know of a row."""
    said = list(result["remarks"])
    said += [f"{exercise['exercise']}: {exercise['remark']}"
             for exercise in result["exercises"] if "remark" in exercise]
    if result["not_measured"]:
        reasons = {test["reason"].split("\n")[0]
                   for exercise in result["exercises"]
                   for test in exercise["tests"]
                   if test["status"] in ("not measured", "error")}
        said.append(f"{result['not_measured']} points not measured: "
                    + "; ".join(sorted(reasons)))
    return said


# --- for programs

def plain(text):
    """Without control characters, and what no XML or CSV can have."""
    text = str(text).encode("utf-8", "replace").decode("utf-8")
    return "".join(c if c.isprintable() else "?" for c in text)


def guarded(text):
    """A cell that no spreadsheet takes for a formula."""
    text = plain(text)
    return "'" + text if text[:1] in ("=", "+", "-", "@") else text


def as_csv(results):
    names = [exercise["exercise"] for exercise in results[0]["exercises"]]
    file = io.StringIO()
    rows = csv.writer(file, quoting=csv.QUOTE_NONNUMERIC, lineterminator="\n")
    rows.writerow(["submission"] + names
                  + ["points", "of", "not_measured", "scaled", "remarks"])
    for result in results:
        rows.writerow([guarded(result["submission"])]
                      + [exercise["points"] for exercise in result["exercises"]]
                      + [result["points"], result["of"], result["not_measured"],
                         "" if result["scaled"] is None else result["scaled"],
                         guarded("; ".join(remarks(result)))])
    return file.getvalue()


def attribute(text):
    return f'"{html.escape(plain(text))}"'


def as_junit(results):
    lines = ['<?xml version="1.0" encoding="UTF-8"?>', "<testsuites>"]
    for result in results:
        for exercise in result["exercises"]:
            name = f"{result['submission']}.{exercise['exercise']}"
            count = {status: 0 for status in ("failed", "not asked",
                                              "not measured", "error")}
            cases = []
            for test in exercise["tests"]:
                if test["status"] in count:
                    count[test["status"]] += 1
                cases.append(f"<testcase classname={attribute(name)} name="
                             + attribute(f"[{test['of']} pts] {test['name']}")
                             + f">{outcome(test)}</testcase>")
            lines.append(
                f"<testsuite name={attribute(name)} tests=\"{len(cases)}\" "
                f"failures=\"{count['failed'] + count['not asked']}\" "
                f"skipped=\"{count['not measured']}\" "
                f"errors=\"{count['error']}\">")
            lines += cases + ["</testsuite>"]
    return "\n".join(lines + ["</testsuites>", ""])


def outcome(test):
    status = test["status"]
    if status == "failed":
        said = (f"expected {test.get('expected', '')}, "
                f"got {test.get('got', '')}").replace("\n", " ")
        return f"<failure message={attribute(said)}/>"
    said = test.get("reason", "").replace("\n", " ")
    if status == "not asked":
        return f"<failure message={attribute('not looked at yet: ' + said)}/>"
    if status == "not measured":
        return f"<skipped message={attribute(said)}/>"
    if status == "error":
        return f"<error message={attribute(said)}/>"
    return ""


def for_gradescope(result):
    """Points of what could be measured; the rest is shown, and counts for
    nothing: the score is scaled to it."""
    tests = []
    for exercise in result["exercises"]:
        for test in exercise["tests"]:
            measured = test["status"] not in ("not measured", "error")
            entry = {"name": f"{exercise['exercise']}: {test['name']}",
                     "score": test["points"],
                     "max_score": test["of"] if measured else 0,
                     "output": told(test)}
            if measured:
                entry["status"] = "passed" if test["status"] == "passed" \
                    else "failed"
            tests.append(entry)
    output = points_of(result) + " points" + (
        " on this machine: the score is scaled to what was"
        if result["not_measured"] else "") + (
        f". The same numbers again: scripts/grade --seed {result['seed']}")
    output += "".join(f"\n{plain(remark)}" for remark in result["remarks"])
    if result["scaled"] is None:
        output = ("Nothing could be measured: this 0 is the grader's, not"
                  " yours. Tell your instructor.")
    return {"score": result["scaled"] or 0, "visibility": "visible",
            "stdout_visibility": "hidden", "output": output, "tests": tests}


def told(test):
    if test["status"] == "failed":
        return (f"expected {test.get('expected', '')}\n"
                f"got {test.get('got', '')}\n{test.get('why', '')}"
                + (f"\nhint: {test['hints'][0]}" if test["hints"] else ""))
    if test["status"] == "passed":
        return "passed" if test["points"] else (
            "passed, as the starter does: it counts with the first point earned")
    if test["status"] == "not asked":
        return f"not looked at yet: {test['reason']}"
    return f"not measured: {test['reason']}"


def for_autolab(result):
    return {"scores": {exercise["exercise"]:
                       0 if exercise["scaled"] is None else exercise["scaled"]
                       for exercise in result["exercises"]}}
