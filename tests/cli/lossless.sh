#!/bin/sh
# The lossless form: a corpus with originals, cosignatures of witnesses and withheld texts, exported, made again of that,
# and exported again, to the same bytes.
. "${ROOT:?}/tests/cli/lib.sh"

same() { [ "$1" = "$2" ] || fail "\"$1\" instead of \"$2\""; }
for name in w1 w2; do
	ctl "$name" --quiet log witness --new "witness.example/$name" --key "$work/$name.key" 2>/dev/null >"$work/$name.vkey"
	echo "witness $name $(cat "$work/$name.vkey")"
done >"$work/policy"
printf 'group both all w1 w2\nquorum both\n' >>"$work/policy"
also="--witnesses $work/policy"
witness() { ctl "$1" log witness --key "$work/$1.key" >/dev/null 2>&1 || fail "witness $1"; }

# A page of more than one line of the export, whose main text is short.
long_page() {
	printf '<html><head><meta charset=utf-8><title>%s</title></head><body><nav><a href=x>Home</a></nav><article><p>%s</p></article><!-- ' "$1" "$2"
	seq 60000
	printf ' --></body></html>\n'
}
desk
text report 'One two three.' >/dev/null
witness w1
long_page Lake 'The page says that all three shores of the lake were asked, and that nobody objected.' >"$work/lake.html"
quiet alice doc add "$work/lake.html" --name lake >/dev/null
quote=$(quiet boris quote add lake 'all three shores of the lake')
long_page Secret 'Nobody may read Zyxwvut here, for a court has said so, and everybody obeys the court.' >"$work/secret.html"
quiet alice doc add "$work/secret.html" --name secret >/dev/null
quiet alice review "$quote@1" approve >/dev/null
witness w1
witness w2
quiet alice withhold secret@1 --because 'order of a court' >/dev/null
text last 'Five six seven.' >/dev/null
for name in w1 w2; do witness $name; done

# Whoever exports has seen nothing else of it, so that what is pinned is the newest checkpoint.
export_to() { ctl "$1" --socket "$2" export --as ndjson --withheld -o "$3"; }
log=$work/log.ndjson
expect 0 '0 fields did not survive' export_to eve "$ANNOT_SOCKET" "$log"
# Without --withheld a hash by which a guess is confirmed stays here.
expect 0 '1 field did not survive' ctl eve export --as ndjson -o "$work/public.ndjson" --report-loss "$work/lost.json"
same "$(jq -r .field "$work/lost.json")" withheld
! grep -q '"withheld":' "$work/public.ndjson" || fail 'hashes of what was withheld are exported unasked'
counts() { jq -s -c 'map(select(has("'"$1"'"))) | length' "$log"; }
same "$(jq -rs '.[0].annot' "$log")" ndjson/2
[ "$(counts original_of)" -gt 1 ] || fail 'the page is not in lines of its own'
jq -rs 'map(select(has("original_of")) | .base64)[]' "$log" | base64 -d | cmp - "$work/lake.html" || fail 'another page'
same "$(jq -rs -c 'map(select(has("cosigned")) | [.cosigned, (.note | [scan("witness.example/w.")] | length)])' "$log")" \
	"[[4,1],[8,2],[$(size),2]]"
same "$(jq -rs 'map(select(has("withheld") and .document_index == 6) | .withheld) | contains(["'"$(sha256sum <"$work/secret.html" | cut -d' ' -f1)"'"])' "$log")" true
same "$(counts withheld)" 2 # its text, and its page
! grep -qi zyxwvut "$log" || fail 'what was withheld is exported'
[ "$(wc -L <"$log")" -lt 1000000 ] || fail 'a line is as long as a page'

annotd_import() { as daemon "$ANNOTD" import --corpus "$work/$1" "$2"; }
expect 0 "$(size) records imported" annotd_import copy "$log"

# --- the copy, which does not sign -----------------------------------------------------------------------
other "$work/copy" "ipc://$work/copy.sock"
grep -q 'reads only, nothing is signed' "$work/second.log" || fail "it signs: $(cat "$work/second.log")"
expect 0 '0 fields did not survive' export_to fay "ipc://$work/copy.sock" "$work/again.ndjson"
cmp "$log" "$work/again.ndjson" || fail 'exported again it is another'
there() { ctl fay --socket "ipc://$work/copy.sock" "$@"; }
there doc text lake --original | cmp - "$work/lake.html" || fail 'another original in the copy'
expect 0 'VALID' there verify "$quote" --policy "$work/policy"
! grep -q UNWITNESSED "$work/out" || fail "no witnesses: $(cat "$work/out")"
expect 4 'is not there' there --key "$work/alice/config/annot/keys/alice" comment add "$quote" no
end_other
# A note that is not of this log is not shown.
cp "$work/copy/checkpoint.note" "$work/note"
sed '2s/.*/3/' "$work/note" >"$work/copy/checkpoint.note"
other "$work/copy" "ipc://$work/copy.sock"
grep -q 'checkpoint.note is not shown' "$work/second.log" || fail "a forged note is shown: $(cat "$work/second.log")"
expect 4 'no signed checkpoint' there export --as ndjson
end_other

# --- with the log's key and checkpoint file it goes on ------------------------------------------------------
stop
take_over copy
expect 0 '' export_to gil "$ANNOT_SOCKET" "$work/again.ndjson"
cmp "$log" "$work/again.ndjson" || fail 'signed again it is another'
# What was withheld does not come back, neither as a page nor as its text.
expect 4 'card original-sha256: these bytes were withheld' ctl alice doc add "$work/secret.html" --whole --name again
ctl alice doc extract "$work/secret.html" >"$work/secret.txt" 2>/dev/null
expect 4 'card sha256: these bytes were withheld' ctl alice doc add "$work/secret.txt" --name again
expect 0 'cosigned by witness.example/w2' ctl gil log checkpoint
stop

# --- an export of before has no such lines, and is read ---------------------------------------------------
grep -v '^{"\(original_of\|cosigned\|withheld\)"' "$log" | sed '1s,ndjson/2,ndjson/1,' >"$work/old.ndjson"
expect 0 'records imported' annotd_import old "$work/old.ndjson"

# --- lines that do not fit --------------------------------------------------------------------------------
# refused WORDS SED: no corpus is made of what sed makes of the export, and nothing is left.
refused() {
	sed "$2" "$log" >"$work/bad.ndjson"
	if cmp -s "$log" "$work/bad.ndjson"; then fail "nothing changed: $2"; fi
	expect 4 "$1" annotd_import never "$work/bad.ndjson"
	one_line
	[ ! -e "$work/never" ] && [ ! -e "$work/never.importing" ] || fail "something is left: $2"
}
line() { grep -n "^{\"$1\"" "$log" | sed -n "$2p" | cut -d: -f1; }
refused 'the original of document #4 is not the one that its record names' \
	"$(line original_of 1)s,\"base64\":\"P,\"base64\":\"Q,"
refused 'expected byte 0 of' "$(line original_of 1)d"
refused 'the original before it ends at byte' "$(line original_of "$(counts original_of)")d"
refused 'that does not follow its document' "$(line original_of 1)s/\"original_of\":\"..../\"original_of\":\"0000/"
refused 'at most '"$(jq -rs '.[0].size' "$log")"' records, found 999' "$(line cosigned 1)s/\"cosigned\":4/\"cosigned\":999/"
refused 'is not of the first 5 records' "$(line cosigned 1)s/\"cosigned\":4/\"cosigned\":5/"
refused 'expected a size behind 8' "$(line cosigned 2){p;}"
refused 'text or signature were changed' "$(line cosigned 1)s,\\\\n4\\\\n,\\\\n5\\\\n,"
refused 'record #2 is no document that was withheld' "$(line withheld 1)s/\"document_index\":6/\"document_index\":2/"
refused 'record #999 is no document' "$(line withheld 1)s/\"document_index\":6/\"document_index\":999/"
refused 'hashes come in their order' "$(line withheld 1){p;}"
refused '"checkpoint": ' "1s,\\\\n$(jq -rs '.[0].size' "$log")\\\\n,\\\\n4\\\\n,"
