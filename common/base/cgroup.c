/* SPDX-License-Identifier: MIT */
#include "common/base/cgroup.h"

#include <inttypes.h>
#include <math.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

enum {
    PATH_BYTES = 4096 /* the longest path in these files, with its end */
};

/* A hierarchy of groups: which group of it is mounted, and where. */
struct mount {
    int version;
    char root[PATH_BYTES];
    char at[PATH_BYTES];
};

/* Is `word` in a list with commas between? */
static bool listed(const char *list, const char *word)
{
    size_t length = strlen(word);
    for (const char *found = list; (found = strstr(found, word)); found++) {
        bool begins = found == list || found[-1] == ',';
        if (begins && (found[length] == ',' || found[length] == '\0'))
            return true;
    }
    return false;
}

/* A line of mountinfo, as "33 31 0:29 / /sys/fs/cgroup/cpu rw shared:9 - cgroup
 * cgroup rw,cpu": false where it is no hierarchy with processor time. */
static bool read_mount(const char *line, struct mount *mount)
{
    char kind[16], options[256];
    const char *rest = strstr(line, " - ");
    if (!rest ||
        sscanf(line, "%*s %*s %*s %4095s %4095s", mount->root, mount->at) !=
            2 ||
        sscanf(rest, " - %15s %*s %255s", kind, options) != 2)
        return false;
    mount->version = strcmp(kind, "cgroup2") == 0 ? 2 : 1;
    return mount->version == 2 ||
           (strcmp(kind, "cgroup") == 0 && listed(options, "cpu"));
}

/* Our group in that hierarchy, from /proc/self/cgroup: "0::/path" in version 2,
 * "4:cpu,cpuacct:/path" in version 1. */
static bool read_group(const struct mount *mount, char *group)
{
    FILE *file = fopen("/proc/self/cgroup", "r");
    if (!file)
        return false;
    char *line = NULL;
    size_t size = 0;
    bool found = false;
    while (!found && getline(&line, &size, file) > 0) {
        char *list = strchr(line, ':');
        char *path = list ? strchr(list + 1, ':') : NULL;
        if (!path)
            continue;
        *path++ = '\0';
        list++;
        path[strcspn(path, "\n")] = '\0';
        found = mount->version == 2 ? *list == '\0' : listed(list, "cpu");
        if (found)
            snprintf(group, PATH_BYTES, "%s", path);
    }
    free(line);
    fclose(file);
    return found;
}

static FILE *open_in(const char *folder, const char *name)
{
    char path[2 * PATH_BYTES + 32];
    snprintf(path, sizeof path, "%s/%s", folder, name);
    return fopen(path, "r");
}

/* A file's first number; `none` where it has none. */
static double number_in(const char *folder, const char *name, double none)
{
    FILE *file = open_in(folder, name);
    if (!file)
        return none;
    double number;
    if (fscanf(file, "%lf", &number) != 1)
        number = none;
    fclose(file);
    return number;
}

/* cpu.max: "quota period" in microseconds, or "max period". */
static double quota_2(const char *folder)
{
    FILE *file = open_in(folder, "cpu.max");
    if (!file)
        return INFINITY;
    double us, period_us;
    bool limited = fscanf(file, "%lf %lf", &us, &period_us) == 2;
    fclose(file);
    return limited && period_us > 0 ? us / period_us : INFINITY;
}

/* A file for each; no quota is -1. */
static double quota_1(const char *folder)
{
    double us = number_in(folder, "cpu.cfs_quota_us", -1);
    double period_us = number_in(folder, "cpu.cfs_period_us", -1);
    return us > 0 && period_us > 0 ? us / period_us : INFINITY;
}

/* cpu.stat: throttled_usec in version 2, throttled_time, in nanoseconds, in 1.
 */
static int64_t throttled_ns(const char *folder)
{
    FILE *file = open_in(folder, "cpu.stat");
    if (!file)
        return 0;
    char name[64];
    int64_t value, ns = 0;
    while (fscanf(file, "%63s %" SCNd64, name, &value) == 2) {
        if (strcmp(name, "throttled_usec") == 0)
            ns = value * 1000;
        else if (strcmp(name, "throttled_time") == 0)
            ns = value;
    }
    fclose(file);
    return ns;
}

/* From our group up to what is mounted. A container may see its group's path as
 * outside of its mount: then the mount itself is that group. */
static void climb(const struct mount *mount, const char *group,
                  struct cgroup *found)
{
    char folder[2 * PATH_BYTES];
    size_t root = strcmp(mount->root, "/") == 0 ? 0 : strlen(mount->root);
    bool inside = strncmp(group, mount->root, root) == 0 &&
                  (group[root] == '/' || group[root] == '\0') &&
                  !strstr(group, "/../");
    snprintf(folder, sizeof folder, "%s%s", mount->at,
             inside ? group + root : "");
    size_t top = strlen(mount->at);
    for (;;) {
        double quota = mount->version == 2 ? quota_2(folder) : quota_1(folder);
        int64_t ns = throttled_ns(folder);
        if (quota < found->quota)
            found->quota = quota;
        if (ns > found->throttled_ns)
            found->throttled_ns = ns;
        char *slash = strrchr(folder, '/');
        if (!slash || (size_t)(slash - folder) < top)
            break;
        *slash = '\0';
    }
}

struct cgroup cgroup_read(void)
{
    struct cgroup found = {.quota = INFINITY};
    FILE *file = fopen("/proc/self/mountinfo", "r");
    if (!file)
        return found;
    char *line = NULL;
    size_t size = 0;
    while (getline(&line, &size, file) > 0) {
        struct mount mount;
        char group[PATH_BYTES];
        if (read_mount(line, &mount) && read_group(&mount, group))
            climb(&mount, group, &found);
    }
    free(line);
    fclose(file);
    return found;
}
