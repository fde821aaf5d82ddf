# SPDX-License-Identifier: MIT
"""A class's folders: which files are whose, and which are left out, and why.

Nothing of a student's naming goes further than this: what is graded is a copy
of each file under the name of its exercise, in a folder that has a number.
"""
import contextlib
import os
import re
import stat

MOST_BYTES = 1 << 20  # of a source file


class Submission:
    """Files of one student: {exercise: path}. `remarks` says what is odd."""

    def __init__(self, name, folder, files, others, remarks=()):
        self.name = name
        self.folder = folder
        self.files = files
        self.others = others  # names of files that are no exercise
        self.remarks = list(remarks)

    def copy_to(self, folder, exercises):
        """The files that may be graded; for each other exercise a file that
        says why it is not. What is there and not graded is a remark, too."""
        os.mkdir(folder)
        for exercise in exercises:
            try:
                data = source(self.files.get(exercise), exercise, self.others)
                path = os.path.join(folder, exercise + ".c")
            except Refused as reason:
                data = str(reason).encode(errors="replace")
                if exercise in self.files and str(reason) not in self.remarks:
                    self.remarks.append(str(reason))
                path = os.path.join(folder, exercise + ".refused")
            with open(path, "wb") as file:
                file.write(data)


class Refused(Exception):
    """Why a file is not graded."""


def source(path, exercise, others):
    """The bytes of a file that looks like C."""
    name = f"{exercise}.c"
    if not path:
        there = ", ".join(shown(other) for other in others[:5])
        raise Refused(f"there is no file {name}" + (
            f"\nwhat is there: {there}" if there else ""))
    shown_name = shown(os.path.basename(path))
    try:
        # A link is not followed: its target could be the solution.
        handle = os.open(path, os.O_RDONLY | os.O_NOFOLLOW | os.O_NONBLOCK)
    except OSError as error:
        if os.path.islink(path):
            raise Refused(f"{shown_name} is a link, and no file") from None
        raise Refused(f"{shown_name} cannot be read: {error.strerror}") from None
    with open(handle, "rb") as file:
        status = os.fstat(file.fileno())
        if not stat.S_ISREG(status.st_mode):
            raise Refused(f"{shown_name} is no file")
        if status.st_size > MOST_BYTES:
            raise Refused(f"{shown_name} has {status.st_size / 1e6:.0f} MB:"
                          " a source file of more than 1 MiB is not read")
        data = file.read(MOST_BYTES)
    if data[:2] in (b"\xff\xfe", b"\xfe\xff") or data[1::2][:40].count(0) > 30:
        raise Refused(f"{shown_name} is text in UTF-16: save it as UTF-8")
    if b"\0" in data:
        raise Refused(f"{shown_name} is no text: it has bytes that are zero")
    if not data.strip():
        raise Refused(f"{shown_name} is empty")
    return data


def shown(name):
    """A name, without what would disturb a terminal or a table."""
    return "".join(c if c.isprintable() else "?" for c in name)


def best_file(names, exercise):
    """The file for that exercise, of all that are there: its own name, or the
    highest number of those that a browser or a learning system adds."""
    if f"{exercise}.c" in names:
        return f"{exercise}.c"
    numbered = {}
    for name in names:
        found = re.fullmatch(re.escape(exercise) + r"[-_ ]?\(?([0-9]{1,9})\)?\.c",
                             name)
        if found:
            numbered[int(found[1])] = name
    return numbered[max(numbered)] if numbered else None


def look(folder, exercises):
    """({exercise: path}, names of other files, names of folders)."""
    files, folders = [], []
    with contextlib.suppress(OSError):
        for entry in sorted(os.scandir(folder), key=lambda entry: entry.name):
            if entry.name.startswith(".") or entry.name == "__MACOSX":
                continue
            is_folder = entry.is_dir(follow_symlinks=False)
            (folders if is_folder else files).append(entry.name)
    found = {exercise: best_file(files, exercise) for exercise in exercises}
    found = {exercise: name for exercise, name in found.items() if name}
    others = [name for name in files if name not in found.values()]
    return ({exercise: os.path.join(folder, name)
             for exercise, name in found.items()}, others, folders)


def odd_names(files):
    return [f"{exercise}: graded {shown(os.path.basename(path))}"
            for exercise, path in files.items()
            if os.path.basename(path) != f"{exercise}.c"]


def those_of(folder, name, exercises):
    """The submissions in one folder of a class: itself, or, where a section or a
    level of folders lies between, what is in it."""
    files, others, folders = look(folder, exercises)
    if files:
        return [Submission(name, folder, files, others, odd_names(files))]
    inner = {}
    for sub in folders:
        path = os.path.join(folder, sub)
        inner[sub] = look(path, exercises)[:2]
    inner = {sub: found for sub, found in inner.items() if found[0]}
    merged = {}
    for sub, (sub_files, _) in inner.items():
        if merged.keys() & sub_files.keys():  # two of the same: a section
            return [Submission(f"{name}/{sub}", os.path.join(folder, sub),
                               sub_files, sub_others, odd_names(sub_files))
                    for sub, (sub_files, sub_others) in inner.items()]
        merged.update(sub_files)
    remarks = odd_names(merged)
    if inner:
        remarks.append("graded what is in " + ", ".join(
            shown(sub) + "/" for sub in inner))
    else:
        remarks.append("no exercise there" + (
            ": " + ", ".join(shown(other) for other in others[:5])
            if others else ""))
    return [Submission(name, folder, merged, others, remarks)]


def find(classes, exercises):
    """(submissions, [(path, why it is left out)]) of the folders given."""
    submissions, left_out = [], []
    for folder in classes:
        folder = os.path.abspath(folder)
        files, others, _ = look(folder, exercises)
        if files:
            submissions += those_of(folder, os.path.basename(folder), exercises)
            continue
        for entry in sorted(os.scandir(folder), key=lambda entry: entry.name):
            if entry.name.startswith(".") or entry.name == "__MACOSX":
                left_out.append((entry.path, "hidden"))
            elif entry.is_symlink():
                left_out.append((entry.path, "a link"))
            elif not entry.is_dir():
                left_out.append((entry.path, "a file, and no student's folder"))
            elif not os.access(entry.path, os.R_OK | os.X_OK):
                left_out.append((entry.path, "it cannot be read"))
            else:
                submissions += those_of(entry.path, entry.name, exercises)
    tell_apart(submissions)
    return submissions, left_out


def tell_apart(submissions):
    """Equal names get the name of the folder that they are in before them."""
    def repeated():
        names = [submission.name for submission in submissions]
        return [submission for submission in submissions
                if names.count(submission.name) > 1]

    for submission in repeated():
        parent = os.path.basename(os.path.dirname(submission.folder))
        submission.name = f"{parent}/{submission.name}"
    seen = {}
    for submission in repeated():
        number = seen[submission.name] = seen.get(submission.name, 0) + 1
        submission.name += f" ({number})"
