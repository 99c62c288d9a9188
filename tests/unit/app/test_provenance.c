/* test_provenance -- what a run is of, and where it runs. */
// SPDX-License-Identifier: MIT
#include "app/provenance.h"

#include <unistd.h>

#include "base/file.h"
#include "base/mem.h"

#include "../check.h"

static char folder[64];

static const char *write_one(const char *name, const char *text)
{
    static char path[128];

    snprintf(path, sizeof path, "%s/%s", folder, name);
    if (file_make_parents(path, NULL) < 0 || file_write(path, str_of(text), NULL) < 0)
        abort();
    return path;
}

static const char *name_of(const struct result *r, size_t i)
{
    return r->scripts[i].path + strlen(folder) + 1;
}

TEST(scripts_have_their_hashes)
{
    struct result *r = result_new();
    char *one = xstrdup(write_one("abc.lua", "abc"));
    const char *const paths[] = {one, "/nowhere.lua"};

    provenance_add_scripts(r, paths, 2, false);
    CHECK_INT(r->n_scripts, 2);
    CHECK_TEXT(r->scripts[0].path, one);
    CHECK_TEXT(r->scripts[0].sha256,
               "ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad");
    CHECK(r->scripts[0].text == NULL);
    CHECK_TEXT(r->scripts[1].sha256, "");
    provenance_add_scripts(r, paths, 2, true);
    CHECK_TEXT(r->scripts[2].text, "abc");
    CHECK(r->scripts[3].text == NULL);
    free(one);
    result_free(r);
}

TEST(those_of_folders_are_those_that_are_loaded)
{
    struct result *r = result_new();
    const char *const paths[] = {folder};

    write_one("b/inner.lua", "1");
    write_one("a.lua", "2");
    write_one("notes.txt", "3");
    write_one("_off.lua", "4");
    write_one(".hidden.lua", "5");
    write_one("lua_modules/m.lua", "6");
    provenance_add_scripts(r, paths, 1, false);
    CHECK_INT(r->n_scripts, 3);
    CHECK_TEXT(name_of(r, 0), "a.lua");
    CHECK_TEXT(name_of(r, 1), "abc.lua");
    CHECK_TEXT(name_of(r, 2), "b/inner.lua");
    result_free(r);
}

TEST(a_machine_and_its_libraries)
{
    struct result *r = result_new();

    provenance_add_machine(r);
    CHECK_INT(r->n_machines, 1);
    CHECK(r->machines[0].name[0] != '\0');
    CHECK(strstr(r->machines[0].system, "Linux ") != NULL);
    CHECK(r->machines[0].cores >= 1);
    provenance_add_libraries(r);
    CHECK(json_string_value(json_object_get(r->libraries, "LuaJIT"))[0] == '2');
    CHECK(json_is_string(json_object_get(r->libraries, "libcurl")));
    CHECK_INT(json_object_size(r->libraries), 3);
    result_free(r);
}

static const char *variable, *value;

static char *get(const char *name)
{
    return strcmp(name, variable) == 0 ? (char *)value : NULL;
}

static const char *commit_of(const char *name, const char *text)
{
    static char found[128];
    struct result *r = result_new();

    variable = name;
    value = text;
    provenance_add_commit(r, get);
    snprintf(found, sizeof found, "%s", r->commit);
    result_free(r);
    return found;
}

TEST(a_commit_of_a_ci_system)
{
    CHECK_TEXT(commit_of("GITHUB_SHA", "827ac9f059277e8cc5b02a"), "827ac9f059277e8cc5b02a");
    CHECK_TEXT(commit_of("CI_COMMIT_SHA", "827ac9f"), "827ac9f");
    CHECK_TEXT(commit_of("CI_COMMIT_SHA", "<script>"), "");
    CHECK_TEXT(commit_of("GIT_COMMIT", "827"), "");
    CHECK_TEXT(commit_of("HOME", "827ac9f"), "");
}

int main(void)
{
    snprintf(folder, sizeof folder, "/tmp/katydid-provenance-XXXXXX");
    if (mkdtemp(folder) == NULL)
        return 1;
    RUN(scripts_have_their_hashes);
    RUN(those_of_folders_are_those_that_are_loaded);
    RUN(a_machine_and_its_libraries);
    RUN(a_commit_of_a_ci_system);
    char *command = xasprintf("rm -r %s", folder);
    int rc = system(command);
    free(command);
    printf("%d passed, %d failed, %d skipped\n", check_passed, check_failed, check_skipped);
    return check_failed != 0 || rc != 0;
}
