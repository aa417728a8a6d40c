#include "annotd/checkpoint_slot.h"

#include "base/hash.h"

/* Offsets within a slot. */
enum {
	AT_MAGIC = 0,
	AT_VERSION = 8,
	AT_CORPUS = 16,
	AT_GENERATION = 48,
	AT_SIZE = 56,
	AT_ROOT = 64,
	AT_SUM = 96,
};
enum { FORMAT_VERSION = 1 };
static const uint8_t magic[8] = {'a', 'n', 'n', 'o', 't', 'c', 'k', 'p'};

void checkpoint_slot_encode(const struct checkpoint_slot *slot, uint8_t ret[CHECKPOINT_SLOT_SIZE])
{
	memset(ret, 0, CHECKPOINT_SLOT_SIZE);
	memcpy(ret + AT_MAGIC, magic, sizeof magic);
	annot_put_be(ret + AT_VERSION, 4, FORMAT_VERSION);
	memcpy(ret + AT_CORPUS, slot->corpus.b, ANNOT_HASH_SIZE);
	annot_put_be(ret + AT_GENERATION, 8, slot->generation);
	annot_put_be(ret + AT_SIZE, 8, slot->size);
	memcpy(ret + AT_ROOT, slot->root.b, ANNOT_HASH_SIZE);
	struct annot_hash sum = annot_sha256(ret, AT_SUM);
	memcpy(ret + AT_SUM, sum.b, ANNOT_HASH_SIZE);
}

enum checkpoint_slot_verdict checkpoint_slot_decode(const uint8_t raw[CHECKPOINT_SLOT_SIZE],
						    struct checkpoint_slot *ret)
{
	struct annot_hash sum = annot_sha256(raw, AT_SUM);
	if (memcmp(raw + AT_MAGIC, magic, sizeof magic) != 0 ||
	    memcmp(raw + AT_SUM, sum.b, ANNOT_HASH_SIZE) != 0)
		return CHECKPOINT_SLOT_BAD;
	if (annot_get_be(raw + AT_VERSION, 4) > FORMAT_VERSION)
		return CHECKPOINT_SLOT_NEWER;
	struct checkpoint_slot slot = {
		.generation = annot_get_be(raw + AT_GENERATION, 8),
		.size = annot_get_be(raw + AT_SIZE, 8),
	};
	memcpy(slot.corpus.b, raw + AT_CORPUS, ANNOT_HASH_SIZE);
	memcpy(slot.root.b, raw + AT_ROOT, ANNOT_HASH_SIZE);
	/* Whatever else a checksum may cover, only what the encoder writes is a slot. */
	uint8_t again[CHECKPOINT_SLOT_SIZE];
	checkpoint_slot_encode(&slot, again);
	if (memcmp(again, raw, CHECKPOINT_SLOT_SIZE) != 0 || slot.generation == 0 ||
	    slot.generation == UINT64_MAX || slot.size > INT64_MAX)
		return CHECKPOINT_SLOT_BAD;
	*ret = slot;
	return CHECKPOINT_SLOT_GOOD;
}

bool checkpoint_slot_follows(const struct checkpoint_slot *newer,
			     const struct checkpoint_slot *older)
{
	return annot_hash_equal(&newer->corpus, &older->corpus) &&
	       newer->generation == older->generation + 1 && newer->size > older->size;
}
