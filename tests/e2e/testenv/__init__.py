"""testenv -- what the end-to-end tests stand on: processes, servers, runs and their reports."""
# SPDX-License-Identifier: MIT

from testenv.env import (Env, Failure, PROGRAM, PROGRAM_ASAN, ROOT, SCENARIOS, Skip, bound, check,
                         end_by_signals, of_users, same, wait_until, with_asan)
from testenv import hostile, reports, results
from testenv.barrier import Barrier
from testenv.browser import Browser
from testenv.hostile import Hostile
from testenv.proxy import Proxy
from testenv.servers import Nginx, flask_app, httpbin

__all__ = ["Barrier", "Browser", "Env", "Failure", "Hostile", "hostile", "reports", "results", "Nginx", "PROGRAM", "PROGRAM_ASAN",
           "Proxy", "ROOT", "SCENARIOS", "Skip", "bound", "check", "end_by_signals", "flask_app", "httpbin", "of_users", "same",
           "wait_until", "with_asan"]
