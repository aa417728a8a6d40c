#!/bin/sh
# Hypothesis and ClaimReview through a real daemon: threads and verdicts find what they are about, authors are data, and
# what does not survive is said.
. "$(dirname "$0")/lib.sh"

losses() { grep -F -- "$1" "$work/lost.json" >/dev/null || fail "no loss of $1: $(cat "$work/lost.json")"; }

desk
printf '🌊 “The dam holds,” said the engineer.\nIt did; the dam held until spring.\n' >"$work/lake.txt"
ctl alice doc add "$work/lake.txt" --name lake --source https://news.example/lake >/dev/null 2>&1

# --- a thread from Hypothesis, the replies before what they answer
cat >"$work/api.json" <<-'END'
	{"total": 4, "rows": [
	 {"id": "reply2", "uri": "https://news.example/lake", "user": "acct:ada@hypothes.is", "text": "So it did.",
	  "references": ["root", "reply1"], "created": "2024-03-03T10:00:00.000000+00:00"},
	 {"id": "reply1", "uri": "https://news.example/lake", "user": "acct:ben@hypothes.is", "text": "It did.",
	  "references": ["root"], "created": "2024-03-02T10:00:00.000000+00:00"},
	 {"id": "root", "uri": "https://news.example/lake", "user": "acct:ada@hypothes.is", "text": "Did it?", "tags": ["dam"],
	  "created": "2024-03-01T10:00:00.000000+00:00", "group": "__world__", "permissions": {"read": ["group:__world__"]},
	  "target": [{"source": "https://news.example/lake", "selector": [
	   {"type": "RangeSelector", "startContainer": "/p", "startOffset": 1, "endContainer": "/p", "endOffset": 5},
	   {"type": "TextPositionSelector", "start": 51, "end": 54},
	   {"type": "TextQuoteSelector", "exact": "dam", "prefix": "the ", "suffix": " held"}]}]},
	 {"id": "lost", "uri": "https://news.example/lake", "user": "acct:ada@hypothes.is", "text": "Where?",
	  "target": [{"selector": [{"type": "TextQuoteSelector", "exact": "dam"}]}]},
	 {"id": "orphan", "uri": "https://news.example/lake", "user": "acct:ada@hypothes.is", "text": "There.", "references": ["lost"]}
	]}
END
expect 0 '5 items: 3 records imported' ctl chloe import "$work/api.json" --as hypothesis --report-loss "$work/lost.json"
losses RangeSelector
losses '"item":"https://hypothes.is/a/lost"'
losses '"item":"https://hypothes.is/a/orphan"'
ctl chloe --format ndjson list imported-from:https://hypothes.is/a/root >"$work/root.json" 2>/dev/null
jq -e '.text == "Did it?" and .targets[0].chars == [50, 53] and .["imported-author"] == "acct:ada@hypothes.is" and
	.author.name == "chloe"' "$work/root.json" >/dev/null || fail "$(cat "$work/root.json")"
root=$(jq -r .record "$work/root.json")
ctl chloe --format ndjson list kind:comment >"$work/comments.json" 2>/dev/null
jq -s -e --arg root "$root" 'length == 2 and all(.on == $root) and
	([.[] | select(.["reply-to"])] | length == 1 and .[0].text == "So it did.")' "$work/comments.json" >/dev/null ||
	fail "$(cat "$work/comments.json")"
expect 0 '0 records imported, 3 there already' ctl chloe import "$work/api.json" --as hypothesis
# Strict: nothing at all.
expect 4 '' ctl chloe import "$work/api.json" --as hypothesis --strict
# Out again, as it came.
ctl chloe export --as hypothesis -o "$work/back.json" 2>/dev/null
jq -e '[.annotations[] | .id] == ["root", "reply1", "reply2"] and .annotations[0].user == "acct:ada@hypothes.is" and
	.annotations[0].created == "2024-03-01T10:00:00.000000+00:00" and .annotations[2].references == ["root", "reply1"] and
	.annotations[0].target[0].selector[0] == {"type": "TextPositionSelector", "start": 51, "end": 54}' "$work/back.json" >/dev/null ||
	fail "$(cat "$work/back.json")"

# What refers to an item that cannot be made is left out too, and said.
seq -s ' ' 12000 >"$work/long.txt"
ctl alice doc add "$work/long.txt" --name long --source https://news.example/long >/dev/null 2>&1
jq -n --rawfile words "$work/long.txt" '{rows: [
	{id: "large", uri: "https://news.example/long", user: "acct:ada@hypothes.is", text: ("x" * 16000),
	 target: [{source: "https://news.example/long", selector: [{type: "TextQuoteSelector", exact: $words[:58000]}]}]},
	{id: "answer", uri: "https://news.example/long", user: "acct:ada@hypothes.is", text: "Too long.", references: ["large"]}]}' \
	>"$work/large.json"
expect 0 '0 fields did not survive, 2 items left out' ctl chloe import "$work/large.json" --as hypothesis --report-loss "$work/lost.json"
losses 'larger than 65536 bytes'
losses '"item":"https://hypothes.is/a/answer"'

# --- ClaimReview
claim=$(quiet boris claim add 'The dam held until spring.' --claimant 'Mara Ilves' --in lake 'the dam held until spring')
verdict=$(quiet boris verdict add "$claim@1" true --because 'Seen.')
ctl boris amend "$verdict" --set rating=mostly-true --set 'rationale=Seen, but for a day.' >/dev/null 2>&1
expect 2 '--base' ctl alice export "$verdict" --as claimreview
expect 0 '1 exported; 0 fields' ctl alice export "$verdict" --as claimreview --base https://desk.example/ --publisher 'The Desk' \
	-o "$work/review.json"
jq -e --arg id "$verdict" '.[0] | .url == "https://desk.example/" + $id and .reviewRating.alternateName == "Mostly true" and
	.reviewRating.ratingValue == 4 and .reviewRating.bestRating == 5 and .author.name == "The Desk" and
	.contributor.name == "boris" and .itemReviewed.author.name == "Mara Ilves" and
	.itemReviewed.appearance.url == "https://news.example/lake" and
	(.correction.text | startswith("Rating changed from “True” to “Mostly true”"))' "$work/review.json" >/dev/null ||
	fail "$(cat "$work/review.json")"
jq 'del(.[0].identifier) | .[0].url = "https://other.example/1" | .[0].itemReviewed.author.name = "B. Torrek"' "$work/review.json" >"$work/other.json"
expect 0 '2 records imported' ctl chloe import "$work/other.json" --as claimreview
ctl chloe --format ndjson list 'kind:verdict imported-from:https://other.example/1' >"$work/verdict.json" 2>/dev/null
ctl chloe --format ndjson list 'kind:claim imported-from:https://other.example/1' >"$work/claim.json" 2>/dev/null
jq -e '.claimant == ["B. Torrek"]' "$work/claim.json" >/dev/null || fail "$(cat "$work/claim.json")"
jq -e --arg claim "$(jq -r .record "$work/claim.json")" '.rating == "mostly-true" and .on == $claim and
	.["imported-author"] == "The Desk" and .author.name == "chloe"' "$work/verdict.json" >/dev/null || fail "$(cat "$work/verdict.json")"
echo '{"@type":"ClaimReview","url":"https://other.example/2"}' | expect 1 'claimReviewed: a text that must be there' \
	ctl chloe import --as claimreview
# The words that were rated are others by now: said, and refused with --strict.
quiet boris amend "$claim" --set 'text=The dam held until May.' >/dev/null
expect 0 '1 exported; 1 field did' ctl alice export "$verdict" --as claimreview --base https://desk.example/ -o "$work/review.json" \
	--report-loss "$work/lost.json"
losses '"field":"on","value":"version 1 of 2"'
jq -e '.[0].claimReviewed == "The dam held until spring."' "$work/review.json" >/dev/null || fail "$(cat "$work/review.json")"
expect 4 'amended since' ctl alice export "$verdict" --as claimreview --base https://desk.example/ --strict
stop
