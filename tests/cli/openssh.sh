#!/bin/sh
# OpenSSH beside us: it verifies what we sign, makes the keys that we use, and its agent signs.
. "${ROOT:?}/tests/cli/lib.sh"
for tool in ssh-keygen ssh-agent ssh-add; do
	command -v "$tool" >/dev/null || {
		echo "skipped: no $tool here"
		exit 77
	}
done
agent=
end_agent() { [ -z "$agent" ] || kill "$agent" 2>/dev/null || true; }
trap 'code=$?; end_agent; (exit $code); finish' EXIT
start_agent() {
	eval "$(ssh-agent -s -a "$work/agent.sock")" >/dev/null
	agent=$SSH_AGENT_PID
	unset SSH_AUTH_SOCK
}
# with_agent PERSON ARGUMENTS…
with_agent() {
	whose=$1
	shift
	as "$whose" env SSH_AUTH_SOCK="$work/agent.sock" "$ANNOTCTL" "$@"
}
desk
text report 'One two three. One two four.' >/dev/null

# --- ssh-keygen -Y verify accepts every record's bytes under the signers that the corpus lists ---------
quote=$(quiet boris quote add report 'three' --speaker 'the head of “the État”')
quiet chloe review "$quote@1" approve >/dev/null
quiet boris amend "$quote" --set speaker=other >/dev/null
ctl chloe reviewer list --allowed-signers >"$work/signers"
[ "$(wc -l <"$work/signers")" = 3 ] || fail "signers: $(cat "$work/signers")"
keygen_verify() { # ID NAME
	ctl chloe show "$1" --raw >"$work/raw"
	ctl chloe show "$1" --signature >"$work/raw.sig"
	ssh-keygen -Y verify -f "$work/signers" -I "$2" -n annot-record-v1 -s "$work/raw.sig" <"$work/raw" >"$work/out" 2>&1
}
keygen_verify report alice || fail "ssh-keygen: $(cat "$work/out")"
for version in 1 2; do keygen_verify "$quote@$version" boris || fail "ssh-keygen: $(cat "$work/out")"; done
grep -q 'Good "annot-record-v1" signature for boris' "$work/out" || fail "ssh-keygen: $(cat "$work/out")"
if keygen_verify "$quote@1" chloe; then fail "boris' signature passed for chloe's"; fi
ctl chloe show "$quote@1" --raw | tr t T >"$work/raw"
if ssh-keygen -Y verify -f "$work/signers" -I boris -n annot-record-v1 -s "$work/raw.sig" <"$work/raw" >/dev/null 2>&1; then
	fail "changed bytes passed"
fi

# --- a key of ssh-keygen as --key -----------------------------------------------------------------------
ssh-keygen -q -t ed25519 -N '' -C 'dora at home' -f "$work/dora.key"
ctl dora --quiet --key "$work/dora.key" key request --name dora -o "$work/dora.request"
quiet alice reviewer add "$work/dora.request" >/dev/null
expect 0 'dora' ctl dora --key "$work/dora.key" whoami
expect 0 "$(ssh-keygen -lf "$work/dora.key" | cut -d' ' -f2)" ctl dora --key "$work/dora.key" whoami
by_dora=$(quiet dora --key "$work/dora.key" comment add "$quote" 'from a plain key')
ctl chloe reviewer list --allowed-signers >"$work/signers"
keygen_verify "$by_dora" dora || fail "ssh-keygen: $(cat "$work/out")"
# And ours is one of theirs.
theirs=$(ssh-keygen -y -f "$work/boris/config/annot/keys/boris" | cut -d' ' -f1,2)
[ "$theirs" = "$(cut -d' ' -f1,2 "$work/boris/config/annot/keys/boris.pub")" ] || fail "ssh-keygen reads another key"
# A public key, without an agent: one line that says what is missing.
expect 4 'SSH_AUTH_SOCK' ctl dora --quiet --key "$work/dora.key.pub" comment add "$quote" 'no'; one_line
expect 2 'dorothea' ctl dora --quiet --key dorothea comment add "$quote" 'no'; one_line

# --- keys that are no ed25519 ------------------------------------------------------------------------------
ssh-keygen -q -t rsa -b 2048 -N '' -f "$work/rsa"
ssh-keygen -q -t ecdsa -N '' -f "$work/ecdsa"
for type in rsa ecdsa; do
	expect 4 'ssh-ed25519' ctl dora --quiet --key "$work/$type" comment add "$quote" 'no'; one_line
	expect 4 'ssh-ed25519' ctl dora --quiet --key "$work/$type.pub" comment add "$quote" 'no'; one_line
done
echo "sk-ssh-ed25519@openssh.com AAAAGnNrLXNzaC1lZDI1NTE5QG9wZW5zc2guY29tAAAAIAABAgMEBQYHCAkKCwwNDg8QERITFBUWFxgZGhscHR4fAAAABHNzaDo= x" \
	>"$work/sk.pub"
expect 4 'ssh-ed25519' ctl dora --quiet --key "$work/sk.pub" comment add "$quote" 'no'; one_line
echo 'not a key' >"$work/none.pub"
expect 4 'none.pub' ctl dora --quiet --key "$work/none.pub" comment add "$quote" 'no'; one_line
expect 2 'report.txt.missing' ctl dora --quiet --key "$work/report.txt.missing" comment add "$quote" 'no'; one_line

# --- ssh-agent -------------------------------------------------------------------------------------------------
ssh-keygen -q -t ed25519 -N 'a passphrase' -C erin -f "$work/erin.key"
expect 4 'ssh-a' ctl erin --key "$work/erin.key" key request --name erin -o "$work/erin.request"
start_agent
expect 4 'ssh-add' with_agent erin --key "$work/erin.key" key request --name erin -o "$work/erin.request"
[ ! -e "$work/erin.request" ] || fail "a request without a signature was written"
printf '#!/bin/sh\necho "a passphrase"\n' >"$work/askpass"
chmod +x "$work/askpass"
add() { SSH_AUTH_SOCK="$work/agent.sock" SSH_ASKPASS="$work/askpass" SSH_ASKPASS_REQUIRE=force DISPLAY=:0 ssh-add -q "$@" </dev/null; }
add "$work/erin.key"
with_agent erin --quiet --key "$work/erin.key" key request --name erin -o "$work/erin.request"
quiet alice reviewer add "$work/erin.request" >/dev/null
signed=$(with_agent erin --quiet --key "$work/erin.key" quote add report 'four' 2>/dev/null)
ctl chloe reviewer list --allowed-signers >"$work/signers"
keygen_verify "$signed" erin || fail "ssh-keygen on what the agent signed: $(cat "$work/out")"
expect 0 'VALID-UNWITNESSED' ctl chloe verify "$signed"
# The .pub file, the enrolled name and the environment stand for the same key; the file itself may be gone.
rm "$work/erin.key"
expect 0 'erin' with_agent erin --key "$work/erin.key.pub" whoami
expect 0 '' with_agent erin --key "$work/erin.key.pub" comment add "$signed" 'by .pub'
expect 0 '' with_agent erin --key erin comment add "$signed" 'by name'
expect 0 '' env ANNOT_KEY=erin SSH_AUTH_SOCK="$work/agent.sock" HOME="$work/erin" XDG_STATE_HOME="$work/erin/state" \
	"$ANNOTCTL" comment add "$signed" 'by environment'
[ "$(ctl chloe list author:erin kind:comment --count)" = 3 ] || fail "comments of erin"
# A key that the agent does not have.
expect 4 'ssh-add' with_agent dora --quiet --key "$work/dora.key.pub" comment add "$signed" 'no'; one_line
# An agent that asks before it signs, and is told no.
add -d "$work/erin.key.pub" 2>/dev/null
ssh-keygen -q -t ed25519 -N '' -f "$work/asked.key"
add -c "$work/asked.key" 2>/dev/null
expect 4 'ssh-agent' with_agent erin --key "$work/asked.key.pub" key request --name asked -o "$work/asked.request"
[ ! -e "$work/asked.request" ] || fail "a request without a signature was written"
# An agent that is gone.
end_agent
agent=
expect 4 'ssh-agent' with_agent erin --quiet --key erin comment add "$signed" 'no'; one_line
[ "$(ctl chloe list author:erin kind:comment --count)" = 3 ] || fail "comments of erin"
stop
