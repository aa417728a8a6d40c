#!/bin/sh
# agreement: coefficients of ratings, tags and spans, what is left out of them, and who differs.
. "${ROOT:?}/tests/cli/lib.sh"
desk
enrol dora
text report "$(seq 1 12 | sed 's/.*/Item & is here, one two three four./')" >/dev/null

# figures FILTER ARGUMENTS…: FILTER is true of what agreement --json prints. near(N) in it: as published to three decimals.
figures() {
	filter=$1
	shift
	ctl alice --json agreement "$@" >"$work/json" 2>"$work/errors" || fail "exit $?: agreement $* :: $(cat "$work/errors")"
	jq -e "def near(x): (. - x) | fabs < 0.0005; $filter" <"$work/json" >/dev/null ||
		fail "not so: $filter :: agreement $* :: $(jq -c . "$work/json")"
}
# refused CODE WORDS ARGUMENTS…: one line that says so, nothing on standard output.
refused() {
	want=$1 words=$2 code=0
	shift 2
	ctl alice agreement "$@" >"$work/json" 2>"$work/out" || code=$?
	[ "$code" = "$want" ] || fail "exit $code, not $want: agreement $* :: $(cat "$work/json" "$work/out")"
	grep -qF -- "$words" "$work/out" || fail "no \"$words\" from agreement $* :: $(cat "$work/out")"
	[ "$(wc -l <"$work/out")" = 1 ] || fail "more than one line: $(cat "$work/out")"
	[ ! -s "$work/json" ] || fail "printed something: agreement $*"
}
key() { echo "$work/$1/config/annot/keys/$1"; }

# --- nothing to compare -------------------------------------------------------------------------------
refused 4 'selects nothing that can be rated' kind:claim
seq 1 12 | sed 's/.*/{"args": ["claim", "add", "Claim &.", "--in", "report", "Item & is"]}/' |
	ctl alice --quiet batch >"$work/claims" || fail "claims: $(cat "$work/claims")"
jq -r .output "$work/claims" >"$work/ids"
claim() { sed -n "$1p" "$work/ids"; }
refused 4 'nobody has rated' kind:claim
quiet alice verdict add "$(claim 1)@1" false >/dev/null
refused 4 'only alice has rated' kind:claim
quiet boris verdict add "$(claim 2)@1" false >/dev/null
refused 4 'no record was rated by two persons' kind:claim
refused 4 'only alice has marked' --on spans
refused 4 'only alice has marked' --on tags kind:claim
ctl alice --json list kind:verdict | jq -r '.[] | "\(.author.name) \(.annotation)"' |
	while read -r who verdict; do quiet "$who" retract "$verdict@1" --because test >/dev/null </dev/null; done

# --- a published example, through signed verdicts -----------------------------------------------------------
# Krippendorff (2011), example C, and Gwet (2014), cac.raw4raters: four observers, twelve units, five values.
rate() { # PERSON: ratings 1 to 5 of the claims from standard input, one a line, "." for none
	paste -d' ' "$work/ids" - | awk '
		BEGIN { split("false mostly-false half-true mostly-true true", rating) }
		$2 != "." { printf "{\"args\": [\"verdict\", \"add\", \"%s@1\", \"%s\"]}\n", $1, rating[$2] }' |
		ctl "$1" --quiet batch >"$work/rated" || fail "verdicts of $1: $(cat "$work/rated")"
}
printf '%s\n' 1 2 3 3 2 1 4 1 2 . . . | rate alice
printf '%s\n' 1 2 3 3 2 2 4 1 2 5 . 3 | rate boris
printf '%s\n' . 3 3 3 2 3 4 2 2 5 1 . | rate chloe
printf '%s\n' 1 2 3 3 2 4 4 1 2 5 1 . | rate dora
published='.overall | (.alpha_nominal.value | near(0.743)) and (.alpha_ordinal.value | near(0.815))
	and (.alpha_interval.value | near(0.849)) and (.fleiss_kappa.value | near(0.761)) and (.gwet_ac1.value | near(0.775))
	and (.gwet_ac2_linear.value | near(0.859)) and (.gwet_ac2_quadratic.value | near(0.914))'
figures "$published" kind:claim
figures '.on == "ratings" and .scale == "google5" and .units == 12 and .compared == 11 and .excluded == {one_person: 1, not_rated: 0, withheld: 0}
	and .order == ["false", "mostly-false", "half-true", "mostly-true", "true"] and .outside_order == []
	and .verdicts.counted == 41 and ([.persons[] | "\(.name) \(.ratings)"] == ["alice 9", "boris 11", "chloe 10", "dora 11"])' kind:claim
figures '.overall.alpha_nominal | .units == 11 and .excluded == 1 and .undefined == null' kind:claim
# Of a pair, the records that both rated: alice and boris agree on eight of nine, by chance on 23/81.
figures '(.pairs | length == 6) and (.pairs[0] | .persons == ["alice", "boris"] and .units == 9 and .excluded == 3
	and (.cohen_kappa | .observed - 8/9 | fabs < 1e-9) and (.cohen_kappa | .expected - 23/81 | fabs < 1e-9)
	and (.cohen_kappa.value | near(0.845)))' kind:claim
figures '.pairs[0] | has("cohen_kappa_linear") and has("gwet_ac2_linear") and has("alpha_ordinal")
	and (has("cohen_kappa") or has("cohen_kappa_quadratic") or has("gwet_ac1") | not)' --weights linear kind:claim
figures '.overall | has("gwet_ac1") and (has("gwet_ac2_linear") | not)' --weights none kind:claim

# Text says the same, and always what was left out.
expect 0 '11 of 12 records compared; excluded: 1 rated by one person, 0 not rated' ctl alice agreement kind:claim
for line in 'Fleiss κ +0\.761 +0\.818 +0\.239 +11 +1' 'Krippendorff α, ordinal +0\.815 .* 11 +1' 'alice, boris +9 +3 +0\.845'; do
	grep -qE "^$line" "$work/out" || fail "no line $line: $(cat "$work/out")"
done
expect 0 'counted: 41 verdicts; left out: 0 on another version' ctl alice --quiet agreement kind:claim
size_then=$(size)

# --- disagreements --------------------------------------------------------------------------------------
ctl alice agreement --disagreements kind:claim >"$work/lines" 2>"$work/errors" || fail "disagreements"
grep -q 'excluded: 1 rated by one person' "$work/errors" || fail "not said what is left out: $(cat "$work/errors")"
[ "$(wc -l <"$work/lines")" = 3 ] || fail "not three disagreements: $(cat "$work/lines")"
jq -se --arg two "$(claim 2)" --arg six "$(claim 6)" --arg eight "$(claim 8)" '[.[].annotation] == [$two, $six, $eight]
	and (.[1] | .kind == "claim" and .version == 1 and .words == "Claim 6." and .scale == "google5"
		and [.ratings[] | "\(.person) \(.rating)"] == ["alice false", "boris mostly-false", "chloe half-true", "dora mostly-true"]
		and all(.ratings[]; .verdict | length == 64))' "$work/lines" >/dev/null || fail "disagreements: $(cat "$work/lines")"
ctl alice --json agreement --disagreements kind:claim 2>/dev/null | jq -c '.[]' | cmp - "$work/lines" || fail "json is another list"
ctl alice --quiet agreement --disagreements kind:claim >"$work/quiet" 2>&1
jq -r .annotation "$work/lines" | cmp - "$work/quiet" || fail "quiet: $(cat "$work/quiet")"

# --- what does not count, and is counted ---------------------------------------------------------------------
# A later verdict of the same person replaces the earlier one, whether amended or given anew.
quiet dora verdict add "$(claim 6)@1" false >/dev/null
figures '.verdicts.superseded == 1 and .verdicts.counted == 41' kind:claim
verdict=$(ctl chloe --json list kind:verdict author:chloe | jq -r --arg on "$(claim 6)" '.[] | select(.on == $on) | .annotation')
quiet chloe amend "$verdict" --set rating=false >/dev/null
quiet boris verdict add "$(claim 6)@1" false >/dev/null
ctl alice agreement --disagreements kind:claim 2>/dev/null | jq -se --arg six "$(claim 6)" 'all(.[]; .annotation != $six)' >/dev/null ||
	fail "claim 6 still differs"
# A verdict on another version, and one that was taken back.
quiet alice amend "$(claim 3)" --add tag=new >/dev/null
figures '.verdicts.other_version == 4 and .units == 12 and .compared == 10 and .excluded.not_rated == 1 and .verdicts.counted == 37' kind:claim
verdict=$(ctl dora --json list kind:verdict author:dora | jq -r --arg on "$(claim 11)" '.[] | select(.on == $on) | .annotation')
quiet dora retract "$verdict@1" --because 'A slip.' >/dev/null
figures '.compared == 9 and .excluded.one_person == 2' kind:claim
# As of then, all is as it was.
figures "$published" kind:claim "as-of:#$size_then"
figures '.verdicts.superseded == 0 and .verdicts.other_version == 0 and .size == '"$size_then" kind:claim "as-of:#$size_then"

# --- scales ----------------------------------------------------------------------------------------------
quiet alice quote add report 'Item 1 is here' >"$work/quote"
quote=$(cat "$work/quote")
quiet boris quote add report 'Item 2 is here' >"$work/quote"
other=$(cat "$work/quote")
for person in alice boris; do
	quiet "$person" verdict add "$quote@1" unverifiable --scale aletheia9 >/dev/null
	quiet "$person" verdict add "$other@1" misleading --scale aletheia9 >/dev/null
done
quiet chloe verdict add "$quote@1" true --scale aletheia9 >/dev/null
quiet chloe verdict add "$other@1" not-fact --scale aletheia9 >/dev/null
figures '.scale == "aletheia9" and .outside_order == ["not-fact", "unverifiable"] and .verdicts.outside_order == 3
	and (.overall.alpha_nominal | .units == 2 and .outside_order == 0)
	and (.overall.alpha_ordinal | .units == 1 and .excluded == 1 and .outside_order == 3 and .value == null and (.undefined | test("one category")))' kind:quote
expect 0 'outside the order (not-fact, unverifiable): 3 ratings' ctl alice agreement kind:quote
grep -qE '^Krippendorff α, ordinal +– .*undefined: only one category' "$work/out" || fail "undefined: $(cat "$work/out")"
refused 2 'verdicts on scales' 'kind:claim' 'kind:quote'
figures '.scale == "google5" and .verdicts.other_scale == 6 and .units == 14' --scale google5 kind:claim kind:quote
refused 2 'it has google5, politifact6, check-default, aletheia9' --scale stars kind:quote
refused 4 'nobody has rated what the query selects on scale politifact6' --scale politifact6 kind:quote
refused 2 'expected none, linear or quadratic' --weights cubic
refused 2 'expected ratings, tags or spans' --on colours
refused 2 '--scale is for ratings' --on tags --scale google5
refused 2 '--weights is for ratings' --on spans --weights linear
refused 2 'unknown term' colour:red
refused 2 'nobody is enrolled as "zoe"' author:zoe

# --- spans -----------------------------------------------------------------------------------------------
# boris: [Item 3 is] [one two] in the text; chloe: [Item 3 is] [two three]; dora read another one.
text second 'Other words are here.' >/dev/null
quiet boris span add report 'Item 3 is' --tag place --tag Count >/dev/null
quiet boris span add report 'Item 3 is' --tag again >/dev/null
quiet boris span add report 'Item 4 is here, one two' >/dev/null
quiet chloe span add report 'Item 3 is' --tag count >/dev/null
quiet chloe span add report 'two three four' --at 4 >/dev/null
quiet dora span add second 'Other words' >/dev/null
figures '.on == "spans" and .documents == 2 and .compared == 1 and .excluded == {one_person: 1, duplicates: 1}
	and (.pairs | length == 3) and (.pairs[0] | .persons == ["boris", "chloe"] and .spans == [2, 2]
		and .exact == {f1: 0.5, matched: 1, undefined: null} and .overlap == {f1: 1, matched: 2, undefined: null})
	and (.pairs[1] | .exact.f1 == null and (.exact.undefined | test("marked by both")) and .excluded == {documents: 2, spans: 3})
	and .overall.exact.f1 == 0.5 and .records == {counted: 6, marks: 6, without_words: 0, withheld: 0, stolen_key: 0}' --on spans kind:span
expect 0 '1 of 2 document versions compared; excluded: 1 marked by one person, 1 mark of words' ctl alice agreement --on spans kind:span
grep -qE '^boris, chloe +0\.500 +1\.000 +4 +1 +2 +1 +0 \(0\)' "$work/out" || fail "spans: $(cat "$work/out")"
grep -qE ' texts +excluded \(spans\)$' "$work/out" || fail "headings: $(cat "$work/out")"
ctl alice agreement --on spans --disagreements kind:span 2>/dev/null | jq -se 'length == 2
	and (.[0] | .exact == "Item 4 is here, one two" and .name == "report" and .marked == ["boris"] and .overlapping == ["chloe"] and .not_marked == []
		and (.bytes | length == 2) and .chars == .bytes)
	and (.[1] | .marked == ["chloe"] and .overlapping == ["boris"])' >/dev/null || fail "spans that differ"

# --- tags --------------------------------------------------------------------------------------------------
figures '.on == "tags" and .units == 4 and .compared == 1 and .excluded.one_person == 3
	and [.tags[] | "\(.tag) \(.yes)"] == ["place 1", "Count 2", "again 1"]
	and (.tags[1].pairs[0] | .persons == ["boris", "chloe"] and .units == 1 and .excluded == 3 and .gwet_ac1.value == 1
		and .cohen_kappa.value == null and (.cohen_kappa.undefined | test("one category")))
	and (.tags[0].pairs[0].cohen_kappa.value == 0)' --on tags kind:span
expect 0 '1 of 4 places compared; excluded: 3 marked by one person' ctl alice agreement --on tags kind:span
ctl alice agreement --on tags --disagreements kind:span 2>/dev/null | jq -se '[.[] | "\(.tag) \(.exact) \(.yes) \(.no)"]
	== ["place Item 3 is [\"boris\"] [\"chloe\"]", "again Item 3 is [\"boris\"] [\"chloe\"]"]' >/dev/null || fail "tags that differ"
refused 4 'nothing that the query selects has a tag' --on tags kind:quote

# --- persons, not keys --------------------------------------------------------------------------------------
# Boris's second key: his verdict with it replaces the one with the first.
ctl boris --quiet key new boris2 >/dev/null 2>&1
as boris "$PUT" "$(key boris)" key-rotate "$work/boris/config/annot/keys/boris2" >/dev/null || fail "rotate"
ctl boris --quiet --key boris2 verdict add "$other@1" true --scale aletheia9 >/dev/null 2>&1 || fail "verdict with the new key"
figures '([.persons[] | "\(.name) \(.ratings)"] == ["alice 2", "boris 2", "chloe 2"]) and .verdicts.superseded == 1' kind:quote
# The first one was stolen: what it signed from then on counts only where he stands by it, with the second.
verdict() { ctl alice --json list kind:verdict "author:$1" | jq -r --arg on "$quote" '.[] | select(.on == $on) | .'"$2"; }
event=$(ctl alice --json reviewer list | jq -r '[.[] | select(.name == "boris")][0].event')
as alice "$PUT" "$(key alice)" key-revoke on "$event" reason compromised from-index "$(verdict boris index)" >/dev/null || fail "revoke"
figures '.verdicts.stolen_key == 2 and ([.persons[] | "\(.name) \(.ratings)"] == ["alice 2", "boris 1", "chloe 2"])' kind:quote
refused 4 'no version of a document was marked by two persons' --on spans kind:span
as boris "$PUT" "$work/boris/config/annot/keys/boris2" reaffirm on "$(verdict boris record)" reason 'It was me.' >/dev/null || fail "reaffirm"
figures '.verdicts.stolen_key == 1 and .verdicts.counted == 6' kind:quote

# --- a scale that is no longer what it was, and one without an order --------------------------------------------
as alice "$PUT" "$(key alice)" policy self-approval no bots-count no \
	scale 'aletheia9 misleading:- true:+ not-fact:-' >/dev/null || fail "policy"
refused 2 'stand in no order' --weights linear kind:quote
figures '.order == [] and .outside_order == ["misleading", "true", "not-fact"] and .verdicts.off_scale == 2
	and (.overall | has("alpha_nominal") and has("gwet_ac1") and (has("alpha_ordinal") or has("gwet_ac2_linear") | not))' kind:quote
expect 0 'which has no order: misleading, true, not-fact' ctl alice agreement kind:quote
refused 2 'it has aletheia9' --scale google5 kind:claim
