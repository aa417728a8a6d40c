#!/bin/sh
# exports.sh CC SOURCE-DIR LIBRARY: what the library exports is what <annot.h> marks with ANNOT_API.
set -eu
cc=$1 source=$2 library=$3
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT

$cc -E -P -I"$source/libannot" -I"$source" "$source/libannot/annot.h" |
	tr '\n' ' ' | tr ';' '\n' | grep 'visibility("default")' |
	sed -e 's/__attribute__((visibility("default")))//' \
	    -e 's/__attribute__((warn_unused_result))//' \
	    -e 's/(.*//' -e 's/ *$//' -e 's/.*[ *]//' | sort -u >"$work/declared"

# Names that begin with an underscore are the compiler's and the linker's; mangle_path is gcov's.
nm -D --defined-only "$library" | awk '$3 !~ /^_/ && $3 != "mangle_path" { print $3 }' | sort -u >"$work/exported"

[ "$(wc -l <"$work/declared")" -gt 100 ] || { echo "declarations were not found in annot.h"; exit 1; }
if ! diff "$work/declared" "$work/exported" >"$work/difference"; then
	echo "declared with ANNOT_API but not exported (<), exported but not in annot.h (>):"
	cat "$work/difference"
	exit 1
fi
