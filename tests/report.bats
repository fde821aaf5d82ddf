#!/usr/bin/env bats
# SPDX-License-Identifier: MIT

load helper

# labs FOLDER: the labs, in a folder without a sweep.
labs() {
    mkdir "$1"
    ln -s "$BUILD"/[0-9]* "$1"
}

# fake_labs FOLDER: labs that answer with what the real ones once did.
fake_labs() {
    mkdir "$1"
    cat >"$1/lab" <<END
#!/bin/sh
lab=\${0##*/}
[ "\$1" != --version ] || exec "$BUILD/\$lab" --version
for word; do
    [ "\$last" != --trace ] || cp "$BATS_FILE_TMPDIR/\$lab.trace" "\$word"
    last=\$word
done
cat "$BATS_FILE_TMPDIR/\$lab.json"
END
    chmod +x "$1/lab"
    for lab in "$BUILD"/0[1-7]_*[a-z]; do
        ln -s lab "$1/${lab##*/}"
    done
}

# fake_version LINE: what those in build/ say of their version, with that line.
fake_version() {
    rm build/05_gil_sim
    sed 's/^\[.*/[ "$1" != --version ] || exec "${0%\/*}\/version"/' build/lab \
        >build/05_gil_sim
    printf '#!/bin/sh\necho "05_gil_sim (GIL Labs) 7.8\n%s"\n' "$1" \
        >build/version
    chmod +x build/05_gil_sim build/version
}

# A sweep of three runs of one point, its pictures one rectangle each.
sweep_in() {
    mkdir "$1"
    for picture in speedup cpu_per_wall lost interval; do
        for size in '' -narrow; do
            echo "<svg xmlns='http://www.w3.org/2000/svg'><title>$picture$size
                </title></svg>" >"$1/$picture$size.svg"
        done
    done
    printf '# 1 s of work, %s, labs 1\nlab\n%s\n' \
        'downloads of 0.25 s, 7 processors' $'05\tnone\t2\t3\t1' \
        >"$1/threads.tsv"
    printf '# 1 s of work\nlab\n' >"$1/interval.tsv"
    echo '2 to 16 threads lose 2.9 to 3.1 % here: <it> holds.' >"$1/answer.txt"
}

setup_file() {
    command -v gnuplot >/dev/null || skip 'gnuplot is not here'
    cd "$BATS_FILE_TMPDIR" || exit
    labs build
    # Its answer is missing: it has not come to its end, and is not taken.
    sweep_in build/sweep
    rm build/sweep/answer.txt
    BUILD=$PWD/build PYTHONS='' timeout -k 1 "$LIMIT_S" \
        "$PYTHON3" "$ROOT/scripts/report" --quick --output 'a page' \
        >stdout 2>stderr || echo "status $?" >>stderr
    for lab in "$BUILD"/0[1-7]_*[a-z]; do
        case $lab in
        *_io_*) size='--seconds 0.05' ;;
        *07_*) size='--requests 3' ;;
        *) size='--count 1000000' ;;
        esac
        lab=${lab##*/}
        # shellcheck disable=SC2086 # two words
        "$BUILD/$lab" $size --json --trace "$lab.trace" >"$lab.json"
    done
}

setup() {
    cd "$BATS_TEST_TMPDIR" || exit
    page=$BATS_FILE_TMPDIR/'a page'/index.html
    pictures=()
}

report() {
    run --separate-stderr "$PYTHON3" "$ROOT/scripts/report" "$@"
}

# The page without the pictures' bytes.
text() {
    sed 's/;base64,[^"]*//' "$page"
}

# picture N: the Nth picture, as SVG, in $svg.
picture() {
    [ ${#pictures[@]} -gt 0 ] || mapfile -t pictures < <(
        grep -o 'data:image/svg+xml;base64,[^"]*' "$page" | cut -d , -f 2)
    svg=$(base64 -d <<<"${pictures[$1 - 1]}")
}

@test "report: one file, said in one line, nothing left beside it" {
    same "$(cat "$BATS_FILE_TMPDIR/stderr")" ''
    same "$(cat "$BATS_FILE_TMPDIR/stdout")" 'The report: a page/index.html'
    same "$(ls "${page%/*}")" index.html
    within "$(wc -c <"$page")" 100000 2000000
}

@test "report: nothing of it comes from anywhere else, and no script" {
    same "$(grep -ciE '(https?:)?//[a-z]' <(text))" 0
    same "$(grep -ciE '<(script|link|iframe|object)|@import|url\(' <(text))" 0
    same "$(text | grep -o 'src="[^"]*"' | sort -u)" 'src="data:image/svg+xml"'
    same "$(text | grep -c 'content="default-src .*none')" 1
}

@test "report: nine pictures, two sizes, each with words for it" {
    same "$(text | grep -c '<img ')" 18
    same "$(text | grep -cE '<img [^>]* alt="[^"]{60,}"')" 18
    same "$(text | grep -cE '<img class="wide" ')" 9
    same "$(text | grep -c '<figcaption>')" 9
    for n in {1..18}; do
        picture "$n"
        contains "$svg" '</svg>'
    done
}

@test "report: timelines have lanes with names, and patterns in the key" {
    # 05, wide: both lanes have solid blocks.
    picture 5
    contains "$svg" '>task 1<'
    contains "$svg" '>holds the lock<'
    contains "$svg" '>waits for the lock<'
    same "$(grep -c '>runs<' <<<"$svg")" 0
    # 02 waits, 04 runs, 06 has both ways, 07 three threads.
    picture 1
    contains "$svg" '>waits for I/O<'
    picture 3
    contains "$svg" '>runs<'
    picture 7
    contains "$svg" '>released 2<'
    picture 9
    contains "$svg" '>CPU thread<'
    # One scale for all: the first 100 ms. Behind it the shares of the whole run.
    for n in {1..10}; do
        picture "$n"
        contains "$svg" '>milliseconds<'
        same "$(grep -o '>[0-9]*</text>\|>[0-9]*</tspan>\|> *[0-9]*<' <<<"$svg" |
            tr -dc '0-9\n' | grep . | sort -n | tail -n 1)" 100
        contains "$svg" '>whole run<'
    done
    same "$(text | grep -cE 'alt="[^"]*Of the whole run, task 1 [a-z]')" 6
}

@test "report: contents and links lead somewhere, titles say what was found" {
    local anchor path
    same "$(text | sed -n 's/.*<h[23] id="\([^"]*\)".*/\1/p')" \
        "$(text | sed -n 's/.*<li><a href="#\([^"]*\)".*/\1/p')"
    within "$(text | grep -c '<li><a href="#')" 14 14
    while read -r path; do
        printf -v path %b "${path//%/\\x}" # %20 is a space
        [ -f "${page%/*}/$path" ] || same "$path" 'a file'
    done < <(text | grep -o '<a href="[^#"][^"]*"' | sort -u |
        sed 's/<a href="//; s/"$//')
    for name in 02_io_threads 07_gil_convoy; do
        contains "$(text)" "/labs/$name.c\">code<"
        contains "$(text)" "handouts/$name."
    done
    contains "$(text)" '>Speed-up with 2 threads: downloads '
    contains "$(text)" '>The cost of the lock: 2 threads lose '
    contains "$(text)" '>The switch interval: an I/O thread waits '
}

@test "report: the blog post, this machine, a real Python, what it ran on" {
    same "$(text | grep -c '<th scope="row">2 ')" 6
    contains "$(text)" '<td data-label="the blog post, each">14.67 s</td>'
    # Under the lock CPU/wall cannot pass 1, whatever the machine does.
    within "$(text | grep -A 6 '>2 tasks at once, one lock' |
        sed -n 's/.*"CPU.wall">\([0-9.]*\)<.*/\1/p')" 0 1.15
    contains "$(text)" '<th scope="row">lab 05 interval<small>1 run</small>'
    if command -v python3 >/dev/null; then
        same "$(text | grep -c '<th scope="row">Python 3')" 1
    fi
    contains "$(text)" "<dd>$(uname -srm)</dd>"
}

@test "report: a sweep that did not come to its end is not taken" {
    picture 12
    same "$(grep -c 'speedup-narrow' <<<"$svg")" 0
    contains "$(text)" 'It is a short sweep: <code>make sweep</code>'
    contains "$(text | tr '\n' ' ')" 'threads lose '
    # Which of the points have less work.
    contains "$(text)" 'one run of 0.02 s of work (mutex: 0.004 s), downloads of'
    same "$(text | grep -c 'labs [0-9]')" 0
    same "$(text | grep -c 'built anew')" 0
}

# browser ARGUMENT...: what it says goes to $output, its console to $stderr.
browser() {
    local command
    command=$(command -v chromium chromium-browser google-chrome |
        head -n 1) || true
    [ -n "$command" ] || skip 'chromium is not here'
    run --separate-stderr "$command" --headless --no-sandbox \
        --disable-gpu --disable-quic --no-first-run \
        --disable-background-networking --disable-component-update \
        --disable-sync --user-data-dir="$PWD/browser" --enable-logging=stderr \
        --allow-file-access-from-files --virtual-time-budget=5000 "$@"
}

# frames PAGE:SCHEME...: a page that shows each 380 and 1,400 wide, to a reader who
# prefers light or dark, and how wide that is.
frames() {
    local page width
    for page in "$@"; do
        for width in 380 1400; do
            printf '<iframe src="%s" style="color-scheme: %s" width="%d"
                height="800"></iframe>\n' "${page%:*}" "${page#*:}" $width
        done
    done >frames.html
    cat >>frames.html <<'PAGE'
<script>
onload = () => {
    document.title = [...document.querySelectorAll('iframe')].map(frame => {
        const page = frame.contentDocument.documentElement;
        const shown = [...page.querySelectorAll('img')].filter(
            image => image.offsetWidth > 300 && image.naturalWidth > 0);
        const look = getComputedStyle(shown[0]).filter == 'none' ? 'as drawn' :
            'turned';
        const ground = getComputedStyle(page.querySelector('body'))
            .backgroundColor.match(/[0-9]+/g)[0] < 128 ? 'dark' : 'light';
        return `${page.scrollWidth > page.clientWidth ? 'too wide' : 'fits'},` +
            ` ${shown.length} ${shown[0].className} ${look} on ${ground}`;
    }).join('; ');
};
</script>
PAGE
}

# plain_page FILE: the page as FILE, each picture one of nothing: to draw and to
# print all 18 takes longer than to start the browser.
plain_page() {
    local svg
    svg=$(base64 <<<"<svg xmlns='http://www.w3.org/2000/svg' width='400'
        height='500'/>" | tr -d '\n')
    sed "s|;base64,[^\"]*|;base64,$svg|" "$page" >"$1"
}

@test "report: in a browser: fits, light and dark, no error, no request" {
    cp "$page" page.html
    plain_page plain.html
    # It would notice: a picture of elsewhere, and a line that is too wide.
    sed 's|</body>|<img src="http://127.0.0.1:9/x.png"><pre>'"$(
        printf 'wide%.0s' {1..200})"'</pre></body>|' plain.html >other.html
    frames page.html:light other.html:light plain.html:dark
    browser --dump-dom "file://$PWD/frames.html"
    same "$status" 0
    contains "$output" '<title>fits, 9 narrow as drawn on light; '
    contains "$output" '; fits, 9 wide as drawn on light; '
    contains "$output" '; too wide, 9 narrow '
    contains "$output" '; too wide, 9 wide '
    contains "$output" '; fits, 9 narrow turned on dark; '
    contains "$output" '; fits, 9 wide turned on dark</title>'
    said=$(grep CONSOLE <<<"$stderr")
    same "$(grep -v '/other.html (' <<<"$said")" ''
    contains "$said" 'Content Security Policy'
}

# words: one a line, each once.
words() {
    tr -s '[:space:]' '\n' | grep . | sort -u
}

@test "report: printed, all of its text is on paper, for dark readers too" {
    command -v pdftotext >/dev/null || skip 'pdftotext is not here'
    plain_page page.html
    browser --blink-settings=preferredColorScheme=0 --no-pdf-header-footer \
        --print-to-pdf="$PWD/page.pdf" "file://$PWD/page.html"
    same "$status" 0
    pdftotext -enc UTF-8 page.pdf page.txt
    sed -n '/<body>/,$p' "$page" | tr '\n' ' ' | sed \
        -e 's/<.\?\(strong\|code\|a\)\( [^>]*\)\?>//g' -e 's/<[^>]*>/ /g' \
        -e "s/&#x27;/'/g" -e 's/&quot;/"/g' -e 's/&lt;/</g' \
        -e 's/&gt;/>/g' -e 's/&amp;/\&/g' | words >said
    within "$(wc -l <said)" 200 2000
    same "$(words <page.txt | comm -23 said -)" ''
}

# fake_python3 LOCK: a Python whose answers are those of compare_task.py.
fake_python3() {
    cat >python3 <<END
#!/bin/sh
case \$2 in
size) echo '{"lock": "$1", "count": 9, "executable": "x", "version": "2.7.1",
    "implementation": "CPython", "free_threaded_build": false,
    "own_locks": false}' ;;
run) echo '{"runs": [{"total_s": 3, "task": [{"wall_s": 3}],
        "cpu_per_wall": 1.1, "switches_per_s": 9},
    {"total_s": 2, "task": [{"wall_s": 1}]}]}' ;;
*) echo 'Python 2.7.1' ;;
esac
END
    chmod +x python3
}

@test "report: what is near the post's ratios; what is not in the table; compiler" {
    fake_labs build
    sweep_in build/sweep
    fake_version 'compiled by tcc 0.9' # and not what $CC is
    for lock in ticks interval; do
        fake_python3 $lock
        PATH=$PWD:$PATH BUILD=$PWD/build PYTHONS="$PWD/<py> python3.x" \
            report --quick --output $lock
        same "$status" 0
        page=$lock/index.html
        contains "$(text)" '<th scope="row">Python 2.7.1<small>1 run</small>'
        contains "$(text)" "<th scope=\"row\">lab 05 $lock<small>"
        echo "$lock $(text | grep -c 'How near are the ratios of lab 05')" >>near
        contains "$(text)" "<li>$PWD/&lt;py&gt;: not found</li>"
        contains "$(text)" '<li>python3.x: not found</li>'
        contains "$(text)" '<dt>Compiler</dt><dd>tcc 0.9</dd>'
        contains "$(text)" '<dd>7.8</dd>'
    done
    same "$(cat near)" $'ticks 0\ninterval 1'
}

@test "report: takes the sweep that is there, and says when no Python is" {
    fake_labs build
    sweep_in build/sweep
    printf '#!/bin/sh\necho no >&2; exit 1\n' >python3
    chmod +x python3
    fake_version '' # what compiled the labs is not known
    mkdir "it's"
    TMPDIR=$PWD/"it's" PATH=$PWD:$PATH BUILD=$PWD/build PYTHONS='' \
        report --quick
    same "$status" 0
    same "$stderr" ''
    page=build/report/index.html
    contains "$(text)" 'lose 2.9 to 3.1 % here: &lt;it&gt; holds.'
    contains "$(text | tr '\n' ' ')" \
        'the median of 3 runs of 1 s of work, downloads of 0.25 s, 7 proc'
    picture 12
    contains "$svg" 'speedup-narrow'
    contains "$(text | tr '\n' ' ')" 'No Python ran here'
    contains "$(text)" "<li>python3: not a Python: -V says &#x27;no&#x27;</li>"
    contains "$(text)" 'The labs have been built anew since.'
    contains "$(text)" '<dd>7.8</dd>'
    same "$(text | grep -c '<dt>Compiler')" 0
    same "$(ls "it's")" ''
}

@test "report: interrupted, nothing is left, not even by what will not end" {
    fake_labs build
    sweep_in build/sweep
    cat >python3 <<'END'
#!/bin/sh
trap '' TERM
echo $$ >"${0%/*}/started"
while :; do sleep 0.1; done
END
    chmod +x python3
    mkdir tmp
    TMPDIR=$PWD/tmp PATH=$PWD:$PATH BUILD=$PWD/build PYTHONS='' \
        env --default-signal=INT "$PYTHON3" "$ROOT/scripts/report" --quick --output out \
        >out.put 2>out.put.err 3>&- &
    pid=$!
    out=out.put
    await wrote $pid started
    kill -INT $pid
    ended
    same "$status" 130
    same "$output$stderr" ''
    same "$(ls tmp)" ''
    same "$(ls out)" ''
    gone "$(cat started)"
}

@test "report: a lab that fails is one line, and no page" {
    fake_labs build
    rm build/04_cpu_threads
    printf '#!/bin/sh\necho "04: no thread" >&2; exit 1\n' \
        >build/04_cpu_threads
    chmod +x build/04_cpu_threads
    BUILD=$PWD/build report --quick
    failed 1 'lab 04 failed with status 1: 04: no thread'
    [ ! -e build/report/index.html ]
}

@test "report: a disk that is full leaves the old page, and says why" {
    fake_labs build
    sweep_in build/sweep
    mkdir out
    echo old >out/index.html
    # No file may be as large as a page; sweep's and compare's may.
    BUILD=$PWD/build PYTHONS='' run --separate-stderr \
        bash -c 'ulimit -f 40; exec "$@"' bash \
        "$PYTHON3" "$ROOT/scripts/report" --quick --output out
    failed 1 "cannot write '$PWD/out/index.html': File too large"
    same "$(cat out/*)" old
    # A lab that cannot write says so: the reason is not what is cut.
    rm build/01_io_serial
    printf '#!/bin/sh\necho "01: cannot write %s: No space left" >&2; exit 1\n' \
        /tmp/a/name/that/is/longer/than/sixty/characters/and/then/some/more \
        >build/01_io_serial
    chmod +x build/01_io_serial
    BUILD=$PWD/build report --quick --output out
    failed 1 'lab 01 failed with status 1: 01: cannot write /tmp/a'
    failed 1 'some/more: No space left'
    same "$(cat out/*)" old
}

@test "report: figures that the labs do not trust state no lesson" {
    fake_labs build
    sweep_in build/sweep
    jq -c '.trusted = false | .reason = "busy: a lot; x"' \
        "$BATS_FILE_TMPDIR"/0*.json >doubted
    for json in "$BATS_FILE_TMPDIR"/0*.json; do
        read -r answer
        echo "$answer" >"$json"
    done <doubted
    BUILD=$PWD/build PYTHONS='' report --quick --output out
    same "$status" 0
    page=out/index.html
    contains "$(text)" '<strong>The figures below mean little.</strong> busy: a lot<'
    same "$(text | grep -cE 'alternate[,:<]|at the same time[:<]|wait together,')" 0
    contains "$(text)" '>Lab 05: two counting tasks, one lock<'
}

@test "report: bad arguments, help, missing tools" {
    refuses report --output 'x y'
    report --slow
    failed 2 --slow
    touch file
    report --output file
    failed 1 "cannot write to the folder 'file'"
    report --help
    same "$status" 0
    contains "$output" '--quick'
    mkdir tools
    run --separate-stderr env PATH="$PWD/tools" "$PYTHON3" "$ROOT/scripts/report"
    failed 1 'gnuplot is missing (Debian package gnuplot-nox): run scripts/setup'
    BUILD=/nonexistent report
    failed 1 '/nonexistent/01_io_serial is missing: run make'
}
