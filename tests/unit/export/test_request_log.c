/* test_request_log -- lines of requests: their fields, when they are written, and what is left on a full disk. */
// SPDX-License-Identifier: MIT
#include "export/request_log.h"

#include <jansson.h>
#include <stdlib.h>
#include <unistd.h>

#include "base/buf.h"
#include "base/clock.h"
#include "base/file.h"
#include "base/log.h"
#include "base/mem.h"
#include "loop/timer.h"

#include "../check.h"

#define WALL_S 1795187227.0

/* A log in a folder of its own, and the clock that moves it. */
struct bench {
    struct clock clock;
    struct loop *loop;
    struct hooks *hooks;
    char folder[32], path[64];
    struct request_log *log;
    struct buf text; /* what stood in the file when it was read last */
};

static struct bench *bench_new(const char *name)
{
    struct bench *b = xcalloc(1, sizeof *b);
    struct err err = ERR_INIT;
    snprintf(b->folder, sizeof b->folder, "/tmp/test_request_log.XXXXXX");
    if (mkdtemp(b->folder) == NULL)
        exit(1);
    snprintf(b->path, sizeof b->path, "%s/%s", b->folder, name);
    clock_init_virtual(&b->clock, NS_PER_S, WALL_S);
    b->loop = loop_new(&b->clock);
    b->hooks = hooks_new();
    b->log = request_log_new(b->path, b->loop, b->hooks, &err);
    return b;
}

static void bench_free(struct bench *b)
{
    request_log_free(b->log);
    hooks_free(b->hooks);
    loop_free(b->loop);
    unlink(b->path);
    rmdir(b->folder);
    buf_release(&b->text);
    free(b);
}

static const char *read_file(struct bench *b)
{
    struct err err = ERR_INIT;
    buf_clear(&b->text);
    if (file_read(b->path, &b->text, 1 << 24, &err) < 0)
        return "(cannot be read)";
    return buf_cstr(&b->text);
}

static void fire(struct bench *b, const char *name, const char *failure, bool has_detail)
{
    static const struct request_detail detail = {
        .status = 200,
        .url = {"http://h/x", 10},
        .user_class = {"Shopper", 7},
        .user_id = 3,
    };
    struct hook what = {.kind = HOOK_REQUEST};
    what.u.request.method = STR("GET");
    what.u.request.name = str_of(name);
    what.u.request.timed = true;
    what.u.request.ms = 1500.25;
    what.u.request.length = 12;
    what.u.request.at_s = WALL_S + 2;
    what.u.request.failure = str_of(failure);
    what.u.request.detail = has_detail ? &detail : NULL;
    hooks_fire(b->hooks, &what);
}

static size_t lines_in(const char *text)
{
    size_t n = 0;
    for (; *text != '\0'; text++)
        n += *text == '\n';
    return n;
}

TEST(a_json_line_has_every_field)
{
    struct bench *b = bench_new("out.jsonl");
    CHECK(b->log != NULL);
    fire(b, "/items/[id]", "", true);
    request_log_finish(b->log);
    CHECK_TEXT(read_file(b), "{\"time\":\"2026-11-20T15:07:07.499750Z\",\"request_type\":\"GET\","
                             "\"name\":\"/items/[id]\",\"url\":\"http://h/x\",\"status\":200,"
                             "\"response_time\":1500.250,\"response_length\":12,\"exception\":null,"
                             "\"user\":\"Shopper\",\"user_id\":3}\n");
    bench_free(b);
}

TEST(a_csv_row_has_every_field)
{
    struct bench *b = bench_new("out.csv");
    CHECK(b->log != NULL);
    fire(b, "/a,b", "broke\nin two", true);
    request_log_finish(b->log);
    CHECK_TEXT(read_file(b), "time,request_type,name,url,status,response_time,response_length,"
                             "exception,user,user_id\r\n"
                             "2026-11-20T15:07:07.499750Z,GET,\"/a,b\",http://h/x,200,1500.250,12,"
                             "broke\\nin two,Shopper,3\r\n");
    bench_free(b);
}

/* Whatever comes, a line is one JSON object. */
TEST(foreign_text_stays_in_its_string)
{
    struct bench *b = bench_new("out.ndjson");
    CHECK(b->log != NULL);
    fire(b, "a\"b\\c\nd\r\x01\x1b\xff\xc2\x85\xe2\x80\xa8", "</script>", false);
    request_log_finish(b->log);
    const char *text = read_file(b);
    CHECK_INT(lines_in(text), 1);
    json_t *line = json_loads(text, JSON_REJECT_DUPLICATES, NULL);
    CHECK(line != NULL);
    CHECK_TEXT(json_string_value(json_object_get(line, "name")),
               "a\"b\\c\nd\r\x01\x1b\\xff\xc2\x85\xe2\x80\xa8");
    CHECK_TEXT(json_string_value(json_object_get(line, "exception")), "</script>");
    CHECK_TEXT(json_string_value(json_object_get(line, "user")), "");
    json_decref(line);
    bench_free(b);
}

static void at_time(void *self)
{
    *(bool *)self = true;
}

/* What came in a second stands in the file when the next one is over, with no call from outside. */
TEST(lines_are_written_within_a_second)
{
    struct bench *b = bench_new("out.json");
    CHECK(b->log != NULL);
    bool later = false;
    struct timer t;
    timer_init(&t, at_time, &later);
    fire(b, "/1", "", false);
    fire(b, "/2", "", false);
    CHECK_TEXT(read_file(b), "");
    timer_start(b->loop, &t, NS_PER_S + NS_PER_MS);
    while (!later && loop_turn(b->loop, true))
        ;
    CHECK_INT(lines_in(read_file(b)), 2);
    fire(b, "/3", "", false);
    CHECK_INT(lines_in(read_file(b)), 2);
    request_log_finish(b->log);
    CHECK_INT(lines_in(read_file(b)), 3);
    fire(b, "/4", "", false); // nobody listens any more
    CHECK_INT(lines_in(read_file(b)), 3);
    bench_free(b);
}

TEST(many_lines_wait_for_no_second)
{
    struct bench *b = bench_new("out.jsonl");
    CHECK(b->log != NULL);
    for (int i = 0; i < 5000; i++)
        fire(b, "/items", "", true);
    const char *text = read_file(b);
    CHECK(lines_in(text) > 1000);
    CHECK(text[b->text.n - 1] == '\n');
    bench_free(b);
}

static size_t said;

static void count_line(void *self, struct str line)
{
    (void)self;
    said += str_contains(line, STR("No space left on device. It ends before"));
}

TEST(a_full_disk_is_said_once)
{
    char link[] = "/tmp/test_request_log_full.jsonl";
    struct bench *b = bench_new("unused.jsonl");
    struct err err = ERR_INIT;
    unlink(link);
    CHECK(symlink("/dev/full", link) == 0);
    request_log_free(b->log);
    b->log = request_log_new(link, b->loop, b->hooks, &err);
    CHECK(b->log != NULL);
    said = 0;
    log_set_sink(count_line, NULL);
    for (int i = 0; i < 5000; i++)
        fire(b, "/items", "", true);
    request_log_finish(b->log);
    log_set_sink(NULL, NULL);
    CHECK_INT(said, 1);
    unlink(link);
    bench_free(b);
}

TEST(names_say_the_format)
{
    struct err err = ERR_INIT;
    CHECK(request_log_check("/tmp/test_request_log.txt", &err) < 0);
    CHECK_TEXT(err.text, "expected a name that ends in .jsonl, .ndjson, .json or .csv, got "
                         "'/tmp/test_request_log.txt'");
    err_clear(&err);
    CHECK(request_log_check("/proc/nowhere/x.csv", &err) < 0);
}

TEST_MAIN(RUN(a_json_line_has_every_field); RUN(a_csv_row_has_every_field);
          RUN(foreign_text_stays_in_its_string); RUN(lines_are_written_within_a_second);
          RUN(many_lines_wait_for_no_second); RUN(a_full_disk_is_said_once);
          RUN(names_say_the_format);)
