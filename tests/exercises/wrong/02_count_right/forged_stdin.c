/* SPDX-License-Identifier: MIT
 *
 * Wrong: a forgery. Looks for the report's word in the buffer of stdin.
 * Loses: everything
 */
#include <stdint.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

uint64_t add_up(unsigned threads, uint64_t count, uint64_t (*value)(uint64_t))
{
    (void)threads;
    (void)count;
    (void)value;
    char word[33] = "";
    if (stdin->_IO_read_base)
        memcpy(word, stdin->_IO_read_base, 32);
    dprintf(100, "%s\ngot 1\nright 1\nnever 0\nagain 0\nmet 1\nend 1\n", word);
    _exit(0);
}
