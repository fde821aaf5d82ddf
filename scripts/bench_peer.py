# SPDX-License-Identifier: MIT
"""What scripts/bench compares the labs with: N downloads at once, one thread per
download, with urllib. Prints total_s and cpu_s, as a lab does.

    python3 bench_peer.py URL N
"""
import json
import sys
import threading
import time
import urllib.request


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
    right = lengths.count(int(url.partition("?")[0].rsplit("/", 1)[1]))
    if right != number:
        sys.exit("%d of %d downloads failed" % (number - right, number))
    print(json.dumps({"total_s": total_s, "cpu_s": cpu_s}))


if __name__ == "__main__":
    downloads(sys.argv[1], int(sys.argv[2]))
