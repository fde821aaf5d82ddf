/* SPDX-License-Identifier: MIT
 *
 * A ticket has 8 bits, and what is served has more.
 */
#include <pthread.h>
#include <sched.h>
#include <stdatomic.h>
#include <stdint.h>

static _Atomic uint8_t next;
static _Atomic unsigned serving;

static void take(void)
{
    uint8_t ticket = next++;
    while (serving != ticket)
        sched_yield();
}

static void drop(void)
{
    serving++;
}

static void *come_often(void *with)
{
    for (int i = 0; i < 130; i++) {
        take();
        drop();
    }
    return with;
}

int main(void)
{
    pthread_t thread[2];
    for (int i = 0; i < 2; i++)
        pthread_create(&thread[i], NULL, come_often, NULL);
    for (int i = 0; i < 2; i++)
        pthread_join(thread[i], NULL);
    return 0;
}
