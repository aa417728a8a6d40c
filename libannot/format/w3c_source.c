/* What a target is about: the text of it that we hold. */
#include "base/encode.h"
#include "format/w3c_import.h"

static bool is_hash(const char *text)
{
	struct annot_hash hash;
	return text && annot_hash_unhex(text, strlen(text), &hash);
}

/* Whether it looks like one of plain text (RFC 5147); those of other media are part of an address
 * to us. */
static bool is_plain_fragment(const char *fragment)
{
	return strncmp(fragment, "char=", 5) == 0 || strncmp(fragment, "line=", 5) == 0;
}

enum annot_status w3c_target_read(struct annot_import *m, const json_t *target,
				  struct w3c_target *ret, struct annot_error *err)
{
	const json_t *source = json_object_get(target, "source"), *iri = target;
	struct w3c_target t = {.object = json_is_object(target) ? target : NULL};
	if (t.object && source)
		iri = json_is_object(source) ? json_object_get(source, "id") : source;
	else if (t.object)
		iri = json_object_get(target, "id");
	t.selector = source ? json_object_get(target, "selector") : NULL;
	if (json_is_array(t.selector) && json_array_size(t.selector) == 0)
		t.selector = NULL;
	t.iri = json_string_value(iri) ? json_string_value(iri) : "";
	const char *hash = strchr(t.iri, '#');
	if (hash && !source && is_plain_fragment(hash + 1)) {
		t.fragment = hash + 1;
		t.iri = annot_arena_copy(m->arena, t.iri, (size_t)(hash - t.iri));
		if (!t.iri)
			return w3c_no_memory(err);
	}
	t.sha256 = w3c_text(t.object, W3C_PREFIX "sha256");
	if (!is_hash(t.sha256))
		t.sha256 = strncmp(t.iri, "urn:sha256:", 11) == 0 && is_hash(t.iri + 11)
				   ? t.iri + 11
				   : NULL;
	*ret = t;
	return ANNOT_OK;
}

bool w3c_target_selects(const struct w3c_target *t)
{
	return t->selector || t->fragment;
}

/* Whether it has no scheme: a name of ours, which is no IRI of the Web. */
static bool is_name(const char *iri)
{
	return *iri && !strchr(iri, ':') && !strchr(iri, '/');
}

enum annot_status w3c_target_source(struct annot_import *m, const struct w3c_target *t,
				    struct annot_source **ret, struct annot_error *err)
{
	/* The text itself before any text at that address: what was quoted may have been amended
	 * there. */
	const struct annot_source_wanted ways[] = {
		{.name = w3c_target_selects(t) ? m->host.document : NULL},
		{.sha256 = t->sha256},
		{.name = is_name(t->iri) ? t->iri : NULL},
		{.url = is_name(t->iri) || t->iri[0] == '\0' ? NULL : t->iri},
	};
	*ret = NULL;
	for (size_t i = 0; i < sizeof ways / sizeof *ways && !*ret; i++) {
		struct annot_error why;
		if (!ways[i].name && !ways[i].sha256 && !ways[i].url)
			continue;
		enum annot_status status = m->host.source(m->host.arg, &ways[i], ret, &why);
		if (status != ANNOT_OK && status != ANNOT_NOT_FOUND && status != ANNOT_AMBIGUOUS)
			return annot_fail(err, status, "%s", why.text);
		if (status != ANNOT_OK)
			*ret = NULL;
	}
	if (*ret && !(*ret)->text.data)
		*ret = NULL;
	return ANNOT_OK;
}
