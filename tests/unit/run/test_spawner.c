/* test_spawner -- ramps up, down and into each other, and users that end by themselves. */
// SPDX-License-Identifier: MIT
#include "../check.h"

#include "fake.h"
#include "run/spawner.h"

#include <math.h>

struct world {
    struct fake fake;
    struct spawner *spawner;
    size_t completed, failed;
    double completed_at_s;
    struct err err;
};

static void complete(void *self)
{
    struct world *w = self;

    w->completed++;
    w->completed_at_s = fake_now_s(&w->fake);
    fake_trace(&w->fake, "complete", STR_EMPTY);
}

static void failed(void *self, struct str user_class, const struct err *err)
{
    struct world *w = self;

    w->failed++;
    w->err = *err;
    fake_trace(&w->fake, "failed:", user_class);
}

static void user_ended(void *self, const struct hook *what)
{
    struct world *w = self;

    spawner_user_ended(w->spawner, what->u.ended.user_class, what->u.ended.why);
}

static void set_up(struct world *w, const double *weights, size_t n_classes, double grace_s)
{
    *w = (struct world){0};
    fake_init(&w->fake, weights, n_classes);
    hooks_add(w->fake.hooks, HOOK_USER_ENDED, user_ended, w);
    w->spawner =
        spawner_new(w->fake.loop, fake_driver(&w->fake), grace_s, w->fake.classes, n_classes,
                    (struct spawner_events){.complete = complete, .failed = failed, .self = w});
}

static bool tear_down(struct world *w)
{
    spawner_free(w->spawner);
    return fake_release(&w->fake);
}

static const double one[] = {1}, two[] = {1, 1}, three[] = {1, 1, 1};

/* Ramps from 0 to n and looks at 200 moments whether floor(1 + t * rate) users are there; then down
 * to 0 in the same way. What is wrong, or an empty text. */
static const char *ramp_up_and_down(double rate, size_t n)
{
    static char wrong[128];
    struct world w;
    size_t total_s = (size_t)ceil((double)n / rate);

    wrong[0] = '\0';
    set_up(&w, three, 3, 0);
    w.fake.has_no_trace = true;
    for (int down = 0; down < 2; down++) {
        double begin_s = fake_now_s(&w.fake);
        spawner_start(w.spawner, down ? 0 : n, rate, NULL, 0);
        for (size_t i = 0; i < 200 && wrong[0] == '\0'; i++) {
            // In the middle between two changes, so that no rounding decides.
            double change = floor((double)i * (double)total_s * rate / 200) + 0.5;
            fake_run_to(&w.fake, begin_s + change / rate);
            size_t made = (size_t)fmin(floor(1 + change), (double)n);
            size_t expected = down ? n - made : made;
            if (spawner_user_count(w.spawner) != expected || fake_users(&w.fake) != expected)
                snprintf(wrong, sizeof(wrong), "%s: after %.1f changes %zu users, expected %zu",
                         down ? "down" : "up", change, spawner_user_count(w.spawner), expected);
        }
        if (fabs(w.completed_at_s - begin_s - (double)(n - 1) / rate) > 1e-6)
            snprintf(wrong, sizeof(wrong), "complete after %g s", w.completed_at_s - begin_s);
    }
    if (w.completed != 2 || w.fake.spawned != n || w.fake.stopped != n)
        snprintf(wrong, sizeof(wrong), "%zu spawned, %zu stopped", w.fake.spawned, w.fake.stopped);
    if (!tear_down(&w))
        snprintf(wrong, sizeof(wrong), "something is left on the loop");
    return wrong;
}

TEST(rates)
{
    CHECK_TEXT(ramp_up_and_down(0.1, 7), "");
    CHECK_TEXT(ramp_up_and_down(0.5, 9), "");
    CHECK_TEXT(ramp_up_and_down(1, 60), "");
    CHECK_TEXT(ramp_up_and_down(2.4, 50), "");
    CHECK_TEXT(ramp_up_and_down(12.7, 100), "");
    CHECK_TEXT(ramp_up_and_down(1000, 4321), "");
    CHECK_TEXT(ramp_up_and_down(100000, 120000), "");
}

TEST(classes_come_and_go_in_the_dispatchers_order)
{
    struct world w;

    set_up(&w, (const double[]){2, 1}, 2, 0);
    spawner_start(w.spawner, 6, 2, NULL, 0);
    fake_run_to(&w.fake, 10);
    CHECK_TEXT(buf_cstr(&w.fake.trace), "0 +A 0.5 +B 1 +A 1.5 +A 2 +B 2.5 +A complete");
    CHECK_INT(spawner_wanted(w.spawner), 6);
    buf_clear(&w.fake.trace);
    spawner_start(w.spawner, 3, 2, NULL, 0);
    fake_run_to(&w.fake, 20);
    CHECK_TEXT(buf_cstr(&w.fake.trace), "10 -A 10.5 -B 11 complete -A");
    CHECK(tear_down(&w));
}

TEST(a_ramp_leaves_for_a_higher_target)
{
    struct world w;

    set_up(&w, one, 1, 0);
    spawner_start(w.spawner, 10, 2, NULL, 0);
    fake_run_to(&w.fake, 1.2); // 3 users
    spawner_start(w.spawner, 5, 1, NULL, 0);
    fake_run_to(&w.fake, 30);
    CHECK_TEXT(buf_cstr(&w.fake.trace), "0 +A 0.5 +A 1 +A 1.2 +A 2.2 +A complete");
    CHECK(tear_down(&w));
}

TEST(a_ramp_leaves_for_a_lower_target)
{
    struct world w;

    set_up(&w, one, 1, 0);
    spawner_start(w.spawner, 1000, 10, NULL, 0);
    fake_run_to(&w.fake, 0.25); // 3 users
    spawner_start(w.spawner, 1, 1, NULL, 0);
    fake_run_to(&w.fake, 30);
    CHECK_TEXT(buf_cstr(&w.fake.trace), "0 +A 0.1 +A 0.2 +A 0.25 -A 1.25 complete -A");
    CHECK_INT(w.completed, 1);
    CHECK(tear_down(&w));
}

TEST(a_ramp_down_leaves_for_a_higher_target)
{
    struct world w;

    set_up(&w, one, 1, 0);
    spawner_start(w.spawner, 3, 1000, NULL, 0);
    fake_run_to(&w.fake, 1);
    buf_clear(&w.fake.trace);
    spawner_start(w.spawner, 0, 1, NULL, 0);
    fake_run_to(&w.fake, 2.5); // 2 have gone
    spawner_start(w.spawner, 2, 1, NULL, 0);
    fake_run_to(&w.fake, 10);
    CHECK_TEXT(buf_cstr(&w.fake.trace), "1 -A 2 -A 2.5 +A complete");
    CHECK(tear_down(&w));
}

TEST(who_ended_is_replaced_at_the_next_step_alone)
{
    struct world w;

    set_up(&w, one, 1, 0);
    spawner_start(w.spawner, 6, 2, NULL, 0);
    fake_run_to(&w.fake, 0.6); // 2 users: the first step is done
    fake_end(&w.fake, 0, 2);
    fake_run_to(&w.fake, 30);
    // The second step has four changes in its second, the third has two.
    CHECK_TEXT(buf_cstr(&w.fake.trace),
               "0 +A 0.5 +A 0.6 ~A ~A 1 +A 1.25 +A 1.5 +A 1.75 +A 2 +A 2.5 +A complete");
    CHECK(tear_down(&w));
}

TEST(who_ended_after_the_ramp_stays_away)
{
    struct world w;

    set_up(&w, two, 2, 0);
    spawner_start(w.spawner, 4, 100, NULL, 0);
    fake_run_to(&w.fake, 1);
    buf_clear(&w.fake.trace);
    fake_end(&w.fake, 1, 2);
    fake_run_to(&w.fake, 100);
    CHECK_TEXT(buf_cstr(&w.fake.trace), "1 ~B ~B");
    CHECK_INT(spawner_user_count(w.spawner), 2);
    CHECK_INT(spawner_wanted(w.spawner), 4);
    // A ramp to where it stands brings them back.
    buf_clear(&w.fake.trace);
    spawner_start(w.spawner, 4, 2, NULL, 0);
    fake_run_to(&w.fake, 200);
    CHECK_TEXT(buf_cstr(&w.fake.trace), "100 +B 100.5 +B complete");
    // And once more, where nothing is to do.
    spawner_start(w.spawner, 4, 2, NULL, 0);
    fake_run_to(&w.fake, 300);
    CHECK_INT(w.completed, 3);
    CHECK_INT(w.fake.spawned, 6);
    CHECK(tear_down(&w));
}

TEST(a_ramp_down_counts_who_has_gone)
{
    struct world w;

    set_up(&w, two, 2, 0);
    spawner_start(w.spawner, 6, 100, NULL, 0); // 3 A, 3 B
    fake_run_to(&w.fake, 1);
    fake_end(&w.fake, 1, 2);
    fake_end(&w.fake, 0, 1);
    fake_run_to(&w.fake, 2);
    buf_clear(&w.fake.trace);
    // Two of each class are to go: both of B have, and one of A. Nobody is made only to be ended.
    spawner_start(w.spawner, 2, 1, NULL, 0);
    fake_run_to(&w.fake, 30);
    CHECK_TEXT(buf_cstr(&w.fake.trace), "5 complete -A");
    CHECK_INT(w.fake.present[0], 1);
    CHECK_INT(w.fake.present[1], 1);
    CHECK(tear_down(&w));
}

TEST(what_is_missing_after_a_ramp_down_is_replaced)
{
    struct world w;

    set_up(&w, one, 1, 0);
    spawner_start(w.spawner, 10, 100, NULL, 0);
    fake_run_to(&w.fake, 1);
    fake_end(&w.fake, 0, 6);
    fake_run_to(&w.fake, 2);
    buf_clear(&w.fake.trace);
    spawner_start(w.spawner, 8, 2, NULL, 0);
    fake_run_to(&w.fake, 30);
    // Two changes that have happened by themselves, then four in the next step's second.
    CHECK_TEXT(buf_cstr(&w.fake.trace), "3 +A 3.25 +A 3.5 +A 3.75 +A complete");
    CHECK_INT(spawner_user_count(w.spawner), 8);
    CHECK(tear_down(&w));
}

TEST(a_ramp_that_is_left_replaces_nobody_more)
{
    struct world w;

    set_up(&w, one, 1, 0);
    spawner_start(w.spawner, 4, 1000, NULL, 0);
    fake_run_to(&w.fake, 1);
    fake_end(&w.fake, 0, 2);
    fake_run_to(&w.fake, 2);
    buf_clear(&w.fake.trace);
    spawner_start(w.spawner, 4, 1, NULL, 0);
    fake_run_to(&w.fake, 2.2); // one of two is back
    spawner_start(w.spawner, 1, 1, NULL, 0);
    fake_run_to(&w.fake, 30);
    // The other of the two counts as the first to go.
    CHECK_TEXT(buf_cstr(&w.fake.trace), "2 +A 3.2 -A 4.2 complete -A");
    CHECK(tear_down(&w));
}

TEST(who_ends_by_himself_while_another_leaves)
{
    struct world w;

    set_up(&w, one, 1, 100);
    w.fake.task_s = 50;
    spawner_start(w.spawner, 3, 1000, NULL, 0);
    fake_run_to(&w.fake, 1);
    spawner_start(w.spawner, 2, 1000, NULL, 0);
    fake_run_to(&w.fake, 2); // one leaves
    fake_end(&w.fake, 0, 1);
    fake_run_to(&w.fake, 3);
    spawner_start(w.spawner, 2, 1000, NULL, 0);
    fake_run_to(&w.fake, 100);
    CHECK_INT(w.fake.spawned, 4);
    CHECK_INT(spawner_user_count(w.spawner), 2);
    CHECK(tear_down(&w));
}

/* As in Locust: each step makes those of the steps before once more, and that is all. */
TEST(users_that_end_at_once_keep_no_ramp_busy)
{
    struct world w;

    set_up(&w, one, 1, 0);
    w.fake.die_at_once = true;
    spawner_start(w.spawner, 30, 10, NULL, 0);
    fake_run_to(&w.fake, 1000);
    CHECK_INT(w.fake.spawned, 10 + 20 + 30);
    CHECK_INT(w.completed, 1);
    CHECK_INT(spawner_user_count(w.spawner), 0);
    CHECK(tear_down(&w));
}

TEST(a_ramp_down_does_not_wait_for_tasks)
{
    struct world w;

    set_up(&w, one, 1, 5);
    w.fake.task_s = 2;
    spawner_start(w.spawner, 3, 1000, NULL, 0);
    fake_run_to(&w.fake, 1);
    buf_clear(&w.fake.trace);
    spawner_start(w.spawner, 0, 1, NULL, 0);
    fake_run_to(&w.fake, 3.5);
    CHECK_TEXT(buf_cstr(&w.fake.trace), "3 -A complete");
    CHECK_DOUBLE(w.fake.last_grace_s, 5, 0);
    CHECK_INT(spawner_user_count(w.spawner), 2);
    fake_run_to(&w.fake, 10);
    CHECK_TEXT(buf_cstr(&w.fake.trace), "3 -A complete 4 -A 5 -A");
    CHECK_INT(spawner_user_count(w.spawner), 0);
    CHECK(tear_down(&w));
}

TEST(who_leaves_is_not_asked_again)
{
    struct world w;

    set_up(&w, one, 1, 100);
    w.fake.task_s = 50;
    spawner_start(w.spawner, 3, 1000, NULL, 0);
    fake_run_to(&w.fake, 1);
    spawner_start(w.spawner, 2, 1000, NULL, 0);
    fake_run_to(&w.fake, 2); // one leaves
    spawner_start(w.spawner, 3, 1000, NULL, 0);
    fake_run_to(&w.fake, 3); // and another has come for him
    CHECK_INT(w.fake.spawned, 4);
    CHECK_INT(spawner_user_count(w.spawner), 4);
    spawner_start(w.spawner, 1, 1000, NULL, 0);
    fake_run_to(&w.fake, 4);
    CHECK_INT(w.fake.stopped, 3);
    fake_run_to(&w.fake, 100);
    CHECK_INT(spawner_user_count(w.spawner), 1);
    CHECK(tear_down(&w));
}

TEST(counts_are_of_those_who_stay)
{
    struct world w;
    struct buf counts = BUF_INIT;

    set_up(&w, two, 2, 100);
    w.fake.task_s = 50;
    spawner_start(w.spawner, 4, 1000, NULL, 0);
    fake_run_to(&w.fake, 1);
    spawner_start(w.spawner, 3, 1000, NULL, 0);
    fake_run_to(&w.fake, 2);
    spawner_add_counts(&counts, w.spawner);
    char text[128];
    snprintf(text, sizeof(text), "%s", buf_cstr(&counts));
    buf_release(&counts);
    CHECK_TEXT(text, "{\"A\": 2, \"B\": 1} (3 total users)");
    CHECK_INT(spawner_user_count(w.spawner), 4);
    CHECK(tear_down(&w));
}

TEST(stops_all)
{
    struct world w;

    set_up(&w, two, 2, 0);
    w.fake.task_s = 5;
    spawner_start(w.spawner, 5, 1000, NULL, 0);
    fake_run_to(&w.fake, 1);
    buf_clear(&w.fake.trace);
    spawner_stop_all(w.spawner, 2);
    fake_run_to(&w.fake, 100);
    CHECK_TEXT(buf_cstr(&w.fake.trace), "3 -A -A -A -B -B");
    CHECK_INT(spawner_user_count(w.spawner), 0);
    // A new test begins with the first class again.
    spawner_clear(w.spawner);
    buf_clear(&w.fake.trace);
    spawner_start(w.spawner, 2, 1000, NULL, 0);
    fake_run_to(&w.fake, 101);
    CHECK_TEXT(buf_cstr(&w.fake.trace), "100 +A 100 +B complete");
    CHECK(tear_down(&w));
}

TEST(allowed_classes)
{
    struct world w;

    set_up(&w, three, 3, 0);
    spawner_start(w.spawner, 3, 1000, &STR("B"), 1);
    fake_run_to(&w.fake, 1);
    CHECK_INT(w.fake.present[1], 3);
    spawner_start(w.spawner, 9, 1000, (const struct str[]){STR("A"), STR("C")}, 2);
    fake_run_to(&w.fake, 2);
    CHECK_INT(w.fake.present[0], 3);
    CHECK_INT(w.fake.present[1], 3);
    CHECK_INT(w.fake.present[2], 3);
    CHECK(tear_down(&w));
}

TEST(nobody_to_spawn_ends_the_ramp)
{
    struct world w;

    set_up(&w, (const double[]){1, 1}, 2, 0);
    w.fake.classes[0].fixed_count = 2;
    w.fake.classes[1].fixed_count = 1;
    spawner_clear(w.spawner);
    spawner_start(w.spawner, 10, 10, NULL, 0);
    fake_run_to(&w.fake, 20);
    CHECK_INT(w.completed, 1);
    CHECK_INT(spawner_wanted(w.spawner), 3);
    CHECK_INT(w.fake.present[0], 2);
    CHECK_INT(w.fake.present[1], 1);
    CHECK(tear_down(&w));
}

TEST(a_user_that_cant_be_made_ends_the_ramp)
{
    struct world w;

    set_up(&w, one, 1, 0);
    w.fake.fail_at = 3;
    spawner_start(w.spawner, 10, 1, NULL, 0);
    fake_run_to(&w.fake, 100);
    CHECK_TEXT(buf_cstr(&w.fake.trace), "0 +A 1 +A 2 failed:A");
    CHECK_TEXT(w.err.text, "init failed");
    CHECK_INT(w.completed, 0);
    CHECK(!spawner_is_ramping(w.spawner));
    CHECK_INT(spawner_user_count(w.spawner), 2);
    CHECK(tear_down(&w));
}

static void cancel(void *self)
{
    struct world *w = self;

    spawner_cancel(w->spawner);
}

TEST(a_ramp_is_cancelled_from_within)
{
    struct world w;

    set_up(&w, one, 1, 0);
    w.fake.on_spawn = cancel;
    w.fake.on_spawn_self = &w;
    spawner_start(w.spawner, 10, 100000, NULL, 0);
    CHECK(spawner_is_ramping(w.spawner));
    CHECK_INT(w.fake.spawned, 0); // never from inside the start
    fake_run_to(&w.fake, 10);
    CHECK_INT(w.fake.spawned, 1);
    CHECK_INT(spawner_user_count(w.spawner), 1);
    CHECK_INT(w.completed, 0);
    CHECK(tear_down(&w));
}

/* A loop that was blocked finds many due, and lets others have their turn between them. */
TEST(many_that_are_due_are_made_over_turns)
{
    struct world w;

    set_up(&w, one, 1, 0);
    spawner_start(w.spawner, 1000, 100, NULL, 0);
    clock_advance_to(&w.fake.clock, 1100 * NS_PER_S);
    loop_turn(w.fake.loop, false);
    CHECK(w.fake.spawned > 0 && w.fake.spawned <= 200);
    fake_run_to(&w.fake, 100);
    CHECK_INT(w.fake.spawned, 1000);
    CHECK_INT(w.completed, 1);
    CHECK(tear_down(&w));
}

TEST_MAIN(RUN(rates); RUN(classes_come_and_go_in_the_dispatchers_order);
          RUN(a_ramp_leaves_for_a_higher_target); RUN(a_ramp_leaves_for_a_lower_target);
          RUN(a_ramp_down_leaves_for_a_higher_target);
          RUN(who_ended_is_replaced_at_the_next_step_alone);
          RUN(who_ended_after_the_ramp_stays_away); RUN(a_ramp_down_counts_who_has_gone);
          RUN(what_is_missing_after_a_ramp_down_is_replaced);
          RUN(a_ramp_that_is_left_replaces_nobody_more);
          RUN(who_ends_by_himself_while_another_leaves);
          RUN(users_that_end_at_once_keep_no_ramp_busy); RUN(a_ramp_down_does_not_wait_for_tasks);
          RUN(who_leaves_is_not_asked_again); RUN(counts_are_of_those_who_stay); RUN(stops_all);
          RUN(allowed_classes); RUN(nobody_to_spawn_ends_the_ramp);
          RUN(a_user_that_cant_be_made_ends_the_ramp); RUN(a_ramp_is_cancelled_from_within);
          RUN(many_that_are_due_are_made_over_turns);)
