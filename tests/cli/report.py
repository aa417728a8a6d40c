#!/usr/bin/env python3
"""report.py FOLDER CORPUS ID…: the page of report.sh in a real Chromium. Every check is made to fail once by a change to the
page; a server on loopback stands for the whole network and must get no request."""
import html.parser, os, re, socketserver, sys, threading, time
sys.path.insert(0, os.path.join(os.path.dirname(os.path.abspath(__file__)), "..", "support"))
from browser import Browser
import report_page
from report_attacks import Attacks
from report_page import VERDICT, check_all, check_one, failing, give

folder, corpus = sys.argv[1:3]
names = ("claim", "quote", "span", "conflict", "gone", "secret", "stolen", "late")
ids = dict(zip(names, sys.argv[3:]))
page = report_page.read(os.path.join(folder, "all.html"))

def check(condition, *what):
    if not condition:
        sys.exit("FAILED: " + " ".join(map(str, what)))

# --- the markup ---

class Markup(html.parser.HTMLParser):
    """Every element is closed in its turn, ids are unique, links lead somewhere, nothing is loaded or run."""
    VOID = {"meta", "input", "br"}
    def __init__(self):
        super().__init__(convert_charrefs=True)
        self.open, self.ids, self.links, self.headings = [], set(), set(), [0]
    def handle_starttag(self, tag, attributes):
        names = dict(attributes)
        check(len(names) == len(attributes), "an attribute twice in", tag)
        check(not any(name.startswith("on") or name in ("style", "src", "srcset", "action", "data") for name in names), tag, names)
        check(names.get("href", "#").startswith("#"), "a link out of the page:", names)
        check(names.get("id") not in self.ids, "id twice:", names.get("id"))
        self.ids |= {names["id"]} if "id" in names else set()
        self.links |= {names["href"][1:]} if "href" in names else set()
        if re.fullmatch("h[1-6]", tag):
            check(int(tag[1]) <= self.headings[-1] + 1, "a heading's level left out:", self.headings[-1], tag)
            self.headings.append(int(tag[1]))
        if tag not in self.VOID:
            self.open.append(tag)
    def handle_endtag(self, tag):
        check(self.open and self.open.pop() == tag, "</%s> in the wrong place: %s" % (tag, self.getpos()))

markup = Markup()
markup.feed(page)
check(not markup.open, "not closed:", markup.open)
check(markup.links <= markup.ids, "links to nowhere:", markup.links - markup.ids)
check(page.count("<script") == 1 and page.count("</script") == 1 and "<img" not in page, "markup from a record")
check(re.search(r"default-src 'none'; script-src 'sha256-[^' ]+'; style-src 'sha256-[^' ]+'; base-uri 'none'", page), "policy")

# --- a network of one machine ---

hits = []
class Server(socketserver.BaseRequestHandler):
    def handle(self):
        hits.append(self.request.recv(4096).split(b"\r\n")[0][:200])
        self.request.sendall(b"HTTP/1.0 200 OK\r\nContent-Length: 0\r\n\r\n")

server = socketserver.ThreadingTCPServer(("127.0.0.1", 0), Server)
server.daemon_threads = True
threading.Thread(target=server.serve_forever, daemon=True).start()

# --- driving the page ---

def article(name): return report_page.article(page, ids[name])

def variant(old, new, count=1):
    """The page with something changed, in a file."""
    changed = page.replace(old, new, count)
    check(changed != page, "nothing to change:", old)
    return report_page.write(folder, changed)

COUNT = """for (const name of ['digest', 'verify', 'importKey']) {
    const real = crypto.subtle[name].bind(crypto.subtle);
    crypto.subtle[name] = (...args) => { globalThis.calls = (globalThis.calls || 0) + 1; return real(...args); };
}"""

def test_good(browser):
    give(browser, "", "")
    check(browser.run("return globalThis.calls || 0") == 0, "work before anybody asked for it")
    claim = article("claim")[1]
    verdict, lines = check_one(browser, claim)
    check(verdict.startswith("NOT CHECKED: you gave no corpus hash"), verdict)
    check("MISSING corpus no corpus hash was given" in lines and "FAIL" not in lines, lines)
    check(browser.run("return document.querySelectorAll('.result:not(:empty)').length") == 1, "more was checked than was asked for")
    give(browser, corpus)
    verdict, lines = check_one(browser, claim)
    check(verdict.startswith("CHECKED, starting from the corpus hash that you gave"), verdict, lines)
    for word in ("ok page nothing stands in it", "ok place it stands where it belongs", "ok ratings rated by", "ok key in force", "ok signature", "ok logged", "ok checkpoint", "ok author chloe", "ok words 1 of 1", "ok highlight", "ok shown all 4",
                 "not checked: whether"):
        check(word in lines, word, "is not in", lines)
    lines = check_one(browser, article("late")[1])[1]
    check("ok author dora" in lines and "FAIL" not in lines, "enrolled by two admins:", lines)
    lines = check_one(browser, article("quote")[1])[1]
    check("ok key in force" in lines and "rotated later" in lines and "FAIL" not in lines, lines)
    lines = check_one(browser, article("secret")[1])[1]
    check("MISSING record WITHHELD" in lines and "ok logged" in lines, lines)
    verdict, lines = check_one(browser, article("stolen")[1])
    check(verdict == "FAILED" and "FAIL key DISPUTED" in lines, lines)
    check(check_all(browser).startswith("FAILED"), "the stolen key's records")
    bad = failing(browser)
    check(all(line.startswith("FAIL key DISPUTED") for line in bad), bad)

def test_wrong_hash(browser):
    give(browser, corpus[:-1] + ("0" if corpus[-1] != "0" else "1"))
    verdict, lines = check_one(browser, article("claim")[1])
    check(verdict == "FAILED" and "FAIL corpus the genesis record of this page is " + corpus in lines, lines)
    give(browser, "abc")
    verdict, lines = check_one(browser, article("claim")[1])
    check(verdict == "FAILED" and "64 hex digits" in lines, lines)

def read(name):
    return report_page.read(os.path.join(folder, name))

def test_checkpoint(browser):
    claim = article("claim")[1]
    for note, verdict_wanted, line in ((read("checkpoint"), "CHECKED", "ok yours the same"),
                                       (read("later"), "NOT ALL", "MISSING yours yours covers"),
                                       (read("checkpoint").replace("\n", "\nx", 1), "FAILED", "FAIL yours not a checkpoint"),
                                       (read("later").replace(*sizes()), "FAILED", "FAIL yours forged")):
        give(browser, corpus, note)
        verdict, lines = check_one(browser, claim)
        check(verdict.startswith(verdict_wanted) and line in lines, verdict, lines)
    give(browser, corpus, "")

def sizes():
    return read("later").split("\n")[1], read("checkpoint").split("\n")[1]

def tampered():
    """(what, old, new, which record, the line that says so): one change each."""
    number, claim = article("claim")
    signed = re.search(r'id="r%s".*?</pre>' % claim, page, re.S)[0]
    path = re.search('data-path="([^"]*)"', signed)[1]
    other = path.replace(path[3], "A" if path[3] != "A" else "B", 1)
    document = re.search(r'<article class="document"[^>]*>.*?id="r(\d+)"', page, re.S)[1]
    add = re.search(r'kind key-add\n.*?\nname chloe\n', page, re.S)[0]
    yield "the record", signed, signed.replace("fair to everybody", "fair to nobody"), claim, "FAIL signature forged"
    yield "the claim as shown", '>The draft is fair to everybody.</dd>', '>The draft is fair to nobody.</dd>', claim, "FAIL shown card text"
    yield "the words as shown", '<q class="value" dir="auto" data-f="exact" data-n="0">it is fair', \
        '<q class="value" dir="auto" data-f="exact" data-n="0">it is foul', claim, "FAIL shown card exact"
    yield "the author as shown", '</code> by <b data-by>chloe', '</code> by <b data-by>alice', claim, "FAIL author the page says alice"
    yield "a card that is not shown", '<dt>text</dt><dd class="value" dir="auto" data-f="text" data-n="0">The draft is fair to everybody.</dd>', \
        '', claim, "FAIL shown 1 cards"
    newest, older = re.findall('<div class="text".*?</div>', page, re.S)
    shown = '<dd class="value" dir="auto" data-f="text" data-n="0">The draft is fair to everybody.</dd>'
    yield "a hidden value", shown, '<dd>The draft is fair to nobody.</dd>' + shown.replace("<dd ", "<dd hidden "), claim, "FAIL shown card text is hidden"
    yield "a value beside it", shown, shown + '<dt>text</dt><dd>It is not.</dd>', claim, "FAIL shown something stands among"
    yield "a hidden text", '<details class="version"><summary>', '<details class="version" hidden><summary>', claim, "FAIL words the text of"
    yield "a hidden word", older, older.replace("ends", '<span class="cr">ends</span>'), claim, "FAIL words a part of the text of"
    yield "a hidden word in a value", shown, shown.replace("everybody", '<span popover>every</span>body'), claim, "FAIL shown a part of card text"
    yield "a hidden text by one class of two", older, older.replace('class="text"', 'class="text x"'), claim, "FAIL words the text of"
    yield "a hidden word by one class of two", older, older.replace("ends", '<mark class="x span"><span>ends</span></mark>'), claim, \
        "FAIL words a part of the text of"
    yield "a text that stands twice", older, older + older.replace("It ends", "It begins"), claim, "FAIL words the text of"
    yield "a value under the name of another card", "<dt>text</dt>" + shown, "<dt>rationale</dt>" + shown, claim, "FAIL shown card text is shown as"
    yield "words without a card", shown, shown + "It is not.", claim, "FAIL shown something stands among"
    yield "a hidden author", '</code> by <b data-by>chloe</b>', '</code> by <b data-by hidden>chloe</b><b>alice</b>', claim, \
        "FAIL author the author is hidden"
    cards = re.search('<dl class="cards">.*?</dl>', page[page.index('id="a%s"' % number):], re.S)[0]
    prefix = re.search('<span class="value" dir="auto" data-f="prefix" data-n="0">[^<]*</span>', cards)[0]
    suffix = re.search('<span class="value" dir="auto" data-f="suffix" data-n="0">[^<]*</span>', cards)[0]
    yield "a card for which another stands twice", cards, cards.replace(suffix, prefix.replace('"0"', '"00"')), claim, "FAIL shown 1 cards"
    yield "the proof", 'data-path="%s"' % path, 'data-path="%s"' % other, claim, "FAIL logged the proof does not lead"
    yield "the text", newest, newest.replace("Corrected", "Approved"), document, "FAIL words the text shown"
    yield "a space in the older text", older, older.replace("It ends", "It  ends"), claim, "FAIL words the text shown"
    yield "a key that was not enrolled", add, add.replace("name chloe", "name carla"), claim, "FAIL corpus"
    yield "the checkpoint", read("checkpoint").split("\n")[2], "A" * 43 + "=", claim, "FAIL"
    mark = re.search(r'<mark class="[^"]*" data-a="[^"]*\b%s\.0[^"]*"' % number, page)[0]
    yield "the highlight", mark, mark.replace("%s.0" % number, "0.0"), claim, "FAIL highlight"

def test_tampered(browser):
    for what, old, new, index, line in tampered():
        browser.open(variant(old, new))
        give(browser, corpus)
        verdict, lines = check_one(browser, index)
        check(verdict == "FAILED" and line in lines, what, "::", verdict, lines)
    browser.open(variant("Corrected", "Approved"))
    give(browser, corpus)
    check(check_all(browser).startswith("FAILED"), "not seen by the check of all")
    check(browser.shown("#all-result .word.bad"), "the failure is not to be seen")

def test_attacks(browser):
    attacks = Attacks(page, ids, corpus)
    for what, changed, index, line in attacks.seen():
        browser.open(report_page.write(folder, changed))
        give(browser, corpus)
        verdict, lines = check_one(browser, index)
        check(verdict == "FAILED" and line in lines, what, "::", verdict, lines)
    for what, changed, index in attacks.unseen():
        browser.open(report_page.write(folder, changed))
        give(browser, corpus)
        verdict, lines = check_one(browser, index)
        check(verdict.startswith("CHECKED"), "seen after all, say so:", what, verdict, lines)
        check("not checked: whether something newer, a retraction or another voice was left out" in lines and "words in small frames" in lines,
              what, "is not named:", lines)

def test_policy(browser):
    """Even with markup of its own let in, nothing runs and nothing is fetched: the policy stands."""
    browser.open(variant("<main id=\"main\">", "<main id=\"main\"><script>document.title='run'</script>"
                         "<img src=\"http://hostile.test/img\" onerror=\"document.title='run'\">"
                         "<a id=\"x\" href=\"javascript:document.title='run'\">x</a>"))
    browser.click("#x")
    check(len([line for line in browser.log() if "Content Security Policy" in line]) >= 3, "no violations were reported")
    check("run" not in browser.run("return document.title"), "an injected script ran")

def test_hostile(browser):
    check(browser.log() == [], "the console says", browser.log())
    check(not browser.dialog() and browser.run("return document.title").startswith("test.example/desk"), "something ran")
    check(browser.run("return document.images.length + document.scripts.length") == 1, "markup from a record")
    text = browser.run("return document.querySelector('.text').innerText")
    check("U+202E" not in text and "\u202e" not in text, "a character that reorders the text is rendered")
    marks = browser.run("return [...document.querySelectorAll('.x')].map(x => getComputedStyle(x, '::before').content)")
    check('"U+202E"' in marks and '"U+200B"' in marks, marks)

def test_shown(browser):
    for name, word in (("claim", "disputed"), ("quote", "approved"), ("conflict", "conflict"), ("gone", "retracted"), ("secret", "withheld")):
        states = browser.run("return [...document.querySelectorAll('#a%s > :is(h3, h4) .state')].map(s => s.textContent)" % article(name)[0])
        check(word in states, name, states)
    claim, quote = article("claim")[0], article("quote")[0]
    check("Rated false" in browser.run("return document.querySelector('#a%s .ratings').textContent" % claim), "ratings")
    check(browser.run("return document.querySelector('#a%s .dissent [data-by]').textContent" % claim) == "chloe", "dissent")
    check("WITHHELD" in browser.run("return document.querySelector('#a%s').textContent" % article("secret")[0]), "withheld")
    diff = browser.run("return [...document.querySelectorAll('#a%s .diff ins')].map(e => e.textContent)" % quote)
    check("special " in diff and "accord" in diff, diff)
    document = re.search('<article class="document"[^>]* id="a(\\d+)"', page)[1]
    diff = browser.run("return [...document.querySelectorAll('#a%s .diff ins')].map(e => e.textContent).join('')" % document)
    check(diff.startswith("Corrected."), "the text's own diff:", diff)
    check(browser.run("return document.querySelector('#a%s .history').open" % article("conflict")[0]), "a conflict's versions are folded away")
    check(browser.run("return [...document.querySelectorAll('mark.again[data-b~=\"%s.0\"]')].map(m => m.textContent).join('')" % quote)
          == "The draft is ready, and it is fair to all three shores.", "moved words are not marked")
    check(browser.run("return document.querySelectorAll('mark.n2').length > 0 && document.querySelectorAll('mark.n3').length > 0"), "overlaps")

def test_pointer_and_keyboard(browser):
    claim = article("claim")[0]
    browser.run("document.querySelectorAll('details.version').forEach(d => d.open = true)")
    inner = browser.run("const m = document.querySelector('mark.n3'); m.scrollIntoView({block: 'center'}); return (m.dataset.a || m.dataset.b).split('.')[0]")
    browser.click("mark.n3")
    check(browser.wait("return location.hash") == "#a" + inner, "a click does not lead to the annotation")
    check(browser.run("return document.activeElement.id") == "a" + inner, "nor the focus")
    check(browser.run("return document.querySelectorAll('mark.on').length") > 0, "nor is it lit")
    browser.open(url)
    seen = []
    for _ in range(80):
        browser.key("tab")
        at = browser.run("const e = document.activeElement; return e.id || e.className || e.tagName")
        seen.append(at)
        if at == "check":
            break
    check(seen[0] == "skip" and "corpus" in seen and "check-all" in seen and seen[-1] == "check", seen)
    browser.key("enter")
    record = browser.run("return document.activeElement.closest('.record').id")
    check(browser.wait(VERDICT % ("#" + record)), "the button does nothing by keyboard")
    tree = browser.devtools("Accessibility.getFullAXTree")["nodes"]
    roles = {node["role"]["value"] for node in tree if "role" in node and not node.get("ignored")}
    check({"banner", "navigation", "main", "contentinfo", "region", "article", "heading", "status"} <= roles, roles)
    unnamed = [node for node in tree if node.get("role", {}).get("value") in ("button", "link", "textbox", "region")
               and not node.get("ignored") and not node.get("name", {}).get("value")]
    check(not unnamed, "no name:", unnamed[:1])
    return claim

def test_for_everybody(browser):
    """By keyboard alone, in the order of the page; what comes out is read out once; every control has a name."""
    browser.open(url)
    give(browser, corpus)
    check(browser.run("return [...document.querySelectorAll('[tabindex]')].every(e => e.tabIndex <= 0)"), "an order of its own")
    browser.run("document.querySelector('#checkpoint').focus()")
    places = []
    for _ in range(30):
        browser.key("tab")
        places.append(browser.run("const e = document.activeElement; return [...document.querySelectorAll('*')].indexOf(e)"))
        check(browser.run("const s = getComputedStyle(document.activeElement); return s.outlineStyle !== 'none' && parseFloat(s.outlineWidth) >= 2"),
              "the focus cannot be seen")
    check(places == sorted(set(places)), "the focus jumps:", places)
    browser.run("document.querySelector('#check-all').focus()")
    browser.key("space")
    verdict = browser.wait(report_page.ALL_DONE)
    check(browser.run("return document.activeElement.id") == "check-all", "the focus is lost")
    tree = browser.devtools("Accessibility.getFullAXTree")["nodes"]
    live = [node for node in tree if node.get("role", {}).get("value") == "status" and not node.get("ignored")
            and any(p["name"] == "live" and p["value"]["value"] == "polite" for p in node.get("properties", []))]
    check(len(live) == 1, "read out are", len(live))
    said = browser.run("return document.querySelector('#all-result').textContent")
    check(said.startswith(verdict) and "record #" in said, said)
    check(browser.run("return document.querySelector('#r0 .result').getAttribute('aria-live')") == "off", "every record is read out")
    check_one(browser, "0")
    check(not browser.run("return document.querySelector('#r0 .result').hasAttribute('aria-live')"), "the one that was asked for is not")
    nameless = [node for node in tree if node.get("role", {}).get("value") in ("button", "link", "textbox", "region", "navigation", "DisclosureTriangle")
                and not node.get("ignored") and not node.get("name", {}).get("value")]
    check(not nameless, "no name:", nameless[:1])

# WCAG 2.2, 1.4.3 and 1.4.11: text 4.5 to its ground, large text, frames of fields and the focus 3.
CONTRAST = """
const rgb = text => text.match(/[\\d.]+/g).map(Number), seen = {};
const light = color => color.slice(0, 3).map(v => v / 255).map(v => v <= 0.04045 ? v / 12.92 : ((v + 0.055) / 1.055) ** 2.4)
    .reduce((sum, v, i) => sum + v * [0.2126, 0.7152, 0.0722][i], 0);
const ratio = (a, b) => { const [x, y] = [light(a), light(b)].sort((m, n) => n - m); return (x + 0.05) / (y + 0.05); };
const ground = e => { for (; e; e = e.parentElement) { const c = rgb(getComputedStyle(e).backgroundColor); if (c.length < 4 || c[3] > 0) return c; } return [255, 255, 255]; };
const note = (e, what, color, least) => { const r = ratio(rgb(color), ground(e)), key = what + ' ' + e.localName + '.' + e.className;
    seen[key] = Math.min(seen[key] || 99, r / least); };
for (const e of document.body.querySelectorAll('*')) {
    const style = getComputedStyle(e), size = parseFloat(style.fontSize), large = size >= 24 || (size >= 18.66 && style.fontWeight >= 700);
    if (style.display === 'none')
        continue;
    if ([...e.childNodes].some(n => n.nodeType === Node.TEXT_NODE && n.data.trim()) || e.localName === 'input')
        note(e, 'text', style.color, large ? 3 : 4.5);
    for (const part of ['::before', '::after'])
        if (!['none', 'normal', '""'].includes(getComputedStyle(e, part).content))
            note(e, part, getComputedStyle(e, part).color, 4.5);
    if (['input', 'textarea', 'button'].includes(e.localName))
        note(e.parentElement, 'frame', style.borderTopColor, 3);
}
note(document.body, 'focus', getComputedStyle(document.querySelector('a')).color, 3);
return Object.entries(seen);"""

def test_contrast(browser):
    """After a check that fails in part, so that results of each kind stand there."""
    browser.open(variant("The draft is fair to everybody.</dd>", "The draft is fair to nobody.</dd>"))
    give(browser, corpus, read("later"))
    browser.run("document.querySelectorAll('details').forEach(d => d.open = true)")
    check_all(browser)
    browser.run("document.querySelector('mark').classList.add('on')")
    for scheme in ("light", "dark"):
        browser.devtools("Emulation.setEmulatedMedia", features=[{"name": "prefers-color-scheme", "value": scheme}])
        seen = browser.run(CONTRAST)
        names = {name for name, _ in seen}
        check({"text li.FAIL", "text li.ok", "text b.", "focus body.", "frame p."} <= names, names)
        low = [(name, round(r, 2)) for name, r in seen if r < 1]
        check(not low, "too little contrast,", scheme, low)
    browser.devtools("Emulation.setEmulatedMedia", features=[])

def test_words(browser):
    """What a reader is told, whether or not scripts run."""
    told = browser.run("return document.body.innerText")
    for words in ("Is that all? No page can show what is not in it.", "It does not say that a claim is true.",
                  "It does not say that you see everything, either", "Nobody signed these, and no button checks them.",
                  "It cannot vouch for itself", "annotctl verify ID"):
        check(words in told, "not told:", words)

def test_without_javascript(browser):
    browser.devtools("Emulation.setScriptExecutionDisabled", value=True)
    # A window that has room for all of it: what is out of sight is not drawn before it comes into sight.
    browser.devtools("Emulation.setDeviceMetricsOverride", width=1000, height=30000, deviceScaleFactor=1, mobile=False)
    browser.open(url)
    expected = ("The draft is fair to everybody.", "JavaScript is off.", "Is that all?", "a result that you see was printed there", "it is fair to all three shores", "Verdicts, evidence and dissent")
    deadline = time.monotonic() + 30
    while True:  # what is drawn first may not be all: without scripts nothing tells when it is
        snapshot = browser.devtools("DOMSnapshot.captureSnapshot", computedStyles=["display"])
        strings, document = snapshot["strings"], snapshot["documents"][0]
        drawn = "".join(strings[n] for n in document["layout"]["text"] if n >= 0)
        if all(words in drawn for words in expected) or time.monotonic() > deadline:
            break
    for words in expected:
        check(words in drawn, words, "is not drawn")
    browser.devtools("Emulation.clearDeviceMetricsOverride")
    check("Check in this browser" not in drawn, "a button that does nothing")
    browser.devtools("Emulation.setScriptExecutionDisabled", value=False)

def test_print_and_dark(browser):
    browser.open(url)
    ink = "const s = getComputedStyle(document.body); return [s.color, s.backgroundColor]"
    light = browser.run(ink)
    browser.devtools("Emulation.setEmulatedMedia", features=[{"name": "prefers-color-scheme", "value": "dark"}])
    check(browser.run(ink) not in (light, light[::-1]), "the same in the dark")
    browser.devtools("Emulation.setEmulatedMedia", media="print", features=[])
    check(not browser.shown("#check-all") and not browser.shown("nav") and not browser.shown("#corpus") and browser.shown(".text"), "buttons in print")
    browser.run("dispatchEvent(new Event('beforeprint'))")
    check(browser.run("return [...document.querySelectorAll('.text, p.compare, article dl.cards')].every(e => e.checkVisibility())"),
          "a text or an annotation is not printed")
    browser.devtools("Emulation.setEmulatedMedia", media="")

url = "file://" + os.path.join(folder, "all.html")
# Nothing else has a name: what Chromium itself would like to load does not leave the machine, and is not counted.
with Browser("--host-resolver-rules=MAP hostile.test 127.0.0.1:%d, MAP * ~NOTFOUND" % server.server_address[1]) as chromium:
    chromium.devtools("Page.addScriptToEvaluateOnNewDocument", source=COUNT)
    chromium.open(url)
    test_hostile(chromium)
    test_words(chromium)
    test_good(chromium)
    test_wrong_hash(chromium)
    test_checkpoint(chromium)
    test_shown(chromium)
    test_pointer_and_keyboard(chromium)
    test_for_everybody(chromium)
    test_contrast(chromium)
    test_without_javascript(chromium)
    test_print_and_dark(chromium)
    test_tampered(chromium)
    test_attacks(chromium)
    check(hits == [], "requests:", hits)
    test_policy(chromium)
    check(hits == [], "requests:", hits)
    chromium.open("http://hostile.test/control")  # the server does get what is asked for
    check(any(b"/control" in hit for hit in hits), "the server hears nothing")
server.shutdown()
