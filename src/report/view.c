/* view -- rows and columns as every report shows them. */
// SPDX-License-Identifier: MIT
#include "report/view.h"

#include "base/text.h"
#include "base/unicode.h"

#include <math.h>

const double view_percentiles[VIEW_PERCENTILES] = {0.50, 0.66, 0.75,  0.80,   0.90, 0.95,
                                                   0.98, 0.99, 0.999, 0.9999, 1.0};
const char *const view_percentile_labels[VIEW_PERCENTILES] = {
    "50%", "66%", "75%", "80%", "90%", "95%", "98%", "99%", "99.9%", "99.99%", "100%"};

const char *view_name(const struct entry *e)
{
    return e->method[0] == '\0' && e->name[0] == '\0' ? VIEW_TOTAL_NAME : e->name;
}

#define LEAST_DIGITS 3
#define MOST_DIGITS 15 /* a double holds no more of all decimals */

/* To a whole number, a half to the even one: also one that is a half but for the error of doubles. */
static double to_whole(double x)
{
    double half = floor(x) + 0.5;
    return rint(fabs(x - half) <= x * 1e-14 ? half : x);
}

static double to_digits(double ms, int digits)
{
    if (!(ms > 0))
        return 0;
    double places = digits - 1 - floor(log10(ms));
    // Up or down by a whole number: a negative power of ten would not be exact.
    double scale = pow(10, fabs(places));
    return places >= 0 ? to_whole(ms * scale) / scale : to_whole(ms / scale) * scale;
}

double view_rounded(double ms)
{
    return to_digits(ms, LEAST_DIGITS);
}

/* Three digits, or as many more as it takes not to be beyond the extremes, which are exact. */
static double rounded_within(const struct histogram *times, double ms)
{
    for (int digits = LEAST_DIGITS; digits <= MOST_DIGITS; digits++) {
        double rounded = to_digits(ms, digits);
        if (rounded >= times->min_ms && rounded <= times->max_ms)
            return rounded;
    }
    return ms;
}

double view_median(const struct entry *e)
{
    return rounded_within(&e->times, entry_median(e));
}

void view_percentile_values(const struct histogram *times, double values[VIEW_PERCENTILES])
{
    view_percentile_values_at(times, view_percentiles, VIEW_PERCENTILES, values);
}

void view_percentile_values_at(const struct histogram *times, const double *shares, size_t n,
                               double *values)
{
    histogram_percentiles(times, shares, n, values);
    for (size_t i = 0; i < n; i++)
        values[i] = rounded_within(times, values[i]);
}

void view_add_time(struct buf *out, double ms, int width)
{
    int decimals = ms == 0 || ms >= 9.995 ? 0 : ms >= 0.0995 ? 2 : 3;
    buf_addf(out, "%*.*f", width, decimals, ms);
}

void view_add_rounded(struct buf *out, double ms)
{
    if (ms == rint(ms))
        buf_addf(out, "%.0f", ms);
    else
        text_add_double(out, ms);
}

double view_value(double value)
{
    double size = fabs(value);
    if (size < 100 && size != rint(size))
        size = to_digits(size, LEAST_DIGITS);
    else if (size < 0x1p53)
        size = rint(size);
    return value < 0 && size > 0 ? -size : size;
}

void view_add_value(struct buf *out, double value)
{
    value = view_value(value);
    if (value == rint(value) && fabs(value) < 1e15)
        buf_addf(out, "%.0f", value);
    else
        text_add_double(out, value);
}

void view_add_ratio(struct buf *out, double ratio)
{
    buf_addf(out, "%.2f%%", ratio * 100);
}

void view_add_text(struct buf *out, struct str text)
{
    for (size_t i = 0; i < text.n;) {
        size_t from = i;
        uint32_t c = utf8_next(text, &i);
        if (c == UTF8_BAD || c == 0)
            buf_addf(out, "\\x%02x", (unsigned)(unsigned char)text.p[from]);
        else if (c == '\r' && (i == text.n || text.p[i] != '\n'))
            buf_add_cstr(out, "\\r");
        else
            buf_add(out, text.p + from, i - from);
    }
}

static void add_utf8(struct buf *out, uint32_t c)
{
    if (c < 0x80) {
        buf_add_char(out, (char)c);
    } else if (c < 0x800) {
        buf_add_char(out, (char)(0xC0 | c >> 6));
        buf_add_char(out, (char)(0x80 | (c & 0x3F)));
    } else if (c < 0x10000) {
        buf_add_char(out, (char)(0xE0 | c >> 12));
        buf_add_char(out, (char)(0x80 | (c >> 6 & 0x3F)));
        buf_add_char(out, (char)(0x80 | (c & 0x3F)));
    } else {
        buf_add_char(out, (char)(0xF0 | c >> 18));
        buf_add_char(out, (char)(0x80 | (c >> 12 & 0x3F)));
        buf_add_char(out, (char)(0x80 | (c >> 6 & 0x3F)));
        buf_add_char(out, (char)(0x80 | (c & 0x3F)));
    }
}

/* So many hexadecimal digits at the begin of *rest, which moves behind them. */
static bool take_hex(struct str *rest, size_t digits, uint32_t *value)
{
    *value = 0;
    for (size_t i = 0; i < digits; i++) {
        if (i >= rest->n)
            return false;
        char c = rest->p[i];
        uint32_t digit = c >= '0' && c <= '9'   ? (uint32_t)(c - '0')
                         : c >= 'a' && c <= 'f' ? (uint32_t)(c - 'a') + 10
                                                : 16;
        if (digit == 16)
            return false;
        *value = *value << 4 | digit;
    }
    *rest = str_slice(*rest, digits, rest->n);
    return true;
}

/* What stands behind a backslash at the begin of *rest, which moves behind it. */
static bool take_escape(struct buf *out, struct str *rest)
{
    if (rest->n == 0)
        return false;
    char kind = rest->p[0];
    *rest = str_slice(*rest, 1, rest->n);
    if (kind == 'n' || kind == 'r' || kind == 't' || kind == '\\' || kind == '\'' || kind == '"') {
        buf_add_char(out, kind == 'n' ? '\n' : kind == 'r' ? '\r' : kind == 't' ? '\t' : kind);
        return true;
    }
    uint32_t c;
    size_t digits = kind == 'x' ? 2 : kind == 'u' ? 4 : kind == 'U' ? 8 : 0;
    if (digits == 0 || !take_hex(rest, digits, &c) || c > 0x10FFFF)
        return false;
    if (c >= 0xDC80 && c <= 0xDCFF) // a byte that was no text
        buf_add_char(out, (char)(c - 0xDC00));
    else
        add_utf8(out, c);
    return true;
}

/* The text that text_add_python_repr made `quoted` of; false where it made it of none. */
static bool take_repr(struct buf *out, struct str quoted)
{
    if (quoted.n < 2 || (quoted.p[0] != '\'' && quoted.p[0] != '"') ||
        quoted.p[quoted.n - 1] != quoted.p[0])
        return false;
    struct str rest = str_slice(quoted, 1, quoted.n - 1);
    while (rest.n > 0) {
        size_t plain = str_index(rest, '\\');
        buf_add_str(out, str_slice(rest, 0, plain));
        bool has_escape = plain < rest.n;
        rest = str_slice(rest, plain + 1, rest.n);
        if (has_escape && !take_escape(out, &rest))
            return false;
    }
    return true;
}

void view_add_failure(struct buf *out, const struct failure *f)
{
    static const struct str before = {"CatchResponseError(", 19};
    buf_addf(out, "%s %s: ", f->method, f->name);
    struct str text = str_of(f->text);
    size_t n = out->n;
    if (str_starts(text, before) && str_ends(text, STR(")")) &&
        take_repr(out, str_slice(text, before.n, text.n - 1)))
        return;
    buf_truncate(out, n);
    buf_add_str(out, text);
}
