"""servers -- real ones, from Debian's packages: nginx, a Flask application, httpbin."""
# SPDX-License-Identifier: MIT

import os
import pathlib
import shutil
import signal
import subprocess

from testenv.env import Skip, accepts, check, free_port, wait_until

# Debian's, for which the packages are; another one may come first on PATH.
PYTHON = "/usr/bin/python3"
HERE = pathlib.Path(__file__).resolve().parent


def need_module(name, package):
    found = subprocess.run([PYTHON, "-c", f"import {name}"], check=False,
                           stdin=subprocess.DEVNULL, capture_output=True)
    if found.returncode != 0:
        raise Skip(f"{package} is not installed")


def need_program(name, package):
    path = shutil.which(name, path=os.environ.get("PATH", "") + ":/usr/sbin:/sbin")
    if path is None:
        raise Skip(f"{package} is not installed")
    return path


def until_alive(process, port):
    def is_alive():
        check(process.is_running(), f"{process.name} ended: {process.err()[-2000:]}")
        return accepts(port)
    wait_until(is_alive, f"{process.name} accepts connections", 60)


def serve_wsgi(env, application, under):
    port = free_port()
    if under == "waitress":
        need_module("waitress", "python3-waitress")
        args = ["-m", "waitress", "--threads=32", f"--listen=127.0.0.1:{port}", application]
    else:
        need_module("gunicorn", "gunicorn")
        args = ["-m", "gunicorn", "-b", f"127.0.0.1:{port}", "-k", "gthread", "--threads", "32",
                "--keep-alive", "30", application]
    process = env.start(under, PYTHON, *args, env={"PYTHONPATH": str(HERE), "PYTHONDONTWRITEBYTECODE": "1"},
                        cwd=env.folder)
    if under == "gunicorn":
        process.end_signal = signal.SIGQUIT  # by SIGTERM it would wait for what nobody waits for any more
    until_alive(process, port)
    return f"http://127.0.0.1:{port}"


def flask_app(env, under="waitress"):
    """The films, the model and the spam classifier, and /delay50; its address."""
    need_module("flask", "python3-flask")
    return serve_wsgi(env, "flask_app:app", under)


def httpbin(env):
    need_module("httpbin", "python3-httpbin")
    return serve_wsgi(env, "httpbin:app", "gunicorn")


class Nginx:
    """nginx with plain HTTP (on a Unix socket too), HTTP/2 by prior knowledge, TLS with HTTP/2, and TLS that asks for a
    certificate. /protocol says which protocol it was asked by."""

    def __init__(self, env):
        program = need_program("nginx", "nginx-light")
        self.folder = env.folder / "nginx"
        self.folder.mkdir()
        self.make_certificates()
        ports = {free_port() for _ in range(8)}
        self.plain, self.h2c, self.tls, self.mutual = list(ports)[:4]
        self.url = f"http://127.0.0.1:{self.plain}"
        self.socket_url = "http+unix://" + str(self.folder / "web.sock").replace("/", "%2F")
        self.h2c_url = f"http://127.0.0.1:{self.h2c}"
        self.tls_url = f"https://127.0.0.1:{self.tls}"
        self.mutual_url = f"https://127.0.0.1:{self.mutual}"
        (self.folder / "nginx.conf").write_text(self.config())
        self.process = env.start("nginx", program, "-p", self.folder, "-c", self.folder / "nginx.conf",
                                 "-e", "stderr")
        for port in (self.plain, self.h2c, self.tls, self.mutual):
            until_alive(self.process, port)

    def openssl(self, *args):
        program = need_program("openssl", "openssl")
        subprocess.run([program, *args], check=True, cwd=self.folder, stdin=subprocess.DEVNULL,
                       capture_output=True)

    def make_certificates(self):
        """One for the server (its own authority) and one for a client."""
        for name, extra in (("server", ["-addext", "subjectAltName=IP:127.0.0.1,"
                                       "DNS:localhost,DNS:shop.test,DNS:xn--bcher-kva.test"]),
                            ("client", [])):
            self.openssl("req", "-x509", "-newkey", "ec", "-pkeyopt", "ec_paramgen_curve:prime256v1",
                         "-nodes", "-days", "2", "-subj", f"/CN={name}", "-keyout", f"{name}.key",
                         "-out", f"{name}.crt", *extra)
        both = (self.folder / "client.crt").read_text() + (self.folder / "client.key").read_text()
        (self.folder / "client.pem").write_text(both)
        self.certificate = self.folder / "server.crt"

    def config(self):
        user = "user root;" if os.geteuid() == 0 else ""
        answers = """
            location /protocol { default_type text/plain; return 200 "$server_protocol $ssl_client_s_dn"; }
            location /asked { default_type text/plain; return 200 "$http_host $ssl_server_name"; }
            location /connection { default_type text/plain; return 200 "$connection"; }
            location /elsewhere { return 302 $arg_to; }
            location /gzip { default_type text/plain; gzip on; gzip_types text/plain; gzip_min_length 1; alias big.txt; }
            location /big { default_type text/plain; alias big.txt; }
            location = /file { default_type text/plain; alias small.txt; }
            location /missing { return 404; }
            location /teapot { return 418 "short and stout"; }
            location /to-file { return 301 /file; }"""
        (self.folder / "big.txt").write_text("katydid " * 20000)
        (self.folder / "small.txt").write_text("a small file\n")
        tls = "ssl_certificate server.crt; ssl_certificate_key server.key;"
        return f"""
        {user}
        daemon off;
        worker_processes 1;
        pid nginx.pid;
        events {{ worker_connections 2000; }}
        http {{
          access_log off;
          client_body_temp_path body; proxy_temp_path proxy; fastcgi_temp_path fastcgi;
          uwsgi_temp_path uwsgi; scgi_temp_path scgi;
          server {{ listen 127.0.0.1:{self.plain}; listen unix:{self.folder}/web.sock; root .; {answers} }}
          server {{ listen 127.0.0.1:{self.h2c} http2; root .; {answers} }}
          server {{ listen 127.0.0.1:{self.tls} ssl http2; {tls} root .; {answers} }}
          server {{ listen 127.0.0.1:{self.mutual} ssl; {tls} ssl_client_certificate client.crt;
                    ssl_verify_client on; root .; {answers} }}
        }}
        """.replace("alias ", f"alias {self.folder}/").replace("root .;", f"root {self.folder};")
