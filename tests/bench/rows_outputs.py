"""The row of outputs: what all reports and live outputs together add to a request."""
# SPDX-License-Identifier: MIT
import http.client
import os
import tempfile
import threading

from bounds import OUTPUTS
from clients import Katydid
from rows_requests import TURNS, take_turns
from servers import Responder, free_port

USERS = 64


class WithOutputs(Katydid):
    """With further options. The client's name says which."""

    def __init__(self, options, name, words):
        super().__init__(options, "FastHttpUser", "get.lua")
        self.report += "-" + name.replace(" ", "-")
        self.user_class, self.name, self.words = self.name, name, words

    def argv(self, server, users, rate=20000):
        argv = super().argv(server, users, rate)
        argv[2] = "Bench" + self.user_class
        return argv + self.words


def reports(folder, receiver, port):
    """Every report and live output but the log of requests."""
    def path(name):
        return os.path.join(folder, name)
    return ["--csv", path("all"), "--html", path("all.html"), "--result", path("all.result"), "--junit", path("all.xml"),
            "--markdown", path("all.md"), "--load-performance", path("all.json"), "--openmetrics", path("all.txt"),
            "--threshold", "p95 < 10s", "--threshold", "fail_ratio < 1% for 10s", "--prometheus", str(port),
            "--otlp", receiver.url]


class Scraper(threading.Thread):
    """Fetches the metrics once a second, as a busy Prometheus would."""

    def __init__(self, port):
        super().__init__(daemon=True)
        self.port, self.over, self.n = port, threading.Event(), 0

    def run(self):
        while not self.over.wait(1):
            connection = http.client.HTTPConnection("127.0.0.1", self.port, timeout=5)
            try:
                connection.request("GET", "/metrics")
                self.n += len(connection.getresponse().read()) > 0
            except OSError:
                pass  # the run hasn't begun, or stands still
            finally:
                connection.close()


def outputs(options, report):
    with tempfile.TemporaryDirectory(dir=options.folder) as folder:
        receiver, port = Responder(options), free_port()
        scraper = Scraper(port)
        clients = [Katydid(options, "FastHttpUser", "get.lua"),
                   WithOutputs(options, "all outputs", reports(folder, receiver, port)),
                   WithOutputs(options, "with --log-requests", ["--log-requests", os.path.join(folder, "log.jsonl")])]
        scraper.start()
        try:
            turns = take_turns(options, Responder, clients, USERS)
        finally:
            scraper.over.set()
            scraper.join()
            received = receiver.counts()[0]
            receiver.close()
        report.title("outputs: CPU per request with reports and live outputs; ratio to a run without (median of %d turns)"
                     % (options.rounds * TURNS))
        ratios = [report.cost("outputs", USERS, client.name, turns[client.name], turns[clients[0].name])
                  for client in clients]
        report.say("  (Prometheus was answered %d times, OTLP sent %d times)" % (scraper.n, received))
        report.verdict("outputs", "all outputs but --log-requests", ratios[1], OUTPUTS)
