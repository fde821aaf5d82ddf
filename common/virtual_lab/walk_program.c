/* SPDX-License-Identifier: MIT
 *
 * Every order of the steps of somebody's program. scripts/walk compiles it into
 * a shared object and gives it to this program:
 *
 *     build/walk --program FILE.so --name bad.c [OPTION]...
 *
 * Thread 1 is the program's main(). Each execution begins with the variables
 * that the program has when it is loaded, and what it prints goes nowhere.
 */
#include <dlfcn.h>
#include <fcntl.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

#include "common/base/fail.h"
#include "common/virtual/crashes.h"
#include "common/virtual/image.h"
#include "common/virtual/silence.h"
#include "common/virtual/sync.h"
#include "common/virtual_lab/walks.h"

static const char *file, *name = "the program";
static struct image *image;
static int (*its_main)(int count, char **arguments);

static void begin(void *with)
{
    (void)with;
    silence_begin();
    image_restore(image);
    optind = 0; /* getopt() begins anew */
}

static void after(void *with)
{
    (void)with;
    silence_end();
}

static void body(void *with, unsigned thread)
{
    char argument[200];
    char *arguments[] = {argument, NULL};
    (void)with;
    (void)thread;
    snprintf(argument, sizeof argument, "%s", name);
    int status = its_main(1, arguments);
    if (status)
        orders_fail("main returns %d", status);
    virtual_quit(0, VIRTUAL_HERE);
}

/* What assert() calls. */
_Noreturn void __assert_fail(const char *assertion, const char *path,
                             unsigned line, const char *function);
_Noreturn void __assert_fail(const char *assertion, const char *path,
                             unsigned line, const char *function)
{
    char text[200];
    (void)function;
    snprintf(text, sizeof text, "finds that this is not so: %s", assertion);
    if (!virtual_me)
        fail("%s:%u: %s", path, line, text);
    crashes_end(text, (struct virtual_place){path, line});
}

static void load(void)
{
    void *program = dlopen(file, RTLD_NOW | RTLD_LOCAL);
    if (!program)
        fail("cannot load %s: %s", file, dlerror());
    void *found = dlsym(program, "main");
    if (!found)
        fail_usage("%s has no main()", name);
    memcpy(&its_main, &found, sizeof its_main);
    image = image_new(found);
    if (!image)
        fail("this system does not tell where a program's variables are");
    if (image_shares_thread_locals(image))
        fail_usage(
            "%s has _Thread_local variables: all threads of a walk would "
            "share them",
            name);
}

static struct option_row rows[] = {
    {.name = "program",
     .value = "FILE",
     .help = "the program, as a shared object",
     .kind = OPTION_TEXT,
     .into = &file},
    {.name = "name",
     .value = "NAME",
     .help = "what it is called",
     .kind = OPTION_TEXT,
     .into = &name},
};

static const struct lab lab = {
    .name = "walk",
    .question = "Is this program right in every order of its steps?",
};

int main(int argc, char **argv)
{
    struct walks walks = {
        .bounds = {
            .preemptions = 2, .time_outs = 1, .spurious = 1, .steps = 20000}};
    struct orders_subject subject = {
        .threads = 1, .begin = begin, .after = after, .body = body};
    walks_begin(&walks, &lab, rows, sizeof rows / sizeof *rows, argc, argv);
    if (!file)
        fail_usage("--program FILE is missing: see scripts/walk");
    snprintf(walks.of, WALKS_OF_BYTES, "%s", name);
    close(STDIN_FILENO);
    open("/dev/null", O_RDONLY);
    load();
    crashes_watch();
    return walks_run(&walks, &subject);
}
