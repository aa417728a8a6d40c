/* A folder for one test of the checkpoint file, and short forms of its calls: sizes stand for roots
 * too. */
#ifndef TESTS_ANNOTD_CHECKPOINT_PLACE_H
#define TESTS_ANNOTD_CHECKPOINT_PLACE_H

#include <stdio.h>
#include <sys/stat.h>
#include <sys/wait.h>

#include "annotd/checkpoint_file.h"
#include "base/auto.h"
#include "base/file.h"
#include "base/hash.h"

/* A folder of its own for each test. */
struct place {
	char folder[64], path[96], other[96];
};

static inline int setup(void **state)
{
	struct place *p = calloc(1, sizeof *p);
	if (!p)
		return -1;
	const char *tmp = getenv("TMPDIR");
	snprintf(p->folder, sizeof p->folder, "%.40s/annot-cp-XXXXXX", tmp ? tmp : "/tmp");
	if (!mkdtemp(p->folder))
		return -1;
	snprintf(p->path, sizeof p->path, "%s/checkpoint", p->folder);
	snprintf(p->other, sizeof p->other, "%s/other", p->folder);
	*state = p;
	return 0;
}

static inline int teardown(void **state)
{
	struct place *p = *state;
	unlink(p->path);
	unlink(p->other);
	int failed = rmdir(p->folder);
	free(p);
	return failed;
}

static inline struct annot_hash root_of(unsigned n)
{
	return annot_sha256(&n, sizeof n);
}

static inline const struct annot_hash *corpus(void)
{
	static const struct annot_hash hash = {{1, 2, 3}};
	return &hash;
}

static inline struct checkpoint_file *opened(const char *path)
{
	struct checkpoint_file *f = NULL;
	assert_ok(checkpoint_file_open(path, &f, &test_error));
	return f;
}

static inline enum annot_status advance(struct checkpoint_file *f, unsigned from, unsigned to)
{
	struct annot_hash a = root_of(from), b = root_of(to);
	return checkpoint_file_advance(f, from, &a, to, &b, &test_error);
}

static inline enum annot_status reset(struct checkpoint_file *f, unsigned size)
{
	struct annot_hash root = root_of(size);
	return checkpoint_file_reset(f, corpus(), size, &root, &test_error);
}

static inline void assert_says(struct checkpoint_file *f, unsigned size, uint64_t generation)
{
	const struct checkpoint_slot *now = checkpoint_file_current(f);
	struct annot_hash root = root_of(size);
	assert_int_equal(checkpoint_file_state(f), CHECKPOINT_FILE_VALID);
	assert_non_null(now);
	assert_int_equal(now->size, size);
	assert_int_equal(now->generation, generation);
	assert_true(annot_hash_equal(&now->root, &root));
	assert_true(annot_hash_equal(&now->corpus, corpus()));
}

static inline void read_image(const char *path, uint8_t ret[CHECKPOINT_FILE_SIZE])
{
	struct annot_buf b = ANNOT_BUF_INIT(CHECKPOINT_FILE_SIZE);
	assert_ok(annot_file_read(path, CHECKPOINT_FILE_SIZE, &b, &test_error));
	assert_int_equal(b.len, CHECKPOINT_FILE_SIZE);
	memcpy(ret, b.data, b.len);
	annot_buf_free(&b);
}

static inline void write_image(const char *path, const void *data, size_t len)
{
	FILE *file = fopen(path, "wb");
	assert_non_null(file);
	assert_int_equal(fwrite(data, 1, len, file), len);
	assert_int_equal(fclose(file), 0);
}

/* A file that was made at 10 and went to 20 and 30: page 0 has 30, page 1 has 20. */
static inline void make_history(const char *path)
{
	struct checkpoint_file *f = opened(path);
	assert_int_equal(checkpoint_file_state(f), CHECKPOINT_FILE_ABSENT);
	assert_ok(reset(f, 10));
	assert_ok(advance(f, 10, 20));
	assert_ok(advance(f, 20, 30));
	checkpoint_file_close(f);
}

#define TEST(name) cmocka_unit_test_setup_teardown(name, setup, teardown)

#endif
