#!/bin/sh
# --format json and ndjson: every command prints what annotctl(1) promises to scripts.
. "${ROOT:?}/tests/cli/lib.sh"
desk
text report 'Ё said “three” twice: three, four.' >/dev/null
quiet alice doc add "$ROOT/fixtures/documents/06-entretien.fr.txt" --name entretien --lang fr --title 'Un entretien' >/dev/null
quiet alice doc add "$ROOT/fixtures/documents/07-soobshchenie.ru.txt" --name soobshchenie --lang ru >/dev/null

# json PERSON FILTER ARGUMENTS…: exit 0 or 1, valid in both formats, and FILTER is true of the JSON.
json() {
	whom=$1 filter=$2
	shift 2
	code=0
	ctl "$whom" --format json "$@" >"$work/json" 2>"$work/errors" || code=$?
	[ "$code" -le 1 ] || fail "exit $code: $* :: $(cat "$work/errors")"
	jq -es "length == 1 and (.[0] | $filter)" <"$work/json" >/dev/null 2>&1 ||
		fail "not as promised ($filter): $* :: $(cat "$work/json" "$work/errors")"
}
# ndjson PERSON LINES ARGUMENTS…: that many lines, each one JSON value, and the same as in json.
ndjson() {
	whom=$1 lines=$2
	shift 2
	ctl "$whom" --format ndjson "$@" >"$work/ndjson" 2>"$work/errors" || [ "$?" = 1 ] || fail "$*: $(cat "$work/errors")"
	[ "$(wc -l <"$work/ndjson")" = "$lines" ] || fail "not $lines lines: $* :: $(cat "$work/ndjson")"
	while read -r line; do
		printf '%s\n' "$line" | jq -es 'length == 1' >/dev/null || fail "not JSON: $line"
	done <"$work/ndjson"
	ctl "$whom" --format json "$@" 2>/dev/null | jq -c 'if type == "array" then .[] else . end' >"$work/json"
	jq -c . "$work/ndjson" | cmp -s - "$work/json" || fail "ndjson and json differ: $*"
}

# --- what stands for a record --------------------------------------------------------------------------
# shellcheck disable=SC2016 # $ is jq's
record='(keys_unsorted as $k | ["record","annotation","version","kind","index","author","time","review","flags"] - $k == [])
	and (.record | test("^[0-9a-f]{64}$")) and (.annotation | test("^[0-9a-f]{64}$")) and (.version | type == "number")
	and (.index | type == "number") and (.author | .name and (.key | startswith("SHA256:")))
	and (.time | test("^[0-9]{4}-.*Z$")) and (.review | type == "string") and (.flags | type == "array")'
target='(.bytes | length == 2 and .[0] < .[1]) and (.chars | length == 2 and .[0] < .[1])
	and .document and .name and .exact and has("prefix") and has("suffix") and .anchor == "exact"'
json boris "$record and .kind == \"quote\" and (.targets | length == 1 and (.[0] | $target)) and .speaker == [\"Ё\"] and .tag == []" \
	quote add report 'four' --speaker Ё
quote=$(jq -r .annotation "$work/json")
json boris "$record and .kind == \"claim\" and .text == \"A \\\"claim\\\"\\\\.\" and (.targets | length == 2) and all(.targets[]; $target)" \
	claim add 'A "claim"\.' --in report 'said' --in entretien "$(sed -n 1p "$ROOT/fixtures/documents/06-entretien.fr.txt")"
claim=$(jq -r .annotation "$work/json")
json chloe "$record and .kind == \"span\" and .tag == [\"a\",\"b\"]" span add report 'twice' --text note --tag a --tag b
json chloe "$record and .kind == \"comment\" and .text == \"line one\\nline two\"" comment add "$quote" "$(printf 'line one\nline two')"
comment=$(jq -r .annotation "$work/json")
json chloe "$record and .kind == \"link\" and .relation == \"supports\" and (.from | length == 64)" link add "$quote" supports "$claim"
json chloe "$record and .kind == \"verdict\" and .rating == \"true\" and .evidence == [\"$quote\"]" \
	verdict add "$claim@1" true --because x --evidence "$quote"
json chloe "$record and .kind == \"review\" and .decision == \"approve\" and .on == \"$quote\"" review "$quote@1" approve
json boris "$record and .version == 2 and .parents == [\"$quote\"] and .versions == 2" amend "$quote" --add tag=new
json chloe "$record and .kind == \"retract\"" retract "$comment@1" --because oops
json alice "$record and .kind == \"document\" and .name == \"second\"" doc add "$work/report.txt" --name second --title 'A title'
json boris "$record and .verified == true" show "$quote"
json boris "$record and .review == \"approved\" and .version == 1 and .head == false" show "$quote@1"

# --- bytes and code points ---------------------------------------------------------------------------------
# Cut by bytes and by code points, the source gives the quoted words.
for name in entretien soobshchenie; do
	ctl boris doc text "$name" >"$work/source"
	words=$(jq -Rrs 'split("\n") | map(select(length > 60)) | .[1] | .[10:40]' "$work/source")
	ctl boris --json quote add "$name" "$words" >"$work/json" 2>/dev/null || fail "quote of $name: $words"
	from=$(jq '.targets[0].bytes[0]' "$work/json") to=$(jq '.targets[0].bytes[1]' "$work/json")
	[ "$(tail -c "+$((from + 1))" "$work/source" | head -c "$((to - from))")" = "$words" ] || fail "bytes of $words in $name"
	jq -se --rawfile text "$work/source" --arg words "$words" '.[0].targets[0] | $text[.chars[0]:.chars[1]] == $words and .exact == $words' \
		"$work/json" >/dev/null || fail "chars of $words in $name"
	jq -e '.targets[0] | .bytes[1] - .bytes[0] > .chars[1] - .chars[0]' "$work/json" >/dev/null || fail "$words is all ASCII"
	jq -e '.targets[0] | (.prefix | length <= 32) and (.suffix | length <= 32)' "$work/json" >/dev/null || fail "context of $words"
done

# --- everything that only asks ----------------------------------------------------------------------------------
json boris 'type == "array" and length > 5 and all(.[]; .record and .verified == false) and ([.[].index] | . == sort)' list
json boris '. == []' list tag:nowhere
json boris '. == []' doc list tag:nowhere
json boris '.count == 0' list tag:nowhere --count
json boris 'length == 2' list --limit 2
json boris 'length == 4 and all(.[]; .kind == "document" and .name and .length > 0)' doc list
json boris '.kind == "document" and (.text | startswith("Ё said"))' doc show report
json boris '. == "Ё said “three” twice: three, four.\n"' doc text report
json boris 'length == 1 and .[0].version == 1' doc history report
json boris 'length >= 3 and .[0].version == 1' history "$quote"
json boris '.corpus and .origin == "test.example/desk" and (.size | type == "number") and (.root | length == 64) and .author.name == "alice"
	and .admin and .read_only == null' corpus info
json boris '.name == "boris" and .role == "reviewer" and .state == "active" and (.key | startswith("SHA256:"))' whoami
json boris 'length == 1 and .[0].name == "boris"' key list
json boris '(.line | startswith("ssh-ed25519 ")) and .comment == "boris" and (.author | length == 64)' key show boris
json boris '.name == "spare" and .file and .key' key new spare -o "$work/spare"
json boris '.name == "spare" and .file' --key "$work/spare" key request --name spare -o "$work/spare.request"
json boris 'length == 3 and .[0].role == "admin" and all(.[]; .name and .key and .line and .state == "active" and (.languages | type == "array"))' \
	reviewer list
json boris '.differ == true and (.changes | length == 1 and .[0].card == "tag")' diff "$quote@1" "$quote@2"
json boris '.differ == false and .changes == []' diff "$quote@1" "$quote@1"
json boris '.verdict == "VALID-UNWITNESSED" and (.checks | length > 5 and all(.[]; .name and .text and (.ok | type == "boolean")))' verify "$quote"
json boris '.verdict == "SUPERSEDED" and .checks[0].ok == false' verify "$quote@1"
json boris '.size > 9 and (.root | length == 64) and (.note | startswith("test.example/desk\n"))' log checkpoint
json boris '.index and (.leaf | startswith("annot-leaf/v1 ")) and (.proof | startswith("c2sp.org/tlog-proof@v1\n"))' log proof "$quote"
json boris '.file and .bytes > 1000' bundle "$quote" -o "$work/bundle"
json stranger '.verdict == "VALID-UNWITNESSED"' verify "$work/bundle" --corpus "$corpus"
ctl olga --quiet key new olga >/dev/null 2>&1
json olga '.corpus and .origin == "x.example/y" and .folder' corpus init "$work/new" --origin x.example/y
json alice '.kind == "key-add" and .name == "spare"' reviewer add "$work/spare.request"

total=$(ctl boris list --count)
ctl boris log checkpoint >/dev/null # what verify says of the pin moves with it
ndjson boris "$total" list
ndjson boris 0 list tag:nowhere
ndjson boris 4 doc list
ndjson boris 1 show "$quote"
ndjson boris 1 doc text report
ndjson boris 1 verify "$quote"
ndjson boris 4 reviewer list
ndjson boris 1 corpus info
ndjson boris 1 diff "$quote@1" "$quote@2"
ndjson boris "$(ctl boris --json history "$quote" | jq length)" history "$quote"

# --- errors ------------------------------------------------------------------------------------------------------------
# error EXIT CODE ARGUMENTS…: one object on stderr, nothing on stdout that reads as an answer.
error() {
	want=$1 word=$2
	shift 2
	for format in json ndjson; do
		got=0
		ctl boris --format "$format" "$@" >"$work/json" 2>"$work/errors" || got=$?
		[ "$got" = "$want" ] || fail "exit $got instead of $want: $* :: $(cat "$work/errors")"
		[ ! -s "$work/json" ] || fail "an answer beside the error: $* :: $(cat "$work/json")"
		jq -es "length == 1 and .[0].code == \"$word\" and (.[0].message | length > 5) and (.[0] | keys == [\"code\",\"message\"])" \
			<"$work/errors" >/dev/null || fail "not an error of code $word: $* :: $(cat "$work/errors")"
	done
}
error 2 usage quotes
error 2 usage list --nonsense
error 1 not_found show ffffffffffffffff
error 2 usage show
error 4 not_found comment add ffffffffffffffff hello
error 4 not_found quote add report 'five six seven'
error 2 ambiguous quote add report 'three'
error 2 usage doc add "$work/report.txt" --name 'Not A Name'
: >"$work/empty"
error 4 invalid doc add "$work/empty" --name none
error 2 usage show "$(printf 'abc\377')"
error 2 usage "$(printf 'li\377st')" # what was typed is in the message, and that is JSON all the same
error 3 unreachable --socket ipc:///nowhere/annotd.sock list
got=0
ctl boris --format json list 'nonsense:' >"$work/json" 2>"$work/errors" || got=$?
[ "$got:$(wc -c <"$work/json")" = 2:0 ] || fail "a query that cannot be read: exit $got, $(cat "$work/json")"

# --- --quiet ---------------------------------------------------------------------------------------------------------------
one_id() { [ "$(grep -Ecx '[0-9a-f]{64}' "$work/out"):$(wc -l <"$work/out")" = 1:1 ] || fail "not one id: $(cat "$work/out")"; }
expect 0 '' ctl boris --quiet quote add report 'four'; one_id
new=$(cat "$work/out")
expect 0 '' ctl boris --quiet amend "$new" --set speaker=x; one_id
[ "$(cat "$work/out")" = "$new" ] || fail "an amendment prints the annotation's id"
expect 0 '' ctl boris --quiet comment add "$new" 'x'; one_id
expect 0 '' ctl boris --quiet claim add 'x'; one_id
expect 0 '' ctl boris --quiet span add report 'four'; one_id
expect 0 '' ctl boris --quiet link add "$new" supports "$claim"; one_id
expect 0 '' ctl chloe --quiet verdict add "$claim@1" false; one_id
expect 0 '' ctl chloe --quiet review "$new@2" approve; one_id
expect 0 '' ctl alice --quiet doc add "$work/report.txt" --name third; one_id
expect 0 '' ctl boris --quiet show "$new"; one_id
expect 0 '' ctl boris --quiet verify "$new"; one_line
ctl boris --quiet list >"$work/out"
if grep -Evqx '[0-9a-f]{64}' "$work/out"; then fail "list --quiet: $(cat "$work/out")"; fi
stop
