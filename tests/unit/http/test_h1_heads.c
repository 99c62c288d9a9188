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

TEST_MAIN(RUN(what_begins_like_one_that_is_known); RUN(the_last_ones_are_kept);
          RUN(large_ones_are_not_kept); RUN(what_never_comes_again_is_kept_now_and_then);)
