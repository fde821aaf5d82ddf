# SPDX-License-Identifier: MIT
"""The counting task of lab 05 for a real interpreter, Python 2.7 to 3.14.

    python compare_task.py size SECONDS    which interpreter this is, and how
                                           many additions take it SECONDS
    python compare_task.py run COUNT       two tasks of COUNT additions: start
                                           both and then join both (threads);
                                           start and join one by one (serial)

Prints one JSON object; that of `run` looks like lab 05's.
"""
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
        self.total = add_up(self.count)
        self.wall_s = clock() - began


def start_all_then_join_all(tasks):
    for task in tasks:
        task.start()
    for task in tasks:
        task.join()


def start_and_join_one_by_one(tasks):
    for task in tasks:
        task.start()
        task.join()


def measured(name, launch, count):
    tasks = [Task(count), Task(count)]
    before = resource and resource.getrusage(resource.RUSAGE_SELF)
    began = clock()
    launch(tasks)
    total_s = clock() - began
    after = resource and resource.getrusage(resource.RUSAGE_SELF)
    if any(task.total != count * (count - 1) // 2 for task in tasks):
        sys.exit("a sum is wrong")
    run = {"name": name, "total_s": total_s,
           "task": [{"wall_s": task.wall_s} for task in tasks]}
    if resource:
        run["cpu_per_wall"] = (after.ru_utime - before.ru_utime +
                               after.ru_stime - before.ru_stime) / total_s
        run["switches_per_s"] = (after.ru_nvcsw - before.ru_nvcsw) / total_s
    return run


def run(count):
    return {"runs": [measured("threads", start_all_then_join_all, count),
                     measured("serial", start_and_join_one_by_one, count)]}


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
            "lock": lock(), "executable": os.path.realpath(sys.executable),
            "count": max(1, int(count * seconds / took))}


if __name__ == "__main__":
    if sys.argv[1] == "size":
        print(json.dumps(size(float(sys.argv[2]))))
    else:
        print(json.dumps(run(int(sys.argv[2]))))
