# SPDX-License-Identifier: MIT
"""The texts that programs print, from their sources: labs, common/, scripts and
graders. A value that a program fills in is the word N.
"""
import ast
import glob
import os
import re

C_SOURCES = ["labs/*.c", "labs/exercises/*.c", "common/*/*.c"]
GRADERS = ["tests/exercises/*.bats", "tests/exercises/*.bash"]

FORMAT = re.compile(r'%"\s*PRI\w+\s*"|%[-+ 0#]*[\d*]*(\.[\d*]+)?(ll|l|h|z|j)?[a-zA-Z]')
C_TOKEN = re.compile(
    r'(?P<comment>/\*.*?\*/|//[^\n]*)'
    r"|(?P<char>'(?:\\.|[^'\\])+')"
    r'|(?P<string>"(?:\\.|[^"\\])*"(?:\s*(?:PRI\w+\s*)?"(?:\\.|[^"\\])*")*)',
    re.DOTALL)
QUOTED = re.compile(r"(?<![\w\\])'([^']*)'|\"((?:\\.|[^\"\\])*)\"", re.DOTALL)


def of_c(text):
    """(line, text) of each literal; those that follow one another are one."""
    for token in C_TOKEN.finditer(text):
        if not token["string"]:
            continue
        pieces = re.findall(r'"((?:\\.|[^"\\])*)"|(PRI\w+)', token["string"])
        joined = "".join("N" if name else piece for piece, name in pieces)
        joined = joined.replace("%N", "N").replace(r"\n", "\n").replace(
            r"\"", '"')
        yield (text.count("\n", 0, token.start()) + 1,
               FORMAT.sub("N", joined).replace("%%", "%"))


def of_python(text):
    """The same; a docstring is printed only if it is a script's own."""
    nodes = list(ast.walk(ast.parse(text)))
    documented = (ast.FunctionDef, ast.ClassDef)
    if not text.startswith("#!"):
        documented += (ast.Module,)
    inside = set()  # parts of another text, and docstrings
    for node in nodes:
        if isinstance(node, documented) and isinstance(node.body[0], ast.Expr):
            inside.add(id(node.body[0].value))
        if isinstance(node, ast.JoinedStr):
            inside.update(id(part) for part in ast.walk(node)
                          if part is not node)
    for node in nodes:
        if id(node) in inside:
            continue
        if isinstance(node, ast.Constant) and isinstance(node.value, str):
            yield node.lineno, node.value
        elif isinstance(node, ast.JoinedStr):
            yield node.lineno, "".join(
                part.value if isinstance(part, ast.Constant) else "N"
                for part in node.values)


def of_shell(text):
    """The same of what is quoted."""
    for found in QUOTED.finditer(text):
        quoted = found[1] if found[1] is not None else found[2]
        yield (text.count("\n", 0, found.start()) + 1,
               re.sub(r"\$\{[^}]*\}|\$\([^)]*\)|\$\w+", "N", quoted))


def help_of_shell(text):
    """What print_help prints: the comment on top."""
    found = re.search(r"^# scripts/.*?(?=^[^#])", text, re.MULTILINE | re.DOTALL)
    if found:
        yield (text.count("\n", 0, found.start()) + 1,
               re.sub("^# ?", "", found[0], flags=re.MULTILINE))


def paragraphs(text):
    """Prose has a blank between words, and is no page, no program, no pattern."""
    for part in re.split(r"\n\s*\n|\n(?=\s*(?:[-*] |--?\w))|\n {4,}", text):
        words = part.split()
        plain = sum(bool(re.fullmatch(r"[\"'(]?[A-Za-z'-]+[.,:;?!)\"']*", word))
                    for word in words)
        if len(words) >= 4 and plain >= 0.6 * len(words) and \
                not re.search(r"[{};<>]\s|=\"|\(\?|^#!", part):
            yield " ".join(words)


def read(name):
    with open(name, encoding="utf-8") as file:
        return file.read()


def kind_of(name, text):
    if name.endswith(".c"):
        return of_c
    if name.endswith(".py") or "python" in text[:40]:
        return of_python
    return of_shell


def texts():
    """(file, line, text) of all that programs print, seen from the top folder."""
    for name in [name for pattern in C_SOURCES + GRADERS + ["scripts/*"]
                 for name in sorted(glob.glob(pattern))
                 if re.search(r"(\.(c|py|bats|bash|sh)|/[^.]*)$", name)
                 and os.path.isfile(name)]:
        text = read(name)
        kind = kind_of(name, text)
        found = list(kind(text))
        if kind is of_shell:
            found += help_of_shell(text)
        for line, literal in found:
            for paragraph in paragraphs(literal):
                yield name, line, paragraph
