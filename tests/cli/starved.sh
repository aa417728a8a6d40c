#!/bin/sh
# annotctl that has no memory for some of its JSON: watch and batch, which would go on, stop there.
. "${ROOT:?}/tests/cli/lib.sh"
desk
text report 'One two three. One two four.' >/dev/null
export STARVE="$work/starve"
export ASAN_OPTIONS="${ASAN_OPTIONS:-}:allocator_may_return_null=1:verify_asan_link_order=0"
export TSAN_OPTIONS="${TSAN_OPTIONS:-}:allocator_may_return_null=1"
# starved NAME ARGUMENTS…: annotctl that may be starved, in the background.
starved() {
	name=$1
	shift
	replace='exec'
	as boris timeout 60 env LD_PRELOAD="${STARVE_LIBRARY:?}" "$ANNOTCTL" "$@" >"$work/$name.out" 2>"$work/$name.err" <"${input:-/dev/null}" &
	started=$!
	replace=
}
# said FILE LINES TEXT: waits until that many of its lines have the text.
said() {
	tries=0
	until [ "$(grep -cF -- "$3" "$1")" -ge "$2" ]; do
		tries=$((tries + 1))
		[ "$tries" -lt 600 ] || fail "not $2 times \"$3\" in $1: $(cat "$1" "${1%.*}.err")"
		sleep 0.05 # polls for output; there is nothing to wait on
	done
}
ends() { # CODE
	got=0
	wait "$started" || got=$?
	[ "$got" = "$1" ] || fail "$name ended with $got instead of $1: $(cat "$work/$name.out" "$work/$name.err")"
	[ ! -e "$STARVE" ] || fail "$name was not starved"
	[ "$(grep -c 'memory' "$work/$name.err")" -ge 1 ] || fail "$name does not say why: $(cat "$work/$name.err")"
}

# --- an event that is not printed: watch ends, and does not go on as if it had been
starved watch --format ndjson watch
said "$work/watch.err" 1 'watching from'
quiet boris comment add report first >/dev/null
said "$work/watch.out" 1 first
: >"$STARVE"
quiet boris comment add report second >/dev/null
ends 5
[ "$(wc -l <"$work/watch.out")" = 1 ] || fail "watch: $(cat "$work/watch.out")"
[ "$(grep -c '"code": *"no_memory"' "$work/watch.err")" = 1 ] || fail "said otherwise than once: $(cat "$work/watch.err")"

# --- a result that is not printed: no later line of a batch is run
line() { printf '{"args": ["comment", "add", "report", "%s"]}\n' "$1"; }
mkfifo "$work/lines"
input="$work/lines"
starved batch batch --keep-going
exec 3>"$work/lines"
line third >&3
said "$work/batch.out" 1 third
: >"$STARVE"
{
	line fourth
	line fifth
} >&3
exec 3>&-
ends 5
[ "$(wc -l <"$work/batch.out")" = 1 ] || fail "batch: $(cat "$work/batch.out")"
expect 0 '' ctl alice list kind:comment
if grep -q fifth "$work/out"; then fail 'a line was run after one without a result'; fi
