/* text_double -- text_add_double: the shortest decimal that reads back as the same double. */
// SPDX-License-Identifier: MIT
#include "base/text.h"

#include <float.h>
#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#define MOST_DIGITS 17 /* as many are always enough */

/* 0.DIGITS times ten to the `point`. */
struct decimal {
    char digits[MOST_DIGITS + 1];
    int n, point;
};

/* The value (positive, finite) with n digits, correctly rounded. */
static void round_to(struct decimal *d, double value, int n)
{
    char text[MOST_DIGITS + 16];
    snprintf(text, sizeof(text), "%.*e", n - 1, value);
    d->digits[0] = text[0];
    if (n > 1)
        memcpy(d->digits + 1, text + 2, (size_t)n - 1);
    d->digits[n] = '\0';
    d->n = n;
    d->point = (int)strtol(strchr(text, 'e') + 1, NULL, 10) + 1;
}

static bool reads_as(const struct decimal *d, double value)
{
    char text[MOST_DIGITS + 16];
    snprintf(text, sizeof(text), "0.%se%d", d->digits, d->point);
    return strtod(text, NULL) == value;
}

/* The next decimal above of as many digits; false where all are nines. */
static bool next_above(struct decimal *d)
{
    for (int i = d->n - 1; i >= 0; i--) {
        if (d->digits[i] < '9') {
            d->digits[i]++;
            return true;
        }
        d->digits[i] = '0';
    }
    return false;
}

static void shortest(struct decimal *d, double value)
{
    int exponent;
    bool is_power_of_two = frexp(value, &exponent) == 0.5;
    // A decimal of up to 15 digits survives a normal double, so that nothing shorter need be tried;
    // the smallest doubles hold fewer.
    for (int n = value < DBL_MIN ? 1 : DBL_DIG; n <= MOST_DIGITS; n++) {
        round_to(d, value, n);
        if (reads_as(d, value))
            break;
        // Above a power of two doubles are twice as far apart as below it: a decimal above may
        // still read as the value where the nearest one, below, does not.
        if (is_power_of_two && next_above(d) && reads_as(d, value))
            break;
    }
    while (d->n > 1 && d->digits[d->n - 1] == '0')
        d->digits[--d->n] = '\0';
}

void text_add_double(struct buf *out, double value)
{
    if (isnan(value)) {
        buf_add_cstr(out, "nan");
        return;
    }
    if (signbit(value))
        buf_add_char(out, '-');
    if (isinf(value)) {
        buf_add_cstr(out, "inf");
        return;
    }
    if (value == 0) {
        buf_add_cstr(out, "0.0");
        return;
    }
    struct decimal d;
    shortest(&d, fabs(value));
    size_t n = (size_t)d.n;
    if (d.point < -3 || d.point > 16) {
        buf_add_char(out, d.digits[0]);
        if (n > 1)
            buf_add_char(out, '.');
        buf_add(out, d.digits + 1, n - 1);
        buf_addf(out, "e%+03d", d.point - 1);
    } else if (d.point <= 0) {
        buf_add_cstr(out, "0.");
        buf_add_many(out, '0', (size_t)-d.point);
        buf_add(out, d.digits, n);
    } else if (d.n <= d.point) {
        buf_add(out, d.digits, n);
        buf_add_many(out, '0', (size_t)(d.point - d.n));
        buf_add_cstr(out, ".0");
    } else {
        buf_add(out, d.digits, (size_t)d.point);
        buf_add_char(out, '.');
        buf_add_cstr(out, d.digits + d.point);
    }
}
