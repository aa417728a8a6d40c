/* keys: the registry of keys with their lives. */
#include "annotd/call.h"
#include "annotd/corpus.h"
#include "record/sshkey.h"

enum { KEYS_MAX = 4096, KEY_LINE_SIZE = 96 }; /* as in keys_reply; as annot_key_line */

static uint64_t index_or_0(int64_t index)
{
	return index == ANNOT_NEVER ? 0 : (uint64_t)index;
}

static char *keep(struct call *c, const char *text)
{
	return annot_arena_copy(c->arena, text, strlen(text));
}

/* Copies all that an info points to: authority may change when the lock is gone. */
static bool key_view(struct call *c, const struct annot_key_info *info, struct annot_key_view *ret)
{
	const char **languages = annot_arena_array(
		c->arena, info->n_languages ? info->n_languages : 1, sizeof *languages);
	char line[KEY_LINE_SIZE];
	bool copied = languages;

	annot_key_line(info->key, line);
	*ret = (struct annot_key_view){
		.name = keep(c, info->name),
		.display = info->display ? keep(c, info->display) : NULL,
		.role = info->admin ? "admin"
			: info->bot ? "bot"
				    : "reviewer",
		.key = keep(c, line),
		.author = info->author,
		.person = info->person,
		.event = info->event,
		.index = info->index,
		.state = annot_key_state_name(info->state),
		.effective = index_or_0(info->effective),
		.ended = index_or_0(info->ended),
		.compromised_from = index_or_0(info->compromised_from),
		.languages = languages,
		.n_languages = info->n_languages,
	};
	for (size_t i = 0; copied && i < info->n_languages; i++) {
		languages[i] = keep(c, info->languages[i]);
		copied = languages[i];
	}
	return copied && ret->name && ret->key && (ret->display || !info->display);
}

static enum annot_status keys(struct call *c, const struct annot_authority *authority,
			      struct annot_keys_reply *ret)
{
	size_t n = annot_authority_keys(authority);
	struct annot_key_view *views;

	if (n > KEYS_MAX)
		return annot_fail(
			&c->err, ANNOT_TOO_LARGE,
			"%zu keys, more than the %d of a reply; read the authority records", n,
			(int)KEYS_MAX);
	views = annot_arena_array(c->arena, n ? n : 1, sizeof *views);
	for (size_t i = 0; views && i < n; i++)
		if (!key_view(c, annot_authority_key_at(authority, i), &views[i]))
			views = NULL;
	if (!views)
		return annot_fail(&c->err, ANNOT_NO_MEMORY, "no memory for %zu keys", n);
	ret->keys = views;
	ret->n_keys = n;
	ret->threshold = annot_authority_threshold(authority);
	return ANNOT_OK;
}

enum annot_status on_keys(struct call *c, const struct annot_keys_request *in,
			  struct annot_keys_reply *ret)
{
	const struct annot_authority *authority = corpus_authority_lock(c->corpus);
	enum annot_status status = keys(c, authority, ret);

	(void)in;
	corpus_authority_unlock(c->corpus);
	return status;
}
