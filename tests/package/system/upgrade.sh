# Packages that come and go: an upgrade under load loses nothing, removing stops, and neither purging nor installing again
# touches a corpus. The older packages are the same programs under a lower number.
. /try/tree/tests/package/system/lib.sh

new=$(dpkg-query -W -f '${Version}' annotd)
# digest: of all that is in the corpus folder, with owners and modes.
digest() { (cd "$folder" && find . -printf '%p %u %g %m\n' | sort && find . -type f -exec sha256sum {} + | sort) | sha256sum; }
names="annotd annotctl libannot-dev $(dpkg-query -W -f '${Package}\n' 'libannot[0-9]*')"

corpus kept boris
systemctl enable "$unit" 2>/dev/null
systemctl stop "$unit"
before=$(digest)
# shellcheck disable=SC2086 # a list
packages purge $names
[ "$(digest)" = "$before" ] || fail 'purging touched a corpus'
[ ! -e /etc/systemd/system/multi-user.target.wants/"$unit" ] || fail 'left enabled without a unit'
getent passwd annot >/dev/null || fail 'nobody owns the corpora any more'
# shellcheck disable=SC2086 # a list
left=$(dpkg-query -W -f '${Status} ${Package}\n' $names 2>/dev/null | grep -v 'unknown\|not-installed') || true
[ -z "$left" ] || fail "not purged: $left"
packages install --no-install-recommends /try/older/*.deb
[ "$(dpkg-query -W -f '${Version}' annotd)" != "$new" ] || fail 'the older packages are not older'
[ "$(digest)" = "$before" ] || fail 'installing touched a corpus'
[ "$(systemctl is-active "$unit")" = inactive ] || fail 'installing started a daemon'

# --- upgrade, under load
systemctl enable --now "$unit" 2>/dev/null
load boris
pid=$(property MainPID)
packages install --no-install-recommends /try/debs/*.deb
[ "$(dpkg-query -W -f '${Version}' annotd)" = "$new" ] || fail 'not upgraded'
is ActiveState active
is UnitFileState enabled
[ "$(property MainPID)" != "$pid" ] || fail 'the old daemon still runs'
case $(readlink "/proc/$(property MainPID)/exe") in
/usr/sbin/annotd) ;;
*) fail "runs $(readlink "/proc/$(property MainPID)/exe")" ;;
esac
more
settle
note "upgrade under load: $(wc -l <"$work/want") claims acknowledged, none lost"
# What was not running is not started.
systemctl stop "$unit"
packages install --reinstall /try/debs/*.deb
is ActiveState inactive
systemctl start "$unit"

# again: the daemon alone is installed again; all that was there is, and is served once that is asked for.
again() {
	before=$(digest)
	packages install --no-install-recommends /try/debs/annotd_*.deb
	[ "$(digest)" = "$before" ] || fail "installing after $1 touched a corpus"
	is ActiveState inactive
	systemctl start "$unit"
	listed
	whole
}
pid=$(property MainPID)
mark
packages remove annotd
[ ! -e "/proc/$pid" ] || fail 'still runs after its package was removed'
said 'Deactivated successfully'
again removing
pid=$(property MainPID)
packages purge annotd # while it serves
[ ! -e "/proc/$pid" ] || fail 'still runs after its package was purged'
again purging
[ -z "$(dpkg --audit)" ] || fail "$(dpkg --audit)"
