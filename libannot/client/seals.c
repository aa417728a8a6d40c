#include "client/seals.h"

#include <sodium.h>
#include <unistd.h>

#include "base/auto.h"
#include "base/file.h"
#include "base/hash.h"
#include "client/internal.h"
#include "record/sshsig.h"

/* "<state>/seals/<corpus>/<commitment>"; make: the folder is made if it is missing. */
static enum annot_status seal_path(const struct annot *a, const struct annot_hash *commitment,
				   bool make, struct annot_buf *ret, struct annot_error *err)
{
	TRY(annot_place(ANNOT_PLACE_STATE, ret, err));
	annot_buf_printf(ret, "/seals/%s", annot_hash_hex(&a->hello.corpus).text);
	TRY(annot_buf_check(ret, "a path", err));
	if (make)
		TRY(annot_dir_make(ret->data, err));
	annot_buf_printf(ret, "/%s", annot_hash_hex(commitment).text);
	return annot_buf_check(ret, "a path", err);
}

static enum annot_status add_salt(struct annot_draft *verdict, struct annot_error *err)
{
	struct annot_hash salt;
	TRY(annot_crypto_init(err));
	randombytes_buf(salt.b, sizeof(salt.b));
	return annot_draft_add_hash(verdict, "salt", &salt, err);
}

/*
 * The verdict as it will be opened, but for what is not known yet and has its length: the seal's
 * hash and, as long as it can be, the seen card.
 */
static enum annot_status build(const struct annot *a, const struct annot_hash *author,
			       struct annot_draft *verdict, struct annot_arena *arena,
			       const struct annot_record **ret, struct annot_error *err)
{
	AUTO_BUF struct annot_buf bytes = ANNOT_BUF_INIT(ANNOT_RECORD_MAX);
	const struct annot_hash *corpus = &a->hello.corpus;
	struct annot_draft_header header = {
		.corpus = corpus,
		.author = *author,
		.seen = {.size = INT64_MAX, .root = *corpus, .note = *corpus},
	};
	TRY(annot_draft_add_hash(verdict, "opens", corpus, err));
	enum annot_status status = annot_draft_build(verdict, &header, arena, &bytes, ret, err);
	annot_draft_unset(verdict, "opens");
	return status;
}

static enum annot_status draft_seal(const struct annot_record *verdict,
				    const struct annot_hash *commitment, struct annot_draft **ret,
				    struct annot_error *err)
{
	struct annot_draft *seal = annot_draft_new(ANNOT_KIND_seal);
	if (!seal)
		return annot_fail(err, ANNOT_NO_MEMORY, "out of memory");
	enum annot_status status = annot_draft_add_hash(seal, "on", annot_record_on(verdict), err);
	if (status == ANNOT_OK)
		status = annot_draft_add_hash(seal, "commitment", commitment, err);
	if (status != ANNOT_OK)
		seal = annot_draft_free(seal);
	*ret = seal;
	return status;
}

enum annot_status annot_seal_make(struct annot *a, const struct annot_hash *author,
				  struct annot_draft *verdict, struct annot_draft **ret_seal,
				  struct annot_hash *ret_commitment, struct annot_error *err)
{
	AUTO_ARENA struct annot_arena *arena = NULL;
	AUTO_BUF struct annot_buf secret = ANNOT_BUF_INIT(ANNOT_SEAL_MAX);
	AUTO_BUF struct annot_buf path = ANNOT_BUF_INIT(PATH_MAX);
	const struct annot_record *record;
	struct annot_draft *seal;
	TRY(annot_client_arena(&arena, err));
	TRY(add_salt(verdict, err));
	TRY(build(a, author, verdict, arena, &record, err));
	TRY(annot_seal_write(record, &secret, err));
	struct annot_hash commitment = annot_sha256(secret.data, secret.len);
	TRY(seal_path(a, &commitment, true, &path, err));
	TRY(draft_seal(record, &commitment, &seal, err));
	enum annot_status status =
		annot_file_create(path.data, annot_buf_bytes(&secret), 0600, err);
	if (status != ANNOT_OK) {
		annot_draft_free(seal);
		return status;
	}
	*ret_seal = seal;
	*ret_commitment = commitment;
	return ANNOT_OK;
}

/* Reads a secret that is what the seal commits to, into a draft. */
static enum annot_status read_secret(const char *path, const struct annot_record *seal,
				     const struct annot_hash *commitment, struct annot_draft **ret,
				     struct annot_error *err)
{
	AUTO_BUF struct annot_buf secret = ANNOT_BUF_INIT(ANNOT_SEAL_MAX);
	struct annot_error why;
	struct annot_hash author;
	TRY(annot_file_read(path, ANNOT_SEAL_MAX, &secret, err));
	struct annot_hash hash = annot_sha256(secret.data, secret.len);
	if (!annot_hash_equal(&hash, commitment))
		return annot_fail(err, ANNOT_MISMATCH,
				  "%s: hashes to %.16s…, but seal %s commits to %.16s…: the "
				  "secret was changed, put back what was sealed",
				  path, annot_hash_hex(&hash).text, annot_short_id(&seal->id).text,
				  annot_hash_hex(commitment).text);
	enum annot_status status = annot_seal_read(annot_buf_bytes(&secret), ret, &author, &why);
	if (status != ANNOT_OK)
		return annot_fail(err, status, "%s: %s", path, why.text);
	if (annot_hash_equal(&author, &seal->author))
		return ANNOT_OK;
	*ret = annot_draft_free(*ret);
	return annot_fail(err, ANNOT_MISMATCH,
			  "%s: was sealed by another key than the one that signed seal %s", path,
			  annot_short_id(&seal->id).text);
}

enum annot_status annot_seal_open(struct annot *a, const struct annot_record *seal,
				  struct annot_draft **ret_verdict, struct annot_error *err)
{
	AUTO_BUF struct annot_buf path = ANNOT_BUF_INIT(PATH_MAX);
	const struct annot_card *commitment = annot_record_card(seal, "commitment");
	struct annot_draft *verdict;
	if (!commitment)
		return annot_fail(err, ANNOT_INVALID, "record %s is a %s, not a seal",
				  annot_short_id(&seal->id).text, seal->kind->name);
	TRY(seal_path(a, &commitment->hash, false, &path, err));
	if (access(path.data, F_OK) != 0)
		return annot_fail(err, ANNOT_NOT_FOUND,
				  "the secret of seal %s is not on this machine (%s)",
				  annot_short_id(&seal->id).text, path.data);
	TRY(read_secret(path.data, seal, &commitment->hash, &verdict, err));
	enum annot_status status = annot_draft_add_hash(verdict, "opens", &seal->id, err);
	if (status != ANNOT_OK) {
		annot_draft_free(verdict);
		return status;
	}
	*ret_verdict = verdict;
	return ANNOT_OK;
}

void annot_seal_forget(struct annot *a, const struct annot_hash *commitment)
{
	AUTO_BUF struct annot_buf path = ANNOT_BUF_INIT(PATH_MAX);
	if (seal_path(a, commitment, false, &path, NULL) == ANNOT_OK)
		unlink(path.data);
}
