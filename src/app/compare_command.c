/* compare_command -- see compare_command.h. */
// SPDX-License-Identifier: MIT
#include "app/compare_command.h"

#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "app/compare_options.h"
#include "app/output.h"
#include "base/file.h"
#include "base/mem.h"
#include "report/compare_text.h"
#include "report/result_file.h"

#define EXIT_WORSE 1

static bool is_output(const char *path)
{
    return strcmp(path, "-") == 0;
}

static int write_all(const struct comparison *c, const struct options *o, struct err *err)
{
    const char *markdown = options_text(o, COMPARE_MARKDOWN);
    struct style style = style_of(STDOUT_FILENO);
    struct buf text = BUF_INIT;
    int rc = 0;

    if (markdown != NULL) {
        compare_add_markdown(&text, c);
        if (!is_output(markdown))
            rc = file_write(markdown, buf_slice(&text), err);
    }
    if (markdown == NULL || !is_output(markdown)) {
        buf_clear(&text);
        if (options_flag(o, COMPARE_JSON))
            compare_add_json(&text, c);
        else
            compare_add_text(&text, c, &style);
    }
    if (output_write(STDOUT_FILENO, buf_slice(&text), err) < 0)
        rc = -1;
    buf_release(&text);
    return rc;
}

/* NULL: it can't be read, or says nothing of the time within the run. */
static struct result *read_result(const char *path, struct err *err)
{
    struct result *r = result_file_read(path, err);

    if (r != NULL && r->stats->slots == NULL) {
        err_set(err, "%s: it has no slots of time, which a comparison needs", path);
        result_free(r);
        return NULL;
    }
    return r;
}

int compare_command_run(const struct options *o, struct err *err)
{
    const char *markdown = options_text(o, COMPARE_MARKDOWN);
    struct compare_settings settings;
    size_t n = 0;
    int code = -1;

    if (compare_options_settings(o, &settings, err) < 0)
        return -1;
    if (markdown != NULL && !is_output(markdown) && file_check_writable(markdown, err) < 0) {
        err_prefix(err, "--markdown");
        return -1;
    }
    struct result **all = xcalloc(o->n_words, sizeof(struct result *));
    while (n < o->n_words && (all[n] = read_result(o->words[n], err)) != NULL)
        n++;
    if (n == o->n_words) {
        struct comparison *c =
            compare_results((const struct result *const *)all, n - 1, all[n - 1], &settings);
        if (write_all(c, o, err) == 0)
            code = c->counts[COMPARE_WORSE] > 0 ? EXIT_WORSE : 0;
        comparison_free(c);
    }
    for (size_t i = 0; i < n; i++)
        result_free(all[i]);
    free(all);
    return code;
}
