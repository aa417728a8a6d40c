# shellcheck shell=sh disable=SC2154 # of script/bench and lib.sh
# 50 watchers, beside nng's PUB socket, which knows neither queries nor cursors and drops what does not fit.

measure_watch() { # PLACE
	want "watch_50_$1" "watch_50_burst_$1" || return 0
	out=$(ours "$1" -- submit=16,16,20000 watch=50,0.5,30000 watch=50,0,3008)
	# Each run's rates with each other: the second follows from the first.
	value "watch_50_$1" "$({ echo "$out" | field watch rate; echo "$out" | field submit rate; } |
		awk 'NR == 1 { seen = $1 } NR == 2 { printf "%.4g", seen / (50 * $1 / 2) }')"
	value "watch_50_burst_$1" "$(echo "$out" | field watch rate 2)"
	# It has no database: one place is as good as another.
	[ -z "$limits" ] || [ "$1" = disk ] || "$limits/pubsub" | results pubsub. burst_sub50_buf8192.delivered
}

rows_watch() {
	for p in shm disk; do
		# Each gets every record once while half as many go in as can: of 50 times their rate so much.
		row watch_50_$p 1 share 0.95 true
		row watch_50_burst_$p "$(median pubsub.burst_sub50_buf8192.delivered)" records/s 0.5 true
	done
}
