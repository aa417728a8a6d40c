/* Signers against OpenSSH's own ssh-keygen, ssh-agent and ssh-add. */
#include "assert.h"

#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/un.h>
#include <pthread.h>
#include <unistd.h>

#include "base/buf.h"
#include "base/file.h"
#include "client/signer.h"
#include "record/sshsig.h"

static char dir[64];
static pid_t agent;

/* Runs a shell command in the folder; its exit status. */
static int run(const char *command)
{
	char line[1024];
	snprintf(line, sizeof(line), "cd '%s' && { %s; } >/dev/null 2>&1", dir, command);
	return system(line);
}

static const char *at(const char *name)
{
	static char path[4][256];
	static unsigned n;
	char *p = path[n++ % 4];
	snprintf(p, sizeof(path[0]), "%s/%s", dir, name);
	return p;
}

static int start(void **state)
{
	char line[256];
	(void)state;
	strcpy(dir, "/tmp/annot-test-XXXXXX");
	if (!mkdtemp(dir) || annot_crypto_init(&test_error) != ANNOT_OK)
		return -1;
	snprintf(line, sizeof(line),
		 "ssh-agent -a '%s/agent' | sed -n 's/.*PID=\\([0-9]*\\);.*/\\1/p'", dir);
	FILE *p = popen(line, "r");
	if (!p || !fgets(line, sizeof(line), p))
		return -1;
	pclose(p);
	agent = (pid_t)strtol(line, NULL, 10);
	setenv("SSH_AUTH_SOCK", at("agent"), 1);
	/* held: in the agent; locked: encrypted, in the agent; lost: encrypted, not in the agent */
	return run("ssh-keygen -q -t ed25519 -N '' -C plain -f plain && "
		   "ssh-keygen -q -t ed25519 -N '' -C held -f held && ssh-add held && rm held && "
		   "ssh-keygen -q -t ed25519 -N '' -C locked -f locked && ssh-add locked && "
		   "ssh-keygen -q -p -P '' -N secret -f locked && "
		   "ssh-keygen -q -t ed25519 -N secret -C lost -f lost && "
		   "ssh-keygen -q -t ed25519 -N secret -C bare -f bare && rm bare.pub && "
		   "ssh-keygen -q -t rsa -b 2048 -N '' -f rsa");
}

static int stop(void **state)
{
	(void)state;
	if (agent > 1)
		kill(agent, SIGTERM);
	char line[128];
	snprintf(line, sizeof(line), "rm -rf '%s'", dir);
	return system(line);
}

/* Signs, and has ssh-keygen check what was signed. */
static void signs(struct annot_signer *s)
{
	static const char message[] = "words\n";
	uint8_t signature[ANNOT_SIGNATURE_SIZE];
	struct annot_buf armor = ANNOT_BUF_INIT(4096), allowed = ANNOT_BUF_INIT(4096);
	char line[96];
	const struct annot_public_key *key = annot_signer_key(s);
	assert_ok(annot_signer_sign(s, ANNOT_NAMESPACE_RECORD, annot_bytes_of(message), signature,
				    &test_error));
	annot_sshsig_armor(key->key, ANNOT_NAMESPACE_RECORD, signature, &armor);
	annot_key_line(key->key, line);
	annot_buf_printf(&allowed, "me %s\n", line);
	assert_ok(annot_file_replace(at("sig"), annot_buf_bytes(&armor), 0600, &test_error));
	assert_ok(annot_file_replace(at("allowed"), annot_buf_bytes(&allowed), 0600, &test_error));
	assert_int_equal(run("printf 'words\\n' | ssh-keygen -Y verify -f allowed -I me "
			     "-n annot-record-v1 -s sig"),
			 0);
	assert_int_not_equal(run("printf 'word\\n' | ssh-keygen -Y verify -f allowed -I me "
				 "-n annot-record-v1 -s sig"),
			     0);
	annot_buf_free(&armor);
	annot_buf_free(&allowed);
}

static void test_plain(void **state)
{
	struct annot_signer *s;
	uint8_t signature[ANNOT_SIGNATURE_SIZE];
	(void)state;
	assert_ok(annot_signer_open(at("plain"), &s, &test_error));
	assert_string_equal(annot_signer_key(s)->comment, "plain");
	signs(s);
	assert_status(annot_signer_sign(s, "", annot_bytes_of("x"), signature, &test_error),
		      ANNOT_INVALID);
	assert_null(annot_signer_close(s));
	assert_null(annot_signer_close(NULL));
}

static void test_agent(void **state)
{
	struct annot_signer *s;
	struct annot_buf line = ANNOT_BUF_INIT(4096);
	(void)state;
	assert_ok(annot_signer_open(at("held.pub"), &s, &test_error));
	signs(s);
	struct annot_public_key key = *annot_signer_key(s);
	annot_signer_close(s);
	assert_ok(annot_signer_open(at("locked"), &s, &test_error)); /* encrypted: by its .pub */
	signs(s);
	annot_signer_close(s);
	assert_ok(annot_signer_open_agent(key.key, &s, &test_error));
	signs(s);
	annot_signer_close(s);
	assert_ok(annot_file_read(at("held.pub"), 4096, &line, &test_error));
	assert_ok(annot_signer_open(line.data, &s, &test_error)); /* a key line */
	signs(s);
	annot_signer_close(s);
	annot_buf_free(&line);
}

static void test_refusals(void **state)
{
	struct annot_signer *s;
	(void)state;
	assert_status(annot_signer_open(at("lost"), &s, &test_error), ANNOT_REFUSED);
	assert_error_says("does not hold the key SHA256:");
	assert_error_says("ssh-add");
	assert_status(annot_signer_open(at("bare"), &s, &test_error), ANNOT_REFUSED);
	assert_error_says("ssh-keygen -y -f");
	assert_status(annot_signer_open(at("rsa"), &s, &test_error), ANNOT_REFUSED);
	assert_status(annot_signer_open(at("rsa.pub"), &s, &test_error), ANNOT_REFUSED);
	assert_status(annot_signer_open(at("nothing"), &s, &test_error), ANNOT_UNREADABLE);
	assert_status(annot_signer_open(dir, &s, &test_error), ANNOT_UNREADABLE);
	assert_ok(annot_file_replace(at("junk"), annot_bytes_of("hello\n"), 0600, &test_error));
	assert_status(annot_signer_open(at("junk"), &s, &test_error), ANNOT_INVALID);
	assert_error_says(at("junk"));
	assert_int_equal(run("head -c 20000 /dev/zero > large"), 0);
	assert_status(annot_signer_open(at("large"), &s, &test_error), ANNOT_INVALID);
}

static void test_no_agent(void **state)
{
	struct annot_signer *s;
	char *kept = strdup(getenv("SSH_AUTH_SOCK"));
	(void)state;
	unsetenv("SSH_AUTH_SOCK");
	assert_status(annot_signer_open(at("held.pub"), &s, &test_error), ANNOT_REFUSED);
	assert_error_says("SSH_AUTH_SOCK is not set");
	setenv("SSH_AUTH_SOCK", at("nowhere"), 1);
	assert_status(annot_signer_open(at("held.pub"), &s, &test_error), ANNOT_REFUSED);
	assert_error_says("no ssh-agent answers");
	setenv("SSH_AUTH_SOCK", kept, 1);
	free(kept);
}

/* The key leaves the agent, or the agent is locked, after it was opened. */
static void test_agent_declines(void **state)
{
	struct annot_signer *s;
	uint8_t signature[ANNOT_SIGNATURE_SIZE];
	(void)state;
	assert_int_equal(run("ssh-keygen -q -t ed25519 -N '' -f brief && ssh-add brief"), 0);
	assert_ok(annot_signer_open(at("brief.pub"), &s, &test_error));
	assert_int_equal(run("ssh-add -d brief"), 0);
	assert_status(annot_signer_sign(s, ANNOT_NAMESPACE_RECORD, annot_bytes_of("x"), signature,
					&test_error),
		      ANNOT_REFUSED);
	assert_error_says("refused to sign");
	assert_error_says("ssh-add -c");
	assert_error_says("ssh-add -h");
	annot_signer_close(s);
}

/* --- an agent that lies --- */

struct liar {
	int listener;
	const uint8_t *answers[2]; /* to the first and the second connection */
	size_t lens[2];
};

static void *lie(void *arg)
{
	struct liar *l = arg;
	char request[4096];
	for (int i = 0; i < 2; i++) {
		int fd = accept(l->listener, NULL, NULL);
		if (fd < 0)
			return NULL;
		if (read(fd, request, sizeof(request)) > 0)
			(void)!write(fd, l->answers[i], l->lens[i]);
		close(fd);
	}
	return NULL;
}

static void put(uint8_t **to, const void *data, size_t len)
{
	memcpy(*to, data, len);
	*to += len;
}

static void put_be(uint8_t **to, uint32_t n)
{
	const uint8_t be[4] = {(uint8_t)(n >> 24), (uint8_t)(n >> 16), (uint8_t)(n >> 8),
			       (uint8_t)n};
	put(to, be, 4);
}

/* Opens and signs with an agent that answers the list well and the signing so. */
static void with_liar(const uint8_t *answer, size_t len, const char *says)
{
	struct liar l = {.answers = {NULL, answer}, .lens = {0, len}};
	struct sockaddr_un address = {.sun_family = AF_UNIX};
	struct annot_signer *plain, *s;
	uint8_t list[128], *end = list, blob[ANNOT_KEY_BLOB_SIZE], signature[ANNOT_SIGNATURE_SIZE];
	pthread_t thread;
	assert_ok(annot_signer_open(at("plain"), &plain, &test_error));
	annot_key_blob(annot_signer_key(plain)->key, blob);
	put_be(&end, 1 + 4 + 4 + sizeof(blob) + 4);
	*end++ = 12;
	put_be(&end, 1);
	put_be(&end, sizeof(blob));
	put(&end, blob, sizeof(blob));
	put_be(&end, 0);
	l.answers[0] = list;
	l.lens[0] = (size_t)(end - list);
	snprintf(address.sun_path, sizeof(address.sun_path), "%s", at("liar"));
	unlink(address.sun_path);
	l.listener = socket(AF_UNIX, SOCK_STREAM, 0);
	assert_int_equal(bind(l.listener, (struct sockaddr *)&address, sizeof(address)), 0);
	assert_int_equal(listen(l.listener, 4), 0);
	assert_int_equal(pthread_create(&thread, NULL, lie, &l), 0);
	char *kept = strdup(getenv("SSH_AUTH_SOCK"));
	setenv("SSH_AUTH_SOCK", address.sun_path, 1);
	assert_ok(annot_signer_open(at("plain.pub"), &s, &test_error));
	assert_status(annot_signer_sign(s, ANNOT_NAMESPACE_RECORD, annot_bytes_of("x"), signature,
					&test_error),
		      ANNOT_REFUSED);
	assert_error_says(says);
	pthread_join(thread, NULL);
	close(l.listener);
	setenv("SSH_AUTH_SOCK", kept, 1);
	free(kept);
	annot_signer_close(plain);
	annot_signer_close(s);
}

static void test_liars(void **state)
{
	static const uint8_t huge[] = {0xff, 0xff, 0xff, 0xff, 14};
	static const uint8_t empty[] = {0, 0, 0, 0};
	static const uint8_t cut[] = {0, 0, 0, 88, 14, 0, 0, 0, 83};
	static const uint8_t other[] = {0, 0, 0, 1, 6};
	static const uint8_t long_inner[] = {0, 0, 0, 9, 14, 0, 0, 1, 0, 0, 0, 0, 0};
	uint8_t bad[4 + 1 + 4 + 83], *end = bad;
	(void)state;
	with_liar(huge, sizeof(huge), "announces");
	with_liar(empty, sizeof(empty), "announces");
	with_liar(cut, sizeof(cut), "did not answer in full");
	with_liar(other, sizeof(other), "something else");
	with_liar(long_inner, sizeof(long_inner), "something else");
	/* well formed, but not a signature of these bytes */
	memset(bad, 7, sizeof(bad));
	put_be(&end, 1 + 4 + 83);
	*end++ = 14;
	put_be(&end, 83);
	put_be(&end, 11);
	put(&end, "ssh-ed25519", 11);
	put_be(&end, 64);
	with_liar(bad, sizeof(bad), "not good");
}

static void test_key_create(void **state)
{
	struct annot_public_key key;
	struct annot_signer *s;
	struct stat st;
	(void)state;
	assert_ok(annot_key_create(at("made"), "ada lovelace", &key, &test_error));
	assert_int_equal(stat(at("made"), &st), 0);
	assert_int_equal(st.st_mode & 0777, 0600);
	assert_int_equal(stat(at("made.pub"), &st), 0);
	assert_int_equal(st.st_mode & 0777, 0644);
	assert_int_equal(run("ssh-keygen -y -f made > made.y && cmp made.y made.pub"), 0);
	assert_int_equal(run("ssh-keygen -l -f made.pub"), 0);
	assert_ok(annot_signer_open(at("made"), &s, &test_error));
	assert_memory_equal(annot_signer_key(s)->key, key.key, ANNOT_KEY_SIZE);
	assert_string_equal(annot_signer_key(s)->comment, "ada lovelace");
	signs(s);
	annot_signer_close(s);
	assert_status(annot_key_create(at("made"), "x", &key, &test_error), ANNOT_REFUSED);
	assert_int_equal(run("rm made && cp made.pub before"), 0);
	assert_status(annot_key_create(at("made"), "x", &key, &test_error), ANNOT_REFUSED);
	assert_int_equal(run("test ! -e made && cmp made.pub before"), 0);
	assert_status(annot_key_create(at("two"), "a\nb", &key, &test_error), ANNOT_INVALID);
	assert_status(annot_key_create(at("no/where"), "x", &key, &test_error), ANNOT_UNREADABLE);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_plain),          cmocka_unit_test(test_agent),
		cmocka_unit_test(test_refusals),       cmocka_unit_test(test_no_agent),
		cmocka_unit_test(test_agent_declines), cmocka_unit_test(test_liars),
		cmocka_unit_test(test_key_create),
	};
	return cmocka_run_group_tests(tests, start, stop);
}
