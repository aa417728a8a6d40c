#!/usr/bin/env python3
"""report.py PAGE CORPUS: opens a page of report in Chromium, uses it, checks all its records, and prints of the tasks of its main
thread that ran script the longest: "longest_ms N" by the clock, "longest_cpu_ms N" in processor time; and "check_s N" for all records."""
import os, sys
sys.path.insert(0, os.path.join(os.path.dirname(os.path.abspath(__file__)), "..", "support"))
from browser import Browser

SCRIPT = {"EvaluateScript", "FunctionCall", "RunMicrotasks", "v8.callFunction", "TimerFire"}

def longest(events, path):
    """Of tasks with script in them: (ms by the clock, ms of processor time) of the longest by either measure."""
    main = {(e["pid"], e["tid"]) for e in events if e.get("name") == "EvaluateScript" and path in str(e["args"])}
    mine = [e for e in events if (e["pid"], e["tid"]) in main and e.get("ph") == "X"]
    tasks = [e for e in mine if e["name"] in ("RunTask", "ThreadControllerImpl::RunTask")]
    scripts = sorted((e["pid"], e["tid"], e["ts"]) for e in mine if e["name"] in SCRIPT)
    run = []
    for task in tasks:
        inside = [s for s in scripts if s[:2] == (task["pid"], task["tid"]) and task["ts"] <= s[2] < task["ts"] + task["dur"]]
        if inside:
            run.append((task["dur"] / 1000, task.get("tdur", task["dur"]) / 1000))
    if not run:
        sys.exit("no scripted task in the trace: " + ", ".join(sorted({e["name"] for e in mine})[:40]))
    return max(wall for wall, _ in run), max(cpu for _, cpu in run), len(run)

with Browser(trace="devtools.timeline,disabled-by-default-devtools.timeline") as browser:
    browser.open("file://" + os.path.abspath(sys.argv[1]))
    browser.run("document.querySelector('#corpus').value = arguments[0]", sys.argv[2])
    browser.click("article mark, .text mark")
    browser.click("button.check")
    browser.wait("return document.querySelector('.record .word')")
    start = browser.run("return performance.now()")
    browser.click("#check-all")
    verdict = browser.wait("return !document.querySelector('#check-all').disabled && document.querySelector('#all-result .word')?.textContent")
    seconds = (browser.run("return performance.now()") - start) / 1000
    if not verdict.startswith("CHECKED"):
        sys.exit(verdict)
    wall, cpu, n = longest(browser.trace(), sys.argv[1])
    print("longest_ms %.1f\nlongest_cpu_ms %.1f\ntasks %d\ncheck_s %.2f" % (wall, cpu, n, seconds))
