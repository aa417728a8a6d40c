/* Where words of a quote stand in the corpus. */
#include "check.h"

#include <stdlib.h>
#include <string.h>

#include "../rows.h"

struct source_known {
	struct annot_hash document;
	bool counts;
};

/* Whether a document is one of a list: NAME, NAME@VERSION, or the start of its record's hash. */
static bool is_listed(char *const *list, const struct place *p)
{
	const char *hex = annot_hash_hex(&p->document).text;
	for (size_t i = 0; list && list[i]; i++) {
		size_t len = strcspn(list[i], "@");
		bool named = strlen(p->name) == len && memcmp(p->name, list[i], len) == 0;
		bool version = !list[i][len] || strtoull(list[i] + len + 1, NULL, 10) == p->version;
		if ((named && version) || (len >= 8 && strncmp(hex, list[i], len) == 0))
			return true;
	}
	return false;
}

/* Whether a document is not the article itself: by its record, fetched once. */
static enum annot_status is_other(struct ctl *ctl, struct sources *s, const struct place *p,
				  bool *ret)
{
	for (size_t i = 0; i < s->n_known; i++)
		if (annot_hash_equal(&s->known[i].document, &p->document)) {
			*ret = s->known[i].counts;
			return ANNOT_OK;
		}
	struct annot_fetched fetched;
	const char *id = annot_arena_printf(ctl->arena, "=%s", annot_hash_hex(&p->document).text);
	TRY(annot_fetch(ctl->annot, id ? id : "", ctl->arena, &fetched, &ctl->err));
	const struct annot_card *sha256 =
		fetched.record ? annot_record_card(fetched.record, "sha256") : NULL;
	*ret = sha256 && !annot_hash_equal(&sha256->hash, &s->article);
	if (s->n_known == CHECK_DOCUMENTS_MAX)
		return ANNOT_OK;
	if (!s->known)
		s->known = calloc(CHECK_DOCUMENTS_MAX, sizeof(*s->known));
	if (!s->known)
		return annot_fail(&ctl->err, ANNOT_NO_MEMORY, "out of memory");
	s->known[s->n_known++] = (struct source_known){p->document, *ret};
	return ANNOT_OK;
}

struct seek {
	struct sources *sources;
	struct annot_bytes words;
	struct places *ret;
};

static enum annot_status take(struct ctl *ctl, const struct annot_row *row,
			      const struct annot_record *record, void *arg)
{
	struct seek *seek = arg;
	struct annot_bytes text;
	struct annot_found found[4];
	size_t n;
	if (!record)
		return ANNOT_OK;
	TRY(annot_fetch_text(ctl->annot, record, &text, &ctl->err));
	TRY(annot_find((const char *)text.data, text.len, (const char *)seek->words.data,
		       seek->words.len, found, 4, &n, &ctl->err));
	for (size_t i = 0; i < n && seek->ret->n < CHECK_PLACES_MAX; i++) {
		struct place p = {.document = record->id, .name = annot_record_text(record, "name"), .version = row->version, .start = found[i].start, .end = found[i].end, .score = found[i].score};
		p.chars_start = annot_utf8_chars((const char *)text.data, p.start);
		p.chars_end = annot_utf8_chars((const char *)text.data, p.end);
		bool other;
		TRY(is_other(ctl, seek->sources, &p, &other));
		if (other && !is_listed(seek->sources->excluded, &p) && p.score >= 600)
			seek->ret->places[seek->ret->n++] = p;
	}
	return ANNOT_OK;
}

static int by_score(const void *a, const void *b) { return (int)((const struct place*)b)->score - (int)((const struct place*)a)->score; }

enum annot_status check_locate(struct ctl *ctl, struct sources *sources, struct annot_bytes words,
			       struct places *ret)
{
	struct rows_request request = {.query = "kind:document", .documents = true, .keep = true};
	struct seek seek = {sources, words, ret};
	ret->n = 0;
	TRY(rows_each(ctl, &request, take, &seek, NULL));
	qsort(ret->places, ret->n, sizeof *ret->places, by_score);
	return ANNOT_OK;
}
