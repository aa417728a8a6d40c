# shellcheck shell=sh disable=SC2154,SC2034 # of script/bench and lib.sh
# Quotes in many texts: those of --corpus, else of ../shared/anchoring; beside FTS5 on the same texts in the same run. Goals that
# are plain bounds stand in the column of limits.

measure_locate() {
	want locate scan || return 0
	texts=${ANNOT_BENCH_TEXTS-}
	if [ -z "$texts" ] && [ -f ../shared/anchoring/dev.tar.xz ]; then
		texts=$scratch/texts
		mkdir -p "$texts"
		tar xJf ../shared/anchoring/dev.tar.xz -C "$texts" docs
	fi
	[ -n "$texts" ] || return 0
	cmake --build build/release --target bench_locate >/dev/null
	# shellcheck disable=SC2086
	build/release/tests/bench/bench_locate "$shm" 400 $texts >"$scratch/locate"
	while read -r name number; do
		value "locate.$name" "$number"
	done <"$scratch/locate"
}

# Beside FTS5 the goals are for gigabytes: what a request takes in any case counts for nothing there.
locate_ratio_goal() {
	formula "($(part locate.text_mb) >= 500)" | grep -x 1 || true
}

rows_locate() {
	row_of locate.text_mb locate_texts '' MB '' true
	row_of locate.index_bytes_a_byte locate_index 0.35 B/B 1 false
	row_of locate.build_mb_s locate_build 100 MB/s 1 true
	row_of locate.build_mb_s_cpu locate_build_cpu 100 MB/s '' true
	row_of locate.build_memory_mb locate_memory 256 MB 1 false
	row_of locate.verbatim_recall locate_verbatim 1 recall 1 true
	row_of locate.altered_recall locate_altered 0.97 recall 1 true
	row_of locate.altered_p50_ms locate_p50 "$(formula "$(part locate.fts_p50_ms) / 15")" ms "$(locate_ratio_goal)" false
	row_of locate.altered_cpu_p50_ms locate_p50_cpu "$(formula "$(part locate.fts_cpu_p50_ms) / 15")" ms "$(locate_ratio_goal)" false
	row_of locate.altered_p99_ms locate_p99 "$(formula "$(part locate.altered_p50_ms) * 10")" ms 1 false
	row_of locate.altered_cpu_p99_ms locate_p99_cpu "$(formula "$(part locate.altered_cpu_p50_ms) * 10")" ms 1 false
	row_of locate.scan_gb_s scan_rate 0.6 GB/s 1 true
	row_of locate.scan_gb_s_cpu scan_rate_cpu 0.3 GB/s '' true
	row_of locate.scan_recall scan_recall 1 recall 1 true
}
