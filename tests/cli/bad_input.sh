#!/bin/sh
# Bad input: one clear line, the right exit code, and nothing half done.
. "${ROOT:?}/tests/cli/lib.sh"
desk
text report 'One two three. One two four.' >/dev/null
before=$(size)

# Files that are no documents.
printf 'caf\351\n' >"$work/latin1.txt"
expect 4 'not UTF-8: byte 3' ctl alice doc add "$work/latin1.txt"; one_line
printf 'a\000b\n' >"$work/nul.txt"
expect 4 'NUL at byte 1' ctl alice doc add "$work/nul.txt"; one_line
: >"$work/empty.txt"
expect 4 'is empty' ctl alice doc add "$work/empty.txt"; one_line
truncate -s 67108865 "$work/large.txt"
expect 4 'large.txt' ctl alice doc add "$work/large.txt"; one_line
rm "$work/large.txt"
expect 2 'directory' ctl alice doc add "$work" --name folder; one_line
expect 2 'no-such-file' ctl alice doc add "$work/no-such-file"; one_line
if [ "$(id -u)" != 0 ]; then
	: >"$work/locked.txt"
	chmod 000 "$work/locked.txt"
	expect 2 'locked.txt' ctl alice doc add "$work/locked.txt"; one_line
fi
expect 2 'name' ctl alice doc add "$work/report.txt" --name 'Bad Name'; one_line
expect 2 'name' ctl alice doc add "$work/report.txt" --name '*'; one_line

# Words.
expect 4 'not in report' ctl boris quote add report 'One two five'; one_line
expect 4 'nor anything near' ctl boris quote add report 'xyzzy plugh quux frobnicate'; one_line
expect 2 'say which with --at' ctl boris quote add report 'One two'
expect 2 '--at 3' ctl boris quote add report 'One two' --at 3; one_line
expect 4 'no-such-doc' ctl boris quote add no-such-doc 'One'; one_line
expect 4 'empty' ctl boris quote add report ''; one_line
expect 2 'they look swapped; it is claim add TEXT --in DOC WORDS' ctl boris claim add --in report 'One two four' 'It is four.'
one_line
expect 4 'nor anything near' ctl boris claim add 'It is four.' --in report 'xyzzy plugh quux frobnicate'; one_line

# Ids.
expect 1 '' ctl boris show ffffffffffffffff; one_line
expect 1 '' ctl boris show abc; one_line
expect 4 '' ctl boris comment add ffffffffffffffff 'text'
expect 2 'exact version' ctl boris review ffffffffffffffff approve; one_line
expect 4 'nothing to merge' ctl boris merge report; one_line
expect 2 'one version' ctl boris merge report@1; one_line
expect 4 '' ctl boris merge ffffffffffffffff; one_line
expect 1 '' ctl boris blame ffffffffffffffff; one_line
expect 1 'no version 7' ctl boris blame report@7; one_line
expect 1 '' ctl boris history ffffffffffffffff; one_line

# A link to itself.
expect 4 'report and report@1 are the same document' ctl boris --quiet link add report supports report@1; one_line

# Command line.
expect 2 'did you mean' ctl boris quotes add; one_line
expect 2 '' ctl boris quote add; one_line
expect 2 'format' ctl boris --format yaml list; one_line
expect 2 '' ctl boris list --no-such-option; one_line
expect 2 'query' ctl boris list 'kind:'; one_line
expect 2 'key' ctl boris --key no-such-key whoami; one_line

expect 2 'approve|reject' ctl boris review "$(printf %064d 1)" aprove; one_line
expect 2 'supports' ctl boris link add report suports report; one_line
expect 2 'commands: quote add' ctl boris quote; one_line
expect 2 'no-such.bundle' ctl boris verify no-such.bundle --corpus "$corpus"; one_line
expect 1 '8 hex digits' ctl boris show abc; one_line
expect 2 '--origin' ctl boris corpus init "$work/other" --origin 'Bad Origin'; one_line
expect 2 '/tmp/x' ctl boris --socket /tmp/x list; one_line

expect 2 'did you mean one of doc add, doc extract' ctl boris docs; one_line
expect 2 'did you mean "list"' ctl boris lst; one_line
expect 2 'role "editor": expected one of reviewer|bot' ctl alice reviewer add "$work/boris.request" --role editor; one_line
expect 2 'key nope: no such file, nor a key of that name' ctl boris key show nope; one_line
expect 2 'key nope: no such file, nor a key of that name' ctl boris reviewer rotate nope; one_line
expect 2 'usage: annotctl key list' ctl boris key list extra; one_line
if grep -q ' $' "$work/out"; then fail "a space at the end: $(cat "$work/out")"; fi
# What is closed stays so: neither a socket nor a file of ours is what output or messages go to. (Valgrind opens what is closed.)
if ! under_valgrind; then
	expect 5 'standard output: Bad file descriptor' sh -c '"$@" >&-' sh env HOME="$work/boris" XDG_CONFIG_HOME="$work/boris/config" \
		XDG_STATE_HOME="$work/boris/state" "$ANNOTCTL" list kind:any; one_line
	expect 2 'standard input: cannot be read: Bad file descriptor' sh -c '"$@" <&-' sh env HOME="$work/boris" \
		XDG_CONFIG_HOME="$work/boris/config" XDG_STATE_HOME="$work/boris/state" "$ANNOTCTL" --quiet comment add report -; one_line
fi
expect 2 '--limt: no such option; did you mean --limit?' ctl boris list --limt 3; one_line
expect 2 '--limt=3: no such option; did you mean --limit?' ctl boris list --limt=3; one_line
expect 2 'did you mean --socket?' ctl boris --soket x list; one_line
expect 2 'annotctl list --help lists' ctl boris list --no-such-option; one_line
expect 2 'own stand behind it' ctl boris --sealed verdict add report true; one_line
expect 2 '-Z: no such option' ctl boris list -Z; one_line
expect 2 'a value is missing: --limit N' ctl boris list --limit; one_line
expect 2 '--limit many: expected a whole number' ctl boris list --limit many; one_line
expect 2 '--limit=many: expected a whole number' ctl boris list --limit=many; one_line

# Keys and names.
ctl dora --quiet key new dora >/dev/null 2>&1
expect 4 'not enrolled' ctl dora comment add report 'hello'
expect 1 'not enrolled' ctl dora whoami
for name in '*' 'alice,bob' 'Alice' '' 'a b' '-a'; do
	expect 2 '' ctl dora key request "--name=$name" -o "$work/dora.request"; one_line
done
expect 4 'boris' ctl alice reviewer add "$work/boris.request"
ctl dora --quiet key request --name boris -o "$work/dora.request"
expect 4 'boris' ctl alice reviewer add "$work/dora.request"
ctl dora --quiet key request --name dora -o "$work/dora.request"
expect 4 'admin' ctl boris reviewer add "$work/dora.request"
sed 's/name dora/name dara/' "$work/dora.request" >"$work/forged.request"
expect 4 '' ctl alice reviewer add "$work/forged.request"
expect 4 '' ctl alice reviewer add "$work/report.txt"
# A file or folder of the current folder that has a key's name is not that key, nor in its way; one
# that is named with a "/" or has a name of its own is meant.
mkdir "$work/here" "$work/here/chloe"
for name in boris own; do cp "$work/dora/config/annot/keys/dora" "$work/here/$name"; done
(
	cd "$work/here"
	expect 0 'boris' ctl boris whoami
	expect 0 'boris' ctl boris --key boris whoami
	expect 0 'boris' as boris env ANNOT_KEY=boris "$ANNOTCTL" whoami
	expect 0 'chloe' ctl chloe whoami
	expect 1 'not enrolled' ctl boris --key ./boris whoami
	expect 1 'not enrolled' ctl boris --key own whoami
)

[ "$(size)" = "$before" ] || fail "something was stored: $before, then $(size)"

# A folder that is in use, or no corpus.
expect 4 'not empty' ctl alice corpus init "$work/corpus" --origin test.example/x; one_line
expect 4 '' as daemon "$ANNOTD" --corpus "$work/corpus" --listen "ipc://$work/second.sock"; one_line
mkdir "$work/nothing"
expect 4 '' as daemon "$ANNOTD" --corpus "$work/nothing" --listen "ipc://$work/second.sock"; one_line
expect 2 '' as daemon "$ANNOTD" --no-such-option; one_line
stop
expect 3 'annotd --corpus' ctl alice list; one_line
# What annotd says goes into no file of the corpus where its standard output and error are closed.
sums() { (cd "$work/corpus" && sha256sum truth.db checkpoint log.key); }
before=$(sums)
as daemon sh -c '"$@" >&- 2>&-' sh "$ANNOTD" fsck --corpus "$work/corpus" || fail 'fsck without a place to say anything'
[ "$(sums)" = "$before" ] || fail 'something was written to a file of the corpus'

# Another corpus on the known socket.
mv "$work/corpus" "$work/first-corpus"
ctl alice --quiet corpus init "$work/corpus" --origin test.example/other >/dev/null 2>&1
serve
expect 4 'corpus' ctl alice list; one_line

# What is said twice counts as it was said last, and the first is not leaked.
expect 0 'test.example/other' ctl bea --format json --socket ipc://nowhere --socket "$ANNOT_SOCKET" corpus info --format json --format text

# Without a home there is no configuration, but help.
expect 0 'usage: annotctl' env -i "$ANNOTCTL" --help
