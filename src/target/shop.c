/* shop -- the little shop: items, a login, a cart, orders. */
// SPDX-License-Identifier: MIT
#include "target/routes.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <strings.h>

#include "base/mem.h"

#define uthash_malloc(n) xmalloc(n)
#include <uthash.h>

#include "target/json.h"

#define ITEMS 1000
#define PAGE 20
#define CART_KINDS 50
#define QUANTITY_MAX 100
// Those that came first are forgotten first.
#define SESSIONS 100000

#define COLOURS 20
#define THINGS (ITEMS / COLOURS)

struct cart_item {
    int item, quantity;
};

struct session {
    char id[33];
    bool is_logged_in;
    size_t n;
    struct cart_item *cart;
    UT_hash_handle hh;
};

struct shop {
    struct session *sessions;
    int64_t n_orders;
    char names[ITEMS][32];
};

static const char *const colours[COLOURS] = {
    "red",   "blue",  "green", "yellow", "black", "white", "grey",   "brown", "orange", "purple",
    "small", "large", "round", "square", "long",  "short", "wooden", "paper", "steel",  "glass",
};

static const char *const things[THINGS] = {
    "lamp",   "chair",  "table",  "shelf",  "clock", "mirror", "carpet", "curtain", "pillow",
    "basket", "bottle", "cup",    "plate",  "bowl",  "fork",   "spoon",  "knife",   "kettle",
    "pan",    "pot",    "jar",    "box",    "bag",   "belt",   "hat",    "scarf",   "glove",
    "sock",   "shoe",   "coat",   "shirt",  "ring",  "watch",  "pen",    "pencil",  "book",
    "map",    "globe",  "kite",   "ball",   "drum",  "flute",  "bell",   "candle",  "vase",
    "stool",  "bench",  "ladder", "hammer", "brush",
};

struct shop *shop_new(void)
{
    struct shop *shop = xcalloc(1, sizeof *shop);

    for (int i = 0; i < ITEMS; i++)
        snprintf(shop->names[i], sizeof shop->names[i], "%s %s", colours[i % COLOURS],
                 things[i / COLOURS]);
    return shop;
}

static void forget_session(struct shop *shop, struct session *session)
{
    HASH_DEL(shop->sessions, session);
    free(session->cart);
    free(session);
}

void shop_free(struct shop *shop)
{
    if (shop == NULL)
        return;
    while (shop->sessions != NULL)
        forget_session(shop, shop->sessions);
    free(shop);
}

static struct session *find_session(struct call *call)
{
    struct str id = server_cookie(call->x, "session");
    struct session *session = NULL;

    if (id.p != NULL)
        HASH_FIND(hh, call_shop(call)->sessions, id.p, id.n, session);
    return session;
}

/* The request's session, or a new one with its cookie. */
static struct session *need_session(struct call *call)
{
    struct shop *shop = call_shop(call);
    struct session *session = find_session(call);
    char cookie[64];

    if (session != NULL)
        return session;
    if (HASH_COUNT(shop->sessions) >= SESSIONS)
        forget_session(shop, shop->sessions);
    session = xcalloc(1, sizeof *session);
    snprintf(session->id, sizeof session->id, "%016llx%016llx",
             (unsigned long long)rng_u64(call_rng(call)),
             (unsigned long long)rng_u64(call_rng(call)));
    HASH_ADD_KEYPTR(hh, shop->sessions, session->id, strlen(session->id), session);
    snprintf(cookie, sizeof cookie, "session=%s; Path=/; HttpOnly", session->id);
    call_header(call, STR("Set-Cookie"), str_of(cookie));
    return session;
}

/* A price that a shop might ask, always the same for the same item. */
static double price_of(int id)
{
    return (double)(id * 37 % 200) + 0.95;
}

static json_t *item_json(const struct shop *shop, int id)
{
    return json_pack("{s:i, s:s, s:f}", "id", id, "name", shop->names[id - 1], "price",
                     price_of(id));
}

void shop_items(struct call *call)
{
    int64_t page = 1;

    if (call_query_int(call, "page", 1, ITEMS / PAGE, &page) < 0)
        return;
    json_t *items = json_array();
    for (int i = 0; i < PAGE; i++)
        json_array_append_new(items, item_json(call_shop(call), (int)(page - 1) * PAGE + i + 1));
    call_json(call, 200, json_pack("{s:o, s:i}", "items", items, "total", ITEMS));
}

void shop_item(struct call *call)
{
    int64_t id;

    if (call_arg_int(call, 0, "item", 0, INT32_MAX, &id) < 0)
        return;
    if (id < 1 || id > ITEMS) {
        call_error(call, 404, "no item %lld", (long long)id);
        return;
    }
    json_t *item = item_json(call_shop(call), (int)id);
    json_object_set_new(item, "stock", json_integer(id * 13 % 50));
    call_json(call, 200, item);
}

void shop_search(struct call *call)
{
    const struct shop *shop = call_shop(call);
    struct str q = server_query(call->x, "q");
    json_t *items = json_array();
    char *part = str_dup(q.p != NULL ? q : STR_EMPTY);

    for (int id = 1; id <= ITEMS && json_array_size(items) < PAGE; id++) {
        if (strcasestr(shop->names[id - 1], part) != NULL)
            json_array_append_new(items, item_json(shop, id));
    }
    call_json(call, 200, json_pack("{s:o, s:o}", "q", json_text(str_of(part)), "items", items));
    free(part);
}

static bool is_accepted(const json_t *text)
{
    const char *s = json_string_value(text);

    return s != NULL && *s != '\0' && strcmp(s, "wrong") != 0;
}

void shop_login(struct call *call)
{
    json_t *who = call_object(call);

    if (who == NULL)
        return;
    json_t *user = json_object_get(who, "user");
    if (is_accepted(user) && is_accepted(json_object_get(who, "password"))) {
        need_session(call)->is_logged_in = true;
        call_json(call, 200, json_pack("{s:O}", "user", user));
    } else {
        call_error(call, 401, "unknown user or wrong password");
    }
    json_decref(who);
}

static int count_cart(const struct session *session)
{
    int count = 0;

    for (size_t i = 0; session != NULL && i < session->n; i++)
        count += session->cart[i].quantity;
    return count;
}

static void answer_cart(struct call *call, int status, const struct session *session)
{
    json_t *items = json_array();

    for (size_t i = 0; session != NULL && i < session->n; i++)
        json_array_append_new(items, json_pack("{s:i, s:i}", "item", session->cart[i].item,
                                               "quantity", session->cart[i].quantity));
    call_json(call, status, json_pack("{s:o, s:i}", "items", items, "count", count_cart(session)));
}

void shop_cart(struct call *call)
{
    answer_cart(call, 200, find_session(call));
}

static int read_item(struct call *call, const json_t *object, struct cart_item *item)
{
    int64_t id, quantity;

    if (call_member_int(call, object, "item", 1, ITEMS, 0, &id) < 0 ||
        call_member_int(call, object, "quantity", 1, QUANTITY_MAX, 1, &quantity) < 0)
        return -1;
    *item = (struct cart_item){(int)id, (int)quantity};
    return 0;
}

/* More of what is there already, up to as much as one may want. */
static int put_into_cart(struct session *session, struct cart_item item)
{
    for (size_t i = 0; i < session->n; i++) {
        struct cart_item *there = &session->cart[i];

        if (there->item != item.item)
            continue;
        int sum = there->quantity + item.quantity;
        there->quantity = sum < QUANTITY_MAX ? sum : QUANTITY_MAX;
        return 0;
    }
    if (session->n == CART_KINDS)
        return -1;
    session->cart = xreallocarray(session->cart, session->n + 1, sizeof *session->cart);
    session->cart[session->n++] = item;
    return 0;
}

void shop_fill_cart(struct call *call)
{
    struct cart_item item;
    json_t *object = call_object(call);

    if (object == NULL)
        return;
    if (read_item(call, object, &item) == 0) {
        struct session *session = need_session(call);
        if (put_into_cart(session, item) == 0)
            answer_cart(call, 201, session);
        else
            call_error(call, 400, "the cart is full: it holds %d kinds of items", CART_KINDS);
    }
    json_decref(object);
}

/* A body orders its one item; without, the cart is ordered, and empty then. */
static int count_ordered(struct call *call, struct session *session)
{
    struct cart_item item = {0, 0};

    if (server_body(call->x).n == 0) {
        int count = count_cart(session);

        session->n = 0;
        if (count == 0)
            call_error(call, 400, "the cart is empty");
        return count;
    }
    json_t *object = call_object(call);
    if (object != NULL && json_object_size(object) == 0) {
        call_error(call, 400, "field 'item' is missing");
    } else if (object != NULL && read_item(call, object, &item) < 0) {
        item.quantity = 0;
    }
    json_decref(object);
    return item.quantity;
}

void shop_order(struct call *call)
{
    struct session *session = find_session(call);

    if (session == NULL || !session->is_logged_in) {
        call_error(call, 401, "not logged in");
        return;
    }
    int count = count_ordered(call, session);
    if (count == 0)
        return;
    json_int_t id = ++call_shop(call)->n_orders;
    call_json(call, 201, json_pack("{s:I, s:i}", "id", id, "count", count));
}
