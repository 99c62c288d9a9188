/* provenance -- see provenance.h. */
// SPDX-License-Identifier: MIT
#include "app/provenance.h"

#include <dirent.h>
#include <fcntl.h>
#include <sched.h>
#include <stdlib.h>
#include <string.h>
#include <sys/utsname.h>
#include <unistd.h>

#include "base/file.h"
#include "base/mem.h"
#include "http/curl_transport.h"
#include "net/digest.h"
#include "script/vm.h"

#define SCRIPT_LIMIT (16u << 20)
#define DEEPEST 32 /* as lua/katydid/loader.lua has it */

static void add_file(struct result *r, const char *path, bool with_text)
{
    struct buf text = BUF_INIT, hash = BUF_INIT;
    bool is_read = file_read(path, &text, SCRIPT_LIMIT, NULL) == 0;

    if (is_read)
        digest_add_sha256(&hash, buf_slice(&text));
    result_add_script(r, path, buf_cstr(&hash), is_read && with_text ? buf_cstr(&text) : NULL);
    buf_release(&text);
    buf_release(&hash);
}

/* The names that the loader looks at. */
static int is_wanted(const struct dirent *item)
{
    return item->d_name[0] != '.' && item->d_name[0] != '_' &&
           strcmp(item->d_name, "lua_modules") != 0;
}

static int by_bytes(const struct dirent **a, const struct dirent **b)
{
    return strcmp((*a)->d_name, (*b)->d_name);
}

static void add_folder(struct result *r, const char *path, bool with_text, int depth)
{
    struct dirent **items = NULL;
    int n = depth < DEEPEST ? scandir(path, &items, is_wanted, by_bytes) : 0;

    for (int i = 0; i < n; i++) {
        char *inner = xasprintf("%s/%s", strcmp(path, "/") == 0 ? "" : path, items[i]->d_name);
        if (file_is_folder(inner))
            add_folder(r, inner, with_text, depth + 1);
        else if (str_ends(str_of(inner), STR(".lua")))
            add_file(r, inner, with_text);
        free(inner);
        free(items[i]);
    }
    free((void *)items);
}

void provenance_add_scripts(struct result *r, const char *const *paths, size_t n, bool with_text)
{
    for (size_t i = 0; i < n; i++) {
        char *path = xstrdup(paths[i]);
        for (size_t end = strlen(path); end > 1 && path[end - 1] == '/'; end--)
            path[end - 1] = '\0';
        if (file_is_folder(path))
            add_folder(r, path, with_text, 0);
        else
            add_file(r, path, with_text);
        free(path);
    }
}

/* The value of the first line that begins with `name`, among the first bytes of a file; "". The file
 * may be long (a line for each feature of each of 200 cores), and what is looked for stands at its
 * begin. The caller owns it. */
static char *value_in(const char *path, const char *name, char separator)
{
    char bytes[4096];
    int fd = open(path, O_RDONLY | O_CLOEXEC);
    ssize_t n = fd >= 0 ? read(fd, bytes, sizeof bytes) : 0;
    struct str rest = str_make(bytes, n > 0 ? (size_t)n : 0);

    if (fd >= 0)
        close(fd);
    while (rest.n > 0) {
        struct str line = str_cut(&rest, '\n');
        struct str key = str_trim(str_cut(&line, separator));
        line = str_trim(line);
        if (!str_equal(key, str_of(name)))
            continue;
        if (line.n > 1 && line.p[0] == '"' && line.p[line.n - 1] == '"')
            line = str_slice(line, 1, line.n - 1);
        return str_dup(line);
    }
    return xstrdup("");
}

static unsigned count_cores(void)
{
    cpu_set_t set;

    if (sched_getaffinity(0, sizeof set, &set) == 0)
        return (unsigned)CPU_COUNT(&set);
    return (unsigned)sysconf(_SC_NPROCESSORS_ONLN);
}

void provenance_add_machine(struct result *r)
{
    struct utsname u = {.nodename = ""};
    char *pretty = value_in("/etc/os-release", "PRETTY_NAME", '=');
    char *cpu = value_in("/proc/cpuinfo", "model name", ':');
    char *system;

    uname(&u);
    system = xasprintf("%s%s%s %s %s", pretty, *pretty != '\0' ? ", " : "", u.sysname, u.release,
                       u.machine);
    result_add_machine(r, u.nodename, system, cpu, count_cores());
    free(system);
    free(pretty);
    free(cpu);
}

static bool is_hash(struct str text)
{
    for (size_t i = 0; i < text.n; i++)
        if (strchr("0123456789abcdefABCDEF", text.p[i]) == NULL)
            return false;
    return text.n >= 7 && text.n <= 64;
}

void provenance_add_commit(struct result *r, char *(*get)(const char *name))
{
    static const char *const names[] = {"GITHUB_SHA",       "CI_COMMIT_SHA",
                                        "GIT_COMMIT",       "BITBUCKET_COMMIT",
                                        "CIRCLE_SHA1",      "TRAVIS_COMMIT",
                                        "BUILDKITE_COMMIT", "BUILD_SOURCEVERSION",
                                        "DRONE_COMMIT_SHA", "CI_COMMIT_ID",
                                        "BUILD_VCS_NUMBER", "CODEBUILD_RESOLVED_SOURCE_VERSION"};

    for (size_t i = 0; i < sizeof names / sizeof names[0]; i++) {
        const char *value = get(names[i]);
        if (value == NULL || !is_hash(str_of(value)))
            continue;
        result_set_text(&r->commit, value);
        return;
    }
}

/* "OpenSSL/3.0.19": what stands before the first number is the name. */
static void add_library(struct result *r, const char *text)
{
    size_t n = strcspn(text, " /");
    char *name = str_dup(str_make(text, n));

    json_object_set_new(r->libraries, name, json_string(text[n] != '\0' ? text + n + 1 : ""));
    free(name);
}

void provenance_add_libraries(struct result *r)
{
    json_object_set_new(r->libraries, "libcurl", json_string(curl_transport_version()));
    add_library(r, vm_luajit_version());
    add_library(r, curl_transport_tls_version());
}
