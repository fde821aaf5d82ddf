/* SPDX-License-Identifier: MIT
 *
 * Labs 13 and 14 as one program for a page (make explore): WebAssembly, made by
 * emscripten. Its name, argv[0], says which lab it is.
 */
#include <emscripten.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

int lab_13(int argc, char **argv);
int lab_14(int argc, char **argv);

/* A page has one clock. The labs read it only to see that there is one. */
int clock_gettime(clockid_t clock, struct timespec *now)
{
    double ms = emscripten_get_now();
    (void)clock;
    now->tv_sec = (time_t)(ms / 1000);
    now->tv_nsec = (long)((ms - 1000.0 * (double)now->tv_sec) * 1e6);
    return 0;
}

/* exit() and not return: main is left, and entered again, at each switch of a
 * coroutine, and what it returns is lost. */
int main(int argc, char **argv)
{
    exit(strncmp(argv[0], "13", 2) == 0 ? lab_13(argc, argv)
                                        : lab_14(argc, argv));
}
