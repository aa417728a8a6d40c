#!/bin/sh
# From another machine, through ssh: the ipc socket is forwarded by a real sshd on loopback, which the test starts with a
# configuration and a host key of its own. As root it would need a user sshd and a folder in /run: then all of this is
# done by the user nobody.
set -eu
: "${ANNOTCTL:?path of annotctl}" "${ANNOTD:?path of annotd}" "${ROOT:?root of the sources}"
if [ "$(id -u)" = 0 ]; then
	copies=$(mktemp -d) # of programs that another user may not be able to reach
	trap 'rm -rf "$copies"' EXIT
	mkdir "$copies/tests" "$copies/tests/cli"
	cp "$ANNOTCTL" "$ANNOTD" "$copies"
	cp "$ROOT/tests/cli/lib.sh" "$ROOT/tests/cli/ssh.sh" "$copies/tests/cli"
	for part in "$ROOT/build/openssh-server/usr/sbin/sshd" $(ldd "$ANNOTCTL" | sed -n 's|.*=> \(/.*/libannot\.so[^ ]*\) .*|\1|p'); do
		[ ! -f "$part" ] || cp "$part" "$copies"
	done
	chmod -R a+rX "$copies"
	code=0
	setpriv --reuid nobody --regid nogroup --clear-groups env ANNOTCTL="$copies/annotctl" ANNOTD="$copies/annotd" ROOT="$copies" \
		HOME="$copies" TMPDIR=/tmp LD_LIBRARY_PATH="$copies" LSAN_OPTIONS="${LSAN_OPTIONS:-}" sh "$copies/tests/cli/ssh.sh" || code=$?
	exit "$code"
fi

sshd=
for place in /usr/sbin/sshd "$ROOT/sshd" "$ROOT/build/openssh-server/usr/sbin/sshd"; do
	[ -n "$sshd" ] || [ ! -x "$place" ] || sshd=$place
done
[ -n "$sshd" ] || { echo 'no sshd: script/bootstrap unpacks one' >&2; exit 77; }
. "$ROOT/tests/cli/lib.sh"

desk
ssh-keygen -q -t ed25519 -N '' -f "$work/host"
ssh-keygen -q -t ed25519 -N '' -f "$work/user"
cp "$work/user.pub" "$work/authorized"
cat >"$work/sshd_config" <<EOF
HostKey $work/host
AuthorizedKeysFile $work/authorized
AuthenticationMethods publickey
StrictModes no
UsePAM yes
PidFile none
ListenAddress 127.0.0.1
AllowStreamLocalForwarding yes
EOF
# A free port is one that sshd gets.
port=$((20000 + $$ % 20000))
for attempt in 1 2 3 4 5 6 7 8; do
	port=$((port + attempt))
	"$sshd" -D -e -f "$work/sshd_config" -p "$port" 2>"$work/sshd.log" &
	server=$!
	second=$server # finish ends it
	until grep -q 'Server listening' "$work/sshd.log" || ! kill -0 "$server" 2>/dev/null; do
		sleep 0.05 # polls for the line; there is nothing to wait on
	done
	! kill -0 "$server" 2>/dev/null || break
done
kill -0 "$server" || fail "sshd: $(cat "$work/sshd.log")"
printf '[127.0.0.1]:%s %s\n' "$port" "$(cut -d' ' -f1,2 "$work/host.pub")" >"$work/hosts"

# The documented way: ssh -N -L LOCAL.sock:REMOTE.sock HOST
remote_to() {
	ssh -F none -o UserKnownHostsFile="$work/hosts" -o GlobalKnownHostsFile=none -o StrictHostKeyChecking=yes -o IdentitiesOnly=yes \
		-o BatchMode=yes -o ExitOnForwardFailure=yes -i "$work/user" -p "$port" -N -L "$1:$work/annotd.sock" 127.0.0.1 2>"$work/ssh.log" &
	ssh=$!
	second="$server $ssh"
	until [ -S "$1" ]; do
		kill -0 "$ssh" 2>/dev/null || fail "ssh: $(cat "$work/ssh.log" "$work/sshd.log")"
		sleep 0.05 # polls for the socket; there is nothing to wait on
	done
}
remote_to "$work/local.sock"
far="ipc://$work/local.sock"

# It is the same corpus, met for the first time, and everything works as it does there.
expect 0 "first contact: this socket serves corpus $corpus" ctl boris --socket "$far" corpus info
od -An -tx1 -v -N 300000 /dev/urandom >"$work/large.txt"
expect 0 'document' ctl boris --socket "$far" doc add "$work/large.txt" --name large
ctl boris --socket "$far" doc text large | cmp - "$work/large.txt" || fail 'not what was sent'
as boris timeout $((60 * patience)) "$ANNOTCTL" --socket "$far" --format ndjson watch --limit 1 --from '#0' >"$work/event" 2>/dev/null ||
	fail 'no events come through'
[ -s "$work/event" ] || fail 'no event'
words=$(head -n 1 "$work/large.txt" | cut -c 2-40)
quote=$(quiet boris --socket "$far" quote add large "$words")
expect 0 'VALID' ctl boris --socket "$far" verify "$quote"
expect 0 'approve' ctl chloe --socket "$far" review "$quote@1" approve

# Without ssh nothing answers there.
kill "$ssh"
wait "$ssh" 2>/dev/null || true
rm -f "$work/local.sock"
expect 3 'no annotd answers' ctl boris --socket "$far" list
