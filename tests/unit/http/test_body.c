/* test_body -- what is sent, out of memory and out of files. */
// SPDX-License-Identifier: MIT
#include "http/body.h"

#include "base/buf.h"

#include <stdio.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "../check.h"

static char path[64];

static void write_file(const char *text)
{
    snprintf(path, sizeof(path), "/tmp/katydid-test-body-%ld", (long)getpid());
    FILE *f = fopen(path, "wb");
    fputs(text, f);
    fclose(f);
}

static void add_file(struct http_body *b)
{
    struct err err = ERR_INIT;
    if (http_body_add_file(b, path, &err) < 0)
        BUG(err.text);
}

/* All that is left, read `step` bytes at a time. */
static struct buf read_all(struct http_body *b, size_t step)
{
    struct buf all = BUF_INIT;
    struct err err = ERR_INIT;
    char bytes[64];
    ptrdiff_t n;
    while ((n = http_body_read(b, bytes, step, &err)) > 0)
        buf_add(&all, bytes, (size_t)n);
    if (n < 0)
        BUG(err.text);
    return all;
}

TEST(parts_behind_each_other)
{
    struct http_body *b = http_body_new();
    CHECK_INT(http_body_length(b), 0);
    write_file("file");
    http_body_add(b, STR("a"));
    http_body_add(b, STR("b"));
    add_file(b);
    add_file(b);
    http_body_add(b, STR(""));
    http_body_add(b, STR("c"));
    CHECK_INT(http_body_length(b), 11);
    for (size_t step = 1; step < 13; step++) {
        struct buf all = read_all(b, step);
        CHECK_STR(buf_slice(&all), "abfilefilec");
        buf_release(&all);
        http_body_rewind(b);
    }
    http_body_free(b);
    unlink(path);
}

TEST(nothing)
{
    struct http_body *b = http_body_new();
    write_file("");
    add_file(b);
    CHECK_INT(http_body_length(b), 0);
    struct buf all = read_all(b, 10);
    CHECK_INT(all.n, 0);
    buf_release(&all);
    http_body_free(b);
    http_body_free(NULL);
    unlink(path);
}

TEST(a_rewind_in_the_middle)
{
    struct http_body *b = http_body_new();
    struct err err = ERR_INIT;
    char bytes[4];
    write_file("file");
    http_body_add(b, STR("a"));
    add_file(b);
    CHECK_INT(http_body_read(b, bytes, 3, &err), 3);
    http_body_rewind(b);
    struct buf all = read_all(b, 10);
    CHECK_STR(buf_slice(&all), "afile");
    buf_release(&all);
    http_body_rewind(b);
    CHECK_INT(http_body_read(b, bytes, 3, &err), 3);
    http_body_free(b); // closes it
    unlink(path);
}

TEST(what_cannot_be_sent)
{
    struct http_body *b = http_body_new();
    struct err err = ERR_INIT;
    CHECK_INT(http_body_add_file(b, "/none/at-all", &err), -1);
    CHECK_TEXT(err.text, "can't read '/none/at-all': No such file or directory");
    err_clear(&err);
    CHECK_INT(http_body_add_file(b, "/tmp", &err), -1);
    CHECK_TEXT(err.text, "can't send '/tmp': it is a folder");
    err_clear(&err);
    CHECK_INT(http_body_add_file(b, "/dev/zero", &err), -1);
    CHECK_TEXT(err.text, "can't send '/dev/zero': it is no ordinary file");
    CHECK_INT(http_body_length(b), 0);
    http_body_free(b);
}

/* Its text is as long as it was, but for the end. */
static void check_change(const char *before, const char *while_read, const char *why)
{
    struct http_body *b = http_body_new();
    struct err err = ERR_INIT;
    char bytes[64];
    write_file(before);
    add_file(b);
    CHECK_INT(http_body_read(b, bytes, 2, &err), 2);
    write_file(while_read);
    CHECK_INT(http_body_read(b, bytes, sizeof(bytes), &err), -1);
    CHECK(strstr(err.text, path) != NULL);
    CHECK(strstr(err.text, why) != NULL);
    http_body_free(b);
    unlink(path);
}

TEST(a_file_that_changes)
{
    check_change("0123456789", "01234",
                 "changed while it was sent: 10 bytes were announced, 5 are there");
    check_change("0123456789", "0",
                 "changed while it was sent: 10 bytes were announced, 1 are there");
    check_change("0123456789", "0123456789012", "10 bytes were announced, 13 are there");
    // before it is read
    struct http_body *b = http_body_new();
    struct err err = ERR_INIT;
    char bytes[4];
    write_file("file");
    add_file(b);
    unlink(path);
    CHECK_INT(http_body_read(b, bytes, 4, &err), -1);
    CHECK(strstr(err.text, "No such file or directory") != NULL);
    http_body_free(b);
}

TEST_MAIN(RUN(parts_behind_each_other); RUN(nothing); RUN(a_rewind_in_the_middle);
          RUN(what_cannot_be_sent); RUN(a_file_that_changes);)
