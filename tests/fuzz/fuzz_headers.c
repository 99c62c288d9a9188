/*
 * fuzz_headers -- what is done to http/headers, done to a naive list too: both must be the same after
 * each step. The bytes say what is done: an operation, the name it is done to, a value up to a '|'.
 *
 * Names and values are those of the headers themselves where the bytes say so.
 *
 * links: base http/headers
 */
// SPDX-License-Identifier: MIT
#include "http/headers.h"

#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

#define STEPS_MAX 200
#define OWN_MAX 200 /* bytes of an own value: folded again and again, it would double */

struct naive {
    struct buf names[STEPS_MAX], values[STEPS_MAX];
    size_t n;
};

static const char *const names[] = {"Accept", "ACCEPT", "Host", "host",       "X-A",
                                    "x-b",    "Cookie", "",     "Set-Cookie", "Content-Type"};

static void naive_add(struct naive *m, struct str name, struct str value)
{
    m->names[m->n] = m->values[m->n] = (struct buf)BUF_INIT;
    buf_add_str(&m->names[m->n], name);
    buf_add_str(&m->values[m->n], value);
    m->n++;
}

static void naive_remove(struct naive *m, struct str name, size_t from)
{
    size_t kept = from;
    for (size_t i = from; i < m->n; i++) {
        if (str_equal_nocase(buf_slice(&m->names[i]), name)) {
            buf_release(&m->names[i]);
            buf_release(&m->values[i]);
        } else {
            m->names[kept] = m->names[i];
            m->values[kept++] = m->values[i];
        }
    }
    m->n = kept;
}

static void naive_set(struct naive *m, struct str name, struct str value)
{
    for (size_t i = 0; i < m->n; i++) {
        if (!str_equal_nocase(buf_slice(&m->names[i]), name))
            continue;
        naive_remove(m, name, i + 1);
        buf_clear(&m->names[i]);
        buf_add_str(&m->names[i], name);
        buf_clear(&m->values[i]);
        buf_add_str(&m->values[i], value);
        return;
    }
    naive_add(m, name, value);
}

static void naive_fold(struct naive *m, struct str more)
{
    if (m->n == 0 || more.n == 0)
        return;
    struct buf *value = &m->values[m->n - 1];
    if (value->n > 0)
        buf_add_char(value, ' ');
    buf_add_str(value, more);
}

static void compare(const struct http_headers *h, const struct naive *m)
{
    bool same = h->n == m->n;
    for (size_t i = 0; same && i < m->n; i++) {
        struct str name = http_headers_name(h, i), value = http_headers_value(h, i), found;
        struct buf line = BUF_INIT;
        buf_addf(&line, "%.*s: ", STR_ARG(name));
        buf_add_str(&line, value);
        same = str_equal(name, buf_slice(&m->names[i])) &&
               str_equal(value, buf_slice(&m->values[i])) &&
               memcmp(http_headers_line(h, i), line.p, line.n + 1) == 0 &&
               http_headers_has(h, name) && http_headers_get(h, name, &found);
        buf_release(&line);
    }
    if (same)
        return;
    for (size_t i = 0; i < h->n; i++)
        fprintf(stderr, "%s\n", http_headers_line(h, i));
    fprintf(stderr, "\nexpected:\n");
    for (size_t i = 0; i < m->n; i++)
        fprintf(stderr, "%s: %s\n", buf_cstr(&m->names[i]), buf_cstr(&m->values[i]));
    abort();
}

/* What a script may send, said another way. */
static void check_check(struct str name, struct str value)
{
    static const char token[] = "!#$%&'*+-.^_`|~0123456789abcdefghijklmnopqrstuvwxyz"
                                "ABCDEFGHIJKLMNOPQRSTUVWXYZ";
    struct err err = ERR_INIT;
    char *text = str_dup(name);
    bool expected = name.n > 0 && strspn(text, token) == name.n;
    for (size_t i = 0; i < value.n; i++)
        expected = expected && value.p[i] != '\r' && value.p[i] != '\n' && value.p[i] != '\0';
    if ((http_header_check(name, value, &err) == 0) != expected || err_is_set(&err) == expected) {
        fprintf(stderr, "'%s' with %zu bytes: %s\n", text, value.n, err.text);
        abort();
    }
    free(text);
}

struct step {
    unsigned operation;
    struct str name, value;
    bool is_own; /* the texts are the headers' own */
};

static struct step next_step(struct str *rest, const struct http_headers *h)
{
    unsigned char operation = (unsigned char)rest->p[0];
    unsigned char which = rest->n > 1 ? (unsigned char)rest->p[1] : 0;
    *rest = str_slice(*rest, 2, rest->n);
    struct step s = {.operation = operation % 8,
                     .name = str_of(names[which % (sizeof names / sizeof *names)]),
                     .value = str_cut(rest, '|')};
    if (operation >= 128 && h->n > 0) {
        s.is_own = true;
        s.name = http_headers_name(h, which % h->n);
        s.value = str_slice(http_headers_value(h, (which / 16u) % h->n), 0, OWN_MAX);
    }
    return s;
}

static void do_step(struct http_headers *h, struct naive *m, const struct step *s)
{
    struct http_headers other = {.n = 0};
    // The list's texts are copies: the headers' own may have moved.
    char *name = str_dup(s->name), *value = str_dup(s->value);
    struct str n = str_make(name, s->name.n), v = str_make(value, s->value.n);
    switch (s->operation) {
    case 0:
    case 1:
        http_headers_add(h, s->name, s->value);
        naive_add(m, n, v);
        break;
    case 2:
    case 3:
        http_headers_set(h, s->name, s->value);
        naive_set(m, n, v);
        break;
    case 4:
        http_headers_remove(h, s->is_own ? n : s->name);
        naive_remove(m, n, 0);
        break;
    case 5:
        http_headers_fold(h, v);
        naive_fold(m, v);
        break;
    case 6:
        http_headers_copy(&other, h);
        compare(&other, m);
        http_headers_move(h, &other);
        http_headers_release(&other);
        break;
    default:
        check_check(n, v);
        check_check(v, n);
        break;
    }
    free(name);
    free(value);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    static struct naive m;
    struct http_headers h;
    struct str rest = str_make((const char *)data, size);
    http_headers_init(&h);
    m.n = 0;
    for (int i = 0; rest.n > 0 && i < STEPS_MAX; i++) {
        struct step s = next_step(&rest, &h);
        do_step(&h, &m, &s);
        compare(&h, &m);
    }
    for (; m.n > 0; m.n--) {
        buf_release(&m.names[m.n - 1]);
        buf_release(&m.values[m.n - 1]);
    }
    http_headers_release(&h);
    return 0;
}
