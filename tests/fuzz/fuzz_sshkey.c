/* SSH key lines and private key files. */
#include "fuzz.h"

#include "record/sshkey.h"
#include "record/sshsig.h"

static void public_key(const char *text, size_t len)
{
	struct annot_public_key k, back;
	struct annot_error err;
	char line[96];
	if (annot_key_parse(text, len, &k, &err) != ANNOT_OK)
		return;
	REQUIRE(annot_key_check(k.key, NULL) == ANNOT_OK);
	annot_key_line(k.key, line);
	REQUIRE(len >= strlen(line) && memcmp(line, text, strlen(line)) == 0);
	REQUIRE(annot_key_parse(line, strlen(line), &back, &err) == ANNOT_OK);
	REQUIRE(memcmp(k.key, back.key, sizeof k.key) == 0 && back.comment[0] == '\0');
}

static void secret_key(const char *text, size_t len)
{
	struct annot_secret_key k, back;
	struct annot_error err;
	AUTO_BUF struct annot_buf b = ANNOT_BUF_INIT(1 << 16);
	if (annot_secret_parse(text, len, &k, &err) != ANNOT_OK)
		return;
	annot_secret_write(&k, 7, &b);
	REQUIRE(annot_secret_parse(b.data, b.len, &back, &err) == ANNOT_OK);
	REQUIRE(memcmp(k.secret, back.secret, sizeof k.secret) == 0);
	REQUIRE(memcmp(k.public_key.key, back.public_key.key, sizeof back.public_key.key) == 0);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	REQUIRE(annot_crypto_init(NULL) == ANNOT_OK);
	public_key((const char *)data, size);
	secret_key((const char *)data, size);
	return 0;
}
