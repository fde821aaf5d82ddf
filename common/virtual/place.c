/* SPDX-License-Identifier: MIT */
#define _GNU_SOURCE /* dladdr */

#include "common/virtual/place.h"

#ifndef __EMSCRIPTEN__
#include <dlfcn.h>
#endif
#include <stdbool.h>
#include <stdio.h>
#include <string.h>
#include <sys/wait.h>
#include <unistd.h>

#ifdef __EMSCRIPTEN__

/* There are no addresses of code (memory.c), and no addr2line. */
static void find_line(uintptr_t at, char *text, size_t bytes)
{
    snprintf(text, bytes, "%#jx", (uintmax_t)at);
}

#else

/* The line of `address` in `program`, as addr2line prints it. */
static bool ask_addr2line(const char *program, uintptr_t address, char *text,
                          size_t bytes)
{
    char number[2 + 2 * sizeof address + 1];
    snprintf(number, sizeof number, "%#jx", (uintmax_t)address);
    int answer[2];
    if (pipe(answer) != 0)
        return false;
    pid_t child = fork();
    if (child == 0) {
        dup2(answer[1], STDOUT_FILENO);
        close(answer[0]);
        close(answer[1]);
        execlp("addr2line", "addr2line", "-e", program, number, (char *)NULL);
        _exit(127);
    }
    close(answer[1]);
    FILE *line = child > 0 ? fdopen(answer[0], "r") : NULL;
    bool answered = line && fgets(text, (int)bytes, line);
    if (line)
        fclose(line);
    else
        close(answer[0]);
    if (child > 0)
        waitpid(child, NULL, 0);
    char *note = strstr(text, " (discriminator ");
    if (note)
        *note = '\0';
    text[strcspn(text, "\n")] = '\0';
    return answered && text[0] != '?' && !strstr(text, ":?");
}

/* A path from the folder that the program was built in, as in __FILE__. */
static void from_here(char *text)
{
    char folder[4096];
    if (!getcwd(folder, sizeof folder))
        return;
    size_t length = strlen(folder);
    if (strncmp(text, folder, length) == 0 && text[length] == '/')
        memmove(text, text + length + 1, strlen(text + length + 1) + 1);
}

/* The line that belongs to an address. */
static void find_line(uintptr_t at, char *text, size_t bytes)
{
    Dl_info module;
    if (!dladdr((void *)at, &module) || !module.dli_fname) {
        snprintf(text, bytes, "%#jx", (uintmax_t)at);
        return;
    }
    /* The call is before the address it returns to. What is not
     * loaded at an address of the system's choice counts from 0. */
    uintptr_t base = (uintptr_t)module.dli_fbase;
    uintptr_t call = at - 1;
    if (ask_addr2line(module.dli_fname, call - base, text, bytes) ||
        ask_addr2line(module.dli_fname, call, text, bytes))
        from_here(text);
    else
        snprintf(text, bytes, "%s+%#jx", module.dli_fname,
                 (uintmax_t)(call - base));
}

#endif

const char *place_without_folder(const char *text)
{
    const char *slash = strrchr(text, '/');
    return slash ? slash + 1 : text;
}

enum {
    KNOWN = 64 /* lines that need not be asked for again */
};

char *place_text(struct virtual_place place, char *text, size_t bytes)
{
    static struct known {
        uintptr_t at;
        char text[300];
    } lines[KNOWN];
    if (place.file) {
        snprintf(text, bytes, "%s:%ju", place.file, (uintmax_t)place.at);
        return text;
    }
    struct known *line = &lines[place.at % KNOWN];
    if (line->at != place.at) {
        line->at = place.at;
        find_line(place.at, line->text, sizeof line->text);
    }
    snprintf(text, bytes, "%s", line->text);
    return text;
}
