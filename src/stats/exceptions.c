/* exceptions -- what scripts threw, and how often. */
// SPDX-License-Identifier: MIT
#include "stats/exceptions.h"

#include "base/mem.h"
#include "stats/label.h"

#include <stdlib.h>
#include <string.h>

void exceptions_init(struct exceptions *x)
{
    memset(x, 0, sizeof *x);
    buf_init(&x->key, 0);
}

void exceptions_clear(struct exceptions *x)
{
    struct exception *exception, *next;
    HASH_ITER (hh, x->all, exception, next) {
        HASH_DEL(x->all, exception);
        free(exception->message);
        free(exception->traceback);
        free(exception->nodes);
        free(exception);
    }
    x->n = 0;
    x->total = 0;
}

void exceptions_release(struct exceptions *x)
{
    exceptions_clear(x);
    buf_release(&x->key);
}

static char *kept(struct str text)
{
    struct buf out = BUF_INIT;
    label_add(&out, text, EXCEPTIONS_TEXT_LIMIT, STR("..."));
    return buf_detach(&out);
}

/* What threw at one place is one row; where no place is known, the message tells rows apart. */
static struct exception *look_up(struct exceptions *x, struct str message, struct str traceback)
{
    buf_clear(&x->key);
    label_add(&x->key, traceback.n > 0 ? traceback : message, EXCEPTIONS_TEXT_LIMIT, STR("..."));
    struct exception *found;
    HASH_FIND(hh, x->all, buf_cstr(&x->key), x->key.n, found);
    return found;
}

static struct exception *make(struct exceptions *x, struct str message, struct str traceback)
{
    struct exception *exception = xcalloc(1, sizeof *exception);
    exception->message = kept(message);
    exception->traceback = kept(traceback);
    exception->nodes = xstrdup("");
    const char *key = exception->traceback[0] != '\0' ? exception->traceback : exception->message;
    HASH_ADD_KEYPTR(hh, x->all, key, strlen(key), exception);
    x->n++;
    return exception;
}

static bool has_node(const struct exception *exception, struct str node)
{
    struct str rest = str_of(exception->nodes);
    while (rest.n > 0) {
        if (str_equal(str_trim(str_cut(&rest, ',')), node))
            return true;
    }
    return false;
}

static void add_node(struct exception *exception, struct str node)
{
    if (has_node(exception, node))
        return;
    char *before = exception->nodes;
    exception->nodes = xasprintf("%s%s%.*s", before, before[0] != '\0' ? ", " : "", STR_ARG(node));
    free(before);
}

void exceptions_add_many(struct exceptions *x, struct str message, struct str traceback,
                         struct str nodes, uint64_t count)
{
    struct exception *exception = look_up(x, message, traceback);
    if (exception == NULL && x->n >= EXCEPTIONS_LIMIT) {
        // No traceback of a script is this text, so this one row is found again by it.
        message = STR(EXCEPTIONS_OTHER);
        traceback = STR("(various)");
        exception = look_up(x, message, traceback);
    }
    if (exception == NULL)
        exception = make(x, message, traceback);
    exception->count += count;
    x->total += count;
    while (nodes.n > 0)
        add_node(exception, str_trim(str_cut(&nodes, ',')));
}

void exceptions_add(struct exceptions *x, struct str message, struct str traceback, struct str node)
{
    exceptions_add_many(x, message, traceback, node, 1);
}
