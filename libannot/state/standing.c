#include "state/standing.h"

enum column { BEFORE, COUNTED, TAINTED, ENDED, COLUMNS };

static const enum annot_standing table[][COLUMNS] = {
#define STANDING(state, before, counted, tainted, ended)                                           \
	[ANNOT_KEY_##state] = {ANNOT_STANDING_##before, ANNOT_STANDING_##counted,                  \
			       ANNOT_STANDING_##tainted, ANNOT_STANDING_##ended},
#include "state/standing.def"
};

const char *annot_standing_name(enum annot_standing standing)
{
	static const char *const names[] = {
		[ANNOT_STANDING_UNAUTHORISED] = "unauthorised",
		[ANNOT_STANDING_GOOD] = "good",
		[ANNOT_STANDING_GOOD_ENDED] = "good, key ended later",
		[ANNOT_STANDING_GOOD_STOLEN] = "good, key compromised later",
		[ANNOT_STANDING_DISPUTED] = "disputed",
		[ANNOT_STANDING_NEVER] = "never",
	};

	return names[standing];
}

static enum column column_of(const struct annot_key_info *key, uint64_t index)
{
	if (key->effective == ANNOT_NEVER || index < (uint64_t)key->effective)
		return BEFORE;
	if (!annot_key_in_force(key, index))
		return ENDED;
	if (key->compromised_from != ANNOT_NEVER && index >= (uint64_t)key->compromised_from)
		return TAINTED;
	return COUNTED;
}

enum annot_standing annot_key_standing(const struct annot_key_info *key, uint64_t index)
{
	return table[key->state][column_of(key, index)];
}
