#!/bin/sh
# Completion: what annotctl offers, and that bash, zsh and fish get it.
. "${ROOT:?}/tests/cli/lib.sh"
mkdir "$work/bin"
ln -s "$ANNOTCTL" "$work/bin/annotctl"
PATH=$work/bin:$PATH
export PATH

# offers WORD… -- EXPECTED…: what may stand in the place of the last word; all of it, in order.
offers() {
	asked='' all=
	while [ "$1" != -- ]; do
		asked="$asked '$1'"
		shift
	done
	shift
	for word; do all="$all$word
"; done
	eval "ctl alice completion --words -- $asked" >"$work/out" || fail "completion of $asked"
	[ "$(cut -f 1 "$work/out")" = "${all%?}" ] || fail "$asked: $(cat "$work/out")"
}
offers 'cor' -- corpus
offers quote '' -- add
offers --key x --json corpus i -- info init
offers quote add --sp -- --speaker
offers review 7067a6a2@1 '' -- approve reject request-changes
offers review 7067a6a2@1 re -- reject request-changes
offers review 7067a6a2@1 approve '' -- ''
offers link add a r -- refutes
offers show --format nd -- ndjson
offers verify '' -- :file
offers key show '' -- :file
offers bundle x -o '' -- :file
offers no-such-command '' -- ''
offers doc show '' -- '' # no daemon, no names, and no error
[ "$(ctl alice completion --words -- '' | cut -f 1 | sort -u | wc -l)" = "$(ctl alice completion --words -- '' | wc -l)" ] ||
	fail "a command is offered twice"
# Every option of a command's help is offered, from the same table.
ctl alice quote add --help | sed -n 's/^  \(-., \)\{0,1\}\(--[a-z-]*\).*/\2/p' | sort -u >"$work/help"
ctl alice completion --words -- quote add -- | cut -f 1 | grep -v '^--help$' | sort -u | cmp - "$work/help" || fail "options of quote add"
expect 2 'bash, zsh or fish' ctl alice completion tcsh; one_line
expect 2 'bash, zsh or fish' ctl alice completion; one_line

desk
text report 'One two three.' >/dev/null
text reply 'Four five six.' >/dev/null
offers doc show rep -- report reply
offers quote add rep -- report reply
offers verdict add 7067a6a2@1 '' -- false mostly-false half-true mostly-true true
offers verdict add 7067a6a2@1 mo -- mostly-false mostly-true
offers verdict add --scale aletheia9 7067a6a2@1 tr -- true-but true
offers verdict add 7067a6a2@1 false --scale goo -- google5
offers list s -- speaker: source: sha256: since: state:
offers list kind:quote state:un -- state:unopened
offers list kind:re -- kind:review kind:retract kind:reaffirm
offers list author: -- author:alice author:boris author:chloe
offers list doc:rep -- doc:report doc:reply
offers list rating:ha -- rating:half-true
offers search lake anchor:or -- anchor:orphan
stop

# --- the shells ---------------------------------------------------------------------------------------------
missing=
if command -v bash >/dev/null; then
	ctl alice completion bash >"$work/annotctl.bash"
	bash -uc '. "$1"; complete -p annotctl >/dev/null
		COMP_WORDS=(annotctl quote add --s) COMP_CWORD=3; _annotctl; printf "%s\n" "${COMPREPLY[@]}"
		COMP_WORDS=(annotctl list kind : qu) COMP_CWORD=4; _annotctl; printf "%s\n" "${COMPREPLY[@]}"
		COMP_WORDS=(annotctl list stat) COMP_CWORD=2; _annotctl; printf "%s\n" "${COMPREPLY[@]}"
		COMP_WORDS=(annotctl list state :) COMP_CWORD=3; _annotctl; printf "%s\n" "${COMPREPLY[0]}"
		COMP_WORDS=(annotctl verify "$2/annotctl.b") COMP_CWORD=2; _annotctl; printf "%s\n" "${COMPREPLY[@]##*/}"' \
		bash "$work/annotctl.bash" "$work" >"$work/out" || fail "bash: $(cat "$work/out")"
	[ "$(tr '\n' ' ' <"$work/out")" = '--speaker --said --socket quote state: any annotctl.bash ' ] || fail "bash: $(cat "$work/out")"
else
	missing="$missing bash"
fi
if command -v zsh >/dev/null; then
	ctl alice completion zsh >"$work/_annotctl"
	zsh -fc 'compdef() { : }; _describe() { print -rl -- "${(@P)2}" }; _files() { print files }
		. "$1"; words=(annotctl quote add --s) CURRENT=4; _annotctl; words=(annotctl verify "") CURRENT=3; _annotctl' \
		zsh "$work/_annotctl" >"$work/out" || fail "zsh: $(cat "$work/out")"
	grep -qx -- '--speaker:Who said it' "$work/out" && grep -qx files "$work/out" || fail "zsh: $(cat "$work/out")"
	# As a package installs it: zsh reads it when something is completed first.
	zsh -fc 'compdef() { : }; _describe() { print -rl -- "${(@P)2}" }; _files() { print files }
		fpath=("${1:h}"); autoload -Uz _annotctl; words=(annotctl quote add --s) CURRENT=4; _annotctl
		words=(annotctl verify "") CURRENT=3; _annotctl' zsh "$work/_annotctl" >"$work/out" || fail "zsh: $(cat "$work/out")"
	grep -qx -- '--speaker:Who said it' "$work/out" && grep -qx files "$work/out" || fail "zsh, autoloaded: $(cat "$work/out")"
else
	missing="$missing zsh"
fi
if command -v fish >/dev/null; then
	ctl alice completion fish >"$work/annotctl.fish"
	as alice fish -c 'source $argv[1]; complete -C "annotctl quote add --s"; complete -C "annotctl review x@1 req"; complete -C "annotctl list kind:qu"' \
		"$work/annotctl.fish" >"$work/out" || fail "fish: $(cat "$work/out")"
	grep -q '^--speaker	Who said it$' "$work/out" && grep -q '^request-changes' "$work/out" && grep -q '^kind:quote' "$work/out" || fail "fish: $(cat "$work/out")"
else
	missing="$missing fish"
fi
if [ -n "$missing" ]; then echo "not here, and so not tried:$missing"; fi
