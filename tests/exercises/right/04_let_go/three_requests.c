/* SPDX-License-Identifier: MIT
 *
 * Right: takes three requests at a time, and drops the lock once for all three
 * texts.
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

enum {
    MOST = 3
};

void serve(const struct python *python)
{
    unsigned request[MOST];
    char text[MOST][64];
    uint64_t digest[MOST];
    bool received[MOST];
    unsigned n;
    do {
        n = 0;
        while (n < MOST && python->next(&request[n]))
            n++;
        python->drop();
        for (unsigned i = 0; i < n; i++)
            received[i] = python->receive(request[i], text[i]);
        python->take();
        for (unsigned i = 0; i < n; i++)
            if (received[i])
                python->progress(request[i]);
            else
                python->failed(request[i]);
        python->drop();
        for (unsigned i = 0; i < n; i++)
            digest[i] = received[i] ? python->digest(text[i]) : 0;
        python->take();
        for (unsigned i = 0; i < n; i++)
            if (received[i])
                python->store(request[i], digest[i]);
    } while (n == MOST);
}
