#!/bin/sh
# A tenth of the shared cases, scored by the scorer that lies beside them. The goals are those of
# docs/quote-anchoring.md for all of them, less what chance does to a tenth (two standard deviations).
set -eu
: "${BENCH:?program}" "${SHARED:?folder of the cases}"
skip() {
	echo "skipped: $1"
	exit 77
}
[ -f "$SHARED/dev.tar.xz" ] || skip "the cases are not in $SHARED"
command -v python3 >/dev/null || skip 'there is no python3'
command -v xz >/dev/null || skip 'there is no xz'
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
tar -xJf "$SHARED/dev.tar.xz" -C "$work"
awk 'NR % 10 == 3' "$work/cases.ndjson" >"$work/tenth"
mv "$work/tenth" "$work/cases.ndjson"

# score NAME ARGUMENTS…
score() {
	name=$1
	shift
	"$BENCH" "$work" "$@" >"$work/$name"
	python3 "$SHARED/eval.py" "$work/cases.ndjson" "$work/$name" --json >"$work/$name.json"
	echo "$name: $(cat "$work/$name.json")"
}
score selector
score old --old
score cautious --old --cautious
python3 - "$work" <<'EOF'
import json, sys
def figures(name):
    return json.load(open(sys.argv[1] + '/' + name + '.json'))
bad = []
def goal(name, figure, most_or_least, bound):
    value = figures(name)[figure]
    if value < bound if most_or_least == 'least' else value > bound:
        bad.append('%s: %s is %.4f, not at %s %.4f' % (name, figure, value, most_or_least, bound))
goal('selector', 'accuracy', 'least', 0.94 - 0.035)
goal('selector', 'misanchored', 'most', 0.047 + 0.03)
goal('old', 'accuracy', 'least', 0.96 - 0.025)
goal('old', 'misanchored', 'most', 0.034 + 0.015)
goal('cautious', 'far', 'most', 0.005 + 0.01)
print('\n'.join(bad))
sys.exit(bool(bad))
EOF
