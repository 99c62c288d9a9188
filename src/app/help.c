/* help -- see help.h. */
// SPDX-License-Identifier: MIT
#include "app/help.h"

#include <jansson.h>
#include <stdlib.h>
#include <string.h>

#include "app/compare_options.h"
#include "app/run_options.h"
#include "app/target_options.h"
#include "base/mem.h"
#include "base/text.h"
#include "http/curl_transport.h"
#include "loop/loop.h"
#include "net/resolver.h"
#include "script/vm.h"
#include "serve/server.h"
#include "target/target.h"

#define COLUMNS 80
#define INDENT 30 /* where the text of an option begins */

/* Words from column INDENT on, as many a line as fit. `at`: the column reached so far. */
static void add_wrapped(struct buf *out, size_t at, struct str text)
{
    if (at + 2 > INDENT) {
        buf_add_char(out, '\n');
        at = 0;
    }
    buf_add_many(out, ' ', INDENT - at);
    at = INDENT;
    while (text.n > 0) {
        struct str word = str_cut(&text, ' ');
        if (at > INDENT && at + 1 + word.n > COLUMNS) {
            buf_add_char(out, '\n');
            buf_add_many(out, ' ', INDENT);
            at = INDENT;
        } else if (at > INDENT) {
            buf_add_char(out, ' ');
            at++;
        }
        buf_add_str(out, word);
        at += word.n;
    }
    buf_add_char(out, '\n');
}

static void add_option(struct buf *out, const struct option *option)
{
    struct buf left = BUF_INIT, right = BUF_INIT, shown = BUF_INIT;

    if (option->letter != '\0')
        buf_addf(&left, "  -%c, --%s", option->letter, option->name);
    else
        buf_addf(&left, "      --%s", option->name);
    if (option->value != NULL)
        buf_addf(&left, " %s", option->value);
    buf_add_cstr(&right, option->help);
    if (option->preset != NULL)
        buf_addf(&right, "%s(default: %s)", right.n > 0 ? " " : "",
                 option->is_secret ? OPTION_HIDDEN : option->preset);
    if (option->variable != NULL)
        buf_addf(&right, "%s(variable: %s)", right.n > 0 ? " " : "", option->variable);
    text_add_visible(out, buf_slice(&left), false);
    text_add_visible(&shown, buf_slice(&right), false);
    add_wrapped(out, left.n, buf_slice(&shown));
    buf_release(&shown);
    buf_release(&left);
    buf_release(&right);
}

void help_add_options(struct buf *out, const struct option *table, size_t n)
{
    for (size_t i = 0; i < n; i++) {
        if (i == 0 || strcmp(table[i].group, table[i - 1].group) != 0)
            buf_addf(out, "%s%s:\n", i == 0 ? "" : "\n", table[i].group);
        add_option(out, &table[i]);
    }
}

/* The rows that this command has. */
static void add_own_options(struct buf *out, const struct option *table, size_t n, bool is_debug)
{
    struct option *own = xcalloc(n, sizeof *own);
    size_t n_own = 0;

    for (size_t i = 0; i < n; i++) {
        if (is_debug ? table[i].run_alone : table[i].debug_alone)
            continue;
        own[n_own++] = table[i];
        if (is_debug && i == OPT_ITERATIONS) {
            own[n_own - 1].help = "how many passes";
            own[n_own - 1].preset = "1";
        }
    }
    help_add_options(out, own, n_own);
    free(own);
}

static void add_run_usage(struct buf *out)
{
    buf_add_cstr(
        out, "Usage: katydid [run] SCRIPT... [UserClass...] [options]\n"
             "       katydid COMMAND [options]\n"
             "\n"
             "Runs users written in Lua against a server, and says how it took them.\n"
             "\n"
             "A word that ends in .lua, holds a / or names a folder is a script; other words\n"
             "are the user classes to run (all of them where none is named).\n"
             "\n"
             "Commands (each has its own --help):\n"
             "  run                         run scripts; may be left out\n"
             "  target                      a practice server\n"
             "  debug                       one user, once, with all that is sent and received\n"
             "  report                      reports again, of results that were written\n"
             "  compare                     whether a run is worse than others were\n");
    for (size_t i = 0; tools_at(i) != NULL; i++)
        buf_addf(out, "  %-27s %s\n", tools_at(i)->name, tools_at(i)->summary);
    buf_add_char(out, '\n');
}

static void add_debug_usage(struct buf *out)
{
    buf_add_cstr(
        out, "Usage: katydid debug SCRIPT... [UserClass] [options]\n"
             "\n"
             "Runs one user, each of its tasks once in their order and without waits, and\n"
             "shows each request and its answer: headers, bodies, times. A task set is\n"
             "entered once, and left when each of its tasks had its turn. Without a class it\n"
             "is the first one.\n"
             "\n"
             "Passwords, tokens and the values of cookies are shown as ***, as far as names of\n"
             "headers, parameters and fields tell what they are.\n"
             "\n"
             "Exit codes are those of a run.\n"
             "\n");
}

static void add_environment(struct buf *out)
{
    buf_add_cstr(out,
                 "\n"
                 "Environment and files:\n"
                 "  Each option is also a variable, KATYDID_ and its name in capitals\n"
                 "  (KATYDID_SPAWN_RATE=5; an empty one counts as not set), and a key in\n"
                 "  katydid.conf (spawn-rate = 5). The command line wins over the environment,\n"
                 "  that over the file of --config, ./katydid.conf and ~/.katydid.conf in this\n"
                 "  order, those over the script. KATYDID_USER_CLASSES holds the user classes\n"
                 "  where none is named. KATYDID_PATH holds further folders, separated by\n"
                 "  semicolons, in which scripts find modules.\n");
}

void help_add_run(struct buf *out, const struct option *table, size_t n, bool is_debug)
{
    if (is_debug)
        add_debug_usage(out);
    else
        add_run_usage(out);
    add_own_options(out, table, n, is_debug);
    add_environment(out);
    if (is_debug)
        return;
    buf_add_cstr(
        out, "\n"
             "Keys, while a run goes on in a terminal:\n"
             "  w, W      a user more, ten more, at 100 a second\n"
             "  s, S      a user less, ten less\n"
             "\n"
             "Exit codes:\n"
             "  0         the run ended as planned, and nothing below holds\n"
             "  1         requests failed, or the script threw (--exit-code-on-error changes\n"
             "            it, thresholds take its place for requests), or nothing was\n"
             "            requested at all\n"
             "  2         the run could not start: one line says what and where\n"
             "  3         a threshold was crossed\n"
             "  4         a threshold could not be judged: too few samples, no request of that\n"
             "            name, katydid too busy, descriptors or ports ran out, a signal\n"
             "  130, 143  ended at once by a second SIGINT or SIGTERM; a first one ends the\n"
             "            run in good order, with its reports\n"
             "  A script may set any other by environment.process_exit_code.\n");
}

void help_add_target(struct buf *out)
{
    buf_add_cstr(out,
                 "Usage: katydid target [options]\n"
                 "\n"
                 "A practice server of known delays, sizes, statuses and faults, which counts\n"
                 "what it served. It prints its address, and ends by Ctrl-C.\n"
                 "\n");
    help_add_options(out, target_table, TARGET_OPTIONS);
    buf_add_cstr(out, "\nRoutes:\n");
    target_add_routes(out);
}

void help_add_report(struct buf *out)
{
    struct option *own = xcalloc(RUN_OPTIONS, sizeof *own);
    size_t n = 0;

    for (size_t i = 0; i < RUN_OPTIONS; i++)
        if (run_options[i].in_report)
            own[n++] = run_options[i];
    buf_add_cstr(out,
                 "Usage: katydid report FILE... [options]\n"
                 "\n"
                 "Makes reports again, of files that --result wrote. Several are merged into one\n"
                 "(they may be of several machines): their counts and times add up exactly, each\n"
                 "counted from the begin of its run. What they differ in is said.\n"
                 "\n"
                 "Thresholds are judged again, those of the runs and those of --threshold, by the\n"
                 "figures of all results together. Exit codes are those of a run.\n"
                 "\n");
    help_add_options(out, own, n);
    free(own);
}

void help_add_compare(struct buf *out)
{
    buf_add_cstr(
        out, "Usage: katydid compare BASE... NEW [options]\n"
             "\n"
             "Says whether a run is worse than others were, by files that --result wrote; the\n"
             "last one is the new run. Of each method and name: requests a second, p50, p95,\n"
             "p99 and failures, with the interval in which the change lies (95% confidence).\n"
             "\n"
             "  worse, better     the change is beyond the tolerance, and so surely that among\n"
             "                    all figures together a false one has a chance of 5% at most\n"
             "  no difference     the interval lies within the tolerance (of failures, within a\n"
             "                    percentage point)\n"
             "  too little data   neither can be said: longer runs, or more of them, may tell\n"
             "\n"
             "Several runs as base show how much runs differ by chance; with one this is not\n"
             "known, and what it did may look like a change. Runs of a minute and more are\n"
             "best; slots of ten seconds in which all users were there are compared.\n"
             "\n"
             "Exit codes: 0; 1, something is worse; 2, a file or an option is wrong.\n"
             "\n");
    help_add_options(out, compare_table, COMPARE_OPTIONS);
}

void help_add_tool(struct buf *out, const struct tool *tool)
{
    buf_add_cstr(out, tool->usage);
    help_add_options(out, tool->table, tool->n);
}

/* "OpenSSL/3.0.19" as the others are written. */
static void add_spaced(struct buf *out, const char *version)
{
    for (; *version != '\0'; version++)
        buf_add_char(out, *version == '/' ? ' ' : *version);
    buf_add_char(out, '\n');
}

void help_add_version(struct buf *out)
{
    buf_addf(out, "katydid %s\n", KATYDID_VERSION);
    buf_addf(out, "%s\n", vm_luajit_version());
    buf_addf(out, "libcurl %s\n", curl_transport_version());
    add_spaced(out, curl_transport_tls_version());
    loop_add_version(out);
    buf_add_char(out, '\n');
    server_add_version(out);
    buf_add_char(out, '\n');
    resolver_add_version(out);
    buf_addf(out, "\njansson %s\n", jansson_version_str());
}
