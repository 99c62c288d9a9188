"""browser -- headless Chromium, driven by chromedriver's WebDriver protocol over plain HTTP.

It has a profile of its own, in the test's folder, and asks nobody for anything: what it fetches is what the page that is
tested asks for, and `requests` tells all of it.
"""
# SPDX-License-Identifier: MIT

import base64
import http.client
import json
import re
import shutil

from testenv.env import Skip, wait_until

FLAGS = ["--headless", "--no-sandbox", "--disable-gpu", "--disable-quic", "--no-first-run", "--disable-dev-shm-usage",
         "--disable-background-networking", "--disable-component-update", "--disable-sync", "--disable-default-apps",
         "--disable-extensions", "--disable-breakpad", "--disable-crash-reporter", "--hide-scrollbars", "--force-color-profile=srgb", "--font-render-hinting=none"]
ELEMENT = "element-6066-11e4-a52e-4f735466cecf"
KEYS = {"left": "\ue012", "right": "\ue014", "escape": "\ue00c", "enter": "\ue007", "end": "\ue010", "home": "\ue011"}
STARTED = re.compile(r"started successfully on port (\d+)")
PATIENCE = 60  # seconds for the driver to answer


class BrowserError(Exception):
    pass


class Browser:
    def __init__(self, env, width=1280, height=900):
        for program in ("chromedriver", "chromium"):
            if shutil.which(program) is None:
                raise Skip(f"there is no {program} (Debian's chromium and chromium-driver)")
        self.session = None
        own = {name: str(env.folder) for name in ("HOME", "XDG_CONFIG_HOME", "XDG_CACHE_HOME")}
        self.driver = env.start("chromedriver", "chromedriver", "--port=0", env=own)
        self.port = int(wait_until(lambda: STARTED.search(self.driver.out()), "chromedriver is there")[1])
        flags = FLAGS + [f"--user-data-dir={env.folder / 'browser'}", f"--window-size={width},{height}"]
        env.later(self.close)
        answer = self._call("POST", "/session", {"capabilities": {"alwaysMatch": {
            "browserName": "chrome",
            "goog:chromeOptions": {"args": flags, "binary": shutil.which("chromium")},
            "goog:loggingPrefs": {"browser": "ALL", "performance": "ALL"}}}})
        self.session = "/session/" + answer["sessionId"]
        self.open("about:blank")  # away from the browser's own first page, which asks for a lot
        self.console()
        self.requests()

    def _call(self, method, path, body=None):
        connection = http.client.HTTPConnection("127.0.0.1", self.port, timeout=PATIENCE)
        try:
            connection.request(method, path, None if body is None else json.dumps(body), {"Content-Type": "application/json"})
            value = json.loads(connection.getresponse().read())["value"]
        finally:
            connection.close()
        if isinstance(value, dict) and "error" in value:
            raise BrowserError(f"{value['error']}: {value.get('message', '')}")
        return value

    def _in_session(self, method, path, body=None):
        return self._call(method, self.session + path, body)

    def close(self):
        if self.session is not None and self.driver.is_running():
            session, self.session = self.session, None
            self._call("DELETE", session)

    def __enter__(self):
        return self

    def __exit__(self, *_):
        self.close()

    def open(self, url):
        self._in_session("POST", "/url", {"url": url})

    def run(self, script, *arguments):
        """The value of a function's body, with `arguments`."""
        return self._in_session("POST", "/execute/sync", {"script": script, "args": list(arguments)})

    def devtools(self, command, **params):
        return self._in_session("POST", "/goog/cdp/execute", {"cmd": command, "params": params})

    def resize(self, width, height):
        """The size of the page itself, as on a screen of that size (narrower than a window can be)."""
        self.devtools("Emulation.setDeviceMetricsOverride", width=width, height=height, deviceScaleFactor=1, mobile=width < 600)

    def prefer(self, scheme):
        self.devtools("Emulation.setEmulatedMedia", features=[{"name": "prefers-color-scheme", "value": scheme}])

    def find(self, selector):
        return self._in_session("POST", "/element", {"using": "css selector", "value": selector})[ELEMENT]

    def click(self, selector):
        # In the middle of the window, where nothing that stays at its edges covers it.
        self.run("document.querySelector(arguments[0]).scrollIntoView({block: 'center'})", selector)
        self._in_session("POST", f"/element/{self.find(selector)}/click", {})

    def type(self, selector, text):
        """Text, or the name of a key (KEYS)."""
        self._in_session("POST", f"/element/{self.find(selector)}/value", {"text": KEYS.get(text, text)})

    def drag(self, selector, start, end):
        """Presses at a share of the element's width, moves, and lets go at another."""
        box = self.run("""const e = document.querySelector(arguments[0]); e.scrollIntoView({block: "center"});
                          const b = e.getBoundingClientRect(); return [b.left, b.top, b.width, b.height]""", selector)
        left, top, width, height = box
        at = lambda share: {"type": "pointerMove", "duration": 50, "origin": "viewport",  # noqa: E731
                            "x": round(left + share * width), "y": round(top + height / 2)}
        self._in_session("POST", "/actions", {"actions": [{
            "type": "pointer", "id": "mouse", "parameters": {"pointerType": "mouse"},
            "actions": [at(start), {"type": "pointerDown", "button": 0}, at((start + end) / 2), at(end),
                        {"type": "pointerUp", "button": 0}]}]})

    def screenshot(self, path, whole=True):
        """`whole`: all of the page, not what fits into the window."""
        size = self.devtools("Page.getLayoutMetrics")["cssContentSize"]
        params = {"captureBeyondViewport": True, "clip": {"x": 0, "y": 0, "scale": 1, "width": size["width"],
                                                          "height": size["height"]}} if whole else {}
        with open(path, "wb") as file:
            file.write(base64.b64decode(self.devtools("Page.captureScreenshot", format="png", **params)["data"]))

    def pdf(self, path):
        """As it would be printed."""
        with open(path, "wb") as file:
            file.write(base64.b64decode(self._in_session("POST", "/print", {})))

    def console(self):
        """What was logged since the last call: errors of scripts, of the policy, of fetches."""
        return [entry["message"] for entry in self._in_session("POST", "/se/log", {"type": "browser"})]

    def requests(self):
        """The addresses that were asked for since the last call."""
        urls = []
        for entry in self._in_session("POST", "/se/log", {"type": "performance"}):
            message = json.loads(entry["message"])["message"]
            if message["method"] == "Network.requestWillBeSent":
                urls.append(message["params"]["request"]["url"])
        return urls
