/*
 * test_dispatch -- Locust's worked examples, and what its dispatcher was recorded to do.
 *
 * Both are told in a little language, a line each:
 *
 *     classes A B:2 C:1:5   name[:weight[:fixed count]]; a new dispatcher begins here
 *     workers w1 w2
 *     start 9 2.4 [A B]     target, spawn rate, allowed classes
 *     = 1,0,0 | 0,1,0       a step: the users of each class, by name, on each worker, in the order
 *                           in which the workers were named
 *     ~ 0.8333              the pause that this step told
 *     add w3 / remove w1    a worker comes or goes
 *     end                   no step is left
 *     # ...                 a remark
 */
// SPDX-License-Identifier: MIT
#include "../check.h"

#include "base/buf.h"
#include "base/str.h"
#include "run/dispatch.h"

#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#define MOST 16

struct player {
    struct dispatch_class classes[MOST];
    size_t n_classes;
    struct str workers[MOST]; /* as named */
    size_t n_workers;
    struct dispatch *d;
    double pause_s;
    size_t line;
    struct buf wrong; /* empty: all as expected */
};

static double number(struct str s)
{
    char text[64];

    snprintf(text, sizeof(text), "%.*s", STR_ARG(s));
    return strtod(text, NULL);
}

static struct str word(struct str *rest)
{
    *rest = str_trim(*rest);
    return str_cut(rest, ' ');
}

static void complain(struct player *p, struct str expected, const char *actual)
{
    if (p->wrong.n == 0)
        buf_addf(&p->wrong, "line %zu: expected %.*s, but it is %s", p->line, STR_ARG(expected),
                 actual);
}

static void read_classes(struct player *p, struct str rest)
{
    dispatch_free(p->d);
    p->d = NULL;
    p->n_classes = 0;
    while (!str_is_empty(rest)) {
        struct str fields = word(&rest);
        struct dispatch_class *c = &p->classes[p->n_classes++];
        c->name = str_cut(&fields, ':');
        c->weight = str_is_empty(fields) ? 1 : number(str_cut(&fields, ':'));
        c->fixed_count = (size_t)number(fields);
    }
}

static void read_workers(struct player *p, struct str rest)
{
    for (p->n_workers = 0; !str_is_empty(rest);)
        p->workers[p->n_workers++] = word(&rest);
    p->d = dispatch_new(p->classes, p->n_classes, p->workers, p->n_workers);
}

static void add_worker(struct player *p, struct str id)
{
    p->workers[p->n_workers++] = id;
    dispatch_add_worker(p->d, id);
}

static void remove_worker(struct player *p, struct str id)
{
    size_t n = 0;

    for (size_t i = 0; i < p->n_workers; i++) {
        if (!str_equal(p->workers[i], id))
            p->workers[n++] = p->workers[i];
    }
    p->n_workers = n;
    dispatch_remove_worker(p->d, id);
}

static void start(struct player *p, struct str rest)
{
    struct str allowed[MOST];
    size_t n = 0;
    double target = number(word(&rest)), rate = number(word(&rest));

    while (!str_is_empty(rest))
        allowed[n++] = word(&rest);
    dispatch_start(p->d, (size_t)target, rate, n > 0 ? allowed : NULL, n);
}

static size_t find_worker(struct player *p, struct str id)
{
    size_t w = 0;

    while (w < dispatch_n_workers(p->d) && !str_equal(dispatch_worker_id(p->d, w), id))
        w++;
    return w;
}

static void step(struct player *p, struct str expected)
{
    struct buf books = BUF_INIT;

    if (!dispatch_step(p->d, &p->pause_s))
        buf_add_cstr(&books, "no step");
    else if (dispatch_n_workers(p->d) != p->n_workers)
        buf_add_cstr(&books, "another number of workers");
    for (size_t i = 0; i < p->n_workers && (books.n == 0 || i > 0); i++) {
        buf_add_cstr(&books, i > 0 ? " | " : "");
        for (size_t c = 0; c < dispatch_n_classes(p->d); c++)
            buf_addf(&books, "%s%zu", c > 0 ? "," : "",
                     dispatch_users(p->d, find_worker(p, p->workers[i]), c));
    }
    if (!str_equal(buf_slice(&books), expected))
        complain(p, expected, buf_cstr(&books));
    buf_release(&books);
}

static void check_end(struct player *p)
{
    if (p->pause_s > 0 || dispatch_step(p->d, &p->pause_s))
        complain(p, STR("the end"), "not over");
}

static void check_pause(struct player *p, struct str expected)
{
    char text[64];

    snprintf(text, sizeof(text), "%.17g", p->pause_s);
    if (fabs(p->pause_s - number(expected)) > 1e-5)
        complain(p, expected, text);
}

static void play_line(struct player *p, struct str line)
{
    struct str rest = str_trim(line), verb = word(&rest);

    if (str_is_empty(verb) || str_starts(verb, STR("#")))
        return;
    rest = str_trim(rest);
    if (str_equal(verb, STR("classes")))
        read_classes(p, rest);
    else if (str_equal(verb, STR("workers")))
        read_workers(p, rest);
    else if (str_equal(verb, STR("start")))
        start(p, rest);
    else if (str_equal(verb, STR("=")))
        step(p, rest);
    else if (str_equal(verb, STR("~")))
        check_pause(p, rest);
    else if (str_equal(verb, STR("add")))
        add_worker(p, rest);
    else if (str_equal(verb, STR("remove")))
        remove_worker(p, rest);
    else if (str_equal(verb, STR("end")))
        check_end(p);
    else
        complain(p, STR("a known word"), "another");
}

/* What was wrong first; empty: nothing. Valid until the next call. */
static const char *play(const char *script)
{
    static char wrong[1024];
    struct player p = {.wrong = BUF_INIT};
    struct str rest = str_of(script);

    while (!str_is_empty(rest) && p.wrong.n == 0) {
        p.line++;
        play_line(&p, str_cut(&rest, '\n'));
    }
    snprintf(wrong, sizeof(wrong), "%s", buf_cstr(&p.wrong));
    buf_release(&p.wrong);
    dispatch_free(p.d);
    return wrong;
}

#define CHECK_PLAY(script) CHECK_TEXT(play(script), "")

#define THREE "classes User1 User2 User3\nworkers 1 2 3\n"
#define TWO "classes User1 User2 User3\nworkers 1 2\n"
#define ONE "classes User1 User2 User3\nworkers 1\n"
#define NINE_ON_THREE "start 9 9\n= 3,0,0 | 0,3,0 | 0,0,3\nend\n"

TEST(example_1_one_user_a_step)
{
    static const char *const steps = "= 1,0,0 | 0,0,0 | 0,0,0\n= 1,0,0 | 0,1,0 | 0,0,0\n"
                                     "= 1,0,0 | 0,1,0 | 0,0,1\n= 2,0,0 | 0,1,0 | 0,0,1\n"
                                     "= 2,0,0 | 0,2,0 | 0,0,1\n= 2,0,0 | 0,2,0 | 0,0,2\n"
                                     "= 3,0,0 | 0,2,0 | 0,0,2\n= 3,0,0 | 0,3,0 | 0,0,2\n~ ";
    char script[1024];

    snprintf(script, sizeof(script), THREE "start 9 0.5\n%s2\n= 3,0,0 | 0,3,0 | 0,0,3\n~ 0\nend",
             steps);
    CHECK_PLAY(script);
    snprintf(script, sizeof(script), THREE "start 9 1\n%s1\n= 3,0,0 | 0,3,0 | 0,0,3\n~ 0\nend",
             steps);
    CHECK_PLAY(script);
}

TEST(example_2_rate_with_a_fraction)
{
    CHECK_PLAY(THREE "start 9 2.4\n"
                     "= 1,0,0 | 0,1,0 | 0,0,0\n~ 0.83333\n= 2,0,0 | 0,1,0 | 0,0,1\n~ 0.83333\n"
                     "= 2,0,0 | 0,2,0 | 0,0,2\n~ 0.83333\n= 3,0,0 | 0,3,0 | 0,0,2\n~ 0.83333\n"
                     "= 3,0,0 | 0,3,0 | 0,0,3\n~ 0\nend");
}

TEST(example_3_several_users_a_step)
{
    CHECK_PLAY(THREE "start 9 4\n= 2,0,0 | 0,1,0 | 0,0,1\n~ 1\n= 3,0,0 | 0,3,0 | 0,0,2\n"
                     "= 3,0,0 | 0,3,0 | 0,0,3\nend");
    CHECK_PLAY(THREE NINE_ON_THREE);
    CHECK_PLAY(THREE "start 9 100\n= 3,0,0 | 0,3,0 | 0,0,3\nend");
    CHECK_PLAY(THREE "start 9 3\n= 1,0,0 | 0,1,0 | 0,0,1\n= 2,0,0 | 0,2,0 | 0,0,2\n"
                     "= 3,0,0 | 0,3,0 | 0,0,3\nend");
}

TEST(example_4_users_cross_the_workers)
{
    CHECK_PLAY("classes User1 User2 User3\nworkers 1 2 3 4\nstart 9 1\n"
               "= 1,0,0 | 0,0,0 | 0,0,0 | 0,0,0\n= 1,0,0 | 0,1,0 | 0,0,0 | 0,0,0\n"
               "= 1,0,0 | 0,1,0 | 0,0,1 | 0,0,0\n= 1,0,0 | 0,1,0 | 0,0,1 | 1,0,0\n"
               "= 1,1,0 | 0,1,0 | 0,0,1 | 1,0,0\n= 1,1,0 | 0,1,1 | 0,0,1 | 1,0,0\n"
               "= 1,1,0 | 0,1,1 | 1,0,1 | 1,0,0\n= 1,1,0 | 0,1,1 | 1,0,1 | 1,1,0\n"
               "= 1,1,1 | 0,1,1 | 1,0,1 | 1,1,0\nend");
}

TEST(example_5_two_hosts)
{
    CHECK_PLAY("classes User1 User2 User3\nworkers h1_w1 h1_w2 h2_w1 h2_w2\nstart 6 2\n"
               "= 1,0,0 | 0,0,0 | 0,1,0 | 0,0,0\n= 1,0,0 | 0,0,1 | 0,1,0 | 1,0,0\n"
               "= 1,1,0 | 0,0,1 | 0,1,1 | 1,0,0\nend");
}

TEST(example_6_ramp_down)
{
    CHECK_PLAY(THREE NINE_ON_THREE
               "start 0 2.4\n= 3,0,0 | 0,2,0 | 0,0,2\n~ 0.83333\n= 2,0,0 | 0,2,0 | 0,0,1\n"
               "= 1,0,0 | 0,1,0 | 0,0,1\n= 1,0,0 | 0,0,0 | 0,0,0\n~ 0.83333\n"
               "= 0,0,0 | 0,0,0 | 0,0,0\n~ 0\nend");
    CHECK_PLAY(THREE NINE_ON_THREE "start 0 4\n= 2,0,0 | 0,2,0 | 0,0,1\n= 1,0,0 | 0,0,0 | 0,0,0\n"
                                   "= 0,0,0 | 0,0,0 | 0,0,0\nend");
}

TEST(example_7_weights_on_four_workers)
{
    CHECK_PLAY("classes User1:1 User2:2\nworkers 1 2 3 4\nstart 75 5\n"
               "= 1,1 | 1,0 | 0,1 | 0,1\n= 1,2 | 1,2 | 0,2 | 1,1\n= 1,3 | 2,2 | 1,3 | 1,2\n"
               "= 2,3 | 2,3 | 1,4 | 2,3\n= 2,5 | 2,4 | 2,4 | 2,4\n= 3,5 | 3,5 | 2,5 | 2,5\n"
               "= 3,6 | 3,6 | 3,6 | 3,5\n= 3,7 | 4,6 | 3,7 | 3,7\n= 4,8 | 4,7 | 3,8 | 4,7\n"
               "= 4,9 | 5,8 | 4,8 | 4,8\n= 5,9 | 5,9 | 4,10 | 4,9\n= 5,10 | 5,10 | 5,10 | 5,10\n"
               "= 6,11 | 6,10 | 5,11 | 5,11\n= 6,12 | 6,12 | 5,12 | 6,11\n"
               "= 6,13 | 7,12 | 6,13 | 6,12\nend");
}

TEST(example_8_up_down_and_up_again)
{
    CHECK_PLAY(TWO "start 9 3\n= 1,0,1 | 0,1,0\n= 1,1,1 | 1,1,1\n= 2,1,2 | 1,2,1\nend\n"
                   "start 5 2\n= 2,1,1 | 1,1,1\n= 1,1,1 | 1,1,0\nend\n"
                   "start 9 2\n= 1,2,1 | 2,1,0\n= 2,2,1 | 2,1,1\nend\n"
                   "start 9 2\n= 2,2,1 | 2,1,1\n~ 0\nend");
}

/* The totals by class that a dispatcher on `workers` comes to, at once, as text. */
static const char *totals(const char *classes, const char *workers, size_t target)
{
    static char text[256];
    struct player p = {.wrong = BUF_INIT};
    size_t n = 0;

    read_classes(&p, str_of(classes));
    read_workers(&p, str_of(workers));
    dispatch_start(p.d, target, 3, NULL, 0);
    while (dispatch_step(p.d, &p.pause_s))
        continue;
    for (size_t c = 0; c < dispatch_n_classes(p.d); c++) {
        n += (size_t)snprintf(text + n, sizeof(text) - n, "%s%zu", c > 0 ? "," : "",
                              dispatch_class_total(p.d, c));
    }
    dispatch_free(p.d);
    return text;
}

TEST(example_9_weighted_totals)
{
    CHECK_TEXT(totals("A:4 B:5", "1", 9), "4,5");
    CHECK_TEXT(totals("A:0.8 B:1", "1", 18), "8,10");
    CHECK_TEXT(totals("A:20 B:25", "1", 45), "20,25");
    CHECK_TEXT(totals("MobileUser:1 WebUser:3", "1", 10), "3,7");
    CHECK_TEXT(totals("User2 User3", "1", 5), "3,2");
    CHECK_PLAY("classes A:3 B:1\nworkers 1 2\nstart 8 3\n"
               "= 2,0 | 0,1\n= 3,0 | 1,2\n= 4,0 | 2,2\nend");
}

TEST(example_10_fixed_counts)
{
    static const struct {
        const char *classes;
        size_t target;
        const char *expected;
    } rows[] = {
        {"A:1:1 B C", 3, "1,1,1"},
        {"A:1:1 B C", 9, "1,4,4"},
        {"A:1:8 B C", 10, "8,1,1"},
        {"A:1:2 B C", 1000, "2,499,499"},
        {"A:1:100 B C", 1000, "100,450,450"},
        {"A:1:960 B C", 1000, "960,20,20"},
        {"A:1:9990 B C", 10000, "9990,5,5"},
        {"A:1:100 B C", 100, "100,0,0"},
        {"A:1:1 B:1:1 C D E", 5, "1,1,1,1,1"},
        {"A:1:5 B:1:2 C D E", 10, "5,2,1,1,1"},
        {"A:1:9 B:1:1 C:5 D:3 E:2", 20, "9,1,5,3,2"},
        {"A:1:996 B C D E", 1000, "996,1,1,1,1"},
        {"A:1:500 B:2 C D E", 1000, "500,200,100,100,100"},
        {"A:1:250 B:1:250 C:3 D E", 1000, "250,250,300,100,100"},
        {"A:1:1 B:1:1 C:1:1 D:1:1 E:100", 1000, "1,1,1,1,996"},
        {"A:1:10 B:1:10 C:1:10 D:1:10 E:1:10 F:1:10 G:1:10 H:1:10 I:1:10 J:1:10", 100,
         "10,10,10,10,10,10,10,10,10,10"},
        {"A:1:3 B:1:6", 20, "3,6"},
        {"A:1:10 B:1:10 C", 5, "3,2,0"},
    };

    for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
        CHECK_TEXT(totals(rows[i].classes, "1", rows[i].target), rows[i].expected);
        CHECK_TEXT(totals(rows[i].classes, "1 2 3", rows[i].target), rows[i].expected);
    }
}

TEST(example_10_steps)
{
    CHECK_PLAY("classes A:1:3 B:1:6\nworkers 1 2\nstart 20 2\n= 0,1 | 1,0\n= 0,2 | 1,1\n"
               "= 1,2 | 1,2\n= 1,3 | 2,2\n= 1,4 | 2,2\n~ 0\nend");
    CHECK_PLAY("classes A:1:50 B:1:50\nworkers 1\nstart 30 100\n= 15,15\nstart 20 100\n= 10,10\n"
               "start 100 100\n= 50,50\nend");
}

TEST(example_11_fixed_class_with_weighted_ones)
{
    CHECK_PLAY("classes User1:1:2 User2:1 User3:3\nworkers 1\n"
               "start 5 1\n= 1,0,0\n= 2,0,0\n= 2,0,1\n= 2,1,1\n= 2,1,2\nend\n"
               "start 2 1\n= 2,1,1\n= 2,0,1\n= 2,0,0\nend\n"
               "start 7 1\n= 2,0,1\n= 2,0,2\n= 2,1,2\n= 2,1,3\n= 2,1,4\nend");
}

/* The fixed classes' own interleaving goes on after a ramp-down too, until it is used up. */
TEST(fixed_classes_go_on_where_they_were)
{
    CHECK_PLAY("classes A:1:10 B:1:3 C\nworkers 1\nstart 6 100\n= 5,1,0\nstart 4 100\n= 3,1,0\n"
               "start 14 1\n= 3,2,0\n= 4,2,0\n= 5,2,0\n= 6,2,0\n= 6,3,0\n= 7,3,0\n= 8,3,0\n"
               "= 9,3,0\n= 10,3,0\n= 10,3,1\nend");
}

TEST(example_12_allowed_classes)
{
    CHECK_PLAY(ONE "start 3 3\n= 1,1,1\nend\nstart 4 1 User1\n= 2,1,1\nend\n"
                   "start 5 1 User2\n= 2,2,1\nend\nstart 6 1 User3\n= 2,2,2\nend\n"
                   "start 9 1 User3 User1 User2\n= 3,2,2\n= 3,3,2\n= 3,3,3\nend\n"
                   "start 3 1 User1\n= 3,3,2\n= 3,2,2\n= 2,2,2\n= 2,2,1\n= 2,1,1\n= 1,1,1\nend");
    CHECK_PLAY(ONE "start 10 10 User2\n= 0,10,0\nend\n"
                   "start 40 30 User1 User2 User3\n= 10,20,10\nend");
}

TEST(example_13_worker_lost_during_ramp_up)
{
    CHECK_PLAY(THREE "start 9 3\n= 1,0,0 | 0,1,0 | 0,0,1\n= 2,0,0 | 0,2,0 | 0,0,2\n~ 1\nremove 2\n"
                     "= 1,1,1 | 1,1,1\n~ 1\n= 2,1,2 | 1,2,1\n~ 0\nend");
    CHECK_PLAY(THREE "start 9 3\n= 1,0,0 | 0,1,0 | 0,0,1\n= 2,0,0 | 0,2,0 | 0,0,2\n"
                     "remove 1\nremove 2\n= 2,2,2\n= 3,3,3\nend");
}

TEST(example_14_worker_lost_with_a_fixed_class)
{
    CHECK_PLAY("classes User1:1:2 User2 User3\nworkers 1 2 3\nstart 9 3\n"
               "= 1,0,0 | 1,0,0 | 0,1,0\n= 1,0,1 | 1,1,0 | 0,1,1\nremove 2\n"
               "= 1,2,0 | 1,0,2\n= 1,4,0 | 1,0,3\nend");
}

TEST(example_15_worker_lost_between_ramps)
{
    CHECK_PLAY(THREE "start 9 3\n= 1,0,0 | 0,1,0 | 0,0,1\n= 2,0,0 | 0,2,0 | 0,0,2\n"
                     "= 3,0,0 | 0,3,0 | 0,0,3\nend\nremove 2\nstart 18 3\n= 2,1,2 | 1,2,1\n~ 0\n"
                     "= 2,2,2 | 2,2,2\n~ 1\n= 3,2,3 | 2,3,2\n= 3,3,3 | 3,3,3\nend");
}

TEST(example_16_workers_change_during_ramp_down)
{
    CHECK_PLAY(THREE "start 18 18\n= 6,0,0 | 0,6,0 | 0,0,6\nend\nstart 9 3\n"
                     "= 5,0,0 | 0,5,0 | 0,0,5\n= 4,0,0 | 0,4,0 | 0,0,4\nremove 2\n"
                     "= 2,2,2 | 2,2,2\n= 2,1,2 | 1,2,1\nend");
    CHECK_PLAY("classes User1 User2 User3\nworkers 1 3\nstart 18 18\n= 3,3,3 | 3,3,3\nend\n"
               "start 9 3\n= 3,2,3 | 2,3,2\n= 2,2,2 | 2,2,2\nadd 2\n"
               "= 4,0,0 | 0,0,4 | 0,4,0\n= 3,0,0 | 0,0,3 | 0,3,0\nend");
}

TEST(example_17_worker_added_during_ramp_up)
{
    CHECK_PLAY("classes User1 User2 User3\nworkers h1_w1 h2_w1\nstart 11 3\n"
               "= 1,0,1 | 0,1,0\n= 1,1,1 | 1,1,1\nadd h1_w2\n= 2,0,0 | 0,2,0 | 0,0,2\n"
               "= 3,0,0 | 0,3,0 | 0,0,3\n= 4,0,0 | 0,4,0 | 0,0,3\nend");
}

TEST(example_18_pure_rebalance)
{
    CHECK_PLAY(TWO "start 10 10\n= 2,1,2 | 2,2,1\nend\nadd 3\nstart 10 10\n"
                   "= 4,0,0 | 0,3,0 | 0,0,3\nend");
}

TEST(example_19_allowed_classes_on_three_workers)
{
    CHECK_PLAY(THREE NINE_ON_THREE "start 12 3 User3\n= 3,0,1 | 0,3,1 | 0,0,4\nend");
    CHECK_PLAY(THREE "start 60 60 User2\n= 0,20,0 | 0,20,0 | 0,20,0\nend");
    CHECK_PLAY(THREE "start 20 20 User3\n= 0,0,7 | 0,0,7 | 0,0,6\nend\n"
                     "start 9 20\n= 0,0,3 | 0,0,3 | 0,0,3\nend\n"
                     "start 3 20\n= 0,0,1 | 0,0,1 | 0,0,1\nend\n"
                     "start 21 20 User1 User2 User3\n= 0,6,1 | 0,0,7 | 6,0,1\nend\n"
                     "start 9 20\n= 0,2,1 | 0,0,3 | 2,0,1\nend");
}

TEST(what_the_dispatcher_of_locust_was_recorded_to_do)
{
    static const char *const path = "tests/fixtures/dispatch/locust-2.46.3.txt";
    struct buf text = BUF_INIT;
    char block[4096];
    size_t n;
    FILE *file = fopen(path, "rb");

    CHECK(file != NULL);
    while ((n = fread(block, 1, sizeof(block), file)) > 0)
        buf_add(&text, block, n);
    fclose(file);
    const char *wrong = play(buf_cstr(&text));
    bool has_steps = str_contains(buf_slice(&text), STR("\n= "));
    buf_release(&text);
    CHECK_TEXT(wrong, "");
    CHECK(has_steps);
}

TEST(rates_give_batches_and_pauses)
{
    static const struct {
        double rate, pause_s;
        size_t batch;
    } rows[] = {{0.1, 10, 1},       {0.5, 2, 1},         {1, 1, 1},       {2, 1, 2},
                {2.4, 0.833333, 2}, {12.7, 0.94488, 12}, {1e5, 1, 100000}};

    for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
        struct dispatch *d = dispatch_new(
            (const struct dispatch_class[]){{.name = STR("A"), .weight = 1}}, 1, &STR("w"), 1);
        double pause_s;
        dispatch_start(d, 1000000, rows[i].rate, NULL, 0);
        bool stepped = dispatch_step(d, &pause_s);
        size_t total = dispatch_total(d);
        dispatch_free(d);
        CHECK(stepped);
        CHECK_INT(total, rows[i].batch);
        CHECK_DOUBLE(pause_s, rows[i].pause_s, 1e-5);
    }
}

TEST(says_whom_a_step_changed_last)
{
    struct dispatch_class classes[] = {{.name = STR("B"), .weight = 1},
                                       {.name = STR("A"), .weight = 1}};
    struct dispatch *d = dispatch_new(classes, 2, &STR("w"), 1);
    size_t last[4];
    double pause_s;

    dispatch_start(d, 2, 1, NULL, 0);
    dispatch_step(d, &pause_s);
    last[0] = dispatch_last_class(d);
    dispatch_step(d, &pause_s);
    last[1] = dispatch_last_class(d);
    dispatch_start(d, 2, 1, NULL, 0);
    dispatch_step(d, &pause_s);
    last[2] = dispatch_last_class(d);
    dispatch_start(d, 0, 1, NULL, 0);
    dispatch_step(d, &pause_s);
    last[3] = dispatch_last_class(d);
    struct str first = dispatch_class_name(d, 0);
    bool is_a = str_equal(first, STR("A"));
    size_t found = dispatch_find_class(d, STR("B")), unknown = dispatch_find_class(d, STR("C"));
    dispatch_free(d);
    CHECK(is_a);
    CHECK_INT(found, 1);
    CHECK(unknown == SIZE_MAX);
    CHECK_INT(last[0], 0);
    CHECK_INT(last[1], 1);
    CHECK(last[2] == SIZE_MAX);
    CHECK_INT(last[3], 1);
}

TEST(nobody_may_be_added)
{
    CHECK_PLAY("classes A:0 B:0\nworkers 1\nstart 5 2\n= 0,0\n~ 0\nend");
    CHECK_PLAY(
        "classes A:1 B:0\nworkers 1\nstart 3 2 B\n= 0,0\nend\nstart 3 2 A B\n= 2,0\n= 3,0\nend");
}

TEST(the_last_worker_stays_in_the_books)
{
    CHECK_PLAY("classes A\nworkers 1\nstart 3 3\n= 3\nend\nremove 2\nend\nremove 1\nadd 2\n"
               "start 5 5\n= 3\n= 5\nend");
}

/* A worker that comes when no dispatch is under way is told as a step, without one being started. */
TEST(a_worker_comes_after_the_ramp)
{
    CHECK_PLAY("classes A\nworkers 1\nstart 4 4\n= 4\nend\nadd 2\n= 2 | 2\n~ 0\nend");
}

TEST_MAIN(RUN(example_1_one_user_a_step); RUN(example_2_rate_with_a_fraction);
          RUN(example_3_several_users_a_step); RUN(example_4_users_cross_the_workers);
          RUN(example_5_two_hosts); RUN(example_6_ramp_down);
          RUN(example_7_weights_on_four_workers); RUN(example_8_up_down_and_up_again);
          RUN(example_9_weighted_totals); RUN(example_10_fixed_counts); RUN(example_10_steps);
          RUN(example_11_fixed_class_with_weighted_ones); RUN(fixed_classes_go_on_where_they_were);
          RUN(example_12_allowed_classes); RUN(example_13_worker_lost_during_ramp_up);
          RUN(example_14_worker_lost_with_a_fixed_class); RUN(example_15_worker_lost_between_ramps);
          RUN(example_16_workers_change_during_ramp_down);
          RUN(example_17_worker_added_during_ramp_up); RUN(example_18_pure_rebalance);
          RUN(example_19_allowed_classes_on_three_workers);
          RUN(what_the_dispatcher_of_locust_was_recorded_to_do); RUN(rates_give_batches_and_pauses);
          RUN(says_whom_a_step_changed_last); RUN(nobody_may_be_added);
          RUN(the_last_worker_stays_in_the_books); RUN(a_worker_comes_after_the_ramp);)
