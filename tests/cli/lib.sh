# Shared by the tests of the command line: real daemons, real keys, a temporary folder each.
# A test sources it, calls the functions below, and fails at the first thing that is not as said.
# shellcheck shell=sh disable=SC2034 # some variables are for the tests
set -eu
: "${ANNOTCTL:?path of annotctl}" "${ANNOTD:?path of annotd}" "${ROOT:?root of the sources}"

# How many times as long as usual a test waits: programs under valgrind take their time.
patience=${PATIENCE:-1}
# Whether valgrind runs them.
under_valgrind() { [ -n "${VALGRIND:-}" ]; }
work=$(mktemp -d)
daemon=
export ANNOT_SOCKET="ipc://$work/annotd.sock"
unset SSH_AUTH_SOCK NO_COLOR ANNOT_KEY || true

finish() {
	code=$?
	for left in $daemon $second; do kill -9 "$left" 2>/dev/null || true; done
	[ "$code" = 0 ] || [ ! -f "$work/annotd.log" ] || sed 's/^/annotd.log: /' "$work/annotd.log" >&2
	rm -rf "$work"
	exit "$code"
}
trap finish EXIT

fail() {
	printf 'FAILED: %s\n' "$*" >&2
	exit 1
}

# as PERSON COMMAND…: with that person's home and settings. replace=exec: instead of this shell.
replace=
as() {
	person=$1
	shift
	mkdir -p "$work/$person"
	$replace env HOME="$work/$person" XDG_CONFIG_HOME="$work/$person/config" XDG_STATE_HOME="$work/$person/state" \
		XDG_CACHE_HOME="$work/$person/cache" "$@"
}
# ctl PERSON ARGUMENTS…: annotctl as that person.
ctl() {
	who=$1
	shift
	as "$who" "$ANNOTCTL" "$@"
}
# quiet PERSON ARGUMENTS…: prints the id alone.
quiet() {
	who=$1
	shift
	as "$who" "$ANNOTCTL" --quiet "$@" 2>/dev/null
}

# expect CODE TEXT COMMAND…: exit code, and a part of one line of output or error; "" for any.
# What it printed is in $work/out (both streams).
expect() {
	want=$1 text=$2
	shift 2
	got=0
	"$@" >"$work/out" 2>&1 || got=$?
	[ "$got" = "$want" ] || fail "exit $got instead of $want: $* :: $(cat "$work/out")"
	[ -z "$text" ] || grep -qF -- "$text" "$work/out" || fail "no \"$text\" from: $* :: $(cat "$work/out")"
}
# one_line: the last expect printed exactly one line on standard error and output together.
one_line() { [ "$(wc -l <"$work/out")" = 1 ] || fail "more than one line: $(cat "$work/out")"; }

# start CORPUS URL LOG: starts annotd, waits until it says that it serves; its pid is in $started.
also= # more arguments, as words
started=
start() {
	: >"$3"
	replace='exec'
	# shellcheck disable=SC2086 # words
	as daemon "$ANNOTD" --corpus "$1" --listen "$2" $also 2>>"$3" </dev/null &
	started=$!
	replace=
	tries=0
	until grep -q serving "$3"; do
		kill -0 "$started" 2>/dev/null || fail "annotd did not start: $(cat "$3")"
		tries=$((tries + 1))
		[ "$tries" -lt $((600 * patience)) ] || fail "annotd is not ready after $((30 * patience)) s"
		sleep 0.05 # polls for the line; there is nothing to wait on
	done
}
# serve: the daemon of the test, on $work/corpus.
serve() {
	start "$work/corpus" "$ANNOT_SOCKET" "$work/annotd.log"
	daemon=$started
}
stop() {
	[ -n "$daemon" ] || return 0
	ended=$daemon
	daemon=
	kill "$ended"
	wait "$ended" || fail "annotd stopped with $?: $(cat "$work/annotd.log")"
}
# The daemon dies in mid-work, as by a power cut of the process.
crash() {
	kill -9 "$daemon"
	wait "$daemon" 2>/dev/null || true
	daemon=
}
# other CORPUS URL: a second daemon, which finish kills if the test does not end it with end_other.
second=
other() {
	start "$1" "$2" "$work/second.log"
	second=$started
}
end_other() {
	ended=$second
	second=
	kill "$ended"
	wait "$ended" || fail "the second annotd stopped with $?: $(cat "$work/second.log")"
}

# take_over COPY: it gets the log's key and checkpoint file, and the place of the corpus, which is "original" now.
take_over() {
	cp "$work/corpus/log.key" "$work/corpus/checkpoint" "$work/$1/"
	expect 0 'no findings' as daemon "$ANNOTD" fsck --corpus "$work/$1"
	mv "$work/corpus" "$work/original"
	mv "$work/$1" "$work/corpus"
	serve
}

# desk: a corpus with alice as admin and boris and chloe enrolled, served.
desk() {
	ctl alice --quiet key new alice >/dev/null 2>&1
	corpus=$(ctl alice --quiet corpus init "$work/corpus" --origin test.example/desk 2>/dev/null)
	serve
	for person in boris chloe; do enrol "$person"; done
}
enrol() {
	ctl "$1" --quiet key new "$1" >/dev/null 2>&1
	ctl "$1" --quiet key request --name "$1" -o "$work/$1.request"
	quiet alice reviewer add "$work/$1.request" >/dev/null
}
# text NAME CONTENT: adds a document.
text() {
	printf '%s\n' "$2" >"$work/$1.txt"
	quiet alice doc add "$work/$1.txt" --name "$1"
}
size() { ctl alice --json corpus info 2>/dev/null | jq .size; }

# tamper FROM TO SECTION LINE COLUMN: another character there in a bundle, in the first section of that name.
tamper() {
	awk -v name="$3" -v at="$4" -v col="$5" '
		/^section [a-z-]+ [0-9]+$/ { line = 0; open = ($2 == name && !done); print; next }
		open && ++line == at {
			c = substr($0, col, 1)
			$0 = substr($0, 1, col - 1) (c == "e" ? "a" : "e") substr($0, col + 1)
			done = 1
		}
		{ print }' "$1" >"$2"
	if cmp -s "$1" "$2"; then fail "nothing tampered: $*"; fi
}
# reseal BUNDLE: its last line, whatever it is, becomes the right closing line.
reseal() {
	sed '$d' "$1" >"$work/body"
	{
		cat "$work/body"
		echo "end $(sha256sum <"$work/body" | cut -d' ' -f1)"
	} >"$1"
}
