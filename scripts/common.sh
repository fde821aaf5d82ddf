# SPDX-License-Identifier: MIT
# shellcheck shell=sh
#
# The first lines of every script in bash or sh: where the kit and its build
# folder are, error messages like those of the labs, and --help. Those in Python
# have labs.py instead. Source it after `set -eu`:
#
#     . "$(dirname "$0")/common.sh"

# Bash before 4.4 takes an empty array for an unset variable; macOS has 3.2.
# setup is for sh, which may be that bash, and installs a newer one.
case ${0##*/}-${BASH_VERSION-} in
setup-*) ;;
*-[1-3].* | *-4.[0-3].*)
    echo "${0##*/}: bash $BASH_VERSION is too old, 4.4 will do (package bash," \
        "also in Homebrew)" >&2
    exit 1
    ;;
esac

# shellcheck disable=SC2034 # for the script
{
    root=$(cd "$(dirname "$0")/.." && pwd -P)
    build=${BUILD:-$root/build}
    case $build in /*) ;; *) build=$PWD/$build ;; esac
}
script=${0##*/}
export LC_ALL=C

# fail MESSAGE, bad_usage MESSAGE: one line, then the exit status 1 or 2.
fail() {
    printf '%s: %s\n' "$script" "$*" >&2
    exit 1
}

bad_usage() {
    printf '%s: %s\n' "$script" "$*" >&2
    exit 2
}

# print_help: the comment on top of the script, from "# scripts/NAME" on.
print_help() {
    sed -n '/^# scripts\//,$ { /^[^#]/q; s/^# \{0,1\}//p; }' \
        "$root/scripts/$script" || exit 1
}

# version COMMAND: as 1.8.2. at_least VERSION GOT: is it that, or newer?
version() {
    "$1" --version 2>/dev/null | while read -r line || [ -n "$line" ]; do
        case $line in
        *[0-9].[0-9]*)
            line=${line#"${line%%[0-9]*}"}
            echo "${line%%[!0-9.]*}"
            break
            ;;
        esac
    done
}

# Number by number, the first that differs decides.
at_least() {
    set -- "$1." "$2."
    while [ -n "$1" ]; do
        if [ "${1%%.*}" != "${2%%.*}" ]; then
            [ "${2%%.*}" -gt "${1%%.*}" ] 2>/dev/null
            return
        fi
        set -- "${1#*.}" "${2#*.}"
    done
}

# need COMMAND PACKAGE [OPTION]: end here where the command is missing.
need() {
    command -v "$1" >/dev/null ||
        fail "$1 is missing (Debian package $2): run scripts/setup${3:+ $3}"
}
