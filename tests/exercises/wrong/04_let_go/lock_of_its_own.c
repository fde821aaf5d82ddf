/* SPDX-License-Identifier: MIT
 *
 * Wrong: guards the state with another mutex than everybody else.
 * Loses: the interpreter's state is touched only with the lock
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

void serve(const struct python *python)
{
    unsigned request;
    char text[64];
    python->drop();
    for (;;) {
        pthread_mutex_lock(&mutex);
        bool more = python->next(&request);
        pthread_mutex_unlock(&mutex);
        if (!more)
            break;
        bool received = python->receive(request, text);
        pthread_mutex_lock(&mutex);
        if (received)
            python->progress(request);
        else
            python->failed(request);
        pthread_mutex_unlock(&mutex);
        if (!received)
            continue;
        uint64_t digest = python->digest(text);
        pthread_mutex_lock(&mutex);
        python->store(request, digest);
        pthread_mutex_unlock(&mutex);
    }
    python->take();
}
