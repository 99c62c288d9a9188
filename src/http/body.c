/* body -- what a request sends: parts in memory and parts of files. */
// SPDX-License-Identifier: MIT
#include "http/body.h"

#include "base/buf.h"
#include "base/mem.h"

#include <errno.h>
#include <fcntl.h>
#include <inttypes.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

struct part {
    char *path;       /* NULL: in memory */
    struct buf bytes; /* of one in memory */
    uint64_t length;
};

struct http_body {
    struct part *parts;
    size_t n;
    uint64_t length;
    size_t at;     /* the part that is read */
    uint64_t gone; /* bytes of it */
    int fd;        /* of it; -1: not open */
};

struct http_body *http_body_new(void)
{
    struct http_body *b = xmalloc(sizeof *b);
    *b = (struct http_body){.fd = -1};
    return b;
}

static void close_file(struct http_body *b)
{
    if (b->fd >= 0)
        close(b->fd);
    b->fd = -1;
}

void http_body_free(struct http_body *b)
{
    if (b == NULL)
        return;
    close_file(b);
    for (size_t i = 0; i < b->n; i++) {
        free(b->parts[i].path);
        buf_release(&b->parts[i].bytes);
    }
    free(b->parts);
    free(b);
}

static struct part *add_part(struct http_body *b)
{
    b->parts = xreallocarray(b->parts, b->n + 1, sizeof *b->parts);
    struct part *part = &b->parts[b->n++];
    *part = (struct part){.bytes = BUF_INIT};
    return part;
}

void http_body_add(struct http_body *b, struct str bytes)
{
    bool joins = b->n > 0 && b->parts[b->n - 1].path == NULL;
    struct part *part = joins ? &b->parts[b->n - 1] : add_part(b);
    buf_add_str(&part->bytes, bytes);
    part->length += bytes.n;
    b->length += bytes.n;
}

/* Opens an ordinary file; -1: it can't be read. */
static int open_file(const char *path, uint64_t *length, struct err *err)
{
    struct stat about;
    int fd = open(path, O_RDONLY | O_CLOEXEC | O_NONBLOCK);
    if (fd < 0 || fstat(fd, &about) < 0) {
        err_set(err, "can't read '%s': %s", path, strerror(errno));
    } else if (!S_ISREG(about.st_mode)) {
        err_set(err, "can't send '%s': %s", path,
                S_ISDIR(about.st_mode) ? "it is a folder" : "it is no ordinary file");
    } else {
        *length = (uint64_t)about.st_size;
        return fd;
    }
    if (fd >= 0)
        close(fd);
    return -1;
}

int http_body_add_file(struct http_body *b, const char *path, struct err *err)
{
    uint64_t length;
    int fd = open_file(path, &length, err);
    if (fd < 0)
        return -1;
    close(fd);
    struct part *part = add_part(b);
    part->path = xstrdup(path);
    part->length = length;
    b->length += length;
    return 0;
}

uint64_t http_body_length(const struct http_body *b)
{
    return b->length;
}

static int check_length(const struct part *part, uint64_t now, struct err *err)
{
    if (now == part->length)
        return 0;
    return err_set(err,
                   "'%s' changed while it was sent: %" PRIu64 " bytes were announced, %" PRIu64
                   " are there",
                   part->path, part->length, now);
}

/* Some bytes of the file that is read; with the last ones it must still be as long as it was. */
static ptrdiff_t read_file(struct http_body *b, char *into, size_t n, struct err *err)
{
    const struct part *part = &b->parts[b->at];
    uint64_t length = part->length;
    struct stat about;
    if (b->fd < 0)
        b->fd = open_file(part->path, &length, err);
    if (b->fd < 0 || check_length(part, length, err) < 0)
        return -1;
    ssize_t got = read(b->fd, into, n);
    if (got < 0)
        return err_set(err, "can't read '%s': %s", part->path, strerror(errno));
    if (got > 0 && b->gone + (uint64_t)got < part->length)
        return got;
    if (fstat(b->fd, &about) < 0)
        return err_set(err, "can't read '%s': %s", part->path, strerror(errno));
    if (check_length(part, (uint64_t)about.st_size, err) < 0)
        return -1;
    return got > 0 ? got : err_set(err, "'%s' changed while it was sent", part->path);
}

/* Some bytes of the part that is read, which has more. */
static ptrdiff_t read_part(struct http_body *b, char *into, size_t n, struct err *err)
{
    const struct part *part = &b->parts[b->at];
    uint64_t left = part->length - b->gone;
    if (n > left)
        n = (size_t)left;
    if (part->path != NULL)
        return read_file(b, into, n, err);
    memcpy(into, part->bytes.p + b->gone, n);
    return (ptrdiff_t)n;
}

ptrdiff_t http_body_read(struct http_body *b, char *into, size_t n, struct err *err)
{
    size_t done = 0;
    while (done < n && b->at < b->n) {
        if (b->gone == b->parts[b->at].length) {
            close_file(b);
            b->at++;
            b->gone = 0;
            continue;
        }
        ptrdiff_t got = read_part(b, into + done, n - done, err);
        if (got < 0)
            return -1;
        done += (size_t)got;
        b->gone += (uint64_t)got;
    }
    return (ptrdiff_t)done;
}

void http_body_rewind(struct http_body *b)
{
    close_file(b);
    b->at = 0;
    b->gone = 0;
}
