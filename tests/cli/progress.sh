#!/bin/sh
# Progress on a terminal, of work that takes long because a program that it waits for does.
. "${ROOT:?}/tests/cli/lib.sh"
command -v script >/dev/null || {
	echo 'skipped: script(1) is absent' >&2
	exit 77
}
desk
mkdir "$work/bin"
# Takes its time as if it had much to read.
cat >"$work/bin/pdftotext" <<'FAKE'
#!/bin/sh
[ "$1" != -v ] || { echo pdftotext version 1.2.3 >&2; exit 0; }
sleep 0.6
cat | tail -c 20
FAKE
chmod +x "$work/bin/pdftotext"
for i in 1 2 3; do printf '%%PDF-1.4 this is text number %s\n' "$i" >"$work/p$i.pdf"; done
# terminal COMMAND…: what it writes to a terminal, in one line
terminal() { script -qec "$*" /dev/null </dev/null | tr '\r\n' '||'; }
alice="PATH=$work/bin:$PATH HOME=$work/alice XDG_CONFIG_HOME=$work/alice/config XDG_STATE_HOME=$work/alice/state $ANNOTCTL"

said=$(terminal "$alice" doc add "$work"/p1.pdf "$work"/p2.pdf "$work"/p3.pdf)
case "$said" in
*'annotctl: added 2 of 3 (66 %)'*) ;;
*) fail "no progress: $said" ;;
esac
case "$said" in
*"|$(printf '\033')[Kannotctl: $work/p3.pdf: "*) ;;
*) fail "the line is not taken away before others are printed: $said" ;;
esac
