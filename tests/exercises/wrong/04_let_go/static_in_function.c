/* SPDX-License-Identifier: MIT
 *
 * Wrong: a static text in the function that receives: all threads have the
 * same.
 * Loses: every request is stored once, with its own digest
 * Loses: no data race
 */
#include <inttypes.h>
#include <pthread.h>
#include <stdbool.h>
#include <stdlib.h>
#include <string.h>

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

static char *receive(const struct python *python, unsigned request)
{
    static char text[64];
    python->drop();
    bool received = python->receive(request, text);
    python->take();
    return received ? text : NULL;
}

void serve(const struct python *python)
{
    unsigned request;
    while (python->next(&request)) {
        char *text = receive(python, request);
        if (!text) {
            python->failed(request);
            continue;
        }
        python->progress(request);
        python->drop();
        uint64_t digest = python->digest(text);
        python->take();
        python->store(request, digest);
    }
}
