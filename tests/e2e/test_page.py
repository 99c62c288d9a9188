"""test_page -- the report as a page, in a real browser: its figures, its tables, its charts, and what it never does."""
# SPDX-License-Identifier: MIT

import hashlib
import json
import signal

import testenv
from testenv import Browser, Hostile, bound, check, hostile, reports, results, same

# A name that would do something if any of it were read as HTML, or steer the text around it.
EVIL = "</script><script>window.hacked=1</script><img src=x onerror=window.hacked=2>\"'`&amp;\u202e\u2066 \x1b[31m"
SHOWN_EVIL = EVIL.replace("\u202e", "\\u{202e}").replace("\u2066", "\\u{2066}").replace("\x1b", "\\x1b")

SCRIPT = """
local k = require "katydid"
local Visitor = k.FastHttpUser:extend("Visitor", { wait_time = k.constant(0.02) })
Visitor.quick = k.task(4, function(self) self.client:get("/json") end)
Visitor.slow = k.task(2, function(self)
  self.client:get("/delay/" .. math.random(5, 60), { name = "/delay/[ms]" })
end)
Visitor.missing = k.task(function(self) self.client:get("/status/404", { name = EVIL }) end)
Visitor.throws = k.task(function() error("oh no </script><img src=x onerror=window.hacked=3>") end)
return Visitor
"""


def shown(ms):
    """As the terminal's tables show a time."""
    ms = float(ms)
    return "%.*f" % (0 if ms == 0 or ms >= 9.995 else 2 if ms >= 0.0995 else 3, ms)


def plain(text):
    """A figure without the thin spaces between its thousands."""
    return text.replace("\u202f", "")


def table(page, section):
    """[{title of the column: text of the cell}] of a section's table, all columns shown or not; the total last."""
    return page.run("""
      const table = document.querySelector("#" + arguments[0] + " table");
      const titles = [...table.tHead.rows[0].cells].map((cell) => cell.textContent);
      return [...table.rows].slice(1).map((row) =>
        Object.fromEntries([...row.cells].map((cell, i) => [titles[i], cell.textContent])));
    """, section)


def quiet(page, *files):
    """Nothing was fetched but these, nothing was complained of, and no foreign text did anything."""
    same(page.console(), [], "what the browser's console says")
    same([url for url in page.requests() if not url.startswith("data:")], [f.as_uri() for f in files], "requests")
    same(page.run("return window.hacked ?? null"), None, "what foreign text did")


def visit(env, *options, run_time="4s"):
    script = env.write("shop.lua", SCRIPT.replace("EVIL", lua_string(EVIL)))
    html = env.folder / "report.html"
    run = env.katydid(script, "--host", env.target().url, "-u", "4", "-r", "4", "-t", run_time, "--html", html,
                      "--json-file", env.folder / "report", *options)
    return run, html


def lua_string(text):
    return '"' + "".join(f"\\{byte:03}" for byte in text.encode()) + '"'


@bound(300)
def test_figures(env):
    """Each is that of the other reports: console, CSV and JSON."""
    run, html = visit(env)
    same(run.code, 1, "exit code")
    with Browser(env) as page:
        page.open(html.as_uri())
        rows = {row["Name"]: row for row in table(page, "requests")}
        files = {row["Name"] or "Aggregated": row for row in run.csv("stats")}
        same(sorted(rows), sorted(name.replace(EVIL, SHOWN_EVIL) for name in files), "names")
        for name, row in files.items():
            on_page = {title: plain(text) for title, text in rows[name.replace(EVIL, SHOWN_EVIL)].items()}
            expected = {"Type": row["Type"], "Requests": row["Request Count"], "Failures": row["Failure Count"],
                        "Req/s": "%.2f" % float(row["Requests/s"]), "Failures/s": "%.2f" % float(row["Failures/s"]),
                        "Average": shown(row["Average Response Time"]), "Min": shown(row["Min Response Time"]),
                        "Max": shown(row["Max Response Time"])}
            expected.update((title, shown(row[title])) for title in row if title[0].isdigit() and title != "100%")
            same({title: on_page[title] for title in expected}, expected, f"figures of {name}")
        counts = {(row["Type"], row["Name"].replace(SHOWN_EVIL, EVIL)): (int(plain(row["Requests"])), int(plain(row["Failures"])))
                  for row in rows.values() if row["Name"] != "Aggregated"}
        same(counts, reports.json_table(json.loads((env.folder / "report.json").read_text())), "counts in the JSON")
        same((int(plain(rows["Aggregated"]["Requests"])), int(plain(rows["Aggregated"]["Failures"]))),
             run.console()["", "Aggregated"], "counts on the console")
        check("exit code 1" in page.run("return document.querySelector('header').textContent"), "the exit code isn't there")
        quiet(page, html)


@bound(300)
def test_figures_of_a_result(env):
    """Each is that of the result file, and the page that is made of it again is the same."""
    result, again = env.folder / "run.result", env.folder / "again.html"
    _, html = visit(env, "--result", result, run_time="12s")
    held = json.loads(result.read_text())
    made = env.start("report", env.program, "report", result, "--html", again)
    made.wait(60)
    with Browser(env) as page:
        pages = []
        for path in (html, again):
            page.open(path.as_uri())
            pages.append({section: table(page, section) for section in ("requests", "failures", "timings")})
            pages[-1]["verdict"] = page.run("return document.querySelector('.verdict').textContent")
            pages[-1]["exceptions"] = page.run("return document.querySelector('#exceptions').textContent")
        for part, value in pages[0].items():
            same(pages[1][part], value, f"{part} of the page that was made again")
        rows = {row["Name"]: row for row in pages[0]["requests"]}
        for entry in held["entries"] + [held["total"]]:
            name = entry["name"].replace(EVIL, SHOWN_EVIL) or "Aggregated"
            times, row = entry["times"], {title: plain(text) for title, text in rows[name].items()}
            expected = {"Requests": str(entry["requests"]), "Failures": str(entry["failures"]),
                        "Average": shown(times["sum_ms"] / times["count"]), "Min": shown(times["min_ms"]),
                        "Max": shown(times["max_ms"])}
            for title in ("50%", "66%", "75%", "80%", "90%", "95%", "98%", "99%", "99.9%", "99.99%"):
                expected[title] = shown(results.percentile(times, float(title[:-1]) / 100))
            same({title: row[title] for title in expected}, expected, f"figures of {name}")
            wait = entry["phases"]["wait"]["sum_ms"] / entry["phases"]["requests"]
            same([plain(r["Wait"]) for r in pages[0]["timings"] if r["Name"] == name], [shown(wait)], f"waiting of {name}")
        quiet(page, html, again)


@bound(300)
def test_foreign_text(env):
    """Names, failures and exceptions are text, whatever stands in them."""
    run, html = visit(env)
    with Browser(env) as page:
        page.open(html.as_uri())
        names = [row["Name"] for row in table(page, "requests")]
        check(SHOWN_EVIL in names, f"the name isn't shown: {names}")
        check(SHOWN_EVIL in [row["Name"] for row in table(page, "failures")], "the failure's name isn't shown")
        check("oh no </script><img" in page.run("return document.querySelector('#exceptions').textContent"), "no exception")
        check("traceback" in page.run("return document.querySelector('#exceptions pre').textContent"), "no traceback")
        same(page.run("return document.querySelectorAll('img, main script, iframe').length"), 0, "elements that nobody made")
        quiet(page, html)
    check(b"</script><script>window" not in html.read_bytes(), "foreign text stands in the page as it is")
    check(run.code == 1, "the run failed")


@bound(300)
def test_reason_phrase(env):
    """What a server says of a failure."""
    server = Hostile(env, "evil_reason")
    html = env.folder / "report.html"
    env.lua('self.client:get("/")', server.url, "--iterations", "3", "--html", str(html))
    with Browser(env) as page:
        page.open(html.as_uri())
        text = table(page, "failures")[0]["What happened"]
        shown_reason = hostile.EVIL_REASON.replace("\u202e", "\\u202e").replace("\u2066", "\\u2066")  # as repr() does
        check(shown_reason in text, f"the failure is shown as {text}")
        quiet(page, html)


@bound(300)
def test_sorting_and_filtering(env):
    _, html = visit(env, run_time="2s")
    with Browser(env) as page:
        page.open(html.as_uri())
        column = "#requests th:nth-child(3)"
        for expected, order in (("descending", True), ("ascending", False)):
            page.click(f"{column} button")
            same(page.run("return document.querySelector(arguments[0]).getAttribute('aria-sort')", column), expected, "order")
            rows = table(page, "requests")
            same(rows[-1]["Name"], "Aggregated", "the total stays last")
            counts = [int(plain(row["Requests"])) for row in rows[:-1]]
            same(counts, sorted(counts, reverse=order), f"requests, {expected}")
        visible = "return getComputedStyle(document.querySelector('#requests thead th:nth-child(7)')).display"
        same(page.run(visible), "none", "a column beyond the most important")
        page.click("#requests .tools input[type=checkbox]")
        same(page.run(visible), "table-cell", "the same, asked for")
        quiet(page, html)


@bound(300)
def test_zoom(env):
    """One chart's zoom is that of all; keys do what the mouse does."""
    _, html = visit(env, run_time="22s")
    with Browser(env) as page:
        page.open(html.as_uri())
        spans = "return [...document.querySelectorAll('#time figure')].map((f) => [+f.dataset.from, +f.dataset.to])"
        whole = page.run(spans)
        check(len(whole) >= 3 and len(set(map(tuple, whole))) == 1, f"at first: {whole}")
        page.drag("#time figure:nth-of-type(2) .u-over", 0.4, 0.8)
        zoomed = page.run(spans)
        check(len(set(map(tuple, zoomed))) == 1, f"charts show different times: {zoomed}")
        (first, last), (start, end) = whole[0], zoomed[0]
        check(first < start < end < last, f"{zoomed[0]} is no part of {whole[0]}")
        near = (last - first) * 0.05
        check(abs(start - first - (last - first) * 0.4) < near and abs(end - first - (last - first) * 0.8) < near,
              f"{zoomed[0]} of {whole[0]} isn't what was dragged over")
        page.click("#time .reset")
        same(page.run(spans), whole, "all of the time again")
        page.click("#time .buttons button")
        check(page.run(spans)[0][0] > first and page.run(spans)[0][1] < last, "the button + does nothing")
        page.click("#time .buttons button + button")
        same(page.run(spans), whole, "all of the time, by a button")
        page.type("#time figure", "+")
        check(page.run(spans)[2] != whole[2], "the key + does nothing")
        page.type("#time figure", "escape")
        same(page.run(spans), whole, "all of the time, by a key")
        labels = "return [...document.querySelectorAll('#time figure')].map((f) => f.getAttribute('aria-label'))"
        of_all = page.run(labels)
        page.run("const s = document.querySelector('#time select'); s.value = '0'; s.dispatchEvent(new Event('change'))")
        check(page.run(labels) != of_all, "the charts of one name are those of all")
        page.type("#time figure", "right")
        check(page.run("return document.querySelector('#time figure .u-legend').textContent").count("–") == 0, "no figures at the cursor")
        quiet(page, html)


@bound(300)
def test_colours_and_width(env):
    _, html = visit(env, run_time="2s")
    ground = "return getComputedStyle(document.body).backgroundColor"
    with Browser(env) as page:
        for scheme, colour in (("light", "rgb(255, 255, 255)"), ("dark", "rgb(20, 23, 26)")):
            page.prefer(scheme)
            page.open(html.as_uri())
            same(page.run(ground), colour, f"the ground of a {scheme} page")
        page.click(".theme")
        same(page.run(ground), "rgb(255, 255, 255)", "the ground, light by choice")
        page.resize(360, 740)
        page.open(html.as_uri())
        wide = page.run("""const w = document.documentElement.clientWidth;
                           return [document.documentElement.scrollWidth <= w, w]""")
        same(wide, [True, 360], "a phone's page fits")
        quiet(page, html, html, html)


@bound(300)
def test_scripts(env):
    """Their text stands there where it was asked for, and only then; hashes always."""
    for options, there in (((), False), (("--html-script",), True)):
        _, html = visit(env, *options, run_time="1s")
        digest = hashlib.sha256((env.folder / "shop.lua").read_bytes()).hexdigest()
        same("Visitor.missing = k.task" in html.read_text(), there, f"the text with {options}")
        check(digest in html.read_text(), "the hash isn't there")
    with Browser(env) as page:
        page.open(html.as_uri())
        same(page.run("return document.querySelector('#scripts pre').textContent"), (env.folder / "shop.lua").read_text(), "the text")
        quiet(page, html)


@bound(300)
def test_a_run_without_requests(env):
    """There is a page all the same, without what isn't there."""
    html = env.folder / "report.html"
    run = env.lua("k.sleep(0)", "http://127.0.0.1:1", "--iterations", "1", "--html", html)
    same(run.code, 1, "exit code")
    with Browser(env) as page:
        page.open(html.as_uri())
        same(page.run("return [...document.querySelectorAll('section')].map((s) => s.id)"), ["summary", "tasks", "about"], "parts")
        quiet(page, html)


@bound(300)
def test_it_is_whole_after_a_signal(env):
    """A run that is told to end still leaves its page."""
    script = env.write("shop.lua", SCRIPT.replace("EVIL", '"/x"'))
    html = env.folder / "report.html"
    run = env.start_katydid(script, "--host", env.target().url, "-u", "2", "-t", "60s", "--html", html)
    testenv.wait_until(lambda: "req/s" in run.err(), "the run has begun")
    run.signal(signal.SIGINT)
    env.ended(run)
    check(html.read_text().endswith("</html>\n"), "the page isn't whole")
