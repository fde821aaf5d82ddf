/* SPDX-License-Identifier: MIT
 *
 * Wrong: a forgery. Takes every word of 32 hexadecimal digits that it finds in
 * memory for the report's.
 * Loses: everything
 */
#include <ctype.h>
#include <stdint.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

uint64_t add_up(unsigned threads, uint64_t count, uint64_t (*value)(uint64_t))
{
    (void)threads;
    (void)count;
    (void)value;
    char line[512];
    FILE *maps = fopen("/proc/self/maps", "r");
    while (maps && fgets(line, sizeof line, maps)) {
        unsigned long from, to;
        if (sscanf(line, "%lx-%lx rw", &from, &to) != 2 ||
            !strstr(line, " rw") || to - from > 1 << 24)
            continue;
        unsigned digits = 0;
        for (const char *at = (const char *)from; at < (const char *)to; at++) {
            digits = isxdigit((unsigned char)*at) ? digits + 1 : 0;
            if (digits >= 32)
                dprintf(100, "%.32s\ngot 1\nright 1\nnever 0\nagain 0\nend 1\n",
                        at - 31);
        }
    }
    _exit(0);
}
