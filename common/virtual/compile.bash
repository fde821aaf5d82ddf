# SPDX-License-Identifier: MIT
# shellcheck shell=bash disable=SC2034 # for who reads this
#
# How a program is compiled for a walk: the same for scripts/walk, for the
# graders, and for the replay of an order that one of them found.

# The compilers that are tried, the first that works is taken.
compilers=("${CC:-gcc}" gcc cc clang)

# walked_flags_of COMPILER: into the array $walked_flags. Fails if the compiler
# does not work. A walk finds the _Thread_local variables of a thread by the
# calls of __tls_get_addr(); where the compiler can choose, it is told to call
# that.
walked_flags_of() {
    local compiler dialect tried=(-fsyntax-only -x c /dev/null)
    read -ra compiler <<<"$1"
    walked_flags=(-std=gnu11 -U_POSIX_C_SOURCE -D_GNU_SOURCE= -O1 -g -fPIC
        -pthread -fsanitize=thread)
    case $(uname -m) in
    aarch64 | arm64) dialect=-mtls-dialect=trad ;;
    *) dialect=-mtls-dialect=gnu ;;
    esac
    if "${compiler[@]}" -Werror "$dialect" "${tried[@]}" 2>/dev/null; then
        walked_flags+=("$dialect")
    else
        "${compiler[@]}" "${tried[@]}" 2>/dev/null
    fi
}

# find_compiler: the first that works, into the array $compiler, and its
# $walked_flags.
find_compiler() {
    local name
    for name in "${compilers[@]}"; do
        read -ra compiler <<<"$name"
        ! walked_flags_of "$name" || return 0
    done
    return 1
}
