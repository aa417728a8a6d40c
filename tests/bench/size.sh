# shellcheck shell=sh disable=SC2154,SC2086 # of script/bench and lib.sh
# What depends on how many records there are (--big), on the disk: one corpus that grows to each of $sizes; at each,
# more go in; at the last one, all else.

inserted=160000 # more than a log holds before its pages are moved

label() { # RECORDS: 5m, 200k
	case $1 in
	*000000) echo "${1%000000}m" ;;
	*000) echo "${1%000}k" ;;
	*) echo "$1" ;;
	esac
}

last_size() {
	echo "${sizes##* }"
}

last_rows() { # SUFFIX: of the last size
	for name in get_16 list_1000 fsck rebuild bytes_truth bytes_all; do
		echo "${name}_$1"
	done
	life_rows "$1"
}

# 100 rows a commit into as large a table with two indexes and a unique one, with the checkpoints that suit it best.
measure_size_limit() { # RECORDS
	[ -n "$limits" ] || return 0
	# 4: only the layout that has positions in the log as its keys
	"$limits/sqlite" big "$1" 4 | results "big_$(label "$1")." log.insert.ckpt65536_cache1G_b100.rate \
		log.insert.ckpt65536_cache1G_b100_thread.rate log.cache2M_mmap16G.range50 log.seqscan200k log.build log.size
}

measure_size() {
	phases=
	for n in $sizes; do
		want "insert_$(label "$n")" || continue
		measure_size_limit "$n"
		phases="$phases fill=$n submit=16,16,$inserted"
	done
	last=$(label "$(last_size)")
	# shellcheck disable=SC2046
	if want $(last_rows "$last"); then
		want "insert_$last" || measure_size_limit "$(last_size)"
		[ -z "$limits" ] || "$limits/crypto" | results "big_$last." sodium_verify_1024B_2t
		echo_limit "echo_16_$last" 16
		phases="$phases fill=$(last_size) settle get=16,3 list=1000,3 $life stop size fsck rebuild"
	fi
	[ -n "$phases" ] || return 0
	out=$(ours disk -- $phases)
	nth=0
	for n in $sizes; do
		want "insert_$(label "$n")" || continue
		nth=$((nth + 1))
		figure "insert_$(label "$n")" "$out" submit rate $nth
	done
	figure "get_16_$last" "$out" get rate
	corpus_figures "$last" "$out"
}

rows_size() {
	for n in $sizes; do
		limit=big_$(label "$n").log.insert.ckpt65536_cache1G_b100
		row "insert_$(label "$n")" \
			"$( { median "$limit.rate"; median "${limit}_thread.rate"; } | sort -g | tail -n 1)" records/s 0.8 true
	done
	last=$(label "$(last_size)")
	row "get_16_$last" "$(median "echo_16_$last.rate")" requests/s 0.8 true
	rows_corpus "$last" "big_$last.log.cache2M_mmap16G.range50" "big_$last.sodium_verify_1024B_2t" \
		"big_$last.log.seqscan200k" "big_$last.log.build" "big_$last.log.size"
}
