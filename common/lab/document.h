/* SPDX-License-Identifier: MIT
 *
 * The figures of the document that the labs are about: the blog post "An
 * Interesting Example on Demonstrating the Feature of Threading in Python"
 * (5 August 2018).
 */
#ifndef LAB_DOCUMENT_H
#define LAB_DOCUMENT_H

#define DOCUMENT_BYTES 100000000      /* the file is called 100MB.zip */
#define DOCUMENT_RATE_BYTES_S 2079434 /* one download alone: in 48.09 s */
#define DOCUMENT_TASK_S 7.077         /* one counting task alone */

/* A line of the document's figures, to stand under a lab's own. */
struct document_row {
    const char *name;
    double each_s;  /* the mean of the tasks; 0: not told */
    double total_s; /* 0: not told */
};

#endif
