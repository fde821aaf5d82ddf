# SPDX-License-Identifier: MIT
"""The counting task of lab 05 for a real interpreter, Python 2.7 to 3.14.

    python compare_task.py size SECONDS    which interpreter this is, and how
                                           many additions take it SECONDS
    python compare_task.py run COUNT       two tasks of COUNT additions: start
                                           both and then join both (threads);
                                           start and join one by one (serial)
    python compare_task.py own COUNT       the same; each task counts in a
                                           sub-interpreter with its own lock

Prints one JSON object; those of `run` and `own` look like lab 05's.
"""
import inspect
import json
import os
import platform
import sys
import threading
import time

try:
    import resource
except ImportError:  # not a Unix
    resource = None
try:
    import sysconfig
except ImportError:  # 3.0 and 3.1
    sysconfig = None

clock = getattr(time, "monotonic", time.time)  # 2.7 has only time.time
numbers = range if sys.version_info[0] > 2 else xrange  # noqa: F821


def add_up(count):
    total = 0
    for number in numbers(count):
        total += number
    return total


class Task(threading.Thread):
    def __init__(self, count):
        threading.Thread.__init__(self)
        self.count = count
        self.total = None
        self.wall_s = None

    def run(self):
        began = clock()
        self.total = self.add_up()
        self.wall_s = clock() - began

    def add_up(self):
        return add_up(self.count)

    def end(self):
        pass


def start_all_then_join_all(tasks):
    for task in tasks:
        task.start()
    for task in tasks:
        task.join()


def start_and_join_one_by_one(tasks):
    for task in tasks:
        task.start()
        task.join()


def sub_interpreters():
    """The module that makes them, each with a lock of its own: Python 3.12 has a
    forerunner, 3.13 another, 3.14 the real one. None where there is none, or
    where there is no lock."""
    if sys.version_info < (3, 12) or lock() == "none":
        return None
    for name in ("concurrent.interpreters", "_interpreters",
                 "_xxsubinterpreters"):
        try:
            __import__(name)
            return sys.modules[name]
        except ImportError:
            pass
    return None


class OwnLock(Task):
    """The task in a sub-interpreter, which is made before the clock starts."""

    def __init__(self, count):
        Task.__init__(self, count)
        self.module = sub_interpreters()
        self.interpreter = self.module.create()
        self.right = count * (count - 1) // 2
        self.execute("numbers = range\n" + inspect.getsource(add_up))

    def execute(self, source):
        if hasattr(self.interpreter, "exec"):
            getattr(self.interpreter, "exec")(source)  # a keyword in 2.7
        elif self.module.run_string(self.interpreter, source):
            sys.exit("a sub-interpreter has failed")  # 3.13 returns why

    def add_up(self):
        self.execute("assert add_up(%d) == %d" % (self.count, self.right))
        return self.right

    def end(self):
        if hasattr(self.interpreter, "close"):
            self.interpreter.close()
        else:
            self.module.destroy(self.interpreter)


def measured(name, launch, kind, count):
    tasks = [kind(count), kind(count)]
    before = resource and resource.getrusage(resource.RUSAGE_SELF)
    began = clock()
    launch(tasks)
    total_s = clock() - began
    after = resource and resource.getrusage(resource.RUSAGE_SELF)
    for task in tasks:
        if task.total != count * (count - 1) // 2:
            sys.exit("a sum is wrong")
        task.end()
    run = {"name": name, "total_s": total_s,
           "task": [{"wall_s": task.wall_s} for task in tasks]}
    if resource:
        run["cpu_per_wall"] = (after.ru_utime - before.ru_utime +
                               after.ru_stime - before.ru_stime) / total_s
        run["switches_per_s"] = (after.ru_nvcsw - before.ru_nvcsw) / total_s
    return run


def run(kind, count):
    return {"runs": [
        measured("threads", start_all_then_join_all, kind, count),
        measured("serial", start_and_join_one_by_one, kind, count)]}


def lock():
    """The policy of lab 05 that models this interpreter's lock."""
    if sys.version_info < (3, 2):
        return "ticks"
    if getattr(sys, "_is_gil_enabled", lambda: True)():
        return "interval"
    return "none"


def size(seconds):
    count, took = 1 << 14, 0.0
    while took < min(seconds / 4, 0.1):
        count *= 2
        began = clock()
        add_up(count)
        took = clock() - began
    return {"implementation": platform.python_implementation(),
            "version": platform.python_version(),
            "free_threaded_build": bool(
                sysconfig and sysconfig.get_config_var("Py_GIL_DISABLED")),
            "lock": lock(), "own_locks": bool(sub_interpreters()),
            "executable": os.path.realpath(sys.executable),
            "count": max(1, int(count * seconds / took))}


if __name__ == "__main__":
    if sys.argv[1] == "size":
        print(json.dumps(size(float(sys.argv[2]))))
    else:
        print(json.dumps(run(OwnLock if sys.argv[1] == "own" else Task,
                             int(sys.argv[2]))))
