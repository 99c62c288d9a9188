/* escape -- foreign text in reports that others take apart. */
// SPDX-License-Identifier: MIT
#include "report/escape.h"

#include <stdint.h>
#include <string.h>

#include "base/text.h"
#include "base/unicode.h"

/* XML 1.0 has no noncharacters U+FFFE and U+FFFF; other code points that it hasn't are made visible
 * before. */
static void add_xml(struct buf *out, struct str text, bool keeps_lines)
{
    struct buf visible = BUF_INIT;

    text_add_visible(&visible, text, keeps_lines);
    struct str s = buf_slice(&visible);
    for (size_t i = 0; i < s.n;) {
        size_t from = i;
        uint32_t c = utf8_next(s, &i);
        if (c == '&')
            buf_add_cstr(out, "&amp;");
        else if (c == '<')
            buf_add_cstr(out, "&lt;");
        else if (c == '>')
            buf_add_cstr(out, "&gt;");
        else if (c == '"')
            buf_add_cstr(out, "&quot;");
        else if (c == 0xFFFE || c == 0xFFFF)
            buf_addf(out, "\\u{%X}", (unsigned)c);
        else
            buf_add(out, s.p + from, i - from);
    }
    buf_release(&visible);
}

void escape_add_xml(struct buf *out, struct str text)
{
    add_xml(out, text, true);
}

void escape_add_xml_attribute(struct buf *out, struct str text)
{
    add_xml(out, text, false);
}

/* Whether what stands before it makes a link of a plain word: "http://...", "www.". */
static bool ends_link_prefix(struct str s, size_t i)
{
    if (s.p[i] == ':')
        return i + 1 < s.n && s.p[i + 1] == '/';
    return s.p[i] == '.' && i >= 3 && str_equal_nocase(str_slice(s, i - 3, i), STR("www"));
}

void escape_add_markdown(struct buf *out, struct str text, size_t limit)
{
    struct buf visible = BUF_INIT;

    text_add_visible(&visible, text, false);
    struct str s = buf_slice(&visible);
    size_t end = s.n;
    if (s.n > limit) {
        end = limit > 3 ? limit - 3 : 0;
        while (end > 0 && ((unsigned char)s.p[end] & 0xC0) == 0x80)
            end--;
    }
    for (size_t i = 0; i < end; i++) {
        char c = s.p[i];
        if (strchr("<>&@", c) != NULL || ends_link_prefix(s, i))
            buf_addf(out, "&#%d;", c); // a backslash would not keep a mention from being one
        else if (strchr("\\`*_{}[]()#+!|~$^=", c) != NULL)
            buf_addf(out, "\\%c", c);
        else
            buf_add_char(out, c);
    }
    if (end < s.n)
        buf_add_cstr(out, "...");
    buf_release(&visible);
}

static void add_percent(struct buf *out, struct str s, const char *also)
{
    for (size_t i = 0; i < s.n; i++) {
        if (s.p[i] == '%' || s.p[i] == '\n' || s.p[i] == '\r' || strchr(also, s.p[i]) != NULL)
            buf_addf(out, "%%%02X", (unsigned)(unsigned char)s.p[i]);
        else
            buf_add_char(out, s.p[i]);
    }
}

void escape_add_command(struct buf *out, struct str text)
{
    struct buf visible = BUF_INIT;

    text_add_visible(&visible, text, true);
    add_percent(out, buf_slice(&visible), "");
    buf_release(&visible);
}

void escape_add_command_property(struct buf *out, struct str text)
{
    struct buf visible = BUF_INIT;

    text_add_visible(&visible, text, false);
    add_percent(out, buf_slice(&visible), ":,");
    buf_release(&visible);
}
