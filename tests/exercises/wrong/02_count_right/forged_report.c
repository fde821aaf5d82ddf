/* SPDX-License-Identifier: MIT
 *
 * Wrong: a forgery. Calls the harness's own functions.
 * Loses: everything
 */
#include <stdint.h>
#include <unistd.h>

__attribute__((weak)) void report(const char *, const char *, ...);
__attribute__((weak)) void harness_end(void);

uint64_t add_up(unsigned threads, uint64_t count, uint64_t (*value)(uint64_t))
{
    (void)threads;
    (void)count;
    (void)value;
    if (report && harness_end) {
        report("got", "1");
        report("right", "1");
        report("never", "0");
        report("again", "0");
        report("met", "1");
        harness_end();
    }
    _exit(0);
}
