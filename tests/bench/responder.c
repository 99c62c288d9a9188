/*
 * responder -- the cheapest server there can be: what the benchmarks send to.
 *
 * One thread, epoll, HTTP/1.1 with keep-alive, pipelined requests too. A request is framed by the empty
 * line and by Content-Length (a GET is taken to have none); of the rest it sees only the path:
 *
 *     /10k    10 KiB of text
 *     /json   200 bytes of JSON
 *     any     13 bytes of text
 *
 * HTTP/1.0 (which ab speaks) is told that its connection stays; HTTP/1.1 takes that for granted.
 *
 * It is for our own benchmarks alone: what it does not understand ends it, with a word on why. It counts
 * in a shared file what it answered, since no client's own count is to be trusted:
 *
 *     uint64_t requests, connections, first_request_ns (CLOCK_MONOTONIC)
 *
 * usage: responder COUNTERS; prints its port, ends when its standard input does.
 */
// SPDX-License-Identifier: MIT
#include <arpa/inet.h>
#include <errno.h>
#include <fcntl.h>
#include <netinet/in.h>
#include <netinet/tcp.h>
#include <signal.h>
#include <stdbool.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <strings.h>
#include <sys/epoll.h>
#include <sys/mman.h>
#include <sys/resource.h>
#include <sys/socket.h>
#include <time.h>
#include <unistd.h>

#define EVENTS 512
#define DESCRIPTORS 65536
#define READ_MAX 65536
#define REST_MAX 65536

struct counters {
    uint64_t requests, connections, first_request_ns;
};

struct answer {
    const char *path;
    const char *type;
    size_t body_n;
    char *bytes[2]; /* by the minor version of the request */
    size_t n[2];
};

/* What a connection has sent of a request that is not whole yet. */
struct rest {
    char *bytes;
    size_t n;
};

static struct answer answers[] = {
    {.path = "/10k", .type = "text/plain", .body_n = 10240},
    {.path = "/json", .type = "application/json", .body_n = 200},
    {.path = "/", .type = "text/plain", .body_n = 13}, /* and any other */
};
#define N_ANSWERS (sizeof answers / sizeof *answers)
static const char json_start[] =
    "{\"id\": 4711, \"name\": \"lamp\", \"price\": 12.5, \"in_stock\": true, "
    "\"tags\": [\"light\", \"desk\", \"new\"], \"note\": \"";
static const char json_end[] = "\"}";

static struct rest rests[DESCRIPTORS];
static struct counters *counters;

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
        rests[fd].n = 0;
        counters->connections++;
        epoll_ctl(epoll, EPOLL_CTL_ADD, fd, &event);
    }
}

/* The body's bytes by the head's Content-Length; 0 without one. */
static size_t length_of(const char *head, const char *end)
{
    static const char name[] = "\r\ncontent-length:";

    for (const char *p = head; p + sizeof name - 1 < end; p++)
        if (*p == '\r' && strncasecmp(p, name, sizeof name - 1) == 0)
            return strtoul(p + sizeof name - 1, NULL, 10);
    return 0;
}

/* The bytes of the whole request that begins here; 0: more is to come. */
static size_t request_n(const char *p, size_t n)
{
    const char *end = memmem(p, n, "\r\n\r\n", 4);
    size_t whole;

    if (end == NULL)
        return 0;
    whole = (size_t)(end + 4 - p);
    if (memcmp(p, "GET ", 4) != 0)
        whole += length_of(p, end);
    return whole <= n ? whole : 0;
}

/* Of a whole request; `version` is where its line says HTTP/1.x. */
static const struct answer *answer_to(const char *request, size_t n, const char **version)
{
    const char *path = memchr(request, ' ', n), *end;

    if (path == NULL || (end = memchr(path + 1, ' ', n - (size_t)(path + 1 - request))) == NULL) {
        fputs("responder: a request without a path\n", stderr);
        exit(1);
    }
    *version = end + 1;
    path++;
    for (size_t i = 0; i < N_ANSWERS; i++)
        if (strlen(answers[i].path) == (size_t)(end - path) &&
            memcmp(path, answers[i].path, (size_t)(end - path)) == 0)
            return &answers[i];
    return &answers[N_ANSWERS - 1];
}

static void count_request(void)
{
    if (counters->first_request_ns == 0) {
        struct timespec now;
        clock_gettime(CLOCK_MONOTONIC, &now);
        counters->first_request_ns = (uint64_t)now.tv_sec * 1000000000u + (uint64_t)now.tv_nsec;
    }
    counters->requests++;
}

static void drop(int fd)
{
    rests[fd].n = 0;
    close(fd);
}

static void keep_rest(int fd, const char *p, size_t n)
{
    if (n > REST_MAX) {
        fprintf(stderr, "responder: a request is longer than %d bytes\n", REST_MAX);
        exit(1);
    }
    if (rests[fd].bytes == NULL && (rests[fd].bytes = malloc(REST_MAX)) == NULL)
        fail("responder: malloc");
    memcpy(rests[fd].bytes, p, n);
    rests[fd].n = n;
}

/* Answers one whole request; false: the client has gone. */
static bool respond(int fd, const char *request, size_t n)
{
    const char *version;
    const struct answer *answer = answer_to(request, n, &version);
    int minor = memcmp(version, "HTTP/1.0", 8) != 0;
    ssize_t written;

    count_request();
    written = write(fd, answer->bytes[minor], answer->n[minor]);
    if (written < 0 && errno != EAGAIN)
        return false;
    if (written != (ssize_t)answer->n[minor]) {
        fputs("responder: a client does not read what it asked for\n", stderr);
        exit(1);
    }
    return true;
}

static void serve(int fd)
{
    static char in[REST_MAX + READ_MAX];
    size_t had = rests[fd].n, n, whole;
    ssize_t got;
    const char *p = in;

    if (had > 0)
        memcpy(in, rests[fd].bytes, had);
    got = read(fd, in + had, READ_MAX);
    if (got <= 0) {
        if (got == 0 || errno != EAGAIN)
            drop(fd);
        return;
    }
    for (n = had + (size_t)got; n > 0 && (whole = request_n(p, n)) > 0; p += whole, n -= whole)
        if (!respond(fd, p, whole)) {
            drop(fd);
            return;
        }
    if (n > 0)
        keep_rest(fd, p, n);
    else
        rests[fd].n = 0;
}

static void fill_body(struct answer *answer, char *body)
{
    memset(body, 'x', answer->body_n);
    if (strcmp(answer->type, "application/json") == 0) {
        size_t end_n = strlen(json_end);
        memcpy(body, json_start, strlen(json_start));
        memcpy(body + answer->body_n - end_n, json_end, end_n);
    }
}

static void make_answer(struct answer *answer, int minor)
{
    char head[256];
    int head_n =
        snprintf(head, sizeof head,
                 "HTTP/1.1 200 OK\r\nServer: responder\r\n%s"
                 "Date: Sat, 01 Jan 2000 00:00:00 GMT\r\n"
                 "Content-Type: %s\r\nContent-Length: %zu\r\n\r\n",
                 minor == 0 ? "Connection: keep-alive\r\n" : "", answer->type, answer->body_n);
    size_t n = (size_t)head_n + answer->body_n;
    char *bytes = malloc(n);

    if (bytes == NULL)
        fail("responder: malloc");
    memcpy(bytes, head, (size_t)head_n);
    fill_body(answer, bytes + head_n);
    answer->bytes[minor] = bytes;
    answer->n[minor] = n;
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
    for (size_t i = 0; i < N_ANSWERS; i++)
        for (int minor = 0; minor < 2; minor++)
            make_answer(&answers[i], minor);

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
