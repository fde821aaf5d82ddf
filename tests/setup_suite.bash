# SPDX-License-Identifier: MIT
# shellcheck shell=bash
#
# What bats does once, before all tests.

# PYTHON3: the Python itself, and first in PATH. A python3 that only chooses one
# of many takes longer than most scripts.
setup_suite() {
    PYTHON3=$(python3 -c 'import sys; print(sys.executable)' 2>/dev/null) || true
    [ "$PYTHON3" = "$(command -v python3)" ] || PATH=${PYTHON3%/*}:$PATH
    export PYTHON3 PATH
}
