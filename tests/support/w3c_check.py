#!/usr/bin/python3 -I
"""w3c_check.py [FILE…]: do Web Annotations keep every MUST of the model?

Reads one or more JSON texts from each file (or standard input): an annotation, a page, a collection, or a
list of them. Prints a line for each rule that is broken, with the section of the Web Annotation Data Model (W3C
Recommendation, 23 February 2017); exit 1 if there is any. It shares nothing with libannot/format: written from
the Recommendation alone. Pages of a collection that are in the same input are followed: first, next, last, partOf,
startIndex and total must agree.

--text IRI=FILE: the text behind a source; its selectors are tried on it (4.2.1 with RFC 5147, 4.2.4, 4.2.5).
"""
import json
import re
import sys

ANNO = "http://www.w3.org/ns/anno.jsonld"
IRI = re.compile(r'[A-Za-z][A-Za-z0-9+.-]*:[^\s<>"{}|\\^`\x00-\x20\x7f]+\Z')
UTC = re.compile(r"-?\d{4,}-(0[1-9]|1[0-2])-(0[1-9]|[12]\d|3[01])T([01]\d|2[0-3]):[0-5]\d:[0-5]\d(\.\d+)?Z\Z")
FRAGMENT = re.compile(r"(char|line)=(?:(\d+)(,\d*)?|,(\d+))((?:;(?:length=\d+|md5=[0-9A-Fa-f]{32})(?:,[^;,]+)?)*)\Z")
MOTIVATIONS = set("assessing bookmarking classifying commenting describing editing highlighting identifying linking "
                  "moderating questioning replying tagging".split())
faults = []
texts = {}


def fault(where, section, what):
    faults.append(f"{where}: {section}: {what}")


def many(value):
    if value is None:
        return []
    return value if isinstance(value, list) else [value]


def is_iri(value):
    return isinstance(value, str) and bool(IRI.match(value))


def types(thing):
    return many(thing.get("type"))


def is_count(value):
    return isinstance(value, int) and not isinstance(value, bool) and value >= 0


def one_text(where, section, thing, name, least=1):
    if name not in thing and least == 0:
        return
    if not isinstance(thing.get(name), str):
        fault(where, section, f"exactly one {name}")


def head(where, section, thing, kind, context=True):
    contexts = many(thing.get("@context"))
    if context and ANNO not in contexts:
        fault(where, section, "@context must have " + ANNO)
    if isinstance(thing.get("@context"), list) and len(contexts) < 2:
        fault(where, section, "a single @context must be a string")
    if not is_iri(thing.get("id")):
        fault(where, section, "must have exactly one id, an IRI")
    if kind not in types(thing):
        fault(where, section, f"type must have {kind}")


def times(where, thing):
    for name in ("created", "modified", "generated"):
        if name in thing and not (isinstance(thing[name], str) and UTC.match(thing[name])):
            fault(where, "3.3.1", f"{name} must be one xsd:dateTime in UTC with Z")


def agents(where, thing):
    for name in ("creator", "generator"):
        for agent in many(thing.get(name)):
            if isinstance(agent, dict):
                if "id" in agent and not is_iri(agent["id"]):
                    fault(where, "3.3.2", f"a {name} must not have more than one id, an IRI")
            elif not is_iri(agent):
                fault(where, "3.3.2", f"{name} is neither IRI nor object")


def properties(where, thing):
    times(where, thing)
    agents(where, thing)
    for rights in many(thing.get("rights")):
        if not is_iri(rights.get("id") if isinstance(rights, dict) else rights):
            fault(where, "3.3.6", "rights must be IRIs")
    if "canonical" in thing and not is_iri(thing["canonical"]):
        fault(where, "3.3.7", "canonical must be one IRI")
    for via in many(thing.get("via")):
        if not is_iri(via):
            fault(where, "3.3.7", "via must be IRIs")
    if thing.get("textDirection", "auto") not in ("ltr", "rtl", "auto"):
        fault(where, "3.2.1", "textDirection must be ltr, rtl or auto")


def positions(where, section, selector):
    for name in ("start", "end"):
        if not is_count(selector.get(name)):
            fault(where, section, f"exactly one {name}, a non-negative integer")
    if is_count(selector.get("start")) and is_count(selector.get("end")) and selector["start"] > selector["end"]:
        fault(where, section, "start is behind end")


def time_state(where, state):
    at, start, end = (name in state for name in ("sourceDate", "sourceDateStart", "sourceDateEnd"))
    if at and (start or end):
        fault(where, "4.3.1", "sourceDate must not stand with sourceDateStart or sourceDateEnd")
    if start != end:
        fault(where, "4.3.1", "sourceDateStart and sourceDateEnd must stand together")
    for name in ("sourceDate", "sourceDateStart", "sourceDateEnd"):
        for value in many(state.get(name)):
            if not (isinstance(value, str) and UTC.match(value)):
                fault(where, "4.3.1", f"{name} must be in UTC with Z")


def segment(where, thing):
    """A selector or state."""
    if is_iri(thing):
        return
    if not isinstance(thing, dict) or len(types(thing)) != 1:
        fault(where, "4.2", "a selector or state must have exactly one type")
        return
    kind = types(thing)[0]
    if kind == "FragmentSelector":
        one_text(where, "4.2.1", thing, "value")
        one_text(where, "4.2.1", thing, "conformsTo", 0)
        if "rfc5147" in thing.get("conformsTo", "") and not FRAGMENT.match(thing.get("value", "")):
            fault(where, "4.2.1", "not a fragment of RFC 5147: " + repr(thing.get("value")))
    elif kind in ("CssSelector", "XPathSelector"):
        one_text(where, "4.2.2" if kind == "CssSelector" else "4.2.3", thing, "value")
    elif kind == "TextQuoteSelector":
        one_text(where, "4.2.4", thing, "exact")
        one_text(where, "4.2.4", thing, "prefix", 0)
        one_text(where, "4.2.4", thing, "suffix", 0)
    elif kind == "TextPositionSelector":
        positions(where, "4.2.5", thing)
    elif kind == "DataPositionSelector":
        positions(where, "4.2.6", thing)
    elif kind == "RangeSelector":
        for name in ("startSelector", "endSelector"):
            if not isinstance(thing.get(name), dict):
                fault(where, "4.2.8", f"exactly one {name}")
            else:
                segment(where, thing[name])
    elif kind == "TimeState":
        time_state(where, thing)
    elif kind == "HttpRequestState":
        one_text(where, "4.3.2", thing, "value")
    for inner in many(thing.get("refinedBy")):
        segment(where + ".refinedBy", inner)


def fragment_words(value, text):
    """The characters that a fragment of RFC 5147 means; line endings count as one."""
    scheme, start, rest, upto, checks = FRAGMENT.match(value).groups()
    plain = text.replace("\r\n", "\n").replace("\r", "\n")
    for check in filter(None, checks.split(";")):
        name, number = check.split(",")[0].split("=")
        if name == "length" and int(number) != len(text.encode()):
            return None
    units = plain if scheme == "char" else plain.splitlines(keepends=True)
    first = int(start) if start else 0
    last = int(upto) if upto else len(units) if rest == "," else int(rest[1:]) if rest else first
    return "".join(units[first:last])


def try_selectors(where, resource):
    source = resource.get("source")
    text = texts.get(source.get("id") if isinstance(source, dict) else source)
    if text is None:
        return
    selectors = {types(s)[0]: s for s in many(resource.get("selector")) if isinstance(s, dict)}
    for kind in ("FragmentSelector", "TextQuoteSelector", "TextPositionSelector"):
        if kind not in selectors:
            fault(where, "text/plain", f"no {kind}")
            return
    exact = selectors["TextQuoteSelector"]["exact"]
    position = selectors["TextPositionSelector"]
    found = text[position["start"]:position["end"]]
    if found != exact:
        fault(where, "4.2.5", f"{found!r} stands at the position, not {exact!r}")
    found = fragment_words(selectors["FragmentSelector"]["value"], text)
    if found != exact.replace("\r\n", "\n").replace("\r", "\n"):
        fault(where, "4.2.1", f"the fragment means {found!r}, not {exact!r}")
    quote = selectors["TextQuoteSelector"]
    around = quote.get("prefix", "") + exact + quote.get("suffix", "")
    at = position["start"] - len(quote.get("prefix", ""))
    if text[at:at + len(around)] != around:
        fault(where, "4.2.4", "prefix, exact and suffix do not stand at the position")


def resource(where, thing):
    """A body or target."""
    if is_iri(thing):
        return
    if not isinstance(thing, dict):
        fault(where, "3.2.1", "neither IRI nor object: " + repr(thing))
        return
    properties(where, thing)
    if "SpecificResource" in types(thing) or "source" in thing or "selector" in thing:
        if len(many(thing.get("source"))) != 1:
            fault(where, "4", "must have exactly one source")
        for source in many(thing.get("source")):
            resource(where + ".source", source)
        for inner in many(thing.get("selector")) + many(thing.get("state")):
            segment(where, inner)
        try_selectors(where, thing)
    elif "Choice" in types(thing):
        if len(types(thing)) != 1:
            fault(where, "3.2.7", "a Choice must have exactly one type")
        for inner in many(thing.get("items")):
            resource(where + ".items", inner)
    elif "TextualBody" in types(thing) or "value" in thing:
        one_text(where, "3.2.4", thing, "value")
    elif not is_iri(thing.get("id")):
        fault(where, "3.2.1", "must have exactly one id, an IRI")


def annotation(where, thing, context=True):
    head(where, "3.1", thing, "Annotation", context)
    properties(where, thing)
    if not many(thing.get("target")):
        fault(where, "3.1", "must have one or more targets")
    if "bodyValue" in thing and ("body" in thing or not isinstance(thing["bodyValue"], str)):
        fault(where, "3.2.5", "bodyValue must be one string, without body")
    for motivation in many(thing.get("motivation")):
        if motivation not in MOTIVATIONS and ":" not in motivation:
            fault(where, "3.3.5", "not a motivation: " + repr(motivation))
    for audience in many(thing.get("audience")):
        for name in audience if isinstance(audience, dict) else ():
            if name not in ("id", "type") and not name.startswith("schema:"):
                fault(where, "3.3.3", "an audience's properties must be prefixed: " + name)
    for name in ("body", "target"):
        for i, inner in enumerate(many(thing.get(name))):
            resource(f"{where}.{name}[{i}]", inner)


def page(where, thing, context):
    head(where, "5.2", thing, "AnnotationPage", context)
    items = thing.get("items")
    if not isinstance(items, list) or not items:
        fault(where, "5.2", "items must be a list of one or more annotations")
        items = []
    if "startIndex" in thing and not is_count(thing["startIndex"]):
        fault(where, "5.2", "startIndex must be a non-negative integer")
    for i, item in enumerate(items):
        annotation(f"{where}.items[{i}]", item, False)


def collection(where, thing, pages):
    head(where, "5.1", thing, "AnnotationCollection")
    if "total" in thing and not is_count(thing["total"]):
        fault(where, "5.1", "total must be a non-negative integer")
    for label in many(thing.get("label")):
        if not isinstance(label, str):
            fault(where, "5.1", "label must be a string")
    total = thing.get("total", 0)
    if total and len(many(thing.get("first"))) != 1:
        fault(where, "5.1", "must have exactly one first page")
        return
    if isinstance(thing.get("first"), dict):
        page(where + ".first", thing["first"], False)
        pages[thing["first"].get("id")] = thing["first"]
    follow(where, thing, pages, total)


def follow(where, thing, pages, total):
    first = thing.get("first")
    at, seen, last = first.get("id") if isinstance(first, dict) else first, 0, None
    visited = set()
    while at is not None:
        if at not in pages or at in visited:
            fault(where, "5.2", f"no page {at}, or it comes twice")
            return
        visited.add(at)
        this, last = pages[at], at
        if this.get("startIndex", seen) != seen:
            fault(where, "5.2", f"startIndex of {at} must be {seen}")
        part = this.get("partOf")
        if part is not None and (part.get("id") if isinstance(part, dict) else part) != thing.get("id"):
            fault(where, "5.2", f"{at} is part of another collection")
        seen += len(this.get("items", []))
        at = this.get("next")
    if total != seen:
        fault(where, "5.1", f"total is {total}, but the pages have {seen}")
    if "last" in thing and thing["last"] != last:
        fault(where, "5.1", "last is not the last page")
    if set(pages) != visited:
        fault(where, "5.2", "a page that is not the last must have next")


def values(text):
    decoder, at = json.JSONDecoder(), 0
    while at < len(text):
        if text[at].isspace():
            at += 1
            continue
        value, at = decoder.raw_decode(text, at)
        yield from value if isinstance(value, list) else [value]


def main(arguments):
    files = []
    while arguments:
        if arguments[0] == "--text":
            iri, _, path = arguments[1].rpartition("=")
            texts[iri] = open(path, encoding="utf-8", newline="").read()
            arguments = arguments[2:]
        else:
            files.append(arguments.pop(0))
    count = 0
    for path in files or ["/dev/stdin"]:
        things = list(values(open(path, encoding="utf-8").read()))
        pages = {t.get("id"): t for t in things if "AnnotationPage" in types(t)}
        for i, thing in enumerate(things):
            where = f"{path}[{i}]"
            count += 1
            if "AnnotationPage" in types(thing):
                page(where, thing, True)
            elif "AnnotationCollection" in types(thing):
                collection(where, thing, pages)
            else:
                annotation(where, thing)
    if not count:
        fault("input", "-", "nothing in it")
    for line in faults:
        print(line)
    return 1 if faults else 0


sys.exit(main(sys.argv[1:]))
