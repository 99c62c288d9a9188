/* stream_error -- why a connection could not be made, or ended. */
// SPDX-License-Identifier: MIT
#ifndef NET_STREAM_ERROR_H
#define NET_STREAM_ERROR_H

enum stream_failure {
    STREAM_OK,
    STREAM_NAME,   /* the name is unknown: code is an EAI_*, text says why */
    STREAM_ERRNO,  /* a system call failed: code is an errno, text says what it means */
    STREAM_SOURCE, /* no source address is of the server's family: text says which */
    STREAM_TLS,    /* handshake, certificate or record: text says why */
    STREAM_CLOSED  /* the peer closed its side; code 1: TLS was cut off without a goodbye */
};

/* No text holds a host, a port or an address, so that they group. */
struct stream_error {
    enum stream_failure failure;
    int code;
    char text[256];
};

#endif
