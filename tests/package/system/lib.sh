# Shared by the parts of script/try-packages: what tests/cli/lib.sh has, with annotd under its unit instead of started by
# hand, and people who are users of the machine. Parts run as root, in bash, in a machine made for this.
# shellcheck shell=bash disable=SC2034 # some variables are for the parts
export ROOT=/try/tree ANNOTCTL=/usr/bin/annotctl ANNOTD=/usr/sbin/annotd LC_ALL=C
# shellcheck source=tests/cli/lib.sh
. "$ROOT/tests/cli/lib.sh"
set -o pipefail
chmod 0755 "$work"
WAIT_S=90 # how long anything may take that is waited for

ended() {
	code=$?
	touch "$work/enough"
	[ "$code" = 0 ] || { systemctl --no-pager --full status "${unit:-annotd@*}" || true; } >&2
	rm -rf "$work"
	exit "$code"
}
trap ended EXIT

# as PERSON COMMAND…: as that user of the machine, in a folder of theirs.
as() {
	local person=$1
	shift
	runuser -u "$person" -- env -C "/home/$person" HOME="/home/$person" USER="$person" "$@"
}
# put FILE PERSON: a copy of it, theirs, in their home.
put() { install -o "$2" -g "$2" -m 0644 "$1" "/home/$2/"; }

# note WORDS: a figure that is printed at the end, whatever the result.
note() { printf '%s\n' "$*" >>/try/out/notes; }

# corpus NAME [PERSON…]: made by alice and put in place as annotd(8) says, started, with PERSONs enrolled. Leaves $name,
# $unit, $folder and $hash, and ANNOT_SOCKET for everybody.
corpus() {
	name=$1 unit=annotd@$1.service folder=/var/lib/annot/$1
	shift
	export ANNOT_SOCKET=ipc:///run/annot/$name/annotd.sock
	key alice
	hash=$(ctl alice --quiet corpus init "$name" --origin "test.example/$name" 2>/dev/null)
	mv "/home/alice/$name" "$folder"
	systemctl start "$unit"
	for person; do enrol "$person"; done
}
# key PERSON: their key, made if they have none.
key() { [ -e "/home/$1/.config/annot/keys/$1" ] || ctl "$1" --quiet key new "$1" >/dev/null 2>&1; }
enrol() {
	key "$1"
	ctl "$1" --quiet key request --name "$1" -o "/home/$1/$1.request"
	put "/home/$1/$1.request" alice
	quiet alice reviewer add "$1.request" >/dev/null
}

# is PROPERTY VALUE: what systemctl show says of the unit.
property() { systemctl show --value -p "$1" "$unit"; }
is() { [ "$(property "$1")" = "$2" ] || fail "$unit: $1 is $(property "$1"), not $2"; }
# unlike PROPERTY VALUE: waits until it is another one. Nobody tells when a property changes, so it is asked for.
unlike() {
	local until=$((SECONDS + WAIT_S))
	while [ "$(property "$1")" = "$2" ]; do
		[ "$SECONDS" -lt "$until" ] || fail "$unit: $1 is still $2 after $WAIT_S s"
		sleep 0.1
	done
}

# mark, then said TEXT: waits until the journal of the unit has TEXT in a line that came after the mark; the lines until then are
# in $work/journal.
mark() { cursor=$(journalctl -q -n 1 --show-cursor -o cat | sed -n 's/^-- cursor: //p'); }
said() {
	local line follow pid until=$((SECONDS + WAIT_S)) found=
	: >"$work/journal"
	exec {follow}< <(exec journalctl -q -f -o cat --after-cursor="$cursor" -u "$unit")
	pid=$!
	while [ -z "$found" ] && [ "$SECONDS" -lt "$until" ] && read -r -t "$((until - SECONDS))" -u "$follow" line; do
		printf '%s\n' "$line" >>"$work/journal"
		case $line in *"$1"*) found=yes ;; esac
	done
	kill "$pid" 2>/dev/null || true
	exec {follow}<&-
	[ "$found" ] || fail "the journal of $unit does not say \"$1\": $(cat "$work/journal")"
}

# --- load: claims, in batches that are sent again until every line of them is acknowledged --------------------------------
# load PERSON: begins; returns when the first are acknowledged. Their ids are in $work/kept as they come.
load() {
	: >"$work/kept"
	rm -f "$work/enough"
	write_all "$1" </dev/null >"$work/load.log" 2>&1 &
	writer=$!
	more
}
write_all() {
	local n=0 i
	until [ -e "$work/enough" ]; do
		for ((i = 0; i < 20; i++)); do
			printf '{"key": "%s-%s-%s", "args": ["claim", "add", "Claim %s of batch %s."]}\n' "$name" "$n" "$i" "$i" "$n"
		done >"$work/batch"
		until ctl "$1" --quiet batch <"$work/batch" >"$work/results" 2>"$work/errors"; do
			acknowledged
			cat "$work/errors"
			sleep 0.1 # the daemon is away; annotctl says so at once
		done
		acknowledged
		n=$((n + 1))
	done
}
acknowledged() { jq -r 'select(.exit == 0) | .output' "$work/results" >>"$work/kept"; }
# more: waits until more is acknowledged than there is now.
more() {
	local now until=$((SECONDS + WAIT_S))
	now=$(wc -l <"$work/kept")
	while [ "$(wc -l <"$work/kept")" -le "$now" ]; do
		[ "$SECONDS" -lt "$until" ] && kill -0 "$writer" 2>/dev/null || fail "nothing is acknowledged any more: $(tail -n 5 "$work/load.log")"
		sleep 0.05
	done
}
# settle: ends the load; all that was acknowledged is listed, and the corpus is whole.
settle() {
	touch "$work/enough"
	wait "$writer" || fail "the writer ended with $?: $(tail -n 5 "$work/load.log")"
	listed
	whole
}
listed() {
	ctl alice --format ndjson list kind:claim 2>/dev/null | jq -r .annotation >"$work/list"
	sort -u "$work/kept" | cut -c 1-8 | sort -u >"$work/want"
	cut -c 1-8 "$work/list" | sort -u | comm -13 - "$work/want" >"$work/lost"
	[ ! -s "$work/lost" ] || fail "$(wc -l <"$work/lost") acknowledged records are lost"
	# Nothing twice, although batches were sent again.
	[ "$(wc -l <"$work/list")" = "$(wc -l <"$work/want")" ] || fail "$(wc -l <"$work/list") claims, $(wc -l <"$work/want") acknowledged"
}
# whole: what fsck says, of the folder as it is when the unit is stopped; then it is started again.
whole() {
	systemctl stop "$unit"
	checked
	systemctl start "$unit"
}
checked() { expect 0 'no findings' runuser -u annot -- "$ANNOTD" fsck --corpus "$folder"; }

# install PACKAGE…: by apt, from what is in this machine.
packages() { DEBIAN_FRONTEND=noninteractive apt-get -qq -y -o Dpkg::Use-Pty=0 "$@" >"$work/apt" 2>&1 || fail "apt-get $*: $(cat "$work/apt")"; }
