# SPDX-License-Identifier: MIT
# shellcheck shell=bash
#
# What bats does once, before all tests.

# PYTHON3: the Python itself, without a wrapper, and first in PATH. It sees the
# standard library alone, as a virtual environment does: the scripts need no
# more, and what else is installed may run at each start.
setup_suite() {
    local python modules folder=$BATS_SUITE_TMPDIR/python
    python=$(python3 -c 'import sys; print(sys.executable)' 2>/dev/null) || true
    mkdir -p "$folder/bin"
    printf '%s\n' "home = ${python%/*}" 'include-system-site-packages = false' \
        >"$folder/pyvenv.cfg"
    if [ -n "$python" ]; then
        ln -s "$python" "$folder/bin/python3"
        PATH=$folder/bin:$PATH
    fi
    # npm takes long to say where axe-core would be (browser.py).
    if [ -z "${AXE_CORE-}" ] && modules=$(npm root -g 2>/dev/null); then
        export AXE_CORE=$modules/axe-core/axe.min.js
    fi
    unset -f bats-preprocess # of scripts/test; a bash that is sh complains of it
    export PYTHON3=${python:+$folder/bin/python3} PATH
}
