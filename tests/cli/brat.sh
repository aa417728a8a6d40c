# export and import --as brat: standoff in a folder, with a real daemon.
. "$ROOT/tests/cli/lib.sh"

same() { [ "$1" = "$2" ] || fail "\"$1\" instead of \"$2\""; }
desk
printf 'Zoë 😀 said: “The lake\nis full.” Nobody believed her.\nThe lake is not full.\n' >"$work/wire.txt"
ctl alice doc add "$work/wire.txt" --name wire >/dev/null 2>&1
printf 'One two\r\nthree four.\r\nFive.\r\n' >"$work/dos.txt"
ctl alice doc add "$work/dos.txt" --name dos >/dev/null 2>&1
q=$(quiet boris quote add wire 'The lake
is full.' --speaker 'Zoë' --tag lake)
c=$(quiet chloe claim add 'The lake is full' --in wire 'The lake is not full.')
s=$(quiet boris span add dos 'four.' --text 'A "note", with tab	and more')
quiet boris span add dos 'two
three' >/dev/null 2>&1 || true
quiet alice verdict add "$c@1" false --because 'see the second line' >/dev/null
quiet boris link add "$c" contradicts "$q" --because 'word by word' >/dev/null
quiet chloe comment add "$q@1" 'Is
that so?' >/dev/null

expect 0 '' ctl alice export --as brat -o "$work/brat" --report-loss "$work/lost"
# The text with LF, offsets in code points of that, pieces at line ends, and what brat cannot say in notes.
ann=$work/brat/wire.ann
cmp "$work/wire.txt" "$work/brat/wire.txt" || fail 'another text'
tr -d '\r' <"$work/dos.txt" | cmp - "$work/brat/dos.txt" || fail 'carriage returns are left'
tab=$(printf '\t')
line() { grep "^$1" "$2" | cut -d"$tab" -f"$3"; }
same "$(line T5 "$ann" 2,3)" "Quote 13 21;22 30${tab}The lake is full."
same "$(line T7 "$work/brat/dos.ann" 2,3)" "Span 14 19${tab}four."
same "$(line A8 "$ann" 2)" 'Verdict_google5 T6 false'
same "$(line R9 "$ann" 2)" 'contradicts Arg1:T6 Arg2:T5'
same "$(grep -c AnnotatorNotes "$ann")" 5
same "$(line '#10' "$ann" 3 | jq -c '[.annot, .author, .text]')" '["comment","chloe","Is\nthat so?"]'
same "$(jq -r .field "$work/lost")" targets
expect 4 'is not empty' ctl alice export --as brat -o "$work/brat"
expect 2 'say -o FOLDER' ctl alice export --as brat
expect 4 'carriage returns' ctl alice export --as brat -o "$work/strict" --strict
[ ! -e "$work/strict" ] || fail 'a refused export is there'
expect 0 '1 exported' ctl alice export --as brat -o "$work/some" kind:quote kind:verdict kind:link --report-loss "$work/lost"
same "$(jq -rs 'map(select(.left_out)) | length' "$work/lost")" 2

# --- into another corpus ------------------------------------------------------------------------------
stop
ctl frank --quiet key new frank >/dev/null 2>&1
ctl frank --quiet corpus init "$work/elsewhere" --origin elsewhere.example/desk >/dev/null 2>&1
start "$work/elsewhere" "$ANNOT_SOCKET" "$work/annotd.log"
daemon=$started
ctl frank doc add "$work/wire.txt" --name the-wire >/dev/null 2>&1
ctl frank doc add "$work/dos.txt" --name dos >/dev/null 2>&1
expect 0 '6 records imported' ctl frank import --as brat "$work/brat" --report-loss "$work/lost"
[ ! -s "$work/lost" ] || fail "lost: $(cat "$work/lost")"
ctl frank --json list kind:quote | jq -e '.[0] | .author.name == "frank" and ."imported-author" == "boris" and
	."imported-from" == "brat:wire#T5" and .speaker == ["Zoë"] and .tag == ["lake"] and
	(.targets | length == 1 and .[0].exact == "The lake\nis full." and .[0].name == "the-wire" and .[0].chars == [13,30])' >/dev/null ||
	fail "quote: $(ctl frank --json list kind:quote)"
ctl frank --json list kind:span | jq -e '.[0].targets[0] | .exact == "four." and .name == "dos"' >/dev/null || fail 'span'
ctl frank --json list kind:verdict | jq -e '.[0] | .rationale == "see the second line" and .rating == "false"' >/dev/null || fail verdict
ctl frank --json list kind:link | jq -e '.[0] | .reason == "word by word" and .relation == "contradicts"' >/dev/null || fail link
ctl frank --json list kind:comment | jq -e '.[0].text == "Is\nthat so?"' >/dev/null || fail comment
expect 0 '0 records imported, 6 there' ctl frank import --as brat "$work/brat"

# --- files as brat and its users make them ---------------------------------------------------------------
# given ANN: NAME.ann of that content beside the text.
mkdir "$work/given"
cp "$work/wire.txt" "$work/given/wire.txt"
given() { printf '%b' "$1" >"$work/given/wire.ann"; }
import() { ctl frank import --as brat "$work/given" --report-loss "$work/lost" "$@"; }
last() { ctl frank --json list "$@" | jq '.[-1]'; }
# Another type is a tag; attributes and normalisations behind the span belong to it; discontinuous spans.
given 'T1\tPerson 0 3;8 12\tZoë said\nA1\tRole T1 witness\nN1\tReference T1 Wikidata:Q1\tZoe\n#1\tAnnotatorNotes T1\tplain words\n'
expect 0 '2 records imported' import
last kind:span | jq -e '.tag == ["Person", "Role: witness"] and (.targets | map(.exact) == ["Zoë", "said"]) and
	(."imported-data" | fromjson | .references[0].id == "Wikidata:Q1")' >/dev/null || fail "span: $(last kind:span)"
last kind:comment | jq -e '.text == "plain words"' >/dev/null || fail "note: $(last kind:comment)"
# Offsets that the browser counted in UTF-16 are one more behind an astral character (nlplab/brat#1115).
given 'T1\tMark 7 11\tsaid\n'
expect 0 '1 record imported' import
same "$(jq -r .field "$work/lost" | sort -u)" offsets
grep -q 'UTF-16' "$work/lost" || fail "$(cat "$work/lost")"
# Words that stand elsewhere are found and reported; words that stand in two places, or nowhere, are not guessed.
given 'T1\tMark 0 7\tNobody \nT2\tMark 0 8\tThe lake\nT3\tMark 0 6\tNobodx\n'
expect 0 '1 record imported' import
same "$(jq -rs 'map(.left_out) | tostring' "$work/lost")" '[false,true,true]'
expect 4 "wire.ann:1" import --strict
# What has no place: events, equivalences, relations without a word for them, what is about none of the lines.
given 'T1\tMark 0 3\tZoë\nT2\tMark 8 12\tsaid\nE1\tSay:T2 Who:T1\n*\tEquiv T1 T2\nR1\tknows Arg1:T1 Arg2:T2\nR2\tsupports Arg1:T1 Arg2:T9\nR3\tsupports Arg1:T1 Arg2:T2\n'
expect 0 '3 records imported' import
same "$(jq -rs 'map(select(.left_out)) | length' "$work/lost")" 4
# Each wrong line is named, and the others are imported.
for wrong in 'T1 Mark 0 3\tZoë' 'T1\tMark 3 0\tZoë' 'T1\tMark 0 3' 'T1\tMark 0 3;1 4\tZoë oë ' 'T1\tMark 0 3\tZo' 'T1\tMark 0 2\tZoë' \
	'T1\tMark 0 3\tZ\377e' 'R1\tsupports Arg1:T1' 'R1\tsupports Arg1:T1 Arg1:T2' 'X1\tfoo T1' 'N1\tReference T1' 'just words' 'T1\tMark 0 99999999999999999999\tZoë'; do
	given "T7\tMark 1 3\toë\n$wrong\n"
	expect 1 'wire.ann:2: ' import
done
expect 2 'name it, or a file' ctl frank import --as brat -
expect 2 'no NAME.ann' ctl frank import --as brat "$work/corpus"
rm "$work/given/wire.txt"
given 'T1\tMark 0 3\tZoë\n'
expect 0 '1 item left out' import
expect 0 '1 there already' import --doc the-wire
# What the daemon refuses is named, counted and reported; the others are in.
given 'T1\tMark 0 3\tZoë\nT2\tMark 8 12\tsaid\nA1\tVerdict_nosuchscale T2 false\n'
expect 1 'wire.ann:3: refused: ' import --doc the-wire
grep -q '1 record refused' "$work/out" || fail "not counted: $(cat "$work/out")"
same "$(jq -rs '.[-1] | [.item, .left_out] | tostring' "$work/lost")" '["brat:wire#A1",true]'
# A first version has the document's name alone as its file's name, also where there is a newer one, which has that name here.
printf 'Zoë 😀 said: “The lake\nis empty.” Nobody believed her.\n' >"$work/wire.txt"
ctl frank doc add "$work/wire.txt" --name the-wire >/dev/null 2>&1
expect 0 '1 exported' ctl frank export kind:quote --as brat -o "$work/versions"
[ -e "$work/versions/the-wire.ann" ] || fail "$(ls "$work/versions")"
expect 0 '0 records imported, 1 there already; 0 fields did not survive, 0 items left out' ctl frank import --as brat "$work/versions"
# Nor is an old version taken for the newest where its lines end in CR LF, which an export writes as LF.
mkdir "$work/old"
tr -d '\r' <"$work/dos.txt" >"$work/old/dos.txt"
printf 'T1\tMark 14 19\tfour.\n' >"$work/old/dos.ann"
printf 'Zero.\r\nOne two\r\nthree four.\r\nFive.\r\n' >"$work/dos.txt"
ctl frank doc add "$work/dos.txt" --name dos >/dev/null 2>&1
expect 0 '1 record imported, 0 there already; 0 fields did not survive' ctl frank import --as brat "$work/old"
last kind:span | jq -e '.targets[0] | .exact == "four." and .document_version == 1' >/dev/null || fail "another version: $(last kind:span)"
# Nor the newest for an old one whose very bytes stand there, where it differs from that in its line ends alone.
mkdir "$work/exact"
cp "$work/old/dos.txt" "$work/exact/unix.txt"
printf 'T1\tMark 14 19\tfour.\n' >"$work/exact/unix.ann"
ctl frank doc add "$work/exact/unix.txt" --name unix >/dev/null 2>&1
sed 's/$/\r/' "$work/exact/unix.txt" >"$work/unix.txt"
ctl frank doc add "$work/unix.txt" --name unix >/dev/null 2>&1
expect 0 '1 record imported, 0 there already; 0 fields did not survive' ctl frank import --as brat "$work/exact"
last kind:span | jq -e '.targets[0] | .name == "unix" and .document_version == 1' >/dev/null || fail "not its own: $(last kind:span)"
