#!/bin/sh
# The report: what annotctl writes; then, in a real Chromium, what its page checks, shows, and does not do (report.py).
. "${ROOT:?}/tests/cli/lib.sh"
desk
print_of() { ctl "$1" --json key show "$2" | jq -r .key; }
url='http://hostile.test'

# --- a desk with everything in it -----------------------------------------------------------------------
hostile="</script><script>document.title='run'</script><img src=\"$url/img\" onerror=\"document.title='run'\">"
{
	printf 'The draft is ready, and it is fair to all three shores.\n\nA line with \\ and & and <b>tags</b>.\r\nIt ends\there.\n\n \n\n'
	printf 'Hidden: \342\200\256reversed\342\200\254 and zero\342\200\213width.\n\n%s\n\nLast words, twice: fair, fair.\n' "$hostile"
} >"$work/report.txt"
quiet alice doc add "$work/report.txt" --name report --lang en --title "A title$(printf '\342\200\213') $hostile" --source 'javascript:alert(1)' >/dev/null
quote=$(quiet boris quote add report 'The draft is ready, and it is fair to all three shores.' --speaker 'Ilvane Torrek')
quiet boris amend "$quote" --set 'role=envoy to the lake' >/dev/null
quiet boris amend "$quote" --set 'role=special envoy to the lake' --add tag=accord >/dev/null
quiet chloe review "$quote@3" approve >/dev/null
claim=$(quiet chloe claim add 'The draft is fair to everybody.' --in report 'it is fair to all three shores')
quiet boris verdict add "$claim@1" false --because 'Two of three.' --evidence "$quote@3" >/dev/null
quiet alice verdict add "$claim@1" false >/dev/null
quiet chloe verdict add "$claim@1" true --because "$hostile" >/dev/null
quiet alice comment add "$claim" "$hostile" >/dev/null
quiet alice link add "$quote@3" supports "$claim@1" >/dev/null
span=$(quiet chloe span add report 'ready, and it is fair to all' --text "a note $(printf '\342\200\256')backwards")
conflict=$(quiet boris span add report 'Last words' --text 'one')
quiet alice amend "$conflict@1" --set text=two >/dev/null
quiet boris amend "$conflict@1" --force --set text=three >/dev/null
gone=$(quiet boris span add report 'twice' --text 'taken back')
quiet boris retract "$gone@1" --because 'no' >/dev/null
secret=$(quiet boris span add report 'It ends' --text 'a name')
quiet alice withhold "$secret@1" --because 'law' >/dev/null
# A newer version in which the words have moved.
{ printf 'Corrected.\n\n'; cat "$work/report.txt"; } >"$work/report2.txt"
quiet alice doc add "$work/report2.txt" --name report >/dev/null
# Boris's key is rotated, the second one stolen: what it signed since is disputed. Two admins from then on.
for n in 2 3; do ctl boris --quiet key new "boris$n" >/dev/null 2>&1; done
quiet boris reviewer rotate boris2 >/dev/null
from=$(size)
stolen=$(quiet boris --key boris2 quote add report 'fair, fair')
quiet boris --key boris2 reviewer rotate boris3 >/dev/null
quiet alice reviewer revoke "$(print_of boris boris2)" compromised --from-index "$from" >/dev/null
change=$(quiet alice corpus set --add-admin chloe --threshold 2)
quiet chloe review "$change@2" approve >/dev/null
ctl dora --quiet key new dora >/dev/null 2>&1
ctl dora --quiet key request --name dora -o "$work/dora.request"
added=$(quiet chloe reviewer add "$work/dora.request")
quiet alice review "$added@1" approve >/dev/null
late=$(quiet dora span add report@1 'Hidden' --text 'by dora')

# --- the command ------------------------------------------------------------------------------------------
expect 2 '-o FILE' ctl alice report; one_line
expect 2 'say its ID' ctl alice report --svg -o "$work/no.svg"; one_line
expect 2 'column' ctl alice report kind:nothing -o "$work/no.html"; one_line
expect 1 'nothing to report' ctl alice report speaker:nobody -o "$work/no.html"; one_line
expect 1 'WITHHELD: there is nothing to report' ctl alice report "$secret" -o "$work/no.html"; one_line
expect 1 'abcdef12' ctl alice report abcdef12 -o "$work/no.html"; one_line
expect 4 'not the one of --corpus' ctl alice report --corpus "$(printf '%064d' 0)" -o "$work/no.html"; one_line
expect 2 'cannot be written' ctl alice report -o "$work/none/no.html"; one_line
[ ! -e "$work/no.html" ] && [ ! -e "$work/no.svg" ] || fail "a file that should not be there"
expect 0 "$corpus" ctl alice report -o "$work/all.html"
[ -z "$(find "$work" -name 'all.html.*')" ] || fail "a temporary file is left"
ctl alice report -o - 2>/dev/null | cmp - "$work/all.html" || fail "the same log gives another page"
# compared PAGE: the commands that the page names for who has access say what it says they do.
annotctl() { ctl alice "$@"; }
compared() {
	python3 - "$1" >"$work/commands" <<'END'
import html, re, sys
line = re.search('<p class="compare">(.*?)</p>', open(sys.argv[1], encoding="utf-8", newline="").read(), re.S)[1]
print(*[html.unescape(re.sub("<[^>]*>", "", code)) for code in re.findall("<code>(.*?)</code>", line, re.S)], sep="\n")
print((re.search(r"must say (\d+)", line) or ["", "-"])[1], (re.search(r"says that (\d+) record", line) or ["", "-"])[1])
END
	sed '$d' "$work/commands" >"$work/lines"
	(cd "$work" && . ./lines >"$work/out" 2>/dev/null) || fail "the commands of $1: $(cat "$work/commands")"
	cmp "$1" "$work/again.html" || fail "not made again: $(cat "$work/commands")"
	case $(sed -n '$p' "$work/commands") in
	"- -") grep -q '@1' "$work/out" || fail "no history: $(cat "$work/out")" ;;
	"$(sed -n 1p "$work/out") $(sed -n 1p "$work/out")") ;;
	*) fail "another number: $(cat "$work/commands" "$work/out")" ;;
	esac
}
compared "$work/all.html"
quiet alice comment add "$span" "It isn't <so>" >/dev/null
for query in 'speaker:"Ilvane Torrek"' "\"isn't <so>\"" 'kind:span state:retracted' 'rating:false'; do
	ctl alice report "$query" -o "$work/some.html" 2>/dev/null || fail "no report of $query"
	compared "$work/some.html"
done
ctl alice report "$claim" -o "$work/some.html" 2>/dev/null
compared "$work/some.html"
expect 0 '' ctl alice report -o "$work/all.html"
ctl alice log checkpoint >"$work/checkpoint"
expect 5 '' as alice sh -c '"$0" report -o - >/dev/full' "$ANNOTCTL"
ctl alice --json report "$claim" -o "$work/claim.html" 2>/dev/null |
	jq -e --arg corpus "$corpus" '.corpus == $corpus and .annotations == 1 and .size > 20 and (.file | endswith("claim.html"))' >/dev/null ||
	fail "JSON"
grep -q 'id="d2"' "$work/claim.html" || fail "the claim's document is not there"
grep -q 'by boris' "$work/claim.html" || fail "the evidence is not there"

expect 0 '' ctl alice report --svg "$claim" -o "$work/claim.svg"
python3 - "$work/claim.svg" <<'END' || fail "the graph: $(cat "$work/claim.svg")"
import sys, xml.dom.minidom
svg = xml.dom.minidom.parse(sys.argv[1])
kinds = [g.getAttribute("class").split()[0] for g in svg.getElementsByTagName("g")]
assert sorted(set(kinds)) == ["claim", "comment", "document", "link", "quote", "verdict"], kinds
assert kinds.count("verdict") == 3 and not svg.getElementsByTagName("script") and not svg.getElementsByTagName("image")
edges = [p.getAttribute("class").split()[1] for p in svg.getElementsByTagName("path") if p.hasAttribute("marker-end")]
assert edges.count("on") == 4 and edges.count("evidence") == 1 and "target" in edges and "from" in edges, edges
assert svg.documentElement.getAttribute("role") == "img" and "document.title" in svg.getElementsByTagName("desc")[0].firstChild.data
END

# A text that is too long for a page is not shown; its quotes are, by their own words.
{ echo 'These words are quoted.'; head -c 4194304 /dev/zero | tr '\0' 'x'; echo; } >"$work/long.txt"
quiet alice doc add "$work/long.txt" --name long >/dev/null
quiet alice span add long 'These words are quoted.' --text 'long' >/dev/null
expect 0 '' ctl alice report doc:long -o "$work/long.html"
grep -q 'too long for this page' "$work/long.html" || fail "not said that the text is too long"
grep -q '<q class="value" dir="auto" data-f="exact" data-n="0">These words are quoted.</q>' "$work/long.html" || fail "the words"
[ "$(wc -c <"$work/long.html")" -lt 200000 ] || fail "the text is there all the same"

# --- the browser --------------------------------------------------------------------------------------------
quiet alice comment add "$claim" 'later' >/dev/null
ctl alice log checkpoint >"$work/later"
command -v python3 >/dev/null && command -v chromedriver >/dev/null || { echo "skipped: needs chromium-driver" >&2; exit 77; }
python3 "$ROOT/tests/cli/report.py" "$work" "$corpus" "$claim" "$quote" "$span" "$conflict" "$gone" "$secret" "$stolen" "$late" ||
	fail "in the browser"
