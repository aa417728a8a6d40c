#include "client/witness.h"

#include <fcntl.h>
#include <sodium.h>
#include <stdlib.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base/auto.h"
#include "base/file.h"
#include "base/hash.h"
#include "client/log_keys.h"
#include "record/sshsig.h"

enum { KEY_FILE_MAX = 1024 };

/* --- keys --- */

enum annot_status annot_witness_key_read(const char *path, struct annot_skey *ret,
					 struct annot_error *err)
{
	AUTO_BUF struct annot_buf file = ANNOT_BUF_INIT(KEY_FILE_MAX);
	struct stat st;
	TRY(annot_crypto_init(err));
	TRY(annot_file_read(path, KEY_FILE_MAX, &file, err));
	if (stat(path, &st) == 0 && S_ISREG(st.st_mode) && (st.st_mode & 077) != 0)
		return annot_fail(err, ANNOT_REFUSED, "%s: others can read this key; chmod 600 %s",
				  path, path);
	size_t len = file.len && file.data[file.len - 1] == '\n' ? file.len - 1 : file.len;
	struct annot_skey key;
	enum annot_status status = annot_skey_parse(file.data, len, &key, err);
	sodium_memzero(file.data, file.len);
	if (status != ANNOT_OK || key.vkey.type != ANNOT_NOTE_COSIGNATURE)
		return annot_fail(
			err, ANNOT_INVALID,
			"%s: not a witness's key; make one with: annotctl log witness --new "
			"NAME --key FILE",
			path);
	*ret = key;
	sodium_memzero(&key, sizeof(key));
	return ANNOT_OK;
}

enum annot_status annot_witness_key_make(const char *name, const char *path, struct annot_vkey *ret,
					 struct annot_error *err)
{
	struct annot_buf file = ANNOT_BUF_INIT(KEY_FILE_MAX);
	struct annot_skey key;
	TRY(annot_crypto_init(err));
	TRY(annot_skey_new(name, ANNOT_NOTE_COSIGNATURE, &key, err));
	annot_skey_write(&key, &file);
	annot_buf_putc(&file, '\n');
	enum annot_status status = annot_buf_check(&file, "a key", err);
	if (status == ANNOT_OK)
		status = annot_file_create(path, annot_buf_bytes(&file), 0600, err);
	if (status == ANNOT_OK)
		*ret = key.vkey;
	sodium_memzero(&key, sizeof(key));
	if (file.data)
		sodium_memzero(file.data, file.len);
	annot_buf_free(&file);
	return status;
}

/* --- what this witness cosigned before --- */

struct memory {
	struct annot_buf path;
	int lock;
	struct annot_buf note;              /* empty: nothing yet */
	struct annot_checkpoint checkpoint; /* of it */
};

/* Opens the state of a log and locks it: two runs at a time would not know of each other. */
static enum annot_status memory_open(struct memory *m, const struct annot_vkey *key,
				     const char *origin, struct annot_error *err)
{
	AUTO_BUF struct annot_buf vkey = ANNOT_BUF_INIT(KEY_FILE_MAX);
	AUTO_BUF struct annot_buf lock = ANNOT_BUF_INIT(PATH_MAX);
	AUTO_FREE struct annot_note *parsed = malloc(sizeof(*parsed));
	if (!parsed)
		return annot_fail(err, ANNOT_NO_MEMORY, "out of memory");
	annot_vkey_write(key, &vkey);
	TRY(annot_buf_check(&vkey, "a key", err));
	struct annot_hash who = annot_sha256(vkey.data, vkey.len);
	struct annot_hash what = annot_sha256(origin, strlen(origin));
	TRY(annot_place(ANNOT_PLACE_STATE, &m->path, err));
	annot_buf_printf(&m->path, "/witness/%s/%s", annot_hash_hex(&who).text,
			 annot_hash_hex(&what).text);
	TRY(annot_buf_check(&m->path, "a path", err));
	TRY(annot_dir_make(m->path.data, err));
	annot_buf_printf(&lock, "%s/lock", m->path.data);
	annot_buf_puts(&m->path, "/checkpoint");
	TRY(annot_buf_check(&m->path, "a path", err));
	TRY(annot_buf_check(&lock, "a path", err));
	TRY(annot_lock(lock.data, &m->lock, err));
	if (access(m->path.data, F_OK) != 0)
		return ANNOT_OK;
	TRY(annot_file_read(m->path.data, ANNOT_NOTE_MAX, &m->note, err));
	if (annot_note_parse(annot_buf_bytes(&m->note), parsed, NULL) == ANNOT_OK &&
	    annot_checkpoint_parse(parsed->text, &m->checkpoint, NULL) == ANNOT_OK)
		return ANNOT_OK;
	return annot_fail(
		err, ANNOT_REFUSED,
		"%s is damaged: what this witness cosigned last is not known, and it must "
		"not go on; put the file back, or start with a new key",
		m->path.data);
}

static void memory_close(struct memory *m)
{
	annot_buf_free(&m->path);
	annot_buf_free(&m->note);
	if (m->lock >= 0)
		close(m->lock);
}

/* Durable before anything is signed. */
static enum annot_status cosign(struct memory *m, const struct annot_skey *key, uint64_t time_s,
				const struct annot_checkpoint *c, struct annot_bytes log_note,
				struct annot_witnessed *ret, struct annot_buf *note,
				struct annot_error *err)
{
	AUTO_FREE struct annot_note *parsed = malloc(sizeof(*parsed));
	if (!parsed)
		return annot_fail(err, ANNOT_NO_MEMORY, "out of memory");
	TRY(annot_note_parse(log_note, parsed, err));
	TRY(annot_file_replace(m->path.data, log_note, 0600, err));
	annot_buf_add(note, log_note.data, log_note.len);
	if (!annot_note_line_by(parsed, &key->vkey))
		annot_note_cosign(key, time_s, parsed->text, note);
	*ret = (struct annot_witnessed){.checkpoint = *c, .before = m->checkpoint.size};
	return annot_buf_check(note, "the cosigned note", err);
}

/* --- over a socket --- */

/* The log's lines and this witness's own: whether others are taken does not matter. */
static enum annot_status hand_in(struct annot *a, const struct annot_vkey *key,
				 const struct annot_buf *note, struct annot_error *err)
{
	AUTO_ARENA struct annot_arena *arena = NULL;
	AUTO_BUF struct annot_buf own = ANNOT_BUF_INIT(ANNOT_NOTE_MAX);
	AUTO_FREE struct annot_note *parsed = malloc(sizeof(*parsed));
	const struct annot_cosign_reply *reply;
	if (!parsed)
		return annot_fail(err, ANNOT_NO_MEMORY, "out of memory");
	TRY(annot_client_arena(&arena, err));
	TRY(annot_note_parse(annot_buf_bytes(note), parsed, err));
	annot_buf_add(&own, parsed->text.data, parsed->text.len);
	annot_buf_putc(&own, '\n');
	for (size_t i = 0; i < parsed->n_lines; i++)
		if (parsed->lines[i].signature_len == ANNOT_SIGNATURE_SIZE ||
		    &parsed->lines[i] == annot_note_line_by(parsed, key))
			annot_note_add_line(&parsed->lines[i], &own);
	TRY(annot_buf_check(&own, "the cosigned note", err));
	struct annot_cosign_request in = {.note = annot_buf_bytes(&own)};
	return annot_call_cosign(a, &in, arena, &reply, err);
}

/* The pin is consistent with what it was advanced by, and the newest checkpoint with the pin. */
static enum annot_status witness(struct annot *a, struct memory *m, const struct annot_skey *key,
				 uint64_t time_s, struct annot_witnessed *ret,
				 struct annot_buf *note, struct annot_error *err)
{
	AUTO_BUF struct annot_buf newest = ANNOT_BUF_INIT(ANNOT_NOTE_MAX);
	struct annot_checkpoint c;
	TRY(memory_open(m, &key->vkey, annot_hello(a)->origin, err));
	if (m->note.len)
		TRY(annot_pin_advance(a, annot_buf_bytes(&m->note), err));
	TRY(annot_pin_newest(a, &c, &newest, err));
	TRY(cosign(m, key, time_s, &c, annot_buf_bytes(&newest), ret, note, err));
	return hand_in(a, &key->vkey, note, err);
}

enum annot_status annot_witness(struct annot *a, const struct annot_skey *key, uint64_t time_s,
				struct annot_witnessed *ret, struct annot_buf *note,
				struct annot_error *err)
{
	struct memory m = {.path = ANNOT_BUF_INIT(PATH_MAX),
			   .lock = -1,
			   .note = ANNOT_BUF_INIT(ANNOT_NOTE_MAX)};
	enum annot_status status = witness(a, &m, key, time_s, ret, note, err);
	memory_close(&m);
	return status;
}

/* --- over files --- */

/* Of this witness's last note and a copy that does not go on from it, a file that shows it. */
static enum annot_status contradicted(const char *dir, const struct annot_hash *corpus,
				      const struct memory *m, const struct annot_checkpoint *theirs,
				      const struct annot_evidence *found, struct annot_error *err)
{
	AUTO_BUF struct annot_buf genesis = ANNOT_BUF_INIT(ANNOT_RECORD_MAX);
	AUTO_BUF struct annot_buf path = ANNOT_BUF_INIT(PATH_MAX);
	struct annot_evidence e = *found;
	struct annot_error why = {.text = ""};
	e.corpus = *corpus;
	e.source = dir;
	e.ours = annot_buf_bytes(&m->note);
	enum annot_status status = annot_log_dir_genesis(dir, theirs->size, &genesis, &why);
	e.genesis = annot_buf_bytes(&genesis);
	if (status == ANNOT_OK)
		status = annot_evidence_keep(&e, &path, &why);
	return annot_fail(err, ANNOT_MISMATCH,
			  "%s: %s has a checkpoint of size %llu that does not go together with the "
			  "one of size %llu that this witness cosigned; %s%s; nothing was signed",
			  annot_verdict_name(e.what), dir, (unsigned long long)theirs->size,
			  (unsigned long long)m->checkpoint.size,
			  status == ANNOT_OK ? "both signed notes are in "
					     : "no evidence could be kept: ",
			  status == ANNOT_OK ? path.data : why.text);
}

/* Whether the copy goes on from what was cosigned last. MISMATCH, with the evidence kept. */
static enum annot_status go_on(const char *dir, const struct annot_hash *corpus,
			       const struct memory *m, const struct annot_checkpoint *c,
			       struct annot_bytes note, struct annot_error *err)
{
	const struct annot_checkpoint *last = &m->checkpoint;
	struct annot_evidence e = {.what = ANNOT_FORKED_LOG, .theirs = note};
	struct annot_evidence_path path;
	struct annot_hash root = c->root;
	if (last->size == 0)
		return ANNOT_OK;
	if (last->size > c->size) {
		e.what = ANNOT_ROLLED_BACK;
		return contradicted(dir, corpus, m, c, &e, err);
	}
	if (last->size < c->size) {
		TRY(annot_log_dir_prefix(dir, last->size, c, &path, &root, err));
		e.prefix = &path;
	}
	return annot_hash_equal(&root, &last->root) ? ANNOT_OK
						    : contradicted(dir, corpus, m, c, &e, err);
}

static enum annot_status witness_copy(const char *dir, const struct annot_hash *corpus,
				      struct memory *m, const struct annot_skey *key,
				      uint64_t time_s, struct annot_witnessed *ret,
				      struct annot_buf *note, struct annot_error *err)
{
	AUTO_BUF struct annot_buf newest = ANNOT_BUF_INIT(ANNOT_NOTE_MAX);
	struct annot_checkpoint c;
	TRY(annot_log_note(dir, &newest, err));
	TRY(annot_log_dir_open_note(dir, corpus, annot_buf_bytes(&newest), &c, err));
	TRY(memory_open(m, &key->vkey, c.origin, err));
	TRY(go_on(dir, corpus, m, &c, annot_buf_bytes(&newest), err));
	return cosign(m, key, time_s, &c, annot_buf_bytes(&newest), ret, note, err);
}

enum annot_status annot_witness_copy(const char *dir, const struct annot_hash *corpus,
				     const struct annot_skey *key, uint64_t time_s,
				     struct annot_witnessed *ret, struct annot_buf *note,
				     struct annot_error *err)
{
	struct memory m = {.path = ANNOT_BUF_INIT(PATH_MAX),
			   .lock = -1,
			   .note = ANNOT_BUF_INIT(ANNOT_NOTE_MAX)};
	enum annot_status status = witness_copy(dir, corpus, &m, key, time_s, ret, note, err);
	memory_close(&m);
	return status;
}
