/*
 * set_cookie -- the value of one Set-Cookie header, taken apart (RFC 6265bis 5.6).
 */
// SPDX-License-Identifier: MIT
#include "http/set_cookie.h"

#include <math.h>
#include <stddef.h>

static struct str trim_blanks(struct str s)
{
    while (s.n > 0 && (s.p[0] == ' ' || s.p[0] == '\t'))
        s = str_slice(s, 1, s.n);
    while (s.n > 0 && (s.p[s.n - 1] == ' ' || s.p[s.n - 1] == '\t'))
        s.n--;
    return s;
}

static bool is_digit(char c)
{
    return c >= '0' && c <= '9';
}

static bool has_control(struct str s)
{
    for (size_t i = 0; i < s.n; i++) {
        unsigned char c = (unsigned char)s.p[i];
        if ((c < 0x20 && c != '\t') || c == 0x7f)
            return true;
    }
    return false;
}

/* RFC 6265 5.1.1: what separates the parts of a date. */
static bool is_delimiter(char byte)
{
    unsigned char c = (unsigned char)byte;
    return c == 0x09 || (c >= 0x20 && c <= 0x2f) || (c >= 0x3b && c <= 0x40) ||
           (c >= 0x5b && c <= 0x60) || (c >= 0x7b && c <= 0x7e);
}

/* From `min` to `max` digits at *at, and no further one behind them: their number, *at behind. */
static bool take_digits(struct str s, size_t *at, size_t min, size_t max, int *value)
{
    size_t i = *at, n = 0;
    int v = 0;
    for (; i < s.n && is_digit(s.p[i]); i++, n++) {
        if (n == max)
            return false;
        v = v * 10 + (s.p[i] - '0');
    }
    if (n < min)
        return false;
    *at = i;
    *value = v;
    return true;
}

struct date {
    int second, minute, hour, day, month, year; /* month from 1 */
    bool has_time, has_day, has_month, has_year;
};

static bool read_time(struct str token, struct date *d)
{
    size_t at = 0;
    int hour, minute, second;
    if (!take_digits(token, &at, 1, 2, &hour) || at >= token.n || token.p[at++] != ':')
        return false;
    if (!take_digits(token, &at, 1, 2, &minute) || at >= token.n || token.p[at++] != ':')
        return false;
    if (!take_digits(token, &at, 1, 2, &second))
        return false;
    d->hour = hour;
    d->minute = minute;
    d->second = second;
    return true;
}

static bool read_month(struct str token, struct date *d)
{
    static const char names[] = "janfebmaraprmayjunjulaugsepoctnovdec";
    for (int i = 0; i < 12; i++) {
        if (str_starts_nocase(token, str_make(names + (size_t)i * 3, 3))) {
            d->month = i + 1;
            return true;
        }
    }
    return false;
}

static void read_date_token(struct str token, struct date *d)
{
    size_t at = 0;
    if (!d->has_time && read_time(token, d))
        d->has_time = true;
    else if (!d->has_day && take_digits(token, &at, 1, 2, &d->day))
        d->has_day = true;
    else if (!d->has_month && read_month(token, d))
        d->has_month = true;
    else if (at = 0, !d->has_year && take_digits(token, &at, 2, 4, &d->year))
        d->has_year = true;
}

/* Days from 1970-01-01 to a date of the Gregorian calendar. */
static long days_since_1970(int year, int month, int day)
{
    // Years begin in March, so that the day which leap years add is the last.
    long y = month <= 2 ? year - 1 : year;
    long era = y / 400;
    long year_of_era = y - era * 400;
    long day_of_year = (153L * (month > 2 ? month - 3 : month + 9) + 2) / 5 + day - 1;
    long day_of_era = year_of_era * 365 + year_of_era / 4 - year_of_era / 100 + day_of_year;
    return era * 146097 + day_of_era - 719468;
}

static int days_of_month(int year, int month)
{
    static const int days[] = {31, 28, 31, 30, 31, 30, 31, 31, 30, 31, 30, 31};
    bool is_leap = (year % 4 == 0 && year % 100 != 0) || year % 400 == 0;
    return month == 2 && is_leap ? 29 : days[month - 1];
}

bool set_cookie_parse_date(struct str text, double *at_s)
{
    struct date d = {.has_time = false};
    for (size_t i = 0; i < text.n;) {
        while (i < text.n && is_delimiter(text.p[i]))
            i++;
        size_t from = i;
        while (i < text.n && !is_delimiter(text.p[i]))
            i++;
        if (i > from)
            read_date_token(str_slice(text, from, i), &d);
    }
    if (!d.has_time || !d.has_day || !d.has_month || !d.has_year)
        return false;
    if (d.year >= 70 && d.year <= 99)
        d.year += 1900;
    else if (d.year < 70)
        d.year += 2000;
    if (d.year < 1601 || d.hour > 23 || d.minute > 59 || d.second > 59 || d.day < 1 ||
        d.day > days_of_month(d.year, d.month))
        return false;
    double days = (double)days_since_1970(d.year, d.month, d.day);
    *at_s = days * 86400 + d.hour * 3600 + d.minute * 60 + d.second;
    return true;
}

/* Max-Age: false where it isn't a whole number. */
static bool read_age(struct str text, double *seconds)
{
    bool is_negative = str_starts(text, STR("-"));
    size_t i = is_negative ? 1 : 0;
    if (i == text.n)
        return false;
    double v = 0;
    for (; i < text.n; i++) {
        if (!is_digit(text.p[i]))
            return false;
        v = v * 10 + (text.p[i] - '0');
    }
    *seconds = is_negative ? -v : v;
    return true;
}

struct attributes {
    double age_s, expires_s;
    bool has_age, has_expires;
};

static void read_attribute(struct str text, struct set_cookie *out, struct attributes *a)
{
    struct str value = text;
    struct str name = trim_blanks(str_cut(&value, '='));
    value = trim_blanks(value);
    if (value.n > SET_COOKIE_VALUE_LIMIT)
        return;
    if (str_equal_nocase(name, STR("expires"))) {
        a->has_expires |= set_cookie_parse_date(value, &a->expires_s);
    } else if (str_equal_nocase(name, STR("max-age"))) {
        a->has_age |= read_age(value, &a->age_s);
    } else if (str_equal_nocase(name, STR("domain"))) {
        out->domain = str_starts(value, STR(".")) ? str_slice(value, 1, value.n) : value;
    } else if (str_equal_nocase(name, STR("path"))) {
        out->path = value;
    } else if (str_equal_nocase(name, STR("secure"))) {
        out->is_secure = true;
    }
}

static double expiry(const struct attributes *a, double now_s)
{
    double latest = now_s + SET_COOKIE_AGE_LIMIT_DAYS * 86400.0;
    if (a->has_age) // wins over Expires (RFC 6265 5.3, 3)
        return a->age_s <= 0 ? -INFINITY : fmin(now_s + a->age_s, latest);
    return a->has_expires ? fmin(a->expires_s, latest) : INFINITY;
}

bool set_cookie_parse(struct str text, double now_s, struct set_cookie *out)
{
    if (has_control(text))
        return false;
    *out = (struct set_cookie){.name = STR_EMPTY, .domain = STR_EMPTY, .path = STR_EMPTY};
    struct str pair = str_cut(&text, ';');
    if (str_contains(pair, STR("="))) {
        out->name = trim_blanks(str_cut(&pair, '='));
    }
    out->value = trim_blanks(pair);
    if (out->name.n + out->value.n == 0 || out->name.n + out->value.n > SET_COOKIE_LIMIT)
        return false;
    struct attributes a = {.has_age = false};
    while (text.n > 0)
        read_attribute(str_cut(&text, ';'), out, &a);
    out->expires_s = expiry(&a, now_s);
    return true;
}
