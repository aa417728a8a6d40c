#!/usr/bin/env python3
"""Verifies bundles offline and prints their words: verify.py CORPUS BUNDLE…"""
import ctypes
import json
import sys

class Error(ctypes.Structure):
    _fields_ = [("status", ctypes.c_int), ("text", ctypes.c_char * 512)]

annot = ctypes.CDLL("libannot.so.0")

def verify(path, corpus):
    text, error = ctypes.c_char_p(), Error()
    if annot.annot_flat_verify(path.encode(), corpus.encode(), ctypes.byref(text), ctypes.byref(error)):
        raise SystemExit(f"verify.py: {error.text.decode()}")
    report = json.loads(text.value)
    annot.annot_flat_free(text)
    return report


exit_code = 0
for path in sys.argv[2:]:
    report = verify(path, corpus=sys.argv[1])
    print(report["verdict"], path)
    for target in report.get("cards", {}).get("targets", []):
        print(f"  “{target['exact']}”")
    exit_code |= report["exit"]
sys.exit(exit_code)
