/* student -- Student's t distribution: what an estimate with few degrees of freedom is worth. */
// SPDX-License-Identifier: MIT
#ifndef STATS_STUDENT_H
#define STATS_STUDENT_H

/* The probability of more than t; freedom > 0, whole or not. */
double student_tail(double t, double freedom);

/* The t that is exceeded with this probability, 0 < tail <= 0.5. */
double student_quantile(double tail, double freedom);

#endif
