# The system unit: a corpus put in place as annotd(8) says is served to its group, and to nobody else.
. /try/tree/tests/package/system/lib.sh

expect 1 'Assertion failed' systemctl start annotd@nothing
corpus desk boris
systemctl enable "$unit" 2>/dev/null
is Type notify
is ActiveState active
is SubState running
is WatchdogUSec 2min
case $(property StatusText) in
"Serving test.example/desk, "*) ;;
*) fail "systemctl status says: $(property StatusText)" ;;
esac
[ "$(find "$folder" ! -user annot | wc -l)" = 0 ] || fail "not annot's: $(find "$folder" ! -user annot)"
[ "$(stat -c %a "$folder" "$folder/log.key" /run/annot/desk | tr '\n' ' ')" = '700 600 755 ' ] ||
	fail "modes: $(stat -c '%a %n' "$folder" "$folder/log.key" /run/annot/desk)"

# --- people -------------------------------------------------------------------------------------------------------------------
printf 'The lake is ours, the mayor said.\n' >"$work/report.txt"
put "$work/report.txt" boris
expect 0 'document' ctl boris doc add report.txt --name report
expect 0 'quote' ctl boris quote add report 'The lake is ours' --speaker 'the mayor'
quote=$(quiet boris list kind:quote)
expect 0 VALID ctl boris verify "$quote"
expect 0 'approve' ctl alice review "$quote@1" approve
expect 3 'annot' ctl mallory list # not in the group
one_line
expect 2 'Permission denied' as boris ls "$folder"

# --- what the unit leaves it ----------------------------------------------------------------------------------------------------
pid=$(property MainPID)
status() { sed -n "s/^$1:[[:space:]]*//p" "/proc/$pid/status"; }
[ "$(status NoNewPrivs) $(status Seccomp) $(status CapEff)" = '1 2 0000000000000000' ] || fail "privileges: $(cat "/proc/$pid/status")"
[ "$(ps -o user= -p "$pid")" = annot ] || fail "runs as $(ps -o user= -p "$pid")"
[ "$(readlink "/proc/$pid/ns/net")" != "$(readlink /proc/self/ns/net)" ] || fail 'has the network'
[ -z "$(ls "/proc/$pid/root/home")" ] || fail 'sees homes'
[ ! -e "/proc/$pid/root/dev/mem" ] && [ ! -e "/proc/$pid/root/dev/kmsg" ] || fail 'sees devices'
grep -qE '^Max open files +4096 +4096 ' "/proc/$pid/limits" || fail "$(grep open "/proc/$pid/limits")"
grep -qE '^Max core file size +0 +0 ' "/proc/$pid/limits" || fail "$(grep core "/proc/$pid/limits")"
score=$(systemd-analyze security --no-pager "$unit" | sed -n 's/.*Overall exposure level for [^:]*: \([0-9.]*\).*/\1/p')
note "systemd-analyze security of annotd@: $score"
systemd-analyze security --no-pager --threshold=20 "$unit" >"$work/out" || fail "more exposed than 2.0: $(cat "$work/out")"

# --- its words in the journal ------------------------------------------------------------------------------------------------------
journalctl -q -u "$unit" -o json >"$work/json"
jq -r 'select(._COMM == "annotd") | .MESSAGE | if type == "array" then "BYTES" else . end' "$work/json" >"$work/lines"
grep -q "^annotd: serving $hash (test.example/desk) on $ANNOT_SOCKET" "$work/lines" || fail "journal: $(cat "$work/lines")"
if grep -vE '^annotd: ' "$work/lines"; then fail 'not readable'; fi
jq -r 'select(._COMM == "annotd" and (.MESSAGE | startswith("annotd: serving"))) | .PRIORITY' "$work/json" >"$work/priorities"
[ "$(sort -u "$work/priorities")" = 5 ] || fail "priorities: $(cat "$work/priorities")"

# --- under load ------------------------------------------------------------------------------------------------------------------------
load boris
# There is nothing to reload, and nothing happens.
expect 3 'reload is not applicable' systemctl reload "$unit"
is MainPID "$pid"
more
for verb in restart reload-or-restart try-restart; do
	pid=$(property MainPID)
	systemctl $verb "$unit"
	is ActiveState active
	[ "$(property MainPID)" != "$pid" ] || fail "$verb did nothing"
	more
done
systemctl stop "$unit"
is ActiveState inactive
is Result success
[ ! -e "/run/annot/$name" ] || fail "left in /run: $(ls -R "/run/annot/$name")"
expect 3 '' ctl alice list
one_line
listing=$(wc -l <"$work/kept")
systemctl start "$unit"
more
settle
note "restarts under load: $(wc -l <"$work/want") claims acknowledged ($listing before the stop), none lost"

# --- what is wrong is said, and not tried again and again ----------------------------------------------------------------------------------
mkdir -p /etc/annot/desk
echo 'log-lvel = debug' >/etc/annot/desk/annotd.conf
mark
expect 1 '' systemctl restart "$unit"
said 'log-lvel'
grep -q 'annotd.conf, line 1: ' "$work/journal" || fail "no line: $(cat "$work/journal")"
is ActiveState failed
is ExecMainStatus 2
is NRestarts 0
# The example says what is right.
sed 's/^; log-level/log-level/' /usr/share/doc/annotd/examples/annotd.conf >/etc/annot/desk/annotd.conf
systemctl start "$unit"
is ActiveState active
rm -r /etc/annot/desk
systemctl restart "$unit"
# A second one of the same corpus.
expect 4 '' runuser -u annot -- "$ANNOTD" --corpus "$folder" --listen "ipc://$work/second.sock"
one_line
expect 0 '' ctl boris list
