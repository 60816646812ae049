"""Payers at work: each case is one person with one browser."""

import rules
from page import Failed
from payer import DESKTOP, PHONE, bare, state_is

# Text without a place to break is the worst for a small screen.
LONG = "k" * 90


def by_gateway(gateway):
    def case(payer):
        payer.ways()
        payer.to_gateway(gateway)
        payer.arrive("pay", "paid")
        payer.verified_once(gateway, payer.receipt())

    return case


def toss_without_scripts(payer):
    """The one gateway that needs a script says so."""
    payer.ways()
    payer.page.tap("label.way:has(input[value=toss])")
    payer.page.follow("#pay", "the page before the gateway's", "document.querySelector('button#go')")
    payer.judge()
    if not payer.page.ask("document.querySelector('noscript')?.innerText.includes('자바스크립트')"):
        raise Failed("nothing says that this gateway needs scripts")


def by_slip(payer):
    payer.ways()
    payer.slip()
    payer.page.follow("#slip", "the slip's page", state_is("slip_submitted"))
    payer.judge("slip-waits")
    rules.amount_in_words(payer.page)
    payment = payer.hub.payment(payer.shop, bare(payer.code()))
    payer.hub.call("POST", f"/v1/payments/{payment['payment_id']}/approve", {}, payer.shop)
    payer.page.open(payer.page.address(), until=state_is("paid"))
    payer.receipt()


def refused(action, *states):
    """Not paid: the payer is told so, tries again at another gateway, and pays."""

    def case(payer):
        payer.ways()
        payer.to_gateway("mellat")
        payer.arrive(action, *states)
        payer.judge("not-paid")
        payer.page.follow("#again", "the pay page", "document.querySelector('#name')")
        payer.judge()
        payer.details()
        payer.to_gateway("zarinpal")
        payer.arrive("pay", "paid")
        payer.receipt()

    return case


def returns_twice(payer):
    payer.ways()
    payer.to_gateway("zarinpal")
    gateway = payer.page.address()
    payer.page.tap("#stay")
    payer.page.follow("#pay", "the way back", "document.querySelector('a#return')")
    for _ in range(2):
        payer.arrive("return", "paid")
        payment = payer.receipt()
        payer.page.open(gateway, until="document.querySelector('a#return')")
        payer.page.complaints.clear()
    payer.verified_once("zarinpal", payment)


def returns_late(payer):
    """The browser comes back when the hub has long found the money by itself."""
    payer.ways()
    payer.to_gateway("zarinpal")
    payer.page.tap("#stay")
    payer.page.follow("#pay", "the way back", "document.querySelector('a#return')")
    payer.hub.advance("25m")
    payer.arrive("return", "paid")
    payer.verified_once("zarinpal", payer.receipt())


def checking_reloads_itself(payer):
    """The gateway's answer is lost: nobody is asked to pay again, and the page finds out by itself."""
    payer.ways()
    payer.to_gateway("zarinpal")
    for operation in ("verify", "inquiry"):
        payer.hub.fault("zarinpal", mode="lost_answer", operation=operation, times=2)
    try:
        payer.arrive("pay", "verify_unknown", "verifying")
        payer.judge("checking")
        if not payer.page.ask("document.querySelector('meta[http-equiv=refresh]')?.content == '5'"):
            raise Failed("the page does not say that it reloads")
        if payer.page.ask("!!document.querySelector('#again, #to-shop')"):
            raise Failed("a payer who may have paid is offered to pay again")
        arrived = payer.page.arrivals
        payer.page.until("it reloads itself", state_is("verify_unknown", "verifying"), 12, arrived)
        payer.page.complaints.clear()
    finally:
        payer.hub.faultless("zarinpal")
    payer.hub.advance("10m")
    payer.page.until("it tells by itself that it is paid", state_is("paid"), 12)
    payer.verified_once("zarinpal", payer.receipt())


def mistakes_are_named(payer):
    """Wrong details and a wrong amount, at a link that leaves the amount to the payer."""
    page = payer.page
    payer.open()
    page.write("#name", "?")
    page.write("#mobile", "02188880000")
    page.write("#phone", "12")
    page.follow("#continue", "the form comes back", "document.querySelector('#mobile-fault')")
    payer.judge("mistakes", status=422)
    for field in ("name", "mobile", "phone"):
        if not page.ask(f"document.querySelector('#{field}').getAttribute('aria-describedby') === '{field}-fault'"):
            raise Failed(f"{field} is not bound to what is wrong with it")
    payer.details("document.querySelector('#amount')")
    payer.judge("amount")
    page.write("#amount", "7")
    page.follow("#continue", "the form comes back", "document.querySelector('#amount-fault')")
    payer.judge(status=422)
    page.write("#amount", "۲۰۰۰" if payer.language == "fa" else "20000")
    page.follow("#continue", "the ways to pay", "document.querySelector('#pay')")
    payer.judge()
    page.follow("button.second", "the amount again", "document.querySelector('#amount')")
    payer.judge()
    page.write("#amount", "2000" if payer.language == "fa" else "20000")
    page.follow("#continue", "the ways to pay", "document.querySelector('#pay')")
    payer.to_gateway("mellat")
    payer.arrive("pay", "paid")
    payer.receipt()


def languages_and_dead_ends(payer):
    """Every language of the first page, a link that was withdrawn, and an address that leads nowhere."""
    page, address = payer.page, payer.link["url"]
    payer.open()
    for language in ("ru", "ko", "en", "fa"):
        payer.language = language
        selector = f"nav a[hreflang={language}]"
        page.follow(selector, f"the page in {language}", f"document.documentElement.lang === '{language}'")
        payer.judge()
    identity = payer.link["link_id"]
    payer.hub.call("DELETE", f"/v1/payment-links/{identity}", shop=payer.shop)
    page.open(address, until="document.querySelector('[role=status]')")
    payer.judge("closed")
    page.open(f"{address}x?lang=fa")
    payer.judge(status=404)


def plain_address(payer):
    """The address without a link, as a shop prints it: without the slash, with an amount, and a purpose without breaks."""
    page = payer.page
    page.open(
        f"{payer.hub.url}/openpay/{payer.shop}?price=250000&description={LONG}&lang={payer.language}",
        until="document.querySelector('#name')",
    )
    payer.judge()
    payer.details()
    payer.judge()
    payer.to_gateway("mellat")
    payer.arrive("cancel", "cancelled")
    payer.judge()
    # Whoever tries again is asked for the same.
    page.follow("#again", "the pay page", "document.querySelector('#name')")
    payer.judge()
    if not page.ask(f"document.body.innerText.includes('{LONG}') && !!document.querySelector('#amount-shown')"):
        raise Failed("amount and purpose are forgotten")
    payer.details()
    payer.to_gateway("zarinpal")
    payer.arrive("pay", "paid")
    payer.judge()
    rules.amount_in_words(page)
    payer.code()


# What would be wrong, made wrong in the browser, and the word by which the rules name it.
WRONGS = [
    ("document.querySelector('label[for=name]').remove()", "has no label"),
    ("document.querySelector('#continue').style.cssText = 'height:30px;padding:0'", "not 44 x 44"),
    ("document.querySelector('#continue').style.background = '#8fb'", "contrast"),
    ("document.querySelector('#name').style.borderColor = '#eee'", "border"),
    ("document.querySelector('main').style.width = '500px'", "px wide"),
    ("document.querySelector('h1').outerHTML = '<h3>?</h3>'", "headings"),
    ("document.documentElement.dir = 'ltr'", "the text runs"),
    ("document.documentElement.lang = 'en'", "lang is"),
    ("document.querySelector('#mobile').id = 'name'", "two elements"),
    ("document.querySelector('main').insertAdjacentHTML('beforeend', '<p style=\"color:red\">?</p>')", "policy"),
    ("document.body.append(Object.assign(new Image(), {src: 'http://127.0.0.2:9/x.png', alt: 'x'}))", "policy"),
    ("document.head.append(Object.assign(document.createElement('script'), {text: '1'}))", "policy"),
    ("console.error('trouble')", "trouble"),
    ("setTimeout(() => { throw new Error('late') })", "exception"),
]


def rules_are_able_to_fail(payer):
    """Each rule sees the page that breaks it; without this a broken rule would pass everything."""
    for script, word in WRONGS:
        payer.open()
        payer.page.ask(f"(() => {{ {script}; }})()")
        payer.page.until("it is drawn", "true")
        try:
            rules.judge(payer.page, payer.language, patience=0.2)
        except Failed as fault:
            if word not in str(fault):
                raise Failed(f"{script}: judged otherwise: {fault}") from None
        else:
            raise Failed(f"{script}: no rule saw it")


RANGE = {"amount": None, "min": {"amount": 10_000, "currency": "IRR"}, "max": {"amount": 50_000, "currency": "IRR"}}

WON = {"amount": {"amount": 12_000, "currency": "KRW"}}

# Name, language, screen, whether the browser runs scripts, what the link is like, what is done.
CASES = [
    (f"{way} in {language} on a {screen.name}", language, screen, True, {}, play)
    for way, play in [("Zarinpal", by_gateway("zarinpal")), ("Mellat", by_gateway("mellat")), ("a slip", by_slip)]
    for language in ("fa", "ru")
    for screen in (PHONE, DESKTOP)
] + [
    ("Toss", "ko", PHONE, True, WON, by_gateway("toss")),
    ("Toss", "ko", DESKTOP, True, WON, by_gateway("toss")),
    ("without scripts, Toss", "ko", PHONE, False, WON, toss_without_scripts),
    ("without scripts, Zarinpal", "fa", PHONE, False, {}, by_gateway("zarinpal")),
    ("without scripts, Mellat", "ru", PHONE, False, {}, by_gateway("mellat")),
    ("without scripts, a slip", "fa", PHONE, False, {}, by_slip),
    ("cancelled at the bank", "fa", PHONE, True, {"single_use": None}, refused("cancel", "cancelled")),
    ("refused by the bank", "ru", DESKTOP, True, {"single_use": None}, refused("fail", "cancelled", "failed")),
    ("time ran out at the bank", "fa", PHONE, True, {"single_use": None}, refused("expire", "cancelled", "expired", "failed")),
    ("comes back twice", "ru", PHONE, True, {}, returns_twice),
    ("comes back late", "fa", PHONE, True, {}, returns_late),
    ("the answer is lost", "fa", PHONE, True, {}, checking_reloads_itself),
    ("the rules are able to fail", "fa", PHONE, True, {}, rules_are_able_to_fail),
    ("mistakes", "fa", PHONE, True, RANGE, mistakes_are_named),
    ("mistakes", "ru", DESKTOP, True, RANGE, mistakes_are_named),
    ("languages and dead ends", "fa", PHONE, True, {}, languages_and_dead_ends),
    ("a plain address and long words", "ru", PHONE, True, {}, plain_address),
    ("a plain address and long words", "fa", PHONE, True, {}, plain_address),
]
