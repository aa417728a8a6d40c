# shellcheck shell=sh disable=SC2154 # names, runs: of script/bench
# What the parts of script/bench use: the programs, places, figures and rows.

cmake --preset release -DBUILD_TESTING=ON >/dev/null
cmake --build build/release --target annotd annotctl bench_load >/dev/null
annotd=$PWD/build/release/annotd/annotd
annotctl=$PWD/build/release/annotctl/annotctl
load=$PWD/build/release/tests/bench/bench_load

limits= # where the programs of ../shared/limits are; empty: nowhere
if [ -f ../shared/limits/Makefile ]; then
	limits=$PWD/build/limits
	mkdir -p "$limits"
	make -s -C ../shared/limits OUT="$limits" "$limits/pipeline" "$limits/echo" "$limits/crypto" "$limits/sqlite" \
		"$limits/pubsub"
else
	echo "script/bench: ../shared/limits is not there: no limits, no ratios, only what annotd does" >&2
fi

disk=$PWD/build/bench.$$
shm=/dev/shm/annot-bench.$$
scratch=$(mktemp -d) # sockets, whose paths must be short, and notes
values=$scratch/values
server=
clean() {
	[ -z "$server" ] || kill "$server" 2>/dev/null || true
	rm -rf "$disk" "$shm" "$scratch"
}
trap clean EXIT
trap 'exit 1' INT TERM
mkdir -m 700 "$disk" "$shm"
: >"$values"
LIMITS_TMP=$disk
LIMITS_REPS=1
export LIMITS_TMP LIMITS_REPS
# annotctl remembers corpora, and reads settings, below these.
XDG_STATE_HOME=$scratch/state
XDG_CONFIG_HOME=$scratch/config
export XDG_STATE_HOME XDG_CONFIG_HOME

folder() { # shm | disk
	case $1 in shm) echo "$shm" ;; *) echo "$disk" ;; esac
}

# Prints seconds, and CPU seconds of processes that are not ours.
clock() {
	times >"$scratch/times"
	awk -v hz="$(getconf CLK_TCK)" '
		FILENAME == "/proc/uptime" { up = $1 }
		FILENAME == "/proc/stat" && $1 == "cpu" { busy = ($2 + $3 + $4 + $7 + $8 + $9) / hz }
		$2 ~ /s$/ { for (i = 1; i <= 2; i++) { split($i, t, /[ms]/); own += t[1] * 60 + t[2] } }
		END { print up, busy - own }' /proc/uptime /proc/stat "$scratch/times"
}

# Whether any of these rows was asked for.
want() {
	[ -n "$names" ] || return 0
	for full; do
		# What was asked for may hold wildcards; they are not for file names.
		set -f
		for pattern in $names; do
			# shellcheck disable=SC2254
			case $full in $pattern*) set +f; return 0 ;; esac
		done
		set +f
	done
	return 1
}

timed() { # PART [PLACE]: measures it, and notes how long that took
	since=$(date +%s)
	"measure_$1" ${2:+"$2"}
	echo "$1 $(($(date +%s) - since))" >>"$scratch/seconds"
}

# --- figures ---

value() { # NAME VALUE: one run's figure
	case ${2:-null} in
	null) echo "script/bench: $1 was not measured" >&2; exit 1 ;;
	esac
	echo "$1 $2" >>"$values"
}

median() { # NAME: over the runs; nothing if it was not measured
	awk -v name="$1" '$1 == name { print $2 }' "$values" | sort -g |
		awk '{ v[NR] = $1 } END { if (NR) print NR % 2 ? v[(NR + 1) / 2] : (v[NR / 2] + v[NR / 2 + 1]) / 2 }'
}

part() { # NAME: the same for formulas
	median "$1" | grep . || echo none
}

formula() { # an expression; nothing if a part of it was not measured
	case $1 in *none*) return 0 ;; esac
	awk "BEGIN { printf \"%.6g\", $1 }"
}

# --- ours ---

ours() { # PLACE [OPTION…] -- PHASE…: prints the lines of bench_load on a new corpus
	corpus=$(folder "$1")/corpus
	shift
	options=
	while [ "$1" != -- ]; do
		options="$options $1"
		shift
	done
	shift
	# shellcheck disable=SC2086
	"$load" $options --annotctl "$annotctl" "$annotd" "$corpus" "$scratch/a" "$@" || { cat "$corpus.out" >&2; exit 1; }
	rm -rf "$corpus" "$corpus.out" "$XDG_STATE_HOME"
}

field() { # PHASE FIELD [NTH]: of such lines on stdin
	awk -v phase="$1" -v field="$2" -v nth="${3:-1}" '
		$1 == phase && ++seen == nth { for (i = 2; i < NF; i++) if ($i == field) print $(i + 1) }'
}

figure() { # NAME LINES PHASE FIELD [NTH]: a value, if that phase was run
	found=$(echo "$2" | field "$3" "$4" "${5:-1}")
	[ -z "$found" ] || value "$1" "$found"
}

# --- limits ---

start_server() { # PROGRAM ARGUMENT…: returns when it says that it is ready
	mkfifo "$scratch/ready"
	"$@" >"$scratch/ready" &
	server=$!
	read -r _ <"$scratch/ready"
	rm "$scratch/ready"
}

stop_server() {
	kill "$server" 2>/dev/null || true
	wait "$server" 2>/dev/null || true
	server=
	rm -f "$scratch/l"
}

results() { # PREFIX NAME…: medians of such results of a limit program on stdin
	prefix=$1
	shift
	json=$(cat)
	for name; do
		value "$prefix$name" "$(echo "$json" | jq -r --arg name "$name" '.results[] | select(.name == $name).median')"
	done
}

# --- rows ---

# The ratio is ours / LIMIT. Where a goal is a plain bound, LIMIT is that bound and GOAL is 1.
row() { # NAME LIMIT UNIT GOAL HIGHER-IS-BETTER
	row_of "$1" "$1" "$2" "$3" "$4" "$5"
}

row_of() { # FIGURE NAME LIMIT UNIT GOAL HIGHER-IS-BETTER: of a figure that another row has already
	want "$2" || return 0
	mine=$(median "$1")
	[ -n "$mine" ] || return 0
	jq -nc --arg name "$2" --arg ours "$mine" --arg limit "$3" --arg unit "$4" --arg goal "$5" --argjson higher "$6" '
		def number: if . == "" then null else tonumber end;
		{name: $name, ours: ($ours | number), limit: ($limit | number), unit: $unit, ratio: null,
		 goal: ($goal | number), higher_is_better: $higher}
		| if .limit then .ratio = (.ours / .limit * 1000 | round / 1000) else . end'
}
