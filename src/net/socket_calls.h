/*
 * socket_calls -- send and recv of a non-blocking socket, and nothing else.
 *
 * libc's own are points at which a thread can be cancelled: where a process has more than one, each call
 * takes two locked instructions to say so. Nobody cancels a thread here.
 */
// SPDX-License-Identifier: MIT
#ifndef NET_SOCKET_CALLS_H
#define NET_SOCKET_CALLS_H

#include <stddef.h>
#include <sys/socket.h>
#include <sys/syscall.h>
#include <sys/types.h>
#include <unistd.h>

/* As send(2), with MSG_NOSIGNAL. */
static inline ssize_t socket_send(int fd, const void *p, size_t n)
{
#ifdef SYS_sendto
    return syscall(SYS_sendto, fd, p, n, MSG_NOSIGNAL, NULL, 0);
#else
    return send(fd, p, n, MSG_NOSIGNAL);
#endif
}

/* As recv(2). */
static inline ssize_t socket_recv(int fd, void *into, size_t n)
{
#ifdef SYS_recvfrom
    return syscall(SYS_recvfrom, fd, into, n, 0, NULL, NULL);
#else
    return recv(fd, into, n, 0);
#endif
}

#endif
