/* packed -- a response in one block of memory. */
// SPDX-License-Identifier: MIT
#include "script/packed.h"

#include "http/exchange.h"

#include <string.h>

/* A response of any kind. */
struct packed_long {
    struct packed common;
    struct packed_rest rest;
};

/* One of http/quick. Behind it, without a gap: "GET", its URL, texts as quick_answer has them, body, method
 * and name for the statistics, headers of the request. */
struct packed_short {
    struct packed common;
    uint32_t url_n, target, method_n, name_n, headers_n, length;
    uint16_t texts_n, reason_n, lines_at, body_n;
};
_Static_assert(QUICK_TEXTS_MAX <= UINT16_MAX && PACKED_BODY_MAX <= UINT16_MAX,
               "what an answer has in a short one");

/* Run twice: without `base` it measures, with it it copies. */
struct packer {
    char *base;
    size_t at;
};

static struct piece pack(struct packer *p, const void *bytes, size_t n)
{
    struct piece piece = {(uint32_t)p->at, (uint32_t)n};
    if (p->base != NULL && n > 0)
        memcpy(p->base + p->at, bytes, n);
    p->at += n;
    return piece;
}

/* For what isn't text: where it may lie. */
static void align(struct packer *p)
{
    p->at = (p->at + 7) & ~(size_t)7;
}

static struct piece pack_text(struct packer *p, const char *text)
{
    return text != NULL ? pack(p, text, strlen(text)) : (struct piece){0, 0};
}

static struct piece pack_some(struct packer *p, struct str s)
{
    return s.n > 0 ? pack(p, s.p, s.n) : (struct piece){0, 0};
}

/* Line by line, as "Name: value", with or without blanks and with a NUL behind it. Between two lines may
 * stand what ended the first one: blanks and line ends, which begin no name. */
static struct piece pack_headers(struct packer *p, const struct http_headers *h)
{
    struct piece all = {(uint32_t)p->at, 0};
    for (size_t i = 0; i < h->n; i++) {
        const struct http_header_at *at = &h->all[i];
        pack(p, h->bytes.p + at->name, at->value + at->value_n + 1 - at->name);
    }
    all.n = (uint32_t)p->at - all.at;
    return all;
}

/* Those of an answer stand in one block, in order: it is copied as it is. */
static struct piece pack_block(struct packer *p, const struct http_headers *h)
{
    if (h->n == 0)
        return (struct piece){(uint32_t)p->at, 0};
    const struct http_header_at *first = &h->all[0], *last = &h->all[h->n - 1];
    return pack(p, h->bytes.p + first->name, last->value + last->value_n + 1 - first->name);
}

static struct piece pack_hops(struct packer *p, const struct http_response *r)
{
    if (r->n_hops == 0)
        return (struct piece){0, 0};
    align(p);
    size_t at = p->at;
    p->at += r->n_hops * sizeof(struct packed_hop);
    for (size_t i = 0; i < r->n_hops; i++) {
        const struct http_hop *hop = &r->hops[i];
        struct packed_hop packed = {.status = hop->status,
                                    .method = pack_text(p, hop->method),
                                    .url = pack_text(p, hop->url),
                                    .headers = pack_block(p, &hop->headers)};
        if (p->base != NULL)
            memcpy(p->base + at + i * sizeof packed, &packed, sizeof packed);
    }
    return (struct piece){(uint32_t)at, (uint32_t)r->n_hops};
}

static bool has_setup(const struct transfer_timings *t)
{
    return t->dns != 0 || t->connect != 0 || t->tls != 0;
}

static struct piece pack_setup(struct packer *p, const struct transfer_timings *t)
{
    const double setup[] = {t->dns, t->connect, t->tls};
    if (!has_setup(t))
        return (struct piece){0, 0};
    align(p);
    return pack(p, setup, sizeof setup);
}

/* Whether they are those of every request, which are known without being kept. */
static bool is_default(const struct http_headers *h, enum http_compress *compress)
{
    for (int i = HTTP_COMPRESS_DEFAULT; i <= HTTP_COMPRESS_NONE; i++) {
        *compress = (enum http_compress)i;
        if (h == exchange_default_headers(*compress))
            return true;
    }
    return false;
}

static struct piece pack_request_headers(struct packer *p, const struct http_headers *h,
                                         enum http_compress *compress)
{
    return is_default(h, compress) ? (struct piece){0, 0} : pack_headers(p, h);
}

static void pack_response(struct packer *p, const struct http_response *r,
                          const struct packed_label *label, struct packed_rest *to)
{
    enum http_compress compress;
    bool went_elsewhere = r->url != r->request_url;
    // Method and URL are one block, with a NUL behind each.
    size_t method_n = r->asked.n > 0 ? (size_t)(r->request_url - r->request_method) - 1 : 0;
    struct piece asked = pack(p, r->asked.p, r->asked.n);
    struct piece request_url = {asked.at, 0};
    if (r->asked.n > 0)
        request_url = (struct piece){asked.at + (uint32_t)method_n + 1,
                                     (uint32_t)(r->asked.n - method_n - 1)};
    *to = (struct packed_rest){
        .failure = r->failure,
        .wait_ms = r->timings.wait,
        .receive_ms = r->timings.receive,
        .length = r->length,
        .target = (uint32_t)(r->request_target - r->request_url),
        .request_url = request_url,
        .url = went_elsewhere ? pack_text(p, r->url) : request_url,
        .failure_text = pack_text(p, r->failure_text),
        .reason = pack_text(p, r->reason),
        .body =
            r->body.n < PACKED_BODY_MAX ? pack_some(p, buf_slice(&r->body)) : (struct piece){0, 0},
        .request_method = {asked.at, (uint32_t)method_n},
        .headers = pack_block(p, &r->headers),
        .method = pack_some(p, label->method),
        .name = pack_some(p, label->name),
        .hops = pack_hops(p, r),
        .setup = pack_setup(p, &r->timings),
    };
    if (r->has_request_body)
        to->request_body = pack(p, r->request_body.p, r->request_body.n);
    to->request_headers = pack_request_headers(p, r->request_headers, &compress);
    to->replaces = to->request_headers.at != 0;
    to->compress = compress;
}

/* Without redirects all is in a few blocks, and their sum is no less than what is packed of them. */
static size_t enough(const struct http_response *r, const struct packed_label *label)
{
    size_t body_n = r->body.n < PACKED_BODY_MAX ? r->body.n : 0;
    size_t texts = r->asked.n + r->answered.n + body_n + r->headers.bytes.n;
    enum http_compress compress;
    if (!is_default(r->request_headers, &compress))
        texts += r->request_headers->bytes.n;
    if (r->failure_text != NULL)
        texts += strlen(r->failure_text);
    if (has_setup(&r->timings))
        texts += 8 + 3 * sizeof(double); // where they may lie
    return sizeof(struct packed_long) + texts + r->request_body.n + label->method.n + label->name.n;
}

size_t packed_size(const struct http_response *r, const struct packed_label *label)
{
    if (r->n_hops == 0)
        return enough(r, label);
    struct packed_rest measured;
    struct packer p = {NULL, sizeof(struct packed_long)};
    pack_response(&p, r, label, &measured);
    return p.at;
}

void packed_copy(struct packed *to, const struct http_response *r, const struct packed_label *label)
{
    struct packed_long *block = (struct packed_long *)to;
    struct packer p = {(char *)to, sizeof *block};
    *to = (struct packed){
        .status = r->status, .start_s = r->start_s, .response_time_ms = r->response_time_ms};
    pack_response(&p, r, label, &block->rest);
}

static size_t kept_body_n(const struct quick_answer *answer)
{
    return answer->body.n < PACKED_BODY_MAX ? answer->body.n : 0;
}

#define GET_N (sizeof "GET" - 1)

size_t packed_quick_size(const struct packed_quick *q, const struct packed_label *label)
{
    size_t headers_n = q->headers != NULL ? q->headers->bytes.n : 0;
    return sizeof(struct packed_short) + GET_N + q->base->text.n + q->path.n + q->answer->texts.n +
           kept_body_n(q->answer) + headers_n + label->method.n + label->name.n;
}

void packed_quick_copy(struct packed *to, const struct packed_quick *q,
                       const struct packed_label *label)
{
    struct packed_short *s = (struct packed_short *)to;
    struct packer p = {(char *)to, sizeof *s};
    const struct quick_answer *a = q->answer;
    *s = (struct packed_short){
        .common = {.status = a->status,
                   .is_short = true,
                   .replaces = q->headers != NULL && !q->adds,
                   .start_s = q->start_s,
                   .response_time_ms = q->response_time_ms},
        .url_n = (uint32_t)(q->base->text.n + q->path.n),
        .target = (uint32_t)(q->base->text.n - q->base->parts.path.n),
        .method_n = (uint32_t)label->method.n,
        .name_n = (uint32_t)label->name.n,
        .length = (uint32_t)a->body.n,
        .texts_n = (uint16_t)a->texts.n,
        .reason_n = (uint16_t)a->reason_n,
        .lines_at = (uint16_t)a->lines_at,
        .body_n = (uint16_t)kept_body_n(a),
    };
    pack(&p, "GET", GET_N);
    pack(&p, q->base->text.p, q->base->text.n);
    pack(&p, q->path.p, q->path.n);
    pack(&p, a->texts.p, a->texts.n);
    pack(&p, a->body.p, s->body_n);
    pack(&p, label->method.p, label->method.n);
    pack(&p, label->name.p, label->name.n);
    if (q->headers != NULL)
        s->headers_n = pack_headers(&p, q->headers).n;
}

/* A piece of n bytes at *at, which moves behind it. */
static struct piece step(uint32_t *at, uint32_t n)
{
    struct piece piece = {*at, n};
    *at += n;
    return piece;
}

/* The same, not set where it is empty. */
static struct piece step_some(uint32_t *at, uint32_t n)
{
    return n > 0 ? step(at, n) : (struct piece){0, 0};
}

const struct packed_rest *packed_rest(const struct packed *r, struct packed_rest *room)
{
    if (!r->is_short)
        return &((const struct packed_long *)r)->rest;
    const struct packed_short *s = (const struct packed_short *)r;
    uint32_t at = sizeof *s;
    *room = (struct packed_rest){
        .target = s->target,
        .wait_ms = r->response_time_ms,
        .length = s->length,
        .replaces = r->replaces,
        .compress = HTTP_COMPRESS_DEFAULT,
    };
    room->request_method = step(&at, GET_N);
    room->request_url = room->url = step(&at, s->url_n);
    struct piece texts = step(&at, s->texts_n);
    room->reason = (struct piece){texts.at, s->reason_n};
    room->headers = (struct piece){texts.at + s->lines_at, texts.n - s->lines_at};
    room->body = step_some(&at, s->body_n);
    room->method = step_some(&at, s->method_n);
    room->name = step_some(&at, s->name_n);
    room->request_headers = step_some(&at, s->headers_n);
    return room;
}

/* Where packed_rest says they are, in a third of the steps: each request is counted. */
static struct packed_count count_short(const struct packed_short *s)
{
    const char *get = (const char *)(s + 1), *url = get + GET_N;
    const char *method = url + s->url_n + s->texts_n + s->body_n;
    return (struct packed_count){
        .method = s->method_n > 0 ? str_make(method, s->method_n) : str_make(get, GET_N),
        .name = s->name_n > 0 ? str_make(method + s->method_n, s->name_n)
                              : str_make(url + s->target, s->url_n - s->target),
        .length = s->length,
    };
}

struct packed_count packed_count(const struct packed *r)
{
    if (r->is_short)
        return count_short((const struct packed_short *)r);
    const struct packed_rest *rest = packed_rest(r, NULL);
    return (struct packed_count){
        .method = packed_text(r, rest->method.at != 0 ? rest->method : rest->request_method),
        .name = rest->name.at != 0 ? packed_text(r, rest->name) : packed_target(r, rest),
        .length = rest->length,
    };
}

struct str packed_text(const struct packed *r, struct piece piece)
{
    return str_make((const char *)r + piece.at, piece.n);
}

struct str packed_target(const struct packed *r, const struct packed_rest *rest)
{
    struct str url = packed_text(r, rest->request_url);
    return str_slice(url, rest->target, url.n);
}

struct transfer_timings packed_timings(const struct packed *r, const struct packed_rest *rest)
{
    double setup[3] = {0, 0, 0};
    if (rest->setup.at != 0)
        memcpy(setup, (const char *)r + rest->setup.at, sizeof setup);
    return (struct transfer_timings){setup[0], setup[1], setup[2], rest->wait_ms, rest->receive_ms};
}

static bool is_between_lines(char c)
{
    return c == '\n' || c == '\r' || c == ' ' || c == '\t';
}

bool packed_next_header(const struct packed *r, struct piece headers, size_t *at, struct str *name,
                        struct str *value)
{
    struct str all = packed_text(r, headers);
    while (*at < all.n && is_between_lines(all.p[*at]))
        ++*at;
    if (*at >= all.n)
        return false;
    struct str rest = str_slice(all, *at, all.n);
    *name = str_cut(&rest, ':');
    *value = str_slice(rest, 0, str_index(rest, '\0'));
    *at += name->n + 1 + value->n + 1;
    while (value->n > 0 && (value->p[0] == ' ' || value->p[0] == '\t'))
        *value = str_slice(*value, 1, value->n);
    return true;
}

struct packed_hop packed_hop_at(const struct packed *r, struct piece hops, size_t i)
{
    struct packed_hop hop;
    memcpy(&hop, (const char *)r + hops.at + i * sizeof hop, sizeof hop);
    return hop;
}
