# SPDX-License-Identifier: MIT
"""What scripts/bench needs Python 3 for.

    python3 bench_peer.py download URL N          N downloads at once, a thread
                                                  each, with urllib; prints
                                                  total_s and cpu_s as a lab
    python3 bench_peer.py usage FILE COMMAND...   run it; into FILE its wall
                                                  seconds, its CPU seconds and
                                                  its peak memory in bytes
"""
import json
import os
import subprocess
import sys
import threading
import time


def download(opener, url, lengths):
    length = 0
    with opener.open(url) as response:
        while True:
            part = response.read(65536)
            if not part:
                break
            length += len(part)
    lengths.append(length)


def downloads(url, number):
    import urllib.request  # here, because `usage` must start quickly
    # On loopback, whatever proxy the environment names.
    opener = urllib.request.build_opener(urllib.request.ProxyHandler({}))
    lengths = []
    threads = [threading.Thread(target=download, args=(opener, url, lengths))
               for _ in range(number)]
    began, cpu_began = time.perf_counter(), time.process_time()
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    total_s = time.perf_counter() - began
    cpu_s = time.process_time() - cpu_began
    if lengths != [int(url.rsplit("/", 1)[1])] * number:
        sys.exit("%d of %d downloads failed" % (number - len(lengths), number))
    print(json.dumps({"total_s": total_s, "cpu_s": cpu_s}))


def peak_memory(pid):
    """So far, in bytes; 0 where the system does not tell."""
    try:
        with open("/proc/%d/status" % pid) as status:
            for line in status:
                if line.startswith("VmHWM:"):
                    return int(line.split()[1]) * 1024
    except OSError:
        pass
    return 0


def usage(file, command):
    began = time.monotonic()
    process = subprocess.Popen(command)
    peak = ended = 0
    while not ended:
        peak = max(peak, peak_memory(process.pid))
        time.sleep(0.005)
        ended, status, used = os.wait4(process.pid, os.WNOHANG)
    wall_s = time.monotonic() - began
    if not peak:
        # At least what this Python had when it forked, hence second choice.
        peak = used.ru_maxrss * (1 if sys.platform == "darwin" else 1024)
    with open(file, "w") as output:
        print(wall_s, used.ru_utime + used.ru_stime, peak, file=output)
    if os.WIFSIGNALED(status):
        sys.exit(128 + os.WTERMSIG(status))
    sys.exit(os.WEXITSTATUS(status))


if __name__ == "__main__":
    if sys.argv[1] == "download":
        downloads(sys.argv[2], int(sys.argv[3]))
    else:
        usage(sys.argv[2], sys.argv[3:])
