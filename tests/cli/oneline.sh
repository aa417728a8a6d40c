#!/bin/sh
# A long text on one line, and another version of it: added, quoted, located, its words found again.
# ANNOT_TEXT_MIB=64 script/test cli/oneline: the longest that there may be.
. "${ROOT:?}/tests/cli/lib.sh"
bytes=$((${ANNOT_TEXT_MIB:-8} * 1048576 - 64))
desk
seq -s ' ' 1 9000000 | head -c "$bytes" >"$work/one.txt"
{
	printf 'A preface. '
	head -c $((bytes - 16)) "$work/one.txt"
} >"$work/two.txt"
[ "$(wc -l <"$work/one.txt")" = 0 ] || fail "not one line"
words='900000 900001 900002 900003'
at=$(grep -obF " $words " "$work/one.txt" | cut -d: -f1)
expect 0 'document' ctl alice doc add "$work/one.txt" --name long
expect 0 'line 1, column' ctl alice quote add long "$words"
quote=$(ctl alice --quiet list kind:quote)
ctl alice --json locate "$words" | jq -e --argjson at "$((at + 1))" '.[0].result == "exact" and .[0].chars[0] == $at' >/dev/null ||
	fail "locate: $(ctl alice --json locate "$words")"
expect 0 'document' ctl alice doc add "$work/two.txt" --name long
# More than annotd looks for by itself: worked out here, from texts that are held in files.
expect 0 '1 moved' ctl alice anchors long
quiet alice amend "$quote" --anchor --accept moved >/dev/null
ctl alice --json show "$quote" | jq -e --argjson at "$((at + 12))" '.targets[0].bytes[0] == $at' >/dev/null || fail "anchored elsewhere: $(ctl alice --json show "$quote")"
expect 0 'VALID' ctl alice verify "$quote"
stop
