/*
 * mutate -- runs a fuzz target where there is no libFuzzer: each input of the corpus as it is, then
 * mutations of them for a time. Always the same ones: the seed is fixed unless one is given.
 *
 * usage: TARGET [-max_total_time=SECONDS] [-runs=N] [-seed=N] FOLDER... (as libFuzzer understands it
 * too; without a time or a number of runs ten seconds)
 *
 * The input that is being tried stands in the file "crash-input" of the working folder whenever the
 * target ends the process.
 */
// SPDX-License-Identifier: MIT
#include <dirent.h>
#include <signal.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/types.h>
#include <time.h>
#include <unistd.h>
#include <fcntl.h>

#define INPUTS_MAX 1024
#define BYTES_MAX 8192

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static struct input {
    uint8_t bytes[BYTES_MAX];
    size_t n;
} corpus[INPUTS_MAX], current;
static size_t n_corpus;
static uint64_t state = 88172645463325252u;

static uint64_t draw(uint64_t below)
{
    state ^= state << 13;
    state ^= state >> 7;
    state ^= state << 17;
    return state % below;
}

/* Only what a signal handler may do. */
static void keep_current(int number)
{
    int fd = open("crash-input", O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC, 0644);
    if (fd >= 0 && write(fd, current.bytes, current.n) == (ssize_t)current.n)
        close(fd);
    signal(number, SIG_DFL);
    raise(number);
}

static void try_current(void)
{
    // In memory of its own, so that a read beyond it is found.
    uint8_t *copy = malloc(current.n + (current.n == 0));
    memcpy(copy, current.bytes, current.n);
    LLVMFuzzerTestOneInput(copy, current.n);
    free(copy);
}

/* In the order of their names, so that a seed gives the same inputs everywhere. */
static void read_corpus(const char *folder)
{
    struct dirent **entries;
    int n = scandir(folder, &entries, NULL, alphasort);
    for (int i = 0; i < n; i++) {
        char path[4096];
        snprintf(path, sizeof(path), "%s/%s", folder, entries[i]->d_name);
        FILE *f = entries[i]->d_name[0] != '.' && n_corpus < INPUTS_MAX ? fopen(path, "rb") : NULL;
        free(entries[i]);
        if (f == NULL)
            continue;
        struct input *in = &corpus[n_corpus++];
        in->n = fread(in->bytes, 1, BYTES_MAX, f);
        fclose(f);
    }
    if (n >= 0)
        free(entries);
}

static void insert(size_t at, const uint8_t *p, size_t n)
{
    if (current.n + n > BYTES_MAX)
        return;
    memmove(current.bytes + at + n, current.bytes + at, current.n - at);
    memcpy(current.bytes + at, p, n);
    current.n += n;
}

static void delete (size_t at, size_t n)
{
    n = n < current.n - at ? n : current.n - at;
    memmove(current.bytes + at, current.bytes + at + n, current.n - at - n);
    current.n -= n;
}

static void mutate_once(void)
{
    static const char special[] =
        "\r\n\t :;,\0\x7f\xff-+.%=?#@/\\\"[]{}0129aefuAFGxhttp\xc3\xa9\xed\xf0";
    size_t at = draw(current.n + 1);
    const struct input *other = &corpus[draw(n_corpus)];
    size_t from = draw(other->n + 1), n = draw(other->n - from + 1);
    uint8_t byte = (uint8_t)draw(256), sign = (uint8_t)special[draw(sizeof(special) - 1)];
    switch (draw(7)) {
    case 0:
        insert(at, &byte, 1);
        break;
    case 1:
        insert(at, &sign, 1);
        break;
    case 2:
        if (at < current.n)
            current.bytes[at] = sign;
        break;
    case 3:
        if (at < current.n)
            current.bytes[at] ^= (uint8_t)(1u << draw(8));
        break;
    case 4:
        delete (at, 1 + draw(16));
        break;
    case 5:
        insert(at, other->bytes + from, n);
        break;
    default:
        current.n = at;
        insert(at, other->bytes + from, other->n - from);
        break;
    }
}

static double now_s(void)
{
    struct timespec t;
    clock_gettime(CLOCK_MONOTONIC, &t);
    return (double)t.tv_sec + (double)t.tv_nsec / 1e9;
}

static void mutate(void)
{
    current = corpus[draw(n_corpus)];
    for (uint64_t k = 1 + draw(6); k > 0; k--)
        mutate_once();
}

int main(int argc, char **argv)
{
    double limit_s = 0;
    uint64_t tried = 0, runs = UINT64_MAX;
    for (int i = 1; i < argc; i++) {
        if (strncmp(argv[i], "-max_total_time=", 16) == 0)
            limit_s = strtod(argv[i] + 16, NULL);
        else if (strncmp(argv[i], "-runs=", 6) == 0)
            runs = strtoull(argv[i] + 6, NULL, 10);
        else if (strncmp(argv[i], "-seed=", 6) == 0)
            state = strtoull(argv[i] + 6, NULL, 10) * 2 + 1;
        else
            read_corpus(argv[i]);
    }
    if (n_corpus == 0) {
        fprintf(stderr, "%s: no corpus\n", argv[0]);
        return 2;
    }
    signal(SIGABRT, keep_current);
    signal(SIGSEGV, keep_current);
    for (size_t i = 0; i < n_corpus; i++, tried++) {
        current = corpus[i];
        try_current();
    }
    if (limit_s <= 0 && runs == UINT64_MAX)
        limit_s = 10;
    double end_s = now_s() + limit_s;
    for (; tried < runs && (limit_s <= 0 || tried % 16 != 0 || now_s() < end_s); tried++) {
        mutate();
        try_current();
    }
    printf("%llu inputs\n", (unsigned long long)tried);
    return 0;
}
