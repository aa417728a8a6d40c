#include "offer.h"

#include <string.h>

#include "out/out.h"
#include "out/record.h"
#include "remote.h"

/* Who has pressed Tab waits a second for the daemon, or, where --timeout or annotctl.conf says that
 * it is slow, one part of what a command waits. */
enum { DAEMON_MS = 1000, PARTS = 30 };

void offer(const struct offering *o, const char *word, const char *what)
{
	const char *all = annot_arena_printf(o->ctl->arena, "%s%s", o->before, word);
	if (all && strncmp(all, o->prefix, strlen(o->prefix)) == 0)
		out_text(o->ctl, "%s\t%s\n", all, what);
}

void offer_words(const struct offering *o, const char *list)
{
	while (*list) {
		size_t len = strcspn(list, "|");
		const char *word = annot_arena_copy(o->ctl->arena, list, len);
		if (word)
			offer(o, word, "");
		list += len + (list[len] == '|');
	}
}

/* --- what the daemon knows; without one nothing is offered, and nothing said --- */

static bool connect(struct ctl *ctl)
{
	struct annot_options options = ANNOT_OPTIONS_INIT;
	options.socket = ctl->socket;
	options.timeout_ms = ctl->timeout_ms / PARTS;
	if (options.timeout_ms < DAEMON_MS)
		options.timeout_ms = DAEMON_MS;
	remote_options(ctl, false, &options);
	return ctl->annot || annot_open(&options, &ctl->annot, &ctl->err) == ANNOT_OK;
}

static void offer_documents(const struct offering *o)
{
	struct ctl *ctl = o->ctl;
	struct annot_list_request request = {.query = "kind:document"};
	const struct annot_rows_reply *reply;
	if (!connect(ctl))
		return;
	do {
		if (annot_call_list(ctl->annot, &request, ctl->arena, &reply, &ctl->err) !=
		    ANNOT_OK)
			return;
		for (size_t i = 0; i < reply->n_rows; i++) {
			const struct annot_record *record;
			if (record_of_row(ctl, &reply->rows[i], &record) != ANNOT_OK || !record)
				continue;
			const char *name = annot_record_text(record, "name");
			const char *title = annot_record_text(record, "title");
			if (name) /* of a kind that needs no escaping */
				offer(o, name, title ? out_safe_flat(ctl, title) : "document");
		}
		request.from = reply->next;
	} while (request.from != 0);
}

static const struct annot_authority *authority(struct ctl *ctl)
{
	const struct annot_authority *found;
	return connect(ctl) && annot_authority_now(ctl->annot, &found, &ctl->err) == ANNOT_OK
		       ? found
		       : NULL;
}

static void offer_people(const struct offering *o)
{
	const struct annot_authority *a = authority(o->ctl);
	for (size_t i = 0; a && i < annot_authority_keys(a); i++) {
		const struct annot_key_info *key = annot_authority_key_at(a, i);
		if (key == annot_authority_name(a, key->name)) /* each once */
			offer(o, out_safe(o->ctl, key->name), "reviewer");
	}
}

static bool has_rating(const struct annot_scale *scale, const char *rating)
{
	for (size_t r = 0; r < scale->n; r++)
		if (strcmp(scale->ratings[r].name, rating) == 0)
			return true;
	return false;
}

/* Ratings of the scale that is meant, or those of all, each once. */
static void offer_ratings(const struct offering *o)
{
	const struct annot_authority *a = authority(o->ctl);
	const struct annot_policy *policy = a ? annot_authority_policy(a) : NULL;
	for (size_t i = 0; policy && i < policy->n_scales; i++) {
		const struct annot_scale *scale = &policy->scales[i];
		if (o->scale && strcmp(scale->name, o->scale) != 0)
			continue;
		for (size_t r = 0; r < scale->n; r++) {
			size_t before = 0;
			while (!o->scale && before < i &&
			       !has_rating(&policy->scales[before], scale->ratings[r].name))
				before++;
			if (o->scale || before == i)
				offer(o, scale->ratings[r].name, scale->name);
		}
	}
}

static void offer_scales(const struct offering *o)
{
	const struct annot_authority *a = authority(o->ctl);
	const struct annot_policy *policy = a ? annot_authority_policy(a) : NULL;
	for (size_t i = 0; policy && i < policy->n_scales; i++)
		offer(o, policy->scales[i].name, "scale");
}

/* --- queries --- */

static void offer_kinds(const struct offering *o)
{
	for (unsigned kind = 0; kind < ANNOT_KIND_COUNT; kind++)
		offer(o, annot_kind_def((enum annot_kind)kind)->name, "");
	offer(o, "any", "");
}

static void offer_states(const struct offering *o)
{
#define STATE(name, flag) offer(o, name, "");
#include "proto/terms.def"
}

static void offer_anchors(const struct offering *o)
{
#define ANCHOR(name, flag) offer(o, name, "");
#include "proto/terms.def"
}

static const struct term {
	const char *key, *value, *doc;
} terms[] = {
#define TERM(key, kept, value, doc) {key ":", value, doc},
#include "proto/terms.def"
};

/* A term before its colon, or what may stand behind it. */
static void offer_terms(const struct offering *o)
{
	for (size_t i = 0; i < sizeof terms / sizeof *terms; i++) {
		const struct term *t = &terms[i];
		if (strncmp(o->prefix, t->key, strlen(t->key)) == 0)
			offer_value(&(struct offering){o->ctl, o->prefix, t->key, NULL}, t->value);
		else
			offer(o, t->key, t->doc);
	}
}

/* --- by name --- */

static void offer_relations(const struct offering *o)
{
	const struct annot_kind_def *link = annot_kind_def(ANNOT_KIND_link);
	offer_words(o, annot_card_def_find(link, "relation", strlen("relation"))->values);
}

static bool is_file(const char *name)
{
	return strstr(name, "FILE") || strstr(name, "BUNDLE") || strcmp(name, "DIR") == 0 ||
	       strcmp(name, "KEY") == 0;
}

void offer_value(const struct offering *o, const char *name)
{
	if (strncmp(name, "DOC", 3) == 0 || strncmp(name, "ID", 2) == 0)
		offer_documents(o);
	if (is_file(name))
		out_text(o->ctl, ":file\n");
	if (strstr(name, "QUERY"))
		offer_terms(o);
	else if (strcmp(name, "RELATION") == 0)
		offer_relations(o);
	else if (strcmp(name, "RATING") == 0)
		offer_ratings(o);
	else if (strcmp(name, "SCALE") == 0)
		offer_scales(o);
	else if (strcmp(name, "PERSON") == 0)
		offer_people(o);
	else if (strcmp(name, "KIND") == 0)
		offer_kinds(o);
	else if (strcmp(name, "STATE") == 0)
		offer_states(o);
	else if (strcmp(name, "ANCHOR") == 0)
		offer_anchors(o);
	else if (strcmp(name, "FORMAT") == 0)
		offer_words(o, "text|json|ndjson");
	else if (strchr(name, '|') && name[0] >= 'a' && name[0] <= 'z')
		offer_words(o, name);
}
