/* detail -- what only some ask of a request. */
// SPDX-License-Identifier: MIT
#include "script/detail.h"

#include <lauxlib.h>
#include <stdlib.h>
#include <string.h>

#include "base/buf.h"
#include "base/mem.h"
#include "base/url.h"
#include "script/packed.h"
#include "script/users.h"

#define LEVELS_MAX 200 /* looked through for a script's frame */

struct detail {
    bool all, places;
    char *ours; /* how the chunks of the Lua half begin: "@lua/katydid/" */
    struct buf url, place;
    struct request_detail told;
};

/* The folder of a chunk of the Lua half, as Lua names it. [-0, +0, -] */
static char *own_folder(struct vm *vm, struct err *err)
{
    lua_Debug frame;

    if (vm_push_function(vm, "katydid.blame", "place", err) < 0)
        return NULL;
    lua_getinfo(vm->L, ">S", &frame);
    const char *slash = strrchr(frame.source, '/');
    size_t n = slash != NULL ? (size_t)(slash - frame.source) + 1 : 0;
    return str_dup(str_make(frame.source, n));
}

int detail_want(struct vm *vm, bool all, bool places, struct err *err)
{
    char *ours = own_folder(vm, err);

    if (ours == NULL)
        return -1;
    detail_free(vm->detail);
    vm->detail = xcalloc(1, sizeof *vm->detail);
    vm->detail->all = all;
    vm->detail->places = places;
    vm->detail->ours = ours;
    return 0;
}

void detail_free(struct detail *d)
{
    if (d == NULL)
        return;
    buf_release(&d->url);
    buf_release(&d->place);
    free(d->ours);
    free(d);
}

/* The innermost line of a script that the coroutine is at; nothing where a tail call has left no frame
 * of it. [-0, +0, -] */
static void find_place(struct detail *d, lua_State *co)
{
    lua_Debug frame;

    buf_clear(&d->place);
    for (int level = 0; level < LEVELS_MAX && lua_getstack(co, level, &frame); level++) {
        lua_getinfo(co, "Sl", &frame);
        if (frame.source[0] != '@' || frame.currentline <= 0 ||
            (*d->ours != '\0' && str_starts(str_of(frame.source), str_of(d->ours))))
            continue;
        buf_addf(&d->place, "%s:%d", frame.source + 1, frame.currentline);
        return;
    }
}

static void add_all(struct detail *d, const struct task *t, const struct packed *r)
{
    if (t != NULL)
        users_who(t, &d->told.user_class, &d->told.user_id);
    if (r == NULL)
        return;
    struct packed_rest room;
    const struct packed_rest *rest = packed_rest(r, &room);
    d->told.status = r->status;
    buf_clear(&d->url);
    url_mask(&d->url, packed_text(r, rest->url.at != 0 ? rest->url : rest->request_url));
    d->told.url = buf_slice(&d->url);
}

const struct request_detail *detail_of(struct vm *vm, const struct task *t, const struct packed *r,
                                       bool failed)
{
    struct detail *d = vm->detail;

    if (d == NULL || !(d->all || (failed && d->places)))
        return NULL;
    d->told = (struct request_detail){.status = 0};
    if (d->all)
        add_all(d, t, r);
    if (d->places && failed && t != NULL) {
        find_place(d, t->co);
        d->told.place = buf_slice(&d->place);
    }
    return &d->told;
}
