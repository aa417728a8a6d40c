/* What a client believes: pins, log keys, records and texts. */
#include "fake_daemon.h"

#include "record/draft.h"

static struct annot_draft *comment(const struct fake *f, const char *text)
{
	struct annot_draft *draft = annot_draft_new(ANNOT_KIND_comment);
	assert_ok(annot_draft_add_hash(draft, "on", &f->corpus, &test_error));
	assert_ok(annot_draft_add(draft, "text", text, &test_error));
	return draft;
}

static void grow(struct fake_fixture *x, unsigned n)
{
	for (unsigned i = 0; i < n; i++)
		fake_add(x->f, x->a, comment(x->f, "more"));
}

static uint64_t pin_size(struct fake_fixture *x)
{
	struct annot_checkpoint pin, loaded;
	assert_ok(annot_pin(x->a, &pin, NULL, &test_error));
	assert_ok(annot_pin_load(&x->f->corpus, &loaded, &test_error));
	assert_int_equal(pin.size, loaded.size);
	return pin.size;
}

static void test_genesis(void **state)
{
	struct fake_fixture *x = *state;
	const struct annot_record *genesis;
	assert_ok(annot_genesis(x->a, &genesis, &test_error));
	assert_true(annot_hash_equal(&genesis->id, &x->f->corpus));
}

static void test_pin_moves_forward(void **state)
{
	struct fake_fixture *x = *state;
	struct annot_checkpoint c;
	struct annot_buf note = ANNOT_BUF_INIT(ANNOT_NOTE_MAX);
	struct stat st;
	char path[256];
	assert_int_equal(pin_size(x), 0);
	assert_ok(annot_pin_refresh(x->a, &c, &test_error));
	assert_int_equal(c.size, 1);
	assert_string_equal(c.origin, "test.example/log");
	struct annot_bytes old = fake_note(x->f, x->arena, 1);
	grow(x, 6);
	assert_int_equal(pin_size(x), 1);
	assert_ok(annot_pin_advance(x->a, fake_note(x->f, x->arena, 4), &test_error));
	assert_int_equal(pin_size(x), 4);
	assert_ok(annot_pin_refresh(x->a, &c, &test_error));
	assert_int_equal(c.size, 7);
	/* An older one changes nothing. */
	assert_ok(annot_pin_advance(x->a, old, &test_error));
	assert_int_equal(pin_size(x), 7);
	assert_ok(annot_pin(x->a, &c, &note, &test_error));
	struct annot_bytes newest = fake_note(x->f, x->arena, 7);
	assert_int_equal(note.len, newest.len);
	assert_memory_equal(note.data, newest.data, note.len);
	annot_buf_free(&note);
	snprintf(path, sizeof(path), "%s/annot/corpora/%s/checkpoint", x->f->dir,
		 annot_hash_hex(&x->f->corpus).text);
	assert_int_equal(stat(path, &st), 0);
	assert_int_equal(st.st_mode & 0777, 0600);
	assert_int_equal(fake_files(x->f, "corpora/*/fork-evidence-*"), 0);
}

/* The evidence names both notes, whole. */
static void evidence_holds(struct fake_fixture *x, struct annot_bytes ours,
			   struct annot_bytes theirs)
{
	struct annot_buf file = ANNOT_BUF_INIT(1 << 20);
	const char *path = strstr(test_error.text, "are in ");
	assert_non_null(path);
	AUTO_FREE char *name = strndup(path + 7, strcspn(path + 7, ";"));
	assert_ok(annot_file_read(name, 1 << 20, &file, &test_error));
	assert_non_null(memmem(file.data, file.len, ours.data, ours.len));
	assert_non_null(memmem(file.data, file.len, theirs.data, theirs.len));
	annot_buf_free(&file);
	assert_int_equal(fake_files(x->f, "corpora/*/fork-evidence-*"), 1);
}

static void test_fork(void **state)
{
	struct fake_fixture *x = *state;
	struct annot_checkpoint c;
	grow(x, 4);
	assert_ok(annot_pin_refresh(x->a, &c, &test_error));
	struct annot_bytes ours = fake_note(x->f, x->arena, 5);
	x->f->leaves[3].hash.b[0] ^= 1; /* another history, of the same length */
	struct annot_bytes theirs = fake_note(x->f, x->arena, 5);
	assert_status(annot_pin_refresh(x->a, &c, &test_error), ANNOT_MISMATCH);
	assert_error_says("FORKED");
	evidence_holds(x, ours, theirs);
	grow(x, 3); /* and a longer one: still the same fork */
	assert_status(annot_pin_refresh(x->a, &c, &test_error), ANNOT_MISMATCH);
	assert_error_says("FORKED");
	assert_int_equal(pin_size(x), 5);
	assert_int_equal(fake_files(x->f, "corpora/*/fork-evidence-*"), 2);
	/* The same pair again makes no new file. */
	assert_status(annot_pin_refresh(x->a, &c, &test_error), ANNOT_MISMATCH);
	assert_int_equal(fake_files(x->f, "corpora/*/fork-evidence-*"), 2);
}

static void test_bad_consistency(void **state)
{
	struct fake_fixture *x = *state;
	struct annot_checkpoint c;
	assert_ok(annot_pin_refresh(x->a, &c, &test_error));
	grow(x, 3);
	x->f->bad_consistency = true;
	assert_status(annot_pin_refresh(x->a, &c, &test_error), ANNOT_MISMATCH);
	assert_int_equal(pin_size(x), 1);
}

static void test_roll_back(void **state)
{
	struct fake_fixture *x = *state;
	struct annot_checkpoint c;
	grow(x, 4);
	assert_ok(annot_pin_refresh(x->a, &c, &test_error));
	struct annot_bytes ours = fake_note(x->f, x->arena, 5);
	x->f->pretend_size = 3;
	assert_status(annot_pin_refresh(x->a, &c, &test_error), ANNOT_MISMATCH);
	assert_error_says("ROLLED-BACK");
	evidence_holds(x, ours, fake_note(x->f, x->arena, 3));
	assert_int_equal(pin_size(x), 5);
}

static void test_wrong_log_key(void **state)
{
	struct fake_fixture *x = *state;
	struct annot_skey log = x->f->log;
	struct annot_checkpoint c;
	assert_ok(annot_skey_new("test.example/log", ANNOT_NOTE_ED25519, &x->f->log, &test_error));
	assert_status(annot_pin_refresh(x->a, &c, &test_error), ANNOT_MISMATCH);
	assert_error_says("not signed by a key of corpus");
	assert_int_equal(pin_size(x), 0);
	x->f->log = log;
	assert_ok(annot_pin_refresh(x->a, &c, &test_error));
}

/* A later corpus record names another log key: believed after a replay, and remembered. */
/* A corpus record that names a new log key, which is put in *ret. */
static const struct annot_record *
change_log_key(struct fake_fixture *x, const struct annot_record *corpus, struct annot_skey *ret)
{
	struct annot_buf vkey = ANNOT_BUF_INIT(1024);
	struct annot_draft *draft = annot_draft_amend(corpus);
	assert_ok(annot_skey_new("test.example/log", ANNOT_NOTE_ED25519, ret, &test_error));
	annot_vkey_write(&ret->vkey, &vkey);
	assert_int_equal(annot_draft_unset(draft, "log"), 1);
	assert_ok(annot_draft_add(draft, "log", vkey.data, &test_error));
	annot_buf_free(&vkey);
	return fake_add(x->f, x->a, draft);
}

static void test_log_key_change(void **state)
{
	struct fake_fixture *x = *state;
	const struct annot_record *genesis;
	struct annot_skey log;
	struct annot_checkpoint c;
	assert_ok(annot_pin_refresh(x->a, &c, &test_error));
	assert_ok(annot_genesis(x->a, &genesis, &test_error));
	grow(x, 2);
	change_log_key(x, genesis, &log);
	grow(x, 2);
	x->f->log = log;
	assert_ok(annot_pin_refresh(x->a, &c, &test_error));
	assert_int_equal(c.size, 6);
	assert_int_equal(fake_files(x->f, "corpora/*/log-keys"), 1);
	/* Another handle needs no replay: leaves are not served any more. */
	annot_close(x->a);
	assert_ok(fake_open(x->f, 5000, &x->a));
	x->f->deed = FAKE_STATUS;
	x->f->deed_call = ANNOT_CALL_leaves;
	x->f->status = ANNOT_INTERNAL;
	x->f->times = 100;
	assert_ok(annot_pin_refresh(x->a, &c, &test_error));
	assert_int_equal(x->f->times, 100);
}

/* After the second change whoever has the first key is not believed, even by the genesis record. */
static void test_log_key_forgotten(void **state)
{
	struct fake_fixture *x = *state;
	struct annot_skey first = x->f->log, second, third;
	const struct annot_record *corpus;
	struct annot_checkpoint c;
	assert_ok(annot_genesis(x->a, &corpus, &test_error));
	corpus = change_log_key(x, corpus, &second);
	x->f->log = second;
	assert_ok(annot_pin_refresh(x->a, &c, &test_error));
	grow(x, 1);
	x->f->log = first; /* the one before is good while a change is under way */
	assert_ok(annot_pin_refresh(x->a, &c, &test_error));
	change_log_key(x, corpus, &third);
	x->f->log = third;
	assert_ok(annot_pin_refresh(x->a, &c, &test_error));
	grow(x, 1);
	x->f->log = first;
	for (int again = 0; again < 2; again++) { /* nor by another handle */
		assert_status(annot_pin_refresh(x->a, &c, &test_error), ANNOT_MISMATCH);
		assert_error_says("not signed by a key of corpus");
		annot_close(x->a);
		assert_ok(fake_open(x->f, 5000, &x->a));
	}
	x->f->log = second;
	assert_ok(annot_pin_refresh(x->a, &c, &test_error));
	/* A note of the time of the first key is good, and does not bring it back. */
	x->f->log = first;
	assert_ok(annot_pin_advance(x->a, fake_note(x->f, x->arena, 1), &test_error));
	assert_status(annot_pin_refresh(x->a, &c, &test_error), ANNOT_MISMATCH);
}

/* Whoever has been away while the key changed three times catches up, and believes the first no
 * more.
 */
static void test_log_key_changed_often(void **state)
{
	struct fake_fixture *x = *state;
	struct annot_skey first = x->f->log, key = first;
	const struct annot_record *corpus;
	struct annot_checkpoint c;
	assert_ok(annot_genesis(x->a, &corpus, &test_error));
	grow(x, 2);
	assert_ok(annot_pin_refresh(x->a, &c, &test_error));
	for (int i = 0; i < 3; i++) {
		corpus = change_log_key(x, corpus, &key);
		grow(x, 1);
	}
	x->f->log = key;
	assert_ok(annot_pin_refresh(x->a, &c, &test_error));
	assert_int_equal(pin_size(x), 9);
	x->f->log = first;
	grow(x, 1);
	assert_status(annot_pin_refresh(x->a, &c, &test_error), ANNOT_MISMATCH);
	assert_int_equal(pin_size(x), 9);
}

/* The same, but the record that should bring the key is not signed by an admin. */
static void test_log_key_forged(void **state)
{
	struct fake_fixture *x = *state;
	const struct annot_record *genesis;
	struct annot_skey log;
	struct annot_checkpoint c;
	assert_ok(annot_pin_refresh(x->a, &c, &test_error));
	assert_ok(annot_genesis(x->a, &genesis, &test_error));
	change_log_key(x, genesis, &log);
	x->f->leaves[1].signature[5] ^= 1;
	struct annot_buf line = ANNOT_BUF_INIT(ANNOT_LEAF_MAX);
	struct annot_leaf leaf;
	annot_leaf_of(x->f->leaves[1].record, x->f->leaves[1].signature, &leaf);
	annot_leaf_write(&leaf, &line);
	x->f->leaves[1].line = annot_arena_copy(x->f->arena, line.data, line.len);
	x->f->leaves[1].hash = annot_leaf_hash(line.data, line.len);
	annot_buf_free(&line);
	x->f->log = log;
	assert_status(annot_pin_refresh(x->a, &c, &test_error), ANNOT_MISMATCH);
	assert_int_equal(pin_size(x), 1);
	assert_int_equal(fake_files(x->f, "corpora/*/log-keys"), 0);
}

/* --- records and texts --- */

static void test_fetch(void **state)
{
	struct fake_fixture *x = *state;
	struct annot_fetched got;
	const struct annot_record *one = fake_add(x->f, x->a, comment(x->f, "one"));
	const struct annot_record *two = fake_add(x->f, x->a, comment(x->f, "two"));
	char id[ANNOT_HASH_HEX + 8];
	snprintf(id, sizeof(id), "%.10s", annot_hash_hex(&one->id).text);
	assert_ok(annot_fetch(x->a, id, x->arena, &got, &test_error));
	assert_true(annot_hash_equal(&got.record->id, &one->id));
	assert_memory_equal(got.author_key.key, annot_signer_key(x->f->admin)->key, ANNOT_KEY_SIZE);
	strcat(id, "@1");
	assert_ok(annot_fetch(x->a, id, x->arena, &got, &test_error));
	strcpy(strchr(id, '@'), "@2"); /* the daemon sends version 1 all the same */
	assert_status(annot_fetch(x->a, id, x->arena, &got, &test_error), ANNOT_MISMATCH);
	assert_status(annot_fetch(x->a, "ffffffffff", x->arena, &got, &test_error),
		      ANNOT_NOT_FOUND);

	/* Not a prefix of its id: the record itself, or nothing. */
	snprintf(id, sizeof(id), "=%s", annot_hash_hex(&one->id).text);
	x->f->any = true; /* sends record 1 whatever is asked for */
	assert_ok(annot_fetch(x->a, id, x->arena, &got, &test_error));
	id[3] ^= 1;
	assert_status(annot_fetch(x->a, id, x->arena, &got, &test_error), ANNOT_MISMATCH);
	x->f->any = false;

	/* Another record, rightly signed by nobody: the signature belongs to the one asked for. */
	snprintf(id, sizeof(id), "%.10s", annot_hash_hex(&one->id).text);
	x->f->swap_record = two->bytes;
	assert_status(annot_fetch(x->a, id, x->arena, &got, &test_error), ANNOT_MISMATCH);
	x->f->swap_record = annot_bytes(NULL, 0);
	/* Another record with its own signature. */
	struct fake_leaf leaf = x->f->leaves[1];
	x->f->leaves[1].record = x->f->leaves[2].record;
	memcpy(x->f->leaves[1].signature, x->f->leaves[2].signature, ANNOT_SIGNATURE_SIZE);
	struct annot_row row;
	fake_row(x->f, 1, &row);
	assert_ok(annot_check_row(x->a, &row, x->arena, &got, &test_error));
	assert_true(annot_hash_equal(&got.record->id, &two->id));
	x->f->leaves[1] = leaf;
	row.signature = annot_bytes(leaf.signature, 63);
	assert_status(annot_check_row(x->a, &row, x->arena, &got, &test_error), ANNOT_MISMATCH);
	AUTO_FREE uint8_t *changed = malloc(one->bytes.len);
	memcpy(changed, one->bytes.data, one->bytes.len);
	changed[one->bytes.len - 3] ^= 1; /* the text card's last words */
	fake_row(x->f, 1, &row);
	row.record.data = changed;
	assert_status(annot_check_row(x->a, &row, x->arena, &got, &test_error), ANNOT_MISMATCH);
}

static void test_withheld(void **state)
{
	struct fake_fixture *x = *state;
	struct annot_fetched got;
	struct annot_row row;
	fake_add(x->f, x->a, comment(x->f, "gone"));
	fake_row(x->f, 1, &row);
	row.record = annot_bytes(NULL, 0);
	assert_status(annot_check_row(x->a, &row, x->arena, &got, &test_error), ANNOT_MISMATCH);
	row.leaf = x->f->leaves[1].line;
	assert_ok(annot_check_row(x->a, &row, x->arena, &got, &test_error));
	assert_null(got.record);
	row.signature = annot_bytes(x->f->leaves[0].signature, ANNOT_SIGNATURE_SIZE);
	assert_status(annot_check_row(x->a, &row, x->arena, &got, &test_error), ANNOT_MISMATCH);
}

/* A record of another corpus, by the same key, well signed: not shown as one of this corpus. */
static void test_other_corpus(void **state)
{
	struct fake_fixture *x = *state;
	struct annot_signed made;
	struct annot_fetched got;
	struct annot_draft *draft = fake_corpus_draft(x->f, &x->f->log);
	assert_ok(annot_sign(NULL, x->f->admin, draft, x->arena, &made, &test_error));
	annot_draft_free(draft);
	fake_append(x->f, made.record, made.signature);
	assert_status(annot_fetch(x->a, annot_hash_hex(&made.record->id).text, x->arena, &got,
				  &test_error),
		      ANNOT_MISMATCH);
	assert_error_says("another corpus");
}

static void test_text(void **state)
{
	struct fake_fixture *x = *state;
	static const char text[] = "It was said.\n";
	struct annot_bytes got, again;
	const struct annot_record *document = fake_document(x->f, x->a, "speech", text);
	x->f->text = "It was sad.\n\n";
	assert_status(annot_fetch_text(x->a, document, &got, &test_error), ANNOT_MISMATCH);
	assert_error_says("has the hash");
	x->f->text = "";
	assert_status(annot_fetch_text(x->a, document, &got, &test_error), ANNOT_MISMATCH);
	x->f->text = "It was said.\nAnd more.";
	assert_status(annot_fetch_text(x->a, document, &got, &test_error), ANNOT_MISMATCH);
	x->f->text = text;
	assert_ok(annot_fetch_text(x->a, document, &got, &test_error));
	assert_int_equal(got.len, strlen(text));
	assert_memory_equal(got.data, text, got.len);
	x->f->text = "";
	assert_ok(annot_fetch_text(x->a, document, &again, &test_error)); /* kept */
	assert_ptr_equal(got.data, again.data);
	struct annot_fetched fetched;
	assert_ok(annot_fetch(x->a, "speech", x->arena, &fetched, &test_error));
	assert_status(annot_fetch(x->a, "sermon", x->arena, &fetched, &test_error), ANNOT_MISMATCH);
	assert_status(annot_fetch_text(x->a, x->f->leaves[0].record, &got, &test_error),
		      ANNOT_INVALID);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test_setup_teardown(test_genesis, fake_setup, fake_teardown),
		cmocka_unit_test_setup_teardown(test_pin_moves_forward, fake_setup, fake_teardown),
		cmocka_unit_test_setup_teardown(test_fork, fake_setup, fake_teardown),
		cmocka_unit_test_setup_teardown(test_bad_consistency, fake_setup, fake_teardown),
		cmocka_unit_test_setup_teardown(test_roll_back, fake_setup, fake_teardown),
		cmocka_unit_test_setup_teardown(test_wrong_log_key, fake_setup, fake_teardown),
		cmocka_unit_test_setup_teardown(test_log_key_change, fake_setup, fake_teardown),
		cmocka_unit_test_setup_teardown(test_log_key_forgotten, fake_setup, fake_teardown),
		cmocka_unit_test_setup_teardown(test_log_key_changed_often, fake_setup,
						fake_teardown),
		cmocka_unit_test_setup_teardown(test_log_key_forged, fake_setup, fake_teardown),
		cmocka_unit_test_setup_teardown(test_fetch, fake_setup, fake_teardown),
		cmocka_unit_test_setup_teardown(test_withheld, fake_setup, fake_teardown),
		cmocka_unit_test_setup_teardown(test_other_corpus, fake_setup, fake_teardown),
		cmocka_unit_test_setup_teardown(test_text, fake_setup, fake_teardown),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
