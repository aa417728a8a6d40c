#!/bin/sh
# Keys live and die: rotation, revocation, what a theft taints and who stands by it, admins, the log's own key.
. "${ROOT:?}/tests/cli/lib.sh"
desk
text report 'One two three. One two four.' >/dev/null
state_of() { ctl alice --json reviewer list | jq -r --arg n "$1" '[.[] | select(.name == $n)][-1].state'; }
print_of() { ctl "$1" --json key show "$2" | jq -r .key; }

# --- a key in the place of another ------------------------------------------------------------------
first=$(quiet boris quote add report 'three')
ctl boris --quiet key new boris2 >/dev/null 2>&1
expect 0 'boris (reviewer, active)' ctl boris whoami # of two keys the one that is in force here
expect 2 'the one that signs' ctl boris --key boris reviewer rotate boris; one_line
expect 4 'only a key in force' ctl boris --key boris2 reviewer rotate boris; one_line
ctl chloe key show chloe >"$work/chloe.pub"
expect 4 '' ctl boris reviewer rotate "$work/chloe.pub"
expect 0 'key-rotate' ctl boris reviewer rotate boris2
expect 0 "key $(print_of boris boris2)" ctl boris whoami
expect 0 "signs with key $(print_of boris boris2)" ctl boris --key boris whoami
expect 4 'rotated' ctl boris --key boris comment add "$first" 'too late'
later=$(quiet boris quote add report 'four')
expect 0 'rotated later' ctl chloe verify "$first"
expect 0 'key put in place by an earlier key of boris' ctl chloe verify "$later"
expect 4 'not its author' ctl chloe reaffirm "$first@1" --because 'mine' # nor is anything wrong with it

# What is sealed can be opened by the key that sealed it only.
quiet chloe verdict add "$first@1" true --sealed >/dev/null
ctl chloe --quiet key new chloe2 >/dev/null 2>&1
expect 4 '1 sealed verdict' ctl chloe reviewer rotate chloe2; one_line

# --- it was stolen ----------------------------------------------------------------------------------
stolen=$(size)
third=$(quiet boris quote add report 'One two three')
quiet chloe review "$third@1" approve >/dev/null
thief=$(quiet boris review report@1 reject --because 'signed by whoever has the key')
ctl boris --quiet key new boris3 >/dev/null 2>&1
quiet boris --key boris2 reviewer rotate boris3 >/dev/null
expect 4 'not an admin' ctl boris reviewer revoke "$(print_of boris boris2)" compromised --from-index "$stolen"
expect 2 'goes with compromised' ctl alice reviewer revoke boris left --from-index 3; one_line
expect 2 'expected one of' ctl alice reviewer revoke boris gone; one_line
expect 4 'no such reviewer' ctl alice reviewer revoke nobody left; one_line
expect 4 'after this record' ctl alice reviewer revoke boris compromised --from-index 9999
expect 0 'key-revoke' ctl alice reviewer revoke "$(print_of boris boris2)" compromised --from-index "$stolen" --because 'his laptop'
expect 0 'his laptop' ctl chloe list kind:comment
expect 0 'compromised later' ctl chloe verify "$later"
expect 1 'DISPUTED' ctl chloe verify "$third"
[ "$(ctl chloe --quiet list state:compromised)" = "$third" ] || fail "not disputed: $(ctl chloe list state:compromised)"
ctl chloe --json show "$third" | jq -e '.flags | index("compromised")' >/dev/null || fail "no flag"
[ "$(ctl chloe --json show report | jq -r .review)" = draft ] || fail "a review by a stolen key counts"
expect 2 'name one exact version' ctl boris reaffirm "$(printf %.8s "$third")" --because 'I wrote this'; one_line
expect 0 'reaffirm' ctl boris reaffirm "$third@1" --because 'I wrote this'
expect 0 'reaffirmed' ctl chloe verify "$third"
[ -z "$(ctl chloe --quiet list state:compromised)" ] || fail "still disputed: $(ctl chloe list state:compromised)"
expect 1 'DISPUTED' ctl chloe verify "$thief"
ctl chloe --json reviewer list | jq -e --argjson from "$stolen" '
	[.[] | select(.name == "boris")] | length == 3 and .[0].state == "rotated" and .[0].enrolled_by == "alice" and
	.[0].ended_by == "boris" and .[0].compromised_from == null and .[1].state == "compromised" and .[1].compromised_from == $from and
	.[1].revocation.by == "alice" and .[1].revocation.index >= .[1].ended and .[2].state == "active" and .[2].ended == null and
	(map(.person) | unique | length) == 1' >/dev/null || fail "the life of boris's keys: $(ctl chloe --json reviewer list)"
expect 0 "compromised from #$stolen on, as alice said" ctl chloe reviewer list

# --- who leaves -------------------------------------------------------------------------------------
enrol dora
quiet dora comment add "$first" 'before' >/dev/null
expect 0 'key-revoke' ctl dora reviewer revoke dora retired --because 'I go' # at once, by herself
expect 4 'retired' ctl dora comment add "$first" 'after'
expect 0 'revoked as retired by dora' ctl alice reviewer list
ctl dora --quiet key new dora2 >/dev/null 2>&1
expect 2 'which of your 2 keys? none is in force in this corpus' ctl dora comment add "$first" 'after'
expect 0 'I go' ctl alice list kind:comment

# --- the only admin, whose key came with the genesis record ----------------------------------------------
ctl alice --quiet key new alice2 >/dev/null 2>&1
quiet alice reviewer rotate alice2 >/dev/null
expect 4 'would be 0 admins' ctl alice reviewer revoke alice left
quiet alice reviewer revoke "$(print_of alice alice)" compromised --from-index 3 >/dev/null
expect 1 'DISPUTED' ctl boris verify report
expect 0 '' ctl alice reaffirm report@1 --because 'mine'
expect 0 'reaffirmed' ctl boris verify report

# --- admins -------------------------------------------------------------------------------------------
quiet alice policy set --approvals quote=2 >/dev/null
expect 2 'nothing to set' ctl alice corpus set; one_line
expect 4 'is no admin' ctl alice corpus set --remove-admin boris
expect 4 'nobody of that name' ctl alice corpus set --add-admin nobody; one_line
expect 4 'not an admin' ctl boris corpus set --add-admin boris
expect 0 'waits for the approval' ctl alice corpus set --add-admin boris --threshold 2
change=$(ctl alice --quiet list 'kind:corpus state:pending')
expect 0 '' ctl boris review "$change@2" approve
expect 0 'threshold  2' ctl chloe corpus info
grep -q '^admin *boris ' "$work/out" || fail "boris is no admin: $(cat "$work/out")"
[ "$(ctl chloe --json policy show | jq .approvals.quote)" = 2 ] || fail "the policy changed: $(ctl chloe --json policy show)"
expect 0 'waits for the approval' ctl alice reviewer revoke chloe left
[ "$(state_of chloe)" = active ] || fail "one of two admins revoked"
revocation=$(ctl alice --quiet list 'kind:key-revoke state:pending')
expect 0 '' ctl boris review "$revocation@1" approve
[ "$(state_of chloe)" = left ] || fail "two of two admins did not revoke: $(state_of chloe)"
expect 0 'waits' ctl alice corpus set --remove-admin boris --threshold 1
change=$(ctl alice --quiet list 'kind:corpus state:pending')
quiet boris review "$change@3" approve >/dev/null
expect 0 'threshold  1' ctl chloe corpus info
expect 4 'not an admin' ctl boris policy set --approvals quote=1

# --- the key of the log -------------------------------------------------------------------------------
for person in erin fay; do
	enrol "$person"
	ctl "$person" --quiet log checkpoint >/dev/null
done
ctl fay --quiet log export "$work/fays"
ctl fay --quiet log witness --new example.org/fay --key "$work/fay.key" >/dev/null 2>&1
expect 4 'annotd --witnesses' ctl fay log witness --key "$work/fay.key"
ctl chloe --quiet log checkpoint >/dev/null
vkey=$(ctl alice log key "$work/corpus/log.key.next" 2>/dev/null)
expect 4 'exists' ctl alice log key "$work/corpus/log.key.next"
expect 2 'verifier key' ctl alice corpus set --log nonsense; one_line
stop
serve
[ "$(ctl alice log checkpoint | grep -c '^—')" = 1 ] || fail "the next key signs before it may"
quiet alice corpus set --log "$vkey" >/dev/null
[ "$(ctl alice log checkpoint | grep -c '^—')" = 2 ] || fail "not both keys sign: $(ctl alice log checkpoint)"
expect 0 "log key    $vkey" ctl boris corpus info
stop
mv "$work/corpus/log.key.next" "$work/corpus/log.key"
serve
quiet boris comment add "$later" 'still' >/dev/null
[ "$(ctl alice log checkpoint | grep -c '^—')" = 1 ] || fail "not one key signs: $(ctl alice log checkpoint)"
expect 0 '' ctl chloe log checkpoint # has been away
grep -qF "$vkey" "$work"/chloe/state/annot/corpora/*/log-keys || fail "chloe did not learn the log's key"
expect 0 '' ctl gus log checkpoint # is new
quiet boris bundle "$later" -o "$work/later.bundle"
expect 0 'signed by the log key' ctl nobody verify "$work/later.bundle" --corpus "$corpus"
# Once more. Whoever was away all that time goes on as if nothing had been: writes, pins, copies, witnesses.
vkey=$(ctl alice log key "$work/corpus/log.key.next" 2>/dev/null)
quiet alice corpus set --log "$vkey" >/dev/null
stop
mv "$work/corpus/log.key.next" "$work/corpus/log.key"
serve
expect 0 'comment' ctl erin comment add "$later" 'back again' # under the checkpoint that she had
expect 0 'VALID' ctl erin verify "$(ctl erin --quiet list kind:comment author:erin)"
expect 0 '' ctl fay log export "$work/fays"
expect 0 'VALID' ctl fay log audit "$work/fays"
expect 4 'annotd --witnesses' ctl fay log witness --key "$work/fay.key" # goes on from what she cosigned
expect 0 '' ctl fay log checkpoint
stop
expect 0 '' as daemon "$ANNOTD" fsck --corpus "$work/corpus"

# --- a stolen key of one of several first admins ---------------------------------------------------------
for person in gina hugo; do ctl "$person" --quiet key new "$person" >/dev/null 2>&1; done
export ANNOT_SOCKET="ipc://$work/two.sock"
ctl gina --quiet corpus init "$work/two" --origin test.example/two --admin "gina=$work/gina/config/annot/keys/gina.pub" \
	--admin "hugo=$work/hugo/config/annot/keys/hugo.pub" >/dev/null 2>&1
other "$work/two" "$ANNOT_SOCKET"
forged=$(quiet hugo claim add 'Whoever has the key of Hugo says so.')
expect 4 'no record names it alone' ctl gina reviewer revoke hugo compromised --from-index 1
expect 0 '' ctl gina corpus set --remove-admin hugo
expect 0 'key-revoke' ctl gina reviewer revoke hugo compromised --from-index 1
expect 1 'DISPUTED' ctl gina verify "$forged"
expect 0 'compromised from #1 on, as gina said' ctl gina reviewer list
end_other
