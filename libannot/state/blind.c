#include "state/blind.h"

void annot_blind_begin(struct annot_blind *b, uint64_t seal, const struct annot_hash *person)
{
	*b = (struct annot_blind){.seal = seal,
				  .person = *person,
				  .first_other = ANNOT_NEVER,
				  .settled = ANNOT_NEVER};
}

void annot_blind_next(struct annot_blind *b, const struct annot_rated *rated)
{
	bool own = annot_hash_equal(&rated->person, &b->person);

	if (!own && b->first_other == ANNOT_NEVER)
		b->first_other = (int64_t)rated->index;
	if (own && rated->first && rated->index > b->seal && b->settled == ANNOT_NEVER)
		b->settled = (int64_t)rated->index;
}

bool annot_blind(const struct annot_blind *b)
{
	return b->first_other == ANNOT_NEVER || b->seal < (uint64_t)b->first_other;
}
