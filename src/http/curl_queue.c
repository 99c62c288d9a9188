/* curl_queue -- whether a Unix socket takes nobody at the moment. */
// SPDX-License-Identifier: MIT
#include "http/curl_queue.h"

#include "net/addr.h"

#include <errno.h>
#include <unistd.h>

/* 0, or the errno of a connect that doesn't wait. */
static int try_to_connect(const char *path)
{
    struct addr a;
    if (addr_from_path(&a, str_of(path)) < 0)
        return ENAMETOOLONG;
    int fd = socket(AF_UNIX, SOCK_STREAM | SOCK_NONBLOCK | SOCK_CLOEXEC, 0);
    if (fd < 0)
        return errno;
    int number = connect(fd, &a.any, a.n) < 0 ? errno : 0;
    close(fd);
    return number;
}

bool curl_queue_is_full(struct curl_handle *h, CURLcode code)
{
    const char *path = h->address.socket_path;
    if (code != CURLE_COULDNT_CONNECT || path == NULL || h->open_errno != 0 || h->was_sent)
        return false;
    int number = try_to_connect(path);
    if (number == 0 || number == EAGAIN)
        return true;
    h->open_errno = number;
    return false;
}
