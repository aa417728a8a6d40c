#include <string.h>

#include "../key.h"
#include "../out/columns.h"

static int arg_allowed_signers;

static const struct poptOption options[] = {
	{"allowed-signers", '\0', POPT_ARG_NONE, &arg_allowed_signers, 0,
	 "As a file for ssh-keygen -Y verify -f", NULL},
	POPT_TABLEEND,
};

struct listing {
	struct ctl *ctl;
	const struct annot_authority *authority;
	size_t width; /* of the names */
};

enum { NAME_WIDTH = 16 };

static const char *role_of(const struct annot_key_info *k)
{
	return k->admin ? "admin" : k->bot ? "bot" : "reviewer";
}

/* Who signed a key event; what brought a key to a genesis record's first admin is that admin. */
static const char *name_of(const struct listing *l, const struct annot_hash *author)
{
	const struct annot_key_info *key = annot_authority_key(l->authority, author);
	return key ? key->name : NULL;
}

static json_t *index_json(int64_t index)
{
	return index == ANNOT_NEVER ? json_null() : json_integer((json_int_t)index);
}

static json_t *languages_json(const struct annot_key_info *k)
{
	json_t *languages = json_array();
	for (size_t i = 0; i < k->n_languages; i++)
		json_array_append_new(languages, json_string(k->languages[i]));
	return languages;
}

/* {record, index, by} of what revoked a key; null if nothing did. */
static json_t *revocation_json(const struct listing *l, const struct annot_key_info *k)
{
	if (k->revoked == ANNOT_NEVER)
		return json_null();
	return json_pack("{s:s, s:I, s:s?}", "record", annot_hash_hex(&k->revocation).text, "index",
			 (json_int_t)k->revoked, "by", name_of(l, &k->revoked_by));
}

static json_t *key_json(const struct listing *l, const struct annot_key_info *k)
{
	char line[96];
	annot_key_line(k->key, line);
	json_t *object = json_pack(
		"{s:s, s:s?, s:s, s:s, s:s, s:s, s:s, s:s, s:I, s:s}", "name", k->name, "display",
		k->display, "role", role_of(k), "line", line, "key",
		key_fingerprint(l->ctl, &k->author), "author", annot_hash_hex(&k->author).text,
		"person", annot_hash_hex(&k->person).text, "event", annot_hash_hex(&k->event).text,
		"index", (json_int_t)k->index, "state", annot_key_state_name(k->state));
	const char *by = name_of(l, &k->by);
	const char *ended_by = k->ended == ANNOT_NEVER ? NULL : name_of(l, &k->ended_by);
	if (!object)
		return NULL;
	/* 0 in a pending key, as before there were keys without an index. */
	json_object_set_new(object, "effective",
			    json_integer(k->effective == ANNOT_NEVER ? 0 : k->effective));
	json_object_set_new(object, "enrolled_by", by ? json_string(by) : json_null());
	json_object_set_new(object, "ended", index_json(k->ended));
	json_object_set_new(object, "ended_by", ended_by ? json_string(ended_by) : json_null());
	json_object_set_new(object, "compromised_from", index_json(k->compromised_from));
	json_object_set_new(object, "revocation", revocation_json(l, k));
	json_object_set_new(object, "languages", languages_json(k));
	return object;
}

static void print_signer(struct ctl *ctl, const struct annot_key_info *k)
{
	char line[96];
	annot_key_line(k->key, line);
	/* Names are of [a-z0-9._-] only, so they mean themselves in this file's pattern language.
	 */
	out_text(ctl, "%s namespaces=\"%s\" %s\n", out_safe(ctl, k->name), ANNOT_NAMESPACE_RECORD,
		 line);
}

/* What the record did that ended a key; a key may be revoked as stolen after it had ended. */
static const char *end_words(const struct annot_key_info *k)
{
	bool later = k->revoked != ANNOT_NEVER && k->revoked >= k->ended;
	switch (k->state) {
	case ANNOT_KEY_RETIRED:
		return "revoked as retired";
	case ANNOT_KEY_LEFT:
		return "revoked as left";
	case ANNOT_KEY_COMPROMISED:
		return later ? "ended" : "revoked as compromised";
	default:
		return annot_key_state_name(k->state);
	}
}

/* " to #9, rotated by boris, compromised from #5 on, as alice said at #12". */
static void add_end(const struct listing *l, const struct annot_key_info *k, struct annot_buf *ret)
{
	struct ctl *ctl = l->ctl;
	const char *by = name_of(l, &k->ended_by), *who = name_of(l, &k->revoked_by);
	if (k->ended == ANNOT_NEVER)
		return;
	annot_buf_printf(ret, " to #%llu, %s by %s", (unsigned long long)k->ended - 1, end_words(k),
			 by ? out_safe(ctl, by) : "?");
	if (k->compromised_from != ANNOT_NEVER && k->compromised_from < k->ended)
		annot_buf_printf(ret, ", compromised from #%llu on",
				 (unsigned long long)k->compromised_from);
	if (k->revoked != ANNOT_NEVER && k->revoked >= k->ended)
		annot_buf_printf(ret, ", as %s said at #%llu", who ? out_safe(ctl, who) : "?",
				 (unsigned long long)k->revoked);
}

static void print(const struct listing *l, const struct annot_key_info *k)
{
	struct ctl *ctl = l->ctl;
	const char *by = name_of(l, &k->by);
	bool waits = k->state == ANNOT_KEY_PENDING;
	struct annot_buf life = ANNOT_BUF_INIT(4096);
	annot_buf_printf(&life, "%-9s %-12s %s  %s #%llu, enrolled by %s", role_of(k),
			 annot_key_state_name(k->state), key_fingerprint(ctl, &k->author),
			 waits ? "waits since" : "from",
			 (unsigned long long)(waits ? k->index : (uint64_t)k->effective),
			 by ? out_safe(ctl, by) : "?");
	add_end(l, k, &life);
	out_text(ctl, "%s ", out_cell(ctl, out_safe(ctl, k->name), l->width));
	out_folded(ctl, l->width + 1, life.data ? life.data : "");
	annot_buf_free(&life);
}

/* Each person once, by the key that counts now, else by the newest. */
static void print_name(const struct listing *l, size_t n)
{
	const struct annot_key_info *k = annot_authority_key_at(l->authority, n), *other;
	other = annot_authority_name(l->authority, k->name);
	for (size_t i = n + 1; !other && i < annot_authority_keys(l->authority); i++)
		if (strcmp(annot_authority_key_at(l->authority, i)->name, k->name) == 0)
			other = annot_authority_key_at(l->authority, i);
	if (!other || other == k)
		out_text(l->ctl, "%s\n", out_safe(l->ctl, k->name));
}

static void item(const struct listing *l, size_t n)
{
	const struct annot_key_info *k = annot_authority_key_at(l->authority, n);
	if (arg_allowed_signers && k->state != ANNOT_KEY_PENDING)
		print_signer(l->ctl, k);
	else if (arg_allowed_signers)
		return; /* not in force yet */
	else if (l->ctl->format != FORMAT_TEXT)
		out_list_item(l->ctl, key_json(l, k));
	else if (l->ctl->quiet)
		print_name(l, n);
	else
		print(l, k);
}

static int run(struct ctl *ctl, int argc, const char **args)
{
	struct listing l = {.ctl = ctl, .width = NAME_WIDTH};
	(void)argc, (void)args;
	CTL_TRY(ctl, annot_authority_now(ctl->annot, &l.authority, &ctl->err));
	for (size_t i = 0; i < annot_authority_keys(l.authority); i++) {
		size_t len = strlen(annot_authority_key_at(l.authority, i)->name);
		l.width = len > l.width ? len : l.width; /* names are ASCII */
	}
	bool json = ctl->format != FORMAT_TEXT && !arg_allowed_signers;
	if (json)
		out_list_begin(ctl);
	for (size_t i = 0; i < annot_authority_keys(l.authority); i++)
		item(&l, i);
	if (json)
		out_list_end(ctl);
	return 0;
}

const struct command cmd_reviewer_list = {
	"reviewer list",
	"",
	"List admins, reviewers and bots, and the life of their keys",
	options,
	run,
	NEEDS_DAEMON | LISTS,
	0,
	0,
};
