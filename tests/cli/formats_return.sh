#!/bin/sh
# What was exported comes back: as it was, it is there already, in each format; edited by another program, it is an
# amendment that the importer signs, unless the record was amended here meanwhile; and what others added to it is new.
. "$(dirname "$0")/lib.sh"

tab=$(printf '\t')
losses() { grep -F -- "$1" "$work/lost.json" >/dev/null || fail "no loss of $1: $(cat "$work/lost.json")"; }
# back FORMAT IMPORTED AMENDED LEFT FILE…: imports (as $importer) and expects these counts; the losses are in lost.json.
importer=alice
back() {
	format=$1 what="$2 $3 $4"
	shift 4
	ctl $importer --json import --amend --as "$format" --report-loss "$work/lost.json" "$@" >"$work/counts" 2>"$work/err" || fail "$format $what: $(cat "$work/err")"
	got=$(jq -r '[.imported, .amended, .left_out] | map(tostring) | join(" ")' "$work/counts")
	[ "$got" = "$what" ] || fail "$format: $got instead of $what: $(cat "$work/lost.json")"
}
lost() { [ "$(wc -l <"$work/lost.json")" = "$1" ] || fail "not $1 lost: $(cat "$work/lost.json")"; }
shown() { ctl alice --json show "$1" >"$work/shown.json" 2>/dev/null; }
is() { jq -e "$1" "$work/shown.json" >/dev/null || fail "not $1: $(cat "$work/shown.json")"; }
again() { rm -rf "$work/brat" && quiet alice export --as brat -o "$work/brat"; }
base=https://desk.example/reviews/

desk
printf '🌊 “The dam holds,” said the engineer.\r\nIt did; the dam held until spring.\n' >"$work/lake.txt"
printf 'A memo: the dam held, or\nso they say.\n' >"$work/memo.txt"
ctl alice doc add "$work/lake.txt" --name lake --source https://news.example/lake >/dev/null 2>&1
ctl alice doc add "$work/memo.txt" --name memo --source https://news.example/memo >/dev/null 2>&1
quote=$(quiet boris quote add lake 'The dam holds' --speaker 'Mara Ilves' --role engineer --tag dam)
claim=$(quiet chloe claim add 'The dam held.' --claimant 'Mara Ilves' --in lake 'the dam held' --in memo 'the dam held, or
so they')
ctl alice amend "$claim" --add tag=lake >/dev/null 2>&1
span=$(quiet boris span add lake 'until spring.
' --text 'Which one?' --tag when)
light=$(quiet boris span add memo 'A memo')
comment=$(quiet boris comment add "$claim@2" 'Says who?')
quiet chloe comment add "$claim@2" 'The engineer.' --reply-to "$comment" >/dev/null
quiet chloe comment add lake 'A good page.' >/dev/null
quiet boris link add "$claim" supports "$span" --because 'As she said.' >/dev/null
verdict=$(quiet boris verdict add "$claim@2" mostly-true --because 'Seen.' --evidence "$quote")
ctl boris amend "$verdict" --set 'rationale=Seen twice.' >/dev/null 2>&1
n=$(size)

# --- as it was
ctl alice export --as w3c -o "$work/w3c.json" 2>/dev/null
ctl alice export --as w3c --base https://desk.example/a/ -o "$work/based.json" 2>/dev/null
ctl alice --format ndjson export kind:review --as w3c -o "$work/reviews.json" 2>/dev/null
ctl alice export --as hypothesis -o "$work/hypothesis.json" 2>/dev/null
ctl alice export --as claimreview --base $base -o "$work/claimreview.json" 2>/dev/null
again
for each in "w3c w3c.json" "w3c based.json" "hypothesis hypothesis.json" "claimreview claimreview.json" "brat brat"; do
	format=${each%% *} file=$work/${each#* }
	back "$format" 0 0 0 "$file"
	[ ! -s "$work/lost.json" ] || fail "$each: $(cat "$work/lost.json")"
	expect 0 ': 0 records imported, ' ctl alice import --as "$format" "$file" --strict
	expect 0 'none signed; 0 records imported, ' ctl alice import --as "$format" "$file" --dry-run
done
[ "$(size)" = "$n" ] || fail 'an export that came back as it was became records'
# Ids and members of ours that another program dropped: the id alone says what it is, while it says the same.
jq '.first.items |= map(with_entries(select(.key | startswith("annot:") | not)))' "$work/w3c.json" >"$work/bare.json"
back w3c 0 0 0 "$work/bare.json"

# --- times and authors: who made it and when, and who amended it, as they signed
jq -e --arg id "urn:sha256:$claim" '[.first.items[] | select(.id == $id)][0] |
	(.creator | map(.name)) == ["chloe", "alice"] and .created <= .modified' "$work/w3c.json" >/dev/null || fail "$(cat "$work/w3c.json")"
first=$(ctl alice --json show "$claim@1" | jq -r .time)
[ "$(jq -r --arg id "urn:sha256:$claim" '.first.items[] | select(.id == $id) | .created' "$work/w3c.json")" = "$first" ] ||
	fail 'created is not the time of the first version'
[ "$(jq -r '.annotations[] | select(.annot.kind == "claim") | .created' "$work/hypothesis.json")" = "${first%Z}+00:00" ] ||
	fail 'Hypothesis: created is not the time of the first version'

# --- edited in another program
jq --arg id "urn:sha256:$span" '.first.items |= map(if .id == $id then
	.body = [{type: "TextualBody", value: "This one.", purpose: "commenting", format: "text/plain"},
		{type: "TextualBody", value: "spring", purpose: "tagging", format: "text/plain"}] |
	.target.selector = [{type: "TextQuoteSelector", exact: "spring"}] | .["ex:seen"] = true | .modified = "2031-01-01T00:00:00Z"
	else . end)' "$work/w3c.json" >"$work/edited.json"
expect 0 '1 amended' ctl alice import --amend --as w3c "$work/edited.json" --dry-run
# Nobody amends unasked: a file may say of itself what it likes.
expect 0 ', 1 item left out' ctl alice import --as w3c "$work/edited.json" --report-loss "$work/lost.json"
losses '--amend signs that as an amendment'
[ "$(size)" = "$n" ] || fail 'a dry run signed'
back w3c 0 1 0 "$work/edited.json"
losses ex:seen
lost 1
shown "$span"
is '.version == 2 and .author.name == "alice" and .text == "This one." and .tag == ["spring"] and .targets[0].exact == "spring"'
back w3c 0 0 0 "$work/edited.json"
# What was amended here meanwhile stays, and an export of before is still known.
jq --arg id "urn:sha256:$span" '.first.items |= map(if .id == $id then .body[0].value = "Which?" else . end)' "$work/w3c.json" >"$work/stale.json"
back w3c 0 0 1 "$work/stale.json"
losses 'amended here since'
back w3c 0 0 0 "$work/w3c.json"
[ "$(size)" = $((n + 1)) ] || fail 'a stale edit was signed'
# What it refers to, its kind and its motivation are amended here.
jq --arg id "urn:sha256:$comment" '.first.items |= map(if .id == $id then .target = "https://elsewhere.example/" | .motivation = "editing" else . end)' \
	"$work/w3c.json" >"$work/refs.json"
back w3c 0 0 0 "$work/refs.json"
losses '"field":"target"'
losses '"field":"motivation"'
jq --arg id "urn:sha256:$span" '.first.items |= map(select(.id == $id) | .["annot:kind"] = "quote")' "$work/w3c.json" >"$work/kind.json"
back w3c 0 0 1 "$work/kind.json"
losses 'keeps its kind'
# What says that it is ours and is not, is not; a copy under an id of its own is somebody's annotation.
jq -c '.first.items[0] | .["@context"] = "http://www.w3.org/ns/anno.jsonld" |
	.["annot:record"] = "urn:sha256:" + ("0" * 64)' "$work/w3c.json" >"$work/forged.json"
back w3c 0 0 1 "$work/forged.json"
losses 'has no such record'

# Hypothesis: words, tags, place; what it cannot hold stays.
jq --arg quote "$quote" --arg light "$light" '.annotations |= map(if .annot.record == $quote then .tags += ["lake"] |
	.target[0].selector = [{type: "TextQuoteSelector", exact: "dam holds", prefix: "The "}] |
	.moderation_status = "APPROVED" elif .annot.kind == "claim" then .target[0].selector = [{type: "TextQuoteSelector",
	exact: "dam held", prefix: "the ", suffix: " until"}] elif .annot.record == $light then .text = "Whose?" else . end)' \
	"$work/hypothesis.json" >"$work/edited.json"
back hypothesis 0 3 0 "$work/edited.json"
lost 0
shown "$quote"
is '.version == 2 and .tag == ["dam", "lake"] and .speaker == ["Mara Ilves"] and .role == "engineer" and .targets[0].exact == "dam holds"'
shown "$claim"
is '.version == 3 and .tag == ["lake"] and ([.targets[].exact] | sort) == ["dam held", "the dam held, or\nso they"]'
shown "$light"
is '.version == 2 and .text == "Whose?"'
back hypothesis 0 0 0 "$work/edited.json"
# Through a client, which gives new ids, keeps the old one aside, and drops what it does not know; a reply to that.
jq '{annotations: ([.annotations[] | select(.annot.kind == "quote" or .annot.kind == "claim") |
	{id: ("n" + .annot.kind), user: "acct:ada@hypothes.is", uri, text, tags, document, target,
	 extra: {source: "import", original_id: .id}}] + [{id: "reply", user: "acct:ada@hypothes.is", uri: "https://news.example/lake",
	 text: "Really?", references: ["nclaim"]}])}' "$work/hypothesis.json" >"$work/client.json"
back hypothesis 1 0 0 "$work/client.json"
shown "$claim@2"
ctl alice --json list imported-from:https://hypothes.is/a/reply | jq -e --arg on "$(jq -r .record "$work/shown.json")" '.[0].on == $on' >/dev/null ||
	fail "the reply is on something else: $(ctl alice --json list imported-from:https://hypothes.is/a/reply)"

# ClaimReview: the rating by its name; only who gave a verdict can change it.
jq '.[0].reviewRating.alternateName = "Half true" | .[0].itemReviewed.text = "Another." | .[0].headline = "New"' "$work/claimreview.json" \
	>"$work/edited.json"
importer=boris
back claimreview 0 1 0 "$work/edited.json"
losses itemReviewed
losses headline
shown "$verdict"
is '.version == 3 and .rating == "half-true" and .rationale == "Seen twice." and (.evidence | length) == 1'
ctl alice export --as claimreview --base $base -o "$work/claimreview.json" 2>/dev/null
jq '.[0].reviewRating.ratingExplanation = "No."' "$work/claimreview.json" >"$work/edited.json"
expect 1 'refused' ctl alice import --amend --as claimreview "$work/edited.json"
expect 0 '0 records imported, 0 there already; 0 fields did not survive, 1 item left out' \
	ctl alice import --amend --as claimreview "$work/edited.json" --dry-run --report-loss "$work/lost.json"
losses 'is amended by its author only'
expect 4 'is amended by its author only' ctl alice import --amend --as claimreview "$work/edited.json" --strict

# brat: a span moved, a rating and a relation changed in their lines, a type renamed, an attribute and a note added, a span of somebody's.
verdict=$(quiet boris verdict add "$quote@2" half-true --because 'Heard.')
quiet boris link add "$quote" supports "$span" --because 'As he said.' >/dev/null
again
n=$(size)
at() { sed -n "s/^\([TAR][0-9]*\)$tab$1.*/\1/p" "$work/brat/$2.ann" | head -n 1; }
v=$(at Verdict_google5 lake) r=$(at supports lake) s=$(sed -n "s/^\(T[0-9]*\)${tab}Span .*${tab}spring\$/\1/p" "$work/brat/lake.ann")
m=$(sed -n "s/^\(T[0-9]*\)${tab}Span .*${tab}A memo\$/\1/p" "$work/brat/memo.ann")
sed -i "s/^$v${tab}Verdict_google5 \(T[0-9]*\) half-true/$v${tab}Verdict_google5 \1 true/; s/^$r${tab}supports/$r${tab}refutes/
	s/^$s${tab}Span [0-9]* [0-9]*${tab}spring/$s${tab}Season 41 44${tab}did/" "$work/brat/lake.ann"
printf '#99\tAnnotatorNotes %s\tHow so?\nT900\tMark 2 6\t“The\n' "$s" >>"$work/brat/lake.ann"
sed -i "/^$m$tab/{n;s/\$/\\
A901${tab}Role $m title/;}" "$work/brat/memo.ann"
back brat 2 4 0 "$work/brat"
lost 0
shown "$span"
is '.text == "This one." and .targets[0].exact == "did" and (.tag | sort) == ["Season", "spring"]'
shown "$light"
is '.tag == ["Role: title"] and .text == "Whose?" and .author.name == "boris"'
shown "$verdict"
is '.rating == "true"'
[ "$(ctl alice --json list kind:link | jq -r '.[-1] | .relation + .reason')" = 'refutesAs he said.' ] || fail 'the relation is what it was'
ctl alice --json list kind:comment | jq -e 'any(.text == "How so?")' >/dev/null || fail 'a note on a span of ours was lost'
back brat 0 0 0 "$work/brat"
[ "$(size)" = $((n + 6)) ] || fail 'imported twice'
stop
