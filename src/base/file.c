/* file -- whole files: read with a limit; write whole or not at all. */
// SPDX-License-Identifier: MIT
#include "base/file.h"

#include "base/mem.h"

#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#define CHUNK 65536
#define TEMPORARY_NAMES 100 /* to try, before something is wrong with the folder */

/* Says which path the system refused, and why. Returns -1. */
static int refuse(const char *path, struct err *err)
{
    return err_set(err, "%s: %s", path, strerror(errno));
}

/* Adds what the descriptor has, up to more than `limit` bytes. 0, or -1 with errno. */
static int read_all(int fd, struct buf *out, size_t limit)
{
    size_t before = out->n;
    char *chunk = xmalloc(CHUNK);
    ssize_t n;
    do {
        n = read(fd, chunk, CHUNK);
        if (n > 0)
            buf_add(out, chunk, (size_t)n);
    } while ((n > 0 && out->n - before <= limit && !out->overflowed) || (n < 0 && errno == EINTR));
    int saved = errno;
    free(chunk);
    errno = saved;
    return n < 0 ? -1 : 0;
}

int file_read(const char *path, struct buf *out, size_t limit, struct err *err)
{
    size_t before = out->n;
    int fd = open(path, O_RDONLY | O_CLOEXEC), rc = -1;
    if (fd < 0)
        return refuse(path, err);
    if (read_all(fd, out, limit) < 0)
        refuse(path, err);
    else if (out->n - before > limit || out->overflowed)
        err_set(err, "%s: larger than %zu bytes", path, limit);
    else
        rc = 0;
    if (rc < 0)
        buf_truncate(out, before);
    close(fd);
    return rc;
}

/* 0, or -1 with errno. */
static int write_all(int fd, struct str bytes)
{
    while (bytes.n > 0) {
        ssize_t n = write(fd, bytes.p, bytes.n);
        if (n < 0 && errno == EINTR)
            continue;
        if (n < 0)
            return -1;
        bytes = str_slice(bytes, (size_t)n, bytes.n);
    }
    return 0;
}

/* Closes; 0, or -1 with errno, of an earlier failure or of its own. */
static int write_and_close(int fd, struct str content)
{
    int rc = write_all(fd, content);
    int saved = errno;
    if (close(fd) < 0 && rc == 0)
        return -1;
    errno = saved;
    return rc;
}

/* A new file beside `path`. Its mode is what the user's mask leaves, as for any new file, which
 * mkstemp(3) doesn't do. The caller owns *temporary. -1 with errno. */
static int create_beside(const char *path, char **temporary)
{
    for (int i = 0; i < TEMPORARY_NAMES; i++) {
        *temporary = xasprintf("%s.%ld-%d.tmp", path, (long)getpid(), i);
        int fd = open(*temporary, O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC, 0666);
        if (fd >= 0)
            return fd;
        int saved = errno;
        free(*temporary);
        *temporary = NULL;
        errno = saved;
        if (errno != EEXIST)
            break;
    }
    return -1;
}

static int replace(const char *path, struct str content)
{
    char *temporary;
    int fd = create_beside(path, &temporary);
    if (fd < 0)
        return -1;
    int rc = write_and_close(fd, content);
    if (rc == 0)
        rc = rename(temporary, path);
    int saved = errno;
    if (rc < 0)
        unlink(temporary);
    free(temporary);
    errno = saved;
    return rc;
}

static int write_through(const char *path, struct str content)
{
    int fd = open(path, O_WRONLY | O_CLOEXEC);
    return fd < 0 ? -1 : write_and_close(fd, content);
}

int file_write(const char *path, struct str content, struct err *err)
{
    struct stat at;
    bool exists = stat(path, &at) == 0;
    int rc;
    if (exists && !S_ISREG(at.st_mode)) {
        rc = write_through(path, content);
    } else {
        // A link stays one: its target is what is replaced.
        char *target = exists ? realpath(path, NULL) : NULL;
        rc = replace(target != NULL ? target : path, content);
        int saved = errno;
        free(target);
        errno = saved;
    }
    return rc < 0 ? refuse(path, err) : 0;
}

int file_make_parents(const char *path, struct err *err)
{
    char *folder = xstrdup(path);
    int rc = 0;
    for (char *slash = strchr(folder + (folder[0] == '/'), '/'); slash != NULL && rc == 0;
         slash = strchr(slash + 1, '/')) {
        *slash = '\0';
        if (mkdir(folder, 0777) < 0 && !file_is_folder(folder))
            rc = errno == EEXIST ? err_set(err, "%s: not a folder", folder) : refuse(folder, err);
        *slash = '/';
    }
    free(folder);
    return rc;
}

int file_check_writable(const char *path, struct err *err)
{
    if (file_make_parents(path, err) < 0)
        return -1;
    bool existed = file_exists(path);
    // Not blocking: the reader of a named pipe may come later.
    int fd = open(path, O_WRONLY | O_APPEND | O_CREAT | O_CLOEXEC | O_NONBLOCK, 0666);
    if (fd < 0 && errno != ENXIO)
        return refuse(path, err);
    if (fd >= 0)
        close(fd);
    if (!existed)
        unlink(path);
    return 0;
}

bool file_exists(const char *path)
{
    return access(path, F_OK) == 0;
}

bool file_is_folder(const char *path)
{
    struct stat at;
    return stat(path, &at) == 0 && S_ISDIR(at.st_mode);
}

struct growing_file {
    char *path;
    int fd;
};

struct growing_file *growing_file_open(const char *path, bool truncate, struct err *err)
{
    int flags = O_WRONLY | O_CREAT | O_APPEND | O_CLOEXEC | (truncate ? O_TRUNC : 0);
    int fd = open(path, flags, 0666);
    if (fd < 0) {
        refuse(path, err);
        return NULL;
    }
    struct growing_file *f = xmalloc(sizeof(*f));
    *f = (struct growing_file){.path = xstrdup(path), .fd = fd};
    return f;
}

int growing_file_append(struct growing_file *f, struct str lines, struct err *err)
{
    off_t before = lseek(f->fd, 0, SEEK_END); // fails where there is none: a pipe, a terminal
    if (write_all(f->fd, lines) == 0)
        return 0;
    refuse(f->path, err);
    // A full disk may have taken half a line. If it can't be taken back, the error is said anyway.
    int cut = before >= 0 ? ftruncate(f->fd, before) : 0;
    (void)cut;
    return -1;
}

void growing_file_close(struct growing_file *f)
{
    if (f == NULL)
        return;
    close(f->fd);
    free(f->path);
    free(f);
}
