#!/bin/sh
# header.sh CC CMAKE BUILD-DIR: <annot.h> as installed compiles alone, as C99 and as C++, without a warning;
# pkg-config and the CMake package name the folder that it lies in.
set -eu
cc=$1 cmake=$2 build=$3
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT

"$cmake" --install "$build" --component libannot-dev --prefix "$work/prefix" >/dev/null
echo '#include <annot.h>' >"$work/alone.c"
cp "$work/alone.c" "$work/alone.cc"
strict="-Wall -Wextra -Wpedantic -Werror -fsyntax-only -I$work/prefix/include/annot"
for standard in c99 c11 c17; do
	# shellcheck disable=SC2086
	$cc -std=$standard $strict "$work/alone.c"
done
if command -v g++ >/dev/null; then
	for standard in c++11 c++20; do
		# shellcheck disable=SC2086
		g++ -std=$standard $strict "$work/alone.cc"
	done
else
	echo "no g++: not compiled as C++"
fi

pc=$(find "$work/prefix" -name annot.pc)
PKG_CONFIG_PATH=$(dirname "$pc") pkg-config --exists annot
PKG_CONFIG_PATH=$(dirname "$pc") pkg-config --cflags --libs annot | grep -q 'include/annot.* -lannot'
grep -q 'include/annot' "$(find "$work/prefix" -name annotTargets.cmake)"
