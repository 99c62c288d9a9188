"""results -- reads a result file (--result) as src/report/RESULT.md says it is to be read, with none of katydid's own code."""
# SPDX-License-Identifier: MIT

import base64
import collections
import decimal
import json
import math
import pathlib
import struct
import zlib

SCHEMA = pathlib.Path(__file__).resolve().parents[2] / "fixtures" / "result.schema.json"


def read(path):
    """The result; raises what the schema does not allow."""
    import jsonschema  # pylint: disable=import-outside-toplevel  (who reads no result doesn't need it)

    with open(path, encoding="utf-8") as file:
        result = json.load(file, parse_constant=lambda name: 1 / 0)
    jsonschema.Draft7Validator(json.loads(SCHEMA.read_text())).validate(result)
    return result


def pairs(text):
    """[(a, b), ...]"""
    found = []
    for pair in text.split():
        a, _, b = pair.partition("x")
        found.append((int(a), int(b or 1)))
    return found


def slots(text):
    """{slot: count} of a histogram."""
    found, at = {}, 0
    for gap, count in pairs(text):
        at += gap
        found[at] = count
    return found


def seconds(window):
    """{second: count}, of those that have any."""
    found, at = {}, window["from"]
    for count, times in pairs(window["counts"]):
        for _ in range(times):
            if count:
                found[at] = count
            at += 1
    return found


def bounds_us(slot):
    """The lowest microsecond of a slot, and how many there are."""
    k = max(slot // 1024 - 1, 0)
    return (slot - 1024 * k) << k, 1 << k


def add_slots(*tables):
    total = collections.Counter()
    for table in tables:
        total.update(table)
    return dict(total)


def to_digits(value, digits):
    """A value above 0 to so many significant digits, ties to the even one."""
    exact = decimal.Decimal(repr(value))
    return float(exact.quantize(decimal.Decimal(1).scaleb(exact.adjusted() - digits + 1), decimal.ROUND_HALF_EVEN))


def percentile(histogram, share):
    """As every report shows it: the middle of the slot, to three digits, never beyond the extremes."""
    count = histogram["count"]
    if count == 0:
        return 0.0
    rank = max(1, min(count, math.ceil(share * count * (1 - 1e-15))))
    low, high = histogram["min_ms"], histogram["max_ms"]
    if rank in (1, count):
        value = low if rank == 1 else high
    else:
        seen = 0
        for slot, number in slots(histogram["slots"]).items():
            seen += number
            if seen >= rank:
                break
        from_us, width = bounds_us(slot)
        value = min(max((from_us + (width - 1) / 2) / 1000, low), high)
    for digits in range(3, 16):
        rounded = to_digits(value, digits)
        if low <= rounded <= high:
            return rounded
    return value


def table(result):
    """{(method, name): (requests, failures)} with the total, as the other reports have it."""
    rows = {(e["method"], e["name"]): (e["requests"], e["failures"]) for e in result["entries"]}
    rows["", "Aggregated"] = (result["total"]["requests"], result["total"]["failures"])
    return rows


def hdr_slots(text):
    """{slot: count} of an encoded HdrHistogram (V2, deflated, base64): the slots are its indexes."""
    packed = base64.b64decode(text, validate=True)
    cookie, length = struct.unpack(">ii", packed[:8])
    if cookie != 0x1C849314 or length != len(packed) - 8:
        raise AssertionError("no deflated HdrHistogram of V2")
    plain = zlib.decompress(packed[8:])
    cookie, length, offset, digits, lowest, highest, ratio = struct.unpack(">iiiiqqd", plain[:40])
    if (cookie, length, offset, digits, lowest, highest, ratio) != \
            (0x1C849313, len(plain) - 40, 0, 3, 1, 3_600_000_000, 1.0):
        raise AssertionError("another HdrHistogram than it should be")
    found, at, index = {}, 40, 0
    while at < len(plain):
        value = shift = 0
        while True:
            byte = plain[at]
            at += 1
            if shift == 56:
                value |= byte << shift
                break
            value |= (byte & 0x7F) << shift
            shift += 7
            if byte < 0x80:
                break
        number = (value >> 1) ^ -(value & 1)
        if number < 0:
            index -= number
            continue
        if number > 0:
            found[index] = number
        index += 1
    return found


def sums_of_slots(result, number):
    """Requests, failures, bytes and {slot: count} of an entry, of all slots of time together."""
    sums, times = [0, 0, 0, 0], {}
    for slot in result["slots"]["slots"]:
        for row in slot["entries"]:
            if row[0] == number:
                sums = [a + b for a, b in zip(sums, row[1:5])]
                times = add_slots(times, slots(row[6]))
    return sums, times
