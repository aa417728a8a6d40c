/* SSHSIG armor: only the form that we write is read. */
#include "fuzz.h"

#include "record/sshsig.h"

static void check(const uint8_t *data, size_t size, const char *name_space)
{
	uint8_t key[ANNOT_KEY_SIZE], signature[ANNOT_SIGNATURE_SIZE];
	struct annot_error err;
	AUTO_BUF struct annot_buf b = ANNOT_BUF_INIT(4096);
	if (annot_sshsig_unarmor(annot_bytes(data, size), name_space, key, signature, &err) !=
	    ANNOT_OK)
		return;
	annot_sshsig_armor(key, name_space, signature, &b);
	require_same(&b, data, size);
	if (annot_key_check(key, NULL) == ANNOT_OK)
		REQUIRE(annot_sshsig_verify(key, name_space, annot_bytes_of("some other message"),
					    signature, &err) == ANNOT_MISMATCH);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	REQUIRE(annot_crypto_init(NULL) == ANNOT_OK);
	check(data, size, ANNOT_NAMESPACE_RECORD);
	check(data, size, ANNOT_NAMESPACE_ENROL);
	return 0;
}
