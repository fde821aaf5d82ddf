#!/usr/bin/env bats
# SPDX-License-Identifier: MIT
#
# What holds for every script that a person runs.

load helper

setup() {
    cd "$BATS_TEST_TMPDIR" || exit
    mapfile -t scripts < <(find "$ROOT/scripts" -type f ! -name '*.*' | sort)
    # Labs that only note that they were run.
    mkdir labs
    printf '#!/bin/sh\necho "$0" >>"%s"\n' "$PWD/ran" >labs/lab
    chmod +x labs/lab
    for lab in "$ROOT"/labs/*.c; do
        lab=${lab##*/}
        ln -s lab "labs/${lab%.c}"
    done
    ln -s lab labs/local_server
    export BUILD=$PWD/labs
}

# each_script OPTION OUTPUT: start each with that option; its output goes to a file,
# or is "closed" or "unread", a pipe without a reader. Its errors and its status
# are in files. One Python starts all that are in Python: what they import takes
# longer than the rest.
each_script() {
    run "$PYTHON3" -B - "$@" "${scripts[@]}" <<'END'
import os, signal, sys
import argparse, csv, json, shutil, statistics, subprocess, tempfile
option, output, *scripts = sys.argv[1:]
for script in scripts:
    name = os.path.basename(script)
    child = os.fork()
    if not child:
        os.dup2(os.open(f"{name}.errors", os.O_WRONLY | os.O_CREAT), 2)
        if output == "closed":
            os.close(1)
            sys.stdout = None
        elif output == "unread":
            end, other = os.pipe()
            os.close(end)
            os.dup2(other, 1)
        else:
            os.dup2(os.open(output, os.O_WRONLY), 1)
        with open(script, encoding="utf-8") as file:
            text = file.read()
        if "python3" not in text.partition("\n")[0]:
            for ignored in signal.SIGPIPE, signal.SIGXFSZ:
                signal.signal(ignored, signal.SIG_DFL)
            os.execv(script, [script, option])
        sys.argv = [script, option]
        sys.path[0] = os.path.dirname(script)
        exec(compile(text, script, "exec"),
             {"__name__": "__main__", "__file__": script})
        sys.exit()
    status = os.waitpid(child, 0)[1]
    status = -os.WTERMSIG(status) if os.WIFSIGNALED(status) else status >> 8
    with open(f"{name}.status", "w") as file:
        print(status, file=file)
END
    same "$output" '' || return
    same "$status" 0
}

@test "scripts: --help says what the script is called with, and no more" {
    within ${#scripts[@]} 12 99
    for script in "${scripts[@]}"; do
        run "$script" --help
        same "$status" 0
        contains "$output" "${script##*/}"
        same "$(grep -c 'SPDX' <<<"$output")" 0
        within "${#lines[@]}" 2 40
    done
    [ ! -e ran ]
}

@test "scripts: --help ends when its output cannot be written" {
    for where in closed unread /dev/full; do
        each_script --help $where
    done
    for script in "${scripts[@]##*/}"; do
        [ "$(<"$script.status")" != 0 ]
    done
    [ ! -e ran ]
}

@test "scripts: what they do not know is one line that names it" {
    # watch and grade share their options.
    mapfile -t scripts < <(printf '%s\n' "${scripts[@]}" | grep -v '/watch$')
    each_script --frobnicate /dev/null
    for script in "${scripts[@]##*/}"; do
        status=$(<"$script.status")
        # shellcheck disable=SC2034 # for failed()
        stderr=$(<"$script.errors")
        # shellcheck disable=SC2034
        mapfile -t stderr_lines <"$script.errors"
        failed 2 --frobnicate
    done
    [ ! -e ran ]
}

@test "scripts: an old bash is told so, and setup runs all the same" {
    mkdir -p old/scripts
    cp "$ROOT"/scripts/{test,setup,common.sh} old/scripts
    # That of macOS; the variable itself is read-only.
    sed -i 's/\${BASH_VERSION-}/3.2.57/' old/scripts/common.sh
    run --separate-stderr old/scripts/test
    failed 1 'is too old, 4.4 will do (package bash'
    run old/scripts/setup --help
    same "$status" 0
}
