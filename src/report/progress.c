/* progress -- one line on how far a run is. */
// SPDX-License-Identifier: MIT
#include "report/progress.h"

#include "base/log.h"
#include "base/mem.h"
#include "report/progress_line.h"
#include "report/style.h"

#include <poll.h>
#include <stdlib.h>
#include <unistd.h>

#define PLAIN_EVERY_S 5
#define CLEAR_TO_END "\x1b[K"
#define CLEAR_LINE "\r" CLEAR_TO_END
#define COLUMNS_DEFAULT 80

struct progress {
    struct stats *stats;
    struct runner *runner;
    int fd;
    bool redraws;
    unsigned seconds;
    struct buf line; /* as it stands on the terminal; empty: nothing does */
};

/* The figures of the run must not wait for a terminal that stands still (Ctrl-S, a slow pipe). */
static void put(const struct progress *p, struct str text)
{
    struct pollfd at = {.fd = p->fd, .events = POLLOUT};
    if (poll(&at, 1, 0) != 1 || (at.revents & POLLOUT) == 0)
        return;
    ssize_t ignored = write(p->fd, text.p, text.n);
    (void)ignored; // nobody could be told
}

/* Over the one that stands there, and what is left of that erased: so it never goes away for a moment. */
static void redraw(void *self)
{
    struct progress *p = self;
    if (p->line.n == 0)
        return;
    struct buf text = BUF_INIT;
    buf_add_char(&text, '\r');
    buf_add_str(&text, buf_slice(&p->line));
    buf_add_cstr(&text, CLEAR_TO_END);
    put(p, buf_slice(&text));
    buf_release(&text);
}

static void make_room(void *self)
{
    struct progress *p = self;
    if (p->line.n > 0)
        put(p, STR(CLEAR_LINE));
}

static void compose(struct progress *p)
{
    struct progress_facts facts = {
        .elapsed_s = runner_run_time_s(p->runner),
        .run_time_s = runner_config(p->runner)->run_time_s,
        .users = runner_user_count(p->runner),
        .target_users = runner_target(p->runner),
        .state = run_state_name(runner_state(p->runner)),
    };
    struct style style = STYLE_PLAIN;
    if (p->redraws) {
        style = style_of(p->fd);
        // But for the last one: a character there would make some terminals begin a new line.
        style.columns = (style.columns > 1 ? style.columns : COLUMNS_DEFAULT) - 1;
    }
    buf_clear(&p->line);
    progress_add_line(&p->line, p->stats, &facts, &style);
}

static void on_second(void *self, const struct hook *what)
{
    struct progress *p = self;
    (void)what;
    p->seconds++;
    if (!p->redraws && p->seconds % PLAIN_EVERY_S != 0)
        return;
    compose(p);
    if (p->redraws) {
        redraw(p);
        return;
    }
    buf_add_char(&p->line, '\n');
    put(p, buf_slice(&p->line));
}

void progress_resized(struct progress *p)
{
    if (!p->redraws || p->line.n == 0)
        return;
    compose(p);
    redraw(p);
}

struct progress *progress_new(struct stats *s, struct runner *r, struct hooks *hooks, int fd)
{
    struct progress *p = xcalloc(1, sizeof *p);
    p->stats = s;
    p->runner = r;
    p->fd = fd;
    p->redraws = style_of(fd).can_redraw;
    if (p->redraws)
        log_set_around(make_room, redraw, p);
    hooks_add(hooks, HOOK_SECOND, on_second, p);
    return p;
}

void progress_free(struct progress *p)
{
    if (p == NULL)
        return;
    if (p->redraws) {
        log_set_around(NULL, NULL, NULL);
        make_room(p);
    }
    buf_release(&p->line);
    free(p);
}
