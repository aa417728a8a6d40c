# shellcheck shell=sh disable=SC2154 # of script/bench and lib.sh
# Texts without a daemon: folding, beside a loop that only looks each byte up; with ANNOT_BENCH_TEXTS='DIR…', folders of texts, search.db
# on them, beside FTS5 with its own tokenizers. Processor time.

measure_text() {
	want fold search || return 0
	cmake --build build/release --target bench_text bench_search >/dev/null
	if want fold; then
		out=$(build/release/tests/bench/bench_text fixtures/documents)
		for name in ascii mixed plain loop; do
			figure fold_$name "$out" fold $name
		done
	fi
	if want search && [ -n "${ANNOT_BENCH_TEXTS-}" ]; then
		# shellcheck disable=SC2086
		build/release/tests/annotd/store/bench_search $ANNOT_BENCH_TEXTS >"$scratch/search"
		while read -r name number; do
			value "$(echo "$name" | tr . _)" "$number"
		done <"$scratch/search"
	fi
}

rows_text() {
	row fold_ascii 200 MB/s 1 true
	row_of fold_ascii fold_loop "$(median fold_loop)" MB/s '' true
	row fold_mixed '' MB/s '' true
	row fold_plain '' MB/s '' true
	row search_index_rate "$(median search_trigram_rate)" MB/s '' true
	row search_index_bytes "$(median search_trigram_bytes)" B/B '' false
	row search_query_p50 "$(median search_scan_p50)" us '' false
	row search_phrase_p50 "$(median search_scan_p50)" us '' false
}
