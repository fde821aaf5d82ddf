/* SPDX-License-Identifier: MIT
 *
 * A queue lock (Craig, Landin, Hagersten): each waits for the one before.
 */
#include <assert.h>
#include <pthread.h>
#include <stdatomic.h>
#include <stdlib.h>

struct node {
    atomic_int held;
};

static struct node free_at_first;
static _Atomic(struct node *) last = &free_at_first;
static struct node *holder; /* the lock guards it */

static void take(void)
{
    struct node *node = malloc(sizeof *node);
    atomic_init(&node->held, 1);
    struct node *before = atomic_exchange(&last, node);
    while (atomic_load_explicit(&before->held, memory_order_acquire))
        ;
    holder = node;
}

static void drop(void)
{
    atomic_store_explicit(&holder->held, 0, memory_order_release);
}

static int counter;

static void *work(void *with)
{
    for (int i = 0; i < 2; i++) {
        take();
        counter++;
        drop();
    }
    return with;
}

int main(void)
{
    pthread_t thread[2];
    for (int i = 0; i < 2; i++)
        pthread_create(&thread[i], NULL, work, NULL);
    for (int i = 0; i < 2; i++)
        pthread_join(thread[i], NULL);
    assert(counter == 4);
    return 0;
}
