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

/* --- what the page is about, and what a reader with access does to compare --- */

/* As a shell takes it for one word. */
static void put_word(struct html *h, const char *text)
{
	html_put(h, "'");
	for (const char *end; (end = strchr(text, '\'')) != NULL; text = end + 1) {
		html_text(h, text, (size_t)(end - text));
		html_put(h, "&#39;\\&#39;&#39;");
	}
	html_textz(h, text);
	html_put(h, "'");
}

static void put_scope(struct report *r, struct html *h)
{
	size_t n;
	report_items(r, &n);
	html_put(h, "<p class=\"scope\">%zu annotation%s and document%s", r->n_selected,
		 r->n_selected == 1 ? "" : "s", r->n_selected == 1 ? "" : "s");
	if (n > r->n_selected)
		html_put(h, ", and %zu more document%s that their words stand in",
			 n - r->n_selected, n - r->n_selected == 1 ? "" : "s");
	html_put(h, ", from a log of %llu record%s. ", (unsigned long long)r->gate->checkpoint.size,
		 annot_plural(r->gate->checkpoint.size));
	if (!*r->query) {
		html_put(h, "All that the desk has was chosen.</p>\n");
		return;
	}
	html_put(h, "Chosen by <code>");
	html_textz(h, r->query);
	html_put(h, "</code>.</p>\n");
}

/* An annotation is compared by its history, a query by the number of records that match in the log
 * as it was. */
static void put_compare(struct report *r, struct html *h)
{
	html_put(h, "<p class=\"compare\">Is that all? No page can show what is not in it. Whoever "
		    "made this one says that ");
	if (r->by_id)
		html_put(h, "all that was said on it is here. Who has access to the desk "
			    "compares: <code>annotctl history ");
	else
		html_put(h,
			 "%llu record%s matched and all of that is here. Who has access to the "
			 "desk compares: <code>annotctl list --count ",
			 (unsigned long long)r->n_matched, r->n_matched == 1 ? "" : "s");
	put_word(h, r->by_id ? r->query : r->as_of);
	if (r->by_id)
		html_put(h, "</code> lists it");
	else
		html_put(h, "</code> must say %llu", (unsigned long long)r->n_matched);
	html_put(h, ", and <code>annotctl report ");
	if (*r->query) {
		put_word(h, r->query);
		html_put(h, " ");
	}
	html_put(h,
		 "-o again.html</code> makes this very file again, byte for byte, while the log "
		 "has %llu records.</p>\n",
		 (unsigned long long)r->gate->checkpoint.size);
}

static void put_header(struct report *r, struct html *h)
{
	html_put(h, "<header>\n<h1>");
	html_textz(h, r->gate->checkpoint.origin);
	html_put(h, "</h1>\n");
	put_scope(r, h);
	put_compare(r, h);
	html_put(h, "</header>\n");
}

/* What the reader is told about the check, and what they bring to it: check.html, which the script
 * compares as well. */
static void put_check(struct report *r, struct html *h)
{
	struct annot_hash script = annot_sha256(report_script, report_script_len);
	html_put(h, "<section id=\"check\" aria-labelledby=\"check-title\">\n<div id=\"how\">");
	fwrite(report_check, 1, report_check_len, h->f);
	html_put(h, "</div>\n<details><summary>The checkpoint of this page</summary><pre "
		    "id=\"note\" dir=\"ltr\" tabindex=\"0\">");
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
	html_textz(h, p->record ? record_telling(r->ctl, p->record) : "");
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
