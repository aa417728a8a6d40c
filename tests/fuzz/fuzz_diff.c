/* Differences of words: the parts make both texts again. The texts stand before and behind a NUL.
 */
#include "fuzz.h"

#include "text/diff.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	const uint8_t *nul = size ? memchr(data, 0, size) : NULL;
	AUTO_ARENA struct annot_arena *arena = annot_arena_new(256 << 20);
	AUTO_BUF struct annot_buf before = ANNOT_BUF_INIT(1 << 20);
	AUTO_BUF struct annot_buf after = ANNOT_BUF_INIT(1 << 20);
	const struct annot_diff_part *parts;
	struct annot_error err;
	size_t n;
	if (!nul)
		return 0;
	struct annot_bytes a = annot_bytes(data, (size_t)(nul - data));
	struct annot_bytes b = annot_bytes(nul + 1, size - a.len - 1);
	REQUIRE(annot_diff_words(arena, a, b, &parts, &n, &err) == ANNOT_OK);
	annot_buf_puts(&before, "");
	annot_buf_puts(&after, "");
	for (size_t i = 0; i < n; i++) {
		REQUIRE(parts[i].len > 0);
		REQUIRE(i == 0 || parts[i].op != parts[i - 1].op);
		REQUIRE(i == 0 || parts[i].op != ANNOT_DIFF_DELETE ||
			parts[i - 1].op == ANNOT_DIFF_SAME);
		if (parts[i].op != ANNOT_DIFF_INSERT)
			annot_buf_add(&before, parts[i].text, parts[i].len);
		if (parts[i].op != ANNOT_DIFF_DELETE)
			annot_buf_add(&after, parts[i].text, parts[i].len);
	}
	require_same(&before, a.data, a.len);
	require_same(&after, b.data, b.len);
	return 0;
}
