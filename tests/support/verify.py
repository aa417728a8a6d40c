#!/usr/bin/env python3
"""Checks what an annot bundle proves, without annot: Python's standard library, ssh-keygen and openssl alone.

    verify.py BUNDLE CORPUS

CORPUS is the hash of the genesis record, from elsewhere than the bundle. Written from docs/records.md and the formats that
it names; shares no code with libannot, so that the two can be held against each other. Exit 0 if all lines are ok.
"""
import base64, hashlib, os, re, subprocess, sys, tempfile
NOT_CHECKED = "whether the author was enrolled and the key in force, later versions, retractions, reviews, time, witnesses"
ESCAPES = {"\\\\": "\\", "\\n": "\n", "\\r": "\r", "\\t": "\t"}
words_said = []
class Wrong(Exception): """What is against the bundle."""
class Missing(Exception): """What cannot be checked from it."""
def hexhash(data): return hashlib.sha256(data).hexdigest()
def leaf_hash(data): return hashlib.sha256(b"\0" + data).digest()
def node(left, right): return hashlib.sha256(b"\1" + left + right).digest()

def need(condition, text):
    if not condition:
        raise Wrong(text)

def unescape(text):
    return re.sub(r"\\(?:u\{([0-9a-f]+)\}|[\\nrt])", lambda m: chr(int(m[1], 16)) if m[1] else ESCAPES[m[0]], text)

def sections(data):
    """[(name, bytes)] of the whole file, whose closing line must fit."""
    need(data.startswith(b"annot-bundle/v1\n"), "not a bundle of version 1")
    body, at, ret = data[:-69], 16, []
    need(data[-69:] == b"end " + hexhash(body).encode() + b"\n", "the closing line is not the SHA-256 of what is before it")
    while at < len(body):
        head = re.compile(rb"section ([a-z-]+) (0|[1-9][0-9]*)\n").match(body, at)
        need(head, "no section at byte %d" % at)
        end = head.end() + int(head[2])
        need(body[end:end + 1] == b"\n", "a section does not end")
        ret.append((head[1].decode(), body[head.end():end]))
        at = end + 1
    return ret

class Record:
    def __init__(self, data, armor, proof):
        self.data, self.hash, self.armor = data, hexhash(data), armor
        self.cards = [tuple(line.split(" ", 1)) for line in data.decode().split("\n")[1:-1]]
        self.first = dict(reversed(self.cards))  # of each name the first card
        blob = base64.b64decode("".join(armor.decode().split("\n")[1:-2]))
        self.key, self.signature = blob[14:14 + 51], blob[-64:]
        head, _, self.note = proof.partition(b"\n\n")
        head = head.decode().split("\n")[1:]
        self.extra = head.pop(0)[6:] if head[0].startswith("extra ") else None
        self.index = int(head[0].split(" ")[1])
        self.path = [base64.b64decode(line, validate=True) for line in head[1:]]
    def canonical_armor(self):
        parts = [self.key, b"annot-record-v1", b"", b"sha512", self.key[:15] + b"\0\0\0\x40" + self.signature]
        blob = b"SSHSIG\0\0\0\1" + b"".join(len(part).to_bytes(4, "big") + part for part in parts)
        body = re.sub("(.{70})", r"\1\n", base64.b64encode(blob).decode()).rstrip("\n")
        return ("-----BEGIN SSH SIGNATURE-----\n%s\n-----END SSH SIGNATURE-----\n" % body).encode()
    def leaf(self):
        parents = ",".join(value for name, value in self.cards if name == "parent") or "-"
        fields = (self.first["kind"], self.hash if self.first["annotation"] == "-" else self.first["annotation"], parents,
                  self.first.get("from" if self.first["kind"] == "link" else "on", "-"), self.first["author"],
                  self.hash, hexhash(self.signature))
        return ("annot-leaf/v1 " + " ".join(fields) + "\n").encode()
    def targets(self):
        for n, (name, value) in enumerate(self.cards):
            if name == "target":
                document, start, end = value.split(" ")
                yield document, int(start), int(end), [unescape(self.cards[n + k][1]).encode() for k in (1, 2, 3)]

def read_note(note):
    """Text, size and root of a checkpoint, and its signature lines as (name, bytes)."""
    text, _, tail = note.rpartition(b"\n\n")
    _, size, root = text.decode().split("\n")
    signed = [line[2:].split(" ") for line in tail.decode().split("\n")[:-1]]
    return text + b"\n", int(size), base64.b64decode(root), [(name, base64.b64decode(s)) for name, s in signed]

def inclusion(index, size, value, path):
    """The root that a path leads to (RFC 9162, 2.1.3.2); None if it is too long or too short."""
    last = size - 1
    for step in path:
        if last == 0:
            return None
        if index & 1 or index == last:
            value = node(step, value)
            while not index & 1 and index:
                index, last = index >> 1, last >> 1
        else:
            value = node(value, step)
        index, last = index >> 1, last >> 1
    return value if last == 0 else None

def tree_root(leaves):
    """The root over all leaves: complete subtrees, then folded from the right."""
    stack = []
    for n, value in enumerate(leaves):
        while n & 1:
            value, n = node(stack.pop(), value), n >> 1
        stack.append(value)
    while len(stack) > 1:
        right = stack.pop()
        stack.append(node(stack.pop(), right))
    return stack[0]

def run(command, stdin=b"", **files):
    with tempfile.TemporaryDirectory() as folder:
        for name, data in files.items():
            with open(os.path.join(folder, name), "wb") as f:
                f.write(data)
        return subprocess.run(command.split(), cwd=folder, input=stdin, capture_output=True, check=False).returncode == 0

def check_signature(record):
    need(hexhash(record.key) == record.first["author"], "signed by another key than the author's")
    need(record.armor == record.canonical_armor(), "not the one form of an SSH signature that is accepted")
    signer = b'author namespaces="annot-record-v1" ssh-ed25519 ' + base64.b64encode(record.key) + b"\n"
    verify = "ssh-keygen -Y verify -f signers -I author -n annot-record-v1 -s signature"
    need(run(verify, record.data, signers=signer, signature=record.armor), "ssh-keygen does not accept the signature")
    return "good, by SHA256:" + base64.b64encode(hashlib.sha256(record.key).digest()).decode().rstrip("=")

def check_logged(record, note):
    _, size, root, _ = read_note(note)
    need(record.note == note and record.index < size, "its proof is for another checkpoint")
    need(record.extra in (None, base64.b64encode(record.leaf()).decode()), "the proof's extra line is not the leaf")
    need(inclusion(record.index, size, leaf_hash(record.leaf()), record.path) == root, "the proof does not lead to the root")
    return "record #%d of %d" % (record.index, size)

def check_checkpoint(genesis, note):
    (name, _, key), (text, _, _, signatures) = genesis.first["log"].split("+", 2), read_note(note)
    key = base64.b64decode(key)
    key_id = hashlib.sha256(name.encode() + b"\n" + key).digest()[:4]
    signature = next((value[4:] for signer, value in signatures if (signer, value[:4]) == (name, key_id)), None)
    if signature is None:
        raise Missing("not signed by the log key of the genesis record, and later keys are not looked for")
    der = bytes.fromhex("302a300506032b6570032100") + key[1:]
    verify = "openssl pkeyutl -verify -pubin -keyform DER -inkey key -rawin -in text -sigfile signature"
    good = run(verify, key=der, text=text, signature=signature)
    need(good and text.decode().split("\n")[0] == name, "not a signature by the log key of the genesis record")
    return "signed by " + genesis.first["log"]

def document_text(document, parts):
    """The text, and the set of its 4 KiB chunks that the bundle shows: all, or those that excerpts prove."""
    length, shown = int(document.first["length"]), {}
    for name, data in parts:
        if name == "source" and hexhash(data) == document.first["sha256"]:
            return data, range(length // 4096 + 1)
        head, chunk = data.partition(b"\n\n")[0].decode("latin-1").split("\n"), data.partition(b"\n\n")[2]
        if name == "excerpt" and head[0] == "document " + document.hash:
            n = int(head[1].split(" ")[1])
            root = inclusion(n, -(-length // 4096), leaf_hash(chunk), [base64.b64decode(step) for step in head[2:]])
            need(root and root.hex() == document.first["chunks"], "a part of the text is not the document's")
            shown[n] = chunk
    return b"".join(shown.get(k, bytes(4096)) for k in range(-(-length // 4096))), shown

def check_words(record, records, parts):
    if record.first["kind"] == "document" and not isinstance(document_text(record, parts)[1], range):
        raise Missing("the document's text is not in the bundle")
    for document, start, end, (exact, prefix, suffix) in record.targets():
        if document not in records:
            raise Missing("a document's record is not in the bundle")
        text, shown = document_text(records[document], parts)
        if not all(k in shown for k in range((start - len(prefix)) // 4096, (end + len(suffix) - 1) // 4096 + 1)):
            raise Missing("the words' part of the text is not in the bundle")
        found = (text[start:end], text[max(0, start - len(prefix)):start], text[end:end + len(suffix)])
        need(found == (exact, prefix, suffix), "bytes %d to %d are not the words of the record" % (start, end))
    return "%d targets stand in the source, byte for byte" % len(list(record.targets()))

def say(name, check, *args):
    try:
        word, text = "ok", check(*args)
    except Missing as why:
        word, text = "MISSING", why
    except (Wrong, ValueError, KeyError, IndexError, TypeError, AttributeError) as why:
        word, text = "FAIL", why
    words_said.append(word)
    print("%-8s %-12s %s" % (word, name, text))

def check_all(data, corpus):
    parts, names = sections(data), ("record", "chain", "reference")
    found = [Record(*(data for _, data in parts[n:n + 3])) for n, (name, data) in enumerate(parts) if name in names and data]
    if not parts[0][1]:
        raise Missing("the record was withheld: the rest takes the log's leaves")
    record, records = found[0], {r.hash: r for r in found}
    say("signature", check_signature, record)
    say("logged", check_logged, record, record.note)
    need(corpus in records and record.first["corpus"] == (corpus if record.hash != corpus else "-"), "of another corpus")
    say("checkpoint", check_checkpoint, records[corpus], record.note)
    say("words", check_words, record, records, parts)
    all(check_signature(other) and check_logged(other, record.note) for other in found[1:])
    texts = [r.first["sha256"] for r in found if r.first["kind"] == "document"]
    need(all(hexhash(data) in texts for name, data in parts if name == "source"), "a source that is no document's text")
    leaves = dict(parts).get("leaves", b"").splitlines(True)
    need(not leaves or tree_root(map(leaf_hash, leaves)) == read_note(record.note)[2], "the leaves do not give the root")
    return "%s; %d records, %d leaves" % (corpus, len(found), len(leaves))

sys.argv[2:] or sys.exit(__doc__)
with open(sys.argv[1], "rb") as bundle:
    say("corpus", check_all, bundle.read(), sys.argv[2])
print("%-8s %-12s %s" % ("", "not checked", NOT_CHECKED))
sys.exit(any(word != "ok" for word in words_said))
