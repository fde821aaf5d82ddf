/* SPDX-License-Identifier: MIT
 *
 * A queue lock (Mellor-Crummey and Scott): each waits for its own flag.
 */
#include <assert.h>
#include <pthread.h>
#include <stdatomic.h>
#include <stdlib.h>

struct node {
    _Atomic(struct node *) next;
    atomic_int waits;
};

static _Atomic(struct node *) last;
static struct node *holder; /* the lock guards it */

static void take(void)
{
    struct node *node = calloc(1, sizeof *node);
    node->waits = 1;
    struct node *before = atomic_exchange(&last, node);
    if (before) {
        before->next = node;
        while (node->waits)
            ;
    }
    holder = node;
}

static void drop(void)
{
    struct node *node = holder, *mine = node;
    if (!node->next && !atomic_compare_exchange_strong(&last, &mine, NULL))
        while (!node->next)
            ;
    if (node->next)
        node->next->waits = 0;
    free(node);
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
