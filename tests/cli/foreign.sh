#!/bin/sh
# verify beside tests/support/verify.py, which shares no code with it: over the fixtures, over fresh bundles, and over
# bundles that were changed and closed again, the two must agree on every line that both say something about.
. "${ROOT:?}/tests/cli/lib.sh"
for tool in python3 openssl ssh-keygen; do
	command -v "$tool" >/dev/null || {
		echo "skipped: no $tool here"
		exit 77
	}
done

# agree NAME BUNDLE CORPUS: holds the two against each other; $ours and $theirs are what they came to.
agree() {
	ours=good theirs=good
	ctl nobody --json verify "$2" --corpus "$3" >"$work/ours" 2>/dev/null || true
	python3 "$ROOT/tests/support/verify.py" "$2" "$3" >"$work/theirs" 2>"$work/complaint" || theirs=bad
	[ ! -s "$work/complaint" ] || fail "$1: verify.py: $(cat "$work/complaint")"
	grep -q 'not checked' "$work/theirs" || fail "$1: verify.py does not say what it did not check"
	# What it can see: anything wrong with the file as such, or one of its lines.
	jq -e '[.checks[] | select(.result == "failed" or .result == "missing") | .name]
		- ["leaves", "latest", "author", "key", "seen", "pin", "effect", "key chain", "references", "withheld", "retraction"] == []' \
		"$work/ours" >/dev/null || ours=bad
	jq -e '[.checks[] | select(.result == "failed" and .name == "leaves")] == []' "$work/ours" >/dev/null || ours=bad
	[ "$ours" = "$theirs" ] || fail "$1: annotctl finds it $ours: $(jq -c . "$work/ours") verify.py: $(cat "$work/theirs")"
	for line in signature logged checkpoint words; do
		one=$(jq -r --arg line "$line" '[.checks[] | select(.name == $line and .result != "info") | .result][0] // ""
			| {passed: "ok", failed: "FAIL", missing: "MISSING"}[.] // ""' "$work/ours")
		two=$(sed -n "s/^\([A-Za-z]*\)  *$line  *.*/\1/p" "$work/theirs")
		[ -z "$one" ] || [ -z "$two" ] || [ "$one" = "$two" ] ||
			fail "$1: $line: annotctl says $one, verify.py $two: $(cat "$work/theirs") $(jq -c . "$work/ours")"
	done
	checked=$((checked + 1))
}
checked=0

# --- fixtures ---------------------------------------------------------------------------------------
for file in "$ROOT"/fixtures/fuzz/bundle/*; do
	genesis=$(sed -n 's/^corpus \([0-9a-f]\{64\}\)$/\1/p' "$file" | head -n 1)
	agree "$file" "$file" "${genesis:-$(printf '%064d' 0)}"
done
[ "$checked" -gt 0 ] || fail "no fixtures"

# --- fresh ones, of every kind of record, in every state --------------------------------------------------
desk
text report 'One two three. One two four. «Ça va», said Zoë.' >/dev/null
quote=$(quiet boris quote add report '«Ça va», said' --speaker Zoë)
claim=$(quiet chloe claim add 'All is well.' --in report 'two three')
verdict=$(quiet boris verdict add "$claim@1" true --because "$(printf 'She said so,\n\tin \342\200\256writing.')" --evidence "$quote")
quiet alice review "$verdict@1" approve >/dev/null
quiet boris amend "$quote" --set speaker=zoe >/dev/null
quiet chloe amend "$quote@1" --force --add tag=odd >/dev/null
gone=$(quiet boris span add report 'One two four' --text odd)
quiet boris retract "$gone@1" --because 'a slip' >/dev/null
for id in report "$quote@1" "$quote@3" "$claim" "$verdict" "$gone" "$(ctl alice --quiet list kind:review)"; do
	quiet chloe bundle "$id" -o "$work/fresh.bundle"
	agree "$id" "$work/fresh.bundle" "$corpus"
	[ "$theirs" = good ] || fail "$id: verify.py: $(cat "$work/theirs")"
done

# Excerpts of a long text, of words on the border of two chunks; and a bundle without leaves.
seq 2000 | sed 's/$/ Zeilen, größer als “nötig”/' >"$work/long.txt"
quiet alice doc add "$work/long.txt" --name long >/dev/null
here=$(quiet boris quote add long "$(LC_ALL=C awk '{ at += length($0) + 1 } at > 4050 && at < 4180' "$work/long.txt")")
there=$(quiet boris quote add long '2000 Zeilen')
for id in "$here" "$there"; do
	quiet chloe bundle "$id" -o "$work/whole.bundle"
	quiet chloe bundle "$id" --excerpt -o "$work/fresh.bundle"
	[ "$(wc -c <"$work/fresh.bundle")" -lt "$(($(wc -c <"$work/whole.bundle") - 30000))" ] || fail "no excerpt"
	agree "excerpt of $id" "$work/fresh.bundle" "$corpus"
	[ "$theirs" = good ] || fail "excerpt of $id: verify.py: $(cat "$work/theirs")"
	expect 0 'excerpt: the rest of the text is not shown' ctl nobody verify "$work/fresh.bundle" --corpus "$corpus"
done
sed 's/^1997 Zeilen/1997 Zeiler/' "$work/fresh.bundle" >"$work/bad.bundle"
reseal "$work/bad.bundle"
if cmp -s "$work/bad.bundle" "$work/fresh.bundle"; then fail "nothing changed in the excerpt"; fi
agree "a changed excerpt" "$work/bad.bundle" "$corpus"
[ "$theirs" = bad ] || fail "neither minds a changed excerpt"
expect 4 'is a document' ctl chloe bundle long --excerpt -o "$work/no.bundle"; one_line
[ ! -e "$work/no.bundle" ] || fail "a file was left"
quiet chloe bundle "$here" --no-leaves -o "$work/fresh.bundle"
agree "without leaves" "$work/fresh.bundle" "$corpus"
expect 1 'CANNOT-CHECK' ctl nobody verify "$work/fresh.bundle" --corpus "$corpus"

agree "another corpus" "$work/fresh.bundle" "$(printf '%064d' 0)"
[ "$theirs" = bad ] || fail "verify.py trusts any corpus"

# --- changed and closed again ---------------------------------------------------------------------------
# change SECTION LINE COLUMN: both must notice.
change() {
	tamper "$work/verdict.bundle" "$work/bad.bundle" "$@"
	reseal "$work/bad.bundle"
	agree "$*" "$work/bad.bundle" "$corpus"
	[ "$theirs" = bad ] || fail "neither minds that $* was changed"
}
quiet chloe bundle "$verdict" -o "$work/verdict.bundle"
change record 11 10
change signature 4 5
change proof 3 3
change proof 2 8
change chain-proof 4 4
change chain-signature 5 3
change reference 9 9
change reference-signature 4 9
change source 1 3
change leaves 2 80
stop
