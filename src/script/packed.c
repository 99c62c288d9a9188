/* packed -- a response in one block of memory. */
// SPDX-License-Identifier: MIT
#include "script/packed.h"

#include <string.h>

/* Run twice: without `base` it measures, with it it copies. */
struct packer {
    char *base;
    size_t at;
};

static struct piece pack(struct packer *p, const void *bytes, size_t n)
{
    if (bytes == NULL)
        return (struct piece){0, 0, false};
    p->at = (p->at + 7) & ~(size_t)7;
    struct piece piece = {(uint32_t)p->at, (uint32_t)n, true};
    if (p->base != NULL && n > 0)
        memcpy(p->base + p->at, bytes, n);
    p->at += n;
    return piece;
}

static struct piece pack_text(struct packer *p, const char *text)
{
    return pack(p, text, text != NULL ? strlen(text) : 0);
}

static struct packed_headers pack_headers(struct packer *p, const struct http_headers *h)
{
    return (struct packed_headers){pack(p, h->all, h->n * sizeof *h->all),
                                   pack(p, h->bytes.p, h->bytes.n)};
}

static struct piece pack_hops(struct packer *p, const struct http_response *r)
{
    p->at = (p->at + 7) & ~(size_t)7;
    size_t at = p->at;
    p->at += r->n_hops * sizeof(struct packed_hop);
    for (size_t i = 0; i < r->n_hops; i++) {
        const struct http_hop *hop = &r->hops[i];
        struct packed_hop packed = {.status = hop->status,
                                    .method = pack_text(p, hop->method),
                                    .url = pack_text(p, hop->url),
                                    .headers = pack_headers(p, &hop->headers)};
        if (p->base != NULL)
            memcpy(p->base + at + i * sizeof packed, &packed, sizeof packed);
    }
    return (struct piece){(uint32_t)at, (uint32_t)r->n_hops, true};
}

static void pack_response(struct packer *p, const struct http_response *r, struct packed *to)
{
    *to = (struct packed){
        .failure = r->failure,
        .status = r->status,
        .response_time_ms = r->response_time_ms,
        .start_s = r->start_s,
        .timings = r->timings,
        .length = r->length,
        .failure_text = pack_text(p, r->failure_text),
        .reason = pack_text(p, r->reason),
        .url = pack_text(p, r->url),
        .body = pack(p, r->body.p, r->body.n),
        .hops = pack_hops(p, r),
        .request_method = pack_text(p, r->request_method),
        .request_url = pack_text(p, r->request_url),
        .request_target = pack_text(p, r->request_target),
        .request_body = pack(p, r->request_body.p, r->request_body.n),
        .headers = pack_headers(p, &r->headers),
        .request_headers = pack_headers(p, &r->request_headers),
    };
}

size_t packed_size(const struct http_response *r)
{
    struct packed measured;
    struct packer p = {NULL, sizeof measured};
    pack_response(&p, r, &measured);
    return p.at;
}

void packed_copy(struct packed *to, const struct http_response *r)
{
    struct packer p = {(char *)to, sizeof *to};
    pack_response(&p, r, to);
}

struct str packed_text(const struct packed *r, struct piece piece)
{
    return str_make((const char *)r + piece.at, piece.is_set ? piece.n : 0);
}

void packed_header(const struct packed *r, const struct packed_headers *h, size_t i,
                   struct str *name, struct str *value)
{
    const char *bytes = (const char *)r + h->bytes.at;
    struct http_header_at row;
    memcpy(&row, (const char *)r + h->rows.at + i * sizeof row, sizeof row);
    *name = str_make(bytes + row.name, row.name_n);
    *value = str_make(bytes + row.value, row.value_n);
}

size_t packed_count_headers(const struct packed_headers *h)
{
    return h->rows.n / sizeof(struct http_header_at);
}

struct packed_hop packed_hop_at(const struct packed *r, size_t i)
{
    struct packed_hop hop;
    memcpy(&hop, (const char *)r + r->hops.at + i * sizeof hop, sizeof hop);
    return hop;
}
