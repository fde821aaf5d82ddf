/* SPDX-License-Identifier: MIT */
#include "common/lab/lab.h"

#include <errno.h>
#include <fcntl.h>
#include <inttypes.h>
#include <signal.h>
#include <stddef.h>
#include <string.h>
#include <unistd.h>

#include "common/base/fail.h"
#include "common/base/file.h"
#include "common/base/timing.h"
#include "common/lab/learner.h"
#include "common/lab/progress.h"
#include "common/lab/screen.h"
#include "common/run/calibrate.h"

/* A program started with a standard descriptor closed would get a socket
 * there. Opened the wrong way round, so that using it is an error still. */
static void open_standard_descriptors(void)
{
    for (int fd = 0; fd <= 2; fd++)
        if (fcntl(fd, F_GETFD) == -1 && errno == EBADF)
            (void)open("/dev/null", fd == 0 ? O_WRONLY : O_RDONLY);
}

/* End by the same signal, so that a shell shows 128 + signal. The server and
 * other children see the end of their sockets. */
static void interrupted(int signal_number)
{
    screen_restore();
    signal(signal_number, SIG_DFL);
    raise(signal_number);
}

static void set_signals(void)
{
    signal(SIGPIPE, SIG_IGN);
#ifdef SIGXFSZ
    signal(SIGXFSZ, SIG_IGN); /* a limit on file sizes is a write error too */
#endif
    static const int ending[] = {SIGINT, SIGTERM, SIGHUP};
    for (size_t i = 0; i < sizeof ending / sizeof ending[0]; i++) {
        struct sigaction action;
        sigaction(ending[i], NULL, &action);
        if (action.sa_handler == SIG_IGN) /* as nohup and scripts ask for */
            continue;
        action = (struct sigaction){.sa_handler = interrupted};
        sigemptyset(&action.sa_mask);
        sigaction(ending[i], &action, NULL);
    }
}

bool lab_outputs(const char **json, const char *name, const char **file)
{
    if (*json && (*json)[0])
        file_check(*json);
    if (*file)
        file_check(*file);
    if (*json && (*json)[0] && file_is_stdout(*json))
        *json = "";
    bool json_here = *json && !(*json)[0];
    bool file_here = *file && file_is_stdout(*file);
    if (*json && *file && (json_here ? file_here : file_same(*json, *file)))
        fail_usage("--%s and --json name the same file: '%.200s'", name, *file);
    if (file_here)
        *file = "-";
    screen_quiet(json_here || file_here);
    return json_here || file_here;
}

struct options lab_begin(const struct lab *lab, int argc, char **argv)
{
    return lab_begin_with(lab, NULL, 0, argc, argv);
}

struct options lab_begin_with(const struct lab *lab, struct option_row *extra,
                              size_t extras, int argc, char **argv)
{
    const struct program program = {lab->name, lab->question};
    fail_name(lab->name);
    fail_print_with(screen_message);
    learner_begin(argv[0]);
    open_standard_descriptors();
    set_signals();
    progress_show();
    struct options options =
        options_read(&program, lab->options, extra, extras, argc, argv);
    lab_outputs(&options.json, "trace", &options.trace);
    if (!clocks_work())
        fail("cannot read the clock: %s", strerror(errno));
    return options;
}

uint64_t lab_additions(const struct options *options,
                       const struct gil_config *lock)
{
    return lab_additions_mixed(options, lock, 0);
}

uint64_t lab_additions_mixed(const struct options *options,
                             const struct gil_config *lock, double native)
{
    if (options->count)
        return options->count;
    double round_s = options->seconds / (double)options->rounds;
    uint64_t additions = calibrate_mixed(round_s, lock, native);
    screen_line("a task is %" PRIu64 " additions: %g s alone", additions,
                round_s);
    return additions;
}
