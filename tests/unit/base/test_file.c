/* test_file -- whole files: read with a limit, written whole or not at all; files that grow. */
// SPDX-License-Identifier: MIT
#include "base/file.h"

#include "base/mem.h"

#include "../check.h"

#include <dirent.h>
#include <fcntl.h>
#include <signal.h>
#include <sys/resource.h>
#include <sys/stat.h>
#include <unistd.h>

static char folder[] = "/tmp/test_file.XXXXXX";

/* A path in the test's folder, valid until the fourth call from here. */
static const char *at(const char *name)
{
    static char paths[4][200];
    static int next;
    char *path = paths[next++ % 4];
    snprintf(path, sizeof(paths[0]), "%s/%s", folder, name);
    return path;
}

/* How many entries the test's folder has. */
static int entries(void)
{
    DIR *dir = opendir(folder);
    int n = -2; // without . and ..
    while (readdir(dir) != NULL)
        n++;
    closedir(dir);
    return n;
}

/* Whether the file holds exactly this. */
static bool holds(const char *path, const char *expected)
{
    struct buf out = BUF_INIT;
    struct err err = ERR_INIT;
    bool same =
        file_read(path, &out, 1 << 20, &err) == 0 && str_equal(buf_slice(&out), str_of(expected));
    if (!same)
        printf("%s holds '%s' %s\n", path, buf_cstr(&out), err.text);
    buf_release(&out);
    return same;
}

static const char *error_of(int rc, struct err *err)
{
    return rc == 0 ? "none" : err->text;
}

TEST(writes_and_reads)
{
    struct err err = ERR_INIT;
    struct buf out = BUF_INIT;
    CHECK_INT(file_write(at("a"), STR("one"), &err), 0);
    CHECK_INT(file_write(at("a"), STR("two\n"), &err), 0);
    buf_add_cstr(&out, "> ");
    CHECK_INT(file_read(at("a"), &out, 4, &err), 0);
    CHECK_TEXT(buf_cstr(&out), "> two\n");
    CHECK_INT(file_write(at("a"), STR(""), &err), 0);
    CHECK(holds(at("a"), ""));
    CHECK_INT(entries(), 1);
    buf_release(&out);
    unlink(at("a"));
}

TEST(reads_large_files_up_to_the_limit)
{
    struct err err = ERR_INIT;
    struct buf big = BUF_INIT, out = BUF_INIT;
    buf_add_many(&big, 'x', 300000);
    CHECK_INT(file_write(at("big"), buf_slice(&big), &err), 0);
    CHECK_INT(file_read(at("big"), &out, 300000, &err), 0);
    CHECK(str_equal(buf_slice(&out), buf_slice(&big)));
    buf_clear(&out);
    buf_add_cstr(&out, "kept");
    CHECK_INT(file_read(at("big"), &out, 299999, &err), -1);
    CHECK_TEXT(buf_cstr(&out), "kept");
    CHECK(strstr(err.text, "/big: larger than 299999 bytes") != NULL);
    CHECK(strncmp(err.text, folder, strlen(folder)) == 0);
    buf_release(&big);
    buf_release(&out);
    unlink(at("big"));
}

TEST(reading_names_path_and_reason)
{
    struct buf out = BUF_INIT;
    struct err err = ERR_INIT;
    CHECK_TEXT(error_of(file_read("/nowhere/x", &out, 9, &err), &err),
               "/nowhere/x: No such file or directory");
    err_clear(&err);
    CHECK_TEXT(error_of(file_read("/", &out, 9, &err), &err), "/: Is a directory");
    buf_release(&out);
}

TEST(new_files_have_the_users_mode)
{
    struct err err = ERR_INIT;
    struct stat st;
    mode_t before = umask(027);
    int rc = file_write(at("a"), STR("x"), &err);
    umask(before);
    CHECK_INT(rc, 0);
    CHECK_INT(stat(at("a"), &st), 0);
    CHECK_INT(st.st_mode & 0777, 0640);
    unlink(at("a"));
}

TEST(failed_writing_leaves_the_old_file)
{
    struct err err = ERR_INIT;
    struct rlimit limit, small;
    CHECK_INT(file_write(at("a"), STR("old"), &err), 0);
    CHECK_INT(getrlimit(RLIMIT_FSIZE, &limit), 0);
    small = (struct rlimit){.rlim_cur = 4, .rlim_max = limit.rlim_max};
    signal(SIGXFSZ, SIG_IGN);
    setrlimit(RLIMIT_FSIZE, &small);
    int rc = file_write(at("a"), STR("too much for the disk"), &err);
    setrlimit(RLIMIT_FSIZE, &limit);
    CHECK_INT(rc, -1);
    CHECK(strstr(err.text, "/a: File too large") != NULL);
    CHECK(holds(at("a"), "old"));
    CHECK_INT(entries(), 1);
    unlink(at("a"));
}

TEST(writing_names_path_and_reason)
{
    struct err err = ERR_INIT;
    CHECK_TEXT(error_of(file_write("/nowhere/x", STR("y"), &err), &err),
               "/nowhere/x: No such file or directory");
    err_clear(&err);
    CHECK_TEXT(error_of(file_write("/proc/x", STR("y"), &err), &err),
               "/proc/x: No such file or directory");
    err_clear(&err);
    CHECK_INT(file_write(folder, STR("y"), &err), -1);
    CHECK(strstr(err.text, ": Is a directory") != NULL);
    err_clear(&err);
    CHECK_TEXT(error_of(file_write("/dev/full", STR("y"), &err), &err),
               "/dev/full: No space left on device");
    err_clear(&err);
    CHECK_INT(file_write("/dev/null", STR("y"), &err), 0);
    CHECK(file_exists("/dev/null") && !file_is_folder("/dev/null"));
}

TEST(links_stay_links)
{
    struct err err = ERR_INIT;
    struct stat st;
    CHECK_INT(file_write(at("target"), STR("old"), &err), 0);
    CHECK_INT(symlink("target", at("link")), 0);
    CHECK_INT(file_write(at("link"), STR("new"), &err), 0);
    CHECK(holds(at("target"), "new"));
    CHECK_INT(lstat(at("link"), &st), 0);
    CHECK(S_ISLNK(st.st_mode));
    unlink(at("link"));
    unlink(at("target"));
}

TEST(makes_parents)
{
    struct err err = ERR_INIT;
    CHECK_INT(file_make_parents(at("p/q//r/file"), &err), 0);
    CHECK(file_is_folder(at("p/q/r")));
    CHECK(!file_exists(at("p/q/r/file")));
    CHECK_INT(file_make_parents(at("p/q/r/file"), &err), 0);
    CHECK_INT(file_make_parents("no_folder", &err), 0);
    CHECK(!file_exists("no_folder"));
    CHECK_INT(file_write(at("p/plain"), STR(""), &err), 0);
    CHECK_INT(file_make_parents(at("p/plain/x/y"), &err), -1);
    CHECK(strstr(err.text, "/p/plain: not a folder") != NULL);
    unlink(at("p/plain"));
    rmdir(at("p/q/r"));
    rmdir(at("p/q"));
    rmdir(at("p"));
}

TEST(checks_what_can_be_written)
{
    struct err err = ERR_INIT;
    CHECK_INT(file_check_writable(at("new/file"), &err), 0);
    CHECK(!file_exists(at("new/file")));
    CHECK_INT(file_write(at("new/file"), STR("kept"), &err), 0);
    CHECK_INT(file_check_writable(at("new/file"), &err), 0);
    CHECK(holds(at("new/file"), "kept"));
    CHECK_INT(file_check_writable(at("new"), &err), -1);
    CHECK(strstr(err.text, "/new: Is a directory") != NULL);
    err_clear(&err);
    CHECK_INT(file_check_writable(at("new/file/below"), &err), -1);
    CHECK(strstr(err.text, "/new/file") != NULL);
    err_clear(&err);
    CHECK_TEXT(error_of(file_check_writable("/proc/nowhere/x", &err), &err),
               "/proc/nowhere: No such file or directory");
    unlink(at("new/file"));
    rmdir(at("new"));
}

/* Root may write everywhere: the test is somebody else meanwhile. */
static bool become(uid_t user)
{
    return geteuid() == user || seteuid(user) == 0;
}

#define NOBODY 65534

TEST(refuses_a_folder_without_permission)
{
    struct err checked = ERR_INIT, written = ERR_INIT;
    uid_t user = geteuid();
    CHECK_INT(chmod(folder, 0755), 0);
    CHECK_INT(mkdir(at("locked"), 0555), 0);
    CHECK(become(user == 0 ? NOBODY : user));
    int check_rc = file_check_writable(at("locked/x"), &checked);
    int write_rc = file_write(at("locked/x"), STR("y"), &written);
    CHECK(become(user));
    CHECK_INT(check_rc, -1);
    CHECK(strstr(checked.text, "/locked/x: Permission denied") != NULL);
    CHECK_INT(write_rc, -1);
    CHECK(strstr(written.text, "/locked/x: Permission denied") != NULL);
    rmdir(at("locked"));
}

TEST(grows)
{
    struct err err = ERR_INIT;
    struct growing_file *f = growing_file_open(at("log"), true, &err);
    CHECK(f != NULL);
    CHECK_INT(growing_file_append(f, STR("one\n"), &err), 0);
    CHECK_INT(growing_file_append(f, STR(""), &err), 0);
    CHECK_INT(growing_file_append(f, STR("two\n"), &err), 0);
    CHECK(holds(at("log"), "one\ntwo\n"));
    growing_file_close(f);
    f = growing_file_open(at("log"), false, &err);
    CHECK_INT(growing_file_append(f, STR("three\n"), &err), 0);
    growing_file_close(f);
    CHECK(holds(at("log"), "one\ntwo\nthree\n"));
    f = growing_file_open(at("log"), true, &err);
    growing_file_close(f);
    CHECK(holds(at("log"), ""));
    growing_file_close(NULL);
    unlink(at("log"));
}

TEST(growing_fails_by_name)
{
    struct err err = ERR_INIT;
    CHECK(growing_file_open("/nowhere/x", true, &err) == NULL);
    CHECK_TEXT(err.text, "/nowhere/x: No such file or directory");
    err_clear(&err);
    struct growing_file *f = growing_file_open("/dev/full", false, &err);
    CHECK(f != NULL);
    int rc = growing_file_append(f, STR("x\n"), &err);
    growing_file_close(f);
    CHECK_INT(rc, -1);
    CHECK_TEXT(err.text, "/dev/full: No space left on device");
}

TEST(a_failed_append_leaves_no_half_line)
{
    struct err err = ERR_INIT;
    struct rlimit limit, small;
    struct growing_file *f = growing_file_open(at("log"), true, &err);
    CHECK(f != NULL);
    CHECK_INT(growing_file_append(f, STR("first\n"), &err), 0);
    CHECK_INT(getrlimit(RLIMIT_FSIZE, &limit), 0);
    small = (struct rlimit){.rlim_cur = 10, .rlim_max = limit.rlim_max};
    signal(SIGXFSZ, SIG_IGN);
    setrlimit(RLIMIT_FSIZE, &small);
    int rc = growing_file_append(f, STR("second\n"), &err);
    setrlimit(RLIMIT_FSIZE, &limit);
    bool is_whole = holds(at("log"), "first\n");
    growing_file_close(f);
    unlink(at("log"));
    CHECK_INT(rc, -1);
    CHECK(strstr(err.text, "/log: File too large") != NULL);
    CHECK(is_whole);
}

TEST(folder_is_left_empty)
{
    CHECK_INT(entries(), 0);
    CHECK_INT(rmdir(folder), 0);
}

TEST_MAIN(if (mkdtemp(folder) == NULL) return 1; RUN(writes_and_reads);
          RUN(reads_large_files_up_to_the_limit); RUN(reading_names_path_and_reason);
          RUN(new_files_have_the_users_mode); RUN(failed_writing_leaves_the_old_file);
          RUN(writing_names_path_and_reason); RUN(links_stay_links); RUN(makes_parents);
          RUN(checks_what_can_be_written); RUN(refuses_a_folder_without_permission); RUN(grows);
          RUN(growing_fails_by_name); RUN(a_failed_append_leaves_no_half_line);
          RUN(folder_is_left_empty);)
