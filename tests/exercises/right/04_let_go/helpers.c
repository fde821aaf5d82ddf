/* SPDX-License-Identifier: MIT
 *
 * Right: each call without the lock has a function of its own.
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

static bool receive(const struct python *python, unsigned request, char *text)
{
    python->drop();
    bool received = python->receive(request, text);
    python->take();
    return received;
}

static uint64_t digest(const struct python *python, const char *text)
{
    python->drop();
    uint64_t digest = python->digest(text);
    python->take();
    return digest;
}

static void serve_one(const struct python *python, unsigned request)
{
    char text[64];
    if (!receive(python, request, text)) {
        python->failed(request);
        return;
    }
    python->progress(request);
    python->store(request, digest(python, text));
}

void serve(const struct python *python)
{
    for (unsigned request; python->next(&request);)
        serve_one(python, request);
}
