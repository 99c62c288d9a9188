/* h1_heads -- the last heads that were read. */
// SPDX-License-Identifier: MIT
#include "http/h1_heads.h"

#include <string.h>

#define MISSES_MAX 64 /* in a row: these heads seem to be different each time */
#define KEPT_THEN 32  /* of so many, one is kept all the same */

static bool is_it(const struct h1_kept_head *k, struct str in)
{
    return k->n > 0 && k->n <= in.n && memcmp(k->bytes, in.p, k->n) == 0;
}

/* The one that was last is the likeliest. */
static struct h1_kept_head *find(struct h1_heads *heads, struct str in)
{
    for (size_t i = 0; i < H1_HEADS_KEPT; i++) {
        size_t at = (heads->last + H1_HEADS_KEPT - i) % H1_HEADS_KEPT;
        if (is_it(&heads->kept[at], in)) {
            heads->last = at;
            return &heads->kept[at];
        }
    }
    return NULL;
}

const struct h1_head *h1_heads_find(struct h1_heads *heads, struct str in, size_t *n,
                                    struct http_headers *headers)
{
    const struct h1_kept_head *k = find(heads, in);
    if (k == NULL) {
        heads->misses++;
        return NULL;
    }
    heads->misses = 0;
    *n = k->n;
    http_headers_add_rows(headers, k->rows, k->head.n_headers);
    return &k->head;
}

const struct h1_kept_head *h1_heads_find_plain(struct h1_heads *heads, struct str in)
{
    const struct h1_kept_head *k = find(heads, in);
    return k != NULL && k->is_plain ? k : NULL;
}

static bool has_name(const struct h1_kept_head *k, size_t row, struct str name)
{
    const struct http_header_at *at = &k->rows[row];
    return at->name_n == name.n && str_equal_nocase(str_make(k->bytes + at->name, name.n), name);
}

static bool is_plain(const struct h1_kept_head *k)
{
    const struct h1_head *h = &k->head;
    bool has_body = h->status >= 200 && h->status != 204 && h->status / 100 != 3;
    if (!has_body || !h->has_length || h->is_chunked || h->wants_close || h->is_http_1_0)
        return false;
    for (size_t i = 0; i < h->n_headers; i++) {
        if (has_name(k, i, STR("Set-Cookie")) || has_name(k, i, STR("Content-Encoding")))
            return false;
    }
    return true;
}

/* Room is there: the status line is longer than its reason, and each header has its line's end. */
static void keep_texts(struct h1_kept_head *k)
{
    const struct h1_head *h = &k->head;
    memcpy(k->texts, k->bytes + h->reason_at, h->reason_n);
    k->texts[h->reason_n] = '\0';
    k->lines_at = k->texts_n = h->reason_n + 1;
    if (h->n_headers == 0)
        return;
    const struct http_header_at *last = &k->rows[h->n_headers - 1];
    size_t begin = k->rows[0].name, end = last->value + last->value_n + 1;
    char *lines = k->texts + k->lines_at;
    memcpy(lines, k->bytes + begin, end - begin);
    for (size_t i = 0; i < h->n_headers; i++)
        lines[k->rows[i].value + k->rows[i].value_n - begin] = '\0';
    k->texts_n += end - begin;
}

void h1_heads_keep(struct h1_heads *heads, struct str bytes, const struct h1_head *head,
                   const struct http_headers *headers)
{
    bool is_unlike = heads->misses > MISSES_MAX && heads->misses % KEPT_THEN != 0;
    if (is_unlike || bytes.n > H1_HEAD_BYTES_MAX || headers->n > H1_HEAD_ROWS_MAX)
        return;
    heads->last = (heads->last + 1) % H1_HEADS_KEPT;
    struct h1_kept_head *k = &heads->kept[heads->last];
    k->n = bytes.n;
    k->head = *head;
    memcpy(k->bytes, bytes.p, bytes.n);
    if (headers->n > 0) // else there may be no memory to copy from
        memcpy(k->rows, headers->all, headers->n * sizeof headers->all[0]);
    k->is_plain = is_plain(k);
    if (k->is_plain)
        keep_texts(k);
}
