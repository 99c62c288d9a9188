"""test_conformance -- one client over two transports: the same scenario under HttpUser and FastHttpUser gives the
same responses, names, failures and texts, and those that are expected.

Each test starts a server, runs conformance/run.lua with the server's cases under both classes, and compares
what they printed: every field of every response, but for times.
"""
# SPDX-License-Identifier: MIT

import json
import pathlib
import re
import ssl

import testenv
from testenv import check, hostile, same
from testenv.hostile import Deaf, Hostile, Refusing
from testenv.tls import Certificates, TlsFront
from testenv.wire import Wire

SCENARIO = pathlib.Path(__file__).resolve().parent / "conformance" / "run.lua"
CLASSES = ["HttpUser", "FastHttpUser"]

# What differs from one answer to the next.
VOLATILE = {"Date"}
SHOWN = 30


def ask(env, user_class, cases, setup):
    """The lines of a run, and what it reported."""
    told = {**setup, "user_class": user_class, "cases": cases}
    run = env.katydid(SCENARIO, "--iterations", "1", "-t", "100s", "--seed", "1", timeout=110,
                      env={"CONFORMANCE": json.dumps(told)})
    lines = [json.loads(line[2:]) for line in run.out.splitlines() if line.startswith("= ")]
    same(run.exceptions(), {}, f"exceptions under {user_class}")
    check(lines and lines[-1]["label"] == "end", f"{user_class} came to the end of its cases: {run.err[-2000:]}")
    stats = [[row[column] for column in ("Type", "Name", "Request Count", "Failure Count", "Average Content Size")]
             for row in run.csv("stats")]
    failures = [[row[column] for column in ("Method", "Name", "Error", "Occurrences")]
                for row in run.csv("failures")]
    return lines, {"statistics": sorted(stats), "failures": sorted(failures)}


# What libcurl doesn't tell, so that HttpUser can't: that a byte came, until it was a line.
UNTOLD = [".answers.half a status line.took.wait"]


def without_volatile(value):
    if isinstance(value, dict):
        return {key: without_volatile(inner) for key, inner in value.items() if key not in VOLATILE}
    if isinstance(value, list):
        return [without_volatile(inner) for inner in value]
    return value


def differences(path, a, b):
    if isinstance(a, dict) and isinstance(b, dict):
        for key in sorted(a.keys() | b.keys()):
            yield from differences(f"{path}.{key}", a.get(key), b.get(key))
    elif isinstance(a, list) and isinstance(b, list) and len(a) == len(b):
        for i, (one, other) in enumerate(zip(a, b), 1):
            yield from differences(f"{path}.{i}", one, other)
    elif a != b and path not in UNTOLD:
        yield f"{path}: HttpUser {a!r}, FastHttpUser {b!r}"


def conforms(env, cases, server=None, alike=True, **setup):
    """Runs the cases under both classes. `server` keeps a log of what it was sent."""
    found, wrong = {}, []
    for user_class in CLASSES:
        if server:
            server.forget()
        lines, reported = ask(env, user_class, cases, setup)
        for line in lines:
            wrong += [f"{user_class}: {line['label']}: {why}" for why in line.pop("wrong", [])]
        labels = [line["label"] for line in lines]
        twice = sorted({label for label in labels if labels.count(label) > 1})
        check(not twice, f"each case has a label of its own, not {twice}")
        found[user_class] = {"answers": {line.pop("label"): without_volatile(line) for line in lines},
                             "reports": reported, "sent": list(server.log) if server else []}
    if alike:
        wrong += differences("", *(found[user_class] for user_class in CLASSES))
    shown = "\n  ".join(wrong[:SHOWN])
    check(not wrong, f"{len(wrong)} are not as expected:\n  {shown}")


def test_every_option_and_field(_env):
    """None is added without a case for it."""
    run = SCENARIO.read_text()
    cases = "".join(path.read_text() for path in SCENARIO.parent.glob("*.lua") if path != SCENARIO)
    options = re.findall(r"^function known\.(\w+)", (testenv.ROOT / "lua/katydid/options.lua").read_text(), re.M)
    fields = re.findall(r'^    \[[A-Z_]+\] = "(\w+)",$', (testenv.ROOT / "src/script/l_response.c").read_text(), re.M)
    check(len(options) > 15 and len(fields) > 10, f"their lists were found ({options}, {fields})")
    same([name for name in options if not re.search(rf"\b{name} ?=", cases)], [], "options that no case has")
    same([name for name in fields if f"response.{name}" not in run and f'"{name}"' not in run], [],
         "fields that are not compared")


def test_wire(env):
    """A server that says exactly these bytes."""
    server, other = Wire(env), Wire(env)
    conforms(env, ["wire"], server, url=server.url, other=other.url, is_tls=False)


def test_wire_over_tls(env):
    certificates = Certificates(env)
    server, other = (Wire(env, certificates.context()) for _ in range(2))
    conforms(env, ["wire"], server, url=server.url, other=other.url, is_tls=True,
             authority=str(certificates.authority))


def test_target(env):
    conforms(env, ["target", "calls"], url=env.target().url, is_tls=False)


def test_target_over_tls(env):
    certificates = Certificates(env)
    front = TlsFront(env, env.target().port, certificates.context())
    conforms(env, ["target", "calls"], url=front.url, is_tls=True, authority=str(certificates.authority))


def test_nginx(env):
    nginx = testenv.Nginx(env)
    conforms(env, ["nginx"], url=nginx.url, is_tls=False)
    conforms(env, ["nginx"], url=nginx.socket_url, is_tls=False, is_unix=True)
    client = {name: str(nginx.folder / f"client.{ending}")
              for name, ending in (("certificate", "crt"), ("key", "key"), ("both", "pem"))}
    conforms(env, ["nginx"], url=nginx.tls_url, is_tls=True, authority=str(nginx.certificate),
             mutual={"url": nginx.mutual_url, **client})
    conforms(env, ["own"], alike=False, url=nginx.tls_url, h2c_url=nginx.h2c_url,
             authority=str(nginx.certificate))


def test_httpbin(env):
    """Under gunicorn."""
    url = testenv.httpbin(env)
    conforms(env, ["httpbin"], url=url, is_tls=False)
    certificates = Certificates(env)
    front = TlsFront(env, int(url.rsplit(":", 1)[1]), certificates.context())
    conforms(env, ["httpbin"], url=front.url, is_tls=True, authority=str(certificates.authority))


def tls_servers(env, certificates):
    """What a client may meet that asks for https, by name."""
    def wire(context):
        return Wire(env, context).url

    def secure(behaviour):
        return Hostile(env, behaviour).url.replace("http:", "https:")

    middle, old = certificates.context(), certificates.context()
    middle.maximum_version = ssl.TLSVersion.TLSv1_2
    old.set_ciphers("ALL:@SECLEVEL=0")
    old.minimum_version = old.maximum_version = ssl.TLSVersion.TLSv1_1
    return {"stranger": wire(certificates.context("stranger")), "elsewhere": wire(certificates.context("elsewhere")),
            "expired": wire(certificates.context("expired")), "middle": wire(middle), "old": wire(old),
            "mutual": wire(certificates.mutual_context()),
            "mutual12": wire(certificates.mutual_context(ssl.TLSVersion.TLSv1_2)),
            "plain": secure("greet"), "closes": secure("close_in_handshake"), "resets": secure("reset_in_handshake"),
            "stalls": secure("stall"), "refuses": Refusing(env).url.replace("http:", "https:")}


def test_tls(env):
    """Certificates: the server's, own authorities, the client's."""
    certificates = Certificates(env)
    conforms(env, ["tls"], url=Wire(env, certificates.context()).url, is_tls=True,
             trusted=str(certificates.authority), certificates=str(certificates.folder),
             nonsense=str(env.write("nonsense.pem", "no certificate\n")),
             servers=tls_servers(env, certificates))


# What waits is met with a limit; the others end by themselves.
PATIENT = {"connect": 10, "read": 10}
LIMITS = {"stall": {"read": 0.7}, "stall_in_headers": {"read": 0.7}, "stall_in_body": {"read": 0.7},
          "drip": {"total": 0.7}, "drip_headers": {"total": 0.7}, "endless_interim": {"total": 0.7}}
# Answers, or what differs each time.
NO_FAULTS = {"too_much", "evil_reason", "close_idle", "until_close", "control_bytes", "greet", "close_in_handshake",
             "reset_in_handshake"}


def test_faults(env):
    servers = [{"name": name, "url": Hostile(env, name).url, "timeout": LIMITS.get(name, PATIENT)}
               for name in hostile.BEHAVIOURS if name not in NO_FAULTS]
    for server in servers:
        if server["name"] == "close_in_status":
            server["untold"] = ["wait"]  # libcurl doesn't tell that a byte came, until it was a line
    servers += [{"name": "refused", "url": Refusing(env).url, "timeout": PATIENT},
                {"name": "deaf", "url": Deaf(env).url, "timeout": {"connect": 0.7}},
                {"name": "unknown", "url": "http://" + "n" * 64 + ".invalid", "timeout": PATIENT}]
    conforms(env, ["faults"], url=servers[0]["url"], servers=servers)
