/* SPDX-License-Identifier: MIT
 *
 * Wrong: one text for all threads, with a mutex that only one of them has.
 * Loses: all threads wait for I/O at the same time
 * Loses: all threads compute at the same time
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

static pthread_mutex_t mutex = PTHREAD_MUTEX_INITIALIZER;
static char text[64];

void serve(const struct python *python)
{
    unsigned request;
    while (python->next(&request)) {
        python->drop();
        pthread_mutex_lock(&mutex);
        uint64_t digest = 0;
        bool received = python->receive(request, text);
        if (received)
            digest = python->digest(text);
        pthread_mutex_unlock(&mutex);
        python->take();
        if (!received) {
            python->failed(request);
            continue;
        }
        python->progress(request);
        python->store(request, digest);
    }
}
