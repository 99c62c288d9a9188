"""hostile -- servers on raw sockets that do what no server should: one behaviour each."""
# SPDX-License-Identifier: MIT

import itertools
import socket
import struct
import threading
import time
import zlib

# A reason that would do something in each place where a report could show it as it is.
EVIL_REASON = "Oh </script><img src=x onerror=window.hacked=1> ::error:: | `x` \u202e\u2066"
OK = b"HTTP/1.1 200 OK\r\n"


def read_request(s):
    """The head of a request and its body, if it has a length; b"": the client has left."""
    data = b""
    while b"\r\n\r\n" not in data:
        piece = s.recv(65536)
        if not piece:
            return b""
        data += piece
    head, body = data.split(b"\r\n\r\n", 1)
    for line in head.split(b"\r\n")[1:]:
        name, _, value = line.partition(b":")
        if name.strip().lower() == b"content-length":
            while len(body) < int(value):
                body += s.recv(65536)
    return head


def reset(s):
    """Closes so that the other side is told of a reset."""
    s.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, struct.pack("ii", 1, 0))
    s.close()


def answer(*pieces):
    """A behaviour: sends these to each request, then closes."""
    def behave(s, _server):
        if read_request(s):
            for piece in pieces:
                s.sendall(piece)
    return behave


def body_of(length, body, *headers):
    head = b"".join(h + b"\r\n" for h in (b"Connection: close", b"Content-Length: %d" % length, *headers))
    return answer(OK + head + b"\r\n" + body)


def reset_at_once(s, _server):
    reset(s)


def close_in_handshake(s, _server):
    s.recv(65536)


def reset_in_handshake(s, _server):
    s.recv(65536)
    reset(s)


def reset_after_request(s, _server):
    read_request(s)
    reset(s)


def reset_in_body(s, _server):
    read_request(s)
    s.sendall(OK + b"Content-Length: 1000\r\n\r\n" + b"x" * 100)
    time.sleep(0.2)  # a reset overtakes what was sent and not yet read
    reset(s)


def stall(s, server):
    read_request(s)
    server.ended.wait(30)


def stall_in_headers(s, server):
    read_request(s)
    s.sendall(OK + b"X-Begun: yes\r\n")
    server.ended.wait(30)


def stall_in_body(s, server):
    read_request(s)
    s.sendall(OK + b"Content-Length: 1000\r\n\r\n" + b"x" * 100)
    server.ended.wait(30)


def drip(s, server):
    """A byte at a time: no read ever waits for long, and the whole never ends."""
    read_request(s)
    s.sendall(OK + b"Content-Length: 100000\r\n\r\n")
    while not server.ended.wait(0.05):
        s.sendall(b"x")


def drip_headers(s, server):
    read_request(s)
    for byte in itertools.cycle(b"HTTP/1.1 200 OK\r\nX-Long: " + b"x" * 1000):
        if server.ended.wait(0.05):
            return
        s.sendall(bytes([byte]))


def big_header(s, _server):
    read_request(s)
    s.sendall(OK + b"X-Big: ")
    for _ in range(160):
        s.sendall(b"x" * 65536)
    s.sendall(b"\r\nContent-Length: 0\r\n\r\n")


def endless_headers(s, server):
    read_request(s)
    s.sendall(OK)
    for i in itertools.count():
        if server.ended.is_set():
            return
        s.sendall(b"".join(b"X-%d: %d\r\n" % (i, n) for n in range(100)))


def endless_trailers(s, server):
    read_request(s)
    s.sendall(OK + b"Transfer-Encoding: chunked\r\n\r\n2\r\nok\r\n0\r\n")
    while not server.ended.is_set():
        s.sendall(b"X-Trailer: %s\r\n" % (b"x" * 1000) * 100)


def endless_interim(s, server):
    """One "100 Continue" after the other."""
    read_request(s)
    while not server.ended.wait(0.001):
        s.sendall(b"HTTP/1.1 100 Continue\r\n\r\n")


def close_idle(s, _server):
    """Answers properly, and closes the connection that it promised to keep."""
    if read_request(s):
        s.sendall(OK + b"Content-Length: 2\r\nConnection: keep-alive\r\n\r\nok")


def too_much(s, _server):
    """More than it said, on a connection that is kept: the surplus must not become an answer."""
    while read_request(s):
        s.sendall(OK + b"Content-Length: 2\r\n\r\nok" + OK + b"Content-Length: 4\r\n\r\nevil")


def greet(s, server):
    """Speaks first, as a mail server does."""
    s.sendall(b"220 mail.example ESMTP ready\r\n")
    server.ended.wait(30)


def redirect_for_ever(s, _server):
    while read_request(s):
        s.sendall(b"HTTP/1.1 302 Found\r\nLocation: /again\r\nContent-Length: 0\r\n\r\n")


def redirect_to(where):
    return answer(b"HTTP/1.1 302 Found\r\nConnection: close\r\nContent-Length: 0\r\nLocation: " + where
                  + b"\r\n\r\n")


def chunks(text):
    return answer(OK + b"Transfer-Encoding: chunked\r\n\r\n" + text)


BEHAVIOURS = {
    "reset_at_once": reset_at_once,
    "close_in_handshake": close_in_handshake,
    "reset_in_handshake": reset_in_handshake,
    "reset_after_request": reset_after_request,
    "reset_in_body": reset_in_body,
    "close_without_answer": answer(b""),
    "close_in_status": answer(b"HTTP/1.1 2"),
    "close_in_headers": answer(OK + b"X-Begun: yes\r\n"),
    "short_body": body_of(1000, b"x" * 100),
    "short_chunked": chunks(b"64\r\nxxxx"),
    "too_much": too_much,
    "evil_reason": answer(b"HTTP/1.1 500 " + EVIL_REASON.encode() + b"\r\nContent-Length: 0\r\n\r\n"),
    "garbage": answer(b"\x00\x01\x02 this is not HTTP\r\n\r\n"),
    "garbage_text": answer(b"220 mail.example ESMTP ready\r\n"),
    "greet": greet,
    "no_version": answer(b"200 OK\r\nContent-Length: 0\r\n\r\n"),
    "status_of_letters": answer(b"HTTP/1.1 abc OK\r\nContent-Length: 0\r\n\r\n"),
    "big_header": big_header,
    "endless_headers": endless_headers,
    "endless_trailers": endless_trailers,
    "endless_interim": endless_interim,
    "chunk_no_number": chunks(b"zz\r\nxx\r\n0\r\n\r\n"),
    "chunk_too_large": chunks(b"fffffffffffffffff\r\nxx\r\n0\r\n\r\n"),
    "chunk_negative": chunks(b"-5\r\nxx\r\n0\r\n\r\n"),
    "nul_in_header": body_of(2, b"ok", b"X-Nul: a\x00b"),
    "two_lengths": answer(OK + b"Content-Length: 2\r\nContent-Length: 7\r\n\r\nok"),
    "negative_length": answer(OK + b"Content-Length: -2\r\n\r\nok"),
    "huge_length": answer(OK + b"Content-Length: 99999999999999999999\r\n\r\nok"),
    "stall": stall,
    "stall_in_headers": stall_in_headers,
    "stall_in_body": stall_in_body,
    "drip": drip,
    "drip_headers": drip_headers,
    "close_idle": close_idle,
    "redirect_for_ever": redirect_for_ever,
    "redirect_nowhere": redirect_to(b"http://[::1"),
    "redirect_to_credentials": redirect_to(b"http://eve:s3cret-lost@127.0.0.1:1/gone"),
    "redirect_to_file": redirect_to(b"file:///etc/passwd"),
    "bad_gzip": body_of(20, b"this is no gzip data", b"Content-Encoding: gzip"),
    "short_gzip": body_of(12, zlib.compress(b"x" * 1000, 9, 31)[:12], b"Content-Encoding: gzip"),
    "until_close": answer(OK + b"\r\n" + b"x" * 100),
    "control_bytes": body_of(2, b"ok", b"X-Steer: \x1b[2J\x1b]0;evil\x07"),
}


class Hostile:
    """A server with one behaviour, on a free port; a thread for each connection."""

    def __init__(self, env, behaviour):
        self.ended = threading.Event()
        self.behave = BEHAVIOURS[behaviour]
        self.sockets = []
        self.accepted = 0
        self.listener = socket.create_server(("127.0.0.1", 0), backlog=100)
        self.port = self.listener.getsockname()[1]
        self.url = f"http://127.0.0.1:{self.port}"
        env.later(self.close)
        threading.Thread(target=self.serve, daemon=True).start()

    def close(self):
        self.ended.set()
        for s in (self.listener, *self.sockets):
            try:
                s.shutdown(socket.SHUT_RDWR)
            except OSError:
                pass
            s.close()

    def serve(self):
        while not self.ended.is_set():
            try:
                s, _ = self.listener.accept()
            except OSError:
                return
            self.accepted += 1
            self.sockets.append(s)
            threading.Thread(target=self.converse, args=(s,), daemon=True).start()

    def converse(self, s):
        try:
            self.behave(s, self)
        except OSError:
            pass
        finally:
            s.close()


class Refusing:
    """A port that is taken, and where nobody listens."""

    def __init__(self, env):
        self.socket = socket.socket()
        self.socket.bind(("127.0.0.1", 0))
        self.url = "http://127.0.0.1:%d" % self.socket.getsockname()[1]
        env.later(self.socket.close)


class Deaf:
    """A listener whose queue is full: connecting to it never ends."""

    def __init__(self, env):
        self.listener = socket.socket()
        self.listener.bind(("127.0.0.1", 0))
        self.listener.listen(0)
        address = self.listener.getsockname()
        self.url = "http://127.0.0.1:%d" % address[1]
        self.fillers = []
        for _ in range(4):
            s = socket.socket()
            s.setblocking(False)
            s.connect_ex(address)
            self.fillers.append(s)
        env.later(self.close)

    def close(self):
        for s in (self.listener, *self.fillers):
            s.close()
