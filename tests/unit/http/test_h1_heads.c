/* test_h1_heads -- which heads are known again, and which aren't kept. */
// SPDX-License-Identifier: MIT
#include "http/h1_heads.h"

#include "../check.h"

static struct h1_heads heads;
static struct http_headers row; /* one */

static void open_heads(void)
{
    memset(&heads, 0, sizeof heads);
    http_headers_clear(&row);
    http_headers_add_row(&row, (struct http_header_at){.name = 1, .value = 3, .value_n = 2});
}

static void keep(const char *text, int status)
{
    struct h1_head head = {.status = status, .n_headers = row.n};
    h1_heads_keep(&heads, str_of(text), &head, &row);
}

/* The status of what is found; 0: nothing. */
static int found(const char *text)
{
    struct http_headers into = {.n = 0};
    size_t n = 0;
    const struct h1_head *head = h1_heads_find(&heads, str_of(text), &n, &into);
    bool is_whole = head == NULL || (into.n == 1 && into.all[0].value_n == 2 && n > 0);
    http_headers_release(&into);
    return head == NULL ? 0 : is_whole ? head->status : -1;
}

TEST(what_begins_like_one_that_is_known)
{
    open_heads();
    CHECK_INT(found("a: b"), 0);
    keep("a: bb", 200);
    keep("a: cc", 201);
    CHECK_INT(found("a: bb"), 200);
    CHECK_INT(found("a: cc and its body"), 201);
    CHECK_INT(found("a: bc"), 0);
    CHECK_INT(found("a: b"), 0); // it isn't whole
    CHECK_INT(found(""), 0);
    http_headers_release(&row);
}

TEST(the_last_ones_are_kept)
{
    open_heads();
    char text[] = "a: 00";
    for (int i = 0; i < 2 * H1_HEADS_KEPT; i++) {
        text[3] = (char)('A' + i);
        keep(text, 200 + i);
    }
    for (int i = 0; i < 2 * H1_HEADS_KEPT; i++) {
        text[3] = (char)('A' + i);
        CHECK_INT(found(text), i < H1_HEADS_KEPT ? 0 : 200 + i);
    }
    http_headers_release(&row);
}

TEST(large_ones_are_not_kept)
{
    open_heads();
    char text[H1_HEAD_BYTES_MAX + 2];
    memset(text, 'x', sizeof text);
    text[sizeof text - 1] = '\0';
    keep(text, 200);
    CHECK_INT(found(text), 0);
    text[H1_HEAD_BYTES_MAX] = '\0';
    keep(text, 200);
    CHECK_INT(found(text), 200);
    for (int i = 0; i < H1_HEAD_ROWS_MAX; i++)
        http_headers_add_row(&row, (struct http_header_at){.name = 1});
    keep("many", 200);
    CHECK_INT(found("many"), 0);
    http_headers_release(&row);
}

TEST(what_never_comes_again_is_kept_now_and_then)
{
    open_heads();
    char text[20];
    int kept = 0;
    for (int i = 0; i < 1000; i++) {
        snprintf(text, sizeof text, "cookie: %d", i);
        CHECK_INT(found(text), 0);
        size_t last = heads.last;
        keep(text, 200);
        kept += heads.last != last;
    }
    CHECK(kept > 64 && kept < 120);
    CHECK_INT(found("cookie: 999"), 0);
    keep("a: bb", 200); // one that isn't kept by chance comes until it is
    for (int i = 0; i < 100 && found("a: bb") == 0; i++)
        keep("a: bb", 200);
    CHECK_INT(found("a: bb"), 200);
    http_headers_release(&row);
}

/* A head as it stands on the wire, kept as a parser would. */
static const struct h1_kept_head *plain(const char *text, struct h1_head head)
{
    struct http_headers rows = {.n = 0};
    memset(&heads, 0, sizeof heads);
    for (const char *p = strstr(text, "\r\n") + 2; *p != '\r'; p = strstr(p, "\r\n") + 2) {
        const char *colon = strchr(p, ':');
        size_t value = (size_t)(colon + 2 - text);
        http_headers_add_row(
            &rows, (struct http_header_at){.name = (uint32_t)(p - text),
                                           .name_n = (uint32_t)(colon - p),
                                           .value = (uint32_t)value,
                                           .value_n = (uint32_t)strcspn(colon + 2, "\r")});
    }
    head.n_headers = rows.n;
    head.reason_at = sizeof "HTTP/1.1 200 " - 1;
    head.reason_n = strcspn(text, "\r") - head.reason_at;
    h1_heads_keep(&heads, str_of(text), &head, &rows);
    http_headers_release(&rows);
    return h1_heads_find_plain(&heads, str_of(text));
}

TEST(plain_ones)
{
    static const char usual[] = "HTTP/1.1 200 OK\r\nA: b\r\nLength: 2\r\n\r\n";
    const struct h1_head well = {.status = 200, .has_length = true, .length = 2};
    const struct h1_kept_head *k = plain(usual, well);
    CHECK(k != NULL);
    if (k == NULL)
        return;
    CHECK_INT(k->n, sizeof usual - 1);
    CHECK_INT(k->lines_at, 3);
    static const char texts[] = "OK\0A: b\0\nLength: 2";
    CHECK(str_equal(str_make(k->texts, k->texts_n), str_make(texts, sizeof texts)));
    CHECK(h1_heads_find_plain(&heads, STR("HTTP/1.1 200 OK\r\nA: c\r\n")) == NULL);
    k = plain("HTTP/1.1 404 Not Found\r\n\r\n",
              (struct h1_head){.status = 404, .has_length = true});
    CHECK(k != NULL && k->texts_n == sizeof "Not Found" && k->lines_at == k->texts_n);
}

TEST(those_that_ask_for_something)
{
    static const char usual[] = "HTTP/1.1 200 OK\r\nA: b\r\n\r\n";
    static const struct h1_head heads_of[] = {
        {.status = 200},
        {.status = 200, .has_length = true, .is_chunked = true},
        {.status = 200, .has_length = true, .wants_close = true},
        {.status = 200, .has_length = true, .is_http_1_0 = true},
        {.status = 204, .has_length = true},
        {.status = 302, .has_length = true},
        {.status = 101, .has_length = true},
    };
    for (size_t i = 0; i < sizeof heads_of / sizeof *heads_of; i++)
        CHECK(plain(usual, heads_of[i]) == NULL);
    const struct h1_head well = {.status = 200, .has_length = true};
    CHECK(plain("HTTP/1.1 200 OK\r\nset-cookie: a=b\r\n\r\n", well) == NULL);
    CHECK(plain("HTTP/1.1 200 OK\r\nA: b\r\nContent-Encoding: br\r\n\r\n", well) == NULL);
    CHECK(plain("HTTP/1.1 200 OK\r\nSet-Cookies: a=b\r\n\r\n", well) != NULL);
}

TEST_MAIN(RUN(plain_ones); RUN(those_that_ask_for_something);
          RUN(what_begins_like_one_that_is_known); RUN(the_last_ones_are_kept);
          RUN(large_ones_are_not_kept); RUN(what_never_comes_again_is_kept_now_and_then);)
