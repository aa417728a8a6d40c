/* The page as a whole. Its policy lets it load nothing and run nothing but the script that is in
 * it. */
#include <string.h>

#include "../key.h"
#include "../out/record.h"
#include "assets.h"
#include "report.h"

static void put_hash(struct html *h, const char *data, size_t len)
{
	struct annot_hash hash = annot_sha256(data, len);
	html_put(h, "'sha256-");
	html_base64(h, hash.b, ANNOT_HASH_SIZE);
	html_put(h, "'");
}

/* The script stands before all that it works on: it only listens, and is done before the page is
 * read. */
static void put_head(struct report *r, struct html *h)
{
	html_put(h, "<!DOCTYPE html>\n<html lang=\"en\">\n<head>\n<meta charset=\"utf-8\">\n"
		    "<meta http-equiv=\"Content-Security-Policy\" content=\"default-src 'none'; "
		    "script-src ");
	put_hash(h, report_script, report_script_len);
	html_put(h, "; style-src ");
	put_hash(h, report_style, report_style_len);
	html_put(h, "; base-uri 'none'; form-action 'none'\">\n"
		    "<meta name=\"referrer\" content=\"no-referrer\">\n"
		    "<meta name=\"viewport\" content=\"width=device-width, initial-scale=1\">\n"
		    "<meta name=\"color-scheme\" content=\"light dark\">\n<title>");
	html_attrz(h, r->gate->checkpoint.origin);
	html_put(h, ": report as of record #%llu</title>\n<style>",
		 (unsigned long long)r->gate->checkpoint.size - 1);
	fwrite(report_style, 1, report_style_len, h->f);
	html_put(h, "</style>\n<script>");
	fwrite(report_script, 1, report_script_len, h->f);
	html_put(h, "</script>\n</head>\n<body>\n<a class=\"skip\" href=\"#main\">Skip to the "
		    "texts</a>\n");
}

static void put_header(struct report *r, struct html *h)
{
	size_t n;
	report_items(r, &n);
	html_put(h, "<header>\n<h1>");
	html_textz(h, r->gate->checkpoint.origin);
	html_put(h, "</h1>\n<p>%zu annotation%s and document%s", r->n_selected,
		 r->n_selected == 1 ? "" : "s", r->n_selected == 1 ? "" : "s");
	if (n > r->n_selected)
		html_put(h, ", %zu more document%s that their words stand in", n - r->n_selected,
			 n - r->n_selected == 1 ? "" : "s");
	html_put(h, ", as of record #%llu of the log. ",
		 (unsigned long long)r->gate->checkpoint.size - 1);
	if (*r->query) {
		html_put(h, "Selected by <code>");
		html_textz(h, r->query);
		html_put(h, "</code>. ");
	}
	html_put(h, "That these are all, and what stands in colour beside a record (its state, its "
		    "anchors), is "
		    "the word of the desk's server; what is signed is what a person "
		    "said.</p>\n</header>\n");
}

/* What the reader is told about the check, and what they bring to it. */
static void put_check(struct report *r, struct html *h)
{
	struct annot_hash script = annot_sha256(report_script, report_script_len);
	html_put(h, "<section id=\"check\" aria-labelledby=\"check-title\">\n"
		    "<h2 id=\"check-title\">Check it yourself</h2>\n"
		    "<p>A page cannot vouch for itself: whoever made it could have made all of it, "
		    "this script too. With the corpus hash that you have from elsewhere, the "
		    "buttons check "
		    "each record from that hash up: signature, place in the log, the log's "
		    "signature, who enrolled the "
		    "key, and that what you see are the words that were signed. Without it they "
		    "can only say "
		    "that the page agrees with itself. The check runs in your browser and sends "
		    "nothing. It does not "
		    "see what the page leaves out: a later version, retraction or revocation. That "
		    "takes "
		    "<code>annotctl verify ID</code>, or <code>annotctl verify FILE --corpus "
		    "HASH</code> with a "
		    "bundle.</p>\n"
		    "<noscript><p><b>JavaScript is off.</b> Everything here can be read without "
		    "it; only the buttons "
		    "need it.</p></noscript>\n"
		    "<p><label for=\"corpus\">Corpus hash, from elsewhere than this page</label>\n"
		    "<input id=\"corpus\" type=\"text\" spellcheck=\"false\" autocomplete=\"off\" "
		    "maxlength=\"80\"></p>\n"
		    "<p><label for=\"checkpoint\">A checkpoint that you kept, or a witness's "
		    "(optional): the whole note, "
		    "as <code>annotctl log checkpoint</code> prints it</label>\n"
		    "<textarea id=\"checkpoint\" rows=\"5\" spellcheck=\"false\" "
		    "autocomplete=\"off\"></textarea></p>\n"
		    "<p><button type=\"button\" id=\"check-all\">Check all records</button></p>\n"
		    "<div id=\"all-result\" class=\"result\" role=\"status\"></div>\n"
		    "<details><summary>The checkpoint of this page</summary><pre id=\"note\" "
		    "dir=\"ltr\" tabindex=\"0\">");
	html_text(h, (const char *)r->note.data, r->note.len);
	html_put(h,
		 "</pre></details>\n<p class=\"fine\">Script of annot %s, SHA-256 "
		 "<code>%s</code>.</p>\n</section>\n",
		 annot_version(), annot_hash_hex(&script).text);
}

/* --- contents --- */

static const char *title_of(const struct report_item *item)
{
	const struct annot_record *record = item->head->proved ? item->head->proved->record : NULL;
	const char *title = record ? annot_record_text(record, "title") : NULL;
	return title ? title : record ? annot_record_text(record, "name") : "WITHHELD";
}

static void put_contents(struct report *r, struct html *h)
{
	size_t n, claims = 0;
	const struct report_item *items = report_items(r, &n);
	for (size_t i = 0; i < n; i++)
		claims += items[i].kind == ANNOT_KIND_claim;
	html_put(h, "<nav aria-label=\"Contents\">\n<ul>\n");
	if (claims)
		html_put(h, "<li><a href=\"#claims\">%zu claim%s</a></li>\n", claims,
			 claims == 1 ? "" : "s");
	for (size_t i = 0; i < n; i++) {
		if (items[i].kind != ANNOT_KIND_document)
			continue;
		html_put(h, "<li><a href=\"#d%zu\">", items[i].number);
		html_textz(h, title_of(&items[i]));
		html_put(h, "</a></li>\n");
	}
	html_put(h, "<li><a href=\"#grounds\">What all this rests on</a></li>\n</ul>\n</nav>\n");
}

static enum annot_status put_claims(struct report *r, struct html *h)
{
	size_t n;
	bool begun = false;
	const struct report_item *items = report_items(r, &n);
	for (size_t i = 0; i < n; i++) {
		if (items[i].kind != ANNOT_KIND_claim)
			continue;
		if (!begun)
			html_put(h, "<section id=\"claims\" aria-labelledby=\"claims-title\">\n"
				    "<h2 id=\"claims-title\">Claims</h2>\n");
		begun = true;
		TRY(report_put_article(r, h, &items[i]));
	}
	html_put(h, "%s", begun ? "</section>\n" : "");
	return ANNOT_OK;
}

/* --- documents --- */

static enum annot_status put_version(struct report *r, struct html *h, size_t n,
				     const struct report_text *t, bool newest)
{
	size_t items;
	const struct report_item *item = report_items(r, &items) + t->item;
	html_put(h,
		 "<details class=\"version\"%s><summary>Text of version %llu%s, %zu place%s "
		 "marked</summary>\n",
		 newest ? " open" : "", (unsigned long long)t->version->row->version,
		 t->version == item->head ? ", the newest" : "", t->n_marks,
		 t->n_marks == 1 ? "" : "s");
	if (t->missing)
		html_put(h, "<p class=\"withheld\">%s</p>\n", t->missing);
	else
		TRY(report_put_text(r, h, n, t));
	html_put(h, "</details>\n");
	return ANNOT_OK;
}

static enum annot_status put_document(struct report *r, struct html *h, size_t number)
{
	size_t n, n_texts;
	const struct report_item *items = report_items(r, &n), *item = &items[number];
	const struct report_text *texts = report_texts(r, &n_texts);
	bool begun = false;
	html_put(h,
		 "<section class=\"of\" id=\"d%zu\" aria-labelledby=\"d%zu-title\">\n<h2 "
		 "id=\"d%zu-title\">",
		 item->number, item->number, item->number);
	html_textz(h, title_of(item));
	html_put(h, "</h2>\n");
	TRY(report_put_article(r, h, item));
	for (size_t i = n_texts; i-- > 0;) /* the newest first */
		if (texts[i].item == number) {
			TRY(put_version(r, h, i, &texts[i], !begun));
			begun = true;
		}
	for (size_t i = 0; i < n; i++)
		if (items[i].document == (int64_t)number && items[i].kind != ANNOT_KIND_claim)
			TRY(report_put_article(r, h, &items[i]));
	html_put(h, "</section>\n");
	return ANNOT_OK;
}

static enum annot_status put_documents(struct report *r, struct html *h)
{
	size_t n;
	const struct report_item *items = report_items(r, &n);
	for (size_t i = 0; i < n; i++)
		if (items[i].kind == ANNOT_KIND_document)
			TRY(put_document(r, h, i));
	for (size_t i = 0; i < n; i++)
		if (items[i].document == REPORT_NONE && items[i].kind != ANNOT_KIND_document &&
		    items[i].kind != ANNOT_KIND_claim)
			TRY(report_put_article(r, h, &items[i]));
	return ANNOT_OK;
}

static void put_ground(struct report *r, struct html *h, const struct report_record *p)
{
	struct annot_hash author = annot_key_author(p->key);
	const struct annot_key_view *key = key_enrolled(r->ctl, &author);
	html_put(h, "<p class=\"ground\">%s <code>%.8s</code> by ",
		 p->record ? p->record->kind->name : "WITHHELD", annot_hash_hex(&p->id).text);
	html_textz(h, key ? key->name : "?");
	html_put(h, " ");
	html_textz(h, p->record ? record_words(r->ctl, p->record) : "");
	html_put(h, "</p>\n");
}

/* The records that no article has: keys and rules, evidence from elsewhere, old reviews. */
static enum annot_status put_grounds(struct report *r, struct html *h)
{
	size_t n = r->records.len / sizeof(struct report_record);
	struct report_record *list = (struct report_record *)(void *)r->records.data;
	html_put(h, "<section id=\"grounds\" aria-labelledby=\"grounds-title\">\n"
		    "<h2 id=\"grounds-title\">What all this rests on</h2>\n"
		    "<p>The records that enrol and revoke keys and set the rules, and others that "
		    "those above refer "
		    "to.</p>\n");
	for (size_t i = 0; i < n; i++) {
		if (list[i].shown)
			continue;
		put_ground(r, h, &list[i]);
		TRY(report_put_record(r, h, &list[i]));
	}
	html_put(h, "</section>\n");
	return ANNOT_OK;
}

enum annot_status report_page(struct report *r, struct html *h)
{
	put_head(r, h);
	put_header(r, h);
	put_check(r, h);
	put_contents(r, h);
	html_put(h, "<main id=\"main\">\n");
	TRY(put_claims(r, h));
	TRY(put_documents(r, h));
	TRY(put_grounds(r, h));
	html_put(h, "</main>\n<footer><p>Made by annotctl %s.</p></footer>\n</body>\n</html>\n",
		 annot_version());
	return h->no_memory ? annot_fail(&r->ctl->err, ANNOT_NO_MEMORY, "out of memory") : ANNOT_OK;
}
