/* SPDX-License-Identifier: MIT
 *
 * Known to be good, as a whole program: downloads one address.
 */
#include <inttypes.h>
#include <stdio.h>

#include <curl/curl.h>

#include "common/net/download.h"

int main(int argc, char **argv)
{
    struct task task = {.number = 1};
    struct mirror mirror = {.url = argv[argc - 1],
                            .shown = argv[argc - 1],
                            .local = true,
                            .timeout_s = 20};
    curl_global_init(CURL_GLOBAL_DEFAULT);
    download(&task, &mirror);
    printf("%" PRIu64 " bytes\n", task.result);
    curl_global_cleanup();
    return 0;
}
