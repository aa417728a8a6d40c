#!/bin/sh
# The units are well formed, and as hardened as they say; each rule is shown to count.
set -eu
: "${ROOT:?}" "${ANNOTD:?}"
command -v systemd-analyze >/dev/null || {
	echo "skipped: no systemd-analyze here"
	exit 77
}
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
fail() {
	printf 'FAILED: %s\n' "$*" >&2
	exit 1
}
threshold=20 # tenths: "at most 2.0"
# exposed UNIT: whether it is more exposed than that.
exposed() { ! systemd-analyze security --no-pager --offline=true --threshold=$threshold "$1" >"$work/out" 2>&1; }
for unit in annotd@.service user/annotd.service; do
	if exposed "$ROOT/package/$unit"; then fail "$unit: $(cat "$work/out")"; fi
	score=$(sed -n 's/.*Overall exposure level for [^:]*: \([0-9.]*\).*/\1/p' "$work/out")
	[ -n "$score" ] || fail "$unit: no score: $(cat "$work/out")"
	echo "$unit: $score"
done
# The figure comes from the file: without its hardening it is another.
mkdir "$work/bare"
sed '/^Protect/d; /^Private/d; /^Restrict[A-OQ-Z]/d; /^SystemCall/d; /^Capab/d' "$ROOT/package/annotd@.service" >"$work/bare/annotd@.service"
exposed "$work/bare/annotd@.service" || fail "not hardened, and not exposed either"

# systemd understands every line. The program is put where the unit finds it only when it is installed.
for unit in annotd@desk.service user/annotd.service; do
	sed "s|^ExecStart=annotd|ExecStart=$ANNOTD|" "$ROOT/package/$(echo "$unit" | sed 's/@desk/@/')" >"$work/$(basename "$unit")"
	systemd-analyze verify --man=no --recursive-errors=no "$work/$(basename "$unit")" >"$work/out" 2>&1 || fail "$unit: $(cat "$work/out")"
	if grep -q "$(basename "$unit")" "$work/out"; then fail "$unit: $(cat "$work/out")"; fi
done
# With the drop-in for a network it is still a unit, and no longer without one.
sed "s|^ExecStart=annotd|ExecStart=$ANNOTD|" "$ROOT/package/annotd@.service" | cat - "$ROOT/package/examples/network.conf" >"$work/annotd@net.service"
systemd-analyze verify --man=no --recursive-errors=no "$work/annotd@net.service" >"$work/out" 2>&1 || fail "network.conf: $(cat "$work/out")"
if grep -q 'net\.service' "$work/out"; then fail "network.conf: $(cat "$work/out")"; fi
systemd-analyze security --no-pager --offline=true "$work/annotd@net.service" | grep -q 'RestrictAddressFamilies=~AF_(INET|INET6).*may allocate' ||
	fail "network.conf allows no network"
sed -i 's/^WatchdogSec=.*/WatchdogSec=soon/' "$work/annotd@desk.service"
systemd-analyze verify --man=no --recursive-errors=no "$work/annotd@desk.service" >"$work/out" 2>&1 || true
grep -q 'desk.service:.*: soon' "$work/out" || fail "a bad line is not seen: $(cat "$work/out")"
