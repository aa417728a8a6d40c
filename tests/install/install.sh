#!/bin/sh
# What is installed works from any prefix: the programs find their library, pkg-config the header.
set -eu
# shellcheck disable=SC2086 # VALGRIND: what runs the programs, as words
: "${VALGRIND=}"
prefix=$(mktemp -d)
trap 'rm -rf "$prefix"' EXIT
fail() {
	echo "FAILED: $*" >&2
	exit 1
}
cmake --install "${BUILD:?}" --prefix "$prefix" >"$prefix/log" 2>&1 || { cat "$prefix/log" >&2; exit 1; }
[ "$($VALGRIND "$prefix/bin/annotctl" --version)" = "annotctl ${VERSION:?}" ] || fail "annotctl --version"
$VALGRIND "$prefix/sbin/annotd" --version | grep -qF "$VERSION" || fail "annotd --version"
[ -f "$prefix/share/man/man1/annotctl.1" ] || fail "no manual page"

PKG_CONFIG_PATH=$(dirname "$(find "$prefix" -name annot.pc)")
export PKG_CONFIG_PATH
[ "$(pkg-config --modversion annot)" = "$VERSION" ] || fail "version of annot.pc"
# shellcheck disable=SC2046 # a list of options
printf '#include <annot.h>\nint main(void) { return annot_version()[0] == 0; }\n' |
	"${CC:?}" $(pkg-config --cflags annot) -std=c11 -Wall -Wextra -Werror -fsyntax-only -x c - ||
	fail "a program that includes annot.h"
# The program that reads web pages is found where it was installed.
printf '<p>It rained.' >"$prefix/page.html"
[ "$($VALGRIND "$prefix/bin/annotctl" --quiet doc extract "$prefix/page.html")" = 'It rained.' ] || fail "doc extract"
