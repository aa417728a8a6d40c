#!/bin/sh
# Versions of documents and annotations, several reviewers at once, and two admins who must agree.
. "${ROOT:?}/tests/cli/lib.sh"
desk

# --- documents -------------------------------------------------------------------------------------------
doc=$(text report 'One two three.')
[ "$(text report 'One two three.')" = "$doc" ] || fail "the same content made another document"
[ "$(ctl boris doc history report | wc -l)" = 1 ] || fail "unchanged content made a version"
expect 0 'unchanged' ctl alice doc add "$work/report.txt" --name report
first=$(quiet boris quote add report 'two three')
[ "$(text report 'One two, three, four.')" = "$doc" ] || fail "a new version is of another annotation"
[ "$(ctl boris doc history report | wc -l)" = 2 ] || fail "changed content made no version"
[ "$(ctl boris --quiet doc list)" = report ] || fail "doc list: $(ctl boris doc list)"
[ "$(ctl boris doc text report@1)" = 'One two three.' ] || fail "version 1 does not stand"
[ "$(ctl boris doc text report@2)" = 'One two, three, four.' ] || fail "version 2"
[ "$(ctl boris doc text report)" = 'One two, three, four.' ] || fail "the newest is not shown"
ctl boris doc text report@1 | cmp -s - "$work/report.txt" && fail "version 1 has the text of version 2"
ctl boris doc text report@2 | cmp - "$work/report.txt" || fail "not byte for byte"
expect 1 'report' ctl boris doc text report@3; one_line
# A document's changed description is a version too, and the content stays.
expect 0 '' ctl alice doc add "$work/report.txt" --name report --title 'A report'
[ "$(ctl boris --json doc show report | jq -r .title)" = 'A report' ] || fail "title"
[ "$(ctl boris doc text report@3)" = 'One two, three, four.' ] || fail "version 3"
# A way back to older content is a version as well.
text report 'One two three.' >/dev/null
[ "$(ctl boris doc history report | wc -l)" = 4 ] || fail "history: $(ctl boris doc history report)"

# Words are of the version that was quoted.
expect 4 'nearest' ctl boris quote add report@2 'two three'
[ "$(quiet boris quote add report@1 'two three')" != "$first" ] || fail "two quotes are one"
second=$(quiet boris quote add report@2 'three, four')
[ "$(ctl boris --json show "$first" | jq .targets[0].document_version)" = 1 ] || fail "version of the first target"
[ "$(ctl boris --json show "$second" | jq .targets[0].document_version)" = 2 ] || fail "version of the second target"
for id in "$first" "$second"; do expect 0 'VALID-UNWITNESSED' ctl chloe verify "$id"; done
expect 1 'four' ctl boris diff report@1 report@2
expect 0 '' ctl boris diff report@1 report@1

# --- several reviewers at once --------------------------------------------------------------------------
for person in dora erin; do enrol "$person"; done
before=$(size)
text long "$(seq 1 100 | sed 's/.*/<&> a line of words./')" >/dev/null
reviewer() { # PERSON FROM: 25 quotes, and each of them amended
	n=$2
	while [ "$n" -lt $(($2 + 25)) ]; do
		echo "{\"args\": [\"quote\", \"add\", \"long\", \"<$n> a line\", \"--tag\", \"$1\"]}"
		n=$((n + 1))
	done | ctl "$1" --quiet batch >"$work/$1.quotes" 2>"$work/$1.errors" || return 1
	jq -c '{args: ["amend", .output, "--set", "speaker=someone"]}' "$work/$1.quotes" |
		ctl "$1" --quiet batch >"$work/$1.amended" 2>>"$work/$1.errors"
}
pids='' from=1
for person in boris chloe dora erin; do
	reviewer "$person" "$from" </dev/null &
	pids="$pids $!"
	from=$((from + 25))
done
for pid in $pids; do wait "$pid" || fail "a reviewer failed: $(cat "$work"/*.errors "$work"/*.quotes "$work"/*.amended | head)"; done
[ "$(size)" = $((before + 1 + 200)) ] || fail "size $(size), expected $((before + 201))"
[ "$(ctl alice list kind:quote doc:long --count)" = 100 ] || fail "$(ctl alice list kind:quote doc:long --count) quotes"
for person in boris chloe dora erin; do
	[ "$(ctl alice list "author:$person" "tag:$person" --count)" = 25 ] || fail "quotes of $person"
done
ctl alice --json list kind:quote doc:long >"$work/quotes.json"
jq -e 'length == 100 and all(.[]; .version == 2 and .versions == 2 and .head and .flags == [] and .speaker == ["someone"])' \
	<"$work/quotes.json" >/dev/null || fail "a quote is not at version 2"
jq -e '[.[].targets[0].exact] | unique | length == 100' <"$work/quotes.json" >/dev/null || fail "a quote stands twice"
jq -e '[.[].index] | . == sort and (unique | length) == length' <"$work/quotes.json" >/dev/null || fail "not in log order"
[ -z "$(find "$work"/*/state/annot/outbox -type f 2>/dev/null)" ] || fail "something was left in an outbox"

# Two reviewers amend the same version at once: one is in the log first, and nothing is lost.
shared=$(quiet boris span add long '<7> a line of words')
ctl boris amend "$shared@1" --set text=b >"$work/b" 2>&1 &
one=$!
ctl boris amend "$shared@1" --set text=a >"$work/a" 2>&1 || [ "$?" = 4 ] || fail "amend: $(cat "$work/a")"
wait "$one" || [ "$?" = 4 ] || fail "amend: $(cat "$work/b")"
versions=$(ctl boris --json show "$shared" | jq .versions)
[ "$versions" -ge 2 ] || fail "neither amendment is there"
[ "$versions" = 2 ] || ctl boris --json show "$shared" | jq -e '.flags | index("conflict")' >/dev/null || fail "no conflict"

# The index is a function of the log: fsck agrees, and rebuilding gives the same answers.
ask() { for what in kind:any 'doc:long author:erin' 'state:conflict' 'state:in-review'; do ctl alice --json list "$what"; done; }
ask >"$work/asked.before" || fail "list kind:any"
jq -se '.[0] | length > 100' "$work/asked.before" >/dev/null || fail "kind:any lists $(jq -s '.[0] | length' "$work/asked.before")"
stop
expect 0 '' as daemon "$ANNOTD" fsck --corpus "$work/corpus"
expect 0 '' as daemon "$ANNOTD" rebuild --corpus "$work/corpus"
expect 0 '' as daemon "$ANNOTD" fsck --corpus "$work/corpus"
serve
ask >"$work/asked.after"
cmp "$work/asked.before" "$work/asked.after" || fail "rebuilding changed the answers"
stop

# --- two admins ------------------------------------------------------------------------------------------------
mv "$work/corpus" "$work/first"
ANNOT_SOCKET="ipc://$work/two.sock"
ctl amy --quiet key new amy >/dev/null 2>&1
ctl ben --quiet key new ben >/dev/null 2>&1
expect 2 'threshold' ctl amy corpus init "$work/corpus" --origin test.example/two \
	--admin "amy=$work/amy/config/annot/keys/amy.pub" --threshold 2; one_line
[ ! -e "$work/corpus" ] || fail "a refused init left a folder"
ctl amy --quiet corpus init "$work/corpus" --origin test.example/two --threshold 2 \
	--admin "amy=$work/amy/config/annot/keys/amy.pub" --admin "ben=$work/ben/config/annot/keys/ben.pub" >/dev/null 2>&1 ||
	fail "corpus init with two admins"
serve
ctl cora --quiet key new cora >/dev/null 2>&1
ctl cora --quiet key request --name cora -o "$work/cora.request" 2>/dev/null
text report 'One two three.' >/dev/null 2>&1 && fail "alice is nobody here"
quiet amy doc add "$work/report.txt" --name report >/dev/null
expect 0 'waits' ctl amy reviewer add "$work/cora.request"
event=$(quiet amy list kind:key-add)
[ "$(ctl amy --json show "$event" | jq -r .effect)" = pending ] || fail "effect: $(ctl amy --json show "$event")"
ctl amy reviewer list | grep -q '^cora .*pending' || fail "reviewer list: $(ctl amy reviewer list)"
if ctl amy reviewer list --allowed-signers | grep -q '^cora '; then fail "a pending key is among the allowed signers"; fi
expect 4 'waits' ctl cora comment add report 'too early'
expect 4 '' ctl cora review "$event@1" approve
expect 2 'exact version' ctl ben --quiet review "$(echo "$event" | cut -c 1-12)" approve; one_line
expect 0 '' ctl ben review "$event@1" approve
[ "$(ctl amy --json show "$event" | jq -r .effect)" = effective ] || fail "effect: $(ctl amy --json show "$event")"
expect 0 '' ctl cora comment add report 'now'
expect 0 'VALID-UNWITNESSED' ctl ben verify "$(quiet ben list kind:comment)"
# A rejected enrolment is void, and its key stays out.
ctl dave --quiet key new dave >/dev/null 2>&1
ctl dave --quiet key request --name dave -o "$work/dave.request" 2>/dev/null
event=$(quiet ben reviewer add "$work/dave.request")
expect 0 '' ctl amy review "$event@1" reject --because 'unknown to me'
[ "$(ctl amy --json show "$event" | jq -r .effect)" = void ] || fail "effect: $(ctl amy --json show "$event")"
expect 4 '' ctl dave comment add report 'no'
stop
expect 0 '' as daemon "$ANNOTD" fsck --corpus "$work/corpus"
