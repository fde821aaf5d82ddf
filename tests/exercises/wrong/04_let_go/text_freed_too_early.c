/* SPDX-License-Identifier: MIT
 *
 * Wrong: frees the text before its digest is computed.
 * May lose: every request is stored once, with its own digest
 * Loses: no data race
 */
#include <stdbool.h>
#include <stdint.h>
#include <stdlib.h>

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
    while (python->next(&request)) {
        char *text = malloc(64);
        python->drop();
        bool ok = python->receive(request, text);
        python->take();
        if (!ok) {
            free(text);
            python->failed(request);
            continue;
        }
        python->progress(request);
        python->drop();
        free(text);
        uint64_t digest = python->digest(text);
        python->take();
        python->store(request, digest);
    }
}
