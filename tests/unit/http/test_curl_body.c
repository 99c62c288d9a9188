/* test_curl_body -- bodies that libcurl reads, each with one easy handle that is used again. */
// SPDX-License-Identifier: MIT
#include "http/curl_body.h"

#include "../check.h"
#include "raw_server.h"

static bool answer(struct raw_server *s, int fd, const char *path)
{
    (void)s;
    (void)path;
    raw_say(fd, "HTTP/1.1 200 OK\r\nContent-Length: 0\r\n\r\n");
    return true;
}

struct room {
    struct raw_server server;
    CURL *easy;
    struct curl_body body;
};

static void open_room(struct room *room)
{
    *room = (struct room){.easy = curl_easy_init()};
    raw_server_open(&room->server, answer);
    curl_easy_setopt(room->easy, CURLOPT_URL, room->server.base);
    curl_easy_setopt(room->easy, CURLOPT_POST, 1L);
}

static void close_room(struct room *room)
{
    curl_easy_cleanup(room->easy);
    curl_body_release(&room->body);
    raw_server_close(&room->server);
}

static CURLcode send_source(struct room *room, struct http_body *source)
{
    curl_easy_setopt(room->easy, CURLOPT_POSTFIELDS, NULL);
    curl_easy_setopt(room->easy, CURLOPT_POSTFIELDSIZE_LARGE, (curl_off_t)http_body_length(source));
    curl_body_set(&room->body, room->easy, source);
    return curl_easy_perform(room->easy);
}

TEST(one_after_the_other)
{
    struct room room;
    open_room(&room);
    struct http_body *source = http_body_new();
    http_body_add(source, STR("one two"));
    for (int i = 0; i < 2; i++) { // from its beginning, each time
        CHECK_INT(send_source(&room, source), CURLE_OK);
        CHECK(strstr(raw_last(&room.server), "\r\n\r\none two") != NULL);
    }
    http_body_free(source);
    // and one that isn't read
    curl_body_set(&room.body, room.easy, NULL);
    curl_easy_setopt(room.easy, CURLOPT_POSTFIELDSIZE_LARGE, (curl_off_t)5);
    curl_easy_setopt(room.easy, CURLOPT_POSTFIELDS, "plain");
    CHECK_INT(curl_easy_perform(room.easy), CURLE_OK);
    CHECK(strstr(raw_last(&room.server), "\r\n\r\nplain") != NULL);
    CHECK(room.body.why == NULL);
    close_room(&room);
}

TEST(one_that_cannot_be_read)
{
    struct room room;
    struct err err = ERR_INIT;
    char path[64];
    open_room(&room);
    snprintf(path, sizeof(path), "/tmp/katydid-test-curl-body-%ld", (long)getpid());
    fclose(fopen(path, "wb"));
    if (truncate(path, 100) < 0)
        BUG("no file");
    struct http_body *source = http_body_new();
    CHECK_INT(http_body_add_file(source, path, &err), 0);
    unlink(path);
    CHECK_INT(send_source(&room, source), CURLE_ABORTED_BY_CALLBACK);
    CHECK(room.body.why != NULL && strstr(room.body.why, "No such file or directory") != NULL);
    curl_body_set(&room.body, room.easy, NULL);
    CHECK(room.body.why == NULL);
    http_body_free(source);
    close_room(&room);
}

TEST_MAIN(RUN(one_after_the_other); RUN(one_that_cannot_be_read);)
