/* A bundle of any size is verified in bounded memory: its texts are hashed where the file is
 * mapped, never copied. */
#include "corpus.h"
#include "memory.h"

#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/mman.h>
#include <unistd.h>

#include "base/hash.h"

enum {
	TEXT = 12 << 20,   /* bytes of each of two texts */
	ALLOWED = 4 << 20, /* that verifying them may take, of all kinds of memory that is not the
			      file's */
	ARENA = 1 << 20,
};

static char *words(char with)
{
	char *text = malloc(TEXT + 1);

	assert_non_null(text);
	for (size_t i = 0; i < TEXT; i++)
		text[i] = i % 61 == 60 ? '\n' : (char)(with + i % 23);
	text[TEXT] = '\0';
	return text;
}

/* The bundle in a file that is mapped, its name already gone. */
static struct annot_bytes in_a_file(struct annot_bytes bundle)
{
	char name[] = "/tmp/annot-large-XXXXXX";
	int fd = mkostemp(name, O_CLOEXEC);
	struct annot_bytes ret = {.len = bundle.len};

	assert_true(fd >= 0);
	unlink(name);
	for (size_t done = 0; done < bundle.len;) {
		ssize_t n = write(fd, bundle.data + done, bundle.len - done);

		assert_true(n > 0);
		done += (size_t)n;
	}
	ret.data = mmap(NULL, bundle.len, PROT_READ, MAP_PRIVATE, fd, 0);
	assert_true(ret.data != MAP_FAILED);
	close(fd);
	return ret;
}

static struct annot_bytes large_bundle(struct annot_trust *trust, bool spoiled)
{
	struct test_corpus *c = test_corpus_new(1, 1);
	struct test_key admin = test_key(1);
	struct annot_draft *d = test_claim("two texts say so");
	struct annot_bundle b;
	struct annot_bytes ret;
	struct test_entry *documents[2], *e;

	for (int i = 0; i < 2; i++) {
		char *text = words(i ? 'A' : 'a'), name[] = {'d', (char)('0' + i), '\0'};

		documents[i] = test_put_document(c, &admin, name, text);
		assert_ok(annot_draft_add_target(d, &documents[i]->id, annot_bytes(text, TEXT),
						 TEXT - 40, TEXT - 2, &test_error));
		free(text);
	}
	e = test_put_as(c, &admin, d, ANNOT_EFFECTIVE);
	test_bundle(c, e, &b);
	assert_int_equal(b.n_sources, 2);
	ret = in_a_file(test_bundle_file(c, &b));
	if (spoiled) {
		/* One byte of a text: the file's own pages, copied on write. */
		uint8_t *at = memmem(ret.data, ret.len, "ABCDEFGH", 8);

		assert_non_null(at);
		assert_int_equal(
			mprotect((void *)(uintptr_t)ret.data, ret.len, PROT_READ | PROT_WRITE), 0);
		*at = 'x';
	}
	*trust = (struct annot_trust){.corpus = c->id};
	test_corpus_free(c);
	return ret;
}

static void test_memory(void **state)
{
	struct annot_trust trust;
	struct annot_bytes file = large_bundle(&trust, false);
	struct annot_arena *arena = annot_arena_new(ARENA);
	const struct annot_report *r;
	size_t before = test_anonymous(), after;

	(void)state;
	assert_true(file.len > 2 * (size_t)TEXT);
	assert_ok(annot_verify_bundle(arena, file, &trust, &r, &test_error));
	after = test_anonymous();
	assert_verdict(r, ANNOT_VALID_UNWITNESSED);
	assert_says(r, "words", "2 of 2 targets");
	if (after > before + ALLOWED)
		fail_msg("verifying %zu bytes took %zu of memory", file.len, after - before);
	annot_arena_free(arena);
	munmap((void *)(uintptr_t)file.data, file.len);
}

/* And all of it is looked at. */
static void test_spoiled(void **state)
{
	struct annot_trust trust;
	struct annot_bytes file = large_bundle(&trust, true);
	struct annot_arena *arena = annot_arena_new(ARENA);
	const struct annot_report *r;

	(void)state;
	assert_ok(annot_verify_bundle(arena, file, &trust, &r, &test_error));
	assert_verdict(r, ANNOT_INVALID_BUNDLE);
	annot_arena_free(arena);
	munmap((void *)(uintptr_t)file.data, file.len);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_memory),
		cmocka_unit_test(test_spoiled),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
