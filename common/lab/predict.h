/* SPDX-License-Identifier: MIT
 *
 * How long a student expects the whole run to take (--predict). The guess is
 * made before the run and shown next to what was measured. A student who has
 * written down a guess reads the result more carefully.
 */
#ifndef LAB_PREDICT_H
#define LAB_PREDICT_H

struct prediction {
    char text[24];     /* as it was said: 1.5, half; "": none */
    double expected_s; /* what that is in seconds */
    double task_s;     /* what one task takes alone; 0: not known */
};

/* Read `text`: seconds; or same, half or double, which are of the time that one
 * task takes alone (`task_s`; 0: not known); or "ask", which asks on the
 * terminal. Does not return if it is none of these. */
void prediction_read(struct prediction *prediction, const char *text,
                     double task_s);

/* One line: expected, measured, and the factor between. */
void prediction_print(const struct prediction *prediction, double measured_s);

#endif
