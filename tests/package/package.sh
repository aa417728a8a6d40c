#!/bin/sh
# The packages: what is in them, what they depend on, what lintian says, and that what they install runs. They are made
# of the build that is tested; with the sanitizers, whose libraries they then need too.
set -eu
: "${BUILD:?}" "${VERSION:?}" "${ROOT:?}"
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
fail() {
	printf 'FAILED: %s\n' "$*" >&2
	exit 1
}
missing=
for tool in dpkg-deb dpkg-shlibdeps dpkg-checkbuilddeps; do
	command -v $tool >/dev/null || missing="$missing $tool"
done
if [ -n "$missing" ]; then
	echo "skipped: not here:$missing"
	exit 77
fi
unset SOURCE_DATE_EPOCH
# Whatever the umask: what is in packages is everybody's to read.
(umask 077 && cd "$work" && cpack --config "$BUILD/CPackConfig.cmake" -B "$work/made") >"$work/log" 2>&1 || fail "cpack: $(cat "$work/log")"
arch=$(dpkg --print-architecture)
triplet=$(dpkg-architecture -qDEB_HOST_MULTIARCH)
library=libannot${VERSION%%.*}
time=$(date -u -d "@$(dpkg-parsechangelog -l "$ROOT/package/changelog" -S Timestamp)" '+%Y-%m-%d %H:%M:%S')
for package in annotctl annotd "$library" libannot-dev; do
	deb=$work/made/${package}_${VERSION}_$arch.deb
	[ -f "$deb" ] || fail "no $deb: $(ls "$work/made")"
	dpkg-deb -x "$deb" "$work/root"
	dpkg-deb -e "$deb" "$work/$package.control"
	dpkg-deb -c "$deb" >"$work/$package.list"
	# The same sources give the same bytes (script/try-packages builds twice); so far as time and place go, it shows here.
	{
		dpkg-deb --fsys-tarfile "$deb" | tar -tv --utc --full-time
		dpkg-deb --ctrl-tarfile "$deb" | tar -tv --utc --full-time
	} >"$work/times"
	awk -v time="$time" '$4 " " $5 != time { print; bad = 1 } END { exit bad }' "$work/times" || fail "$package: not of the changelog's time, $time"
	awk '$1 !~ /^(drwxr-xr-x|-rw-r--r--|-rwxr-xr-x|lrwxrwxrwx)$/ { print; bad = 1 } END { exit bad }' "$work/times" || fail "$package: modes"
	awk '$2 != "root/root" { print; bad = 1 } END { exit bad }' "$work/$package.list" || fail "$package: not root's"
	(cd "$work/root" && find usr/share/doc/"$package" -type f) >"$work/docs"
	for file in copyright changelog.gz; do
		grep -qx "usr/share/doc/$package/$file" "$work/docs" || fail "$package: no $file"
	done
done
[ "$(find "$work/made" -maxdepth 1 -name '*.deb' | wc -l)" = 4 ] || fail "other packages: $(ls "$work/made")"
[ "$(dpkg-parsechangelog -l "$ROOT/package/changelog" -S Version)" = "$VERSION" ] || fail "package/changelog is of another version"

# --- contents -----------------------------------------------------------------------------------------------------
has() { # PACKAGE PATH…
	package=$1
	shift
	for path; do
		grep -qE " \./$path( |\$)" "$work/$package.list" || fail "$package has no $path: $(cat "$work/$package.list")"
	done
}
has annotctl usr/bin/annotctl usr/libexec/annot/annot-html usr/share/man/man1/annotctl.1.gz usr/share/man/man5/annotctl.conf.5.gz \
	usr/share/man/man7/annot-query.7.gz usr/share/bash-completion/completions/annotctl \
	usr/share/zsh/vendor-completions/_annotctl usr/share/fish/vendor_completions.d/annotctl.fish
has annotd usr/sbin/annotd usr/share/man/man8/annotd.8.gz usr/share/man/man5/annotd.conf.5.gz \
	usr/lib/systemd/system/annotd@.service usr/lib/systemd/user/annotd.service var/lib/annot/ \
	usr/share/doc/annotd/examples/annotd.conf usr/share/doc/annotd/examples/network.conf
has "$library" "usr/lib/$triplet/libannot.so.${VERSION%%.*}" "usr/lib/$triplet/libannot.so.$VERSION"
has libannot-dev "usr/lib/$triplet/libannot.so" "usr/lib/$triplet/pkgconfig/annot.pc" "usr/lib/$triplet/cmake/annot/annotConfig.cmake" \
	usr/include/annot/annot.h usr/share/man/man3/libannot.3.gz \
	usr/share/doc/libannot-dev/examples/verify.py
if [ "${HARDENED:?}" = ON ] && grep -rqF "$ROOT" "$work/root"; then fail "the folder of the sources is in packages: $(grep -rlF "$ROOT" "$work/root")"; fi
# Every installed file is in one package: what the install test has is here too.
cmake --install "$BUILD" --prefix "$work/all" >"$work/log" 2>&1 || fail "$(cat "$work/log")"
n_all=$(find "$work/all" ! -type d | wc -l)
n_packed=$(find "$work/root/usr" ! -type d ! -path '*/share/doc/*' ! -path '*/lintian/*' | wc -l)
[ "$n_all" = "$n_packed" ] || fail "$n_all files are installed, $n_packed are in packages"
for script in annotctl:bash:bash-completion/completions/annotctl annotctl:zsh:zsh/vendor-completions/_annotctl \
	annotctl:fish:fish/vendor_completions.d/annotctl.fish; do
	shell=${script#*:}
	"${ANNOTCTL:?}" completion "${shell%%:*}" | cmp -s - "$work/root/usr/share/${script##*:}" || fail "completion: $script"
done

# --- dependencies -------------------------------------------------------------------------------------------------
field() { sed -n "s/^$2: //p" "$work/$1.control/control"; }
names() { sed 's/[,|]/\n/g' | sed 's/^ *//; s/[ (].*//; s/:any$//' | sort -u; }
# needs PACKAGE FILE…: it depends on the packages of the libraries that FILEs name, on $work/others, and on nothing else.
needs() {
	package=$1
	shift
	for file; do
		for soname in $(objdump -p "$work/root/$file" | awk '$1 == "NEEDED" { print $2 }'); do
			case $soname in
			libannot.so.*) echo "$library" ;;
			*)
				path=$(ldd "$work/root/$file" | awk -v soname="$soname" '$1 == soname { print $3 }')
				dpkg -S "$(realpath "$path")" 2>/dev/null || dpkg -S "$path" 2>/dev/null || dpkg -S "/usr$path"
				;;
			esac
		done
	done | sed 's/:.*//' | cat - "$work/others" | sort -u >"$work/wanted"
	field "$package" Depends | names >"$work/depends"
	cmp -s "$work/wanted" "$work/depends" || fail "$package depends on other packages than it takes: $(diff "$work/wanted" "$work/depends")"
	dpkg-checkbuilddeps -d "$(field "$package" Depends | sed "s/$library ([^)]*),* *//")" /dev/null ||
		fail "$package: $(field "$package" Depends) is not what this machine has"
}
: >"$work/others"
LD_LIBRARY_PATH=$work/root/usr/lib/$triplet
export LD_LIBRARY_PATH
needs annotctl usr/bin/annotctl usr/libexec/annot/annot-html
needs "$library" "usr/lib/$triplet/libannot.so.$VERSION"
echo adduser >"$work/others"
needs annotd usr/sbin/annotd
for package in annotctl libannot-dev; do
	field $package Depends | grep -qF "$library (= $VERSION)" || fail "$package: $(field $package Depends)"
done
[ "$(cat "$work/$library.control/shlibs")" = "libannot ${VERSION%%.*} $library (= $VERSION)" ] || fail "shlibs"
grep -qx 'activate-noawait ldconfig' "$work/$library.control/triggers" || fail "no ldconfig trigger"
if ! grep -q '^ *libc6 (>= ' "$work/$library.control/control" && ! field "$library" Depends | grep -q 'libc6 (>= '; then
	fail "no version of libc6: $(field "$library" Depends)"
fi

# --- they run ------------------------------------------------------------------------------------------------------
for program in bin/annotctl libexec/annot/annot-html sbin/annotd; do
	if objdump -p "$work/root/usr/$program" | grep -qE 'R(UN)?PATH'; then fail "$program looks for libraries in a place of its own"; fi
done
[ "$("$work/root/usr/bin/annotctl" --version)" = "annotctl $VERSION" ] || fail "annotctl --version"
[ "$(printf '<p>It rained.' | "$work/root/usr/libexec/annot/annot-html" | tail -n 1)" = 'It rained.' ] || fail "annot-html"
[ "$("$work/root/usr/sbin/annotd" --version)" = "annotd $VERSION" ] || fail "annotd --version"
[ "$(PKG_CONFIG_LIBDIR=$work/root/usr/lib/$triplet/pkgconfig pkg-config --modversion annot)" = "$VERSION" ] || fail "annot.pc"
unset LD_LIBRARY_PATH
for script in postinst prerm postrm; do
	[ -x "$work/annotd.control/$script" ] || fail "no $script"
	if command -v shellcheck >/dev/null; then shellcheck "$work/annotd.control/$script" || fail "$script"; fi
done

# --- without a tool that it takes, script/package names it ------------------------------------------------------------
mkdir "$work/bin"
for tool in sh dirname; do ln -s "$(command -v $tool)" "$work/bin/$tool"; done
printf '#!/bin/sh\necho install ok installed\n' >"$work/bin/dpkg-query"
chmod +x "$work/bin/dpkg-query"
if PATH=$work/bin "$ROOT/script/package" >"$work/out" 2>&1; then fail "script/package makes packages of nothing"; fi
grep -qx 'script/package: the program cmake is not here: install the package cmake' "$work/out" || fail "script/package says: $(cat "$work/out")"

# --- lintian ----------------------------------------------------------------------------------------------------------
if ! command -v lintian >/dev/null; then
	echo "lintian is not here, and so was not asked"
	exit 0
fi
# Spelling is guessed in machine code, too. Only an optimised build is hardened.
suppress=spelling-error-in-binary
[ "$HARDENED" = ON ] || suppress=$suppress,hardening-no-fortify-functions,hardening-no-bindnow
TMPDIR=$work lintian --allow-root --fail-on error,warning,info --display-info --suppress-tags "$suppress" "$work"/made/*.deb >"$work/lintian" 2>&1 || fail "lintian: $(cat "$work/lintian")"
