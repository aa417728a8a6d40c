/* Where words of a quote stand in the corpus. */
#include "check.h"

#include <stdlib.h>
#include <string.h>

/* A document and whether it counts as a source. */
struct source_known {
	struct annot_hash document;
	bool counts;
};

/* Whether a document is one of a list: NAME, NAME@VERSION, or the start of its record's hash. */
static bool is_listed(char *const *list, const struct annot_locate_place *p)
{
	struct annot_hex hex = annot_hash_hex(&p->document);
	enum { HEX_MIN = 8 };
	for (size_t i = 0; list && list[i]; i++) {
		size_t len = strcspn(list[i], "@");
		bool named = strlen(p->name) == len && memcmp(p->name, list[i], len) == 0;
		bool version = !list[i][len] || strtoull(list[i] + len + 1, NULL, 10) == p->version;
		if ((named && version) || (len >= HEX_MIN && strncmp(hex.text, list[i], len) == 0))
			return true;
	}
	return false;
}

/* Whether a document is not the article itself: by its record, fetched once. */
static enum annot_status is_other(struct ctl *ctl, struct sources *s,
				  const struct annot_hash *document, bool *ret)
{
	struct annot_fetched fetched;
	for (size_t i = 0; i < s->n_known; i++)
		if (annot_hash_equal(&s->known[i].document, document)) {
			*ret = s->known[i].counts;
			return ANNOT_OK;
		}
	const char *id = annot_arena_printf(ctl->arena, "=%s", annot_hash_hex(document).text);
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
	s->known[s->n_known++] = (struct source_known){*document, *ret};
	return ANNOT_OK;
}

void check_sources_free(struct sources *s)
{
	free(s->known);
	s->known = NULL;
}

/* As text: a byte that is NUL ends no word. */
static const char *as_text(struct ctl *ctl, struct annot_bytes words)
{
	char *text = annot_arena_copy(ctl->arena, words.data, words.len);
	for (size_t i = 0; text && i < words.len; i++)
		if (!text[i])
			text[i] = ' ';
	return text;
}

enum annot_status check_locate(struct ctl *ctl, struct sources *sources, struct annot_bytes words,
			       struct places *ret)
{
	struct annot_locate_request in = {.words = as_text(ctl, words), .limit = CHECK_PLACES_MAX};
	const struct annot_locate_reply *reply;
	unsigned edits;
	*ret = (struct places){0};
	if (!in.words)
		return annot_fail(&ctl->err, ANNOT_NO_MEMORY, "out of memory");
	/* Words that cannot be located, such as one sign a thousand times, are not found. */
	if (annot_locate_edits(annot_bytes_of(in.words), &edits, &ctl->err) != ANNOT_OK)
		return ANNOT_OK;
	in.max_edits = edits;
	in.documents = (const char *const *)sources->only;
	while (sources->only && sources->only[in.n_documents])
		in.n_documents++;
	TRY(annot_locate(ctl->annot, &in, ctl->arena, &reply, &ctl->err));
	ret->more = reply->more;
	ret->cut = reply->cut;
	for (size_t i = 0; i < reply->n_places && ret->n < CHECK_PLACES_MAX; i++) {
		const struct annot_locate_place *p = &reply->places[i];
		bool counts = !is_listed(sources->excluded, p);
		if (counts)
			TRY(is_other(ctl, sources, &p->document, &counts));
		if (counts)
			ret->places[ret->n++] = (struct place){
				.document = p->document,
				.name = p->name,
				.version = p->version,
				.start = p->start,
				.end = p->end,
				.chars_start = p->chars_start,
				.chars_end = p->chars_end,
				.score = (unsigned)p->score,
			};
	}
	return ANNOT_OK;
}
