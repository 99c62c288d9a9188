/*
 * style -- what a terminal can show: how wide it is, colours, characters beyond ASCII.
 *
 * Elsewhere (a file, a pipe) there are none of these, and what is printed is plain text.
 */
// SPDX-License-Identifier: MIT
#ifndef REPORT_STYLE_H
#define REPORT_STYLE_H

#include "base/buf.h"

#include <stdbool.h>

struct style {
    unsigned columns; /* 0: no terminal, and no limit */
    bool can_redraw;  /* a line may be written over: a person looks on */
    bool has_colours;
    bool has_unicode; /* by the locale; else ASCII alone, but for what scripts and servers sent */
};

/* Plain text of any width. */
#define STYLE_PLAIN ((struct style){0})

/* What colours mean, in every report the same. The words beside them say it too. */
enum style_ink {
    STYLE_NONE,
    STYLE_GOOD,     /* passed, better: green */
    STYLE_BAD,      /* failed, crossed, worse: red */
    STYLE_DOUBTFUL, /* not judged, too little data: yellow */
    STYLE_FAINT,    /* of less weight */
    STYLE_STRONG,
};

/* That of the terminal behind it, by its width and by the environment: nothing redraws or has
 * colours where TERM is unset or dumb, or CI is set; no colours where NO_COLOR is (no-color.org). */
struct style style_of(int fd);

/* What stands between the two is shown in that ink. No other ink may begin within. */
void style_begin(struct buf *out, const struct style *style, enum style_ink ink);
void style_end(struct buf *out, const struct style *style, enum style_ink ink);

/* A text of our own in that ink. */
void style_add(struct buf *out, const struct style *style, enum style_ink ink, const char *text);

#endif
