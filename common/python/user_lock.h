/* SPDX-License-Identifier: MIT
 *
 * A lock of the Python user's own: threading.Lock. A thread that has to wait
 * for it drops the interpreter lock meanwhile. Else the thread that has the
 * user's lock could never run, and never release it.
 */
#ifndef PYTHON_USER_LOCK_H
#define PYTHON_USER_LOCK_H

#include <pthread.h>

#include "common/gil/gil.h"

struct user_lock {
    pthread_mutex_t mutex;
};

#define USER_LOCK_INIT ((struct user_lock){PTHREAD_MUTEX_INITIALIZER})

/* `me` holds the interpreter lock before and after. */
static inline void user_lock_acquire(struct user_lock *lock,
                                     struct gil_thread *me)
{
    if (pthread_mutex_trylock(&lock->mutex) == 0)
        return;
    gil_drop(me);
    pthread_mutex_lock(&lock->mutex);
    gil_take(me);
}

static inline void user_lock_release(struct user_lock *lock)
{
    pthread_mutex_unlock(&lock->mutex);
}

#endif
