"""What a run prints, and what it writes for machines."""
# SPDX-License-Identifier: MIT
import datetime
import json
import os
import platform
import statistics

DISTURBED = 0.1  # more than that of a core, and figures are not worth much


def machine():
    """Processor, cores and kernel, in one line."""
    model = platform.machine()
    with open("/proc/cpuinfo") as file:
        for line in file:
            if line.startswith("model name"):
                model = line.split(":", 1)[1].strip()
                break
    return "%s, %d cores, Linux %s" % (model, len(os.sched_getaffinity(0)), platform.release())


class Report:
    def __init__(self):
        self.date = datetime.date.today().isoformat()
        self.machine = machine()
        self.verdicts, self.figures, self.skipped = [], [], []
        self.missed = 0
        self.others = 0.0  # the most that others had of the client's core while something was measured
        self.say("%s, %s" % (self.date, self.machine))

    def say(self, line):
        print(line, flush=True)

    def title(self, text):
        self.say("\n" + text)

    def verdict(self, row, what, value, bound, unit=""):
        """A figure that has a bound. `unit` is "" for ratios."""
        good = value <= bound.limit
        self.missed += not good
        aim = "aim %g%s" % (bound.aim, unit) if bound.aim is not None else ""
        word = "MISSED" if not good else "ok, aim met" if aim and value <= bound.aim else "ok"
        self.say("  %-56s %8.2f%-3s  bound %-8s %-10s %s"
                 % (what, value, unit, "%g%s" % (bound.limit, unit), aim, word))
        self.verdicts.append({"row": row, "what": what, "value": round(value, 4), "unit": unit.strip() or "ratio",
                              "bound": bound.limit, "aim": bound.aim, "ok": good})

    def cost(self, row, users, client, rounds, marks):
        """What a client's rounds showed, as Figures, beside the mark's rounds. Gives the median of the rounds'
        ratios."""
        us, rate, others = (statistics.median(figures) for figures in zip(*rounds))
        ratios = sorted(ours.us / mark.us for ours, mark in zip(rounds, marks))
        ratio = statistics.median(ratios)
        spread = ""
        if len(ratios) >= 8:
            spread = "  (%.2f .. %.2f in half of the turns)" % (ratios[len(ratios) // 4], ratios[-1 - len(ratios) // 4])
        self.others = max(self.others, others)
        self.say("  %6d users  %-26s %8.2f us  %9.0f requests/s  %7.2f%s" % (users, client, us, rate, ratio, spread))
        self.figures.append({"row": row, "users": users, "client": client, "us_per_request": round(us, 3),
                             "requests_per_s": round(rate), "ratio": round(ratio, 4)})
        return ratio

    def skip(self, row, name, why):
        self.say("  skipped: %s: %s" % (name, why))
        self.skipped.append({"row": row, "what": name, "why": why})

    def end(self):
        if self.others > DISTURBED:
            self.say("\nOthers had up to %.0f %% of the client's core while it was measured: repeat this on a quiet machine"
                     % (self.others * 100))
        self.say("\n%d figures beyond their bounds" % self.missed)

    def write(self, path):
        with open(path, "w") as file:
            json.dump({"date": self.date, "machine": self.machine, "verdicts": self.verdicts,
                       "figures": self.figures, "skipped": self.skipped,
                       "others": round(self.others, 3)}, file, indent=2)
            file.write("\n")
