/*
 * Signs and submits a record for which annotctl has no command, for tests in shell:
 *
 *   put KEYFILE KIND [CARD VALUE]…     a first version with these cards
 *   put KEYFILE key-rotate NEWKEYFILE  the second key in the first one's place
 *
 * Prints the record's hash. The socket is $ANNOT_SOCKET. Exit 1 with a line that says why not.
 */
#include <stdio.h>
#include <stdlib.h>

#include <annot.h>

static struct annot_error err;

static void check(enum annot_status status)
{
	if (status == ANNOT_OK)
		return;
	fprintf(stderr, "put: %s\n", err.text);
	exit(1);
}

/* on: what enrolled the old key; key and proof: of the new one, as in an enrolment. */
static void rotate(struct annot *a, const struct annot_signer *old, const char *file,
		   struct annot_draft *draft)
{
	struct annot_buf request = ANNOT_BUF_INIT(1 << 16), proof = ANNOT_BUF_INIT(256);
	struct annot_hash author = annot_key_author(annot_signer_key(old)->key);
	uint8_t signature[ANNOT_SIGNATURE_SIZE];
	const struct annot_keys_reply *keys;
	struct annot_signer *signer;
	char line[128];
	check(annot_signer_open(file, &signer, &err));
	check(annot_keys(a, &keys, &err));
	const uint8_t *key = annot_signer_key(signer)->key;
	for (size_t i = 0; i < keys->n_keys; i++) {
		if (!annot_hash_equal(&keys->keys[i].author, &author))
			continue;
		check(annot_draft_add_hash(draft, "on", &keys->keys[i].event, &err));
		annot_enrolment_request(&annot_hello(a)->corpus, keys->keys[i].name, key, &request);
		check(annot_signer_sign(signer, ANNOT_NAMESPACE_ENROL, annot_buf_bytes(&request),
					signature, &err));
	}
	annot_key_line(key, line);
	annot_buf_base64(&proof, signature, sizeof signature);
	check(annot_draft_add(draft, "key", line, &err));
	check(annot_draft_add(draft, "proof", proof.data, &err));
	annot_buf_free(&request);
	annot_buf_free(&proof);
	annot_signer_close(signer);
}

int main(int argc, char **argv)
{
	struct annot_options options = ANNOT_OPTIONS_INIT;
	struct annot_arena *arena = annot_arena_new(1 << 24);
	struct annot_signer *signer;
	struct annot_signed made;
	struct annot_receipt receipt;
	struct annot *a;
	const struct annot_kind_def *kind =
		argc < 3 ? NULL : annot_kind_find(argv[2], strlen(argv[2]));
	if (!kind || !arena)
		return 2;
	options.socket = getenv("ANNOT_SOCKET");
	check(annot_open(&options, &a, &err));
	check(annot_signer_open(argv[1], &signer, &err));
	struct annot_draft *draft = annot_draft_new(kind->kind);
	if (kind->kind == ANNOT_KIND_key_rotate)
		rotate(a, signer, argv[3], draft);
	else
		for (int i = 3; i + 1 < argc; i += 2)
			check(annot_draft_add(draft, argv[i], argv[i + 1], &err));
	check(annot_sign(a, signer, draft, arena, &made, &err));
	check(annot_submit(a, &made, 1, arena, &receipt, &err));
	if (receipt.status != ANNOT_OK) {
		fprintf(stderr, "put: %s\n", receipt.message);
		return 1;
	}
	puts(annot_hash_hex(&made.record->id).text);
	annot_draft_free(draft);
	annot_signer_close(signer);
	annot_close(a);
	annot_arena_free(arena);
	return 0;
}
