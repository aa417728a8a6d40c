/*
 * Two logs: which records only one of them has, which stand at another place, and whose bytes one
 * has not. Both are gone through twice: first for the hashes, 48 bytes a record, then for what is
 * shown.
 */
#include <stdlib.h>
#include <string.h>

#include "diff.h"
#include "log_source.h"
#include "../list.h"

/* What is remembered of a record, sorted by its hash. */
struct known {
	struct annot_hash record;
	uint64_t index;
	bool withheld;
};

struct side {
	struct log_source source;
	struct annot_buf known;       /* struct known */
	struct annot_buf annotations; /* struct numbered: of what stands in it, for new ones */
	size_t only, moved, missing;
};

struct comparing {
	bool stat;
	struct side sides[2];
	int now;          /* the side that is gone through */
	json_t *lists[2]; /* json */
	/* Same corpus: first index at which both have a record and not the same. */
	bool same_corpus, forked;
	uint64_t forked_at;
};

static enum annot_status remember(struct ctl *ctl, const struct log_record *r, void *arg)
{
	struct comparing *c = arg;
	const struct known one = {
		.record = r->leaf.record, .index = r->index, .withheld = !r->record};
	TRY(numbered_add(ctl, &c->sides[c->now].annotations, &r->leaf.annotation, 0));
	return LIST_ADD(ctl, &c->sides[c->now].known, &one);
}

static int by_record(const void *a, const void *b)
{
	return memcmp(a, b, ANNOT_HASH_SIZE);
}

static const struct known *find(const struct side *s, const struct annot_hash *record)
{
	return s->known.len == 0
		       ? NULL
		       : bsearch(record, s->known.data, LIST_COUNT(struct known, &s->known),
				 sizeof(struct known), by_record);
}

/* --- showing --- */

static const char *event_of(const struct comparing *c, const struct log_record *r)
{
	bool there = numbered_find(&c->sides[!c->now].annotations, &r->leaf.annotation);
	return there ? "version" : "annotation";
}

static void show_json(struct ctl *ctl, struct comparing *c, const struct log_record *r)
{
	json_t *o = r->record ? annot_record_json(r->record)
			      : json_pack("{s:s, s:s, s:s}", "record",
					  annot_hash_hex(&r->leaf.record).text, "annotation",
					  annot_hash_hex(&r->leaf.annotation).text, "kind",
					  annot_kind_def(r->leaf.kind)->name);
	json_object_set_new(o, "index", json_integer((json_int_t)r->index));
	json_object_set_new(o, "only", json_string(c->now ? "b" : "a"));
	json_object_set_new(o, "event", json_string(event_of(c, r)));
	json_object_set_new(o, "withheld", json_boolean(!r->record));
	if (ctl->format == FORMAT_NDJSON)
		out_json(ctl, o);
	else
		json_array_append_new(c->lists[c->now], o);
}

static void show_text(struct ctl *ctl, const struct comparing *c, const struct log_record *r)
{
	bool version = strcmp(event_of(c, r), "version") == 0;
	out_text(ctl, "%s%c%s #%llu %-8s %s%s: %s\n",
		 out_style(ctl, c->now ? STYLE_ADDED : STYLE_REMOVED), c->now ? '+' : '-',
		 out_style(ctl, STYLE_PLAIN), (unsigned long long)r->index,
		 annot_kind_def(r->leaf.kind)->name, annot_short_id(&r->leaf.annotation).text,
		 version ? ", another version" : "",
		 r->record ? record_words(ctl, r->record) : "WITHHELD");
}

/* A record of one side that the other has not, or not in the same place or not with its bytes. */
static enum annot_status compare(struct ctl *ctl, const struct log_record *r, void *arg)
{
	struct comparing *c = arg;
	struct side *here = &c->sides[c->now];
	const struct known *there = find(&c->sides[!c->now], &r->leaf.record);
	if (there) {
		here->moved += there->index != r->index;
		here->missing += there->withheld && r->record;
		return ANNOT_OK;
	}
	here->only++;
	if (c->same_corpus && r->index < c->sides[!c->now].source.size &&
	    (!c->forked || r->index < c->forked_at)) {
		c->forked = true;
		c->forked_at = r->index;
	}
	if (c->stat)
		return ANNOT_OK;
	if (ctl->format == FORMAT_TEXT)
		show_text(ctl, c, r);
	else
		show_json(ctl, c, r);
	return ANNOT_OK;
}

static enum annot_status both(struct ctl *ctl, struct comparing *c, log_source_take take)
{
	for (c->now = 0; c->now < 2; c->now++)
		TRY(log_source_each(ctl, &c->sides[c->now].source, take, c));
	return ANNOT_OK;
}

static json_t *side_json(const struct side *s)
{
	return json_pack("{s:s?, s:s, s:I, s:b, s:I, s:I}", "file", s->source.path, "corpus",
			 annot_hash_hex(&s->source.corpus).text, "size", (json_int_t)s->source.size,
			 "partial", (int)s->source.partial, "only", (json_int_t)s->only,
			 "bytes_only", (json_int_t)s->missing);
}

static bool differ(const struct comparing *c)
{
	const struct side *a = &c->sides[0], *b = &c->sides[1];
	return a->only + b->only + a->moved + a->missing + b->missing > 0;
}

/* One object for json; the last line of ndjson. */
static void end_json(struct ctl *ctl, struct comparing *c)
{
	json_t *o = json_pack("{s:b, s:b, s:o, s:o}", "differ", (int)differ(c), "same_corpus",
			      (int)c->same_corpus, "a", side_json(&c->sides[0]), "b",
			      side_json(&c->sides[1]));
	json_object_set_new(o, "forked_at",
			    c->forked ? json_integer((json_int_t)c->forked_at) : json_null());
	for (int i = 0; ctl->format == FORMAT_JSON && !c->stat && i < 2; i++)
		json_object_set(o, i ? "only_b" : "only_a", c->lists[i]);
	out_json(ctl, o);
}

static const char *name_of(struct ctl *ctl, const struct side *s)
{
	return s->source.path ? out_safe(ctl, s->source.path) : "the daemon's log";
}

static void end_text(struct ctl *ctl, const struct comparing *c)
{
	const struct side *a = &c->sides[0], *b = &c->sides[1];
	if (!c->same_corpus)
		out_text(ctl, "two corpora: no record can be in both\n");
	if (c->forked && !a->source.partial && !b->source.partial)
		out_text(ctl, "the logs part at #%llu\n", (unsigned long long)c->forked_at);
	if (a->missing + b->missing > 0)
		out_text(ctl, "withheld in one alone: %zu of %s (-), %zu of %s (+)\n", b->missing,
			 name_of(ctl, a), a->missing, name_of(ctl, b));
	if (c->stat || differ(c))
		out_text(ctl, "%zu only in %s (-), %zu only in %s (+)%s\n", a->only,
			 name_of(ctl, a), b->only, name_of(ctl, b),
			 a->moved > 0 ? ", others at another place" : "");
}

static enum annot_status run(struct ctl *ctl, struct comparing *c)
{
	TRY(both(ctl, c, remember));
	for (int i = 0; i < 2; i++) {
		struct side *s = &c->sides[i];
		numbered_sort(&s->annotations);
		if (s->known.len > 0)
			qsort(s->known.data, LIST_COUNT(struct known, &s->known),
			      sizeof(struct known), by_record);
	}
	c->same_corpus = annot_hash_equal(&c->sides[0].source.corpus, &c->sides[1].source.corpus);
	return both(ctl, c, compare);
}

int diff_logs(struct ctl *ctl, const char *const paths[2], bool stat)
{
	struct comparing c = {.stat = stat, .lists = {json_array(), json_array()}};
	for (int i = 0; i < 2; i++)
		c.sides[i] = (struct side){
			.source = {.path = paths[i]}, .known = LIST_INIT, .annotations = LIST_INIT};
	enum annot_status status = run(ctl, &c);
	if (status == ANNOT_OK && ctl->format == FORMAT_TEXT)
		end_text(ctl, &c);
	else if (status == ANNOT_OK)
		end_json(ctl, &c);
	for (int i = 0; i < 2; i++) {
		annot_buf_free(&c.sides[i].known);
		annot_buf_free(&c.sides[i].annotations);
		json_decref(c.lists[i]);
	}
	CTL_TRY(ctl, status);
	return differ(&c) ? annot_exit_code(ANNOT_NO) : 0;
}
