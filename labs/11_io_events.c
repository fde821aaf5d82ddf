/* SPDX-License-Identifier: MIT
 *
 * Can one thread wait for N downloads?
 *
 * The downloads of 02_io_threads twice. First all are in one thread, in a loop
 * that asks which of them have received data; Python's asyncio works like this.
 * Then there is one thread per download. Each way runs in a process of its own,
 * so that its memory is its own.
 *
 * Predict: how long do two downloads of a second take in one thread? And 1,000
 * (--tasks 1000 --rate 100k --size 200k)? How much more CPU time and memory
 * does one thread per download cost? Which loop is cheaper: poll, which goes
 * through all downloads every time, or events (--loop all)? And at --rate 2k
 * --size 4k?
 *
 * Measured here, CPU seconds by poll, events and threads, of 2 s at 100k a
 * second: 0.03, 0.03 and 0.09 for 100; 0.47, 0.36 and 0.84 for
 * 1,000; 2.23, 1.86 and 3.39 for 5,000. Poll falls behind where most downloads
 * have nothing new when it looks: with 1,000 at 2k a second it took 1.5 times
 * the CPU time of events.
 *
 * The blog post had two threads: 50.90 and 49.34 s, 50.89 s in all.
 */
#include "common/base/fail.h"
#include "common/lab/report.h"
#include "common/net/curl_events.h"
#include "common/net/download.h"
#include "common/net/per_process.h"

#include <stdlib.h>

static const struct document_row document[] = {{"document", 50.12, 50.89}, {0}};

static const struct lab lab = {
    .name = "11_io_events",
    .question = "Can one thread wait for N downloads?",
    .options = OPTIONS_TASKS | OPTIONS_IO,
    .document = document,
};

/* libcurl waits, and then goes through all the downloads. */
static void wait_by_poll(struct run *run, struct mirror *mirror)
{
    CURLM *multi = curl_multi_init();
    run_begin(run);
    struct download *download = downloads_add(multi, run, mirror);
    CURLMcode error;
    int running;
    while (!(error = curl_multi_perform(multi, &running)) && running > 0) {
        downloads_take_finished(multi);
        if ((error = curl_multi_poll(multi, NULL, 0, 1000, NULL)))
            break;
    }
    if (error)
        fail("libcurl's loop stopped: %s", curl_multi_strerror(error));
    downloads_take_finished(multi);
    run_end(run);
    curl_multi_cleanup(multi);
    free(download);
}

/* libevent waits, and tells libcurl only about the sockets that have data. */
static void wait_by_events(struct run *run, struct mirror *mirror)
{
    CURLM *multi = curl_multi_init();
    struct curl_events *events = curl_events_new(multi);
    run_begin(run);
    struct download *download = downloads_add(multi, run, mirror);
    curl_events_run(events, downloads_take_finished);
    run_end(run);
    curl_multi_cleanup(multi);
    curl_events_free(events);
    free(download);
}

static void download_one(struct task *task)
{
    at_once_enter(&task->run->at_once);
    download(task, task->with);
    at_once_leave(&task->run->at_once);
}

static void wait_by_threads(struct run *run, struct mirror *mirror)
{
    run_begin(run);
    run_all(run, download_one, mirror);
    run_end(run);
}

static const struct download_way poll = {
    .run = "events", .loop = "poll", .make_downloads = wait_by_poll};
static const struct download_way events = {
    .run = "events", .loop = "events", .make_downloads = wait_by_events};
static const struct download_way threads = {.run = "threads",
                                            .make_downloads = wait_by_threads};

static const char *const loops[] = {"poll", "events", "all", NULL};
static const struct download_way *const ways[][4] = {
    {&poll, &threads}, {&events, &threads}, {&poll, &events, &threads}};
static int loop; /* a place in both */

static struct option_row rows[] = {
    {.name = "loop",
     .value = "LOOP",
     .help = "poll (default), events or all",
     .kind = OPTION_WORD,
     .into = &loop,
     .words = loops},
};

int main(int argc, char **argv)
{
    struct options options = lab_begin_with(&lab, rows, 1, argc, argv);
    struct report report = {.lab = &lab, .options = &options};
    struct mirror mirror[3];
    struct run run[3];
    size_t n = 0;
    for (; ways[loop][n]; n++)
        report.run[n] = &run[n];
    run_per_process(ways[loop], n, &options, mirror, run);
    report.source = mirror_source(&mirror[0]);
    return report_finish(&report);
}
