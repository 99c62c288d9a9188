/*
 * json_number -- a number as JSON writes it, as a double.
 *
 * Most numbers have few digits and a small power of ten: both are doubles exactly, so that one
 * multiplication or division rounds once, and rightly. All others are the C library's.
 */
// SPDX-License-Identifier: MIT
#include "script/json_number.h"

#include <locale.h>
#include <math.h>
#include <stdbool.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include "base/buf.h"

#define DIGITS_MAX 19 /* as many as a uint64_t holds, whatever they are */
#define EXACT_LIMIT (1ull << 53)
#define EXACT_POWER 22 /* ten to this is a double exactly */
#define EXPONENT_LIMIT 100000
#define COPY_BYTES 128

const char json_number_overflows[] = "real number overflow";

struct number {
    const char *at, *end;
    uint64_t digits; /* of whole and fraction as one; wrong where n_digits is above DIGITS_MAX */
    size_t n_digits;
    int exponent; /* of ten; an absurd one is not exact */
    bool is_negative;
};

static bool is_digit(const struct number *n)
{
    return n->at < n->end && *n->at >= '0' && *n->at <= '9';
}

/* How many there were. */
static size_t take_digits(struct number *n)
{
    const char *from = n->at;
    for (; is_digit(n); n->at++)
        n->digits = n->digits * 10 + (uint64_t)(*n->at - '0');
    n->n_digits += (size_t)(n->at - from);
    return (size_t)(n->at - from);
}

static bool take(struct number *n, char c)
{
    bool is_there = n->at < n->end && *n->at == c;
    n->at += is_there;
    return is_there;
}

/* What stands behind the 'e'; false: no digit. */
static bool take_exponent(struct number *n)
{
    int exponent = 0;
    bool is_negative = take(n, '-');
    if (!is_negative)
        take(n, '+');
    if (!is_digit(n))
        return false;
    for (; is_digit(n); n->at++) {
        if (exponent < EXPONENT_LIMIT)
            exponent = exponent * 10 + (*n->at - '0');
    }
    n->exponent += is_negative ? -exponent : exponent;
    return true;
}

/* False: wrong where `at` is. */
static bool scan(struct number *n)
{
    n->is_negative = take(n, '-');
    const char *first = n->at;
    size_t whole = take_digits(n);
    if (whole > 1 && *first == '0')
        n->at = first + 1;
    if (n->at != first + whole || whole == 0)
        return false;
    if (take(n, '.')) {
        size_t fraction = take_digits(n);
        if (fraction == 0)
            return false;
        n->exponent = fraction < EXPONENT_LIMIT ? -(int)fraction : -EXPONENT_LIMIT;
    }
    if (take(n, 'e') || take(n, 'E'))
        return take_exponent(n);
    return true;
}

static double read_exactly(struct str text)
{
    static locale_t plain; // for good
    char few[COPY_BYTES];
    struct buf many = BUF_INIT;
    const char *copy = few;
    if (plain == (locale_t)0)
        plain = newlocale(LC_ALL_MASK, "C", (locale_t)0);
    if (text.n < sizeof few) {
        memcpy(few, text.p, text.n);
        few[text.n] = '\0';
    } else {
        buf_add_str(&many, text);
        copy = buf_cstr(&many);
    }
    double value = strtod_l(copy, NULL, plain);
    buf_release(&many);
    return value;
}

static double value_of(const struct number *n, struct str text)
{
    static const double powers[EXACT_POWER + 1] = {1e0,  1e1,  1e2,  1e3,  1e4,  1e5,  1e6,  1e7,
                                                   1e8,  1e9,  1e10, 1e11, 1e12, 1e13, 1e14, 1e15,
                                                   1e16, 1e17, 1e18, 1e19, 1e20, 1e21, 1e22};
    if (n->n_digits > DIGITS_MAX || n->digits > EXACT_LIMIT || n->exponent > EXACT_POWER ||
        n->exponent < -EXACT_POWER)
        return read_exactly(text);
    double value = (double)n->digits;
    if (n->exponent < 0)
        value /= powers[-n->exponent];
    else
        value *= powers[n->exponent];
    return n->is_negative ? -value : value;
}

const char *json_number_read(struct str text, size_t *length, double *value)
{
    struct number n = {.at = text.p, .end = text.p + text.n};
    bool is_good = scan(&n);
    *length = (size_t)(n.at - text.p);
    if (!is_good)
        return "invalid token";
    *value = value_of(&n, str_make(text.p, *length));
    return isinf(*value) ? json_number_overflows : NULL;
}
