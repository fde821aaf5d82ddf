#!/usr/bin/env python3
# SPDX-License-Identifier: MIT
"""tests/browser.py [--keys|--axe|--axe-dark] WIDTH[,WIDTH...] FOLDER PAGE...: the
pages in Chromium, each in a window of that many pixels, then of the next.

Prints what is wrong, and at the end how many pages and links there were. At
fault: a page or a text wider than the window, unless it is in a part that
scrolls; a picture that was not drawn; a link within the page to a place that is
not there or stays folded. --keys: the page has slides; goes through all by the
keyboard, and each is looked at. --axe, --axe-dark: what axe-core (npm, in
AXE_CORE or installed globally) finds, with all that is folded opened, in light
or dark colours. Exit status 77: there is no Chromium, it hangs, or there is no
axe-core.
"""
import html
import json
import os
import re
import shutil
import signal
import subprocess
import sys
import tempfile

# Runs in a page that shows the others, one after the other, in a frame.
SCRIPT = """
const said = [], pages = PAGES, widths = WIDTHS;
const mode = MODE, keys = mode === "--keys", axe = AXE;
let width, links = 0, slides = 0;
const frame = document.createElement("iframe");
document.body.append(frame);
document.body.style.opacity = 0;  // nobody looks: no painting

function load(page) {
    return new Promise(function (done) {
        frame.onload = done;
        frame.src = page;
    });
}

function scrolls(element) {
    for (let up = element; up; up = up.parentElement) {
        const how = up.ownerDocument.defaultView.getComputedStyle(up);
        if (how.overflowX === "auto" || how.overflowX === "scroll") return true;
    }
    return false;
}

// For a walk: what is not shown is left out, with all that is in it.
function visible(node) {
    return node.nodeType === Node.TEXT_NODE || node.checkVisibility()
        ? NodeFilter.FILTER_ACCEPT : NodeFilter.FILTER_REJECT;
}

function look(name, doc) {
    const wide = doc.documentElement.scrollWidth;
    if (wide > width) said.push(`${name}: ${wide} px wide, the window ${width}`);
    const walk = doc.createTreeWalker(
        doc.body, NodeFilter.SHOW_ELEMENT | NodeFilter.SHOW_TEXT, visible);
    const range = doc.createRange();
    for (let text; (text = walk.nextNode());) {
        if (text.nodeType !== Node.TEXT_NODE) continue;
        range.selectNodeContents(text);
        const box = range.getBoundingClientRect();
        if (text.data.trim() && box.width > 0 && box.right > width + 0.5 &&
            !scrolls(text.parentElement))
            said.push(`${name}: too wide for ${width}: ${text.data.trim().slice(0, 50)}`);
    }
    for (const image of doc.images)
        if (image.offsetParent && !image.naturalWidth)
            said.push(`${name}: no picture: ${image.alt}`);
}

async function follow(name, doc) {
    doc.defaultView.location.hash = "";
    for (const link of doc.querySelectorAll('main a[href^="#"]')) {
        const id = decodeURIComponent(link.getAttribute("href").slice(1));
        const to = doc.getElementById(id);
        links++;
        if (!to) { said.push(`${name}: nothing is called ${id}`); continue; }
        if (to.getClientRects().length) continue;
        doc.defaultView.location.hash = id;
        await new Promise(done => setTimeout(done, 1));
        if (!to.getClientRects().length)
            said.push(`${name}: ${id} stays folded`);
    }
}

function press(doc, key) {
    doc.body.dispatchEvent(new doc.defaultView.KeyboardEvent("keydown",
        {key: key, bubbles: true, cancelable: true}));
}

async function through(name, doc) {
    const shown = () => [...doc.querySelectorAll(".slide")].filter(
        slide => slide.getClientRects().length);
    const ids = new Set();
    press(doc, "End");
    const last = shown()[0].id;
    press(doc, "Home");
    for (;;) {
        const here = shown();
        if (here.length !== 1) said.push(`${name}: ${here.length} slides at once`);
        if (ids.has(here[0].id)) { said.push(`${name}: stays at ${here[0].id}`); break; }
        ids.add(here[0].id);
        press(doc, "o");
        await new Promise(done => setTimeout(done, 1));
        look(`${name}#${here[0].id}`, doc);
        if (here[0].id === last) break;
        press(doc, "ArrowRight");
    }
    slides = ids.size;
    const all = doc.querySelectorAll(".slide").length;
    if (slides !== all) said.push(`${name}: ${slides} of ${all} slides`);
}

async function judge(name, doc) {
    const dark = doc.defaultView.matchMedia("(prefers-color-scheme: dark)");
    if (dark.matches !== (mode === "--axe-dark"))
        said.push(`${name}: not in the colours of ${mode}`);
    doc.querySelectorAll(".shows").forEach(s => s.classList.remove("shows"));
    doc.querySelectorAll("details").forEach(d => { d.open = true; });
    const script = doc.createElement("script");
    script.textContent = axe;
    doc.body.append(script);
    for (const found of (await doc.defaultView.axe.run()).violations)
        said.push(`${name}: ${found.impact}: ${found.id}, ${found.nodes.length}` +
                  ` times: ${found.nodes[0].html.slice(0, 60)}`);
}

async function visit(page) {
    const doc = frame.contentDocument, folded = doc.querySelectorAll("details");
    if (axe) return judge(page.name, doc);
    look(page.name, doc);
    if (keys) return through(page.name, doc);
    folded.forEach(d => { d.open = true; });
    if (folded.length) look(page.name, doc);
    folded.forEach(d => { d.open = false; });
    return follow(page.name, doc);
}

(async function () {
    for (const page of pages) {
        for (width of widths) {
            frame.style.cssText = `width: ${width}px; height: 700px; border: 0`;
            // To load a page costs more than all that is done with it.
            if (keys || width === widths[0]) await load(page.address);
            else await new Promise(done => setTimeout(done, 1));
            await visit(page);
        }
    }
    document.getElementById("result").textContent = JSON.stringify(
        {said: [...new Set(said)], links: links, slides: slides});
})();
"""


def axe_core():
    """The text of axe-core, or ""."""
    path = os.environ.get("AXE_CORE")
    if not path and shutil.which("npm"):
        root = subprocess.run(["npm", "root", "-g"], stdout=subprocess.PIPE,
                              stderr=subprocess.DEVNULL, encoding="utf-8",
                              check=False).stdout.strip()
        path = os.path.join(root, "axe-core", "axe.min.js")
    if not path or not os.path.exists(path):
        return ""
    with open(path, encoding="utf-8") as file:
        return file.read()


def dumped(command, home):
    """What Chromium prints. Now and then a headless one hangs, even on a quiet
    machine: it is ended and begun anew, with a new profile. None: it hung each
    time."""
    for seconds in 45, 90, 140:
        profile = f"--user-data-dir={home}/profile{seconds}"
        process = subprocess.Popen(
            [command[0], profile, *command[1:]], stdin=subprocess.DEVNULL,
            stdout=subprocess.PIPE, stderr=subprocess.DEVNULL,
            encoding="utf-8", env={**os.environ, "HOME": home},
            start_new_session=True)
        try:
            return process.communicate(timeout=seconds)[0]
        except subprocess.TimeoutExpired:
            os.killpg(process.pid, signal.SIGKILL)
            process.communicate()
    return None


def main(arguments):
    mode = arguments[0] if arguments[0].startswith("--") else ""
    widths, folder, *names = arguments[bool(mode):]
    chromium = shutil.which("chromium") or shutil.which("chromium-browser") \
        or shutil.which("google-chrome")
    if not chromium:
        print("not looked at: Chromium is missing")
        return 77
    axe = ""
    if mode.startswith("--axe"):
        axe = axe_core()
        if not axe:
            print("not looked at: axe-core is missing")
            return 77
    pages = [{"name": name, "address": "file://" + os.path.realpath(
        os.path.join(folder, name))} for name in names]
    values = {"PAGES": pages, "WIDTHS": [int(width) for width in widths.split(",")],
              "MODE": mode, "AXE": axe}
    script = re.sub("|".join(values), lambda name: json.dumps(
        values[name[0]]).replace("</", "<\\/"), SCRIPT)
    with tempfile.TemporaryDirectory() as own:
        with open(own + "/all.html", "w", encoding="utf-8") as file:
            file.write('<!DOCTYPE html><body><pre id="result"></pre>'
                       f"<script>{script}</script></body>")
        dom = dumped([
            chromium, "--headless", "--no-sandbox", "--disable-gpu",
            "--disable-dev-shm-usage", "--blink-settings="
            f"preferredColorScheme={int(mode != '--axe-dark')}",
            "--allow-file-access-from-files", "--window-size=1400,900",
            "--virtual-time-budget=600000", "--dump-dom",
            f"file://{own}/all.html"], own)
    if dom is None:
        print("not looked at: Chromium hangs")
        return 77
    found = re.search(r'<pre id="result">(.+?)</pre>', dom, re.DOTALL)
    if not found:
        print("Chromium did not come to the end")
        return 1
    result = json.loads(html.unescape(found[1]))
    for line in result["said"]:
        print(line)
    print(f"{len(pages)} pages, {result['links']} links, {result['slides']}"
          f" slides, {len(result['said'])} faults")
    return 1 if result["said"] else 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
