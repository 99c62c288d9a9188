/* hooks -- run's hooks told to k.events. */
// SPDX-License-Identifier: MIT
#include "script/hooks.h"

#include <lauxlib.h>

#include "base/log.h"

/* What scripts hear of, by Locust's names. */
static const struct {
    enum hook_kind kind;
    const char *name, *phase;
} told[] = {
    {HOOK_INIT, "init", "in a listener of init"},
    {HOOK_TEST_START, "test_start", "in a listener of test_start"},
    {HOOK_SPAWNING_COMPLETE, "spawning_complete", "in a listener of spawning_complete"},
    {HOOK_TEST_STOPPING, "test_stopping", "in a listener of test_stopping"},
    {HOOK_TEST_STOP, "test_stop", "in a listener of test_stop"},
    {HOOK_RESET_STATS, "reset_stats", "in a listener of reset_stats"},
    {HOOK_USAGE_MONITOR, "usage_monitor", "in a listener of usage_monitor"},
    {HOOK_CPU_WARNING, "cpu_warning", "in a listener of cpu_warning"},
    {HOOK_QUITTING, "quitting", "in a listener of quitting"},
    {HOOK_QUIT, "quit", "in a listener of quit"},
};

/* The fields that the event carries besides `environment`. [-0, +1, m] */
static void push_fields(lua_State *L, const struct hook *what)
{
    lua_newtable(L);
    if (what->kind == HOOK_SPAWNING_COMPLETE) {
        lua_pushnumber(L, (double)what->u.users);
        lua_setfield(L, -2, "user_count");
    } else if (what->kind == HOOK_USAGE_MONITOR || what->kind == HOOK_CPU_WARNING) {
        lua_pushnumber(L, what->u.usage.cpu);
        lua_setfield(L, -2, "cpu_usage");
        if (what->kind == HOOK_CPU_WARNING)
            return;
        lua_pushnumber(L, (double)what->u.usage.memory_bytes);
        lua_setfield(L, -2, "memory_usage");
    } else if (what->kind == HOOK_QUIT) {
        lua_pushinteger(L, what->u.exit_code);
        lua_setfield(L, -2, "exit_code");
    }
}

static void tell(void *self, const struct hook *what)
{
    struct vm *vm = self;
    size_t i = 0;
    while (told[i].kind != what->kind)
        i++;
    struct err err = ERR_INIT;
    if (vm_push_function(vm, "katydid.driver", "fire", &err) < 0) {
        log_error("katydid.events", "%s", err.text);
        return;
    }
    lua_pushstring(vm->L, told[i].name);
    push_fields(vm->L, what);
    if (vm_call(vm, told[i].phase, 2, 0, NULL, &err) < 0)
        log_error("katydid.events", "%s: %s", told[i].name, err.text);
}

void script_hooks_install(struct vm *vm, struct hooks *hooks)
{
    for (size_t i = 0; i < sizeof told / sizeof told[0]; i++)
        hooks_add(hooks, told[i].kind, tell, vm);
}
