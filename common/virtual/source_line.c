/* SPDX-License-Identifier: MIT */
#include "common/virtual/source_line.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

/* Read line `number` into `text`; what does not fit is left out. */
static bool read_line(FILE *file, long number, char *text, size_t bytes)
{
    for (long line = 1; fgets(text, (int)bytes, file);) {
        bool ends = strchr(text, '\n');
        if (line == number)
            return true;
        line += ends;
    }
    return false;
}

bool source_line(const char *place, char *text, size_t bytes)
{
    char path[400];
    const char *colon = strrchr(place, ':');
    if (!colon || (size_t)(colon - place) >= sizeof path)
        return false;
    snprintf(path, sizeof path, "%.*s", (int)(colon - place), place);
    FILE *file = fopen(path, "r");
    if (!file)
        return false;
    bool found = read_line(file, strtol(colon + 1, NULL, 10), text, bytes);
    fclose(file);
    if (!found)
        return false;
    size_t blanks = strspn(text, " \t");
    memmove(text, text + blanks, strlen(text + blanks) + 1);
    text[strcspn(text, "\r\n")] = '\0';
    return *text;
}
