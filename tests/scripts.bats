#!/usr/bin/env bats
# SPDX-License-Identifier: MIT
#
# What holds for every script that a person runs.

load helper

# What each script says, and how it ends, is in files in $SAID, for each way to
# start it that is in the table below: in NAME.out, NAME.errors, NAME.status. What
# labs it starts is in a file there, too: labs that only note that they were run.
setup_file() {
    export SAID=$BATS_FILE_TMPDIR/said
    mkdir "$SAID" "$SAID/labs"
    cd "$SAID" || return
    printf '#!/bin/sh\necho "$0" >>"$RAN"\n' >labs/lab
    chmod +x labs/lab
    for lab in "$ROOT"/labs/*.c; do
        lab=${lab##*/}
        ln -s lab "labs/${lab%.c}"
    done
    ln -s lab labs/local_server
    BUILD=$SAID/labs each_script
}

setup() {
    cd "$SAID" || return
    mapfile -t scripts < <(find "$ROOT/scripts" -type f ! -name '*.*' | sort)
}

# each_script: start each in every way. One Python starts all that are in Python:
# what they import takes longer than the rest.
each_script() {
    run "$PYTHON3" -B - "$ROOT/scripts" <<'END'
import gc, glob, os, signal, sys
import argparse, json, shutil, subprocess, tempfile  # what most of them import
WAYS = {  # an option, and what standard output is
    "help": ("--help", "a file"), "closed": ("--help", "closed"),
    "unread": ("--help", "a pipe without a reader"),
    "full": ("--help", "/dev/full"), "unknown": ("--frobnicate", "a file")}

def redirect(output, base):
    os.dup2(os.open(base + ".errors", os.O_WRONLY | os.O_CREAT), 2)
    if output == "closed":
        os.close(1)
        sys.stdout = None
    elif output == "a pipe without a reader":
        end, other = os.pipe()
        os.close(end)
        os.dup2(other, 1)
    elif output == "a file":
        os.dup2(os.open(base + ".out", os.O_WRONLY | os.O_CREAT), 1)
    else:
        os.dup2(os.open(output, os.O_WRONLY), 1)

def start(script, code, option):
    if not code:
        for ignored in signal.SIGPIPE, signal.SIGXFSZ:
            signal.signal(ignored, signal.SIG_DFL)
        os.execv(script, [script, option])
    sys.argv = [script, option]
    sys.path[0] = os.path.dirname(script)
    exec(code, {"__name__": "__main__", "__file__": script})
    sys.exit()

gc.freeze()  # a child's end looks at less
for way in WAYS:
    os.mkdir(way)
for script in glob.glob(sys.argv[1] + "/*"):
    name = os.path.basename(script)
    if "." in name or not os.path.isfile(script):
        continue
    with open(script, encoding="utf-8") as file:
        text = file.read()
    code = None
    if text.startswith("#!/usr/bin/env python3\n"):
        code = compile(text, script, "exec")
    for way, (option, output) in WAYS.items():
        if (name, way) == ("watch", "unknown"):
            continue  # it shares its options with grade, and waits
        child = os.fork()
        if not child:
            os.environ["RAN"] = os.path.abspath(way + "/ran")
            redirect(output, f"{way}/{name}")
            start(script, code, option)
        status = os.waitpid(child, 0)[1]
        status = -os.WTERMSIG(status) if os.WIFSIGNALED(status) else status >> 8
        with open(f"{way}/{name}.status", "w") as file:
            print(status, file=file)
END
    same "$output" '' || return
    same "$status" 0
}

@test "scripts: --help says what the script is called with, and no more" {
    within ${#scripts[@]} 12 99
    for script in "${scripts[@]}"; do
        [ -x "$script" ]
        script=${script##*/}
        same "$script: $(<"help/$script.status")" "$script: 0"
        mapfile -t lines <"help/$script.out"
        output=${lines[*]}
        contains "$output" "$script"
        same "${output/SPDX/}" "$output"
        within "${#lines[@]}" 2 40
    done
    [ ! -e help/ran ]
}

@test "scripts: --help ends when its output cannot be written" {
    for script in "${scripts[@]##*/}"; do
        [ -s "closed/$script.status" ]
        [ -s "unread/$script.status" ]
        [ "$(<"full/$script.status")" != 0 ]
    done
    for where in closed unread full; do
        [ ! -e $where/ran ]
    done
}

@test "scripts: what they do not know is one line that names it" {
    for script in "${scripts[@]##*/}"; do
        [ "$script" != watch ] || continue
        status=$(<"unknown/$script.status")
        # shellcheck disable=SC2034 # for failed()
        stderr=$(<"unknown/$script.errors")
        # shellcheck disable=SC2034
        mapfile -t stderr_lines <"unknown/$script.errors"
        failed 2 --frobnicate
    done
    [ ! -e unknown/ran ]
}

@test "scripts: an old bash is told so, and setup runs all the same" {
    cd "$BATS_TEST_TMPDIR"
    mkdir -p old/scripts
    cp "$ROOT"/scripts/{test,setup,common.sh} old/scripts
    # That of macOS; the variable itself is read-only.
    sed -i 's/\${BASH_VERSION-}/3.2.57/' old/scripts/common.sh
    run --separate-stderr old/scripts/test
    failed 1 'is too old, 4.4 will do (package bash'
    run old/scripts/setup --help
    same "$status" 0
}
