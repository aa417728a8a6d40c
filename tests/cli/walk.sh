#!/bin/sh
# The main job from end to end: several people annotate, amend, review, verify.
. "${ROOT:?}/tests/cli/lib.sh"
desk

[ "$(ctl boris whoami | cut -d' ' -f1)" = boris ] || fail "whoami"
text report 'The minister said “we will not sign this year” and left. He said it twice: not this year.' >/dev/null
expect 0 'quote' ctl boris quote add report 'we will not sign this year' --speaker 'the minister' --tag talks
quote=$(quiet boris list kind:quote)
claim=$(quiet chloe claim add 'The accord will not be signed this year.' --in report 'not sign this year')
verdict=$(quiet chloe verdict add "$claim@1" mostly-true --because 'He said so.' --evidence "$quote")
quiet alice comment add "$quote" 'Who interpreted?' >/dev/null
quiet alice link add "$quote" supports "$claim" >/dev/null
quiet chloe span add report 'and left' --text 'In a hurry?' --tag mood >/dev/null

# Review: four eyes on one exact version.
quiet chloe review "$quote@1" approve --because 'read' >/dev/null
[ "$(ctl alice --json show "$quote" | jq -r .review)" = approved ] || fail "an approved quote is approved"
expect 4 '' ctl boris amend "$quote" --set nonsense=1
quiet boris amend "$quote" --set 'speaker=the head of the delegation' >/dev/null
[ "$(ctl alice --json show "$quote" | jq -r .review)" != approved ] || fail "approval of version 1 does not cover version 2"
[ "$(ctl alice --json show "$quote" | jq .version)" = 2 ] || fail "version"
[ "$(ctl alice --json show "$quote@1" | jq -r '.speaker[0]')" = 'the minister' ] || fail "version 1 stands"

# What was decided is said by verify, and changes no verdict: it proves who said it, not that it may be used.
quiet chloe review "$quote@2" reject --because 'another speaker' >/dev/null
expect 0 'rejected by 1' ctl chloe verify "$quote"
quiet chloe amend "$(quiet chloe list kind:review | tail -n 1)" --set decision=approve >/dev/null
expect 0 'approved by 1' ctl chloe verify "$quote"

# Diff and history.
expect 1 'head of the delegation' ctl alice diff "$quote@1" "$quote@2"
expect 0 '' ctl alice diff "$quote@1" "$quote@1"
expect 0 '@2' ctl alice history "$quote"

# Verify by id and by file, with and without the daemon.
expect 0 'VALID-UNWITNESSED' ctl chloe verify "$quote"
expect 1 'SUPERSEDED' ctl chloe verify "$quote@1"
quiet chloe bundle "$quote" -o "$work/quote.bundle"
expect 0 'VALID-UNWITNESSED' ctl chloe verify "$work/quote.bundle" --corpus "$corpus"
stop
expect 0 'VALID-UNWITNESSED' ctl chloe verify "$work/quote.bundle" --corpus "$corpus"
expect 0 'VALID-UNWITNESSED' ctl stranger verify "$work/quote.bundle" --corpus "$corpus"
expect 3 'annotd' ctl chloe show "$quote"

# All of it is there after a restart, and the log agrees with itself.
serve
[ "$(ctl alice list --count)" = 6 ] || fail "list --count: $(ctl alice list --count)"
expect 1 '' ctl chloe show deadbeefdeadbeef
expect 0 '' ctl chloe retract "$verdict@1" --because 'too early'
expect 1 'RETRACTED' ctl chloe verify "$verdict"
stop
expect 0 '' as daemon "$ANNOTD" fsck --corpus "$work/corpus"
expect 0 '' as daemon "$ANNOTD" rebuild --corpus "$work/corpus"
serve
expect 1 'RETRACTED' ctl chloe verify "$verdict"
expect 0 'VALID-UNWITNESSED' ctl chloe verify "$quote"
