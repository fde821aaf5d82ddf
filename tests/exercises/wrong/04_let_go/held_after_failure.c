/* SPDX-License-Identifier: MIT
 *
 * Wrong: keeps the lock for all I/O after the first failure.
 * Loses: all threads wait for I/O at the same time
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
    bool let_go = true;
    while (python->next(&request)) {
        if (let_go)
            python->drop();
        bool ok = python->receive(request, text);
        if (let_go)
            python->take();
        if (!ok) {
            python->failed(request);
            let_go = false;
            continue;
        }
        python->progress(request);
        python->drop();
        uint64_t digest = python->digest(text);
        python->take();
        python->store(request, digest);
    }
}
