/* text -- numbers, times and foreign text as people read and write them. */
// SPDX-License-Identifier: MIT
#include "base/text.h"

#include "base/mem.h"
#include "base/unicode.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

#define SHOWN_BYTES 80 /* of a refused text */

static bool is_digit(char c)
{
    return c >= '0' && c <= '9';
}

/* Says "expected WHAT, got 'TEXT'"; WHAT is released. Returns -1. */
static int refuse(struct str s, struct buf *what, struct err *err)
{
    buf_add_cstr(what, ", got '");
    text_add_visible(what, str_slice(s, 0, SHOWN_BYTES), false);
    buf_add_cstr(what, s.n > SHOWN_BYTES ? "...'" : "'");
    err_set(err, "expected %s", buf_cstr(what));
    buf_release(what);
    return -1;
}

static int refuse_int(struct str s, int64_t min, int64_t max, struct err *err)
{
    struct buf what = BUF_INIT;
    buf_add_cstr(&what, "a whole number");
    if (min > INT64_MIN && max < INT64_MAX)
        buf_addf(&what, " from %lld to %lld", (long long)min, (long long)max);
    else if (min > INT64_MIN)
        buf_addf(&what, " of at least %lld", (long long)min);
    else if (max < INT64_MAX)
        buf_addf(&what, " of at most %lld", (long long)max);
    return refuse(s, &what, err);
}

/* Digits alone, at least one; false also when they are too many for an int64_t. */
static bool read_digits(struct str s, bool negative, int64_t *value)
{
    int64_t sum = 0;
    if (s.n == 0)
        return false;
    for (size_t i = 0; i < s.n; i++) {
        int64_t digit = s.p[i] - '0';
        if (!is_digit(s.p[i]) || __builtin_mul_overflow(sum, 10, &sum) ||
            __builtin_add_overflow(sum, negative ? -digit : digit, &sum))
            return false;
    }
    *value = sum;
    return true;
}

int text_parse_int(struct str s, int64_t min, int64_t max, int64_t *value, struct err *err)
{
    bool negative = str_starts(s, STR("-"));
    int64_t read;
    if (!read_digits(str_slice(s, negative, s.n), negative, &read) || read < min || read > max)
        return refuse_int(s, min, max, err);
    *value = read;
    return 0;
}

static int refuse_double(struct str s, double min, double max, struct err *err)
{
    struct buf what = BUF_INIT;
    buf_add_cstr(&what, "a number");
    if (isfinite(min) && isfinite(max))
        buf_addf(&what, " from %.15g to %.15g", min, max);
    else if (isfinite(min))
        buf_addf(&what, " of at least %.15g", min);
    else if (isfinite(max))
        buf_addf(&what, " of at most %.15g", max);
    return refuse(s, &what, err);
}

/* Decimal notation, which strtod alone would not insist on (it reads "inf", "0x1p3" and " 1" too). */
static bool is_decimal(struct str s)
{
    for (size_t i = 0; i < s.n; i++) {
        if (!is_digit(s.p[i]) && memchr("+-.eE", s.p[i], 5) == NULL)
            return false;
    }
    return s.n > 0 && s.p[0] != '+';
}

int text_parse_double(struct str s, double min, double max, double *value, struct err *err)
{
    bool good = is_decimal(s);
    double read = 0;
    if (good) {
        char *copy = str_dup(s), *end;
        read = strtod(copy, &end);
        good = *end == '\0' && end != copy && isfinite(read);
        free(copy);
    }
    if (!good || read < min || read > max)
        return refuse_double(s, min, max, err);
    *value = read;
    return 0;
}

int text_parse_timespan(struct str s, int64_t *seconds, struct err *err)
{
    static const struct {
        char unit;
        int64_t seconds;
    } units[] = {{'h', 3600}, {'m', 60}, {'s', 1}};
    struct str rest = s;
    int64_t sum = 0, count;
    if (read_digits(s, false, seconds))
        return 0;
    for (size_t i = 0; i < 3 && rest.n > 0; i++) {
        size_t at = str_index(rest, units[i].unit);
        if (at == rest.n)
            continue;
        if (!read_digits(str_slice(rest, 0, at), false, &count) ||
            __builtin_mul_overflow(count, units[i].seconds, &count) ||
            __builtin_add_overflow(sum, count, &sum))
            break;
        rest = str_slice(rest, at + 1, rest.n);
    }
    if (s.n == 0 || rest.n > 0) {
        struct buf what = BUF_INIT;
        buf_add_cstr(&what, "a time span such as 90, 45s or 1h30m");
        return refuse(s, &what, err);
    }
    *seconds = sum;
    return 0;
}

int text_parse_bool(struct str s, bool *value, struct err *err)
{
    static const char *const words[] = {"false", "true", "no", "yes", "off", "on", "0", "1"};
    for (size_t i = 0; i < sizeof(words) / sizeof(words[0]); i++) {
        if (str_equal_nocase(s, str_of(words[i]))) {
            *value = i % 2 == 1;
            return 0;
        }
    }
    struct buf what = BUF_INIT;
    buf_add_cstr(&what, "true or false");
    return refuse(s, &what, err);
}

void text_add_duration(struct buf *out, double seconds)
{
    // Beyond what a double counts in whole seconds there is nothing to show but the limit.
    double whole = seconds > 0 ? fmin(round(seconds), 0x1p53) : 0;
    int64_t left = (int64_t)whole;
    int64_t parts[] = {left / 3600, left / 60 % 60, left % 60};
    const char *gap = "";
    for (int i = 0; i < 3; i++) {
        if (parts[i] == 0 && !(i == 2 && left == 0))
            continue;
        buf_addf(out, "%s%lld%c", gap, (long long)parts[i], "hms"[i]);
        gap = " ";
    }
}

void text_add_bytes(struct buf *out, double bytes)
{
    static const char *const units[] = {"kB", "MB", "GB", "TB", "PB"};
    if (fabs(bytes) < 999.5) {
        buf_addf(out, "%.0f B", bytes);
        return;
    }
    size_t unit = 0;
    bytes /= 1000;
    while (fabs(bytes) >= 999.95 && unit < 4) {
        bytes /= 1000;
        unit++;
    }
    buf_addf(out, "%.1f %s", bytes, units[unit]);
}

void text_add_csv(struct buf *out, struct str field)
{
    bool plain = true;
    for (size_t i = 0; i < field.n && plain; i++)
        plain = memchr(",\"\r\n", field.p[i], 4) == NULL;
    if (plain) {
        buf_add_str(out, field);
        return;
    }
    buf_add_char(out, '"');
    for (size_t i = 0; i < field.n; i++) {
        if (field.p[i] == '"')
            buf_add_char(out, '"');
        buf_add_char(out, field.p[i]);
    }
    buf_add_char(out, '"');
}

/* Characters that are text but change what a terminal does or shows. */
static bool steers(uint32_t c)
{
    return (c >= 0x80 && c < 0xa0) || (c >= 0x202a && c <= 0x202e) ||
           (c >= 0x2066 && c <= 0x2069) || c == 0x200e || c == 0x200f || c == 0x61c;
}

void text_add_visible(struct buf *out, struct str s, bool keep_lines)
{
    for (size_t i = 0; i < s.n;) {
        size_t from = i;
        uint32_t c = utf8_next(s, &i);
        if (c == '\n' || c == '\t') {
            if (keep_lines)
                buf_add_char(out, (char)c);
            else
                buf_add_cstr(out, c == '\n' ? "\\n" : "\\t");
        } else if (c == '\r') {
            buf_add_cstr(out, "\\r");
        } else if (c == UTF8_BAD || c < 0x20 || c == 0x7f) {
            buf_addf(out, "\\x%02x", (unsigned char)s.p[from]);
        } else if (steers(c)) {
            buf_addf(out, "\\u{%x}", (unsigned)c);
        } else {
            buf_add(out, s.p + from, i - from);
        }
    }
}

void text_add_tame(struct buf *out, struct str lines)
{
    bool is_begin = true; // of a line, but for blanks
    for (size_t i = 0; i < lines.n; i++) {
        char c = lines.p[i];
        struct str rest = str_slice(lines, i, lines.n);
        if ((is_begin && str_starts(rest, STR("::"))) || str_starts(rest, STR("##[")))
            buf_addf(out, "\\x%02x", (unsigned)c);
        else
            buf_add_char(out, c);
        is_begin = c == '\n' || (is_begin && strchr(" \t\r\v\f", c) != NULL);
    }
}

size_t text_width(struct str s)
{
    size_t width = 0;
    for (size_t i = 0; i < s.n;) {
        uint32_t c = utf8_next(s, &i);
        width += c == UTF8_BAD ? 1 : (size_t)unicode_width(c);
    }
    return width;
}

void text_add_utc(struct buf *out, double wall_s)
{
    time_t at = (time_t)floor(wall_s);
    struct tm utc;
    if (gmtime_r(&at, &utc) == NULL)
        utc = (struct tm){.tm_year = 70, .tm_mday = 1};
    buf_addf(out, "%04d-%02d-%02dT%02d:%02d:%02dZ", utc.tm_year + 1900, utc.tm_mon + 1, utc.tm_mday,
             utc.tm_hour, utc.tm_min, utc.tm_sec);
}

static void add_python_escape(struct buf *out, uint32_t c)
{
    if (c == '\n')
        buf_add_cstr(out, "\\n");
    else if (c == '\r')
        buf_add_cstr(out, "\\r");
    else if (c == '\t')
        buf_add_cstr(out, "\\t");
    else if (c < 0x100)
        buf_addf(out, "\\x%02x", (unsigned)c);
    else if (c < 0x10000)
        buf_addf(out, "\\u%04x", (unsigned)c);
    else
        buf_addf(out, "\\U%08x", (unsigned)c);
}

void text_add_python_repr(struct buf *out, struct str s)
{
    bool has_single = str_index(s, '\'') < s.n, has_double = str_index(s, '"') < s.n;
    char quote = has_single && !has_double ? '"' : '\'';
    buf_add_char(out, quote);
    for (size_t i = 0; i < s.n;) {
        size_t from = i;
        uint32_t c = utf8_next(s, &i);
        if (c == UTF8_BAD)
            // As Python holds bytes that are no text: lone surrogates ("surrogateescape").
            add_python_escape(out, 0xdc00u + (unsigned char)s.p[from]);
        else if (c == '\\' || c == (unsigned char)quote)
            buf_addf(out, "\\%c", (int)c);
        else if (unicode_is_printable(c))
            buf_add(out, s.p + from, i - from);
        else
            add_python_escape(out, c);
    }
    buf_add_char(out, quote);
}
