"""A page of annotctl report in a Browser: giving it what a reader brings, pressing its buttons, reading what it says."""
import os, re

VERDICT = "return document.querySelector('%s .word')?.textContent"
ALL_DONE = ("return document.querySelector('#check-all').getAttribute('aria-disabled') !== 'true' && "
            "document.querySelector('#all-result .word')?.textContent")

def article(page, annotation):
    """Number of an annotation on the page, and the place of its record in the log."""
    found = re.search(r'<article class="[^"]*" id="a(\d+)" data-of="([0-9a-f]{64})"[^>]*>\s*<h\d>.*?<code>%s@' % annotation[:8], page)
    return found[1], re.search(r'id="r(\d+)" data-record="%s"' % found[2], page)[1]

def give(browser, corpus=None, checkpoint=None):
    for css, value in (("#corpus", corpus), ("#checkpoint", checkpoint)):
        if value is not None:
            browser.run("document.querySelector(arguments[0]).value = arguments[1]", css, value)

def check_one(browser, index):
    """The verdict on the record of that index, and its lines."""
    browser.run("const r = document.querySelector('#r%s'); r.querySelector('.result').replaceChildren(); "
                "r.querySelector('button').click()" % index)
    verdict = browser.wait(VERDICT % ("#r%s" % index))
    return verdict, browser.run("return [...document.querySelectorAll('#r%s .result li')]"
                                ".map(li => li.textContent).join('\\n')" % index)

def check_all(browser):
    browser.run("document.querySelector('#all-result').replaceChildren()")
    browser.click("#check-all")
    return browser.wait(ALL_DONE)

def failing(browser):
    return set(browser.run("return [...document.querySelectorAll('.record li.FAIL')].map(li => li.textContent)"))

def line_of(lines, name):
    """"ok TEXT" of the line of that name; None."""
    found = [line for line in lines.split("\n") if line.split(" ")[1:2] == [name]]
    return found[0].split(" ", 2)[0] + " " + found[0].split(" ", 2)[2] if found else None

def write(folder, text):
    """A changed page, as a URL."""
    path = os.path.join(folder, "changed.html")
    with open(path, "w", encoding="utf-8", newline="") as f:
        f.write(text)
    return "file://" + path

def read(path):
    with open(path, encoding="utf-8", newline="") as f:
        return f.read()
