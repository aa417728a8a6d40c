#!/bin/sh
# A log that lies is caught: forks, roll-backs, restored backups, dropped records; and the evidence convinces others.
. "${ROOT:?}/tests/cli/lib.sh"
desk
text report 'One two three. One two four.' >/dev/null
quote=$(quiet boris quote add report 'three')
stop
cp -R "$work/corpus" "$work/copy" # the same log, with the same key
serve
lying="ipc://$work/lying.sock"
# stranger FILE…: verifies on a machine that knows nothing but the corpus's hash.
stranger() { env -i PATH="$PATH" HOME="$work/stranger" ASAN_OPTIONS="${ASAN_OPTIONS:-}" "$ANNOTCTL" verify "$@" --corpus "$corpus"; }
evidence_of() { find "$work/$1/state" -name 'fork-evidence-*' -newer "$work/since" | sort; }
since() { touch "$work/since"; sleep 0.01; } # another time stamp

# --- two histories of one length ---------------------------------------------------------------------
quiet boris comment add "$quote" 'said here' >/dev/null
ctl chloe --quiet log checkpoint >/dev/null
other "$work/copy" "$lying"
cp -R "$work/boris" "$work/boris-there"
rm -rf "$work/boris-there/state"
quiet boris-there --key boris --socket "$lying" comment add "$quote" 'said there' >/dev/null
since
expect 4 'FORKED' ctl chloe --socket "$lying" log checkpoint
same=$(evidence_of chloe)
[ -n "$same" ] || fail "no evidence was kept"
expect 1 'FORKED' stranger "$same"
grep -q 'two checkpoints of .* records with different roots' "$work/out" || fail "$(cat "$work/out")"
expect 1 '' stranger --format json "$same"
jq -e '.verdict == "FORKED" and (.checks | map(.name) | index("ours") and index("theirs") and index("fork"))' <"$work/out" >/dev/null ||
	fail "JSON of evidence: $(cat "$work/out")"
[ ! -e "$work/stranger" ] || fail "a stranger's verify wrote something"

# --- a longer one: the record that chloe knows was dropped from it ------------------------------------------
quiet boris-there --key boris --socket "$lying" comment add "$quote" 'more' >/dev/null
since
expect 4 'FORKED' ctl chloe --socket "$lying" verify "$quote"
longer=$(evidence_of chloe)
expect 1 'FORKED' stranger "$longer"
grep -q 'had root' "$work/out" || fail "not shown by the longer log's own proof: $(cat "$work/out")"
sed '/^prefix /,$d' "$longer" >"$work/cut" # without the proof two checkpoints of two sizes may well go together
expect 1 'CANNOT-CHECK' stranger "$work/cut"

# --- evidence that is none ---------------------------------------------------------------------------------
for line in 5 6 20 21 25 30; do
	sed "${line}s/[0-9A-Za-z]\([^0-9A-Za-z]*\)\$/%\1/" "$longer" >"$work/bad"
	if cmp -s "$longer" "$work/bad"; then fail "nothing was changed in line $line"; fi
	got=0
	stranger "$work/bad" >"$work/out" 2>&1 || got=$?
	[ "$got" = 1 ] && ! grep -q '^FORKED' "$work/out" || fail "line $line changed, exit $got: $(cat "$work/out")"
done
wrong=$(printf '%s' "$corpus" | tr 0-9a-f 1-9a-f0)
expect 1 'INVALID' env HOME="$work/stranger" "$ANNOTCTL" verify "$same" --corpus "$wrong"
expect 2 'verifier key' ctl chloe verify "$same" --log-key nonsense; one_line
expect 2 'goes with fork evidence' ctl chloe verify "$quote" --log-key nonsense; one_line

# --- a bundle from there -------------------------------------------------------------------------------------
quiet boris-there --key boris --socket "$lying" bundle "$quote" -o "$work/there.bundle"
since
rm -f "$work"/chloe/state/annot/corpora/*/fork-evidence-*
for command in verify gate; do
	expect 1 'FORKED' ctl chloe $command "$work/there.bundle"
	grep -qF "kept in $work/chloe/state" "$work/out" || fail "$command does not say where the evidence is: $(cat "$work/out")"
	bundled=$(evidence_of chloe)
	[ -n "$bundled" ] || fail "$command kept no evidence of a forked bundle: $(cat "$work/out")"
	expect 1 'FORKED' stranger "$bundled"
	rm "$bundled"
	ctl chloe --json $command "$work/there.bundle" 2>/dev/null | jq -r .evidence >"$work/out" || true
	[ "$(cat "$work/out")" = "$(evidence_of chloe)" ] || fail "$command: JSON names $(cat "$work/out")"
	rm "$(cat "$work/out")"
done
# Where it cannot be kept the answer is the same.
mkdir -p "$work/stuck/annot"
cp -R "$work/chloe/state/annot/corpora" "$work/stuck/annot/corpora"
mkdir "$work/stuck/annot/corpora/$corpus/$(basename "$bundled")"
expect 1 'no evidence could be kept' as chloe env XDG_STATE_HOME="$work/stuck" "$ANNOTCTL" gate "$work/there.bundle"

# --- what one has seen cannot be entered there, and is not lost ----------------------------------------------
since
expect 4 'FORKED' ctl boris --socket "$lying" comment add "$quote" 'for the true log'
[ -n "$(evidence_of boris)" ] || fail "no evidence when submitting"
[ -n "$(ls "$work/boris/state/annot/outbox")" ] || fail "the record is lost"
quiet boris comment add "$quote" 'one more' >/dev/null
expect 0 'for the true log' ctl chloe list kind:comment
end_other

# --- an old backup ---------------------------------------------------------------------------------------------
as daemon "$ANNOTD" backup --corpus "$work/corpus" --to "$work/backup" >/dev/null 2>&1
quiet boris comment add "$quote" 'after the backup' >/dev/null
ctl chloe --quiet log checkpoint >/dev/null
stop
cp "$work/corpus/log.key" "$work/backup/log.key"
rm -rf "$work/corpus"
cp -R "$work/backup" "$work/corpus"
serve # reads, and signs nothing
expect 0 'read-only' ctl erin corpus info
expect 4 '' ctl boris comment add "$quote" 'unwanted'
stop
count=$(sed -n 's/.*--size \([0-9]*\).*/\1/p' "$work/annotd.log" | head -n 1)
as daemon "$ANNOTD" vouch --corpus "$work/corpus" --size "$count" >/dev/null 2>&1 || fail "vouch: $(cat "$work/annotd.log")"
serve # a lie of the operator's: something beyond it was signed
since
expect 4 'ROLLED-BACK' ctl chloe log checkpoint; one_line
expect 1 'ROLLED-BACK' stranger "$(evidence_of chloe)"
quiet erin log checkpoint >/dev/null
cp -R "$work/boris-there" "$work/late"
rm -rf "$work/late/state"
quiet late --key boris comment add "$quote" 'over the lost one' >/dev/null
since
expect 4 'FORKED' ctl chloe log checkpoint
expect 1 'FORKED' stranger "$(evidence_of chloe)"
stop
