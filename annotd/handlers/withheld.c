/* withheld: hashes of what was withheld, for copies of the log that must not take it in again. By a
 * hash whoever guesses a text knows that it was this one, so they are for who is on the machine. */
#include "annotd/call.h"

enum { TEXTS_MAX = 4096 }; /* as in withheld_reply */

enum annot_status on_withheld(struct call *c, const struct annot_withheld_request *in,
			      struct annot_withheld_reply *ret)
{
	struct store_withheld *found = annot_arena_array(c->arena, TEXTS_MAX + 1, sizeof *found);
	struct annot_withheld_text *texts = annot_arena_array(c->arena, TEXTS_MAX, sizeof *texts);
	size_t n;

	if (c->session)
		return annot_fail(&c->err, ANNOT_DENIED,
				  "the hashes of withheld texts are for local peers: export with "
				  "--withheld on the machine of the daemon");
	if (!found || !texts)
		return annot_fail(&c->err, ANNOT_NO_MEMORY, "no memory for the reply");
	TRY(reader_withheld_contents(c->reader, &in->after, found, TEXTS_MAX + 1, &n, &c->err));
	ret->more = n > TEXTS_MAX;
	ret->n_texts = ret->more ? TEXTS_MAX : n;
	for (size_t i = 0; i < ret->n_texts; i++)
		texts[i] = (struct annot_withheld_text){.sha256 = found[i].sha256,
							.index = found[i].index};
	ret->texts = texts;
	return ANNOT_OK;
}
