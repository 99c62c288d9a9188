/*
 * otlp_settings -- where figures are sent by OTLP, and as what: --otlp, and the variables of
 * OpenTelemetry's specification that say the rest.
 *
 * | variable                                                     | what it holds                        |
 * | ---                                                          | ---                                  |
 * | OTEL_EXPORTER_OTLP_METRICS_HEADERS, else OTEL_EXPORTER_OTLP_HEADERS | `name=value,...`, percent-encoded |
 * | OTEL_EXPORTER_OTLP_METRICS_CERTIFICATE, else OTEL_EXPORTER_OTLP_CERTIFICATE | certificates that are trusted (PEM) |
 * | OTEL_SERVICE_NAME                                            | service.name                         |
 * | OTEL_RESOURCE_ATTRIBUTES                                     | `key=value,...`, percent-encoded     |
 *
 * An empty variable is none. Values of headers are secret: no message shows one.
 */
// SPDX-License-Identifier: MIT
#ifndef EXPORT_OTLP_SETTINGS_H
#define EXPORT_OTLP_SETTINGS_H

#include "base/err.h"
#include "base/str.h"
#include "http/headers.h"

#include <stddef.h>

struct otlp_attribute {
    char *key, *value;
};

struct otlp_settings {
    char *url;                   /* that is posted to */
    char *ca_file;               /* NULL: the system's */
    struct http_headers headers; /* of each request */
    struct otlp_attribute *resource;
    size_t n_resource;
    double interval_s;
};

/* `url` is http or https; without a path its path is /v1/metrics. `get` is getenv. -1: the error says
 * what is wrong where; nothing is left to be released. */
int otlp_settings_read(struct otlp_settings *s, struct str url, double interval_s,
                       char *(*get)(const char *name), struct err *err) ERR_CHECKED;
void otlp_settings_release(struct otlp_settings *s);

#endif
