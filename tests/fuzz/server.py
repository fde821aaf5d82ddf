#!/usr/bin/env python3
# SPDX-License-Identifier: MIT
"""tests/fuzz/server.py PROGRAM [SECONDS [SEED]]: random and mutated requests.

Starts PROGRAM, which is build/local_server or a build of it with a sanitizer,
and sends it requests for so long (default 10): valid ones, and the same with
bytes changed, cut off or sent in pieces, on connections that end in every way.
Now and then it checks that an ordinary request is still answered. At the end the
server must stop by itself and must not have said anything. All connections go to
127.0.0.1. Exit status: 0 right, 1 wrong.
"""
import json
import random
import socket
import struct
import subprocess
import sys
import time

MOST_REQUESTS = 1000000
MOST_OPEN = 32
CHECK_EVERY = 200
PATHS = ["/bytes/1", "/bytes/1000", "/bytes/99999999999999999999",
         "/bytes/9223372036854775807", "/bytes/", "/bytes/-1", "/status/200",
         "/status/204", "/status/0", "/status/999", "/redirect",
         "/redirect?to=%0d%0aX:y", "/", "/%00", "/../..", "*",
         "http://127.0.0.1/bytes/5", "//", "?", "/bytes/5#x"]
QUERIES = ["fault=reset", "fault=short", "fault=stall", "fault=long",
           "fault=late", "fault=open", "by=0", "by=18446744073709551615",
           "nth=2", "nth=x", "together=2", "together=0", "header=100",
           "header=999999&lines=1", "lines=1000", "header=5&lines=200000",
           "&&==", "%", "%zz", "a" * 3000]
HEADERS = ["Host: 127.0.0.1", "Connection: close", "Connection: keep-alive",
           "Content-Length: 10", "Content-Length: -1", "Expect: 100-continue",
           "Content-Length: 99999999999999999999", "Transfer-Encoding: chunked",
           "X: " + "x" * 70000, " folded: line", ":", "Range: bytes=0-"]


def request(dice):
    """The bytes of one request, valid or not quite."""
    method = dice.choice(["GET"] * 8 + ["HEAD", "POST", "PUT", "OPTIONS", "",
                                        "CONNECT", "G" * 300])
    path = dice.choice(PATHS)
    if dice.random() < 0.7:
        path += "?" + "&".join(dice.choices(QUERIES, k=dice.randint(1, 3)))
    version = dice.choice(["HTTP/1.1"] * 6 + ["HTTP/1.0", "HTTP/9", "", "X"])
    lines = [f"{method} {path} {version}"]
    lines += dice.choices(HEADERS, k=dice.randint(0, 4))
    text = "\r\n".join(lines) + "\r\n\r\n"
    if "Content" in text or "chunked" in text:
        text += dice.choice(["0123456789", "5\r\nabcde\r\n0\r\n\r\n", "fff\r\n"])
    return mutated(dice, bytearray(text * dice.choice([1, 1, 1, 2, 5]), "ascii"))


def mutated(dice, data):
    """The same with up to eight bytes changed, or with a part lost."""
    if dice.random() < 0.5:
        return bytes(data)
    for _ in range(dice.randint(1, 8)):
        at = dice.randrange(len(data))
        data[at:at + dice.randint(0, 1)] = dice.randbytes(dice.randint(0, 2))
        if not data:
            return b"\n"
    if dice.random() < 0.2:
        del data[dice.randrange(len(data)):]
    return bytes(data)


def end(dice, connection):
    """Close it: as usual, half way, or with a reset."""
    kind = dice.randrange(4)
    try:
        if kind == 0:
            connection.settimeout(0.02)
            connection.recv(dice.choice([1, 1000, 100000]))
        elif kind == 1:
            connection.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER,
                                  struct.pack("ii", 1, 0))
        elif kind == 2:
            connection.shutdown(socket.SHUT_WR)
    except OSError:
        pass
    connection.close()


def attack(dice, address, connections):
    """One request, perhaps in pieces."""
    connection = socket.create_connection(address, timeout=10)
    connections.append(connection)
    data = request(dice)
    cut = dice.randrange(len(data) + 1) if data else 0
    try:
        connection.sendall(data[:cut])
        connection.sendall(data[cut:])
    except OSError:
        pass
    while len(connections) > dice.randint(0, MOST_OPEN):
        end(dice, connections.pop(dice.randrange(len(connections))))


def still_serves(address):
    """An ordinary request gets its 1,000 bytes."""
    with socket.create_connection(address, timeout=60) as connection:
        connection.sendall(b"GET /bytes/1000 HTTP/1.1\r\nHost: x\r\n"
                           b"Connection: close\r\n\r\n")
        answer = b""
        while part := connection.recv(65536):
            answer += part
    head, _, body = answer.partition(b"\r\n\r\n")
    return head.startswith(b"HTTP/1.1 200") and len(body) == 1000


def main():
    if len(sys.argv) not in (2, 3, 4) or sys.argv[1].startswith("-"):
        print(__doc__.strip())
        return 0 if sys.argv[1:] in (["-h"], ["--help"]) else 2
    seconds = float(sys.argv[2]) if len(sys.argv) > 2 else 10
    seed = int(sys.argv[3]) if len(sys.argv) > 3 else random.getrandbits(32)
    dice = random.Random(seed)
    server = subprocess.Popen([sys.argv[1], "--rate", "unlimited"],
                              stdin=subprocess.PIPE, stdout=subprocess.PIPE,
                              stderr=subprocess.PIPE)
    port = int(server.stdout.readline().split(b":")[-1])
    address = ("127.0.0.1", port)
    connections, sent, wrong = [], 0, []
    stop = time.monotonic() + seconds
    try:
        while time.monotonic() < stop and sent < MOST_REQUESTS and not wrong:
            attack(dice, address, connections)
            sent += 1
            if sent % CHECK_EVERY == 0 and not still_serves(address):
                wrong.append("an ordinary request was not answered")
        for connection in connections:
            end(dice, connection)
        if not still_serves(address):
            wrong.append("an ordinary request was not answered at the end")
    except OSError as error:
        wrong.append(f"no connection: {error}")
    try:
        output, errors = server.communicate(timeout=60)
    except subprocess.TimeoutExpired:
        server.kill()
        output, errors = server.communicate()
        wrong.append("it did not end")
    if server.returncode != 0:
        wrong.append(f"its exit status was {server.returncode}")
    elif json.loads(output)["requests"] < 1:
        wrong.append("it counted no request")
    if errors:
        wrong.append("it said: " + errors.decode(errors="replace"))
    print(f"{sent} requests, seed {seed}: {len(wrong)} findings")
    for line in wrong:
        print(line)
    return 1 if wrong else 0


sys.exit(main())
