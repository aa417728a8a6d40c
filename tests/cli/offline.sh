#!/bin/sh
# verify of a file opens no socket: the kernel kills it at the first call that has to do with one. And the verifier alone can
# be linked without anything that could.
. "${ROOT:?}/tests/cli/lib.sh"
: "${CONFINED:?}" "${SCEPTIC:?}"
code=0
"$CONFINED" true || code=$?
[ "$code" != 77 ] || {
	echo "skipped: no seccomp here"
	exit 77
}
[ "$code" = 0 ] || fail "confined: $code"
desk
text report 'One two three. One two four.' >/dev/null
quote=$(quiet boris quote add report 'two three')
quiet boris review report@1 approve >/dev/null
quiet chloe bundle "$quote" -o "$work/good.bundle"
quiet chloe bundle "$quote" --excerpt -o "$work/excerpt.bundle"
quiet chloe bundle "$quote" --no-leaves -o "$work/short.bundle"
ctl chloe --quiet log export "$work/copy"
printf 'quorum none\n' >"$work/policy"
quiet boris retract "$quote@1" --because 'a slip' >/dev/null
quiet chloe bundle "$quote" -o "$work/gone.bundle"

# The confinement is one: with the daemon there, asking it is deadly, and nothing else is.
killed=0
as boris "$CONFINED" "$ANNOTCTL" show "$quote" >"$work/out" 2>&1 || killed=$?
[ "$killed" -gt 128 ] || fail "asking the daemon got through the filter with $killed: $(cat "$work/out")"
confined() { as nobody "$CONFINED" "$ANNOTCTL" "$@"; }
expect 0 'VALID-UNWITNESSED' confined verify "$work/good.bundle" --corpus "$corpus"
expect 0 'VALID-UNWITNESSED' confined --format json verify "$work/excerpt.bundle" --corpus "$corpus" --policy "$work/policy"
expect 0 'VALID-UNWITNESSED' confined verify "$work/short.bundle" --corpus "$corpus" --log "$work/copy"
expect 1 'RETRACTED' confined verify "$work/gone.bundle" --corpus "$corpus"
expect 1 'INVALID' confined verify "$work/report.txt" --corpus "$corpus"
expect 0 'VALID' confined log audit "$work/copy" --corpus "$corpus"
# A reader with a pin and settings of their own, and a socket to call.
expect 0 'older than your checkpoint' as chloe "$CONFINED" "$ANNOTCTL" verify "$work/good.bundle" --corpus "$corpus"
stop

# --- a program with the verifier and nothing else -------------------------------------------------------
expect 0 'VALID-UNWITNESSED' "$CONFINED" "$SCEPTIC" "$work/good.bundle" "$corpus"
expect 0 'VALID-UNWITNESSED' "$CONFINED" "$SCEPTIC" "$work/excerpt.bundle" "$corpus"
expect 1 'CANNOT-CHECK' "$CONFINED" "$SCEPTIC" "$work/short.bundle" "$corpus"
expect 1 'RETRACTED' "$CONFINED" "$SCEPTIC" "$work/gone.bundle" "$corpus"
expect 1 'INVALID' "$CONFINED" "$SCEPTIC" "$work/good.bundle" "$(printf '%064d' 0)"
nm -D --undefined-only "${SCEPTIC_ITSELF:-$SCEPTIC}" | awk '{ print $2 }' | sed 's/@.*//' >"$work/needs"
grep -qx 'mmap\|mmap64' "$work/needs" || fail "nm shows nothing: $(cat "$work/needs")"
if grep -Ex 'socket|socketpair|connect|bind|listen|accept4?|send|sendto|sendmsg|recv|recvfrom|recvmsg|getaddrinfo|nng_.*' "$work/needs"; then
	fail "the verifier needs sockets"
fi
