#include "annotd/call.h"
#include "annotd/corpus.h"
#include "annotd/session.h"
#include "base/error.h"

enum { RECORDS_MAX = 256 }; /* as in submit_request */

enum annot_status on_hello(struct call *c, const struct annot_hello_request *in,
			   struct annot_hello_reply *ret)
{
	ret->version = in->version < ANNOT_WIRE_VERSION ? in->version : ANNOT_WIRE_VERSION;
	ret->daemon = annot_arena_printf(c->arena, "annotd %s", annot_version());
	if (!ret->daemon)
		return annot_fail(&c->err, ANNOT_NO_MEMORY, "out of memory");
	ret->corpus = *corpus_id(c->corpus);
	ret->origin = corpus_origin(c->corpus);
	/* How many records there are, too, is only for those who may read. */
	ret->size = c->session && !c->session->known ? 0 : reader_size(c->reader);
	if (c->certificate)
		ret->certificate = *c->certificate;
	ret->frame_max = ANNOT_FRAME_MAX;
	ret->records_max = RECORDS_MAX;
	ret->read_only = corpus_read_only(c->corpus);
	return ANNOT_OK;
}
