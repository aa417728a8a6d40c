#!/bin/sh
# Before anything runs: what apt put on a bare system is all there, starts nothing, and finds its libraries.
set -eu
fail() {
	echo "FAILED: $*" >&2
	exit 1
}
[ -z "$(dpkg --audit)" ] || fail "$(dpkg --audit)"
packages="annotctl annotd $(dpkg-query -W -f '${Package}\n' 'libannot*')"
for package in $packages; do
	[ -z "$(dpkg --verify "$package")" ] || fail "$(dpkg --verify "$package")"
done
for program in /usr/bin/annotctl /usr/sbin/annotd /usr/libexec/annot/annot-html; do
	if ldd "$program" | grep 'not found'; then fail "$program wants for libraries"; fi
done
annotctl --version
annotd --version
case $(getent passwd annot) in
annot:*:/var/lib/annot:/usr/sbin/nologin) ;;
*) fail "the user annot: $(getent passwd annot)" ;;
esac
[ "$(stat -c '%U %a' /var/lib/annot)" = 'root 755' ] || fail "/var/lib/annot: $(stat -c '%U %a' /var/lib/annot)"
[ -z "$(find /etc/systemd -name 'annotd*')" ] || fail "enabled without being asked"
# Nobody's settings, no corpus, no daemon: said in one line, with the way out.
code=0
annotctl list >/tmp/said 2>&1 || code=$?
[ "$code $(wc -l </tmp/said)" = '3 1' ] || fail "annotctl list: $code $(cat /tmp/said)"
cat /tmp/said
