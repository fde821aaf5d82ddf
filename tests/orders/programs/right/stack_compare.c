/* SPDX-License-Identifier: MIT
 *
 * A stack that is pushed to with compare_exchange.
 */
#include <assert.h>
#include <pthread.h>
#include <stdatomic.h>
#include <stdlib.h>

struct node {
    struct node *below;
    int value;
};

static _Atomic(struct node *) top;

static void *push(void *with)
{
    struct node *node = malloc(sizeof *node);
    node->value = 1;
    node->below = top;
    while (!atomic_compare_exchange_weak(&top, &node->below, node))
        ;
    return with;
}

int main(void)
{
    pthread_t thread[2];
    int sum = 0;
    for (int i = 0; i < 2; i++)
        pthread_create(&thread[i], NULL, push, NULL);
    for (int i = 0; i < 2; i++)
        pthread_join(thread[i], NULL);
    for (struct node *node = top; node;) {
        struct node *below = node->below;
        sum += node->value;
        free(node);
        node = below;
    }
    assert(sum == 2);
    return 0;
}
