"""A person with a browser and a link, and the steps they take."""

import dataclasses
import json

import rules
from page import Failed


@dataclasses.dataclass(frozen=True)
class Screen:
    name: str
    width: int
    height: int
    touch: bool
    scale: float = 1


PHONE = Screen("phone", 360, 740, True)
DESKTOP = Screen("desktop", 1280, 800, False)

# The shop whose pages speak the language, and what follows its links.
SHOPS = {"fa": ("demo-ir", ""), "ru": ("demo", "?lang=ru"), "ko": ("demo-kr", "")}
NAMES = {"fa": "سارا آزمایشی", "ru": "Сара Образцова", "ko": "김예시"}
PURPOSES = {"fa": "هزینهٔ پشتیبانی آذر", "ru": "Поддержка за ноябрь", "ko": "11월 지원"}
# Numbers that nobody has.
PHONES = {
    "fa": ("۰۹۱۷۰۰۰۰۰۰۰", "07132000000"),
    "ru": ("09170000000", "07132000000"),
    "ko": ("010-2000-0000", "02-2000-0000"),
}

STATE = "document.querySelector('#state')?.dataset.state"



def bare(code):
    """A tracking code as it is written without its marks."""
    return code.replace("-", "").replace(" ", "")


def state_is(*states):
    return f"{json.dumps(states)}.includes({STATE})"


class Payer:
    """A person who was given a link."""

    slips = 700_000_000

    def __init__(self, hub, page, language, scripts=True, keep=None, found=None, **link):
        self.hub, self.page, self.language, self.scripts, self.posted = hub, page, language, scripts, False
        self.shop, self.query = SHOPS[language]
        self.link = hub.link(self.shop, **({"description": PURPOSES[language]} | link))
        self.keep, self.found = keep or (lambda name: None), found
        page.home = hub.url

    def judge(self, name=None, status=200):
        try:
            rules.judge(self.page, self.language, status)
        except Failed as fault:
            # The way goes on behind a page that breaks a rule: one run shows all of them.
            if not self.found:
                raise
            self.found(fault)
        if name:
            self.keep(name)

    def open(self):
        self.page.open(self.link["url"] + self.query, until="document.querySelector('#name')")
        self.judge("details")

    def details(self, until="document.querySelector('#pay')"):
        """Who pays, in their own letters and digits."""
        self.page.write("#name", NAMES[self.language])
        for field, number in zip(("#mobile", "#phone"), PHONES[self.language]):
            self.page.write(field, number)
        self.page.follow("#continue", "the next page", until)

    def ways(self):
        self.open()
        self.details()
        self.judge("ways")
        rules.amount_in_words(self.page)

    def to_gateway(self, gateway):
        """From the ways to pay to the gateway's own page."""
        page, there = self.page, "location.href.startsWith(%s)" % json.dumps(self.hub.simulators)
        self.posted = gateway == "mellat"
        page.tap(f"label.way:has(input[value={gateway}])")
        page.until("the way is chosen", f"document.querySelector('input[value={gateway}]').checked", 5)
        if gateway in ("mellat", "toss"):
            # Toss leaves no other way than its own script, and that is the only one that may run.
            page.guests = (self.hub.simulators,) if gateway == "toss" else ()
            page.follow("#pay", "the page before the bank's", "document.querySelector('button#go')")
            self.judge("leave")
            rules.amount_in_words(page)
            page.follow("#go", "the bank's page", f"{there} && document.querySelector('#pay')")
        elif self.page.screen.touch:
            # It goes on by itself; held back from that it can be looked at, and its button be pressed.
            page.follow_without_refresh(
                "#pay", f"{self.hub.url}/openpay/", "the page before the gateway's", "document.querySelector('a#go')"
            )
            self.judge("leave")
            rules.amount_in_words(page)
            page.follow("#go", "the gateway's page", f"{there} && document.querySelector('#pay')")
        else:
            page.follow("#pay", "the gateway's page, by itself", f"{there} && document.querySelector('#pay')")
        # What a gateway's page says is its own affair.
        page.complaints.clear()

    def arrive(self, action, *states):
        """Decides at the gateway and comes back to a page that says one of these states."""
        if self.posted and not self.scripts:
            # The bank's page sends the form that leads back by itself only where scripts run.
            self.page.follow(f"#{action}", "the way back", "document.querySelector('form #return')")
            action = "return"
        self.page.follow(f"#{action}", "the page of the payment", STATE)
        self.page.complaints.clear()
        state = self.page.ask(STATE)
        if state not in states:
            raise Failed(f"the page says {state}, not {' or '.join(states)}")

    def code(self):
        code = self.page.ask("document.querySelector('#code')?.innerText.trim()")
        if not code or len(bare(code)) < 8:
            raise Failed(f"the tracking code is {code!r}")
        return code

    def receipt(self, name="paid"):
        """The page of a paid payment, and what the shop is told of it."""
        self.judge(name)
        rules.amount_in_words(self.page)
        code = self.code()
        if not self.page.ask("document.querySelector('a#to-shop')?.href") == "https://shop.example/thanks":
            raise Failed("no way back to the shop")
        if self.page.ask("!!document.querySelector('meta[http-equiv=refresh]')"):
            raise Failed("a receipt reloads itself")
        rules.prints_as_a_receipt(self.page)
        payment = self.hub.payment(self.shop, bare(code))
        if payment["status"] != "paid":
            raise Failed(f"the page says paid, the hub {payment['status']}")
        return payment

    def verified_once(self, gateway, payment):
        number = str(payment["gateway_order"])
        rows = [row for row in self.hub.ledger(gateway, "verified") if row["our_id"] == number]
        if len(rows) != 1:
            raise Failed(f"{gateway} verified order {number} {len(rows)} times")

    def slip(self):
        page = self.page
        page.tap("summary")
        page.until("the form for slips opens", "document.querySelector('details').open", 5)
        self.judge("slip")
        page.choose("#bank", "mellat")
        page.write("#paid_on", self.hub.today())
        # Too short: the page says so beside the field, keeps what was typed, and stays open.
        page.write("#number", "12")
        page.follow("#slip", "the form comes back", "document.querySelector('#number-fault')")
        self.judge("slip-fault", status=422)
        kept = page.ask("[document.querySelector('#bank').value, document.querySelector('#number').value].join()")
        if kept != "mellat,12":
            raise Failed(f"of the slip only {kept} was kept")
        Payer.slips += 1
        page.write("#number", str(Payer.slips))
