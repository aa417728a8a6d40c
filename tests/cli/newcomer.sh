#!/bin/sh
# What somebody meets who does not know annotctl yet: help, exit codes of what was mistyped, lists that stay in their
# columns, messages that say what to do.
. "${ROOT:?}/tests/cli/lib.sh"

# --- before there is anything -------------------------------------------------------------------------------------
version=$("$ANNOTCTL" --version)
[ "${version#annotctl }" = "$("$ANNOTD" --version | sed 's/^annotd //')" ] || fail "two versions"
ctl alice quote add --help >"$work/help"
ctl alice help quote add | cmp - "$work/help" || fail "help quote add is not quote add --help"
ctl alice help list extra | cmp - /dev/null >/dev/null 2>&1 && fail "help list extra says nothing"
ctl alice --help >"$work/help"
ctl alice help | cmp - "$work/help" || fail "help is not --help"
expect 2 'did you mean "list"' ctl alice help lits; one_line
expect 2 'quote what? commands: quote add' ctl alice help quote; one_line

ctl alice key new alice >/dev/null 2>&1
[ "$(quiet alice key list)" = alice ] || fail "key list --quiet"
corpus=$(quiet alice corpus init "$work/corpus" --origin test.example/desk)
serve
long=chloe-who-has-a-very-long-name
for person in boris $long; do enrol "$person"; done
[ "$(quiet alice corpus info)" = "$corpus" ] || fail "corpus info --quiet"
[ "$(quiet boris whoami)" = boris ] || fail "whoami --quiet"
[ "$(quiet boris reviewer list)" = "alice
boris
$long" ] || fail "reviewer list --quiet: $(quiet boris reviewer list)"
text report 'The lake is ours, the mayor said. The boats are not.' >/dev/null

# --- what was mistyped ----------------------------------------------------------------------------------------------
expect 2 'expected 1 or more' ctl alice list --limit 0; one_line
expect 2 'expected 1 or more' ctl alice search --limit -1 lake; one_line
expect 2 'expected 1 or more' ctl alice quote add report 'The lake' --at 0; one_line
for id in 'zz!' ABCDEF12 '?' report@x report@0 =report 1@2@3; do
	expect 2 '' ctl alice show "$id"; one_line
	expect 2 '' ctl alice history "$id"; one_line
done
expect 1 'no document is named nothing' ctl alice show nothing; one_line
expect 1 'an id takes 8 hex digits or more' ctl alice show 12; one_line
expect 1 'no record or annotation has that id' ctl alice show 12345678; one_line
expect 4 'card "speaker": the value is empty; leave it out' ctl boris quote add report 'The boats' --speaker ''
if grep -q 'line [0-9]*: card' "$work/out"; then fail "a line that nobody typed: $(cat "$work/out")"; fi
quote=$(quiet boris quote add report 'The lake is ours' --speaker 'the mayor')
expect 4 'kind quote has no card "colour"; it has target, exact, prefix, suffix, speaker' ctl boris amend "$quote" --set colour=red

# --- columns -----------------------------------------------------------------------------------------------------------
quiet $long claim add 'The lake belongs to nobody' >/dev/null
quiet alice review "$quote@1" request-changes >/dev/null
ctl alice list kind:any >"$work/list"
# Words begin in one column: after kind, author and state.
for words in '“The lake is ours”' 'The lake belongs to nobody' 'test.example/desk' 'boris$'; do
	grep -o "^.*$words" "$work/list" | head -n 1 | sed "s|$words||" | wc -m
done | sort -u >"$work/widths"
[ "$(wc -l <"$work/widths")" = 1 ] || fail "columns: $(cat "$work/list")"
ctl alice list kind:document >"$work/list" # as narrow as ever where all is short
grep -qE '^[0-9a-f]{8}@1  document alice        draft        report$' "$work/list" || fail "columns: $(cat "$work/list")"

# --- what is not there, or is something else ------------------------------------------------------------------------------
expect 2 'log what? commands: log audit' ctl alice log --json checkpoint; one_line
expect 2 'no command "lots"' ctl alice lots --json; one_line
expect 2 'nothing.bundle: cannot be read' ctl eve verify "$work/nothing.bundle"; one_line
expect 2 'nothing.bundle: cannot be read' ctl eve gate "$work/nothing.bundle"; one_line
expect 2 'nothing: cannot be read' ctl eve log audit "$work/nothing"; one_line
expect 2 'nothing.bundle: cannot be read' ctl eve diff "$work/nothing.bundle" "$work/nothing.bundle"; one_line
expect 2 'one at a time' ctl alice show "$quote" --raw --signature; one_line
expect 3 'the name of that host is not known here' ctl alice --socket tcp://annot.invalid:7455 list; one_line
expect 4 'WORDS is empty' ctl boris quote add report - </dev/null
printf 'annot-bundle/v1\n' >"$work/cut.bundle"
expect 1 'not passed: 1 wrong' ctl alice gate "$work/cut.bundle"
mkdir "$work/here" "$work/here/boris"
expect 4 'no ssh-agent runs' sh -c 'cd "$1" && shift && exec "$@"' in "$work/here" env HOME="$work/alice" XDG_CONFIG_HOME="$work/alice/config" \
	XDG_STATE_HOME="$work/alice/state" "$ANNOTCTL" --key boris comment add "$quote" 'As boris, who has a folder here.'
if grep -q directory "$work/out"; then fail "a folder was taken for a key: $(cat "$work/out")"; fi

# --- what is written to a pipe stays a pipe, and what cannot be reached yet can be asked for --------------------------------------
mkfifo "$work/pipe"
for write in "bundle $quote" "report $quote" 'key request --name dora'; do
	cat "$work/pipe" >"$work/through" &
	reader=$!
	# shellcheck disable=SC2086 # words
	ctl alice --quiet $write -o "$work/pipe" || fail "$write to a pipe"
	[ -p "$work/pipe" ] || fail "$write replaced the pipe"
	wait "$reader"
	[ -s "$work/through" ] || fail "$write: nothing came through"
done
ctl dora --quiet key new dora >/dev/null 2>&1
expect 0 '' ctl dora --socket "ipc://$work/nowhere" key request --name dora --corpus "$corpus" -o "$work/dora.request"
[ "$(quiet alice reviewer add "$work/dora.request" | wc -l)" = 1 ] || fail "the request of who never met the daemon"
expect 2 '--corpus abc: expected 64 hex digits' ctl dora key request --name dora --corpus abc -o -; one_line

# --- an export says what it has not, and takes ids in every format -----------------------------------------------------------------
expect 0 '"records":1,' ctl alice export "$quote" --as ndjson
grep -qF "\"id\":\"$quote\"" "$work/out" || fail "another record than the one named: $(cat "$work/out")"
expect 0 '0 exported; 0 fields did not survive, 0 annotations left out; 1 of kinds that claimreview has not were passed over' \
	ctl alice export "$quote" --as claimreview --base https://desk.example/ -o "$work/none.json"

# What is of this corpus is here already; a file that was cut short is known by its end.
expect 0 'exported' ctl alice export --as ndjson -o "$work/log.ndjson"
expect 0 ' 0 records imported, 0 there' ctl alice import --as ndjson "$work/log.ndjson"
sed '$d' "$work/log.ndjson" >"$work/cut.ndjson"
expect 1 'cut.ndjson: cut short' ctl alice import --as ndjson "$work/cut.ndjson"

# --- what was retracted ------------------------------------------------------------------------------------------------
expect 0 '' ctl boris comment add "$quote" 'Before.'
if grep -q retracted "$work/out"; then fail "retracted? $(cat "$work/out")"; fi
quiet boris retract "$quote@1" --because 'It was the major.' >/dev/null
expect 0 'was retracted: what you say on it is kept, and does not bring it back' ctl alice review "$quote@1" reject
expect 0 'was retracted' ctl alice comment add "$quote" 'After.'
expect 0 'was retracted' ctl alice verdict add "$quote@1" false

# --- whose socket it is ------------------------------------------------------------------------------------------------
stop
if [ "$(id -u)" = 0 ] && command -v setpriv >/dev/null && setpriv --reuid=65534 --regid=65534 --clear-groups "$ANNOTCTL" --version >/dev/null 2>&1; then
	chmod 0755 "$work"
	mkdir -m 0777 "$work/coverage" # where a build that counts lines may write as that user
	: >"$work/annotd.log"
	replace=exec
	as daemon "$ANNOTD" --corpus "$work/corpus" --listen "$ANNOT_SOCKET" --socket-group "$(id -gn)" 2>"$work/annotd.log" &
	daemon=$!
	replace=
	until grep -q serving "$work/annotd.log"; do
		kill -0 "$daemon" 2>/dev/null || fail "annotd did not start: $(cat "$work/annotd.log")"
		sleep 0.05 # polls for the line; there is nothing to wait on
	done
	expect 3 "it is for members of group $(id -gn)" setpriv --reuid=65534 --regid=65534 --clear-groups env HOME="$work/nowhere" GCOV_PREFIX="$work/coverage" "$ANNOTCTL" list; one_line
	stop
fi
