/* test_style -- what terminals can show, by width and environment. */
// SPDX-License-Identifier: MIT
#include "report/style.h"

#include "../check.h"

#include <fcntl.h>
#include <sys/ioctl.h>
#include <unistd.h>

/* The style of a terminal of 132 columns with these variables, "NAME=VALUE" and NULL. */
static struct style on_terminal(const char *const *variables)
{
    static const char *const all[] = {"TERM", "CI", "NO_COLOR", "LC_ALL", "LC_CTYPE", "LANG"};
    for (size_t i = 0; i < sizeof all / sizeof all[0]; i++)
        unsetenv(all[i]);
    for (; *variables != NULL; variables++) {
        char name[32];
        const char *value = strchr(*variables, '=') + 1;
        snprintf(name, sizeof name, "%.*s", (int)(value - *variables - 1), *variables);
        setenv(name, value, 1);
    }
    int master = posix_openpt(O_RDWR | O_NOCTTY);
    if (master < 0 || grantpt(master) < 0 || unlockpt(master) < 0)
        return STYLE_PLAIN;
    int fd = open(ptsname(master), O_RDWR | O_NOCTTY);
    struct winsize size = {.ws_col = 132, .ws_row = 24};
    ioctl(master, TIOCSWINSZ, &size);
    struct style style = style_of(fd);
    close(fd);
    close(master);
    return style;
}

#define TERMINAL(...) on_terminal((const char *const[]){__VA_ARGS__, NULL})

TEST(a_terminal_has_a_width_and_colours)
{
    struct style s = TERMINAL("TERM=xterm");
    CHECK_INT(s.columns, 132);
    CHECK(s.can_redraw && s.has_colours && !s.has_unicode);
}

TEST(the_environment_takes_them_away)
{
    CHECK(!TERMINAL("TERM=xterm", "NO_COLOR=1").has_colours);
    CHECK(TERMINAL("TERM=xterm", "NO_COLOR=1").can_redraw);
    CHECK(TERMINAL("TERM=xterm", "NO_COLOR=").has_colours);
    static const char *const poor[] = {"TERM=dumb", "TERM=", "X=1"};
    for (size_t i = 0; i < 3; i++) {
        struct style s = TERMINAL(poor[i]);
        CHECK(!s.has_colours && !s.can_redraw);
        CHECK_INT(s.columns, 132);
    }
    struct style s = TERMINAL("TERM=xterm", "CI=true");
    CHECK(!s.has_colours && !s.can_redraw);
}

TEST(the_locale_says_which_characters_there_are)
{
    CHECK(TERMINAL("LANG=de_DE.UTF-8").has_unicode);
    CHECK(TERMINAL("LC_CTYPE=C.utf8", "LANG=C").has_unicode);
    CHECK(!TERMINAL("LC_ALL=C", "LANG=de_DE.UTF-8").has_unicode);
    CHECK(TERMINAL("LC_ALL=", "LANG=de_DE.UTF-8").has_unicode);
    CHECK(!TERMINAL("LANG=de_DE.ISO-8859-1").has_unicode);
}

TEST(elsewhere_text_is_plain)
{
    int ends[2];
    CHECK_INT(pipe(ends), 0);
    setenv("TERM", "xterm", 1);
    setenv("LANG", "C.UTF-8", 1);
    struct style s = style_of(ends[1]);
    CHECK(s.columns == 0 && !s.can_redraw && !s.has_colours && !s.has_unicode);
    close(ends[0]);
    close(ends[1]);
}

TEST(inks_are_colours_where_there_are_any)
{
    struct buf out = BUF_INIT;
    struct style plain = STYLE_PLAIN, coloured = {.has_colours = true};
    style_add(&out, &plain, STYLE_BAD, "worse");
    CHECK_TEXT(buf_cstr(&out), "worse");
    buf_clear(&out);
    style_add(&out, &coloured, STYLE_BAD, "worse");
    style_add(&out, &coloured, STYLE_NONE, ", or not");
    CHECK_TEXT(buf_cstr(&out), "\x1b[31mworse\x1b[0m, or not");
    buf_release(&out);
}

TEST_MAIN(RUN(a_terminal_has_a_width_and_colours); RUN(the_environment_takes_them_away);
          RUN(the_locale_says_which_characters_there_are); RUN(elsewhere_text_is_plain);
          RUN(inks_are_colours_where_there_are_any);)
