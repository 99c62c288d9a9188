/*
 * routes -- which path is answered by which function.
 *
 * Private to src/target. A pattern is literal text and parameters, "/items/<id>"; a parameter takes
 * what stands up to the next "/", at least one byte.
 */
// SPDX-License-Identifier: MIT
#ifndef TARGET_ROUTES_H
#define TARGET_ROUTES_H

#include "target/call.h"

typedef void route_function(struct call *call);

/* Fills the call's pattern and arguments; returns what answers it, 404 and 405 included. */
route_function *routes_find(struct call *call);
void routes_add_table(struct buf *out);

/* plain.c */
void plain_delay(struct call *call);
void plain_lognormal(struct call *call);
void plain_uniform(struct call *call);
void plain_stall(struct call *call);
void plain_drop(struct call *call);
void plain_status(struct call *call);
void plain_bytes(struct call *call);
void plain_chunked(struct call *call);
void plain_events(struct call *call);
void plain_json(struct call *call);
void plain_redirect(struct call *call);

/* mirror.c */
void mirror_echo(struct call *call);
void mirror_ip(struct call *call);
void mirror_headers(struct call *call);
void mirror_cookies(struct call *call);
void mirror_set_cookies(struct call *call);
void mirror_basic_auth(struct call *call);

/* shop.c */
struct shop *shop_new(void);
void shop_free(struct shop *shop);
void shop_items(struct call *call);
void shop_item(struct call *call);
void shop_search(struct call *call);
void shop_login(struct call *call);
void shop_cart(struct call *call);
void shop_fill_cart(struct call *call);
void shop_order(struct call *call);

/* services.c */
void service_spam(struct call *call);
void service_health(struct call *call);
void service_predict(struct call *call);
void service_films(struct call *call);
void service_film(struct call *call);
void service_film_by_title(struct call *call);

/* target.c */
void target_counts(struct call *call);

#endif
