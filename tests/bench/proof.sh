# shellcheck shell=sh disable=SC2154,SC2086 # of script/bench and lib.sh
# What a sceptic's machine does: auditing a copy of a log of 100,000 records beside libsodium's rate of verifying on all
# cores, and verifying one bundle of it, whose leaves are all replayed (CPU time, with the start of annotctl).

measure_proof() { # PLACE
	want "audit_$1" "export_$1" "proof_verify_$1" "proof_make_$1" || { [ "$1" = disk ] && want peer_git_audit; } || return 0
	out=$(ours "$1" -- fill=100000 audit proof=5 stop)
	rm -rf "$(folder "$1")/corpus.copy" "$(folder "$1")/corpus.bundle"
	figure "export_$1" "$out" export rate
	figure "audit_$1" "$out" audit rate
	figure "proof_make_$1" "$out" proof make_ms
	figure "proof_verify_$1" "$out" proof verify_ms
	[ -n "$limits" ] || return 0
	"$limits/crypto" | results "proof.$1." sodium_verify_1024B_2t sha256_openssl_lowlevel_600B
}

rows_proof() {
	for p in shm disk; do
		row audit_$p "$(median proof.$p.sodium_verify_1024B_2t)" records/s 0.8 true
		row export_$p '' records/s '' true
		row proof_make_$p '' ms '' false
		# Hashing the leaves once is the least that it takes.
		row proof_verify_$p "$(formula "100000 / $(part proof.$p.sha256_openssl_lowlevel_600B) * 1000")" ms '' false
	done
}
