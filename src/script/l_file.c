/* l_file -- katydid.core.file: what lies where, for the loader. */
// SPDX-License-Identifier: MIT
#include "script/core.h"

#include <dirent.h>
#include <errno.h>
#include <limits.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "base/file.h"
#include "script/lx.h"

/* kind(path) -> "file", "folder" or nil */
static int l_kind(lua_State *L)
{
    const char *path = luaL_checkstring(L, 1);
    if (!file_exists(path))
        return 0;
    lua_pushstring(L, file_is_folder(path) ? "folder" : "file");
    return 1;
}

static int close_folder(lua_State *L)
{
    DIR **box = lua_touserdata(L, 1);
    if (*box != NULL)
        closedir(*box);
    *box = NULL;
    return 0;
}

/* list(path) -> names, or nil and why */
static int l_list(lua_State *L)
{
    const char *path = luaL_checkstring(L, 1);
    DIR **box = (DIR **)lx_box(L, "katydid.folder");
    *box = opendir(path);
    if (*box == NULL) {
        lua_pushnil(L);
        lua_pushfstring(L, "can't read the folder '%s': %s", path, strerror(errno));
        return 2;
    }
    lua_newtable(L); // names
    int n = 0;
    for (struct dirent *at; (at = readdir(*box)) != NULL;) {
        if (strcmp(at->d_name, ".") == 0 || strcmp(at->d_name, "..") == 0)
            continue;
        lua_pushstring(L, at->d_name);
        lua_rawseti(L, -2, ++n);
    }
    closedir(*box);
    *box = NULL;
    lua_getglobal(L, "table");
    lua_getfield(L, -1, "sort");
    lua_pushvalue(L, -3);
    lua_call(L, 1, 0);
    lua_pop(L, 1);
    return 1;
}

/* Adds "/part" to the path on top, where the part is something; ".." takes one away. [-1, +1, m] */
static void add_part(lua_State *L, struct str part)
{
    if (part.n == 0 || (part.n == 1 && part.p[0] == '.'))
        return;
    size_t n;
    const char *path = lua_tolstring(L, -1, &n);
    if (part.n == 2 && part.p[0] == '.' && part.p[1] == '.') {
        const char *slash = memrchr(path, '/', n);
        lua_pushlstring(L, path, slash != NULL ? (size_t)(slash - path) : 0);
    } else {
        lua_pushvalue(L, -1);
        lua_pushliteral(L, "/");
        lx_push_str(L, part);
        lua_concat(L, 3);
    }
    lua_remove(L, -2);
}

/* absolute(path) -> path; by its text alone: what doesn't exist has one too */
static int l_absolute(lua_State *L)
{
    struct str path = lx_check_str(L, 1);
    lua_pushliteral(L, "");
    if (path.n == 0 || path.p[0] != '/') {
        char folder[PATH_MAX];
        if (getcwd(folder, sizeof folder) == NULL)
            return luaL_error(L, "can't tell the current folder: %s", strerror(errno));
        for (struct str rest = str_of(folder); rest.n > 0;)
            add_part(L, str_cut(&rest, '/'));
    }
    for (struct str rest = path; rest.n > 0;)
        add_part(L, str_cut(&rest, '/'));
    if (lua_objlen(L, -1) == 0)
        lua_pushliteral(L, "/");
    return 1;
}

static const luaL_Reg file_functions[] = {
    {"kind", l_kind}, {"list", l_list}, {"absolute", l_absolute}, {NULL, NULL}};

void l_file_open(lua_State *L, struct vm *vm)
{
    lx_new_type(L, "katydid.folder", NULL, close_folder);
    core_new_table(L, vm, file_functions);
}
