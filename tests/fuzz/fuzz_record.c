/* Records: what parses is what was signed, and all that is read from it holds together. */
#include "fuzz.h"

#include <jansson.h>

#include "base/hash.h"
#include "record/record.h"
#include "record/seal.h"
#include "text/escape.h"
#include "text/utf8.h"

static void check_cards(const struct annot_record *r)
{
	for (size_t i = 0; i < r->n_cards; i++) {
		const struct annot_card *c = &r->cards[i];
		REQUIRE(c->def && c->text && strlen(c->text) == c->len);
		REQUIRE(annot_utf8_valid(c->text, c->len) == c->len);
		REQUIRE(annot_record_card(r, c->def->name) != NULL);
		if (c->def->longest > 0)
			REQUIRE(c->len <= c->def->longest);
	}
}

static void check_targets(const struct annot_record *r)
{
	static const char text[] = "Ein kurzer Text mit \xc3\xa4 und \xf0\x9f\x98\x80.";
	struct annot_target t;
	size_t n = annot_record_targets(r);
	for (size_t i = 0; i < n; i++) {
		REQUIRE(annot_record_target(r, i, &t));
		REQUIRE(t.exact && t.prefix && t.suffix);
		if (annot_target_check(&t, annot_bytes_of(text), NULL) == ANNOT_OK)
			REQUIRE(t.end <= sizeof text - 1 && t.end - t.start == t.exact->len);
	}
	REQUIRE(!annot_record_target(r, n, &t));
}

/* What a verdict seals can be read again. */
static void check_seal(const struct annot_record *r)
{
	AUTO_BUF struct annot_buf sealed = ANNOT_BUF_INIT(ANNOT_SEAL_MAX);
	struct annot_draft *draft = NULL;
	struct annot_hash author;
	struct annot_error err;
	if (r->kind->kind != ANNOT_KIND_verdict || annot_seal_write(r, &sealed, &err) != ANNOT_OK)
		return;
	REQUIRE(annot_seal_read(annot_buf_bytes(&sealed), &draft, &author, &err) == ANNOT_OK);
	REQUIRE(annot_hash_equal(&author, &r->author));
	annot_draft_free(draft);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	AUTO_ARENA struct annot_arena *arena = annot_arena_new(4 << 20);
	const struct annot_record *r;
	struct annot_error err;
	if (annot_record_parse(arena, annot_bytes(data, size), &r, &err) != ANNOT_OK)
		return 0;
	REQUIRE(size <= ANNOT_RECORD_MAX);
	REQUIRE(r->bytes.len == size && memcmp(r->bytes.data, data, size) == 0);
	struct annot_hash id = annot_sha256(data, size);
	REQUIRE(annot_hash_equal(&r->id, &id));
	REQUIRE(r->n_parents <= ANNOT_PARENTS_MAX && r->n_cards <= ANNOT_CARDS_MAX);
	REQUIRE(!r->first || (annot_hash_equal(&r->annotation, &id) && r->n_parents == 0));
	check_cards(r);
	check_targets(r);
	check_seal(r);
	json_t *json = annot_record_json(r);
	REQUIRE(json);
	json_decref(json);
	return 0;
}
