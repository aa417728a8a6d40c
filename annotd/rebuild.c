#include "annotd/rebuild.h"

#include "annotd/anchors.h"
#include "annotd/corpus_private.h"
#include "annotd/indexer.h"
#include "annotd/segments.h"
#include "annotd/store/search.h"

static enum annot_status rebuild(struct corpus *c, const char *dir, const struct rebuild *how,
				 struct annot_error *err)
{
	store_index_reset(c->store);
	TRY(search_drop(dir, err));
	TRY(corpus_load(c, err));
	c->id = *annot_authority_corpus(c->authority);
	TRY(segments_remake(c, err));
	if (how->defer)
		return ANNOT_OK;
	TRY(indexer_remake(dir, how, err));
	return anchors_remake(c, how, err);
}

enum annot_status corpus_rebuild(const char *dir, const struct rebuild *how, uint64_t *ret_records,
				 struct annot_error *err)
{
	static const struct rebuild all = {.defer = false};
	struct corpus *c;
	TRY(corpus_open_offline(dir, &c, err));
	enum annot_status status = rebuild(c, dir, how ? how : &all, err);
	if (status == ANNOT_OK)
		*ret_records = store_size(c->store);
	corpus_close(c);
	return status;
}
