/* test_packed -- a short answer of http/quick, packed, is read as any other. */
// SPDX-License-Identifier: MIT
#include "script/packed.h"

#include "../check.h"

#include <stdlib.h>

#include "base/err.h"

static const char texts[] = "OK\0A: b\0\r\nC:  d\0";

/* What a test changes of a usual answer to GET http://h:1/base/p?q. */
struct bench {
    struct exchange_base base;
    struct http_headers sent;
    struct quick_answer answer;
    struct packed_quick quick;
    struct packed_label label;
    struct packed *packed;
};

static void bench_open(struct bench *b)
{
    struct err err = ERR_INIT;
    *b = (struct bench){.answer = {.status = 200,
                                   .texts = str_make(texts, sizeof texts - 1),
                                   .reason_n = 2,
                                   .lines_at = 3,
                                   .body = STR("hello")}};
    CHECK_INT(exchange_base_init(&b->base, STR("http://h:1/base"), &err), 0);
    b->quick = (struct packed_quick){.base = &b->base,
                                     .path = STR("/p?q"),
                                     .answer = &b->answer,
                                     .start_s = 12.5,
                                     .response_time_ms = 3.25};
}

/* In as much memory as it asks for, so that ASan sees what goes beyond. */
static const struct packed_rest *pack(struct bench *b, struct packed_rest *room)
{
    b->packed = malloc(packed_quick_size(&b->quick, &b->label));
    packed_quick_copy(b->packed, &b->quick, &b->label);
    return packed_rest(b->packed, room);
}

static void bench_close(struct bench *b)
{
    free(b->packed);
    exchange_base_release(&b->base);
    http_headers_release(&b->sent);
}

static void check_header(const struct bench *b, struct piece headers, size_t *at, const char *name,
                         const char *value)
{
    struct str n, v;
    CHECK(packed_next_header(b->packed, headers, at, &n, &v));
    CHECK_STR(n, name);
    CHECK_STR(v, value);
}

TEST(all_of_a_usual_answer)
{
    struct bench b;
    struct packed_rest room;
    struct str name, value;
    size_t at = 0;
    bench_open(&b);
    const struct packed_rest *rest = pack(&b, &room);
    CHECK_INT(b.packed->status, 200);
    CHECK(b.packed->start_s == 12.5 && b.packed->response_time_ms == 3.25);
    CHECK_INT(rest->failure, HTTP_OK);
    CHECK_STR(packed_text(b.packed, rest->reason), "OK");
    CHECK_STR(packed_text(b.packed, rest->url), "http://h:1/base/p?q");
    CHECK_STR(packed_text(b.packed, rest->request_url), "http://h:1/base/p?q");
    CHECK_STR(packed_text(b.packed, rest->request_method), "GET");
    CHECK_STR(packed_target(b.packed, rest), "/base/p?q");
    CHECK_STR(packed_text(b.packed, rest->body), "hello");
    CHECK_INT(rest->length, 5);
    check_header(&b, rest->headers, &at, "A", "b");
    check_header(&b, rest->headers, &at, "C", "d");
    CHECK(!packed_next_header(b.packed, rest->headers, &at, &name, &value));
    CHECK(rest->failure_text.at == 0 && rest->hops.n == 0 && rest->request_body.at == 0);
    CHECK(rest->request_headers.at == 0 && !rest->replaces);
    struct transfer_timings t = packed_timings(b.packed, rest);
    CHECK(t.wait == 3.25 && t.receive == 0 && t.connect == 0);
    bench_close(&b);
}

TEST(is_counted_by_its_path_or_by_its_label)
{
    struct bench b;
    struct packed_rest room;
    bench_open(&b);
    pack(&b, &room);
    struct packed_count count = packed_count(b.packed);
    CHECK_STR(count.method, "GET");
    CHECK_STR(count.name, "/base/p?q");
    CHECK_INT(count.length, 5);
    free(b.packed);
    b.label = (struct packed_label){STR("LOOK"), STR("all of them")};
    const struct packed_rest *rest = pack(&b, &room);
    count = packed_count(b.packed);
    CHECK_STR(count.method, "LOOK");
    CHECK_STR(count.name, "all of them");
    CHECK_STR(packed_text(b.packed, rest->method), "LOOK");
    CHECK_STR(packed_text(b.packed, rest->name), "all of them");
    bench_close(&b);
}

TEST(headers_that_were_sent_stand_behind_the_usual_ones_or_in_their_place)
{
    struct bench b;
    struct packed_rest room;
    bench_open(&b);
    http_headers_add(&b.sent, STR("X"), STR("y"));
    b.quick.headers = &b.sent;
    for (int adds = 0; adds <= 1; adds++) {
        size_t at = 0;
        b.quick.adds = adds == 1;
        const struct packed_rest *rest = pack(&b, &room);
        CHECK_INT(rest->replaces, adds == 0);
        check_header(&b, rest->request_headers, &at, "X", "y");
        if (adds == 0)
            free(b.packed);
    }
    bench_close(&b);
}

TEST(a_large_body_is_left_out_and_its_length_told)
{
    static const char large[PACKED_BODY_MAX];
    struct bench b;
    struct packed_rest room;
    bench_open(&b);
    b.answer.body = str_make(large, sizeof large);
    const struct packed_rest *rest = pack(&b, &room);
    CHECK(rest->body.at == 0);
    CHECK_INT(rest->length, PACKED_BODY_MAX);
    CHECK_INT(packed_count(b.packed).length, PACKED_BODY_MAX);
    bench_close(&b);
}

TEST_MAIN(RUN(all_of_a_usual_answer); RUN(is_counted_by_its_path_or_by_its_label);
          RUN(headers_that_were_sent_stand_behind_the_usual_ones_or_in_their_place);
          RUN(a_large_body_is_left_out_and_its_length_told);)
