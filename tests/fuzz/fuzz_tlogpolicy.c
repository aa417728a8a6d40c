/* Witness policies: whatever parses has a quorum that all of its witnesses meet, and none but with
 * nobody asked for meets alone. */
#include "fuzz.h"

#include "log/tlogpolicy.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	AUTO_ARENA struct annot_arena *arena = annot_arena_new(4 << 20);
	bool all[ANNOT_TLOGPOLICY_NAMES_MAX], nobody[ANNOT_TLOGPOLICY_NAMES_MAX] = {false};
	uint64_t times[ANNOT_TLOGPOLICY_NAMES_MAX], first, last;
	struct annot_tlogpolicy p;
	struct annot_error err;
	if (annot_tlogpolicy_parse(arena, annot_bytes(data, size), &p, &err) != ANNOT_OK) {
		REQUIRE(err.text[0]);
		return 0;
	}
	REQUIRE(p.n_names <= ANNOT_TLOGPOLICY_NAMES_MAX && p.quorum < (int)p.n_names);
	for (size_t i = 0; i < ANNOT_TLOGPOLICY_NAMES_MAX; i++) {
		all[i] = true;
		times[i] = 1000 + i;
	}
	REQUIRE(annot_tlogpolicy_met(&p, all));
	REQUIRE(annot_tlogpolicy_met(&p, nobody) == (p.quorum < 0));
	bool bound = annot_tlogpolicy_first(&p, times, &first);
	REQUIRE(bound == annot_tlogpolicy_last(&p, times, &last) && bound == (p.quorum >= 0));
	REQUIRE(!bound || (first >= 1000 && last < 1000 + p.n_names));
	return 0;
}
