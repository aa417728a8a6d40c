#include "annotd/rebuild.h"

#include "annotd/corpus_private.h"
#include "annotd/segments.h"
#include "annotd/store/search.h"

enum annot_status corpus_rebuild(const char *dir, uint64_t *ret_records, struct annot_error *err)
{
	struct corpus *c;
	TRY(corpus_open_offline(dir, &c, err));
	store_index_reset(c->store);
	/* annotd fills it while it serves. */
	enum annot_status status = search_drop(dir, err);
	if (status == ANNOT_OK)
		status = corpus_load(c, err);
	if (status == ANNOT_OK) {
		c->id = *annot_authority_corpus(c->authority);
		status = segments_remake(c, err);
	}
	if (status == ANNOT_OK)
		*ret_records = store_size(c->store);
	corpus_close(c);
	return status;
}
