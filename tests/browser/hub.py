"""The hub under test: `yam` in memory with its simulators, and what a shop asks of it."""

import json
import os
import subprocess
import urllib.error
import urllib.request

from page import Failed

# What one payer types in an hour of these tests is more than the brake on forms lets through.
SETTINGS = {"YAM_PAY_FORMS_PER_MINUTE": "10000"}


class Hub:
    def __init__(self, yam, log):
        kept = {name: value for name, value in os.environ.items() if not name.startswith("YAM_")}
        with open(log, "w", encoding="utf-8") as said:
            self.process = subprocess.Popen(
                [yam, "--port", "0", "--memory", "--json"], stdout=subprocess.PIPE, stderr=said, env=kept | SETTINGS
            )
        line = self.process.stdout.readline()
        if not line:
            raise Failed(f"{yam} did not start; see {log}")
        ready = json.loads(line)
        self.url, self.simulators = ready["url"], ready["simulators"]
        self.keys = {one["merchant"]: one["api_key"] for one in ready["merchants"]}

    def close(self):
        self.process.terminate()
        self.process.wait(15)

    def call(self, method, path, body=None, shop=None):
        headers = {"content-type": "application/json"}
        if shop:
            headers["authorization"] = f"Bearer {self.keys[shop]}"
        data = None if body is None else json.dumps(body).encode()
        asked = urllib.request.Request(self.url + path, data=data, headers=headers, method=method)
        opener = urllib.request.build_opener(urllib.request.ProxyHandler({}))
        try:
            with opener.open(asked, timeout=60) as answer:
                text = answer.read()
        except urllib.error.HTTPError as error:
            raise Failed(f"{method} {path}: {error.code} {error.read().decode(errors='replace')[:500]}") from None
        return json.loads(text) if text else None

    def link(self, shop, rial=2_500_000, **more):
        money = {"amount": rial, "currency": "IRR"}
        wish = {"amount": money, "single_use": True, "redirect_url": "https://shop.example/thanks"} | more
        return self.call("POST", "/v1/payment-links", {n: v for n, v in wish.items() if v is not None}, shop)

    def payment(self, shop, code):
        """The payment that a payer's tracking code names."""
        found = self.call("GET", f"/v1/payments?code={code}", shop=shop)
        items = found.get("items", [found])
        if len(items) != 1:
            raise Failed(f"the code {code} names {len(items)} payments")
        return items[0]

    def advance(self, span):
        self.call("POST", "/_local/clock", {"advance": span})

    def today(self):
        return self.call("GET", "/_local/clock")["now"][:10]

    def fault(self, gateway, **spec):
        self.call("POST", f"/_local/simulators/{gateway}/faults", spec)

    def faultless(self, gateway):
        self.call("DELETE", f"/_local/simulators/{gateway}/faults")

    def ledger(self, gateway, kind):
        """Rows of one kind in a gateway's own book."""
        rows = self.call("GET", f"/_local/simulators/{gateway}/ledger")["items"]
        return [row for row in rows if row["kind"] == kind]
