/* SPDX-License-Identifier: MIT */
#include "common/lab/json.h"

#include <stdio.h>
#include <stdlib.h>

#include "common/base/fail.h"
#include "common/base/file.h"

enum {
    DIGITS = 9 /* of a number: nanoseconds of a second */
};

void json_write(json_t *json, const char *path)
{
    char *text = json_dumps(json, JSON_INDENT(2) | JSON_REAL_PRECISION(DIGITS));
    json_decref(json);
    if (!text)
        fail("out of memory for the JSON");
    if (!path[0]) {
        puts(text);
    } else {
        struct file_output output = file_create(path);
        fprintf(output.file, "%s\n", text);
        file_finish(&output);
    }
    free(text);
}
