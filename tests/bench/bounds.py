"""The bounds of `make bench`, all in one place. A figure beyond its limit makes the run fail; an aim is only shown."""
# SPDX-License-Identifier: MIT
from typing import NamedTuple, Optional


class Bound(NamedTuple):
    limit: float
    aim: Optional[float] = None


# row -> user class -> users -> CPU per request as a ratio to wrk's in the same round
RATIO = {
    "requests": {
        "FastHttpUser": {64: Bound(0.90, 0.75), 1000: Bound(0.90, 0.75), 10000: Bound(0.90, 0.75)},
        "HttpUser": {64: Bound(3.2), 1000: Bound(4.5), 10000: Bound(4.0)},
    },
    "options": {"FastHttpUser": {64: Bound(1.05, 0.85), 1000: Bound(1.05, 0.85)}},
    "json": {"FastHttpUser": {64: Bound(2.5), 1000: Bound(2.5)}},
    "tls": {"FastHttpUser": {64: Bound(1.0, 0.9), 1000: Bound(1.0, 0.9)}},
    "large": {"FastHttpUser": {64: Bound(1.0, 0.75), 1000: Bound(1.0)}},
}

# what the user does -> user class -> KB (1024 bytes) of the client's memory for one more such user
MEMORY_KB = {
    "waits, with its connection": {"FastHttpUser": Bound(4), "HttpUser": Bound(30)},
    "waits, with its TLS connection": {"FastHttpUser": Bound(35)},
    "has sent nothing yet": {"FastHttpUser": Bound(2), "HttpUser": Bound(3)},
}

OUTPUTS = Bound(1.05)  # CPU per request with all outputs, to that without any
PAUSE_MS = Bound(5, 1)  # the longest of Lua's collector, of 10,000 FastHttpUsers at full speed
MILLION_GB = Bound(2)  # the most that was resident, 10^9 bytes
MILLION_S = Bound(20)  # from exec until all are counted
START_UP_MS = Bound(50)  # from exec to the first request at the server
