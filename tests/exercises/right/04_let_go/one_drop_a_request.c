/* SPDX-License-Identifier: MIT
 *
 * Right: drops the lock once for both; tells how far it is afterwards.
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
        uint64_t digest = 0;
        python->drop();
        bool received = python->receive(request, text);
        if (received)
            digest = python->digest(text);
        python->take();
        if (received) {
            python->progress(request);
            python->store(request, digest);
        } else {
            python->failed(request);
        }
    }
}
