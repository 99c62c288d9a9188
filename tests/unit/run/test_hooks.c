/* test_hooks -- listeners: their order, and what they do to each other. */
// SPDX-License-Identifier: MIT
#include "../check.h"

#include "run/hooks.h"

struct ear {
    char letter;
    char *heard; /* shared: letters in the order of hearing */
    struct hooks *hooks;
    struct ear *other; /* added or removed by `meddle` */
    size_t users;
};

static void hear(void *self, const struct hook *what)
{
    struct ear *ear = self;
    size_t n = strlen(ear->heard);

    ear->heard[n] = ear->letter;
    ear->heard[n + 1] = '\0';
    ear->users = what->u.users;
}

static void add_other(void *self, const struct hook *what)
{
    struct ear *ear = self;

    hear(self, what);
    hooks_add(ear->hooks, what->kind, hear, ear->other);
}

static void remove_other(void *self, const struct hook *what)
{
    struct ear *ear = self;

    hear(self, what);
    hooks_remove(ear->hooks, what->kind, hear, ear->other);
}

static void fire_another(void *self, const struct hook *what)
{
    struct ear *ear = self;

    hear(self, what);
    if (what->kind != HOOK_TEST_STOP)
        hooks_fire_kind(ear->hooks, HOOK_TEST_STOP);
}

TEST(tells_in_order_and_quitting_in_reverse)
{
    char heard[32] = "";
    struct hooks *hooks = hooks_new();
    struct ear a = {.letter = 'a', .heard = heard}, b = {.letter = 'b', .heard = heard};

    hooks_add(hooks, HOOK_TEST_START, hear, &a);
    hooks_add(hooks, HOOK_TEST_START, hear, &b);
    hooks_add(hooks, HOOK_QUITTING, hear, &a);
    hooks_add(hooks, HOOK_QUITTING, hear, &b);
    hooks_fire_kind(hooks, HOOK_TEST_START);
    hooks_fire_kind(hooks, HOOK_QUITTING);
    hooks_fire_kind(hooks, HOOK_SECOND);
    hooks_free(hooks);
    CHECK_TEXT(heard, "abba");
}

TEST(hands_over_what_happened)
{
    char heard[32] = "";
    struct hooks *hooks = hooks_new();
    struct ear a = {.letter = 'a', .heard = heard};

    hooks_add(hooks, HOOK_SPAWNING_COMPLETE, hear, &a);
    hooks_fire(hooks, &(struct hook){.kind = HOOK_SPAWNING_COMPLETE, .u.users = 42});
    hooks_free(hooks);
    CHECK_INT(a.users, 42);
}

TEST(many_listen)
{
    char heard[256] = "";
    struct hooks *hooks = hooks_new();
    struct ear a = {.letter = 'a', .heard = heard};

    for (int i = 0; i < 100; i++)
        hooks_add(hooks, HOOK_SECOND, hear, &a);
    hooks_fire_kind(hooks, HOOK_SECOND);
    hooks_free(hooks);
    CHECK_INT(strlen(heard), 100);
}

TEST(who_is_added_meanwhile_hears_of_the_next)
{
    char heard[32] = "";
    struct hooks *hooks = hooks_new();
    struct ear b = {.letter = 'b', .heard = heard};
    struct ear a = {.letter = 'a', .heard = heard, .hooks = hooks, .other = &b};

    hooks_add(hooks, HOOK_SECOND, add_other, &a);
    hooks_fire_kind(hooks, HOOK_SECOND);
    CHECK_TEXT(heard, "a");
    hooks_fire_kind(hooks, HOOK_SECOND);
    hooks_free(hooks);
    CHECK_TEXT(heard, "aab");
}

TEST(who_is_removed_hears_nothing_more)
{
    char heard[32] = "";
    struct hooks *hooks = hooks_new();
    struct ear b = {.letter = 'b', .heard = heard}, c = {.letter = 'c', .heard = heard};
    struct ear a = {.letter = 'a', .heard = heard, .hooks = hooks, .other = &b};

    hooks_add(hooks, HOOK_SECOND, remove_other, &a);
    hooks_add(hooks, HOOK_SECOND, hear, &b);
    hooks_add(hooks, HOOK_SECOND, hear, &c);
    hooks_fire_kind(hooks, HOOK_SECOND);
    hooks_fire_kind(hooks, HOOK_SECOND);
    hooks_remove(hooks, HOOK_SECOND, hear, &c);
    hooks_fire_kind(hooks, HOOK_SECOND);
    hooks_free(hooks);
    CHECK_TEXT(heard, "acaca");
}

TEST(a_listener_may_fire)
{
    char heard[32] = "";
    struct hooks *hooks = hooks_new();
    struct ear a = {.letter = 'a', .heard = heard, .hooks = hooks};
    struct ear b = {.letter = 'b', .heard = heard};

    hooks_add(hooks, HOOK_TEST_STOPPING, fire_another, &a);
    hooks_add(hooks, HOOK_TEST_STOPPING, hear, &a);
    hooks_add(hooks, HOOK_TEST_STOP, hear, &b);
    hooks_fire_kind(hooks, HOOK_TEST_STOPPING);
    hooks_free(hooks);
    CHECK_TEXT(heard, "aba");
}

TEST_MAIN(RUN(tells_in_order_and_quitting_in_reverse); RUN(hands_over_what_happened);
          RUN(many_listen); RUN(who_is_added_meanwhile_hears_of_the_next);
          RUN(who_is_removed_hears_nothing_more); RUN(a_listener_may_fire);)
