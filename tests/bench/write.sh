# shellcheck shell=sh disable=SC2154,SC2086 # of script/bench and lib.sh
# Records in, beside the naive daemon of ../shared/limits, which has neither log nor index to keep.

pipeline() { # NAME PLACE MODE IN-FLIGHT PER RECORDS
	[ -n "$limits" ] || return 0
	LIMITS_DB=$(folder "$2")
	export LIMITS_DB
	start_server "$limits/pipeline" server "$3" "ipc://$scratch/l" "$4"
	# shellcheck disable=SC2046
	set -- "$1" $("$limits/pipeline" client "$3" "ipc://$scratch/l" "$4" "$5" "$6")
	stop_server
	value "$1.rate" "$2"
	value "$1.p50" "$3"
	value "$1.p99" "$4"
}

# One client, and a commit for each of its records: durable when it is answered.
measure_durable() { # PLACE
	want "submit_1_$1" "durable_p50_$1" "durable_p99_$1" || return 0
	before=$("$load" sync "$(folder "$1")")
	pipeline "naive_if1_per1_$1" "$1" naive 1 1 2000
	out=$(ours "$1" -- submit=1,1,2000)
	after=$("$load" sync "$(folder "$1")")
	for p in p50 p99; do
		value "durable_${p}_$1" "$(echo "$out" | field submit $p)"
		value "sync.${p}_$1" "$(echo "$before" | field sync $p)"
		value "sync.${p}_$1" "$(echo "$after" | field sync $p)"
	done
	value "submit_1_$1" "$(echo "$out" | field submit rate)"
}

measure_write() { # PLACE
	if want "submit_16_$1"; then
		pipeline "aio_if16_per1_$1" "$1" aio 16 1 10000
		value "submit_16_$1" "$(ours "$1" -- submit=16,1,10000 | field submit rate)"
	fi
	# The peers are compared with what these two give on the disk.
	if want "submit_64_$1" || { [ "$1" = disk ] && want $peer_writes; }; then
		pipeline "pool_if64_per1_$1" "$1" pool 64 1 12000
		value "submit_64_$1" "$(ours "$1" -- submit=64,1,12000 | field submit rate)"
	fi
	if want "submit_16x16_$1" || { [ "$1" = disk ] && want $peer_writes; }; then
		LIMITS_PIN=1
		export LIMITS_PIN
		pipeline "pool_pin_if16_per16_$1" "$1" pool 16 16 20000
		LIMITS_PIN=0
		value "submit_16x16_$1" "$(ours "$1" -- submit=16,16,20000 | field submit rate)"
	fi
	measure_durable "$1"
}

rows_write() {
	for p in shm disk; do
		row submit_16_$p "$(median aio_if16_per1_$p.rate)" records/s 0.75 true
		row submit_64_$p "$(median pool_if64_per1_$p.rate)" records/s 0.8 true
		row submit_16x16_$p "$(median pool_pin_if16_per16_$p.rate)" records/s 0.8 true
		row submit_1_$p "$(median naive_if1_per1_$p.rate)" records/s '' true
		for q in 50:1.3 99:2; do
			q50=${q%:*}
			row "durable_p${q50}_$p" \
				"$(formula "$(part "naive_if1_per1_$p.p$q50") + $(part "sync.p${q50}_$p")")" us "${q#*:}" false
		done
	done
}
