/* The checkpoint file under torn writes, damage, swapping, full and failing disks. */
#include "assert.h"

#include <errno.h>
#include <fcntl.h>
#include <signal.h>
#include <sys/resource.h>

#include "tests/annotd/checkpoint_place.h"

/* Linked with --wrap=fdatasync: the disk fails when told to. */
static bool sync_fails;
static unsigned syncs;
int __real_fdatasync(int fd);
int __wrap_fdatasync(int fd);
int __wrap_fdatasync(int fd)
{
	syncs++;
	if (sync_fails) {
		errno = EIO;
		return -1;
	}
	return __real_fdatasync(fd);
}

/* Every way in which a write of 40 over the slot of 20 can stop: as far as a byte, or only from
 * there on. */
static void survives_a_torn_write_at_every_byte(void **state)
{
	struct place *p = *state;
	static uint8_t old[CHECKPOINT_FILE_SIZE], new[CHECKPOINT_FILE_SIZE];
	static uint8_t torn[CHECKPOINT_FILE_SIZE];
	make_history(p->path);
	struct checkpoint_file *f = opened(p->path);
	read_image(p->path, old);
	assert_ok(advance(f, 30, 40));
	checkpoint_file_close(f);
	read_image(p->path, new);
	assert_memory_equal(new, old, CHECKPOINT_PAGE_SIZE); /* the newest slot stays as it is */

	const size_t page = CHECKPOINT_PAGE_SIZE;
	for (int reversed = 0; reversed <= 1; reversed++)
		for (size_t at = 0; at <= CHECKPOINT_SLOT_SIZE; at++) {
			memcpy(torn, reversed ? new : old, sizeof torn);
			memcpy(torn + page, (reversed ? old : new) + page, at);
			write_image(p->path, torn, sizeof torn);
			bool whole = memcmp(torn + page, new + page, CHECKPOINT_SLOT_SIZE) == 0;
			f = opened(p->path);
			assert_says(f, whole ? 40 : 30, whole ? 4 : 3);
			/* and it goes on from there */
			assert_ok(advance(f, whole ? 40 : 30, 50));
			checkpoint_file_close(f);
			f = opened(p->path);
			assert_says(f, 50, whole ? 5 : 4);
			checkpoint_file_close(f);
		}
}

static void notices_every_changed_byte(void **state)
{
	struct place *p = *state;
	static uint8_t good[CHECKPOINT_FILE_SIZE], bad[CHECKPOINT_FILE_SIZE];
	make_history(p->path);
	read_image(p->path, good);
	for (size_t at = 0; at < CHECKPOINT_SLOT_SIZE; at++) {
		/* the newer slot: the older one counts */
		memcpy(bad, good, sizeof bad);
		bad[at] ^= 0x40;
		write_image(p->path, bad, sizeof bad);
		struct checkpoint_file *f = opened(p->path);
		assert_says(f, 20, 2);
		checkpoint_file_close(f);
		/* both: nothing counts */
		bad[CHECKPOINT_PAGE_SIZE + at] ^= 1;
		write_image(p->path, bad, sizeof bad);
		f = opened(p->path);
		assert_int_equal(checkpoint_file_state(f), CHECKPOINT_FILE_DAMAGED);
		assert_null(checkpoint_file_current(f));
		assert_status(advance(f, 20, 40), ANNOT_READ_ONLY);
		assert_error_says("damaged");
		checkpoint_file_close(f);
	}
}

static void assert_damaged(const char *path, const void *data, size_t len)
{
	write_image(path, data, len);
	struct checkpoint_file *f = opened(path);
	assert_int_equal(checkpoint_file_state(f), CHECKPOINT_FILE_DAMAGED);
	assert_status(advance(f, 20, 40), ANNOT_READ_ONLY);
	checkpoint_file_close(f);
}

static void takes_no_file_of_another_shape(void **state)
{
	struct place *p = *state;
	static uint8_t good[CHECKPOINT_FILE_SIZE + 1], bad[CHECKPOINT_FILE_SIZE];
	uint8_t slot[CHECKPOINT_SLOT_SIZE];
	make_history(p->path);
	read_image(p->path, good);
	assert_damaged(p->path, good, 0);
	assert_damaged(p->path, good, CHECKPOINT_SLOT_SIZE);
	assert_damaged(p->path, good, CHECKPOINT_FILE_SIZE - 1);
	assert_damaged(p->path, good, CHECKPOINT_FILE_SIZE + 1);
	assert_damaged(p->path, bad, sizeof bad); /* zeros */

	/* Two whole slots that no daemon wrote one after the other. */
	struct checkpoint_slot other = {.corpus = *corpus(), .generation = 2, .size = 20};
	static const struct {
		unsigned generation, size;
		uint8_t corpus;
	} cases[] = {{3, 20, 1}, {1, 20, 1}, {2, 30, 1}, {2, 31, 1}, {2, 20, 9}, {9, 20, 1}};
	for (size_t i = 0; i < COUNT(cases); i++) {
		memcpy(bad, good, sizeof bad);
		other.generation = cases[i].generation;
		other.size = cases[i].size;
		other.corpus.b[0] = cases[i].corpus;
		checkpoint_slot_encode(&other, slot);
		memcpy(bad + CHECKPOINT_PAGE_SIZE, slot, sizeof slot);
		assert_damaged(p->path, bad, sizeof bad);
	}

	/* A whole slot of a later format: its program must serve it, even where ours is good too.
	 */
	struct checkpoint_file *f = NULL;
	memcpy(bad, good, sizeof bad);
	bad[CHECKPOINT_PAGE_SIZE + 11] = 2;
	struct annot_hash sum = annot_sha256(bad + CHECKPOINT_PAGE_SIZE, 96);
	memcpy(bad + CHECKPOINT_PAGE_SIZE + 96, sum.b, sizeof sum.b);
	write_image(p->path, bad, sizeof bad);
	assert_status(checkpoint_file_open(p->path, &f, &test_error), ANNOT_REFUSED);
	assert_error_says("newer annotd");
	assert_null(f);
}

static void notices_a_swapped_file(void **state)
{
	struct place *p = *state;
	make_history(p->path);
	make_history(p->other);
	struct checkpoint_file *f = opened(p->path);
	assert_int_equal(rename(p->other, p->path), 0); /* the same content in another file */
	assert_status(advance(f, 30, 40), ANNOT_CONFLICT);
	assert_error_says("replaced");
	assert_int_equal(checkpoint_file_state(f), CHECKPOINT_FILE_DAMAGED);
	assert_status(advance(f, 30, 40), ANNOT_READ_ONLY);
	checkpoint_file_close(f);

	f = opened(p->path);
	assert_says(f, 30, 3);
	assert_int_equal(unlink(p->path), 0);
	assert_status(advance(f, 30, 40), ANNOT_CONFLICT);
	checkpoint_file_close(f);
}

static void notices_changed_content(void **state)
{
	struct place *p = *state;
	static uint8_t old[CHECKPOINT_FILE_SIZE];
	make_history(p->path);
	read_image(p->path, old);
	struct checkpoint_file *f = opened(p->path);
	assert_ok(advance(f, 30, 40));
	int fd = open(p->path, O_WRONLY | O_CLOEXEC); /* an old copy is put over it in place */
	assert_true(fd >= 0);
	assert_int_equal(pwrite(fd, old, sizeof old, 0), sizeof old);
	close(fd);
	assert_status(advance(f, 40, 50), ANNOT_CONFLICT);
	assert_error_says("another program");
	assert_status(advance(f, 40, 50), ANNOT_READ_ONLY);
	checkpoint_file_close(f);

	f = opened(p->path);
	assert_says(f, 30, 3); /* what the database then shows to be behind what was signed */
	assert_int_equal(truncate(p->path, CHECKPOINT_PAGE_SIZE), 0);
	assert_status(advance(f, 30, 40), ANNOT_CONFLICT);
	checkpoint_file_close(f);
}

static void syncs_each_write_once(void **state)
{
	struct place *p = *state;
	make_history(p->path);
	struct checkpoint_file *f = opened(p->path);
	unsigned before = syncs;
	assert_ok(advance(f, 30, 40));
	assert_int_equal(syncs, before + 1);
	assert_ok(advance(f, 40, 40));
	assert_int_equal(syncs, before + 1);
	checkpoint_file_close(f);
}

static void limit_file_size(rlim_t bytes, struct rlimit *old)
{
	struct rlimit limit;
	assert_int_equal(getrlimit(RLIMIT_FSIZE, old), 0);
	limit = *old;
	limit.rlim_cur = bytes;
	assert_int_equal(setrlimit(RLIMIT_FSIZE, &limit), 0);
}

/* A disk that is full after 0, 1, … bytes of the slot in page 1. */
static void keeps_the_newest_when_the_disk_is_full(void **state)
{
	struct place *p = *state;
	struct rlimit old;
	signal(SIGXFSZ, SIG_IGN);
	for (rlim_t room = 0; room < CHECKPOINT_SLOT_SIZE; room++) {
		unlink(p->path);
		make_history(p->path);
		struct checkpoint_file *f = opened(p->path);
		limit_file_size(CHECKPOINT_PAGE_SIZE + room, &old);
		enum annot_status status = advance(f, 30, 40), again = advance(f, 30, 40);
		assert_int_equal(setrlimit(RLIMIT_FSIZE, &old), 0);
		assert_int_equal(status, ANNOT_NO_SPACE);
		assert_int_equal(again, ANNOT_NO_SPACE);
		assert_says(f, 30, 3);
		if (room % 2) { /* room again: the same call does it */
			assert_ok(advance(f, 30, 40));
			assert_says(f, 40, 4);
		}
		checkpoint_file_close(f);
		f = opened(p->path); /* or a crash first */
		assert_says(f, room % 2 ? 40 : 30, room % 2 ? 4 : 3);
		checkpoint_file_close(f);
	}
	unlink(p->path);
	struct checkpoint_file *f = opened(p->path);
	limit_file_size(CHECKPOINT_PAGE_SIZE, &old);
	enum annot_status status = reset(f, 1);
	assert_int_equal(setrlimit(RLIMIT_FSIZE, &old), 0);
	assert_int_equal(status, ANNOT_NO_SPACE);
	assert_int_equal(checkpoint_file_state(f), CHECKPOINT_FILE_ABSENT);
	assert_ok(reset(f, 1));
	checkpoint_file_close(f);
}

static void does_not_sign_after_a_failed_sync(void **state)
{
	struct place *p = *state;
	make_history(p->path);
	struct checkpoint_file *f = opened(p->path);
	sync_fails = true;
	assert_status(advance(f, 30, 40), ANNOT_STORE);
	sync_fails = false;
	assert_says(f, 30, 3);
	assert_status(advance(f, 30, 40), ANNOT_READ_ONLY);
	assert_status(advance(f, 40, 50), ANNOT_READ_ONLY);
	assert_error_says("failed before");
	checkpoint_file_close(f);
	/* A new start finds 30 or 40, whichever the disk kept; both are in the database. */
	f = opened(p->path);
	const struct checkpoint_slot *now = checkpoint_file_current(f);
	assert_non_null(now);
	assert_true(now->size == 30 || now->size == 40);
	checkpoint_file_close(f);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		TEST(survives_a_torn_write_at_every_byte),
		TEST(notices_every_changed_byte),
		TEST(takes_no_file_of_another_shape),
		TEST(notices_a_swapped_file),
		TEST(notices_changed_content),
		TEST(syncs_each_write_once),
		TEST(keeps_the_newest_when_the_disk_is_full),
		TEST(does_not_sign_after_a_failed_sync),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
