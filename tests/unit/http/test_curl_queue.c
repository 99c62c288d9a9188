/* test_curl_queue -- whether a Unix socket takes nobody at the moment. */
// SPDX-License-Identifier: MIT
#include "http/curl_queue.h"

#include "net/addr.h"

#include <errno.h>
#include <unistd.h>

#include "../check.h"

static char path[64];

static int listen_for(int queue)
{
    struct addr a;
    int fd = socket(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0);
    if (addr_from_path(&a, str_of(path)) < 0 || bind(fd, &a.any, a.n) < 0 || listen(fd, queue) < 0)
        perror(path);
    return fd;
}

static bool is_full(CURLcode code, int open_errno, bool was_sent, int *number)
{
    struct curl_handle h = {
        .address = {.socket_path = path}, .open_errno = open_errno, .was_sent = was_sent};
    bool full = curl_queue_is_full(&h, code);
    *number = h.open_errno;
    return full;
}

TEST(asks_the_socket)
{
    int number;
    CHECK(!is_full(CURLE_COULDNT_CONNECT, 0, false, &number));
    CHECK_INT(number, ENOENT);
    int fd = listen_for(0);
    CHECK(is_full(CURLE_COULDNT_CONNECT, 0, false, &number)); // it had room again
    CHECK(is_full(CURLE_COULDNT_CONNECT, 0, false, &number)); // it has none now
    CHECK_INT(number, 0);
    close(fd);
    CHECK(!is_full(CURLE_COULDNT_CONNECT, 0, false, &number));
    CHECK_INT(number, ECONNREFUSED);
    unlink(path);
}

TEST(asks_nothing_where_it_was_something_else)
{
    struct curl_handle tcp = {.open_errno = 0};
    int number;
    int fd = listen_for(0);
    CHECK(!is_full(CURLE_RECV_ERROR, 0, false, &number));
    CHECK(!is_full(CURLE_COULDNT_CONNECT, EMFILE, false, &number));
    CHECK_INT(number, EMFILE);
    CHECK(!is_full(CURLE_COULDNT_CONNECT, 0, true, &number));
    CHECK(!curl_queue_is_full(&tcp, CURLE_COULDNT_CONNECT));
    CHECK_INT(tcp.open_errno, 0);
    close(fd);
    unlink(path);
}

int main(void)
{
    snprintf(path, sizeof(path), "/tmp/katydid-queue-%d.sock", (int)getpid());
    RUN(asks_the_socket);
    RUN(asks_nothing_where_it_was_something_else);
    printf("%d passed, %d failed, %d skipped\n", check_passed, check_failed, check_skipped);
    return check_failed != 0;
}
