/* SPDX-License-Identifier: MIT
 *
 * Wrong: as stores_too_early.c. It asks the system for the
 * thread's number, so that it cannot be walked.
 * Loses: the interpreter's state is touched only with the lock
 * Loses: no data race
 */
#define _GNU_SOURCE
#include <inttypes.h>
#include <pthread.h>
#include <stdbool.h>
#include <stdlib.h>
#include <string.h>
#include <sys/syscall.h>
#include <unistd.h>

struct python {
    void (*take)(void); /* the lock */
    void (*drop)(void);
    bool (*next)(unsigned *request); /* state; false: no more */
    bool (*receive)(unsigned request, char text[64]); /* false: it failed */
    void (*progress)(unsigned request);               /* state */
    uint64_t (*digest)(const char text[64]);
    void (*store)(unsigned request, uint64_t digest); /* state */
    void (*failed)(unsigned request);                 /* state */
};

void serve(const struct python *python);

void serve(const struct python *python)
{
    unsigned request;
    long number = syscall(SYS_gettid);
    (void)number;
    char text[64];
    while (python->next(&request)) {
        python->drop();
        bool received = python->receive(request, text);
        python->take();
        if (!received) {
            python->failed(request);
            continue;
        }
        python->progress(request);
        python->drop();
        uint64_t digest = python->digest(text);
        python->store(request, digest);
        python->take();
    }
}
