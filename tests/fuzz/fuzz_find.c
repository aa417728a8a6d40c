/* Finding words: they come before the first NUL, the text behind it. */
#include "fuzz.h"

#include "text/find.h"
#include "text/utf8.h"

enum { ROOM = 8 };

/* Where they stand byte for byte, found the plain way. */
static size_t plain(const char *text, size_t len, const char *words, size_t n, size_t ret[ROOM])
{
	size_t found = 0;
	for (size_t at = 0; n > 0 && n <= len && at <= len - n && found < ROOM; at++)
		if (memcmp(text + at, words, n) == 0)
			ret[found++] = at;
	return found;
}

static void check(const struct annot_found *f, const char *text, size_t len)
{
	REQUIRE(f->start < f->end && f->end <= len);
	REQUIRE(annot_utf8_boundary(text, len, f->start));
	REQUIRE(annot_utf8_boundary(text, len, f->end));
	if (f->how == ANNOT_FIND_NEAREST)
		REQUIRE(f->score >= 500 && f->score < 1000);
	else
		REQUIRE(f->score == 1000);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	const uint8_t *nul = size ? memchr(data, 0, size) : NULL;
	const char *words = (const char *)data;
	struct annot_found found[ROOM];
	struct annot_error err;
	size_t n = 0, at[ROOM];
	if (!nul)
		return 0;
	const char *text = (const char *)nul + 1;
	size_t n_words = (size_t)(nul - data), len = size - n_words - 1;
	enum annot_status status = annot_find(text, len, words, n_words, found, ROOM, &n, &err);
	bool valid = n_words > 0 && annot_utf8_valid(words, n_words) == n_words &&
		     annot_utf8_valid(text, len) == len;
	REQUIRE(status == (valid ? ANNOT_OK : ANNOT_INVALID));
	if (!valid)
		return 0;
	size_t exact = plain(text, len, words, n_words, at);
	REQUIRE(n <= ROOM);
	REQUIRE((exact > 0) == (n > 0 && found[0].how == ANNOT_FIND_EXACT));
	REQUIRE(exact == 0 || exact == n);
	for (size_t i = 0; i < n; i++) {
		check(&found[i], text, len);
		REQUIRE(i == 0 ||
			(found[i - 1].start <= found[i].start && found[i].how == found[0].how));
		REQUIRE(exact == 0 || (found[i].start == at[i] && found[i].end == at[i] + n_words));
	}
	return 0;
}
