# shellcheck shell=sh disable=SC2154,SC2086 # of script/bench and lib.sh
# What honest clients keep of their throughput while as many others attack; the limit is theirs just before each attack.

attacks='garbage truncated connects silent stuck endless gets forged queries long-queries'

measure_honest() {
	# shellcheck disable=SC2046
	want $(printf 'honest_%s ' $attacks) || return 0
	cmake --build build/release --target hostile_throughput >/dev/null
	out=$(build/release/tests/hostile/hostile_throughput 2>/dev/null)
	for attack in $attacks; do
		value "honest_$attack" "$(echo "$out" | awk -v name="$attack" '$1 == "attack" && $2 == name { print $4 }')"
		value "quiet_$attack" "$(echo "$out" | awk -v name="$attack" '$1 == "attack" && $2 == name { print $6 }')"
	done
}

rows_honest() {
	for attack in $attacks; do
		row "honest_$attack" "$(median "quiet_$attack")" calls/s 0.5 true
	done
}
