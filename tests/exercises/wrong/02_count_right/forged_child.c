/* SPDX-License-Identifier: MIT
 *
 * Wrong: a forgery. A child waits for the report, reads the word in it and
 * writes another report in its place.
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
    if (fork() != 0)
        return 0;
    char word[33] = "";
    int fd = open("/proc/self/fd/100", O_RDONLY);
    while (fd != -1 && pread(fd, word, 32, 0) != 32)
        ;
    if (ftruncate(100, 0) == 0)
        dprintf(100, "%s\ngot 1\nright 1\nnever 0\nagain 0\nmet 1\nend 1\n",
                word);
    _exit(0);
}
