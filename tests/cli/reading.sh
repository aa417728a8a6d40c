#!/bin/sh
# The reading view: a document's text with the words of annotations marked, in colour and without.
. "${ROOT:?}/tests/cli/lib.sh"
desk
cat >"$work/lake.txt" <<'TEXT'
The gauges are read by all three sides every morning, and after every storm.
No sluice is opened before that.

“We will not open them,” she said.

Nothing here.
TEXT
quiet alice doc add "$work/lake.txt" --name lake --title 'The lake' >/dev/null
one=$(quiet boris quote add lake 'by all three sides every morning, and after' --speaker 'Ilvane Torrek')
two=$(quiet chloe span add lake 'sides every' --text 'Really?' --tag check)
three=$(quiet chloe quote add lake 'We will not open them')
quiet alice verdict add "$one@1" true >/dev/null
quiet chloe verdict add "$one@1" false >/dev/null
quiet alice review "$three@1" approve >/dev/null
short() { printf '%.8s@1' "$1"; }

# --- without colour: brackets and numbers, which may overlap ---

COLUMNS=60 ctl alice show lake --annotated >"$work/out"
cat >"$work/want" <<TEXT
The lake
lake@1 by alice, draft

   1 The gauges are read [1:by all three [2:sides every:2]
     morning, and after:1] every storm.
     No sluice is opened before that.
     [1] quote $(short "$one") by boris, draft, disputed; speaker
         Ilvane Torrek; true by alice; false by chloe
     [2] span $(short "$two") by chloe, draft; text Really?; tag
         check

   2 “[3:We will not open them:3],” she said.
     [3] quote $(short "$three") by chloe, approved

   3 Nothing here.
TEXT
diff "$work/want" "$work/out" || fail "not the reading view"
COLUMNS=60 ctl alice show lake@1 --annotated | cmp - "$work/want" || fail "a version reads otherwise"
COLUMNS=30 ctl alice show lake --annotated >"$work/out"
awk 'length($0) > 38 { exit 1 }' "$work/out" || fail "lines are too long: $(cat "$work/out")" # “” are three bytes each
ctl alice show lake --annotated --quiet | sort >"$work/out"
printf '%s\n' "$one" "$two" "$three" | sort | cmp - "$work/out" || fail "--quiet: $(cat "$work/out")"
expect 2 'is a quote, not a document' ctl alice show "$one" --annotated
expect 2 'neither --raw' ctl alice show lake --annotated --raw
expect 1 'no document is named absent' ctl alice show absent --annotated

# --- on a terminal: in colour, as wide as that ---

# terminal COLUMNS COMMAND…: what it writes to a terminal of that width; without CR.
terminal() {
	wide=$1
	shift
	script -qec "stty cols $wide; $*" /dev/null </dev/null | tr -d '\r'
}
export ANNOT_PAGER=cat
alice="HOME=$work/alice XDG_CONFIG_HOME=$work/alice/config XDG_STATE_HOME=$work/alice/state $ANNOTCTL"
if command -v script >/dev/null; then
	esc=$(printf '\033')
	terminal 60 "$alice" show lake --annotated >"$work/out"
	grep -qF "${esc}[30;43mby all three ${esc}[0m${esc}[30;46msides every${esc}[0m" "$work/out" ||
		fail "overlaps have no colour of their own: $(cat -v "$work/out")"
	grep -qF "${esc}[2m[3]${esc}[0m" "$work/out" || fail "no mark: $(cat -v "$work/out")"
	# a highlight that goes on in the next line begins anew behind the margin
	grep -q "^     $esc\[30;43mmorning" "$work/out" || fail "the margin is highlighted: $(cat -v "$work/out")"
	terminal 30 "$alice" show lake --annotated | sed "s/$esc\[[0-9;]*m//g" >"$work/out"
	grep -qx '     No sluice is opened' "$work/out" || fail "not 30 columns wide: $(cat "$work/out")"
	NO_COLOR=1 terminal 60 "$alice" show lake --annotated | cmp - "$work/want" || fail "NO_COLOR has colours"
else
	echo 'script(1) is absent: terminals are not tried' >&2
fi

# --- ratings of two scales are told apart ---

quiet alice policy set --scale 'tone calm:- loud:+' >/dev/null
quiet alice verdict add "$one@1" loud --scale tone >/dev/null
COLUMNS=200 ctl alice show lake --annotated >"$work/out"
scale=$(ctl alice --json show "$one" | jq -r '.verdicts[0].scale')
grep -q "; true ($scale) by alice; false ($scale) by chloe; loud (tone) by alice\$" "$work/out" || fail "scales: $(cat "$work/out")"

# --- another version: words are looked for, and what is not there is said ---

sed 's/^The gauges/In Velm the gauges/; /We will not/d; /^No sluice/s/opened/closed/' "$work/lake.txt" >"$work/new.txt"
quiet alice doc add "$work/new.txt" --name lake >/dev/null
COLUMNS=100 ctl alice show lake --annotated >"$work/out"
grep -q '^   1 In Velm the gauges are read \[1:by all three \[2:sides every:2\]' "$work/out" || fail "not moved: $(cat "$work/out")"
grep -q "quote $(short "$one") by boris, .*moved, signed on version 1" "$work/out" || fail "does not say since when: $(cat "$work/out")"
sed -n '/^Not found in this version/,$p' "$work/out" | grep -q "quote $(short "$three")" || fail "an orphan is kept back: $(cat "$work/out")"
COLUMNS=60 ctl alice show lake@1 --annotated | sed 's/, stale//' | grep -q '\[3:We will not open them:3\]' || fail "the old version"

# --- JSON ---

ctl alice --json show lake --annotated >"$work/json"
jq -e --arg one "$one" --arg three "$three" '.document.version == 2 and (.paragraphs | length) == 2 and
	.paragraphs[0].number == 1 and (.paragraphs[0].spans | map(.number)) == [1, 2] and
	.paragraphs[0].spans[0].annotation == $one and .paragraphs[0].spans[0].anchor == "moved" and
	(.paragraphs[0] as $p | $p.spans[0] as $s | $p.text[$s.chars[0] - $p.chars[0]:$s.chars[1] - $p.chars[0]] ==
		"by all three sides every morning, and after") and
	(.annotations | map(.number)) == [1, 2] and (.annotations[0].verdicts | length) == 3 and .annotations[0].verified and
	.elsewhere[0].annotation == $three and .elsewhere[0].anchor == "orphan"' "$work/json" >/dev/null ||
	fail "JSON: $(jq -c 'del(.document)' "$work/json")"

# --- wide, combining and hostile characters ---

printf '湖の水は三つの岸のものです。湖の水は三つの岸のものです。\n\na\\b \033[31mred \342\200\256 e\314\201\314\201 👩‍🚀\n' >"$work/wide.txt"
quiet alice doc add "$work/wide.txt" --name wide >/dev/null
quiet boris span add wide '三つの岸' --at 2 >/dev/null
printf 'x\n' | quiet boris span add wide 'red' --text "$(printf 'evil \033]0;x\007')" >/dev/null
COLUMNS=25 ctl alice show wide --annotated >"$work/out"
cat >"$work/want" <<'TEXT'
   1 湖の水は三つの岸のも
     のです。湖の水は
     [1:三つの岸:1]のもの
     です。
TEXT
sed -n '/^   1/,/^     です。/p' "$work/out" | diff "$work/want" - || fail "wide characters are measured wrongly: $(cat "$work/out")"
if LC_ALL=C grep -q "$(printf '[\033\007]')" "$work/out"; then fail "an escape went through: $(cat -v "$work/out")"; fi
grep -qF '\u{202e}' "$work/out" || fail "a bidi control went through: $(cat -v "$work/out")"
