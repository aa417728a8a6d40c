#!/bin/sh
# Documents as people have them: web pages and PDFs come in as their text, the record says how it was made.
. "${ROOT:?}/tests/cli/lib.sh"
desk
page=$ROOT/fixtures/pages/lake.html
plain=$ROOT/fixtures/pages/lake.txt
sha() { sha256sum "$1" | cut -d ' ' -f 1; }

# --- a web page ---

expect 0 'added at' ctl alice doc add "$page" --name lake --publisher Courier
grep -q "title Lake talks end with a draft, as the page says" "$work/out" || fail "no title: $(cat "$work/out")"
grep -q "language en-GB, as the page says" "$work/out" || fail "no language"
grep -q "source https://courier.example/2031/lake-talks?a=1&copy=2, as the page says" "$work/out" || fail "no source"
grep -q "from “Lake talks end" "$work/out" || fail "not shown what was signed: $(cat "$work/out")"
ctl alice doc text lake | cmp - "$plain" || fail "not the page's text"
ctl alice --json doc show lake >"$work/json"
for is in '.["media-type"] == "text/plain"' '.["original-type"] == "text/html"' \
	'.extractor | startswith("annot-html/1 (libxml2 ")' \
	".\"original-sha256\" == \"$(sha "$page")\"" ".\"original-length\" == $(wc -c <"$page")" \
	'.title == "Lake talks end with a draft"' '.language == "en-GB"' '.publisher == "Courier"'; do
	jq -e "$is" "$work/json" >/dev/null || fail "not so: $is: $(jq 'del(.text)' "$work/json")"
done
# what the command line says goes before what the page says
expect 0 added ctl alice doc add "$page" --name lake2 --title Other --lang fr --source http://x.example/
ctl alice --json doc show lake2 | jq -e '.title == "Other" and .language == "fr" and .source == "http://x.example/"' \
	>/dev/null || fail "the page won"
# the same page again is nothing new; the same text of another page neither
expect 0 unchanged ctl alice doc add "$page" --name lake
sed 's/742 partners/743 partners/' "$page" >"$work/lake.html"
expect 0 unchanged ctl alice doc add "$work/lake.html"
# a page that changed is a new version, made from another file; what was said of it by hand stays
sed 's/nineteen pages/twenty pages/; s/<title>/<title>x/' "$page" >"$work/lake.html"
expect 0 amended ctl alice doc add "$work/lake.html"
ctl alice --json doc show lake@2 | jq -e ".\"original-sha256\" == \"$(sha "$work/lake.html")\" and .publisher == \"Courier\"" \
	>/dev/null || fail "not of the new page"
# and one that is added as text has no extractor any more
expect 0 amended ctl alice doc add "$plain" --name lake
ctl alice --json doc show lake@3 | jq -e 'has("extractor") or has("original-sha256") | not' >/dev/null ||
	fail "a plain text has an extractor"
# words of it are quoted as any others
expect 0 added ctl alice quote add lake2 'it is fair to all three shores of the lake' --speaker 'Ilvane Torrek'

# the file itself is kept beside the text, and goes with it
ctl alice doc text lake@1 --original | cmp - "$page" || fail "not the page that was added"
ctl alice doc text lake@2 --original | cmp - "$work/lake.html" || fail "not the page of the second version"
expect 1 'is its own original' ctl alice doc text lake@3 --original
# The form of a whole log has both.
expect 0 '0 fields did not survive' ctl alice export --as ndjson -o "$work/log.ndjson"
jq -rs 'map(select(has("original_of")))[0].base64' "$work/log.ndjson" | base64 -d | cmp - "$page" || fail 'no page in the export'
expect 2 'JSON cannot hold them' ctl alice --json doc text lake@1 --original
grep -q 742 "$work"/corpus/truth.db* || fail "the page is not in truth.db"
id=$(ctl alice --json doc show lake@1 | jq -r .annotation)
expect 0 withhold ctl alice withhold lake@1 --only --because 'an order'
expect 1 'WITHHELD' ctl alice doc text "$id@1" --original
expect 4 'card original-sha256: these bytes were withheld' ctl alice doc add "$page" --whole --name again
ctl alice doc text lake@2 --original | cmp - "$work/lake.html" || fail "another version's original went, too"
as daemon "$ANNOTD" fsck --corpus "$work/corpus" >"$work/out" || fail "fsck: $(cat "$work/out")"

# --- without a daemon ---

expect 0 '' env ANNOT_SOCKET=ipc:///nowhere "$ANNOTCTL" --quiet doc extract "$page"
cmp "$work/out" "$plain" || fail "doc extract gives another text"
"$ANNOTCTL" --json doc extract "$page" 2>/dev/null | jq -e ".file_sha256 == \"$(sha "$page")\" and .charset == \"utf-8\" and
	.type == \"text/html\" and (.text | length > 500)" >/dev/null || fail "doc extract --json"
"$ANNOTCTL" --quiet doc extract --whole "$page" | grep -q 'We value your privacy' || fail "--whole leaves something out"
"$ANNOTCTL" --json doc extract --whole --charset utf-8 "$page" 2>/dev/null |
	jq -e '.extractor | startswith("annot-html/1 --whole --charset utf-8 (")' >/dev/null || fail "options are not in the card"

# --- types, and what is none of them ---

cp "$page" "$work/page" # by its content
expect 0 'annot-html/1' "$ANNOTCTL" doc extract "$work/page"
cp "$page" "$work/page.md" # a name that says what it is
expect 0 '<!DOCTYPE html>' "$ANNOTCTL" doc extract "$work/page.md"
expect 0 'annot-html/1' "$ANNOTCTL" doc extract "$work/page.md" --type html
expect 0 '<!DOCTYPE html>' "$ANNOTCTL" doc extract "$page" --type text
expect 2 'expected one of text, markdown, html, pdf' "$ANNOTCTL" doc extract "$page" --type docx
one_line
printf 'PK\003\004junk' >"$work/a.txt"
expect 4 "a.txt is a ZIP archive, as docx, odt and epub are, not a text" "$ANNOTCTL" doc extract "$work/a.txt"
one_line
expect 4 'is a program, not a text' ctl alice doc add "$CONFINED"
printf 'a\000b' >"$work/nul"
expect 4 'holds a NUL at byte 1' ctl alice doc add "$work/nul"
printf 'caf\351' >"$work/latin.txt"
expect 4 'is not UTF-8: byte 3 (0xe9)' ctl alice doc add "$work/latin.txt"
expect 2 'is no web page' ctl alice doc add "$work/latin.txt" --whole
printf '<p>caf\351' >"$work/latin.html"
expect 0 'does not say its charset; read as windows-1252' "$ANNOTCTL" doc extract "$work/latin.html"
printf '<meta charset=utf-8><p>%s caf\351' "$(cat "$plain")" >"$work/bad.html"
expect 0 '1 byte is no utf-8, the first at byte' "$ANNOTCTL" doc extract "$work/bad.html"
printf '<meta charset=utf-8><p>\351\351\351\351' >"$work/other.html"
expect 4 'other.html: it is not in utf-8: 4 bytes are not, the first at byte 23; say --charset NAME' "$ANNOTCTL" doc extract "$work/other.html"
one_line
expect 2 'charset "none" is not known' "$ANNOTCTL" doc extract --charset none "$page"
expect 4 'it has no text' ctl alice doc add --type html /dev/null --name nothing
head -c 70000000 /dev/zero >"$work/large.html"
expect 4 'large.html' ctl alice doc add "$work/large.html"

# --- PDF, written here by hand: PDF 32000-1:2008, 7.5 ---

# pdf WORDS: a page with these words as a line, on standard output.
pdf() {
	printf '%%PDF-1.4\n'
	printf '1 0 obj\n<< /Type /Catalog /Pages 2 0 R >>\nendobj\n'
	printf '2 0 obj\n<< /Type /Pages /Kids [3 0 R] /Count 1 >>\nendobj\n'
	printf '3 0 obj\n<< /Type /Page /Parent 2 0 R /MediaBox [0 0 600 200] /Contents 4 0 R\n'
	printf '/Resources << /Font << /F1 << /Type /Font /Subtype /Type1 /BaseFont /Helvetica >> >> >> >>\nendobj\n'
	stream=$(printf 'BT /F1 12 Tf 50 150 Td %s ET' "$1")
	printf '4 0 obj\n<< /Length %s >>\nstream\n%s\nendstream\nendobj\n' "${#stream}" "$stream"
	printf 'trailer\n<< /Root 1 0 R /Size 5 >>\n%%%%EOF\n'
}
if command -v pdftotext >/dev/null; then
	pdf '(The gauges are read) Tj 0 -20 Td (by all three sides.) Tj 0 -60 Td (Signed in Velm.) Tj' >"$work/treaty.pdf"
	expect 0 'added at' ctl alice doc add "$work/treaty.pdf"
	printf 'The gauges are read\nby all three sides.\n\nSigned in Velm.\n' >"$work/treaty.txt"
	ctl alice doc text treaty | cmp - "$work/treaty.txt" || fail "not the PDF's text: $(ctl alice doc text treaty)"
	ctl alice --json doc show treaty | jq -e ".\"original-sha256\" == \"$(sha "$work/treaty.pdf")\" and
		.\"original-type\" == \"application/pdf\" and (.extractor | startswith(\"annot-pdf/1 (pdftotext \"))" >/dev/null ||
		fail "not the cards of a PDF: $(ctl alice --json doc show treaty)"
	expect 0 added ctl alice quote add treaty 'by all three sides'
	pdf '' >"$work/scan.pdf"
	expect 4 'it has no text: scanned pages must be recognised first' ctl alice doc add "$work/scan.pdf"
	one_line
	printf '%%PDF-1.4\nnothing' >"$work/broken.pdf"
	expect 4 'broken.pdf: pdftotext cannot read it' ctl alice doc add "$work/broken.pdf"
	one_line
	cp "$work/treaty.pdf" "$work/treaty-without-ending"
	expect 0 'annot-pdf/1' "$ANNOTCTL" doc extract "$work/treaty-without-ending"
else
	echo 'pdftotext is absent: PDFs are not tried' >&2
fi
pdf '(x) Tj' >"$work/x.pdf"
mkdir "$work/empty"
expect 2 'install the package poppler-utils' env PATH="$work/empty" "$ANNOTCTL" doc extract "$work/x.pdf"
one_line
# a program that never ends, floods or dies is ended, and does not end us
mkdir "$work/bin"
fake() {
	printf '#!/bin/sh\n[ "$2" ] || [ "$1" != -v ] || { echo pdftotext version 1.2.3 >&2; exit 0; }\n%s\n' "$1" >"$work/bin/pdftotext"
	chmod +x "$work/bin/pdftotext"
}
fake 'exec cat /dev/zero'
expect 4 'x.pdf: its text' env PATH="$work/bin:$PATH" "$ANNOTCTL" doc extract "$work/x.pdf"
one_line
# shellcheck disable=SC2016 # for the fake
fake 'kill -SEGV $$'
expect 4 'pdftotext cannot read it (signal 11)' env PATH="$work/bin:$PATH" "$ANNOTCTL" doc extract "$work/x.pdf"
# what is open here is not open there
# shellcheck disable=SC2016 # for the fake
fake 'for f in /proc/$$/fd/*; do case ${f##*/} in 0|1|2) ;; *) [ ! -e "$f" ] || readlink "$f" ;; esac; done; echo end'
env PATH="$work/bin:$PATH" "$ANNOTCTL" doc extract "$work/x.pdf" 7<"$work/x.pdf" >"$work/open" 2>/dev/null || fail "extract"
[ "$(grep -vF "$work/bin/pdftotext" "$work/open")" = end ] || fail "open in an extractor: $(cat "$work/open")"
fake 'echo "Incorrect password" >&2; exit 1'
expect 4 'pdftotext cannot read it (exit code 1): Incorrect password' env PATH="$work/bin:$PATH" "$ANNOTCTL" doc extract "$work/x.pdf"

# --- articles to check, several at once ---

printf '<html><body><article><p>“It is fair to all three shores of the lake,” she said.</p></article>' >"$work/one.html"
printf '“It is unfair to all three shores of the lake,” she said.\n' >"$work/two.txt"
expect 0 '1 quote: 1 ' ctl alice check "$work/one.html"
ctl alice --json check "$work/one.html" 2>/dev/null | jq -e '(.quotes | length == 1) and (.summary.article | endswith("one.html"))' \
	>/dev/null || fail "JSON of one article has another shape"
expect 1 '2 articles: 2 quotes' ctl alice check "$work/one.html" "$work/two.txt"
grep -q "^$work/two.txt\$" "$work/out" || fail "no heading: $(cat "$work/out")"
ctl alice --json check "$work/one.html" "$work/two.txt" >"$work/json" 2>/dev/null || true
jq -e '(.articles | length == 2) and .articles[1].summary.failed == 1 and .summary.articles == 2 and .summary.failed == 1' \
	"$work/json" >/dev/null || fail "JSON of two articles: $(cat "$work/json")"
ctl alice --format ndjson check "$work/one.html" "$work/two.txt" >"$work/json" 2>/dev/null || true
[ "$(jq -s 'map(has("summary")) | tostring' "$work/json")" = '"[false,true,false,true,true]"' ] || fail "ndjson: $(cat "$work/json")"
ctl alice check --sarif "$work/one.html" "$work/two.txt" >"$work/json" 2>/dev/null || true
jq -e '[.runs[0].results[].locations[0].physicalLocation.artifactLocation.uri | sub(".*/"; "")] == ["one.html", "two.txt"] and
	.runs[0].properties.summary.articles == 2' "$work/json" >/dev/null || fail "SARIF: $(cat "$work/json")"
expect 2 'absent: No such file' ctl alice check "$work/one.html" "$work/absent"
one_line

# --quiet hides nothing that is signed and that nobody gave
cat >"$work/own.html" <<'END'
<!doctype html><html lang="fr"><head><title>Ce que la page dit</title></head><body><p>Rien de tout cela n'a été dit par celui qui
signe, et il le verra donc avant de signer, même s'il ne veut rien savoir d'autre.</p></body></html>
END
expect 0 'title Ce que la page dit, as the page says' ctl alice --quiet doc add "$work/own.html" --lang fr-FR
[ "$(wc -l <"$work/out")" = 2 ] || fail "not title and id: $(cat "$work/out")"
