/* SPDX-License-Identifier: MIT
 *
 * How long a thread of this machine takes to wake up, while another thread is
 * busy: what a hand-off of the interpreter lock costs.
 */
#ifndef RUN_WAKEUP_H
#define RUN_WAKEUP_H

#include <stdint.h>

struct wakeup {
    int64_t signal_ns; /* from the signal until the thread runs */
    int64_t late_ns;   /* from the end of a wait of 5 ms until it runs */
};

/* The medians of 11 tries each, in a tenth of a second. */
struct wakeup wakeup_measure(void);

#endif
