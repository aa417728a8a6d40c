#!/bin/sh
# A copy of the log in static files: made, brought up to date, audited, tampered with; bundles without leaves verified by it.
. "${ROOT:?}/tests/cli/lib.sh"
desk
text report 'One two three. One two four.' >/dev/null
copy=$work/copy
width() { find "$1" -path "*.p/*" -printf '%f\n' | sort -n | tail -n 1; }

# --- a copy, and what is in it ------------------------------------------------------------------------
quote=$(quiet boris quote add report 'three')
expect 0 '5 records, 5 of them new' ctl chloe log export "$copy"; one_line
ctl chloe log checkpoint | cmp - "$copy/checkpoint" || fail "another checkpoint"
[ "$(cd "$copy" && find . -type f ! -name .lock | sort | tr '\n' ' ')" = \
	"./checkpoint ./records/000.p/5 ./tile/0/000.p/5 ./tile/entries/000.p/5 " ] || fail "files: $(find "$copy" -type f)"
[ "$(wc -c <"$copy/tile/0/000.p/5")" = 160 ] || fail "5 hashes are 160 bytes"
# The first leaf, by hand: two bytes of length, the line; its hash is the first of the tile.
len=$(od -An -tu1 -N2 "$copy/tile/entries/000.p/5" | awk '{ print $1 * 256 + $2 }')
first=$(head -c $((len + 2)) "$copy/tile/entries/000.p/5" | tail -c "$len" | { printf '\0'; cat; } | sha256sum | cut -d' ' -f1)
[ "$first" = "$(od -An -v -tx1 -N32 "$copy/tile/0/000.p/5" | tr -d ' \n')" ] || fail "the first hash is another"
expect 0 '0 of them new' ctl chloe log export "$copy"

# --- more than a tile ---------------------------------------------------------------------------------
seq 300 | sed 's/.*/{"args":["comment","add","'"$quote"'","number &"]}/' | ctl boris batch >/dev/null 2>&1
expect 0 '305 records, 300 of them new' ctl chloe log export "$copy"
[ "$(cd "$copy" && find . -type f ! -name .lock | sort | tr '\n' ' ')" = "./checkpoint ./records/000 ./records/001.p/49 ./tile/0/000 \
./tile/0/001.p/49 ./tile/1/000.p/1 ./tile/entries/000 ./tile/entries/001.p/49 " ] || fail "files: $(find "$copy" -type f)"
ctl chloe --json log export "$work/fresh" | jq -e '.size == 305 and .before == 0 and (.root | length == 64)' >/dev/null || fail "JSON"
diff -r "$copy" "$work/fresh" || fail "a copy that grew is not the one made at once"
expect 3 '' ctl chloe --socket "ipc://$work/nobody.sock" log export "$work/none"
[ ! -e "$work/none" ] || fail "a folder without a log"
expect 4 'not a copy of a log' ctl chloe log export "$work/chloe"; one_line
: >"$work/plain"
expect 4 "$work/plain is a file; a copy of a log is a folder" ctl chloe log export "$work/plain"; one_line

# --- audits -------------------------------------------------------------------------------------------
alone() { env -i PATH="$PATH" HOME="$work/nobody" ASAN_OPTIONS="${ASAN_OPTIONS:-}" "$ANNOTCTL" "$@"; }
expect 0 'VALID' ctl boris log audit
grep -q '305 checked, 0 by an earlier' "$work/out" || fail "not all signatures: $(cat "$work/out")"
expect 0 '0 checked, 305 by an earlier' ctl boris log audit
expect 0 '305 checked, 0 by an earlier' ctl boris log audit --again
expect 2 '--corpus' alone log audit "$copy"; one_line
expect 0 '305 checked' alone log audit "$copy" --corpus "$corpus"
quiet boris comment add "$quote" 'one more' >/dev/null
expect 0 '1 of them new' ctl chloe log export "$copy"
# The last tile is checked again, no more.
expect 0 '50 checked, 256 by an earlier' alone log audit "$copy" --corpus "$corpus"
expect 0 '' alone --format json log audit "$copy" --corpus "$corpus"
jq -e '.verdict == "VALID" and .size == 306 and .findings == [] and .n_findings == 0 and .resumed == 306' "$work/out" >/dev/null ||
	fail "JSON of audit: $(cat "$work/out")"
expect 1 'you trust corpus' alone log audit "$copy" --again --corpus "$(printf '%064d' 0)"

# On a terminal it may say how far it is (after a second: annotctl/test_progress), and leaves nothing of that behind.
if command -v script >/dev/null; then
	as boris script -qec "$ANNOTCTL log audit --again 2>&1" /dev/null </dev/null >"$work/out" || fail "audit on a terminal: $(cat "$work/out")"
	tr '\r' '\n' <"$work/out" | grep -v '^annotctl: audited' | grep -q '^\(.\[K\)*log  *test.example/desk, 306 records' ||
		fail "not the audit alone: $(cat -v "$work/out")"
fi

# --- an older copy, another history, and damage ---------------------------------------------------------
expect 1 'ROLLED-BACK' ctl boris log audit "$work/fresh"
# spoil FILE OFFSET WORDS: one bit of a byte of the copy; the audit says so, and leaves no trace of having been content.
spoil() {
	rm -rf "$work/bad"
	cp -R "$copy" "$work/bad"
	byte=$(od -An -tu1 -j "$2" -N1 "$copy/$1" | tr -d ' ')
	# shellcheck disable=SC2059 # an octal escape
	printf "\\$(printf '%03o' $((byte ^ 1)))" | dd of="$work/bad/$1" bs=1 seek="$2" conv=notrunc 2>/dev/null
	expect 1 "$3" alone log audit "$work/bad" --again --corpus "$corpus"
	grep -Eq '^(INVALID|CANNOT-CHECK)$' "$work/out" || fail "verdict: $(cat "$work/out")"
}
spoil tile/0/000 100 'has not the hashes that its leaves give'
spoil tile/1/000.p/1 3 'has not the hashes that its leaves give'
spoil tile/entries/000 700 ''
spoil records/000 40 '#0: '
spoil records/000 300 '#0: '
spoil records/001.p/50 60 '#256: '
spoil checkpoint 0 'not signed by a log key'
rm -rf "$work/bad" && cp -R "$copy" "$work/bad"
printf 'not a note\n' >"$work/bad/checkpoint"
expect 4 "$work/bad/checkpoint: note: " alone log audit "$work/bad" --corpus "$corpus"; one_line
cp "$copy/checkpoint" "$work/bad/checkpoint"
rm "$work/bad/records/000"
expect 2 'records/000' alone log audit "$work/bad" --again --corpus "$corpus"; one_line
cp "$copy/records/001.p/50" "$work/bad/records/000"
expect 4 'records ends after 50 of 256' alone log audit "$work/bad" --again --corpus "$corpus"; one_line
# A copy of one log is not brought up to date from another.
ctl olga --quiet key new olga >/dev/null 2>&1
ctl olga --quiet corpus init "$work/foreign" --origin test.example/desk >/dev/null 2>&1
other "$work/foreign" "ipc://$work/foreign.sock"
before=$(sha256sum "$copy/checkpoint")
expect 4 'a copy of another log' ctl olga --socket "ipc://$work/foreign.sock" log export "$copy"
[ "$before" = "$(sha256sum "$copy/checkpoint")" ] || fail "the copy was changed"
end_other

# --- bundles without leaves ------------------------------------------------------------------------------
quiet chloe bundle "$quote" --no-leaves -o "$work/short.bundle"
expect 1 'CANNOT-CHECK' alone verify "$work/short.bundle" --corpus "$corpus"
expect 0 'VALID-UNWITNESSED' alone verify "$work/short.bundle" --corpus "$corpus" --log "$copy"
grep -q 'all leaves replayed' "$work/out" || fail "not replayed: $(cat "$work/out")"
expect 1 'has 305 of the 306 leaves' alone verify "$work/short.bundle" --corpus "$corpus" --log "$work/fresh"
expect 2 'no-such' alone verify "$work/short.bundle" --corpus "$corpus" --log "$work/no-such"; one_line
# More leaves than the bundle's checkpoint covers: those that it covers count.
quiet boris amend "$quote" --set speaker=she >/dev/null
expect 0 '' ctl chloe log export "$copy"
expect 0 'newest as of #306' alone verify "$work/short.bundle" --corpus "$corpus" --log "$copy"

# --- what is withheld goes from the copy -------------------------------------------------------------------
quiet boris claim add 'The mayor is called Zyxwvut.' >"$work/claim"
expect 0 '' ctl chloe log export "$copy"
grep -rlq Zyxwvut "$copy" || fail "the words are not in the copy to begin with"
expect 0 '' ctl alice withhold "$(cat "$work/claim")@1" --because 'a name'
expect 0 'gone from the copy' ctl chloe log export "$copy"
if grep -rl Zyxwvut "$copy"; then fail "the words are left in the copy"; fi
# Also from tiles that were full long before.
grep -qa '^exact three' "$copy/records/000" || fail "the quote is not in the first tile"
expect 0 '' ctl alice withhold "$quote@1" --because 'an order'
expect 0 'gone from the copy' ctl chloe log export "$copy"
if grep -qa '^exact three' "$copy/records/000"; then fail "the quote is left in the first tile"; fi
expect 0 '2 withheld' alone log audit "$copy" --again --corpus "$corpus"
expect 0 '' ctl chloe log export "$work/afresh"
for tree in tile/entries tile/0 tile/1 records; do
	diff -r "$copy/$tree" "$work/afresh/$tree" >"$work/out" || grep -q '^Only in .*/copy.*\.p: ' "$work/out" || fail "$(cat "$work/out")"
done

# --- the log changes its key --------------------------------------------------------------------------------
vkey=$(ctl alice log key "$work/corpus/log.key.next" 2>/dev/null)
stop
serve
quiet alice corpus set --log "$vkey" >/dev/null
stop
mv "$work/corpus/log.key.next" "$work/corpus/log.key"
serve
quiet boris comment add "$quote" 'under another key' >/dev/null
expect 0 '' ctl chloe log export "$copy"
expect 0 'VALID' alone log audit "$copy" --corpus "$corpus"
expect 0 'VALID' ctl boris log audit
ctl w --quiet log witness --new witness.example/w --key "$work/w.key" >/dev/null 2>&1
expect 0 'cosigned test.example/desk' ctl w log witness --key "$work/w.key" "$copy" --corpus "$corpus" -o "$work/w.note"
stop
