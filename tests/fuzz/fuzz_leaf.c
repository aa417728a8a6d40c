/* Leaf lines: what parses is written back byte for byte. */
#include "fuzz.h"

#include "log/leaf.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	struct annot_leaf leaf;
	struct annot_error err;
	AUTO_BUF struct annot_buf b = ANNOT_BUF_INIT(ANNOT_LEAF_MAX);
	if (annot_leaf_parse(annot_bytes(data, size), &leaf, &err) != ANNOT_OK)
		return 0;
	REQUIRE(leaf.kind < ANNOT_KIND_COUNT && leaf.n_parents <= ANNOT_PARENTS_MAX);
	annot_leaf_write(&leaf, &b);
	require_same(&b, data, size);
	return 0;
}
