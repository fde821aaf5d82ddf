#!/usr/bin/env python3
# SPDX-License-Identifier: MIT
"""scripts/handouts_pages.py OUT [--pdf]: the handouts as pages, for handouts.

A page for each handout and for each other Markdown file that one links to, with
a menu, contents, and folded results and answers. The folder OUT has all that the
pages need, also the sources they link to, so it can be copied anywhere. pandoc
makes HTML of the Markdown; what it says is put into order here. The page that
`make explore` has made, beside OUT, is carried along.
"""
import collections
import html
import os
import posixpath
import re
import shutil
import subprocess
import sys

ROOT = os.path.dirname(os.path.dirname(os.path.abspath(__file__)))
FIRST = ["README", "primer"]
LAST = ["summary", "glossary", "answers", "key", "walkthroughs", "guide"]
TEXT = (".c", ".h", ".md", ".py", ".bats", ".bash", ".sh", ".pml", "")

PAGE = """<!DOCTYPE html>
<html lang="en">
<head>
<meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1">
<title>{title}</title>
<style>
{style}</style>
</head>
<body>
<a class="skip" href="#content">Skip to the text</a>
{menu}
<main id="content">
{body}
</main>
{foot}
<script>
{script}</script>
</body>
</html>
"""

# A link into a folded part opens it, and so does printing.
SCRIPT = """function open_target() {
    var at = document.getElementById(decodeURIComponent(location.hash.slice(1)));
    for (var up = at; up; up = up.parentElement)
        if (up.tagName === "DETAILS") up.open = true;
    if (at) at.scrollIntoView();
}
addEventListener("hashchange", open_target);
addEventListener("load", open_target);
addEventListener("beforeprint", function () {
    document.querySelectorAll("details").forEach(function (d) { d.open = true; });
});
"""


def read(path):
    with open(os.path.join(ROOT, path), encoding="utf-8") as file:
        return file.read()


def converted(paths):
    """pandoc's HTML of each of these Markdown files. One pandoc for all of them: to
    start it costs more than to convert a file."""
    between = "<!-- the next file -->"
    text = subprocess.run(
        ["pandoc", "-f", "gfm-gfm_auto_identifiers", "-t", "html5",
         "--no-highlight", "--wrap=preserve"], check=True,
        env={**os.environ, "LC_ALL": "C.UTF-8"}, stdout=subprocess.PIPE,
        input=f"\n\n{between}\n\n".join(map(read, paths)),
        encoding="utf-8").stdout
    return [with_ids(part.lstrip("\n")) for part in text.split(between)]


def with_ids(text):
    """The headings with ids as GitHub gives them, unique in this file."""
    seen = collections.Counter()

    def heading(found):
        words = html.unescape(re.sub("<[^>]*>", "", found[2])).lower()
        name = re.sub(r"[^\w -]", "", words).replace(" ", "-")
        seen[name] += 1
        if seen[name] > 1:
            name += f"-{seen[name] - 1}"
        return f'<h{found[1]} id="{name}">{found[2]}</h{found[1]}>'
    return re.sub(r"<h([1-6])>(.*?)</h\1>", heading, text, flags=re.DOTALL)


class Site:
    """The pages to make, and the sources that they link to."""

    def __init__(self, out):
        self.out = out
        self.explored = os.path.join(os.path.dirname(out), "explore/index.html")
        self.style = read("scripts/handouts.css")
        names = sorted(name[:-3] for name in os.listdir(ROOT + "/handouts")
                       if name.endswith(".md"))
        numbered = [name for name in names if name[0].isdigit()]
        # Handout 05 goes before 05, the code, as its lab is the first.
        numbered.sort(key=lambda name: (name[:2], not os.path.exists(
            f"{ROOT}/labs/{name}.c"), name))
        self.order = FIRST + numbered + LAST
        self.paths = [f"handouts/{name}.md" for name in self.order]
        self.sources = set()

    def page_of(self, path):
        """The page of a Markdown file."""
        if path == "handouts/README.md":
            return "index.html"
        if path == "README.md":
            return "kit.html"
        if path.startswith("handouts/"):
            return path[len("handouts/"):-3] + ".html"
        return path[:-3].replace("/", "-") + ".html"

    def href(self, base, target, text):
        """Where a link leads, seen from a page in OUT."""
        if re.match(r"[a-z]+:|#", target):
            return target
        path, _, anchor = target.partition("#")
        path = posixpath.normpath(posixpath.join(posixpath.dirname(base), path))
        full = os.path.join(ROOT, path)
        if os.path.isdir(full) and os.path.exists(full + "/README.md"):
            path, full = path + "/README.md", full + "/README.md"
        if os.path.isdir(full):
            for folder, _, files in sorted(os.walk(full)):
                for name in files:
                    inside = os.path.relpath(os.path.join(folder, name), ROOT)
                    if os.path.splitext(name)[1] in TEXT:
                        self.sources.add(inside)
            return f"source/index.html#{path}"
        if path.endswith(".md"):
            if path not in self.paths:
                self.paths.append(path)
            return self.page_of(path) + ("#" + anchor if anchor else "")
        if path.endswith(".svg"):
            shutil.copy(full, self.out)
            return posixpath.basename(path)
        self.sources.add(path)
        return f"source/{path}.html" + self.line_of(path, text)

    def line_of(self, path, text):
        """#L12 where a link's text is code that stands there."""
        code = re.fullmatch(r"<code>(.*)</code>", text, re.DOTALL)
        if code:
            code = html.unescape(code.group(1))
            for number, line in enumerate(read(path).split("\n"), 1):
                if code in line:
                    return f"#L{number}"
        return ""

    def fragment(self, path, text):
        """pandoc's HTML of a Markdown file, with our links and tables."""
        text = re.sub(
            r'<a\s+href="([^"]*)"([^>]*)>(.*?)</a>',
            lambda m: '<a href="{}">{}</a>'.format(
                self.href(path, html.unescape(m.group(1)), m.group(3)),
                m.group(3)), text, flags=re.DOTALL)
        text = re.sub(r'<img\s+src="([^"]*)"', lambda m: '<img src="{}"'.format(
            self.href(path, m.group(1), "")), text)
        text = re.sub(r"<th( style=[^>]*)?></th>", "<td></td>", text)
        text = re.sub(r"<thead>\s*<tr[^>]*>(\s*<td></td>)+\s*</tr>\s*</thead>",
                      "", text)
        text = text.replace("<th>", '<th scope="col">')
        text = text.replace("<table>", '<div class="wide" tabindex="0" '
                            'role="group" aria-label="table"><table>')
        text = text.replace("</table>", "</table></div>")
        return text.replace("<pre", '<pre tabindex="0"')

    def write(self, name, title, body, menu="", foot=""):
        file = os.path.join(self.out, name)
        os.makedirs(os.path.dirname(file), exist_ok=True)
        with open(file, "w", encoding="utf-8") as out:
            out.write(PAGE.format(title=html.escape(title), style=self.style,
                                  script=SCRIPT, menu=menu, foot=foot,
                                  body=body))

    def menu(self, path):
        """Index, previous and next of a handout."""
        links = [("index.html", "Index", "All handouts")]
        if path == "handouts/README.md":
            links = [("explore.html", "Explore", "The lock, moving")
                     ] if os.path.exists(self.explored) else []
        if path in self.paths[:len(self.order)]:
            at = self.paths.index(path)
            if at > 0:
                before = self.paths[at - 1]
                links.append((self.page_of(before), "Previous", title_of(before)))
            if at + 1 < len(self.order):
                after = self.paths[at + 1]
                links.append((self.page_of(after), "Next", title_of(after)))
        return "\n".join(f'<a href="{href}"><b>{kind}</b> {html.escape(title)}</a>'
                         for href, kind, title in links)

    def page(self, path, text):
        text = self.fragment(path, text)
        if re.match(r"handouts/\d", path):
            text = folded(text, "run", "Run it: open this when you have written "
                          "down your guesses")
        if path == "handouts/answers.md":
            text = re.sub(r'(<h2 id="[^"]*">.*?</h2>)(.*?)(?=<h2|\Z)',
                          r"\1<details><summary>Show the answers</summary>"
                          r"\2</details>", text, flags=re.DOTALL)
        menu = self.menu(path)
        self.write(self.page_of(path), title_of(path), contents(text),
                   f'<nav class="menu" aria-label="Handouts">{menu}</nav>',
                   f'<nav class="menu" aria-label="Handouts, below">{menu}</nav>')

    def source(self, path):
        """A source file with a number and an anchor for each line."""
        lines = html.escape(read(path)).rstrip("\n").split("\n")
        width = len(str(len(lines)))
        body = "".join(
            f'<span id="L{number}"><a href="#L{number}" aria-hidden="true" '
            f'tabindex="-1">{number:{width}}</a>  {line}</span>'
            for number, line in enumerate(lines, 1))
        up = "../" * (path.count("/") + 1)
        self.write(f"source/{path}.html", path,
                   f'<h1>{path}</h1>\n<pre class="source" tabindex="0">{body}</pre>',
                   f'<nav class="menu" aria-label="Handouts"><a href="{up}index.html">'
                   '<b>Index</b> All handouts</a>'
                   f'<a href="{up}source/index.html"><b>Sources</b> All files</a></nav>')

    def source_index(self):
        folders, body = {}, "<h1>Sources that the handouts link to</h1>\n"
        for path in sorted(self.sources):
            folder = posixpath.dirname(path)
            while folder:
                folders.setdefault(folder, [])
                folder = posixpath.dirname(folder)
            folders.setdefault(posixpath.dirname(path), []).append(path)
        for folder in sorted(folders):
            body += f'<h2 id="{folder or "top"}">{folder or "The kit"}/</h2>\n<ul>\n'
            body += "".join(f'<li><a href="{path}.html">{path}</a></li>\n'
                            for path in folders[folder])
            body += "</ul>\n"
        self.write("source/index.html", "Sources", re.sub(r"<ul>\n</ul>\n", "", body),
                   '<nav class="menu" aria-label="Handouts"><a href="../index.html">'
                   '<b>Index</b> All handouts</a></nav>')

    def make(self):
        os.makedirs(self.out, exist_ok=True)
        if os.path.exists(self.explored):
            shutil.copy(self.explored, os.path.join(self.out, "explore.html"))
        done = 0
        while done < len(self.paths):  # a page may add others
            paths = self.paths[done:]
            for path, text in zip(paths, converted(paths)):
                self.page(path, text)
            done += len(paths)
        for path in sorted(self.sources):
            self.source(path)
        self.source_index()
        return [self.page_of(path) for path in self.paths]


def title_of(path):
    found = re.search(r"^# (.*)", read(path), re.MULTILINE)
    return found.group(1).replace("`", "") if found else path


def folded(text, section, summary):
    """That section's content in <details>."""
    return re.sub(rf'(<h2 id="{section}">.*?</h2>)(.*?)(?=<h2|\Z)',
                  rf"\1<details><summary>{summary}</summary>\2</details>", text,
                  flags=re.DOTALL)


def contents(text):
    """The text with a list of its sections after the first heading."""
    heads = re.findall(r'<h2 id="([^"]*)">(.*?)</h2>', text, re.DOTALL)
    if len(heads) < 3:
        return text
    items = "".join(f'<li><a href="#{name}">{re.sub("<[^>]*>", "", head)}</a></li>'
                    for name, head in heads)
    toc = ('\n<nav class="contents" aria-label="On this page">'
           f"<ul>{items}</ul></nav>\n")
    return re.sub(r"(</h1>)", lambda m: m.group(1) + toc, text, count=1)


def pdf(out, page):
    """For paper: nothing is folded, and links to files are text."""
    with open(os.path.join(out, page), encoding="utf-8") as file:
        text = file.read()
    text = text.replace("<details>", "<details open>")
    text = re.sub(r'<a href="(?!https?:|#)[^"]*">(.*?)</a>', r"<span>\1</span>", text,
                  flags=re.DOTALL)
    printed = os.path.join(out, "print.html")
    with open(printed, "w", encoding="utf-8") as file:
        file.write(text)
    try:
        subprocess.run(["weasyprint", "-q", printed,
                        os.path.join(out, page[:-5] + ".pdf")], check=True)
    finally:
        os.remove(printed)


def main(arguments):
    out = os.path.abspath(arguments[0])
    pages = Site(out).make()
    if "--pdf" in arguments:
        for page in pages:
            pdf(out, page)
    return 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
