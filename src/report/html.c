/* html -- see html.h. */
// SPDX-License-Identifier: MIT
#include "report/html.h"

#include <stdlib.h>

#include "report/page.h"
#include "report/page_data.h"

/* Text of an element. */
static void add_escaped(struct buf *out, const char *text)
{
    for (const char *p = text; *p != '\0'; p++) {
        if (*p == '<')
            buf_add_cstr(out, "&lt;");
        else if (*p == '&')
            buf_add_cstr(out, "&amp;");
        else
            buf_add_char(out, *p);
    }
}

/* The JSON, in which a `<` stands in strings alone: without it no text can end the element, or begin
 * another or a comment. */
static void add_data(struct buf *out, const json_t *data)
{
    char *text = json_dumps(data, JSON_COMPACT | JSON_REAL_PRECISION(15));

    if (text == NULL)
        BUG("data that are no JSON");
    for (const char *p = text; *p != '\0'; p++) {
        if (*p == '<')
            buf_add_cstr(out, "\\u003c");
        else
            buf_add_char(out, *p);
    }
    free(text);
}

void html_add(struct buf *out, const struct result *r)
{
    json_t *data = page_data(r);

    buf_addf(out,
             "<!doctype html>\n<html lang=\"en\">\n<head>\n<meta charset=\"utf-8\">\n"
             "<meta http-equiv=\"Content-Security-Policy\" content=\"%s\">\n"
             "<meta name=\"viewport\" content=\"width=device-width, initial-scale=1\">\n"
             "<meta name=\"generator\" content=\"Katydid " KATYDID_VERSION "\">\n<title>",
             page_policy);
    add_escaped(out, json_string_value(json_object_get(data, "title")));
    buf_add_cstr(out, "</title>\n<style>");
    buf_add_cstr(out, page_style);
    buf_add_cstr(out, "</style>\n</head>\n<body>\n<noscript>This report draws itself with "
                      "JavaScript, which is off here.</noscript>\n"
                      "<script type=\"application/json\" id=\"data\">");
    add_data(out, data);
    buf_add_cstr(out, "</script>\n<script>");
    buf_add_cstr(out, page_script);
    buf_add_cstr(out, "</script>\n</body>\n</html>\n");
    json_decref(data);
}
