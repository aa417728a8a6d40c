#!/bin/sh
# The report's check of who may sign: keys that were rotated, retired, stolen …, and the log's own key changed twice; in a real
# Chromium (report_keys.py) it must say of each record what annotctl verify says.
. "${ROOT:?}/tests/cli/lib.sh"
command -v python3 >/dev/null && command -v chromedriver >/dev/null || { echo "skipped: needs chromium-driver" >&2; exit 77; }
desk
print_of() { ctl "$1" --json key show "$2" | jq -r .key; }
newkey() { ctl "$1" --quiet key new "$2" >/dev/null 2>&1; }
# claims: a line for each claim that the browser looks at: NAME ID.
: >"$work/claims"
claim() {
	id=$(quiet "$2" ${3:+--key "$3"} claim add "Claimed by $2: $1.")
	echo "$1 $id" >>"$work/claims"
}
page() {
	ctl alice report -o "$work/$1.html" 2>/dev/null
	ctl alice log checkpoint >"$work/$1.note"
}

# --- the key of the log: before a change, while both sign, after it, and after another ------------------
claim active chloe
page before
vkey=$(ctl alice log key "$work/corpus/log.key.next" 2>/dev/null)
stop
serve
quiet alice corpus set --log "$vkey" >/dev/null
page across
stop
mv "$work/corpus/log.key.next" "$work/corpus/log.key"
serve
claim later chloe
page after
vkey=$(ctl alice log key "$work/corpus/log.key.next" 2>/dev/null)
quiet alice corpus set --log "$vkey" >/dev/null
stop
mv "$work/corpus/log.key.next" "$work/corpus/log.key"
serve
claim last chloe
page again

# --- the keys of people: a record for each row of standing.def ---------------------------------------------
for person in dora erin fay gus; do enrol "$person"; done
claim rotated boris
newkey boris boris2
quiet boris reviewer rotate boris2 >/dev/null
claim retired dora
quiet alice reviewer revoke dora retired >/dev/null
claim left erin
quiet alice reviewer revoke erin left >/dev/null
claim stolen-later fay
stolen=$(size)
claim disputed fay
claim reaffirmed fay
claim reaffirmed-by-thief fay
claim reaffirmed-again fay
newkey fay fay2
quiet fay reviewer rotate fay2 >/dev/null
quiet alice reviewer revoke "$(print_of fay fay)" compromised --from-index "$stolen" >/dev/null
id_of() { sed -n "s/^$1 //p" "$work/claims"; }
quiet fay reaffirm "$(id_of reaffirmed)@1" --because 'mine' >/dev/null
again=$(size)
quiet fay reaffirm "$(id_of reaffirmed-by-thief)@1" --because 'says the thief' >/dev/null
quiet fay reaffirm "$(id_of reaffirmed-again)@1" --because 'says the thief' >/dev/null
newkey fay fay3
quiet fay --key fay2 reviewer rotate fay3 >/dev/null
quiet alice reviewer revoke "$(print_of fay fay2)" compromised --from-index "$again" >/dev/null
quiet fay --key fay3 reaffirm "$(id_of reaffirmed-again)@1" --because 'mine after all' >/dev/null
# An admin who is removed, comes back with the same key, and then it turns out to have been stolen.
newkey hugo hugo
newkey ida ida
for person in hugo ida; do
	quiet alice corpus set --add-admin "$person=$work/$person/config/annot/keys/$person.pub" >/dev/null
done
claim removed ida
claim removed-and-stolen hugo
taken=$(size)
for person in hugo ida; do quiet alice corpus set --remove-admin "$person" >/dev/null; done
ctl hugo --quiet key request --name hugo -o "$work/hugo.request"
quiet alice reviewer add "$work/hugo.request" >/dev/null
quiet alice reviewer revoke hugo compromised --from-index $((taken - 1)) >/dev/null
# One who is removed, and whose key is then said to be stolen by the record that removed it.
newkey jan jan
quiet alice corpus set --add-admin "jan=$work/jan/config/annot/keys/jan.pub" >/dev/null
claim stolen-admin jan
taken=$(size)
quiet alice corpus set --remove-admin jan >/dev/null
quiet alice reviewer revoke jan compromised --from-index $((taken - 1)) >/dev/null
page keys

while read -r name id; do
	ctl alice --json verify "$id@1" >"$work/verify.$name" 2>/dev/null || true
	jq -e .verdict "$work/verify.$name" >/dev/null || fail "verify: $name: $(cat "$work/verify.$name")"
done <"$work/claims"
python3 "$ROOT/tests/cli/report_keys.py" "$work" "$corpus" || fail "in the browser"
