#!/bin/sh
# diff: two versions, two bundles, two reviewers, two points of the log; and what amend --patch makes of it.
. "${ROOT:?}/tests/cli/lib.sh"
desk
text report 'One two three four five six seven eight nine ten.' >/dev/null
json() { jq -e "$1" "$work/out" >/dev/null || fail "not so: $1 :: $(cat "$work/out")"; }

# --- two versions -------------------------------------------------------------------------------------------
quote=$(quiet boris quote add report 'two three' --speaker Ann --tag x --tag y)
quiet boris amend "$quote" --set speaker='Ann Bell' --remove tag=x --set role=mayor >/dev/null
expect 1 '~ speaker      Ann{+ Bell+}' ctl chloe diff "$quote@1" "$quote@2"
expect 1 '- tag          x' ctl chloe diff "$quote@1" "$quote@2"
expect 1 '+ role         mayor' ctl chloe diff "$quote@1" "$quote@2"
expect 1 '1 changed, 1 added, 1 removed; 1 word added, 0 removed' ctl chloe --quiet diff "$quote@1" "$quote@2" --stat; one_line
expect 0 '' ctl chloe diff "$quote@2" "$quote@2"
expect 1 '' ctl chloe --json diff "$quote@1" "$quote@2" --stat
json '.differ and .stat == {changed: 1, added: 1, removed: 1, words_added: 1, words_removed: 0} and has("changes") == false'

# --- two texts ----------------------------------------------------------------------------------------------
text long "$(printf 'Title\n\nLine one\nLine two\nThe lake rose.\nLine four\nLine five\nThe end.')" >/dev/null
text long "$(printf 'Title\n\nLine one\nLine two\nThe lake fell.\nLine four\nLine five\nThe end.')" >/dev/null
expect 1 '' ctl chloe --quiet diff long@1 long@2
printf '%s\n' '~ text' '…' 'Line two' 'The lake [-rose-]{+fell+}.' 'Line four' '…' '' | cmp - "$work/out" || fail "texts: $(cat "$work/out")"
expect 1 '1 changed, 0 added, 0 removed; 1 word added, 1 removed' ctl chloe --quiet diff long@1 long@2 --stat; one_line
expect 1 '' ctl chloe --json diff long@1 long@2
json '([.changes[].card] | index("sha256") != null and index("(content)") != null) and .stat.changed == 1'
json '[.changes[] | select(.card == "(content)").words[] | select(.op != "insert").text] | add | startswith("Title") and endswith("The end.\n")'

# --- a difference is applied elsewhere -------------------------------------------------------------------------
twin=$(quiet chloe quote add report 'two three' --speaker Ann --tag x --tag y)
ctl chloe --json diff "$quote@1" "$quote@2" >"$work/patch" || [ "$?" = 1 ] || fail diff
quiet chloe amend "$twin" --patch "$work/patch" >/dev/null || fail "amend --patch"
expect 0 '' ctl chloe diff "$quote@2" "$twin@2"
expect 4 'no card speaker with the value' ctl chloe --quiet amend "$twin" --patch "$work/patch"; one_line
jq .changes "$work/patch" >"$work/changes"
third=$(quiet chloe quote add report 'two three' --speaker Ann --tag x --tag y)
quiet chloe amend "$third" --patch - <"$work/changes" >/dev/null || fail "amend --patch -"
expect 0 '' ctl chloe diff "$quote@2" "$third@2"
# A target goes with its words.
longer=$(quiet boris span add report 'two three four' --tag t)
shorter=$(quiet boris span add report 'two three' --tag t)
ctl boris --json diff "$longer" "$shorter" >"$work/patch" || [ "$?" = 1 ] || fail diff
jq -e '.changes | length == 1 and .[0].card == "target" and .[0].to_target.exact == "two three"' "$work/patch" >/dev/null ||
	fail "target: $(cat "$work/patch")"
quiet boris amend "$longer" --patch "$work/patch" >/dev/null || fail "amend --patch of a target"
expect 0 '' ctl boris diff "$longer@2" "$shorter"
for bad in '{' '{"changes": 1}' '[{"op": "add"}]' '[{"op": "change", "card": "(content)", "words": []}]'; do
	printf '%s\n' "$bad" >"$work/bad"
	expect 2 '--patch' ctl boris --quiet amend "$shorter" --patch "$work/bad"; one_line
done
expect 2 'nothing-there' ctl boris --quiet amend "$shorter" --patch "$work/nothing-there"; one_line
# What changes nothing is not signed.
before=$(size)
expect 4 'nothing would change' ctl boris --quiet amend "$quote" --set speaker='Ann Bell'; one_line
expect 4 'nothing would change' ctl boris --quiet amend "$quote@1" --force --remove tag=x --set speaker=Ann --add tag=x; one_line
expect 4 '--add tag=y: it has that card already' ctl boris --quiet amend "$quote" --add tag=y; one_line
[ "$(size)" = "$before" ] || fail "an amendment of nothing was signed"
expect 4 'no card "nonsense"' ctl boris amend "$shorter" --set nonsense=1

# --- two bundles ------------------------------------------------------------------------------------------------
ctl boris --quiet bundle "$quote@1" -o "$work/one.bundle"
ctl boris --quiet bundle "$quote@2" -o "$work/two.bundle"
mv "$work/annotd.sock" "$work/hidden.sock" # no daemon is asked
expect 1 '~ speaker      Ann{+ Bell+}' ctl chloe diff "$work/one.bundle" "$work/two.bundle"
expect 1 'SUPERSEDED' ctl chloe diff "$work/one.bundle" "$work/two.bundle"
expect 1 '' ctl chloe --json diff "$work/one.bundle" "$work/two.bundle"
json '.bundles[0].verdict == "SUPERSEDED" and .bundles[1].verdict == "VALID-UNWITNESSED" and .stat.changed == 1'
expect 0 '' ctl chloe diff "$work/two.bundle" "$work/two.bundle" --corpus "$corpus"
expect 2 'is a file and' ctl chloe diff "$work/one.bundle" "$quote"; one_line
mv "$work/hidden.sock" "$work/annotd.sock"
ctl boris --quiet comment add "$quote" 'time goes on' >/dev/null
ctl boris --quiet retract "$twin@2" --because 'a twin' >/dev/null 2>&1 && fail "boris retracted what chloe wrote"
sed 's/Bell/Bull/' "$work/two.bundle" >"$work/forged.bundle"
expect 4 "$work/forged.bundle: INVALID, so it is not compared; annotctl verify $work/forged.bundle" \
	ctl chloe diff "$work/one.bundle" "$work/forged.bundle"; one_line
# Its record can be read, but another corpus is trusted.
expect 4 "$work/two.bundle: " ctl chloe diff "$work/two.bundle" "$work/two.bundle" --corpus "$(printf %064d 1)"; one_line

# --- two points of the log ------------------------------------------------------------------------------------------
before=$(size)
claim=$(quiet boris claim add 'It rained.' --tag weather)
old=$(quiet chloe verdict add "$claim@1" false --because 'it was dry')
then=$(size)
quiet boris amend "$claim" --set text='It rained all day.' >/dev/null
quiet chloe amend "$old" --set rating=true --set rationale='it was wet' >/dev/null
new=$(quiet boris span add report 'nine ten' --tag weather)
ctl chloe --quiet retract "$third@2" --because 'a twin' >/dev/null 2>&1
quiet boris quote add report 'five six' >/dev/null
after=$(size)
expect 1 "#$then to #$after: 2 added, 1 amended, 1 retracted, 1 rated anew" ctl chloe diff --since "#$then"
expect 1 '~ text         It rained{+ all day+}.' ctl chloe diff --since "$then"
expect 1 "true (on $(echo "$claim" | cut -c 1-8)@1, 1 newer) (was false at" ctl chloe diff --since "#$then"
expect 1 'by chloe: a twin)' ctl chloe diff --since "#$then"
expect 1 '' ctl chloe --json diff --since "#$then" --until "#$after"
json '.stat == {added: 2, amended: 1, retracted: 1, rerated: 1} and .until == '"$after"
json '.amended[0].from_version == 1 and .amended[0].changes[0].to == "It rained all day."'
json '.rerated[0].rating == "true" and .rerated[0].was.rating == "false"'
json '.retracted[0].annotation == "'"$third"'" and .retracted[0].retraction.reason == "a twin"'
json '.added[0].annotation == "'"$new"'"'
# A query narrows it, and what happened outside of the two points is no part of it.
expect 1 ' 1 added, 1 amended, 0 retracted, 0 rated anew' ctl chloe diff --since "#$then" tag:weather
expect 1 ' 2 added, 0 amended, 0 retracted, 0 rated anew' ctl chloe diff --since "#$before" --until "#$then" --stat
expect 1 ' 0 retracted' ctl chloe diff --since "#$then" kind:span
expect 1 ' 1 retracted' ctl chloe diff --since "#$then" kind:quote
expect 0 ' 0 added, 0 amended' ctl chloe diff --since "#$after"
# What was added and then amended in between is new, as it now stands.
expect 1 'It rained all day.' ctl chloe diff --since "#$before" tag:weather
expect 1 ' 2 added, 0 amended' ctl chloe diff --since "#$before" tag:weather --stat
ctl chloe --format ndjson diff --since "#$then" >"$work/out" || [ "$?" = 1 ] || fail ndjson
[ "$(jq -r .event "$work/out" | sort | tr '\n' ' ')" = 'added added amended rerated retracted ' ] || fail "ndjson: $(cat "$work/out")"
expect 2 'in the future' ctl chloe diff --since "#$((after + 1))"; one_line
expect 2 "as-of:#$((after + 1)) lies in the future: the log has $after records" ctl chloe list "as-of:#$((after + 1))"; one_line
expect 2 'in the future' ctl chloe diff --since 1 --until "$((after + 1))"; one_line
expect 2 'not lie behind' ctl chloe diff --since 5 --until 5; one_line
expect 2 'index of a record' ctl chloe diff --since yesterday; one_line
expect 2 'is for bundles' ctl chloe diff --since 5 --corpus "$corpus"; one_line
expect 2 'is for bundles' ctl chloe diff "$quote" "$quote" --corpus "$corpus"; one_line
expect 2 'column' ctl chloe diff --since 1 'kind:nonsense'
# Words in quotes are no term, whatever they look like: documents are compared as well.
printf 'Cumulus.' >"$work/cloud.txt"
quiet boris doc add "$work/cloud.txt" --name cloud --title 'kind:cloud' >/dev/null
expect 1 ' 1 added' ctl chloe diff --since "#$after" '"kind:cloud"' --stat

# --- two reviewers ----------------------------------------------------------------------------------------------------
text poem 'Alpha beta gamma delta epsilon zeta eta theta.' >/dev/null
quiet boris span add poem 'Alpha' --tag first >/dev/null
quiet chloe span add poem 'Alpha' --tag first >/dev/null
quiet boris span add poem 'beta gamma' --tag false >/dev/null
quiet chloe span add poem 'beta gamma' --tag true >/dev/null
quiet boris span add poem 'delta epsilon' >/dev/null
quiet chloe span add poem 'epsilon zeta' >/dev/null
quiet boris span add poem 'eta' --at 2 >/dev/null 2>&1 || quiet boris quote add poem 'zeta eta' >/dev/null
quiet chloe span add poem 'theta' >/dev/null
quiet boris verdict add "$claim@2" false --because 'no rain gauge' >/dev/null
expect 1 'both marked: 1 alike, 1 differently; overlaps: ' ctl alice diff --reviewers boris chloe doc:poem
expect 1 '~ tag          [-false-]{+true+}' ctl alice diff --reviewers boris chloe doc:poem
expect 1 '' ctl alice --json diff --reviewers boris chloe doc:poem
json '.reviewers == ["boris", "chloe"] and .stat.same == 1 and .stat.differ == 1 and .stat.verdicts == 0'
json '.same[0].place.exact == "Alpha" and .differ[0].a.kind == "span"'
json '[.overlap[] | .place.exact, .other_place.exact] | index("delta epsilon") != null and index("epsilon zeta") != null'
json '[.only_b[].place.exact] == ["theta"]'
expect 1 'boris says false, chloe says true (google5)' ctl alice diff --reviewers boris chloe
expect 1 '' ctl alice --json diff --reviewers chloe boris tag:weather
json '.verdicts[0].annotation == "'"$claim"'" and .verdicts[0].a.rating == "true" and .verdicts[0].b.rationale == "no rain gauge"'
expect 0 'differently: 0' ctl alice diff --reviewers alice chloe kind:link --stat
expect 2 'two persons' ctl alice diff --reviewers boris boris; one_line
expect 2 'nobody named cloe is enrolled' ctl alice diff --reviewers boris cloe; one_line
expect 2 'compare what' ctl alice diff "$quote"; one_line
expect 2 'two different questions' ctl alice diff --since 1 --reviewers boris chloe; one_line
expect 2 'needs --since' ctl alice diff --until 5; one_line
stop
