#!/usr/bin/env python3
# SPDX-License-Identifier: MIT
"""Drive the page of handouts/explore in Chromium, by its DevTools protocol:

    browser.py PAGE FOLDER [CHECK...]

CHECK is a function below whose name begins with check_; without one, all of them
are called, in one browser. FOLDER is for what the browser writes. In its file
CHECK is what is wrong, or the word right.
"""
import contextlib
import json
import os
import re
import select
import shutil
import signal
import subprocess
import sys

ROOT = os.path.dirname(os.path.dirname(os.path.dirname(
    os.path.abspath(__file__))))
BUILD = os.environ.get("BUILD", os.path.join(ROOT, "build"))
PATIENCE_S = 120  # for whatever the page does
BROWSERS = ["chromium", "chromium-browser", "google-chrome"]
# Keys that write nothing, and Enter: their codes, as the protocol has them.
TAB, ENTER, SPACE, LEFT, RIGHT = "Tab", "Enter", " ", "ArrowLeft", "ArrowRight"
CODES = {TAB: 9, ENTER: 13, LEFT: 37, RIGHT: 39}
SHIFT = 8

# What each page has for the scripts below.
IN_PAGE = """
globalThis.testing = {
    words: (element) => element?.textContent.replaceAll('\u00a0', ' ') ?? '',

    // The first element with that text that can be used.
    find: (css, text) => [...document.querySelectorAll(css)].find((element) =>
        testing.words(element).includes(text) && element.checkVisibility() &&
        element.ariaDisabled !== 'true'),

    // In the middle of the window; its own middle.
    place: (element) => {
        element.scrollIntoView({block: 'center', behavior: 'instant'});
        const {left, top, width, height} = element.getClientRects()[0];
        return [left + width / 2, top + height / 2];
    },

    // What condition() gives when that is true, or null.
    until: async (condition, ms) => {
        for (const end = performance.now() + ms; performance.now() < end;) {
            const value = condition();
            if (value) return value;
            await new Promise((done) => setTimeout(done, 20));
        }
        return null;
    },
};
"""


class Wrong(Exception):
    pass


def same(got, expected, what):
    if got != expected:
        raise Wrong(f"{what}: got {got!r}, expected {expected!r}")


def contains(text, part, what):
    if part not in text:
        raise Wrong(f"{what}: {text!r} does not contain {part!r}")


def native(*argv):
    """What the same lab prints when it is no page."""
    result = subprocess.run([os.path.join(BUILD, argv[0]), *argv[1:], "--json"],
                            stdout=subprocess.PIPE, check=False)
    return json.loads(result.stdout)


class Browser:
    """A Chromium with one window. A request to it and what it says are JSON, with
    a zero byte behind, on its descriptors 3 and 4: it ends when they are closed."""

    def __init__(self, folder):
        for _ in range(3):  # now and then it hangs, on a busy machine
            self.start(folder)
            try:
                target = self.send("Target.createTarget", url="about:blank")
                break
            except Wrong as wrong:
                self.kill()
                said = wrong
        else:
            raise said
        self.session = self.send("Target.attachToTarget", flatten=True,
                                 targetId=target["targetId"])["sessionId"]
        self.send_all(*((f"{domain}.enable", {})
                        for domain in ("Page", "Runtime", "Log", "Network")),
                      ("Page.addScriptToEvaluateOnNewDocument",
                       {"source": IN_PAGE}))

    def start(self, folder):
        self.session, self.number, self.rest, self.events = None, 0, b"", []
        self.process = subprocess.Popen(
            ["sh", "-c", 'exec "$0" "$@" 3<&0 4>&1 </dev/null >&2',
             next(filter(None, map(shutil.which, BROWSERS))),
             "--remote-debugging-pipe", "--headless=new", "--no-sandbox",
             "--disable-gpu", "--disable-dev-shm-usage", "--no-first-run",
             "--no-startup-window", f"--user-data-dir={folder}/profile"],
            stdin=subprocess.PIPE, stdout=subprocess.PIPE,
            stderr=subprocess.DEVNULL, start_new_session=True,
            env={**os.environ, "HOME": folder, "TMPDIR": folder})

    def kill(self):
        with contextlib.suppress(ProcessLookupError):
            os.killpg(self.process.pid, signal.SIGKILL)
        self.process.wait()

    def close(self):
        try:
            self.session = None
            self.send("Browser.close")
            self.process.wait(PATIENCE_S)
        except (Wrong, subprocess.TimeoutExpired):
            self.kill()

    def send_all(self, *requests):
        """The results of (method, parameters), which it does in that order: one
        way there and back for all."""
        first = self.number + 1
        said = {}
        text = b""
        for method, parameters in requests:
            self.number += 1
            request = {"id": self.number, "method": method,
                       "params": parameters}
            if self.session:
                request["sessionId"] = self.session
            text += json.dumps(request).encode() + b"\0"
        try:
            self.process.stdin.write(text)
            self.process.stdin.flush()
        except BrokenPipeError:
            raise Wrong("Chromium has ended") from None
        while len(said) < len(requests):
            for message in self.read():
                if "id" not in message:
                    self.events.append(message)
                elif message["id"] >= first:
                    said[message["id"]] = message
        for message in said.values():
            if "error" in message:
                raise Wrong(f"{requests[message['id'] - first][0]}: "
                            f"{message['error']['message']}")
        return [said[number]["result"] for number in sorted(said)]

    def read(self):
        """What it says next: one message or more."""
        *whole, self.rest = self.rest.split(b"\0")
        while not whole:
            if not select.select([self.process.stdout], [], [],
                                 2 * PATIENCE_S)[0]:
                raise Wrong("Chromium hangs")
            came = os.read(self.process.stdout.fileno(), 1 << 20)
            if not came:
                raise Wrong("Chromium has ended")
            *whole, self.rest = (self.rest + came).split(b"\0")
        return map(json.loads, whole)

    def send(self, method, **parameters):
        return self.send_all((method, parameters))[0]

    def evaluate(self, script, arguments, **how):
        """The script is the body of a function; what that returns."""
        said = self.send("Runtime.evaluate", awaitPromise=True,
                         expression="(function () {\n" + script + "\n})(..."
                         + json.dumps(arguments) + ")", **how)
        if "exceptionDetails" in said:
            details = said["exceptionDetails"]
            raise Wrong(f"{script.strip()[:200]}: " + details.get(
                "exception", {}).get("description", details["text"])[:300])
        return said["result"]

    def js(self, script, *arguments):
        return self.evaluate(script, arguments, returnByValue=True).get("value")

    def wait(self, condition, what, *arguments):
        """What it is when it is true."""
        value = self.js(f"return testing.until(() => {condition},"
                        f" {1000 * PATIENCE_S})", *arguments)
        if not value:
            raise Wrong(f"{what}: not within {PATIENCE_S} s")
        return value

    def goto(self, url):
        if "#" in url:  # alone it would load nothing
            self.load("about:blank")
        self.load(url)
        self.wait("document.documentElement.dataset.ready === 'yes'",
                  "the page is ready")
        self.js("document.body.style.opacity = 0")  # nobody looks: no painting

    def load(self, url):
        seen = len(self.events)
        self.send("Page.navigate", url=url)
        while not any(event["method"] == "Page.loadEventFired"
                      for event in self.events[seen:]):
            seen = len(self.events)
            self.events += self.read()

    def size(self, width, height, scheme="light"):
        self.send("Emulation.setDeviceMetricsOverride", width=width,
                  height=height, deviceScaleFactor=1, mobile=False)
        self.media(scheme)

    def media(self, scheme="light", motion="no-preference", kind=""):
        self.send("Emulation.setEmulatedMedia", media=kind, features=[
            {"name": "prefers-color-scheme", "value": scheme},
            {"name": "prefers-reduced-motion", "value": motion}])

    def find(self, css, text="", does="testing.place(it)"):
        """Of the first element with that text, once it can be used: its middle,
        in the middle of the window, or what else a script makes of it."""
        return self.wait("""(() => {
            const it = testing.find(arguments[0], arguments[1]);
            return it && (""" + does + "); })()",
                         f"{css} with '{text}'", css, text)

    def text(self, css):
        return self.js("return testing.words(document.querySelector("
                       "arguments[0]))", css)

    def said(self, css, part):
        """Wait until it says so."""
        try:
            self.wait("testing.words(document.querySelector(arguments[0]))"
                      ".includes(arguments[1])",
                      f"{css} says '{part}'", css, part)
        except Wrong as wrong:
            raise Wrong(f"{wrong}; it says '{self.text(css)[:300]}'") from None

    def pointer(self, *steps):
        """("Moved" | "Pressed" | "Released", (x, y), the buttons held then)."""
        self.send_all(*(("Input.dispatchMouseEvent", {
            "type": f"mouse{kind}", "x": x, "y": y, "buttons": buttons,
            "button": "left" if buttons or kind == "Released" else "none",
            "clickCount": int(kind != "Moved")})
            for kind, (x, y), buttons in steps))

    def drag(self, css, begin, end):
        """From one part of its width to another, with the mouse."""
        left, top, width, height = self.js("""const element =
            document.querySelector(arguments[0]);
            element.scrollIntoView({block: 'center', behavior: 'instant'});
            const place = element.getBoundingClientRect();
            return [place.left, place.top, place.width, place.height];""", css)
        first, middle, last = (
            (int(left + width * part), int(top + height / 2))
            for part in (begin, (begin + end) / 2, end))
        self.pointer(("Moved", first, 0), ("Pressed", first, 1),
                     ("Moved", middle, 1), ("Moved", last, 1),
                     ("Released", last, 0))

    def click(self, css, text=""):
        self.click_all(self.find(css, text))

    def click_all(self, *places):
        """One after the other; all are in the window, and none moves
        meanwhile."""
        steps, before = [], None
        for place in places:
            if place != before:
                steps.append(("Moved", place, 0))
            steps += [("Pressed", place, 1), ("Released", place, 0)]
            before = place
        self.pointer(*steps)

    def tap(self, css, text=""):
        """As click(), but by a script: where not the mouse is the question."""
        self.find(css, text, does="it.click(), true")

    def choose(self, css, value):
        """An option of a list. Its menu is the browser's own."""
        self.js("""const list = document.querySelector(arguments[0]);
            list.focus();
            list.value = arguments[1];
            for (const kind of ['input', 'change'])
                list.dispatchEvent(new Event(kind, {bubbles: true}));""",
                css, value)

    def choose_file(self, css, path):
        self.find(css)
        chosen = self.evaluate("return document.querySelector(arguments[0])",
                               [css])
        self.send("DOM.setFileInputFiles", files=[path],
                  objectId=chosen["objectId"])

    def keys(self, *keys, modifiers=0):
        requests = []
        for key in keys:
            text = {ENTER: "\r"}.get(key, "" if key in CODES else key)
            common = {"key": key, "modifiers": modifiers,
                      "windowsVirtualKeyCode": CODES.get(key, 0)}
            requests += [("Input.dispatchKeyEvent",
                          {"type": "keyDown", "text": text, **common}),
                         ("Input.dispatchKeyEvent",
                          {"type": "keyUp", **common})]
        self.send_all(*requests)

    def tab_to(self, css, text=""):
        """Press Tab until it has the focus, or Shift and Tab if it is above: the
        keyboard gets there."""
        self.find(css, text)
        for _ in range(400):
            where = self.js("""const now = document.activeElement;
                if (now.matches(arguments[0]) &&
                    testing.words(now).includes(arguments[1]))
                    return 'there';
                return now.compareDocumentPosition(
                    testing.find(arguments[0], arguments[1])) &
                    Node.DOCUMENT_POSITION_PRECEDING ? 'above' : 'below'""",
                            css, text)
            if where == "there":
                return
            self.keys(TAB, modifiers=SHIFT if where == "above" else 0)
        raise Wrong(f"Tab does not reach {css} with '{text}'")

    def press(self, css, text="", key=ENTER):
        self.tab_to(css, text)
        self.keys(key)

    def check_quiet(self):
        """No error, and no request but for the page itself, since it was asked
        for the last time."""
        events, self.events = self.events, []
        asked = 0
        for event in events:
            what, kind = event["params"], event["method"]
            if kind == "Runtime.exceptionThrown":
                details = what["exceptionDetails"]
                raise Wrong("the console says: " + details.get(
                    "exception", {}).get("description", details["text"]))
            if kind == "Runtime.consoleAPICalled" and what["type"] in (
                    "error", "warning", "assert"):
                raise Wrong(f"the console says: {what['args']}")
            if kind == "Log.entryAdded" and what["entry"]["level"] in (
                    "error", "warning"):
                raise Wrong(f"the console says: {what['entry']['text']}")
            if kind != "Network.requestWillBeSent" or \
                    not what["documentURL"].startswith("file:"):
                continue  # of the browser's own first page
            asked += 1
            url = what["request"]["url"]
            if not re.match(r"(data|blob|about):|file:.*/index\.html(#|$)",
                            url):
                raise Wrong(f"it asks for {url[:200]}")
        if not asked:
            raise Wrong("not even the request for the page was seen")


def guess_all(browser):
    """Answer what is asked before each part."""
    for part in (1, 3, 5, 6):
        browser.tap(f"#part{part} .guess button")
    browser.click("#part2 .cells button")
    browser.tap("#part2 button", "Show the truth")
    browser.tap("#part4 fieldset:nth-of-type(1) ~ fieldset button")
    browser.tap("#part6 button", "show one of yours")
    browser.said("#part6", "What differs")
    browser.said("#part4", "The shortest order that fails")
    browser.said("#part3 .figure", "hand-offs/s")
    browser.said("#hang", "No step is made yet")


def trace_of_real_run(folder):
    path = os.path.join(folder, "trace.json")
    subprocess.run([os.path.join(BUILD, "05_gil_sim"), "--seconds", "0.05",
                    "--rounds", "1", "--trace", path], check=True,
                   stdout=subprocess.DEVNULL)
    return path


def check_mouse(browser, page, folder):
    """Every part once by mouse."""
    browser.size(1280, 900)
    browser.goto(page)
    same(browser.js("""return [...document.querySelectorAll('.after')]
        .every(({hidden}) => hidden)"""), True, "all is hidden before a guess")

    browser.click("#part1 .guess button", "after about 5 ms")
    browser.said("#part1 .verdict", "Yes.")
    browser.drag("#part1 .lanes.moves .lane", 0.05, 0.5)
    now = float(browser.js("""return document.querySelector(
        '#part1 .lanes.moves').getAttribute('aria-valuenow')"""))
    if not 14.5 < now < 15.5:
        raise Wrong(f"the line was dragged to 15 ms, and is at {now}")
    events = native("13_gil_virtual", "--seconds", "0.0148", "--seed", "0",
                    "--events")["events"]
    passed = [event for event in events if event["ms"] <= now]
    contains(browser.text("#part1 .says"),
             f"event {len(passed)} of {len(events)}", "part 1's event")
    browser.click("#part1 button", "Next event")
    contains(browser.text("#part1 .says"),
             f"{events[len(passed)]['ms']:.3f} ms", "the next event")

    browser.drag("#part2 .cells", 0.27, 0.48)
    browser.click("#part2 button", "Show the truth")
    browser.said("#part2 .verdict", "You first part at 15 to 16 ms.")
    contains(browser.text("#part2 .verdict"), "task 1 takes the lock",
             "what happens there")

    browser.click("#part3 .guess button", "two seconds")
    threads, serial = native("13_gil_virtual", "--seconds", "1")["runs"]
    browser.said("#part3 table", f"{threads['total_s']:.3f}")
    browser.said("#part3 table", f"{serial['total_s']:.3f}")
    browser.click("#part3 button", "The post")
    browser.said("#part3 table", "14.672")
    contains(browser.text("#part3 table"), "14.67", "the post's row")

    for lock in ("ticks", "mutex", "none"):
        browser.choose("#part3 select", lock)
        browser.said("#part3 .figure", {"ticks": "The first 3 ms",
                                        "mutex": "what takes most of the time",
                                        "none": "counts without a lock"}[lock])
    browser.said("#part3 .questions", "found. Make the total half as long")
    browser.choose("#part3 select", "interval")
    browser.click("#part3 input[type=checkbox]")
    browser.said("#part3 .figure", "p50, the median")

    browser.click("#part4 .switches label", "drop wakes nobody")
    browser.click("#part4 fieldset ~ fieldset button", "waits for ever")
    walk = native("14_gil_orders", "--mistake", "signal")
    browser.said("#part4 .verdict", f"There are {walk['orders']:.0f} orders, "
                 f"and {walk['failing']:.0f} of them fail")
    browser.click("#part4 button", "Next step")
    for _ in walk["steps"][2:]:
        browser.tap("#part4 button", "Next step")
    browser.said("#part4 .says", "Nobody can go on")

    browser.click("#part5 .guess button", "2")
    browser.click("#counter button", "Python since 3.10")
    browser.click("#counter .thread button", "one bytecode")
    same(browser.js("""return document.querySelectorAll('#counter .thread')[1]
        .querySelector('button').ariaDisabled"""), "true",
         "no checkpoint: thread 2's button is grey")
    browser.click("#counter button", "counter += f()")
    browser.click("#counter button", "Show me the least sum")
    browser.said("#counter .verdict", "The sum is 2.")

    browser.click("#part6 .guess button", "not at all")
    browser.click("#part6 button", "show one of yours")
    browser.said("#part6", "hand-offs a second")

    right = native("13_gil_virtual", "--puzzle", "2", "--solve")
    browser.click("#part7 button", "Next puzzle")
    browser.said("#part7 h3", "Puzzle 2")
    browser.click("#answer")
    browser.keys(*right["solution"]["answer"])
    browser.click("#part7 button", "Check")
    browser.said("#part7 .verdict", "Right.")


def check_keyboard(browser, page, folder):
    """Every part once by keyboard alone."""
    browser.size(1280, 900)
    browser.goto(page)
    browser.press("#part1 .guess button", "immediately")
    browser.said("#part1 .verdict", "No.")
    browser.tab_to("#part1 .lanes.moves")
    browser.keys(*[RIGHT] * 7, LEFT)
    browser.said("#part1 .says", "event 7 of")
    contains(browser.text("#part1 .lamp.on"), "locked", "a lamp")

    browser.tab_to("#part2 .cells button")
    browser.keys(*[RIGHT] * 5, SPACE, RIGHT, SPACE)
    same(browser.js("""return [...document.querySelectorAll('.cells button')]
        .map((cell) => cell.getAttribute('aria-pressed') === 'true')
        .lastIndexOf(true)"""), 6, "the cells marked")
    browser.press("#part2 button", "Show the truth")
    browser.said("#part2 .verdict", "You first part at 7 to 8 ms.")

    browser.press("#part3 .guess button", "about a second")
    browser.tab_to("#part3 input[type=range]")
    browser.keys(LEFT)
    browser.said("#part3 output", "2 ms")
    run = native("13_gil_virtual", "--seconds", "0.47", "--interval", "2000")
    browser.said("#part3 table", f"{run['runs'][0]['total_s']:.3f}")

    browser.press("#part4 fieldset ~ fieldset button", "two threads hold")
    browser.said("#part4 .verdict", "Yes.")
    browser.press("#part4 button", "Next step")
    browser.said("#part4 .says", "step 2 of 11")

    browser.press("#part5 .guess button", "3")
    browser.press("#counter .thread button", "one bytecode")
    browser.keys("2")
    browser.keys("u", "2", "2")
    same(browser.js("""return [...document.querySelectorAll(
        '#counter li[aria-current] code')].map((code) =>
        code.textContent.split(' ')[0])"""), ["LOAD_CONST", "INPLACE_ADD"],
         "where the two threads are")
    browser.press("#counter button", "Python since 3.10")
    browser.keys("1", "2", "2")
    browser.said("#counter .verdict", "So only this thread can go on.")
    same(browser.text("#counter li.now code").split(" ")[0], "LOAD_CONST",
         "thread 1 after 1, and two 2 that are grey")
    browser.keys(*["1"] * 14, "1")
    browser.said("#counter .verdict", "Thread 1 has ended.")
    browser.press("#hang button", "thread 1 goes on", SPACE)
    browser.said("#hang .verdict", "Thread 1 locks the mutex.")

    browser.press("#part6 .guess button", "not at all")
    browser.press("#part6 button", "show one of yours")
    browser.said("#part6", "hand-offs a second")

    right = native("13_gil_virtual", "--puzzle", "1", "--solve")
    browser.tab_to("#answer")
    browser.keys(*right["solution"]["answer"], ENTER)
    browser.said("#part7 .verdict", "Right.")


def check_mistakes(browser, page, folder):
    """Part 4 has every mistake of the lab, and each fails as it does there."""
    browser.size(1280, 900)
    browser.goto(page)
    names = browser.js("""return [...document.querySelectorAll(
        '#part4 .switches input')].map(({value}) => value)""")
    help_of = subprocess.run(
        [os.path.join(BUILD, "14_gil_orders"), "--mistake", "?"],
        stderr=subprocess.PIPE, encoding="utf-8", check=False).stderr
    same(sorted(names), sorted(re.findall(
        r"\w+", help_of.split(" is not ")[1].replace(" or ", " "))),
         "the mistakes")
    for name in names:
        options = ["--spurious", "1"] if name == "once" else []
        walk = native("14_gil_orders", "--mistake", name, *options)
        browser.tap(f"#part4 .switches input[value={name}]")
        browser.tap("#part4 fieldset ~ fieldset button", "nothing")
        if name == "none":
            browser.said("#part4 .verdict",
                         f"Yes. There are {walk['orders']:.0f} orders, and "
                         "none fails.")
            continue
        browser.said("#part4 .verdict",
                     f"No. There are {walk['orders']:.0f} orders, and "
                     f"{walk['failing']:.0f} of them fail.")
        browser.said("#part4 .says", f"step 1 of {len(walk['steps'])}")
        same(browser.js("""return document.querySelectorAll(
            '#part4 .code li.wrong').length > 0"""), True,
             f"{name}: a line is marked")
        browser.js("""for (let i = 1; i < arguments[0]; i++)
            [...document.querySelectorAll('#part4 button')].find((button) =>
                button.textContent === 'Next step').click();""",
                   len(walk["steps"]))
        contains(browser.text("#part4 .says .bad"),
                 walk["shows"][0].upper() + walk["shows"][1:],
                 f"{name}: the last step")


# Bytecodes, a digit each for the thread that makes it: by mode the sum, and the
# goal that is reached. A loop is five of them.
GAMES = [
    ("up to 3.9", "1" + "2" * 5 + "1" * 14 + "2" * 10, 5, "lose one addition"),
    ("up to 3.9", "1" + "2" * 10 + "1" * 4 + "2" + "1" * 10 + "2" * 4, 2,
     "lose as many as possible"),
    ("Python since 3.10", "1" * 5 + "2" * 5 + "1" * 10 + "2" * 10, 6,
     "end, and see that nothing is lost"),
    ("counter += f()", "11" + "2" * 5 + "1" * 13 + "2" * 10, 5,
     "lose one addition"),
    ("counter += f()", "11" + "2" * 10 + "1" * 3 + "22" + "1" * 10 + "2" * 3, 2,
     "lose as many as possible"),
]


def grey(browser):
    """Which of the threads may not go on now?"""
    return browser.js("""return [...document.querySelectorAll(
        '#counter .thread')].map((thread) =>
        thread.querySelector('button').ariaDisabled === 'true')""")


def check_goals(browser, page, folder):
    """Part 5: every goal is reached by hand, by mouse and by keyboard."""
    for keyboard in (False, True):
        browser.size(1280, 900)
        browser.goto(page)
        use = browser.press if keyboard else browser.click
        use("#part5 .guess button", "2")
        for mode, moves, total, goal in GAMES:
            what = f"{mode}, {goal}{', by keyboard' if keyboard else ''}"
            use("#counter .buttons button", mode)
            if not keyboard:
                threads = [browser.find(f"#counter .thread:nth-child({number})"
                                        " button", "one bytecode")
                           for number in (1, 2)]
            looked_at = 4 if mode == "Python since 3.10" else 0
            for some in [*moves[:looked_at], moves[looked_at:]]:
                if keyboard:
                    browser.keys(*some)
                else:
                    browser.click_all(*[threads[int(move) - 1]
                                        for move in some])
                if len(some) == 1:
                    same(grey(browser), [False, True],
                         f"{what}: one bytecode more")
            browser.said("#counter .verdict", f"The sum is {total}.")
            same(browser.js("""return [...document.querySelectorAll(
                '#counter .goals li')].find(({textContent}) =>
                textContent.includes(arguments[0])).textContent[0]""", goal),
                 "✓", f"{what}: the goal")
            if mode == "Python since 3.10":
                contains(browser.text("#counter .verdict"), "That is luck.",
                         what)
            if (mode, total) == ("up to 3.9", 5):  # a mode begins anew, too
                use("#counter button", "From the beginning")
                same(browser.text("#counter .big"), "counter = 0", what)
        for mistake in ("signal", "other", "wake"):
            walk = native("14_gil_orders", "--mistake", mistake)
            browser.choose("#hang select", mistake)
            browser.said("#hang .verdict", "No step is made yet.")
            if keyboard:
                browser.tab_to("#hang button", "thread 1 goes on")
            for at, step in enumerate(walk["steps"]):
                late = step["how"] == "time is up"
                if keyboard and not late:
                    browser.keys(str(step["thread"]))
                elif late:
                    use("#hang button", f"thread {step['thread']}: its time")
                else:
                    use("#hang button", f"thread {step['thread']} goes on")
                browser.wait("document.querySelectorAll('#hang tbody tr')"
                             ".length === arguments[0]",
                             f"{mistake}: step {at + 1}", at + 1)
            browser.said("#hang .verdict", "Done: it hangs.")
            if mistake == "signal":
                contains(browser.text("#hang .steps"),
                         "waits for the signal released",
                         "a step names its field")


def check_widths(browser, page, folder):
    """Nothing is wider than the window, light and dark."""
    browser.size(1280, 900)
    browser.goto(page)
    guess_all(browser)
    browser.js("document.querySelectorAll('details')"
               ".forEach((details) => { details.open = true; })")
    papers = []
    paper = """const {color, backgroundColor} = getComputedStyle(document.body);
        return `${color} on ${backgroundColor}`"""
    for scheme in ("light", "dark"):
        for width in (360, 390, 768, 1280, 2000):
            browser.size(width, 900, scheme)
            wide, lane = browser.js("""
                return [document.documentElement.scrollWidth,
                    document.querySelector('#part1 .lane').clientWidth]""")
            if wide > width:
                raise Wrong(f"{width} px, {scheme}: the page has {wide} px")
            if lane < width / 3:
                raise Wrong(f"{width} px, {scheme}: a lane has only {lane} px")
            step, steps = browser.js("""
                const steps = document.querySelector('#part4 .steps');
                return [steps.querySelector('td[colspan]').clientWidth,
                    steps.clientWidth]""")
            hidden = browser.js("""const box =
                document.querySelector('#part3 .figure .scroll');
                return box.scrollWidth - box.clientWidth""")
            if hidden > 0 and width > 360:
                raise Wrong(f"{width} px: part 3's figures need {hidden} more")
            if width < 400 and step < 0.6 * steps:
                raise Wrong(f"{width} px: a step has {step} of {steps} px")
        papers.append(browser.js(paper))
    same(len(set(papers)), 2, "light and dark differ")
    browser.media("dark", kind="print")
    same(browser.js(paper), papers[0], "it is printed as it is in the light")
    same(browser.js("""return [...document.querySelectorAll('button')]
        .filter((button) => button.checkVisibility()).map((button) =>
        button.textContent).filter((text) =>
        /^(Undo|Next|Previous|Play|Check|one bytecode)/.test(text))"""), [],
         "what cannot be pressed on paper")


# Choose a lock and move the sliders, at once. Returns, when the lanes have
# answered, what the page asked the labs for and how it draws the answer.
TURN = """
const [lock, ...values] = arguments;
const part = document.querySelector('#part3'), calls = [];
const lanes = part.querySelector('.lanes'), {gil} = globalThis;
const select = part.querySelector('select');
globalThis.gil = async (argv) => {
    const result = await gil(argv);
    calls.push([argv.join(' '), result.status, result.out.length]);
    return result;
};
const drawn = new Promise((done) => {
    new MutationObserver((_, observer) => {
        observer.disconnect();
        done();
    }).observe(lanes, {childList: true});
});
const failed = new Promise((done) =>
    addEventListener('unhandledrejection', done, {once: true}));
select.value = lock;
select.dispatchEvent(new Event('change'));
part.querySelectorAll('input[type=range]').forEach((slider, i) => {
    slider.value = values[i];
    slider.dispatchEvent(new Event('input'));
});
return (async () => {
    await Promise.race([drawn, failed]);
    globalThis.gil = gil;
    return {calls, lanes: [...lanes.querySelectorAll('svg')].map((lane) =>
        [lane.childElementCount, lane.innerHTML.length])};
})();
"""


def check_turning(browser, page, folder):
    """A slider answers whatever is chosen, and for the least of work: what the
    lab has to say is short, and a lane is a path for each state."""
    browser.size(1280, 900)
    browser.goto(page)
    browser.tap("#part3 .guess button")
    browser.said("#part3 table", "CPU/wall")
    settings = [(lock, interval, wake, tasks, processors)
                for lock in ("interval", "ticks", "mutex", "none")
                for interval in ((0, 2, 3, 6, 10) if lock == "interval"
                                 else (6,))
                for wake in (0, 8)
                for tasks in (0, 1, 7)
                for processors in (0, 1)]
    for setting in settings:
        answer = browser.js(TURN, *setting)
        what = f"settings {setting}"
        for argv, status, length in answer["calls"]:
            same(status, 0, f"{what}: {argv}")
            if length > 600_000:
                raise Wrong(f"{what}: {argv} prints {length} bytes")
        same(len(answer["lanes"]), setting[3] + 1, f"{what}: lanes")
        if not any(states for states, _ in answer["lanes"]):
            raise Wrong(f"{what}: every lane is empty")
        for states, length in answer["lanes"]:
            if states > 6 or length > 30_000:
                raise Wrong(f"{what}: a lane of {states} elements, {length} "
                            "characters")


def check_link(browser, page, folder):
    """A link opens the same state."""
    browser.size(1280, 900)
    browser.goto(page)
    guess_all(browser)
    browser.js("document.querySelector('#part1 .lanes.moves').focus()")
    browser.keys(*[RIGHT] * 12)
    browser.tap("#part3 button", "The post")
    browser.said("#part3 table", "14.672")
    browser.tap("#part4 button", "Next step")
    browser.tap("#counter .thread button", "one bytecode")
    browser.tap("#hang button", "thread 1 goes on")
    browser.said("#hang .verdict", "Thread 1 locks the mutex.")
    browser.tap("#part7 button", "Next puzzle")
    browser.said("#part7 h3", "Puzzle 2")
    watched = ["#part1 .guess", "#part1 .says", "#part2 .verdict",
               "#part3 output", "#part3 table", "#part4 .verdict",
               "#part4 .says", "#counter .pair", "#hang .verdict",
               "#part6 table", "#part7 .question"]
    link = browser.js("return document.querySelector('#link input').value")
    before = [browser.text(css) for css in watched]
    browser.goto(link)
    for css, text in zip(watched, before):
        browser.said(css, text)
    for broken in ("#s=", "#s=!!", "#s=W10", "#s=eyJwYXJ0MSI6eyJhdCI6OTk5fX0"):
        browser.goto(page + broken)
        same(browser.js("return document.querySelectorAll('[role=alert]')"
                        ".length"), 0, f"a broken link, {broken}")


def check_trace(browser, page, folder):
    """A real trace is shown above its twin; another file is refused."""
    browser.size(1280, 900)
    browser.goto(page)
    path = trace_of_real_run(folder)
    browser.tap("#part6 .guess button")
    browser.choose_file("#trace", path)
    browser.said("#part6", "trace.json: threads, lock interval")
    same(browser.js("return document.querySelectorAll('#part6 .lanes').length"),
         2, "the real lanes and the virtual ones")
    with open(path, encoding="utf-8") as file:
        slices = [event for event in json.load(file)["traceEvents"]
                  if event["ph"] == "X" and event["pid"] == 1]
    first = min(slices, key=lambda event: event["ts"])
    browser.js("document.querySelector('#part6 details').open = true")
    browser.said("#part6 .twin", f"0.000{first['dur'] / 1000:.3f}")
    for name, text in (("text.json", "no JSON"), ("other.json", '{"a": 1}'),
                       ("empty.json", '{"traceEvents": []}')):
        wrong = os.path.join(folder, name)
        with open(wrong, "w", encoding="utf-8") as file:
            file.write(text)
        browser.choose_file("#trace", wrong)
        browser.said("#part6 [role=alert]", f"{name} is not a trace of a lab")
    browser.js("""const drop = new DataTransfer();
        drop.items.add(new File([arguments[0]], 'dropped.json'));
        document.querySelector('#part6 .drop').dispatchEvent(new DragEvent(
            'drop', {dataTransfer: drop, cancelable: true}))""",
               open(path, encoding="utf-8").read())
    browser.said("#part6", "dropped.json: threads, lock interval")


def check_motion(browser, page, folder):
    """Who wants no motion steps instead."""
    browser.size(1280, 900)
    browser.goto(page)
    browser.tap("#part1 .guess button")
    browser.find("#part1 button", "Play")
    browser.media(motion="reduce")
    browser.wait("""![...document.querySelectorAll('button')].some((button) =>
        button.textContent === 'Play' && button.checkVisibility())""",
                 "no button to play")
    browser.tap("#part1 button", "Next event")
    browser.said("#part1 .says", "event 2 of")


def outcome(browser, check, page, folder):
    """What is wrong, or "right". Each check begins with the page as it is when
    it is opened."""
    try:
        check(browser, page, folder)
        browser.check_quiet()
        return "right"
    except Wrong as wrong:
        browser.events = []  # the next check begins with none
        return str(wrong)


def main():
    page, folder, *names = sys.argv[1:]
    signal.signal(signal.SIGTERM, lambda *_: sys.exit("terminated"))
    browser = None
    try:
        browser = Browser(folder)
        for name in names or CHECKS:
            said = outcome(browser, CHECKS[name],
                           f"file://{os.path.abspath(page)}", folder)
            with open(os.path.join(folder, name), "w",
                      encoding="utf-8") as file:
                print(said, file=file)
    finally:
        if browser:
            browser.close()


CHECKS = {name[len("check_"):]: function
          for name, function in list(globals().items())
          if name.startswith("check_")}
main()
