# SPDX-License-Identifier: MIT
# shellcheck shell=bash
#
# What tests/model/check and tests/model/mistakes share: try one configuration
# of a model, all orders of its threads' steps.

MODEL_FOLDER=$(cd "$(dirname "${BASH_SOURCE[0]}")" && pwd)
ROOT=$(cd "$MODEL_FOLDER/../.." && pwd)
CC=${CC:-cc}
export LC_ALL=C MODEL_FOLDER ROOT CC

# need_spin: leave, with status 0 and a line that says so, where a tool is
# missing: that is no mistake in the lock.
need_spin() {
    local tool
    for tool in spin "${CC%% *}"; do
        command -v "$tool" >/dev/null && continue
        echo "the lock's model was not checked: $tool is missing" \
            "(run scripts/setup)"
        exit 0
    done
}

# model_words CONFIGURATION: in words.
model_words() {
    case $1 in
    safe) echo "no time-out, no spurious wake-up" ;;
    timeouts) echo "time-outs" ;;
    spurious) echo "time-outs and spurious wake-ups" ;;
    endless) echo "time-outs, threads that never end" ;;
    esac
}

# model_run MODEL THREADS CONFIGURATION FOLDER: print "STATES states" and
# succeed, or print what spin found and fail. FOLDER is made for it.
model_run() {
    local model=$1 threads=$2 flags=() found
    local run=(-m100000 "-w$((8 * $2))") # a table that holds the states
    local define=("-DN=$2" -DTAKES=2 "-DTURNS=$((4 - $2))")
    case $3 in
    safe) define+=(-DTIMEOUTS=0 -DSPURIOUS=0 -DENDLESS=0) flags=(-DSAFETY) ;;
    timeouts) define+=(-DTIMEOUTS=1 -DSPURIOUS=0 -DENDLESS=0) flags=(-DSAFETY) ;;
    spurious) define+=(-DTIMEOUTS=1 -DSPURIOUS=1 -DENDLESS=0) flags=(-DSAFETY) ;;
    endless)
        define+=(-DTIMEOUTS=1 -DSPURIOUS=0 -DENDLESS=1)
        flags=("-DNFAIR=$threads") run+=(-a -f)
        ;;
    *) echo "no such configuration: $3" && return 1 ;;
    esac
    mkdir -p "$4" && cd "$4" && cp "$model" model.pml || return 1
    if ! spin -a "${define[@]}" model.pml >spin.out 2>&1 || [ ! -e pan.c ]; then
        echo "spin cannot read the model: $(grep -m 1 -i error spin.out)"
        return 1
    fi
    if ! $CC -w -DMEMLIM=4000 "${flags[@]}" -o pan pan.c >cc.out 2>&1; then
        echo "cannot compile spin's checker: $(head -n 1 cc.out)"
        return 1
    fi
    # pan exits 0 on errors too, and an incomplete search has none.
    ./pan "${run[@]}" >pan.out 2>&1
    found=$(sed -n 's/^pan:1: \(.*\) (at depth.*/\1/p' pan.out)
    if [ -n "$found" ]; then
        echo "$found"
        return 1
    fi
    if ! grep -q 'errors: 0$' pan.out ||
        grep -q -e 'too small' -e 'not completed' -e MEMLIM pan.out; then
        echo "the search did not end: $(grep -m 1 -i -e small -e error -e MEM pan.out)"
        return 1
    fi
    echo "$(awk '/states, stored/ { print $1 }' pan.out) states"
}

# model_mirrors MODEL C_FOLDER: compare the C statements that the model quotes
# with those of the code; print the difference and fail where there is one.
model_mirrors() {
    diff --label "quoted in ${1##*/}" --label "in common/gil/*.c" -U 1 \
        <(quoted "$1" | statements) \
        <({
            body gil_taken "$2/gil.c" | grep -v -e records -e lost
            body gil_dropping "$2/gil.c"
            for f in take drop checkpoint; do
                body "interval_$f" "$2/interval.c"
            done
        } | statements)
}

# quoted FILE: what stands in comments that begin with "=".
quoted() {
    awk '/\/\*=/ { quote = 1; sub(/.*\/\*=/, "") }
         quote { last = sub(/\*\/.*/, ""); print; quote = !last }' "$1"
}

# body FUNCTION FILE: the lines between its braces.
body() {
    sed -n "/^[a-z].* $1(/,/^}/p" "$2" | sed '1,/^{/d; /^}/d'
}

# statements: one a line, without the white space that formatting decides.
statements() {
    tr -d ' \t\n' | sed 's/[;{}]/&\n/g'
}
