/* Bundles of more text than a client keeps in memory: made, written and verified in bounded memory.
 */
#include "daemon.h"
#include "memory.h"

#include <stdlib.h>

#include "base/encode.h"
#include "base/file.h"
#include "client/client.h"

enum {
	TEXTS = 5,
	TEXT = 4 << 20,     /* bytes of each */
	ALLOWED = 16 << 20, /* memory that collecting them may take: 8 MiB of texts, and replies */
	ARENA = 1 << 20,
};

/* What AddressSanitizer keeps of freed memory would be counted as well. */
__attribute__((visibility("default"))) const char *__asan_default_options(void);
const char *__asan_default_options(void)
{
	return "quarantine_size_mb=1";
}

struct fixture {
	struct test_corpus *test;
	char dir[TEST_PATH_MAX];
	struct test_daemon daemon;
	struct test_client client;
	struct annot *a;
	struct annot_arena *arena;
	struct annot_hash claim;
};

/* Documents whose words differ from their first byte on, and a claim with words at the end of each.
 */
static void fill(struct fixture *f)
{
	struct test_key admin = test_key(1);
	struct annot_draft *d = test_claim("five texts say so");
	char *text = malloc(TEXT), name[] = "d0";

	assert_non_null(text);
	for (int n = 0; n < TEXTS; n++) {
		for (size_t i = 0; i < TEXT; i++)
			text[i] = i % 61 == 60 ? '\n' : (char)('a' + n + (int)(i % 19));
		name[1] = (char)('0' + n);
		struct annot_bytes bytes = annot_bytes(text, TEXT);
		struct test_entry *e =
			test_put_as(f->test, &admin, test_document(name, bytes), ANNOT_EFFECTIVE);
		test_submit(&f->client, f->test, &e, 1);
		assert_ok(annot_upload(f->a, &e->id, bytes, &test_error));
		assert_ok(
			annot_draft_add_target(d, &e->id, bytes, TEXT - 40, TEXT - 2, &test_error));
	}
	free(text);
	struct test_entry *claim = test_put_as(f->test, &admin, d, ANNOT_EFFECTIVE);
	test_submit(&f->client, f->test, &claim, 1);
	f->claim = claim->id;
}

static int setup(void **state)
{
	struct fixture *f = calloc(1, sizeof(*f));
	struct annot_options options = ANNOT_OPTIONS_INIT;

	f->test = test_corpus_new(1, 1);
	f->arena = annot_arena_new(ARENA);
	test_folder(f->test, NULL, f->dir);
	setenv("XDG_STATE_HOME", f->dir, 1);
	test_daemon_start_quiet(f->dir, &f->daemon);
	test_client_open(f->daemon.url, &f->client);
	options.socket = f->daemon.url;
	assert_ok(annot_open(&options, &f->a, &test_error));
	fill(f);
	*state = f;
	return 0;
}

static int teardown(void **state)
{
	struct fixture *f = *state;

	annot_close(f->a);
	test_client_close(&f->client);
	annot_arena_free(f->arena);
	assert_int_equal(test_daemon_stop(&f->daemon), 0);
	test_folder_remove(f->dir);
	test_corpus_free(f->test);
	free(f);
	return 0;
}

/* Watches the memory while a bundle goes through to a file. */
struct writing {
	struct fixture *f;
	unsigned options;
	struct annot_sink to;
	size_t most, bytes;
};

static enum annot_status watch(void *arg, struct annot_bytes piece, struct annot_error *err)
{
	struct writing *w = arg;
	size_t now = test_anonymous();

	w->most = now > w->most ? now : w->most;
	w->bytes += piece.len;
	return w->to.put(w->to.arg, piece, err);
}

static enum annot_status write_bundle(void *arg, struct annot_sink to, struct annot_error *err)
{
	struct writing *w = arg;

	w->to = to;
	return annot_bundle_collect_as(w->f->a, annot_hash_hex(&w->f->claim).text, w->options,
				       (struct annot_sink){watch, w}, err);
}

static void assert_bundle(struct fixture *f, unsigned options, const char *words)
{
	struct writing w = {.f = f, .options = options};
	struct annot_options o = {.version = 1, .socket = f->daemon.url, .timeout_ms = 60000};
	struct annot_trust trust = {.corpus = f->test->id};
	const struct annot_report *r;
	struct annot_bytes file;
	size_t before = test_anonymous();

	annot_close(f->a); /* forgets the texts */
	assert_ok(annot_open(&o, &f->a, &test_error));
	assert_ok(annot_file_replace_by(test_path(f->dir, "bundle"), 0644, write_bundle, &w,
					&test_error));
	if (w.most > before + ALLOWED)
		fail_msg("a bundle of %zu bytes took %zu of memory", w.bytes, w.most - before);
	assert_ok(annot_file_map(test_path(f->dir, "bundle"), &file, &test_error));
	assert_int_equal(file.len, w.bytes);
	assert_ok(annot_verify_bundle(f->arena, file, &trust, &r, &test_error));
	assert_verdict(r, ANNOT_VALID_UNWITNESSED);
	assert_says(r, "words", words);
	annot_file_unmap(&file);
	if (test_anonymous() > before + ALLOWED)
		fail_msg("verifying %zu bytes took %zu of memory", w.bytes,
			 test_anonymous() - before);
}

static void test_whole(void **state)
{
	assert_bundle(*state, 0, "5 of 5 targets");
}

static void test_excerpts(void **state)
{
	assert_bundle(*state, ANNOT_COLLECT_EXCERPT, "5 of 5 targets");
}

/* What has no room is said, with the folder, and the old file stays. */
static void test_no_room(void **state)
{
	struct fixture *f = *state;
	struct writing w = {.f = f};

	test_write_file(f->dir, "bundle", "old", 3, 0644);
	setenv("TMPDIR", test_path(f->dir, "nowhere"), 1);
	assert_status(annot_file_replace_by(test_path(f->dir, "bundle"), 0644, write_bundle, &w,
					    &test_error),
		      ANNOT_UNREADABLE);
	assert_error_says("nowhere cannot be made");
	unsetenv("TMPDIR");
	struct annot_buf kept = ANNOT_BUF_INIT(16);
	assert_ok(annot_file_read(test_path(f->dir, "bundle"), 16, &kept, &test_error));
	assert_string_equal(kept.data, "old");
	annot_buf_free(&kept);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_no_room),
		cmocka_unit_test(test_whole),
		cmocka_unit_test(test_excerpts),
	};
	return cmocka_run_group_tests(tests, setup, teardown);
}
