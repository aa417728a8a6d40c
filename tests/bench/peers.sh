# shellcheck shell=sh disable=SC2154,SC2086 # of script/bench and lib.sh
# What a user would do instead: signed commits in git, signed files with minisign. Beside one record a commit or a file
# stands one record a request, beside 100 records a commit stand 16 a request; ours are durable when they are answered.

peer_writes='peer_git_write peer_git100_write peer_minisign_write'
peer_verifies='peer_git_verify peer_git_audit'

measure_peers() {
	[ -n "$limits" ] && want $peer_writes $peer_verifies || return 0
	for tool in git ssh-keygen sqlite3; do # which peers.sh cannot do without
		command -v $tool >/dev/null || { echo "script/bench: no $tool: no rows peer_…" >&2; return 0; }
	done
	n=500
	[ -z "$big" ] || n=2000
	LIMITS_N=$n bash ../shared/limits/peers.sh >"$scratch/peers"
	results peer. git_per1.write git_per100.write git_per1.verify <"$scratch/peers"
	if command -v minisign >/dev/null; then
		results peer. minisign_per_file.sign <"$scratch/peers"
	else
		echo "script/bench: no minisign: no row peer_minisign_write" >&2
	fi
}

peer() { # FIGURE NAME PEER GOAL
	theirs=$(median "peer.$3")
	[ -z "$theirs" ] || row_of "$1" "$2" "$theirs" records/s "$4" true
}

rows_peers() {
	peer submit_64_disk peer_git_write git_per1.write 200
	peer submit_16x16_disk peer_git100_write git_per100.write 15
	peer submit_64_disk peer_minisign_write minisign_per_file.sign 15
	peer fsck_disk peer_git_verify git_per1.verify 300
	peer audit_disk peer_git_audit git_per1.verify 300
}
