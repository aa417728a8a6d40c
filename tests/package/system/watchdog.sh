# Daemons that hang or die: systemd ends them and starts others, and nothing that was acknowledged is lost.
. /try/tree/tests/package/system/lib.sh

corpus hang boris
# The watchdog as it is, but for its time.
mkdir -p "/run/systemd/system/$unit.d"
printf '[Service]\nWatchdogSec=2\n' >"/run/systemd/system/$unit.d/time.conf"
systemctl daemon-reload
systemctl restart "$unit"

# --- alive: it says so, also under load
load boris
sign=$(property WatchdogTimestampMonotonic)
for _ in 1 2 3; do
	unlike WatchdogTimestampMonotonic "$sign"
	sign=$(property WatchdogTimestampMonotonic)
done
is NRestarts 0

# --- hangs: the whole process, as in a page that never comes
more
pid=$(property MainPID)
mark
kill -STOP "$pid"
said 'Watchdog timeout'
said 'Started annotd'
grep -q "Failed with result 'watchdog'" "$work/journal" || fail "not by the watchdog: $(cat "$work/journal")"
is NRestarts 1
is ActiveState active
[ "$(property MainPID)" != "$pid" ] && [ ! -e "/proc/$pid" ] || fail 'the process that hung is still there'
more

# --- is killed
pid=$(property MainPID)
mark
kill -KILL "$pid"
said 'Started annotd'
is NRestarts 2
more
settle
note "watchdog and SIGKILL under load: $(wc -l <"$work/want") claims acknowledged, none lost"

# --- is ended by whoever may: that is no failure, and not undone
pid=$(property MainPID)
mark
kill -TERM "$pid"
said 'Deactivated successfully'
is ActiveState inactive
is Result success
checked
rm -r "/run/systemd/system/$unit.d"
systemctl daemon-reload
