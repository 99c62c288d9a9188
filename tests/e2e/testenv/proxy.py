"""proxy -- a small forward proxy: GET http://… and CONNECT; it remembers what it was asked."""
# SPDX-License-Identifier: MIT

import socket
import threading


class Proxy:
    def __init__(self, env, credentials=None):
        """credentials: what Proxy-Authorization must be, if anything."""
        self.credentials = credentials
        self.asked = []
        self.listener = socket.create_server(("127.0.0.1", 0))
        self.url = "http://127.0.0.1:%d" % self.listener.getsockname()[1]
        self.sockets = []
        env.later(self.close)
        threading.Thread(target=self.serve, daemon=True).start()

    def close(self):
        for s in (self.listener, *self.sockets):
            try:
                s.shutdown(socket.SHUT_RDWR)
            except OSError:
                pass
            s.close()

    def serve(self):
        while True:
            try:
                client, _ = self.listener.accept()
            except OSError:
                return
            self.sockets.append(client)
            threading.Thread(target=self.relay, args=(client,), daemon=True).start()

    def relay(self, client):
        try:
            self.answer(client)
        except OSError:
            pass
        finally:
            client.close()

    def answer(self, client):
        head = b""
        while b"\r\n\r\n" not in head:
            piece = client.recv(65536)
            if not piece:
                return
            head += piece
        line, rest = head.split(b"\r\n", 1)
        self.asked.append(line.decode())
        if self.credentials and f"proxy-authorization: {self.credentials}".lower() not in rest.decode().lower():
            client.sendall(b"HTTP/1.1 407 Proxy Authentication Required\r\n"
                           b"Proxy-Authenticate: Basic realm=\"p\"\r\nContent-Length: 0\r\n"
                           b"Connection: close\r\n\r\n")
            return
        method, where, version = line.decode().split(" ")
        if method == "CONNECT":
            host, port = where.rsplit(":", 1)
            server = socket.create_connection((host, int(port)))
            client.sendall(b"HTTP/1.1 200 Connection established\r\n\r\n")
        else:
            authority, _, path = where.partition("://")[2].partition("/")
            host, _, port = authority.partition(":")
            server = socket.create_connection((host, int(port or 80)))
            server.sendall(f"{method} /{path} {version}\r\n".encode() + rest)
        self.sockets.append(server)
        threading.Thread(target=self.pump, args=(client, server), daemon=True).start()
        self.pump(server, client)

    @staticmethod
    def pump(source, sink):
        try:
            while piece := source.recv(65536):
                sink.sendall(piece)
            sink.shutdown(socket.SHUT_WR)
        except OSError:
            pass
