/* SPDX-License-Identifier: MIT
 *
 * Wrong: takes a digest of 0 for a failure.
 * Loses: every request is stored once, with its own digest
 * Loses: no data race
 */
#include <inttypes.h>
#include <pthread.h>
#include <stdbool.h>

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

/* 0 if nothing was received. */
static uint64_t handle(const struct python *python, unsigned request)
{
    char text[64];
    uint64_t value = 0;
    python->drop();
    bool received = python->receive(request, text);
    python->take();
    if (received) {
        python->progress(request);
        python->drop();
        value = python->digest(text);
        python->take();
    }
    return value;
}

void serve(const struct python *python)
{
    unsigned request;
    while (python->next(&request)) {
        uint64_t value = handle(python, request);
        if (value)
            python->store(request, value);
        else
            python->failed(request);
    }
}
