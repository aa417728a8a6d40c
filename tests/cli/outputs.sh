#!/bin/sh
# Files that commands write with -o: whatever stops a command leaves the old file or nothing, and a full disk is called that.
. "${ROOT:?}/tests/cli/lib.sh"
desk
text report 'One two three. One two four.' >/dev/null
{ echo 'These words are quoted.'; seq 1 20000; } >"$work/long.txt"
quiet alice doc add "$work/long.txt" --name long >/dev/null
quiet boris span add long 'These words are quoted.' >/dev/null
quote=$(quiet boris quote add report 'three')
mkdir "$work/to"

# writers: the commands that write a file, with TO for its name; each DO: does that with each.
writers() {
	cat <<END
report doc:long -o TO
report --svg $quote -o TO
bundle long -o TO
export --as w3c -o TO
export --as ndjson -o TO
key request --name other --corpus $corpus -o TO
END
}
each() {
	writers | while read -r line; do
		"$@" "$line"
	done
}
# run LINE FILE: that command of alice's, as words.
run() {
	# shellcheck disable=SC2046 # words
	as alice "$ANNOTCTL" $(printf '%s\n' "$1" | sed "s|TO|$2|")
}

# --- stopped while it writes: a file grows over a limit, which is a signal ---
limited() {
	echo old >"$work/to/file"
	# shellcheck disable=SC2046 # words
	(
		ulimit -c 0
		ulimit -f 1
		replace=exec
		as alice "$ANNOTCTL" $(printf '%s\n' "$1" | sed "s|TO|$work/to/file|")
	) >"$work/out" 2>&1 && [ "$(wc -c <"$work/to/file")" -gt 512 ] && fail "nothing stopped it: $1"
	[ "$(ls "$work/to")" = file ] || fail "left by $1: $(ls "$work/to")"
	[ "$(wc -c <"$work/to/file")" -lt 1025 ] || fail "a part of it: $1"
}
each limited
rm "$work/to/file"
(ulimit -c 0 && ulimit -f 1 && run 'export --as brat -o TO' "$work/to/folder") >"$work/out" 2>&1 && fail "nothing stopped the folder"
[ -z "$(ls -A "$work/to")" ] || fail "left by brat: $(ls -R "$work/to")"

# --- full: called that, by the name of the file, and nothing is half done ---
full() {
	got=0
	run "$1" /dev/full >"$work/out" 2>&1 || got=$?
	[ "$got" = 5 ] || fail "exit $got for a full disk: $1 :: $(cat "$work/out")"
	grep -q '/dev/full: cannot be written: No space left' "$work/out" || fail "not said: $1 :: $(cat "$work/out")"
	one_line
}
each full
expect 5 'standard output: No space left' as alice sh -c '"$0" report -o - >/dev/full' "$ANNOTCTL"; one_line
expect 5 'No space left' as alice sh -c '"$0" bundle long -o - >/dev/full' "$ANNOTCTL"; one_line
expect 2 'none/file: cannot be written: No such file' ctl alice report -o "$work/none/file"; one_line
expect 2 'to: cannot be written: Is a directory' ctl alice report -o "$work/to"; one_line

if unshare -rm true 2>/dev/null; then
	small() {
		got=0
		# shellcheck disable=SC2046 # words
		as alice unshare -rm sh -c 'mount -t tmpfs -o size=4k tmpfs "$0" && echo old >"$0/file" && { "$@"; code=$?; ls -A "$0"; cat "$0/file"; exit $code; }' \
			"$work/to" "$ANNOTCTL" $(printf '%s\n' "$1" | sed "s|TO|$work/to/file|") >"$work/out" 2>"$work/errors" || got=$?
		[ "$got" = 5 ] || fail "exit $got on a full disk: $1 :: $(cat "$work/errors")"
		grep -q 'to/file: cannot be written: No space left' "$work/errors" || fail "not said: $1 :: $(cat "$work/errors")"
		[ "$(cat "$work/out")" = "$(printf 'file\nold')" ] || fail "left on a full disk by $1: $(cat "$work/out")"
	}
	writers | grep -v '^key' | while read -r line; do small "$line"; done
else
	echo 'no namespaces here: a disk of 4 KiB is not tried' >&2
fi

# What others may read is for umask to say.
(umask 077 && run 'bundle long -o TO' "$work/to/mine") 2>/dev/null
[ "$(stat -c %a "$work/to/mine")" = 600 ] || fail "the umask does not count: $(stat -c %a "$work/to/mine")"
