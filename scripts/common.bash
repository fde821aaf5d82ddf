# SPDX-License-Identifier: MIT
# shellcheck shell=bash
#
# What compare, sweep, report and bench share beside common.sh: jobs with a time
# limit that end with the script, medians. Source it after `set -euo pipefail`.

# shellcheck source=scripts/common.sh
. "$(dirname "$0")/common.sh"
unset GIL_LABS_RECORD

# whole OPTION VALUE LOW HIGH and seconds OPTION VALUE: is it one?
whole() {
    if ! [[ $2 =~ ^[0-9]{1,9}$ ]] || ((10#$2 < $3 || 10#$2 > $4)); then
        bad_usage "$1: '$2' is not a whole number from $3 to $4"
    fi
}

seconds() {
    if ! [[ $2 =~ ^[0-9]{1,4}(\.[0-9]{1,6})?$ && $2 =~ [1-9] ]]; then
        bad_usage "$1: '$2' is not a number of seconds above 0"
    fi
}

need_labs() {
    local lab
    for lab in "$@"; do
        [ -x "$build/$lab" ] || fail "$build/$lab is missing: run make"
    done
}

# A folder of the script's own, gone at its end, with the job that runs then.
scratch=$(mktemp -d)
job=
clean_up() {
    if [ -n "$job" ]; then
        kill "$job" 2>/dev/null || true
        wait "$job" 2>/dev/null || true
        end_group
    fi
    rm -rf "$scratch"
}
trap clean_up EXIT
trap 'exit 130' INT
trap 'exit 143' TERM HUP

# What the job has left behind in its process group, which `timeout` made.
end_group() {
    kill -KILL -- "-$job" 2>/dev/null || true
}

# run_job LIMIT COMMAND...: its output into $answer, its errors into $errors;
# ended, with all that it started, after LIMIT seconds: status 124.
# In the background, because a signal interrupts `wait` but no command.
# A trap that speaks writes to 5: it may run while `wait` is silenced. Jobs get
# neither that nor 6, the control of a server.
exec 5>&2
answer=$scratch/answer
errors=$scratch/errors
run_job() {
    local status=0 began=$SECONDS
    timeout -k 1 "$@" </dev/null >"$answer" 2>"$errors" 5>&- 6>&- &
    job=$!
    # Bash reports a job that died of a signal: that line is not ours.
    { wait "$job" || status=$?; } 2>/dev/null
    end_group
    job=
    # What ignores SIGTERM gets SIGKILL, and `timeout` with it.
    if [ $status = 137 ] && ((SECONDS - began >= $1)); then
        status=124
    fi
    return "$status"
}

# why STATUS LIMIT: what happened to that job, in a few words.
why() {
    local said
    if [ "$1" = 124 ]; then
        echo "hangs: no answer in $2 s"
    elif [ "$1" -gt 128 ]; then
        echo "died of SIG$(kill -l "$1")"
    else
        said=$(tail -n 1 "$errors" | cut -c 1-60)
        echo "failed with status $1${said:+: $said}"
    fi
}

# progress TEXT: a line that moves, only on a terminal; none: it goes away.
progress() {
    if [ -t 2 ]; then
        printf '\r\033[K%.79s' "${1-}" >&2
    fi
}

# processor: the name of the machine's.
processor() {
    local model=
    if [ -r /proc/cpuinfo ]; then
        model=$(sed -n '/^model name/ { s/^[^:]*: //p; q; }' /proc/cpuinfo)
    else
        model=$(sysctl -n machdep.cpu.brand_string 2>/dev/null) || true
    fi
    echo "${model:-$(uname -m)}"
}

# swept_labs: a sum that tells one build of the labs that sweep runs from another.
swept_labs() {
    local sum
    sum=$(cat "$build"/0[1-57]_*[a-z] | cksum)
    echo "${sum%% *}"
}
