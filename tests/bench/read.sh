# shellcheck shell=sh disable=SC2154,SC2034,SC2086 # of script/bench and lib.sh
# What a corpus of 100,000 records gives and takes: reading, checking, rebuilding, bytes, memory, starts.

records=100000
# A process at rest, with all its clients there; then what it takes to be there again: after a clean
# end, and after SIGKILL with logs that were just written.
life='crowd=50,3 show=20 stop start stop start stop start
	submit=16,16,20000 kill replay start submit=16,16,20000 kill replay start submit=16,16,20000 kill replay start'

life_rows() { # SUFFIX
	for name in memory idle show open_clean open_killed; do
		echo "${name}_$1"
	done
}

corpus_figures() { # SUFFIX LINES: of phases list, size, fsck, rebuild and of $life, as far as they were run
	figure "list_1000_$1" "$2" list rate
	figure record "$2" size record
	figure "bytes_truth_$1" "$2" size truth
	figure "index_$1" "$2" size index
	figure "fsck_$1" "$2" fsck rate
	figure "rebuild_$1" "$2" rebuild rate
	figure "memory_$1" "$2" crowd KiB
	figure "idle_$1" "$2" crowd ms_per_s
	figure "show_$1" "$2" show ms
	for n in 1 2 3; do
		figure "open_clean_$1" "$2" start ms $n
		figure "open_killed_$1" "$2" start ms $((n + 3))
		figure "replay_$1" "$2" replay ms $n
	done
}

# Limits are figures: rates of reading in the order of the log and of inserting, bytes of a row.
rows_corpus() { # SUFFIX LISTING VERIFYING SCANNING INSERTING BYTES
	row "list_1000_$1" "$(median "$2")" records/s 0.5 true
	row "fsck_$1" "$(median "$3")" records/s 0.8 true
	# Reading in log order, then inserting, one after the other.
	row "rebuild_$1" "$(formula "1 / (1 / $(part "$4") + 1 / $(part "$5"))")" records/s 0.5 true
	record=$(part record)
	# What must be there: the record, its signature, two nodes of the tree.
	row "bytes_truth_$1" "$(formula "$record + 64 + 64")" B 1.15 false
	# The same in a table with three indexes; its rows hold 490 bytes in the place of the record.
	all=$(formula "$(part "bytes_truth_$1") + $(part "index_$1")")
	[ -z "$all" ] || value "bytes_all_$1" "$all"
	row "bytes_all_$1" "$(formula "$(part "$6") - 490 + $record + 64 + 64")" B 1.25 false
	row "memory_$1" $((64 * 1024)) KiB 1 false # RssAnon
	row "idle_$1" 1 ms/s 1 false               # of CPU
	row "show_$1" 10 ms 1 false                # of CPU: annotctl show ID, with its start
	row "open_clean_$1" 20 ms 1 false          # from exec to the answer on its socket
	# The same, and what SQLite needs to read these databases with these logs.
	row "open_killed_$1" "$(formula "200 + $(part "replay_$1")")" ms 1 false
}

echo_limit() { # NAME CLIENTS [WRAPPER…]
	[ -n "$limits" ] || return 0
	name=$1 clients=$2
	shift 2
	start_server "$@" "$limits/echo" server ipc "ipc://$scratch/l" 8
	# shellcheck disable=SC2046
	set -- $("$@" "$limits/echo" client ipc "ipc://$scratch/l" 1024 "$clients" 0.5 8)
	stop_server
	value "$name.rate" "$1"
	value "$name.p50" "$2"
	value "$name.p99" "$3"
}

# Limits that their programs print only after all they do.
measure_read_limits() { # PLACE
	[ -n "$limits" ] || return 0
	if want "fsck_$1"; then
		"$limits/crypto" | results "$1." sodium_verify_1024B_2t
	fi
	want "list_1000_$1" "rebuild_$1" "bytes_all_$1" || return 0
	LIMITS_TMP=$(folder "$1")
	"$limits/sqlite" | results "$1." log8.range50_100k_mmap log8.seqscan_100k_mmap log8.insert_full_b1000 log8.size_100k
	LIMITS_TMP=$disk
}

measure_onecore() { # PLACE
	want "get_16_onecore_$1" "get_16_onecore_nng_$1" || return 0
	echo_limit "echo_16_onecore_$1" 16 taskset -c 0
	value "get_16_onecore_$1" "$(ours "$1" --cpu 0 -- submit=16,16,10000 get=16,0.5 | field get rate)"
	# The same from plain nng REQ sockets, which is what the limit has at its other end.
	value "get_16_onecore_nng_$1" \
		"$(ours "$1" --cpu 0 --client nng -- submit=16,16,10000 get=16,0.5 | field get rate)"
}

measure_read() { # PLACE
	phases=
	measure_onecore "$1"
	! want "get_1_p50_$1" "get_1_p99_$1" "list_first_$1" || echo_limit "echo_1_$1" 1
	if want "get_16_twocores_$1" "get_1_p50_$1" "get_1_p99_$1"; then
		echo_limit "echo_16_twocores_$1" 16
		phases='settle get=16,0.7 get=1,0.7'
	fi
	! want "list_1000_$1" "list_first_$1" || phases="${phases:-settle} list=1000,0.7 list=1,0.5"
	# shellcheck disable=SC2046
	! want $(life_rows "$1") || phases="$phases $life"
	phases="$phases stop"
	! want "bytes_truth_$1" "bytes_all_$1" || phases="$phases size"
	# The peers are compared with what this gives on the disk.
	if want "fsck_$1" || { [ "$1" = disk ] && want $peer_verifies; }; then
		phases="$phases fsck"
	fi
	! want "rebuild_$1" || phases="$phases rebuild"
	[ "$phases" != ' stop' ] || return 0
	out=$(ours "$1" -- "fill=$records" $phases)
	figure "get_16_twocores_$1" "$out" get rate
	figure "get_1_p50_$1" "$out" get p50 2
	figure "get_1_p99_$1" "$out" get p99 2
	figure "list_first_$1" "$out" list p50 2
	corpus_figures "$1" "$out"
	measure_read_limits "$1"
}

rows_read() {
	for p in shm disk; do
		row get_16_onecore_$p "$(median echo_16_onecore_$p.rate)" requests/s 0.8 true
		row get_16_twocores_$p "$(median echo_16_twocores_$p.rate)" requests/s 0.8 true
		row get_16_onecore_nng_$p "$(median echo_16_onecore_$p.rate)" requests/s '' true
		row get_1_p50_$p "$(median echo_1_$p.p50)" us '' false
		row get_1_p99_$p "$(median echo_1_$p.p99)" us '' false
		row list_first_$p "$(median echo_1_$p.p50)" us 2 false
		rows_corpus $p $p.log8.range50_100k_mmap $p.sodium_verify_1024B_2t \
			$p.log8.seqscan_100k_mmap $p.log8.insert_full_b1000 $p.log8.size_100k
	done
}
