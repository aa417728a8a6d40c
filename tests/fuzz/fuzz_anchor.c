/* Anchoring: flags (1 with the old text, 2 cautious, 4 unplaced), then exact, prefix, suffix, the
 * new text and the old text, each up to a NUL. The place in the old text is the first one of exact.
 */
#include "fuzz.h"

#include "anchor/anchor.h"
#include "text/utf8.h"

enum { FIELDS = 5 };

static void check(const struct annot_anchor *a, struct annot_bytes text)
{
	bool anchored = a->status < ANNOT_ANCHOR_AMBIGUOUS;
	REQUIRE(a->status <= ANNOT_ANCHOR_ORPHAN && a->n_places <= ANNOT_ANCHOR_PLACES_MAX);
	REQUIRE(!anchored || a->n_places == 1);
	REQUIRE(a->status != ANNOT_ANCHOR_AMBIGUOUS || a->n_places > 1);
	REQUIRE(a->status != ANNOT_ANCHOR_ORPHAN || a->n_places <= 1);
	for (size_t i = 0; i < a->n_places; i++) {
		const struct annot_anchor_place *p = &a->places[i];
		REQUIRE(p->start < p->end && p->end <= text.len);
		REQUIRE(annot_utf8_boundary((const char *)text.data, text.len, p->start));
		REQUIRE(annot_utf8_boundary((const char *)text.data, text.len, p->end));
		REQUIRE(p->score <= 1000 && p->likeness <= 1000);
	}
}

static void check_same(const struct annot_anchor *a, const struct annot_selector *s,
		       struct annot_bytes text)
{
	if (a->status > ANNOT_ANCHOR_MOVED)
		return;
	REQUIRE(a->places[0].end - a->places[0].start == s->exact.len);
	REQUIRE(memcmp(text.data + a->places[0].start, s->exact.data, s->exact.len) == 0);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	struct annot_bytes fields[FIELDS];
	struct annot_anchorer *a = NULL;
	struct annot_anchor found;
	struct annot_error err;
	size_t at = 1;
	if (size == 0)
		return 0;
	for (size_t i = 0; i < FIELDS; i++) {
		const uint8_t *nul = at < size ? memchr(data + at, 0, size - at) : NULL;
		size_t end = nul ? (size_t)(nul - data) : size;
		fields[i] = at < size ? annot_bytes(data + at, end - at) : annot_bytes("", 0);
		at = end + 1;
	}
	struct annot_bytes text = fields[3], old = fields[4];
	bool valid = annot_utf8_valid(text.data, text.len) == text.len;
	if (data[0] & 1)
		valid = valid && annot_utf8_valid(old.data, old.len) == old.len;
	else
		old.data = NULL;
	enum annot_status status = annot_anchorer_new(text, old, &a, &err);
	REQUIRE(status == (valid ? ANNOT_OK : ANNOT_INVALID));
	if (status != ANNOT_OK)
		return 0;
	struct annot_selector s = {.exact = fields[0],
				   .prefix = fields[1],
				   .suffix = fields[2],
				   .placed = !(data[0] & 4)};
	const uint8_t *there = old.data && s.exact.len
				       ? memmem(old.data, old.len, s.exact.data, s.exact.len)
				       : NULL;
	if (there)
		s.start = (size_t)(there - old.data);
	s.end = s.start + s.exact.len;
	status = annot_anchor_find(a, &s, data[0] & 2, &found, &err);
	REQUIRE(status == ANNOT_OK || status == ANNOT_INVALID);
	if (status == ANNOT_OK) {
		check(&found, text);
		check_same(&found, &s, text);
	}
	annot_anchorer_free(a);
	return 0;
}
