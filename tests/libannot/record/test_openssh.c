/* Against the real ssh-keygen: keys and signatures go both ways. Skipped where it is not installed.
 */
#include <fcntl.h>
#include <sodium.h>
#include <spawn.h>
#include <stdio.h>
#include <sys/wait.h>

#include "assert.h"
#include "base/auto.h"
#include "base/file.h"
#include "examples.h"
#include "record/sshsig.h"

extern char **environ;

enum { PATH_MAX_LEN = 256, FILE_MAX = 1 << 16, ARGS_MAX = 24 };

static char folder[PATH_MAX_LEN];

struct path {
	char text[PATH_MAX_LEN + 64];
};

static struct path in(const char *name)
{
	struct path p;
	snprintf(p.text, sizeof(p.text), "%s/%s", folder, name);
	return p;
}

/* Runs ssh-keygen in the folder; its exit code, or -1. Input is a file, output is thrown away. */
static int keygen(const char *input, const char *const *args)
{
	char *argv[ARGS_MAX] = {(char *)"ssh-keygen"};
	posix_spawn_file_actions_t actions;
	pid_t pid;
	int status;
	for (size_t i = 0; args[i]; i++) {
		assert_true(i + 2 < ARGS_MAX);
		argv[i + 1] = (char *)args[i];
	}
	posix_spawn_file_actions_init(&actions);
	posix_spawn_file_actions_addopen(&actions, 0, input ? input : "/dev/null", O_RDONLY, 0);
	posix_spawn_file_actions_addopen(&actions, 1, "/dev/null", O_WRONLY, 0);
	posix_spawn_file_actions_addopen(&actions, 2, "/dev/null", O_WRONLY, 0);
	int failed = posix_spawnp(&pid, "ssh-keygen", &actions, NULL, argv, environ);
	posix_spawn_file_actions_destroy(&actions);
	if (failed || waitpid(pid, &status, 0) != pid || !WIFEXITED(status))
		return -1;
	return WEXITSTATUS(status);
}

#define KEYGEN(input, ...) keygen(input, (const char *const[]){__VA_ARGS__, NULL})

static bool installed(void)
{
	/* -l of nothing exits with an error, but it runs; 127: there is no such program */
	int code = KEYGEN(NULL, "-l", "-f", "/dev/null");
	if (code >= 0 && code != 127)
		return true;
	print_message("skipped: ssh-keygen is not installed\n");
	return false;
}

static void write_file(const char *name, const void *data, size_t len)
{
	int fd = open(in(name).text, O_WRONLY | O_CREAT | O_TRUNC, 0600);
	assert_true(fd >= 0);
	assert_int_equal(write(fd, data, len), (ssize_t)len);
	assert_int_equal(close(fd), 0);
}

static void read_file(const char *name, struct annot_buf *ret)
{
	assert_ok(annot_file_read(in(name).text, FILE_MAX, ret, &test_error));
}

static void remove_folder(void)
{
	static const char *const names[] = {"key",    "key.pub",    "ecdsa", "ecdsa.pub",
					    "record", "record.sig", "armor", "allowed",
					    "ours",   "ours.pub"};
	for (size_t i = 0; i < COUNT(names); i++)
		unlink(in(names[i]).text);
	rmdir(folder);
}

static int setup(void **state)
{
	const char *tmp = getenv("TMPDIR");
	(void)state;
	snprintf(folder, sizeof(folder), "%s/annot-openssh-XXXXXX", tmp ? tmp : P_tmpdir);
	if (annot_crypto_init(&test_error) != ANNOT_OK || !mkdtemp(folder))
		return -1;
	return 0;
}

static int teardown(void **state)
{
	(void)state;
	remove_folder();
	return 0;
}

static void read_secret(const char *name, struct annot_secret_key *ret)
{
	AUTO_BUF struct annot_buf file = ANNOT_BUF_INIT(FILE_MAX);
	read_file(name, &file);
	assert_ok(annot_secret_parse(file.data, file.len, ret, &test_error));
}

static void make_key(const char *comment, const char *passphrase)
{
	unlink(in("key").text);
	unlink(in("key.pub").text);
	assert_int_equal(KEYGEN(NULL, "-q", "-t", "ed25519", "-N", passphrase, "-C", comment, "-f",
				in("key").text),
			 0);
}

static void its_keys_are_read(void **state)
{
	static const char *const comments[] = {"", "a", "ann@example.org", "\u00e9 and more words"};
	(void)state;
	if (!installed())
		skip();
	for (size_t i = 0; i < COUNT(comments); i++) {
		AUTO_BUF struct annot_buf line = ANNOT_BUF_INIT(FILE_MAX);
		AUTO_BUF struct annot_buf again = ANNOT_BUF_INIT(FILE_MAX);
		AUTO_BUF struct annot_buf file = ANNOT_BUF_INIT(FILE_MAX);
		struct annot_secret_key key;
		struct annot_public_key pub;
		make_key(comments[i], "");
		read_secret("key", &key);
		assert_string_equal(key.public_key.comment, comments[i]);
		read_file("key.pub", &line);
		assert_ok(annot_key_parse(line.data, line.len, &pub, &test_error));
		assert_memory_equal(pub.key, key.public_key.key, 32);
		assert_string_equal(pub.comment, comments[i]);

		/* and written as it writes them, but for the two random check words */
		read_file("key", &file);
		annot_secret_write(&key, 1, &again);
		assert_int_equal(again.len, file.len);
	}
}

static void its_other_keys_are_refused(void **state)
{
	AUTO_BUF struct annot_buf file = ANNOT_BUF_INIT(FILE_MAX);
	AUTO_BUF struct annot_buf ecdsa = ANNOT_BUF_INIT(FILE_MAX);
	struct annot_secret_key key;
	struct annot_public_key pub;
	AUTO_BUF struct annot_buf line = ANNOT_BUF_INIT(FILE_MAX);
	(void)state;
	if (!installed())
		skip();
	make_key("x", "a passphrase");
	read_file("key", &file);
	assert_status(annot_secret_parse(file.data, file.len, &key, &test_error), ANNOT_DENIED);
	assert_error_says("ssh-add");
	assert_int_equal(KEYGEN(NULL, "-q", "-t", "ecdsa", "-N", "", "-f", in("ecdsa").text), 0);
	read_file("ecdsa", &ecdsa);
	assert_status(annot_secret_parse(ecdsa.data, ecdsa.len, &key, &test_error), ANNOT_REFUSED);
	assert_error_says("ecdsa-sha2-nistp256");
	read_file("ecdsa.pub", &line);
	assert_status(annot_key_parse(line.data, line.len, &pub, &test_error), ANNOT_REFUSED);
}

/* ssh-keygen -y prints the public key of a private key file that it can read. */
static void it_reads_our_keys(void **state)
{
	AUTO_BUF struct annot_buf file = ANNOT_BUF_INIT(FILE_MAX);
	struct annot_secret_key key = {.public_key = {.comment = "ann"}}, again;
	(void)state;
	if (!installed())
		skip();
	crypto_sign_keypair(key.public_key.key, key.secret);
	annot_secret_write(&key, randombytes_random(), &file);
	write_file("ours", file.data, file.len);
	assert_int_equal(KEYGEN(NULL, "-y", "-P", "", "-f", in("ours").text), 0);
	/* it rewrites the file in its own words when the comment changes */
	assert_int_equal(KEYGEN(NULL, "-q", "-c", "-C", "bob", "-P", "", "-f", in("ours").text), 0);
	read_secret("ours", &again);
	assert_memory_equal(again.secret, key.secret, 64);
	assert_string_equal(again.public_key.comment, "bob");
}

static void record_to_sign(struct annot_buf *ret)
{
	example(ANNOT_KIND_quote, false, ret);
	write_file("record", ret->data, ret->len);
}

static int verify(const char *name_space)
{
	return KEYGEN(in("record").text, "-Y", "verify", "-f", in("allowed").text, "-I", "ann",
		      "-n", name_space, "-s", in("armor").text);
}

static void it_verifies_what_we_sign(void **state)
{
	AUTO_BUF struct annot_buf record = ANNOT_BUF_INIT(FILE_MAX);
	AUTO_BUF struct annot_buf armor = ANNOT_BUF_INIT(FILE_MAX);
	AUTO_BUF struct annot_buf allowed = ANNOT_BUF_INIT(FILE_MAX);
	struct annot_secret_key key = {.public_key = {.comment = ""}};
	uint8_t signature[64];
	char line[96];
	(void)state;
	if (!installed())
		skip();
	crypto_sign_keypair(key.public_key.key, key.secret);
	annot_key_line(key.public_key.key, line);
	annot_buf_printf(&allowed, "ann namespaces=\"annot-record-v1\" %s\n", line);
	write_file("allowed", allowed.data, allowed.len);
	record_to_sign(&record);
	annot_sshsig_sign(&key, ANNOT_NAMESPACE_RECORD, annot_buf_bytes(&record), signature);
	annot_sshsig_armor(key.public_key.key, ANNOT_NAMESPACE_RECORD, signature, &armor);
	write_file("armor", armor.data, armor.len);
	assert_int_equal(verify("annot-record-v1"), 0);
	assert_int_not_equal(verify("annot-enrol-v1"), 0);
	record.data[record.len - 2] ^= 1;
	write_file("record", record.data, record.len);
	assert_int_not_equal(verify("annot-record-v1"), 0);
}

static void we_verify_what_it_signs(void **state)
{
	AUTO_BUF struct annot_buf record = ANNOT_BUF_INIT(FILE_MAX);
	AUTO_BUF struct annot_buf armor = ANNOT_BUF_INIT(FILE_MAX);
	struct annot_secret_key key;
	uint8_t signed_by[32], signature[64], ours[64];
	(void)state;
	if (!installed())
		skip();
	make_key("ann", "");
	read_secret("key", &key);
	record_to_sign(&record);
	assert_int_equal(KEYGEN(NULL, "-q", "-Y", "sign", "-f", in("key").text, "-n",
				ANNOT_NAMESPACE_RECORD, in("record").text),
			 0);
	read_file("record.sig", &armor);
	assert_ok(annot_sshsig_unarmor(annot_buf_bytes(&armor), ANNOT_NAMESPACE_RECORD, signed_by,
				       signature, &test_error));
	assert_memory_equal(signed_by, key.public_key.key, 32);
	assert_ok(annot_sshsig_verify(signed_by, ANNOT_NAMESPACE_RECORD, annot_buf_bytes(&record),
				      signature, &test_error));
	/* Ed25519 is deterministic: the same bytes */
	annot_sshsig_sign(&key, ANNOT_NAMESPACE_RECORD, annot_buf_bytes(&record), ours);
	assert_memory_equal(ours, signature, 64);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(its_keys_are_read),
		cmocka_unit_test(its_other_keys_are_refused),
		cmocka_unit_test(it_reads_our_keys),
		cmocka_unit_test(it_verifies_what_we_sign),
		cmocka_unit_test(we_verify_what_it_signs),
	};
	return cmocka_run_group_tests(tests, setup, teardown);
}
