#!/bin/sh
# The gate in front of a publishing script, and the policy that it obeys.
. "${ROOT:?}/tests/cli/lib.sh"
desk
json() { ctl "$@" 2>/dev/null; }
# publish PERSON ID…: the script of a desk: what passes is published, nothing else.
publish() { if ctl "$@" >"$work/gate.out" 2>&1; then echo "$*" >>"$work/published"; else return $?; fi; }
: >"$work/published"

report=$(text report 'One two three. One two four.')
quote=$(quiet boris quote add report 'three' --speaker minister)

# --- what is missing, line by line ----------------------------------------------------------------
expect 1 'needs 1 more approval by someone other than boris; approved by nobody (0 of 1)' ctl chloe gate "$quote"
grep -Eq '^MISSING +target +document .* needs 1 more approval by someone other than alice' "$work/out" || fail "the document is not asked for"
grep -Eq '^not passed [0-9a-f]{64} under checkpoint test.example/desk [0-9]+ [0-9a-f]{64}: 2 missing$' "$work/out" || fail "$(cat "$work/out")"
publish chloe gate "$quote" && fail "published what was not approved"
# annotctl does not sign an approval of one's own work; annotd admits it, and it does not count.
as boris "$PUT" "$work/boris/config/annot/keys/boris" review on "$quote" decision approve >/dev/null
expect 1 'does not count: boris is an author of it' ctl chloe gate "$quote"
quiet chloe review "$quote@1" approve >/dev/null
expect 1 'approved by chloe at #' ctl chloe gate "$quote"
quiet boris review report@1 approve >/dev/null
expect 0 'approved by boris at #' ctl chloe gate "$quote"
publish chloe gate "$quote" || fail "not published: $(cat "$work/gate.out")"
[ "$(wc -l <"$work/published")" = 1 ] || fail "published: $(cat "$work/published")"

# --- the exact record and checkpoint ------------------------------------------------------------------
record=$(json chloe --json show "$quote" | jq -r .record)
expect 0 "passed $record under checkpoint test.example/desk $(ctl chloe log checkpoint | sed -n 2p) " ctl chloe gate "$quote"
root=$(json chloe --json log checkpoint | jq -r .root)
grep -q " $root\$" "$work/out" || fail "not the pinned root: $(cat "$work/out")"
[ "$(quiet chloe gate "$quote")" = "$record" ] || fail "--quiet does not print the hash alone"
json chloe --json gate "$quote" >"$work/gate.json" || fail "gate --json"
jq -e --arg record "$record" --arg root "$root" --arg quote "$quote" '.passed and .checkpoint.root == $root
	and .checkpoint.origin == "test.example/desk" and .checkpoint.size > 0 and (has("listing") | not)
	and .policy.approvals.quote == 1 and (.records | length) == 1 and (.records[0]
	| .passed and .record == $record and .annotation == $quote and .version == 1 and .kind == "quote"
	  and .missing == [] and .verdict == "VALID-UNWITNESSED" and all(.checks[]; .ok and has("name") and has("text")))' \
	"$work/gate.json" >/dev/null || fail "JSON: $(cat "$work/gate.json")"

# --- a file, offline ----------------------------------------------------------------------------------
quiet chloe bundle "$quote" -o "$work/quote.bundle"
alone() { env -i PATH="$PATH" HOME="$work/nobody" ASAN_OPTIONS="${ASAN_OPTIONS:-}" "$ANNOTCTL" gate "$@"; }
expect 0 "passed $record under checkpoint" alone "$work/quote.bundle" --corpus "$corpus"
expect 2 '--corpus' alone "$work/quote.bundle"; one_line
wrong=$(printf '%s' "$corpus" | tr 0-9a-f 1-9a-f0)
expect 1 'INVALID' alone "$work/quote.bundle" --corpus "$wrong"
printf 'hello\n' >"$work/no.bundle"
expect 1 'INVALID' alone "$work/no.bundle" --corpus "$corpus"

# --- a query ------------------------------------------------------------------------------------------
second=$(quiet boris quote add report 'four')
expect 1 '1 of 2 passed' ctl chloe gate kind:quote
grep -q "the daemon's word" "$work/out" || fail "not said whose word the listing is"
[ "$(quiet chloe gate kind:quote || true)" = "" ] || fail "hashes of some, though not all passed"
json chloe --json gate kind:quote >"$work/gate.json" && fail "passed in JSON"
jq -e '(.passed | not) and .listing.verified == false and .listing.matches == 2 and (.records | length) == 2
	and ([.records[].passed] | sort) == [false, true]
	and (.records[] | select(.passed | not) | .missing | length == 1 and .[0].what == "review" and (.[0].text | length > 20))' \
	"$work/gate.json" >/dev/null || fail "JSON: $(cat "$work/gate.json")"
quiet chloe review "$second@1" approve >/dev/null
expect 0 '2 of 2 passed' ctl chloe gate kind:quote
[ "$(quiet chloe gate kind:quote | wc -l)" = 2 ] || fail "not two hashes"
expect 0 'passed' ctl chloe gate 'kind:quote' 'author:boris' 'speaker:minister'
expect 1 'no record matches "kind:claim"' ctl chloe gate kind:claim; one_line
expect 1 'no document is named reprot' ctl chloe gate reprot; one_line
expect 1 'and there is no file reprot.bundel' ctl chloe gate reprot.bundel; one_line
: >"$work/report.bundle"
(cd "$work" && expect 1 'did you mean report.bundle?' ctl chloe verify report.bundel && one_line)
expect 1 'abcdef12' ctl chloe gate abcdef12; one_line
expect 2 'column' ctl chloe gate kind:nothing
expect 2 'nobody is enrolled as "nobody"' ctl chloe gate author:nobody; one_line
expect 2 'no document is named nothing' ctl chloe gate doc:nothing; one_line
expect 2 'as-of: is not for gate' ctl chloe gate kind:quote 'as-of:#3'; one_line
expect 1 'no record matches' ctl chloe gate '"said as-of:#3"'; one_line
expect 2 'missing argument' ctl chloe gate
expect 0 'document' ctl chloe gate report

# --- what closes it again -----------------------------------------------------------------------------
quiet boris amend "$quote" --set speaker=somebody >/dev/null
expect 1 'SUPERSEDED' ctl chloe gate "$quote@1"
grep -Eq '^not passed .*: 1 wrong$' "$work/out" || fail "$(cat "$work/out")"
expect 1 'approved by nobody' ctl chloe gate "$quote"
quiet chloe review "$quote@2" approve >/dev/null
expect 0 '' ctl chloe gate "$quote"
no=$(quiet alice review "$quote@2" reject --because 'Not what she said.')
expect 1 'rejected by alice at #' ctl chloe gate "$quote"
quiet alice retract "$no@1" --because 'I was wrong.' >/dev/null
expect 0 '' ctl chloe gate "$quote"
# A daemon that goes back to before the rejection shows another log than chloe has seen.
stop
cp -R "$work/corpus" "$work/before"
serve
again=$(quiet alice review "$quote@2" reject --because 'After all.')
expect 1 'rejected by alice at #' ctl chloe gate "$quote"
stop
mv "$work/corpus" "$work/after"
mv "$work/before" "$work/corpus"
serve
expect 4 'ROLLED-BACK' ctl chloe gate "$quote"; one_line
publish chloe gate "$quote" && fail "published from a log that went back"
stop
rm -rf "$work/corpus"
mv "$work/after" "$work/corpus"
serve
quiet alice retract "$again@1" --because 'No.' >/dev/null
expect 0 '' ctl chloe gate "$quote"
# An old bundle is no way around what came since.
expect 1 'judged as of #' ctl chloe gate "$work/quote.bundle"

# --- the policy -----------------------------------------------------------------------------------------
expect 0 'in force since #0' ctl chloe policy show
grep -q '^self-approval  no$' "$work/out" || fail "$(cat "$work/out")"
expect 4 '' ctl boris policy set --approvals quote=2
expect 2 'expected KIND=N' ctl alice policy set --approvals quotes=2; one_line
expect 2 'expected KIND=N' ctl alice policy set --approvals review=2; one_line
expect 2 '0 to 16' ctl alice policy set --approvals quote=17; one_line
expect 2 'twice' ctl alice policy set --approvals quote=1 --approvals quote=2
expect 2 'yes or no' ctl alice policy set --bots-count maybe; one_line
expect 2 'no such scale' ctl alice policy set --remove-scale nothing; one_line
expect 2 'pole' ctl alice policy set --scale 'own good bad'; one_line
expect 2 'nothing to set' ctl alice policy set; one_line
expect 0 'says so already' ctl alice policy set --approvals quote=1 --bots-count no; one_line
before=$(size)
expect 0 'approvals of quote: 1 -> 2' ctl alice policy set --approvals quote=2
[ "$(size)" = $((before + 1)) ] || fail "not one record"
expect 1 'needs 1 more approval by someone other than boris; approved by chloe at #' ctl chloe gate "$quote"
quiet alice review "$quote@2" approve >/dev/null
expect 0 '(2 of 2)' ctl chloe gate "$quote"
quiet chloe verdict add "$quote@2" true >/dev/null
expect 4 'google5 true is the rating of verdict' ctl alice policy set --remove-scale google5; one_line
expect 4 'google5 true' ctl alice policy set --scale 'google5 false:-'; one_line
expect 0 'scale: google5' ctl alice policy set --remove-scale google5 --force --scale 'desk no:- yes:+' --second-reader yes --self-approval yes
expect 0 '' ctl chloe --json policy show
jq -e '.version == 2 and .kind == "policy" and .by == "alice" and .approvals.quote == 2 and .approvals.document == 1
	and .["self-approval"] and (.["bots-count"] | not) and .["second-reader"] and .pending == []
	and ([.scales[].name] | index("google5") == null) and (.scales[-1] == {name: "desk", ratings: [{name: "no", pole: "-"}, {name: "yes", pole: "+"}]})' \
	"$work/out" >/dev/null || fail "policy: $(cat "$work/out")"
expect 0 '6 approvals of claim: only 3 could' ctl alice policy set --approvals claim=6
expect 0 '' ctl alice policy set --approvals default=1 --approvals claim=1 --approvals quote=1 --self-approval no
stop

# --- two admins -------------------------------------------------------------------------------------------
for person in ada bea; do ctl "$person" --quiet key new "$person" >/dev/null 2>&1; done
two=$(ctl ada --quiet corpus init "$work/two" --origin test.example/two --threshold 2 \
	--admin "ada=$work/ada/config/annot/keys/ada.pub" --admin "bea=$work/bea/config/annot/keys/bea.pub" 2>/dev/null)
other "$work/two" "ipc://$work/two.sock"
both() { who=$1; shift; ctl "$who" --socket "ipc://$work/two.sock" "$@"; }
expect 0 'bea approves with: annotctl review' both ada policy set --approvals default=2
expect 0 'pending        policy' both bea policy show
grep -q 'quote 1,' "$work/out" || fail "a pending policy is in force: $(cat "$work/out")"
policy=$(both bea --json policy show | jq -r '.pending[0] | "\(.annotation)@\(.version)"')
expect 1 '1 of 2 admins approve' both bea gate "$policy"
expect 0 '' both bea review "$policy" approve
expect 0 'quote 2,' both ada policy show
expect 0 'in force since' both ada gate "$policy"
[ -n "$two" ] || fail "no corpus"
end_other
