#!/usr/bin/env python3
"""report_keys.py FOLDER CORPUS: the pages of report_keys.sh in a real Chromium, beside what annotctl verify said."""
import json, os, re, sys
sys.path.insert(0, os.path.join(os.path.dirname(os.path.abspath(__file__)), "..", "support"))
from browser import Browser
from report_page import check_all, check_one, failing, give, line_of, read, write

folder, corpus = sys.argv[1:3]
root = os.environ["ROOT"]

def check(condition, *what):
    if not condition:
        sys.exit("FAILED: " + " ".join(map(str, what)))

def path(name): return os.path.join(folder, name)
pages = {name: read(path(name + ".html")) for name in ("before", "across", "after", "again", "keys")}
notes = {name: read(path(name + ".note")) for name in pages}
claims = dict(line.split() for line in read(path("claims")).splitlines())

def index_of(page, record):
    return re.search(r'id="r(\d+)" data-record="%s"' % record, page)[1]

def record_of(page, pattern):
    """The element of the record whose text matches."""
    found = [one for one in re.findall(r'<div class="record".*?</pre></details>.*?</div></div>', page, re.S) if re.search(pattern, one, re.S)]
    check(found, "no record of", pattern)
    return found[-1]

def open_page(browser, text, checkpoint=""):
    browser.open(write(folder, text))
    give(browser, corpus, checkpoint)

# --- the table that both go by ---

def test_table():
    ours = {}
    for state, row in re.findall(r"^\t(\w+): \[(.*)\],$", read(os.path.join(root, "annotctl/report/authority.js")), re.M):
        ours[state] = re.findall(r"'([\w-]+)'", row)
    theirs = {}
    for state, row in re.findall(r"^STANDING\((\w+),(.*)\)$", read(os.path.join(root, "libannot/state/standing.def")), re.M):
        theirs[state.lower()] = [word.strip().lower().replace("_", "-") for word in row.split(",")]
    check(len(theirs) == 7 and ours == theirs, "standing.def and authority.js:", theirs, ours)

# --- keys of people ---

def test_standings(browser):
    """Each record as annotctl verify has it: the same words, and a failure where that has one."""
    open_page(browser, pages["keys"])
    seen, words = set(), {}
    for name, record in claims.items():
        said = json.loads(read(path("verify." + name)))
        key = next(line for line in said["checks"] if line["name"] == "key")
        verdict, lines = check_one(browser, index_of(pages["keys"], record))
        line = words[name] = line_of(lines, "key")
        text = line.split(" ", 1)[1].replace("DISPUTED: ", "").replace(" in this page", "")
        check(text == key["text"], name, "::", text, "::", key["text"])
        good = said["verdict"] in ("VALID", "VALID-UNWITNESSED")
        check(verdict.startswith("CHECKED" if good else "FAILED"), name, said["verdict"], verdict, lines)
        check((line.split(" ")[0] == "ok") == key["ok"], name, line, key)
        others = [one for one in lines.split("\n") if one.startswith(("FAIL", "MISSING")) and " key " not in one]
        check(not others, name, others)
        seen.add(said["verdict"])
    check(seen == {"VALID-UNWITNESSED", "DISPUTED"}, seen)
    for name, word in (("active", "not revoked"), ("rotated", "rotated later"), ("retired", "retired later"), ("left", "left later"),
                       ("removed", "removed later"), ("stolen-later", "compromised later"), ("disputed", "DISPUTED"),
                       ("removed-and-stolen", "DISPUTED"), ("stolen-admin", "DISPUTED"), ("reaffirmed", "reaffirmed this record"),
                       ("reaffirmed-by-thief", "DISPUTED"), ("reaffirmed-again", "reaffirmed this record")):
        check(word in words[name], name, words[name])
    check(check_all(browser).startswith("FAILED"), "disputed records")
    bad = failing(browser)
    check(all(line.startswith("FAIL key DISPUTED") for line in bad), bad)

def without(page, element):
    """A page from which somebody took what was said: the whole section of a record, or its line and itself."""
    for around in (r'<section class="said [^>]*>(?:(?!<section).)*?%s\s*</section>\n', r'<p class="ground">[^\n]*</p>\n%s\n'):
        found = re.search(around % re.escape(element), page, re.S)
        if found:
            return page.replace(found[0], "")
    sys.exit("FAILED: nothing to take away")

def reaffirm_of(name):
    return record_of(pages["keys"], r"\nkind reaffirm\n.*\non %s\n" % claims[name])

def test_tampered_keys(browser):
    page = pages["keys"]
    stands = reaffirm_of("reaffirmed")
    later = reaffirm_of("reaffirmed-again")
    revoked = record_of(page, r"\nkind key-revoke\n.*reason compromised\n")
    enrolled = record_of(page, r"\nkind key-add\n.*\nname chloe\n")
    moved = re.sub('data-index="\\d+"', 'data-index="1"', stands)
    other = stands.replace(claims["reaffirmed"], claims["disputed"])
    for what, text, record, wanted in (
            ("a reaffirmation left out", without(page, stands), "reaffirmed", "FAIL key DISPUTED"),
            ("a reaffirmation of another record", page.replace(stands, other), "disputed", "FAIL key DISPUTED"),
            ("the one that was turned to another", page.replace(stands, other), "reaffirmed", "FAIL key DISPUTED"),
            ("a reaffirmation that says more", page.replace(stands, stands.replace("reason mine", "reason yours")), "reaffirmed", "FAIL key DISPUTED"),
            ("a reaffirmation from another place in the log", page.replace(stands, moved), "reaffirmed", "FAIL key DISPUTED"),
            ("the owner's reaffirmation left out, the thief's kept", without(page, later), "reaffirmed-again", "FAIL key DISPUTED"),
            ("an enrolment left out", without(page, enrolled), "active", "FAIL key not in force"),
            ("an enrolment left out, by the name", without(page, enrolled), "active", "FAIL author by a key that was not in force"),
            ("a revocation changed", page.replace(revoked, revoked.replace("from-index", "from-index 1")), "disputed", "FAIL corpus")):
        check(text != page, what, "changes nothing")
        open_page(browser, text)
        verdict, lines = check_one(browser, index_of(text, claims[record]))
        check(verdict.startswith("FAILED") and wanted in lines, what, "::", verdict, lines)
    # What a page cannot know: a revocation that is not in it. The page says so in every result.
    open_page(browser, without(page, record_of(page, r"\nkind key-revoke\n.*from-index \d+\n")))
    check("not checked: whether something newer" in check_one(browser, index_of(page, claims["active"]))[1], "does not say what it cannot see")

# --- the key of the log ---

def signatures(note): return [line for line in note.split("\n") if line.startswith("\u2014")]

def test_log_key(browser):
    check([len(signatures(notes[name])) for name in ("before", "across", "after", "again")] == [1, 2, 1, 1], notes)
    for name in ("before", "across", "after", "again"):
        open_page(browser, pages[name], notes[name])
        verdict = check_all(browser)
        check(verdict.startswith("CHECKED"), name, verdict, failing(browser))
        verdict, lines = check_one(browser, index_of(pages[name], claims["active"]))
        check("ok yours the same as yours" in lines, name, lines)
        signer = line_of(lines, "checkpoint")
        check(signatures(notes[name])[-1].split(" ")[1] in signer, name, signer)
    # One of both may be missing: whoever knows the other goes on.
    first, second = signatures(notes["across"])
    for left in (first, second):
        open_page(browser, pages["across"].replace(left + "\n", ""))
        check(check_one(browser, index_of(pages["across"], claims["active"]))[0].startswith("CHECKED"), "one signature of two")

def test_other_checkpoints(browser):
    """A checkpoint that the reader kept, from before a change or from after it: never a failure, never a success."""
    for page, note, wanted in (("again", "before", "MISSING yours yours covers"), ("again", "across", "MISSING yours yours covers"),
                               ("after", "before", "MISSING yours yours covers"), ("before", "after", "named later"),
                               ("before", "again", "named later"), ("across", "again", "named later"), ("before", "across", "MISSING yours yours covers")):
        open_page(browser, pages[page], notes[note])
        verdict, lines = check_one(browser, index_of(pages[page], claims["active"]))
        check(verdict.startswith("NOT ALL") and wanted in lines and "FAIL" not in lines, page, note, verdict, lines)
    strange = notes["before"].replace("test.example/desk", "evil.example/desk")
    open_page(browser, pages["again"], strange)
    check("FAIL yours not signed by a log key" in check_one(browser, index_of(pages["again"], claims["active"]))[1], "a stranger's checkpoint")

def test_tampered_log_key(browser):
    new = signatures(notes["again"])[0]
    broken = new[:-10] + ("A" if new[-10] != "A" else "B") + new[-9:]
    for page, what, old, put, wanted in (
            ("before", "another signature", signatures(notes["before"])[0], signatures(notes["after"])[0], "not signed by a log key"),
            ("after", "the old key's signature", signatures(notes["after"])[0], signatures(notes["across"])[0], "forged"),
            ("again", "a key that signs no more", signatures(notes["again"])[0], signatures(notes["before"])[0], "not signed by a log key"),
            ("again", "a changed signature", new, broken, "forged"),
            ("again", "an older checkpoint", notes["again"], notes["after"], "the proof does not lead to the checkpoint"),
            ("again", "another size", "\n%s\n" % notes["again"].split("\n")[1], "\n%d\n" % (int(notes["again"].split("\n")[1]) + 1), "FAIL"),
            ("after", "the change of the key", None, None, "not signed by a log key")):
        text = pages[page]
        text = text.replace(old, put) if old else without(text, record_of(text, r"\nkind corpus\n.*\nparent "))
        check(text != pages[page], what, "changes nothing")
        open_page(browser, text)
        verdict, lines = check_one(browser, index_of(pages[page], claims["active"]))
        check(verdict.startswith("FAILED") and wanted in lines, what, "::", verdict, lines)

test_table()
with Browser() as chromium:
    test_log_key(chromium)
    test_other_checkpoints(chromium)
    test_tampered_log_key(chromium)
    test_standings(chromium)
    test_tampered_keys(chromium)
