"""otlp -- a receiver of OpenTelemetry's metrics that takes nothing but what the specification allows:
ExportMetricsServiceRequest in protobuf's JSON (opentelemetry-proto, metrics/v1)."""
# SPDX-License-Identifier: MIT

import http.server
import json
import math
import re
import threading

UINT64 = re.compile(r"0|[1-9][0-9]{0,19}")
INT64 = re.compile(r"-?(0|[1-9][0-9]{0,18})")


class Wrong(Exception):
    """What was sent is no OTLP."""


def need(condition, what):
    if not condition:
        raise Wrong(what)


def text(value, where):
    need(isinstance(value, str), f"{where}: no string: {value!r}")
    return value


def boolean(value, where):
    need(isinstance(value, bool), f"{where}: no boolean: {value!r}")
    return value


def double(value, where):
    need(isinstance(value, (int, float)) and not isinstance(value, bool), f"{where}: no number: {value!r}")
    need(math.isfinite(value), f"{where}: not finite")
    return float(value)


def unsigned(value, where):
    """64 bits: a decimal string."""
    need(isinstance(value, str) and UINT64.fullmatch(value) and int(value) < 2 ** 64, f"{where}: {value!r}")
    return int(value)


def signed(value, where):
    need(isinstance(value, str) and INT64.fullmatch(value) and -2 ** 63 <= int(value) < 2 ** 63, f"{where}: {value!r}")
    return int(value)


def enum(*numbers):
    def read(value, where):
        need(type(value) is int and value in numbers, f"{where}: {value!r} is none of {numbers}")
        return value
    return read


def many(read):
    def read_all(value, where):
        need(isinstance(value, list), f"{where}: no list: {value!r}")
        return [read(item, f"{where}[{i}]") for i, item in enumerate(value)]
    return read_all


def message(fields, required=(), one_of=()):
    def read(value, where):
        need(isinstance(value, dict), f"{where}: no object: {value!r}")
        for name in value:
            need(name in fields, f"{where}: no field {name!r}")
        for name in required:
            need(name in value, f"{where}: without {name!r}")
        need(not one_of or sum(name in value for name in one_of) == 1, f"{where}: expected one of {one_of}")
        return {name: fields[name](item, f"{where}.{name}") for name, item in value.items()}
    return read


def attributes(value, where):
    """{key: value}; keys must differ."""
    any_value = message({"stringValue": text, "boolValue": boolean, "intValue": signed, "doubleValue": double},
                        one_of=("stringValue", "boolValue", "intValue", "doubleValue"))
    pairs = many(message({"key": text, "value": any_value}, ("key", "value")))(value, where)
    found = {pair["key"]: next(iter(pair["value"].values())) for pair in pairs}
    need(len(found) == len(pairs), f"{where}: a key comes twice")
    need("" not in found, f"{where}: an empty key")
    return found


POINT = {"attributes": attributes, "startTimeUnixNano": unsigned, "timeUnixNano": unsigned}


def number_point(value, where):
    return message({**POINT, "asInt": signed, "asDouble": double}, ("timeUnixNano",), ("asInt", "asDouble"))(value, where)


def histogram_point(value, where):
    point = message({**POINT, "count": unsigned, "sum": double, "min": double, "max": double,
                     "bucketCounts": many(unsigned), "explicitBounds": many(double)},
                    ("timeUnixNano", "count", "bucketCounts", "explicitBounds"))(value, where)
    need(len(point["bucketCounts"]) == len(point["explicitBounds"]) + 1, f"{where}: buckets and bounds")
    need(sum(point["bucketCounts"]) == point["count"], f"{where}: buckets are not the count")
    need(point["explicitBounds"] == sorted(set(point["explicitBounds"])), f"{where}: bounds ascend")
    return point


def summary_point(value, where):
    quantile = message({"quantile": double, "value": double}, ("quantile", "value"))
    point = message({**POINT, "count": unsigned, "sum": double, "quantileValues": many(quantile)},
                    ("timeUnixNano", "count"))(value, where)
    shares = [q["quantile"] for q in point.get("quantileValues", [])]
    need(shares == sorted(set(shares)) and all(0 <= q <= 1 for q in shares), f"{where}: quantiles")
    return point


TEMPORALITY = enum(1, 2)
SHAPES = {
    "gauge": message({"dataPoints": many(number_point)}, ("dataPoints",)),
    "sum": message({"dataPoints": many(number_point), "aggregationTemporality": TEMPORALITY, "isMonotonic": boolean},
                   ("dataPoints", "aggregationTemporality")),
    "histogram": message({"dataPoints": many(histogram_point), "aggregationTemporality": TEMPORALITY},
                         ("dataPoints", "aggregationTemporality")),
    "summary": message({"dataPoints": many(summary_point)}, ("dataPoints",)),
}


def metric(value, where):
    found = message({"name": text, "description": text, "unit": text, **SHAPES}, ("name",), tuple(SHAPES))(value, where)
    shape = next(name for name in SHAPES if name in found)
    points = found[shape]["dataPoints"]
    need(points, f"{where}: {found['name']} without points")
    keys = [tuple(sorted(point.get("attributes", {}).items())) for point in points]
    need(len(keys) == len(set(keys)), f"{where}: {found['name']}: two points have the same attributes")
    for point in points:
        need(point.get("startTimeUnixNano", 0) <= point["timeUnixNano"], f"{where}: it ends before it begins")
    return found


SCOPE = message({"name": text, "version": text, "attributes": attributes})
REQUEST = message({"resourceMetrics": many(message({
    "resource": message({"attributes": attributes}),
    "scopeMetrics": many(message({"scope": SCOPE, "metrics": many(metric), "schemaUrl": text}, ("metrics",))),
    "schemaUrl": text,
}, ("scopeMetrics",)))}, ("resourceMetrics",))


def no_duplicates(pairs):
    found = dict(pairs)
    need(len(found) == len(pairs), "a field comes twice")
    return found


def no_constant(name):
    raise Wrong(f"{name} is no JSON")


class Export:
    """One that was received: its resource's attributes, its metrics by name, its headers."""

    def __init__(self, body, headers):
        whole = REQUEST(json.loads(body.decode("utf-8", "strict"), object_pairs_hook=no_duplicates,
                                   parse_constant=no_constant), "request")
        need(len(whole["resourceMetrics"]) == 1, "one resource")
        (resource,) = whole["resourceMetrics"]
        self.resource = resource["resource"]["attributes"]
        self.headers = headers
        metrics = [m for scope in resource["scopeMetrics"] for m in scope["metrics"]]
        self.metrics = {m["name"]: m for m in metrics}
        need(len(self.metrics) == len(metrics), "two metrics of one name")

    def points(self, name):
        found = self.metrics.get(name, {})
        return next((found[shape]["dataPoints"] for shape in SHAPES if shape in found), [])

    def by_name(self, name, value=lambda point: point.get("asInt", point.get("asDouble"))):
        """{(method or type, name): value}"""
        def key(point):
            a = point["attributes"]
            return (a.get("http.request.method", a.get("katydid.type")),
                    a.get("url.template", a.get("katydid.name")))
        return {key(point): value(point) for point in self.points(name)}


class Receiver:
    """Listens on a free port, over TLS where a context is given. `answers` are statuses for the first
    requests, or (status, headers, body); after them each is 200."""

    def __init__(self, env, answers=(), context=None):
        self.exports, self.refused, self.wrong = [], 0, []
        self.answers = list(answers)
        self.lock = threading.Lock()
        receiver = self

        class Handler(http.server.BaseHTTPRequestHandler):
            protocol_version = "HTTP/1.1"

            def do_POST(self):
                receiver.take(self)

            def log_message(self, *_args):
                pass

        class Server(http.server.ThreadingHTTPServer):
            def handle_error(self, *_args):
                pass  # a client that left; what it said is counted elsewhere

        self.server = Server(("127.0.0.1", 0), Handler)
        self.server.daemon_threads = True
        if context:
            self.server.socket = context.wrap_socket(self.server.socket, server_side=True,
                                                     do_handshake_on_connect=False)
        self.url = f"http{'s' if context else ''}://127.0.0.1:{self.server.server_port}"
        threading.Thread(target=self.server.serve_forever, daemon=True).start()
        env.later(self.close)

    def close(self):
        self.server.shutdown()
        self.server.server_close()

    def take(self, request):
        body = request.rfile.read(int(request.headers["Content-Length"]))
        with self.lock:
            status, headers, text_ = 200, {}, b"{}"
            if self.answers:
                given = self.answers.pop(0)
                status, headers, text_ = given if isinstance(given, tuple) else (given, {}, b"{}")
            if status != 200:
                self.refused += 1
            else:
                try:
                    need(request.path == "/v1/metrics", f"path {request.path}")
                    need(request.headers["Content-Type"] == "application/json", "content type")
                    self.exports.append(Export(body, dict(request.headers)))
                except (Wrong, ValueError) as error:
                    self.wrong.append(str(error))
        request.send_response(status)
        for name, value in {"Content-Type": "application/json", "Content-Length": str(len(text_)), **headers}.items():
            request.send_header(name, value)
        request.end_headers()
        request.wfile.write(text_)
