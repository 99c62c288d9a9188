/*
 * responder -- the cheapest server there can be: what the benchmarks send to.
 *
 * One thread, epoll; one small constant answer (or one of N bytes) for each request that ends in an
 * empty line, pipelined ones too. It parses nothing else, so it is for our own clients alone. It
 * counts in a shared file what it answered, since no client's own count is to be trusted:
 *
 *     uint64_t requests, connections, first_request_ns (CLOCK_MONOTONIC)
 *
 * usage: responder COUNTERS [BODY_BYTES]; prints its port, ends when its standard input does.
 */
// SPDX-License-Identifier: MIT
#include <arpa/inet.h>
#include <errno.h>
#include <fcntl.h>
#include <netinet/in.h>
#include <netinet/tcp.h>
#include <signal.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/epoll.h>
#include <sys/mman.h>
#include <sys/resource.h>
#include <sys/socket.h>
#include <time.h>
#include <unistd.h>

#define EVENTS 512
#define DESCRIPTORS 65536

struct counters {
    uint64_t requests, connections, first_request_ns;
};

/* How many bytes of "\r\n\r\n" a connection has seen so far, across reads. */
static unsigned char seen[DESCRIPTORS];
static struct counters *counters;
static char *answer;
static size_t answer_n;

static void fail(const char *what)
{
    perror(what);
    exit(1);
}

static int listen_anywhere(uint16_t *port)
{
    int fd = socket(AF_INET, SOCK_STREAM | SOCK_NONBLOCK, 0), on = 1;
    struct sockaddr_in address = {.sin_family = AF_INET, .sin_addr = {htonl(INADDR_LOOPBACK)}};
    socklen_t length = sizeof address;

    setsockopt(fd, SOL_SOCKET, SO_REUSEADDR, &on, sizeof on);
    if (fd < 0 || bind(fd, (struct sockaddr *)&address, length) < 0 || listen(fd, 16384) < 0 ||
        getsockname(fd, (struct sockaddr *)&address, &length) < 0)
        fail("responder: listen");
    *port = ntohs(address.sin_port);
    return fd;
}

static void accept_all(int listener, int epoll)
{
    int fd, on = 1;

    while ((fd = accept4(listener, NULL, NULL, SOCK_NONBLOCK)) >= 0) {
        struct epoll_event event = {.events = EPOLLIN, .data.fd = fd};
        if (fd >= DESCRIPTORS) {
            close(fd);
            continue;
        }
        setsockopt(fd, IPPROTO_TCP, TCP_NODELAY, &on, sizeof on);
        seen[fd] = 0;
        counters->connections++;
        epoll_ctl(epoll, EPOLL_CTL_ADD, fd, &event);
    }
}

static size_t count_ends(int fd, const char *p, size_t n)
{
    size_t ends = 0;
    unsigned char state = seen[fd];

    for (size_t i = 0; i < n; i++) {
        char wanted = state & 1 ? '\n' : '\r';
        state = p[i] == wanted ? state + 1 : p[i] == '\r';
        if (state == 4) {
            ends++;
            state = 0;
        }
    }
    seen[fd] = state;
    return ends;
}

static void serve(int fd)
{
    char in[65536];
    ssize_t n = read(fd, in, sizeof in);

    if (n <= 0) {
        if (n == 0 || errno != EAGAIN)
            close(fd);
        return;
    }
    for (size_t ends = count_ends(fd, in, (size_t)n); ends > 0; ends--) {
        if (counters->first_request_ns == 0) {
            struct timespec now;
            clock_gettime(CLOCK_MONOTONIC, &now);
            counters->first_request_ns = (uint64_t)now.tv_sec * 1000000000u + (uint64_t)now.tv_nsec;
        }
        counters->requests++;
        if (write(fd, answer, answer_n) != (ssize_t)answer_n) {
            close(fd);
            return;
        }
    }
}

static void make_answer(size_t body_n)
{
    char head[256];
    int head_n =
        snprintf(head, sizeof head,
                 "HTTP/1.1 200 OK\r\nServer: responder\r\nDate: Sat, 01 Jan 2000 00:00:00 GMT\r\n"
                 "Content-Type: text/plain\r\nContent-Length: %zu\r\n\r\n",
                 body_n);

    answer_n = (size_t)head_n + body_n;
    answer = malloc(answer_n);
    memcpy(answer, head, (size_t)head_n);
    memset(answer + head_n, 'x', body_n);
}

static void map_counters(const char *path)
{
    int file = open(path, O_RDWR | O_CREAT, 0600);

    if (file < 0 || ftruncate(file, sizeof *counters) < 0)
        fail(path);
    counters = mmap(NULL, sizeof *counters, PROT_READ | PROT_WRITE, MAP_SHARED, file, 0);
    if (counters == MAP_FAILED)
        fail(path);
}

int main(int argc, char **argv)
{
    struct epoll_event events[EVENTS];
    struct rlimit limit;
    uint16_t port;

    if (argc < 2)
        return 2;
    signal(SIGPIPE, SIG_IGN);
    getrlimit(RLIMIT_NOFILE, &limit);
    limit.rlim_cur = limit.rlim_max;
    setrlimit(RLIMIT_NOFILE, &limit);
    map_counters(argv[1]);
    make_answer(argc > 2 ? strtoul(argv[2], NULL, 10) : 13);

    int listener = listen_anywhere(&port), epoll = epoll_create1(0);
    struct epoll_event event = {.events = EPOLLIN, .data.fd = listener};
    epoll_ctl(epoll, EPOLL_CTL_ADD, listener, &event);
    event.data.fd = 0;
    epoll_ctl(epoll, EPOLL_CTL_ADD, 0, &event);
    printf("%u\n", port);
    fflush(stdout);

    for (;;) {
        int n = epoll_wait(epoll, events, EVENTS, -1);
        for (int i = 0; i < n; i++) {
            if (events[i].data.fd == 0)
                return 0;
            if (events[i].data.fd == listener)
                accept_all(listener, epoll);
            else
                serve(events[i].data.fd);
        }
    }
}
