/* codec -- bytes as text: base64 (RFC 4648 4) and hex. */
// SPDX-License-Identifier: MIT
#include "base/codec.h"

#include <stdint.h>
#include <string.h>

static const char base64_digits[] =
    "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/";

void base64_encode(struct buf *out, struct str bytes)
{
    const unsigned char *p = (const unsigned char *)bytes.p;
    buf_reserve(out, bytes.n / 3 * 4 + 4);
    for (size_t i = 0; i < bytes.n; i += 3) {
        size_t left = bytes.n - i;
        uint32_t group = (uint32_t)p[i] << 16;
        if (left > 1)
            group |= (uint32_t)p[i + 1] << 8;
        if (left > 2)
            group |= p[i + 2];
        char quad[4] = {
            base64_digits[group >> 18],
            base64_digits[group >> 12 & 63],
            left > 1 ? base64_digits[group >> 6 & 63] : '=',
            left > 2 ? base64_digits[group & 63] : '=',
        };
        buf_add(out, quad, sizeof(quad));
    }
}

static int base64_value(char c)
{
    const char *at = c == '\0' ? NULL : strchr(base64_digits, c);
    return at == NULL ? -1 : (int)(at - base64_digits);
}

static bool is_space(char c)
{
    return c == ' ' || (c >= '\t' && c <= '\r');
}

int base64_decode(struct buf *out, struct str text, struct err *err)
{
    size_t before = out->n, digits = 0, padding = 0;
    uint32_t group = 0;
    for (size_t i = 0; i < text.n; i++) {
        char c = text.p[i];
        if (is_space(c))
            continue;
        if (c == '=') {
            padding++;
            continue;
        }
        int value = base64_value(c);
        if (value < 0 || padding > 0) {
            buf_truncate(out, before);
            return err_set(err, "not base64: byte 0x%02x at place %zu", (unsigned char)c, i + 1);
        }
        group = group << 6 | (uint32_t)value;
        size_t place = ++digits % 4;
        if (place != 1)
            buf_add_char(out, (char)(group >> (4 - place) % 4 * 2 & 255));
    }
    size_t tail = digits % 4;
    if (tail == 1 || (padding > 0 && (tail == 0 || padding != 4 - tail))) {
        buf_truncate(out, before);
        return err_set(err, "not base64: ends in the middle of a group");
    }
    return 0;
}

void hex_encode(struct buf *out, struct str bytes)
{
    static const char digits[] = "0123456789abcdef";
    buf_reserve(out, bytes.n * 2);
    for (size_t i = 0; i < bytes.n; i++) {
        unsigned char byte = (unsigned char)bytes.p[i];
        char pair[2] = {digits[byte >> 4], digits[byte & 15]};
        buf_add(out, pair, sizeof(pair));
    }
}
