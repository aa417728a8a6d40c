# The drop-in for the network, as its own comment says: from outside of the unit, enrolled people read and annotate over TLS, and
# nobody else does.
. /try/tree/tests/package/system/lib.sh

corpus far boris
port=7455
mkdir -p "/etc/systemd/system/$unit.d" /etc/annot/far
cp /usr/share/doc/annotd/examples/network.conf "/etc/systemd/system/$unit.d/"
printf 'listen = %s\nlisten = tls+tcp://0.0.0.0:%s\n' "$ANNOT_SOCKET" $port >/etc/annot/far/annotd.conf
systemctl daemon-reload
systemctl restart "$unit"
is ActiveState active
score=$(systemd-analyze security --no-pager "$unit" | sed -n 's/.*Overall exposure level for [^:]*: \([0-9.]*\).*/\1/p')
note "systemd-analyze security with network.conf: $score"

fingerprint=$(ctl alice --json corpus info 2>/dev/null | jq -r .certificate)
remote=tls+tcp://127.0.0.1:$port
printf 'The lake is ours, the mayor said.\n' >"$work/report.txt"
put "$work/report.txt" boris
at() {
	local person=$1
	shift
	ctl "$person" --socket "$remote" "$@"
}
expect 4 "$fingerprint" at boris list # never met
expect 0 document at boris --fingerprint "$fingerprint" doc add report.txt --name report
expect 0 quote at boris quote add report 'The lake is ours' --speaker 'the mayor'
expect 0 'The lake is ours' at boris list kind:quote
expect 0 VALID at boris verify "$(quiet boris list kind:quote)"
# Mallory has a key, and nobody enrolled it.
key mallory
expect 4 'not enrolled' at mallory --fingerprint "$fingerprint" list
one_line
# From another address than loopback's, and by names of which one address is the daemon's and another, first, is not. (An address
# of this kind on any interface has names looked up in its family.)
ip address add 192.0.2.7/32 dev lo
ip address add 2001:db8::7/128 dev lo 2>/dev/null || note "no IPv6 here"
printf '192.0.2.7 desk.test\n2001:db8::7 desk.test\n' >>/etc/hosts
for host in 192.0.2.7 localhost desk.test; do
	remote=tls+tcp://$host:$port
	expect 0 'The lake is ours' at boris --fingerprint "$fingerprint" list kind:quote
done
expect 0 'The lake is ours' ctl alice list kind:quote # the ipc socket is there as before
if [ -e /proc/sys/net/ipv6 ]; then
	printf 'listen = %s\nlisten = tls+tcp://[::]:%s\n' "$ANNOT_SOCKET" $port >/etc/annot/far/annotd.conf
	systemctl restart "$unit"
	for host in '[::1]' localhost desk.test; do
		remote=tls+tcp://$host:$port
		expect 0 'The lake is ours' at boris --fingerprint "$fingerprint" list kind:quote
	done
	printf 'listen = %s\nlisten = tls+tcp://localhost:%s\n' "$ANNOT_SOCKET" $port >/etc/annot/far/annotd.conf
	systemctl restart "$unit"
	remote=tls+tcp://localhost:$port
	expect 0 'The lake is ours' at boris --fingerprint "$fingerprint" list kind:quote
fi
# Without the drop-in it has no network, says so, and does not try again and again.
rm -r "/etc/systemd/system/$unit.d"
printf 'listen = %s\nlisten = tls+tcp://0.0.0.0:%s\n' "$ANNOT_SOCKET" $port >/etc/annot/far/annotd.conf
systemctl daemon-reload
mark
expect 1 '' systemctl restart "$unit"
said 'network.conf'
is ActiveState failed
is ExecMainStatus 4
is NRestarts 0
rm -r /etc/annot/far
systemctl restart "$unit"
whole
