/*
 * apart -- what is kept out of the functions that call it, and what is not.
 *
 * A way that each request goes is short where nothing on it is called, for then no register has to be saved.
 * So what it calls at its end, or seldom, stands apart; and what it always needs is taken in.
 */
// SPDX-License-Identifier: MIT
#ifndef BASE_APART_H
#define BASE_APART_H

#define APART __attribute__((noinline))
#define SELDOM __attribute__((cold, noinline)) /* whoever calls it counts on not doing so */
#define TAKEN_IN inline __attribute__((always_inline))

#endif
