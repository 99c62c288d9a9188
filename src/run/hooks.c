/* hooks -- what happened, told to whoever listens. */
// SPDX-License-Identifier: MIT
#include "run/hooks.h"

#include <stdlib.h>

#include "base/apart.h"
#include "base/mem.h"

struct listener {
    void (*call)(void *self, const struct hook *what); /* NULL: removed while hooks were fired */
    void *self;
};

struct listeners {
    struct listener *items;
    size_t n, capacity;
};

struct hooks {
    struct listeners of[HOOK_KINDS];
    size_t depth; /* of hooks that are being fired: until 0 nothing moves */
    bool has_holes;
};

struct hooks *hooks_new(void)
{
    return xcalloc(1, sizeof(struct hooks));
}

void hooks_free(struct hooks *hooks)
{
    if (hooks == NULL)
        return;
    for (size_t i = 0; i < HOOK_KINDS; i++)
        free(hooks->of[i].items);
    free(hooks);
}

void hooks_add(struct hooks *hooks, enum hook_kind kind,
               void (*listener)(void *self, const struct hook *what), void *self)
{
    struct listeners *l = &hooks->of[kind];

    if (l->n == l->capacity) {
        l->capacity = l->capacity > 0 ? 2 * l->capacity : 4;
        l->items = xreallocarray(l->items, l->capacity, sizeof(*l->items));
    }
    l->items[l->n++] = (struct listener){.call = listener, .self = self};
}

static void close_holes(struct hooks *hooks)
{
    if (hooks->depth > 0 || !hooks->has_holes)
        return;
    for (size_t kind = 0; kind < HOOK_KINDS; kind++) {
        struct listeners *l = &hooks->of[kind];
        size_t n = 0;
        for (size_t i = 0; i < l->n; i++) {
            if (l->items[i].call != NULL)
                l->items[n++] = l->items[i];
        }
        l->n = n;
    }
    hooks->has_holes = false;
}

void hooks_remove(struct hooks *hooks, enum hook_kind kind,
                  void (*listener)(void *self, const struct hook *what), void *self)
{
    struct listeners *l = &hooks->of[kind];

    for (size_t i = 0; i < l->n; i++) {
        if (l->items[i].call == listener && l->items[i].self == self) {
            l->items[i].call = NULL;
            hooks->has_holes = true;
        }
    }
    close_holes(hooks);
}

static APART void fire_all(struct hooks *hooks, const struct hook *what)
{
    // Who is added meanwhile hears of the next one; and the list may move, so no pointer into it.
    const struct listeners *l = &hooks->of[what->kind];
    size_t n = l->n;

    hooks->depth++;
    for (size_t i = 0; i < n; i++) {
        struct listener listener = l->items[what->kind == HOOK_QUITTING ? n - 1 - i : i];
        if (listener.call != NULL)
            listener.call(listener.self, what);
    }
    hooks->depth--;
    close_holes(hooks);
}

void hooks_fire(struct hooks *hooks, const struct hook *what)
{
    const struct listeners *l = &hooks->of[what->kind];

    if (l->n != 1 || l->items[0].call == NULL) {
        fire_all(hooks, what);
        return;
    }
    // Nobody comes after it, so the list may do what it will. Each request comes here.
    struct listener only = l->items[0];
    only.call(only.self, what);
}

void hooks_fire_kind(struct hooks *hooks, enum hook_kind kind)
{
    hooks_fire(hooks, &(struct hook){.kind = kind});
}
