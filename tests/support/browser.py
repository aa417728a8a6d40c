"""A real Chromium, driven over WebDriver (w3.org/TR/webdriver2) with Python's standard library alone.

    with Browser() as browser:
        browser.open("file:///page.html")
        browser.wait("return document.querySelector('#result').textContent")

chromedriver and chromium are Debian's. Waiting is the page's: wait() watches the document and comes back when it says so.
"""
import contextlib, http.client, json, os, shutil, subprocess, tempfile

ELEMENT = "element-6066-11e4-a52e-4f735466cecf"
KEYS = {"tab": "\ue004", "enter": "\ue007", "space": " "}
WAIT = """
const [body, done] = arguments, condition = new Function(body);
const look = () => { const value = condition(); if (value) { observer.disconnect(); done(value); } };
const observer = new MutationObserver(look);
observer.observe(document, {subtree: true, childList: true, attributes: true, characterData: true});
look();"""

def available():
    return shutil.which("chromedriver") and shutil.which("chromium")

class Browser:
    """options: more command line; prefs: Chromium's; trace: categories whose events trace() gives."""
    def __init__(self, *options, prefs=None, trace=None):
        self.options, self.prefs, self.trace_of = options, prefs or {}, trace

    def __enter__(self):
        with contextlib.ExitStack() as stack:
            self.profile = stack.enter_context(tempfile.TemporaryDirectory(ignore_cleanup_errors=True))
            self.driver = stack.enter_context(subprocess.Popen(["chromedriver", "--port=0"], stdout=subprocess.PIPE,
                                                               stderr=subprocess.DEVNULL, text=True))
            stack.callback(self.driver.terminate)
            port = next(line.split("port ")[1].strip(" .\n") for line in self.driver.stdout if "successfully on port " in line)
            self.connection = http.client.HTTPConnection("127.0.0.1", int(port), timeout=310)
            stack.callback(self.connection.close)
            self.session = None
            self.session = self.call("POST", "/session", {"capabilities": {"alwaysMatch": self.capabilities()}})["sessionId"]
            stack.callback(self.call, "DELETE", "")
            self.call("POST", "/timeouts", {"script": 300000, "pageLoad": 300000})
            self.stack = stack.pop_all()
        return self

    def __exit__(self, *error):
        return self.stack.__exit__(*error)

    def capabilities(self):
        args = ["--headless=new", "--disable-gpu", "--disable-dev-shm-usage", "--no-first-run", "--disable-extensions",
                "--disable-background-networking", "--disable-component-update", "--disable-sync", "--mute-audio",
                "--window-size=1000,900", "--user-data-dir=" + self.profile, *self.options]
        if os.geteuid() == 0:
            args.append("--no-sandbox")  # Chromium refuses root with one
        chrome = {"args": args, "binary": shutil.which("chromium"), "prefs": self.prefs}
        logs = {"browser": "ALL"}
        if self.trace_of:
            logs["performance"] = "ALL"
            chrome["perfLoggingPrefs"] = {"traceCategories": self.trace_of, "enableNetwork": False}
        return {"browserName": "chrome", "goog:chromeOptions": chrome, "goog:loggingPrefs": logs,
                "unhandledPromptBehavior": "ignore"}

    def call(self, method, path, body=None):
        url = ("/session/" + self.session if self.session else "") + path
        data = json.dumps(body if body is not None else {}) if method == "POST" else None
        self.connection.request(method, url, data, {"Content-Type": "application/json"})
        value = json.loads(self.connection.getresponse().read())["value"]
        if isinstance(value, dict) and "error" in value:
            raise RuntimeError("%s %s: %s: %s" % (method, path, value["error"], value["message"].split("\n")[0]))
        return value

    def open(self, url): self.call("POST", "/url", {"url": url})
    def run(self, script, *args): return self.call("POST", "/execute/sync", {"script": script, "args": args})
    def wait(self, condition): return self.call("POST", "/execute/async", {"script": WAIT, "args": [condition]})
    def devtools(self, command, **params): return self.call("POST", "/goog/cdp/execute", {"cmd": command, "params": params})
    def find(self, css): return self.call("POST", "/element", {"using": "css selector", "value": css})[ELEMENT]
    def text(self, css): return self.call("GET", "/element/%s/text" % self.find(css))
    def shown(self, css): return self.call("GET", "/element/%s/displayed" % self.find(css))
    def click(self, css): self.call("POST", "/element/%s/click" % self.find(css))
    def clear(self, css): self.call("POST", "/element/%s/clear" % self.find(css))

    def type(self, css, text):
        self.call("POST", "/element/%s/value" % self.find(css), {"text": text})

    def key(self, name):
        """One key, to what has the focus."""
        actions = [{"type": kind, "value": KEYS[name]} for kind in ("keyDown", "keyUp")]
        self.call("POST", "/actions", {"actions": [{"type": "key", "id": "keyboard", "actions": actions}]})

    def dialog(self):
        """Whether a script has opened one."""
        with contextlib.suppress(RuntimeError):
            return self.call("GET", "/alert/text") is not None
        return False

    def log(self):
        """What the console got since the last call."""
        return [entry["message"] for entry in self.call("POST", "/se/log", {"type": "browser"})]

    def trace(self):
        """Trace events since the last call."""
        messages = [json.loads(entry["message"])["message"] for entry in self.call("POST", "/se/log", {"type": "performance"})]
        return [message["params"] for message in messages if message["method"] == "Tracing.dataCollected"]
