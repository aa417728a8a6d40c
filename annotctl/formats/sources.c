#include "sources.h"

#include <stdlib.h>
#include <string.h>

#include "../rows.h"

enum {
	RECORD_ARENA_MAX = 1 << 20,
	TEXT_IN_MEMORY_MAX = 1 << 20, /* longer ones are in files (held.h) */
	ANSWERS_MAX = 64,
	ANSWER_MAX = 512,
};

struct held {
	struct annot_hash id;
	struct annot_source source;
	struct annot_arena *arena; /* of the record; NULL: free */
	struct annot_held text;
	uint64_t used; /* item that needed it last */
};

/* What was wanted before, and which record it was. */
struct answer {
	char wanted[ANSWER_MAX]; /* "": free */
	struct annot_hash id;
};

struct sources {
	struct ctl *ctl;
	uint64_t item;
	size_t bytes;
	struct held held[SOURCES_MAX];
	struct answer answers[ANSWERS_MAX];
	size_t next_answer;
};

struct sources *sources_new(struct ctl *ctl)
{
	struct sources *s = calloc(1, sizeof *s);
	if (s) {
		s->ctl = ctl;
		s->item = 1;
	}
	return s;
}

static void give_up(struct sources *s, struct held *h)
{
	s->bytes -= h->text.len;
	annot_source_clear(&h->source);
	annot_held_free(&h->text);
	h->arena = annot_arena_free(h->arena);
}

struct sources *sources_free(struct sources *s)
{
	for (size_t i = 0; s && i < SOURCES_MAX; i++)
		if (s->held[i].arena)
			give_up(s, &s->held[i]);
	free(s);
	return NULL;
}

void sources_next_item(struct sources *s)
{
	s->item++;
}

/* The one that was used longest ago and not by this item; NULL: there is none. */
static struct held *oldest(struct sources *s)
{
	struct held *ret = NULL;
	for (size_t i = 0; i < SOURCES_MAX; i++) {
		struct held *h = &s->held[i];
		if (h->arena && h->used < s->item && (!ret || h->used < ret->used))
			ret = h;
	}
	return ret;
}

/* A free place. */
static enum annot_status make_room(struct sources *s, struct held **ret)
{
	struct held *h;
	while (s->bytes > SOURCES_BYTES_MAX && (h = oldest(s)))
		give_up(s, h);
	for (size_t i = 0; i < SOURCES_MAX; i++)
		if (!s->held[i].arena) {
			*ret = &s->held[i];
			return ANNOT_OK;
		}
	h = oldest(s);
	if (!h)
		return annot_fail(&s->ctl->err, ANNOT_TOO_LARGE,
				  "one item is about more than %d documents", SOURCES_MAX);
	give_up(s, h);
	*ret = h;
	return ANNOT_OK;
}

static enum annot_status fetch(struct sources *s, const struct annot_hash *record, struct held *h)
{
	char id[ANNOT_HASH_HEX + 2];
	struct annot_fetched fetched;
	struct annot_error *err = &s->ctl->err;
	snprintf(id, sizeof id, "=%s", annot_hash_hex(record).text);
	TRY(annot_fetch(s->ctl->annot, id, h->arena, &fetched, err));
	h->source.version = fetched.row->version;
	h->source.index = fetched.row->index;
	h->source.record = fetched.record;
	if (!fetched.record)
		return ANNOT_OK;
	if (fetched.record->kind->kind != ANNOT_KIND_document)
		return annot_fail(err, ANNOT_MISMATCH, "%s is a %s, not a document", id + 1,
				  fetched.record->kind->name);
	h->source.name = annot_record_text(fetched.record, "name");
	enum annot_status status =
		annot_fetch_text_apart(s->ctl->annot, fetched.record, &h->text, err);
	if (status == ANNOT_NOT_FOUND || status == ANNOT_REFUSED) {
		annot_held_free(&h->text);
		return ANNOT_OK;
	}
	TRY(status);
	return annot_held_bytes(&h->text, &h->source.text, err);
}

enum annot_status sources_get(struct sources *s, const struct annot_hash *record,
			      struct annot_source **ret)
{
	struct held *h;
	for (size_t i = 0; i < SOURCES_MAX; i++)
		if (s->held[i].arena && annot_hash_equal(&s->held[i].id, record)) {
			s->held[i].used = s->item;
			*ret = &s->held[i].source;
			return ANNOT_OK;
		}
	TRY(make_room(s, &h));
	*h = (struct held){.id = *record,
			   .used = s->item,
			   .text = ANNOT_HELD_INIT(TEXT_IN_MEMORY_MAX),
			   .arena = annot_arena_new(RECORD_ARENA_MAX)};
	enum annot_status status =
		h->arena ? fetch(s, record, h)
			 : annot_fail(&s->ctl->err, ANNOT_NO_MEMORY, "out of memory");
	s->bytes += h->text.len;
	if (status != ANNOT_OK)
		give_up(s, h);
	else
		*ret = &h->source;
	return status;
}

/* --- finding --- */

/* A value of a query, in quotes. False: no query can hold it. */
static bool put_term(struct annot_buf *b, const char *key, const char *value)
{
	annot_buf_printf(b, "%s%s:\"", b->len > 0 ? " " : "", key);
	for (; *value; value++) {
		if (*value == '"' || *value == '\\')
			annot_buf_putc(b, '\\');
		annot_buf_putc(b, *value);
	}
	annot_buf_putc(b, '"');
	return !b->failed;
}

struct finding {
	const struct annot_source_wanted *wanted;
	struct annot_hash id;
	char name[64];
	uint64_t n; /* documents found; of several, name and also are two */
	char also[64];
};

static bool same(const struct annot_record *record, const char *card, const char *value)
{
	const char *there = annot_record_text(record, card);
	return !value || (there && strcmp(there, value) == 0);
}

static enum annot_status take(struct ctl *ctl, const struct annot_row *row,
			      const struct annot_record *record, void *arg)
{
	struct finding *f = arg;
	(void)ctl, (void)row;
	/* Queries do not tell upper from lower case. */
	if (!record || !same(record, "source", f->wanted->url) ||
	    !same(record, "sha256", f->wanted->sha256))
		return ANNOT_OK;
	const char *name = annot_record_text(record, "name");
	f->n++;
	if (f->n == 1) {
		f->id = record->id;
		snprintf(f->name, sizeof f->name, "%s", name ? name : "");
	} else {
		snprintf(f->also, sizeof f->also, "%s", name ? name : "");
	}
	return ANNOT_OK;
}

static enum annot_status by_name(struct sources *s, const char *name, struct annot_hash *ret)
{
	struct annot_fetched fetched;
	TRY(annot_fetch(s->ctl->annot, name, s->ctl->arena, &fetched, &s->ctl->err));
	if (!fetched.record || fetched.record->kind->kind != ANNOT_KIND_document)
		return annot_fail(&s->ctl->err, ANNOT_NOT_FOUND, "%.80s: there is no such document",
				  name);
	*ret = fetched.record->id;
	return ANNOT_OK;
}

/* What was wanted, for people. */
static const char *wanted_text(const struct annot_source_wanted *w)
{
	return w->url ? w->url : w->sha256 ? w->sha256 : w->name ? w->name : "a text";
}

static enum annot_status by_query(struct sources *s, const struct annot_source_wanted *wanted,
				  struct annot_hash *ret)
{
	struct finding f = {.wanted = wanted};
	struct annot_buf query = ANNOT_BUF_INIT(ANSWER_MAX);
	struct annot_error *err = &s->ctl->err;
	bool good = (!wanted->url || put_term(&query, "source", wanted->url)) &&
		    (!wanted->sha256 || put_term(&query, "sha256", wanted->sha256)) &&
		    query.len > 0;
	annot_buf_puts(&query, " kind:document");
	enum annot_status status =
		good && !query.failed
			? rows_each(s->ctl, &(struct rows_request){.query = query.data}, take, &f,
				    NULL)
			: ANNOT_OK;
	annot_buf_free(&query);
	TRY(status);
	if (f.n == 0)
		return annot_fail(err, ANNOT_NOT_FOUND,
				  "no document of the corpus is from %.200s; add it with: annotctl "
				  "doc add FILE --source URL",
				  wanted_text(wanted));
	if (f.n > 1)
		return annot_fail(
			err, ANNOT_AMBIGUOUS,
			"several documents are from %.200s: %s, %s%s; say which with --doc",
			wanted_text(wanted), f.name, f.also, f.n > 2 ? " …" : "");
	*ret = f.id;
	return ANNOT_OK;
}

/* "NAME LF URL LF SHA256"; false: too long to be remembered. */
static bool key_of(const struct annot_source_wanted *w, char ret[ANSWER_MAX])
{
	int n = snprintf(ret, ANSWER_MAX, "%s\n%s\n%s", w->name ? w->name : "",
			 w->url ? w->url : "", w->sha256 ? w->sha256 : "");
	return n > 0 && n < ANSWER_MAX;
}

static enum annot_status find(struct sources *s, const struct annot_source_wanted *wanted,
			      struct annot_hash *ret)
{
	char key[ANSWER_MAX];
	bool short_enough = key_of(wanted, key);
	for (size_t i = 0; short_enough && i < ANSWERS_MAX; i++)
		if (strcmp(s->answers[i].wanted, key) == 0) {
			*ret = s->answers[i].id;
			return ANNOT_OK;
		}
	if (wanted->name && !wanted->url && !wanted->sha256)
		TRY(by_name(s, wanted->name, ret));
	else
		TRY(by_query(s, wanted, ret));
	if (short_enough) {
		struct answer *a = &s->answers[s->next_answer++ % ANSWERS_MAX];
		memcpy(a->wanted, key, sizeof key);
		a->id = *ret;
	}
	return ANNOT_OK;
}

enum annot_status sources_find(struct sources *s, const struct annot_source_wanted *wanted,
			       struct annot_source **ret, struct annot_error *err)
{
	struct annot_arena *own = s->ctl->arena;
	struct annot_hash id;
	s->ctl->arena = annot_arena_new(RECORD_ARENA_MAX);
	enum annot_status status =
		s->ctl->arena ? find(s, wanted, &id)
			      : annot_fail(&s->ctl->err, ANNOT_NO_MEMORY, "out of memory");
	if (status == ANNOT_OK)
		status = sources_get(s, &id, ret);
	annot_arena_free(s->ctl->arena);
	s->ctl->arena = own;
	if (status != ANNOT_OK && err != &s->ctl->err)
		annot_fail(err, status, "%s", s->ctl->err.text);
	return status;
}
