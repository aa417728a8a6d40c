#!/bin/sh
# What verify says of sound, outdated, tampered and foreign bundles, and of logs that go back or fork.
. "${ROOT:?}/tests/cli/lib.sh"
desk
text report 'One two three. One two four.' >/dev/null

# --- versions -----------------------------------------------------------------------------------
quote=$(quiet boris quote add report 'three' --speaker minister)
quiet boris bundle "$quote" -o "$work/first.bundle"
expect 0 'VALID-UNWITNESSED' ctl chloe verify "$quote"
quiet boris amend "$quote" --set 'speaker=the minister' >/dev/null
expect 1 'SUPERSEDED' ctl chloe verify "$quote@1"
expect 0 'VALID-UNWITNESSED' ctl chloe verify "$quote@2"
expect 4 '@2' ctl boris amend "$quote@1" --set speaker=nobody; grep -q -- --force "$work/out" || fail "no way out"
quiet boris amend "$quote@1" --set 'speaker=a minister' --force >/dev/null
for version in 2 3; do expect 1 'CONFLICT' ctl chloe verify "$quote@$version"; done
ctl boris --json show "$quote@2" 2>/dev/null | jq -e '.flags | index("conflict")' >/dev/null || fail "no conflict flag"
expect 4 'conflict' ctl boris amend "$quote" --set speaker=both
quiet chloe bundle "$quote@1" -o "$work/old.bundle"
expect 1 'SUPERSEDED' ctl chloe verify "$work/old.bundle"

gone=$(quiet boris quote add report 'four')
expect 4 '' ctl chloe retract "$gone@1" --because 'not mine'
expect 0 '' ctl boris retract "$gone@1" --because 'a slip'
expect 1 'RETRACTED' ctl chloe verify "$gone"
expect 4 '' ctl boris amend "$gone" --set speaker=x

# --- a bundle, checked by a stranger who has nothing -----------------------------------------------
good=$(quiet boris span add report 'One two four' --text 'odd')
quiet boris bundle "$good" -o "$work/good.bundle"
alone() { env -i PATH="$PATH" HOME="$work/nobody" ASAN_OPTIONS="${ASAN_OPTIONS:-}" "$ANNOTCTL" verify "$@"; }
expect 0 'VALID-UNWITNESSED' alone "$work/good.bundle" --corpus "$corpus"
expect 0 'whether the claim is true' alone "$work/good.bundle" --corpus "$corpus"
[ ! -e "$work/nobody" ] || fail "verify wrote something for a stranger"
expect 2 '--corpus' alone "$work/good.bundle"; one_line
expect 2 '64 hex' alone "$work/good.bundle" --corpus abc; one_line
wrong=$(printf '%s' "$corpus" | tr 0-9a-f 1-9a-f0)
expect 1 'INVALID' alone "$work/good.bundle" --corpus "$wrong"
expect 2 'no-such' alone "$work/no-such.bundle" --corpus "$corpus"; one_line
expect 0 '' alone --format json "$work/good.bundle" --corpus "$corpus"
jq -e '.verdict == "VALID-UNWITNESSED" and (.checks | length > 5) and all(.checks[]; has("name") and has("ok") and has("text"))' \
	<"$work/out" >/dev/null || fail "JSON of verify: $(cat "$work/out")"

# --- tampering --------------------------------------------------------------------------------------
reseals() { expect 1 'INVALID' alone "$work/bad.bundle" --corpus "$corpus"; }
while read -r section line column; do
	tamper "$work/good.bundle" "$work/bad.bundle" "$section" "$line" "$column"
	reseals
	reseal "$work/bad.bundle"
	reseals
done <<END
record 10 9
record 6 11
signature 5 20
signature 3 20
proof 2 7
proof 3 10
proof 8 40
chain 12 5
chain-signature 5 20
chain-proof 3 10
reference 10 10
reference-signature 5 20
source 1 3
leaves 6 40
leaves 8 90
END
cp "$work/good.bundle" "$work/bad.bundle"
reseal "$work/bad.bundle"
cmp -s "$work/good.bundle" "$work/bad.bundle" || fail "resealing an untouched bundle changed it"

# The same words changed in record and source: every hash that the forger can reach is in order.
sed -e 's/^exact One two four$/exact One two five/' -e 's/One two four\.$/One two five./' "$work/good.bundle" >"$work/bad.bundle"
reseal "$work/bad.bundle"
expect 1 'INVALID' alone "$work/bad.bundle" --corpus "$corpus"
grep -Eq '^FAIL +(record|signature)' "$work/out" || fail "not the record is what failed: $(cat "$work/out")"
# Cut off, empty, something else.
head -c 700 "$work/good.bundle" >"$work/bad.bundle"; reseals
: >"$work/bad.bundle"; reseals
cp "$work/report.txt" "$work/bad.bundle"; reseals
# Without the leaves nobody can say that there is no newer version.
awk '/^section leaves /{exit} {print}' "$work/good.bundle" >"$work/bad.bundle"
echo 'end -' >>"$work/bad.bundle"
reseal "$work/bad.bundle"
expect 1 'CANNOT-CHECK' alone "$work/bad.bundle" --corpus "$corpus"
# A bundle from before the amendment is honest about what it knows; my pin is newer, and it says so.
expect 0 'as of #' alone "$work/first.bundle" --corpus "$corpus"

# --- another corpus ---------------------------------------------------------------------------------
ctl olga --quiet key new olga >/dev/null 2>&1
foreign=$(ctl olga --quiet corpus init "$work/foreign" --origin test.example/foreign 2>/dev/null)
other "$work/foreign" "ipc://$work/foreign.sock"
quiet olga --socket "ipc://$work/foreign.sock" doc add "$work/report.txt" --name report >/dev/null
theirs=$(quiet olga --socket "ipc://$work/foreign.sock" quote add report 'three')
quiet olga --socket "ipc://$work/foreign.sock" bundle "$theirs" -o "$work/foreign.bundle"
end_other
expect 0 'VALID-UNWITNESSED' alone "$work/foreign.bundle" --corpus "$foreign"
expect 1 'INVALID' alone "$work/foreign.bundle" --corpus "$corpus"
expect 1 'INVALID' ctl chloe verify "$work/foreign.bundle" # chloe knows one corpus, and it is not this one

# --- the log, by hand -----------------------------------------------------------------------------
hex() { base64 -d | basenc --base16 -w0 | tr A-F a-f; }
node() { printf '01%s%s' "$1" "$2" | tr a-f A-F | basenc --base16 -d | sha256sum | cut -d' ' -f1; }
ctl chloe log checkpoint >"$work/note"
[ "$(sed -n 1p "$work/note")" = test.example/desk ] || fail "origin"
count=$(sed -n 2p "$work/note")
root=$(sed -n 3p "$work/note" | hex)
[ "$(ctl chloe --json log checkpoint | jq -r .root)" = "$root" ] || fail "the root in JSON is not that of the note"
for id in report "$quote@1" "$good"; do
	ctl chloe --json log proof "$id" >"$work/proof.json"
	ctl chloe log proof "$id" >"$work/proof"
	[ "$(jq -j .proof "$work/proof.json")" = "$(cat "$work/proof")" ] || fail "the proof in JSON is another"
	at=$(jq .index "$work/proof.json")
	last=$((count - 1))
	hash=$({ printf '\0'; jq -j .leaf "$work/proof.json"; } | sha256sum | cut -d' ' -f1)
	sed -n '3,/^$/{/./p}' "$work/proof" >"$work/path"
	while read -r line; do
		step=$(printf '%s' "$line" | hex)
		if [ $((at % 2)) = 1 ] || [ "$at" = "$last" ]; then
			hash=$(node "$step" "$hash")
			while [ $((at % 2)) = 0 ] && [ "$at" != 0 ]; do
				at=$((at / 2)) last=$((last / 2))
			done
		else
			hash=$(node "$hash" "$step")
		fi
		at=$((at / 2)) last=$((last / 2))
	done <"$work/path"
	[ "$hash:$last" = "$root:0" ] || fail "the proof of $id leads to $hash, not to $root"
	[ "$(sed '1,/^$/d' "$work/proof")" = "$(cat "$work/note")" ] || fail "the proof carries another note"
done
if command -v openssl >/dev/null; then
	# The log key is the last field of the genesis record's vkey, behind an algorithm byte.
	ctl chloe --json corpus info | jq -r .log | cut -d+ -f3- | base64 -d | tail -c 32 >"$work/key"
	{ printf '\060\052\060\005\006\003\053\145\160\003\041\000'; cat "$work/key"; } >"$work/key.der"
	sed -n '1,3p' "$work/note" >"$work/signed"
	sed -n 's/^— test.example\/desk //p' "$work/note" | base64 -d | tail -c 64 >"$work/note.sig"
	openssl pkeyutl -verify -pubin -keyform DER -inkey "$work/key.der" -rawin -in "$work/signed" -sigfile "$work/note.sig" \
		>"$work/out" 2>&1 || fail "openssl does not accept the checkpoint's signature: $(cat "$work/out")"
fi

# --- the log goes back ----------------------------------------------------------------------------
enrol dora
stop
cp -R "$work/corpus" "$work/before"
cp -R "$work/dora" "$work/erin" # dora on another machine, which has not seen what follows
serve
quiet boris comment add "$good" 'later' >/dev/null
quiet dora comment add "$good" 'later still' >/dev/null
stop
cp -R "$work/corpus" "$work/after"

# Old database, newer checkpoint file: reads, but does not sign.
rm -rf "$work/corpus"
cp -R "$work/before" "$work/corpus"
cp "$work/after/checkpoint" "$work/corpus/checkpoint"
serve
grep -q 'checkpoint' "$work/annotd.log" || fail "annotd does not say why it is read-only: $(cat "$work/annotd.log")"
expect 4 '' ctl erin comment add "$good" 'unwanted'
expect 0 'report' ctl erin show report
expect 0 'read-only' ctl erin corpus info
ctl erin --json corpus info | jq -e '.read_only | length > 20' >/dev/null || fail "read_only"
expect 4 'put back the truth.db' ctl boris log checkpoint; one_line
stop

# Old database and old checkpoint file: only those who saw more can tell, and they do.
rm -rf "$work/corpus"
cp -R "$work/before" "$work/corpus"
serve
expect 4 'ROLLED-BACK' ctl boris log checkpoint; one_line
expect 4 'ROLLED-BACK' ctl boris verify "$good"
expect 4 '' ctl boris comment add "$good" 'unwanted'
evidence=$(find "$work/boris/state" -name 'fork-evidence-*' | head -n 1)
[ "$(grep -c '^test.example/desk$' "${evidence:-/dev/null}")" = 2 ] || fail "no evidence with two notes was kept"
expect 0 '' ctl erin log checkpoint
for n in 1 2 3; do quiet erin comment add "$good" "another history $n" >/dev/null; done
expect 0 'VALID-UNWITNESSED' ctl erin verify "$good"
expect 4 'FORKED' ctl boris log checkpoint; one_line
expect 4 'FORKED' ctl dora verify "$good"
expect 1 'INVALID' ctl dora verify "$work/good.bundle" --corpus "$wrong"
expect 0 'VALID-UNWITNESSED' ctl dora verify "$work/good.bundle" --corpus "$corpus"
quiet erin bundle "$good" -o "$work/forked.bundle"
expect 1 'FORKED' ctl dora verify "$work/forked.bundle"
stop

# --- a mistyped name, and nobody to ask whether it is an id ---------------------------------------
cd "$work"
expect 2 'there is no file good.bundel; did you mean good.bundle?' ctl dora verify good.bundel; one_line
expect 2 "$work/god.bundle: cannot be read: No such file or directory; did you mean $work/good.bundle?" \
	ctl dora verify "$work/god.bundle" --corpus "$corpus"
one_line
# A document's name may have a dot: whoever tries again while no daemon answers goes on trying.
expect 3 'annotd --corpus' ctl dora gate report.v2; one_line
expect 3 'and there is no file report.v2' ctl dora verify report.v2; one_line
expect 3 'annotd --corpus' ctl dora verify report; one_line
