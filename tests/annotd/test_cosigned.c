/* cosign, cosigned: who is taken, what is refused, what is kept, and that the folder has a bound.
 */
#include "stored.h"

#include <stdio.h>
#include <stdlib.h>
#include <sys/stat.h>
#include <unistd.h>

#include "annotd/cosigned.h"
#include "annotd/handlers/cosign.h"

enum { WITNESSES = 2, NOON = 1795305600 };

struct desk {
	struct stored *s;
	struct annot_skey witness[WITNESSES + 1]; /* the last one is a stranger */
	struct cosigned *cosigned;
	char policy[128];
};

static void sign(struct desk *d)
{
	struct stored *s = d->s;

	s->corpus.checkpoint = (struct annot_checkpoint){
		.origin = TEST_ORIGIN, .size = s->c->n, .root = stored_root(s)};
	annot_buf_truncate(&s->corpus.note, 0);
	annot_checkpoint_sign(&s->corpus.checkpoint, &s->c->log, &s->corpus.note);
}

static void more(struct desk *d, int n)
{
	stored_put_claims(d->s, n);
	stored_sync(d->s);
	sign(d);
}

static void write_policy(struct desk *d)
{
	struct annot_buf b = ANNOT_BUF_INIT(4096);
	FILE *f;

	for (int i = 0; i < WITNESSES; i++) {
		annot_buf_printf(&b, "witness w%d ", i);
		annot_vkey_write(&d->witness[i].vkey, &b);
		annot_buf_putc(&b, '\n');
	}
	annot_buf_puts(&b, "quorum w0\n");
	snprintf(d->policy, sizeof(d->policy), "%s/policy", d->s->dir);
	f = fopen(d->policy, "we");
	assert_non_null(f);
	fputs(b.data, f);
	fclose(f);
	annot_buf_free(&b);
}

static void take(struct desk *d, const char *policy)
{
	cosigned_close(d->cosigned);
	d->cosigned = NULL;
	assert_ok(cosigned_open(d->s->dir, policy, &d->cosigned, &test_error));
	corpus_set_cosigned(&d->s->corpus, d->cosigned);
}

static int setup(void **state)
{
	struct desk *d = calloc(1, sizeof(*d));

	d->s = stored_new(1, 1);
	snprintf(d->s->corpus.origin, sizeof(d->s->corpus.origin), "%s", TEST_ORIGIN);
	for (int i = 0; i <= WITNESSES; i++) {
		char name[32];

		snprintf(name, sizeof(name), "example.org/w%d", i);
		assert_ok(
			annot_skey_new(name, ANNOT_NOTE_COSIGNATURE, &d->witness[i], &test_error));
	}
	write_policy(d);
	more(d, 5);
	take(d, d->policy);
	*state = d;
	return 0;
}

static int teardown(void **state)
{
	struct desk *d = *state;
	char command[256];

	cosigned_close(d->cosigned);
	snprintf(command, sizeof(command), "rm -rf '%s/cosigned' '%s'", d->s->dir, d->policy);
	assert_int_equal(system(command), 0);
	stored_free(d->s);
	free(d);
	return 0;
}

/* A checkpoint, signed by the log, with a line of each witness whose bit is set. */
static struct annot_bytes note_of(struct desk *d, const struct annot_checkpoint *c, unsigned who,
				  uint64_t time_s)
{
	struct annot_buf body = ANNOT_BUF_INIT(1024), b = ANNOT_BUF_INIT(ANNOT_NOTE_MAX);
	struct annot_bytes ret;

	annot_checkpoint_write(c, &body);
	annot_checkpoint_sign(c, &d->s->c->log, &b);
	for (int i = 0; i <= WITNESSES; i++)
		if (who >> i & 1)
			annot_note_cosign(&d->witness[i], time_s, annot_buf_bytes(&body), &b);
	ret = annot_bytes(annot_arena_copy(d->s->c->arena, b.data, b.len), b.len);
	annot_buf_free(&body);
	annot_buf_free(&b);
	return ret;
}

static enum annot_status hand_in(struct desk *d, struct annot_bytes note, uint64_t *ret_taken)
{
	struct annot_cosign_request in = {.note = note};
	struct annot_cosign_reply out = {.taken = 0};
	enum annot_status status = on_cosign(&d->s->call, &in, &out);

	if (ret_taken)
		*ret_taken = out.taken;
	test_error = d->s->call.err;
	return status;
}

static void test_taken(void **state)
{
	struct desk *d = *state;
	struct annot_checkpoint first = d->s->corpus.checkpoint;
	struct annot_cosigned_request ask = {.index = 2};
	struct annot_cosigned_reply out = {.n_notes = 0};
	struct annot_buf merged = ANNOT_BUF_INIT(ANNOT_NOTE_MAX);
	uint64_t taken;

	assert_ok(hand_in(d, note_of(d, &first, 1, NOON), &taken));
	assert_int_equal(taken, 1);
	/* The same again, and the other one; of each the first time counts. */
	assert_ok(hand_in(d, note_of(d, &first, 3, NOON + 60), &taken));
	assert_int_equal(taken, 1);
	assert_ok(hand_in(d, note_of(d, &first, 3, NOON + 90), &taken));
	assert_int_equal(taken, 0);
	annot_buf_add(&merged, d->s->corpus.note.data, d->s->corpus.note.len);
	assert_ok(cosign_merge(&d->s->call, first.size, &merged));
	assert_non_null(strstr(merged.data, "example.org/w0 "));
	assert_non_null(strstr(merged.data, "example.org/w1 "));
	annot_buf_free(&merged);
	/* Older than the newest, from a log that has grown. */
	more(d, 4);
	assert_ok(hand_in(d, note_of(d, &d->s->corpus.checkpoint, 2, NOON + 100), &taken));
	more(d, 1);
	assert_ok(on_cosigned(&d->s->call, &ask, &out));
	assert_int_equal(out.n_notes, 2);
	assert_int_equal(out.notes[0].size, first.size);
	assert_int_equal(out.notes[1].size, first.size + 4);
	ask.index = first.size;
	out = (struct annot_cosigned_reply){.n_notes = 0};
	assert_ok(on_cosigned(&d->s->call, &ask, &out));
	assert_int_equal(out.n_notes, 1);
	ask.index = first.size + 4;
	out = (struct annot_cosigned_reply){.n_notes = 0};
	assert_ok(on_cosigned(&d->s->call, &ask, &out));
	assert_int_equal(out.n_notes, 0);
	ask = (struct annot_cosigned_request){.index = 0, .size = first.size + 1};
	out = (struct annot_cosigned_reply){.n_notes = 0};
	assert_ok(on_cosigned(&d->s->call, &ask, &out));
	assert_int_equal(out.n_notes, 1);
	/* After a start they are still there. */
	take(d, NULL);
	ask = (struct annot_cosigned_request){.index = 0};
	out = (struct annot_cosigned_reply){.n_notes = 0};
	assert_ok(on_cosigned(&d->s->call, &ask, &out));
	assert_int_equal(out.n_notes, 2);
}

static void test_refused(void **state)
{
	struct desk *d = *state;
	struct annot_checkpoint good = d->s->corpus.checkpoint, other;
	struct annot_bytes note;
	struct annot_skey log = d->s->c->log;
	char *copy;

	assert_status(hand_in(d, note_of(d, &good, 0, NOON), NULL), ANNOT_REFUSED);
	assert_status(hand_in(d, note_of(d, &good, 4, NOON), NULL), ANNOT_REFUSED);
	assert_error_says("--witnesses");
	assert_status(hand_in(d, annot_bytes_of("nonsense\n"), NULL), ANNOT_INVALID);
	/* Not in the log's own words: another origin, root, or size; nothing signed by the log. */
	other = good;
	other.root.b[3] ^= 1;
	assert_status(hand_in(d, note_of(d, &other, 1, NOON), NULL), ANNOT_MISMATCH);
	assert_error_says("the log forked");
	other = good;
	other.size += 10;
	assert_status(hand_in(d, note_of(d, &other, 1, NOON), NULL), ANNOT_NOT_FOUND);
	other = (struct annot_checkpoint){.origin = TEST_ORIGIN, .root = annot_empty_root()};
	assert_status(hand_in(d, note_of(d, &other, 1, NOON), NULL), ANNOT_INVALID);
	assert_ok(annot_skey_new(TEST_ORIGIN, ANNOT_NOTE_ED25519, &d->s->c->log, &test_error));
	assert_status(hand_in(d, note_of(d, &good, 1, NOON), NULL), ANNOT_NOT_FOUND);
	d->s->c->log = log;
	/* A witness's line that was changed. */
	note = note_of(d, &good, 1, NOON);
	copy = annot_arena_copy(d->s->c->arena, note.data, note.len);
	char *at = strstr(copy, "example.org/w0 ") + 50;
	*at = *at == 'A' ? 'B' : 'A';
	assert_status(hand_in(d, annot_bytes(copy, note.len), NULL), ANNOT_MISMATCH);
	/* Without a policy nobody is taken, and nothing of all that was kept. */
	take(d, NULL);
	assert_status(hand_in(d, note_of(d, &good, 1, NOON), NULL), ANNOT_REFUSED);
	assert_error_says("takes no cosignatures");
	uint64_t sizes[2];
	assert_int_equal(cosigned_sizes(d->cosigned, 0, INT64_MAX, sizes), 0);
}

/* A file that is not the checkpoint of that size is replaced; one that is not named by a size is
 * left alone. */
static void test_damaged(void **state)
{
	struct desk *d = *state;
	struct annot_checkpoint c = d->s->corpus.checkpoint;
	struct annot_buf note = ANNOT_BUF_INIT(ANNOT_NOTE_MAX);
	char path[128];
	uint64_t taken;
	FILE *f;

	assert_ok(hand_in(d, note_of(d, &c, 1, NOON), &taken));
	snprintf(path, sizeof(path), "%s/cosigned/%llu", d->s->dir, (unsigned long long)c.size);
	f = fopen(path, "we");
	fputs("torn", f);
	fclose(f);
	assert_ok(cosign_merge(&d->s->call, c.size, &d->s->corpus.note));
	assert_ok(hand_in(d, note_of(d, &c, 1, NOON), &taken));
	assert_int_equal(taken, 1);
	assert_ok(cosigned_note(d->cosigned, c.size, &note, &test_error));
	assert_non_null(strstr(note.data, "example.org/w0 "));
	annot_buf_free(&note);
}

static void test_bound(void **state)
{
	struct desk *d = *state;
	char path[160];
	uint64_t sizes[2];
	size_t left = 0;

	/* As many as there may be, of a log that grew past them. */
	snprintf(path, sizeof(path), "%s/cosigned", d->s->dir);
	assert_int_equal(mkdir(path, 0700), 0);
	for (int i = 1; i <= COSIGNED_NOTES_MAX; i++) {
		snprintf(path, sizeof(path), "%s/cosigned/%d", d->s->dir, 1000 + i);
		FILE *f = fopen(path, "we");
		assert_non_null(f);
		fclose(f);
	}
	take(d, d->policy);
	assert_ok(hand_in(d, note_of(d, &d->s->corpus.checkpoint, 1, NOON), NULL));
	for (int i = 1; i <= COSIGNED_NOTES_MAX; i++) {
		snprintf(path, sizeof(path), "%s/cosigned/%d", d->s->dir, 1000 + i);
		left += access(path, F_OK) == 0;
	}
	assert_int_equal(left, COSIGNED_NOTES_MAX * 3 / 4);
	assert_int_equal(cosigned_sizes(d->cosigned, 1000, INT64_MAX, sizes), 2);
	assert_int_equal(sizes[0], 1001);
	assert_int_equal(sizes[1], 1000 + COSIGNED_NOTES_MAX);
	take(d, NULL);
	assert_int_equal(cosigned_sizes(d->cosigned, 0, INT64_MAX, sizes), 2);
	assert_int_equal(sizes[0], d->s->corpus.checkpoint.size);
}

static void test_policies(void **state)
{
	struct desk *d = *state;
	struct cosigned *none = NULL;
	FILE *f = fopen(d->policy, "ae");

	assert_status(cosigned_open(d->s->dir, "/nowhere/policy", &none, &test_error),
		      ANNOT_UNREADABLE);
	fputs("quorum w1\n", f);
	fclose(f);
	assert_status(cosigned_open(d->s->dir, d->policy, &none, &test_error), ANNOT_INVALID);
	assert_error_says("line 4: a second quorum");
	assert_null(none);
}

int main(void)
{
#define GROUP(test) cmocka_unit_test_setup_teardown(test, setup, teardown)
	const struct CMUnitTest tests[] = {
		GROUP(test_taken), GROUP(test_refused),  GROUP(test_damaged),
		GROUP(test_bound), GROUP(test_policies),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
