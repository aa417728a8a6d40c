#!/bin/sh
# annotctl watch: live events, a daemon that goes away and comes back, cursors, queries, formats, ends.
. "${ROOT:?}/tests/cli/lib.sh"
desk
text report 'One two three. One two four.' >/dev/null
annotctl=$ANNOTCTL

# A watch in the background: its pid in $watch, output in $work/NAME.out and .err.
watch() { # NAME ARGUMENTS…
	name=$1
	shift
	replace='exec'
	as boris "$annotctl" "$@" >"$work/$name.out" 2>"$work/$name.err" </dev/null &
	watch=$!
	replace=
}
# Waits until a file has that many lines, or a line with that text.
tries=0
again() { # WHAT FILE
	tries=$((tries + 1))
	[ "$tries" -lt $((600 * patience)) ] || fail "$1 in $2: $(cat "$2" "${2%.*}.err")"
	sleep 0.05 # polls for output; there is nothing to wait on
}
lines() { # FILE N
	tries=0
	until [ "$(wc -l <"$1")" -ge "$2" ]; do again "not $2 lines" "$1"; done
}
said() { # FILE TEXT
	tries=0
	until grep -qF -- "$2" "$1"; do again "no \"$2\"" "$1"; done
}
ends() { # CODE: the watch that was started last
	got=0
	wait "$watch" || got=$?
	[ "$got" = "$1" ] || fail "watch $name ended with $got instead of $1: $(cat "$work/$name.err")"
}

# --- live, while the daemon is killed, stopped and started again ---------------------------------------------
before=$(size)
watch all --format ndjson watch --from 0
all=$watch
quote=$(quiet boris quote add report three)
lines "$work/all.out" $((before + 1)) # what was there, then what came
crash
said "$work/all.err" waiting
serve
said "$work/all.err" 'the daemon is back'
quiet boris amend "$quote" --add tag=first >/dev/null
quiet boris amend "$quote" --add tag=second >/dev/null
quiet alice review "$quote@3" approve >/dev/null
lines "$work/all.out" $((before + 4))
stop
tries=0
until [ "$(grep -c waiting "$work/all.err")" = 2 ]; do again 'not 2 waits' "$work/all.err"; done
serve
quiet boris retract "$quote@3" --because 'It was four.' >/dev/null
lines "$work/all.out" $((before + 5))
watch=$all name=all
kill -INT "$watch"
ends 0
said "$work/all.err" "--from $((before + 5))"
[ "$(grep -c 'is back' "$work/all.err")" = 2 ] || fail "said more than once: $(cat "$work/all.err")"
jq -es --argjson n $((before + 5)) 'map(.index) == [range($n)] and all(.verified)' "$work/all.out" >/dev/null ||
	fail "not each once: $(jq -c .index "$work/all.out")"
# Also what was replaced since, as it came.
jq -es '.[-5:] | map([.kind, .version]) == [["quote",1],["quote",2],["quote",3],["review",1],["retract",1]]' "$work/all.out" >/dev/null ||
	fail "the last five: $(tail -n 5 "$work/all.out")"

# --- cursors and limits ---------------------------------------------------------------------------------------
expect 0 '' ctl boris --json watch --from 0 --limit 2
grep -v '"code"' "$work/out" | jq -e 'map(.index) == [0,1]' >/dev/null || fail "two of JSON: $(cat "$work/out")"
grep -qF -- '--from 2' "$work/out" || fail "no cursor: $(cat "$work/out")"
ctl boris --format ndjson --quiet watch --from "#$before" --limit 1 >"$work/out"
[ "$(cat "$work/out")" = "$quote" ] || fail "--quiet prints ids: $(cat "$work/out")"
ctl boris --quiet --format text watch --from 2 --limit 2 kind:document kind:quote >"$work/out" 2>&1
[ "$(wc -l <"$work/out")" = 2 ] || fail "two: $(cat "$work/out")"
end=$(size)
expect 0 "--from $end" ctl boris watch --from 0 --no-wait kind:review
[ "$(wc -l <"$work/out")" = 2 ] || fail "one review and the cursor: $(cat "$work/out")"
expect 2 "from #$((end + 1)) lies in the future: the log has $end records" ctl boris watch --from $((end + 1)); one_line

# --- queries ----------------------------------------------------------------------------------------------------
watch claims --format ndjson watch kind:claim author:boris
watched=$watch
watch tags --format ndjson watch tag:urgent
watched="$watched $watch"
watch words watch '"snow fell"'
watched="$watched $watch"
for each in claims tags words; do said "$work/$each.err" "watching from"; done
quiet boris claim add 'It rained.' --tag urgent >/dev/null
quiet chloe claim add 'Snow fell.' >/dev/null
quiet boris comment add report 'nothing' >/dev/null
quiet boris claim add 'It rained again.' >/dev/null
lines "$work/claims.out" 2
lines "$work/tags.out" 1
lines "$work/words.out" 1
jq -es 'map(.text) == ["It rained.", "It rained again."]' "$work/claims.out" >/dev/null || fail "claims: $(cat "$work/claims.out")"
jq -es 'map(.text) == ["It rained."]' "$work/tags.out" >/dev/null || fail "tags: $(cat "$work/tags.out")"
grep -q '^[0-9a-f]\{8\}@1  claim    chloe .*Snow fell' "$work/words.out" || fail "words: $(cat "$work/words.out")"
name=queries
for watch in $watched; do
	kill -TERM "$watch"
	ends 0
done
expect 2 'column 1: unknown term' ctl boris watch colour:red; one_line
expect 2 'kind:review' ctl boris watch state:approved; one_line
expect 2 'as-of' ctl boris watch 'as-of:#3'; one_line
expect 2 'nobody is enrolled as' ctl boris watch author:nobody; one_line
expect 2 'annotctl doc list shows' ctl boris watch doc:nothing; one_line
expect 2 'expected a log index' ctl boris watch --from yesterday; one_line
expect 2 'limit' ctl boris watch --limit -1; one_line
printf '{"args": ["watch"]}\n' | ctl boris batch >"$work/out" 2>&1 || true
grep -q 'cannot stand in a batch' "$work/out" || fail "watch in a batch: $(cat "$work/out")"

# --- a reader that leaves ---------------------------------------------------------------------------------------
mkfifo "$work/pipe"
replace='exec'
as boris "$ANNOTCTL" watch >"$work/pipe" 2>"$work/piped.err" </dev/null &
watch=$! name=piped
replace=
exec 3<"$work/pipe"
said "$work/piped.err" 'watching from'
exec 3<&- # while it waits: nothing is written that could fail
ends 0
[ "$(wc -l <"$work/piped.err")" = 1 ] || fail "a closed pipe was noisy: $(cat "$work/piped.err")"
got=$(ctl boris watch --from 0 2>"$work/errors" | head -n 1 | wc -l)
[ "$got" = 1 ] || fail "head of watch"

# --- no daemon ----------------------------------------------------------------------------------------------------
watch patient --json watch --give-up 1
said "$work/patient.err" 'watching from'
crash
ends 3
grep -q waiting "$work/patient.err" || fail "not said: $(cat "$work/patient.err")"
tail -n 1 "$work/patient.err" | jq -e '.code == "unreachable"' >/dev/null || fail "the last word: $(cat "$work/patient.err")"
expect 3 'no annotd answers' ctl boris watch --no-wait; one_line
expect 3 'waiting' ctl boris watch --give-up 1
[ "$(grep -c waiting "$work/out")" = 1 ] || fail "said more than once: $(cat "$work/out")"
# One that starts before the daemon waits for it, also when nobody will come.
watch never --json watch
said "$work/never.err" waiting
kill -TERM "$watch"
ends 0
jq -e '. == []' "$work/never.out" >/dev/null || fail "no list: $(cat "$work/never.out")"
watch early --format ndjson watch --from 0 --limit 1
said "$work/early.err" waiting
serve
ends 0
jq -e '.index == 0' "$work/early.out" >/dev/null || fail "not the first: $(cat "$work/early.out")"
crash

# Another corpus on the same socket is not taken for the one that went away.
serve
watch other watch
said "$work/other.err" 'watching from'
crash
ctl chloe --quiet corpus init "$work/second" --origin test.example/other >/dev/null 2>&1
start "$work/second" "$ANNOT_SOCKET" "$work/annotd.log"
daemon=$started
ends 4
grep -q 'another corpus answers' "$work/other.err" || fail "another corpus: $(cat "$work/other.err")"
stop
