"""reports -- reads what a run reported: the console's table, CSV files, JSON."""
# SPDX-License-Identifier: MIT

import csv
import re

ROW = re.compile(r"^(\S*)\s+(.*?)\s+(\d+)\s+(\d+)\((\d+\.\d+)%\)\s*\|\s*(.*)$")
IN_FLIGHT = re.compile(r"^(\d+) requests? (?:was|were) in flight at the end", re.M)


def console(text):
    """{(method, name): (requests, failures)} of the last statistics table; the total is ("",
    "Aggregated")."""
    lines = text.splitlines()
    heads = [i for i, line in enumerate(lines) if line.startswith("Type") and "# fails" in line]
    if not heads:
        raise AssertionError("no statistics table was printed")
    rows = {}
    for line in lines[heads[-1] + 1:]:
        match = ROW.match(line)
        if match:
            rows[match[1], match[2]] = (int(match[3]), int(match[4]))
        elif rows and not line.startswith("-"):
            break
    return rows


def console_median(text):
    """Of the total, in ms."""
    rows = [ROW.match(line) for line in text.splitlines()]
    total = [row for row in rows if row and row[2] == "Aggregated"][-1]
    return float(total[6].split("|")[0].split()[3])


def console_in_flight(text):
    match = IN_FLIGHT.search(text)
    return int(match[1]) if match else 0


def csv_rows(path):
    """The rows as dictionaries, read strictly."""
    with open(path, newline="", encoding="utf-8") as file:
        return list(csv.DictReader(file, strict=True))


def csv_table(rows):
    """{(method, name): (requests, failures)} of a _stats.csv."""
    return {(row["Type"], row["Name"]): (int(row["Request Count"]), int(row["Failure Count"]))
            for row in rows}


def json_table(entries):
    """The same of --json, without the total."""
    return {(entry["method"], entry["name"]): (entry["num_requests"], entry["num_failures"])
            for entry in entries if "in_flight_at_end" not in entry}


def json_in_flight(entries):
    return sum(entry["in_flight_at_end"] for entry in entries if "in_flight_at_end" in entry)
