/* threshold_words -- see threshold_words.h. */
// SPDX-License-Identifier: MIT
#include "run/threshold_words.h"

#include "base/text.h"

#define SHOWN 200 /* bytes of a refused text */

// --- what is shown of a text ---------------------------------------------------------------------

/* "'TEXT'", visible, and cut where it is long. */
void threshold_add_quoted(struct buf *out, struct str text)
{
    buf_add_char(out, '\'');
    text_add_visible(out, str_slice(text, 0, SHOWN), false);
    buf_add_cstr(out, text.n > SHOWN ? "…'" : "'");
}

/* "expected WHAT, got 'TEXT'"; of an empty text, "got nothing". */
int threshold_refuse(const char *what, struct str got, struct err *err)
{
    struct buf shown = BUF_INIT;

    if (got.n == 0)
        buf_add_cstr(&shown, "nothing");
    else
        threshold_add_quoted(&shown, got);
    err_set(err, "expected %s, got %s", what, buf_cstr(&shown));
    buf_release(&shown);
    return -1;
}

/* "unknown KIND 'NAME' (did you mean 'NEAR'?)HINT" */
int threshold_refuse_name(const char *kind, struct str name, const char *near, const char *hint,
                          struct err *err)
{
    struct buf shown = BUF_INIT;

    threshold_add_quoted(&shown, name);
    if (near != NULL)
        buf_addf(&shown, " (did you mean '%s'?)", near);
    err_set(err, "unknown %s %s%s", kind, buf_cstr(&shown), hint);
    buf_release(&shown);
    return -1;
}

// --- words ---------------------------------------------------------------------------------------

bool threshold_is_blank(char c)
{
    return c == ' ' || c == '\t' || c == '\n' || c == '\r';
}

/* How long the quoted text is that begins here, with its quotes; 0: it isn't closed. */
size_t threshold_quoted_length(struct str s)
{
    size_t i = 1;

    while (i < s.n) {
        if (s.p[i] != '"')
            i++;
        else if (i + 1 < s.n && s.p[i + 1] == '"')
            i += 2;
        else
            return i + 1;
    }
    return 0;
}

/* A quote opens where a word begins; in the middle of one it is a character. */
bool threshold_opens_quote(struct str s, size_t i)
{
    return s.p[i] == '"' && (i == 0 || threshold_is_blank(s.p[i - 1]));
}

struct str threshold_cut_word(struct str *rest)
{
    size_t n = 0;

    *rest = str_trim(*rest);
    while (n < rest->n && !threshold_is_blank(rest->p[n]))
        n++;
    struct str word = str_slice(*rest, 0, n);
    *rest = str_trim(str_slice(*rest, n, rest->n));
    return word;
}

/* What the quotes around a text hold; the caller owns it. NULL: there is something else too. */
static char *unquote(struct str s, struct err *err)
{
    struct buf out = BUF_INIT;

    if (threshold_quoted_length(s) == 0) {
        err_set(err, "the quote isn't closed");
        return NULL;
    }
    if (threshold_quoted_length(s) != s.n) {
        threshold_refuse("nothing but an operator behind the closing quote", s, err);
        return NULL;
    }
    for (size_t i = 1; i + 1 < s.n; i++) {
        buf_add_char(&out, s.p[i]);
        i += s.p[i] == '"';
    }
    if (out.n > 0)
        return buf_detach(&out);
    err_set(err, "expected a name between the quotes");
    buf_release(&out);
    return NULL;
}

/* A name as it stands, or what its quotes hold. */
char *threshold_read_name(struct str s, struct err *err)
{
    return s.n > 0 && s.p[0] == '"' ? unquote(s, err) : str_dup(s);
}
