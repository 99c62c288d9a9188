/* label -- foreign text as it is kept. */
// SPDX-License-Identifier: MIT
#include "stats/label.h"

static bool continues_character(char c)
{
    return ((unsigned char)c & 0xC0) == 0x80;
}

void label_add(struct buf *out, struct str text, size_t limit, struct str mark)
{
    bool is_cut = text.n > limit;
    if (is_cut) {
        text.n = limit - mark.n;
        // Bytes that aren't UTF-8 may continue without end: a character has at most four.
        for (int i = 0; i < 3 && text.n > 0 && continues_character(text.p[text.n]); i++)
            text.n--;
    }
    while (text.n > 0) {
        size_t nul = str_index(text, '\0');
        buf_add(out, text.p, nul);
        if (nul < text.n)
            buf_add_cstr(out, "\\x00");
        text = str_slice(text, nul + 1, text.n);
    }
    if (is_cut)
        buf_add_str(out, mark);
}
