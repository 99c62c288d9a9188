/*
 * check -- what the unit tests say: each TEST is a function, each CHECK prints both sides when it
 * fails, and the program ends with one line of counts that tests/run-all.sh reads.
 *
 *     TEST(adds_numbers)
 *     {
 *         CHECK_INT(1 + 1, 2);
 *     }
 *     TEST_MAIN(RUN(adds_numbers); RUN(another);)
 *
 * A failed CHECK ends its test (it returns), so use them in the test itself, or let helpers return
 * a value to be checked.
 */
// SPDX-License-Identifier: MIT
#ifndef TESTS_CHECK_H
#define TESTS_CHECK_H

#include <math.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

static int check_passed, check_failed, check_skipped;
static bool check_ok;
static const char *check_name;

#define TEST(name) static void name(void)

#define RUN(name)           \
    do {                    \
        check_ok = true;    \
        check_name = #name; \
        name();             \
        if (check_ok)       \
            check_passed++; \
        else                \
            check_failed++; \
    } while (0)

#define SKIP(name, why)                          \
    do {                                         \
        check_skipped++;                         \
        printf("skipped: %s: %s\n", #name, why); \
    } while (0)

#define TEST_MAIN(...)                                                                           \
    int main(void)                                                                               \
    {                                                                                            \
        __VA_ARGS__                                                                              \
        printf("%d passed, %d failed, %d skipped\n", check_passed, check_failed, check_skipped); \
        return check_failed != 0;                                                                \
    }

#define CHECK_FAIL(...)                                        \
    do {                                                       \
        check_ok = false;                                      \
        printf("%s:%d: %s: ", __FILE__, __LINE__, check_name); \
        printf(__VA_ARGS__);                                   \
        printf("\n");                                          \
        return;                                                \
    } while (0)

#define CHECK(condition)                          \
    do {                                          \
        if (!(condition))                         \
            CHECK_FAIL("not so: %s", #condition); \
    } while (0)

#define CHECK_INT(actual, expected)                                               \
    do {                                                                          \
        long long check_a = (long long)(actual), check_e = (long long)(expected); \
        if (check_a != check_e)                                                   \
            CHECK_FAIL("%s is %lld, expected %lld", #actual, check_a, check_e);   \
    } while (0)

#define CHECK_DOUBLE(actual, expected, tolerance)                                 \
    do {                                                                          \
        double check_a = (actual), check_e = (expected);                          \
        if (!(fabs(check_a - check_e) <= (tolerance)))                            \
            CHECK_FAIL("%s is %.17g, expected %.17g", #actual, check_a, check_e); \
    } while (0)

#define CHECK_TEXT(actual, expected)                                                             \
    do {                                                                                         \
        const char *check_a = (actual), *check_e = (expected);                                   \
        if (check_a == NULL || strcmp(check_a, check_e) != 0)                                    \
            CHECK_FAIL("%s is\n  '%s', expected\n  '%s'", #actual, check_a ? check_a : "(null)", \
                       check_e);                                                                 \
    } while (0)

/* A struct str against a C string. */
#define CHECK_STR(actual, expected)                                                             \
    do {                                                                                        \
        struct str check_a = (actual);                                                          \
        const char *check_e = (expected);                                                       \
        if (check_a.n != strlen(check_e) ||                                                     \
            (check_a.n > 0 && memcmp(check_a.p, check_e, check_a.n) != 0))                      \
            CHECK_FAIL("%s is\n  '%.*s', expected\n  '%s'", #actual, (int)check_a.n, check_a.p, \
                       check_e);                                                                \
    } while (0)

#endif
