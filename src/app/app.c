/* app -- see app.h. */
// SPDX-License-Identifier: MIT
#include "app/app.h"

#include <assert.h>
#include <errno.h>
#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "app/announce.h"
#include "app/file_limit.h"
#include "app/help.h"
#include "app/judge.h"
#include "app/keys.h"
#include "app/live.h"
#include "app/output.h"
#include "app/recorder.h"
#include "app/reports.h"
#include "app/results.h"
#include "app/run_options.h"
#include "app/script_options.h"
#include "app/signals.h"
#include "app/verdict.h"
#include "base/file.h"
#include "base/log.h"
#include "base/mem.h"
#include "base/rng.h"
#include "http/curl_transport.h"
#include "http/h1_transport.h"
#include "net/overrides.h"
#include "net/resolver.h"
#include "net/sources.h"
#include "run/hooks.h"
#include "run/monitor.h"
#include "run/runner.h"
#include "run/slot_keeper.h"
#include "run/usage.h"
#include "script/driver.h"
#include "script/hooks.h"
#include "script/runaway.h"
#include "script/tool.h"
#include "script/vm.h"
#include "stats/stats.h"

#define LOGGER "katydid.main"

/* In the order in which they are made. */
struct app {
    const struct run_line *line;
    struct options *options; /* those that are known without scripts; then, all of them */
    struct script_options *script_options;
    struct options all;
    uint64_t seed;
    bool has_drawn;
    struct clock clock;
    struct loop *loop;
    struct stats *stats;
    struct hooks *hooks;
    struct recorder recorder;
    struct usage usage;
    struct thresholds *thresholds;
    struct monitor monitor;
    struct sources *sources;
    struct overrides *overrides;
    struct resolver *resolver;
    struct transport *transport, *fast_transport;
    struct vm *vm;
    struct runaway *runaway;
    struct script_driver *driver;
    struct runner *runner;
    struct reports *reports;
    struct result *result;
    struct live *live; /* NULL: none */
    struct signals signals;
    bool has_signals;
    struct keys keys;
    struct slot_keeper slot_keeper;
};

/* katydid debug: one user, which shows what it sends and receives, in the place of reports. */
static bool is_debug(const struct app *app)
{
    return app->line != NULL && app->line->is_debug;
}

static int open_log(const struct options *o, struct err *err)
{
    const char *path = options_text(o, OPT_LOGFILE);
    enum log_level level;

    if (log_level_parse(str_of(options_text(o, OPT_LOGLEVEL)), &level, err) < 0)
        return -1;
    log_set_level(level);
    if (path == NULL)
        return 0;
    if (file_make_parents(path, err) < 0 || log_open_file(path, err) < 0) {
        err_prefix(err, "--logfile");
        return -1;
    }
    return 0;
}

/* Scripts see the seed that is used, whoever chose it; once drawn it stays. */
static int settle_seed(struct app *app, struct err *err)
{
    char text[32];

    if (!options_is_given(app->options, OPT_SEED)) {
        if (!app->has_drawn)
            app->seed = rng_system_seed();
        app->has_drawn = true;
        snprintf(text, sizeof text, "%" PRIu64, app->seed);
        if (options_set(app->options, OPT_SEED, OPTION_SETTLED, "seed", str_of(text), err) < 0)
            return -1;
    }
    app->seed = (uint64_t)options_int(app->options, OPT_SEED);
    return 0;
}

/* Where connections come from, and where they go to: --bind, --resolve. */
static int take_addresses(struct app *app, struct err *err)
{
    size_t n_bind, n_resolve;
    const char *const *bind = options_list(app->options, OPT_BIND, &n_bind);
    const char *const *resolve = options_list(app->options, OPT_RESOLVE, &n_resolve);

    app->sources = sources_new();
    app->overrides = overrides_new();
    for (size_t i = 0; i < n_bind; i++) {
        if (sources_add(app->sources, str_of(bind[i]), err) < 0) {
            err_prefix(err, "--bind");
            return -1;
        }
    }
    for (size_t i = 0; i < n_resolve; i++) {
        if (overrides_add(app->overrides, str_of(resolve[i]), err) < 0) {
            err_prefix(err, "--resolve");
            return -1;
        }
    }
    return 0;
}

/* All that a script needs to be loaded. None of its own options has a say in it. */
static int open_house(struct app *app, struct err *err)
{
    bool keep_recent = options_flag(app->options, OPT_CSV_FULL_HISTORY);

    clock_init(&app->clock);
    app->loop = loop_new(&app->clock);
    if (app->loop == NULL)
        return err_set(err, "the event loop could not be made: %s", strerror(errno));
    app->stats = stats_new(clock_wall_s(&app->clock), keep_recent);
    stats_limit_names(app->stats, (size_t)options_int(app->options, OPT_MAX_NAMES));
    app->hooks = hooks_new();
    app->thresholds = thresholds_new();
    recorder_init(&app->recorder, app->stats, &app->clock, app->hooks);
    app->resolver = resolver_new(app->loop, err);
    if (app->resolver == NULL || take_addresses(app, err) < 0)
        return -1;
    resolver_use_overrides(app->resolver, app->overrides);
    app->transport = curl_transport_new(app->loop, app->resolver, app->sources, err);
    if (app->transport == NULL)
        return -1;
    app->fast_transport = h1_transport_new(app->loop, app->resolver, app->sources);
    app->vm = vm_new(&(struct vm_options){.loop = app->loop,
                                          .stats = app->stats,
                                          .hooks = app->hooks,
                                          .usage = &app->usage,
                                          .thresholds = app->thresholds,
                                          .monitor = &app->monitor,
                                          .transport = app->transport,
                                          .fast_transport = app->fast_transport,
                                          .seed = app->seed,
                                          .tells_phases = reports_want_slots(app->options),
                                          .print_to_stderr = !is_debug(app) &&
                                                             options_flag(app->options, OPT_JSON)},
                     err);
    if (app->vm == NULL)
        return -1;
    app->runaway = runaway_new(app->vm, RUNAWAY_LOOK_MS, signals_came, err);
    if (app->runaway == NULL)
        return -1;
    script_hooks_install(app->vm, app->hooks);
    app->driver = script_driver_new(app->vm, err);
    return app->driver != NULL ? 0 : -1;
}

static void close_house(struct app *app)
{
    live_free(app->live);
    reports_free(app->reports);
    result_free(app->result);
    if (app->vm != NULL)
        app->vm->runner = NULL;
    runner_free(app->runner);
    script_driver_free(app->driver);
    runaway_free(app->runaway);
    vm_free(app->vm);
    if (app->fast_transport != NULL)
        app->fast_transport->free(app->fast_transport);
    if (app->transport != NULL)
        app->transport->free(app->transport);
    resolver_free(app->resolver);
    overrides_free(app->overrides);
    sources_free(app->sources);
    usage_release(&app->usage);
    thresholds_free(app->thresholds);
    hooks_free(app->hooks);
    stats_free(app->stats);
    if (app->has_signals)
        signals_cancel(&app->signals);
    loop_free(app->loop);
    if (app->options == &app->all)
        options_release(&app->all);
    script_options_free(app->script_options);
}

/* Loads the scripts, and asks them for their options. */
static int load_scripts(struct app *app, struct err *err)
{
    size_t n_scripts, n_taken;
    const char *const *scripts = options_list(app->options, OPT_LOCUSTFILE, &n_scripts);
    const char **taken;
    json_t *rows;

    if (script_driver_load(app->driver, scripts, n_scripts, err) < 0)
        return -1;
    taken = run_options_taken(&n_taken);
    rows = script_driver_declare_options(app->driver, taken, n_taken, err);
    free((void *)taken);
    if (rows == NULL)
        return -1;
    app->script_options = script_options_new(rows);
    return 0;
}

/* Reads all options, now that all are known, and tells the script. */
static int settle_options(struct app *app, struct err *err)
{
    const struct options *first = app->options;
    size_t n;
    const struct option *table = script_options_table(app->script_options, &n);

    options_init(&app->all, table, n);
    app->options = &app->all;
    if (run_options_read(&app->all, app->line, err) < 0 ||
        run_options_check_scripts(first, &app->all, err) < 0 ||
        run_options_check_command(&app->all, is_debug(app), err) < 0 ||
        (!is_debug(app) && run_options_check(&app->all, err) < 0))
        return -1;
    if (!run_options_only_look(&app->all) &&
        script_options_check(app->script_options, &app->all, err) < 0)
        return -1;
    if (settle_seed(app, err) < 0 || judge_add_options(app->thresholds, &app->all, err) < 0)
        return -1;
    json_t *parsed = run_options_parsed(&app->all);
    int rc = script_driver_set_options(app->driver, parsed, err);
    json_decref(parsed);
    return rc;
}

/* Which classes and which of their tasks are run. */
static int choose(struct app *app, struct err *err)
{
    const struct options *o = app->options;
    size_t n_tags, n_exclude, n_configs;
    const char *const *tags = options_list(o, OPT_TAGS, &n_tags);
    const char *const *exclude = options_list(o, OPT_EXCLUDE_TAGS, &n_exclude);
    const char *const *configs = options_list(o, OPT_CONFIG_USERS, &n_configs);

    if (script_driver_configure(app->driver, configs, n_configs, options_flag(o, OPT_EQUAL_WEIGHTS),
                                err) < 0)
        return -1;
    if (script_driver_choose(app->driver, (const char *const *)o->words, o->n_words, err) < 0)
        return -1;
    return script_driver_filter_tags(app->driver, tags, n_tags, exclude, n_exclude, err);
}

/* One class, the first of those that may be; and the Lua half that shows what its user does. */
static int start_debugging(struct app *app, struct err *err)
{
    size_t n;
    char *first = str_dup(script_driver_classes(app->driver, &n)[0].name);
    const char *const one[] = {first};
    const struct option_value *passes = &app->options->values[OPT_ITERATIONS];
    struct buf text = BUF_INIT;
    json_t *arguments =
        json_pack("{s:I,s:b}", "passes",
                  passes->rank == OPTION_COMMAND_LINE ? (json_int_t)passes->integer : (json_int_t)1,
                  "show_secrets", (int)options_flag(app->options, OPT_SHOW_SECRETS));
    int rc = script_driver_choose(app->driver, one, 1, err);

    if (rc == 0)
        rc = tool_call(app->vm, "debug", "start", "before the test starts", arguments, &text, err);
    if (rc == 0)
        log_print(buf_slice(&text), false);
    buf_release(&text);
    json_decref(arguments);
    free(first);
    return rc;
}

/* After scripts that didn't load: os.exit at their top is their own end, all else is an error. */
static int code_of_load(const struct app *app)
{
    return app->vm->stop_asked && app->vm->has_exit_code ? app->vm->exit_code : -1;
}

/* --list and the ratios: their text, and nothing else. */
static int look(struct app *app, struct err *err)
{
    const struct options *o = app->options;
    size_t users = options_is_given(o, OPT_USERS) ? (size_t)options_int(o, OPT_USERS) : 0;
    char *text;
    int rc;

    if (options_flag(o, OPT_LIST))
        text = script_driver_list(app->driver, err);
    else
        text =
            script_driver_ratio(app->driver, users, options_flag(o, OPT_SHOW_TASK_RATIO_JSON), err);
    if (text == NULL)
        return -1;
    rc = output_write(STDOUT_FILENO, str_of(text), err);
    free(text);
    return rc;
}

static void on_signal(void *self, int number)
{
    struct app *app = self;

    log_info(LOGGER, "Got %s, ending the run (once more: at once)", signals_name(number));
    runner_stop(app->runner, RUN_END_SIGNAL, STR_EMPTY);
}

static void stop_loop(void *loop)
{
    loop_stop(loop);
}

/* The test is over: the loop turns on until the last figures were sent. */
static void on_end(void *self)
{
    struct app *app = self;

    if (app->live != NULL)
        live_finish(app->live, stop_loop, app->loop);
    else
        loop_stop(app->loop);
}

static struct run_config run_config(const struct app *app)
{
    const struct options *o = app->options;

    if (is_debug(app))
        return (struct run_config){.users = 1,
                                   .spawn_rate = 1,
                                   .stop_timeout_s = (double)options_int(o, OPT_STOP_TIMEOUT)};
    return (struct run_config){
        .users = (size_t)options_int(o, OPT_USERS),
        .spawn_rate = options_number(o, OPT_SPAWN_RATE),
        .run_time_s = (double)options_int(o, OPT_RUN_TIME),
        .stop_timeout_s = (double)options_int(o, OPT_STOP_TIMEOUT),
        .iterations = (uint64_t)options_int(o, OPT_ITERATIONS),
        .reset_stats = options_flag(o, OPT_RESET_STATS),
        .has_shape = script_driver_has_shape(app->driver),
        .is_attended = keys_are_there(),
    };
}

static size_t count_users(void *runner)
{
    return runner_user_count(runner);
}

/* What shows the run to others, at its end and while it goes on. */
static int open_outputs(struct app *app, struct err *err)
{
    struct live_parts parts = {.options = app->options,
                               .run = {.loop = app->loop,
                                       .hooks = app->hooks,
                                       .stats = app->stats,
                                       .runner = app->runner,
                                       .usage = &app->usage,
                                       .seed = app->seed},
                               .resolver = app->resolver,
                               .get = app->line->get};

    app->reports = reports_new(app->options, &app->clock, app->stats, app->runner, app->hooks, err);
    if (app->reports == NULL)
        return -1;
    app->result = results_begin(app->options, getenv);
    if (reports_want_slots(app->options))
        slot_keeper_init(&app->slot_keeper, app->loop, app->stats, app->runner, app->hooks);
    app->live = live_new(&parts, err);
    return app->live != NULL ? live_gather(app->options, app->vm, err) : -1;
}

/* The last that can fail: from here on there is a run. */
static int prepare(struct app *app, struct err *err)
{
    struct run_config config = run_config(app);
    size_t n_classes;
    const struct dispatch_class *classes = script_driver_classes(app->driver, &n_classes);

    if (script_driver_set_host(app->driver, options_text(app->options, OPT_HOST), err) < 0)
        return -1;
    app->runner = runner_new(app->loop, app->stats, app->hooks,
                             script_driver_interface(app->driver), &config, classes, n_classes);
    runner_on_end(app->runner, on_end, app);
    runaway_set_limits(app->runaway, config.run_time_s, config.stop_timeout_s);
    // Behind the script's listeners of test_start, which may take their time.
    usage_init(&app->usage, app->loop, app->hooks);
    usage_set_count(&app->usage, count_users, app->runner);
    if (!is_debug(app))
        judge_watch(app->thresholds, app->options, app->hooks, app->stats, &app->usage,
                    app->runner);
    monitor_init(&app->monitor, app->loop, app->hooks, monitor_read);
    if (!is_debug(app) && open_outputs(app, err) < 0)
        return -1;
    if (app->reports != NULL)
        reports_follow_terminal(app->reports, app->loop);
    if (signals_start(app->loop, &app->signals, on_signal, app, err) < 0)
        return -1;
    app->has_signals = true;
    return 0;
}

static int decide(const struct app *app, const struct threshold_row *rows, size_t n,
                  const char **reason)
{
    struct verdict v = {
        .script_decided = app->vm->has_exit_code,
        .script_code = app->vm->exit_code,
        .why = runner_why(app->runner),
        .requests = app->recorder.requests,
        .measured = app->stats->metrics.added > 0,
        .in_flight = app->stats->in_flight_at_end,
        .has_failures = app->stats->failures.n > 0,
        .has_exceptions = app->stats->exceptions.n > 0,
        .listener_errors = app->vm->listener_errors,
        .code_on_error = (int)options_int(app->options, OPT_EXIT_CODE_ON_ERROR),
        .has_code_on_error = app->options->values[OPT_EXIT_CODE_ON_ERROR].rank > OPTION_PRESET,
        .n_thresholds = n,
        .n_crossed = judge_count(rows, n, THRESHOLD_CROSSED),
        .n_not_judged = judge_count(rows, n, THRESHOLD_NOT_JUDGED),
        .judges_exceptions = n > 0 && thresholds_have_exceptions(app->thresholds),
    };
    int code = verdict_exit_code(&v, reason);

    if (*reason != NULL)
        log_error(LOGGER, "%s", *reason);
    log_info(LOGGER, "Shutting down (exit code %d)", code);
    return code;
}

static void finish_reports(struct app *app, struct threshold_row *rows, size_t n, int code,
                           const char *reason)
{
    slot_keeper_finish(&app->slot_keeper, clock_wall_s(&app->clock));
    results_end(app->result, &(struct results_source){.options = app->options,
                                                      .driver = app->driver,
                                                      .runner = app->runner,
                                                      .usage = &app->usage,
                                                      .stats = app->stats,
                                                      .started_s = app->stats->total->start_s,
                                                      .ended_s = clock_wall_s(&app->clock),
                                                      .seed = app->seed,
                                                      .has_own_code = app->vm->has_exit_code,
                                                      .exit_code = code,
                                                      .exit_reason = reason,
                                                      .thresholds = rows,
                                                      .n_thresholds = n});

    reports_finish(app->reports, app->result);
}

/* The first event; what its listeners have set up must hold. */
static int init(struct app *app, struct err *err)
{
    hooks_fire_kind(app->hooks, HOOK_INIT);
    if (app->vm->listener_errors > 0)
        return err_set(err, "a listener of init failed: the log says how");
    if (thresholds_check_metrics(app->thresholds, &app->stats->metrics, err) < 0)
        return -1;
    if (runner_why(app->runner) != RUN_END_NONE)
        return 0; // nothing will be requested
    return script_driver_check_hosts(app->driver, err);
}

/* Everything is there: the run from its first event to its last. -1: it doesn't begin. */
static int run(struct app *app, size_t file_limit, struct err *err)
{
    struct hook quit = {.kind = HOOK_QUIT};
    struct threshold_row *rows;
    size_t n;
    const char *reason;
    int code;

    log_info(LOGGER, "Starting Katydid %s, seed %" PRIu64, KATYDID_VERSION, app->seed);
    announce_run(app->options, app->driver, file_limit, is_debug(app));
    app->vm->runner = app->runner;
    if (app->vm->stop_asked)
        runner_stop(app->runner, RUN_END_SCRIPT, STR_EMPTY);
    if (init(app, err) < 0)
        return -1;
    usage_set_descriptors(&app->usage, file_limit);
    runner_start(app->runner);
    if (!is_debug(app))
        keys_start(&app->keys, app->loop, app->hooks, app->runner);
    monitor_start(&app->monitor);
    loop_run(app->loop);
    monitor_cancel(&app->monitor);
    keys_cancel(&app->keys);
    assert(runner_state(app->runner) == RUN_STOPPED);
    if (app->live != NULL)
        live_rest(app->live);
    signals_leave_loop(&app->signals);
    hooks_fire_kind(app->hooks, HOOK_QUITTING);
    usage_tell(&app->usage);
    n = is_debug(app) ? 0 : thresholds_count(app->thresholds);
    rows = judge_run(n > 0 ? app->thresholds : NULL, app->options, app->runner, &app->usage,
                     app->stats);
    code = decide(app, rows, n, &reason);
    if (!is_debug(app))
        finish_reports(app, rows, n, code, reason);
    quit.u.exit_code = code;
    hooks_fire(app->hooks, &quit);
    return code;
}

int app_run(struct options *o, const struct run_line *line, struct err *err)
{
    struct app app = {.line = line, .options = o};
    size_t file_limit = file_limit_raise();
    int code = -1;

    if (open_log(o, err) < 0)
        return -1;
    if ((is_debug(&app) || (reports_check(o, err) == 0 && live_check(o, line->get, err) == 0)) &&
        settle_seed(&app, err) == 0 && open_house(&app, err) == 0) {
        if (load_scripts(&app, err) < 0)
            code = code_of_load(&app);
        else if (settle_options(&app, err) == 0 && choose(&app, err) == 0) {
            if (is_debug(&app) && start_debugging(&app, err) < 0)
                code = -1;
            else if (!is_debug(&app) && run_options_only_look(app.options))
                code = look(&app, err);
            else if (prepare(&app, err) == 0)
                code = run(&app, file_limit, err);
        }
    }
    close_house(&app);
    log_close();
    return code;
}

int app_help(struct options *o, bool is_debug, struct buf *out, struct err *err)
{
    struct app app = {.options = o};
    size_t n;
    int rc = -1;

    if (settle_seed(&app, err) == 0 && open_house(&app, err) == 0 && load_scripts(&app, err) == 0) {
        const struct option *table = script_options_table(app.script_options, &n);
        help_add_run(out, table, n, is_debug);
        rc = 0;
    }
    close_house(&app);
    return rc;
}

int app_tool(const char *name, const char *phase, json_t *arguments, struct buf *out,
             struct err *err)
{
    struct options o;
    struct app app = {.options = &o};
    size_t n_taken;
    const char **taken = run_options_taken(&n_taken);
    json_t *list = json_array();
    int code = -1;

    for (size_t i = 0; i < n_taken; i++)
        json_array_append_new(list, json_string(taken[i]));
    free((void *)taken);
    json_object_set_new(arguments, "taken", list);
    options_init(&o, run_options, RUN_OPTIONS);
    if (settle_seed(&app, err) == 0 && open_house(&app, err) == 0)
        code = tool_call(app.vm, name, "main", phase, arguments, out, err);
    close_house(&app);
    options_release(&o);
    return code;
}
