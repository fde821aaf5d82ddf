/* SPDX-License-Identifier: MIT
 *
 * Right: a static text, but one for each thread.
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

static _Thread_local char text[64];

void serve(const struct python *python)
{
    struct python p = *python;
    unsigned request;
    for (;;) {
        if (!p.next(&request))
            break;
        p.drop();
        if (!p.receive(request, text)) {
            p.take();
            p.failed(request);
            continue;
        }
        p.take();
        p.progress(request);
        p.drop();
        uint64_t digest = p.digest(text);
        p.take();
        p.store(request, digest);
    }
}
