#!/usr/bin/env bats
# SPDX-License-Identifier: MIT

load helper

# Labs that answer at once; a lab whose name is in the file `broken` does not.
fake_labs() {
    mkdir labs
    cat >labs/lab <<'END'
#!/bin/sh
name=${0##*/}
echo "$name $*" >>"${0%/*}/../ran"
if grep -q "$name" "${0%/*}/../broken" 2>/dev/null; then sleep 97; fi
cat <<JSON
{"cpus": 2, "count": 1000, "runs": [
  {"total_s": 1.03, "cpu_per_wall": 0.99, "handoffs_per_s": 190,
   "cpu_threads": 0, "p50_us": 100, "p99_us": 200},
  {"total_s": 1, "cpu_threads": 1, "p50_us": 5200, "p99_us": 7500}]}
JSON
END
    chmod +x labs/lab
    for lab in 01_io_serial 02_io_threads 03_cpu_serial 04_cpu_threads \
        05_gil_sim 07_gil_convoy; do
        ln -s lab labs/$lab
    done
}

setup() {
    cd "$BATS_TEST_TMPDIR" || exit
    command -v gnuplot >/dev/null || skip 'gnuplot is not here'
}

sweep() {
    run --separate-stderr timeout -k 1 90 "$ROOT/scripts/sweep" \
        --output out "$@"
}

# The rows of both tables.
rows() {
    cat out/threads.tsv out/interval.tsv | grep -c '^0'
}

@test "sweep: real labs, quick: tables, pictures, one line of answer" {
    sweep --quick
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
    BUILD=$PWD/labs sweep --runs 1 --threads '1 2 4'
    same "$status" 0
    same "$stderr" ''
    same "$(rows)" $((6 * 3 + 2 * 9))
    same "${lines[0]}" \
        '2 to 4 threads lose 3.0 to 3.0 % here: "nearly 3 % regardless" holds.'
    contains "$output" '  05 interval             0.97  0.97  0.97'
    contains "$output" '  07 p50, ms               5.2   5.2'
    contains "$output" '  07 p99, ms               7.5   7.5'
    # Each point has as much work in all.
    same "$(grep -c '05_gil_sim --lock ticks --count 251 --tasks 4' ran)" 1
    # Without lab 07 there is no latency, and it says so.
    rm labs/07_gil_convoy
    BUILD=$PWD/labs sweep --quick --fresh
    same "$status" 0
    contains "$output" '07 is not built'
    contains "$(cat out/interval.svg)" '</svg>'
}

@test "sweep: the median is that of the runs, not of the latest" {
    fake_labs
    BUILD=$PWD/labs sweep --quick --threads 2
    printf '05\tinterval\t2\t%s\t1\t1\t%s\n' 2 40 3 5 4 -9 5 5.5 \
        >>out/threads.tsv
    BUILD=$PWD/labs sweep --quick --threads 2
    contains "${lines[0]}" '2 threads lose 5.0 % here'
    printf '05\tinterval\t8\t%s\t1\t1\t%s\n' 1 90 2 91 3 92 >>out/threads.tsv
    BUILD=$PWD/labs sweep --quick --threads 2
    contains "${lines[0]}" '2 to 8 threads lose 5.0 to 91.0 % here'
    contains "${lines[0]}" 'it does depend'
}

@test "sweep: interrupted, it keeps what it has and goes on there" {
    fake_labs
    echo 07_gil_convoy >broken
    BUILD=$PWD/labs TMPDIR=$PWD env --default-signal=INT "$ROOT/scripts/sweep" \
        --quick --output out >stdout 2>stderr 3>&- &
    sweep=$!
    until grep -q 07_gil ran 2>/dev/null; do sleep 0.05; done
    kill -INT $sweep
    gone $sweep
    status=0
    wait $sweep || status=$?
    same "$status" 130
    same "$(rows)" 13
    same "$(cat stderr)" \
        'sweep: stopped; out has 13 of 16 points: start it again to go on'
    [ -z "$(pgrep -f "$PWD/labs/07_gil_convoy")" ]
    same "$(find . -maxdepth 1 -name 'tmp.*')" ''
    cp -R out before
    # A line that was cut short is measured again.
    printf '05\t5000' >>out/interval.tsv
    rm broken ran
    BUILD=$PWD/labs sweep --quick
    same "$status" 0
    same "$(rows)" 16
    same "$(cmp before/threads.tsv out/threads.tsv)" ''
    same "$(grep -c -e --interval ran)" 3
    same "$(grep -c mutex ran)" 0
    # All there: nothing is run but what tells the processors.
    rm ran
    BUILD=$PWD/labs sweep --quick
    same "$(cat ran)" '03_cpu_serial --count 1 --json'
    BUILD=$PWD/labs sweep --quick --fresh
    within "$(wc -l <ran)" 20 40
    same "$(rows)" 16
}

@test "sweep: a lab that fails is one line, and what was measured stays" {
    fake_labs
    rm labs/04_cpu_threads
    printf '#!/bin/sh\necho "04: no thread" >&2; exit 1\n' \
        >labs/04_cpu_threads
    chmod +x labs/04_cpu_threads
    BUILD=$PWD/labs sweep --quick
    failed 1 'lab 04 failed with status 1: 04: no thread'
    same "$(rows)" 1
}

@test "sweep: rows of other settings are not mixed in" {
    fake_labs
    BUILD=$PWD/labs sweep --quick
    BUILD=$PWD/labs sweep --seconds 2
    failed 1 '--fresh starts anew'
    same "$(rows)" 16
}

@test "sweep: bad arguments, help, missing tools" {
    for bad in '--threads 0' '--threads x' '--runs 0' '--seconds 0' \
        '--output' '--slow'; do
        # shellcheck disable=SC2086
        run --separate-stderr "$ROOT/scripts/sweep" $bad
        failed 2 "${bad%% *}"
    done
    run --separate-stderr "$ROOT/scripts/sweep" --help
    same "$status" 0
    contains "$output" '--fresh'
    mkdir tools
    for tool in bash dirname mktemp rm jq timeout; do
        ln -s "$(command -v $tool)" tools/$tool
    done
    PATH=$PWD/tools run --separate-stderr "$ROOT/scripts/sweep"
    failed 1 'Debian package gnuplot-nox'
    BUILD=/nonexistent run --separate-stderr "$ROOT/scripts/sweep"
    failed 1 '/nonexistent/01_io_serial is missing: run make'
}
