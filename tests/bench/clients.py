"""Who sends: katydid's user classes, wrk, and the other load generators that a machine may have."""
# SPDX-License-Identifier: MIT
import json
import os
import re
import shutil
import subprocess

from measure import Failed

HERE = os.path.dirname(os.path.abspath(__file__))
LIFE_S = 300  # of a client that is left alone: longer than any measurement


def beside(name):
    return os.path.join(HERE, name)


class Client:
    """`argv(server, users)` is its command; `settle_s` is left out of the window after all connections are there."""

    settle_s = 1.0

    def __init__(self, name):
        self.name = name

    def env(self, server):
        """What its environment has besides."""
        return server.env

    def check(self):
        """After its end: throws Failed where it didn't do what was to be measured."""


class Katydid(Client):
    """The class `Bench` .. user_class of a script beside this file."""

    def __init__(self, options, user_class, script):
        super().__init__(user_class)
        self.program, self.script = options.program, script
        self.report = os.path.join(options.folder, "report-" + user_class)

    def argv(self, server, users, rate=20000):
        return [self.program, beside(self.script), "Bench" + self.name, "--headless", "-u", str(users), "-r", str(rate),
                "-t", str(LIFE_S), "-H", server.url, "--only-summary", "--json-file", self.report,
                "--exit-code-on-error", "0"]

    def check(self):
        path = self.report + ".json"
        if not os.path.exists(path):
            raise Failed("%s left no report of %s" % (self.name, self.script))
        with open(path) as file:
            entries = json.load(file)
        os.unlink(path)
        failed = sum(entry["num_failures"] for entry in entries)
        if failed > 0:
            raise Failed("%s, %s: %d requests failed" % (self.name, self.script, failed))


class Wrk(Client):
    """`path` is asked for by GET, or as the Lua script beside this file says."""

    def __init__(self, path="/", script=None, name="wrk"):
        super().__init__(name)
        self.path, self.script = path, script

    def argv(self, server, users):
        script = ["-s", beside(self.script)] if self.script else []
        return ["wrk", "-t1", "-c%d" % users, "-d%d" % LIFE_S, *script, server.url + self.path]


class Peer(Client):
    """Another load generator. `words` are its command, where {url} and {users} stand for what they say;
    `version` is the command that prints its version, `package` who has it."""

    def __init__(self, name, words, version, package, settle_s=1.0, env=None):
        super().__init__(name)
        self.words, self.version_words, self.package = words, version, package
        self.settle_s, self.own_env = settle_s, env or {}

    def argv(self, server, users):
        return [word.format(url=server.url, users=users) for word in self.words]

    def env(self, server):
        return {**server.env, **{name: value.format(url=server.url) for name, value in self.own_env.items()}}

    def missing(self):
        """Why it can't run here; None: it can."""
        program = self.words[0]
        return None if shutil.which(program) else "no %s on the PATH (%s)" % (program, self.package)

    def version(self):
        done = subprocess.run(self.version_words, capture_output=True, text=True, check=False, stdin=subprocess.DEVNULL)
        words = re.findall(r"v?\d+\.\S+", done.stdout + done.stderr)
        return words[0] if words else "of an unknown version"


def debian(package):
    return ["dpkg-query", "-W", "-f", "${Version}", package]


# Debian's Locust knows no version of its own. ab's -t says 50,000 requests unless -n comes after it.
PEERS = [
    Peer("ab", ["ab", "-q", "-k", "-c", "{users}", "-t", str(LIFE_S), "-n", "20000000", "{url}/"],
         debian("apache2-utils"), "Debian's apache2-utils"),
    Peer("h2load", ["h2load", "--h1", "-t", "1", "-c", "{users}", "-D", str(LIFE_S), "{url}/"],
         debian("nghttp2-client"), "Debian's nghttp2-client"),
    Peer("hey", ["hey", "-z", "%ds" % LIFE_S, "-c", "{users}", "-cpus", "1", "{url}/"],
         debian("hey"), "Debian's hey", settle_s=3.0),
    Peer("k6", ["k6", "run", "--quiet", "--no-summary", "--vus", "{users}", "--duration", "%ds" % LIFE_S,
                beside("peer_k6.js")], ["k6", "version"], "https://k6.io", settle_s=3.0,
         env={"TARGET": "{url}/", "K6_NO_USAGE_REPORT": "true"}),
    *(Peer("Locust " + user_class,
           ["locust", "-f", beside("peer_locust.py"), "Bench" + user_class, "--headless", "--only-summary", "-u",
            "{users}", "-r", "500", "-t", str(LIFE_S), "-H", "{url}"],
           ["sh", "-c", "locust --version; dpkg-query -W -f '${Version}' python3-locust"], "Debian's python3-locust, or pip", settle_s=3.0)
      for user_class in ("FastHttpUser", "HttpUser")),
]
