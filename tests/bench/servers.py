"""The servers, each on the server's core, and what they counted: the responder, and nginx where TLS is to be spoken."""
# SPDX-License-Identifier: MIT
import http.client
import mmap
import os
import shutil
import socket
import struct
import subprocess
import tempfile

from measure import SERVER_CORE, Failed, end, wait_until


def on_its_core():
    os.sched_setaffinity(0, {SERVER_CORE})


class Responder:
    """responder.c: as cheap as a server can be."""

    def __init__(self, options):
        path = tempfile.mkstemp(prefix="counters-", dir=options.folder)[1]
        self.process = subprocess.Popen([options.responder, path], stdin=subprocess.PIPE, stdout=subprocess.PIPE,
                                        text=True, preexec_fn=on_its_core)
        self.url = "http://127.0.0.1:%d" % int(self.process.stdout.readline())
        self.env = {}
        with open(path, "r+b") as file:
            os.unlink(path)
            self.memory = mmap.mmap(file.fileno(), 24)

    def counts(self):
        """requests, connections, time of the first request in ns"""
        return struct.unpack("QQQ", self.memory[:24])

    def close(self):
        self.process.stdin.close()
        self.process.wait(10)
        self.process.stdout.close()
        self.memory.close()


def free_port():
    with socket.socket() as listener:
        listener.bind(("127.0.0.1", 0))
        return listener.getsockname()[1]


CONFIG = """
{user}
daemon off;
worker_processes 1;
worker_rlimit_nofile {files};
pid {folder}/pid;
error_log {folder}/error.log;
events {{ worker_connections {connections}; }}
http {{
  access_log off;
  client_body_temp_path {folder}/body; proxy_temp_path {folder}/proxy; fastcgi_temp_path {folder}/fastcgi;
  uwsgi_temp_path {folder}/uwsgi; scgi_temp_path {folder}/scgi;
  keepalive_requests 1000000000; keepalive_timeout 1h;
  server {{ listen 127.0.0.1:{plain}; location / {{ stub_status; }} }}
  server {{
    listen 127.0.0.1:{tls} ssl backlog=16384;
    ssl_certificate {folder}/server.crt; ssl_certificate_key {folder}/server.key;
    location / {{ default_type text/plain; return 200 "Hello, world!"; }}
  }}
}}
"""


class Nginx:
    """nginx with TLS: a certificate for P-256 of its own, one worker, connections that stay."""

    def __init__(self, options):
        self.folder = tempfile.mkdtemp(prefix="nginx-", dir=options.folder)
        os.chmod(self.folder, 0o755)
        self.certify()
        plain, tls = free_port(), free_port()
        files = os.sysconf("SC_OPEN_MAX")
        with open(os.path.join(self.folder, "nginx.conf"), "w") as file:
            file.write(CONFIG.format(user="user root;" if os.geteuid() == 0 else "", folder=self.folder, plain=plain,
                                     tls=tls, files=files, connections=min(files - 100, 16384)))
        self.process = subprocess.Popen(["nginx", "-p", self.folder, "-c", self.folder + "/nginx.conf", "-e", "stderr"],
                                        stdin=subprocess.DEVNULL, stdout=subprocess.DEVNULL,
                                        stderr=subprocess.DEVNULL, preexec_fn=on_its_core)
        self.url = "https://127.0.0.1:%d" % tls
        # OpenSSL trusts what this names: so clients that check certificates check this one, and need no option.
        self.env = {"SSL_CERT_FILE": os.path.join(self.folder, "server.crt")}
        self.status = http.client.HTTPConnection("127.0.0.1", plain, timeout=10)
        self.asked = 0
        if not wait_until(self.is_alive, 10):
            raise Failed("nginx doesn't answer")

    def certify(self):
        subprocess.run(["openssl", "req", "-x509", "-newkey", "ec", "-pkeyopt", "ec_paramgen_curve:prime256v1", "-nodes",
                        "-days", "2", "-subj", "/CN=bench", "-addext", "subjectAltName=IP:127.0.0.1",
                        "-keyout", self.folder + "/server.key", "-out", self.folder + "/server.crt"],
                       check=True, stdin=subprocess.DEVNULL, capture_output=True)

    def is_alive(self):
        try:
            self.status.connect()
            return True
        except OSError:
            return False

    def counts(self):
        """requests, connections, 0; what was asked by this object is not among them"""
        self.status.request("GET", "/")
        lines = self.status.getresponse().read().decode().splitlines()
        self.asked += 1
        _accepted, handled, requests = (int(word) for word in lines[2].split())
        return requests - self.asked, handled - 1, 0

    def close(self):
        self.status.close()
        end(self.process)
        shutil.rmtree(self.folder)
