/* SPDX-License-Identifier: MIT
 *
 * A libFuzzer target: the command line of all labs. The first byte of an input
 * says which groups of options the lab has, the rest is its arguments, one a
 * line. A mistake ends the program, so exit() is wrapped and comes back here.
 */
#include <getopt.h>
#include <setjmp.h>
#include <stdlib.h>
#include <string.h>

#include "common/lab/options.h"

enum {
    MOST_ARGUMENTS = 64
};

static jmp_buf mistake;
static bool running;

_Noreturn void __real_exit(int status);
_Noreturn void __wrap_exit(int status);
int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

void __wrap_exit(int status)
{
    if (!running)
        __real_exit(status);
    if (status != 0 && status != 2)
        abort();
    longjmp(mistake, 1);
}

/* What was accepted is within what --help promises. */
static void check(const struct options *options)
{
    if (options->tasks < 1 || options->tasks > 100000 ||
        !(options->seconds >= 0.001 && options->seconds <= 86400) ||
        !(options->latency_s >= 0 && options->latency_s <= 3600) ||
        options->timeout_s < 1 || options->timeout_s > 3600 ||
        options->rounds < 1 || options->rate_bytes_s > INT32_MAX ||
        options->link_bytes_s > INT32_MAX || options->count > INT64_MAX ||
        options->size_bytes > INT64_MAX || !options->lock.policy)
        abort();
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    static const struct program program = {"fuzz", "Is every mistake found?"};
    char *argv[MOST_ARGUMENTS + 2] = {(char[]){"fuzz"}};
    int argc = 1;
    if (size == 0)
        return 0;
    char *text = calloc(size, 1);
    memcpy(text, data + 1, size - 1);
    for (char *line = strtok(text, "\n"); line && argc <= MOST_ARGUMENTS;
         line = strtok(NULL, "\n"))
        argv[argc++] = line;
    optind = 0;
    running = true;
    if (setjmp(mistake) == 0) {
        struct options options =
            options_read(&program, data[0], NULL, 0, argc, argv);
        check(&options);
    }
    running = false;
    free(text);
    return 0;
}
