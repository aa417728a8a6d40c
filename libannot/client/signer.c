/* Private key files and ssh-agent behind one handle. */
#include "client/signer.h"

#include <errno.h>
#include <fcntl.h>
#include <stdlib.h>
#include <unistd.h>

#include <sodium.h>

#include "base/auto.h"
#include "base/file.h"
#include "client/internal.h"
#include "record/sshsig.h"

enum { KEY_FILE_MAX = 16384 };

struct annot_signer {
	bool agent;
	struct annot_public_key public_key;
	struct annot_secret_key *secret; /* in sodium_malloc memory; NULL for agent */
};

static enum annot_status new_signer(struct annot_signer **ret, struct annot_error *err)
{
	*ret = calloc(1, sizeof(**ret));
	return *ret ? ANNOT_OK : annot_fail(err, ANNOT_NO_MEMORY, "out of memory");
}

static enum annot_status open_agent(const struct annot_public_key *key, struct annot_signer **ret,
				    struct annot_error *err)
{
	struct annot_signer *s;
	TRY(annot_agent_has(key->key, err));
	TRY(new_signer(&s, err));
	s->agent = true;
	s->public_key = *key;
	*ret = s;
	return ANNOT_OK;
}

enum annot_status annot_signer_open_agent(const uint8_t key[ANNOT_KEY_SIZE],
					  struct annot_signer **ret, struct annot_error *err)
{
	struct annot_public_key public_key = {0};
	TRY(annot_crypto_init(err));
	memcpy(public_key.key, key, ANNOT_KEY_SIZE);
	return open_agent(&public_key, ret, err);
}

/* Reads into memory that is wiped when it is given back; at most KEY_FILE_MAX bytes. */
static enum annot_status read_secret(const char *path, char *file, size_t *ret_len,
				     struct annot_error *err)
{
	AUTO_CLOSE int fd = open(path, O_RDONLY | O_CLOEXEC);
	size_t len = 0;
	ssize_t n = fd < 0 ? -1 : 1;
	while (n > 0 && len <= KEY_FILE_MAX) {
		n = read(fd, file + len, KEY_FILE_MAX + 1 - len);
		if (n < 0 && errno == EINTR)
			n = 1;
		else if (n > 0)
			len += (size_t)n;
	}
	if (n < 0)
		return annot_fail(err, ANNOT_UNREADABLE, "%s: cannot be read: %s", path,
				  strerror(errno));
	if (len > KEY_FILE_MAX)
		return annot_fail(err, ANNOT_INVALID, "%s: too large for a key file", path);
	*ret_len = len;
	return ANNOT_OK;
}

/* An encrypted key: the agent has it, the file beside it says which one it is. */
static enum annot_status open_encrypted(const char *path, struct annot_signer **ret,
					struct annot_error *err)
{
	AUTO_BUF struct annot_buf beside = ANNOT_BUF_INIT(PATH_MAX);
	AUTO_BUF struct annot_buf line = ANNOT_BUF_INIT(KEY_FILE_MAX);
	struct annot_public_key key;
	annot_buf_printf(&beside, "%s.pub", path);
	TRY(annot_buf_check(&beside, "a path", err));
	if (annot_file_read(beside.data, KEY_FILE_MAX, &line, NULL) != ANNOT_OK)
		return annot_fail(
			err, ANNOT_REFUSED,
			"%s is encrypted and its public half is not beside it; make it "
			"with: ssh-keygen -y -f %s > %s, and add the key to ssh-agent with: "
			"ssh-add %s",
			path, path, beside.data, path);
	struct annot_error said = {0};
	enum annot_status status = annot_key_parse(line.data, line.len, &key, &said);
	if (status != ANNOT_OK)
		return annot_fail(err, status, "%s: %s", beside.data, said.text);
	return open_agent(&key, ret, err);
}

static enum annot_status open_secret(const char *path, const char *file, size_t len,
				     struct annot_signer **ret, struct annot_error *err)
{
	struct annot_secret_key *secret = sodium_malloc(sizeof(*secret));
	struct annot_signer *s = NULL;
	struct annot_error said = {0};
	if (!secret)
		return annot_fail(err, ANNOT_NO_MEMORY, "out of memory");
	enum annot_status status = annot_secret_parse(file, len, secret, &said);
	if (status == ANNOT_OK)
		status = new_signer(&s, &said);
	if (status != ANNOT_OK) {
		sodium_free(secret);
		return status == ANNOT_DENIED ? open_encrypted(path, ret, err)
					      : annot_fail(err, status, "%s: %s", path, said.text);
	}
	s->secret = secret;
	s->public_key = secret->public_key;
	sodium_mprotect_readonly(secret);
	*ret = s;
	return ANNOT_OK;
}

static bool is_private(const char *file, size_t len)
{
	static const char begin[] = "-----BEGIN";
	return len >= strlen(begin) && memcmp(file, begin, strlen(begin)) == 0;
}

static enum annot_status open_content(const char *path, const char *file, size_t len,
				      struct annot_signer **ret, struct annot_error *err)
{
	struct annot_public_key key;
	struct annot_error said;
	if (is_private(file, len))
		return open_secret(path, file, len, ret, err);
	enum annot_status status = annot_key_parse(file, len, &key, &said);
	if (status != ANNOT_OK)
		return annot_fail(err, status, "%s: %s", path, said.text);
	return open_agent(&key, ret, err);
}

/* A public key line instead of a path: key type, space, base64. */
static bool is_key_line(const char *spec)
{
	const char *space = strchr(spec, ' ');
	return space && strncmp(space + 1, "AAAA", 4) == 0;
}

enum annot_status annot_signer_open(const char *spec, struct annot_signer **ret,
				    struct annot_error *err)
{
	struct annot_public_key key;
	size_t len;
	TRY(annot_crypto_init(err));
	if (is_key_line(spec)) {
		TRY(annot_key_parse(spec, strlen(spec), &key, err));
		return open_agent(&key, ret, err);
	}
	char *file = sodium_malloc(KEY_FILE_MAX + 1);
	if (!file)
		return annot_fail(err, ANNOT_NO_MEMORY, "out of memory");
	enum annot_status status = read_secret(spec, file, &len, err);
	if (status == ANNOT_OK)
		status = open_content(spec, file, len, ret, err);
	sodium_free(file);
	return status;
}

struct annot_signer *annot_signer_close(struct annot_signer *s)
{
	if (!s)
		return NULL;
	sodium_free(s->secret); /* wipes it */
	free(s);
	return NULL;
}

const struct annot_public_key *annot_signer_key(const struct annot_signer *s)
{
	return &s->public_key;
}

bool annot_signer_is_local(const struct annot_signer *s)
{
	return !s->agent;
}

enum annot_status annot_signer_sign(const struct annot_signer *s, const char *name_space,
				    struct annot_bytes message, uint8_t ret[ANNOT_SIGNATURE_SIZE],
				    struct annot_error *err)
{
	uint8_t bytes[92 + ANNOT_NAMESPACE_MAX], signature[ANNOT_SIGNATURE_SIZE];
	size_t n = strlen(name_space);
	if (n == 0 || n > ANNOT_NAMESPACE_MAX)
		return annot_fail(err, ANNOT_INVALID, "a namespace has 1 to %d bytes",
				  ANNOT_NAMESPACE_MAX);
	if (!s->agent) {
		annot_sshsig_sign(s->secret, name_space, message, ret);
		return ANNOT_OK;
	}
	size_t len = annot_sshsig_signed(name_space, message, bytes);
	TRY(annot_agent_sign(s->public_key.key, annot_bytes(bytes, len), signature, err));
	/* Whatever answers at that socket: a signature that is not good goes no further. */
	if (annot_sshsig_verify(s->public_key.key, name_space, message, signature, NULL) !=
	    ANNOT_OK)
		return annot_fail(err, ANNOT_REFUSED,
				  "ssh-agent gave a signature that is not good");
	memcpy(ret, signature, sizeof(signature));
	return ANNOT_OK;
}

/* Writes both files; the private one is removed again if the public one cannot be made. */
static enum annot_status write_pair(const char *path, const struct annot_secret_key *secret,
				    struct annot_buf *file, struct annot_error *err)
{
	AUTO_BUF struct annot_buf beside = ANNOT_BUF_INIT(PATH_MAX);
	AUTO_BUF struct annot_buf line = ANNOT_BUF_INIT(KEY_FILE_MAX);
	char key[96];
	annot_buf_printf(&beside, "%s.pub", path);
	annot_key_line(secret->public_key.key, key);
	annot_buf_puts(&line, key);
	if (secret->public_key.comment[0])
		annot_buf_printf(&line, " %s", secret->public_key.comment);
	annot_buf_putc(&line, '\n');
	TRY(annot_buf_check(&beside, "a path", err));
	TRY(annot_buf_check(&line, "a key", err));
	if (access(beside.data, F_OK) == 0)
		return annot_fail(err, ANNOT_REFUSED,
				  "%s exists already and is kept; choose another name",
				  beside.data);
	annot_secret_write(secret, randombytes_random(), file);
	TRY(annot_buf_check(file, "a key", err));
	TRY(annot_file_create(path, annot_buf_bytes(file), 0600, err));
	enum annot_status status =
		annot_file_create(beside.data, annot_buf_bytes(&line), 0644, err);
	if (status != ANNOT_OK)
		unlink(path);
	return status;
}

enum annot_status annot_key_create(const char *path, const char *comment,
				   struct annot_public_key *ret, struct annot_error *err)
{
	static const char room[KEY_FILE_MAX];
	TRY(annot_crypto_init(err));
	if (strlen(comment) > ANNOT_KEY_COMMENT_MAX || strpbrk(comment, "\r\n"))
		return annot_fail(err, ANNOT_INVALID,
				  "a key's comment is one line of at most %d bytes",
				  ANNOT_KEY_COMMENT_MAX);
	struct annot_secret_key *secret = sodium_malloc(sizeof(*secret));
	if (!secret)
		return annot_fail(err, ANNOT_NO_MEMORY, "out of memory");
	memset(secret, 0, sizeof(*secret));
	crypto_sign_keypair(secret->public_key.key, secret->secret);
	memcpy(secret->public_key.comment, comment, strlen(comment));

	/* Room for all of it first: growing would leave copies of the key behind. */
	struct annot_buf file = ANNOT_BUF_INIT(KEY_FILE_MAX);
	annot_buf_add(&file, room, sizeof(room));
	annot_buf_truncate(&file, 0);
	enum annot_status status = write_pair(path, secret, &file, err);
	if (status == ANNOT_OK)
		*ret = secret->public_key;
	if (file.data)
		sodium_memzero(file.data, sizeof(room));
	annot_buf_free(&file);
	sodium_free(secret);
	return status;
}
