#!/bin/sh
# Eight people, a process each, amend the same 20 annotations at once, some with --force: whatever is refused is made
# again on the version that the refusal names. ANNOT_STORM: amendments a process (default: 25); script/storm makes 500.
. "${ROOT:?}/tests/cli/lib.sh"
amendments=${ANNOT_STORM:-25} annotations=20
people='alice boris chloe dora erin finn gita hugo'
desk
for person in dora erin finn gita hugo; do enrol "$person"; done

n=0
while [ "$n" -lt "$annotations" ]; do
	echo "{\"args\": [\"claim\", \"add\", \"first $n\", \"--tag\", \"storm\"]}"
	n=$((n + 1))
done | ctl alice --quiet batch 2>/dev/null | jq -r .output >"$work/ids"
[ "$(grep -c . "$work/ids")" = "$annotations" ] || fail "no annotations: $(cat "$work/ids")"
before=$(size)

# amender PERSON NUMBER: one annotctl for all, fed line by line; counts what was refused. All go through the annotations
# in the same order. Of eight that amend the same one two force it, one of these on the first version.
amender() {
	who=$1 done=0 refused=0
	mkfifo "$work/$who.in" "$work/$who.out"
	ctl "$who" --quiet batch --keep-going <"$work/$who.in" >"$work/$who.out" 2>"$work/$who.errors" &
	exec 3>"$work/$who.in" 4<"$work/$who.out"
	while [ "$done" -lt "$amendments" ]; do
		force=
		[ $(((done + $2) % 4)) != 3 ] || force=', "--force"'
		id=$(sed -n "$((done % annotations + 1))p" "$work/ids")
		on=$id
		[ $(((done + $2) % 8)) != 7 ] || on=$id@1
		while :; do
			printf '{"args": ["amend", "%s", "--set", "text=%s %s"%s]}\n' "$on" "$who" "$done" "$force" >&3
			read -r result <&4 || return 1
			case $result in
			*'"exit":0'*) break ;;
			*'the latest version is '*) on=${result#*the latest version is } on=${on%%[!0-9a-f@]*} ;;
			*' is in conflict: '*) on=${result#* is in conflict: } on=${on%% by *} ;;
			*) echo "$result" >>"$work/$who.errors" && return 1 ;;
			esac
			refused=$((refused + 1))
		done
		done=$((done + 1))
	done
	exec 3>&- 4<&-
	echo "$refused" >"$work/$who.refused"
}
pids='' number=0
for person in $people; do
	amender "$person" "$number" </dev/null &
	pids="$pids $!" number=$((number + 1))
done
for pid in $pids; do wait "$pid" || fail "an amender failed: $(tail -n 3 "$work"/*.errors)"; done
refused=$(cat "$work"/*.refused | awk '{ n += $1 } END { print n }')
total=$((8 * amendments))

# Each amendment is in the log once, and nothing else is.
[ "$(size)" = $((before + total)) ] || fail "$(($(size) - before)) records instead of $total"
histories() { while read -r id; do ctl alice --format ndjson history "$id"; done <"$work/ids"; }
histories >"$work/histories"
for person in $people; do
	n=0
	while [ "$n" -lt "$amendments" ]; do
		echo "$person $n"
		n=$((n + 1))
	done
done | sort >"$work/expected"
jq -r 'select(.version > 1) | .text' "$work/histories" | sort | diff "$work/expected" - >"$work/missing" ||
	fail "not every amendment once: $(head "$work/missing")"
[ -z "$(find "$work"/*/state/annot/outbox -type f)" ] || fail "something was left in an outbox"

# Versions are numbered in log order, and heads are those that no other names as its parent.
sound() {
	jq -se 'group_by(.annotation) | all(
		([.[].version] == [range(1; length + 1)]) and (map(.index) | . == sort) and
		([.[].parents[]] as $replaced | all(.head == (.record | IN($replaced[]) | not))) and
		(([.[] | select(.head)] | length > 1) == (.[0].flags == ["conflict"])) and
		(length as $n | all(.versions == $n)))' <"$work/histories" >/dev/null || fail "$1"
}
sound 'heads or numbers are not those of a replay'
conflicts=$(ctl alice --json list state:conflict | jq '[.[].annotation] | unique | length')
[ "$conflicts" -ge $((annotations / 2)) ] || fail "only $conflicts conflicts: --force made none"
[ "$refused" -gt 0 ] || fail "nothing was ever refused: they did not meet"

# The index is a function of the log.
dump() {
	ctl alice --json list kind:any
	ctl alice --json list state:conflict
	histories
}
same_state() {
	dump >"$work/dump.before"
	stop
	expect 0 '' as daemon "$ANNOTD" fsck --corpus "$work/corpus"
	expect 0 '' as daemon "$ANNOTD" rebuild --corpus "$work/corpus"
	expect 0 '' as daemon "$ANNOTD" fsck --corpus "$work/corpus"
	serve
	dump | cmp - "$work/dump.before" || fail "rebuilding changed the state $1"
}
same_state 'after the storm'

# Merging settles all of it: as often as there are more heads than one record can replace.
merges=0
while ids=$(quiet boris list state:conflict | sort -u) && [ -n "$ids" ]; do
	for id in $ids; do echo "{\"args\": [\"merge\", \"$id\", \"--theirs\"]}"; done |
		ctl boris --quiet batch >"$work/merged" 2>"$work/errors" || fail "merge: $(tail -n 2 "$work/merged" "$work/errors")"
	merges=$((merges + $(grep -c . "$work/merged")))
done
histories >"$work/histories"
sound 'heads are wrong after merging'
[ "$(size)" = $((before + total + merges)) ] || fail "$(size) records after $merges merges"
same_state 'after merging'
echo "8 processes, $total amendments of $annotations annotations, $refused refused and made again, $merges merges"
stop
