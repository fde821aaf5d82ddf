#!/usr/bin/env bats
# SPDX-License-Identifier: MIT
#
# What the handouts show must be true: every command in a block of ```console
# is run, and what it prints must have the shape of what is shown. A block of
# ```console not-run takes too long for that; the handout says so. Every link
# must lead somewhere, every line of code that is quoted must be in its file,
# and every change of ```diff must apply and compile.

load helper

# The pages, for all tests that look at them: in_pages.
setup_file() {
    command -v pandoc >/dev/null || return 0
    cd "$BATS_FILE_TMPDIR" || return
    BUILD=$PWD timeout -k 1 "$LIMIT_S" "$ROOT/scripts/handouts" --html >said \
        2>&1 || echo "status $?" >>said
}

# in_pages: a copy of them is here.
in_pages() {
    command -v pandoc >/dev/null || skip 'pandoc is missing'
    pages=$BATS_TEST_TMPDIR/elsewhere
    cp -R "$BATS_FILE_TMPDIR/handouts" "$pages"
    cd "$pages" || return
}

# shape: numbers, timelines and gaps do not matter, all else does. Where the time
# went, whether others were busy, and so what a wrong guess tells, is the machine's.
# On a busy one the CPU threads of lab 07 may not have come to their first count.
# Two rows of lab 12 take Python 3.12; its handout shows an older one's.
shape() {
    sed -E -e '/^(own_locks|one_lock) +[0-9]/d' \
        -e '/^[a-z]+: .* [0-9]+ %/d' -e '/^  +[a-z].* [0-9]+ %$/d' \
        -e '/^CPU threads: .* additions a second/d' \
        -e '/^busy: /d' -e '/^run it again when/d' -e '/^answered[ ^]*$/d' \
        -e '/^You expected that/ { N; d; }' \
        -e 's/^task +[0-9]+ +[-#+.~=_ ]+$/task N |/' \
        -e 's/^(who held the lock.*):.*/\1:/' \
        -e 's/[-+]?[0-9][0-9.]*/N/g' \
        -e 's/ (processor|reference|time)s?([ ,:]|$)/ \1s\2/g' \
        -e 's/[[:space:]]+/ /g' -e 's/^ //' -e 's/ $//'
}

# shown FILE...: what is shown there of programs that are built, and their commands,
# to two files in $blocks.
shown() {
    awk -v dir="$blocks" -v built=" $(echo build/[0-9]*) " '
        /^```console$/ { inside = 1; next }
        /^```/ { inside = 0 }
        inside && /^\$ / {
            on = !match($0, /build\/[0-9]+_[a-z_]+/) ||
                index(built, " " substr($0, RSTART, RLENGTH) " ")
            if (on) print substr($0, 3) >(dir "/commands")
            else print "# not run, not built: " substr($0, 3)
        }
        inside && on { print >(dir "/shown") }' "$@"
}

# as_shown HANDOUT...: run what those handouts show. Labs do less of it: what is
# compared has no numbers.
as_shown() {
    local command
    cd "$ROOT" || return
    blocks=$BATS_TEST_TMPDIR/blocks
    mkdir "$blocks"
    shown "$@" >&3
    while IFS= read -r command; do
        printf '$ %s\n' "$command"
        # A guess of half a time needs one that was measured before, as does
        # the first line of 06.
        case $command in
        *0[36]_*--predict* | *06_*'sed -n 1,'*)
            command=${command/--seconds 0.[0-9]/--seconds 0.02} ;;
        *[01][0-9]_*--predict*)
            command=${command/--seconds 0.[0-9]/--seconds 0.04} ;;
        *0[3-6]_* | *10_*)
            command=${command/--seconds 0.[0-9]/--count 2000000} ;;
        *12_*) command=${command/--seconds 0.[0-9]/--count 50000} ;;
        *07_*) command=${command/--requests 25/--requests 2} ;;
        *08_*--count*) ;;
        *08_*) command=${command/08_gil_race/08_gil_race --count 2000000} ;;
        *09_*--counting*) ;; # what it counts wrong takes some
        *09_*) command=${command/--count 2000000/--count 200000} ;;
        *11_*) command=${command/--tasks 200/--tasks 20} ;;
        *13_*) command=${command/--lock/--seconds 0.05 --lock} ;;
        esac
        timeout -k 1 "$LIMIT_S" bash -c "$command" </dev/null 2>&1 3>&-
    done <"$blocks/commands" >"$blocks/got"
    # What is shown: -, what came out now: +, with the command
    diff -u -F '^\$ ' <(shape <"$blocks/shown") <(shape <"$blocks/got")
}

# sections FILE...: a line for each section, with how many lines of it begin with
# a bullet, with a number and with a question in a table.
sections() {
    awk '
        function end() {
            if (head != "")
                print name "," head "," bullets + 0 "," numbers + 0 "," questions + 0
            head = ""
            bullets = numbers = questions = 0
        }
        FNR == 1 { end(); name = FILENAME; gsub(/.*\/|\.md$/, "", name) }
        /^## / { end(); head = substr($0, 4) }
        /^- / { bullets++ }
        /^[0-9]\. / { numbers++ }
        /^\| .*\? \|$/ { questions++ }
        END { end() }' "$@"
}

@test "handouts: one for each lab, with all its parts, in their order" {
    for lab in "$ROOT"/labs/[0-9]*.c; do
        lab=${lab##*/}
        file=$ROOT/handouts/${lab%.c}.md
        [ -f "$file" ] || same "$file" 'a handout'
    done
    declare -A heads bullets numbers
    while IFS=, read -r name head bullet number _; do
        [ "$head" = Make ] || heads[$name]+=,$head
        bullets[$name,$head]=$bullet
        numbers[$name,$head]=$number
    done < <(sections "$ROOT"/handouts/[0-9]*.md "$ROOT/handouts/answers.md")
    index=$(<"$ROOT/handouts/README.md")
    guide=$(<"$ROOT/handouts/guide.md")
    for file in "$ROOT"/handouts/[0-9]*.md; do
        name=${file##*/}
        name=${name%.md}
        same "${heads[$name]}" ",Goals,Predict,Run,Investigate,Modify,Check \
yourself,If it looks different,Back to Python"
        contains "$index" "($name.md)"
        contains "$guide" "### $name"
        [[ ${bullets[$name,Goals]} == [1-3] ]]
        [[ ${numbers[$name,Check yourself]} == [3-5] ]]
        contains "$(<"$file")" "(answers.md#$name)"
        same "${numbers[answers,$name]}" "${numbers[$name,Check yourself]}"
        same "${numbers[$name,Investigate]}" 3
    done
}

@test "handouts: what 01 to 04 show is what comes out" {
    as_shown "$ROOT"/handouts/0[1-4]_*.md
}

@test "handouts: what 05 to 07 show is what comes out" {
    as_shown "$ROOT"/handouts/0[5-7]_*.md
}

@test "handouts: what 08 and later ones show is what comes out" {
    as_shown "$ROOT"/handouts/0[89]_*.md "$ROOT"/handouts/1*_*.md
}

# links FILE...: what is wrong with their links, and how many there are. A link's
# text that is code must stand in the file, unless it is the file's name.
links() {
    python3 - "$ROOT" "$@" <<'END'
import os, re, sys
root, *paths = sys.argv[1:]
texts = {}

def read(path):
    if path not in texts:
        with open(path, encoding="utf-8") as file:
            texts[path] = file.read()
    return texts[path]

def anchors(path):  # its headings as GitHub and pandoc name them
    return {re.sub(r"[^\w -]", "", head.lower()).replace(" ", "-")
            for head in re.findall(r"^#+ (.*)", read(path), re.MULTILINE)}

number = 0
for path in paths:
    # The text may go over two lines.
    for text, target in re.findall(r"\[((?:`[^`]*`|[^]`])+)\]\(([^) ]+)",
                                   read(path).replace("\n", " ")):
        if target.startswith("http"):
            continue
        number += 1
        name, _, anchor = target.partition("#")
        to = os.path.normpath(os.path.join(os.path.dirname(path), name)) \
            if name else path
        wrong = f"{os.path.basename(path)}: {target}"
        if not os.path.exists(to):
            print(f"{wrong}: there is no such file")
            continue
        if anchor and anchor not in anchors(to):
            print(f"{wrong}: there is no such heading")
        code = re.fullmatch("`(.*)`", text)
        if code and to.endswith((".c", ".h")) and code[1] not in read(to) \
                and code[1] != os.path.relpath(to, root):
            print(f"{wrong} has no line with: {code[1]}")
print(number, "links")
END
}

@test "handouts: links lead somewhere, and quoted code is where they say" {
    run links "$ROOT"/handouts/*.md
    same "${#lines[@]}" 1
    within "${output% links}" 100 9999
    # What is wrong is found.
    printf '[a](b.md), [a](#b), [`c`](#c), [`int no;`](primer.c)\n# C\n' \
        >"$BATS_TEST_TMPDIR/primer.md"
    echo 'int main(void) { return 0; }' >"$BATS_TEST_TMPDIR/primer.c"
    run links "$BATS_TEST_TMPDIR/primer.md"
    same "$output" 'primer.md: b.md: there is no such file
primer.md: #b: there is no such heading
primer.md: primer.c has no line with: int no;
4 links'
}

# blocks FILE INFO: the blocks of that kind, each to a file in $parts, NN.c.
blocks() {
    parts=$BATS_TEST_TMPDIR/parts
    mkdir "$parts"
    awk -v dir="$parts" -v info="\`\`\`$2" '
        $0 == info { file = sprintf("%s/%02d.c", dir, ++n); next }
        /^```/ { file = "" }
        file { print >file }' "$1"
}

@test "handouts: the C of the primer compiles, its program runs" {
    blocks "$ROOT/handouts/primer.md" 'c part'
    for part in "$parts"/*.c; do
        "${CC:-gcc}" -std=c11 -Wall -Wextra -Werror -include pthread.h \
            -include stdbool.h -c -o "$part.o" "$part"
    done
    within "${#part}" 1 1000
    rm -r "$parts"
    blocks "$ROOT/handouts/primer.md" 'c program'
    same "$(ls "$parts")" 01.c
    within "$(wc -l <"$parts/01.c")" 30 60
    sed -i 's/ 100000000;/ 10000000;/' "$parts/01.c" # a tenth of the time
    same "$(grep -c ' 10000000;' "$parts/01.c")" 1
    for level in -O0 -O2; do
        "${CC:-gcc}" -std=c11 $level -Wall -Wextra -Werror -pthread \
            -o "$parts/launchers" "$parts/01.c"
    done
    run timeout -k 1 60 "$parts/launchers"
    same "$status" 0
    same "$(shape <<<"$output")" "$(shape <<'END'
one by one   0.41 s, CPU/wall 1.00
all at once  0.22 s, CPU/wall 1.98
END
    )"
    within "$(awk '/^one by one/ { print $NF }' <<<"$output")" 0 1.05
}

# A block of ```c begins with the name of its file in a comment; its lines stand
# there one after the other.
@test "handouts: code that they show is in its file" {
    run awk -v root="$ROOT" '
        function check() {
            if (!index(text, block))
                print FILENAME ": " path " has not:\n" block
        }
        /^```c$/ { first = 1; next }
        /^```/ { if (on) check(); on = 0; next }
        first {
            path = $2; block = text = ""; first = 0; on = 1; n++
            while ((getline line <(root "/" path)) > 0)
                text = text line "\n"
            close(root "/" path)
            next
        }
        on { block = block $0 "\n" }
        END { print n " blocks" }' "$ROOT"/handouts/*.md
    same "${#lines[@]}" 1
    within "${output% blocks}" 1 999
}

@test "handouts: exercises that they name are there" {
    ls "$ROOT"/labs/exercises/*.c >/dev/null 2>&1 || skip 'no exercises yet'
    named=0
    while IFS=: read -r file name; do
        named=$((named + 1))
        [ -f "$ROOT/labs/exercises/${name#EX=}.c" ] ||
            same "${file##*/}: $name" 'an exercise'
    done < <(grep -oE 'EX=[0-9]+_[a-z_]+' "$ROOT"/handouts/*.md)
    within $named 6 999
}

# applied BLOCK: make the change in the tree that is here, and say in which file.
# Its first line is "--- FILE"; the lines with - and with a blank must follow one
# another there.
applied() {
    awk -v block="$1" '
        BEGIN {
            getline line <block
            path = substr(line, 5)
            while ((getline line <block) > 0) {
                rest = substr(line, 2) "\n"
                if (line !~ /^\+/) old = old rest
                if (line !~ /^-/) new = new rest
            }
            while ((getline line <path) > 0) text = text line "\n"
            close(path)
            at = index(text, old)
            if (!at || !old) { print path " has not:\n" old; exit 1 }
            printf "%s%s%s", substr(text, 1, at - 1), new,
                substr(text, at + length(old)) >path
            print path
        }'
}

# As make compiles them: it has written down how, in one line. What is walked has
# other names for what it calls.
@test "handouts: the changes of Modify apply and compile" {
    wrong=0 changes=0
    tree=$BATS_TEST_TMPDIR/tree
    mkdir "$tree"
    cp -a "$ROOT/common" "$ROOT/labs" "$tree"
    eval "flags=($(<"$BUILD/flags"))"
    compile=("${flags[@]}" -Werror -fsyntax-only)
    walked=(-include common/virtual/names.h)
    cd "$tree"
    for file in "$ROOT"/handouts/[0-9]*.md; do
        # A handout on the code of a lab has that lab's number.
        program=${file##*/}
        program=$(echo "$BUILD/${program%%_*}"_*)
        [ -x "$program" ] || continue
        rm -f ./*.diff
        awk '/^```diff$/ { n++; next } /^```/ { n += 0; on = 0 }
            /^--- / && n { on = n }
            on { print >(on ".diff") }' "$file"
        changed=()
        for block in *.diff; do
            [ -f "$block" ] || continue
            if path=$(applied "$block"); then
                changed+=("$path")
            else
                printf '%s: %s\n' "${file##*/}" "$path"
                wrong=1
            fi
        done
        [ ${#changed[@]} -gt 0 ] || continue
        changes=$((changes + ${#changed[@]}))
        for path in "${changed[@]}"; do
            [[ $path == labs/14_* ]] || "${compile[@]}" "$path" || wrong=1
            [[ $path != @(labs/14_*|common/gil/*) ]] ||
                "${compile[@]}" "${walked[@]}" "$path" || wrong=1
        done
        for path in "${changed[@]}"; do
            cp "$ROOT/$path" "$path"
        done
    done
    same $wrong 0
    within $changes 5 99
}

@test "handouts: make handouts gives pages that can be carried away" {
    in_pages
    contains "$(tail -n 1 "$BATS_FILE_TMPDIR/said")" 'index.html: the index of '
    for file in "$ROOT"/handouts/*.md; do
        name=${file##*/}
        name=${name%.md}
        page=$(<"$pages/${name/README/index}.html")
        contains "$page" '</html>'
        contains "$page" 'href="#content">Skip'
    done
    run python3 "$ROOT/tests/handouts_links.py" "$pages"
    same "$status" 0
    contains "$output" ' links, 0 broken'
    # Results and answers are folded, a link to code marks the line.
    contains "$(tr '\n' ' ' <"$pages/05_gil_sim.html")" \
        '<h2 id="run">Run</h2><details><summary>Run it'
    same "$(grep -c '<details>' "$pages/answers.html")" \
        "$(grep -c '^## ' "$ROOT/handouts/answers.md")"
    line=$(grep -n 'gil_take(me);' "$ROOT/labs/05_gil_sim.c" | cut -d: -f1)
    contains "$(<"$pages/05_gil_sim.html")" \
        "source/labs/05_gil_sim.c.html#L$line\""
    # A page that is not there is found.
    mkdir few
    cp 05_gil_sim.html few
    run python3 "$ROOT/tests/handouts_links.py" few
    same "$status" 1
    contains "$output" '04_cpu_threads.html: there is no such file'
    run "$ROOT/scripts/handouts" --frobnicate
    same "$status" 2
    contains "$output" "unknown argument '--frobnicate'"
}

@test "handouts: --fill puts in what commands print, and keeps all the rest" {
    cd "$BATS_TEST_TMPDIR"
    printf '%s\n' one '```console' '$ echo "a   "' old '```' >it.md
    printf 'the last line' >>it.md
    "$ROOT/scripts/handouts" --fill "$PWD/it.md"
    same "$(<it.md)" $'one\n```console\n$ echo "a   "\na\n```\nthe last line'
}

@test "handouts: the picture in the README is what lab 13 does, and has a text" {
    run "$ROOT/scripts/handouts" --draw 13
    same "$status" 0
    same "$output" "$(<"$ROOT/handouts/13_timeline.svg")"
    same "$(grep -c 'height="24"' <<<"$output")" 20
    grep -q '^!\[A timeline of two threads .*\.\](handouts/13_timeline.svg)$' \
        "$ROOT/README.md"
    run "$ROOT/scripts/handouts" --draw 04
    same "$status" 2
    contains "$output" "--draw '04': 05, 07 or 13"
}

# The minutes of a plan follow one another, and are those of its heading. A row has
# as many minutes as the handouts that it names take: all of them, or half for
# Predict and Run.
plans() {
    python3 - "$1" "$2" <<'END'
import re, sys
guide, index = (open(path, encoding="utf-8").read() for path in sys.argv[1:])
minutes = {name: int(number) for name, number in re.findall(
    r"^\| \[(\d\w+)\]\(.*?\| (\d+) \| ", index, re.MULTILINE)}
for head, number, unit, plan in re.findall(
        r"^### (A [^\n]* of (\d+) (minutes|hours))\n(.*?)(?=^##)", guide,
        re.MULTILINE | re.DOTALL):
    at = 0
    for begin, end, what in re.findall(r"^\| (\d+)-(\d+) \| (.*) \|$", plan,
                                       re.MULTILINE):
        if int(begin) != at:
            print(f"{head}: {begin}-{end} comes after {at}")
        at = int(end)
        part = .5 if "*Predict* and *Run*" in what else "all of it" in what
        takes = part * sum(minutes[name] for name in
                           re.findall(r"\]\((\d\w+)\.md\)", what))
        if takes > at - int(begin):
            print(f"{head}: {begin}-{end}: its handouts take {takes:g} minutes")
    if at != int(number) * (60 if unit == "hours" else 1):
        print(f"{head}: ends after {at} minutes")
sessions = dict(re.findall(r"^\| (\d) \| ([^|]*\d\d[^|]*) \| ", index,
                           re.MULTILINE))
rows = re.findall(r"^\| (\d) \| (\d+) \| (\d+) \| (\d+) \| (\d+) \|$", guide,
                  re.MULTILINE)
for session, *parts, all_of_it in rows:
    takes = sum(value for name, value in minutes.items()
                if name.replace("_gil_code", ", the code")[:2 + 10 * (
                    "code" in name)] in sessions[session])
    if int(parts[1]) != takes:
        print(f"session {session}: its handouts take {takes} minutes")
    if sum(map(int, parts)) != int(all_of_it) or all_of_it != "90":
        print(f"session {session}: {' + '.join(parts)} is not {all_of_it}")
print(len(rows), "sessions,", len(sessions), "in the index")
END
}

@test "handouts: the minutes of the lesson plans add up" {
    guide=$ROOT/handouts/guide.md
    index=$ROOT/handouts/README.md
    same "$(plans "$guide" "$index")" '6 sessions, 6 in the index'
    # What does not add up is found.
    sed 's/^| 25-43 |/| 25-42 |/; s/^| 135-165 |/| 135-164 |/
        s/^| 3 | 10 | 60 |/| 3 | 20 | 50 |/' "$guide" >"$BATS_TEST_TMPDIR/guide"
    run plans "$BATS_TEST_TMPDIR/guide" "$index"
    contains "$output" '50 minutes: 43-48 comes after 42'
    contains "$output" '50 minutes: 25-42: its handouts take 17.5 minutes'
    contains "$output" '3 hours: 165-175 comes after 164'
    contains "$output" 'session 3: its handouts take 60 minutes'
    # The rows of the exercises: all six, each with wrong paths and questions.
    declare -A numbers questions
    while IFS=, read -r _ head _ number question; do
        numbers[$head]=$number questions[$head]=$question
    done < <(sections "$ROOT/handouts/walkthroughs.md")
    for file in "$ROOT"/labs/exercises/*.c; do
        name=${file##*/}
        name=${name%.c}
        contains "$(<"$guide")" "(walkthroughs.md#$name)"
        [[ ${numbers[$name]} == [3-6] ]]
        [[ ${questions[$name]} == [4-9] ]]
    done
}

# in_browser OPTION... PAGE...: where there is Chromium.
in_browser() {
    run "$PYTHON3" "$ROOT/tests/browser.py" "$@"
    [ "$status" != 77 ] || skip "$output"
}

@test "handouts: in a browser no text is wider than the window, links lead on" {
    in_pages
    # What is wrong is found: a wide text, a picture, a place that is not there.
    sed 's|</h1>|&<p style="font-size: 99px; white-space: nowrap">One line</p>\
<img src="none.svg" alt="none"><a href="#none">nowhere</a>|' \
        01_io_serial.html >wrong.html
    in_browser 360,1280 . ./*.html source/labs/*.html
    same "$status" 1
    contains "$output" './wrong.html: too wide for 360: One line'
    contains "$output" './wrong.html: no picture: none'
    contains "$output" './wrong.html: nothing is called none'
    # And nothing else is.
    same "$(grep -v '^./wrong.html: ' <<<"$output")" "${lines[-1]}"
    within "${lines[-1]%% *}" 30 100
}

@test "handouts: axe-core finds nothing, in light and in dark colours" {
    in_pages
    mapfile -t names < <(ls ./*.html)
    for colours in axe axe-dark; do
        in_browser --$colours 390 . "${names[@]}"
        same "$output" "${#names[@]} pages, 0 links, 0 slides, 0 faults"
    done
    sed -i 's|</h1>|&<img src="none.svg">|' 01_io_serial.html
    in_browser --axe 390 . 01_io_serial.html
    same "$status" 1
    contains "$output" '01_io_serial.html: critical: image-alt'
}

@test "handouts: figures in prose stand in the block above it, too" {
    run python3 "$ROOT/tests/handouts_figures.py" "$ROOT"/handouts/[0-9a-z]*.md
    same "$output" ''
    # A figure that a refresh left behind is found, in prose and in a table.
    seeded=$BATS_TEST_TMPDIR/04_cpu_threads.md
    sed 's/^Two tasks take about as long as one/It took 0.330 s. &/
        s/| 0.27 to 0.36 |/| 0.17 to 0.26 |/' \
        "$ROOT/handouts/04_cpu_threads.md" >"$seeded"
    run python3 "$ROOT/tests/handouts_figures.py" "$seeded"
    same "$status" 1
    contains "$output" '0.330 stands nowhere above it'
    contains "$output" 'expected is 0.17 to 0.26'
}
