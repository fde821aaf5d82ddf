#!/usr/bin/env bats
# SPDX-License-Identifier: MIT
#
# The processors that affinity and quota leave, with folders that stand in for
# the machine's; and the clocks.

load helper

setup() {
    [ "$(uname)" = Linux ] || skip 'control groups are Linux'
    export FAKE_ROOT=$BATS_TEST_TMPDIR/root
    mkdir -p "$FAKE_ROOT/proc/self"
}

# file PATH TEXT: what the program reads there.
file() {
    mkdir -p "$(dirname "$FAKE_ROOT$1")"
    printf '%s\n' "$2" >"$FAKE_ROOT$1"
}

# cpus_here: the processors that a lab may use, in $cpus.
cpus_here() {
    preload none 03_cpu_serial --count 1 --json
    same "$status" 0 || return
    [[ $output =~ '"cpus": '([0-9.]+) ]] || return
    cpus=${BASH_REMATCH[1]}
}

# cpus EXPECTED: the same, that it is as many.
cpus() {
    cpus_here || return
    same "$cpus" "$1"
}

@test "processors: no quota, or one that cannot be read" {
    local here
    lab 03_cpu_serial --count 1 --json
    here=$(figure .cpus)
    file /proc/self/mountinfo ''
    cpus_here
    within "$cpus" "$here" 9999
    file /proc/self/mountinfo '33 31 0:29 / /cg rw - cgroup2 cgroup2 rw'
    file /proc/self/cgroup '0::/'
    for text in 'max 100000' '' '-1 0' '100000' 'x y'; do
        file /cg/cpu.max "$text"
        cpus_here
        within "$cpus" "$here" 9999
    done
}

@test "processors: a quota of version 2, of the group or a parent" {
    file /proc/self/mountinfo \
        '30 23 0:26 / /sys/fs/cgroup rw,nosuid shared:9 - cgroup2 cgroup2 rw'
    file /proc/self/cgroup '0::/user.slice/lab'
    file /sys/fs/cgroup/user.slice/cpu.max '70000 100000'
    cpus 0.7
    file /sys/fs/cgroup/user.slice/lab/cpu.max '25000 100000'
    cpus 0.25
    file /sys/fs/cgroup/user.slice/lab/cpu.max 'max 100000'
    cpus 0.7
}

@test "processors: a quota of version 1, of the group or a parent" {
    file /proc/self/mountinfo \
        '33 31 0:29 / /sys/fs/cgroup/cpuset rw - cgroup cgroup rw,cpuset
34 31 0:30 / /sys/fs/cgroup/cpu,cpuacct rw - cgroup cgroup rw,cpu,cpuacct
41 31 0:38 / /sys/fs/cgroup/unified rw - cgroup2 cgroup2 rw'
    file /proc/self/cgroup '5:cpuset:/other
4:cpu,cpuacct:/batch/job7
0::/batch/job7'
    local group=/sys/fs/cgroup/cpu,cpuacct/batch
    file "$group/job7/cpu.cfs_quota_us" -1
    file "$group/job7/cpu.cfs_period_us" 100000
    file "$group/cpu.cfs_quota_us" 50000
    file "$group/cpu.cfs_period_us" 100000
    cpus 0.5
    file "$group/job7/cpu.cfs_quota_us" 5000
    file "$group/job7/cpu.cfs_period_us" 50000
    cpus 0.1
}

# Without a namespace of its own a container sees its group's path on the host,
# of which only its own part is mounted.
@test "processors: the quota of a container" {
    file /proc/self/mountinfo \
        '34 31 0:30 /docker/c0 /sys/fs/cgroup/cpu ro - cgroup cgroup rw,cpu'
    file /proc/self/cgroup '4:cpu:/docker/c0'
    file /sys/fs/cgroup/cpu/cpu.cfs_quota_us 30000
    file /sys/fs/cgroup/cpu/cpu.cfs_period_us 100000
    cpus 0.3
    for group in /docker/c0/../.. /docker/c0123 /elsewhere; do
        file /proc/self/cgroup "4:cpu:$group"
        cpus 0.3
    done
    file /proc/self/cgroup '4:cpu:/docker/c0/inner'
    file /sys/fs/cgroup/cpu/inner/cpu.cfs_quota_us 20000
    file /sys/fs/cgroup/cpu/inner/cpu.cfs_period_us 100000
    cpus 0.2
}

@test "processors: one is said in the singular, threads of one core as such" {
    file /proc/self/mountinfo '33 31 0:29 / /cg rw - cgroup2 cgroup2 rw'
    file /proc/self/cgroup '0::/'
    file /cg/cpu.max '100000 100000'
    preload none 03_cpu_serial --count 1
    contains "$output" $'\n1 processor may be used'
    # More than one by less than is printed.
    file /cg/cpu.max '1000001 1000000'
    preload none 03_cpu_serial --count 1
    contains "$output" $'\n1 processor may be used'
    local cpu
    read -ra cpu < <(taskset -cp $$ | sed 's/.*: //; s/[,-]/ /g')
    [ ${#cpu[@]} -gt 1 ] || skip 'one processor'
    for topology in "${cpu[0]}-${cpu[-1]}" "${cpu[0]},${cpu[-1]}" \
        "${cpu[0]},99,${cpu[-1]}-99"; do
        file "/sys/devices/system/cpu/cpu${cpu[0]}/topology/thread_siblings_list" \
            "$topology"
        preload none 03_cpu_serial --count 1
        contains "$output" 'threads of one core (SMT)'
    done
    for each in "${cpu[@]}"; do
        file "/sys/devices/system/cpu/cpu$each/topology/thread_siblings_list" \
            "$each,99"
    done
    preload none 03_cpu_serial --count 1 --json
    same "$(figure .smt)" false
}

@test "processors: no clock, or one that stands still, is said in one line" {
    preload clock_gettime:1 03_cpu_serial --seconds 0.1
    failed 1 '03_cpu_serial: cannot read the clock: Invalid argument'
    # CLOCK_THREAD_CPUTIME_ID is 3 on Linux.
    STILL_CLOCK=3 preload none 03_cpu_serial --seconds 0.1
    failed 1 'the clock of processor time stands still'
}
