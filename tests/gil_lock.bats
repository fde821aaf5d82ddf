#!/usr/bin/env bats
# SPDX-License-Identifier: MIT
#
# What the model of the `interval` lock cannot see, because it has no clock: how
# often the lock changes hands. tests/model/mistakes runs these against copies
# of common/gil/interval.c with a mistake in them.

load helper

@test "lock: a waiter gets the lock again and again" {
    lab 05_gil_sim --seconds 0.3 --interval 2000 --json
    same "$status" 0
    same "$(figure '.runs[0].at_once')" 1
    within "$(figure '.runs[0].handoffs')" 10 1000000
}

@test "lock: a waiter waits a whole interval before it asks" {
    lab 05_gil_sim --seconds 0.3 --interval 50000 --json
    same "$status" 0
    # Each task's last drop hands over without an interval.
    within "$(figure '.runs[0].handoffs')" 1 \
        "$(figure '1.1 * .runs[0].total_s / 0.05 + .tasks')"
}
