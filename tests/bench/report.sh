# shellcheck shell=sh disable=SC2154 # of script/bench and lib.sh
# A report's page of 2,000 annotations over one text, four to a paragraph and overlapping: the longest task with script in it, in
# Chromium, from opening the page to having checked every record. Processor time: the goal is about what the page asks for.

measure_report() {
	want report || return 0
	command -v chromedriver >/dev/null || { echo "script/bench: no chromedriver: no row report" >&2; return 0; }
	desk=$scratch/desk
	python3 tests/bench/report.py make "$scratch"
	url=ipc://$scratch/r
	(
		export ANNOT_SOCKET="$url"
		"$annotctl" --quiet key new bench >/dev/null 2>&1
		"$annotctl" --quiet corpus init "$desk" --origin bench.example/report >"$scratch/corpus" 2>/dev/null
		"$annotd" --corpus "$desk" --listen "$url" 2>"$scratch/report.log" &
		pid=$!
		trap 'kill $pid' EXIT
		tail -n +1 -F "$scratch/report.log" 2>/dev/null | grep -q -m 1 serving
		"$annotctl" doc add "$scratch/text" --name text >/dev/null 2>&1
		"$annotctl" --quiet batch <"$scratch/batch" >/dev/null 2>&1
		"$annotctl" --quiet report -o "$scratch/page.html"
	)
	python3 tests/bench/report.py measure "$scratch/page.html" "$(cat "$scratch/corpus")" >"$scratch/report"
	while read -r name number; do
		value "report.$name" "$number"
	done <"$scratch/report"
	rm -rf "$desk" "$scratch/page.html" "$XDG_STATE_HOME" "$XDG_CONFIG_HOME"
}

rows_report() {
	row_of report.longest_cpu_ms report_task_cpu 200 ms 1 false
	row_of report.longest_ms report_task '' ms '' false
	row_of report.check_s report_check_all '' s '' false
}
