/* SPDX-License-Identifier: MIT
 *
 * A queue with a lock at each end.
 */
#include <assert.h>
#include <pthread.h>
#include <stdatomic.h>
#include <stdlib.h>

struct node {
    _Atomic(struct node *) next;
    int value;
};

static pthread_mutex_t head_lock = PTHREAD_MUTEX_INITIALIZER;
static pthread_mutex_t tail_lock = PTHREAD_MUTEX_INITIALIZER;
static struct node first;
static struct node *head = &first, *tail = &first;

static void *put(void *with)
{
    struct node *node = calloc(1, sizeof *node);
    node->value = 1;
    pthread_mutex_lock(&tail_lock);
    tail->next = node;
    tail = node;
    pthread_mutex_unlock(&tail_lock);
    return with;
}

static int get(void)
{
    int value = 0;
    pthread_mutex_lock(&head_lock);
    struct node *next = head->next;
    if (next) {
        value = next->value;
        head = next;
    }
    pthread_mutex_unlock(&head_lock);
    return value;
}

int main(void)
{
    pthread_t thread[2];
    for (int i = 0; i < 2; i++)
        pthread_create(&thread[i], NULL, put, NULL);
    int sum = get();
    for (int i = 0; i < 2; i++)
        pthread_join(thread[i], NULL);
    sum += get();
    sum += get();
    assert(sum == 2);
    return 0;
}
