#!/bin/sh
# Listings stay in their columns: long names, wide and combining characters, terminals of 80 and 40 columns, and none.
. "${ROOT:?}/tests/cli/lib.sh"
desk
long=a-name-that-is-as-long-as-a-name-may-be-which-is-63-characters-xx
long=$(printf %.63s "$long")
enrol "$long"
quiet alice policy set --scale 'wahrheit falsch:- eher-falsch:- teils:0 eher-wahr:+ wahr:+ nicht-pruefbar:?' >/dev/null

# wide FILE: how many columns each of its lines takes, as a terminal shows it; FROM TEXT: in which one TEXT begins.
cat >"$work/wide.py" <<'END'
import sys, unicodedata
def columns(text):
    return sum(0 if unicodedata.combining(c) else 2 if unicodedata.east_asian_width(c) in 'WF' else 1 for c in text)
for line in open(sys.argv[1], encoding='utf-8', newline='\n'):
    line = line.rstrip('\r\n')
    print(columns(line) if len(sys.argv) < 3 else columns(line[:line.index(sys.argv[2])]) if sys.argv[2] in line else '-')
END
wide() { python3 "$work/wide.py" "$@" | sort -nu; }
# on COLUMNS PERSON ARGUMENTS…: what a terminal of so many columns shows.
on() {
	columns=$1 who=$2
	shift 2
	as "$who" env -u COLUMNS ANNOT_PAGER=cat NO_COLOR=1 script -qec "stty cols $columns && exec '$ANNOTCTL' $*" /dev/null >"$work/shown" </dev/null ||
		fail "on a terminal: $*: $(cat "$work/shown")"
}
fits() { [ "$(wide "$work/shown" | tail -n 1)" -le "$1" ] || fail "wider than $1 columns: $(cat "$work/shown")"; }

# --- people: names in a column as wide as the longest; without a terminal a line each
ctl alice reviewer list >"$work/list"
[ "$(wc -l <"$work/list")" = 4 ] || fail "not a line each: $(cat "$work/list")"
[ "$(wide "$work/list" SHA256: | wc -l)" = 1 ] || fail "columns: $(cat "$work/list")"
if script -qec true /dev/null >/dev/null 2>&1 </dev/null; then
	for columns in 80 40; do
		on $columns alice reviewer list
		# A name or fingerprint is never cut in two: it may be all that stands in its line.
		[ "$(wide "$work/shown" | awk -v n=$columns '$1 > n' | wc -l)" -le 1 ] || [ $columns = 40 ] || fail "$(cat "$work/shown")"
		grep -q 'enrolled by' "$work/shown" || fail "cut: $(cat "$work/shown")"
		on $columns alice policy show
		grep -q 'nicht-pruefbar' "$work/shown" || fail "cut: $(cat "$work/shown")"
		sed -i '/^checked\|^policy/d' "$work/shown"
		fits $columns
	done
fi

# --- keys: whatever files are called
keys=$work/boris/config/annot/keys
for name in 鍵の名前 "$(printf 'e\314\201te\314\201')" "$long"; do
	ctl boris --quiet key new x -o "$keys/$name" >/dev/null 2>&1
done
ctl boris key list >"$work/list"
[ "$(wc -l <"$work/list")" = 4 ] || fail "keys: $(cat "$work/list")"
[ "$(wide "$work/list" SHA256: | wc -l)" = 1 ] || fail "columns: $(cat "$work/list")"

# --- words: as many columns, not characters; a terminal's width is kept
wide_words=$(printf '湖水上升了兩米%.0s' 1 2 3 4 5 6 7 8 9 10)
marked_words=$(printf 'e\314\201te\314\201 %.0s' 1 2 3 4 5 6 7 8 9 10 11 12 13 14 15 16 17 18 19 20)
text wire "$wide_words. $marked_words." >/dev/null
for words in "$wide_words" "$marked_words"; do quiet chloe quote add wire "$words" >/dev/null; done
ctl chloe list >"$work/list"
wide "$work/list" | tail -n 1 >"$work/most"
[ "$(cat "$work/most")" -le 107 ] || fail "$(cat "$work/most") columns: $(cat "$work/list")"
[ "$(grep -c '…$' "$work/list")" = 2 ] || fail "not cut: $(cat "$work/list")"
if script -qec true /dev/null >/dev/null 2>&1 </dev/null; then
	on 80 chloe list
	fits 80
	[ "$(grep -c … "$work/shown")" = 2 ] || fail "not cut: $(cat "$work/shown")"
	on 40 chloe list # ids, names and states are not cut, and some words are always there
	grep -q '湖水上升' "$work/shown" || fail "no words: $(cat "$work/shown")"
fi

# --- documents: a name is never cut, nor what stands in columns; a title is, on a terminal
quiet alice doc add "$work/wire.txt" --name "$long" --title "$wide_words" --lang de >/dev/null
quiet alice doc add "$work/wire.txt" --name short --title "$marked_words" >/dev/null
ctl alice doc list >"$work/list"
[ "$(wc -l <"$work/list")" = 3 ] || fail "not a line each: $(cat "$work/list")"
grep -qF "$wide_words" "$work/list" || fail "cut without a terminal: $(cat "$work/list")"
if script -qec true /dev/null >/dev/null 2>&1 </dev/null; then
	on 80 alice doc list
	fits 80
	grep -q "^$long" "$work/shown" || fail "cut: $(cat "$work/shown")"
	[ "$(grep -c … "$work/shown")" = 2 ] || fail "titles are not cut: $(cat "$work/shown")"
	on 40 alice doc list
	[ "$(wide "$work/shown" | awk '$1 > 40' | wc -l)" -le 1 ] || fail "wider than 40, and no name: $(cat "$work/shown")"
	on 200 alice doc list
	[ "$(wc -l <"$work/shown")" = 3 ] || fail "not a line each: $(cat "$work/shown")"
fi
