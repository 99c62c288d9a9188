/* punycode -- host names with letters beyond ASCII, as name servers know them. */
// SPDX-License-Identifier: MIT
#include "net/punycode.h"

#include <stdbool.h>
#include <stdint.h>

/* RFC 3492 5. */
enum { BASE = 36, T_MIN = 1, T_MAX = 26, SKEW = 38, DAMP = 700, FIRST_BIAS = 72, FIRST_N = 128 };

#define LABEL_MAX 63 /* bytes, and so letters, of a label (RFC 1035 2.3.4) */

/* One code point of UTF-8 from *s, which moves behind it; -1: it is none. */
static int32_t take_letter(struct str *s)
{
    const unsigned char *p = (const unsigned char *)s->p;
    static const uint32_t least[] = {0, 0, 0x80, 0x800, 0x10000};
    size_t n = p[0] < 0x80 ? 1 : p[0] < 0xc2 ? 0 : p[0] < 0xe0 ? 2 : p[0] < 0xf0 ? 3 : 4;
    if (n == 0 || n > s->n || p[0] > 0xf4)
        return -1;
    uint32_t c = n == 1 ? p[0] : p[0] & (0xffu >> (n + 1));
    for (size_t i = 1; i < n; i++) {
        if ((p[i] & 0xc0) != 0x80)
            return -1;
        c = c << 6 | (p[i] & 0x3f);
    }
    if (c < least[n] || c > 0x10ffff || (c >= 0xd800 && c <= 0xdfff))
        return -1;
    *s = str_slice(*s, n, s->n);
    return (int32_t)c;
}

static uint32_t small(uint32_t c)
{
    if (c >= 'A' && c <= 'Z')
        return c + 32;
    if ((c >= 0xc0 && c <= 0xde && c != 0xd7) || (c >= 0x391 && c <= 0x3a9) ||
        (c >= 0x410 && c <= 0x42f))
        return c + 32;
    if (c >= 0x400 && c <= 0x40f)
        return c + 80;
    // Latin Extended-A: pairs, the capital first; it is even, but odd in two stretches.
    if (c >= 0x100 && c <= 0x137 && c != 0x130 && c != 0x131)
        return c | 1;
    if (c >= 0x14a && c <= 0x177)
        return c | 1;
    if (((c >= 0x139 && c <= 0x148) || (c >= 0x179 && c <= 0x17e)) && c % 2 == 1)
        return c + 1;
    return c;
}

/* The full stops that people write in hosts (RFC 3490 3.1). */
static bool is_dot(uint32_t c)
{
    return c == '.' || c == 0x3002 || c == 0xff0e || c == 0xff61;
}

static char digit(uint32_t d)
{
    return (char)(d < 26 ? 'a' + d : '0' + (d - 26));
}

static uint32_t adapt(uint32_t delta, uint32_t n, bool is_first)
{
    uint32_t k = 0;
    delta = is_first ? delta / DAMP : delta / 2;
    delta += delta / n;
    while (delta > ((BASE - T_MIN) * T_MAX) / 2) {
        delta /= BASE - T_MIN;
        k += BASE;
    }
    return k + (BASE - T_MIN + 1) * delta / (delta + SKEW);
}

static void add_number(struct buf *out, uint32_t q, uint32_t bias)
{
    for (uint32_t k = BASE;; k += BASE) {
        uint32_t t = k <= bias ? T_MIN : k >= bias + T_MAX ? T_MAX : k - bias;
        if (q < t) {
            buf_add_char(out, digit(q));
            return;
        }
        buf_add_char(out, digit(t + (q - t) % (BASE - t)));
        q = (q - t) / (BASE - t);
    }
}

/* RFC 3492 6.3. A label is short, so nothing overflows. */
static void add_encoded(struct buf *out, const uint32_t *letters, size_t n)
{
    uint32_t basic = 0, last = FIRST_N, delta = 0, bias = FIRST_BIAS;
    for (size_t i = 0; i < n; i++) {
        if (letters[i] < FIRST_N) {
            buf_add_char(out, (char)letters[i]);
            basic++;
        }
    }
    if (basic > 0)
        buf_add_char(out, '-');
    for (uint32_t handled = basic; handled < n; delta++, last++) {
        uint32_t next = UINT32_MAX;
        for (size_t i = 0; i < n; i++) {
            if (letters[i] >= last && letters[i] < next)
                next = letters[i];
        }
        delta += (next - last) * (handled + 1);
        last = next;
        for (size_t i = 0; i < n; i++) {
            delta += letters[i] < last;
            if (letters[i] != last)
                continue;
            add_number(out, delta, bias);
            bias = adapt(delta, handled + 1, handled == basic);
            delta = 0;
            handled++;
        }
    }
}

static int add_label(struct buf *out, const uint32_t *letters, size_t n)
{
    size_t begin = out->n;
    bool is_ascii = true;
    for (size_t i = 0; i < n; i++)
        is_ascii = is_ascii && letters[i] < FIRST_N;
    if (is_ascii) {
        for (size_t i = 0; i < n; i++)
            buf_add_char(out, (char)letters[i]);
        return 0;
    }
    buf_add_cstr(out, "xn--");
    add_encoded(out, letters, n);
    return out->n - begin > LABEL_MAX ? -1 : 0;
}

int punycode_add_host(struct buf *out, struct str host)
{
    uint32_t letters[LABEL_MAX];
    size_t n = 0, begin = out->n;
    while (host.n > 0) {
        int32_t c = take_letter(&host);
        if (c < 0)
            goto refuse;
        if (is_dot((uint32_t)c)) {
            if (add_label(out, letters, n) < 0)
                goto refuse;
            buf_add_char(out, '.');
            n = 0;
        } else if (n == LABEL_MAX) {
            goto refuse;
        } else {
            letters[n++] = small((uint32_t)c);
        }
    }
    if (add_label(out, letters, n) == 0)
        return 0;
refuse:
    buf_truncate(out, begin);
    return -1;
}
