"""The pictures of docs/pay-pages.md: pages as payers see them, made by the same hands as in the tests."""

import dataclasses

import cases
import png
from page import Failed
from payer import DESKTOP, PHONE, Payer

# Sharp enough to be read, small enough to be kept.
SHARP_PHONE = dataclasses.replace(PHONE, scale=1.5)
SMALL_DESKTOP = dataclasses.replace(DESKTOP, width=1000, height=720)
LARGEST = 60_000

MELLAT = cases.by_gateway("mellat")

# File, language, screen, what is done, and the page it is taken of.
WANTED = [
    ("pay-details-fa.png", "fa", SHARP_PHONE, MELLAT, "details"),
    ("pay-ways-fa.png", "fa", SHARP_PHONE, MELLAT, "ways"),
    ("pay-leave-fa.png", "fa", SHARP_PHONE, MELLAT, "leave"),
    ("pay-paid-fa.png", "fa", SHARP_PHONE, MELLAT, "paid"),
    ("pay-checking-fa.png", "fa", SHARP_PHONE, cases.checking_reloads_itself, "checking"),
    ("pay-slip-ru.png", "ru", SHARP_PHONE, cases.by_slip, "slip-fault"),
    ("pay-not-paid-ru.png", "ru", SHARP_PHONE, cases.refused("cancel", "cancelled"), "not-paid"),
    ("pay-ways-ru-desktop.png", "ru", SMALL_DESKTOP, MELLAT, "ways"),
]


def take(browser, hub, folder):
    """Plays what leads to each page, once for all pictures of a way, and writes the files."""
    folder.mkdir(parents=True, exist_ok=True)
    ways = {}
    for name, language, screen, steps, moment in WANTED:
        ways.setdefault((language, screen, steps), {})[moment] = name
    for (language, screen, steps), moments in ways.items():
        page = browser.page(screen)

        def keep(moment, page=page, moments=moments):
            if moment not in moments:
                return
            page.ask("document.activeElement.blur()")
            picture = png.small(page.picture(whole=True))
            print(f"{moments[moment]}: {len(picture)} bytes", flush=True)
            if len(picture) > LARGEST:
                raise Failed(f"{moments[moment]} has {len(picture)} bytes, more than {LARGEST}")
            (folder / moments[moment]).write_bytes(picture)

        steps(Payer(hub, page, language, keep=keep, single_use=None))
        page.close()
