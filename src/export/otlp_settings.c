/* otlp_settings -- where figures are sent by OTLP, and as what. */
// SPDX-License-Identifier: MIT
#include "export/otlp_settings.h"

#include <inttypes.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "base/buf.h"
#include "base/file.h"
#include "base/mem.h"
#include "base/rng.h"
#include "base/url.h"

#define PATH "/v1/metrics"

/* The first of the two that isn't empty, and its name; NULL: none is. */
static const char *variable(char *(*get)(const char *name), const char *first, const char *second,
                            const char **name)
{
    const char *value = get(first);

    *name = first;
    if (value == NULL || value[0] == '\0') {
        *name = second;
        value = get(second);
    }
    return value != NULL && value[0] != '\0' ? value : NULL;
}

/* Each "key=value" of a list, both decoded; -1: one is none. */
static int each_pair(const char *name, const char *list,
                     int (*add)(struct otlp_settings *s, struct str key, struct str value,
                                struct err *err),
                     struct otlp_settings *s, struct err *err)
{
    struct str rest = str_of(list);
    struct buf key = BUF_INIT, value = BUF_INIT;
    int rc = 0;

    while (rc == 0 && rest.n > 0) {
        struct str pair = str_cut(&rest, ','), text = str_trim(pair);
        size_t equals = str_index(text, '=');

        if (text.n == 0)
            continue;
        buf_clear(&key);
        buf_clear(&value);
        url_decode(&key, str_trim(str_slice(text, 0, equals)));
        url_decode(&value, str_trim(str_slice(text, equals + 1, text.n)));
        if (equals == text.n || key.n == 0)
            rc = err_set(err, "%s: expected KEY=VALUE, further ones behind commas", name);
        else if (add(s, buf_slice(&key), buf_slice(&value), err) < 0)
            rc = err_set(err, "%s: '%s' can't be sent", name, buf_cstr(&key));
    }
    buf_release(&key);
    buf_release(&value);
    return rc;
}

static int add_header(struct otlp_settings *s, struct str key, struct str value, struct err *err)
{
    struct err hidden = ERR_INIT; // it shows the value

    (void)err;
    if (http_header_check(key, value, &hidden) < 0)
        return -1;
    http_headers_set(&s->headers, key, value);
    return 0;
}

static struct otlp_attribute *find(struct otlp_settings *s, struct str key)
{
    for (size_t i = 0; i < s->n_resource; i++) {
        if (str_equal(str_of(s->resource[i].key), key))
            return &s->resource[i];
    }
    return NULL;
}

/* What came first of a key stays. */
static int add_attribute(struct otlp_settings *s, struct str key, struct str value, struct err *err)
{
    (void)err;
    if (find(s, key) != NULL)
        return 0;
    s->resource = xreallocarray(s->resource, s->n_resource + 1, sizeof s->resource[0]);
    s->resource[s->n_resource++] =
        (struct otlp_attribute){.key = str_dup(key), .value = str_dup(value)};
    return 0;
}

/* A random UUID (RFC 9562, version 4): each run is a source of its own. */
static void add_instance(struct otlp_settings *s, struct err *err)
{
    struct rng rng;
    struct buf id = BUF_INIT;

    rng_init(&rng, rng_system_seed(), (uint64_t)getpid());
    uint64_t a = rng_u64(&rng), b = rng_u64(&rng);
    buf_addf(&id, "%08" PRIx64 "-%04" PRIx64 "-4%03" PRIx64 "-%04" PRIx64 "-%012" PRIx64, a >> 32,
             a >> 16 & 0xffff, a & 0xfff, 0x8000 | (b >> 48 & 0x3fff), b & 0xffffffffffff);
    add_attribute(s, STR("service.instance.id"), buf_slice(&id), err);
    buf_release(&id);
}

static int read_resource(struct otlp_settings *s, char *(*get)(const char *name), struct err *err)
{
    const char *which, *service = variable(get, "OTEL_SERVICE_NAME", "OTEL_SERVICE_NAME", &which);
    const char *list =
        variable(get, "OTEL_RESOURCE_ATTRIBUTES", "OTEL_RESOURCE_ATTRIBUTES", &which);
    char host[256] = "";

    if (service != NULL)
        add_attribute(s, STR("service.name"), str_of(service), err);
    if (list != NULL && each_pair(which, list, add_attribute, s, err) < 0)
        return -1;
    add_attribute(s, STR("service.name"), STR("katydid"), err);
    add_attribute(s, STR("service.version"), str_of(KATYDID_VERSION), err);
    add_instance(s, err);
    if (gethostname(host, sizeof host - 1) == 0 && host[0] != '\0')
        add_attribute(s, STR("host.name"), str_of(host), err);
    return 0;
}

static int read_url(struct otlp_settings *s, struct str text, struct err *err)
{
    struct url url;
    struct buf whole = BUF_INIT;

    if (url_parse(&url, text, err) < 0)
        return -1;
    if (url.path.n > 1) {
        s->url = str_dup(text);
        return 0;
    }
    struct str rest = text, scheme = str_cut(&rest, ':');
    size_t end = 2; // behind the slashes: where the host and its port end
    while (end < rest.n && strchr("/?#", rest.p[end]) == NULL)
        end++;
    buf_addf(&whole, "%.*s:%.*s" PATH, STR_ARG(scheme), STR_ARG(str_slice(rest, 0, end)));
    buf_add_str(&whole, str_slice(rest, end + url.path.n, rest.n));
    s->url = buf_detach(&whole);
    return 0;
}

static int read_all(struct otlp_settings *s, struct str url, char *(*get)(const char *name),
                    struct err *err)
{
    const char *which, *file;
    const char *headers =
        variable(get, "OTEL_EXPORTER_OTLP_METRICS_HEADERS", "OTEL_EXPORTER_OTLP_HEADERS", &which);

    if (read_url(s, url, err) < 0)
        return -1;
    if (headers != NULL && each_pair(which, headers, add_header, s, err) < 0)
        return -1;
    file = variable(get, "OTEL_EXPORTER_OTLP_METRICS_CERTIFICATE", "OTEL_EXPORTER_OTLP_CERTIFICATE",
                    &which);
    if (file != NULL && !file_exists(file))
        return err_set(err, "%s: there is no file '%s'", which, file);
    if (file != NULL)
        s->ca_file = xstrdup(file);
    return read_resource(s, get, err);
}

int otlp_settings_read(struct otlp_settings *s, struct str url, double interval_s,
                       char *(*get)(const char *name), struct err *err)
{
    *s = (struct otlp_settings){.interval_s = interval_s};
    if (read_all(s, url, get, err) == 0)
        return 0;
    otlp_settings_release(s);
    return -1;
}

void otlp_settings_release(struct otlp_settings *s)
{
    free(s->url);
    free(s->ca_file);
    http_headers_release(&s->headers);
    for (size_t i = 0; i < s->n_resource; i++) {
        free(s->resource[i].key);
        free(s->resource[i].value);
    }
    free(s->resource);
    *s = (struct otlp_settings){0};
}
