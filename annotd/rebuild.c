#include "annotd/rebuild.h"

#include "annotd/corpus_private.h"

enum annot_status corpus_rebuild(const char *dir, uint64_t *ret_records, struct annot_error *err)
{
	struct corpus *c;
	TRY(corpus_open_offline(dir, &c, err));
	store_index_reset(c->store);
	enum annot_status status = corpus_load(c, err);
	if (status == ANNOT_OK)
		*ret_records = store_size(c->store);
	corpus_close(c);
	return status;
}
