/* test_services -- the spam classifier, the model's API, the film database. */
// SPDX-License-Identifier: MIT
#include "../check.h"

#include "stage.h"

TEST(spam_wants_a_bearer_token)
{
    struct stage s;
    const char path[] = "POST /spam_detection_path", body[] = "{\"message\":\"lorem ipsum\"}";

    stage_init(&s, &STAGE_OPTIONS);
    CHECK_INT(stage_ask(&s, path, "Authorization: Bearer t0ken\r\n", body), 200);
    CHECK_TEXT(s.body, "{\"spam\": false, \"score\": 0.0}\n");
    CHECK_INT(stage_ask(&s, path, "", body), 401);
    CHECK_TEXT(stage_header(&s, "WWW-Authenticate"), "Bearer");
    CHECK_INT(stage_ask(&s, path, "Authorization: Bearer wrong\r\n", body), 401);
    CHECK_INT(stage_ask(&s, path, "Authorization: Bearer \r\n", body), 401);
    CHECK_INT(stage_ask(&s, path, "Authorization: Basic t0ken\r\n", body), 401);
    CHECK(stage_release(&s));
}

TEST(spam_judges_messages)
{
    struct stage s;
    const char path[] = "POST /spam_detection_path", token[] = "Authorization: Bearer t\r\n";

    stage_init(&s, &STAGE_OPTIONS);
    CHECK_INT(stage_ask(&s, path, token, "{\"message\":\"FREE prize, winner!\"}"), 200);
    CHECK_TEXT(s.body, "{\"spam\": true, \"score\": 0.75}\n");
    CHECK_INT(stage_ask(&s, path, token, "{\"text\":\"x\"}"), 400);
    CHECK_TEXT(s.body, "{\"error\": \"field 'message' is missing or no text\"}\n");
    CHECK_INT(stage_ask(&s, path, token, "{"), 400);
    CHECK(stage_release(&s));
}

TEST(predict_names_what_is_missing)
{
    static const char *const fields[] = {"\"age\":40", "\"income\":50000.5", "\"tenure_months\":12",
                                         "\"monthly_charges\":70", "\"contract\":\"year\""};
    static const char *const names[] = {"age", "income", "tenure_months", "monthly_charges",
                                        "contract"};
    struct stage s;

    stage_init(&s, &STAGE_OPTIONS);
    for (int without = -1; without < 5; without++) {
        struct buf body = BUF_INIT;
        char expected[100];

        for (int i = 0; i < 5; i++) {
            if (i != without)
                buf_addf(&body, "%s%s", body.n > 0 ? "," : "{", fields[i]);
        }
        buf_add_char(&body, '}');
        stage_ask(&s, "POST /predict", "", buf_cstr(&body));
        buf_release(&body);
        CHECK_INT(s.status, without < 0 ? 200 : 400);
        snprintf(expected, sizeof expected, "{\"error\": \"field '%s' is missing\"}\n",
                 without < 0 ? "" : names[without]);
        if (without >= 0)
            CHECK_TEXT(s.body, expected);
        else
            CHECK(strstr(s.body, "{\"prediction\": \"stay\", \"probability\": 0.") == s.body);
    }
    CHECK(stage_release(&s));
}

TEST(predict_names_what_is_wrong)
{
    struct stage s;
    const char start[] = "{\"income\":1,\"tenure_months\":1,\"monthly_charges\":999,";
    char body[200];

    stage_init(&s, &STAGE_OPTIONS);
    snprintf(body, sizeof body, "%s\"age\":\"x\",\"contract\":\"year\"}", start);
    CHECK_INT(stage_ask(&s, "POST /predict", "", body), 400);
    CHECK_TEXT(s.body, "{\"error\": \"field 'age' must be a number\"}\n");
    snprintf(body, sizeof body, "%s\"age\":1,\"contract\":\"week\"}", start);
    CHECK_INT(stage_ask(&s, "POST /predict", "", body), 400);
    CHECK_TEXT(s.body, "{\"error\": \"field 'contract' must be 'month', 'year' or 'two-year'\"}\n");
    snprintf(body, sizeof body, "%s\"age\":1,\"contract\":\"month\"}", start);
    CHECK_INT(stage_ask(&s, "POST /predict", "", body), 200);
    CHECK(strstr(s.body, "\"leave\"") != NULL);
    CHECK(stage_release(&s));
}

TEST(films)
{
    struct stage s;

    stage_init(&s, &STAGE_OPTIONS);
    CHECK_INT(stage_get(&s, "/health"), 200);
    CHECK_TEXT(s.body, "{\"status\": \"ok\"}\n");
    CHECK_INT(stage_get(&s, "/api/status"), 200);
    CHECK_TEXT(s.body, "{\"status\": \"ok\", \"films\": 500}\n");
    CHECK_INT(stage_get(&s, "/api/films/2"), 200);
    CHECK_TEXT(s.body, "{\"id\": 2, \"title\": \"Metropolis\", \"year\": 1927}\n");
    CHECK_INT(stage_get(&s, "/api/films/22"), 200);
    CHECK_TEXT(s.body, "{\"id\": 22, \"title\": \"Metropolis 2\", \"year\": 1927}\n");
    CHECK_INT(stage_get(&s, "/api/films/501"), 404);
    CHECK_INT(stage_get(&s, "/api/films/title/The%20General"), 200);
    CHECK_TEXT(s.body, "{\"id\": 1, \"title\": \"The General\", \"year\": 1926}\n");
    CHECK_INT(stage_get(&s, "/api/films/title/None"), 404);
    CHECK_TEXT(s.body, "{\"error\": \"no film 'None'\"}\n");
    CHECK(stage_release(&s));
}

TEST_MAIN(RUN(spam_wants_a_bearer_token); RUN(spam_judges_messages);
          RUN(predict_names_what_is_missing); RUN(predict_names_what_is_wrong); RUN(films);)
