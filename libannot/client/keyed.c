/*
 * Signed records under keys of the caller's own: one file each, <state>/corpora/<corpus
 * hex>/keyed/<SHA-256 of the key>:
 *
 *   annot-keyed/v1 LF
 *   request <hex64> LF           what was asked for
 *   signature <hex128> LF
 *   expect heads LF              only where the record is to be refused if it is outdated
 *   <record>
 */
#include "client/internal.h"

#include <unistd.h>

#include "base/auto.h"
#include "base/encode.h"
#include "base/file.h"
#include "base/hash.h"

enum {
	SYNC_EACH_MAX = 4, /* up to so many files are synced one by one */
	KEYED_HEAD = sizeof "annot-keyed/v1\nrequest " - 1 + ANNOT_HASH_HEX +
		     sizeof "\nsignature " - 1 + 2 * ANNOT_SIGNATURE_SIZE + 1,
	EXPECT_LEN = sizeof "expect heads\n" - 1,
	KEYED_FILE_MAX = KEYED_HEAD + EXPECT_LEN + ANNOT_RECORD_MAX,
};

static enum annot_status keyed_path(struct annot *a, const char *key, bool make,
				    struct annot_buf *ret, struct annot_error *err)
{
	size_t len = strlen(key);
	if (len == 0 || len > ANNOT_REQUEST_KEY_MAX)
		return annot_fail(err, ANNOT_USAGE,
				  "a key of a request has 1 to %d bytes, found %zu",
				  ANNOT_REQUEST_KEY_MAX, len);
	TRY(annot_corpus_path(&a->hello.corpus, "keyed", make, ret, err));
	if (make)
		TRY(annot_dir_make(ret->data, err));
	struct annot_hash hash = annot_sha256(key, len);
	annot_buf_printf(ret, "/%s", annot_hash_hex(&hash).text);
	return annot_buf_check(ret, "a path", err);
}

/* The head of a file, but for the signature. */
static void put_head(const struct annot_hash *request, struct annot_buf *ret)
{
	annot_buf_printf(ret, "annot-keyed/v1\nrequest %s\nsignature ",
			 annot_hash_hex(request).text);
}

enum annot_status annot_keyed_load(struct annot *a, const struct annot_request_key *key,
				   struct annot_arena *arena, struct annot_signed *ret,
				   struct annot_error *err)
{
	AUTO_BUF struct annot_buf path = ANNOT_BUF_INIT(PATH_MAX);
	AUTO_BUF struct annot_buf file = ANNOT_BUF_INIT(KEYED_FILE_MAX);
	AUTO_BUF struct annot_buf head = ANNOT_BUF_INIT(KEYED_HEAD);
	struct annot_signed got;
	TRY(keyed_path(a, key->key, false, &path, err));
	if (access(path.data, F_OK) != 0)
		return annot_fail(err, ANNOT_NOT_FOUND, "nothing was signed under this key");
	TRY(annot_file_read(path.data, KEYED_FILE_MAX, &file, err));
	if (file.len == 0) /* of many, when the machine stopped before they were durable, and so
			      before anything was sent */
		return annot_fail(err, ANNOT_NOT_FOUND, "nothing was signed under this key");
	put_head(&key->request, &head);
	if (file.len <= KEYED_HEAD || strncmp(file.data, "annot-keyed/v1\n", 15) != 0)
		return annot_fail(err, ANNOT_INVALID, "%s: not a file of this kind", path.data);
	if (memcmp(file.data, head.data, head.len) != 0)
		return annot_fail(err, ANNOT_CONFLICT,
				  "key \"%s\" stands for another request already: give this one "
				  "a key of its own",
				  key->key);
	if (!annot_unhex(file.data + head.len, sizeof got.signature * 2, got.signature,
			 sizeof got.signature))
		return annot_fail(err, ANNOT_INVALID, "%s: not a file of this kind", path.data);
	got.expect_heads = strncmp(file.data + KEYED_HEAD, "expect heads\n", EXPECT_LEN) == 0;
	size_t at = KEYED_HEAD + (got.expect_heads ? EXPECT_LEN : 0);
	TRY(annot_record_parse(arena, annot_bytes(file.data + at, file.len - at), &got.record,
			       err));
	*ret = got;
	return ANNOT_OK;
}

static enum annot_status save_one(struct annot *a, const struct annot_request_key *key,
				  const struct annot_signed *r, bool sync, struct annot_error *err)
{
	AUTO_BUF struct annot_buf path = ANNOT_BUF_INIT(PATH_MAX);
	AUTO_BUF struct annot_buf file = ANNOT_BUF_INIT(KEYED_FILE_MAX);
	TRY(keyed_path(a, key->key, true, &path, err));
	put_head(&key->request, &file);
	annot_buf_hex(&file, r->signature, sizeof r->signature);
	annot_buf_puts(&file, r->expect_heads ? "\nexpect heads\n" : "\n");
	annot_buf_add(&file, r->record->bytes.data, r->record->bytes.len);
	TRY(annot_buf_check(&file, path.data, err));
	return sync ? annot_file_replace(path.data, annot_buf_bytes(&file), 0600, err)
		    : annot_file_replace_unsynced(path.data, annot_buf_bytes(&file), 0600, err);
}

enum annot_status annot_keyed_save(struct annot *a, const struct annot_request_key *keys,
				   const struct annot_signed *records, size_t n,
				   struct annot_error *err)
{
	AUTO_BUF struct annot_buf folder = ANNOT_BUF_INIT(PATH_MAX);
	size_t n_keyed = 0;
	for (size_t i = 0; i < n; i++)
		n_keyed += keys[i].key != NULL;
	bool each = n_keyed <= SYNC_EACH_MAX;
	for (size_t i = 0; i < n; i++)
		if (keys[i].key)
			TRY(save_one(a, &keys[i], &records[i], each, err));
	if (each)
		return ANNOT_OK;
	TRY(annot_corpus_path(&a->hello.corpus, "keyed", false, &folder, err));
	return annot_file_system_sync(folder.data, err);
}
