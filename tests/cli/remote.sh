#!/bin/sh
# From another machine, over TLS: whom one talks to is pinned, who one is is proved.
. "${ROOT:?}/tests/cli/lib.sh"

also='--listen tls+tcp://127.0.0.1:0'
desk
port=$(sed -n 's|^annotd: serving .*tls+tcp://127.0.0.1:\([0-9]*\).*|\1|p' "$work/annotd.log")
remote="tls+tcp://127.0.0.1:$port"
also="--listen $remote"
# at PERSON ARGUMENTS…: from elsewhere.
at() {
	person=$1
	shift
	ctl "$person" --socket "$remote" "$@"
}
fingerprint() { "$ANNOTD" certify --corpus "$work/corpus" | grep -o 'SHA256:[^ ;]*'; }

# --- the certificate is the corpus folder's, and its fingerprint is said wherever its owner looks
[ "$(stat -c %a "$work/corpus/tls.pem")" = 600 ] || fail 'others may read tls.pem'
first=$(fingerprint)
[ "$first" = "SHA256:$(openssl x509 -in "$work/corpus/tls.pem" -outform DER | openssl dgst -sha256 -binary | base64 | tr -d =)" ] ||
	fail "$first is not the certificate's"
[ "$(ctl alice --json corpus info | jq -r .certificate)" = "$first" ] || fail 'corpus info shows another certificate'
expect 0 "$first" ctl alice corpus info
grep -qF "$first" "$work/annotd.log" || fail 'annotd does not say what it shows'

# --- first contact: nobody is there to compare, so it has to be given
expect 4 "it shows the certificate $first and says that it serves corpus $corpus" at boris list
one_line
expect 4 "--fingerprint $first" at boris list
[ ! -s "$work/boris/state/annot/known" ] || ! grep -q tls+tcp "$work/boris/state/annot/known" || fail 'known although nobody confirmed it'
wrong="SHA256:$(printf '%043d' 0)"
expect 4 "it shows the certificate $first; the fingerprint given is $wrong" at boris --fingerprint "$wrong" list
expect 2 'expected SHA256: and 43 characters' at boris --fingerprint "$corpus" list
expect 0 '' at boris --fingerprint "$first" list
grep -qxF "$(printf '%s\t%s\t%s' "$remote" "$corpus" "$first")" "$work/boris/state/annot/known" || fail 'not known'
# From then on it is known.
expect 0 'boris (reviewer, active)' at boris whoami
expect 4 "the fingerprint given is $wrong" at boris --fingerprint "$wrong" list
# A person is asked.
printf 'n\n' | as chloe script -qec "$ANNOTCTL --socket $remote list" /dev/null >"$work/out" 2>&1 && fail 'no is not yes'
for asked in "it shows the certificate $first" "serves corpus $corpus"; do
	grep -qF "$asked" "$work/out" || fail "asked without saying what: $(cat "$work/out")"
done
printf 'y\n' | as chloe script -qec "$ANNOTCTL --socket $remote list" /dev/null >"$work/out" 2>&1 || fail "yes: $(cat "$work/out")"
expect 0 '' at chloe list

# --- all goes through it: many frames each way, and requests that wait
od -An -tx1 -v -N 700000 /dev/urandom >"$work/large.txt"
expect 0 'document' at boris doc add "$work/large.txt" --name large
at boris doc text large | cmp - "$work/large.txt" || fail 'not what was sent'
expect 0 '' at boris export --as ndjson -o "$work/away.ndjson"
expect 4 'hashes of withheld texts are for local peers' at boris export --as ndjson --withheld -o "$work/away.ndjson"
text speech 'Nobody has the intention to build a wall.' >/dev/null
as boris timeout $((60 * patience)) "$ANNOTCTL" --socket "$remote" --format ndjson watch --limit 1 kind:quote >"$work/event" 2>/dev/null &
watcher=$!
tries=0
until [ -s "$work/event" ]; do # as many quotes as it takes until it waits
	quote=$(at chloe --quiet quote add speech 'the intention to build' --tag "n$tries" 2>/dev/null)
	tries=$((tries + 1))
	[ "$tries" -lt 50 ] || fail 'the watcher saw no event'
done
wait "$watcher" || fail "watch ended with $?"
expect 0 'approve' at boris review "$quote@1" approve
expect 0 'VALID' at boris verify "$quote"

# --- who may: enrolled keys in force, and only with the key
ctl dave --quiet key new dave >/dev/null 2>&1
expect 4 'is not enrolled' at dave --fingerprint "$first" list
one_line
mkdir -p "$work/nobody"
expect 2 'no key' at nobody --fingerprint "$first" list
# Someone else's public half proves nothing: there is no agent that would sign.
expect 4 'ssh-agent' at dave --key "$work/boris/config/annot/keys/boris.pub" list
# ssh-agent signs for this, too.
eval "$(ssh-agent -a "$work/agent.sock")" >/dev/null
agent=$SSH_AGENT_PID
ssh-add -q "$work/boris/config/annot/keys/boris" 2>/dev/null
expect 0 'boris (reviewer' as dave env SSH_AUTH_SOCK="$SSH_AUTH_SOCK" "$ANNOTCTL" --socket "$remote" \
	--key "$work/boris/config/annot/keys/boris.pub" whoami
kill "$agent"
unset SSH_AUTH_SOCK SSH_AGENT_PID

# --- somebody between, with a certificate of their own: the login that they pass on is worth nothing. openssl plays them.
mkfifo "$work/back"
openssl req -x509 -newkey ed25519 -nodes -subj /CN=mallory -keyout "$work/mallory.key" -out "$work/mallory.pem" 2>/dev/null
mallory="SHA256:$(openssl x509 -in "$work/mallory.pem" -outform DER | openssl dgst -sha256 -binary | base64 | tr -d =)"
# A port that the kernel found free a moment ago.
relay=$(python3 -c 'import socket; s = socket.socket(); s.bind(("127.0.0.1", 0)); print(s.getsockname()[1])')
mkfifo "$work/forth"
exec 7<>"$work/back" 8<>"$work/forth"
openssl s_server -quiet -tls1_3 -naccept 1 -accept "127.0.0.1:$relay" -cert "$work/mallory.pem" -key "$work/mallory.key" \
	<&7 >&8 2>"$work/relay.log" &
relaying=$!
openssl s_client -quiet -connect "127.0.0.1:$port" <&8 >&7 2>/dev/null &
relaying="$relaying $!"
tries=0
listens=$(printf ':%04X 00000000:0000 0A ' "$relay") # proc(5): that port, any peer, LISTEN
until grep -qF "$listens" /proc/net/tcp; do
	tries=$((tries + 1))
	[ "$tries" -lt $((200 * patience)) ] || fail "nobody listens between: $(cat "$work/relay.log")"
	sleep 0.05 # polls for the listener; there is nothing to wait on
done
expect 4 'somebody stands between' ctl boris --socket "tls+tcp://127.0.0.1:$relay" --fingerprint "$mallory" list
# shellcheck disable=SC2086 # words
kill $relaying 2>/dev/null || true
exec 7>&- 8>&-

# --- of several keys the one that counts signs, also where one is proved before anything can be asked
expect 0 '' at boris whoami
ctl boris --quiet key new boris2 >/dev/null 2>&1
cp -r "$work/boris" "$work/away" # boris on another machine
expect 0 'boris (reviewer, active)' at boris whoami
one_line # it is the one that counted before: nothing is to be said where nothing is signed
expect 0 'of your keys boris signs: it was the one that counted last' at boris comment add speech 'By the first one.'
expect 0 'key-rotate' at boris reviewer rotate boris2
expect 0 "active), key $(ctl boris --json key show boris2 | jq -r .key)" at boris whoami
expect 0 'of your keys boris2 signs: it was the one that counted last' at boris comment add speech 'By the second one.'
expect 0 'of your keys boris2 signs: it is the one in force' ctl boris comment add speech 'Here.'
expect 4 'does not count here any more (rotated): log in with one that does (annotctl --key)' at away list; one_line
expect 0 '' at away --key boris2 list
expect 0 "active), key $(ctl boris --json key show boris2 | jq -r .key)" at away whoami
echo nonsense >"$work/away/state/annot/corpora/$corpus/key"
expect 2 'which of your 2 keys? say --key NAME' at away list; one_line

# --- a key that is revoked while it is connected reads nothing more, also where it waits for events
as chloe timeout $((60 * patience)) "$ANNOTCTL" --socket "$remote" --format ndjson watch kind:any >"$work/events" 2>"$work/watch.err" &
watcher=$!
tries=0
until [ -s "$work/events" ]; do # as many quotes as it takes until it waits
	quiet boris quote add speech 'the intention to build' --tag "w$tries" >/dev/null
	tries=$((tries + 1))
	[ "$tries" -lt 50 ] || fail 'the watcher saw no event'
done
mkfifo "$work/lines"
exec 9<>"$work/lines"
as chloe timeout $((60 * patience)) "$ANNOTCTL" --socket "$remote" batch <"$work/lines" 9>&- >"$work/batch.out" 2>"$work/batch.err" &
batch=$!
said() {
	tries=0
	until [ "$(wc -l <"$work/batch.out")" -ge "$1" ]; do
		tries=$((tries + 1))
		[ "$tries" -lt $((400 * patience)) ] || fail "batch said: $(cat "$work/batch.out" "$work/batch.err")"
		sleep 0.05 # polls for the line; there is nothing to wait on
	done
}
echo '{"args":["show","speech"]}' >&9
said 1
quiet alice reviewer revoke chloe left >/dev/null
code=0
wait "$watcher" || code=$?
[ "$code" = 4 ] && grep -q 'does not count here any more (left)' "$work/watch.err" || fail "watch ended with $code: $(cat "$work/watch.err")"
! grep -q '"key-revoke"' "$work/events" || fail 'who was revoked was told of it'
echo '{"args":["show","speech"]}' >&9
said 2
exec 9>&-
wait "$batch" && fail 'the last line was answered'
sed -n 1p "$work/batch.out" | jq -e '.exit == 0' >/dev/null || fail "before: $(cat "$work/batch.out")"
sed -n 2p "$work/batch.out" | grep -q 'does not count here any more (left)' || fail "after: $(cat "$work/batch.out")"
expect 4 'does not count here any more (left)' at chloe list
expect 0 '' ctl chloe list # the ipc socket is for whoever may open it

# --- who ends their own key can ask for nothing more; what they said last is in the log, proved, and waits nowhere
enrol eve
expect 0 '' at eve --fingerprint "$first" list
expect 0 'could not be read back' at eve reviewer revoke eve retired --because 'Gone fishing.'
grep -q '^key-revoke [0-9a-f]* added at #' "$work/out" || fail "revoke: $(cat "$work/out")"
[ -z "$(ls "$work/eve/state/annot/outbox")" ] || fail 'a revocation waits in the outbox'
[ "$(sed -n 2p "$work/eve/state/annot/corpora/$corpus/checkpoint")" = "$(size)" ] || fail 'the pin did not move'
expect 4 'does not count here any more (retired)' at eve list; one_line
[ "$(ctl alice --json reviewer list | jq -r '.[] | select(.name == "eve") | .state')" = retired ] || fail 'not revoked'
[ "$(ctl alice list kind:comment author:eve --count)" = 1 ] || fail 'the reason is not in the log'

# --- too much at once is "busy", and tried again: slower, not less
stop
also="--listen $remote --key-rate 1 --address-rate 1"
serve
together=
for i in 1 2 3; do
	at boris whoami >"$work/whoami.$i" 2>&1 &
	together="$together $!"
done
for i in $together; do wait "$i" || fail "not patient: $(cat "$work"/whoami.*)"; done
for i in 1 2 3 4 5 6 7 8; do echo '{"args":["show","speech"]}'; done >"$work/many"
expect 0 '' as boris sh -c "exec '$ANNOTCTL' --socket '$remote' batch <'$work/many'"
grep -q 'from=127.0.0.1 key=SHA256:[^ ]* BUSY .*too many requests from this key' "$work/annotd.log" || fail 'no rate for keys'
# Clients that valgrind runs are not quick enough for that.
under_valgrind || grep -q 'from=127.0.0.1 BUSY .*too many requests from this address' "$work/annotd.log" || fail 'no rate for addresses'
expect 0 '' ctl alice list
stop

# --- another certificate: refused, both named, and nothing is forgotten
also="--listen $remote"
mv "$work/corpus/tls.pem" "$work/old.pem"
expect 4 'annotd certify' "$ANNOTD" --corpus "$work/corpus" --listen "$remote"
one_line
second_one=$(fingerprint)
[ "$second_one" != "$first" ] || fail 'not a new certificate'
[ "$second_one" = "$(fingerprint)" ] || fail 'another new certificate'
serve
expect 4 "it shows the certificate $second_one, and before $first" at boris list
one_line
grep -qF "$first" "$work/boris/state/annot/known" || fail 'the old one was forgotten'
expect 4 "and before $first" at boris --fingerprint "$second_one" list
sed -i "\\|^$remote	|d" "$work/boris/state/annot/known"
expect 0 '' at boris --fingerprint "$second_one" list
stop

# --- the file is the daemon's alone, and in no backup
chmod 644 "$work/corpus/tls.pem"
expect 4 'can be read by others' "$ANNOTD" --corpus "$work/corpus" --listen "$remote"
chmod 600 "$work/corpus/tls.pem"
echo garbage >"$work/corpus/tls.pem"
expect 4 'tls.pem: there is no certificate in it' "$ANNOTD" --corpus "$work/corpus" --listen "$remote"
expect 4 'is not a corpus folder' "$ANNOTD" certify --corpus "$work/boris"
"$ANNOTD" backup --corpus "$work/corpus" --to "$work/backup" >/dev/null
[ ! -e "$work/backup/tls.pem" ] || fail 'a backup has the key'
