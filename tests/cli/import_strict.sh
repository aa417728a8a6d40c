#!/bin/sh
# import --strict: all or nothing. What annotd would refuse is known before the first record is signed; where it refuses all
# the same, since something changed meanwhile, it is said what is in and what is not, and the same command goes on.
. "${ROOT:?}/tests/cli/lib.sh"
desk
text wire 'The lake is full, she said. The sea is not.' >/dev/null
same() { [ "$1" = "$2" ] || fail "\"$1\" instead of \"$2\""; }
quiet alice policy set --scale 'desk no:- yes:+' >/dev/null

# review N: a claim and a verdict of ours, as another desk publishes it, in a line
review() {
	printf '{"@context":"https://schema.org","@type":"ClaimReview","url":"https://o.example/%s","claimReviewed":"Claim %s","author":{"@type":"Organization","name":"Other"},"reviewRating":{"@type":"Rating","alternateName":"yes","identifier":"desk/yes"}}\n' "$1" "$1"
}
# note ID WORDS [MORE]: a W3C annotation of words, in a line
note() {
	printf '{"@context":"http://www.w3.org/ns/anno.jsonld","id":"urn:x:%s","type":"Annotation"%s,"body":{"type":"TextualBody","value":"so"},"target":{"source":"wire","selector":{"type":"TextQuoteSelector","exact":"%s"}}}\n' "$1" "${3-}" "$2"
}
# nothing COMMAND…: refused, in one line that says so, and nothing is in the log.
nothing() {
	words=$1 person=$2
	shift 2
	had=$(size)
	expect 4 "$words" ctl "$person" import --strict "$@"
	one_line
	same "$(size)" "$had"
}

# --- what is known before ---------------------------------------------------------------------------------
{ note 1 'The lake'; note 2 'The mountain'; } >"$work/notes"
nothing 'notes:2: urn:x:2: ' boris --as w3c "$work/notes" # words that are not there
{ note 1 'The lake'; note 2 'The sea' | sed 's/"wire"/"no-such"/'; } >"$work/notes"
nothing 'notes:2: urn:x:2: ' boris --as w3c "$work/notes" # a document that is not there
{ note 1 'The lake'; echo '{"type":"Annotation"}'; } >"$work/notes"
nothing 'notes:2:' boris --as w3c "$work/notes" # an item that breaks a rule
{ note 1 'The lake'; note 2 'The sea'; } >"$work/notes"
ctl dora --quiet key new dora >/dev/null 2>&1
ctl dora corpus info >/dev/null 2>&1
nothing 'not enrolled' dora --as w3c "$work/notes" # who may not annotate
nothing 'not enrolled' dora --as w3c <"$work/notes"
expect 4 'not enrolled' ctl dora import --as w3c "$work/notes"; one_line
quiet alice reviewer revoke chloe left >/dev/null
nothing 'this key of chloe is left' chloe --as w3c "$work/notes"
expect 0 'is not checked: author' ctl chloe import --as w3c "$work/notes" --dry-run
expect 0 'is not checked: author' ctl dora import --as w3c "$work/notes" --dry-run
nothing 'not enrolled' dora --as w3c "$work/notes" --dry-run

# Verdicts of another corpus on a scale that this one has not: annotd's own words, before it is asked.
quiet alice policy set --scale 'elsewhere bad:- good:+' >/dev/null
claim=$(quiet boris claim add 'The lake is full' --in wire 'The lake is full')
quiet boris verdict add "$claim@1" good --scale elsewhere --because 'seen' >/dev/null
ctl boris export --as ndjson -o "$work/log.ndjson" 2>/dev/null
stop
ctl frank --quiet key new frank >/dev/null 2>&1
ctl frank --quiet corpus init "$work/elsewhere" --origin elsewhere.example/desk >/dev/null 2>&1
mv "$work/corpus" "$work/desk"
mv "$work/elsewhere" "$work/corpus"
serve
ctl frank doc add "$work/wire.txt" --name wire >/dev/null 2>&1
jq -c 'select(has("annot") or has("end") or .json.kind == "claim" or .json.kind == "verdict")' "$work/log.ndjson" >"$work/two.ndjson"
size() { ctl frank --json corpus info 2>/dev/null | jq .size; }
nothing 'scale elsewhere' frank --as ndjson "$work/two.ndjson" --report-loss "$work/lost"
expect 0 'none signed' ctl frank import --as ndjson "$work/two.ndjson" --dry-run --report-loss "$work/dry"
jq -e 'select(.reason | contains("scale elsewhere")) | .left_out' "$work/dry" >/dev/null || fail "dry: $(cat "$work/dry")"
expect 1 '1 record imported' ctl frank import --as ndjson "$work/two.ndjson" --report-loss "$work/lost"
cmp "$work/dry" "$work/lost" || fail "a dry run foresees other things than annotd says: $(cat "$work/dry" "$work/lost")"
stop
mv "$work/corpus" "$work/elsewhere"
mv "$work/desk" "$work/corpus"
serve
size() { ctl alice --json corpus info 2>/dev/null | jq .size; }

# What comes twice is one.
{ note 1 'The lake'; note 1 'The lake'; } >"$work/notes"
expect 0 '1 record imported, 1 there' ctl boris import --strict --as w3c "$work/notes"

# --- something changes meanwhile --------------------------------------------------------------------------
# stopped FILE…: an import that is stopped when its first record is in the log.
stopped() {
	from=$(size)
	replace=exec
	ctl boris import --as claimreview --strict "$@" >"$work/importing" 2>&1 &
	importing=$!
	ctl alice --format ndjson watch --from "$from" --limit 1 >"$work/watched" 2>&1 &
	watching=$!
	replace=
	wait $watching || fail "watch: $(cat "$work/watched")"
	kill -STOP $importing
}
# goes_on: to its end, which is an error; the last line of that is in $last.
goes_on() {
	kill -CONT $importing
	code=0
	wait $importing || code=$?
	same "$code" 4
	last=$(tail -n 1 "$work/importing")
}
for n in $(seq 400); do review "$n"; done >"$work/reviews"
before=$(size)
stopped "$work/reviews"
quiet alice policy set --remove-scale desk --force >/dev/null
goes_on
has() { case "$last" in *"$1"*) ;; *) fail "no \"$1\" in: $last" ;; esac; }
in=$(printf %s "$last" | sed -n 's/.*; \([0-9]*\) records of this import are in the log, #'"$before"' to #[0-9]*; [0-9]* were refused; .*/\1/p')
[ -n "$in" ] || fail "it does not say what is in: $last"
same "$(size)" "$((before + in + 1))" # and the policy
has "what stands from line "
has "of $work/reviews on is not"
has 'the same command again goes on'
grep -q "reviews:[0-9]*: refused: scale desk" "$work/importing" || fail "what was refused is not named: $(head -n 3 "$work/importing")"
# Again: refused before anything is sent, until the scale is there again; then it goes on.
nothing 'reviews:1: ' boris --as claimreview "$work/reviews"
quiet alice policy set --scale 'desk no:- yes:+' >/dev/null
review more >"$work/more"
stopped "$work/reviews" "$work/more"
review other >"$work/more"
goes_on
has 'more was changed after it was looked through; '
line=$(printf %s "$last" | sed -n 's/.*; what stands from line \([0-9]*\) of .*\/reviews on is not; .*/\1/p')
[ -n "$line" ] || fail "it does not say what is not in: $last"
same "$(size)" "$((before + 2 * (line - 1) + 2))" # a claim and a verdict each
expect 0 "$((2 * (401 - line) + 2)) records imported, $((2 * (line - 1))) there" \
	ctl boris import --as claimreview --strict "$work/reviews" "$work/more"
stop
