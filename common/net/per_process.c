/* SPDX-License-Identifier: MIT */
#include "common/net/per_process.h"

#include "common/lab/screen.h"
#include "common/run/workers.h"

/* The life of a worker process. */
static _Noreturn void work(struct workers *workers,
                           const struct download_way *way,
                           const struct options *options, struct mirror *mirror)
{
    struct run run;
    worker_ready(workers);
    run_init(&run, way->run, options->tasks, mirror->bytes);
    way->make_downloads(&run, mirror);
    worker_send_run(workers, &run);
    worker_end(workers);
}

/* Let worker i make its downloads, and receive what it measured. */
static void fetch(struct workers *workers, size_t i,
                  const struct download_way *way, struct run *run)
{
    worker_await(workers, i);
    worker_go(workers, i);
    worker_receive_run(workers, i, run);
    worker_done(workers, i);
    run->label = way->loop;
    if (way->loop)
        run_text(run, "loop", NULL, way->loop);
    run_costs(run, run->startup_s, workers->worker[i].peak_bytes);
    screen_line("%.3f s of CPU time; all were under way after %.1f ms",
                run->time.cpu_s, run->startup_s * 1e3);
}

/* All are forked first, so that none begins with the memory of an earlier
 * one's results. */
void run_per_process(const struct download_way *const *way, size_t ways,
                     const struct options *options, struct mirror *mirror,
                     struct run *run)
{
    struct workers workers;
    mirror_open(&mirror[0], options, options->tasks);
    for (size_t i = 1; i < ways; i++)
        mirror_open_another(&mirror[i], options, options->tasks);
    workers_open(&workers, ways);
    for (size_t i = 0; i < ways; i++)
        if (mirror[i].local)
            workers_need(&workers, &mirror[i].server.child, "the local server");
    for (size_t i = 0; i < ways; i++)
        if (worker_fork(&workers))
            work(&workers, way[i], options, &mirror[i]);
    for (size_t i = 0; i < ways; i++) {
        screen_line("%s%s", i ? "\n" : "",
                    way[i]->loop ? way[i]->loop : way[i]->run);
        run_init(&run[i], way[i]->run, options->tasks, mirror[i].bytes);
        fetch(&workers, i, way[i], &run[i]);
        mirror_close(&mirror[i], &run[i]);
        /* A server that dies may take the downloads with it before it is seen
         * to be dead. */
        int status = mirror[i].server.child.status;
        if (status)
            workers_fail(&workers, "the local server", status);
    }
    workers_close(&workers);
}
