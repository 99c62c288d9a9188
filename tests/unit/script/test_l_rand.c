/* test_l_rand -- math.random's manner, over streams that can be had again. */
// SPDX-License-Identifier: MIT
#include "../check.h"

#include "state.h"

#define RANDOM "local rand = require 'katydid.core'.rand local random = rand.random\n"

/* What a chunk says, or the text of its error. */
static const char *tell(struct state *s, const char *source)
{
    static char text[1000];
    char *why = state_do(s, source);
    snprintf(text, sizeof text, "%s", why != NULL ? why : state_said(s));
    free(why);
    return text;
}

TEST(it_draws_as_lua_does)
{
    struct state s;
    state_open(&s, 1);
    CHECK_TEXT(tell(&s,
                    RANDOM "for _ = 1, 10000 do\n"
                           "  local r = random() assert(r >= 0 and r < 1)\n"
                           "  r = random(6) assert(r >= 1 and r <= 6 and r == math.floor(r))\n"
                           "  r = random(-2, 3) assert(r >= -2 and r <= 3 and r == math.floor(r))\n"
                           "end\n"
                           "assert(random(5, 5) == 5 and random(1) == 1)\n"
                           "local r = random(2^40) assert(r == math.floor(r))"),
               "");
    CHECK(state_close(&s));
}

TEST(each_face_falls_equally_often)
{
    struct state s;
    state_open(&s, 7);
    // 60,000 throws: each face 10,000 times, give or take 91 (one standard deviation); five of them.
    CHECK_TEXT(tell(&s, RANDOM
                    "local n = { 0, 0, 0, 0, 0, 0 }\n"
                    "for _ = 1, 60000 do local r = random(6) n[r] = n[r] + 1 end\n"
                    "for _, count in ipairs(n) do assert(math.abs(count - 10000) < 456) end"),
               "");
    CHECK(state_close(&s));
}

TEST(senseless_bounds_are_errors)
{
    struct state s;
    state_open(&s, 1);
    CHECK(strstr(tell(&s, RANDOM "random(0)"), "interval is empty") != NULL);
    CHECK(strstr(tell(&s, RANDOM "random(3, 2)"), "interval is empty") != NULL);
    CHECK(strstr(tell(&s, RANDOM "random(0/0)"), "interval is empty") != NULL);
    CHECK(strstr(tell(&s, RANDOM "random('x')"), "number expected, got string") != NULL);
    CHECK(strstr(tell(&s, RANDOM "random(1, 2, 3)"), "wrong number of arguments") != NULL);
    CHECK(state_close(&s));
}

TEST(a_seed_begins_anew)
{
    struct state s;
    state_open(&s, 1);
    CHECK_TEXT(tell(&s, RANDOM "rand.seed(5) local a, b = random(), random()\n"
                               "rand.seed(5) assert(a == random() and b == random())\n"
                               "rand.seed(5.5) assert(a ~= random())"),
               "");
    CHECK(state_close(&s));
}

TEST_MAIN(RUN(it_draws_as_lua_does); RUN(each_face_falls_equally_often);
          RUN(senseless_bounds_are_errors); RUN(a_seed_begins_anew);)
