#!/bin/sh
# Versions by several hands: concurrent amendments, conflicts, merging, history and blame.
. "${ROOT:?}/tests/cli/lib.sh"
desk
agent=
trap 'code=$?; set +e; [ -z "$agent" ] || kill "$agent" 2>/dev/null || true; (exit $code); finish' EXIT
text report 'One two three. One two four.' >/dev/null
show() { ctl alice --json show "$1"; }
# check ID FILTER…: what jq says of the record.
check() {
	of=$1
	shift
	show "$of" >"$work/shown.json"
	jq -e "$@" <"$work/shown.json" >/dev/null || fail "$of is not $*: $(cat "$work/shown.json")"
}
# conflict TEXT BORIS CHLOE: a claim with a version by each of them beside the other; the words are options of amend.
conflict() {
	made=$(quiet boris claim add "$1" --claimant Smith --tag base)
	eval "quiet boris amend $made $2 >/dev/null"
	eval "quiet chloe amend $made@1 --force $3 >/dev/null"
	check "$made" '.flags == ["conflict"] and (.heads | length) == 2'
}

# --- one head -------------------------------------------------------------------------------------------------
id=$(quiet boris claim add 'The tax will rise in May.' --claimant Smith --tag base)
short=$(echo "$id" | cut -c 1-8)
expect 4 "$short@1 is the only latest version" ctl chloe merge "$id"; one_line
expect 4 'report' ctl chloe merge no-such-report; one_line
expect 4 'only latest version' ctl alice merge report; one_line
expect 2 'one version' ctl chloe merge "$id@1"; one_line
expect 2 'one of them' ctl chloe merge "$id" --ours --theirs; one_line
check "$id" '.flags == [] and (has("heads") | not)'

# --- outdated -------------------------------------------------------------------------------------------------
before=$(size)
quiet boris amend "$id" --set 'text=The levy will rise in May.' --add tag=b >/dev/null
expect 4 "$short@2" ctl chloe amend "$id@1" --set 'text=The tax will rise in June.'
ctl chloe --json amend "$id@1" --set 'text=x' 2>&1 | tail -n 1 | jq -e '.code == "conflict"' >/dev/null || fail "no code"
[ "$(size)" = $((before + 1)) ] || fail "an outdated amendment is in the log"
expect 0 'amended' ctl chloe amend "$id@1" --force --set 'text=The tax will rise in June.' --add tag=c
expect 0 "$short@2" ctl chloe list state:conflict
grep -q "$short@3" "$work/out" || fail "list: $(cat "$work/out")"
expect 0 "$short@2 by boris, $short@3 by chloe; settle it with: annotctl merge $short" ctl alice show "$id"
check "$id" '[.heads[] | [.version, .author.name, (.record | length)]] == [[2, "boris", 64], [3, "chloe", 64]]'
expect 4 "$short@2 by boris, $short@3 by chloe" ctl chloe amend "$id" --set date=2020

# --- what does not clash --------------------------------------------------------------------------------------
expect 0 "$short@4 merged" ctl chloe merge "$id"
grep -q 'text  *The levy will rise in June.' "$work/out" || fail "the result is not shown: $(cat "$work/out")"
check "$id" '.text == "The levy will rise in June." and .tag == ["base", "c", "b"] and .flags == [] and .head and .versions == 4'
ctl alice --json history "$id" >"$work/history.json"
jq -e '(map({key: .record, value: .version}) | from_entries) as $n |
	map(.parents | map($n[.]) | sort) == [[], [1], [1], [2, 3]] and map(.head) == [false, false, false, true]' \
	<"$work/history.json" >/dev/null || fail "history: $(cat "$work/history.json")"
expect 0 'VALID-UNWITNESSED' ctl alice verify "$id"
[ "$(ctl alice list state:conflict --count)" = 0 ] || fail "still in conflict"
expect 4 'only latest' ctl chloe merge "$id"; one_line

# --- clashes, in scripts -----------------------------------------------------------------------------------------
conflict 'The tax will rise by two percent, he said.' \
	"--set 'text=The levy will rise by three percent, he said.' --set claimant=Anna --set date=2020" \
	"--set 'text=The tax will rise by four percent, she said.' --set claimant=Ana --set date=2021 --set language=en"
before=$(size)
expect 4 '3 clashes in text, claimant, date' ctl chloe merge "$made" </dev/null
grep -q 'merged  *The levy will rise by <four|three> percent, she said' "$work/out" || fail "words: $(cat "$work/out")"
for what in --json '--format ndjson'; do
	got=0
	# shellcheck disable=SC2086 # words of an option
	ctl chloe $what merge "$made" --set date=2022 </dev/null >"$work/clashes.json" 2>"$work/errors" || got=$?
	[ "$got" = 4 ] || fail "merge $what with clashes: exit $got"
	jq -e '.ours_version == 3 and [.heads[].version] == [2, 3] and [.clashes[] | .card] == ["text", "claimant"] and
		.clashes[1] == {card: "claimant", base: ["Smith"], ours: ["Ana"], theirs: ["Anna"], theirs_version: 2} and
		.clashes[0].ours == "The tax will rise by four percent, she said." and
		([.clashes[0].words[] | select(.op == "clash")] == [{op: "clash", base: "two", ours: "four", theirs: "three"}])' \
		<"$work/clashes.json" >/dev/null || fail "clashes: $(cat "$work/clashes.json")"
	tail -n 1 "$work/errors" | jq -e '.code == "conflict" and (.message | contains("text, claimant"))' >/dev/null || fail "error: $(cat "$work/errors")"
done
[ "$(size)" = "$before" ] || fail "something was signed"
for bad in 'colour=blue' 'text' '=x' 'exact=x' 'target=x'; do expect 2 -- ctl chloe merge "$made" --ours --set "$bad"; done
expect 4 'language' ctl chloe merge "$made" --ours --set 'language=no language'
[ "$(size)" = "$before" ] || fail "something was signed"

# Ours is the version that the signer wrote, whichever came first.
expect 0 'merged' ctl boris merge "$made" --ours </dev/null
check "$made" '.text == "The levy will rise by three percent, she said." and .claimant == ["Anna"] and .date == "2020" and .language == "en"'
conflict 'One.' '--set text=Two. --set claimant=Anna' '--set text=Three. --set claimant=Ana'
expect 0 'merged' ctl boris merge "$made" --theirs </dev/null
check "$made" '.text == "Three." and .claimant == ["Ana"]'
# Whoever wrote none: ours is the first in the log.
conflict 'One.' '--set text=Two. --set claimant=Anna' '--set text=Three. --set claimant=Ana'
expect 0 '"version": 4' ctl alice --json merge "$made" --ours --set claimant=A --set claimant=B --set date=2020-01 </dev/null
check "$made" '.text == "Two." and .claimant == ["A", "B"] and .date == "2020-01" and .author.name == "alice"'
[ "$(quiet boris merge "$made" || true)" = '' ] || fail "merged again"
conflict 'One.' '--set text=Two.' '--set text=Three.'
[ "$(quiet boris merge "$made" --set text=Four. </dev/null)" = "$made" ] || fail "--quiet prints the id"
check "$made" '.text == "Four."'
# In a batch, too.
conflict 'One.' '--set text=Two.' '--set text=Three.'
printf '{"args": ["merge", "%s"]}\n{"args": ["merge", "%s", "--ours"]}\n' "$made" "$made" |
	ctl boris batch --keep-going >"$work/results" 2>/dev/null && fail "a line of the batch clashes"
jq -es '[.[].exit] == [4, 0] and .[0].output.clashes[0].card == "text" and (.[0].error | contains("text")) and
	.[1].output.text == "Two."' <"$work/results" >/dev/null || fail "batch: $(cat "$work/results")"

# --- three heads, own heads, moved words --------------------------------------------------------------------------
conflict 'One two three.' "--set 'text=Uno two three.'" "--set 'text=One due three.'"
quiet alice amend "$made@1" --force --set 'text=One two tre.' >/dev/null
expect 0 'merged' ctl chloe merge "$made" </dev/null
check "$made" '.text == "Uno due tre." and (.parents | length) == 3 and .flags == []'
ctl alice history "$made" | sed -E 's/#.*  \(/(/; t; s/ *#.*//' >"$work/graph"
cat >"$work/expected" <<'END'
*
|\
| *
|-|\
| | *
* | |
|/-/
*      (merge of @2, @3 and @4, head)
END
diff "$work/expected" "$work/graph" || fail "the graph of three heads is another"
# More heads than a record may have parents: a merge takes 8, the next one the rest.
for n in 1 2 3 4 5 6 7 8 9; do quiet boris amend "$made@1" --force --add "tag=t$n" >/dev/null; done
expect 0 'merge again' ctl boris merge "$made" --ours </dev/null
expect 0 'merged' ctl boris merge "$made" --theirs </dev/null
check "$made" '.flags == [] and .head and ([.tag[] | select(startswith("t"))] | length) == 9'
# A verdict is its author's; two of one's own versions merge as well, and nobody else merges them.
verdict=$(quiet boris verdict add "$made@1" false --because 'One reason.')
quiet boris amend "$verdict" --set rating=true >/dev/null
quiet boris amend "$verdict@1" --force --set 'rationale=Another reason.' >/dev/null
expect 4 'author only' ctl chloe merge "$verdict"
expect 0 'merged' ctl boris merge "$verdict"
check "$verdict" '.rating == "true" and .rationale == "Another reason."'
# A scale of one version and a rating of the other are what nobody said.
quiet boris amend "$verdict" --set scale=politifact6 --set rating=mostly-true >/dev/null
quiet boris amend "$verdict@4" --force --set rating=mostly-false >/dev/null
expect 4 '2 clashes in scale, rating' ctl boris merge "$verdict" </dev/null
expect 0 'merged' ctl boris merge "$verdict" --theirs
check "$verdict" '.scale + .rating == "google5mostly-false"'
# Targets are whole: words of two places are not mixed, and what both moved clashes.
quote=$(quiet boris quote add report 'One two three' --speaker A)
quiet boris amend "$quote" --add speaker=B >/dev/null
quiet chloe amend "$quote@1" --force --set form=mixed >/dev/null
expect 0 'merged' ctl alice merge "$quote"
check "$quote" '.speaker == ["A", "B"] and .form == "mixed" and .targets[0].exact == "One two three" and .targets[0].anchor == "exact"'

# --- in between -----------------------------------------------------------------------------------------------------
# Chloe's amendment gets in after boris has fetched the version and before he submits: his agent asks for confirmation,
# and she uses the time.
if command -v ssh-agent >/dev/null && command -v ssh-add >/dev/null; then
	race=$(quiet boris claim add 'A race.')
	echo chloe >"$work/tag"
	cat >"$work/askpass" <<-END
		#!/bin/sh
		[ -e "$work/raced" ] || HOME="$work/chloe" XDG_CONFIG_HOME="$work/chloe/config" XDG_STATE_HOME="$work/chloe/state" \
			"$ANNOTCTL" --quiet amend $race --add "tag=\$(cat "$work/tag")" >/dev/null 2>&1
		touch "$work/raced"
	END
	chmod +x "$work/askpass"
	eval "$(DISPLAY=:0 SSH_ASKPASS="$work/askpass" SSH_ASKPASS_REQUIRE=force ssh-agent -s -a "$work/agent.sock")" >/dev/null
	agent=$SSH_AGENT_PID
	export SSH_AUTH_SOCK="$work/agent.sock"
	cp "$work/boris/config/annot/keys/boris" "$work/key"
	ssh-add -q -c "$work/key" 2>/dev/null </dev/null
	before=$(size)
	expect 4 "$(echo "$race" | cut -c 1-8)@2" ctl boris --key "$work/boris/config/annot/keys/boris.pub" amend "$race" --add tag=boris
	grep -q -- '--force' "$work/out" || fail "what to do is not said: $(cat "$work/out")"
	[ -e "$work/raced" ] || fail "nobody was asked"
	[ "$(size)" = $((before + 1)) ] || fail "the outdated amendment got in"
	check "$race" '.flags == [] and .tag == ["chloe"] and .versions == 2'
	[ -z "$(find "$work/boris/state/annot/outbox" -type f)" ] || fail "it waits in the outbox, to be sent again"
	rm "$work/raced"
	echo clara >"$work/tag"
	expect 0 'amended' ctl boris --key "$work/boris/config/annot/keys/boris.pub" amend "$race" --force --add tag=boris
	check "$race" '.flags == ["conflict"] and .versions == 4'
	expect 0 'merged' ctl boris merge "$race"
	check "$race" '.flags == [] and (.tag | sort) == ["boris", "chloe", "clara"]'
	unset SSH_AUTH_SOCK
else
	echo "no ssh-agent here: amendments that get in between are not tested"
fi

# What was in the log before others went on is there once, however often it is sent; it is kept as it was meant.
made=$(quiet boris claim add 'Sent twice.')
again() { printf '{"args": ["amend", "%s", "--add", "tag=once"], "key": "once"}\n' "$made" | ctl boris batch 2>/dev/null; }
again >"$work/results" || fail "amend under a key: $(cat "$work/results")"
grep -q '^expect heads$' "$work"/boris/state/annot/corpora/*/keyed/* || fail "a rerun would make a second head"
quiet chloe amend "$made" --add tag=later >/dev/null
again >"$work/results" || fail "a rerun: $(cat "$work/results")"
check "$made" '.versions == 3 and .flags == [] and .tag == ["once", "later"]'

# --- on a terminal ------------------------------------------------------------------------------------------------
if command -v script >/dev/null; then
	# answers KEYS COMMAND…: annotctl with both ends on a terminal, as boris.
	answers() {
		keys=$1
		shift
		got=0
		# shellcheck disable=SC2059 # the keys are a format
		printf "$keys" | as boris env TERM=dumb VISUAL="$work/editor" EDIT="${edit:-}" ASAN_OPTIONS="${ASAN_OPTIONS:-}" \
			script -qec "$*" /dev/null >"$work/out" 2>&1 || got=$?
	}
	# The editor: runs $EDIT on the file.
	# shellcheck disable=SC2016 # expanded by the editor
	printf '#!/bin/sh\neval "$EDIT"\n' >"$work/editor"
	chmod +x "$work/editor"
	conflict 'It will rise by two percent.' "--set 'text=It will rise by three percent.' --set date=2020 --set claimant=Anna" \
		"--set 'text=It may rise by four percent.' --set date=2021 --set claimant=Ana"
	before=$(size)
	answers 'q\n' "$ANNOTCTL merge $made"
	[ "$got" = 4 ] || fail "quit: exit $got: $(cat "$work/out")"
	grep -q 'nothing was signed' "$work/out" || fail "quit: $(cat "$work/out")"
	answers 'o\nt\no\nn\n' "$ANNOTCTL merge $made"
	[ "$got" = 4 ] || fail "no: exit $got: $(cat "$work/out")"
	[ "$(size)" = "$before" ] || fail "something was signed"
	answers '' "$ANNOTCTL merge $made"
	[ "$got" = 4 ] || fail "no answer: exit $got: $(cat "$work/out")"
	# Markers that are left are not signed; then edited, theirs, ours, yes.
	# shellcheck disable=SC2016 # expanded by the editor
	edit='if [ -e '"$work/once"' ]; then sed -i "s/<<<<<<<three=======four>>>>>>>/five/" "$1"; else touch '"$work/once"'; fi'
	answers 'x\ne\ne\nt\no\ny\n' "$ANNOTCTL merge $made"
	[ "$got" = 0 ] || fail "merge on a terminal: exit $got: $(cat "$work/out")"
	grep -q 'markers left' "$work/out" || fail "markers: $(cat "$work/out")"
	check "$made" '.text == "It may rise by five percent." and .claimant == ["Ana"] and .date == "2020"'
	# Two speakers for one, by the editor; and while it is open somebody amends one of the heads.
	conflict 'One.' '--set claimant=Anna' '--set claimant=Ana'
	edit="HOME='$work/chloe' XDG_CONFIG_HOME='$work/chloe/config' XDG_STATE_HOME='$work/chloe/state' '$ANNOTCTL' --quiet amend $made@3 --add tag=new >/dev/null"
	edit="$edit; printf 'Anna\nAna\n' >\"\$1\""
	answers 'e\ny\n' "$ANNOTCTL merge $made"
	[ "$got" = 4 ] || fail "merge of an outdated head: exit $got: $(cat "$work/out")"
	grep -q 'outdated' "$work/out" || fail "outdated: $(cat "$work/out")"
	edit="printf 'Anna\nAna\n' >\"\$1\""
	answers 'e\ny\n' "$ANNOTCTL merge $made"
	[ "$got" = 0 ] || fail "merge: exit $got: $(cat "$work/out")"
	check "$made" '.claimant == ["Anna", "Ana"] and .tag == ["base", "new"] and .flags == []'
else
	echo "no script(1) here: what a terminal asks is not tested"
fi

# --- merged, and amended beside it -----------------------------------------------------------------------------------
# What a merge decided stands against a version beside it that changed something else.
conflict 'One.' '--set text=Two.' '--set text=Three.'
quiet boris merge "$made" --ours </dev/null >/dev/null
expect 4 'only latest' ctl chloe merge "$made" --ours
quiet chloe amend "$made@3" --force --add tag=kept >/dev/null
expect 0 'merged' ctl alice merge "$made" </dev/null
check "$made" '.text == "Two." and .tag == ["base", "kept"]'

# --- history and blame --------------------------------------------------------------------------------------------------
made=$(quiet boris claim add 'The tax will rise in May.' --claimant Smith --tag base)
quiet boris amend "$made" --set claimant=Anna --add tag=b >/dev/null
quiet chloe amend "$made@1" --force --set date=2021 --add tag=c >/dev/null
quiet alice review "$made@3" approve >/dev/null
quiet alice merge "$made" >/dev/null
quiet alice verdict add "$made@4" true >/dev/null
short=$(echo "$made" | cut -c 1-8)
# Without index and time, which differ from run to run.
ctl alice history "$made" | sed -E 's/#[0-9]+ +[0-9TZ:-]+ +//; s/[0-9a-f]{8}@1  (review|verdict)/\1/' >"$work/graph"
cat >"$work/expected" <<END
*  $short@1  claim    boris        draft        The tax will rise in May.
|\\
| *  $short@2  claim    boris        draft        The tax will rise in May.
* |  $short@3  claim    chloe        approved     The tax will rise in May.
| |      review   alice                     approve (on $short@3, 1 newer)
|/
*    $short@4  claim    alice        draft        The tax will rise in May.  (merge of @2 and @3, head)
         verdict  alice        draft        google5 true (on $short@4)
END
sed 's/  *$//' "$work/graph" | diff "$work/expected" - || fail "the graph is another"
ctl alice --json blame "$made" >"$work/blame.json"
jq -e '.version == 4 and [.cards[] | [.card, .value, .version, .author.name]] == [
	["text", "The tax will rise in May.", 1, "boris"], ["claimant", "Anna", 2, "boris"], ["date", "2021", 3, "chloe"],
	["tag", "base", 1, "boris"], ["tag", "b", 2, "boris"], ["tag", "c", 3, "chloe"]] and
	all(.cards[]; .certain and (.index | type) == "number" and (.time | endswith("Z")) and (.record | length) == 64)' \
	<"$work/blame.json" >/dev/null || fail "blame: $(cat "$work/blame.json")"
expect 0 "$short@3" ctl alice blame "$made"
grep -q "^$short@2 .* boris  *claimant  *Anna\$" "$work/out" || fail "blame: $(cat "$work/out")"
ctl alice --json blame "$made@1" | jq -e 'all(.cards[]; .version == 1) and (.cards | length) == 3' >/dev/null || fail "blame of version 1"
ctl alice --json blame "$quote" | jq -e '.cards[0] | .card == "target" and .exact == "One two three" and .version == 1' >/dev/null || fail "blame of a quote"
expect 1 '' ctl alice blame ffffffffffffffff; one_line
# Set, changed and set again: the last time counts.
quiet boris amend "$made" --set date=2020 >/dev/null
quiet alice amend "$made" --set date=2021 >/dev/null
ctl alice --json blame "$made" | jq -e '[.cards[] | select(.card == "date") | .version] == [6]' >/dev/null || fail "blame of a date set again"
# Of what is in conflict it says which version it is about.
quiet boris amend "$made@5" --force --add tag=late >/dev/null
expect 0 'stand beside each other' ctl alice blame "$made"

# The index is a function of the log.
ask() { for what in kind:any state:conflict kind:verdict; do ctl alice --json list "$what"; done; ctl alice --json history "$made"; }
ask >"$work/before"
stop
expect 0 '' as daemon "$ANNOTD" fsck --corpus "$work/corpus"
expect 0 '' as daemon "$ANNOTD" rebuild --corpus "$work/corpus"
serve
ask | cmp - "$work/before" || fail "rebuilding changed the answers"
stop
