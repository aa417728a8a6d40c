/*
 * A daemon in a thread of the test: speaks the SP framing on a Unix socket and serves a log in
 * memory. It does what it is told wrongly, which a real one would not.
 */
#ifndef TESTS_CLIENT_FAKE_DAEMON_H
#define TESTS_CLIENT_FAKE_DAEMON_H

#include <errno.h>
#include <fcntl.h>
#include <poll.h>
#include <pthread.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/un.h>
#include <unistd.h>

#include "assert.h"
#include "base/auto.h"
#include "base/encode.h"
#include "base/file.h"
#include "base/hash.h"
#include "client/client.h"
#include "client/signer.h"
#include "log/tree.h"
#include "proto/proto.h"
#include "record/sshsig.h"

enum { FAKE_LEAVES_MAX = 64, FAKE_ARENA_MAX = 64 << 20 };

/* What is done with a request of a call. */
enum fake_deed {
	FAKE_ANSWER,
	FAKE_CLOSE,        /* hangs up instead of answering */
	FAKE_ANSWER_CLOSE, /* answers and hangs up */
	FAKE_SILENT,       /* never answers */
	FAKE_GARBAGE,      /* a frame that is not msgpack */
	FAKE_WRONG_ID,     /* the reply to another request */
	FAKE_HUGE,         /* announces 1 TiB */
	FAKE_HALF,         /* half of the reply, then hangs up */
	FAKE_STATUS,       /* answers with fake->status, `times` times */
};

struct fake_leaf {
	const struct annot_record *record;
	uint8_t signature[ANNOT_SIGNATURE_SIZE];
	char *line;
	struct annot_hash hash;
};

struct fake {
	char dir[64], url[128];
	struct annot_arena *arena;
	struct annot_signer *admin;
	struct annot_skey log;
	struct fake_leaf leaves[FAKE_LEAVES_MAX];
	size_t size;
	struct annot_hash corpus;
	/* how it behaves */
	_Atomic enum fake_deed deed; /* set while its thread is between a request and the next */
	int deed_call;               /* annot_call_id that the deed is done to; -1: every one */
	enum annot_status status;
	unsigned times;
	bool bad_hello, bad_proofs, bad_consistency, bad_authority, any;
	uint64_t version, pretend_size; /* pretend_size: the log is this short; 0: as it is */
	const char *_Atomic text;       /* a test may set it while the thread stands by */
	struct annot_bytes swap_record; /* sent instead of what was asked for by get */
	size_t get_rows;                /* so often; 0: once */
	const struct annot_record *refuse;
	enum annot_status refuse_status;  /* 0: REFUSED */
	struct annot_events_reply events; /* the answer, … */
	int events_late_ms;               /* … after that time */
	/* what it saw */
	unsigned submits, submitted, notes, expectations, connections;
	_Atomic unsigned gets;
	/* thread */
	pthread_t thread;
	pthread_mutex_t lock; /* of the log: a test appends to it while the thread stands by */
	int listener, connection;
	bool stop;
};

/* --- the log --- */

static struct annot_hash fake_root(const struct fake *f, size_t from, size_t n)
{
	size_t k = 1;
	if (n == 0)
		return annot_empty_root();
	if (n == 1)
		return f->leaves[from].hash;
	while (k * 2 < n)
		k *= 2;
	struct annot_hash left = fake_root(f, from, k), right = fake_root(f, from + k, n - k);
	return annot_node_hash(&left, &right);
}

static enum annot_status fake_node(void *ctx, unsigned level, uint64_t n, struct annot_hash *ret,
				   struct annot_error *err)
{
	(void)err;
	*ret = fake_root(ctx, (size_t)(n << level), (size_t)1 << level);
	return ANNOT_OK;
}

static inline struct annot_tree_reader fake_tree(struct fake *f)
{
	return (struct annot_tree_reader){.ctx = f, .node = fake_node};
}

static inline void fake_append(struct fake *f, const struct annot_record *record,
			       const uint8_t signature[ANNOT_SIGNATURE_SIZE])
{
	struct annot_buf line = ANNOT_BUF_INIT(ANNOT_LEAF_MAX);
	struct annot_leaf leaf;
	struct fake_leaf made;
	assert_true(f->size < FAKE_LEAVES_MAX);
	assert_ok(annot_record_parse(f->arena, record->bytes, &made.record, &test_error));
	memcpy(made.signature, signature, ANNOT_SIGNATURE_SIZE);
	annot_leaf_of(record, signature, &leaf);
	annot_leaf_write(&leaf, &line);
	made.line = annot_arena_copy(f->arena, line.data, line.len);
	made.hash = annot_leaf_hash(line.data, line.len);
	annot_buf_free(&line);
	pthread_mutex_lock(&f->lock);
	f->leaves[f->size++] = made;
	pthread_mutex_unlock(&f->lock);
}

static inline size_t fake_size(const struct fake *f)
{
	return f->pretend_size ? (size_t)f->pretend_size : f->size;
}

/* The signed note of a size, in the arena. */
static inline struct annot_bytes fake_note(struct fake *f, struct annot_arena *arena, size_t size)
{
	struct annot_buf note = ANNOT_BUF_INIT(ANNOT_NOTE_MAX);
	struct annot_checkpoint c = {.size = size, .root = fake_root(f, 0, size)};
	strcpy(c.origin, f->log.vkey.name);
	annot_checkpoint_sign(&c, &f->log, &note);
	struct annot_bytes ret =
		annot_bytes(annot_arena_copy(arena, note.data, note.len), note.len);
	annot_buf_free(&note);
	return ret;
}

/* --- answers --- */

static inline void fake_hello(struct fake *f, struct annot_hello_reply *ret)
{
	*ret = (struct annot_hello_reply){.version = f->version,
					  .daemon = "fake 1",
					  .corpus = f->corpus,
					  .origin = f->log.vkey.name,
					  .size = f->size,
					  .frame_max = ANNOT_FRAME_MAX,
					  .records_max = 4};
}

static inline void fake_row(struct fake *f, size_t i, struct annot_row *ret)
{
	*ret = (struct annot_row){
		.record = f->leaves[i].record->bytes,
		.signature = annot_bytes(f->leaves[i].signature, ANNOT_SIGNATURE_SIZE),
		.index = i,
		.author_name = "ada",
		.version = 1,
		.versions = 1,
		.head = true,
		.effect = "effective",
		.review = "draft",
	};
	if (f->swap_record.data)
		ret->record = f->swap_record;
}

static inline void fake_keys(struct fake *f, struct annot_arena *arena,
			     struct annot_keys_reply *ret)
{
	struct annot_key_view *key = annot_arena_array(arena, 2, sizeof(*key));
	char *line = annot_arena_alloc(arena, 96);
	annot_key_line(annot_signer_key(f->admin)->key, line);
	*key = (struct annot_key_view){
		.name = "ada",
		.role = "admin",
		.key = line,
		.author = annot_key_author(annot_signer_key(f->admin)->key),
		.person = annot_key_author(annot_signer_key(f->admin)->key),
		.event = f->corpus,
		.state = "active",
	};
	key[1] = *key; /* an enrolment that waits */
	key[1].name = "bea";
	key[1].role = "reviewer";
	key[1].state = "pending";
	*ret = (struct annot_keys_reply){.keys = key, .n_keys = 2, .threshold = 1};
}

static inline void fake_submit_one(struct fake *f, const struct annot_submit_item *item,
				   struct annot_arena *arena, struct annot_submit_result *ret)
{
	const struct annot_record *record;
	f->submitted++;
	f->notes += item->note.data != NULL;
	f->expectations += item->expect_heads;
	ret->record = annot_sha256(item->record.data, item->record.len);
	if (f->refuse && annot_hash_equal(&f->refuse->id, &ret->record)) {
		ret->status = f->refuse_status ? f->refuse_status : ANNOT_REFUSED;
		ret->message = "the author saw another log: keep its note, it is evidence";
		return;
	}
	for (size_t i = 0; i < f->size; i++)
		if (annot_hash_equal(&f->leaves[i].record->id, &ret->record)) {
			ret->index = i;
			ret->duplicate = true;
			ret->signature_hash =
				annot_sha256(f->leaves[i].signature, ANNOT_SIGNATURE_SIZE);
			return;
		}
	assert_ok(annot_record_parse(arena, item->record, &record, &test_error));
	ret->index = f->size;
	fake_append(f, record, item->signature.data);
}

static inline void fake_submit(struct fake *f, const struct annot_submit_request *in,
			       struct annot_arena *arena, struct annot_submit_reply *ret)
{
	struct annot_submit_result *results =
		annot_arena_array(arena, in->n_items, sizeof(*results));
	f->submits++;
	for (size_t i = 0; i < in->n_items; i++)
		fake_submit_one(f, &in->items[i], arena, &results[i]);
	for (size_t i = 0; i < in->n_items; i++) {
		struct annot_tree_reader tree = fake_tree(f);
		struct annot_hash *path = annot_arena_array(arena, ANNOT_PATH_MAX, sizeof(*path));
		if (results[i].status != ANNOT_OK)
			continue;
		assert_ok(annot_tree_inclusion(&tree, results[i].index, f->size, path,
					       &results[i].n_path, &test_error));
		if (f->bad_proofs)
			path[0].b[0] ^= 1;
		results[i].path = path;
	}
	*ret = (struct annot_submit_reply){
		.results = results, .n_results = in->n_items, .note = fake_note(f, arena, f->size)};
}

static inline enum annot_status fake_consistency(struct fake *f,
						 const struct annot_consistency_request *in,
						 struct annot_arena *arena,
						 struct annot_consistency_reply *ret)
{
	struct annot_tree_reader tree = fake_tree(f);
	struct annot_hash *path = annot_arena_array(arena, ANNOT_CONSISTENCY_MAX, sizeof(*path));
	if (in->to > fake_size(f))
		return ANNOT_INVALID;
	assert_ok(annot_tree_consistency(&tree, in->from, in->to, path, &ret->n_path, &test_error));
	if (f->bad_consistency)
		path[0].b[0] ^= 1;
	ret->path = path;
	return ANNOT_OK;
}

static inline void fake_raw(struct fake *f, const struct annot_raw_request *in,
			    struct annot_arena *arena, struct annot_raw_reply *ret)
{
	struct annot_raw *raw = annot_arena_array(arena, in->n_indexes, sizeof(*raw));
	for (size_t i = 0; i < in->n_indexes; i++) {
		struct fake_leaf *leaf = &f->leaves[in->indexes[i]];
		raw[i] = (struct annot_raw){
			.index = in->indexes[i],
			.record = leaf->record->bytes,
			.signature = annot_bytes(leaf->signature, ANNOT_SIGNATURE_SIZE),
			.leaf = leaf->line};
	}
	*ret = (struct annot_raw_reply){.records = raw, .n_records = in->n_indexes};
}

static inline void fake_leaves(struct fake *f, const struct annot_leaves_request *in,
			       struct annot_arena *arena, struct annot_leaves_reply *ret)
{
	const char **lines = annot_arena_array(arena, FAKE_LEAVES_MAX, sizeof(*lines));
	for (size_t i = (size_t)in->from; i < f->size && ret->n_leaves < in->limit; i++)
		lines[ret->n_leaves++] = f->leaves[i].line;
	ret->leaves = lines;
	ret->size = f->size;
}

/* What keys and rules follow from; bad_authority: the first of them again and again. */
static inline void fake_authority(struct fake *f, const struct annot_authority_request *in,
				  struct annot_arena *arena, struct annot_authority_reply *ret)
{
	uint64_t *indexes = annot_arena_array(arena, FAKE_LEAVES_MAX, sizeof(*indexes));
	for (size_t i = f->bad_authority ? 0 : (size_t)in->from; i < f->size; i++)
		if (f->leaves[i].record->kind->author != ANNOT_AUTHOR_REVIEWER)
			indexes[ret->n_indexes++] = i;
	ret->indexes = indexes;
}

/* All records, whatever the query. */
static inline void fake_list(struct fake *f, struct annot_arena *arena,
			     struct annot_rows_reply *ret)
{
	struct annot_row *rows = annot_arena_array(arena, FAKE_LEAVES_MAX, sizeof(*rows));
	for (size_t i = 0; i < f->size; i++)
		fake_row(f, i, &rows[i]);
	*ret = (struct annot_rows_reply){.rows = rows, .n_rows = f->size, .size = f->size};
}

/* The newest record whose id or annotation begins so, or the newest document. */
static inline enum annot_status fake_get(struct fake *f, const char *id, struct annot_row *ret)
{
	id += *id == '=';
	if (f->any) {
		fake_row(f, 1, ret);
		return ANNOT_OK;
	}
	for (size_t i = f->size; i-- > 0;) {
		const struct annot_record *r = f->leaves[i].record;
		size_t len = strcspn(id, "@");
		if (memcmp(annot_hash_hex(&r->annotation).text, id, len) != 0 &&
		    memcmp(annot_hash_hex(&r->id).text, id, len) != 0 &&
		    !(r->kind->kind == ANNOT_KIND_document && len < 8))
			continue;
		fake_row(f, i, ret);
		return ANNOT_OK;
	}
	return ANNOT_NOT_FOUND;
}

static inline enum annot_status fake_answer(struct fake *f, const struct annot_call_def *call,
					    const void *in, struct annot_arena *arena, void *reply)
{
	switch (call->id) {
	case ANNOT_CALL_hello:
		fake_hello(f, reply);
		return ANNOT_OK;
	case ANNOT_CALL_keys:
		fake_keys(f, arena, reply);
		return ANNOT_OK;
	case ANNOT_CALL_submit:
		fake_submit(f, in, arena, reply);
		return ANNOT_OK;
	case ANNOT_CALL_consistency:
		return fake_consistency(f, in, arena, reply);
	case ANNOT_CALL_raw:
		fake_raw(f, in, arena, reply);
		return ANNOT_OK;
	case ANNOT_CALL_authority:
		fake_authority(f, in, arena, reply);
		return ANNOT_OK;
	case ANNOT_CALL_leaves:
		fake_leaves(f, in, arena, reply);
		return ANNOT_OK;
	case ANNOT_CALL_checkpoint:
		*(struct annot_checkpoint_reply *)reply = (struct annot_checkpoint_reply){
			.note = fake_note(f, arena, fake_size(f)), .size = fake_size(f)};
		return ANNOT_OK;
	case ANNOT_CALL_get: {
		f->gets++;
		size_t n = f->get_rows ? f->get_rows : 1;
		struct annot_row *rows = annot_arena_array(arena, n, sizeof(*rows));
		enum annot_status status =
			fake_get(f, ((const struct annot_get_request *)in)->ids[0], rows);
		for (size_t i = 1; i < n; i++)
			rows[i] = rows[0];
		*(struct annot_rows_reply *)reply =
			(struct annot_rows_reply){.rows = rows, .n_rows = n, .size = f->size};
		return status;
	}
	case ANNOT_CALL_history:
	case ANNOT_CALL_list:
		fake_list(f, arena, reply);
		return ANNOT_OK;
	case ANNOT_CALL_events:
		poll(NULL, 0, f->events_late_ms);
		*(struct annot_events_reply *)reply = f->events;
		return ANNOT_OK;
	case ANNOT_CALL_text: {
		const char *text = f->text;
		*(struct annot_text_reply *)reply = (struct annot_text_reply){
			.data = annot_bytes_of(text), .total = strlen(text)};
		return ANNOT_OK;
	}
	default:
		return ANNOT_INTERNAL;
	}
}

/* --- the wire --- */

static inline bool fake_read(int fd, void *data, size_t len)
{
	for (size_t n = 0; n < len;) {
		ssize_t got = read(fd, (char *)data + n, len - n);
		if (got <= 0)
			return false;
		n += (size_t)got;
	}
	return true;
}

static inline bool fake_write(int fd, const void *data, size_t len)
{
	return send(fd, data, len, MSG_NOSIGNAL) == (ssize_t)len;
}

static inline void fake_be64(uint8_t *ret, uint64_t value)
{
	for (int i = 0; i < 8; i++)
		ret[i] = (uint8_t)(value >> (56 - 8 * i));
}

static inline bool fake_reply(struct fake *f, int fd, enum fake_deed deed, const uint8_t id[4],
			      const struct annot_buf *frame)
{
	uint8_t header[13] = {1};
	fake_be64(header + 1, deed == FAKE_HUGE ? 1ULL << 40 : frame->len + 4);
	memcpy(header + 9, id, 4);
	if (deed == FAKE_WRONG_ID)
		header[12] ^= 1;
	if (!fake_write(fd, header, sizeof(header)))
		return false;
	if (deed == FAKE_HUGE)
		return true;
	size_t len = deed == FAKE_HALF ? frame->len / 2 : frame->len;
	(void)f;
	return fake_write(fd, frame->data, len) && deed != FAKE_HALF && deed != FAKE_ANSWER_CLOSE;
}

/* Makes the reply to a request; what is done with it. */
static inline enum fake_deed fake_serve(struct fake *f, struct annot_bytes request,
					struct annot_buf *frame)
{
	struct annot_arena *arena = annot_arena_new(FAKE_ARENA_MAX);
	const struct annot_call_def *call;
	void *in;
	assert_ok(annot_request_decode(request, arena, &call, &in, &test_error));
	bool hit = f->deed != FAKE_ANSWER && (f->deed_call < 0 || f->deed_call == (int)call->id);
	enum fake_deed deed = hit ? f->deed : FAKE_ANSWER;
	enum annot_status status = ANNOT_OK;
	void *reply = annot_arena_alloc(arena, call->reply->size + 1);
	if (deed == FAKE_STATUS && f->times > 0) {
		f->times--;
		status = f->status;
	} else if (deed != FAKE_SILENT && deed != FAKE_CLOSE) {
		status = fake_answer(f, call, in, arena, reply);
	}
	if (deed == FAKE_GARBAGE)
		annot_buf_puts(frame, "this is not a frame");
	else if (deed != FAKE_SILENT && deed != FAKE_CLOSE)
		assert_ok(annot_reply_encode(call, status, "as told", reply, frame, &test_error));
	annot_arena_free(arena);
	return deed;
}

static inline void fake_talk(struct fake *f, int fd)
{
	uint8_t hello[8], header[13];
	static const uint8_t rep[8] = {0, 'S', 'P', 0, 0, 0x31, 0, 0};
	if (!fake_read(fd, hello, sizeof(hello)) ||
	    !fake_write(fd, f->bad_hello ? "HTTP/1.1" : (const char *)rep, sizeof(rep)))
		return;
	while (fake_read(fd, header, sizeof(header))) {
		uint64_t len = 0;
		for (int i = 1; i < 9; i++)
			len = len << 8 | header[i];
		struct annot_buf frame = ANNOT_BUF_INIT(ANNOT_FRAME_MAX);
		char *request = malloc((size_t)len);
		bool go_on = fake_read(fd, request, (size_t)len - 4);
		enum fake_deed deed = FAKE_CLOSE;
		if (go_on) {
			pthread_mutex_lock(&f->lock);
			deed = fake_serve(f, annot_bytes(request, (size_t)len - 4), &frame);
			pthread_mutex_unlock(&f->lock);
		}
		if (deed != FAKE_SILENT && deed != FAKE_CLOSE)
			go_on = fake_reply(f, fd, deed, header + 9, &frame);
		free(request);
		annot_buf_free(&frame);
		if (!go_on || deed == FAKE_CLOSE)
			return;
	}
}

static inline void *fake_run(void *arg)
{
	struct fake *f = arg;
	for (;;) {
		int fd = accept(f->listener, NULL, NULL);
		if (fd < 0 || __atomic_load_n(&f->stop, __ATOMIC_SEQ_CST)) {
			if (fd >= 0)
				close(fd);
			return NULL;
		}
		f->connections++;
		__atomic_store_n(&f->connection, fd, __ATOMIC_SEQ_CST);
		fake_talk(f, fd);
		__atomic_store_n(&f->connection, -1, __ATOMIC_SEQ_CST);
		close(fd);
	}
}

/* --- life --- */

/* Signs a draft and appends it; the record. */
static inline const struct annot_record *fake_add(struct fake *f, struct annot *a,
						  struct annot_draft *draft)
{
	struct annot_signed made;
	assert_ok(annot_sign(a, f->admin, draft, f->arena, &made, &test_error));
	fake_append(f, made.record, made.signature);
	annot_draft_free(draft);
	return made.record;
}

/* Appends a document of that name and text; the text is what the fake then has for all of them. */
static inline const struct annot_record *fake_document(struct fake *f, struct annot *a,
						       const char *name, const char *text)
{
	char length[24];
	struct annot_hash hash = annot_sha256(text, strlen(text));
	struct annot_hash chunks = annot_chunk_root(annot_bytes_of(text));
	struct annot_draft *draft = annot_draft_new(ANNOT_KIND_document);
	snprintf(length, sizeof(length), "%zu", strlen(text));
	assert_ok(annot_draft_add(draft, "name", name, &test_error));
	assert_ok(annot_draft_add(draft, "media-type", "text/plain", &test_error));
	assert_ok(annot_draft_add_hash(draft, "sha256", &hash, &test_error));
	assert_ok(annot_draft_add(draft, "length", length, &test_error));
	assert_ok(annot_draft_add_hash(draft, "chunks", &chunks, &test_error));
	f->text = text;
	return fake_add(f, a, draft);
}

static inline struct annot_draft *fake_corpus_draft(struct fake *f, const struct annot_skey *log)
{
	struct annot_draft *draft = annot_draft_new(ANNOT_KIND_corpus);
	struct annot_buf vkey = ANNOT_BUF_INIT(1024);
	char line[96], admin[128];
	annot_key_line(annot_signer_key(f->admin)->key, line);
	snprintf(admin, sizeof(admin), "ada %s", line);
	annot_vkey_write(&log->vkey, &vkey);
	assert_ok(annot_draft_add(draft, "origin", "test.example/log", &test_error));
	assert_ok(annot_draft_add(draft, "log", vkey.data, &test_error));
	assert_ok(annot_draft_add(draft, "admin", admin, &test_error));
	assert_ok(annot_draft_add(draft, "threshold", "1", &test_error));
	annot_buf_free(&vkey);
	return draft;
}

static inline void fake_listen(struct fake *f)
{
	struct sockaddr_un address = {.sun_family = AF_UNIX};
	snprintf(address.sun_path, sizeof(address.sun_path), "%s", f->url + strlen("ipc://"));
	f->listener = socket(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0);
	f->connection = -1;
	f->stop = false;
	unlink(address.sun_path);
	assert_int_equal(bind(f->listener, (struct sockaddr *)&address, sizeof(address)), 0);
	assert_int_equal(listen(f->listener, 16), 0);
	assert_int_equal(pthread_create(&f->thread, NULL, fake_run, f), 0);
}

static inline void fake_hang_up(struct fake *f)
{
	__atomic_store_n(&f->stop, true, __ATOMIC_SEQ_CST);
	int fd = __atomic_load_n(&f->connection, __ATOMIC_SEQ_CST);
	if (fd >= 0)
		shutdown(fd, SHUT_RDWR);
	shutdown(f->listener, SHUT_RDWR);
	pthread_join(f->thread, NULL);
	close(f->listener);
}

/* A corpus with its genesis record, in a temporary folder that is also XDG_STATE_HOME, listening.
 */
static inline struct fake *fake_new(void)
{
	struct fake *f = calloc(1, sizeof(*f));
	struct annot_public_key key;
	char path[128];
	pthread_mutexattr_t attr;
	assert_int_equal(pthread_mutexattr_init(&attr), 0);
	/* The thread appends, too, while it answers a submit. */
	assert_int_equal(pthread_mutexattr_settype(&attr, PTHREAD_MUTEX_RECURSIVE), 0);
	assert_int_equal(pthread_mutex_init(&f->lock, &attr), 0);
	pthread_mutexattr_destroy(&attr);
	assert_ok(annot_crypto_init(&test_error));
	strcpy(f->dir, "/tmp/annot-test-XXXXXX");
	assert_non_null(mkdtemp(f->dir));
	setenv("XDG_STATE_HOME", f->dir, 1);
	snprintf(f->url, sizeof(f->url), "ipc://%s/sock", f->dir);
	snprintf(path, sizeof(path), "%s/key", f->dir);
	f->arena = annot_arena_new(FAKE_ARENA_MAX);
	f->version = ANNOT_WIRE_VERSION;
	f->deed_call = -1;
	f->text = "";
	assert_ok(annot_key_create(path, "ada", &key, &test_error));
	assert_ok(annot_signer_open(path, &f->admin, &test_error));
	assert_ok(annot_skey_new("test.example/log", ANNOT_NOTE_ED25519, &f->log, &test_error));
	f->corpus = fake_add(f, NULL, fake_corpus_draft(f, &f->log))->id;
	fake_listen(f);
	return f;
}

static inline void fake_free(struct fake *f)
{
	char command[128];
	fake_hang_up(f);
	annot_signer_close(f->admin);
	annot_arena_free(f->arena);
	snprintf(command, sizeof(command), "rm -rf '%s'", f->dir);
	assert_int_equal(system(command), 0);
	free(f);
}

static inline enum annot_status fake_open(struct fake *f, int timeout_ms, struct annot **ret)
{
	struct annot_options options = ANNOT_OPTIONS_INIT;
	options.socket = f->url;
	options.timeout_ms = timeout_ms;
	return annot_open(&options, ret, &test_error);
}

/* How many files of a folder below <state>/annot begin so. */
static inline unsigned fake_files(const struct fake *f, const char *pattern)
{
	char command[256], answer[32] = "";
	snprintf(command, sizeof(command), "ls -d %s/annot/%s 2>/dev/null | wc -l", f->dir,
		 pattern);
	FILE *p = popen(command, "r");
	assert_non_null(p);
	assert_non_null(fgets(answer, sizeof(answer), p));
	pclose(p);
	return (unsigned)strtoul(answer, NULL, 10);
}

/* --- a fixture: a fake daemon and a client of it --- */

struct fake_fixture {
	struct fake *f;
	struct annot *a;
	struct annot_arena *arena;
};

static inline int fake_setup(void **state)
{
	struct fake_fixture *x = calloc(1, sizeof(*x));
	x->f = fake_new();
	x->arena = annot_arena_new(FAKE_ARENA_MAX);
	assert_ok(fake_open(x->f, 5000, &x->a));
	*state = x;
	return 0;
}

static inline int fake_teardown(void **state)
{
	struct fake_fixture *x = *state;
	annot_close(x->a);
	annot_arena_free(x->arena);
	fake_free(x->f);
	free(x);
	return 0;
}

#endif
