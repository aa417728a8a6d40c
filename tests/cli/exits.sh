#!/bin/sh
# One rule for what is named and not there, over all commands: a query that names it is wrong (2); an ID, DOC or NAME is the
# answer "no" (1), or refused (4) where something is to be signed. One line, nothing on standard output, nothing signed.
. "${ROOT:?}/tests/cli/lib.sh"
desk
text report 'The lake is ours, the mayor said. The boats are not.' >/dev/null
quote=$(quiet boris quote add report 'The lake is ours')
before=$(size)
absent=ffffffffffffffff

# CODE TAB the part of the message TAB the command, which tells with --quiet only what is wrong.
table() {
	while IFS='	' read -r code text line; do
		[ -n "$code" ] || continue
		eval "set -- $line"
		got=0
		ctl alice --quiet "$@" >"$work/out" 2>"$work/err" </dev/null || got=$?
		[ "$got" = "$code" ] || fail "exit $got instead of $code: $line :: $(cat "$work/out" "$work/err")"
		grep -qF -- "$text" "$work/err" || fail "no \"$text\" from: $line :: $(cat "$work/err")"
		[ "$(wc -l <"$work/err")" = 1 ] || fail "more than one line: $line :: $(cat "$work/err")"
		[ ! -s "$work/out" ] || fail "something on standard output: $line :: $(cat "$work/out")"
	done
}

# --- a query ---
for command in list 'list --count' 'doc list' 'search lake' gate agreement 'agreement --on spans' 'agreement --on tags' stale \
	'watch --no-wait --from 0' "export --as ndjson -o $work/none.ndjson" 'export --as w3c --base https://desk.example/' \
	"report -o $work/page.html" 'amend --anchor --accept exact'; do
	printf '2\tno document is named typo\t%s doc:typo\n' "$command"
done >"$work/table"
for command in list gate 'watch --no-wait --from 0' 'search lake'; do
	printf '2\tnobody is enrolled as "nobody"\t%s author:nobody\n' "$command"
	printf '2\tunknown term\t%s atuhor:boris\n' "$command"
done >>"$work/table"
table <"$work/table"
[ ! -e "$work/page.html" ] && [ ! -e "$work/none.ndjson" ] || fail 'half a file was written'

# --- an id, and a name ---
for command in show history blame verify gate copies anchors 'log proof' 'doc show' 'doc text' 'doc history' 'show --raw' \
	'show --annotated' "bundle -o $work/none.bundle" "report -o $work/page.html" "export --as ndjson -o $work/none.ndjson" 'diff report' \
	'locate lake --document' "check $work/report.txt --document"; do
	printf '1\tno record or annotation has that id\t%s %s\n' "$command" "$absent"
done >"$work/table"
for command in show 'diff report' 'locate lake --document' 'doc text' gate; do
	printf '1\tno document is named typo\t%s typo\n' "$command"
done >>"$work/table"
for command in 'comment add ID text' 'amend ID --set role=x' 'merge ID' 'retract ID@1 --because x' 'review ID@1 approve' \
	'verdict add ID@1 true' 'verdict reveal ID' 'link add ID supports report' 'link add report supports ID' \
	'reaffirm ID@1 --because x' 'withhold ID@1 --because x' 'quote add ID words' 'span add ID words' 'claim add x --in ID words' \
	"doc add $work/report.txt --name other --translation-of ID"; do
	printf '4\tno record or annotation has that id\t%s\n' "$(printf '%s' "$command" | sed "s/ID/$absent/")"
done >>"$work/table"
cat >>"$work/table" <<'END'
4	no document is named typo	comment add typo text
4	no document is named typo	quote add typo words
1	has no version 7	show report@7
1	has no version 7	gate report@7
4	has no version 7	review report@7 approve
4	no such reviewer	reviewer revoke nobody left
END
table <"$work/table"
[ "$(size)" = "$before" ] || fail 'something was signed'
[ ! -e "$work/page.html" ] && [ ! -e "$work/none.bundle" ] || fail 'half a file was written'

# What is neither an id nor a query, since it is no text or too long: said before anything is sent.
bad=$(printf 'caf\351')
long=$(printf '%0300d' 0)
for command in show history copies; do
	expect 2 'ID: byte 3 is not UTF-8' ctl alice $command "$bad"; one_line
	expect 2 'ID: 300 bytes' ctl alice $command "$long"; one_line
done
expect 2 'QUERY: byte 3 is not UTF-8' ctl alice list "$bad"; one_line
expect 2 'QUERY: 6000 bytes' ctl alice list "$(printf '%06000d' 0)"; one_line
expect 2 'QUERY: byte 3 is not UTF-8' ctl alice watch --no-wait --from 0 "$bad"; one_line

# JSON says which: the code stays that of what was wrong.
ctl alice --json list doc:typo 2>"$work/err" && fail 'a wrong query is no list'
jq -e '.code == "not_found" and (.message | contains("typo"))' "$work/err" >/dev/null || fail "JSON: $(cat "$work/err")"
# What is there is an answer.
expect 0 '' ctl alice list doc:report author:chloe
expect 1 'nothing to pass the gate' ctl alice gate doc:report author:chloe
expect 0 '' ctl alice show "$quote"
