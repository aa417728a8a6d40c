#!/bin/sh
# annotd at work under the system calls that its unit allows: one more, and the kernel kills it.
command -v systemd-analyze >/dev/null || {
	echo "skipped: no systemd-analyze here"
	exit 77
}
. "${ROOT:?}/tests/cli/lib.sh"
export LC_ALL=C

# calls NAME…: a set (@name) as the calls in it, those in sets of sets too.
calls() {
	for name; do
		case $name in
		@*)
			# shellcheck disable=SC2046 # a list of names
			calls $(systemd-analyze syscall-filter "$name" | sed -n 's/^    \([-@a-z_0-9]*\)$/\1/p')
			;;
		*) echo "$name" ;;
		esac
	done
}
# allowed UNIT: numbers of the calls that its lines come to.
allowed() {
	: >"$work/names"
	sed -n 's/^SystemCallFilter=//p' "$1" | while read -r line; do
		# shellcheck disable=SC2086 # a list of names
		calls ${line#\~} | sort -u >"$work/line"
		case $line in
		\~*) comm -23 "$work/names" "$work/line" >"$work/new" ;;
		*) sort -u "$work/names" "$work/line" >"$work/new" ;;
		esac
		mv "$work/new" "$work/names"
	done
	[ "$(wc -l <"$work/names")" -gt 100 ] || fail "too few names: $(cat "$work/names")"
	echo '#include <sys/syscall.h>' | "${CC:?}" -E -dM - | sed -n 's/^#define __NR_\([a-z_0-9]*\) \([0-9]*\)$/\1 \2/p' | sort |
		join - "$work/names" | cut -d ' ' -f 2
}
allowed "$ROOT/package/annotd@.service" >"$work/allowed"
allowed "$ROOT/package/user/annotd.service" | cmp -s - "$work/allowed" || fail "the two units allow different calls"
"${FILTERED:?}" "$work/allowed" true || { [ $? = 77 ] && exit 77; fail "nothing runs"; }
if "$FILTERED" "$work/allowed" chroot / true >"$work/out" 2>&1; then fail "chroot(2) is let through"; fi

cat >"$work/annotd" <<END
#!/bin/sh
ASAN_OPTIONS=\$ASAN_OPTIONS:detect_leaks=0 exec "$FILTERED" "$work/allowed" "$ANNOTD" "\$@" --socket-group "$(id -gn)"
END
chmod +x "$work/annotd"
ANNOTD=$work/annotd
chmod 0750 "$work" # for the group of the socket

desk
text report 'The lake is ours, the mayor said, and it shall be ours when the last of us has left its shores.' >/dev/null
text reply 'He wrote: the lake is ours, the mayor said, and it shall be ours when the last of us has left.' >/dev/null
quote=$(quiet boris quote add report 'The lake is ours' --speaker 'the mayor')
expect 0 '' ctl boris list lake
expect 0 lake ctl boris search lake
expect 0 reply ctl boris locate 'the lake is ours, the mayor said, and it shall be ours'
expect 0 report ctl boris copies reply
expect 0 '' ctl boris verify "$quote"
printf 'Again: the lake is ours, the mayor said.\n' >"$work/new.txt"
expect 0 '' ctl alice doc add "$work/new.txt" --name report
expect 0 '' ctl boris anchors report
expect 0 '' ctl alice withhold "$quote" --because "by law"
stop
serve # opens what is there
expect 0 "$corpus" ctl boris corpus info
stop
