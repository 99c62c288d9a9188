/* commands -- see commands.h. */
// SPDX-License-Identifier: MIT
#include "app/commands.h"

#include <errno.h>
#include <signal.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "app/annotate.h"
#include "app/app.h"
#include "app/compare_command.h"
#include "app/compare_options.h"
#include "app/file_limit.h"
#include "app/help.h"
#include "app/options_arguments.h"
#include "app/output.h"
#include "app/report_command.h"
#include "app/run_options.h"
#include "app/target_options.h"
#include "app/tools.h"
#include "base/nearest.h"
#include "base/text.h"
#include "loop/signal.h"
#include "target/target.h"

#define EXIT_USAGE 2

/* The one clear line. */
static int complain(const struct err *err)
{
    struct buf line = BUF_INIT, visible = BUF_INIT;
    int rc;

    buf_add_cstr(&line, "katydid: error: ");
    text_add_visible(&visible, str_of(err->text), true);
    text_add_tame(&line, buf_slice(&visible));
    buf_release(&visible);
    buf_add_char(&line, '\n');
    rc = output_write(STDERR_FILENO, buf_slice(&line), NULL);
    (void)rc; // where standard error is closed, the exit code alone tells
    buf_release(&line);
    return EXIT_USAGE;
}

/* What a command prints instead of doing anything. */
static int print(struct buf *text)
{
    struct err err = ERR_INIT;
    int rc = output_write(STDOUT_FILENO, buf_slice(text), &err);

    buf_release(text);
    return rc < 0 ? complain(&err) : 0;
}

/* NULL: there is none like it. */
static const char *nearest_command(const char *name)
{
    const char *names[16] = {"run", "target", "debug", "report", "compare"};
    size_t n = 5;

    for (size_t i = 0; tools_at(i) != NULL; i++)
        names[n++] = tools_at(i)->name;
    return nearest_name(str_of(name), names, n);
}

/* `katydid tarfet`: a first word that names no script, where none is named at all. */
static int check_command(const struct options *o, const char *first, struct err *err)
{
    size_t n;
    const char *nearest;

    options_list(o, OPT_LOCUSTFILE, &n);
    if (n > 0 || o->n_words == 0 || first == NULL || strcmp(o->words[0], first) != 0)
        return 0;
    nearest = nearest_command(first);
    if (nearest == NULL)
        return 0;
    return err_set(err, "unknown command '%s' (did you mean '%s'?)", first, nearest);
}

/* `katydid chekc shop.lua`: where the first word is no user class, it may be meant for a command. */
static void hint_at_command(const struct options *o, const char *first, struct err *err)
{
    const char *nearest = first != NULL ? nearest_command(first) : NULL;
    struct err before = *err;

    if (nearest == NULL || o->n_words == 0 || strcmp(o->words[0], first) != 0 ||
        !str_starts(str_of(err->text), STR("unknown user class ")))
        return;
    err_clear(err);
    err_set(err, "%s; or was the command '%s' meant?", before.text, nearest);
}

/* Whether a person types here, who may want to type less. */
static bool is_interactive(void)
{
    const char *ci = getenv("CI");

    return isatty(STDIN_FILENO) && isatty(STDOUT_FILENO) && (ci == NULL || ci[0] == '\0');
}

static bool has_script(const struct options *o)
{
    size_t n;

    options_list(o, OPT_LOCUSTFILE, &n);
    return n > 0;
}

/* What can be known to be wrong before scripts are loaded: without one nobody knows more options. */
static int check_early(struct options *o, const struct run_line *line, struct err *err)
{
    if (run_options_check_command(o, line->is_debug, err) < 0)
        return -1;
    if (o->n_unknown > 0 && has_script(o))
        return 0;
    if (o->n_unknown > 0) {
        options_release(o);
        options_init(o, run_options, RUN_OPTIONS);
        if (run_options_read(o, line, err) < 0)
            return -1;
    }
    return line->is_debug ? run_options_check_script(o, err) : run_options_check(o, err);
}

static int print_help(struct options *o, bool is_debug, struct err *err)
{
    struct buf text = BUF_INIT;

    if (!has_script(o)) {
        help_add_run(&text, run_options, RUN_OPTIONS, is_debug);
    } else if (app_help(o, is_debug, &text, err) < 0) {
        buf_release(&text);
        return -1;
    }
    return print(&text);
}

/* run and debug. */
static int command_run(int argc, char **argv, bool was_named, bool is_debug)
{
    const struct run_line line = {.argc = argc,
                                  .argv = argv,
                                  .get = getenv,
                                  .takes_prefixes = is_interactive(),
                                  .is_debug = is_debug};
    struct buf text = BUF_INIT;
    struct err err = ERR_INIT;
    struct options o;
    int code = -1;

    options_init(&o, run_options, RUN_OPTIONS);
    o.passes_unknown = true;
    if (run_options_read(&o, &line, &err) == 0) {
        if (options_flag(&o, OPT_HELP)) {
            code = print_help(&o, is_debug, &err);
        } else if (options_flag(&o, OPT_VERSION)) {
            help_add_version(&text);
            code = print(&text);
        } else if ((was_named || check_command(&o, argc > 0 ? argv[0] : NULL, &err) == 0) &&
                   check_early(&o, &line, &err) == 0) {
            code = app_run(&o, &line, &err);
            if (code < 0 && !was_named)
                hint_at_command(&o, argc > 0 ? argv[0] : NULL, &err);
        }
    }
    if (code < 0 && !is_debug && annotate_is_on(&o, getenv))
        annotate_error(err.text, options_flag(&o, OPT_JSON) ? STDERR_FILENO : STDOUT_FILENO,
                       getenv);
    options_release(&o);
    return code < 0 ? complain(&err) : code;
}

static void stop_serving(void *self, int number)
{
    (void)number;
    loop_stop(self);
}

/* Tells where it listens, and serves until a signal. */
static int serve(struct loop *loop, struct target *target, const char *bind, struct err *err)
{
    struct signal_watch interrupt, terminate;
    struct buf line = BUF_INIT;
    int rc;

    signal_watch_init(&interrupt, stop_serving, loop);
    signal_watch_init(&terminate, stop_serving, loop);
    signal_watch_start(loop, &interrupt, SIGINT);
    signal_watch_start(loop, &terminate, SIGTERM);
    buf_addf(&line,
             strchr(bind, ':') != NULL ? "listening on http://[%s]:%u\n"
                                       : "listening on http://%s:%u\n",
             bind, target_port(target));
    rc = output_write(STDOUT_FILENO, buf_slice(&line), err);
    buf_release(&line);
    if (rc == 0)
        loop_run(loop);
    signal_watch_cancel(&interrupt);
    signal_watch_cancel(&terminate);
    return rc;
}

static int run_target(const struct options *o, struct err *err)
{
    struct target_options settings;
    struct clock clock;
    struct loop *loop;
    struct target *target;
    int rc = -1;

    if (target_settings(o, &settings, err) < 0)
        return -1;
    file_limit_raise();
    clock_init(&clock);
    loop = loop_new(&clock);
    if (loop == NULL)
        return err_set(err, "the event loop could not be made: %s", strerror(errno));
    target = target_new(loop, &settings, err);
    if (target != NULL)
        rc = serve(loop, target, settings.bind, err);
    target_free(target);
    loop_free(loop);
    return rc;
}

static int command_target(int argc, char **argv)
{
    struct buf text = BUF_INIT;
    struct err err = ERR_INIT;
    struct options o;
    int code = -1;

    options_init(&o, target_table, TARGET_OPTIONS);
    o.takes_prefixes = is_interactive();
    if (options_read_arguments(&o, argc, argv, &err) == 0) {
        if (options_flag(&o, TARGET_HELP)) {
            help_add_target(&text);
            code = print(&text);
        } else if (o.n_words > 0) {
            err_set(&err, "target takes no words, got '%s' (katydid target --help)", o.words[0]);
        } else {
            code = run_target(&o, &err);
        }
    }
    options_release(&o);
    return code < 0 ? complain(&err) : code;
}

/* What a tool has to say, text from scripts made visible; its exit code. */
static int print_report(const struct buf *report, int code)
{
    struct buf text = BUF_INIT;

    text_add_visible(&text, buf_slice(report), true);
    return print(&text) != 0 ? EXIT_USAGE : code;
}

static int command_tool(const struct tool *tool, int argc, char **argv)
{
    struct buf text = BUF_INIT;
    struct err err = ERR_INIT;
    struct options o;
    json_t *arguments;
    int code = -1;

    options_init(&o, tool->table, tool->n);
    o.takes_prefixes = is_interactive();
    if (options_read_arguments(&o, argc, argv, &err) == 0) {
        if (options_flag(&o, 0)) {
            help_add_tool(&text, tool);
            code = print(&text);
        } else if ((arguments = tool->arguments(&o, &err)) != NULL) {
            code = app_tool(tool->name, tool->phase, arguments, &text, &err);
            json_decref(arguments);
            if (code >= 0)
                code = print_report(&text, code);
        }
    }
    buf_release(&text);
    options_release(&o);
    return code < 0 ? complain(&err) : code;
}

static int command_report(int argc, char **argv)
{
    struct buf text = BUF_INIT;
    struct err err = ERR_INIT;
    struct options o;
    int code = -1;

    options_init(&o, run_options, RUN_OPTIONS);
    o.takes_prefixes = is_interactive();
    if (options_read_arguments(&o, argc, argv, &err) == 0) {
        if (options_flag(&o, OPT_HELP)) {
            help_add_report(&text);
            code = print(&text);
        } else if (report_command_check(&o, &err) == 0) {
            code = report_command_run(&o, &err);
        }
    }
    options_release(&o);
    return code < 0 ? complain(&err) : code;
}

static int command_compare(int argc, char **argv)
{
    struct buf text = BUF_INIT;
    struct err err = ERR_INIT;
    struct options o;
    int code = -1;

    options_init(&o, compare_table, COMPARE_OPTIONS);
    o.takes_prefixes = is_interactive();
    if (options_read_arguments(&o, argc, argv, &err) == 0) {
        if (options_flag(&o, COMPARE_HELP)) {
            help_add_compare(&text);
            code = print(&text);
        } else {
            code = compare_command_run(&o, &err);
        }
    }
    options_release(&o);
    return code < 0 ? complain(&err) : code;
}

int commands_main(int argc, char **argv)
{
    const char *first = argc > 1 ? argv[1] : "";

    if (strcmp(first, "target") == 0)
        return command_target(argc - 2, argv + 2);
    if (strcmp(first, "report") == 0)
        return command_report(argc - 2, argv + 2);
    if (strcmp(first, "compare") == 0)
        return command_compare(argc - 2, argv + 2);
    if (tools_find(first) != NULL)
        return command_tool(tools_find(first), argc - 2, argv + 2);
    if (strcmp(first, "run") == 0)
        return command_run(argc - 2, argv + 2, true, false);
    if (strcmp(first, "debug") == 0)
        return command_run(argc - 2, argv + 2, true, true);
    return command_run(argc - 1, argv + 1, false, false);
}
