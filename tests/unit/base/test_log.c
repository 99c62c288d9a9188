/* test_log -- lines for people, and where they go. */
// SPDX-License-Identifier: MIT
#include "base/log.h"

#include "base/buf.h"
#include "base/file.h"

#include "../check.h"

#include <fcntl.h>
#include <regex.h>
#include <unistd.h>

static struct buf lines = BUF_INIT; /* each followed by "|" */

static void collect(void *self, struct str line)
{
    struct buf *out = self;
    buf_add_str(out, line);
    buf_add_char(out, '|');
}

static bool matches(const char *text, const char *pattern)
{
    regex_t compiled;
    if (regcomp(&compiled, pattern, REG_EXTENDED | REG_NOSUB) != 0)
        return false;
    bool found = regexec(&compiled, text, 0, NULL, 0) == 0;
    regfree(&compiled);
    if (!found)
        printf("'%s' does not match %s\n", text, pattern);
    return found;
}

#define HEAD "\\[[0-9]{4}-[0-9]{2}-[0-9]{2} [0-9]{2}:[0-9]{2}:[0-9]{2},[0-9]{3}\\] [^./ ]+/"

TEST(lines_look_like_locusts)
{
    buf_clear(&lines);
    log_set_sink(collect, &lines);
    log_info("katydid.main", "Starting %s", "katydid");
    log_text(LOG_WARNING, "katydid.runners", STR("low"));
    log_set_sink(NULL, NULL);
    CHECK(matches(buf_cstr(&lines), "^" HEAD "INFO/katydid\\.main: Starting katydid\\|" HEAD
                                    "WARNING/katydid\\.runners: low\\|$"));
}

TEST(levels)
{
    buf_clear(&lines);
    log_set_sink(collect, &lines);
    CHECK(log_is_on(LOG_INFO) && !log_is_on(LOG_DEBUG));
    log_debug("x", "unseen");
    log_set_level(LOG_ERROR);
    CHECK(!log_is_on(LOG_WARNING));
    log_warning("x", "unseen");
    log_text(LOG_INFO, "x", STR("unseen"));
    log_error("x", "seen");
    log_line(LOG_CRITICAL, "x", "seen");
    log_set_level(LOG_DEBUG);
    log_debug("x", "seen");
    log_set_level(LOG_INFO);
    log_set_sink(NULL, NULL);
    CHECK(matches(buf_cstr(&lines),
                  "^" HEAD "ERROR/x: seen\\|" HEAD "CRITICAL/x: seen\\|" HEAD "DEBUG/x: seen\\|$"));
}

TEST(level_names)
{
    enum log_level level = LOG_INFO;
    struct err err = ERR_INIT;
    CHECK_INT(log_level_parse(STR("debug"), &level, &err), 0);
    CHECK_INT(level, LOG_DEBUG);
    CHECK_INT(log_level_parse(STR("Critical"), &level, &err), 0);
    CHECK_INT(level, LOG_CRITICAL);
    CHECK_INT(log_level_parse(STR("WARN"), &level, &err), -1);
    CHECK_TEXT(err.text, "expected DEBUG, INFO, WARNING, ERROR or CRITICAL, got 'WARN'; did you "
                         "mean WARNING?");
    err_clear(&err);
    CHECK_INT(log_level_parse(STR("x\x1b"), &level, &err), -1);
    CHECK_TEXT(err.text, "expected DEBUG, INFO, WARNING, ERROR or CRITICAL, got 'x\\x1b'");
    CHECK_INT(level, LOG_CRITICAL);
}

TEST(foreign_text_steers_nothing)
{
    buf_clear(&lines);
    log_set_sink(collect, &lines);
    log_info("x", "%s", "one\n\ttwo\x1b[2J\r");
    log_set_sink(NULL, NULL);
    CHECK(matches(buf_cstr(&lines), ": one\n\ttwo\\\\x1b\\[2J\\\\r\\|$"));
}

TEST(long_messages_are_whole)
{
    buf_clear(&lines);
    log_set_sink(collect, &lines);
    log_info("x", "%20000d", 1);
    log_set_sink(NULL, NULL);
    CHECK(lines.n > 20000);
    CHECK(str_ends(buf_slice(&lines), STR("   1|")));
}

TEST(goes_to_a_file)
{
    char path[] = "/tmp/test_log.XXXXXX";
    struct err err = ERR_INIT;
    struct buf out = BUF_INIT;
    int fd = mkstemp(path);
    CHECK(fd >= 0);
    CHECK(write(fd, "before\n", 7) == 7);
    close(fd);
    CHECK_INT(log_open_file(path, &err), 0);
    log_info("x", "one");
    log_info("x", "two");
    log_close();
    CHECK_INT(file_read(path, &out, 4096, &err), 0);
    unlink(path);
    CHECK(matches(buf_cstr(&out), "^before\n" HEAD "INFO/x: one\n" HEAD "INFO/x: two\n$"));
    buf_release(&out);
    CHECK_INT(log_open_file("/nowhere/x.log", &err), -1);
    CHECK_TEXT(err.text, "/nowhere/x.log: No such file or directory");
}

static void before(void *self)
{
    CHECK(write(STDERR_FILENO, self, 1) == 1);
}

static void after(void *self)
{
    CHECK(write(STDERR_FILENO, (char *)self + 1, 1) == 1);
}

/* What is written to the descriptor meanwhile, into `out`. */
static void capture(int fd, void (*act)(void), struct buf *out)
{
    int ends[2], saved = dup(fd);
    char text[1024];
    if (pipe(ends) != 0)
        return;
    dup2(ends[1], fd);
    act();
    dup2(saved, fd);
    close(saved);
    close(ends[1]);
    ssize_t n = read(ends[0], text, sizeof(text));
    close(ends[0]);
    buf_add(out, text, n > 0 ? (size_t)n : 0);
}

static char brackets[] = "<>";

static void log_and_print(void)
{
    log_set_around(before, after, brackets);
    log_info("x", "line");
    log_print(STR("printed"), true);
    log_print(STR("printed\n"), true);
    log_print(STR(""), true);
    log_set_around(NULL, NULL, NULL);
    log_print(STR("a\x1b\nb"), true);
}

TEST(terminal_lines_are_surrounded)
{
    struct buf out = BUF_INIT;
    capture(STDERR_FILENO, log_and_print, &out);
    CHECK(matches(buf_cstr(&out),
                  "^<" HEAD "INFO/x: line\n><printed\n><printed\n><\n>a\\\\x1b\nb\n$"));
    buf_release(&out);
}

static void print_out(void)
{
    printf("first, ");
    log_print(STR("second"), false);
}

TEST(prints_to_standard_output_in_order)
{
    struct buf out = BUF_INIT;
    fflush(stdout);
    capture(STDOUT_FILENO, print_out, &out);
    CHECK_TEXT(buf_cstr(&out), "first, second\n");
    buf_release(&out);
}

TEST(prints_to_the_sink)
{
    buf_clear(&lines);
    log_set_sink(collect, &lines);
    log_print(STR("one"), false);
    log_print(STR("two\n"), true);
    log_set_sink(NULL, NULL);
    CHECK_TEXT(buf_cstr(&lines), "one|two|");
    buf_release(&lines);
}

TEST_MAIN(RUN(lines_look_like_locusts); RUN(levels); RUN(level_names);
          RUN(foreign_text_steers_nothing); RUN(long_messages_are_whole); RUN(goes_to_a_file);
          RUN(terminal_lines_are_surrounded); RUN(prints_to_standard_output_in_order);
          RUN(prints_to_the_sink);)
