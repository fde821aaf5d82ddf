/* SPDX-License-Identifier: MIT
 *
 * build/local_server: the labs' server as a program of its own, to point curl,
 * a browser or a lab's --url at. Prints its address, serves until standard
 * input ends (Ctrl-D), then prints what it saw.
 */
#include <inttypes.h>
#include <stdio.h>
#include <sys/stat.h>
#include <unistd.h>

#include "common/base/fail.h"
#include "common/lab/lab.h"
#include "common/lab/screen.h"
#include "common/net/server.h"

static const struct lab program = {
    .name = "local_server",
    .question = "the labs' server, until standard input ends",
    .options = OPTIONS_SERVER,
};

/* The end of a file, or of /dev/null, is there from the beginning. */
static void check_input(void)
{
    struct stat input;
    if (isatty(STDIN_FILENO) ||
        (fstat(STDIN_FILENO, &input) == 0 &&
         (S_ISFIFO(input.st_mode) || S_ISSOCK(input.st_mode))))
        return;
    fail("standard input is no terminal and no pipe: the server runs until "
         "that ends (try: sleep 1h | local_server)");
}

int main(int argc, char **argv)
{
    struct options options = lab_begin(&program, argc, argv);
    struct server_config config = {
        .rate_bytes_s = options.rate_bytes_s,
        .link_bytes_s = options.link_bytes_s,
        .latency_s = options.latency_s,
    };
    check_input();
    char address[48];
    int listener = server_listen(address, sizeof address);
    printf("%s\n", address);
    finish_output();
    struct server_counts counts =
        server_run(listener, STDIN_FILENO, "", &config);
    printf("{\"requests\": %" PRIu64 ", \"at_once\": %" PRIu64 "}\n",
           counts.requests, counts.at_once);
    finish_output();
    return 0;
}
