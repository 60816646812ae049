"""Chromium over a pipe: the DevTools protocol is JSON with a zero byte behind each message."""

import fcntl
import json
import os
import select
import signal
import time

from page import Failed, Gone, Page

# Seconds for one answer of the browser; a page is waited for elsewhere.
ANSWER = 30


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
