/* test_sequence -- the order of classes, as Locust has it. */
// SPDX-License-Identifier: MIT
#include "../check.h"

#include "run/sequence.h"

#include <math.h>
#include <stdint.h>

/* The first n picks as letters; a sequence of nobody as dots. */
static const char *picks(const double *weights, size_t n_weights, size_t n)
{
    static char text[128];
    struct sequence *s = sequence_new(weights, n_weights);

    for (size_t i = 0; i < n; i++) {
        size_t next = sequence_next(s);
        text[i] = next == SIZE_MAX ? '.' : (char)('A' + next);
    }
    text[n] = '\0';
    sequence_free(s);
    return text;
}

#define CHECK_PICKS(expected, ...)                                                              \
    CHECK_TEXT(picks((const double[]){__VA_ARGS__},                                             \
                     sizeof((const double[]){__VA_ARGS__}) / sizeof(double), strlen(expected)), \
               expected)

TEST(equal_weights_take_turns)
{
    CHECK_PICKS("ABCABCABC", 1, 1, 1);
}

TEST(two_classes)
{
    CHECK_PICKS("ABAABAABA", 2, 1);
    CHECK_PICKS("ABAAABAAABAA", 3, 1);
    CHECK_PICKS("AABAAAAABAAAAABAAAAABAAA", 5, 1);
    CHECK_PICKS("AAAABAAAAAAAAAAABAAAAAAAAAABAAAAA", 10, 1);
    CHECK_PICKS("AAAAAAABAAAAAAAAAAAAAAAB", 15, 1);
    CHECK_PICKS("BABABABABBABABABABBABABABABBAB", 4, 5);
    CHECK_PICKS("BABABABABBABABABABBABABABABBAB", 0.8, 1);
    CHECK_PICKS("BABABABABBABABABABBABABABABBAB", 20, 25);
    CHECK_PICKS("BABBBABBBABBBABBBABBBABBBABBBA", 1, 3);
    CHECK_PICKS("BABABBABABBABABBABABBABABBABAB", 2, 3);
    CHECK_PICKS("BBBBABBBBBBBBBABBBBBBBBBABBBBB", 1, 9);
    CHECK_PICKS("BBBBBBBBBBBBBBBBBBBBBBBBBBBBBB", 1, 100);
}

TEST(more_classes)
{
    CHECK_PICKS("CBACBCCBACBCCBACBCCBACBC", 1, 2, 3);
    CHECK_PICKS("ABCABAACBAABCABAACBA", 5, 3, 2);
    CHECK_PICKS("DCBDACDBCD", 1, 2, 3, 4);
    CHECK_PICKS("ABCAAABCAAABCAAABCAAABCAAABCAA", 3, 1, 1);
    CHECK_PICKS("ABCABABCABABCABABCABABCABABCAB", 2, 2, 1);
    CHECK_PICKS("CCBCACCBCCCCBCACCBCCCCBCACCBCC", 10, 20, 70);
}

TEST(fractions_are_weights_too)
{
    CHECK_PICKS("CBACBCCBACBCCBACBCCBACBCCBACBC", 0.1, 0.2, 0.3);
    CHECK_PICKS("CBACBCCBACBCCBACBCCBACBCCBACBC", 1.0 / 3, 2.0 / 3, 1);
}

TEST(weights_that_are_no_weights)
{
    CHECK_PICKS("BDBDBD", 0, 1, -1, 1, (double)NAN);
    CHECK_PICKS("...", 0, 0);
    CHECK_TEXT(picks(NULL, 0, 2), "..");
}

/* As many picks as the weights' sum give each its weight: what fixed classes count on. */
TEST(whole_weights_come_out_exactly)
{
    static const size_t weights[][3] = {{10, 10, 0}, {1, 999, 0}, {960, 39, 1}, {7, 11, 13}};

    for (size_t k = 0; k < sizeof(weights) / sizeof(weights[0]); k++) {
        double w[3];
        size_t counts[3] = {0}, sum = 0;
        for (size_t i = 0; i < 3; i++) {
            w[i] = (double)weights[k][i];
            sum += weights[k][i];
        }
        struct sequence *s = sequence_new(w, 3);
        for (size_t i = 0; i < sum; i++)
            counts[sequence_next(s)]++;
        sequence_free(s);
        for (size_t i = 0; i < 3; i++)
            CHECK_INT(counts[i], weights[k][i]);
    }
}

TEST_MAIN(RUN(equal_weights_take_turns); RUN(two_classes); RUN(more_classes);
          RUN(fractions_are_weights_too); RUN(weights_that_are_no_weights);
          RUN(whole_weights_come_out_exactly);)
