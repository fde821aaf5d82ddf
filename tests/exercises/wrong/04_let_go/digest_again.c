/* SPDX-License-Identifier: MIT
 *
 * Wrong: computes each digest a second time, to be sure, with the lock held.
 * Loses: all threads compute at the same time
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

void serve(const struct python *python)
{
    unsigned request;
    char text[64];
    while (python->next(&request)) {
        python->drop();
        bool ok = python->receive(request, text);
        python->take();
        if (!ok) {
            python->failed(request);
            continue;
        }
        python->progress(request);
        python->drop();
        uint64_t digest = python->digest(text);
        python->take();
        if (digest != python->digest(text))
            digest = python->digest(text);
        python->store(request, digest);
    }
}
