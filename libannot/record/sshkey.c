/* Public OpenSSH ed25519 keys. */
#include <sodium.h>

#include "base/auto.h"
#include "base/encode.h"
#include "base/hash.h"
#include "record/internal.h"
#include "record/sshkey.h"
#include "text/utf8.h"

enum { KEY_LINE_MAX = 16384, BLOB_KEY_AT = 19 };

/* S("ssh-ed25519") and the length of the key, RFC 8709 section 4 */
static const uint8_t BLOB_HEAD[BLOB_KEY_AT] = "\0\0\0\x0bssh-ed25519\0\0\0\x20";

void annot_key_blob(const uint8_t key[ANNOT_KEY_SIZE], uint8_t ret[ANNOT_KEY_BLOB_SIZE])
{
	memcpy(ret, BLOB_HEAD, BLOB_KEY_AT);
	memcpy(ret + BLOB_KEY_AT, key, ANNOT_KEY_SIZE);
}

struct annot_hash annot_key_author(const uint8_t key[ANNOT_KEY_SIZE])
{
	uint8_t blob[ANNOT_KEY_BLOB_SIZE];
	annot_key_blob(key, blob);
	return annot_sha256(blob, sizeof(blob));
}

void annot_key_fingerprint(const uint8_t key[ANNOT_KEY_SIZE], char ret[51])
{
	struct annot_hash author = annot_key_author(key);
	annot_fingerprint(&author, ret);
}

void annot_key_line(const uint8_t key[ANNOT_KEY_SIZE], char ret[96])
{
	static const char type[] = "ssh-ed25519 ";
	uint8_t blob[ANNOT_KEY_BLOB_SIZE];
	annot_key_blob(key, blob);
	memcpy(ret, type, sizeof(type) - 1);
	sodium_bin2base64(ret + sizeof(type) - 1, 96 - (sizeof(type) - 1), blob, sizeof(blob),
			  sodium_base64_VARIANT_ORIGINAL);
}

static enum annot_status other_type(const char *type, size_t len, struct annot_error *err)
{
	static const char *const families[] = {"ssh-", "sk-ssh-", "ecdsa-", "sk-ecdsa-", "rsa-"};
	struct annot_excerpt name = annot_excerpt(type, len);
	bool plain = true;
	for (size_t i = 0; i < len; i++)
		plain = plain && type[i] > ' ' && type[i] < 0x7f;
	for (size_t i = 0; i < COUNT(families); i++)
		if (plain && len > strlen(families[i]) &&
		    memcmp(type, families[i], strlen(families[i])) == 0)
			return annot_fail(err, ANNOT_REFUSED,
					  "%s keys are not supported: use an ssh-ed25519 key "
					  "(ssh-keygen -t ed25519)",
					  name.text);
	return annot_fail(err, ANNOT_INVALID,
			  "expected a public key line \"ssh-ed25519 BASE64\", found \"%s\"",
			  name.text);
}

/* The comment: one line of UTF-8 without control characters, or it is left out. */
static void read_comment(const char *text, size_t len, char ret[ANNOT_KEY_COMMENT_MAX + 1])
{
	size_t n = len < ANNOT_KEY_COMMENT_MAX ? len : ANNOT_KEY_COMMENT_MAX;
	n = annot_utf8_valid(text, n);
	for (size_t i = 0; i < n; i++)
		if ((uint8_t)text[i] < 0x20 || text[i] == 0x7f)
			n = 0;
	memcpy(ret, text, n);
	ret[n] = '\0';
}

enum annot_status annot_key_parse(const char *line, size_t len, struct annot_public_key *ret,
				  struct annot_error *err)
{
	struct annot_public_key key = {0};
	uint8_t blob[ANNOT_KEY_BLOB_SIZE];
	while (len && (line[len - 1] == '\n' || line[len - 1] == '\r' || line[len - 1] == ' '))
		len--;
	if (len > KEY_LINE_MAX || memchr(line, '\n', len) || memchr(line, '\0', len))
		return annot_fail(err, ANNOT_INVALID,
				  "expected one public key line of at most %d bytes", KEY_LINE_MAX);
	const char *space = memchr(line, ' ', len);
	size_t type_len = space ? (size_t)(space - line) : len;
	if (type_len != strlen("ssh-ed25519") || memcmp(line, "ssh-ed25519", type_len) != 0)
		return other_type(line, type_len, err);
	const char *data = line + type_len + (space ? 1 : 0);
	size_t rest = len - (size_t)(data - line);
	const char *comment = memchr(data, ' ', rest);
	size_t data_len = comment ? (size_t)(comment - data) : rest;
	if (!annot_unbase64_exact(data, data_len, blob, sizeof(blob)) ||
	    memcmp(blob, BLOB_HEAD, BLOB_KEY_AT) != 0)
		return annot_fail(err, ANNOT_INVALID,
				  "expected base64 of an ssh-ed25519 key of %d bytes, found \"%s\"",
				  ANNOT_KEY_BLOB_SIZE, annot_excerpt(data, data_len).text);
	memcpy(key.key, blob + BLOB_KEY_AT, ANNOT_KEY_SIZE);
	TRY(annot_key_check(key.key, err));
	if (comment)
		read_comment(comment + 1, rest - data_len - 1, key.comment);
	*ret = key;
	return ANNOT_OK;
}
