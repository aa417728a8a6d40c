/* Private key files of OpenSSH: "openssh-key-v1", PROTOCOL.key. Nothing secret stays behind in
 * memory. */
#include <sodium.h>

#include "base/auto.h"
#include "record/internal.h"
#include "record/sshsig.h"
#include "text/utf8.h"

static const char BEGIN[] = "-----BEGIN OPENSSH PRIVATE KEY-----";
static const char END[] = "-----END OPENSSH PRIVATE KEY-----";
static const char MAGIC[] = "openssh-key-v1"; /* with its NUL */
static const char TYPE[] = "ssh-ed25519";
enum { FILE_MAX = 16384, BLOB_MAX = FILE_MAX / 4 * 3, BLOCK = 8, LINE_DIGITS = 70 };

/* What is left to read of a blob. */
struct reader {
	const uint8_t *at;
	size_t len;
};

static bool read_u32(struct reader *r, uint32_t *ret)
{
	if (r->len < 4)
		return false;
	*ret = (uint32_t)r->at[0] << 24 | (uint32_t)r->at[1] << 16 | (uint32_t)r->at[2] << 8 |
	       r->at[3];
	r->at += 4;
	r->len -= 4;
	return true;
}

static bool read_string(struct reader *r, struct annot_bytes *ret)
{
	uint32_t len;
	if (!read_u32(r, &len) || len > r->len)
		return false;
	*ret = annot_bytes(r->at, len);
	r->at += len;
	r->len -= len;
	return true;
}

static bool is(struct annot_bytes bytes, const char *text)
{
	return bytes.len == strlen(text) && memcmp(bytes.data, text, bytes.len) == 0;
}

static enum annot_status damaged(struct annot_error *err)
{
	return annot_fail(err, ANNOT_INVALID, "the private key file is damaged");
}

/* The key type is named by the public key, which is never encrypted. */
static enum annot_status check_type(struct annot_bytes public_blob, struct annot_error *err)
{
	struct reader r = {.at = public_blob.data, .len = public_blob.len};
	struct annot_bytes type;
	if (!read_string(&r, &type))
		return damaged(err);
	if (!is(type, TYPE))
		return annot_fail(
			err, ANNOT_REFUSED,
			"%s keys are not supported: use an ssh-ed25519 key (ssh-keygen -t "
			"ed25519)",
			annot_excerpt(type.data, type.len).text);
	return public_blob.len == ANNOT_KEY_BLOB_SIZE ? ANNOT_OK : damaged(err);
}

static enum annot_status read_comment(struct annot_bytes text, char *ret, struct annot_error *err)
{
	if (text.len > ANNOT_KEY_COMMENT_MAX || annot_utf8_valid(text.data, text.len) != text.len)
		return annot_fail(err, ANNOT_INVALID,
				  "the comment in the private key file is not UTF-8 of at most %d "
				  "bytes",
				  ANNOT_KEY_COMMENT_MAX);
	for (size_t i = 0; i < text.len; i++)
		if (text.data[i] < 0x20 || text.data[i] == 0x7f)
			return damaged(err);
	memcpy(ret, text.data, text.len);
	ret[text.len] = '\0';
	return ANNOT_OK;
}

/* The section that a cipher would have encrypted. */
static enum annot_status read_section(struct annot_bytes section, struct annot_bytes public_blob,
				      struct annot_secret_key *ret, struct annot_error *err)
{
	struct reader r = {.at = section.data, .len = section.len};
	struct annot_bytes type, key, secret, comment;
	uint8_t blob[ANNOT_KEY_BLOB_SIZE];
	uint32_t check[2];
	if (section.len % BLOCK || !read_u32(&r, &check[0]) || !read_u32(&r, &check[1]) ||
	    check[0] != check[1] || !read_string(&r, &type) || !is(type, TYPE) ||
	    !read_string(&r, &key) || key.len != ANNOT_KEY_SIZE || !read_string(&r, &secret) ||
	    secret.len != sizeof(ret->secret) || !read_string(&r, &comment) || r.len >= BLOCK)
		return damaged(err);
	for (size_t i = 0; i < r.len; i++)
		if (r.at[i] != i + 1)
			return damaged(err);
	TRY(read_comment(comment, ret->public_key.comment, err));
	crypto_sign_seed_keypair(ret->public_key.key, ret->secret, secret.data);
	annot_key_blob(ret->public_key.key, blob);
	if (memcmp(ret->public_key.key, key.data, key.len) != 0 ||
	    sodium_memcmp(ret->secret, secret.data, secret.len) != 0 ||
	    memcmp(blob, public_blob.data, sizeof(blob)) != 0)
		return annot_fail(
			err, ANNOT_INVALID,
			"the public and the private half of the key do not belong together");
	return annot_key_check(ret->public_key.key, err);
}

static enum annot_status read_blob(struct annot_bytes blob, struct annot_secret_key *ret,
				   struct annot_error *err)
{
	struct reader r = {.at = blob.data, .len = blob.len};
	struct annot_bytes cipher, kdf, options, public_blob, section;
	uint32_t n_keys;
	if (r.len < sizeof(MAGIC) || memcmp(r.at, MAGIC, sizeof(MAGIC)) != 0)
		return damaged(err);
	r.at += sizeof(MAGIC);
	r.len -= sizeof(MAGIC);
	if (!read_string(&r, &cipher) || !read_string(&r, &kdf) || !read_string(&r, &options) ||
	    !read_u32(&r, &n_keys) || n_keys != 1 || !read_string(&r, &public_blob))
		return damaged(err);
	TRY(check_type(public_blob, err));
	if (!is(cipher, "none"))
		return annot_fail(err, ANNOT_DENIED,
				  "the private key is encrypted: load it with ssh-add and give its "
				  ".pub file, so that ssh-agent signs");
	if (!is(kdf, "none") || options.len || !read_string(&r, &section) || r.len)
		return damaged(err);
	return read_section(section, public_blob, ret, err);
}

/* Why a file without our header is not a key that can be read. */
static enum annot_status not_ours(const char *file, size_t len, struct annot_error *err)
{
	static const char pem[] = "-----BEGIN ";
	if (len > sizeof(TYPE) && memcmp(file, TYPE, sizeof(TYPE) - 1) == 0)
		return annot_fail(err, ANNOT_INVALID,
				  "this is a public key; expected a private key file");
	if (len >= sizeof(pem) - 1 && memcmp(file, pem, sizeof(pem) - 1) == 0 &&
	    memmem(file, len, "PRIVATE KEY-----", 16))
		return annot_fail(err, ANNOT_REFUSED,
				  "a private key of another type or format: use an OpenSSH ed25519 "
				  "key (ssh-keygen -t ed25519)");
	return annot_fail(err, ANNOT_INVALID, "expected a private key file that begins with \"%s\"",
			  BEGIN);
}

static const char *skip_space(const char *at, const char *end)
{
	while (at < end && strchr(" \t\r\n", *at) && *at)
		at++;
	return at;
}

enum annot_status annot_secret_parse(const char *file, size_t len, struct annot_secret_key *ret,
				     struct annot_error *err)
{
	uint8_t blob[BLOB_MAX];
	struct annot_secret_key key = {.public_key = {.comment = ""}};
	size_t blob_len = 0;
	TRY(annot_crypto_init(err));
	if (len > FILE_MAX)
		return annot_fail(err, ANNOT_INVALID,
				  "a private key file has at most %d bytes, found %zu", FILE_MAX,
				  len);
	if (len < sizeof(BEGIN) || memcmp(file, BEGIN, sizeof(BEGIN) - 1) != 0)
		return not_ours(file, len, err);
	const char *text = file + sizeof(BEGIN) - 1, *behind;
	const char *end = memmem(text, len - (sizeof(BEGIN) - 1), END, sizeof(END) - 1);
	if (!end || skip_space(end + sizeof(END) - 1, file + len) != file + len)
		return damaged(err);
	enum annot_status status = ANNOT_OK;
	if (sodium_base642bin(blob, sizeof(blob), text, (size_t)(end - text), " \t\r\n", &blob_len,
			      &behind, sodium_base64_VARIANT_ORIGINAL) != 0 ||
	    skip_space(behind, end) != end)
		status = damaged(err);
	if (status == ANNOT_OK)
		status = read_blob(annot_bytes(blob, blob_len), &key, err);
	if (status == ANNOT_OK)
		*ret = key;
	sodium_memzero(blob, sizeof(blob));
	sodium_memzero(&key, sizeof(key));
	return status;
}

static void put(uint8_t *blob, size_t *len, const void *data, size_t n)
{
	memcpy(blob + *len, data, n);
	*len += n;
}

static void put_u32(uint8_t *blob, size_t *len, size_t value)
{
	for (unsigned i = 0; i < 4; i++)
		blob[(*len)++] = (uint8_t)(value >> (24 - 8 * i));
}

static void put_string(uint8_t *blob, size_t *len, const void *data, size_t n)
{
	put_u32(blob, len, n);
	put(blob, len, data, n);
}

enum { WRITTEN_MAX = 1024, SECTION_FIXED = 4 + 4 + 4 + 11 + 4 + 32 + 4 + 64 + 4 };

static size_t write_blob(const struct annot_secret_key *key, uint32_t check,
			 uint8_t ret[WRITTEN_MAX])
{
	uint8_t public_blob[ANNOT_KEY_BLOB_SIZE];
	const struct annot_public_key *pk = &key->public_key;
	size_t len = 0, comment_len = strnlen(pk->comment, ANNOT_KEY_COMMENT_MAX);
	size_t padding = (BLOCK - (SECTION_FIXED + comment_len) % BLOCK) % BLOCK;
	annot_key_blob(pk->key, public_blob);
	put(ret, &len, MAGIC, sizeof(MAGIC));
	put_string(ret, &len, "none", 4);
	put_string(ret, &len, "none", 4);
	put_u32(ret, &len, 0);
	put_u32(ret, &len, 1);
	put_string(ret, &len, public_blob, sizeof(public_blob));
	put_u32(ret, &len, SECTION_FIXED + comment_len + padding);
	put_u32(ret, &len, check);
	put_u32(ret, &len, check);
	put_string(ret, &len, TYPE, sizeof(TYPE) - 1);
	put_string(ret, &len, pk->key, ANNOT_KEY_SIZE);
	put_string(ret, &len, key->secret, sizeof(key->secret));
	put_string(ret, &len, pk->comment, comment_len);
	for (size_t i = 1; i <= padding; i++)
		ret[len++] = (uint8_t)i;
	return len;
}

void annot_secret_write(const struct annot_secret_key *key, uint32_t check, struct annot_buf *ret)
{
	uint8_t blob[WRITTEN_MAX];
	char text[WRITTEN_MAX / 3 * 4 + 8];
	size_t len = write_blob(key, check, blob);
	sodium_bin2base64(text, sizeof(text), blob, len, sodium_base64_VARIANT_ORIGINAL);
	size_t n = strlen(text);
	annot_buf_printf(ret, "%s\n", BEGIN);
	for (size_t at = 0; at < n; at += LINE_DIGITS) {
		annot_buf_add(ret, text + at, n - at < LINE_DIGITS ? n - at : LINE_DIGITS);
		annot_buf_putc(ret, '\n');
	}
	annot_buf_printf(ret, "%s\n", END);
	sodium_memzero(blob, sizeof(blob));
	sodium_memzero(text, sizeof(text));
}
