#!/usr/bin/env bats
# SPDX-License-Identifier: MIT

load helper

setup() {
    cd "$BATS_TEST_TMPDIR" || exit
    unset PYTHONS
    # The only python3 in PATH is a fake; the real one runs the script.
    fake python3 3.11.7 interval false
    PATH=$BATS_TEST_TMPDIR:$PATH
    # Labs that answer immediately; a test may take the real ones.
    labs=$BUILD
    BUILD=$BATS_TEST_TMPDIR/labs
    export BUILD
    mkdir "$BUILD"
    cat >"$BUILD/05_gil_sim" <<'END'
#!/bin/sh
echo "${0##*/} $*" >>"${0%/*}/ran"
cat <<JSON
{"count": 1000, "trusted": true, "runs": [{"name": "threads", "total_s": 2.5,
    "cpu_per_wall": 1, "handoffs_per_s": 190, "task": [{"wall_s": 2.5}]},
    {"name": "serial", "total_s": 2, "task": [{"wall_s": 1}]}]}
JSON
END
    chmod +x "$BUILD/05_gil_sim"
    ln -s 05_gil_sim "$BUILD/03_cpu_serial"
}

# fake NAME VERSION LOCK FREE-THREADED [FIRST]: an interpreter that answers as
# our source would; FIRST is what it does before, $1 being size, run or own then.
# With own_locks=true its sub-interpreters may have locks of their own.
fake() {
    cat >"$1" <<END
#!/bin/sh
if [ "\$1" = -V ]; then echo "Python $2"; exit; fi
shift
${5-}
if [ "\$1" = size ]; then
    echo '{"implementation": "CPython", "version": "$2", "lock": "$3",
        "free_threaded_build": $4, "executable": "$1", "count": 1000,
        "own_locks": ${own_locks-false}}'
elif [ "\$1" = own ]; then
    echo '{"runs": [{"name": "threads", "total_s": 5.5, "cpu_per_wall": 1.98,
        "switches_per_s": 9, "task": [{"wall_s": 5}, {"wall_s": 5}]},
        {"name": "serial", "total_s": 10,
        "task": [{"wall_s": 5}, {"wall_s": 5}]}]}'
else
    echo '{"runs": [{"name": "threads", "total_s": 14.25, "cpu_per_wall": 1.75,
        "switches_per_s": 42000, "task": [{"wall_s": 14}, {"wall_s": 13}]},
        {"name": "serial", "total_s": 10,
        "task": [{"wall_s": 5}, {"wall_s": 5}]}]}'
fi
END
    chmod +x "$1"
}

# sleeper NAME VERSION: a fake that hangs, as does a child of it that ignores
# TERM; both their numbers in $pids.
sleeper() {
    pids=$BATS_TEST_TMPDIR/pids
    fake "$1" "$2" interval false "(trap '' TERM; exec sleep 100) &
        echo \$\$ \$! >$pids.new; mv $pids.new $pids; exec sleep 100"
}

compare() {
    run --separate-stderr "$PYTHON3" "$ROOT/scripts/compare" --seconds 0.02 "$@"
}

# The table's row of that title, with single blanks.
row() {
    grep "^$1 " <<<"$output" | tr -s ' '
}

@test "compare: the blog post, lab 05 and an interpreter, with the spread" {
    BUILD=$labs compare --pairs 3 --tsv figures
    same "$status" 0
    same "$stderr" ''
    same "$(row 'the blog post')" 'the blog post 14.67 s 14.69 s 2.07 1.036 - -'
    same "$(row 'Python 3.11.7')" \
        'Python 3.11.7 13.50 s 14.25 s 2.70 1.425 1.75 42k'
    same "$(grep -c '^  3 runs ' <<<"$output")" 2
    # The same figures for another program: title, runs, six times three.
    same "$(awk -F '\t' '{ print NF }' figures | sort | uniq -c | tr -s ' ')" \
        ' 2 20'
    same "$(grep '^Python' figures | cut -f 1-3,12,15)" \
        $'Python 3.11.7\t3\t13.5\t1.425\t1.75'
    same "$(grep -c '^lab 05 ' <<<"$output")" 1
    # Under the lock CPU/wall cannot pass 1, whatever the machine does.
    within "$(row 'lab 05 interval' | cut -d ' ' -f 10)" 0 1.15
    within "$(wc -L <<<"$output")" 60 80
    # The blog post stands first.
    contains "$(grep -A 1 'a second$' <<<"$output")" 'the blog post'
}

@test "compare: a real interpreter answers what lab 05 would" {
    task() {
        run "$PYTHON3" "$ROOT/scripts/compare_task.py" "$@"
        same "$status" 0
    }
    task size 0.01
    figures=$output
    task run 20000
    figures+=,$output
    if [[ $figures == *'"own_locks": true'* ]]; then
        task own 20000
        figures+=,$output
    fi
    output=[$figures]
    holds '.[0].lock | IN("interval", "none", "ticks")' \
        '.[0].own_locks == (length == 3)' '.[0].count | from(1; 1e9)' \
        '[.[1:][].runs | map(.name) == ["threads", "serial"]] | all_are(true)' \
        '[.[1:][].runs | map(.task | length) == [2, 2]] | all_are(true)' \
        '[.[1:][].runs[1].switches_per_s | from(0; 1e9)] | all_are(true)'
}

# What makes them has had three names. A module of that name stands in for it.
@test "compare: a task in a sub-interpreter, by each name of the module" {
    run "$PYTHON3" -B - "$ROOT/scripts" <<'END'
import sys, types
sys.path.insert(0, sys.argv[1])
sys.version_info = (3, 14)
import compare_task
class Interpreter:
    def __init__(self):
        self.main, self.open = {}, True
        all.append(self)
    def exec(self, source):
        exec(source, self.main)
    def close(self):
        self.open = False
names = "_xxsubinterpreters", "_interpreters", "concurrent.interpreters"
for name in names:
    all = []
    module = types.ModuleType(name)
    if name[0] == "_":
        module.create = lambda: [Interpreter()][0] and len(all) - 1
        module.run_string = lambda i, source: exec(source, all[i].main)
        module.destroy = lambda i: all[i].close()
    else:
        module.create = Interpreter
    for each in names:
        sys.modules[each] = module if each == name else None
    runs = compare_task.run(compare_task.OwnLock, 1000)["runs"]
    print(name, len(runs), len(all), [each.open for each in all].count(True))
END
    same "$status" 0
    same "$output" '_xxsubinterpreters 2 4 0
_interpreters 2 4 0
concurrent.interpreters 2 4 0'
}

@test "compare: 2.7 beside ticks, free-threaded beside none; one count, A B B A" {
    # shellcheck disable=SC2016
    fake old 2.7.18 ticks false 'echo "python $1" >>labs/ran'
    fake free 3.14.0 none true
    PYTHONS='old ./free' compare --pairs 2
    same "$status" 0
    order=$(grep -E '^(lab 05|Python)' <<<"$output" | cut -c 1-15 | tr -s ' ')
    same "$order" 'lab 05 interval
Python 3.11.7 
lab 05 ticks 
Python 2.7.18 
lab 05 none 
Python 3.14.0t '
    contains "$output" 't: a free-threaded build'
    # One count for lab 05, whatever its lock.
    same "$(grep -v interval labs/ran)" \
        'python size
03_cpu_serial --tasks 1 --seconds 0.02 --json
05_gil_sim --lock ticks --count 1000 --rounds 1 --json
python run
05_gil_sim --lock none --count 1000 --rounds 1 --json
python run
05_gil_sim --lock ticks --count 1000 --rounds 1 --json
05_gil_sim --lock none --count 1000 --rounds 1 --json'
    same "$(row 'lab 05 ticks')" \
        'lab 05 ticks 2.50 s 2.50 s 2.50 1.250 1.00 190'
}

@test "compare: sub-interpreters with locks of their own, where they are" {
    own_locks=true fake newer 3.13.0 interval false
    own_locks=true fake again 3.13.0 interval false
    fake candidate 3.14.0rc1 none true
    PYTHONS='newer candidate again' compare --pairs 2 --tsv figures
    same "$status" 0
    same "$stderr" ''
    same "$(grep -E '^(lab 05|Python|3)' <<<"$output" | grep -v : | cut -c 1-18 |
        tr -s ' ')" 'lab 05 interval 
Python 3.11.7 
Python 3.13.0 
Python 3.13.0 #2 
lab 05 none 
Python 3.14.0rc1t 
3.13.0 own lock 
3.13.0 #2 own lock'
    # A long title takes room from its first column only.
    same "$(grep -o '^Python 3.14.0rc1t  *13.50 s' <<<"$output" | wc -L)" 26
    same "$(grep -oE '^3.13.0( #2)? own lock +5.00 s' <<<"$output" | wc -L)" 26
    same "$(row '3.13.0 own lock')" \
        '3.13.0 own lock 5.00 s 5.50 s 1.00 0.550 1.98 9'
    contains "$output" 'own lock: two sub-interpreters of one Python, each with a'
    same "$(grep -c '^3.13.0.*own lock' figures)" 2
    same "$(grep -c '^Python 3.13.0.*: ' <<<"$output")" 2
    within "$(wc -L <<<"$output")" 60 80
}

@test "compare: where they are not, or fail, that is one line" {
    compare --pairs 1
    same "$(head -n 2 <<<"$output")" \
        'own lock: sub-interpreters have one each since Python 3.12
free-threaded Python: PYTHONS may name one that is here, as python3.13t'
    same "$(grep -c 'own lock' <<<"$output")" 1
    same "$(grep -c '^  1 run  ' <<<"$output")" 2
    # No note on t.
    same "$(grep -c '^t: ' <<<"$output")" 0
    # shellcheck disable=SC2016
    own_locks=true fake newer 3.13.0 interval false \
        '[ "$1" != own ] || { echo "no such thing" >&2; exit 1; }'
    fake free 3.14.0 none true
    PYTHONS='newer free' compare --pairs 1
    same "$status" 0
    same "$(head -n 1 <<<"$output")" '3.13.0 own lock: failed with status 1:'$(
        )' no such thing; left out'
    same "$(grep -c 'own lock\|free-threaded Python:' <<<"$output")" 1
    contains "$(row 'Python 3.13.0')" '1.425'
}

@test "compare: builds are told apart; PYTHONS is split, not a pattern" {
    fake second 3.11.7 interval false
    fake third 3.11.7 interval false
    fake other 3.12.1 interval false
    # Free-threaded, with its lock on: it stands beside --lock interval.
    fake free 3.13.0 interval true
    mkdir "it's tmp"
    TMPDIR="$PWD/it's tmp" PYTHONS=$'second other\nthird * free' \
        compare --pairs 1
    same "$status" 0
    same "$stderr" ''
    same "$(grep -o '^Python 3.1.* s .*' <<<"$output" | cut -c 8-16 |
        xargs)" '3.11.7 3.11.7 #2 3.12.1 3.11.7 #3 3.13.0t'
    same "$(grep '^Python.*: ' <<<"$output")" \
        "Python 3.11.7: $PWD/python3
Python 3.11.7 #2: $PWD/second
Python 3.11.7 #3: $PWD/third"
    same "$(grep 'not found' <<<"$output")" '*: not found'
    contains "$(row 'Python 3.11.7')" '1.425'
    same "$(grep -c 'lab 05 none' <<<"$output")" 0
    contains "$output" 't: a free-threaded build'
    contains "$output" 'with --lock interval if its lock is on'
    same "$(ls "it's tmp")" ''
}

@test "compare: what hangs is one line, and ends with all that it started" {
    sleeper hangs 3.8.1
    PYTHONS=hangs compare --pairs 1 --timeout 2
    same "$status" 0
    same "$stderr" ''
    same "$(grep -c '^hangs: hangs: no answer in 2 s$' <<<"$output")" 1
    # On a busy machine it may not have come so far.
    # shellcheck disable=SC2046 # two numbers
    [ ! -e "$pids" ] || gone $(cat "$pids")
}

@test "compare: only what it runs is cut, not the labs; their doubt is told" {
    # A trace of a lab is larger than what an interpreter may write.
    sed -i 's|^cat|head -c 5000000 /dev/zero >large\ncat|
        s/"trusted": true/"trusted": false, "reason": "busy: a lot"/' \
        labs/05_gil_sim
    compare --pairs 1
    same "$status" 0
    same "$(wc -c <large)" 5000000
    # What the lab does not trust is said below.
    same "$(tail -n 1 <<<"$output")" 'busy: a lot'
}

@test "compare: an interpreter without sysconfig, as 3.0 and 3.1" {
    run "$PYTHON3" -c 'import runpy, sys
sys.modules["sysconfig"] = None
sys.argv[1:] = ["size", "0.01"]
runpy.run_path("'"$ROOT"'/scripts/compare_task.py", run_name="__main__")'
    same "$status" 0
    same "$(figure .free_threaded_build)" false
}

@test "compare: what is missing, no Python or dies is one line each" {
    # shellcheck disable=SC2016
    fake dies 3.9.1 interval false '[ "$1" = size ] || kill -SEGV $$'
    fake silent 3.7.1 interval false 'exit 0'
    fake bad 3.6.1 interval false 'echo "no module named json" >&2; exit 1'
    fake mute 3.5.1 interval false 'exit 1'
    fake again 3.11.7 interval false
    printf '#!/bin/sh\necho "Perl 5"; exit 0\n' >perl5
    printf '#!/bin/sh\nexec yes Python 3.1\n' >flood
    chmod +x perl5 flood
    PYTHONS='nothere dies silent bad mute perl5 flood again ./python3' \
        compare --pairs 2
    same "$status" 0
    same "$stderr" ''
    same "$(grep -c '^nothere: not found$' <<<"$output")" 1
    same "$(grep -c '^Python 3.9.1: died of SIGSEGV; left out$' \
        <<<"$output")" 1
    same "$(grep -c '^silent: not a Python' <<<"$output")" 1
    same "$(grep -c '^bad: failed with status 1: no module named json$' \
        <<<"$output")" 1
    # A failure without a word has no colon.
    same "$(grep '^mute' <<<"$output")" 'mute: failed with status 1'
    same "$(grep -c "^perl5: not a Python: -V says 'Perl 5'$" <<<"$output")" 1
    same "$(grep -c '^flood: died of SIGXFSZ$' <<<"$output")" 1
    contains "$output" './python3: is Python 3.11.7, already here'
    # The table goes on with what is left.
    contains "$(row 'Python 3.11.7')" '1.425'
    contains "$(row 'Python 3.11.7 #2')" '1.425'
    same "$(grep -c '^Python 3.[6-9]' <<<"$output")" 1
}

@test "compare: no interpreter at all: lab 05 alone" {
    rm python3
    mkdir tools
    ln -s "$(command -v cat)" tools
    run --separate-stderr env PATH="$PWD/tools" \
        "$PYTHON3" "$ROOT/scripts/compare" --pairs 2
    same "$status" 0
    contains "$output" 'python3: not found'
    same "$(grep -c '^  2 runs ' <<<"$output")" 1
}

@test "compare: bad arguments, help, what is missing" {
    refuses compare '--pairs 0' '--pairs x' --pairs '--seconds 0' \
        '--seconds 1e3' '--timeout -1' '--tsv /nonexistent/x' --tsv python3
    compare --slow
    failed 2 --slow
    run --separate-stderr "$PYTHON3" "$ROOT/scripts/compare" --help
    same "$status" 0
    contains "$output" PYTHONS
    BUILD=/nonexistent compare
    failed 1 '/nonexistent/03_cpu_serial is missing: run make'
}

@test "compare: the file of figures is whole, or as it was before" {
    echo old >figures
    sed -i 's/^cat/exit 1\ncat/' labs/05_gil_sim
    compare --pairs 1 --tsv figures
    failed 1 'lab 03 failed with status 1'
    same "$(cat figures)" old
    same "$(echo figures*)" figures
}

@test "compare: interrupted, nothing is left behind" {
    sleeper hangs 3.8.1
    mkdir tmp
    TMPDIR=$BATS_TEST_TMPDIR/tmp PYTHONS=hangs env --default-signal=INT \
        "$PYTHON3" "$ROOT/scripts/compare" >/dev/null 2>&1 3>&- &
    compare=$!
    await wrote $compare "$pids"
    kill -INT $compare
    gone $compare
    status=0
    wait $compare || status=$?
    same "$status" 130
    # shellcheck disable=SC2046 # two numbers
    gone $(cat "$pids")
    same "$(ls tmp)" ''
}
