#!/bin/sh
# Four eyes and blind review: who counts, who disagrees, and who rated before seeing anybody else's rating.
. "${ROOT:?}/tests/cli/lib.sh"
desk
for person in dora erin; do enrol "$person"; done
text report 'The lake rose by two metres. Nobody measured it.' >/dev/null
quote=$(quiet boris quote add report 'The lake rose by two metres')
claim=$(quiet boris claim add 'The lake rose by two metres.' --in report 'two metres')

# shown FILTER ID: what `show` says in JSON makes FILTER true.
shown() {
	ctl alice --json show "$2" >"$work/json"
	jq -e "$1" <"$work/json" >/dev/null || fail "not $1: $(cat "$work/json")"
}
review_of() { ctl alice --json show "$1" | jq -r .review; }
secrets() { find "$work/$1/state/annot/seals" -type f 2>/dev/null | wc -l; }
nothing_new() { [ "$(size)" = "$before" ] || fail "something was stored: $1"; }

# --- reviews -----------------------------------------------------------------------------------------
before=$(size)
expect 4 'no record or annotation has that id' ctl chloe review ffffffffffffffff@1 approve; one_line
expect 4 'has no version 7' ctl chloe review "$quote@7" approve; one_line
expect 2 'expected one of approve|reject|request-changes' ctl chloe review "$quote@1" fine; one_line
expect 2 'exact version' ctl chloe review "$(echo "$quote" | cut -c 1-12)" approve; one_line
expect 4 'counts no approval of one' ctl boris review "$quote@1" approve
expect 4 'ask somebody else' ctl boris --quiet review "$quote@1" approve; one_line
nothing_new 'refused reviews'
[ "$(review_of "$quote")" = draft ] || fail "not draft"
expect 0 '' ctl boris review "$quote@1" request-changes --because 'I will look again.'
[ "$(review_of "$quote")" = changes-requested ] || fail "one's own request for changes counts"
mine=$(quiet boris list kind:review)
quiet boris retract "$mine@1" --because 'looked' >/dev/null
[ "$(review_of "$quote")" = draft ] || fail "a retracted review does not count"
quiet chloe review "$quote@1" reject --because 'Not measured.' >/dev/null
[ "$(review_of "$quote")" = rejected ] || fail "not rejected"
# By whom, why, and of what.
expect 0 'reject         chloe, ' ctl alice show "$quote"
grep -q '^ *Not measured\.$' "$work/out" || fail "rejected without a reason: $(cat "$work/out")"
if grep -q 'I will look again' "$work/out"; then fail "a retracted review is shown: $(cat "$work/out")"; fi
quiet chloe review "$quote@1" approve --because 'As printed.' >/dev/null
[ "$(review_of "$quote")" = approved ] || fail "the latest review of a person counts"
[ "$(ctl alice list --count kind:quote state:approved)" = 1 ] || fail "state:approved"
ctl alice show "$quote" | grep -q 'reject         chloe, .*, not counted$' || fail "the review before: $(ctl alice show "$quote")"
other=$(quiet erin claim add 'It was two metres.')
quiet erin link add "$other" refutes "$quote" --because 'Measured.' >/dev/null
quiet erin link add "$quote" supports "$other" >/dev/null
expect 0 "refutes        erin, " ctl alice show "$quote"
grep -q ", by $(echo "$other" | cut -c 1-8)$" "$work/out" || fail "refuted by what? $(cat "$work/out")"
if grep -q 'supports' "$work/out"; then fail "what it says of others: $(cat "$work/out")"; fi
ctl alice --json show "$quote" | jq -e --arg other "$other" --arg quote "$quote" '
	(.reviews | map([.author.name, .decision, .counts, .on_version])) == [["chloe", "reject", false, 1], ["chloe", "approve", true, 1]] and
	(.links | map([.author.name, .relation, .from, .to, .to_version, .reason])) == [["erin", "refutes", $other, $quote, 1, "Measured."]]' \
	>/dev/null || fail "JSON: $(ctl alice --json show "$quote" | jq '.reviews, .links')"
expect 0 '"links": []' ctl boris --json show "$(quiet chloe list kind:review author:chloe | head -n 1)"

# A review names one version; of a newer one everybody is told, in every form.
quiet dora amend "$quote" --set speaker=nobody >/dev/null
[ "$(review_of "$quote@2"):$(review_of "$quote@1")" = draft:approved ] || fail "an approval went on to version 2"
before=$(size)
expect 4 'a version it descends from' ctl boris review "$quote@2" approve
expect 4 'counts no approval' ctl dora review "$quote@2" approve
nothing_new 'approvals of one'"'"'s own work'
expect 0 'is not the latest version (1 of 2)' ctl chloe review "$quote@1" request-changes --because 'Who?'
expect 0 '' ctl alice --quiet review "$quote@1" approve
grep -q 'is not the latest version' "$work/out" || fail "--quiet hides that a version is outdated: $(cat "$work/out")"
ctl erin --json review "$quote@1" approve >"$work/json" 2>"$work/errors"
jq -e '.on_version == 1 and .on_latest == false' <"$work/json" >/dev/null || fail "JSON: $(cat "$work/json")"
jq -e 'select(.code == "warning") | .message | test("not the latest")' <"$work/errors" >/dev/null || fail "$(cat "$work/errors")"
quiet dora amend "$quote" --set speaker=somebody >/dev/null
ctl alice list kind:review author:erin | grep -q "(on $(echo "$quote" | cut -c 1-8)@1, 2 newer)" || fail "list: $(ctl alice list kind:review)"
ctl alice history "$quote" | grep -q 'review.*@1, 2 newer' || fail "history: $(ctl alice history "$quote")"
expect 0 'about' ctl alice show "$(quiet erin list kind:review author:erin)"
grep -q '@1, 2 newer' "$work/out" || fail "show: $(cat "$work/out")"

# --- ratings -------------------------------------------------------------------------------------------
before=$(size)
expect 4 'scale google5 has: false mostly-false half-true mostly-true true' ctl chloe verdict add "$claim@1" maybe; one_line
expect 4 'scale politifact6 has: pants-on-fire' ctl chloe verdict add "$claim@1" verified --scale politifact6; one_line
expect 4 'which has: google5 politifact6 check-default aletheia9' ctl chloe verdict add "$claim@1" true --scale stars; one_line
expect 4 'has: false mostly-false' ctl chloe verdict add "$claim@1" maybe --sealed; one_line
expect 4 'has: false' ctl chloe --json verdict add "$claim@1" maybe; one_line
expect 4 'no record or annotation has that id' ctl chloe verdict add ffffffffffffffff@1 true; one_line
nothing_new 'unknown ratings'
[ "$(secrets chloe)" = 0 ] || fail "a refused seal left a secret"
while read -r scale ratings; do
	for rating in $ratings; do
		echo "{\"args\": [\"verdict\", \"add\", \"$quote@3\", \"$rating\", \"--scale\", \"$scale\"]}"
	done
done >"$work/ratings" <<-END
	google5 false mostly-false half-true mostly-true true
	politifact6 pants-on-fire false mostly-false half-true mostly-true true
	check-default false undetermined in_progress not_applicable verified
	aletheia9 false misleading exaggerated unsustainable arguable true-but true not-fact unverifiable
END
ctl erin --quiet batch <"$work/ratings" >"$work/out" || fail "a rating of a shipped scale is refused: $(cat "$work/out")"
shown '(.verdicts | length) == 25 and (.ratings | length) == 4 and all(.ratings[]; .persons == 1)
	and ([.verdicts[] | select(.counts)] | length) == 4 and (.flags | index("disputed") | not)' "$quote"

# Opposed verdicts: disputed, listed, and nobody's reasons are lost.
quiet chloe verdict add "$claim@1" true --because 'The gauge says so.' >/dev/null
quiet dora verdict add "$claim@1" true >/dev/null
shown '.flags == [] and .verdicts[0].latest and .verdicts[0].on_version == 1 and .verdicts[0].blind == false' "$claim"
[ -z "$(quiet alice list state:disputed)" ] || fail "two that agree are in dispute"
quiet erin verdict add "$claim@1" false --because 'There is no gauge.' --evidence "$quote" >/dev/null
[ "$(quiet alice list state:disputed)" = "$claim" ] || fail "state:disputed: $(ctl alice list state:disputed)"
shown '.flags == ["disputed"] and .ratings == [{scale: "google5", rating: "true", persons: 2}, {scale: "google5", rating: "false", persons: 1}]
	and ([.verdicts[] | [.author.name, .rating, .rationale]] == [["chloe", "true", "The gauge says so."], ["dora", "true", null],
	["erin", "false", "There is no gauge."]])' "$claim"
expect 0 'true 2, false 1' ctl alice show "$claim"
for words in 'disputed     yes' 'The gauge says so.' 'There is no gauge.'; do
	grep -q "$words" "$work/out" || fail "no \"$words\": $(cat "$work/out")"
done
ctl alice --json list kind:claim | jq -e '.[0] | has("verdicts") | not' >/dev/null || fail "verdicts in a list"

# One voice a person: the last verdict on a scale counts, and the earlier one stays to be read.
quiet dora verdict add "$claim@1" half-true --because 'On second thoughts.' >/dev/null
shown '.ratings | length == 3 and all(.[]; .persons == 1)' "$claim"
shown '[.verdicts[] | select(.author.name == "dora") | .counts] == [false, true]' "$claim"
expect 0 'not counted' ctl alice show "$claim"

# A verdict is on one version; a newer one has none of it, and says where they are.
quiet boris amend "$claim" --set 'text=The lake rose by two metres in a year.' >/dev/null
shown '.flags == [] and .ratings == [] and (.verdicts | length == 4) and all(.verdicts[]; .latest == false and .on_version == 1)' "$claim"
expect 0 '@1, 1 newer' ctl alice show "$claim"
shown '.flags == ["disputed"]' "$claim@1"
old=$(quiet erin list kind:verdict author:erin rating:false | tail -n 1)
shown '.on_version == 1 and .on_latest == false and .blind == false' "$old"
expect 0 'is not the latest version (1 of 2)' ctl chloe verdict add "$claim@1" mostly-true

# --- blind ---------------------------------------------------------------------------------------------
claim=$(quiet boris claim add 'Nobody measured it.')
expect 0 'seal' ctl chloe verdict add "$claim@1" false --sealed --because 'A secret reason.' --evidence "$quote"
grep -q 'not count as blind' "$work/out" && fail "the first is told that it is late: $(cat "$work/out")"
grep -q 'A secret reason' "$work/out" && fail "the result tells the reason: $(cat "$work/out")"
seal=$(quiet chloe list kind:seal author:chloe)
file=$(find "$work/chloe/state/annot/seals" -type f)
[ "$(stat -c %a "$file")" = 600 ] || fail "mode of $file: $(stat -c %a "$file")"
case $file in */seals/$corpus/*) ;; *) fail "$file" ;; esac
# The secret is the bytes behind the commitment, which anybody's tool can hash.
[ "$(sha256sum <"$file" | cut -d' ' -f1)" = "$(basename "$file")" ] || fail "the secret does not hash to its name"
[ "$(ctl alice --json show "$seal" | jq -r .commitment)" = "$(basename "$file")" ] || fail "commitment"
grep -q '^rationale A secret reason.$' "$file" && grep -q '^rating false$' "$file" || fail "$(cat "$file")"
grep -rq 'A secret reason' "$work/corpus" && fail "the reason left the machine"
grep -aq 'A secret reason' "$work"/chloe/state/annot/outbox/* 2>/dev/null && fail "the reason is in the outbox"

# Unopened seals are listed: whose, on what, since when.
[ "$(quiet alice list state:unopened)" = "$seal" ] || fail "state:unopened"
[ "$(quiet alice list kind:seal state:unopened)" = "$seal" ] || fail "kind:seal state:unopened"
ctl alice list state:unopened | grep -q "seal .*chloe .*unopened.*(on $(echo "$claim" | cut -c 1-8)@1)" || fail "$(ctl alice list state:unopened)"
ctl alice --json list state:unopened | jq -e '.[0] | .on_version == 1 and .flags == ["unopened"] and .author.name == "chloe" and .index > 0' >/dev/null ||
	fail "$(ctl alice --json list state:unopened)"
shown '.verdicts == [] and (.seals | length == 1 and (.[0] | .author.name == "chloe" and .on_version == 1 and .latest))' "$claim"
expect 0 '1 unopened' ctl alice show "$claim"
grep -q 'chloe *since #' "$work/out" || fail "$(cat "$work/out")"

# One unopened seal a person and version, and no open verdict that gives it up by mistake.
before=$(size)
expect 4 'you have an unopened seal on it; open it first' ctl chloe verdict add "$claim@1" true --sealed
expect 4 'or say --give-up' ctl chloe verdict add "$claim@1" true
expect 4 'you have no unopened seal' ctl dora verdict add "$claim@1" true --give-up
expect 4 'you have no unopened seal' ctl dora verdict reveal "$claim"; one_line
expect 4 'is by chloe; only who sealed can open it' ctl dora verdict reveal "$seal"; one_line
expect 4 'no record or annotation has that id' ctl chloe verdict reveal ffffffffffffffff; one_line
nothing_new 'what seals forbid'
[ "$(secrets chloe)" = 1 ] || fail "chloe has $(secrets chloe) secrets"

# Dora seals too, before anybody has shown a verdict; erin after.
quiet dora verdict add "$claim@1" true --sealed >/dev/null
# A reveal that does not match, and one whose secret is elsewhere.
cp "$file" "$work/secret"
sed -i 's/^rating false$/rating true/' "$file"
expect 4 'the secret was changed' ctl chloe verdict reveal "$seal"; one_line
rm "$file"
expect 4 'is not on this machine' ctl chloe verdict reveal "$claim"; one_line
cp "$work/secret" "$file"
expect 0 'revealed' ctl chloe verdict reveal "$claim"
[ "$(secrets chloe)" = 0 ] || fail "the secret stays after it was opened"
shown '(.verdicts | length == 1) and (.verdicts[0] | .blind and .rating == "false" and .rationale == "A secret reason.") and (.seals | length == 1)' "$claim"
since=$(ctl alice --json show "$claim" | jq '.verdicts[0].index')
expect 0 "will not count as blind: the verdict of chloe on it can be read since #$since" ctl erin verdict add "$claim@1" true --sealed
quiet erin verdict reveal "$claim@1" >/dev/null
expect 0 'erin, ' ctl alice show "$claim"
grep -q 'erin, .*sealed too late: not blind' "$work/out" || fail "show: $(cat "$work/out")"
expect 0 '' ctl dora verdict reveal "$(quiet dora list state:unopened author:dora)"
shown '[.verdicts[] | [.author.name, .blind]] == [["chloe", true], ["erin", false], ["dora", true]] and .seals == [] and .flags == ["disputed"]' "$claim"
expect 0 ', blind' ctl alice show "$claim"
verdict=$(quiet alice list kind:verdict author:dora | tail -n 1)
expect 0 'blind        yes' ctl alice show "$verdict"
expect 0 'blind        no: somebody' ctl alice show "$(quiet alice list kind:verdict author:erin | tail -n 1)"
expect 0 'true, blind (on' ctl alice list kind:verdict author:dora
expect 0 'VALID-UNWITNESSED' ctl alice verify "$verdict"
grep -q 'blind  *yes: sealed at #' "$work/out" || fail "verify does not say that it was blind: $(cat "$work/out")"
expect 4 'was opened already' ctl chloe verdict reveal "$seal"; one_line
# A verdict that was changed after others had shown theirs is not blind any more.
quiet dora amend "$verdict" --unset opens --unset salt --set rating=half-true >/dev/null
shown '[.verdicts[] | select(.author.name == "dora") | [.rating, .blind]] == [["half-true", false]]' "$claim"

# Given up: told, and never opened.
claim=$(quiet boris claim add 'Somebody measured it.')
seal=$(quiet chloe verdict add "$claim@1" true --sealed)
rm "$work/chloe/state/annot/seals/$corpus"/*
expect 4 'give it up with annotctl verdict add' ctl chloe verdict reveal "$seal"; one_line
expect 0 '' ctl chloe verdict add "$claim@1" false --give-up
[ "$(quiet alice list state:given-up)" = "$seal" ] || fail "state:given-up: $(ctl alice list state:given-up)"
[ -z "$(quiet alice list state:unopened)" ] || fail "a given-up seal counts as unopened"
expect 4 'was given up' ctl chloe verdict reveal "$seal"; one_line
shown '[.verdicts[].blind] == [false] and .seals == []' "$claim"

# In a batch, what asks for seals comes after the lines before it.
claim=$(quiet boris claim add 'Half of it was measured.')
cat >"$work/lines" <<-END
	{"args": ["verdict", "add", "$claim@1", "true"]}
	{"args": ["verdict", "add", "$claim@1", "false", "--sealed"]}
	{"args": ["verdict", "add", "$claim@1", "true"]}
	{"args": ["verdict", "reveal", "$claim@1"]}
	{"args": ["verdict", "add", "$claim@1", "maybe"]}
END
expect 1 '' ctl chloe batch --keep-going <"$work/lines"
[ "$(jq -c 'select(.line) | .exit' "$work/out" | tr '\n' ' ')" = '0 0 4 0 4 ' ] || fail "batch: $(cat "$work/out")"
shown '[.verdicts[] | [.rating, .blind]] == [["true", false], ["false", true]]' "$claim"
[ "$(secrets chloe)" = 0 ] || fail "a secret is left"

# The daemon is away: the secret is on disk first, and seal and verdict come through later.
claim=$(quiet boris claim add 'Everybody measured it.')
seal=$(quiet chloe verdict add "$claim@1" true --sealed)
stop
serve
expect 0 'revealed' ctl chloe verdict reveal "$seal"
shown '[.verdicts[].blind] == [true]' "$claim"

# --- persons, not keys -----------------------------------------------------------------------------------
claim=$(quiet boris claim add 'The gauge was read twice.')
own=$(quiet dora claim add 'The gauge is broken.')
keys=$work/dora/config/annot/keys
quiet dora verdict add "$claim@1" true >/dev/null
seal=$(quiet dora verdict add "$claim@1" false --sealed)
event=$(ctl alice --json reviewer list | jq -r '.[] | select(.name == "dora") | .event')
ctl dora --quiet key new dora2 >/dev/null 2>&1
as dora "$PUT" "$keys/dora" key-rotate "$keys/dora2" >/dev/null
before=$(size)
expect 4 'counts no approval' ctl dora --key dora2 review "$own@1" approve
expect 4 'you have an unopened seal on it' ctl dora --key dora2 verdict add "$claim@1" true --sealed
expect 4 'another key of yours, which is rotated; it cannot be opened any more' ctl dora --key dora2 verdict reveal "$claim"; one_line
nothing_new 'what a second key may not'
quiet dora --key dora2 verdict add "$claim@1" false --give-up --because 'Once.' >/dev/null
shown '.ratings == [{scale: "google5", rating: "false", persons: 1}] and [.verdicts[].counts] == [false, true] and .flags == []' "$claim"
quiet chloe verdict add "$claim@1" true >/dev/null
shown '.flags == ["disputed"] and (.ratings | length == 2)' "$claim"
# What a stolen key may have signed does not count until its owner stands by it.
record=$(jq -r '.verdicts[0].record' "$work/json")
as alice "$PUT" "$work/alice/config/annot/keys/alice" key-revoke on "$event" reason compromised \
	from-index "$(jq '.verdicts[0].index' "$work/json")" >/dev/null
shown '[.verdicts[] | .counts] == [false, true, true]' "$claim"
claim=$(quiet boris claim add 'The gauge was read once.')
quiet erin verdict add "$claim@1" true >/dev/null
event=$(ctl alice --json reviewer list | jq -r '.[] | select(.name == "erin") | .event')
ctl erin --quiet key new erin2 >/dev/null 2>&1
as erin "$PUT" "$work/erin/config/annot/keys/erin" key-rotate "$work/erin/config/annot/keys/erin2" >/dev/null
shown '.ratings[0].persons == 1' "$claim"
record=$(jq -r '.verdicts[0].record' "$work/json")
as alice "$PUT" "$work/alice/config/annot/keys/alice" key-revoke on "$event" reason compromised \
	from-index "$(jq '.verdicts[0].index' "$work/json")" >/dev/null
shown '.ratings == [] and .verdicts[0].counts == false' "$claim"
as erin "$PUT" "$work/erin/config/annot/keys/erin2" reaffirm on "$record" reason 'It was me.' >/dev/null
shown '.ratings[0].persons == 1 and .verdicts[0].counts' "$claim"

# --- rules that change -------------------------------------------------------------------------------------
claim=$(quiet boris claim add 'The gauge was sold.')
quiet chloe verdict add "$claim@1" true --scale politifact6 --sealed >/dev/null
expect 0 '' ctl alice policy set --self-approval yes --remove-scale politifact6 --force
expect 4 'which has: google5 check-default aletheia9' ctl chloe verdict reveal "$claim"; one_line
[ "$(secrets chloe)" = 1 ] || fail "the secret went with the scale"
quiet boris review "$claim@1" approve >/dev/null
[ "$(review_of "$claim")" = approved ] || fail "self-approval yes"
expect 0 '' ctl alice policy set --self-approval no --scale 'politifact6 false:- true:+'
[ "$(review_of "$claim")" = in-review ] || fail "self-approval no"
expect 0 'revealed' ctl chloe verdict reveal "$claim"

# --- the index is a function of the log ----------------------------------------------------------------------
ask() { for what in kind:any state:disputed kind:seal 'kind:verdict state:any'; do ctl alice --json list "$what"; done; }
ask >"$work/asked.before"
stop
expect 0 '' as daemon "$ANNOTD" fsck --corpus "$work/corpus"
expect 0 '' as daemon "$ANNOTD" rebuild --corpus "$work/corpus"
serve
ask | cmp - "$work/asked.before" || fail "rebuilding changed the answers"
[ "$(ctl alice list state:unopened as-of:#"$(size)" --count)" = 0 ] || fail "as-of now"
index=$(ctl alice --json show "$seal" | jq .index) # dora's, given up later
[ "$(quiet alice list state:unopened as-of:#$((index + 1)))" = "$seal" ] || fail "as of then it was unopened"
