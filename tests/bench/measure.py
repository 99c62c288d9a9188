"""Processes on their cores: what they cost, how large they are, and what they have had from a server."""
# SPDX-License-Identifier: MIT
import os
import signal
import subprocess
import time
from typing import NamedTuple

TICK = os.sysconf("SC_CLK_TCK")
CORES = sorted(os.sched_getaffinity(0))
SERVER_CORE, CLIENT_CORE = CORES[0], CORES[-1]


class Failed(Exception):
    """Nothing could be measured, and why."""


class Figure(NamedTuple):
    """What a window showed."""
    us: float  # of the client's CPU for a request
    rate: float  # requests a second
    others: float  # what others had of the client's core, the host too: 0 .. 1


def core_s():
    """What the client's core has worked so far, in seconds, but for interrupts; the host's theft is in it."""
    with open("/proc/stat") as file:
        for line in file:
            if line.startswith("cpu%d " % CLIENT_CORE):
                user, nice, system, _idle, _iowait, _irq, _softirq, steal = (int(word) for word in line.split()[1:9])
                return (user + nice + system + steal) / TICK
    raise Failed("/proc/stat has no cpu%d" % CLIENT_CORE)


def cpu_s(pid):
    """CPU of user and system so far, in seconds; it is counted in hundredths."""
    with open("/proc/%d/stat" % pid) as file:
        fields = file.read().rsplit(")", 1)[1].split()
    return (int(fields[11]) + int(fields[12])) / TICK


def run_ns(pid):
    """CPU of all its threads so far, in nanoseconds, as the scheduler has it: for short windows."""
    total, folder = 0, "/proc/%d/task" % pid
    for thread in os.listdir(folder):
        with open("%s/%s/schedstat" % (folder, thread)) as file:
            total += int(file.read().split()[0])
    return total


def kb_of(pid, file, name):
    """A line `NAME: N kB` of a file in /proc/PID."""
    with open("/proc/%d/%s" % (pid, file)) as lines:
        for line in lines:
            if line.startswith(name + ":"):
                return int(line.split()[1])
    raise Failed("/proc/%d/%s has no %s" % (pid, file, name))


def rss_kb(pid):
    return kb_of(pid, "smaps_rollup", "Rss")


def start(argv, env=None, stderr=subprocess.DEVNULL):
    """A client, on its core. `env` is added to the environment."""
    return subprocess.Popen(argv, stdin=subprocess.DEVNULL, stdout=subprocess.DEVNULL, stderr=stderr,
                            env={**os.environ, **(env or {})},
                            preexec_fn=lambda: os.sched_setaffinity(0, {CLIENT_CORE}))


def end(process, seconds=20):
    process.terminate()
    try:
        process.wait(seconds)
    except subprocess.TimeoutExpired:
        process.kill()
        process.wait()


def wait_until(condition, seconds):
    limit = time.monotonic() + seconds
    while not condition():
        if time.monotonic() > limit:
            return False
        time.sleep(0.01)
    return True


def wait_for(server, process, users, what):
    """Until every user has its connection and as many requests were served."""
    def is_there():
        requests, connections, _ = server.counts()
        return (connections >= users and requests >= users) or process.poll() is not None
    if not wait_until(is_there, 90) or process.poll() is not None:
        requests, connections, _ = server.counts()
        raise Failed("%s: %d requests on %d connections, expected %d connections%s"
                     % (what, requests, connections, users,
                        "" if process.poll() is None else "; it ended with %d" % process.returncode))


def measure(server, client, users, window):
    """A steady window of a client, as a Figure."""
    process = start(client.argv(server, users), client.env(server))

    def now():
        return server.counts()[0], cpu_s(process.pid), core_s(), time.monotonic()
    try:
        wait_for(server, process, users, client.name)
        time.sleep(client.settle_s)
        before = now()
        time.sleep(window)
        requests, cpu, core, seconds = (late - early for early, late in zip(before, now()))
        if process.poll() is not None or requests == 0:
            raise Failed("%s: ended, or sent nothing, while it was measured" % client.name)
    finally:
        end(process)
    client.check()
    return Figure(cpu / requests * 1e6, requests / seconds, max(0, core - cpu) / seconds)


class Held:
    """A client with a server of its own, which stands still between its turns: so several can be measured a
    moment after one another, and whatever drifts on the machine drifts for all."""

    def __init__(self, server, client, users):
        self.server, self.client, self.users = server, client, users
        self.process = start(client.argv(server, users), client.env(server))
        try:
            wait_for(server, self.process, users, client.name)
            time.sleep(client.settle_s)
        except BaseException:
            self.close()
            raise
        self.process.send_signal(signal.SIGSTOP)

    def now(self):
        return self.server.counts()[0], run_ns(self.process.pid), core_s(), time.monotonic()

    def turn(self, warm, window):
        """A Figure of `window` seconds, after `warm` seconds at least in which it comes back into its stride: while it
        stood still all users were answered, and what they do at once is no measure."""
        self.process.send_signal(signal.SIGCONT)
        served = self.server.counts()[0] + self.users
        time.sleep(warm)
        if not wait_until(lambda: self.server.counts()[0] >= served or self.process.poll() is not None, 5):
            raise Failed("%s: not all users were served within 5 s" % self.client.name)
        before = self.now()
        time.sleep(window)
        requests, cpu, core, seconds = (late - early for early, late in zip(before, self.now()))
        self.process.send_signal(signal.SIGSTOP)
        if self.process.poll() is not None or requests == 0:
            raise Failed("%s: ended, or sent nothing, while it was measured" % self.client.name)
        return Figure(cpu / 1e3 / requests, requests / seconds, max(0, core - cpu / 1e9) / seconds)

    def close(self):
        self.process.send_signal(signal.SIGCONT)
        end(self.process)
        self.server.close()
        self.client.check()
