/* style -- what a terminal can show. */
// SPDX-License-Identifier: MIT
#include "report/style.h"

#include <stdlib.h>
#include <string.h>
#include <sys/ioctl.h>
#include <unistd.h>

static const char *const inks[] = {
    [STYLE_NONE] = "",         [STYLE_GOOD] = "\x1b[32m",
    [STYLE_BAD] = "\x1b[31m",  [STYLE_DOUBTFUL] = "\x1b[33m",
    [STYLE_FAINT] = "\x1b[2m", [STYLE_STRONG] = "\x1b[1m",
};

static bool is_set(const char *variable)
{
    const char *value = getenv(variable);
    return value != NULL && value[0] != '\0';
}

/* As setlocale looks for it: the first of these that is set says it. */
static bool is_utf8_locale(void)
{
    static const char *const variables[] = {"LC_ALL", "LC_CTYPE", "LANG"};
    for (size_t i = 0; i < sizeof variables / sizeof variables[0]; i++) {
        if (!is_set(variables[i]))
            continue;
        const char *value = getenv(variables[i]);
        return strcasestr(value, "utf-8") != NULL || strcasestr(value, "utf8") != NULL;
    }
    return false;
}

struct style style_of(int fd)
{
    struct winsize size;
    struct style style = STYLE_PLAIN;
    if (!isatty(fd))
        return style;
    if (ioctl(fd, TIOCGWINSZ, &size) == 0)
        style.columns = size.ws_col;
    style.can_redraw = is_set("TERM") && strcmp(getenv("TERM"), "dumb") != 0 && !is_set("CI");
    style.has_colours = style.can_redraw && !is_set("NO_COLOR");
    style.has_unicode = is_utf8_locale();
    return style;
}

void style_begin(struct buf *out, const struct style *style, enum style_ink ink)
{
    if (style->has_colours)
        buf_add_cstr(out, inks[ink]);
}

void style_end(struct buf *out, const struct style *style, enum style_ink ink)
{
    if (style->has_colours && ink != STYLE_NONE)
        buf_add_cstr(out, "\x1b[0m");
}

void style_add(struct buf *out, const struct style *style, enum style_ink ink, const char *text)
{
    style_begin(out, style, ink);
    buf_add_cstr(out, text);
    style_end(out, style, ink);
}
