"""wire -- a server on raw sockets that says exactly these bytes, by path; and keeps what it was sent.

It does what HTTP/1.1 allows and few servers do: trailers, interim answers, bodies that end with the
connection, HTTP/1.0, odd headers, codings, cookies of each kind, connections that end between two
requests.
"""
# SPDX-License-Identifier: MIT

import socket
import ssl
import struct
import threading
import time
import urllib.parse
import zlib

from testenv.tls import say_goodbye, shake_hands

TEXT = b"katydid " * 50
# The same as brotli codes it, and as zstd does without making it any smaller.
BROTLI = bytes.fromhex("1b8f01f88d54b5bf0e235ba3d32064697982b7708050bc09")
ZSTD = b"\x28\xb5\x2f\xfd\x60" + struct.pack("<H", len(TEXT) - 256) + struct.pack("<I", len(TEXT) << 3 | 1)[:3] + TEXT

# Whether the connection goes on after an answer.
KEEP, CLOSE, RESET = "keep", "close", "reset"


class Asked:
    """One request as it came."""

    def __init__(self, head, body):
        self.head, self.body = head, body
        lines = head.decode("latin-1").split("\r\n")
        self.method, self.target, self.version = lines[0].split(" ", 2)
        self.headers = [line.split(": ", 1) if ": " in line else (line.rstrip(":"), "") for line in lines[1:]]
        url = urllib.parse.urlsplit(self.target)
        self.path = url.path
        self.query = dict(urllib.parse.parse_qsl(url.query, keep_blank_values=True))

    def header(self, name):
        return next((value for key, value in self.headers if key.lower() == name), None)


def answer(status, body=b"", *headers, version="1.1", reason=None):
    """With a Content-Length."""
    return head(status, f"Content-Length: {len(body)}", *headers, version=version, reason=reason) + body


def head(status, *headers, version="1.1", reason=None):
    reason = {200: "OK", 204: "No Content", 304: "Not Modified", 302: "Found"}.get(status, "Odd") \
        if reason is None else reason
    lines = [f"HTTP/{version} {status} {reason}", *headers]
    return "".join(line + "\r\n" for line in lines).encode("latin-1") + b"\r\n"


def chunked(*chunks, trailers=b""):
    coded = b"".join(b"%x\r\n%s\r\n" % (len(chunk), chunk) for chunk in chunks)
    return coded + b"0\r\n" + trailers + b"\r\n"


def echo(asked):
    sent = asked.head + b"\r\n\r\n" + asked.body
    return answer(200, sent, "Content-Type: text/plain"), KEEP


def redirect(asked):
    status = int(asked.query.get("status", 302))
    body = b"elsewhere" * int(asked.query.get("body", 0))
    headers = [f"Location: {asked.query['to']}"]
    if "cookie" in asked.query:
        headers.append(f"Set-Cookie: {asked.query['cookie']}")
    return answer(status, body, *headers, reason="Moved"), KEEP


def cookies(asked):
    """Sets what the query lists, each as it is written."""
    return answer(200, b"set", *(f"Set-Cookie: {one}" for one in asked.query["set"].split("|"))), KEEP


def slow(asked):
    """The head after `head` seconds, the body after `body` more; half of it at once."""
    time.sleep(float(asked.query.get("head", 0)))
    yield head(200, f"Content-Length: {len(TEXT)}") + TEXT[:100]
    time.sleep(float(asked.query.get("body", 0)))
    yield TEXT[100:]


def pieces(_asked):
    """A byte at a time, as far as the network leaves it at that."""
    for byte in head(200, "Transfer-Encoding: chunked", "X-Last: yes") + chunked(b"one", b"two", b"three"):
        yield bytes([byte])
        time.sleep(0.0005)


FIXED = {
    "/empty": (answer(200), KEEP),
    "/text": (answer(200, TEXT, "Content-Type: text/plain"), KEEP),
    "/chunked": (head(200, "Transfer-Encoding: chunked") + chunked(b"one", b"two" * 100), KEEP),
    "/chunked-empty": (head(200, "Transfer-Encoding: chunked") + chunked(), KEEP),
    "/chunk-extension": (head(200, "Transfer-Encoding: chunked")
                         + b'3;name=value\r\none\r\n003;a="b"\r\ntwo\r\n0;last\r\n\r\n', KEEP),
    "/trailers": (head(200, "Transfer-Encoding: chunked", "Trailer: X-Sum")
                  + chunked(b"one", trailers=b"X-Sum: 3\r\nX-More: a\r\n"), KEEP),
    "/interim": (head(100, reason="Continue") + head(103, "Link: </style>", reason="Early Hints")
                 + answer(200, b"late"), KEEP),
    "/until-close": (head(200) + TEXT, CLOSE),
    "/until-close-empty": (head(200), CLOSE),
    "/close": (answer(200, TEXT, "Connection: close"), CLOSE),
    "/close-but-open": (answer(200, TEXT, "Connection: close"), KEEP),
    "/1.0": (answer(200, TEXT, version="1.0"), CLOSE),
    "/1.0-keep": (answer(200, TEXT, "Connection: keep-alive", version="1.0"), KEEP),
    "/1.0-until-close": (head(200, version="1.0") + TEXT, CLOSE),
    "/204": (head(204), KEEP),
    "/204-length": (head(204, "Content-Length: 7"), KEEP),
    "/205": (answer(205), KEEP),
    "/304": (head(304, "ETag: \"1\""), KEEP),
    "/304-length": (head(304, "Content-Length: 7"), KEEP),
    "/no-reason": (answer(200, b"ok", reason=""), KEEP),
    "/no-reason-no-space": (b"HTTP/1.1 200\r\nContent-Length: 2\r\n\r\nok", KEEP),
    "/odd-reason": (answer(200, b"ok", reason="It's \"fine\" \xe9"), KEEP),
    "/odd-404": (answer(404, b"no", reason="It's \"gone\""), KEEP),
    "/no-reason-404": (answer(404, b"no", reason=""), KEEP),
    "/599": (answer(599, b"no", reason="Almost"), KEEP),
    "/600": (answer(600, b"no", reason="Beyond"), KEEP),
    "/999": (answer(999, b"no", reason="Last"), KEEP),
    "/299": (answer(299, b"yes", reason="Fine"), KEEP),
    "/300": (answer(300, b"yes", "Location: /text", reason="Choices"), KEEP),
    "/302-nowhere": (answer(302, b"yes"), KEEP),
    "/302-empty": (answer(302, b"yes", "Location:"), KEEP),
    "/headers": (answer(200, b"ok", "X-Twice: 1", "x-twice: 2", "X-Empty:", "X-Blank:    ", "X-Wide:   a b  \t",
                        "X-Colon: a:b: c", "X-Latin: \xe9", "X-Tab:\ta"), KEEP),
    "/folded": (b"HTTP/1.1 200 OK\r\nX-Fold: a\r\n  b\r\nContent-Length: 2\r\n\r\nok", KEEP),
    "/same-length-twice": (b"HTTP/1.1 200 OK\r\nContent-Length: 2\r\nContent-Length: 2\r\n\r\nok", KEEP),
    "/length-list": (b"HTTP/1.1 200 OK\r\nContent-Length: 2, 2\r\n\r\nok", KEEP),
    "/length-and-chunked": (head(200, "Content-Length: 3", "Transfer-Encoding: chunked") + chunked(b"one"), CLOSE),
    "/bare-lf": (b"HTTP/1.1 200 OK\nContent-Length: 2\n\nok", KEEP),
    "/blank-in-name": (b"HTTP/1.1 200 OK\r\nX-Odd : 1\r\nContent-Length: 2\r\n\r\nok", KEEP),
    "/no-colon": (b"HTTP/1.1 200 OK\r\nX-Odd\r\nContent-Length: 2\r\n\r\nok", KEEP),
    "/http-2.0": (answer(200, b"ok", version="2.0"), KEEP),
    "/http-1.2": (answer(200, b"ok", version="1.2"), KEEP),
    "/unknown-coding": (answer(200, b"ok", "Transfer-Encoding: wonder"), CLOSE),
    "/101": (head(101, "Upgrade: other", "Connection: Upgrade", reason="Switching Protocols"), CLOSE),
    "/gzip": (answer(200, zlib.compress(TEXT, 9, 31),
                     "Content-Encoding: gzip"), KEEP),
    "/x-gzip": (answer(200, zlib.compress(TEXT, 9, 31), "Content-Encoding: X-GZip"), KEEP),
    "/deflate": (answer(200, zlib.compress(TEXT), "Content-Encoding: deflate"), KEEP),
    "/raw-deflate": (answer(200, zlib.compress(TEXT, 9, -15), "Content-Encoding: deflate"), KEEP),
    "/br": (answer(200, BROTLI, "Content-Encoding: br"), KEEP),
    "/zstd": (answer(200, ZSTD, "Content-Encoding: zstd"), KEEP),
    "/gzip-twice": (answer(200, zlib.compress(zlib.compress(TEXT), 9, 31), "Content-Encoding: deflate, gzip"), KEEP),
    "/gzip-chunked": (head(200, "Transfer-Encoding: chunked", "Content-Encoding: gzip")
                      + chunked(zlib.compress(TEXT, 9, 31)[:9], zlib.compress(TEXT, 9, 31)[9:]), KEEP),
    "/gzip-empty": (answer(200, b"", "Content-Encoding: gzip"), KEEP),
    "/gzip-close": (head(200, "Content-Encoding: gzip") + zlib.compress(TEXT, 9, 31), CLOSE),
    "/wonder": (answer(200, TEXT, "Content-Encoding: wonder"), KEEP),
    "/identity": (answer(200, TEXT, "Content-Encoding: identity"), KEEP),
    "/bad-gzip": (answer(200, b"this is no gzip data", "Content-Encoding: gzip"), KEEP),
    "/big": (answer(200, TEXT * 10000), KEEP),
    "/big-chunked": (head(200, "Transfer-Encoding: chunked") + chunked(*[TEXT * 7] * 1000), KEEP),
    "/big-gzip": (answer(200, zlib.compress(TEXT * 20000, 9, 31), "Content-Encoding: gzip"), KEEP),
    # The head of an answer to HEAD; its length is that of what GET would have got.
    "/head": (answer(200, b"", "X-Is: head").replace(b"Content-Length: 0", b"Content-Length: 12345"), KEEP),
    "/head-chunked": (head(200, "Transfer-Encoding: chunked"), KEEP),
    "/head-gzip": (head(200, "Content-Encoding: gzip", "Content-Length: 77"), KEEP),
    "/head-bare": (head(200, "X-Is: bare"), KEEP),
    "/drop": (b"", CLOSE),
    "/reset": (b"", RESET),
    "/short": (head(200, "Content-Length: 1000") + TEXT, CLOSE),
    "/short-chunked": (head(200, "Transfer-Encoding: chunked") + b"fff\r\n" + TEXT, CLOSE),
    "/no-last-chunk": (head(200, "Transfer-Encoding: chunked") + b"3\r\none\r\n", CLOSE),
    "/half-head": (b"HTTP/1.1 200 OK\r\nX-Half", CLOSE),
    "/half-status": (b"HTTP/1.1 2", CLOSE),
}

COMPUTED = {"/echo": echo, "/redirect": redirect, "/cookies": cookies}
DRAWN_OUT = {"/slow": slow, "/pieces": pieces}


class Connection:
    """Reads requests whole."""

    def __init__(self, s):
        self.socket = s
        self.data = b""

    def more(self):
        piece = self.socket.recv(65536)
        self.data += piece
        return len(piece) > 0

    def read(self):
        """The next request; None: the client has left."""
        while b"\r\n\r\n" not in self.data:
            if not self.more():
                return None
        start, self.data = self.data.split(b"\r\n\r\n", 1)
        asked = Asked(start, b"")
        if asked.header("expect") == "100-continue":
            self.socket.sendall(head(100, reason="Continue"))
        if (asked.header("transfer-encoding") or "") == "chunked":
            while b"0\r\n\r\n" not in self.data:
                if not self.more():
                    return None
            asked.body, self.data = self.data.split(b"0\r\n\r\n", 1)
        length = int(asked.header("content-length") or 0)
        while len(self.data) < length:
            if not self.more():
                return None
        if length:
            asked.body, self.data = self.data[:length], self.data[length:]
        return asked


# It promised to go on, and then does not: the connection ends once /end-idle was asked on another one.
IDLE = {"/close-idle": CLOSE, "/reset-idle": RESET}


class Wire:
    """The server; with a context it speaks TLS. `log` is what it was sent: "1: GET /path",
    by connection, and the names of the headers."""

    def __init__(self, env, context=None):
        self.context = context
        self.listener = socket.create_server(("127.0.0.1", 0), backlog=100)
        self.port = self.listener.getsockname()[1]
        self.url = f"{'https' if context else 'http'}://127.0.0.1:{self.port}"
        self.log = []
        self.accepted = 0
        self.may_end, self.has_ended = threading.Event(), threading.Event()
        env.later(self.listener.close)
        threading.Thread(target=self.serve, daemon=True).start()

    def forget(self):
        """As after its start."""
        self.log, self.accepted = [], 0

    def serve(self):
        while True:
            try:
                s, _ = self.listener.accept()
            except OSError:
                return
            self.accepted += 1
            threading.Thread(target=self.converse, args=(s, self.accepted), daemon=True).start()

    def converse(self, s, number):
        try:
            s.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
            if self.context:
                s = self.context.wrap_socket(s, server_side=True, do_handshake_on_connect=False)
                shake_hands(s)
            if self.answer_all(Connection(s), number) == RESET:
                s.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, struct.pack("ii", 1, 0))
            elif isinstance(s, ssl.SSLSocket):
                say_goodbye(s)
        except OSError:
            pass
        finally:
            s.close()
            self.has_ended.set()

    def answer_all(self, connection, number):
        served = 0
        while asked := connection.read():
            self.log.append(f"{number}: {asked.method} {asked.target} "
                            + ", ".join(name for name, _ in asked.headers))
            served += 1
            # The second request on a connection is what these end it under.
            if served > 1 and asked.path in ("/drop-second", "/reset-second"):
                return RESET if asked.path == "/reset-second" else CLOSE
            after = self.answer(connection.socket, asked)
            if after != KEEP:
                return after
        return CLOSE

    def answer(self, s, asked):
        if asked.path in DRAWN_OUT:
            for piece in DRAWN_OUT[asked.path](asked):
                s.sendall(piece)
            return KEEP
        if asked.path in IDLE:
            self.may_end.clear()
            s.sendall(answer(200, b"ok"))
            self.may_end.wait(10)
            return IDLE[asked.path]
        if asked.path == "/end-idle":
            self.has_ended.clear()
            self.may_end.set()
            self.has_ended.wait(10)
        if asked.path in COMPUTED:
            text, after = COMPUTED[asked.path](asked)
        else:
            text, after = FIXED.get(asked.path, (answer(200, b"ok"), KEEP))
        s.sendall(text)
        return after
