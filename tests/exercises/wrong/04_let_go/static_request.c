/* SPDX-License-Identifier: MIT
 *
 * Wrong: all threads have one variable for the number of the request.
 * Loses: every request is stored once, with its own digest
 * Loses: failures are reported, and the lock is held where it should be
 * Loses: no data race
 */
#include <stdbool.h>
#include <stdint.h>

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
    static unsigned request;
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
        python->store(request, digest);
    }
}
