"""tls -- certificates for the tests' servers, and TLS in front of a server that speaks none."""
# SPDX-License-Identifier: MIT

import select
import socket
import ssl
import subprocess
import threading

from testenv.servers import need_program

NAMES = "subjectAltName=IP:127.0.0.1,DNS:localhost"


class Certificates:
    """An authority; what it has signed for 127.0.0.1 and localhost, for another name, for a client;
    and a stranger's, which nobody has signed but itself. Each is a file .crt and one .key."""

    def __init__(self, env):
        self.program = need_program("openssl", "openssl")
        self.folder = env.folder / "certificates"
        self.folder.mkdir()
        self.make_self_signed("authority", "basicConstraints=critical,CA:true")
        self.make_self_signed("stranger", NAMES)
        self.make_signed("server", NAMES)
        self.make_signed("elsewhere", "subjectAltName=DNS:elsewhere.invalid")
        self.make_signed("client", "extendedKeyUsage=clientAuth")
        self.make_signed("expired", NAMES, days="-1")
        self.authority = self.folder / "authority.crt"

    def openssl(self, *args):
        subprocess.run([self.program, *args], check=True, cwd=self.folder, stdin=subprocess.DEVNULL,
                       capture_output=True)

    def new(self, *args):
        return ["req", *args, "-newkey", "ec", "-pkeyopt", "ec_paramgen_curve:prime256v1", "-nodes"]

    def make_self_signed(self, name, extension):
        self.openssl(*self.new("-x509"), "-days", "2", "-subj", f"/CN={name}", "-keyout", f"{name}.key",
                     "-out", f"{name}.crt", "-addext", extension)

    def make_signed(self, name, extension, days="2"):
        self.openssl(*self.new(), "-subj", f"/CN={name}", "-keyout", f"{name}.key", "-out", f"{name}.csr")
        (self.folder / f"{name}.ext").write_text(extension + "\n")
        self.openssl("x509", "-req", "-in", f"{name}.csr", "-days", days, "-CA", "authority.crt", "-CAkey",
                     "authority.key", "-CAcreateserial", "-extfile", f"{name}.ext", "-out", f"{name}.crt")

    def file(self, name):
        return self.folder / name

    def context(self, name="server"):
        """For a server; it speaks HTTP/1.1 alone."""
        context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
        context.load_cert_chain(self.file(f"{name}.crt"), self.file(f"{name}.key"))
        return context

    def mutual_context(self, newest=ssl.TLSVersion.TLSv1_3):
        """For a server that asks who the client is."""
        context = self.context()
        context.maximum_version = newest
        context.verify_mode = ssl.CERT_REQUIRED
        context.load_verify_locations(self.authority)
        return context


class TlsFront:
    """TLS before a server on 127.0.0.1: one connection to it for each that comes, bytes passed on as
    they are."""

    def __init__(self, env, port, context):
        self.behind = port
        self.context = context
        self.listener = socket.create_server(("127.0.0.1", 0), backlog=100)
        self.port = self.listener.getsockname()[1]
        self.url = f"https://127.0.0.1:{self.port}"
        env.later(self.listener.close)
        threading.Thread(target=self.serve, daemon=True).start()

    def serve(self):
        while True:
            try:
                s, _ = self.listener.accept()
            except OSError:
                return
            threading.Thread(target=self.converse, args=(s,), daemon=True).start()

    def converse(self, s):
        try:
            with self.context.wrap_socket(s, server_side=True) as front, \
                    socket.create_connection(("127.0.0.1", self.behind)) as back:
                pass_on(front, back)
                say_goodbye(front)
        except OSError:
            s.close()


def pass_on(front, back):
    """Until one side ends."""
    while True:
        ready = [front] if front.pending() else select.select([front, back], [], [])[0]
        for source, to in ((front, back), (back, front)):
            if source not in ready:
                continue
            data = source.recv(65536)
            if not data:
                return
            to.sendall(data)


def shake_hands(s):
    """Whom it refuses it lets hear why: a socket that is closed before all was read resets the connection, and what
    was said last is lost."""
    try:
        s.do_handshake()
    except ssl.SSLError:
        s.shutdown(socket.SHUT_WR)
        s.settimeout(5)
        while s.recv(65536):
            pass
        raise


def say_goodbye(s):
    """Ends TLS as it should end, without waiting long for the other side's goodbye."""
    try:
        s.settimeout(0.2)
        s.unwrap()
    except OSError:
        pass
