/* SPDX-License-Identifier: MIT */
#include "common/base/number.h"

#include <ctype.h>
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

/* strtoull alone would take " 3", "+3" and "-3". */
static bool digits(const char *text, char **end, uint64_t *value)
{
    if (!isdigit((unsigned char)text[0]))
        return false;
    errno = 0;
    *value = strtoull(text, end, 10);
    return errno == 0;
}

bool number_whole(const char *text, uint64_t *value)
{
    char *end;
    return digits(text, &end, value) && *end == '\0';
}

/* The kit calls setlocale() nowhere, so strtod() wants a point. */
bool number_seconds(const char *text, double *value)
{
    if (!text[0] || strspn(text, "0123456789.") != strlen(text))
        return false;
    char *end;
    *value = strtod(text, &end);
    return *end == '\0' && end != text;
}

bool number_bytes(const char *text, uint64_t *value)
{
    static const struct {
        const char *suffix;
        uint64_t factor;
    } unit[] = {
        {"", 1},
        {"k", 1000},
        {"M", 1000000},
        {"G", 1000000000},
        {"Ki", 1ULL << 10},
        {"Mi", 1ULL << 20},
        {"Gi", 1ULL << 30},
    };
    char *end;
    uint64_t number;
    if (!digits(text, &end, &number))
        return false;
    for (size_t i = 0; i < sizeof unit / sizeof unit[0]; i++) {
        if (strcmp(end, unit[i].suffix) != 0)
            continue;
        *value = number * unit[i].factor;
        return number <= UINT64_MAX / unit[i].factor;
    }
    return false;
}

void number_of(char *text, size_t bytes, double number, int digits,
               const char *noun)
{
    char written[32];
    snprintf(written, sizeof written, "%.*g", digits, number);
    snprintf(text, bytes, "%s %s%s", written, noun,
             strcmp(written, "1") == 0 ? "" : "s");
}
