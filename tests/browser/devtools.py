"""Chromium over a pipe: the DevTools protocol is JSON with a zero byte behind each message."""

import base64
import fcntl
import json
import os
import re
import select
import signal
import time
import traceback

# Seconds for one answer of the browser; a page is waited for elsewhere.
ANSWER = 30


class Failed(Exception):
    """Something that must hold did not."""


class Gone(Exception):
    """The page went elsewhere while it was asked."""


def spawned(command, log, folder):
    """A process that reads the protocol from its descriptor 3 and writes it to 4: its id, our two ends."""

    def high(descriptor):
        # Above 4, so that nothing is in the way of the two.
        moved = fcntl.fcntl(descriptor, fcntl.F_DUPFD_CLOEXEC, 10)
        os.close(descriptor)
        return moved

    theirs_in, ours_out = map(high, os.pipe())
    ours_in, theirs_out = map(high, os.pipe())
    actions = [
        (os.POSIX_SPAWN_OPEN, 0, "/dev/null", os.O_RDONLY, 0),
        (os.POSIX_SPAWN_OPEN, 1, str(log), os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600),
        (os.POSIX_SPAWN_DUP2, 1, 2),
        (os.POSIX_SPAWN_DUP2, theirs_in, 3),
        (os.POSIX_SPAWN_DUP2, theirs_out, 4),
    ]
    # What it keeps of its own goes with the folder.
    environment = os.environ | {"HOME": str(folder), "XDG_CONFIG_HOME": str(folder), "XDG_CACHE_HOME": str(folder)}
    process = os.posix_spawn(command[0], command, environment, file_actions=actions, setpgroup=0)
    os.close(theirs_in)
    os.close(theirs_out)
    return process, ours_in, ours_out


class Browser:
    """A headless Chromium with a profile of its own."""

    def __init__(self, chromium, folder):
        command = [
            chromium,
            "--headless",
            "--remote-debugging-pipe",
            f"--user-data-dir={folder}/profile",
            "--no-first-run",
            "--no-default-browser-check",
            "--no-proxy-server",
            "--disable-gpu",
            "--disable-dev-shm-usage",
            "--disable-extensions",
            "--disable-background-networking",
            "--disable-component-update",
            "--disable-sync",
            "--disable-features=Translate,OptimizationHints,MediaRouter",
            "--hide-scrollbars",
            "--force-color-profile=srgb",
            "about:blank",
        ]
        if os.geteuid() == 0:
            command.insert(1, "--no-sandbox")
        self.log = folder / "chromium.log"
        self.process, self.input, self.output = spawned(command, self.log, folder)
        self.buffer, self.number, self.answers, self.pages = b"", 0, {}, {}

    def close(self):
        for descriptor in (self.input, self.output):
            os.close(descriptor)
        # With its pipe gone it ends by itself; the group is the one it was started in.
        for attempt in range(50):
            if os.waitpid(self.process, os.WNOHANG)[0]:
                return
            if attempt == 30:
                os.killpg(self.process, signal.SIGKILL)
            time.sleep(0.1)

    def read(self, seconds):
        """Takes in what has come, after at most so many seconds."""
        if not select.select([self.input], [], [], seconds)[0]:
            return
        chunk = os.read(self.input, 1 << 20)
        if not chunk:
            raise Failed(f"Chromium ended: {self.log.read_text(errors='replace')[-2000:]}")
        *messages, self.buffer = (self.buffer + chunk).split(b"\0")
        for text in messages:
            message = json.loads(text)
            if "id" in message:
                self.answers[message["id"]] = message
            elif message.get("sessionId") in self.pages:
                self.pages[message["sessionId"]].happened(message["method"], message["params"])

    def call(self, method, parameters=None, session=None, seconds=ANSWER):
        self.number += 1
        message = {"id": self.number, "method": method, "params": parameters or {}}
        if session:
            message["sessionId"] = session
        text = json.dumps(message).encode() + b"\0"
        while text:
            text = text[os.write(self.output, text) :]
        number, end = self.number, time.monotonic() + seconds
        while number not in self.answers:
            if time.monotonic() > end:
                raise Failed(f"Chromium does not answer {method}")
            self.read(0.2)
        answer = self.answers.pop(number)
        if "error" in answer:
            raise Gone(f"{method}: {answer['error']['message']}")
        return answer["result"]

    def page(self, screen, scripts=True):
        """A page in a context of its own: no cookie, cache or history is shared."""
        context = self.call("Target.createBrowserContext")["browserContextId"]
        target = self.call("Target.createTarget", {"url": "about:blank", "browserContextId": context})["targetId"]
        session = self.call("Target.attachToTarget", {"targetId": target, "flatten": True})["sessionId"]
        page = Page(self, session, context, screen)
        self.pages[session] = page
        page.prepare(scripts)
        return page


class Page:
    """One tab, as a person with a finger or a mouse has it."""

    def __init__(self, browser, session, context, screen):
        self.browser, self.session, self.context, self.screen = browser, session, context, screen
        self.arrivals, self.complaints, self.held, self.foreign, self.status = 0, [], [], [], None
        # What counts as ours, who else may be asked for something, and until when there is time.
        self.home, self.guests, self.ends_at = None, (), None

    def call(self, method, parameters=None):
        if self.ends_at and time.monotonic() > self.ends_at:
            raise Failed("the time for this case is over")
        return self.browser.call(method, parameters, self.session)

    def prepare(self, scripts):
        for domain in ("Page", "Runtime", "Log", "Network", "Audits"):
            self.call(f"{domain}.enable")
        size = {"width": self.screen.width, "height": self.screen.height}
        scale = {"deviceScaleFactor": self.screen.scale, "mobile": self.screen.touch}
        self.call("Emulation.setDeviceMetricsOverride", size | scale)
        if self.screen.touch:
            self.call("Emulation.setTouchEmulationEnabled", {"enabled": True, "maxTouchPoints": 1})
        if not scripts:
            self.call("Emulation.setScriptExecutionDisabled", {"value": True})

    def close(self):
        self.browser.pages.pop(self.session, None)
        self.browser.call("Target.disposeBrowserContext", {"browserContextId": self.context})

    def happened(self, event, told):
        if event == "Page.frameNavigated" and "parentId" not in told["frame"]:
            self.arrivals += 1
        elif event == "Runtime.consoleAPICalled" and told["type"] in ("error", "warning", "assert"):
            words = " ".join(str(a.get("value", a.get("description", ""))) for a in told["args"])
            self.complaints.append(f"console.{told['type']}: {words}")
        elif event == "Runtime.exceptionThrown":
            self.complaints.append(f"exception: {told['exceptionDetails']['text']}")
        elif event == "Log.entryAdded" and told["entry"]["level"] in ("error", "warning"):
            entry = told["entry"]
            self.complaints.append(f"{entry['source']}: {entry['text']} {entry.get('url', '')}")
        elif event == "Audits.issueAdded" and told["issue"]["code"] == "ContentSecurityPolicyIssue":
            details = told["issue"]["details"].get("contentSecurityPolicyIssueDetails", {})
            self.complaints.append(f"policy: {details.get('violatedDirective')} {details.get('blockedURL', '')}")
        elif event == "Network.responseReceived" and told["type"] == "Document":
            self.status = told["response"]["status"]
        elif event == "Network.requestWillBeSent" and told["type"] != "Document":
            where = told["request"]["url"]
            known = (str(self.home), "data:", *self.guests)
            if self.home and told["documentURL"].startswith(self.home) and not where.startswith(known):
                self.foreign.append(where)
        elif event == "Fetch.requestPaused":
            self.held.append(told)

    # --- asking ---------------------------------------------------------------------------------------------

    def ask(self, script):
        """The value of an expression; asked once more when the page went elsewhere meanwhile."""
        for _ in range(20):
            try:
                answer = self.call("Runtime.evaluate", {"expression": script, "returnByValue": True})
            except Gone:
                self.browser.read(0.1)
                continue
            if "exceptionDetails" in answer:
                details = answer["exceptionDetails"]
                raise Failed(f"{script[:200]}: {details.get('exception', {}).get('description', details['text'])}")
            return answer["result"].get("value")
        raise Failed(f"the page cannot be asked {script[:200]}")

    def until(self, what, script, seconds=15, arrived=None):
        """Waits for an expression to hold on a page that is whole, after another arrival than the `arrived`th."""
        end = time.monotonic() + seconds
        while True:
            if arrived is None or self.arrivals > arrived:
                if self.ask(f"document.readyState === 'complete' && !!({script})"):
                    return
            if time.monotonic() > end:
                raise Failed(f"{what}: not within {seconds} s on {self.address()}")
            self.browser.read(0.05)

    def address(self):
        return self.ask("location.href")

    def text(self):
        try:
            return self.ask("document.title + '\\n' + (document.body ? document.body.innerText : '')")
        except Failed:
            return "(no text: " + traceback.format_exc(limit=1) + ")"

    def picture(self, whole=False):
        """The screen as PNG, or the whole page."""
        answer = self.call("Page.captureScreenshot", {"format": "png", "captureBeyondViewport": whole} | self.clip(whole))
        return base64.b64decode(answer["data"])

    def clip(self, whole):
        if not whole:
            return {}
        height = self.ask("document.documentElement.scrollHeight")
        return {"clip": {"x": 0, "y": 0, "width": self.screen.width, "height": height, "scale": 1}}

    # --- acting ---------------------------------------------------------------------------------------------

    def open(self, address, until="true"):
        arrived = self.arrivals
        answer = self.call("Page.navigate", {"url": address})
        if answer.get("errorText"):
            raise Failed(f"{address}: {answer['errorText']}")
        self.until(f"{address} opens", until, arrived=arrived)

    def place(self, selector):
        """The middle of an element that can be seen and is not covered."""
        script = """(() => {
            const found = document.querySelector(%s);
            if (!found) return 'missing';
            found.scrollIntoView({block: 'center', inline: 'nearest', behavior: 'instant'});
            const box = found.getBoundingClientRect();
            if (!box.width || !box.height) return 'without a size';
            const x = box.left + box.width / 2, y = box.top + box.height / 2;
            const hit = document.elementFromPoint(x, y);
            if (!hit || !(hit === found || found.contains(hit) || hit.contains(found))) return 'covered';
            return [x, y];
        })()""" % json.dumps(selector)
        found = self.ask(script)
        if isinstance(found, str) or found is None:
            raise Failed(f"{selector} is {found} on {self.address()}")
        return found

    def tap(self, selector):
        x, y = self.place(selector)
        if self.screen.touch:
            self.call("Input.dispatchTouchEvent", {"type": "touchStart", "touchPoints": [{"x": x, "y": y}]})
            self.call("Input.dispatchTouchEvent", {"type": "touchEnd", "touchPoints": []})
            return
        mouse = {"x": x, "y": y, "button": "left", "clickCount": 1}
        self.call("Input.dispatchMouseEvent", mouse | {"type": "mousePressed"})
        self.call("Input.dispatchMouseEvent", mouse | {"type": "mouseReleased"})

    def follow(self, selector, what, until):
        """Taps something that leads to another page, and waits for a page on which `until` holds."""
        arrived = self.arrivals
        self.tap(selector)
        self.until(what, until, arrived=arrived)

    def write(self, selector, text):
        """Types into a field in place of what is there."""
        self.tap(selector)
        name = json.dumps(selector)
        self.until(f"{selector} takes the caret", f"document.activeElement === document.querySelector({name})", 5)
        self.ask("document.activeElement.select()")
        self.call("Input.insertText", {"text": text})
        if self.ask(f"document.querySelector({name}).value") != text:
            raise Failed(f"{selector} does not take {text}")

    def choose(self, selector, value):
        """Moves down a list with the keyboard until the value is reached."""
        name = json.dumps(selector)
        self.ask(f"document.querySelector({name}).focus()")
        key = {"key": "ArrowDown", "code": "ArrowDown", "windowsVirtualKeyCode": 40}
        for _ in range(self.ask(f"document.querySelector({name}).options.length")):
            if self.ask(f"document.querySelector({name}).value") == value:
                return
            self.call("Input.dispatchKeyEvent", key | {"type": "rawKeyDown"})
            self.call("Input.dispatchKeyEvent", key | {"type": "keyUp"})
        raise Failed(f"{selector} never comes to {value}")

    def follow_without_refresh(self, selector, address, what, until):
        """As `follow`, but the page that comes from below the address does not go on by itself."""
        patterns = [{"urlPattern": f"{address}*", "resourceType": "Document", "requestStage": "Response"}]
        self.held.clear()
        self.call("Fetch.enable", {"patterns": patterns})
        arrived, end = self.arrivals, time.monotonic() + 15
        self.tap(selector)
        while not self.held:
            if time.monotonic() > end:
                raise Failed(f"{what}: no answer")
            self.browser.read(0.05)
        held = self.held.pop()
        which = {"requestId": held["requestId"]}
        body = self.call("Fetch.getResponseBody", which)
        text = base64.b64decode(body["body"]) if body["base64Encoded"] else body["body"].encode()
        text, found = re.subn(rb'<meta http-equiv="refresh"[^>]*>', b"", text)
        if not found:
            raise Failed(f"{what}: does not go on by itself")
        answer = {"responseCode": held["responseStatusCode"], "responseHeaders": held["responseHeaders"]}
        self.call("Fetch.fulfillRequest", which | answer | {"body": base64.b64encode(text).decode()})
        self.call("Fetch.disable")
        self.until(what, until, arrived=arrived)
