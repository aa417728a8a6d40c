# export and import: the lossless form of a whole log, and as foreign annotations, with real daemons.
. "$ROOT/tests/cli/lib.sh"

same() { [ "$1" = "$2" ] || fail "\"$1\" instead of \"$2\""; }
desk
printf 'Zoë 😀 said: “The lake is full.” Nobody believed her.\nThe lake is not full.\n' >"$work/wire.txt"
ctl alice doc add "$work/wire.txt" --name wire --source https://wire.example/1 >/dev/null 2>&1
text gone 'This sentence will be withheld.' >/dev/null
q=$(quiet boris quote add wire 'The lake is full.' --speaker 'Zoë' --tag lake)
c=$(quiet chloe claim add 'The lake is full' --in wire 'The lake is not full.')
quiet alice verdict add "$c@1" false --because 'see the second line' >/dev/null
quiet alice review "$q@1" approve >/dev/null
quiet boris amend "$q" --add tag=again >/dev/null
quiet chloe comment add "$q@1" 'Is that so?' >/dev/null
s=$(quiet boris span add gone 'will be withheld' --text 'A note')
quiet boris link add "$c" same-claim-as "$q" >/dev/null
quiet alice withhold gone@1 --quotes --because 'order of a court' >/dev/null

# --- the whole log, and back ------------------------------------------------------------------------
expect 0 '' ctl alice export --as ndjson -o "$work/log.ndjson"
ndjson=$work/log.ndjson
same "$(jq -s 'map(select(has("index"))) | length' "$ndjson")" "$(size)"
same "$(jq -s 'map(select(has("record") and .record == null)) | length' "$ndjson")" 2
# Every span in bytes, code points and UTF-16, with its words.
jq -s '.[] | select(.id == "'"$q"'") | .json.targets[0]' "$ndjson" >"$work/target"
same "$(jq -c '[.bytes, .chars, .utf16, .exact]' "$work/target")" '[[19,36],[13,30],[14,31],"The lake is full."]'
same "$(jq -r .doc_sha256 "$work/target")" "$(sha256sum "$work/wire.txt" | cut -d' ' -f1)"
# Standard output has the same, but for what is signed anew.
ctl alice export --as ndjson 2>/dev/null | cmp - "$ndjson" || fail 'standard output differs'

annotd_import() { as daemon "$ANNOTD" import --corpus "$work/$1" "$2"; }
expect 0 "$(size) records imported" annotd_import copy "$ndjson"
expect 4 'is there already' annotd_import copy "$ndjson"; one_line
[ ! -e "$work/copy/checkpoint" ] && [ ! -e "$work/copy/log.key" ] || fail 'an import could sign'
expect 1 'checkpoint: the file is absent' as daemon "$ANNOTD" fsck --corpus "$work/copy"
same "$(grep -c . "$work/out")" 2
# It is served, says the same, and does not sign.
other "$work/copy" "ipc://$work/copy.sock"
grep -q 'reads only, nothing is signed' "$work/second.log" || fail "it signs: $(cat "$work/second.log")"
there() { ctl eve --socket "ipc://$work/copy.sock" "$@"; }
ctl alice --json list state:any kind:any >"$work/a.json"
there --json list state:any kind:any >"$work/b.json" 2>/dev/null
cmp "$work/a.json" "$work/b.json" || fail 'the copy lists other records'
expect 4 '' there --key "$work/alice/config/annot/keys/alice" comment add "$c@1" 'no'
end_other
# With the log's key and checkpoint file it goes on: the same leaves, the same root.
stop
take_over copy
ctl alice export --as ndjson 2>/dev/null | cmp - "$ndjson" || fail 'the copy exports another log'
expect 0 '' ctl boris comment add "$c@1" 'signed on'

# --- two logs compared -------------------------------------------------------------------------------
json() { jq -e "$1" "$work/out" >/dev/null || fail "not so: $1 :: $(cat "$work/out")"; }
expect 0 '' as eve "$ANNOTCTL" diff "$ndjson" "$ndjson"
[ ! -s "$work/out" ] || fail 'something differs from itself'
expect 1 'comment' ctl alice diff "$ndjson"
grep -q '^+ #15 .*signed on' "$work/out" || fail "no comment: $(cat "$work/out")"
grep -qxF "0 only in $ndjson (-), 1 only in the daemon's log (+)" "$work/out" || fail "no sum: $(cat "$work/out")"
quiet boris amend "$q" --add tag=third >/dev/null
ctl alice export --as ndjson -o "$work/later.ndjson" 2>/dev/null
expect 0 '' ctl alice diff "$work/later.ndjson"
expect 1 '+ #16 quote    ' as eve "$ANNOTCTL" diff "$ndjson" "$work/later.ndjson"
grep -q 'another version' "$work/out" || fail "no version: $(cat "$work/out")"
expect 1 '' as eve "$ANNOTCTL" --json diff "$work/later.ndjson" "$ndjson"
json '.differ and .same_corpus and .forked_at == null and (.only_b | length == 0) and
	(.only_a | map([.index, .event, .kind])) == [[15,"annotation","comment"],[16,"version","quote"]]'
expect 1 "2 only in $work/later.ndjson (-), 0 only in $ndjson (+)" as eve "$ANNOTCTL" diff "$work/later.ndjson" "$ndjson" --stat
one_line
expect 1 '' as eve "$ANNOTCTL" --format ndjson diff "$work/later.ndjson" "$ndjson"
same "$(grep -c . "$work/out")" 3
# Where the original went on otherwise, the logs part.
stop
mv "$work/corpus" "$work/copy"
mv "$work/original" "$work/corpus"
serve
quiet dora comment add "$c@1" 'x' >/dev/null 2>&1 && fail 'a stranger signs'
rm -rf "$work/boris/state" # what boris has seen
ctl boris comment add "$c@1" "another history" >/dev/null
ctl boris export --as ndjson -o "$work/fork.ndjson" 2>/dev/null
expect 1 'the logs part at #15' as eve "$ANNOTCTL" diff "$work/later.ndjson" "$work/fork.ndjson"
expect 2 'is not' as eve "$ANNOTCTL" diff "$ndjson" "$work/wire.txt"
sed '$d' "$ndjson" >"$work/bad.ndjson"
expect 4 'cut short' as eve "$ANNOTCTL" diff "$ndjson" "$work/bad.ndjson"

# --- files that are no log ---------------------------------------------------------------------------
# refused CODE WORDS FILE: no corpus is made of it, and nothing is left.
refused() {
	expect "$1" "$2" annotd_import never "$3"
	[ ! -e "$work/never" ] && [ ! -e "$work/never.importing" ] || fail "something is left of $3"
}
bad=$work/bad.ndjson
sed '$d' "$ndjson" >"$bad"
refused 4 'cut short' "$bad"
sed '5d' "$ndjson" >"$bad"
refused 4 'bad.ndjson:5:' "$bad"
sed 's/Nobody believed her/Nobody believed him/' "$ndjson" >"$bad"
refused 4 'is not the one that its record names' "$bad"
# One other letter in a record, with the leaf and hashes made anew: the signature is what is left.
sed '2s/"index"/"indx"/' "$ndjson" >"$bad"
refused 4 'bad.ndjson:2: expected one of the members' "$bad"
head -c 3000 "$ndjson" >"$bad"
refused 4 'bad.ndjson:3: cut short' "$bad"
ctl boris export --as ndjson kind:claim >"$bad" 2>/dev/null
refused 4 'not the whole log' "$bad"
printf '[1' >"$bad"
refused 4 'bad.ndjson:1:' "$bad"
refused 2 'No such file' "$work/nothing"
expect 2 'import what?' as daemon "$ANNOTD" import --corpus "$work/never"
# An import that was killed leaves nothing that is taken for a corpus, and is made again.
mkdir "$work/never.importing"
: >"$work/never.importing/truth.db"
: >"$work/never.importing/importing"
# One that is at work is left alone, and so is a corpus that only has such a name.
expect 4 'another import' flock "$work/never.importing/importing" "$ANNOTD" import --corpus "$work/never" "$ndjson"
[ -e "$work/never.importing/truth.db" ] || fail 'what another import has made is gone'
ln -s "$work/corpus" "$work/other.importing"
expect 4 'move it away' annotd_import other "$ndjson"; one_line
rm "$work/other.importing"
cp -r "$work/corpus" "$work/other.importing"
expect 4 'move it away' annotd_import other "$ndjson"; one_line
cmp "$work/corpus/genesis" "$work/other.importing/genesis" && [ -s "$work/other.importing/truth.db" ] && [ -s "$work/corpus/truth.db" ] ||
	fail 'an import took files of a corpus away'
expect 0 'records imported' annotd_import never "$ndjson"

# --- as foreign annotations of another corpus ----------------------------------------------------------
stop
ctl frank --quiet key new frank >/dev/null 2>&1
ctl frank --quiet corpus init "$work/elsewhere" --origin elsewhere.example/desk >/dev/null 2>&1
start "$work/elsewhere" "$ANNOT_SOCKET" "$work/annotd.log"
daemon=$started
mkdir -p "$work/frank"
foreign() { ctl frank --socket "ipc://$work/annotd.sock" "$@"; }
rm -rf "$work/frank/state/annot/known"
foreign doc add "$work/wire.txt" --name the-wire >/dev/null 2>&1
# --strict and --dry-run sign nothing; the loss is named.
expect 4 'log.ndjson:' foreign import --as ndjson "$ndjson" --strict
one_line
expect 0 'none signed' foreign import --as ndjson "$ndjson" --dry-run --report-loss "$work/dry"
same "$(foreign --json corpus info 2>/dev/null | jq .size)" 2
expect 0 '4 records imported, 0 there' foreign import --as ndjson "$ndjson" --report-loss "$work/lost"
cmp "$work/dry" "$work/lost" || fail 'a dry run loses other things than the import'
same "$(jq -rs 'map(select(.left_out == false)) | .[].field' "$work/lost")" author
jq -s 'map(select(.reason | test("neither in the corpus")))' "$work/lost" >"$work/absent"
same "$(jq 'length' "$work/absent")" 1 # the link leads to a later version
# What was made elsewhere is signed by the importer, and says by whom it was made there.
foreign --json list kind:quote | jq -e '.[0] | .author.name == "frank" and
	(."imported-from" | startswith("annot:")) and (."imported-author" | startswith("ssh-ed25519 ")) and
	(."imported-data" | fromjson | .signature | length == 88) and .targets[0].name == "the-wire"' >/dev/null ||
	fail "imported quote: $(foreign --json list kind:quote)"
foreign --json list kind:verdict | jq -e '.[0].rating == "false"' >/dev/null || fail 'imported verdict'
# Again: nothing twice, also after somebody amended it.
foreign amend "$(foreign --quiet list kind:claim)" --add tag=mine >/dev/null 2>&1
expect 0 '0 records imported, 4 there' foreign import --as ndjson "$ndjson"
foreign --quiet import --as ndjson <"$ndjson" || fail 'standard input'
expect 2 'as what?' foreign import "$ndjson"
expect 2 'expected one of' foreign import --as xml "$ndjson"
expect 2 'as what?' foreign export
expect 2 'No such file' foreign import --as ndjson "$work/nothing"
