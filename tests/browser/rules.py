"""What every page that a payer sees has to keep, wherever it is on the way."""

import json
import time

from page import Failed

# Bytes of a page's document: some seconds on a slow phone line, with nothing to fetch besides.
HEAVIEST = 20_000

# Runs in the page. Hidden things count for nothing; a radio is touched by the label around it.
JUDGE = r"""((wanted) => {
  const faults = [];
  const seen = (e) => e.checkVisibility({visibilityProperty: true, opacityProperty: true}) && e.getClientRects().length > 0;
  const name = (e) => e.tagName.toLowerCase() + (e.id ? '#' + e.id : '') + ' "' + (e.innerText || e.value || e.name || '').slice(0, 30) + '"';
  const root = document.documentElement;
  if (root.lang !== wanted.lang) faults.push(`lang is ${root.lang}`);
  if (root.dir !== wanted.dir || getComputedStyle(document.body).direction !== wanted.dir) faults.push(`the text runs ${root.dir || getComputedStyle(document.body).direction}`);
  if (!document.title.trim()) faults.push('no title');
  const width = Math.max(root.scrollWidth, document.body.scrollWidth);
  if (width > wanted.width || innerWidth > wanted.width) faults.push(`${width} px wide on a screen of ${wanted.width}`);
  for (const e of document.body.querySelectorAll('*')) {
    if (!seen(e)) continue;
    const box = e.getBoundingClientRect();
    if (box.right > wanted.width + 0.5 || box.left < -0.5) faults.push(`${name(e)} stands out to ${Math.round(box.left)}..${Math.round(box.right)}`);
  }
  const headings = [...document.querySelectorAll('h1,h2,h3,h4,h5,h6')].filter(seen).map((h) => Number(h.tagName[1]));
  if (headings.filter((h) => h === 1).length !== 1 || headings[0] !== 1) faults.push(`headings ${headings}`);
  headings.forEach((h, n) => { if (n && h > headings[n - 1] + 1) faults.push(`a heading skips from ${headings[n - 1]} to ${h}`); });
  if (!document.querySelector('main')) faults.push('no main');
  const ids = new Set();
  for (const e of document.querySelectorAll('[id]')) {
    if (ids.has(e.id)) faults.push(`two elements are called ${e.id}`);
    ids.add(e.id);
  }
  for (const e of document.querySelectorAll('input,select,textarea')) {
    if (e.type === 'hidden' || !seen(e)) continue;
    if (!(e.labels && [...e.labels].some((l) => l.innerText.trim()))) faults.push(`${name(e)} has no label`);
    for (const id of (e.getAttribute('aria-describedby') || '').split(' ').filter(Boolean))
      if (!document.getElementById(id)) faults.push(`${name(e)} is described by ${id}, which is not there`);
    if (parseFloat(getComputedStyle(e).fontSize) < 16) faults.push(`${name(e)} is so small that phones zoom in`);
  }
  for (const e of document.querySelectorAll('label[for]'))
    if (!document.getElementById(e.htmlFor)) faults.push(`${name(e)} labels nothing`);
  for (const e of document.querySelectorAll('button,a[href],summary'))
    if (seen(e) && !e.innerText.trim() && !e.getAttribute('aria-label')) faults.push(`${name(e)} has no words`);
  if (wanted.touch) for (const e of document.querySelectorAll('a[href],button,input,select,textarea,summary')) {
    if (e.type === 'hidden' || !seen(e)) continue;
    const target = ['radio', 'checkbox'].includes(e.type) ? (e.closest('label') || e) : e;
    const box = target.getBoundingClientRect();
    if (box.height < 43.95 || box.width < 43.95) faults.push(`${name(e)} is ${box.width.toFixed(1)} x ${box.height.toFixed(1)} px, not 44 x 44`);
  }
  const channels = (text) => { const n = text.match(/[\d.]+/g).map(Number); return n.length > 3 ? n : [...n, 1]; };
  const light = (c) => [0.2126, 0.7152, 0.0722].reduce((sum, w, n) => { const v = c[n] / 255; return sum + w * (v <= 0.04045 ? v / 12.92 : ((v + 0.055) / 1.055) ** 2.4); }, 0);
  const ground = (e) => { for (; e; e = e.parentElement) { const c = channels(getComputedStyle(e).backgroundColor); if (c[3] === 1) return c; } return [255, 255, 255, 1]; };
  const contrast = (a, b) => { const [x, y] = [light(a), light(b)].sort((p, q) => q - p); return (x + 0.05) / (y + 0.05); };
  for (const e of document.body.querySelectorAll('*')) {
    const own = ['INPUT', 'SELECT'].includes(e.tagName) ? e.type !== 'hidden' : [...e.childNodes].some((n) => n.nodeType === 3 && n.data.trim());
    if (!own || !seen(e) || e.tagName === 'OPTION') continue;
    const style = getComputedStyle(e), size = parseFloat(style.fontSize);
    const large = size >= 24 || (size >= 18.66 && Number(style.fontWeight) >= 700);
    const ratio = contrast(channels(style.color), ground(e));
    if (ratio < (large ? 3 : 4.5)) faults.push(`${name(e)} has a contrast of ${ratio.toFixed(2)}`);
    if (['INPUT', 'SELECT'].includes(e.tagName) && !['radio', 'checkbox'].includes(e.type)) {
      const border = contrast(channels(style.borderTopColor), ground(e.parentElement));
      if (border < 3) faults.push(`${name(e)} has a border with a contrast of ${border.toFixed(2)}`);
    }
  }
  const heavy = new TextEncoder().encode(root.outerHTML).length;
  if (heavy > wanted.heaviest) faults.push(`${heavy} bytes, more than ${wanted.heaviest}`);
  return faults;
})"""

# On paper there is the receipt and nothing to press.
ON_PAPER = """(() => {
  const seen = (e) => e.checkVisibility() && e.getClientRects().length > 0;
  const faults = [...document.querySelectorAll('nav,footer,.noprint,button,a.button')].filter(seen).map((e) => e.outerHTML.slice(0, 60));
  if (!seen(document.querySelector('#code'))) faults.push('no tracking code');
  return faults;
})()"""


def judge(page, language, status=200, patience=0):
    """Fails with everything that is wrong with the page as it stands; complaints may take seconds to come."""
    end = time.monotonic() + patience
    while time.monotonic() < end:
        page.browser.read(0.05)
    wanted = {
        "lang": language,
        "dir": "rtl" if language == "fa" else "ltr",
        "width": page.screen.width,
        "touch": page.screen.touch,
        "heaviest": HEAVIEST,
    }
    faults = page.ask(f"{JUDGE}({json.dumps(wanted)})")
    if page.status != status:
        faults.append(f"status {page.status} instead of {status}")
    # A browser notes every answer above 399 as an error, the wanted one too.
    expected = f"status of {status}"
    faults += [said for said in page.complaints if not (status >= 400 and expected in said)]
    faults += [f"asks for {where}" for where in page.foreign]
    page.complaints.clear()
    page.foreign.clear()
    if faults:
        raise Failed("\n    ".join([f"{page.address()} on {page.screen.name}:", *dict.fromkeys(faults)]))


def amount_in_words(page):
    words = page.ask("[...document.querySelectorAll('.words')].map((e) => e.innerText.trim()).join()")
    if not any(c.isalpha() for c in words) or any(c.isdigit() for c in words):
        raise Failed(f"the amount in words is {words!r}")


def prints_as_a_receipt(page):
    page.call("Emulation.setEmulatedMedia", {"media": "print"})
    faults = page.ask(ON_PAPER)
    page.call("Emulation.setEmulatedMedia", {"media": ""})
    if faults:
        raise Failed(f"on paper: {faults}")
    printed = page.call("Page.printToPDF", {"printBackground": False})["data"]
    if len(printed) < 2_000 or not printed.startswith("JVBER"):
        raise Failed("it cannot be printed")
