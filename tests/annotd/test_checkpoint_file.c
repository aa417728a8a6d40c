/* The checkpoint file in its life: made, advanced, locked, reset. */
#include "assert.h"

#include "tests/annotd/checkpoint_place.h"

static void is_absent_made_and_advanced(void **state)
{
	struct place *p = *state;
	struct checkpoint_file *f = opened(p->path);
	struct stat st;
	assert_int_equal(checkpoint_file_state(f), CHECKPOINT_FILE_ABSENT);
	assert_null(checkpoint_file_current(f));
	assert_status(advance(f, 0, 1), ANNOT_READ_ONLY);
	assert_error_says("is absent");
	assert_int_equal(access(p->path, F_OK), -1); /* opening makes nothing */
	assert_ok(reset(f, 0));
	assert_says(f, 0, 1);
	assert_int_equal(stat(p->path, &st), 0);
	assert_int_equal(st.st_mode & 0777, 0600);
	for (unsigned i = 0; i < 7; i++) {
		assert_ok(advance(f, i, i + 1));
		assert_says(f, i + 1, i + 2);
	}
	assert_ok(advance(f, 7, 7)); /* nothing to write */
	assert_says(f, 7, 8);
	checkpoint_file_close(f);

	f = opened(p->path);
	assert_says(f, 7, 8);
	assert_ok(advance(f, 7, 9));
	checkpoint_file_close(f);
	assert_int_equal(stat(p->path, &st), 0);
	assert_int_equal(st.st_size, CHECKPOINT_FILE_SIZE);
	assert_null(checkpoint_file_close(NULL));
}

static void swaps_only_what_is_expected(void **state)
{
	struct place *p = *state;
	struct checkpoint_file *f = opened(p->path);
	struct annot_hash root10 = root_of(10), other = root_of(99);
	assert_ok(reset(f, 10));
	assert_status(advance(f, 9, 20), ANNOT_CONFLICT);
	assert_error_says("size 10");
	assert_status(checkpoint_file_advance(f, 10, &other, 20, &other, &test_error),
		      ANNOT_CONFLICT);
	assert_status(advance(f, 10, 9), ANNOT_CONFLICT);
	assert_error_says("never lowered");
	assert_status(advance(f, 10, 0), ANNOT_CONFLICT);
	assert_status(checkpoint_file_advance(f, 10, &root10, 10, &other, &test_error),
		      ANNOT_CONFLICT);
	assert_error_says("fork");
	assert_status(checkpoint_file_advance(f, 10, &root10, (uint64_t)INT64_MAX + 1, &other,
					      &test_error),
		      ANNOT_INVALID);
	assert_says(f, 10, 1); /* none of these changed anything */
	assert_ok(advance(f, 10, 20));
	assert_says(f, 20, 2);
	checkpoint_file_close(f);
}

static void codes_slots_exactly(void **state)
{
	(void)state;
	struct checkpoint_slot slot = {
		.corpus = *corpus(), .generation = 0x0102030405060708, .size = 0x1112131415161718};
	struct checkpoint_slot back = {.generation = 77};
	uint8_t raw[CHECKPOINT_SLOT_SIZE];
	static const uint8_t numbers[] = {1,    2,    3,    4,    5,    6,    7,    8,
					  0x11, 0x12, 0x13, 0x14, 0x15, 0x16, 0x17, 0x18};
	slot.root = root_of(1);
	checkpoint_slot_encode(&slot, raw);
	assert_memory_equal(raw, "annotckp\0\0\0\1\0\0\0\0", 16);
	assert_memory_equal(raw + 48, numbers, sizeof numbers);
	assert_int_equal(checkpoint_slot_decode(raw, &back), CHECKPOINT_SLOT_GOOD);
	assert_memory_equal(&back, &slot, sizeof slot);

	/* Whole by its checksum, but out of range. */
	back.generation = 77;
	static const uint64_t bad[][2] = {{0, 1}, {UINT64_MAX, 1}, {1, (uint64_t)INT64_MAX + 1}};
	for (size_t i = 0; i < COUNT(bad); i++) {
		slot.generation = bad[i][0];
		slot.size = bad[i][1];
		checkpoint_slot_encode(&slot, raw);
		assert_int_equal(checkpoint_slot_decode(raw, &back), CHECKPOINT_SLOT_BAD);
	}
	assert_int_equal(back.generation, 77);
}

static void refuses_a_second_daemon(void **state)
{
	struct place *p = *state;
	struct checkpoint_file *second = NULL;
	char pid[32];
	make_history(p->path);
	struct checkpoint_file *f = opened(p->path);
	pid_t child = fork();
	if (child == 0) {
		/* a daemon of its own: 0 where it was refused and told our pid */
		snprintf(pid, sizeof pid, "(pid %ld)", (long)getppid());
		bool refused = checkpoint_file_open(p->path, &second, &test_error) == ANNOT_REFUSED;
		checkpoint_file_close(f); /* a leak to valgrind otherwise */
		_exit(refused && strstr(test_error.text, pid) ? 0 : 1);
	}
	int status = -1;
	assert_int_equal(waitpid(child, &status, 0), child);
	assert_true(WIFEXITED(status) && WEXITSTATUS(status) == 0);
	assert_status(checkpoint_file_open(p->path, &second, &test_error), ANNOT_REFUSED);
	assert_null(second);
	assert_ok(advance(f, 30, 40)); /* the first one is not disturbed */
	checkpoint_file_close(f);
	f = opened(p->path);
	assert_says(f, 40, 4);
	checkpoint_file_close(f);
}

/* Two daemons on a corpus without the file: only one of them gets to make it. */
static void lets_one_daemon_make_the_file(void **state)
{
	struct place *p = *state;
	struct checkpoint_file *a = opened(p->path), *b = opened(p->path);
	assert_ok(reset(a, 10));
	assert_status(reset(b, 10), ANNOT_REFUSED);
	assert_status(advance(b, 10, 20), ANNOT_READ_ONLY);
	assert_ok(advance(a, 10, 20));
	checkpoint_file_close(b);
	checkpoint_file_close(a);
}

static void resets_on_request(void **state)
{
	struct place *p = *state;
	struct checkpoint_file *second = NULL;
	make_history(p->path);
	struct checkpoint_file *f = opened(p->path);
	assert_ok(reset(f, 5)); /* lower, by the operator's word */
	assert_says(f, 5, 4);
	assert_status(checkpoint_file_open(p->path, &second, &test_error), ANNOT_REFUSED);
	assert_ok(advance(f, 5, 6));
	checkpoint_file_close(f);

	write_image(p->path, "damaged", 7);
	f = opened(p->path);
	assert_int_equal(checkpoint_file_state(f), CHECKPOINT_FILE_DAMAGED);
	assert_ok(reset(f, 6));
	assert_says(f, 6, 1);
	assert_ok(advance(f, 6, 7));
	struct annot_hash root = root_of(1);
	assert_status(checkpoint_file_reset(f, corpus(), UINT64_MAX, &root, &test_error),
		      ANNOT_INVALID);
	assert_says(f, 7, 2);
	checkpoint_file_close(f);
}

static void opens_regular_files_only(void **state)
{
	struct place *p = *state;
	struct checkpoint_file *f = NULL;
	make_history(p->other);
	assert_int_equal(symlink(p->other, p->path), 0);
	assert_status(checkpoint_file_open(p->path, &f, &test_error), ANNOT_UNREADABLE);
	assert_error_says("symbolic link");
	assert_int_equal(unlink(p->path), 0);
	assert_int_equal(mkfifo(p->path, 0600), 0);
	assert_status(checkpoint_file_open(p->path, &f, &test_error), ANNOT_UNREADABLE);
	assert_status(checkpoint_file_open(p->folder, &f, &test_error), ANNOT_UNREADABLE);
	assert_null(f);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		TEST(is_absent_made_and_advanced),   TEST(swaps_only_what_is_expected),
		TEST(codes_slots_exactly),           TEST(refuses_a_second_daemon),
		TEST(lets_one_daemon_make_the_file), TEST(resets_on_request),
		TEST(opens_regular_files_only),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
