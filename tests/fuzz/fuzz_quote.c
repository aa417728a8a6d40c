/* Quotes of an article, and each against a source: the texts stand before and behind a NUL. */
#include "fuzz.h"

#include "quote/alter.h"
#include "quote/extract.h"
#include "text/utf8.h"

static bool is_range(const size_t range[2], size_t len)
{
	return range[0] <= range[1] && range[1] <= len;
}

static void compare(struct annot_arena *arena, struct annot_bytes words, struct annot_bytes source)
{
	struct annot_alteration a;
	unsigned flags = 0;
	if (annot_alter(arena, words, source, 0, source.len, &a, NULL) != ANNOT_OK)
		return;
	REQUIRE(is_range(a.source, source.len));
	REQUIRE(a.result <= ANNOT_ALTER_SPLICED);
	for (size_t i = 0; i < a.n; i++) {
		const struct annot_difference *d = &a.differences[i];
		REQUIRE(is_range(d->quote, words.len) && is_range(d->source, source.len));
		REQUIRE(i == 0 ||
			(d[-1].quote[1] <= d->quote[0] && d[-1].source[1] <= d->source[0]));
		flags |= d->flags;
	}
	REQUIRE(a.cut || flags == a.flags);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	const uint8_t *nul = size ? memchr(data, 0, size) : NULL;
	AUTO_ARENA struct annot_arena *arena = annot_arena_new(256 << 20);
	struct annot_extracted all;
	if (!nul)
		return 0;
	struct annot_bytes article = annot_bytes(data, (size_t)(nul - data));
	struct annot_bytes source = annot_bytes(nul + 1, size - article.len - 1);
	source.len = annot_utf8_valid(source.data, source.len);
	REQUIRE(annot_extract(arena, article, article.len % 2, &all, NULL) == ANNOT_OK);
	for (size_t i = 0; i < all.n; i++) {
		const struct annot_quoted *q = &all.quotes[i];
		REQUIRE(is_range(q->bytes, article.len) && is_range(q->outer, article.len));
		REQUIRE(is_range(q->speaker, article.len) && is_range(q->verb, article.len));
		REQUIRE(annot_utf8_valid(q->text.data, q->text.len) == q->text.len);
		compare(arena, q->text, source);
	}
	return 0;
}
