#!/bin/sh
# locate: words in the whole corpus, from the command line.
. "${ROOT:?}/tests/cli/lib.sh"
desk
words='Nobody has the intention to build a wall'
text agency "He said: “$words.” Later he denied it." >/dev/null
text blog "Früher hieß es: nobody HAS the
intention to build a wall…" >/dev/null
text daily 'Nobody had an intention to build any walls, the daily writes.' >/dev/null
text misc 'Something else entirely.' >/dev/null
text zh '他说：任何人都没有修建一堵墙的打算。' >/dev/null
# A document is found as soon as it is added.
expect 0 'exact        agency@1  characters 10-50' ctl boris locate "$words"
grep -q 'typographic  blog@1  characters 16-56' "$work/out" || fail "$(cat "$work/out")"
grep -q 'altered      daily@1' "$work/out" || fail "$(cat "$work/out")"
expect 0 '…' ctl boris locate "$words" --max-edits 0
[ "$(grep -c '@1  char' "$work/out")" = 2 ] || fail "$(cat "$work/out")"

# Cut by bytes and by code points, the source gives the words.
ctl boris --format ndjson locate "$words" >"$work/places"
[ "$(wc -l <"$work/places")" = 3 ] || fail "$(cat "$work/places")"
while read -r line; do
	name=$(printf '%s' "$line" | jq -r .name)
	ctl boris doc text "$name" >"$work/source"
	from=$(printf '%s' "$line" | jq '.bytes[0]') to=$(printf '%s' "$line" | jq '.bytes[1]')
	printf '%s' "$line" | jq -j .text >"$work/want"
	tail -c +$((from + 1)) "$work/source" | head -c $((to - from)) | cmp - "$work/want"
	jq -Rs --argjson p "$line" '.[$p.chars[0]:$p.chars[1]] == $p.text' "$work/source" | grep -q true || fail "$line"
	[ "$(ctl boris --format json show "$name@1" | jq .record)" = "$(printf '%s' "$line" | jq .document)" ] || fail "$line"
done <"$work/places"
jq -es '[.[] | .result] == ["exact","typographic","altered"] and .[0].score == 1000 and .[2].score < 1000
	and .[0].flags == [] and .[0].differences == [] and (.[2].differences | length > 0)
	and all(.[2].differences[]; has("class") and (.flags | type == "array") and has("quote") and has("source")
	and (.text_bytes | length == 2) and (.source_bytes | length == 2)) and .[0].document_version == 1 and .[0].head and .[0].before == "He said: “"' <"$work/places" >/dev/null || fail "$(cat "$work/places")"
ctl boris --format json locate "$words" | jq -c '.[]' | cmp - "$work/places"
# A difference's bytes are those of the words, and of the document.
jq -es '.[2].differences[0].text_bytes as $b | .[2].differences[0].source_bytes as $s | .[2].bytes as $p
	| $b[1] <= 40 and $s[0] >= $p[0] and $s[1] <= $p[1] + 64' <"$work/places" >/dev/null || fail "$(cat "$work/places")"
expect 0 ': negation' ctl boris locate 'Somebody has the intention to build a wall'
[ "$(ctl boris --quiet locate "$words" --limit 1)" = 'agency@1 12 52' ] || fail 'quiet'

expect 0 'agency' ctl boris locate "$words" --document agency --document misc@1
[ "$(grep -c '@1  char' "$work/out")" = 1 ] || fail "$(cat "$work/out")"
expect 1 'not found in' ctl boris locate "$words" --document misc
[ "$(ctl boris --format json locate "$words" --document misc 2>/dev/null)" = '[]' ] || fail 'an empty list'
expect 0 'there are more places' ctl boris locate "$words" --limit 1
expect 0 'agency' ctl boris locate "$words" --exhaustive
expect 0 'zh@1' ctl boris locate '没有修建一堵墙的打算'
printf '%s' "$words" | ctl boris locate - | grep -q agency || fail 'from standard input'

# Versions that were replaced, and retracted documents, only if asked for.
printf 'He never said it.\n' >"$work/agency.txt"
quiet alice doc add "$work/agency.txt" --name agency >/dev/null
ctl boris locate "$words" --max-edits 0 >"$work/out"
! grep -q agency "$work/out" || fail 'a replaced version'
expect 0 'agency@1  characters 10-50, 100 % alike, replaced since' ctl boris locate "$words" --all-versions
expect 0 'agency@1' ctl boris locate "$words" --document agency@1
quiet alice retract blog@1 --because 'Not ours.' >/dev/null
expect 1 '' ctl boris locate "$words" --max-edits 0
expect 0 'blog@1' ctl boris locate "$words" --all-versions

# Bad input: one line each.
expect 4 'nothing but spaces' ctl boris locate '   '; one_line
expect 2 '--max-edits 51' ctl boris locate "$words" --max-edits 51; one_line
expect 2 '--max-edits x' ctl boris locate "$words" --max-edits x; one_line
expect 2 '--limit 1001' ctl boris locate "$words" --limit 1001; one_line
expect 1 'nothing' ctl boris locate "$words" --document nothing; one_line
expect 4 'UTF-8' sh -c "printf 'a\377' | HOME=$work/boris XDG_STATE_HOME=$work/boris/state '$ANNOTCTL' locate -"; one_line
head -c 1048577 /dev/zero | tr '\0' w >"$work/long"
expect 4 '1048577 bytes, at most 1048576' sh -c "HOME=$work/boris XDG_STATE_HOME=$work/boris/state '$ANNOTCTL' locate - <'$work/long'"; one_line
head -c 1000000 /dev/zero | tr '\0' w >"$work/long"
expect 1 'not found' sh -c "HOME=$work/boris XDG_STATE_HOME=$work/boris/state '$ANNOTCTL' locate - <'$work/long'"
expect 0 '' ctl boris locate 'y'
