#include "writers.h"

#include <stdio.h>
#include <stdlib.h>
#include <sys/socket.h>
#include <sys/un.h>
#include <unistd.h>

#include "base/auto.h"
#include "base/hash.h"
#include "proto/proto.h"

enum { DOCUMENT_EVERY = 5, TEXT_SIZE = 20000, PIECE = 7000, MEMORY_MAX = 16 << 20 };

/* SP over ipc: a greeting; then 1, the length in 8 bytes, and what begins with the request's id. */
enum { GREETING_SIZE = 8, HEAD_SIZE = 9, ID_SIZE = 4 };
static const uint8_t greeting[GREETING_SIZE] = {0, 'S', 'P', 0, 0, 0x30, 0, 0};

static void note_wrong(struct client_writer *w, const char *what, const char *why)
{
	if (!w->wrong[0])
		snprintf(w->wrong, sizeof w->wrong, "writer %u: %s: %s", w->number, what,
			 why ? why : "");
}

static void keep(struct writer_list *l, const void *item, size_t size)
{
	if (l->n == l->max) {
		l->max = l->max ? 2 * l->max : 64;
		l->data = realloc(l->data, l->max * size);
		if (!l->data)
			abort();
	}
	memcpy((char *)l->data + l->n++ * size, item, size);
}

struct annot_bytes writer_text(void)
{
	static char text[TEXT_SIZE];
	static pthread_mutex_t lock = PTHREAD_MUTEX_INITIALIZER;
	pthread_mutex_lock(&lock);
	for (size_t i = 0; !text[TEXT_SIZE - 1] && i < TEXT_SIZE; i++)
		text[i] = i % 60 == 59 ? '\n' : (char)('a' + i % 26);
	pthread_mutex_unlock(&lock);
	return annot_bytes(text, TEXT_SIZE);
}

void writer_init(struct client_writer *w, unsigned number, const struct test_corpus *c,
		 const char *path)
{
	*w = (struct client_writer){.number = number, .corpus = c->id, .log = c->log.vkey};
	w->key = test_key((uint8_t)(100 + number));
	snprintf(w->path, sizeof w->path, "%s", path);
	w->fd = -1;
	w->arena = annot_arena_new(MEMORY_MAX);
}

void writer_free(struct client_writer *w)
{
	annot_arena_free(w->arena);
	free(w->told.data);
	free(w->checkpoints.data);
	free(w->texts.data);
}

/* --- records --- */

static struct annot_submit_item make(struct client_writer *w, struct annot_draft *draft)
{
	struct annot_draft_header header = {.corpus = &w->corpus,
					    .author = w->key.author,
					    .time_s = 1795305600 + (int64_t)w->made};
	AUTO_BUF struct annot_buf bytes = ANNOT_BUF_INIT(ANNOT_RECORD_MAX);
	const struct annot_record *record;
	uint8_t *signature = annot_arena_alloc(w->arena, ANNOT_SIGNATURE_SIZE);
	header.nonce[0] = (uint8_t)w->number;
	w->made++;
	memcpy(header.nonce + 1, &w->made, sizeof w->made);
	if (!signature || annot_draft_build(draft, &header, w->arena, &bytes, &record, NULL))
		abort();
	annot_draft_free(draft);
	annot_sshsig_sign(&w->key.secret, ANNOT_NAMESPACE_RECORD, record->bytes, signature);
	return (struct annot_submit_item){
		.record = record->bytes, .signature = annot_bytes(signature, ANNOT_SIGNATURE_SIZE)};
}

static void make_batch(struct client_writer *w)
{
	char name[64];
	annot_arena_reset(w->arena);
	w->n_under_way = 1 + (size_t)(w->made * 7 + w->number) % WRITER_BATCH_MAX;
	w->under_way = annot_arena_array(w->arena, w->n_under_way, sizeof w->under_way[0]);
	w->has_document = w->made % DOCUMENT_EVERY == 0;
	if (!w->under_way)
		abort();
	for (size_t i = 0; i < w->n_under_way; i++) {
		snprintf(name, sizeof name, "w%u-%llu", w->number, (unsigned long long)w->made);
		w->under_way[i] =
			make(w, i == 0 && w->has_document ? test_document(name, writer_text())
							  : test_claim(name));
	}
}

/* --- calls --- */

static bool write_all(int fd, const void *data, size_t len)
{
	for (size_t done = 0; done < len;) {
		ssize_t n = send(fd, (const char *)data + done, len - done, MSG_NOSIGNAL);
		if (n <= 0)
			return false;
		done += (size_t)n;
	}
	return true;
}

static bool read_all(int fd, void *ret, size_t len)
{
	for (size_t done = 0; done < len;) {
		ssize_t n = recv(fd, (char *)ret + done, len - done, 0);
		if (n <= 0)
			return false;
		done += (size_t)n;
	}
	return true;
}

static bool send_frame(struct client_writer *w, struct annot_bytes frame)
{
	uint8_t head[HEAD_SIZE + ID_SIZE] = {1};
	uint64_t len = frame.len + ID_SIZE;
	uint32_t id = 0x80000000u | ++w->request;
	for (int i = 0; i < 8; i++)
		head[1 + i] = (uint8_t)(len >> (56 - 8 * i));
	for (int i = 0; i < ID_SIZE; i++)
		head[HEAD_SIZE + i] = (uint8_t)(id >> (24 - 8 * i));
	return write_all(w->fd, head, sizeof head) && write_all(w->fd, frame.data, frame.len);
}

static bool receive_frame(struct client_writer *w, struct annot_buf *ret)
{
	uint8_t head[HEAD_SIZE + ID_SIZE];
	uint64_t len = 0;
	if (!read_all(w->fd, head, sizeof head))
		return false;
	for (int i = 0; i < 8; i++)
		len = len << 8 | head[1 + i];
	if (head[0] != 1 || len < ID_SIZE || len - ID_SIZE > ANNOT_FRAME_MAX) {
		note_wrong(w, "reply", "not a frame");
		return false;
	}
	len -= ID_SIZE;
	AUTO_FREE uint8_t *data = malloc((size_t)len + 1);
	if (!data || !read_all(w->fd, data, (size_t)len))
		return false;
	annot_buf_add(ret, data, (size_t)len);
	return true;
}

/* false: the connection was cut, or (then it is noted) the call failed. */
static bool call(struct client_writer *w, enum annot_call_id id, const void *request,
		 struct annot_arena *arena, void **ret)
{
	const struct annot_call_def *def = annot_call_def(id);
	AUTO_BUF struct annot_buf frame = ANNOT_BUF_INIT(ANNOT_FRAME_MAX);
	AUTO_BUF struct annot_buf reply = ANNOT_BUF_INIT(ANNOT_FRAME_MAX);
	struct annot_error err = {0};
	if (annot_request_encode(def, request, &frame, &err) != ANNOT_OK)
		abort();
	if (!send_frame(w, annot_buf_bytes(&frame)) || !receive_frame(w, &reply))
		return false;
	enum annot_status status =
		annot_reply_decode(def, annot_buf_bytes(&reply), arena, ret, &err);
	if (status != ANNOT_OK)
		note_wrong(w, annot_status_name(status), err.text);
	return status == ANNOT_OK;
}

static bool submit(struct client_writer *w, struct annot_arena *arena, bool again)
{
	struct annot_submit_request request = {.items = w->under_way, .n_items = w->n_under_way};
	struct annot_checkpoint checkpoint = {0};
	struct annot_error err = {0};
	void *got;
	if (!call(w, ANNOT_CALL_submit, &request, arena, &got))
		return false;
	const struct annot_submit_reply *reply = got;
	if (annot_checkpoint_open(reply->note, &w->log, &checkpoint, &err) != ANNOT_OK)
		note_wrong(w, "checkpoint", err.text);
	else
		keep(&w->checkpoints, &checkpoint, sizeof checkpoint);
	for (size_t i = 0; i < reply->n_results; i++) {
		const struct annot_submit_result *r = &reply->results[i];
		struct told told = {.id = r->record, .index = r->index};
		if (r->status != ANNOT_OK || r->index >= checkpoint.size)
			note_wrong(w, "record refused", r->message);
		else if (r->duplicate && !again)
			note_wrong(w, "duplicate", "of a record that was never sent");
		else
			keep(&w->told, &told, sizeof told);
		w->again += r->duplicate;
	}
	return !w->wrong[0];
}

static bool upload(struct client_writer *w, struct annot_arena *arena)
{
	struct annot_bytes text = writer_text();
	struct annot_hash document =
		annot_sha256(w->under_way[0].record.data, w->under_way[0].record.len);
	for (size_t at = 0;;) {
		size_t len = text.len - at < PIECE ? text.len - at : PIECE;
		struct annot_upload_request request = {.document = document,
						       .offset = at,
						       .data = annot_bytes(text.data + at, len)};
		void *got;
		if (!call(w, ANNOT_CALL_upload, &request, arena, &got))
			return false;
		at += len;
		if (((struct annot_upload_reply *)got)->complete)
			break;
		if (at >= text.len) {
			note_wrong(w, "upload", "not complete at its end");
			return false;
		}
	}
	keep(&w->texts, &document, sizeof document);
	return true;
}

static void *write_on(void *arg)
{
	struct client_writer *w = arg;
	AUTO_ARENA struct annot_arena *arena = annot_arena_new(MEMORY_MAX);
	bool again = w->n_under_way > 0;
	for (;; again = false) {
		if (!again)
			make_batch(w);
		annot_arena_reset(arena);
		if (!submit(w, arena, again) || (w->has_document && !upload(w, arena)))
			return NULL;
		w->n_under_way = 0;
	}
}

static bool greet(struct client_writer *w)
{
	struct sockaddr_un address = {.sun_family = AF_UNIX};
	uint8_t theirs[GREETING_SIZE];
	snprintf(address.sun_path, sizeof address.sun_path, "%s", w->path);
	w->fd = socket(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0);
	return w->fd >= 0 && connect(w->fd, (struct sockaddr *)&address, sizeof address) == 0 &&
	       write_all(w->fd, greeting, sizeof greeting) &&
	       read_all(w->fd, theirs, sizeof theirs);
}

void writer_go(struct client_writer *w)
{
	bool going = greet(w) && pthread_create(&w->thread, NULL, write_on, w) == 0;
	if (going)
		return;
	note_wrong(w, "cannot connect to", w->path);
	if (w->fd >= 0)
		close(w->fd);
	w->fd = -1;
}

void writer_cut(struct client_writer *w)
{
	if (w->fd < 0)
		return;
	shutdown(w->fd, SHUT_RDWR);
	pthread_join(w->thread, NULL);
	close(w->fd);
	w->fd = -1;
}
