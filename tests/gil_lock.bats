#!/usr/bin/env bats
# SPDX-License-Identifier: MIT
#
# What the model of the `interval` lock cannot see, because it has no clock: how
# often the lock changes hands. tests/model/mistakes runs these against copies
# of common/gil/interval.c with a mistake in them.

load helper

@test "lock: a waiter gets the lock again and again" {
    lab 05_gil_sim --count 30000000 --interval 500 --rounds 1 --json
    same "$status" 0
    holds '.runs[0].at_once == 1' '.runs[0].handoffs | from(10; 1000000)'
}

@test "lock: a waiter waits a whole interval before it asks" {
    lab 05_gil_sim --count 30000000 --interval 20000 --rounds 1 --json
    same "$status" 0
    # Each task's last drop hands over without an interval.
    holds '.tasks as $tasks | .runs[0] | .total_s as $s | .handoffs |
        from(1; 1.1 * $s / 0.02 + $tasks)'
}
