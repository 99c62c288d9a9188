/* services -- a spam classifier, a model's API, a film database: what the scenarios call. */
// SPDX-License-Identifier: MIT
#include "target/routes.h"

#include <math.h>
#include <string.h>

#include "target/json.h"

#define FILMS 500

static bool has_bearer(struct call *call)
{
    struct str header = server_header(call->x, "Authorization");

    if (header.p == NULL || !str_starts_nocase(header, STR("Bearer ")))
        return false;
    struct str token = str_trim(str_slice(header, 7, header.n));
    return token.n > 0 && !str_equal(token, STR("wrong"));
}

/* How much it smells: a quarter for each word that spam likes. */
static double spam_score(const char *message)
{
    static const char *const words[] = {"free", "winner", "prize", "viagra", "urgent", "million"};
    double score = 0;

    for (size_t i = 0; i < sizeof words / sizeof *words; i++)
        score += strcasestr(message, words[i]) != NULL ? 0.25 : 0;
    return fmin(score, 1);
}

void service_spam(struct call *call)
{
    if (!has_bearer(call)) {
        call_error(call, 401, "a bearer token is expected");
        call_header(call, STR("WWW-Authenticate"), STR("Bearer"));
        return;
    }
    json_t *object = call_object(call);
    if (object == NULL)
        return;
    const char *message = json_string_value(json_object_get(object, "message"));
    if (message == NULL) {
        call_error(call, 400, "field 'message' is missing or no text");
    } else {
        double score = spam_score(message);
        call_json(call, 200, json_pack("{s:b, s:f}", "spam", score >= 0.5, "score", score));
    }
    json_decref(object);
}

void service_health(struct call *call)
{
    call_json(call, 200, json_pack("{s:s}", "status", "ok"));
}

/* One field of the model's input; -1: missing or wrong, and the answer says so. */
static int read_number(struct call *call, const json_t *object, const char *name, double *value)
{
    const json_t *member = json_object_get(object, name);

    *value = json_number_value(member);
    if (json_is_number(member))
        return 0;
    if (member == NULL)
        call_error(call, 400, "field '%s' is missing", name);
    else
        call_error(call, 400, "field '%s' must be a number", name);
    return -1;
}

static int read_contract(struct call *call, const json_t *object, double *months)
{
    const json_t *member = json_object_get(object, "contract");
    const char *text = json_string_value(member);

    if (text != NULL && strcmp(text, "month") == 0)
        *months = 1;
    else if (text != NULL && strcmp(text, "year") == 0)
        *months = 12;
    else if (text != NULL && strcmp(text, "two-year") == 0)
        *months = 24;
    else if (member == NULL)
        call_error(call, 400, "field 'contract' is missing");
    else
        call_error(call, 400, "field 'contract' must be 'month', 'year' or 'two-year'");
    return text != NULL && *months > 0 ? 0 : -1;
}

/* Whether a customer leaves, by a logistic model of made-up weights. */
void service_predict(struct call *call)
{
    double age, income, tenure, charges, months = 0;
    json_t *object = call_object(call);

    if (object == NULL)
        return;
    if (read_number(call, object, "age", &age) == 0 &&
        read_number(call, object, "income", &income) == 0 &&
        read_number(call, object, "tenure_months", &tenure) == 0 &&
        read_number(call, object, "monthly_charges", &charges) == 0 &&
        read_contract(call, object, &months) == 0) {
        double z = 0.02 * charges - 0.03 * tenure - 0.1 * months - 0.01 * age - 1e-6 * income;
        double probability = 1 / (1 + exp(-z));
        call_json(call, 200,
                  json_pack("{s:s, s:f}", "prediction", probability >= 0.5 ? "leave" : "stay",
                            "probability", probability));
    }
    json_decref(object);
}

static const struct {
    const char *title;
    int year;
} films[] = {
    {"The General", 1926},
    {"Metropolis", 1927},
    {"Safety Last", 1923},
    {"The Gold Rush", 1925},
    {"Nosferatu", 1922},
    {"The Kid", 1921},
    {"Battleship Potemkin", 1925},
    {"The Cabinet of Dr. Caligari", 1920},
    {"Sunrise", 1927},
    {"The Circus", 1928},
    {"Sherlock Jr.", 1924},
    {"The Phantom of the Opera", 1925},
    {"A Trip to the Moon", 1902},
    {"Intolerance", 1916},
    {"The Last Laugh", 1924},
    {"Wings", 1927},
    {"Girl Shy", 1924},
    {"Man with a Movie Camera", 1929},
    {"The Navigator", 1924},
    {"The Freshman", 1925},
};

#define TITLES (sizeof films / sizeof *films)

/* Beyond the titles that there are, the same again with a number: "Metropolis 2". */
static void answer_film(struct call *call, int64_t id)
{
    size_t i = (size_t)(id - 1) % TITLES, part = (size_t)(id - 1) / TITLES + 1;
    struct buf title = BUF_INIT;

    buf_add_cstr(&title, films[i].title);
    if (part > 1)
        buf_addf(&title, " %zu", part);
    call_json(call, 200,
              json_pack("{s:I, s:s, s:i}", "id", (json_int_t)id, "title", buf_cstr(&title), "year",
                        films[i].year));
    buf_release(&title);
}

void service_films(struct call *call)
{
    call_json(call, 200, json_pack("{s:s, s:i}", "status", "ok", "films", FILMS));
}

void service_film(struct call *call)
{
    int64_t id;

    if (call_arg_int(call, 0, "film", 0, INT32_MAX, &id) < 0)
        return;
    if (id >= 1 && id <= FILMS)
        answer_film(call, id);
    else
        call_error(call, 404, "no film %lld", (long long)id);
}

void service_film_by_title(struct call *call)
{
    for (size_t i = 0; i < TITLES; i++) {
        if (str_equal(call->args[0], str_of(films[i].title))) {
            answer_film(call, (int64_t)i + 1);
            return;
        }
    }
    call_error(call, 404, "no film '%.*s'", STR_ARG(call->args[0]));
}
