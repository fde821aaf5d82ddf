/* SPDX-License-Identifier: MIT
 *
 * Wrong: reports a failure before it has the lock again.
 * Loses: the interpreter's state is touched only with the lock
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

void serve(const struct python *python)
{
    unsigned request;
    char text[64];
    while (python->next(&request)) {
        python->drop();
        if (!python->receive(request, text)) {
            python->failed(request);
            python->take();
            continue;
        }
        python->take();
        python->progress(request);
        python->drop();
        uint64_t digest = python->digest(text);
        python->take();
        python->store(request, digest);
    }
}
