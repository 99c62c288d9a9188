/* verdict -- see verdict.h. */
// SPDX-License-Identifier: MIT
#include "app/verdict.h"

#include <stddef.h>

#define CROSSED 3
#define NOT_JUDGED 4

/* What the system makes of a number, but never a 0 of one that wasn't. */
static int as_code(int number)
{
    int code = number & 0xff;
    return code == 0 && number != 0 ? 255 : code;
}

static bool failures_count(const struct verdict *v)
{
    return v->has_failures && (v->n_thresholds == 0 || v->has_code_on_error);
}

static bool exceptions_count(const struct verdict *v)
{
    return v->has_exceptions && !v->judges_exceptions;
}

int verdict_exit_code(const struct verdict *v, const char **reason)
{
    *reason = NULL;
    if (v->script_decided)
        return as_code(v->script_code);
    if (v->why == RUN_END_SPAWN_ERROR && v->requests == 0)
        return 2;
    if (v->n_crossed > 0)
        return CROSSED;
    if (v->n_not_judged > 0)
        return NOT_JUDGED;
    if ((failures_count(v) || exceptions_count(v)) && v->code_on_error != 0)
        return v->code_on_error;
    if (v->listener_errors > 0 && v->code_on_error != 0) {
        *reason = "A listener of an event failed";
        return v->code_on_error;
    }
    if (v->why == RUN_END_SPAWN_ERROR || v->why == RUN_END_SHAPE_ERROR)
        return 1;
    if (v->requests == 0 && !v->measured) {
        *reason = v->in_flight > 0 ? "No request was answered before the end"
                                   : "Nothing was requested or measured";
        return 1;
    }
    return 0;
}
