/* annotate -- what a run tells GitHub, when it runs there. */
// SPDX-License-Identifier: MIT
#include "app/annotate.h"

#include <limits.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "app/output.h"
#include "app/run_options.h"
#include "base/file.h"
#include "base/log.h"
#include "report/github.h"
#include "report/markdown.h"

#define LOGGER "katydid.main"
#define SUMMARY_LIMIT (1 << 20) /* bytes of a step: GitHub shows none of a larger one */

bool annotate_is_on(const struct options *o, char *(*get)(const char *name))
{
    const char *when = options_text(o, OPT_GITHUB);
    const char *there = get("GITHUB_ACTIONS");

    if (strcmp(when, "auto") != 0)
        return strcmp(when, "on") == 0;
    return there != NULL && strcmp(there, "true") == 0;
}

/* The real path of a folder with a slash at its end; "" where it has none. */
static void add_folder(struct buf *out, const char *path)
{
    char real[PATH_MAX];

    if (path == NULL || *path == '\0' || realpath(path, real) == NULL)
        return;
    buf_addf(out, "%s%s", real, strcmp(real, "/") == 0 ? "" : "/");
}

/* Of a result, or where that is NULL of the text. */
static void add_annotations(const struct result *r, const char *why, int fd, const char *workspace)
{
    struct buf text = BUF_INIT, root = BUF_INIT, here = BUF_INIT;
    struct err err = ERR_INIT;

    add_folder(&root, workspace);
    add_folder(&here, ".");
    if (r != NULL)
        github_add_annotations(&text, r, buf_cstr(&root), buf_cstr(&here));
    else
        github_add_error(&text, str_of(why), buf_cstr(&root), buf_cstr(&here));
    if (output_write(fd, buf_slice(&text), &err) < 0)
        log_error(LOGGER, "The annotations for GitHub are incomplete: %s", err.text);
    buf_release(&text);
    buf_release(&root);
    buf_release(&here);
}

static int append(const char *path, struct str text, struct err *err)
{
    struct stat at;

    if (stat(path, &at) == 0 && S_ISREG(at.st_mode) && (size_t)at.st_size + text.n > SUMMARY_LIMIT)
        return err_set(err, "%s: with it the step's summary would be over 1 MiB", path);
    struct growing_file *f = growing_file_open(path, false, err);
    if (f == NULL)
        return -1;
    int rc = growing_file_append(f, text, err);
    growing_file_close(f);
    return rc;
}

static void add_summary(const struct result *r, const char *path)
{
    struct buf text = BUF_INIT;
    struct err err = ERR_INIT;

    markdown_add(&text, r);
    buf_add_char(&text, '\n'); // whatever stands below it is no part of its last line
    if (append(path, buf_slice(&text), &err) < 0)
        log_error(LOGGER, "The summary for GitHub is missing: %s", err.text);
    buf_release(&text);
}

void annotate(const struct result *r, int fd, char *(*get)(const char *name))
{
    const char *summary = get("GITHUB_STEP_SUMMARY");

    add_annotations(r, NULL, fd, get("GITHUB_WORKSPACE"));
    if (summary != NULL && *summary != '\0')
        add_summary(r, summary);
}

void annotate_error(const char *why, int fd, char *(*get)(const char *name))
{
    add_annotations(NULL, why, fd, get("GITHUB_WORKSPACE"));
}
