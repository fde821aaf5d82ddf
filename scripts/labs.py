# SPDX-License-Identifier: MIT
"""What demo, tour, compare, sweep, report and bench share.

Messages like those of the labs, a command line, jobs that end with the script,
what a lab measured, medians. Each script imports this: what few of them need is
imported where it is used, for to import it takes longer than all else here.
"""
import argparse
import contextlib
import json
import os
import re
import resource
import signal
import subprocess
import sys

# As make sees it: the way to it may be a link, with a blank in its name.
ROOT = os.path.dirname(os.path.dirname(os.path.realpath(__file__)))
BUILD = os.path.abspath(os.environ.get("BUILD") or os.path.join(ROOT, "build"))
NAME = os.path.basename(sys.argv[0])
os.environ["LC_ALL"] = "C"
os.environ.pop("GIL_LABS_RECORD", None)
SIGNALS = (signal.SIGINT, signal.SIGTERM, signal.SIGHUP)
for stream in sys.stdout, sys.stderr:
    if stream:  # what it cannot spell becomes a question mark
        stream.reconfigure(errors="replace")

# How long a lab may take, in seconds; the longest one, in sweep, takes 60.
LIMIT = 600


# --- messages

def say(text=""):
    """A line of the script's own output."""
    try:
        print(text, flush=True)
    except OSError as error:
        # Python would try once more at its end, and say so in its own way.
        os.dup2(os.open(os.devnull, os.O_WRONLY), 1)
        fail(f"cannot write to standard output: {error.strerror}")


def wrapped(text, first="", following=""):
    """In lines that the terminal holds, and never of more than 79 characters."""
    import shutil
    import textwrap
    width = min(shutil.get_terminal_size().columns, 80) - 1
    return textwrap.fill(text, width, initial_indent=first,
                         subsequent_indent=following)


def fail(message, status=1):
    """One line, and the end."""
    progress()
    print(f"{NAME}: {message}", file=sys.stderr)
    sys.exit(status)


def bad_usage(message):
    fail(message, 2)


def progress(text=""):
    """A line that moves, only on a terminal; without text it is erased."""
    if (sys.stderr.isatty() and os.environ.get("TERM", "dumb") != "dumb" and
            not os.environ.get("GIL_LABS_PLAIN")):
        import shutil
        width = shutil.get_terminal_size().columns - 1
        print(f"\r\033[K{text[:width]}", end="", file=sys.stderr, flush=True)


def shortened(text, width):
    """One line of at most that many characters; both of its ends are kept."""
    text = "".join(c if c.isprintable() else "?" for c in text.strip())
    if len(text) <= width:
        return text
    half = (width - 3) // 2
    return f"{text[:half]}...{text[-half:]}"


# --- the command line

class Options(argparse.ArgumentParser):
    """An option that is wrong is one line, as everywhere in the kit."""

    def __init__(self, description):
        super().__init__(
            prog=f"scripts/{NAME}", description=description, allow_abbrev=False,
            formatter_class=argparse.RawDescriptionHelpFormatter)

    def error(self, message):
        message = re.sub("^argument ", "", message)
        message = re.sub(": expected one argument$", " needs a value", message)
        message = re.sub("^unrecognized arguments: (.*)$",
                         r"unknown argument '\1'", message)
        bad_usage(f"{message} (see --help)")

    def print_help(self, file=None):
        say(self.format_help().rstrip())


def whole(low, high):
    """For `type`: a whole number of that range."""
    def parse(text):
        if re.fullmatch("[0-9]{1,9}", text) and low <= int(text) <= high:
            return int(text)
        raise argparse.ArgumentTypeError(
            f"'{text}' is not a whole number from {low} to {high}")
    return parse


def seconds(text):
    """For `type`: a number above 0, as text, 01.50 as 1.50."""
    if not re.fullmatch(r"[0-9]{1,4}(\.[0-9]{1,6})?", text) or not float(text):
        raise argparse.ArgumentTypeError(
            f"'{text}' is not a number of seconds above 0")
    return re.sub("^0+(?=[0-9])", "", text)


def name_of_file(text):
    if not text:
        raise argparse.ArgumentTypeError("an empty name")
    return text


def need(command, package, option=""):
    import shutil
    if not shutil.which(command):
        fail(f"{command} is missing (Debian package {package}): "
             f"run scripts/setup{option}")


def need_folder(path):
    """Make it, or end here where no file can be written to it."""
    with contextlib.suppress(OSError):
        os.makedirs(path, exist_ok=True)
    if not os.path.isdir(path) or not os.access(path, os.W_OK):
        fail(f"cannot write to the folder '{path}'")


def need_labs(*labs):
    for lab in labs:
        if not built(lab):
            fail(f"{path_of(lab)} is missing: run make")


# --- the beginning and the end of a script

class Stopped(Exception):
    """A signal came: the script ends, with what it has started."""


_running = []    # processes, to be ended at the latest at the end
_scratch = None
_held = False    # a signal waits until a process or folder is noted here
_came = None


def _stop(number, _frame):
    global _came
    _came = number
    if not _held:
        for each in SIGNALS:
            signal.signal(each, signal.SIG_IGN)
        raise Stopped


@contextlib.contextmanager
def _undisturbed():
    global _held
    _held = True
    try:
        yield
    finally:
        _held = False
        if _came:
            _stop(_came, None)


def main(run):
    """run(), and then the end: nothing that it started or wrote is left."""
    if sys.stderr is None:
        sys.stderr = open(os.devnull, "w")
    if sys.stdout is None:
        fail("standard output is closed")
    for number in SIGNALS:
        if signal.getsignal(number) != signal.SIG_IGN:
            signal.signal(number, _stop)
    try:
        run()
    except Stopped:
        progress()
        sys.exit(130 if _came == signal.SIGINT else 143)
    except Failed as reason:
        fail(reason)
    except OSError as error:
        fail(f"{error.filename}: {error.strerror}" if error.filename
             else error.strerror)
    finally:
        while _running:
            end(_running[-1])
        if _scratch:
            import shutil
            shutil.rmtree(_scratch, ignore_errors=True)


def scratch(name):
    """The path of a file in a folder of the script's own."""
    global _scratch
    if not _scratch:
        import tempfile
        with _undisturbed():
            _scratch = tempfile.mkdtemp(prefix="gil-labs.")
    return os.path.join(_scratch, name)


def check_writable(option, path):
    """Before the work, not after it; leaves nothing behind."""
    existed = os.path.lexists(path)
    try:
        open(path, "ab").close()
    except OSError as error:
        bad_usage(f"{option}: cannot write '{path}': {error.strerror}")
    if not existed:
        os.remove(path)


@contextlib.contextmanager
def replaced(path):
    """Write a file anew: in its place it is whole, or as it was before. What is
    no file, as /dev/stdout, is written to."""
    if path.startswith(("/dev/std", "/dev/fd/")) or (
            os.path.exists(path) and not os.path.isfile(path)):
        new, how = path, "ab"  # the way to a pipe may be no path: pipe:[1234]
    else:
        path = os.path.realpath(path)
        new, how = f"{path}.{os.getpid()}.new", "wb"
    try:
        try:
            with open(new, how) as file:
                yield file
            if new != path:
                os.replace(new, path)
        except OSError as error:
            raise Failed(f"cannot write '{path}': {error.strerror}") from None
    finally:
        if new != path:
            with contextlib.suppress(OSError):
                os.remove(new)


# --- jobs

class Failed(Exception):
    """What did not do what it should, and why, in a few words."""


def start(command, group=True, cap=0, **how):
    """A process that ends with the script: by force, with all that it has
    started; or, without a group of its own, in its own way. cap: the bytes that
    a file of its may have."""
    def prepare():
        with contextlib.suppress(OSError, ValueError):
            resource.setrlimit(resource.RLIMIT_FSIZE, (cap, cap))

    with _undisturbed():
        how.setdefault("stdin", subprocess.DEVNULL)
        # A session is a group, too; what Python itself must do in the new
        # process costs more than most processes do.
        how.setdefault("start_new_session", group)
        how.setdefault("preexec_fn", prepare if cap else None)
        process = subprocess.Popen(command, **how)
        process.group = group
        _running.append(process)
    return process


def end(process):
    if process.group:
        with contextlib.suppress(OSError):
            os.killpg(process.pid, signal.SIGKILL)
    else:
        process.terminate()
        with contextlib.suppress(subprocess.TimeoutExpired):
            process.wait(10)
        process.kill()
    process.wait()
    _running.remove(process)


def why(status, said=""):
    """What a process ended with, and the last line that it said."""
    with contextlib.suppress(ValueError):
        number = -status if status < 0 else status - 128
        return f"died of {signal.Signals(number).name}"
    said = shortened(said.strip().rpartition("\n")[2], 60)
    return f"failed with status {status}" + (f": {said}" if said else "")


def job(command, limit=LIMIT, group=True, cap=0, check=True, **how):
    """Run it to its end: what it wrote to standard output and error. Whether it
    died is always looked at, its exit status only with check."""
    # What may write without end, or leave a child behind that holds a pipe
    # open, writes to files.
    files = [subprocess.PIPE] * 2
    if cap:
        import tempfile
        files = [tempfile.TemporaryFile() for _ in range(2)]
    process = start(command, group, cap, stdout=files[0], stderr=files[1],
                    **how)
    try:
        written = process.communicate(timeout=limit)
    except subprocess.TimeoutExpired:
        raise Failed(f"hangs: no answer in {limit} s") from None
    finally:
        end(process)
    if cap:
        for file in files:
            file.seek(0)
        written = [file.read() for file in files]
    out, err = (text.decode(errors="replace") for text in written)
    if process.returncode and (check or not 0 < process.returncode <= 128):
        raise Failed(why(process.returncode, err))
    return out, err


def gnuplot(script, **variables):
    """The pictures that it writes, SVGs: all with narrow = 0, then all with
    narrow = 1. It runs in the scratch folder, where its data is: no name of a
    folder comes into its code."""
    settings = "; ".join(f"{name} = {value!r}"
                         for name, value in variables.items())
    path = os.path.join(ROOT, "scripts", script)
    try:
        svgs = job(["gnuplot", "-e", f"narrow = 0; {settings}", path,
                    "-e", "set output; reset; narrow = 1", path],
                   cwd=scratch(""))[0]
    except Failed as reason:
        raise Failed(f"gnuplot {reason}") from None
    if not svgs.rstrip().endswith("</svg>"):
        raise Failed("gnuplot has not come to the end of a picture")
    return [f"<?xml {svg}" for svg in svgs.split("<?xml ")[1:]]


# --- labs

def path_of(lab):
    return os.path.join(BUILD, lab)


def built(lab):
    return os.access(path_of(lab), os.X_OK)


def lab(name, *arguments, env=None):
    """Run it: what its JSON says."""
    try:
        return json.loads(job([path_of(name), *arguments, "--json"],
                              env=env)[0])
    except ValueError:
        raise Failed(f"lab {name[:2]} gives no JSON") from None
    except Failed as reason:
        raise Failed(f"lab {name[:2]} {reason}") from None


def shown_lab(name, *arguments):
    """The same, and its lines go to the terminal as they come."""
    file = scratch("lab.json")
    process = start([path_of(name), *arguments, f"--json={file}"], group=False)
    status = process.wait()
    end(process)
    if status in (1, 2):
        sys.exit(1)  # it has said why
    if status:
        raise Failed(f"{name} {why(status)}")
    with open(file, encoding="utf-8") as text:
        return json.load(text)


def additions(seconds):
    """How many of them take one task so long when it is alone. All counting
    labs in a table get this --count, so that its rows are the same work."""
    return lab("03_cpu_serial", "--tasks", "1", "--seconds",
               str(seconds))["count"]


# --- figures

def alternating(rounds, *sides):
    """(number, side): each side once a round, A B B A A B ..."""
    for number in range(1, rounds + 1):
        for side in sides if number % 2 else reversed(sides):
            yield number, side


def median(values):
    """The one definition, for all scripts."""
    import statistics
    return statistics.median(values)


def spread(values):
    return median(values), min(values), max(values)


def each(run):
    """The mean time of a run's tasks; of several rounds the median."""
    if "rounds" in run:
        return median(once["each_s"] for once in run["rounds"])
    return sum(task["wall_s"] for task in run["task"]) / len(run["task"])


def plain(value):
    """A number as a program reads it: 3, not 3.0."""
    return f"{value:.15g}"


def number_of(number, noun):
    """1 processor, 1.5 processors: the plural follows what is written."""
    written = f"{number:g}"
    return f"{written} {noun}{'' if written == '1' else 's'}"


def sum_of_labs():
    """What tells one build of the labs that sweep runs from another."""
    import glob
    import zlib
    total = 0
    for name in sorted(glob.glob(
            os.path.join(glob.escape(BUILD), "0[1-57]_*[a-z]"))):
        with open(name, "rb") as file:
            total = zlib.crc32(file.read(), total)
    return total


def processor():
    """The name of the machine's."""
    with contextlib.suppress(OSError):
        with open("/proc/cpuinfo", encoding="utf-8", errors="replace") as file:
            for line in file:
                if line.startswith("model name"):
                    return line.partition(":")[2].strip()
    with contextlib.suppress(Failed, OSError):
        return job(["sysctl", "-n", "machdep.cpu.brand_string"])[0].strip()
    return os.uname().machine
