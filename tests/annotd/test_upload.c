/* Pieces of contents: order, bounds, one a person, and nothing left behind. */
#include "folder.h"

#include <dirent.h>
#include <stdio.h>
#include <stdlib.h>
#include <unistd.h>

#include "annotd/upload.h"
#include "base/hash.h"

static const char text[] = "Zwölf Boxkämpfer jagen Viktor quer über den Deich.";

struct fixture {
	char dir[TEST_PATH_MAX];
	struct uploads *uploads;
	struct upload_source from; /* of the next pieces */
};

static int setup(void **state)
{
	struct fixture *f = calloc(1, sizeof *f);
	*state = f;
	snprintf(f->dir, sizeof f->dir, "/tmp/annot-test-XXXXXX");
	assert_non_null(mkdtemp(f->dir));
	test_write_file(f->dir, "upload-left", "x", 1, 0600);
	test_write_file(f->dir, "kept", "x", 1, 0600);
	assert_ok(uploads_open(f->dir, &f->uploads, &test_error));
	return 0;
}

static size_t count_uploads(const struct fixture *f)
{
	DIR *d = opendir(f->dir);
	size_t n = 0;
	for (struct dirent *e; (e = readdir(d));)
		n += strncmp(e->d_name, "upload-", 7) == 0;
	closedir(d);
	return n;
}

static int teardown(void **state)
{
	struct fixture *f = *state;
	uploads_close(f->uploads);
	assert_int_equal(count_uploads(f), 0);
	assert_int_equal(access(test_path(f->dir, "kept"), F_OK), 0);
	test_folder_remove(f->dir);
	free(f);
	return 0;
}

/* A document of a person, with that text. */
static struct upload_document document(uint8_t number, uint8_t person, struct annot_bytes content)
{
	struct upload_document d = {.length = content.len};
	memset(&d.record, number, sizeof d.record);
	memset(&d.person, person, sizeof d.person);
	d.sha256 = annot_sha256(content.data, content.len);
	d.chunks = annot_chunk_root(content);
	return d;
}

static enum annot_status piece(struct fixture *f, const struct upload_document *d, uint64_t offset,
			       const char *bytes, size_t len, uint64_t *ret_received,
			       struct annot_bytes *ret_content)
{
	return uploads_piece(f->uploads, d, &f->from, offset, annot_bytes(bytes, len), ret_received,
			     ret_content, &test_error);
}

static void test_pieces(void **state)
{
	struct fixture *f = *state;
	struct annot_bytes all = annot_bytes_of(text), content;
	struct upload_document d = document(1, 1, all);
	uint64_t received;
	assert_int_equal(count_uploads(f), 0); /* the one that was left is gone */
	for (size_t at = 0; at < all.len; at += 5) {
		size_t len = all.len - at < 5 ? all.len - at : 5;
		assert_ok(piece(f, &d, at, text + at, len, &received, &content));
		assert_int_equal(received, at + len);
		assert_int_equal(content.data != NULL, received == all.len);
	}
	assert_int_equal(content.len, all.len);
	assert_memory_equal(content.data, text, all.len);
	/* Until it is stored, nothing else of that person is taken. */
	assert_status(piece(f, &d, 0, text, 5, &received, &content), ANNOT_BUSY);
	uploads_done(f->uploads, &d.person, content);
	assert_int_equal(count_uploads(f), 0);
}

/* What is withheld meanwhile does not stay in the folder. */
static void test_withheld(void **state)
{
	struct fixture *f = *state;
	struct upload_document d = document(1, 1, annot_bytes_of(text));
	struct annot_bytes content;
	uint64_t received;
	uploads_withheld(f->uploads, 3);
	assert_ok(piece(f, &d, 0, text, 5, &received, &content));
	uploads_withheld(f->uploads, 3);
	assert_int_equal(count_uploads(f), 1);
	uploads_withheld(f->uploads, 4);
	assert_int_equal(count_uploads(f), 0);
	assert_status(piece(f, &d, 5, text + 5, 5, &received, &content), ANNOT_CONFLICT);
	assert_ok(piece(f, &d, 0, text, 5, &received, &content));
	/* One that is being stored goes when it is done. */
	assert_ok(piece(f, &d, 5, text + 5, sizeof text - 1 - 5, &received, &content));
	assert_non_null(content.data);
	uploads_withheld(f->uploads, 5);
	assert_int_equal(count_uploads(f), 1);
	uploads_done(f->uploads, &d.person, content);
	assert_int_equal(count_uploads(f), 0);
}

static void test_order(void **state)
{
	struct fixture *f = *state;
	struct upload_document d = document(1, 1, annot_bytes_of(text));
	struct annot_bytes content;
	uint64_t received = 9;
	assert_ok(piece(f, &d, 0, "", 0, &received, &content)); /* a question */
	assert_int_equal(received, 0);
	assert_int_equal(count_uploads(f), 0);
	assert_status(piece(f, &d, 3, text, 5, &received, &content), ANNOT_CONFLICT);
	assert_ok(piece(f, &d, 0, text, 5, &received, &content));
	assert_status(piece(f, &d, 4, text, 5, &received, &content), ANNOT_CONFLICT);
	assert_error_says("5 bytes were received");
	assert_ok(piece(f, &d, 0, "", 0, &received, &content));
	assert_int_equal(received, 5);
	assert_ok(piece(f, &d, 0, text, 3, &received, &content)); /* begun again */
	assert_int_equal(received, 3);
	assert_status(piece(f, &d, 3, text, sizeof text, &received, &content), ANNOT_TOO_LARGE);
	assert_status(piece(f, &d, d.length + 1, text, 0, &received, &content), ANNOT_TOO_LARGE);
	d.length = (uint64_t)STORE_CONTENT_MAX + 1;
	assert_status(piece(f, &d, 0, text, 3, &received, &content), ANNOT_TOO_LARGE);
}

static void test_one_a_person(void **state)
{
	struct fixture *f = *state;
	struct upload_document one = document(1, 1, annot_bytes_of(text));
	struct upload_document two = document(2, 1, annot_bytes_of(text));
	struct upload_document hers = document(3, 2, annot_bytes_of(text));
	struct annot_bytes content;
	uint64_t received;
	assert_ok(piece(f, &one, 0, text, 5, &received, &content));
	assert_ok(piece(f, &hers, 0, text, 6, &received, &content));
	assert_int_equal(count_uploads(f), 2);
	assert_ok(piece(f, &two, 0, text, 7, &received, &content)); /* gives the first up */
	assert_int_equal(count_uploads(f), 2);
	assert_status(piece(f, &one, 5, text, 5, &received, &content), ANNOT_CONFLICT);
	assert_ok(piece(f, &hers, 6, text + 6, 1, &received, &content));
}

static void test_wrong_content(void **state)
{
	struct fixture *f = *state;
	static const char latin1[] = "Zw\xf6lf", nul[] = "a\0b";
	struct annot_bytes content;
	uint64_t received;
	struct upload_document d = document(1, 1, annot_bytes("xyz", 3));
	assert_status(piece(f, &d, 0, "xyy", 3, &received, &content), ANNOT_MISMATCH);
	assert_error_says("sha256");
	d.chunks.b[0] ^= 1;
	assert_status(piece(f, &d, 0, "xyz", 3, &received, &content), ANNOT_MISMATCH);
	assert_error_says("chunks");
	d = document(1, 1, annot_bytes_of(latin1));
	assert_status(piece(f, &d, 0, latin1, 5, &received, &content), ANNOT_INVALID);
	assert_error_says("byte 2");
	d = document(1, 1, annot_bytes(nul, 3));
	assert_status(piece(f, &d, 0, nul, 3, &received, &content), ANNOT_INVALID);
	assert_error_says("NUL at byte 1");
	assert_int_equal(count_uploads(f), 0);
	/* An empty one is complete at once. */
	d = document(1, 1, annot_bytes("", 0));
	assert_ok(piece(f, &d, 0, "", 0, &received, &content));
	assert_non_null(content.data);
	uploads_done(f->uploads, &d.person, content);
}

static void test_bound(void **state)
{
	struct fixture *f = *state;
	struct annot_bytes content;
	uint64_t received;
	for (unsigned i = 0; i < UPLOADS_MAX; i++) {
		struct upload_document d = document(1, (uint8_t)i, annot_bytes_of(text));
		assert_ok(piece(f, &d, 0, text, 5, &received, &content));
	}
	struct upload_document first = document(1, 0, annot_bytes_of(text));
	struct upload_document second = document(1, 1, annot_bytes_of(text));
	struct upload_document late = document(1, 200, annot_bytes_of(text));
	assert_ok(piece(f, &first, 5, text + 5, 1, &received, &content));
	assert_status(piece(f, &late, 0, text, 5, &received, &content), ANNOT_BUSY);
	f->from.now_ms = UPLOAD_IDLE_MS - 1;
	assert_ok(piece(f, &first, 6, text + 6, 1, &received, &content));
	f->from.now_ms = UPLOAD_IDLE_MS;
	/* The one that was left alone for longest makes room. */
	assert_ok(piece(f, &late, 0, text, 5, &received, &content));
	assert_int_equal(count_uploads(f), UPLOADS_MAX);
	assert_status(piece(f, &second, 5, text + 5, 1, &received, &content), ANNOT_CONFLICT);
	assert_ok(piece(f, &first, 7, text + 7, 1, &received, &content));
}

/* A peer neither restarts nor continues what another one sends. */
static void test_other_connections(void **state)
{
	struct fixture *f = *state;
	struct upload_document one = document(1, 1, annot_bytes_of(text));
	struct upload_document two = document(2, 1, annot_bytes_of(text));
	struct upload_source mine = {.connection = 1, .now_ms = 100000}, theirs = mine;
	struct annot_bytes content;
	uint64_t received;
	theirs.connection = 2;
	f->from = mine;
	assert_ok(piece(f, &one, 0, text, 5, &received, &content));
	f->from = theirs;
	assert_status(piece(f, &one, 0, "x", 1, &received, &content), ANNOT_BUSY);
	assert_error_says("another connection");
	assert_status(piece(f, &two, 0, text, 5, &received, &content), ANNOT_BUSY);
	assert_status(piece(f, &one, 5, "spoilt", 6, &received, &content), ANNOT_BUSY);
	assert_ok(piece(f, &one, 0, "", 0, &received, &content)); /* a question */
	assert_int_equal(received, 5);
	/* Neither refusals nor questions keep it. */
	theirs.now_ms = mine.now_ms + UPLOAD_IDLE_MS - 1;
	f->from = theirs;
	assert_status(piece(f, &one, 5, text + 5, 1, &received, &content), ANNOT_BUSY);
	assert_ok(piece(f, &one, 0, "", 0, &received, &content));
	f->from.now_ms++;
	assert_ok(piece(f, &one, 5, text + 5, 1, &received, &content));
	mine.now_ms = f->from.now_ms;
	f->from = mine; /* now it is the other's */
	assert_status(piece(f, &one, 6, text + 6, 1, &received, &content), ANNOT_BUSY);
	assert_status(piece(f, &one, 0, text, 5, &received, &content), ANNOT_BUSY);
	f->from = theirs;
	size_t left = sizeof text - 1 - 6;
	assert_ok(piece(f, &one, 6, text + 6, left, &received, &content));
	assert_non_null(content.data);
	uploads_done(f->uploads, &one.person, content);
	f->from = mine;
	assert_ok(piece(f, &two, 0, text, 5, &received, &content));
}

/* An original is any bytes, and not the text that it stands beside. */
static void test_original(void **state)
{
	struct fixture *f = *state;
	static const char file[] = "%PDF\0\xff";
	struct annot_bytes all = annot_bytes(file, sizeof file), content;
	struct upload_document d = document(1, 1, annot_bytes_of(text)), original = d;
	uint64_t received;
	original.original = true;
	original.length = all.len;
	original.sha256 = annot_sha256(all.data, all.len);
	assert_ok(piece(f, &d, 0, text, 4, &received, &content));
	assert_status(piece(f, &original, 4, file + 4, 1, &received, &content), ANNOT_CONFLICT);
	assert_ok(piece(f, &original, 0, "", 0, &received, &content));
	assert_int_equal(received, 0);
	assert_ok(piece(f, &original, 0, file, all.len, &received, &content));
	assert_int_equal(content.len, all.len);
	uploads_done(f->uploads, &d.person, content);
	original.sha256.b[0] ^= 1;
	assert_status(piece(f, &original, 0, file, all.len, &received, &content), ANNOT_MISMATCH);
	assert_error_says("card original-sha256 says");
}

#define TEST(name) cmocka_unit_test_setup_teardown(name, setup, teardown)

int main(void)
{
	const struct CMUnitTest tests[] = {
		TEST(test_pieces),       TEST(test_order),
		TEST(test_one_a_person), TEST(test_withheld),
		TEST(test_original),     TEST(test_wrong_content),
		TEST(test_bound),        TEST(test_other_connections),
	};
	return cmocka_run_group_tests_name("annotd/upload", tests, NULL, NULL);
}
