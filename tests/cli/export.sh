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
grep -q 'vouch' "$work/second.log" || fail "no way out is named: $(cat "$work/second.log")"
there() { ctl eve --socket "ipc://$work/copy.sock" "$@"; }
ctl alice --json list state:any kind:any >"$work/a.json"
there --json list state:any kind:any >"$work/b.json"
cmp "$work/a.json" "$work/b.json" || fail 'the copy lists other records'
expect 0 'will be withheld' ctl alice show "$s" || true
