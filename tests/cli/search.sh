# search: words in documents and annotations, with a real daemon.
. "$ROOT/tests/cli/lib.sh"

desk
text wire 'The Envoy said: «Les trois rivages du lac sont protégés.» Łódź was not mentioned.'
text report '日本語の報告書は湖を守ると述べている。'
text thai 'ทะเลสาบนี้ได้รับการคุ้มครอง'
quote=$(quiet boris quote add wire 'Les trois rivages du lac sont protégés.' --speaker 'Ilvane Torrek')
claim=$(quiet chloe claim add 'The sluices (gate 7) are "open" OR closed* - NOT shut^')
who() { ctl alice --json search "$@" | jq -r '[.[] | .name // .kind] | join(" ")'; }
same() { [ "$1" = "$2" ] || fail "\"$1\" instead of \"$2\""; }

# Words and phrases, in contents and cards, whatever their case and accents, in the order of the log.
same "$(who proteges)" 'wire quote'
same "$(who 'LAC trois')" 'wire quote'
same "$(who '"trois rivages"')" 'wire quote'
same "$(who '"rivages trois"')" ''
same "$(who 'lodz')" 'wire'
same "$(who 'ilvane proteges')" 'quote'
# A part of a word; no word breaks are needed; short ones too.
same "$(who 'rivag')" 'wire quote'
same "$(who '湖')" 'report'
same "$(who '報告')" 'report'
same "$(who '報告書は湖')" 'report'
same "$(who 'สาบนี้')" 'thai'
# Joined with a query; its words count like the text's.
same "$(who proteges kind:quote)" 'quote'
same "$(who proteges author:boris)" 'quote'
same "$(who proteges doc:wire kind:document)" 'wire'
same "$(who proteges lodz)" 'wire'
same "$(who proteges state:approved)" ''
same "$(ctl alice search proteges --count)" 2
same "$(quiet alice search proteges --limit 1 | wc -l)" 1
same "$(quiet alice search proteges kind:quote)" "$quote"

# Nothing found is an answer, and an empty list.
expect 0 '[]' ctl alice --json search nothinglikethis
expect 0 '' ctl alice search nothinglikethis
# The shape: unverified records with places, in bytes and code points, and highlights in the snippet.
ctl alice --json search 'proteges' kind:document >"$work/found"
jq -e '.[0] | .verified == false and .kind == "document" and .matches[0].card == null' "$work/found" >/dev/null ||
	fail "shape: $(cat "$work/found")"
jq -e '.[0].matches[0] | .snippet[.highlights[0][0]:.highlights[0][1]] == "protégés"' "$work/found" >/dev/null ||
	fail "highlight: $(cat "$work/found")"
start=$(jq '.[0].matches[0].bytes[0]' "$work/found") end=$(jq '.[0].matches[0].bytes[1]' "$work/found")
same "$(head -c "$end" "$work/wire.txt" | tail -c +$((start + 1)))" 'protégés'
jq -e --rawfile text "$work/wire.txt" '.[0].matches[0].chars as [$s, $e] | $text[$s:$e] == "protégés"' "$work/found" >/dev/null ||
	fail "code points: $(cat "$work/found")"
ctl alice --json search 'torrek' | jq -e '.[0].matches[0] | .card == "speaker" and .nth == 0' >/dev/null || fail 'card'

# FTS5's syntax is words like any other.
for hostile in '"open" OR' 'closed*' 'shut^' '(gate' 'NOT - shut' 'gate 7)'; do
	same "$(ctl alice --quiet search "$hostile")" "$claim"
done
for nothing in 'NEAR(gate shut)' 'said : sluices' "sluices'; DROP TABLE said_1; --" 'sluices AND' '{t} : gate' 'x*'; do
	expect 0 '' ctl alice --quiet search "$nothing"
	[ ! -s "$work/out" ] || fail "found by $nothing"
done
expect 2 'column 1' ctl alice search '"not closed'
one_line
expect 2 'nothing' ctl alice search ' '
expect 2 'unknown term' ctl alice search gate colour:red
expect 2 '--limit' ctl alice search gate --limit -1
expect 2 'column' ctl alice search "$(printf '\314\201')"

# list and other queries have the same words; documents' texts are search's alone.
same "$(ctl alice --json list proteges | jq -r '[.[].kind] | join(" ")')" quote
same "$(ctl alice --json list kind:any proteges | jq -r '[.[].kind] | join(" ")')" quote
same "$(ctl alice list sluices --count)" 1

# The index is filled in the background, and makes no difference.
tries=0
until [ -s "$work/corpus/search.db" ] && [ ! -s "$work/corpus/search.db-wal" ]; do
	tries=$((tries + 1))
	[ "$tries" -lt $((200 * patience)) ] || fail "search.db is not filled after $((10 * patience)) s"
	sleep 0.05 # polls the files; nobody tells
done
same "$(who proteges)" 'wire quote'
same "$(who '報告')" 'report'
same "$(who 'สาบนี้')" 'thai'
same "$(who '湖')" 'report'
# A record is found at once, whether it is indexed yet or not.
quiet chloe claim add 'A zebra crossed.' >/dev/null
same "$(who zebra)" 'claim'
stop
rm "$work/corpus/search.db"
"$ANNOTD" rebuild --corpus "$work/corpus" >/dev/null 2>&1
[ -f "$work/corpus/search.db" ] || fail 'rebuild made no search.db'
serve
same "$(who proteges)" 'wire quote'
stop
# A file that is none is made anew.
echo garbage >"$work/corpus/search.db"
serve
same "$(who proteges)" 'wire quote'
stop
