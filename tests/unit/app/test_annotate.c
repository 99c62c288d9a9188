/* test_annotate -- when GitHub is told, and its summary's file. */
// SPDX-License-Identifier: MIT
#include "app/annotate.h"

#include <fcntl.h>
#include <unistd.h>

#include "app/run_options.h"
#include "base/file.h"

#include "../report/ended.h"

static const char *actions, *summary;

static char *get(const char *name)
{
    if (strcmp(name, "GITHUB_ACTIONS") == 0)
        return (char *)actions;
    if (strcmp(name, "GITHUB_STEP_SUMMARY") == 0)
        return (char *)summary;
    return NULL;
}

static bool is_on(const char *when)
{
    struct options o;
    struct err err = ERR_INIT;
    options_init(&o, run_options, RUN_OPTIONS);
    bool good = when == NULL || options_set(&o, OPT_GITHUB, OPTION_COMMAND_LINE, "--github",
                                            str_of(when), &err) == 0;
    bool on = annotate_is_on(&o, get);
    options_release(&o);
    return good && on;
}

TEST(the_option_wins_over_the_variable)
{
    actions = NULL;
    CHECK(!is_on(NULL));
    CHECK(is_on("on"));
    actions = "true";
    CHECK(is_on(NULL));
    CHECK(is_on("auto"));
    CHECK(!is_on("off"));
    actions = "false";
    CHECK(!is_on(NULL));
    actions = "";
    CHECK(!is_on(NULL));
}

TEST(the_summary_is_appended_while_it_is_shown)
{
    char path[] = "/tmp/test_annotate.XXXXXX";
    int fd = mkstemp(path), nowhere = open("/dev/null", O_WRONLY);
    struct result *r = ended_result();
    struct buf text = BUF_INIT;
    struct err err = ERR_INIT;
    CHECK(fd >= 0 && nowhere >= 0);
    CHECK(write(fd, "before\n", 7) == 7);
    summary = path;
    annotate(r, nowhere, get);
    annotate(r, nowhere, get);
    CHECK(file_read(path, &text, 1 << 20, &err) == 0);
    CHECK(str_starts(buf_slice(&text), STR("before\n## ")));
    CHECK(strstr(strstr(buf_cstr(&text), "## ") + 1, "\n## ") != NULL);
    size_t n = (1 << 20) - 10; // room for ten bytes
    CHECK(ftruncate(fd, (off_t)n) == 0);
    annotate(r, nowhere, get);
    buf_clear(&text);
    CHECK(file_read(path, &text, 1 << 21, &err) == 0);
    CHECK_INT(text.n, n);
    buf_release(&text);
    result_free(r);
    close(fd);
    close(nowhere);
    unlink(path);
}

TEST_MAIN(RUN(the_option_wins_over_the_variable); RUN(the_summary_is_appended_while_it_is_shown);)
