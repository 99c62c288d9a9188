/* call -- one request of the target while it is answered. */
// SPDX-License-Identifier: MIT
#include "target/call.h"

#include <math.h>
#include <stdarg.h>
#include <stdlib.h>
#include <string.h>

#include "base/mem.h"
#include "base/text.h"
#include "target/json.h"

void call_clear(struct call *call)
{
    for (size_t i = 0; i < call->n_headers; i++)
        free((char *)call->headers[i][1].p);
    call->n_headers = 0;
    buf_clear(&call->body);
    call->status = 200;
    call->type = STR_EMPTY;
    call->delay_ms = 0;
    call->n_args = 0;
    call->every_ms = 0;
    call->is_repeated = call->is_chunked = call->is_drop = call->is_uncounted = false;
}

void call_release(struct call *call)
{
    call_clear(call);
    buf_release(&call->body);
    free(call->headers);
}

void call_json(struct call *call, int status, json_t *value)
{
    call->status = status;
    call->type = STR("application/json");
    buf_clear(&call->body);
    json_add_text(&call->body, value);
    json_decref(value);
}

void call_error(struct call *call, int status, const char *format, ...)
{
    struct buf text = BUF_INIT;
    va_list args;

    va_start(args, format);
    buf_addv(&text, format, args);
    va_end(args);
    call_json(call, status, json_pack("{s:o}", "error", json_text(buf_slice(&text))));
    buf_release(&text);
}

void call_text(struct call *call, struct str text)
{
    call->type = STR("text/plain; charset=utf-8");
    buf_clear(&call->body);
    buf_add_str(&call->body, text);
}

void call_header(struct call *call, struct str name, struct str value)
{
    if (call->n_headers == call->headers_capacity) {
        call->headers_capacity = call->headers_capacity ? 2 * call->headers_capacity : 4;
        call->headers = xreallocarray(call->headers, call->headers_capacity, sizeof *call->headers);
    }
    call->headers[call->n_headers][0] = name;
    call->headers[call->n_headers][1] = str_make(xmemdup0(value.p, value.n), value.n);
    call->n_headers++;
}

static int to_double(struct call *call, const char *what, struct str text, double min, double max,
                     double *value)
{
    struct err err = ERR_INIT;

    if (text_parse_double(text, min, max, value, &err) == 0)
        return 0;
    call_error(call, 400, "%s: %s", what, err.text);
    return -1;
}

static int to_int(struct call *call, const char *what, struct str text, int64_t min, int64_t max,
                  int64_t *value)
{
    struct err err = ERR_INIT;

    if (text_parse_int(text, min, max, value, &err) == 0)
        return 0;
    call_error(call, 400, "%s: %s", what, err.text);
    return -1;
}

int call_arg_double(struct call *call, size_t arg, const char *what, double min, double max,
                    double *value)
{
    return to_double(call, what, call->args[arg], min, max, value);
}

int call_arg_int(struct call *call, size_t arg, const char *what, int64_t min, int64_t max,
                 int64_t *value)
{
    return to_int(call, what, call->args[arg], min, max, value);
}

int call_query_double(struct call *call, const char *name, double min, double max, double *value)
{
    struct str text = server_query(call->x, name);

    return text.p == NULL ? 0 : to_double(call, name, text, min, max, value);
}

int call_query_int(struct call *call, const char *name, int64_t min, int64_t max, int64_t *value)
{
    struct str text = server_query(call->x, name);

    return text.p == NULL ? 0 : to_int(call, name, text, min, max, value);
}

json_t *call_object(struct call *call)
{
    struct str body = server_body(call->x);
    json_error_t why;
    json_t *object = json_loadb(body.p, body.n, 0, &why);

    if (json_is_object(object))
        return object;
    if (object == NULL)
        call_error(call, 400, "the body is not JSON: %s", why.text);
    else
        call_error(call, 400, "the body is not a JSON object");
    json_decref(object);
    return NULL;
}

int call_member_int(struct call *call, const json_t *object, const char *name, int64_t min,
                    int64_t max, int64_t absent, int64_t *value)
{
    const json_t *member = json_object_get(object, name);

    *value = absent;
    if (member == NULL && absent >= min)
        return 0;
    if (member == NULL) {
        call_error(call, 400, "field '%s' is missing", name);
        return -1;
    }
    // 7.0 is a whole number too: languages that know one kind of number alone may write it.
    double number = json_is_number(member) ? json_number_value(member) : NAN;
    if (number >= (double)min && number <= (double)max && number == floor(number)) {
        *value = (int64_t)number;
        return 0;
    }
    call_error(call, 400, "field '%s' must be a whole number from %lld to %lld", name,
               (long long)min, (long long)max);
    return -1;
}
