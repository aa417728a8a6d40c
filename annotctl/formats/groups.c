#include "groups.h"

#include <stdlib.h>
#include <string.h>

/* What a group takes: itself, its refs, its texts. */
static size_t size_of(const char *id, const char *file, const struct annot_import_draft *drafts,
		      size_t n, size_t *ret_refs)
{
	size_t texts = strlen(id) + 1 + strlen(file) + 1, refs = 0;
	for (size_t i = 0; i < n; i++) {
		refs += drafts[i].n_refs;
		for (size_t k = 0; k < drafts[i].n_refs; k++)
			texts += strlen(drafts[i].refs[k].card) + 1 +
				 (drafts[i].refs[k].item ? strlen(drafts[i].refs[k].item) : 0) + 1;
	}
	*ret_refs = refs;
	return sizeof(struct group) + n * sizeof(struct group_draft) +
	       refs * sizeof(struct group_ref) + texts;
}

static const char *keep(char **at, const char *text)
{
	size_t len = strlen(text) + 1;
	const char *ret = memcpy(*at, text, len);
	*at += len;
	return ret;
}

struct group *group_new(const char *id, const char *file, size_t line,
			const struct annot_import_draft *drafts, size_t n)
{
	size_t n_refs, size = size_of(id, file, drafts, n, &n_refs);
	struct group *g = calloc(1, size);
	if (!g) {
		for (size_t i = 0; i < n; i++)
			annot_draft_free(drafts[i].draft);
		return NULL;
	}
	struct group_ref *ref = (struct group_ref *)(void *)&g->drafts[n];
	char *at = (char *)(ref + n_refs);
	g->id = keep(&at, id);
	g->file = keep(&at, file);
	g->line = line;
	g->n = n;
	for (size_t i = 0; i < n; i++) {
		g->drafts[i].draft = drafts[i].draft;
		g->drafts[i].amends = drafts[i].amends != NULL;
		g->drafts[i].refs = ref;
		g->drafts[i].n_refs = drafts[i].n_refs;
		for (size_t k = 0; k < drafts[i].n_refs; k++, ref++) {
			const struct annot_import_ref *from = &drafts[i].refs[k];
			*ref = (struct group_ref){.card = keep(&at, from->card),
						  .item = keep(&at, from->item ? from->item : ""),
						  .draft = from->draft,
						  .known = from->record != NULL};
			if (from->record)
				ref->record = *from->record;
		}
	}
	return g;
}

struct group *group_free(struct group *g)
{
	for (size_t i = 0; g && i < g->n; i++)
		annot_draft_free(g->drafts[i].draft);
	free(g);
	return NULL;
}

uint64_t group_mark(const char *id)
{
	struct annot_hash hash = annot_sha256(id, strlen(id));
	uint64_t ret = annot_get_be(hash.b, sizeof ret);
	return ret ? ret : 1;
}

bool group_is_over(const struct group *g)
{
	for (size_t i = 0; i < g->n; i++)
		if (g->drafts[i].state != GROUP_DONE && g->drafts[i].state != GROUP_FAILED)
			return false;
	return true;
}
