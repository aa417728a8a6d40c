/* Tiles of a copied log: entries and records are taken off one by one, and what was taken is
 * written back byte for byte. */
#include "fuzz.h"

#include "log/tiles.h"
#include "proof/audit.h"
#include "record/sshsig.h"

enum { INPUT_MAX = 1 << 20 };

static void entries(struct annot_bytes file)
{
	AUTO_BUF struct annot_buf b = ANNOT_BUF_INIT(2 * INPUT_MAX);
	struct annot_bytes left = file, entry;
	while (annot_entry_next(&left, &entry))
		annot_entry_write(entry, &b);
	REQUIRE(b.len <= file.len);
	require_same(&b, file.data, b.len);
}

/* A record and the line behind it, as an audit meets them. */
static void records(struct annot_bytes file)
{
	AUTO_ARENA struct annot_arena *arena = annot_arena_new(16 << 20);
	AUTO_BUF struct annot_buf b = ANNOT_BUF_INIT(2 * INPUT_MAX);
	struct annot_bytes left = file;
	struct annot_audit_item item = {.line = file};
	struct annot_error err;
	while (annot_tile_record_next(&left, &item.stored)) {
		annot_tile_record_write(&item.stored, &b);
		item.line = left;
		annot_arena_reset(arena);
		REQUIRE(annot_audit_check(arena, &item, true, &err) == ANNOT_OK);
	}
	REQUIRE(b.len <= file.len);
	require_same(&b, file.data, b.len);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	struct annot_error err;
	if (size > INPUT_MAX)
		return 0;
	REQUIRE(annot_crypto_init(&err) == ANNOT_OK);
	entries(annot_bytes(data, size));
	records(annot_bytes(data, size));
	return 0;
}
