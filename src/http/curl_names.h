/*
 * curl_names -- the addresses that libcurl has been given for a host and a port.
 *
 * libcurl looks names up in a cache which all handles of a multi share, and which CURLOPT_RESOLVE
 * fills. What is there never expires, so a user that has a connection goes on with the addresses it
 * had, while they are asked for anew behind its back: that a name's time is over must not show as a
 * slow request where no connection was needed.
 */
// SPDX-License-Identifier: MIT
#ifndef HTTP_CURL_NAMES_H
#define HTTP_CURL_NAMES_H

#include "base/str.h"
#include "net/addr.h"
#include "net/resolver.h"

#include <stdbool.h>
#include <stdint.h>

struct curl_names;

/* One host and port; lives as long as the names. Its fields may be read. */
struct curl_name {
    struct curl_names *names;
    struct str host; /* lower case, ASCII */
    uint16_t port;
    bool is_literal;        /* libcurl needs no help with it */
    struct addr *addresses; /* of the line, with the port */
    char *line;             /* for CURLOPT_RESOLVE: "host:port:address,address"; NULL: none yet */
    size_t n_addresses;
    uint64_t id;        /* of the resolver's answer that it is of */
    uint64_t loaded_id; /* that libcurl has; set by who has loaded it */
    struct resolution *refreshing;
};

/* The resolver is borrowed. */
struct curl_names *curl_names_new(struct resolver *resolver);
void curl_names_free(struct curl_names *n);

/* Host in ASCII, without brackets. */
struct curl_name *curl_names_get(struct curl_names *n, struct str host, uint16_t port);

enum curl_name_state {
    CURL_NAME_READY,  /* a transfer can start */
    CURL_NAME_FAILED, /* it can't; why is in *answer */
    CURL_NAME_UNKNOWN /* ask the resolver, and tell curl_name_learn */
};
/* With may_be_old an answer whose time is over will do; it is asked for anew. */
enum curl_name_state curl_name_look(struct curl_name *name, bool may_be_old,
                                    struct resolver_answer *answer);
/* What a user tries in the place of this one of the name's addresses: each user begins with another.
 * NULL: as it is. */
const struct addr *curl_name_turn(const struct curl_name *name, const struct sockaddr *address,
                                  size_t user);
void curl_name_learn(struct curl_name *name, const struct resolver_answer *answer);

#endif
