"""What the benches share: processes that say when they are ready, requests, and one line per figure."""

import http.client
import json
import os
import subprocess
import threading
import time
import urllib.parse


def figure(name, value, unit, at_most=None, at_least=None, **more):
    """Prints one machine-readable line."""
    line = {"figure": name, "value": round(value, 4), "unit": unit}
    if at_most is not None:
        line.update(at_most=at_most, held=value <= at_most)
    if at_least is not None:
        line.update(at_least=at_least, held=value >= at_least)
    print(json.dumps(line | more), flush=True)


def clean_environment(**settings):
    """The environment without any setting of Yam's but these."""
    kept = {name: value for name, value in os.environ.items() if not name.startswith("YAM_")}
    return kept | settings


class Process:
    """A running `yam` which is ended with the block."""

    def __init__(self, yam, *arguments, **settings):
        self.process = subprocess.Popen(
            [yam, *arguments, "--json"],
            stdout=subprocess.PIPE,
            stderr=subprocess.DEVNULL,
            env=clean_environment(**settings),
        )
        line = self.process.stdout.readline()
        if not line:
            raise SystemExit(f"{yam} {' '.join(arguments)} did not start")
        self.ready = json.loads(line)
        self.url = self.ready["url"]

    def __enter__(self):
        return self

    def __exit__(self, *_):
        self.process.terminate()
        self.process.wait()


class Caller:
    """One connection that is kept open."""

    def __init__(self, url, key=None):
        self.connection = http.client.HTTPConnection(urllib.parse.urlsplit(url).netloc, timeout=120)
        self.headers = {"Content-Type": "application/json"}
        if key:
            self.headers["Authorization"] = f"Bearer {key}"

    def call(self, method, path, body=None):
        text = None if body is None else json.dumps(body)
        # A busy hub stores nothing and asks to be asked again.
        for _ in range(10):
            self.connection.request(method, path, text, self.headers)
            answer = self.connection.getresponse()
            content = answer.read()
            if answer.status != 503:
                break
            time.sleep(0.5)
        if answer.status >= 300:
            raise SystemExit(f"{method} {path}: {answer.status} {content.decode(errors='replace')[:500]}")
        return json.loads(content) if content else None


def in_parallel(callers, bodies, path="/v1/rates"):
    """Posts every body once over the given connections; answers with the seconds each took."""
    bodies, taken, failed, lock = iter(bodies), [], [], threading.Lock()

    def work(caller):
        try:
            post(caller)
        except BaseException as error:  # A thread that ends says so to nobody.
            failed.append(error)

    def post(caller):
        while not failed:
            with lock:
                body = next(bodies, None)
            if body is None:
                return
            began = time.perf_counter()
            caller.call("POST", path, body)
            took = time.perf_counter() - began
            with lock:
                taken.append(took)

    threads = [threading.Thread(target=work, args=(caller,)) for caller in callers]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    if failed:
        raise failed[0]
    return taken


def quote(goods, weight=800):
    """A question no other has asked, by its sum of goods."""
    money = {"amount": goods, "currency": "IRR"}
    return {
        "destination": {"country": "IR", "region": "فارس", "city": "شیراز", "postal_code": "7134467891"},
        "items": [{"name": "book", "quantity": 1, "weight_g": weight, "price": money}],
        "goods_total": money,
        "cod": True,
    }
