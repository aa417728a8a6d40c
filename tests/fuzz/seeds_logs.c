/* Copies of logs and policies of witnesses. */
#include "seeds.h"

#include <sodium.h>

#include "log/note.h"
#include "log/leaf.h"
#include "log/tiles.h"
#include "proof/bundle.h"
#include "proof/excerpt.h"
#include "record/sshsig.h"

enum { WITNESSES = 3, LARGEST = 1 << 16 };

void seeds_tiles(const struct annot_record *const *records, size_t n,
		 const struct annot_secret_key *key)
{
	AUTO_BUF struct annot_buf entries = ANNOT_BUF_INIT(LARGEST);
	AUTO_BUF struct annot_buf tile = ANNOT_BUF_INIT(LARGEST);
	uint8_t signature[ANNOT_SIGNATURE_SIZE];

	for (size_t i = 0; i < n; i++) {
		AUTO_BUF struct annot_buf line = ANNOT_BUF_INIT(ANNOT_LEAF_MAX);
		struct annot_tile_record stored = {.key = key->public_key.key,
						   .signature = signature,
						   .record = records[i]->bytes};
		struct annot_leaf leaf;

		annot_sshsig_sign(key, ANNOT_NAMESPACE_RECORD, records[i]->bytes, signature);
		annot_leaf_of(records[i], signature, &leaf);
		annot_leaf_write(&leaf, &line);
		annot_entry_write(annot_buf_bytes(&line), &entries);
		annot_tile_record_write(&stored, &tile);
		if (i + 1 == n)
			annot_buf_add(&tile, line.data,
				      line.len); /* what the last one is held against */
	}
	seeds_save("tile", "entries", entries.data, entries.len);
	seeds_save("tile", "records", tile.data, tile.len);
}

void seeds_policies(void)
{
	AUTO_BUF struct annot_buf b = ANNOT_BUF_INIT(LARGEST);

	annot_buf_puts(&b, "# two of three\n");
	for (int i = 0; i <= WITNESSES; i++) {
		uint8_t seed[crypto_sign_SEEDBYTES] = {(uint8_t)i}, key[ANNOT_KEY_SIZE], secret[64];
		struct annot_vkey vkey;
		struct annot_error err;

		crypto_sign_seed_keypair(key, secret, seed);
		REQUIRE(annot_vkey_make("example.org/k",
					i ? ANNOT_NOTE_COSIGNATURE : ANNOT_NOTE_ED25519, key, &vkey,
					&err) == ANNOT_OK);
		if (i)
			annot_buf_printf(&b, "witness w%d ", i);
		else
			annot_buf_puts(&b, "log ");
		annot_vkey_write(&vkey, &b);
		annot_buf_puts(&b, i == 2 ? " https://w.example.org/\n" : "\n");
	}
	annot_buf_puts(&b,
		       "group some 2 w1 w2\ngroup all-of-them all some w3\nquorum all-of-them\n");
	seeds_save("tlogpolicy", "groups", b.data, b.len);
	seeds_save_text("tlogpolicy", "none", "quorum none\n");
}

/* The note of the record's proof, with a line of a witness. */
static void cosign(const struct annot_bundle *bundle, struct annot_buf *ret)
{
	uint8_t seed[crypto_sign_SEEDBYTES] = {9};
	struct annot_skey key;
	struct annot_tlogproof proof;
	struct annot_note note;
	struct annot_error err;
	uint8_t public_key[ANNOT_KEY_SIZE];

	crypto_sign_seed_keypair(public_key, key.secret, seed);
	REQUIRE(annot_vkey_make("example.org/w", ANNOT_NOTE_COSIGNATURE, public_key, &key.vkey,
				&err) == ANNOT_OK);
	REQUIRE(annot_tlogproof_parse(bundle->subject.proof, &proof, &err) == ANNOT_OK);
	REQUIRE(annot_note_parse(proof.note, &note, &err) == ANNOT_OK);
	annot_buf_add(ret, proof.note.data, proof.note.len);
	annot_note_cosign(&key, 1795305600, note.text, ret);
}

void seeds_excerpt(struct annot_bytes bundle, const struct annot_record *of)
{
	AUTO_ARENA struct annot_arena *arena = annot_arena_new(1 << 20);
	AUTO_BUF struct annot_buf note = ANNOT_BUF_INIT(ANNOT_NOTE_MAX);
	AUTO_BUF struct annot_buf file = ANNOT_BUF_INIT(LARGEST);
	struct annot_bundle b;
	struct annot_bytes excerpt;
	struct annot_error err;
	bool wanted = true;

	REQUIRE(annot_bundle_parse(arena, bundle, &b, &err) == ANNOT_OK && b.n_sources == 1);
	REQUIRE(annot_chunk_sections(arena, &of->id, b.sources[0].text, &wanted, &excerpt,
				     &b.n_excerpts, &err) == ANNOT_OK);
	cosign(&b, &note);
	b.excerpts = &excerpt;
	b.n_sources = 0;
	b.cosigned[b.n_cosigned++] = annot_buf_bytes(&note);
	REQUIRE(annot_bundle_write(&b, annot_buf_sink(&file), &err) == ANNOT_OK);
	seeds_save("bundle", "excerpt", file.data, file.len);
}
