#!/usr/bin/python3
"""locust_told.py REPORT REQUESTS -- ARGUMENTS... : Locust, with what it has counted in the end in a file.

Its CSV files lack up to a second at their end, and its tables cut names. REQUESTS: after so many it ends; 0: never.
Its draws begin at a seed.
"""
# SPDX-License-Identifier: MIT
import json
import random
import sys

report, limit = sys.argv[1], int(sys.argv[2])
sys.argv[1:] = sys.argv[4:]

import gevent  # noqa: E402
from locust import events, main  # noqa: E402
from locust.stats import StatsError  # noqa: E402

seen = {"requests": 0}


@events.request.add_listener
def count(**_fields):
    seen["requests"] += 1
    if seen["requests"] == limit:
        gevent.spawn(seen["environment"].runner.quit)  # of its own, since a user that ends itself stays


@events.init.add_listener
def begin(environment, **_fields):
    seen["environment"] = environment
    random.seed(1)
    gevent.get_hub().loop.update_now()  # else the time of the imports counts as run time


@events.quit.add_listener
def end(**_fields):
    runner = seen["environment"].runner
    with open(report, "w", encoding="utf-8") as file:
        json.dump({
            "requests": [[e.method, e.name, e.num_requests, e.num_failures] for e in runner.stats.entries.values()],
            "failures": [[e.method, e.name, StatsError.parse_error(e.error), e.occurrences]
                         for e in runner.stats.errors.values()],
            "exceptions": [[e["msg"], e["count"]] for e in runner.exceptions.values()],
        }, file)


main.main()
