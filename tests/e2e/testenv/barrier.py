"""barrier -- a server that answers nobody until so many requests wait for it, and says what it saw."""
# SPDX-License-Identifier: MIT

import socket
import threading

from testenv.hostile import read_request


class Barrier:
    """Every request waits until there are `width` of them, each on a connection of its own; then all
    are answered with their paths, and the next ones are gathered."""

    def __init__(self, env, width):
        self.width = width
        self.condition = threading.Condition()
        self.rounds = 0
        self.waiting = 0
        self.requests = 0
        self.accepted = 0
        self.ended = False
        self.sockets = []
        self.listener = socket.create_server(("127.0.0.1", 0), backlog=100)
        self.url = f"http://127.0.0.1:{self.listener.getsockname()[1]}"
        env.later(self.close)
        threading.Thread(target=self.serve, daemon=True).start()

    def close(self):
        with self.condition:
            self.ended = True
            self.condition.notify_all()
        for s in (self.listener, *self.sockets):
            try:
                s.shutdown(socket.SHUT_RDWR)
            except OSError:
                pass
            s.close()

    def serve(self):
        while not self.ended:
            try:
                s, _ = self.listener.accept()
            except OSError:
                return
            self.accepted += 1
            self.sockets.append(s)
            threading.Thread(target=self.converse, args=(s,), daemon=True).start()

    def gather(self):
        """Waits until the round is complete."""
        with self.condition:
            self.requests += 1
            self.waiting += 1
            mine = self.rounds
            if self.waiting == self.width:
                self.waiting = 0
                self.rounds += 1
                self.condition.notify_all()
            self.condition.wait_for(lambda: self.rounds > mine or self.ended)

    def converse(self, s):
        try:
            while not self.ended:
                head = read_request(s)
                if not head:
                    return
                path = head.split(b" ", 2)[1]
                self.gather()
                s.sendall(b"HTTP/1.1 200 OK\r\nContent-Length: %d\r\n\r\n%s" % (len(path), path))
        except OSError:
            pass
        finally:
            s.close()
