#!/bin/sh
# Words that were quoted from old versions of a document: anchors, queries for them, amend --anchor, stale.
. "${ROOT:?}/tests/cli/lib.sh"
desk

# answer FILTER TEXT: what jq says of $work/out
answer() {
	said=$(jq -c "$1" "$work/out") || fail "not JSON: $(cat "$work/out")"
	[ "$said" = "$2" ] || fail "$1 is $said, not $2: $(cat "$work/out")"
}
# json PERSON ARGUMENTS…: into $work/out
json() { ctl "$@" --format json >"$work/out" 2>"$work/errors" || fail "exit $?: $*: $(cat "$work/errors")"; }
list() { ctl alice --quiet list "$@" | sort | tr '\n' ' '; }
ids() { printf '%s\n' "$@" | sort | tr '\n' ' '; }

# --- a document in three versions ------------------------------------------------------------------------
text wire 'The lake is calm today.
The envoy spoke at noon of the water.
Nobody answered the old question about dams.
The minister said no, and the minister left.' >/dev/null
calm=$(quiet boris quote add wire 'The lake is calm today.')
noon=$(quiet boris quote add wire 'The envoy spoke at noon of the water.' --speaker Torrek)
dams=$(quiet boris span add wire 'Nobody answered the old question about dams.')
left=$(quiet chloe quote add wire 'the minister left')
claim=$(quiet chloe claim add 'It was calm, and about dams.' --in wire 'lake is calm' --in wire 'old question about dams')
expect 0 '0 targets' ctl alice anchors wire
json alice anchors wire
answer . '[]'
[ "$(list state:moved)$(list anchor:orphan)" = '' ] || fail 'something moved without a new version'
[ "$(list kind:span anchor:exact)" = "$(ids "$dams")" ] || fail "anchor:exact lists $(list kind:span anchor:exact)"
text wire 'A preface that was not there before.
The lake is calm today.
The envoy spoke at dawn of the water.
The minister said no, and the minister left.' >/dev/null

json alice anchors wire
answer 'map(.anchor)' '["moved","changed","orphan","moved","moved","orphan"]'
answer '[.[].annotation] | unique | length' 5
answer '.[0] | [.from.name,.from.document_version,.from.bytes,.from.chars,.from.exact,.to.document_version,.place.bytes,.place.chars,.place.text,.place.score > 900,.places,.guess,.cut,.algorithm]' \
	'["wire",1,[0,23],[0,23],"The lake is calm today.",2,[37,60],[37,60],"The lake is calm today.",true,[],null,false,2]'
answer '.[1].place.differences | map(select(.op != "same")) | map([.op,.text])' '[["delete","noon"],["insert","dawn"]]'
answer '.[2] | [.place, .author.name, .kind, .version, .target]' '[null,"boris","span",1,0]'
answer 'map(.target)' '[0,0,0,0,0,1]'
expect 0 '[-noon-]{+dawn+}' ctl alice anchors wire
grep -q '^moved .*wire@1:1:1 -> @2:2:1 ' "$work/out" || fail "places: $(cat "$work/out")"
grep -q 'wire@2: 6 targets of older versions, 0 exact, 3 moved, 1 changed, 0 ambiguous, 2 orphan' "$work/out" || fail "sum: $(cat "$work/out")"
json alice anchors wire --status orphan,changed author:boris
[ "$(jq -r '.[].annotation' "$work/out" | tr '\n' ' ')" = "$noon $dams " ] || fail "status and query: $(cat "$work/out")"
[ "$(ctl alice --quiet anchors wire --status orphan | sort | tr '\n' ' ')" = "$(ids "$dams" "$claim")" ] || fail 'anchors --quiet'
[ "$(ctl alice --format ndjson anchors wire --limit 2 2>/dev/null | jq -r .anchor | tr '\n' ' ')" = 'moved changed ' ] || fail 'anchors --limit'
# Back again, from the newest to the first, nothing of the newest stands in it yet.
expect 0 '0 targets of that version' ctl alice anchors wire --from 2 --to 1
for bad in '--status gone' '--from 0' '--to x' '--from 9' '--limit -1'; do
	# shellcheck disable=SC2086 # an option and its value
	got=0; ctl alice anchors wire $bad >"$work/out" 2>&1 || got=$?
	case "$bad $got" in '--from 9 1' | *' 2') one_line ;; *) fail "$bad: exit $got: $(cat "$work/out")" ;; esac
done
expect 2 'say one of them' ctl alice anchors wire@2 --to 1; one_line
expect 2 'not a document' ctl alice anchors "$calm"; one_line

# The daemon finds the same, beside its work; who asks waits for it.
[ "$(list state:moved)" = "$(ids "$calm" "$left" "$claim")" ] || fail "state:moved: $(list state:moved)"
[ "$(list anchor:changed)" = "$(ids "$noon")" ] || fail 'anchor:changed'
[ "$(list state:orphan)" = "$(ids "$dams" "$claim")" ] || fail 'state:orphan'
[ "$(list anchor:orphan anchor:changed kind:quote)" = "$(ids "$noon")" ] || fail 'two anchors, one kind'
[ "$(ctl alice list state:orphan --count)" = 2 ] || fail 'count'
[ "$(list anchor:pending anchor:withheld anchor:absent anchor:unsearched)" = '' ] || fail 'something is not known'
[ "$(list anchor:exact)" = '' ] || fail "anchor:exact: $(list anchor:exact)"
json alice show "$noon"
answer '.targets[0] | [.anchor,.anchored.document_version,.anchored.bytes,.anchored.chars,.anchored.cut,.anchored.algorithm,.anchored.score > 800]' \
	'["changed",2,[61,98],[61,98],false,2,true]'
json alice show "$dams"
answer '.targets[0] | [.anchor,.anchored.bytes]' '["orphan",null]'
expect 0 'anchor       changed in version 2, bytes 61..98' ctl alice show "$noon"
expect 0 'draft,orphan' ctl alice list state:orphan
expect 2 'column 7' ctl alice list state:gone; one_line
expect 2 'expected one of exact moved' ctl alice list anchor:gone; one_line
expect 2 'as-of' ctl alice list anchor:moved as-of:#5; one_line
expect 2 'anchor: are not for events' ctl alice watch --no-wait anchor:moved; one_line

# --- stale ---------------------------------------------------------------------------------------------------
expect 0 '' ctl alice stale
[ ! -s "$work/out" ] || fail "nothing was judged: $(cat "$work/out")"
quiet chloe review "$calm@1" approve >/dev/null
quiet chloe verdict add "$noon@1" true >/dev/null
quiet boris verdict add "$claim@1" half-true --evidence "$calm" --evidence "$dams" >/dev/null
rating=$(ctl boris --quiet list kind:verdict author:boris)
quiet boris link add "$dams" supports "$claim" >/dev/null
expect 1 'its words changed in wire@2' ctl alice stale
[ "$(wc -l <"$work/out")" = 9 ] || fail "9 reasons: $(cat "$work/out")"
got=0; ctl alice --json stale >"$work/out" || got=$?
[ "$got" = 1 ] || fail "stale --json: exit $got"
answer 'map([.kind, (.reasons | map([.card, .reason]))])' \
	'[["review",[["on","moved"]]],["verdict",[["on","changed"]]],["verdict",[["on","moved"],["on","orphan"],["evidence","moved"],["evidence","orphan"]]],["link",[["from","orphan"],["to","moved"],["to","orphan"]]]]'
answer '.[1].reasons[0] | [.name,.document_version,.newest_version,.version]' '["wire",1,2,1]'
expect 1 '' ctl alice --quiet stale --ignore moved,changed
[ "$(cat "$work/out")" = "$(printf '%s\n' "$rating" "$(ctl alice --quiet list kind:link)")" ] || fail "--ignore: $(cat "$work/out")"
expect 0 '' ctl alice stale --ignore moved,changed,orphan
expect 1 '' ctl alice --quiet stale --limit 1
one_line
expect 1 'on ' ctl alice stale kind:quote author:boris
[ "$(grep -c '^[0-9a-f]' "$work/out")" = 6 ] || fail "of boris's quotes: $(cat "$work/out")"
expect 2 'expected replaced' ctl alice stale --ignore gone; one_line

# --- amend --anchor ------------------------------------------------------------------------------------------
expect 2 'say --accept' ctl boris amend "$calm" --anchor; one_line
expect 2 'expected exact, moved, changed' ctl boris amend "$calm" --anchor --accept orphan; one_line
expect 2 'alone' ctl boris amend "$calm" --anchor --set role=x; one_line
expect 2 'go with --anchor' ctl boris amend "$calm" --accept moved; one_line
expect 2 'doc:wire' ctl boris amend wire --anchor --accept moved; one_line
expect 1 'is left as it is: changed' ctl boris amend "$noon" --anchor --accept exact,moved
expect 0 'now  line 2, column 1' ctl boris amend "$calm" --anchor --accept exact,moved
grep -q "^quote $(echo "$calm" | cut -c 1-8)@2 amended at #" "$work/out" || fail "amend: $(cat "$work/out")"
json alice show "$calm"
answer '[.version, .versions, .targets[0].document_version, .targets[0].bytes, .targets[0].anchor, .targets[0].prefix]' \
	'[2,2,2,[37,60],"exact","face that was not there before.\n"]'
expect 0 'VALID-UNWITNESSED' ctl chloe verify "$calm"
expect 0 '1 on the newest version already' ctl boris amend "$calm" --anchor --accept exact
# All of a document at once: what is not accepted is left, and said.
got=0; ctl boris --json amend doc:wire --anchor --accept exact,moved,changed >"$work/out" 2>"$work/errors" || got=$?
[ "$got" = 1 ] || fail "amend QUERY: exit $got: $(cat "$work/errors")"
[ "$(jq -r '.[].annotation' "$work/out" | sort | tr '\n' ' ')" = "$(ids "$noon" "$left")" ] || fail "amended: $(cat "$work/out")"
answer 'map(.reanchored[0].anchor)' '["changed","moved"]'
answer '.[0].speaker' '["Torrek"]'
[ "$(grep -c 'left as it is: orphan' "$work/errors")" = 2 ] || fail "left: $(cat "$work/errors")"
[ "$(list anchor:moved)" = "$(ids "$claim")" ] || fail "still moved: $(list anchor:moved)"
# The review and the verdict are of the versions that were replaced, until their persons judge again.
got=0; ctl alice --json stale kind:quote >"$work/out" || got=$?
answer 'map([.kind, .author.name, (.reasons | map(.reason) | unique)])' '[["review","chloe",["replaced"]],["verdict","chloe",["replaced"]],["verdict","boris",["moved","orphan","replaced"]]]' ||
	fail "stale: $(cat "$work/out")"
quiet chloe review "$calm@2" approve >/dev/null
quiet chloe verdict add "$noon@2" true >/dev/null
got=0; ctl alice --json stale kind:quote >"$work/out" || got=$?
answer 'map(.author.name)' '["boris"]'

# On a terminal a person sees each place and says yes, which one, or no.
if command -v script >/dev/null; then
	answers() { # KEYS COMMAND…: as boris, with both ends on a terminal
		keys=$1
		shift
		got=0
		# shellcheck disable=SC2059 # the keys are a format
		printf "$keys" | as boris env TERM=dumb ASAN_OPTIONS="${ASAN_OPTIONS:-}" script -qec "$*" /dev/null >"$work/out" 2>&1 || got=$?
	}
	word=$(quiet boris span add wire@1 'dams')
	said=$(quiet boris quote add wire@1 'The minister said no')
	before=$(size)
	answers 'n\n' "$ANNOTCTL amend $said --anchor"
	[ "$got" = 1 ] || fail "no: exit $got: $(cat "$work/out")"
	grep -q 'was  line 4, column 1: …' "$work/out" || fail "the old place: $(cat "$work/out")"
	grep -q 'now  line 4, column 1: …' "$work/out" || fail "the new place: $(cat "$work/out")"
	answers 'q\n' "$ANNOTCTL amend kind:quote --anchor"
	[ "$got" = 1 ] || fail "quit: exit $got: $(cat "$work/out")"
	answers '' "$ANNOTCTL amend $said --anchor"
	[ "$got" = 1 ] || fail "no answer: exit $got: $(cat "$work/out")"
	[ "$(size)" = "$before" ] || fail 'something was signed'
	answers 'y\n' "$ANNOTCTL amend $said --anchor"
	[ "$got" = 0 ] || fail "yes: exit $got: $(cat "$work/out")"
	[ "$(ctl boris --json show "$said" | jq -c '[.version, .targets[0].document_version, .targets[0].exact]')" = '[2,2,"The minister said no"]' ] ||
		fail "signed: $(ctl boris --json show "$said")"
	answers '2\n' "$ANNOTCTL amend $word --anchor"
	[ "$got" = 0 ] || fail "the second place: exit $got: $(cat "$work/out")"
	[ "$(ctl boris --json show "$word" | jq -c '[.version, .targets[0].exact]')" = '[2,"dawn"]' ] || fail "which: $(cat "$work/out")"
	quiet boris retract "$word@2" --because 'a test' >/dev/null
	quiet boris retract "$said@2" --because 'a test' >/dev/null
else
	echo "no script(1) here: what a terminal asks is not tested"
fi

# What else becomes of what a judgement names.
claims=$(quiet boris claim add 'One claim.')
other=$(quiet boris claim add 'Another claim.')
quiet chloe link add "$claims" supports "$other" >/dev/null
verdict=$(quiet chloe verdict add "$claims@1" true --evidence "$other")
expect 0 '' ctl alice stale kind:claim 'claim.'
quiet boris amend "$other" --set 'text=Another claim, as it is now.' >/dev/null
quiet boris retract "$claims@1" --because 'wrong' >/dev/null
got=0; ctl alice --json stale "kind:verdict author:chloe" "since:#$(($(size) - 6))" >"$work/out" || got=$?
answer 'map([.annotation, (.reasons | map([.card, .reason, .text]))])' \
	"[[\"$verdict\",[[\"on\",\"retracted\",\"was retracted\"],[\"evidence\",\"replaced\",\"was replaced by a newer version\"]]]]"
got=0; ctl alice --json stale kind:link state:any >"$work/out" || got=$?
answer 'map(.reasons | map([.card, .reason])) | .[1]' '[["from","retracted"],["to","replaced"]]'
text memo 'A memo that nobody stands by.' >/dev/null
memo=$(quiet boris quote add memo 'nobody stands by')
quiet chloe review "$memo@1" approve >/dev/null
expect 0 '' ctl alice stale doc:memo
quiet alice retract memo@1 --because 'a forgery' >/dev/null
expect 1 'on '"$(echo "$memo" | cut -c 1-8)"'@1: its document memo was retracted' ctl alice stale doc:memo
"$PUT" "$work/alice/config/annot/keys/alice" withhold on "$memo" reason 'by law' >/dev/null || fail 'withhold'
expect 1 'was withheld' ctl alice stale kind:review

# --- what comes later ----------------------------------------------------------------------------------------
late=$(quiet boris quote add wire@1 'said no')
[ "$(list anchor:moved kind:quote)" = "$(ids "$late")" ] || fail "late: $(list anchor:moved kind:quote)"
text wire 'The envoy spoke at dawn of the water.' >/dev/null
[ "$(list anchor:orphan kind:quote)" = "$(ids "$calm" "$left" "$late")" ] || fail "third version: $(list anchor:orphan)"
json alice anchors wire --to 2 --from 1
answer 'map(.anchor)' '["orphan","moved","orphan","moved"]'
quiet boris retract "$rating@1" --because 'wrong' >/dev/null
quiet boris retract "$left@2" --because 'wrong' >/dev/null
[ "$(list anchor:orphan kind:quote)" = "$(ids "$calm" "$late")" ] || fail 'a retracted quote is no orphan'

# The index is made again, and the anchors are the same.
ask() { for what in kind:quote kind:span kind:claim; do ctl alice --json list "$what" state:any anchor:orphan anchor:moved anchor:changed anchor:exact; done; }
ask >"$work/before"
jq -se 'add | length >= 5' <"$work/before" >/dev/null || fail "before: $(cat "$work/before")"
stop
expect 0 '' as daemon "$ANNOTD" rebuild --corpus "$work/corpus"
serve
ask >"$work/after"
cmp "$work/before" "$work/after" || fail 'rebuilding changed the anchors'

# Many annotations: each is found, and a line of a batch amends one.
seq 1 1000 | sed 's/.*/Line <&> of the long list says something of its own./' >"$work/many.txt"
quiet alice doc add "$work/many.txt" --name many >/dev/null
seq 1 1000 | sed 's/.*/{"args": ["span", "add", "many", "Line <&> of the long list says"]}/' | ctl chloe batch >"$work/spans" 2>/dev/null || fail 'batch'
{ echo 'One line more.'; sed 's/<\(.*0\)> of the long list says/<\1> of a list says/' "$work/many.txt"; } >"$work/more.txt"
quiet alice doc add "$work/more.txt" --name many >/dev/null
[ "$(ctl alice list anchor:moved kind:span --count)" = 900 ] || fail "moved: $(ctl alice list anchor:moved kind:span --count)"
[ "$(ctl alice list anchor:changed doc:many --count)" = 100 ] || fail "changed: $(ctl alice list anchor:changed doc:many --count)"
[ "$(ctl alice --quiet anchors many --status moved | wc -l)" = 900 ] || fail 'anchors of many'
one=$(ctl alice --quiet list anchor:moved kind:span --limit 1)
printf '{"args": ["amend", "%s", "--anchor", "--accept", "moved"], "key": "a"}\n{"args": ["amend", "doc:many", "--anchor", "--accept", "moved"]}\n' "$one" |
	ctl chloe batch >"$work/out" 2>/dev/null && fail 'a query in a batch'
jq -es '.[0].exit == 0 and .[0].output[0].version == 2 and .[1].exit == 2' <"$work/out" >/dev/null || fail "batch: $(cat "$work/out")"

# --- withheld ------------------------------------------------------------------------------------------------
first=$(ctl alice --json show wire@1 | jq -r .record)
"$PUT" "$work/alice/config/annot/keys/alice" withhold on "$first" reason 'by law' >/dev/null || fail 'withhold'
[ "$(list anchor:withheld kind:quote)" = "$(ids "$late")" ] || fail "withheld: $(list anchor:withheld)"
json alice anchors wire --from 1
answer '[.[] | select(.anchor != "withheld")] | length' 0
json alice show "$dams"
answer '.targets[0] | [.anchor, .anchored]' '["withheld",null]'
stop
expect 0 '' as daemon "$ANNOTD" fsck --corpus "$work/corpus"
