/* Words in documents: where they stand, shown in their place before they are signed. */
#include "write.h"

#include <string.h>

#include "out/out.h"
#include "queue.h"

enum { SHOWN_CHARS = 40, PLACES_SHOWN = 10, PLACES_MAX = ANNOT_FIND_MAX };

/* The lines of a batch share what they fetch. */
static enum annot_status fetch_document(struct ctl *ctl, const char *id, struct document *ret)
{
	struct annot_arena *arena = ctl->queue ? queue_arena(ctl->queue) : ctl->arena;
	TRY(annot_fetch(ctl->annot, id, arena, &ret->fetched, &ctl->err));
	if (!ret->fetched.record)
		return annot_fail(&ctl->err, ANNOT_REFUSED, "document %s was withheld", id);
	if (ret->fetched.record->kind->kind != ANNOT_KIND_document)
		return annot_fail(&ctl->err, ANNOT_USAGE, "%s is a %s, not a document", id,
				  ret->fetched.record->kind->name);
	return annot_fetch_text(ctl->annot, ret->fetched.record, &ret->text, &ctl->err);
}

enum annot_status write_document(struct ctl *ctl, const char *id, struct document *ret)
{
	const struct document *kept = ctl->queue ? queue_document(ctl->queue, id) : NULL;
	if (kept) {
		*ret = *kept;
		return ANNOT_OK;
	}
	TRY(fetch_document(ctl, id, ret));
	if (ctl->queue)
		queue_keep_document(ctl->queue, id, ret);
	return ANNOT_OK;
}

/* Line and column (in code points), both from 1, of a byte. */
static void place_of(const char *text, size_t at, size_t *line, size_t *column)
{
	size_t start = 0;
	*line = 1;
	for (size_t i = 0; i < at; i++)
		if (text[i] == '\n') {
			(*line)++;
			start = i + 1;
		}
	*column = annot_utf8_chars(text + start, at - start) + 1;
}

/* Text with line ends and tabs as spaces, to stand in one line; escaped where it is printed. */
static void add_flat(struct annot_buf *b, const char *text, size_t len)
{
	for (size_t i = 0; i < len; i++)
		annot_buf_putc(b, strchr("\n\r\t", text[i]) && text[i] ? ' ' : text[i]);
}

/* "line 3, column 7: …before «words» after…" */
static const char *show_place(struct ctl *ctl, const struct document *doc,
			      const struct annot_found *found)
{
	const char *text = (const char *)doc->text.data;
	size_t from = annot_utf8_back(text, doc->text.len, found->start, SHOWN_CHARS);
	size_t to = annot_utf8_forward(text, doc->text.len, found->end, SHOWN_CHARS);
	size_t line, column;
	struct annot_buf b = ANNOT_BUF_INIT(1 << 20);
	place_of(text, found->start, &line, &column);
	annot_buf_printf(&b, "line %zu, column %zu: %s", line, column, from ? "…" : "");
	add_flat(&b, text + from, found->start - from);
	annot_buf_puts(&b, "«");
	add_flat(&b, text + found->start, found->end - found->start);
	annot_buf_puts(&b, "»");
	add_flat(&b, text + found->end, to - found->end);
	annot_buf_puts(&b, to < doc->text.len ? "…" : "");
	const char *copy = annot_arena_copy(ctl->arena, b.data ? b.data : "", b.len);
	annot_buf_free(&b);
	return copy ? copy : "";
}

static enum annot_status not_there(struct ctl *ctl, const struct document *doc,
				   const struct annot_found *found, size_t n)
{
	const char *name = annot_record_text(doc->fetched.record, "name");
	if (n == 0)
		return annot_fail(&ctl->err, ANNOT_NOT_FOUND,
				  "these words do not stand in %s, nor anything near them", name);
	const char *place = show_place(ctl, doc, found);
	if (found->how == ANNOT_FIND_FOLDED)
		return annot_fail(
			&ctl->err, ANNOT_NOT_FOUND,
			"%s has these words with other case, spaces, quote marks or dashes, "
			"at %s; give them as they stand there",
			name, place);
	return annot_fail(&ctl->err, ANNOT_NOT_FOUND, "not in %s; nearest (%u %% alike) at %s",
			  name, found->score / 10, place);
}

static enum annot_status several(struct ctl *ctl, const struct document *doc, const char *words,
				 const struct annot_found *found, size_t n)
{
	for (size_t i = 0; i < n && i < PLACES_SHOWN && ctl->format == FORMAT_TEXT; i++)
		out_warning(ctl, "--at %zu: %s", i + 1,
			    out_safe(ctl, show_place(ctl, doc, &found[i])));
	return annot_fail(
		&ctl->err, ANNOT_AMBIGUOUS,
		"“%.80s” stands in %zu%s places of %s; say which with --at N, or give more words",
		words, n, n == PLACES_MAX ? " or more" : "",
		annot_record_text(doc->fetched.record, "name"));
}

enum annot_status write_words(struct ctl *ctl, struct annot_draft *draft, const char *id,
			      const char *words, int at)
{
	struct document doc;
	TRY(ctl_text(ctl, words, "WORDS", &words));
	TRY(write_document(ctl, id, &doc));
	return write_target(ctl, draft, &doc, words, at);
}

enum annot_status write_target(struct ctl *ctl, struct annot_draft *draft,
			       const struct document *doc, const char *words, int at)
{
	struct annot_found found[PLACES_MAX];
	size_t n = 0, pick = at > 0 ? (size_t)at - 1 : 0;
	TRY(annot_find((const char *)doc->text.data, doc->text.len, words, strlen(words), found,
		       PLACES_MAX, &n, &ctl->err));
	if (n == 0 || found[0].how != ANNOT_FIND_EXACT)
		return not_there(ctl, doc, found, n);
	if (at < 0 || pick >= n)
		return annot_fail(&ctl->err, ANNOT_USAGE, "--at %d: the words stand in %zu place%s",
				  at, n, annot_plural(n));
	if (n > 1 && at == 0)
		return several(ctl, doc, words, found, n);
	if (ctl->format == FORMAT_TEXT)
		out_note(ctl, "%s, %s", annot_record_text(doc->fetched.record, "name"),
			 out_safe(ctl, show_place(ctl, doc, &found[pick])));
	return annot_draft_add_target(draft, &doc->fetched.record->id, doc->text, found[pick].start,
				      found[pick].end, &ctl->err);
}
