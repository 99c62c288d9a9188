/* page_json -- see page_json.h. */
// SPDX-License-Identifier: MIT
#include "report/page_json.h"

#include <math.h>
#include <stdlib.h>

#include "base/err.h"
#include "report/view.h"

#define EXACT 9007199254740992.0 /* whole numbers up to here are exact in a double */

static json_t *text_of(struct str foreign)
{
    struct buf text = BUF_INIT;

    view_add_text(&text, foreign);
    json_t *string = json_stringn(buf_cstr(&text), text.n);
    if (string == NULL)
        BUG("a text that is no UTF-8");
    buf_release(&text);
    return string;
}

json_t *page_text(const char *foreign)
{
    return text_of(str_of(foreign));
}

json_t *page_taken(struct buf *text)
{
    json_t *string = text_of(buf_slice(text));

    buf_release(text);
    return string;
}

json_t *page_number(double value)
{
    if (!isfinite(value))
        return json_null();
    if (value == rint(value) && fabs(value) <= EXACT)
        return json_integer((json_int_t)value);
    return json_real(value);
}

/* What is read of a figure as it is printed: so the page can't round otherwise. */
static json_t *number_of(struct buf *shown)
{
    json_t *number = page_number(strtod(buf_cstr(shown), NULL));

    buf_release(shown);
    return number;
}

json_t *page_time(double ms)
{
    struct buf shown = BUF_INIT;

    view_add_time(&shown, ms, 0);
    return number_of(&shown);
}

json_t *page_fixed(double value, int places)
{
    struct buf shown = BUF_INIT;

    buf_addf(&shown, "%.*f", places, value);
    return number_of(&shown);
}
