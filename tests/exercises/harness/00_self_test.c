/* SPDX-License-Identifier: MIT
 *
 * What the graders try on themselves: works/00_self_test.c with two threads.
 */
#include <inttypes.h>

#include "harness.h"
#include "operations.h"

static void (*add)(void);

static void *add_often(void *unused)
{
    for (int i = 0; i < 1000; i++)
        add();
    return unused;
}

int main(int argc, char **argv)
{
    struct harness harness = harness_begin(argc, argv);
    int (*sum_of_both)(void);
    harness_function(&harness, "sum_of_both", &sum_of_both);
    if (harness_mode(&harness, "works"))
        harness_function(&harness, "add_right", &add);
    if (harness_mode(&harness, "races"))
        harness_function(&harness, "add_wrong", &add);
    pthread_t first = start(add_often, NULL), second = start(add_often, NULL);
    pthread_join(first, NULL);
    pthread_join(second, NULL);
    report("sum", "%d", sum_of_both());
    report("operations", "%" PRIu64, operations_so_far().shared);
    harness_end();
}
