/*
 * seldom -- a function that is called where something unusual happens, on a way that each request goes
 *
 * Its callers don't take it in and count on not calling it, so that they save no registers for it.
 */
// SPDX-License-Identifier: MIT
#ifndef BASE_SELDOM_H
#define BASE_SELDOM_H

#define SELDOM __attribute__((cold, noinline))

#endif
