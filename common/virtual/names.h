/* SPDX-License-Identifier: MIT
 *
 * This file gives other names to the functions of POSIX and C11 threads
 * (system_names.h), to the kit's own waits and clocks, and to the interpreter
 * lock. It is included before everything else (-include
 * common/virtual/names.h). So common/gil/interval.c is compiled a second time,
 * with not one line of it changed, and runs on the threads of threads.h.
 *
 * The system's types stay as they are (sync.h says why), and so a struct gil is
 * the same in both.
 */
#ifndef VIRTUAL_NAMES_H
#define VIRTUAL_NAMES_H

#include "common/base/fail.h"
#include "common/base/portable.h"
#include "common/base/timing.h"
#include "common/virtual/system_names.h"

#define allocate(count, bytes) virtual_calloc(count, bytes)
#define cond_init virtual_cond_init
#define cond_wait_us(cond, mutex, us)                                          \
    virtual_cond_wait_us(cond, mutex, us, VIRTUAL_HERE)
#define sleep_ns(ns) virtual_sleep_ns(ns, VIRTUAL_HERE)
#define clock_ns virtual_clock_ns
#define wall_ns() virtual_wall_ns()
#define machine_times() ((struct machine_times){0})
#define run_delay_ns() virtual_clock_ns(VIRTUAL_DELAY)
#define stopwatch_start virtual_stopwatch_start
#define stopwatch_read virtual_stopwatch_read

/* The interpreter lock: a program may have both, the real and this one. */
#define gil_init virtual_gil_init
#define gil_destroy virtual_gil_destroy
#define gil_take virtual_gil_take
#define gil_drop virtual_gil_drop
#define gil_begin_allow_threads virtual_gil_begin_allow_threads
#define gil_end_allow_threads virtual_gil_end_allow_threads
#define gil_eval_breaker virtual_gil_eval_breaker
#define gil_taken virtual_gil_taken
#define gil_dropping virtual_gil_dropping
#define gil_none virtual_gil_none
#define gil_mutex virtual_gil_mutex
#define gil_ticks virtual_gil_ticks
#define gil_interval virtual_gil_interval
#define gil_policies virtual_gil_policies

/* A run and its tasks, on threads of ours and in virtual seconds. */
#define run_listen virtual_run_listen
#define run_cut_short virtual_run_cut_short
#define round_began virtual_round_began
#define run_init virtual_run_init
#define run_free virtual_run_free
#define run_use_lock virtual_run_use_lock
#define run_begin virtual_run_begin
#define run_clock virtual_run_clock
#define run_end virtual_run_end
#define run_all virtual_run_all
#define run_one_by_one virtual_run_one_by_one
#define run_check virtual_run_check
#define run_each_s virtual_run_each_s
#define run_figure virtual_run_figure
#define run_text virtual_run_text
#define run_flag virtual_run_flag
#define run_value virtual_run_value
#define run_costs virtual_run_costs
#define task_start virtual_task_start
#define task_join virtual_task_join
#define task_run virtual_task_run
#define task_ended virtual_task_ended
#define task_fail virtual_task_fail

#endif
