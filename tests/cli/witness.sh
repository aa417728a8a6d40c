#!/bin/sh
# Witnesses: keys, runs over the socket and over files, the daemon's store, readers' policies; and a log that forks before them.
. "${ROOT:?}/tests/cli/lib.sh"
for name in w1 w2 w3; do
	ctl "$name" --quiet log witness --new "witness.example/$name" --key "$work/$name.key" 2>/dev/null >"$work/$name.vkey"
	grep -q "^witness.example/$name+[0-9a-f]\{8\}+B" "$work/$name.vkey" || fail "vkey: $(cat "$work/$name.vkey")"
	echo "witness $name $(cat "$work/$name.vkey")"
done >"$work/policy"
printf 'group all-three 2 w1 w2 w3\nquorum all-three\n' >>"$work/policy"
[ "$(stat -c %a "$work/w1.key")" = 600 ] || fail "others can read a witness's key"
expect 4 'exists already' ctl w1 log witness --new again --key "$work/w1.key"; one_line
expect 4 '' ctl w1 log witness --new 'two words' --key "$work/no.key"; one_line

# serve with the policy: annotd.conf of the person "daemon"
mkdir -p "$work/daemon/config/annot"
echo "witnesses = $work/policy" >"$work/daemon/config/annot/annotd.conf"
desk
text report 'One two three.' >/dev/null
quote=$(quiet boris quote add report 'two')
witness() { ctl "$1" log witness --key "$work/$1.key"; }
expect 0 'last time #0' witness w1
expect 0 'last time #5' witness w1
expect 2 '--new' ctl w1 log witness; one_line
expect 4 "not a witness's key" ctl boris --key "$work/boris/config/annot/keys/boris" log witness; one_line
chmod 644 "$work/w3.key"
expect 4 'others can read' witness w3; one_line
chmod 600 "$work/w3.key"

# --- what readers make of it -----------------------------------------------------------------------------
alone() { env -i PATH="$PATH" HOME="$work/nobody" ASAN_OPTIONS="${ASAN_OPTIONS:-}" "$ANNOTCTL" "$@"; }
expect 0 'cosigned by witness.example/w1 at 20' ctl chloe log checkpoint
ctl chloe --json log checkpoint --policy "$work/policy" |
	jq -e '.cosignatures | length == 1 and .[0].name == "witness.example/w1" and .[0].result == "good"' >/dev/null || fail "JSON"
quiet chloe bundle "$quote" -o "$work/one.bundle"
expect 0 'VALID-UNWITNESSED' alone verify "$work/one.bundle" --corpus "$corpus"
expect 1 'VALID-UNWITNESSED' alone verify "$work/one.bundle" --corpus "$corpus" --policy "$work/policy"
grep -q '^MISSING *witnesses *1 of 3' "$work/out" || fail "no word about the quorum: $(cat "$work/out")"
expect 0 '' witness w2
quiet boris comment add "$quote" 'later' >/dev/null
quiet chloe bundle "$quote" -o "$work/two.bundle"
expect 0 'the quorum of your policy: w1, w2' alone verify "$work/two.bundle" --corpus "$corpus" --policy "$work/policy"
[ "$(tail -n 1 "$work/out")" = VALID ] || fail "not VALID: $(cat "$work/out")"
grep -q 'not after 20' "$work/out" || fail "no bound on the time: $(cat "$work/out")"
alone --format json verify "$work/two.bundle" --corpus "$corpus" --policy "$work/policy" |
	jq -e '.verdict == "VALID" and (.not_after | test("^20.*Z$"))' >/dev/null || fail "JSON of verify"
expect 0 'VALID' ctl chloe verify "$quote" --policy "$work/policy"
echo 'quorum all' >"$work/bad.policy"
expect 4 'bad.policy: policy, line 1: all is not defined above' ctl chloe verify "$quote" --policy "$work/bad.policy"; one_line
expect 2 'no.policy' ctl chloe verify "$quote" --policy "$work/no.policy"; one_line
# The next record is signed by somebody who had seen what the witnesses saw.
expect 0 '' witness w1
expect 0 '' witness w2
expect 0 '' ctl boris log checkpoint
later=$(quiet boris comment add "$quote" 'seen')
expect 0 '' witness w3
expect 0 '' witness w1
quiet chloe bundle "$later" -o "$work/later.bundle"
expect 0 'not before 20' alone verify "$work/later.bundle" --corpus "$corpus" --policy "$work/policy"

# --- over files -----------------------------------------------------------------------------------------
quiet boris comment add "$quote" 'for the copy' >/dev/null
ctl chloe --quiet log export "$work/copy"
copied() { ctl "$1" log witness --key "$work/$1.key" "$work/copy" --corpus "$corpus" -o "$work/$1.note"; }
expect 2 '-o FILE' ctl w2 log witness --key "$work/w2.key" "$work/copy" --corpus "$corpus"; one_line
expect 0 'cosigned test.example/desk #8' copied w2
expect 4 'another corpus' ctl w3 log witness --key "$work/w3.key" "$work/copy" --corpus "$(printf '%064d' 0)" -o -
expect 0 '1 new cosignature of #8' ctl chloe log witness --hand-in "$work/w2.note"; one_line
expect 0 '0 new cosignatures of #8' ctl chloe log witness --hand-in "$work/w2.note"
expect 0 'cosigned by witness.example/w2' ctl chloe log checkpoint
# Whose key the daemon's policy does not name is not kept, but gets its note.
ctl w4 --quiet log witness --new witness.example/w4 --key "$work/w4.key" >/dev/null 2>&1
expect 4 'annotd --witnesses' ctl w4 log witness --key "$work/w4.key" -o "$work/w4.note"
grep -q '^— witness.example/w4 ' "$work/w4.note" || fail "the cosigned note was not written"
# Forged, or of nobody.
sed 's/^\(— witness.example\/w2 ..........\)./\1+/' "$work/w2.note" >"$work/forged.note"
expect 4 '' ctl chloe log witness --hand-in "$work/forged.note"; one_line

# --- the daemon starts again -----------------------------------------------------------------------------
stop
serve
expect 0 'cosigned by witness.example/w2' ctl chloe log checkpoint
quiet chloe bundle "$quote" -o "$work/again.bundle"
expect 0 'VALID' alone verify "$work/again.bundle" --corpus "$corpus" --policy "$work/policy"
[ "$(tail -n 1 "$work/out")" = VALID ] || fail "cosignatures were lost: $(cat "$work/out")"

expect 0 '' as daemon "$ANNOTD" backup --corpus "$work/corpus" --to "$work/backup"
diff -r "$work/corpus/cosigned" "$work/backup/cosigned" || fail "the backup lacks cosignatures"

# --- a log that goes back, or forks ------------------------------------------------------------------------
stop
cp -R "$work/corpus" "$work/before"
cp -R "$work/copy" "$work/copy.before"
serve
quiet boris comment add "$quote" 'seen by the witness' >/dev/null
expect 0 '' witness w1
ctl chloe --quiet log export "$work/copy"
expect 0 '' copied w2
stop
rm -rf "$work/corpus"
cp -R "$work/before" "$work/corpus"
serve
expect 4 'ROLLED-BACK' witness w1; one_line
for n in 1 2 3; do quiet alice comment add "$quote" "another history $n" >/dev/null 2>&1 || true; done
quiet erin log checkpoint >/dev/null 2>&1 || true
expect 4 '' witness w1; one_line
# The same of copies.
rm -rf "$work/copy"
cp -R "$work/copy.before" "$work/copy"
stranger() { alone verify "$@" --corpus "$corpus"; } # knows nothing but the corpus's hash
evidence_of() { find "$work/$1/state" -name 'fork-evidence-*' -newer "$work/since"; }
touch "$work/since"
expect 4 'ROLLED-BACK' copied w2; one_line
expect 1 'ROLLED-BACK' stranger "$(evidence_of w2)"
rm -rf "$work/copy"
HOME="$work/fresh" XDG_STATE_HOME="$work/fresh" "$ANNOTCTL" --quiet log export "$work/copy" 2>/dev/null
touch "$work/since"
expect 4 'FORKED' copied w2; one_line
longer=$(evidence_of w2)
expect 1 'FORKED' stranger "$longer"
grep -q 'had root' "$work/out" || fail "not shown by the copy's own tiles: $(cat "$work/out")"
# A folder that cannot be written to: said, and not signed either.
w2_sees() { as w2 env XDG_STATE_HOME="$work/$1" "$ANNOTCTL" log witness --key "$work/w2.key" "$work/copy" --corpus "$corpus" -o "$work/w2.note"; }
mkdir -p "$work/dir/annot/corpora"
echo >"$work/dir/annot/corpora/$corpus"
cp -R "$work/w2/state/annot/witness" "$work/dir/annot/witness"
expect 4 'no evidence could be kept' w2_sees dir; one_line
# A copy whose files do not fit together says nothing about the log.
for tile in tile/0 tile/entries; do
	cp -R "$work/copy" "$work/damaged"
	file=$(find "$work/damaged/$tile" -type f | head -n 1)
	at=$(($(stat -c %s "$file") - 2)) # in the last hash, and in the last leaf's
	was=$(dd if="$file" bs=1 skip="$at" count=1 2>/dev/null | od -An -tc | tr -d ' ')
	if [ "$was" = a ]; then new=b; else new=a; fi
	printf %s "$new" | dd of="$file" bs=1 seek="$at" conv=notrunc 2>/dev/null
	expect 4 'make the copy anew' ctl w2 log witness --key "$work/w2.key" "$work/damaged" --corpus "$corpus" -o -; one_line
	rm -rf "$work/damaged"
done
stop
