#!/usr/bin/python3 -I
"""survives.py FORMAT BEFORE AFTER LOSSES…: what of items did not come through an import and an export, and was not said?

BEFORE has items as another program wrote them, AFTER the export of what they became, LOSSES are the reports of import and
export (--report-loss). Compares each item field by field, whatever the order of members. A field that is not there, or
another, and that no loss names is printed; exit 1 if there is any. What docs/formats.md says to become another field is in
the tables below, and nothing else. It shares nothing with libannot/format.
"""
import json
import sys

# An item's id, and where the item that it became says which it was.
IDS = {"w3c": lambda i: i["id"], "hypothesis": lambda i: i["id"], "claimreview": lambda i: i["url"]}


def many(value):
    return value if isinstance(value, list) else [] if value is None else [value]


def items(path):
    text, decoder, at, found = open(path, encoding="utf-8").read(), json.JSONDecoder(), 0, []
    while text[at:].strip():
        at += len(text[at:]) - len(text[at:].lstrip())
        value, at = decoder.raw_decode(text, at)
        found.append(value)
    for value in found[:]:
        if isinstance(value, list):
            found += value
        for name in ("items", "rows", "annotations", "@graph"):
            if isinstance(value, dict) and isinstance(value.get(name), list):
                found += value[name]
        first = value.get("first") if isinstance(value, dict) else None
        if isinstance(first, dict):
            found += first["items"]
    return [v for v in found if isinstance(v, dict)]


def flat(value, path=""):
    """(path, leaf) of all leaves; the first of a list stands for a value alone, as in JSON-LD."""
    if isinstance(value, dict) and value:
        for name, inner in value.items():
            yield from flat(inner, f"{path}.{name}" if path else name)
    elif isinstance(value, list) and value:
        for i, inner in enumerate(value):
            yield from flat(inner, f"{path}[{i}]" if i else path)
    else:
        yield path, value


def selectors(item, target):
    """Taken out of a target: the words, by their class; positions are recomputed, contexts are the text's."""
    kept = {}
    for one in many(target.pop("selector", None)):
        kind = one.get("type")
        if kind in ("TextPositionSelector",) or (kind == "FragmentSelector" and one["value"].startswith(("char=", "line="))):
            continue
        if kind == "TextQuoteSelector" and "refinedBy" not in one:
            one = {"exact": one["exact"], "prefix": one.get("prefix", ""), "suffix": one.get("suffix", "")}
        kept.setdefault(kind, []).append(one)
    return kept


def normal(form, item):
    item = json.loads(json.dumps(item))
    if form in ("w3c", "hypothesis"):
        words = []
        item["target"] = [t if isinstance(t, dict) else {"id": t} for t in many(item.get("target"))]
        for target in item["target"]:
            page, mark, _ = target.get("id", "").partition("#")
            if mark and form == "w3c" and "source" not in target:  # a fragment becomes a FragmentSelector
                target.update(type="SpecificResource", source=page)
                del target["id"]
            words.append(selectors(item, target))
            if "source" in target and form == "w3c" and words[-1]:
                target.setdefault("type", "SpecificResource")
        item["words"] = words
    if form == "w3c":
        item["via"] = [item.pop("id")] + many(item.get("via"))
        item["@context"] = sorted(json.dumps(c) for c in many(item["@context"]))
        if "bodyValue" in item:
            item["body"] = {"type": "TextualBody", "value": item.pop("bodyValue"), "format": "text/plain"}
        item["body"] = many(item.get("body"))
        if not item["body"]:
            del item["body"]
    if form == "claimreview":
        item["@type"] = [kind.split("/")[-1] for kind in many(item["@type"])]
        item["isBasedOn"] = many(item.get("isBasedOn")) + [item.pop("url")]
        item.pop("@context", None)
    return item


def came(form, item):
    """The ids of items that an exported one may have been."""
    return many(item.get("via")) if form == "w3c" else [item["id"]] if form == "hypothesis" else many(item.get("isBasedOn"))


def same(path, before, after):
    if before == after:
        return True
    if path.endswith("prefix") and isinstance(after, str):
        return after.endswith(before)
    return path.endswith("suffix") and isinstance(after, str) and after.startswith(before)


def has(leaves, path, leaf):
    """Lists of alternatives (isBasedOn, @context …) may have grown and been put in another order."""
    if path in leaves and same(path, leaf, leaves[path]):
        return True
    stem = path.split("[")[0].split(".")[0]
    free = ("@context", "via", "isBasedOn", "identifier", "citation", "correction", "contributor", "sdPublisher")
    return stem in free and any(p.split("[")[0].split(".")[0] == stem and value == leaf for p, value in leaves.items())


def field_of(loss):
    """A loss's field as a path of what normal() makes: selectors stand in words, by their class."""
    field = loss["field"]
    target, selector, part = field.partition(".selector")
    if not selector:
        return field
    try:
        kind = json.loads(loss["value"])["type"]
    except (TypeError, ValueError, KeyError):
        kind = "TextQuoteSelector"
    return target.replace("target", "words") + "." + kind + part


def named(path, fields):
    """Whether a loss is of the field, or of what it stands in."""
    return any(path == field or path.startswith((field + ".", field + "[")) for field in fields)


def without(item, lost):
    """Without the targets that were lost as a whole."""
    gone = {loss["field"] for loss in lost}
    if isinstance(item.get("target"), list):
        item = dict(item, target=[t for i, t in enumerate(item["target"]) if f"target[{i}]" not in gone])
    return item


def is_item(form, value):
    if form == "hypothesis":
        return "uri" in value and "id" in value
    kinds = [kind.split("/")[-1] for kind in many(value.get("type", value.get("@type")))]
    return {"w3c": "Annotation", "claimreview": "ClaimReview"}[form] in kinds


def main(form, before, after, *reports):
    losses = [json.loads(line) for path in reports for line in open(path, encoding="utf-8")]
    exported, faults = [i for i in items(after) if is_item(form, i)], 0
    for item in (i for i in items(before) if is_item(form, i)):
        ident = IDS[form](item)
        became = [i for i in exported if ident in came(form, i)]
        text = json.dumps(became)
        lost = [loss for loss in losses if loss["item"] == ident or loss["item"].endswith("/" + ident) or
                (len(loss["item"]) == 64 and loss["item"] in text)]
        if any(loss["left_out"] for loss in lost):
            continue
        fields = [field_of(loss).replace("[0]", "") for loss in lost]
        leaves = {path: leaf for one in became for path, leaf in flat(normal(form, one))}
        for path, leaf in flat(normal(form, without(item, lost))) if became else [("", ident)]:
            if leaf not in ({}, []) and not has(leaves, path, leaf) and not named(path, fields):
                print(f"{ident}: {path} was {leaf!r}, is {leaves.get(path)!r}, and no loss says so")
                faults += 1
    return 1 if faults else 0


sys.exit(main(*sys.argv[1:]))
