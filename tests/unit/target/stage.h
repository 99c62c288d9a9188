/* stage -- a target on a virtual clock, asked by plain sockets. */
// SPDX-License-Identifier: MIT
#ifndef TESTS_TARGET_STAGE_H
#define TESTS_TARGET_STAGE_H

#include <jansson.h>
#include <stdarg.h>

#include "../serve/rig.h"
#include "target/target.h"

struct stage {
    struct rig rig;
    struct target *target;
    struct buf request;
    int status;
    const char *answer; /* of the last request, until the next */
    const char *body;
};

#define STAGE_OPTIONS                                      \
    (struct target_options)                                \
    {                                                      \
        .bind = "127.0.0.1", .seed = 7, .connections = 100 \
    }

static inline void stage_init(struct stage *s, const struct target_options *options)
{
    rig_init(&s->rig);
    buf_init(&s->request, 0);
    s->target = target_new(s->rig.loop, options, NULL);
}

/* Whether nothing was left. */
static inline bool stage_release(struct stage *s)
{
    target_free(s->target);
    buf_release(&s->request);
    return rig_release(&s->rig);
}

/* "GET /path", further header lines ("" or "A: b\r\n"), a body ("" for none); gives the status. */
static inline int stage_ask(struct stage *s, const char *line, const char *headers,
                            const char *body)
{
    buf_clear(&s->request);
    buf_addf(&s->request, "%s HTTP/1.1\r\nHost: target\r\nConnection: close\r\n%s", line, headers);
    if (*body != '\0')
        buf_addf(&s->request, "Content-Length: %zu\r\n", strlen(body));
    buf_addf(&s->request, "\r\n%s", body);
    s->answer = rig_talk(&s->rig, target_port(s->target), buf_cstr(&s->request));
    s->status = rig_status(s->answer);
    s->body = rig_body(s->answer);
    return s->status;
}

static inline int stage_get(struct stage *s, const char *path)
{
    char line[1000];

    snprintf(line, sizeof line, "GET %s", path);
    return stage_ask(s, line, "", "");
}

/* A header of the last answer, in a buffer that the next call uses again. */
static inline const char *stage_header(const struct stage *s, const char *name)
{
    static char value[1000];
    char start[100];

    snprintf(start, sizeof start, "\r\n%s: ", name);
    const char *at = strstr(s->answer, start);
    if (at == NULL)
        return "(absent)";
    at += strlen(start);
    snprintf(value, sizeof value, "%.*s", (int)strcspn(at, "\r"), at);
    return value;
}

/* What was served so far; owned by the caller. */
static inline json_t *stage_counts(struct stage *s)
{
    stage_get(s, "/_counts");
    return json_loads(s->body, 0, NULL);
}

/* The counts of one route, borrowed; NULL where there is none. */
static inline json_t *stage_route(json_t *counts, const char *method, const char *pattern)
{
    size_t i;
    json_t *route;

    json_array_foreach (json_object_get(counts, "routes"), i, route) {
        if (strcmp(json_string_value(json_object_get(route, "method")), method) == 0 &&
            strcmp(json_string_value(json_object_get(route, "pattern")), pattern) == 0)
            return route;
    }
    return NULL;
}

static inline long long stage_int(const json_t *object, const char *name)
{
    return json_integer_value(json_object_get(object, name));
}

#endif
