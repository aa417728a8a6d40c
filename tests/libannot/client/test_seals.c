/* Secrets of seals: kept before they are needed, opened only when they are what was sealed. */
#include "fake_daemon.h"

#include "client/seals.h"

static struct annot_hash author_of(const struct fake_fixture *x)
{
	return annot_key_author(annot_signer_key(x->f->admin)->key);
}

static struct annot_draft *verdict(const struct fake_fixture *x, const char *rationale)
{
	struct annot_draft *d = annot_draft_new(ANNOT_KIND_verdict);
	struct annot_hash author = author_of(x);
	assert_ok(annot_draft_add_hash(d, "on", &x->f->corpus, &test_error));
	assert_ok(annot_draft_add(d, "scale", "truth", &test_error));
	assert_ok(annot_draft_add(d, "rating", "false", &test_error));
	assert_ok(annot_draft_add(d, "rationale", rationale, &test_error));
	assert_ok(annot_draft_add_hash(d, "evidence", &author, &test_error));
	return d;
}

static const struct annot_record *sign(struct fake_fixture *x, const struct annot_draft *draft)
{
	struct annot_signed made;
	assert_ok(annot_sign(x->a, x->f->admin, draft, x->arena, &made, &test_error));
	return made.record;
}

/* A seal of a verdict, signed; *ret_commitment names its secret. */
static const struct annot_record *seal(struct fake_fixture *x, const struct annot_hash *author,
				       struct annot_hash *ret_commitment)
{
	struct annot_draft *d = verdict(x, "Because.\nSo\u200b."), *made;
	assert_ok(annot_seal_make(x->a, author, d, &made, ret_commitment, &test_error));
	const struct annot_record *ret = sign(x, made);
	annot_draft_free(made);
	annot_draft_free(d);
	assert_true(annot_hash_equal(&annot_record_card(ret, "commitment")->hash, ret_commitment));
	assert_true(annot_hash_equal(annot_record_on(ret), &x->f->corpus));
	return ret;
}

static const char *path_of(const struct fake_fixture *x, const struct annot_hash *commitment)
{
	struct annot_buf b = ANNOT_BUF_INIT(4096);
	assert_ok(annot_place(ANNOT_PLACE_STATE, &b, &test_error));
	const char *ret = annot_arena_printf(x->arena, "%s/seals/%s/%s", b.data,
					     annot_hash_hex(&x->f->corpus).text,
					     annot_hash_hex(commitment).text);
	annot_buf_free(&b);
	return ret;
}

static void test_kept_and_opened(void **state)
{
	struct fake_fixture *x = *state;
	struct annot_buf file = ANNOT_BUF_INIT(ANNOT_SEAL_MAX);
	struct annot_hash author = author_of(x), commitment, other, again;
	struct annot_draft *opening;
	struct stat st;
	const struct annot_record *sealed = seal(x, &author, &commitment);
	assert_int_equal(stat(path_of(x, &commitment), &st), 0);
	assert_int_equal(st.st_mode & 0777, 0600);
	assert_ok(annot_file_read(path_of(x, &commitment), ANNOT_SEAL_MAX, &file, &test_error));
	struct annot_hash hash = annot_sha256(file.data, file.len);
	assert_true(annot_hash_equal(&hash, &commitment));
	annot_buf_free(&file);

	assert_ok(annot_seal_open(x->a, sealed, &opening, &test_error));
	const struct annot_record *opened = sign(x, opening);
	assert_string_equal(annot_draft_value(opening, "evidence", 0),
			    annot_hash_hex(&author).text);
	assert_null(annot_draft_value(opening, "evidence", 1));
	annot_draft_free(opening);
	assert_ok(annot_seal_commitment(opened, &again, &test_error));
	assert_true(annot_hash_equal(&again, &commitment));
	assert_string_equal(annot_record_text(opened, "rationale"), "Because.\nSo\u200b.");
	assert_true(annot_hash_equal(&annot_record_card(opened, "opens")->hash, &sealed->id));

	/* The same verdict gives another commitment: nobody can try ratings one after the other. */
	seal(x, &author, &other);
	assert_false(annot_hash_equal(&other, &commitment));
	annot_seal_forget(x->a, &commitment);
	annot_seal_forget(x->a, &commitment);
	assert_status(annot_seal_open(x->a, sealed, &opening, &test_error), ANNOT_NOT_FOUND);
	assert_error_says("not on this machine");
	assert_int_equal(fake_files(x->f, "seals/*/*"), 1);
}

static void test_changed(void **state)
{
	struct fake_fixture *x = *state;
	struct annot_hash author = author_of(x), commitment;
	struct annot_draft *opening;
	const struct annot_record *sealed = seal(x, &author, &commitment);
	int fd = open(path_of(x, &commitment), O_WRONLY | O_APPEND);
	assert_int_equal(write(fd, "\n", 1), 1);
	close(fd);
	assert_status(annot_seal_open(x->a, sealed, &opening, &test_error), ANNOT_MISMATCH);
	assert_error_says("the secret was changed");
	/* Sealed for another key than the one that signed: it would not open. */
	struct annot_hash other = author;
	other.b[0] ^= 1;
	sealed = seal(x, &other, &commitment);
	assert_status(annot_seal_open(x->a, sealed, &opening, &test_error), ANNOT_MISMATCH);
	assert_error_says("another key");
	assert_status(annot_seal_open(x->a, x->f->leaves[0].record, &opening, &test_error),
		      ANNOT_INVALID);
	assert_error_says("not a seal");
}

/* What could never be opened is not sealed, and leaves nothing. */
static void test_never_openable(void **state)
{
	struct fake_fixture *x = *state;
	struct annot_draft *d = verdict(x, "x"), *made = NULL;
	struct annot_hash author = author_of(x), commitment;
	annot_draft_unset(d, "rating");
	assert_status(annot_seal_make(x->a, &author, d, &made, &commitment, &test_error),
		      ANNOT_INVALID);
	assert_error_says("rating");
	annot_draft_free(d);
	char *long_text = calloc(1, 32769);
	for (size_t i = 0; i + 3 <= 32768; i += 3)
		memcpy(long_text + i, "\u200b", 3); /* escaped, it is longer than a record */
	d = verdict(x, long_text);
	assert_status(annot_seal_make(x->a, &author, d, &made, &commitment, &test_error),
		      ANNOT_TOO_LARGE);
	annot_draft_free(d);
	free(long_text);
	assert_null(made);
	assert_int_equal(fake_files(x->f, "seals/*/*"), 0);
}

int main(void)
{
#define T(test) cmocka_unit_test_setup_teardown(test, fake_setup, fake_teardown)
	const struct CMUnitTest tests[] = {
		T(test_kept_and_opened),
		T(test_changed),
		T(test_never_openable),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
