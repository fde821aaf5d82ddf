#!/usr/bin/env python3
# SPDX-License-Identifier: MIT
"""tests/handouts_links.py DIR: every link of the pages in DIR leads somewhere.

Prints what is wrong, and at the end how many links there were. A link must stay
in DIR, its file must be there, and what it names in it, too.
"""
import os
import sys
from html.parser import HTMLParser


class Page(HTMLParser):
    def __init__(self, path):
        super().__init__()
        self.ids, self.links, self.heads = set(), [], 0
        with open(path, encoding="utf-8") as file:
            self.feed(file.read())

    def handle_starttag(self, tag, attrs):
        attrs = dict(attrs)
        if "id" in attrs:
            self.ids.add(attrs["id"])
        for name in ("href", "src"):
            if name in attrs:
                self.links.append(attrs[name])
        if tag == "th" and "scope" not in attrs:
            self.heads += 1


def main(top):
    pages = {}
    for folder, _, names in os.walk(top):
        for name in names:
            if name.endswith(".html"):
                path = os.path.join(folder, name)
                pages[os.path.realpath(path)] = Page(path)
    wrong, links, inside = 0, 0, os.path.realpath(top) + os.sep

    def say(path, what):
        nonlocal wrong
        wrong += 1
        print(f"{os.path.relpath(path, inside)}: {what}")

    for path, page in sorted(pages.items()):
        if page.heads:
            say(path, "a table head without a scope")
        for link in page.links:
            if link.startswith(("http://", "https://")):
                continue
            links += 1
            name, _, anchor = link.partition("#")
            target = os.path.realpath(
                os.path.join(os.path.dirname(path), name)) if name else path
            if ":" in name or not target.startswith(inside):
                say(path, f"{link} leads out of the folder")
            elif not os.path.isfile(target):
                say(path, f"{link}: there is no such file")
            elif anchor and anchor not in pages[target].ids:
                say(path, f"{link}: there is no such place")
    print(f"{links} links, {wrong} broken")
    return 1 if wrong else 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1]))
