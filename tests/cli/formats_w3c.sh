#!/bin/sh
# Web Annotations: every export keeps every MUST of the model, as a checker says that shares nothing with libannot; others'
# annotations are imported with their authors as data, never guessed, and come out again as they went in.
. "$(dirname "$0")/lib.sh"
command -v python3 >/dev/null || exit 77

check() { python3 -I "$ROOT/tests/support/w3c_check.py" "$@"; }
passes() { check "$@" >"$work/faults" || fail "$(head -5 "$work/faults")"; }
losses() { grep -F -- "$1" "$work/lost.json" >/dev/null || fail "no loss of $1: $(cat "$work/lost.json")"; }

desk
# Bytes, code points and UTF-16 units differ from the first letter on, and a line ends in CR LF.
printf '🌊 “The dam holds,” said the engineer.\r\nIt did; the dam held until spring.\n' >"$work/lake.txt"
printf 'A memo: the dam held.\n' >"$work/memo.txt"
ctl alice doc add "$work/lake.txt" --name lake --source https://news.example/lake >/dev/null 2>&1
ctl alice doc add "$work/memo.txt" --name memo >/dev/null 2>&1
lake="--text https://news.example/lake=$work/lake.txt"
memo="--text urn:sha256:$(sha256sum <"$work/memo.txt" | cut -d ' ' -f 1)=$work/memo.txt"

# --- one of each kind
quote=$(quiet boris quote add lake 'The dam holds' --speaker 'Mara Ilves' --tag dam)
expect 0 '' ctl alice export "$quote" --as w3c -o "$work/one.json"
[ "$(jq -r .type "$work/one.json")" = Annotation ] || fail 'one annotation is not written as itself'
[ "$(jq -r '.creator | .type + " " + .name' "$work/one.json")" = 'Person boris' ] || fail "$(cat "$work/one.json")"
claim=$(quiet boris claim add 'The dam held.' --claimant 'Mara Ilves' --in memo 'the dam held')
quiet boris span add lake 'until spring' --text 'Which one?' --tag when >/dev/null
quiet boris span add lake 'engineer.' >/dev/null
quiet boris comment add "$claim" 'Says who?' >/dev/null
quiet boris link add "$quote" supports "$claim" >/dev/null
quiet boris claim add 'Nobody wrote it down.' >/dev/null
ctl boris verdict add "$claim@1" mostly-true --because 'Seen.' --evidence "$quote" >/dev/null 2>&1
ctl chloe review "$claim@1" approve --because 'Read.' >/dev/null 2>&1
ctl boris amend "$claim" --add tag=dam >/dev/null 2>&1
expect 0 '0 fields did not survive, 0 annotations left out' ctl alice export --as w3c -o "$work/all.json"
jq -e '.type == "AnnotationCollection" and .total == 8 and .first.id == .last and
	([.first.items[].motivation] | flatten | unique) == ["annot:claiming", "annot:quoting", "assessing", "commenting",
	"highlighting", "identifying", "linking"]' "$work/all.json" >/dev/null || fail "$(cat "$work/all.json")"
ctl alice export kind:review --as w3c -o "$work/review.json" 2>/dev/null
[ "$(jq -r '.motivation + " " + .body[0].value' "$work/review.json")" = 'moderating approve' ] || fail "$(cat "$work/review.json")"
ctl alice --format ndjson export --as w3c >"$work/all.ndjson" 2>/dev/null
[ "$(wc -l <"$work/all.ndjson")" = 8 ] || fail 'not an annotation a line'
ctl alice export --as w3c --base https://desk.example/anno/ -o "$work/based.json" 2>/dev/null
# shellcheck disable=SC2086 # options
passes $lake $memo "$work/one.json" "$work/all.json" "$work/review.json" "$work/all.ndjson" "$work/based.json"
jq -e '.first.items[0].id | startswith("https://desk.example/anno/")' "$work/based.json" >/dev/null || fail 'ids without --base'

# The checker sees what is wrong: else it would show nothing.
jq '.first.items[0].created = "2026-01-01"' "$work/all.json" >"$work/bad1.json"
jq '.total = 7' "$work/all.json" >"$work/bad2.json"
jq '.target.selector[1].start += 1' "$work/one.json" >"$work/bad3.json"
# shellcheck disable=SC2086
check $lake "$work/bad1.json" "$work/bad2.json" "$work/bad3.json" >"$work/faults" && fail 'the checker saw nothing'
for fault in 'bad1.json.*3.3.1' 'bad2.json.*5.1' 'bad3.json.*4.2.5'; do
	grep -q "$fault" "$work/faults" || fail "the checker did not see $fault: $(cat "$work/faults")"
done

# A bot is software.
ctl robot --quiet key new robot >/dev/null 2>&1
ctl robot --quiet key request --name robot -o "$work/robot.request"
quiet alice reviewer add "$work/robot.request" --role bot >/dev/null
bot=$(quiet robot span add memo 'A memo' --tag machine)
ctl alice export "$bot" --as w3c 2>/dev/null | jq -e '.creator.type == "Software"' >/dev/null || fail 'a bot is no Person'

# --- more than a page: documents of their own, a line each
seq 1100 | sed 's/.*/{"args":["span","add","lake","until spring","--tag","n&"]}/' >"$work/batch"
ctl boris batch <"$work/batch" >/dev/null 2>&1
ctl alice export doc:lake --as w3c -o "$work/pages.json" 2>/dev/null
[ "$(wc -l <"$work/pages.json")" = 3 ] || fail "not two pages and a collection: $(wc -l <"$work/pages.json")"

# --- what others made
cat >"$work/others.json" <<-'END'
	{"@context": "http://www.w3.org/ns/anno.jsonld", "id": "https://other.example/page", "type": "AnnotationPage", "items": [
	 {"id": "https://other.example/1", "type": "Annotation", "motivation": "questioning", "ex:weight": 7,
	  "creator": {"name": "Ada"}, "created": "2024-02-29T12:00:00Z", "bodyValue": "Did it?",
	  "target": {"source": "https://news.example/lake", "selector": [
	    {"type": "TextQuoteSelector", "exact": "the dam held", "prefix": "did; "},
	    {"type": "TextPositionSelector", "start": 1, "end": 13}]}},
	 {"id": "https://other.example/2", "type": "Annotation", "motivation": "replying", "bodyValue": "It did.",
	  "target": "https://other.example/1"},
	 {"id": "https://other.example/3", "type": "Annotation",
	  "target": {"source": "https://news.example/lake", "selector": {"type": "TextQuoteSelector", "exact": "dam"}}},
	 {"id": "https://other.example/4", "type": "Annotation", "body": {"type": "TextualBody"}, "target": "https://news.example/lake"}
	]}
END
expect 1 'item 4: https://other.example/4: model 3.2.4' ctl chloe import "$work/others.json" --as w3c --report-loss "$work/lost.json"
losses '"item":"https://other.example/3"'
losses '"field":"target[0].selector.start"'
span=$(quiet chloe list 'kind:span imported-from:https://other.example/1')
ctl chloe --json show "$span" >"$work/span.json"
jq -e '.["imported-author"] == "Ada" and .author.name == "chloe" and .text == "Did it?" and .targets[0].exact == "the dam held"' \
	"$work/span.json" >/dev/null || fail "$(cat "$work/span.json")"
[ "$(quiet chloe list 'kind:comment imported-from:https://other.example/2' | wc -l)" = 1 ] || fail 'the reply is missing'
[ -z "$(quiet chloe list 'imported-from:https://other.example/3')" ] || fail 'an ambiguous place was guessed'
# Again: nothing comes twice.
expect 1 '' ctl chloe import "$work/others.json" --as w3c
[ "$(quiet chloe list 'kind:span imported-from:https://other.example/1' | wc -l)" = 1 ] || fail 'imported twice'
# What we do not know is still there, and whose it is; who signed is not who made it.
ctl alice export "$span" --as w3c -o "$work/back.json" 2>/dev/null
# shellcheck disable=SC2086
passes $lake "$work/pages.json" "$work/back.json"
jq -e '.["ex:weight"] == 7 and .motivation == "questioning" and .creator.name == "Ada" and .created == "2024-02-29T12:00:00Z" and
	.via == "https://other.example/1" and (.. | strings | select(. == "chloe")) // true' "$work/back.json" >/dev/null ||
	fail "$(cat "$work/back.json")"
# Strict: all or nothing.
expect 4 '' ctl chloe import "$work/others.json" --as w3c --strict
printf '{"type":"Annotation"}' | expect 1 'standard input:1: item 1: model 3.1: @context' ctl chloe import --as w3c

# --- into another desk: the same cards, references included
mv "$work/corpus" "$work/first"
stop
ctl dora --quiet key new dora >/dev/null 2>&1
ctl dora --quiet corpus init "$work/corpus" --origin other.example/desk >/dev/null 2>&1
export ANNOT_SOCKET="ipc://$work/other.sock"
serve
ctl dora doc add "$work/lake.txt" --name see >/dev/null 2>&1
ctl dora doc add "$work/memo.txt" --name notiz >/dev/null 2>&1
expect 0 '' ctl dora import "$work/all.json" "$work/review.json" --as w3c --report-loss "$work/lost.json"
losses 'a review counts from who signs it'
ctl dora --format ndjson list >"$work/there" 2>/dev/null
jq -s -e 'map(select(.kind == "quote"))[0] | .speaker == ["Mara Ilves"] and .tag == ["dam"] and .["imported-author"] == "boris"' \
	"$work/there" >/dev/null || fail "$(cat "$work/there")"
jq -s -e '(map(select(.kind == "claim" and .targets != []))[0].record) as $claim |
	map(select(.kind == "verdict"))[0] | .rating == "mostly-true" and .on == $claim' "$work/there" >/dev/null ||
	fail "$(cat "$work/there")"
[ "$(jq -s 'map(select(.kind == "review")) | length' "$work/there")" = 0 ] || fail 'a review was signed in the name of another'
stop
