# What came with the packages beside the daemon, as an ordinary user meets it: web pages and PDFs, completion, manual pages, the
# library from Python and from C.
. /try/tree/tests/package/system/lib.sh

corpus client boris chloe

# --- web pages, PDFs ---------------------------------------------------------------------------------------------------------
printf '<!DOCTYPE html><meta charset=utf-8><title>Lake</title><nav>Home</nav><article><p>The lake is ours, the mayor said.</p></article>' \
	>"$work/page.html"
put "$work/page.html" boris
expect 0 document ctl boris doc add page.html --name page
[ "$(ctl boris doc text page)" = 'The lake is ours, the mayor said.' ] || fail "page: $(ctl boris doc text page)"
# PDF 32000-1:2008, 7.5
cat >"$work/treaty.pdf" <<'END'
%PDF-1.4
1 0 obj
<< /Type /Catalog /Pages 2 0 R >>
endobj
2 0 obj
<< /Type /Pages /Kids [3 0 R] /Count 1 >>
endobj
3 0 obj
<< /Type /Page /Parent 2 0 R /MediaBox [0 0 600 200] /Contents 4 0 R
/Resources << /Font << /F1 << /Type /Font /Subtype /Type1 /BaseFont /Helvetica >> >> >> >>
endobj
4 0 obj
<< /Length 54 >>
stream
BT /F1 12 Tf 50 150 Td (The gauges are read.) Tj    ET
endstream
endobj
trailer
<< /Root 1 0 R /Size 5 >>
%%EOF
END
put "$work/treaty.pdf" boris
if [ ! -e /usr/bin/pdftotext ]; then
	expect 2 'install the package poppler-utils' ctl boris doc add treaty.pdf --name treaty
	one_line
	packages install --no-install-recommends --no-download poppler-utils
fi
expect 0 document ctl boris doc add treaty.pdf --name treaty
[ "$(ctl boris doc text treaty)" = 'The gauges are read.' ] || fail "PDF: $(ctl boris doc text treaty)"
quote=$(quiet boris quote add page 'The lake is ours' --speaker 'the mayor')

# --- completion ----------------------------------------------------------------------------------------------------------------
# As a shell does it: the loader of bash-completion finds the script by the name of the command.
cat >"$work/complete" <<'END'
. /usr/share/bash-completion/bash_completion
_completion_loader annotctl
complete -p annotctl
COMP_WORDS=(annotctl quo) COMP_CWORD=1 COMP_LINE='annotctl quo' COMP_POINT=12
function=$(complete -p annotctl | sed 's/.*-F \([^ ]*\) .*/\1/')
"$function" annotctl quo annotctl
printf '<%s>\n' "${COMPREPLY[@]}"
END
chmod 0755 "$work/complete"
expect 0 '<quote' as boris bash "$work/complete"

# --- manual pages ----------------------------------------------------------------------------------------------------------------
for page in 1:annotctl 5:annotctl.conf 5:annotd.conf 7:annot-query 8:annotd 3:libannot; do
	expect 0 "/usr/share/man/man${page%:*}/${page#*:}" as boris man -w "${page%:*}" "${page#*:}"
done
as boris env LC_ALL=C.UTF-8 MANPAGER=cat MANWIDTH=100 man annotctl >"$work/page" 2>"$work/warnings" || fail 'man annotctl'
grep -q 'doc add' "$work/page" || fail "man annotctl shows no commands: $(head -n 30 "$work/page")"
[ ! -s "$work/warnings" ] || fail "man annotctl: $(cat "$work/warnings")"

# --- the library ---------------------------------------------------------------------------------------------------------------
ctl boris bundle "$quote" -o quote.bundle 2>/dev/null
script=/usr/share/doc/libannot-dev/examples/verify.py
expect 0 '“The lake is ours”' as boris python3 "$script" "$hash" quote.bundle
grep -q VALID "$work/out" || fail "$(cat "$work/out")"
cat >"$work/ten.c" <<'END'
#include <annot.h>
#include <stdio.h>
int main(int argc, char **argv)
{
	struct annot_error err = {0};
	char *text = NULL;
	enum annot_status status = argc == 3 ? annot_flat_verify(argv[2], argv[1], &text, &err) : ANNOT_USAGE;
	puts(status == ANNOT_OK ? text : err.text);
	annot_flat_free(text);
	return annot_exit_code(status);
}
END
put "$work/ten.c" boris
# shellcheck disable=SC2016 # for the shell of boris
expect 0 '' as boris sh -c 'cc -std=c11 -Wall -Wextra -Werror ten.c -o ten $(pkg-config --cflags --libs annot)'
expect 0 '"verdict"' as boris ./ten "$hash" quote.bundle
grep -q VALID "$work/out" || fail "$(cat "$work/out")"
expect 2 'expected 64 hex digits' as boris ./ten nonsense quote.bundle
