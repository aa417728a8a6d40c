#!/bin/sh
# What goes wrong around the programs: a daemon that dies, full disks, sockets and folders that are taken.
. "${ROOT:?}/tests/cli/lib.sh"
desk
text report 'One two three. One two four.' >/dev/null
quote=$(quiet boris quote add report 'three')
waiting() { find "$work/$1/state/annot/outbox" -type f 2>/dev/null | wc -l; }

# --- the daemon dies in mid-work --------------------------------------------------------------------------
# Stopped, it takes the connection but never answers: the client gives up, and keeps what it signed.
stored=$(size)
kill -STOP "$daemon"
expect 3 '' ctl boris --quiet --timeout 1 comment add "$quote" 'before anything was sent'; one_line
kill -CONT "$daemon"
[ "$(size):$(waiting boris)" = "$stored:0" ] || fail "something was half done"
# It dies while four write; what was signed and not answered waits in the outbox and goes in once.
for person in alice boris chloe; do : >"$work/$person.results"; done
for n in $(seq 1 40); do echo "{\"args\": [\"comment\", \"add\", \"$quote\", \"mid-work $n\"]}"; done >"$work/lines"
pids=''
for person in alice boris chloe; do
	ctl "$person" --timeout $((5 * patience)) batch --keep-going <"$work/lines" >"$work/$person.results" 2>/dev/null &
	pids="$pids $!"
done
# All of them have begun.
while ! { [ -s "$work/alice.results" ] && [ -s "$work/boris.results" ] && [ -s "$work/chloe.results" ]; }; do
	kill -0 "$daemon" || fail "annotd died by itself"
	sleep 0.02 # polls for results; there is nothing to wait on
done
crash
for pid in $pids; do wait "$pid" || [ "$?" = 1 ] || fail "batch without a daemon: $(tail -n 1 "$work"/*.results)"; done
said=$(cat "$work"/*.results | jq -s '[.[] | select(.exit == 0)] | length')
# At worst the index is behind, which the next start mends; the log itself is in order.
as daemon "$ANNOTD" fsck --corpus "$work/corpus" >"$work/out" 2>/dev/null || grep -q 'catches it up' "$work/out" ||
	fail "fsck after a crash: $(cat "$work/out")"
serve
for person in alice boris chloe; do
	left=$(waiting "$person")
	[ "$left" = 0 ] || quiet "$person" comment add "$quote" "resends" >/dev/null
	[ "$(waiting "$person")" = 0 ] || fail "the outbox of $person was not sent"
done
ctl alice --json list kind:comment >"$work/comments"
# Committed is committed; and no record stands twice.
[ "$(jq '[.[] | select(.text | startswith("mid-work"))] | length' "$work/comments")" -ge "$said" ] || fail "a record that was acknowledged is gone"
jq -e '[.[] | .record] | length == (unique | length)' "$work/comments" >/dev/null || fail "a record stands twice"
jq -e '[.[] | select(.text | startswith("mid-work")) | .author.name + .text] | length == (unique | length)' "$work/comments" >/dev/null ||
	fail "a comment stands twice"

stop
expect 3 'annotd --corpus' ctl boris --quiet comment add "$quote" 'no daemon'; one_line
[ "$(waiting boris)" = 0 ] || fail "a record was signed without seeing what it is about"
serve

# --- SIGTERM while records come in ----------------------------------------------------------------------------
: >"$work/stopped.results"
ctl boris --timeout $((5 * patience)) batch --keep-going <"$work/lines" >"$work/stopped.results" 2>"$work/errors" &
writer=$!
while [ "$(wc -l <"$work/stopped.results")" -lt 5 ]; do
	kill -0 "$daemon" || fail "annotd died by itself"
	sleep 0.02 # polls for results
done
stop
got=0
wait "$writer" || got=$?
[ "$got" -le 1 ] || fail "batch while annotd stopped: exit $got, $(cat "$work/errors")"
[ ! -S "$work/annotd.sock" ] || fail "the socket was left behind"
expect 0 '' as daemon "$ANNOTD" fsck --corpus "$work/corpus"
serve
acknowledged=$(jq -s '[.[] | select(.exit == 0) | .output.record]' "$work/stopped.results")
ctl boris --json list kind:comment | jq -e --argjson said "$acknowledged" '[.[].record] as $have | $said - $have == []' >/dev/null ||
	fail "a record that was acknowledged is gone"

quiet boris comment add "$quote" 'what waited goes first' >/dev/null
[ "$(waiting boris)" = 0 ] || fail "the outbox was not sent"

# --- sockets -------------------------------------------------------------------------------------------------------
expect 4 'corpus' as daemon "$ANNOTD" --corpus "$work/corpus" --listen "ipc://$work/second.sock"; one_line
mv "$work/corpus" "$work/moved" # the daemon goes on with the files it has open; nobody may take the folder
expect 4 '' as daemon "$ANNOTD" --corpus "$work/moved" --listen "ipc://$work/second.sock"; one_line
mv "$work/moved" "$work/corpus"
ctl olga --quiet key new olga >/dev/null 2>&1
ctl olga --quiet corpus init "$work/other" --origin test.example/other >/dev/null 2>&1
# A socket that a living daemon serves is not taken away from it.
expect 4 '' as daemon timeout $((20 * patience)) "$ANNOTD" --corpus "$work/other" --listen "$ANNOT_SOCKET"; one_line
expect 0 'test.example/desk' ctl boris corpus info
stop
# A regular file in its place is not removed.
echo precious >"$work/annotd.sock"
expect 4 'annotd.sock' as daemon timeout $((20 * patience)) "$ANNOTD" --corpus "$work/corpus" --listen "$ANNOT_SOCKET"; one_line
[ "$(cat "$work/annotd.sock")" = precious ] || fail "a file was removed to make room for the socket"
expect 3 '' ctl boris list; one_line
rm "$work/annotd.sock"
# The socket of a daemon that died is.
serve
crash
[ -S "$work/annotd.sock" ] || fail "a killed daemon leaves its socket"
serve
stop
# Another corpus on the known socket: said, and nothing is signed into it.
start "$work/other" "$ANNOT_SOCKET" "$work/second.log"
second=$started
expect 4 'stood for' ctl boris comment add "$quote" 'for the desk'; one_line
[ "$(waiting boris)" = 0 ] || fail "something was signed for another corpus"
end_other

# --- the checkpoint file is gone -----------------------------------------------------------------------------------
mv "$work/corpus/checkpoint" "$work/checkpoint"
serve
expect 4 'checkpoint' ctl boris --quiet comment add "$quote" 'unsigned'; one_line
expect 0 'quote' ctl boris show "$quote"
expect 0 'read-only' ctl boris corpus info
stop
# Put back, all goes on, and the record that waited goes in first.
[ "$(waiting boris)" = 1 ] || fail "the record does not wait"
mkdir "$work/kept"
cp "$work"/boris/state/annot/outbox/* "$work/kept"
mv "$work/checkpoint" "$work/corpus/checkpoint"
serve
expect 0 'signed' ctl boris comment add "$quote" 'signed'
ctl boris --json list kind:comment | jq -e '[.[-2:][].text] == ["unsigned", "signed"]' >/dev/null || fail "what waited did not go first"
# As if the answer had been lost: the same record again gets the place that it has, and the log does not grow by it.
cp "$work"/kept/* "$work/boris/state/annot/outbox/"
stored=$(size)
expect 0 'again' ctl boris comment add "$quote" 'again'
[ "$(size):$(waiting boris)" = "$((stored + 1)):0" ] || fail "a record was stored twice, or still waits"
stop

# --- a full disk -----------------------------------------------------------------------------------------------------
disk=$work/disk
mkdir "$disk"
if [ "$(id -u)" != 0 ] || ! mount -t tmpfs -o size=2m tmpfs "$disk" 2>/dev/null; then
	echo "no small disk can be mounted here: a full one is not tested"
	exit 0
fi
trap 'code=$?; [ -z "$daemon" ] || kill -9 "$daemon" 2>/dev/null; daemon=; umount -l "$disk"; (exit $code); finish' EXIT
rm -rf "$work/other" "$work/olga/state"
ctl olga --quiet corpus init "$disk/corpus" --origin test.example/small >/dev/null 2>&1
start "$disk/corpus" "ipc://$work/small.sock" "$work/annotd.log"
daemon=$started
ANNOT_SOCKET=ipc://$work/small.sock
quiet olga doc add "$work/report.txt" --name report >/dev/null
stored=$(ctl olga --json corpus info | jq .size)
head -c 8m /dev/zero >"$disk/ballast" 2>/dev/null || true
full=0
for n in $(seq 1 60); do
	got=0
	ctl olga --quiet claim add "claim $n" >"$work/out" 2>&1 || got=$?
	[ "$got" != 0 ] || continue
	full=1
	break
done
[ "$full" = 1 ] || fail "the disk was never full"
[ "$got" = 5 ] || fail "exit $got on a full disk: $(cat "$work/out")"
grep -qi 'space' "$work/out" || fail "not said what is wrong: $(cat "$work/out")"
one_line
stored=$((stored + n - 1))
expect 0 'report' ctl olga show report
rm "$disk/ballast"
expect 0 '' ctl olga claim add 'after'
[ "$(waiting olga)" = 0 ] || fail "the outbox was not sent"
# The record that the full disk refused waited, and went in before the one after it.
[ "$(ctl olga --json corpus info | jq .size)" = $((stored + 2)) ] || fail "size $(ctl olga --json corpus info | jq .size), not $((stored + 2))"
[ "$(ctl olga --json list kind:claim | jq -r '.[-2:] | map(.text) | join(",")')" = "claim $n,after" ] || fail "$(ctl olga list kind:claim)"
expect 0 '' ctl olga verify report
# A document too: the record waited, and its text comes with the next try.
head -c 30000 /dev/urandom | od -An -tx1 -v >"$work/large.txt"
head -c 8m /dev/zero >"$disk/ballast" 2>/dev/null || true
expect 5 'space' ctl olga doc add "$work/large.txt" --name large
one_line
rm "$disk/ballast"
expect 0 'document' ctl olga doc add "$work/large.txt" --name large
ctl olga doc text large | cmp - "$work/large.txt" || fail "not the text that was added"
stop
expect 0 '' as daemon "$ANNOTD" fsck --corpus "$disk/corpus"
