"""One tab of the browser, as a person has it: what it shows, and what is pressed and typed."""

import base64
import json
import re
import time
import traceback


class Failed(Exception):
    """Something that must hold did not."""


class Gone(Exception):
    """The page went elsewhere while it was asked."""


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
            if answer["result"].get("subtype") == "node":
                raise Failed(f"an element is no answer: ask !!({script[:200]})")
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
