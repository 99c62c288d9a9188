/* github -- a run's verdict as GitHub's annotations. */
// SPDX-License-Identifier: MIT
#include "report/github.h"

#include <ctype.h>
#include <inttypes.h>
#include <string.h>

#include "report/escape.h"
#include "report/outcome.h"
#include "report/view.h"

struct annotations {
    struct buf *out;
    const struct result *result;
    const char *root, *here;
    bool is_warning; /* which of the two are written now */
    size_t n;
};

/* The path of a file in the checkout. */
static void add_file(struct annotations *a, struct str path)
{
    struct buf whole = BUF_INIT;

    if (!str_starts(path, STR("/")))
        buf_add_cstr(&whole, a->here);
    if (str_starts(path, STR("./")))
        path = str_slice(path, 2, path.n);
    buf_add_str(&whole, path);
    struct str shown = buf_slice(&whole);
    if (*a->root != '\0' && str_starts(shown, str_of(a->root)))
        shown = str_slice(shown, strlen(a->root), shown.n);
    escape_add_command_property(a->out, shown);
    buf_release(&whole);
}

/* "PATH.lua:LINE" at the begin of a text: its length, or 0 where there is none. */
static size_t place_length(struct str s)
{
    for (size_t i = 4; i + 1 < s.n && s.p[i - 1] != '\n'; i++) {
        if (s.p[i] != ':' || !str_ends(str_slice(s, 0, i), STR(".lua")))
            continue;
        size_t end = i + 1;
        while (end < s.n && isdigit((unsigned char)s.p[end]))
            end++;
        return end > i + 1 ? end : 0;
    }
    return 0;
}

/* The first line of a script in a traceback; empty where there is none. */
static struct str place_in(struct str traceback)
{
    while (traceback.n > 0) {
        struct str line = str_trim(str_cut(&traceback, '\n'));
        size_t n = place_length(line);
        if (n > 0 && !str_starts(line, STR("lua/katydid/")))
            return str_slice(line, 0, n);
    }
    return STR_EMPTY;
}

/* "::error file=shop.lua,line=3,title=" */
static void begin(struct annotations *a, struct str place)
{
    size_t colon = place.n;

    while (colon > 0 && place.p[colon - 1] != ':')
        colon--;
    buf_addf(a->out, "::%s ", a->is_warning ? "warning" : "error");
    if (colon > 0) {
        buf_add_cstr(a->out, "file=");
        add_file(a, str_slice(place, 0, colon - 1));
        buf_addf(a->out, ",line=%.*s,", STR_ARG(str_slice(place, colon, place.n)));
    } else if (a->result != NULL && a->result->n_scripts > 0) {
        buf_add_cstr(a->out, "file=");
        add_file(a, str_of(a->result->scripts[0].path));
        buf_add_char(a->out, ',');
    }
    buf_add_cstr(a->out, "title=");
    a->n++;
}

static void end(struct annotations *a, struct str message)
{
    buf_add_cstr(a->out, "::");
    escape_add_command(a->out, message);
    buf_add_char(a->out, '\n');
}

static void add_title(struct annotations *a, const char *what, uint64_t count)
{
    buf_addf(a->out, "%s (%" PRIu64 " time%s)", what, count, count == 1 ? "" : "s");
}

static void add_threshold(struct annotations *a, const struct threshold_row *t)
{
    struct buf text = BUF_INIT;

    begin(a, STR_EMPTY);
    buf_addf(&text, "Threshold %s", threshold_verdict_name(t->verdict));
    escape_add_command_property(a->out, buf_slice(&text));
    buf_clear(&text);
    buf_add_cstr(&text, t->text);
    if (t->has_value)
        buf_addf(&text, ": measured %s", t->shown);
    if (*t->reason != '\0')
        buf_addf(&text, " (%s)", t->reason);
    end(a, buf_slice(&text));
    buf_release(&text);
}

static void add_thresholds(struct annotations *a)
{
    const struct result *r = a->result;
    bool not_judged_fails = outcome_of(r) == OUTCOME_NOT_JUDGED;

    for (size_t i = 0; i < r->n_thresholds && a->n < GITHUB_ANNOTATIONS; i++) {
        enum threshold_verdict verdict = r->thresholds[i].verdict;
        if (verdict == THRESHOLD_PASSED)
            continue;
        if (a->is_warning == (verdict == THRESHOLD_NOT_JUDGED && !not_judged_fails))
            add_threshold(a, &r->thresholds[i]);
    }
}

static void add_exceptions(struct annotations *a)
{
    struct exception *x, *next;
    struct buf text = BUF_INIT;

    HASH_ITER (hh, a->result->stats->exceptions.all, x, next) {
        if (a->n == GITHUB_ANNOTATIONS)
            break;
        size_t own = place_length(str_of(x->message));
        begin(a, own > 0 ? str_slice(str_of(x->message), 0, own) : place_in(str_of(x->traceback)));
        add_title(a, "Exception in the script", x->count);
        buf_clear(&text);
        buf_addf(&text, "%s\n%s", x->message,
                 str_starts(str_of(x->traceback), str_of(x->message))
                     ? x->traceback + strlen(x->message)
                     : x->traceback);
        end(a, str_trim(buf_slice(&text)));
    }
    buf_release(&text);
}

static void add_failures(struct annotations *a)
{
    struct failure *f, *next;
    struct buf text = BUF_INIT;

    HASH_ITER (hh, a->result->stats->failures.all, f, next) {
        if (a->n == GITHUB_ANNOTATIONS)
            break;
        begin(a, f->place != NULL ? str_of(f->place) : STR_EMPTY);
        add_title(a, "Failed requests", f->count);
        buf_clear(&text);
        view_add_failure(&text, f);
        end(a, buf_slice(&text));
    }
    buf_release(&text);
}

/* A run without requests fails for a reason that nothing else tells. */
static void add_reason(struct annotations *a)
{
    struct buf text = BUF_INIT;

    if (a->n > 0 || outcome_of(a->result) == OUTCOME_PASSED)
        return;
    begin(a, STR_EMPTY);
    buf_addf(a->out, "Exit code %d", a->result->exit_code);
    outcome_add_reason(&text, a->result);
    end(a, buf_slice(&text));
    buf_release(&text);
}

void github_add_annotations(struct buf *out, const struct result *r, const char *root,
                            const char *here)
{
    struct annotations a = {.out = out, .result = r, .root = root, .here = here};
    bool failed = outcome_of(r) != OUTCOME_PASSED;
    bool figures_judge = failed && !outcome_is_of_thresholds(r);

    for (int pass = 0; pass < 2; pass++) {
        a.is_warning = pass == 1;
        add_thresholds(&a);
        if (failed == !a.is_warning)
            add_exceptions(&a);
        if (figures_judge == !a.is_warning)
            add_failures(&a);
        if (!a.is_warning)
            add_reason(&a);
    }
}

void github_add_error(struct buf *out, struct str text, const char *root, const char *here)
{
    struct annotations a = {.out = out, .root = root, .here = here};

    begin(&a, str_slice(text, 0, place_length(text)));
    buf_add_cstr(out, "The run could not start");
    end(&a, text);
}
