#!/usr/bin/env bats
# SPDX-License-Identifier: MIT

load helper

# Labs that answer at once; one for which there is a file broken.LAB does not, and
# one with failing.LAB fails.
fake_labs() {
    mkdir labs
    tee labs/{01_io_serial,02_io_threads,03_cpu_serial,04_cpu_threads} \
        labs/{05_gil_sim,07_gil_convoy} >/dev/null <<'END'
#!/bin/sh
name=${0##*/}
echo "$name $*" >>"${0%/*}/../ran"
if [ -e "${0%/*}/../broken.$name" ]; then
    sleep 97 &
    echo "$$ $!" >>"${0%/*}/../pids"
    wait
fi
if [ -e "${0%/*}/../failing.$name" ]; then exit 1; fi
echo '
{"cpus": 2, "count": 1000, "runs": [
  {"total_s": 1.03, "cpu_per_wall": 0.99, "handoffs_per_s": 190,
   "cpu_threads": 0, "p50_us": 100, "p99_us": 200},
  {"total_s": 1, "cpu_threads": 1, "p50_us": 5200, "p99_us": 7500}]}'
END
    chmod +x labs/*
}

setup() {
    cd "$BATS_TEST_TMPDIR" || exit
    command -v gnuplot >/dev/null || skip 'gnuplot is not here'
}

sweep() {
    run --separate-stderr "$PYTHON3" "$ROOT/scripts/sweep" --output out "$@"
}

# The rows of both tables.
rows() {
    cat out/threads.tsv out/interval.tsv | grep -c '^0'
}

@test "sweep: real labs, quick: tables, pictures, one line of answer" {
    sweep --quick --seconds 0.01 --requests 1
    same "$status" 0
    same "$stderr" ''
    same "$(grep -c '^05.interval' out/threads.tsv)" 2
    same "$(grep -c '^0[24]' out/threads.tsv)" 4
    same "$(grep -c '^05.[1-9]' out/interval.tsv)" 2
    # Under the lock CPU/wall cannot pass 1, whatever the machine does.
    within "$(awk '$2 == "interval" && $3 == 2 { print $6 }' \
        out/threads.tsv)" 0 1.15
    same "$(cat out/answer.txt)" "${lines[0]}"
    contains "$(cat out/answer.txt)" '2 threads lose '
    within "$(wc -L <<<"$output")" 40 80
    for picture in speedup cpu_per_wall lost interval; do
        contains "$(cat out/$picture.svg)" '</svg>'
        # Legible on a dark page: the background is painted.
        contains "$(cat out/$picture.svg)" 'height="600" fill="#ffffff"'
        contains "$(cat out/$picture-narrow.svg)" 'width="400" height="520"'
    done
}

@test "sweep: medians, the answer, latency of lab 07" {
    fake_labs
    BUILD=$PWD/labs sweep --runs 3 --threads '1 2 4'
    same "$status" 0
    same "$stderr" ''
    same "$(rows)" $((3 * (6 * 3 + 2 * 9)))
    same "${lines[0]}" \
        '2 to 4 threads lose 3.0 to 3.0 % here: "nearly 3 % regardless" holds.'
    contains "$output" '  05 interval             0.97  0.97  0.97'
    contains "$output" '  07 p50, ms               5.2   5.2'
    contains "$output" '  07 p99, ms               7.5   7.5'
    # Each point has as much work in all.
    same "$(grep -c '05_gil_sim --lock ticks --count 251 --tasks 4' ran)" 3
    # The one that has less says so.
    contains "$(head -n 1 out/threads.tsv)" '# 1 s of work (mutex: 0.2 s), down'
    same "$(grep -c -- '--lock mutex --tasks 1 --seconds 0.2 ' ran)" 1
    # Without lab 07 there is no latency, and it says so. One is one.
    rm labs/07_gil_convoy
    sed -i 's/"cpus": 2/"cpus": 1/' labs/*
    BUILD=$PWD/labs sweep --quick --fresh --requests 1
    same "$status" 0
    contains "$(head -n 1 out/threads.tsv)" ', 1 request, 1 processor ('
    contains "$output" '07 is not built'
    contains "$(cat out/interval.svg)" '</svg>'
    contains "$(cat out/interval.svg)" '>time lost by two counting threads, %<'
    same "$(grep -c 'round trip' out/interval.svg)" 0
}

# answers: each line of the input is THREADS:PERCENT,PERCENT... of some points,
# so many runs that lost so much, and what is said of them. One Python for all.
answers() {
    "$PYTHON3" -B -c 'import runpy, sys
sys.path.insert(0, sys.argv[1])
sweep = runpy.run_path(sys.argv[1] + "/sweep")
settings = open("out/threads.tsv").readline().strip()
for line in sys.stdin:
    points, expected = line.strip().split(" = ")
    with open("rows.tsv", "w") as rows:
        rows.write(settings + "\n\n")
        for point in points.split():
            threads, runs = point.split(":")
            for run, lost in enumerate(runs.split(",")):
                rows.write(f"05\tinterval\t{threads}\t{run}\t1\t1\t{lost}\n")
    table = sweep["Table"]("rows.tsv", settings, ["lab", "lock", "threads", "run"],
                           ["speedup", "cpu_per_wall", "lost_percent"])
    said = sweep["answer"](table.medians("05", "interval"))
    if said != expected:
        print(f"{points}\n    got:      {said}\n    expected: {expected}")' \
        "$ROOT/scripts"
}

@test "sweep: the answer says no more than the runs do" {
    fake_labs
    BUILD=$PWD/labs sweep --quick --threads 1
    same "$(cat out/answer.txt)" "${lines[0]}"
    same "${lines[0]}" 'One thread has nobody to wait for: give --threads more.'
    # The median of five is surer than one run of them; runs that differ by more
    # than what is asked for do not make it hold; one loss below 0 does not hide
    # the other; nor does one run that went wrong, as the median is the runs'.
    answers <<'END' >wrong
2:3 4:3.1 = 2 to 4 threads lose 3.0 to 3.1 % here: one run each cannot say if it depends.
2:3,3 4:3.1,3.1,3.1 = 2 to 4 threads lose 3.0 to 3.1 % here: two runs each cannot say if it depends.
2:3,3,3 = 2 threads lose 3.0 % here: one number of threads cannot say if it depends.
2:3.2,2.9,3 4:3.1,2.8,3.1 = 2 to 4 threads lose 3.0 to 3.1 % here: "nearly 3 % regardless" holds.
2:20,20.1,20.4 4:20.1,20.2,20.4 = 2 to 4 threads lose 20.1 to 20.2 % here: regardless: yes; nearly 3 %: no.
2:-0.5,0.1,0.5 4:0.6,-0.1,-0.4 = 2 to 4 threads lose -0.1 to 0.1 % here: no loss to be told from noise.
2:0,1,2,2.5,3.2 4:1,2,3,3.5,4.2 = 2 to 4 threads lose 2.0 to 3.0 % here: "nearly 3 % regardless" holds.
2:-10,3,10 4:-9,3.1,12 = 2 to 4 threads lose 3.0 to 3.1 % here: no loss to be told from noise.
2:-0.2,-0.1,0 4:24.9,25,25.1 = 2 to 4 threads lose -0.1 to 25.0 % here: it does depend on how many.
2:3,3.1,3.2 4:5,5.1,5.2 8:9.1,9,90 = 2 to 8 threads lose 3.1 to 9.1 % here: it does depend on how many.
END
    same "$(<wrong)" ''
}

@test "sweep: interrupted, it keeps what it has and goes on there" {
    fake_labs
    touch broken.07_gil_convoy
    BUILD=$PWD/labs TMPDIR=$PWD env --default-signal=INT \
        "$PYTHON3" "$ROOT/scripts/sweep" \
        --quick --output out >stdout 2>stderr 3>&- &
    sweep=$!
    await wrote $sweep pids
    kill -INT $sweep
    gone $sweep
    status=0
    wait $sweep || status=$?
    same "$status" 130
    same "$(rows)" 13
    same "$(cat stderr)" \
        'sweep: stopped; out has 13 of 16 points: start it again to go on'
    # shellcheck disable=SC2046 # some numbers
    gone $(cat pids)
    same "$(find . -maxdepth 1 -name 'tmp.*')" ''
    cp -R out before
    # A line that was cut short is measured again; the file is written anew
    # beside the old one, which an end in between must not harm.
    printf '07\t5000\t1\t-\t190\t5200\t75' >>out/interval.tsv
    ln out/interval.tsv old.tsv
    rm broken.* ran
    BUILD=$PWD/labs sweep --quick
    same "$status" 0
    same "$(rows)" 16
    same "$(cmp before/threads.tsv out/threads.tsv)" ''
    same "$(grep -c -e --interval ran)" 3
    same "$(grep -c mutex ran)" 0
    same "$(tail -n 1 old.tsv | cut -f 7)" 75
    same "$(find out -name '*.new')" ''
    # All there: nothing is run but what tells the processors.
    rm ran
    BUILD=$PWD/labs sweep --quick
    same "$(cat ran)" '03_cpu_serial --count 1 --json'
    contains "${lines[0]}" 'Nothing measured, figures of '
    contains "${lines[0]}" ' 20'
    contains "${lines[0]}" '; --fresh starts anew.'
    BUILD=$PWD/labs sweep --quick --fresh
    within "$(wc -l <ran)" 20 40
    same "$(rows)" 16
}

@test "sweep: a lab that fails is one line, and what was measured stays" {
    fake_labs
    printf '#!/bin/sh\necho "04: no thread" >&2; exit 1\n' \
        >labs/04_cpu_threads
    BUILD=$PWD/labs sweep --quick
    failed 1 'lab 04 failed with status 1: 04: no thread'
    same "$(rows)" 1
}

@test "sweep: rows of other settings are not mixed in, nor the old answer kept" {
    fake_labs
    BUILD=$PWD/labs sweep --quick
    same "$(find out -name '*.svg' | wc -l)" 8
    [ -s out/answer.txt ]
    BUILD=$PWD/labs sweep --seconds 2
    failed 1 '--fresh starts anew'
    same "$(rows)" 16
    BUILD=$PWD/labs sweep --quick --requests 4
    failed 1 '--fresh starts anew'
    # Nor those of other labs: what was measured may not be so any more.
    cp labs/05_gil_sim before
    echo '# changed' >>labs/05_gil_sim
    BUILD=$PWD/labs sweep --quick
    failed 1 '--fresh starts anew'
    same "$(rows)" 16
    mv before labs/05_gil_sim
    # More of it, cut short: the pictures do not show all of the tables.
    touch failing.07_gil_convoy
    BUILD=$PWD/labs sweep --quick --runs 2
    failed 1 'lab 07 failed'
    [ ! -e out/answer.txt ]
    # Anew, cut short: nothing of the old is left.
    touch failing.02_io_threads
    BUILD=$PWD/labs sweep --quick --fresh
    failed 1 'lab 02 failed'
    same "$(cd out && echo *)" 'interval.tsv threads.tsv'
    same "$(rows)" 0
}

@test "sweep: numbers with zeros before them, --quick anywhere, quotes" {
    fake_labs
    mkdir "it's"
    TMPDIR=$PWD/"it's" BUILD=$PWD/labs sweep --threads ' 02 08 8 ' --runs 01 \
        --seconds 08.50 --quick --output "o'ut"
    same "$status" 0
    same "$stderr" ''
    same "$(ls "it's")" ''
    same "$(cut -f 3 "o'ut/threads.tsv" | grep -c '^[28]$')" 12
    contains "$(head -n 1 "o'ut/threads.tsv")" \
        '# 8.50 s of work (mutex: 1.7 s), downloads of 0.1 s, 3 requests,'
    # Two pictures on one axis; each dot has a bar, of the three intervals.
    contains "$(cat "o'ut/interval.svg")" '>round trip of an I/O thread, ms<'
    contains "$(cat "o'ut/interval.svg")" '>time lost by two counting threads, %<'
    same "$(grep -c '>switch interval, ms<' "o'ut/interval.svg")" 1
}

@test "sweep: bad arguments, help, missing tools" {
    refuses sweep '--threads 0' '--threads x' '--runs 0' '--seconds 0' \
        --output --slow
    run --separate-stderr "$PYTHON3" "$ROOT/scripts/sweep" --threads ' '
    failed 2 "--threads: ' ' names no number"
    touch file
    run --separate-stderr "$PYTHON3" "$ROOT/scripts/sweep" --output file
    failed 1 "cannot write to the folder 'file'"
    run --separate-stderr "$PYTHON3" "$ROOT/scripts/sweep" --help
    same "$status" 0
    contains "$output" '--fresh'
    mkdir tools
    run --separate-stderr env PATH="$PWD/tools" "$PYTHON3" "$ROOT/scripts/sweep"
    failed 1 'Debian package gnuplot-nox'
    BUILD=/nonexistent run --separate-stderr "$PYTHON3" "$ROOT/scripts/sweep"
    failed 1 '/nonexistent/01_io_serial is missing: run make'
}
