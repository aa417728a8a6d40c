#!/bin/sh
# check: the quotes of articles against a corpus. The dossier of fixtures/documents says itself how its documents quote
# each other; check must say the same.
. "${ROOT:?}/tests/cli/lib.sh"
documents=$ROOT/fixtures/documents
desk
for file in "$documents"/0*; do
	name=$(basename "$file")
	quiet alice doc add "$file" --name "d${name%%-*}" >/dev/null
done

# checked ARTICLE ARGUMENTS…: JSON in $work/json; any exit code but a failure.
checked() {
	code=0
	ctl alice --format json check "$@" >"$work/json" 2>"$work/err" || code=$?
	[ "$code" -le 1 ] || fail "check $*: exit $code: $(cat "$work/err")"
}
# says FILTER TEXT: what jq says of it
says() {
	said=$(jq -c "$1" "$work/json") || fail "not JSON: $(cat "$work/json")"
	[ "$said" = "$2" ] || fail "$1 is $said, not $2: $(jq -c . "$work/json")"
}
# article TEXT: as $work/article.txt
article() { printf '%s\n' "$1" >"$work/article.txt"; }

# --- the dossier ---

# Rows as: id, source, words there, article, words there, kind.
rows() {
	awk -F ' \\| ' '/^\| [A-Z][0-9]+ \| / && $2 != "—" {
		sub(/^\| /, "", $1); print $1 "\t" $2 "\t" $3 "\t" $4 "\t" $5 "\t" $6 }' "$documents/README.md"
}
# against ARTICLE SOURCE: two documents of the dossier, each pair once.
against() {
	pair=$work/$1-$2
	[ -f "$pair" ] || { checked "$documents/$1"-* --document "d$2"; cp "$work/json" "$pair"; }
	cp "$pair" "$work/json"
}
# The quote of the article that is about the words: its result, flags and speaker.
find_quote() {
	jq -r --arg words "$1" '
		def plain: gsub("[\\s⏎\u00ad]+"; " ") | gsub("^ ?[`\"‘’“”«» ]+|[.,;`\"‘’“”«» ]+$"; "");
		[.quotes[] | select(.text | plain | contains($words | plain))] | sort_by(.text | length) | first |
		select(.) | [.result, (.flags | join(",")), .speaker.result] | @tsv' "$work/json"
}
rows | while IFS="$(printf '\t')" read -r id source there where words kind; do
	[ "$source" != "$where" ] || continue # a document is no source of itself
	against "$where" "$source"
	found=$(find_quote "$words")
	if [ -z "$found" ]; then # it stands in marks in the other one only
		against "$source" "$where"
		found=$(find_quote "$there")
	fi
	case "$kind" in
	'exact, wrong speaker') want='exact		differs' ;;
	exact*) want='exact		*' ;;
	typographic*) want='typographic		*' ;;
	elided*) want='elided		*' ;;
	interleaved*) want='interleaved		*' ;;
	bracketed*) want='bracketed		*' ;;
	ambiguous*) want='ambiguous		*' ;;
	spliced*) want='spliced	*' ;;
	'altered: negation dropped') want='altered	negation	*' ;;
	'altered: number') want='altered	number	*' ;;
	'altered: modal') want='altered	modal	*' ;;
	'altered: date') want='altered	*name*' ;;
	'altered: words dropped') want='altered	*wording*' ;;
	'altered: word') want='altered	*' ;;
	translated | not-found) want='not-found	*' ;;
	*) fail "$id: check.sh does not know the kind $kind" ;;
	esac
	# shellcheck disable=SC2254 # a pattern
	case "$found" in
	$want) ;;
	*) fail "$id ($kind): \"$found\", not \"$want\", of $words" ;;
	esac
	echo "$id" >>"$work/rows"
done
[ "$(wc -l <"$work/rows")" -ge 35 ] || fail "only these rows of the dossier were compared: $(cat "$work/rows")"

# --- the answer ---

article 'Torrek said: “We will open the sluices before the gauges are read by all three sides.” And “so it is”.'
checked "$work/article.txt" --document d01
[ "$code" = 1 ] || fail 'an altered quote passes'
says '.quotes|length' 2
says '.quotes[0]|[.bytes,.chars,.line,.column,.result,.flags,.depth,.block,.fails]' \
	'[[16,87],[14,85],1,15,"altered",["negation"],0,false,true]'
says '.quotes[0].source|[.name,.document_version,.chars,.text]' \
	'["d01",1,[661,735],"We will not open the sluices before the gauges are read by all three sides"]'
says '.quotes[0].source.document|length' 64
says '.quotes[0].speaker' '{"name":"Torrek","verb":"said","inferred":false,"source":"Torrek","quoted":true,"result":"agrees"}'
says '.quotes[0].differences|map([.class,.flags,.quote,.source])' '[["omission",["negation"],"","not"]]'
says '.quotes[1]|[.result,.source,.flags,.differences,.fails]' '["too-short",null,[],[],false]'
says '.summary|[.quotes,.failed,.results.altered,.results["too-short"],.added,.invalid_at]' '[2,1,1,1,0,[]]'

# The same from standard input; one line a quote; nothing with --quiet but the exit code.
ctl alice --format ndjson check - --document d01 <"$work/article.txt" >"$work/out" || true
[ "$(wc -l <"$work/out")" = 3 ] || fail "ndjson: $(cat "$work/out")"
[ "$(sed -n 1p "$work/out" | jq -r .result)" = altered ] || fail 'ndjson: first line'
[ "$(sed -n 3p "$work/out" | jq -r .summary.article)" = - ] || fail 'ndjson: last line'
expect 1 '' ctl alice --quiet check "$work/article.txt" --document d01
[ ! -s "$work/out" ] || fail "--quiet prints: $(cat "$work/out")"
expect 1 'altered: negation  line 1, column 15' ctl alice check "$work/article.txt" --document d01
grep -qF 'omission: -«not» [negation]' "$work/out" || fail "no difference: $(cat "$work/out")"
! grep -qiw true "$work/out" || fail 'check says that something is true'

# In a batch, but not from the batch's own input.
printf '%s\n' "{\"args\":[\"check\",\"$work/article.txt\",\"--document\",\"d01\"]}" '{"args":["check","-"]}' |
	ctl alice batch --keep-going >"$work/json" || true
said=$(jq -c '[.exit,(.output.quotes|length),.error]' "$work/json" | tr '\n' ' ')
case "$said" in
'[1,2,null] [2,0,"'*standard*) ;;
*) fail "batch: $said" ;;
esac

# Nothing to complain about: exit 0. No quotes: exit 0 and an empty list.
article 'Torrek said: “We will not open the sluices before the gauges are read”.'
expect 0 'exact' ctl alice check "$work/article.txt" --document d01
article 'No quotes here, it is the ministers’ plan.'
checked "$work/article.txt"
[ "$code" = 0 ] || fail 'no quotes: exit 1'
says .quotes '[]'

# A document is no source of itself; others may be left out.
checked "$documents"/01-*
says '[.quotes[]|select(.source)|.source.name]|index("d01")' null
article '“There was good will in the room – more than I expected, and less than we need,” Torrek said.'
checked "$work/article.txt" --exclude d01
says '.quotes[0]|[.source.name,.speaker.result]' '["d04","agrees"]'
checked "$work/article.txt" --exclude d01 --exclude d04 --exclude d05@1
says '.quotes[0].result' '"not-found"'

# Parts of different speakers, put together.
article '“We will not open the sluices before the gauges are read … There was good will in the room,” Torrek said.'
checked "$work/article.txt" --document d01
says '.quotes[0]|[.result,.across_speakers,.fails]' '["spliced",true,true]'
[ "$code" = 1 ] || fail 'spliced across speakers passes'

# --- SARIF ---

expect 1 '' ctl alice check "$documents"/04-* --sarif
cp "$work/out" "$work/json"
says '[.version,(.runs|length),.runs[0].tool.driver.name,.runs[0].columnKind]' '["2.1.0",1,"annotctl check","unicodeCodePoints"]'
says '.runs[0]|[.results[].ruleId]-[.tool.driver.rules[].id]' '[]'
says '.runs[0].results|length' 9
says '.runs[0].results|map(.level)|unique' '["error","none","warning"]'
says '.runs[0].results[1]|[.level,.kind,.message.text,.locations[0].physicalLocation.region.startLine]' \
	'["error","fail","altered: negation",10]'
says '.runs[0].results|map(.locations[0].physicalLocation.artifactLocation.uri)|unique|length' 1

# --- signed ---

before=$(ctl alice list kind:quote --count)
article 'Boris wrote. “We will open the sluices before the gauges are read by all three sides,” said Ilvane Torrek. “Nobody
ever said these words anywhere at all.”'
expect 1 'added as quote' ctl boris check "$work/article.txt" --add --document d01
[ "$(ctl alice list kind:quote --count)" = $((before + 1)) ] || fail 'not one quote was added'
ctl alice --format json list kind:quote 2>/dev/null | jq '.[-1]' >"$work/json"
says '[.checked,.speaker,.form,.author.name]' '["annot-check/1 altered: negation",["Ilvane Torrek"],"direct","boris"]'
says '.targets|map([.name,.exact])' '[["d01","We will not open the sluices before the gauges are read by all three sides,"]]'
expect 0 'VALID' ctl alice verify "$(jq -r .annotation "$work/json")"
# Once more: nothing of what is there, by whom it was, whichever key signs and wherever its words have moved to.
# there PERSON ADDED THERE: as JSON says it of that person's check --add
there() {
	ctl "$1" --format json check "$work/article.txt" --add --document d01 >"$work/json" 2>"$work/err" || true
	says '.summary|[.added,.there]' "[$2,$3]"
}
size=$(size)
expect 1 "is there already: quote $(jq -r '.annotation[:8]' "$work/json")" ctl boris check "$work/article.txt" --add --document d01
grep -qF '0 added, 1 there already' "$work/out" || fail "not counted: $(cat "$work/out")"
expect 1 '' ctl boris --quiet check "$work/article.txt" --add --document d01
[ ! -s "$work/out" ] || fail "ids of what was not added: $(cat "$work/out")"
there boris 0 1
[ "$(size)" = "$size" ] || fail 'what is there was signed again'
printf '%s\n' 'Twice: “There was good will in the room” and “There was good will in the room”.' >>"$work/article.txt"
there boris 1 2
ctl chloe --quiet check "$work/article.txt" --add --document d01 >"$work/ids" || true
[ "$(wc -l <"$work/ids")" = 2 ] || fail "what boris said, chloe cannot say: $(cat "$work/ids")"
quiet chloe retract "$(tail -n 1 "$work/ids")@1" --because 'no quote' >/dev/null
there chloe 0 3
{
	echo 'A line before all others.'
	cat "$documents"/01-*
} >"$work/later"
quiet alice doc add "$work/later" --name d01 >/dev/null
expect 0 '' ctl alice list kind:quote doc:d01 author:boris anchor:moved # waits for the anchors
there boris 0 3
# The same words given to somebody else, or to nobody, are another quote.
article 'The mayor spoke. “We will open the sluices before the gauges are read by all three sides,” said Tamsin Orrowe.'
there boris 1 0
there boris 0 1
[ "$(ctl alice --json list kind:quote author:boris 'speaker:"Tamsin Orrowe"' | jq length)" = 1 ] || fail 'an attribution is missing'

# --- bad input ---

# What is no text is none for either command, in the same words.
printf 'caf\351 “We will not open the sluices before the gauges are read”\n' >"$work/latin1"
printf 'one\000“We will not open the sluices before the gauges are read”\n' >"$work/binary"
printf '\211PNG\r\n' >"$work/image"
: >"$work/empty"
for file in latin1 binary image empty; do
	expect 4 "$work/$file" ctl alice doc add "$work/$file" --name refused; one_line
	mv "$work/out" "$work/refused"
	expect 4 '' ctl alice check "$work/$file"
	cmp "$work/refused" "$work/out" || fail "$file: two ways to say it"
done
expect 2 'No such file' ctl alice check "$work/none.txt"; one_line
expect 2 'ARTICLE' ctl alice check
expect 1 'no document is named nosuch' ctl alice check "$documents"/04-* --document nosuch; one_line
# one letter, only spaces, a megabyte of one sign, a megabyte of words, never closed
article '“a” “   ” “'"$(head -c 1000000 /dev/zero | tr '\0' a)"'” “unclosed'
checked "$work/article.txt"
says '.quotes|map(.result)' '["too-short","not-found"]'
article "“$(seq 150000 | tr '\n' ' ' | head -c 1000000)”"
checked "$work/article.txt"
says '.quotes|map(.result)' '["not-found"]'
# many quotes: each is answered
seq 200 | sed 's/.*/“It is short” & “We will not open the sluices before the gauges are read &”./' >"$work/article.txt"
checked "$work/article.txt" --document d01
says '.summary|[.quotes,.results["too-short"]]' '[400,200]'
stop
