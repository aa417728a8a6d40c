#!/bin/sh
# What an import is given: files of another kind, folders, FIFOs and pipes.
. "${ROOT:?}/tests/cli/lib.sh"
desk
text wire 'The lake is full, she said.' >/dev/null
before=$(size)
same() { [ "$1" = "$2" ] || fail "\"$1\" instead of \"$2\""; }
# item N: an annotation, in a line
item() {
	printf '{"@context":"http://www.w3.org/ns/anno.jsonld","id":"urn:x:%s","type":"Annotation","body":{"type":"TextualBody","value":"%s"},"target":{"source":"wire","selector":{"type":"TextQuoteSelector","exact":"The lake"}}}\n' "$1" "$1"
}
item 1 >"$work/one.jsonld"
printf '\211PNG\r\n\032\n\0\0\0\rIHDR' >"$work/picture.png"
ctl alice export --as ndjson -o "$work/log.ndjson" 2>/dev/null
printf 'T1\tQuote 0 8\tThe lake\n' >"$work/wire.ann"

# --- of another kind: one line, which names it and what fits ---------------------------------------------
wrong() {
	words=$1 file=$2
	shift 2
	expect 4 "$words" ctl boris import "$file" --as "$@"
	one_line
}
wrong 'picture.png looks like a PNG image; --as w3c takes JSON' "$work/picture.png" w3c
wrong 'picture.png looks like a PNG image; --as brat takes lines of text' "$work/picture.png" brat
wrong 'one.jsonld looks like w3c, not like brat: say --as w3c' "$work/one.jsonld" brat
wrong 'log.ndjson looks like ndjson, not like hypothesis: say --as ndjson' "$work/log.ndjson" hypothesis
wrong 'wire.ann looks like brat, not like ndjson: say --as brat' "$work/wire.ann" ndjson
wrong 'wire.txt looks like plain text' "$work/wire.txt" claimreview --dry-run
expect 4 'standard input looks like a PNG image' ctl boris import --as w3c <"$work/picture.png"; one_line
wrong 'picture.png looks like a PNG image' "$work/picture.png" w3c --strict
mkdir "$work/folder"
expect 2 'folder is a folder: --as w3c takes files' ctl boris import --as w3c "$work/folder"; one_line
expect 2 'no NAME.ann is in it' ctl boris import --as brat "$work/folder"; one_line
expect 2 'No such file' ctl boris import --as w3c "$work/nothing" --strict; one_line
same "$(size)" "$before"

# --- a FIFO is read as a pipe is, also twice ------------------------------------------------------------
mkfifo "$work/fifo"
{ item 1; item 2; } >"$work/fifo" &
expect 0 '2 records imported' ctl boris import --as w3c "$work/fifo"
wait $!
{ item 2; item 3; } >"$work/fifo" &
expect 0 '1 record imported, 2 there' ctl boris import --as w3c --strict "$work/fifo" "$work/one.jsonld"
wait $!
: >"$work/fifo" &
expect 0 '0 items' ctl boris import --as w3c "$work/fifo"
wait $!
mkfifo "$work/folder/wire.ann"
printf 'T1\tSpan 0 8\tThe lake\n' >"$work/folder/wire.ann" &
expect 0 '1 record imported' ctl boris import --as brat --strict "$work/folder"
wait $!
# But not the text beside annotations: it is never waited for.
mkdir "$work/fifos"
printf 'T1\tSpan 0 8\tThe lake\n' >"$work/fifos/wire.ann"
mkfifo "$work/fifos/wire.txt"
expect 2 "fifos/wire.txt is no regular file" as boris timeout 60 "$ANNOTCTL" import --as brat "$work/fifos"
one_line
# Where nobody writes, it says what it waits for, and goes on when somebody does.
replace=exec
ctl boris import --as w3c "$work/fifo" >"$work/waiting" 2>&1 &
waiting=$!
replace=
tries=0
until grep -q 'fifo is a FIFO that nobody has written to yet: waiting' "$work/waiting"; do
	kill -0 $waiting || fail "it did not wait: $(cat "$work/waiting")"
	tries=$((tries + 1))
	[ $tries -lt $((600 * patience)) ] || fail "it says nothing: $(cat "$work/waiting")"
	sleep 0.05 # polls for the line; there is nothing to wait on
done
item 4 >"$work/fifo"
wait $waiting || fail "after the wait: $(cat "$work/waiting")"
grep -q '1 record imported' "$work/waiting" || fail "after the wait: $(cat "$work/waiting")"
# A pipe that is read twice, of more than is kept in memory.
for n in 5 6 7; do item "$n"; done >"$work/some"
{ cat "$work/some"; printf '%1200000s\n' ''; } >"$work/padded"
expect 0 '3 records imported' ctl boris import --as w3c --strict <"$work/padded"
same "$(size)" "$((before + 8))"
