# shellcheck shell=sh disable=SC2154,SC2086 # of script/bench and lib.sh
# What a sceptic's machine does, on the disk: auditing a copy of a log of 100,000 records beside libsodium's rate of verifying on all
# cores, and verifying one bundle of it, whose leaves are all replayed (CPU time, with the start of annotctl).

measure_proof() {
	want audit_disk export_disk proof_verify_disk proof_make_disk peer_git_audit || return 0
	out=$(ours disk -- fill=100000 audit proof=5 stop)
	rm -rf "$disk/corpus.copy" "$disk/corpus.bundle"
	figure export_disk "$out" export rate
	figure audit_disk "$out" audit rate
	figure proof_make_disk "$out" proof make_ms
	figure proof_verify_disk "$out" proof verify_ms
	[ -n "$limits" ] || return 0
	"$limits/crypto" | results proof.disk. sodium_verify_1024B_2t sha256_openssl_lowlevel_600B
}

rows_proof() {
	row audit_disk "$(median proof.disk.sodium_verify_1024B_2t)" records/s 0.8 true
	row export_disk '' records/s '' true
	row proof_make_disk '' ms '' false
	# Hashing the leaves once is the least that it takes.
	row proof_verify_disk "$(formula "100000 / $(part proof.disk.sha256_openssl_lowlevel_600B) * 1000")" ms '' false
}
