/* test_curl_names -- the addresses that libcurl is given for a host and a port. */
// SPDX-License-Identifier: MIT
#include "http/curl_names.h"

#include "../check.h"

struct room {
    struct clock clock;
    struct loop *loop;
    struct resolver *resolver;
    struct curl_names *names;
};

static void open_room(struct room *room)
{
    struct err err = ERR_INIT;
    clock_init_virtual(&room->clock, NS_PER_S, 0);
    room->loop = loop_new(&room->clock);
    room->resolver = resolver_new(room->loop, &err);
    // Nobody is there: what isn't known without asking stays unknown.
    if (room->resolver == NULL || resolver_use_servers(room->resolver, "127.0.0.1:1", &err) < 0)
        BUG("no resolver");
    room->names = curl_names_new(room->resolver);
}

static bool close_room(struct room *room)
{
    curl_names_free(room->names);
    resolver_free(room->resolver);
    bool is_idle = loop_is_idle(room->loop);
    loop_free(room->loop);
    return is_idle;
}

TEST(one_for_each_host_and_port)
{
    struct room room;
    open_room(&room);
    struct curl_name *a = curl_names_get(room.names, STR("H.org"), 80);
    CHECK(curl_names_get(room.names, STR("h.ORG"), 80) == a);
    CHECK(curl_names_get(room.names, STR("h.org"), 81) != a);
    CHECK_STR(a->host, "h.org");
    CHECK_INT(a->port, 80);
    CHECK(!a->is_literal);
    CHECK(curl_names_get(room.names, STR("127.0.0.1"), 80)->is_literal);
    CHECK(curl_names_get(room.names, STR("::1"), 80)->is_literal);
    CHECK(curl_names_get(room.names, STR("fe80::1%25lo"), 80)->is_literal);
    CHECK(!curl_names_get(room.names, STR("1.2.3"), 80)->is_literal);
    CHECK(close_room(&room));
}

TEST(literals_need_nothing_and_localhost_is_known)
{
    struct room room;
    struct resolver_answer answer;
    open_room(&room);
    struct curl_name *literal = curl_names_get(room.names, STR("10.0.0.1"), 80);
    CHECK_INT(curl_name_look(literal, false, &answer), CURL_NAME_READY);
    CHECK(literal->line == NULL);
    CHECK_INT(literal->id, literal->loaded_id);
    struct curl_name *local = curl_names_get(room.names, STR("localhost"), 8080);
    CHECK_INT(curl_name_look(local, false, &answer), CURL_NAME_READY);
    CHECK(strstr(local->line, "localhost:8080:127.0.0.1") == local->line);
    CHECK(local->id != local->loaded_id);
    CHECK(close_room(&room));
}

TEST(learns_what_changed)
{
    static const char *const two[] = {"192.0.2.1", "2001:db8::1"}, *const one[] = {"192.0.2.9"};
    struct room room;
    open_room(&room);
    struct curl_name *name = curl_names_get(room.names, STR("h.test"), 80);
    curl_name_learn(name, &(struct resolver_answer){.ok = true, .addresses = two, .n = 2, .id = 5});
    CHECK_TEXT(name->line, "h.test:80:192.0.2.1,[2001:db8::1]");
    CHECK_INT(name->n_addresses, 2);
    CHECK_INT(name->id, 5);
    CHECK_INT(name->loaded_id, 0);
    name->loaded_id = 5;
    // asked again, the same: libcurl needs nothing
    curl_name_learn(name, &(struct resolver_answer){.ok = true, .addresses = two, .n = 2, .id = 6});
    CHECK_INT(name->loaded_id, name->id);
    curl_name_learn(name, &(struct resolver_answer){.ok = true, .addresses = one, .n = 1, .id = 7});
    CHECK_TEXT(name->line, "h.test:80:192.0.2.9");
    CHECK(name->loaded_id != name->id);
    // a failure changes nothing
    curl_name_learn(name, &(struct resolver_answer){.ok = false, .id = 8});
    CHECK_TEXT(name->line, "h.test:80:192.0.2.9");
    CHECK(close_room(&room));
}

TEST(an_old_answer_will_do_and_is_asked_for_anew)
{
    static const char *const one[] = {"192.0.2.9"};
    struct room room;
    struct resolver_answer answer;
    open_room(&room);
    struct curl_name *name = curl_names_get(room.names, STR("h.test"), 80);
    CHECK_INT(curl_name_look(name, true, &answer), CURL_NAME_UNKNOWN); // there is none yet
    CHECK(name->refreshing == NULL);
    curl_name_learn(name, &(struct resolver_answer){.ok = true, .addresses = one, .n = 1, .id = 7});
    CHECK_INT(curl_name_look(name, false, &answer), CURL_NAME_UNKNOWN);
    CHECK_INT(curl_name_look(name, true, &answer), CURL_NAME_READY);
    CHECK(name->refreshing != NULL);
    CHECK_INT(curl_name_look(name, true, &answer), CURL_NAME_READY);
    while (name->refreshing != NULL)
        loop_turn(room.loop, true);
    // the new answer is a failure: one who has no connection fails, one who has goes on
    CHECK_INT(curl_name_look(name, false, &answer), CURL_NAME_FAILED);
    CHECK(!answer.ok);
    CHECK_INT(curl_name_look(name, true, &answer), CURL_NAME_READY);
    CHECK_TEXT(name->line, "h.test:80:192.0.2.9");
    CHECK(close_room(&room)); // while it is asked once more
}

TEST_MAIN(RUN(one_for_each_host_and_port); RUN(literals_need_nothing_and_localhost_is_known);
          RUN(learns_what_changed); RUN(an_old_answer_will_do_and_is_asked_for_anew);)
