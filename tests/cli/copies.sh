#!/bin/sh
# copies: passages that documents share, from the command line, and the links that are proposed.
. "${ROOT:?}/tests/cli/lib.sh"
desk

lake='The draft is ready, said the envoy, and it is fair to all three shores of the lake.'
rain='Nobody had expected rain in the week before the harvest festival began.'
road='The road across the pass will be closed to lorries from November on.'
edited='The draft is now ready, said our envoy, and it is fair to all of the three shores of the lake.'
text agency "Basinpress. $lake $rain $road And that is all." >/dev/null
text reprint "(dpa) — $edited $rain $road" >/dev/null
text order "First of all: $road, says the ministry, as if it was not known that long before. And then: $rain" >/dev/null
text other 'Something else entirely, which nobody has written before or since, we hope.' >/dev/null
text quoting "A long comment on many other things, which goes on and on before it comes to the point, and for which there
are no words elsewhere, until the envoy is named at last. $rain But that is not what this comment is about, and so it
goes on about other things for a while, up to here." >/dev/null

# A reprint with edits is one passage, of which it is said how it differs.
expect 0 'agency@1 characters 12-235; reprint@1 characters 8-242' ctl boris copies agency
grep -q 'draft is {+now +}ready, said \[-the-\]{+our+} envoy' "$work/out" || fail "$(cat "$work/out")"
grep -q '^    annotctl link add reprint@1 derived-from agency@1$' "$work/out" || fail "$(cat "$work/out")"
# What stands in another order is found, each by itself.
grep -c 'order@1 characters' "$work/out" | grep -qx 2 || fail "$(cat "$work/out")"
grep -q '100 % alike: agency@1 characters 96-166; quoting@1 characters' "$work/out" || fail "$(cat "$work/out")"
grep -q 'link add quoting@1 quotes agency@1' "$work/out" || fail "$(cat "$work/out")"
! grep -q 'other@1' "$work/out" || fail "$(cat "$work/out")"
# The same the other way round, and without the index.
expect 0 'reprint@1 characters 8-242; agency@1 characters 12-235' ctl boris copies reprint
grep -q 'link add reprint@1 derived-from agency@1' "$work/out" || fail "$(cat "$work/out")"
ctl boris copies agency >"$work/indexed" && ctl boris copies agency --exhaustive | cmp - "$work/indexed"

# Nothing in common.
expect 1 'nothing in common with' ctl boris copies other
[ "$(ctl boris --format json copies other 2>/dev/null)" = '[]' ] || fail 'an empty list'

# Cut by bytes and by code points, the sources give the words.
ctl boris --format ndjson copies agency >"$work/copies"
[ "$(wc -l <"$work/copies")" = 4 ] || fail "$(cat "$work/copies")"
passage() { # JSON
	name=$(printf '%s' "$1" | jq -r .name)
	ctl boris doc text "$name" >"$work/source"
	from=$(printf '%s' "$1" | jq '.bytes[0]') to=$(printf '%s' "$1" | jq '.bytes[1]')
	printf '%s' "$1" | jq -j .text >"$work/want"
	tail -c +$((from + 1)) "$work/source" | head -c $((to - from)) | cmp - "$work/want"
	jq -Rse --argjson p "$1" '.[$p.chars[0]:$p.chars[1]] == $p.text' "$work/source" >/dev/null || fail "$1"
	[ "$(ctl boris --format json show "$name@1" | jq .record)" = "$(printf '%s' "$1" | jq .document)" ] || fail "$1"
}
while read -r line; do
	passage "$line"
	passage "$(printf '%s' "$line" | jq -c .other)"
done <"$work/copies"
jq -es '.[0].other.name == "reprint" and .[0].score > 900 and .[0].score < 1000 and .[0].edits > 0
	and .[0].propose == {from: .[0].other.document, relation: "derived-from", to: .[0].document}
	and (.[0].differences | map(select(.op != "insert").text) | add) == .[0].text
	and (.[0].differences | map(select(.op != "delete").text) | add) == .[0].other.text
	and ([.[1:][] | .score] == [1000, 1000, 1000])' <"$work/copies" >/dev/null || fail "$(cat "$work/copies")"
ctl boris --format json copies agency | jq -c '.[]' | cmp - "$work/copies"
[ "$(ctl boris --quiet copies agency --limit 1)" = 'reprint@1 10 244' ] || fail "$(ctl boris --quiet copies agency --limit 1)"
expect 0 'there are more passages' ctl boris copies agency --limit 1
expect 0 '' ctl boris copies agency --document order --document quoting
! grep -q reprint "$work/out" || fail "$(cat "$work/out")"
expect 0 '' ctl boris copies agency --min-length 100
[ "$(grep -c alike "$work/out")" = 1 ] || fail "$(cat "$work/out")"

# An annotation: its words elsewhere, which quote it.
id=$(quiet boris quote add agency 'it is fair to all three shores of the lake')
expect 0 'reprint@1 characters' ctl boris copies "$id"
[ "$(grep -c alike "$work/out")" = 1 ] || fail "$(cat "$work/out")"
grep -qx "    annotctl link add reprint@1 quotes $id" "$work/out" || fail "$(cat "$work/out")"
ctl boris --format json copies "$id" | jq -e --arg id "$id" '.[0].propose.to == $id and .[0].name == "agency"' >/dev/null || fail 'propose'
# The line that is printed signs the link.
line=$(sed -n 's/^    annotctl //p' "$work/out")
# shellcheck disable=SC2086
expect 0 'link ' ctl boris $line
ctl boris list kind:link | grep -q quotes || fail 'no link'
# The target of a second one counts, and nothing that is made of both.
id=$(quiet boris claim add 'It rains.' --in agency "$rain" --in other 'Something else entirely')
expect 0 'quoting@1' ctl boris copies "$id"
! grep -q reprint@1.*other "$work/out" || fail "$(cat "$work/out")"

# Versions of the document itself, and what was replaced elsewhere, only if asked for.
printf 'Basinpress. %s And more.\n' "$lake" >"$work/agency.txt"
quiet alice doc add "$work/agency.txt" --name agency >/dev/null
expect 0 'reprint@1' ctl boris copies agency
! grep -q 'agency@1' "$work/out" || fail "$(cat "$work/out")"
expect 0 '; agency@1 characters 0-94, replaced since' ctl boris copies agency --all-versions
expect 0 'agency@2' ctl boris copies reprint
! grep -q 'agency@1' "$work/out" || fail "$(cat "$work/out")"
# The later one by what the documents say of themselves.
printf 'In those days it was written: %s\n' "$road" >"$work/old.txt"
quiet alice doc add "$work/old.txt" --name old --published 1931-05-02 >/dev/null
printf 'In these days it is written: %s\n' "$road" >"$work/new.txt"
quiet alice doc add "$work/new.txt" --name new --published 2031 >/dev/null
expect 0 'link add new@1 derived-from old@1' ctl boris copies old --document new
expect 0 'link add new@1 derived-from old@1' ctl boris copies new --document old

# Bad input: one line each.
expect 1 'nothing' ctl boris copies nothing; one_line
expect 2 '--limit 1001' ctl boris copies agency --limit 1001; one_line
expect 2 '--min-length 15: expected 16' ctl boris copies agency --min-length 15; one_line
review=$(quiet alice review "$id@1" approve)
expect 4 'is a review without words' ctl boris copies "$review"; one_line
short=$(quiet boris quote add agency 'And more')
expect 4 'has 7 letters and digits' ctl boris copies "$short"; one_line
