#!/bin/sh
# Withholding: the words leave the corpus folder, everything else verifies, and every command says what is missing.
. "${ROOT:?}/tests/cli/lib.sh"
desk
text secret 'Nobody may read Zyxwvut here. Boris saw Zyxwvut again.' >/dev/null
text report 'One two three. One two four.' >/dev/null
quote=$(quiet boris quote add secret 'saw Zyxwvut' --speaker minister)
quiet boris amend "$quote" --set 'speaker=a minister' >/dev/null
sound=$(quiet boris quote add report 'three')
verdict=$(quiet chloe verdict add "$quote@2" true)
review=$(quiet chloe review "$quote@2" approve)
# words: is it anywhere in the corpus folder, in any spelling of case?
words() { grep -rlai zyxwvut "$work/corpus"; }
words >/dev/null || fail "the words are nowhere to begin with"

# --- who, and what -----------------------------------------------------------------------------------
expect 2 '--because' ctl alice withhold secret@1; one_line
expect 2 'exact version' ctl alice withhold secret --because 'law'; one_line
expect 4 'not an admin' ctl boris withhold "$quote@1" --because 'law'
expect 4 'never withheld' ctl alice withhold "$review@1" --because 'law'
expect 4 '2 records have words of it' ctl alice withhold secret@1 --because 'law'
grep -q "$(printf %.8s "$quote")@1, $(printf %.8s "$quote")@2" "$work/out" || fail "what quotes it is not named: $(cat "$work/out")"
words >/dev/null || fail "a refused command took words away"

expect 0 'withhold' ctl alice withhold secret@1 --quotes --because 'order of a court'
if words; then fail "words are left while annotd runs"; fi
expect 4 'withheld' ctl alice withhold "$quote@1" --because 'again'

# --- what is said of it --------------------------------------------------------------------------------
expect 0 'WITHHELD' ctl chloe show "$quote@1"
grep -q 'by alice.*order of a court' "$work/out" || fail "show does not say why: $(cat "$work/out")"
ctl chloe --json show "$quote@1" | jq -e '.withheld[0].by == "alice" and .withheld[0].reason == "order of a court" and
	(.flags | index("withheld")) and .author.name == "boris" and .kind == "quote"' >/dev/null || fail "JSON of show"
expect 1 'WITHHELD' ctl chloe show "$quote@1" --raw; one_line
expect 0 'WITHHELD' ctl chloe list state:withheld
ctl chloe --quiet list 'kind:quote state:withheld' | grep -qx "$quote" || fail "list --quiet: $(ctl chloe --quiet list state:withheld)"
expect 0 'WITHHELD' ctl chloe history "$quote"
[ "$(grep -c WITHHELD "$work/out")" = 2 ] || fail "not both versions: $(cat "$work/out")"
expect 1 'WITHHELD' ctl chloe verify "$quote"
expect 1 'WITHHELD' ctl chloe verify "$quote@1"
expect 1 'WITHHELD' ctl chloe verify "$(ctl chloe --json list 'kind:document state:withheld' | jq -r '.[0].annotation')"
expect 0 'was withheld' ctl chloe verify "$verdict"
expect 0 'VALID' ctl chloe verify "$sound"
expect 1 'WITHHELD' ctl chloe blame "$quote"
expect 4 'WITHHELD' ctl chloe diff "$quote@1" "$quote@2"; one_line
expect 4 'withheld' ctl boris quote add "$(ctl chloe --json list 'kind:document state:withheld' | jq -r '.[0].annotation')" 'Nobody'

# --- it does not come back -------------------------------------------------------------------------------
expect 4 'withheld' ctl alice doc add "$work/secret.txt" --name again
expect 4 'withheld' ctl boris doc add "$work/secret.txt" --name secret
if words; then fail "resubmitting brought words back"; fi

# --- one version of several --------------------------------------------------------------------------------
quiet boris amend "$sound" --set 'speaker=Zyxwvut' >/dev/null
quiet boris amend "$sound" --add tag=x >/dev/null
quiet chloe amend "$sound@2" --force --set speaker=minister >/dev/null
expect 0 '' ctl alice withhold "$sound@2" --because 'a name'
expect 0 'a WITHHELD version may have set it' ctl chloe blame "$sound@3"
ctl chloe --json blame "$sound@3" | jq -e '.cards[] | select(.card == "speaker") | .certain == false' >/dev/null || fail "blame is certain"
expect 0 'WITHHELD' ctl chloe history "$sound"
expect 4 'WITHHELD' ctl chloe diff "$sound@1" "$sound@2"
expect 4 'speaker' ctl chloe merge "$sound" # what both came from is gone, so that what differs clashes
grep -q "@2, which they come from, is WITHHELD" "$work/out" || fail "merge does not say why: $(cat "$work/out")"
expect 0 'merged' ctl chloe merge "$sound" --set speaker=minister --theirs
expect 0 'VALID' ctl chloe verify "$sound"
quiet boris bundle "$sound" -o "$work/sound.bundle"
if ctl boris list 'Zyxwvut' | grep -q "@2"; then fail "a withheld version is found by its words"; fi

# One of two heads is withheld: it is replaced by who says so, and nothing is taken from it.
last=$(ctl chloe --json show "$sound" | jq .version)
quiet boris amend "$sound" --set speaker=Zyxwvut --add tag=unseen >/dev/null
quiet chloe amend "$sound@$last" --force --add tag=seen >/dev/null
quiet alice withhold "$sound@$((last + 1))" --because 'a name' >/dev/null
expect 4 "@$((last + 1)) by boris is WITHHELD, and nobody can see what it said" ctl chloe merge "$sound"
expect 0 'nothing is taken from it' ctl chloe merge "$sound" --drop-withheld
ctl chloe --json show "$sound" | jq -e '.speaker == ["minister"] and (.tag | index("seen")) and (.tag | index("unseen") | not) and
	(.flags | index("conflict") | not)' >/dev/null || fail "not merged: $(ctl chloe --json show "$sound")"
expect 0 'VALID' ctl chloe verify "$sound"
quiet boris bundle "$sound" -o "$work/sound.bundle"

# The last version with the name in it goes, too: nothing is left, in no file, after a stop and a rebuild either.
expect 0 '' ctl alice withhold "$sound@3" --because 'a name'
if words; then fail "words are left"; fi
stop
if words; then fail "words are left after a stop"; fi
as daemon "$ANNOTD" fsck --corpus "$work/corpus" >"$work/out" 2>&1 || fail "fsck: $(cat "$work/out")"
as daemon "$ANNOTD" rebuild --corpus "$work/corpus" >"$work/out" 2>&1 || fail "rebuild: $(cat "$work/out")"
serve
if words; then fail "a rebuild brought words back"; fi
expect 0 'WITHHELD' ctl chloe list state:withheld
expect 4 'withheld' ctl alice doc add "$work/secret.txt" --name again
expect 0 'VALID' ctl nobody verify "$work/sound.bundle" --corpus "$corpus"

# --- two admins must agree -----------------------------------------------------------------------------------
quiet alice corpus set --add-admin boris --threshold 2 >/dev/null
quiet boris review "$(ctl alice --quiet list 'kind:corpus state:pending')@2" approve >/dev/null
claim=$(quiet chloe claim add 'Zyxwvut did it.')
expect 0 'waits for the approval' ctl alice withhold "$claim@1" --because 'libel'
words >/dev/null || fail "one of two admins took it away"
expect 0 'VALID' ctl chloe verify "$claim"
quiet boris review "$(ctl alice --quiet list 'kind:withhold state:pending')@1" approve >/dev/null
if words; then fail "two of two admins did not take it away"; fi
expect 1 'WITHHELD' ctl chloe verify "$claim"
stop
