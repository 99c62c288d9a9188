/* test_h1_outbox -- what is written together, when, and what isn't. */
// SPDX-License-Identifier: MIT
#include "http/h1_outbox.h"

#include "../check.h"

static struct clock clock_of_test;
static struct loop *loop;
static struct h1_outbox box;
static struct buf written;
static const char *posts_again; /* by whoever is written first */

static void post(char *name)
{
    size_t begin = box.bytes.n;
    buf_add_cstr(&box.bytes, name);
    h1_outbox_post(&box, name, begin);
}

static void note(void *owner, struct str bytes)
{
    buf_add_char(&written, '<');
    buf_add_str(&written, bytes);
    buf_add_char(&written, str_equal(bytes, str_of(owner)) ? '>' : '!');
    if (posts_again == NULL)
        return;
    static char again[] = "again";
    posts_again = NULL;
    if (h1_outbox_has_room(&box))
        post(again);
}

static void open_box(void)
{
    clock_init_virtual(&clock_of_test, 0, 0);
    loop = loop_new(&clock_of_test);
    h1_outbox_init(&box, loop, note);
    buf_clear(&written);
}

static bool close_box(void)
{
    h1_outbox_release(&box);
    bool is_idle = loop_is_idle(loop);
    loop_free(loop);
    buf_release(&written);
    return is_idle;
}

TEST(at_the_end_of_the_turn)
{
    char a[] = "first", b[] = "second";
    open_box();
    post(a);
    post(b);
    CHECK_INT(written.n, 0);
    loop_turn(loop, false);
    CHECK_TEXT(buf_cstr(&written), "<first><second>");
    loop_turn(loop, false);
    CHECK_TEXT(buf_cstr(&written), "<first><second>");
    CHECK(close_box());
}

TEST(at_once_where_it_is_full)
{
    char name[] = "x";
    open_box();
    for (int i = 0; i < H1_OUTBOX_REQUESTS; i++)
        post(name);
    CHECK_INT(written.n, 3 * H1_OUTBOX_REQUESTS);
    CHECK(loop_is_idle(loop));
    CHECK(close_box());
}

TEST(not_what_was_taken_back)
{
    char a[] = "first", b[] = "second";
    open_box();
    post(a);
    post(b);
    h1_outbox_take_back(&box, a);
    loop_turn(loop, false);
    CHECK_TEXT(buf_cstr(&written), "<second>");
    post(a);
    CHECK(close_box()); // and what nobody writes any more is gone
}

TEST(what_is_posted_while_others_are_written)
{
    char a[] = "first", b[] = "second";
    open_box();
    post(a);
    post(b);
    posts_again = "again";
    loop_turn(loop, false);
    CHECK_TEXT(buf_cstr(&written), "<first><second><again>");
    loop_turn(loop, false);
    CHECK_INT(written.n, 22);
    CHECK(close_box());
}

TEST(a_full_one_takes_nothing_while_it_is_written)
{
    char name[] = "x";
    open_box();
    posts_again = "again";
    for (int i = 0; i < H1_OUTBOX_REQUESTS; i++)
        post(name);
    CHECK_INT(written.n, 3 * H1_OUTBOX_REQUESTS);
    CHECK(h1_outbox_has_room(&box));
    CHECK(close_box());
}

TEST_MAIN(RUN(at_the_end_of_the_turn); RUN(at_once_where_it_is_full); RUN(not_what_was_taken_back);
          RUN(what_is_posted_while_others_are_written);
          RUN(a_full_one_takes_nothing_while_it_is_written);)
