#!/bin/sh
# annotctl in scripts and on terminals: batch, standard input, pipes, colour, hostile characters.
. "${ROOT:?}/tests/cli/lib.sh"
desk
text report 'One two three. One two four.' >/dev/null
esc=$(printf '\033') rlo=$(printf '\342\200\256') zwsp=$(printf '\342\200\213')

# --- batch -----------------------------------------------------------------------------------------------
before=$(size)
cat >"$work/lines" <<'END'
{"args": ["quote", "add", "report", "three"]}
{"args": ["claim", "add", "first claim"]}
{"args": ["quote", "add", "report", "nine"]}
{"args": ["claim", "add", "second claim"]}
END
got=0
ctl boris batch <"$work/lines" >"$work/results" 2>"$work/errors" || got=$?
[ "$got" = 1 ] || fail "batch with a failing line: exit $got"
[ "$(wc -l <"$work/results")" = 3 ] || fail "batch went on after a failure: $(cat "$work/results")"
jq -es '[.[].line] == [1,2,3] and [.[].exit] == [0,0,4] and .[0].output.kind == "quote" and .[1].output.text == "first claim"
	and (.[2].error | contains("report"))' <"$work/results" >/dev/null || fail "results: $(cat "$work/results")"
[ "$(size)" = $((before + 2)) ] || fail "batch stored $(($(size) - before)) records"
got=0
ctl boris batch --keep-going <"$work/lines" >"$work/results" 2>&1 || got=$?
[ "$got" = 1 ] || fail "batch --keep-going: exit $got"
jq -es '[.[].line] == [1,2,3,4] and [.[].exit] == [0,0,4,0] and .[3].output.text == "second claim"' <"$work/results" >/dev/null ||
	fail "results: $(cat "$work/results")"
indexes=$(jq -s '[.[] | .output.index // empty] | . == sort and length == 3' "$work/results")
[ "$indexes" = true ] || fail "not in order: $(cat "$work/results")"
for bad in 'nonsense' '{}' '{"args": []}' '{"args": "list"}' '{"args": [1]}' '{"args": ["batch"]}' '{"args": ["quotes"]}' '' \
	'{"args": ["list"], "args": ["list"]}'; do
	got=0
	printf '%s\n' "$bad" | ctl boris batch >"$work/results" 2>"$work/errors" || got=$?
	[ "$got" = 1 ] || fail "batch of '$bad': exit $got"
	jq -es 'length == 1 and .[0].exit == 2 and (.[0].error | length > 5)' <"$work/results" >/dev/null || fail "'$bad': $(cat "$work/results")"
done
expect 0 '' ctl boris batch </dev/null
[ ! -s "$work/out" ] || fail "an empty batch printed: $(cat "$work/out")"
# A line that brings a key of its own does not change the next one's.
printf '%s\n' "{\"args\": [\"--key\", \"$work/chloe/config/annot/keys/chloe\", \"comment\", \"add\", \"report\", \"hers\"]}" \
	'{"args": ["comment", "add", "report", "his"]}' | ctl boris batch >"$work/results" 2>/dev/null
[ "$(jq -r .output.author.name "$work/results" | tr '\n' ' ')" = 'chloe boris ' ] || fail "keys: $(cat "$work/results")"
# More signers than are kept open at once: each line is signed, and in its place.
for n in $(seq 70); do
	ln -s "$work/chloe/config/annot/keys/chloe" "$work/key.$n"
	printf '{"args": ["--key", "%s", "claim", "add", "claim of key %s"]}\n' "$work/key.$n" "$n"
done >"$work/lines"
ctl boris batch <"$work/lines" >"$work/results" 2>"$work/errors" || fail "70 keys: $(cat "$work/errors")"
jq -es '[.[].line] == [range(1; 71)] and [.[].output.text] == [range(1; 71) | "claim of key \(.)"]
	and all(.[]; .output.author.name == "chloe")' <"$work/results" >/dev/null || fail "70 keys: $(tail -n 8 "$work/results")"
# The same commands, one result line after the other as they are done.
yes '{"args": ["comment", "add", "report", "again"]}' | head -n 50 | ctl boris --quiet batch >"$work/results" 2>/dev/null
[ "$(jq -r .output "$work/results" | sort -u | grep -Ecx '[0-9a-f]{64}')" = 50 ] || fail "50 comments: $(cat "$work/results")"

# Many lines go in a request; results come in order, each once, and a script that waits for a result gets it.
before=$(size)
jq -cn 'range(600) | {args: ["claim", "add", "claim \(.)", "--tag", "many"]}' | ctl boris batch >"$work/results" 2>/dev/null || fail "600 claims"
jq -es 'length == 600 and [.[].line] == [range(1; 601)] and [.[].output.text] == [range(600) | "claim \(.)"]
	and all(.[]; .exit == 0 and .output.verified and .output.review == "draft")' <"$work/results" >/dev/null || fail "600 claims: $(tail -n 3 "$work/results")"
[ "$(size)" = $((before + 600)) ] || fail "600 lines made $(($(size) - before)) records"
mkfifo "$work/ask" "$work/answer"
ctl boris --quiet batch <"$work/ask" >"$work/answer" 2>/dev/null &
conversation=$!
exec 7>"$work/ask" 8<"$work/answer"
printf '{"args": ["claim", "add", "a claim to talk of"]}\n' >&7
read -r answer <&8
id=$(echo "$answer" | jq -r .output)
printf '{"args": ["amend", "%s", "--add", "tag=spoken"]}\n' "$id" >&7
read -r answer <&8
exec 7>&-
wait "$conversation" || fail "a conversation with batch"
exec 8<&-
[ "$(ctl boris --json show "$id" | jq -r '.tag[0]')" = spoken ] || fail "the amendment of what was just added: $answer"
# Lines that look at what stands before them see it, and an error keeps its place.
{
	for n in 1 2 3; do printf '{"args": ["claim", "add", "%s", "--tag", "ordered"]}\n' "$n"; done
	echo '{"args": ["list", "tag:ordered", "--count"]}'
	echo '{"args": ["quote", "add", "report", "nine"]}'
	echo '{"args": ["claim", "add", "4 claim add", "--tag", "ordered"]}'
	echo '{"args": ["list", "claim", "add", "--count"]}' # which adds none, and waits for the one before it
	echo '{"args": ["list", "tag:ordered", "--count"]}'
} | ctl boris batch --keep-going >"$work/results" 2>/dev/null && fail "a failed line was not said"
jq -es '[.[].line] == [range(1; 9)] and [.[].exit] == [0,0,0,0,4,0,0,0] and .[3].output.count == 3 and .[6].output.count == 1
	and .[7].output.count == 4' \
	<"$work/results" >/dev/null || fail "order: $(cat "$work/results")"

# --- keys of lines ---------------------------------------------------------------------------------------------
before=$(size)
cat >"$work/keyed" <<'END'
{"key": "import-1", "args": ["claim", "add", "keyed claim"]}
{"key": "import-2", "args": ["quote", "add", "report", "two four"]}
END
ctl boris batch <"$work/keyed" >"$work/first" 2>/dev/null || fail "keyed lines: $(cat "$work/first")"
ctl boris batch <"$work/keyed" >"$work/again" 2>/dev/null || fail "keyed lines again: $(cat "$work/again")"
cmp "$work/first" "$work/again" || fail "a rerun says something else"
[ "$(size)" = $((before + 2)) ] || fail "a rerun of keyed lines made records"
id=$(jq -r 'select(.line == 1).output.annotation' "$work/first")
printf '{"key": "amend-1", "args": ["amend", "%s", "--add", "tag=once"]}\n' "$id" >"$work/keyed"
for run in 1 2; do ctl boris --quiet batch <"$work/keyed" >"$work/result.$run" 2>/dev/null || fail "keyed amendment $run: $(cat "$work/result.$run")"; done
[ "$(ctl boris --json show "$id" | jq .versions)" = 2 ] || fail "a keyed amendment was made twice"
printf '{"key": "import-1", "args": ["claim", "add", "another"]}\n' | ctl boris batch >"$work/results" 2>/dev/null && fail "a key for two requests"
jq -es '.[0].exit == 4 and (.[0].error | contains("import-1"))' <"$work/results" >/dev/null || fail "a key for two requests: $(cat "$work/results")"
# The machine stopped between the writing of many files and their sync: one has its name, but nothing in it.
: >"$(dirname "$(find "$work/boris/state/annot/corpora" -path '*/keyed/*' | head -n 1)")/$(printf crash-1 | sha256sum | cut -d' ' -f1)"
printf '{"key": "crash-1", "args": ["claim", "add", "after the crash"]}\n' | ctl boris batch >"$work/results" 2>/dev/null ||
	fail "an empty file of a key: $(cat "$work/results")"
for bad in '{"key": "", "args": ["whoami"]}' '{"key": 5, "args": ["whoami"]}' '{"key": "reads", "args": ["whoami"]}' \
	'{"kye": "typo-1", "args": ["claim", "add", "under a misspelt key"]}'; do
	printf '%s\n' "$bad" | ctl boris batch >"$work/results" 2>/dev/null && fail "accepted: $bad"
	jq -es '.[0].exit == 2 and (.[0].error | test("\"(key|kye)\""))' <"$work/results" >/dev/null || fail "$bad: $(cat "$work/results")"
done

# --- standard input ----------------------------------------------------------------------------------------
id=$(printf 'line one\nline two\n' | quiet boris claim add -)
[ "$(ctl boris --json show "$id" | jq -r .text)" = "$(printf 'line one\nline two')" ] || fail "claim from standard input"
id=$(printf 'One two four' | quiet boris quote add report -)
[ "$(ctl boris --json show "$id" | jq -r '.targets[0].exact')" = 'One two four' ] || fail "quote from standard input"
id=$(echo 'because of this' | quiet chloe review "$id@1" approve --because -)
[ "$(ctl boris --json show "$id" | jq -r .reason)" = 'because of this' ] || fail "reason from standard input"
printf 'From a pipe.\n' | quiet alice doc add - --name piped >/dev/null
[ "$(ctl boris doc text piped)" = 'From a pipe.' ] || fail "document from standard input"
expect 4 'empty' ctl boris claim add - </dev/null; one_line
expect 2 'standard input' ctl boris claim add </dev/null; one_line
expect 2 '--name' ctl alice doc add - </dev/null; one_line

# --- queries that cannot be read --------------------------------------------------------------------------------
# One line for a script; a person sees the place too.
expect 2 'query, column 16' ctl boris list 'tag:x bad kind:nonsense'; one_line

# --- settings ------------------------------------------------------------------------------------------------
printf 'socket = %s\nkey = boris\nformat = json\n' "$ANNOT_SOCKET" >"$work/boris/config/annot/annotctl.conf"
[ "$(env -u ANNOT_SOCKET HOME="$work/boris" XDG_CONFIG_HOME="$work/boris/config" XDG_STATE_HOME="$work/boris/state" \
	"$ANNOTCTL" whoami | jq -r .name)" = boris ] || fail "annotctl.conf"
[ "$(ctl boris --format text whoami | cut -d' ' -f1)" = boris ] || fail "the option wins over annotctl.conf"
echo 'colour = blue' >"$work/boris/config/annot/annotctl.conf"
expect 2 'line 1' ctl boris whoami; one_line
rm "$work/boris/config/annot/annotctl.conf"

# --- pipes ------------------------------------------------------------------------------------------------------
for command in list 'doc list' 'reviewer list' 'history report' 'show report' 'doc show report' 'verify report' 'corpus info' '--help'; do
	# shellcheck disable=SC2086 # words of a command
	ctl boris $command >"$work/out" 2>&1 || fail "$command: $(cat "$work/out")"
	if grep -q "$esc" "$work/out"; then fail "escape codes in a pipe: $command"; fi
done
touch "$work/unpaged"
printf '#!/bin/sh\nrm "%s"\ncat\n' "$work/unpaged" >"$work/pager"
chmod +x "$work/pager"
ANNOT_PAGER="$work/pager"
export ANNOT_PAGER
ctl boris list | cat >/dev/null
[ -e "$work/unpaged" ] || fail "a pager ran in a pipe"
# A reader that has enough is no failure, and nothing is said about it.
yes '{"args": ["list"]}' | head -n 40 | ctl boris batch 2>"$work/errors" | head -n 1 | jq -e '.exit == 0' >/dev/null || fail "head of batch"
ctl boris list 2>>"$work/errors" | head -n 1 | grep -q quote || fail "head of list"
[ ! -s "$work/errors" ] || fail "a closed pipe was noisy: $(cat "$work/errors")"
if [ -w /dev/full ]; then
	got=0
	ctl boris list >/dev/full 2>"$work/out" || got=$?
	[ "$got" = 5 ] || fail "output to a full disk: exit $got"
	one_line
fi

# --- characters that would act on a terminal ----------------------------------------------------------------
nasty="claim ${esc}[31mred ${rlo}backwards ${zwsp}nothing"
id=$(quiet boris claim add "$nasty" --claimant "${rlo}name")
[ "$(ctl boris --json show "$id" | jq -r .text)" = "$nasty" ] || fail "the text itself must stay as it is"
printf 'A %s[31mdocument%s with %sthings.\nAnd\ta tab.\n' "$esc" "$esc" "$rlo" >"$work/nasty.txt"
quiet alice doc add "$work/nasty.txt" --name nasty --title "a ${rlo}title" >/dev/null
quiet boris quote add nasty "document${esc} with" --speaker "${esc}]0;title" >/dev/null
[ "$(ctl boris doc text nasty | sha256sum)" = "$(sha256sum <"$work/nasty.txt")" ] || fail "doc text is byte for byte in a pipe"
clean() { # FILE WHAT
	# Of control characters only line ends, tabs, the terminal's CR and our own colours may be there.
	sed "s/$esc\[[0-9;]*m//g" "$1" | tr -d '\n\r\t' >"$work/seen"
	if LC_ALL=C grep -q "[$(printf '\001')-$(printf '\037')$(printf '\177')]" "$work/seen"; then fail "control characters: $2"; fi
	if grep -q "$rlo\|$zwsp" "$work/seen"; then fail "bidi or invisible characters: $2"; fi
	if grep -q "$esc\[31mred\|$esc\[31mdocument\|$esc\]0" "$1"; then fail "colour from a record: $2"; fi
}
for command in "show $id" list 'doc list' 'doc show nasty' 'history nasty' 'list doc:nasty' "verify $id" "diff $id@1 nasty@1" "show $rlo" \
	"list author:${esc}x" "$esc" "comment add $id"; do
	# shellcheck disable=SC2086 # words of a command
	ctl boris $command >"$work/out" 2>&1 </dev/null || true
	[ -s "$work/out" ] || fail "nothing from: $command"
	clean "$work/out" "$command"
done

# --- on a terminal ------------------------------------------------------------------------------------------------
command -v script >/dev/null || {
	echo "no script(1) here: what a terminal shows is not tested"
	stop
	exit 0
}
terminal() { # COMMAND…: what annotctl prints when both ends are a terminal
	as boris env TERM=xterm ASAN_OPTIONS="${ASAN_OPTIONS:-}" script -qec "$*" /dev/null </dev/null >"$work/out" 2>&1
}
# A query that cannot be read is shown with a caret under the place.
terminal "$ANNOTCTL" list "'tag:x kind:nonsense'" || true
tr -d '\r' <"$work/out" | grep -qx '  tag:x kind:nonsense' || fail "the query is not shown: $(cat "$work/out")"
tr -d '\r' <"$work/out" | grep -qx '             ^' || fail "no caret under the place: $(cat "$work/out")"
terminal "$ANNOTCTL doc text nasty" || fail "doc text on a terminal: $(cat "$work/out")"
clean "$work/out" "doc text on a terminal"
grep -q 'u{1b}' "$work/out" || fail "the escape is not shown: $(cat -v "$work/out")"
terminal "$ANNOTCTL show $id" || fail "show on a terminal"
clean "$work/out" "show on a terminal"
grep -q "$esc\[" "$work/out" || fail "no colour on a terminal: $(cat -v "$work/out")"
terminal "NO_COLOR=1 $ANNOTCTL show $id" || fail "show with NO_COLOR"
if grep -q "$esc" "$work/out"; then fail "colour with NO_COLOR"; fi
terminal "TERM=dumb $ANNOTCTL show $id" || fail "show on a dumb terminal"
if grep -q "$esc" "$work/out"; then fail "colour on a dumb terminal"; fi
terminal "$ANNOTCTL --json show $id" || fail "JSON on a terminal"
if grep -q "$esc\|$rlo" "$work/out"; then fail "raw characters in JSON on a terminal"; fi
terminal "$ANNOTCTL list" || fail "list on a terminal"
[ ! -e "$work/unpaged" ] || fail "no pager on a terminal"
clean "$work/out" "list on a terminal"
unset ANNOT_PAGER
# shellcheck disable=SC2016 # $1 is of the script
printf '#!/bin/sh\necho "from the editor" >"$1"\n' >"$work/editor"
chmod +x "$work/editor"
terminal "VISUAL=$work/editor $ANNOTCTL --json comment add $id" || fail "editor: $(cat "$work/out")"
grep -q 'from the editor' "$work/out" || fail "editor: $(cat "$work/out")"
stop
