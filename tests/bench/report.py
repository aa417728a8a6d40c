#!/usr/bin/env python3
"""report.py make FOLDER: a text with 2,000 quotes, as FOLDER/text and FOLDER/batch (for annotctl batch).
report.py measure PAGE CORPUS: opens the page of a report of them in Chromium, clicks on a mark, checks one record and then all of them, and
prints of the tasks with script in them the longest: "longest_ms N" by the clock, "longest_cpu_ms N" in processor time; and
"check_s N" for all records, "tasks N" that were looked at."""
import json, os, random, sys
sys.path.insert(0, os.path.join(os.path.dirname(os.path.abspath(__file__)), "..", "support"))
from browser import Browser

SCRIPT = {"EvaluateScript", "FunctionCall", "RunMicrotasks", "v8.callFunction", "TimerFire"}
WORDS = "the lake draft fair shores envoy sluice gauge river water quota commission reading month side paper table".split()
DONE = "return document.querySelector('#check-all').getAttribute('aria-disabled') !== 'true' && document.querySelector('#all-result .word')?.textContent"

def make(folder):
    chance, paragraphs = random.Random(7), []
    for n in range(500):
        paragraphs.append(["word%d-%d" % (n, k) if k % 6 == 0 else chance.choice(WORDS) for k in range(60)])
    with open(os.path.join(folder, "text"), "w") as text:
        text.write("\n\n".join(" ".join(words) for words in paragraphs) + "\n")
    with open(os.path.join(folder, "batch"), "w") as batch:
        for n in range(2000):
            start = n % 4 * 12
            quote = " ".join(paragraphs[n // 4][start:start + 20])
            batch.write(json.dumps({"args": ["quote", "add", "text", quote, "--speaker", "Speaker %d" % (n % 7)]}) + "\n")

def longest(events, path):
    """Of tasks with script in them: ms by the clock and of processor time of the longest by either, and how many there were."""
    main = {(e["pid"], e["tid"]) for e in events if e.get("name") == "EvaluateScript" and path in str(e["args"])}
    mine = [e for e in events if (e["pid"], e["tid"]) in main and e.get("ph") == "X"]
    starts = sorted(e["ts"] for e in mine if e["name"] in SCRIPT)
    run = []
    for task in mine:
        if task["name"] in ("RunTask", "ThreadControllerImpl::RunTask"):
            if any(task["ts"] <= ts < task["ts"] + task["dur"] for ts in starts):
                run.append((task["dur"] / 1000, task.get("tdur", task["dur"]) / 1000))
    if not run:
        sys.exit("no task with script in it in the trace: " + ", ".join(sorted({e["name"] for e in mine})[:40]))
    return max(wall for wall, _ in run), max(cpu for _, cpu in run), len(run)

def measure(page, corpus):
    with Browser(trace="devtools.timeline,disabled-by-default-devtools.timeline") as browser:
        browser.open("file://" + os.path.abspath(page))
        browser.run("document.querySelector('#corpus').value = arguments[0]", corpus)
        browser.click(".text mark")
        browser.click("button.check")
        browser.wait("return document.querySelector('.record .word')")
        start = browser.run("return performance.now()")
        browser.click("#check-all")
        verdict = browser.wait(DONE)
        seconds = (browser.run("return performance.now()") - start) / 1000
        if not verdict.startswith("CHECKED"):
            sys.exit(verdict)
        wall, cpu, n = longest(browser.trace(), page)
        print("longest_ms %.1f\nlongest_cpu_ms %.1f\ntasks %d\ncheck_s %.2f" % (wall, cpu, n, seconds))

if sys.argv[1] == "make":
    make(sys.argv[2])
else:
    measure(*sys.argv[2:])
