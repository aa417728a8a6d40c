# The user unit: one person's own corpus, with no help of root's but the user manager.
. /try/tree/tests/package/system/lib.sh

unset ANNOT_SOCKET
uid=$(id -u chloe)
loginctl enable-linger chloe
systemctl start "user@$uid.service"
mine() { as chloe XDG_RUNTIME_DIR="/run/user/$uid" "$@"; }
user() { mine systemctl --user "$@"; }
shows() { user show --value -p "$1" annotd; }

# No settings: it is skipped, and nothing fails.
user start annotd
[ "$(shows ActiveState) $(shows ConditionResult)" = 'inactive no' ] || fail "without settings: $(user status annotd)"
key chloe
hash=$(mine "$ANNOTCTL" --quiet corpus init own --origin test.example/own 2>/dev/null)
mine sh -c 'echo "corpus = $HOME/own" >~/.config/annot/annotd.conf'
user enable --now annotd 2>/dev/null || fail "$(user status annotd) $(journalctl -q -n 20 -o cat _UID="$uid")"
[ "$(shows ActiveState)" = active ] || fail "$(user status annotd)"
expect 0 "$hash" mine "$ANNOTCTL" corpus info
printf 'The lake is ours, the mayor said.\n' >"$work/report.txt"
put "$work/report.txt" chloe
expect 0 document mine "$ANNOTCTL" doc add report.txt --name report
expect 0 quote mine "$ANNOTCTL" quote add report 'The lake is ours' --speaker 'the mayor'
note "systemd-analyze security of the user unit: $(mine systemd-analyze --user security --no-pager annotd |
	sed -n 's/.*Overall exposure level for [^:]*: \([0-9.]*\).*/\1/p')"

# Killed: started again.
pid=$(shows MainPID)
kill -KILL "$pid"
until=$((SECONDS + WAIT_S))
until [ "$(shows NRestarts) $(shows ActiveState)" = '1 active' ]; do
	[ "$SECONDS" -lt "$until" ] || fail "not started again: $(user status annotd)"
	sleep 0.1 # nobody tells when a property changes
done
expect 0 'The lake is ours' mine "$ANNOTCTL" list kind:quote
user stop annotd
[ "$(shows Result)" = success ] || fail "$(user status annotd)"
expect 0 'no findings' mine "$ANNOTD" fsck
user start annotd
expect 0 'The lake is ours' mine "$ANNOTCTL" list kind:quote
user disable --now annotd 2>/dev/null
loginctl disable-linger chloe
