/* report_command -- see report_command.h. */
// SPDX-License-Identifier: MIT
#include "app/report_command.h"

#include "app/judge_again.h"
#include "app/reports.h"
#include "app/run_options.h"
#include "base/log.h"
#include "report/csv.h"
#include "report/result_file.h"
#include "report/result_merge.h"

#define LOGGER "katydid.report"

int report_command_check(const struct options *o, struct err *err)
{
    for (size_t i = 0; i < o->n; i++)
        if (o->values[i].rank == OPTION_COMMAND_LINE && !o->table[i].in_report)
            return err_set(err, "katydid report takes no --%s (katydid report --help)",
                           o->table[i].name);
    if (o->n_words == 0)
        return err_set(err, "expected the files of results (katydid report FILE...; they are "
                            "written by --result FILE)");
    return 0;
}

/* All files as one; NULL where one can't be read. */
static struct result *read_all(const struct options *o, struct err *err)
{
    struct result *all = result_file_read(o->words[0], err);

    for (size_t i = 1; all != NULL && i < o->n_words; i++) {
        struct result *next = result_file_read(o->words[i], err);
        int rc = next != NULL ? result_merge(all, next, err) : -1;
        if (next != NULL && rc < 0)
            err_prefix(err, "%s", o->words[i]);
        result_free(next);
        if (rc == 0)
            continue;
        result_free(all);
        return NULL;
    }
    return all;
}

static void tell_notes(const struct result *r)
{
    for (size_t i = 0; i < r->n_notes; i++)
        log_warning(LOGGER, "%s", r->notes[i]);
}

static void write_csv(const struct options *o, const struct result *r)
{
    const char *prefix = options_text(o, OPT_CSV);
    struct err text = ERR_INIT;

    if (prefix != NULL && csv_write(prefix, r->stats, &text) < 0)
        log_error(LOGGER, "The CSV files are incomplete: %s", text.text);
}

int report_command_run(const struct options *o, struct err *err)
{
    struct result *r;
    int code;

    if (reports_check(o, err) < 0)
        return -1;
    r = read_all(o, err);
    if (r == NULL)
        return -1;
    tell_notes(r);
    if (judge_again(r, o, err) < 0) {
        result_free(r);
        return -1;
    }
    reports_write(o, r);
    write_csv(o, r);
    code = r->exit_code;
    result_free(r);
    return code;
}
