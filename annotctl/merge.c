#include "merge.h"

#include "key.h"
#include "out/out.h"
#include "out/record.h"
#include "write.h"

static enum annot_status fetch_exact(struct ctl *ctl, const struct annot_hash *record, bool see,
				     struct annot_fetched *ret)
{
	const char *id = annot_arena_printf(ctl->arena, "=%s", annot_hash_hex(record).text);
	if (!id)
		return annot_fail(&ctl->err, ANNOT_NO_MEMORY, "out of memory");
	return see ? write_see(ctl, id, false, ret)
		   : annot_fetch(ctl->annot, id, ctl->arena, ret, &ctl->err);
}

/* The person that signs; zero if that key is not enrolled. */
static enum annot_status own_person(struct ctl *ctl, struct annot_hash *ret)
{
	const struct annot_signer *signer;
	TRY(ctl_signer(ctl, &signer));
	struct annot_hash author = annot_key_author(annot_signer_key(signer)->key);
	const struct annot_key_view *key = key_enrolled(ctl, &author);
	*ret = key ? key->person : (struct annot_hash){{0}};
	return ANNOT_OK;
}

static bool wrote(struct ctl *ctl, const struct annot_hash *person, const struct version *version)
{
	const struct annot_key_view *key = key_enrolled(ctl, &version->author);
	return key && annot_hash_equal(&key->person, person);
}

static size_t find_ours(struct ctl *ctl, const struct annot_hash *person, const struct versions *v)
{
	size_t first = VERSIONS_NONE;
	for (size_t i = 0; i < v->n; i++) {
		if (!v->list[i].head || v->list[i].withheld)
			continue;
		if (wrote(ctl, person, &v->list[i]))
			return i;
		if (first == VERSIONS_NONE)
			first = i;
	}
	return first;
}

static void add_heads(struct merging *m, size_t ours, bool withheld)
{
	const struct versions *v = &m->versions;
	for (size_t i = 0; i < v->n; i++) {
		if (!v->list[i].head || i == ours || v->list[i].withheld != withheld)
			continue;
		if (m->n_all < ANNOT_PARENTS_MAX)
			m->heads[m->n_all++].at = i;
		else
			m->left_over++;
	}
}

/* Of a withheld version nothing is left that could be merged, or seen before it is signed. */
static enum annot_status say_withheld(struct ctl *ctl, const struct merging *m, size_t head,
				      bool drop)
{
	const struct versions *v = &m->versions;
	const struct version *version = &v->list[m->heads[head].at];
	const char *name = record_short(ctl, &v->annotation, version->number);
	if (!drop)
		return annot_fail(&ctl->err, ANNOT_REFUSED,
				  "%s by %s is WITHHELD, and nobody can see what it said; "
				  "--drop-withheld replaces it, taking nothing from it",
				  name, out_safe(ctl, version->author_name));
	out_note(ctl, "%s by %s is WITHHELD: it is replaced, and nothing is taken from it", name,
		 out_safe(ctl, version->author_name));
	return ANNOT_OK;
}

/* Places of the heads to be merged now. */
static enum annot_status choose_heads(struct ctl *ctl, const struct annot_hash *person, bool drop,
				      struct merging *m)
{
	const struct versions *v = &m->versions;
	size_t ours = find_ours(ctl, person, v);
	if (ours == VERSIONS_NONE)
		return annot_fail(&ctl->err, ANNOT_REFUSED,
				  "there is no version to merge that was not withheld; end the "
				  "annotation with annotctl retract");
	m->heads[m->n_all++].at = ours;
	add_heads(m, ours, false);
	m->n = m->n_all;
	add_heads(m, ours, true);
	for (size_t i = m->n; i < m->n_all; i++)
		TRY(say_withheld(ctl, m, i, drop));
	if (m->n_all > 1)
		return ANNOT_OK;
	return annot_fail(&ctl->err, ANNOT_REFUSED,
			  "%s is the only latest version: there is nothing to merge",
			  record_short(ctl, &v->annotation, v->list[ours].number));
}

enum annot_status merge_gather(struct ctl *ctl, const char *id, bool drop_withheld,
			       struct merging *ret)
{
	struct annot_fetched f;
	struct annot_hash person;
	*ret = (struct merging){.n = 0};
	TRY(annot_fetch(ctl->annot, id, ctl->arena, &f, &ctl->err));
	struct annot_hash annotation = versions_annotation(&f);
	TRY(versions_load(ctl, &annotation, NULL, NULL, &ret->versions));
	TRY(own_person(ctl, &person));
	TRY(choose_heads(ctl, &person, drop_withheld, ret));
	for (size_t i = 0; i < ret->n; i++) {
		struct merge_head *head = &ret->heads[i];
		TRY(fetch_exact(ctl, &ret->versions.list[head->at].record, true, &f));
		TRY(annot_merge_cards(ctl->arena, f.record, &head->cards, &ctl->err));
	}
	return ANNOT_OK;
}

/* The cards of the nearest common ancestors; none where one of them was withheld, or there are
 * more than are merged at once. */
static enum annot_status gather_bases(struct ctl *ctl, const struct merging *m, size_t k,
				      struct annot_merge_cards *ret, size_t *ret_n)
{
	size_t merged[ANNOT_PARENTS_MAX], bases[ANNOT_PARENTS_MAX], n;
	for (size_t i = 0; i < k; i++)
		merged[i] = m->heads[i].at;
	TRY(annot_version_bases(m->versions.nodes, merged, k, m->heads[k].at, bases,
				ANNOT_PARENTS_MAX, &n, &ctl->err));
	*ret_n = 0;
	if (n > ANNOT_PARENTS_MAX)
		return ANNOT_OK;
	for (size_t i = 0; i < n; i++) {
		struct annot_fetched f;
		TRY(fetch_exact(ctl, &m->versions.list[bases[i]].record, false, &f));
		if (!f.record) {
			out_note(ctl,
				 "%s, which they come from, is WITHHELD: whatever differs clashes",
				 record_short(ctl, &m->versions.annotation,
					      m->versions.list[bases[i]].number));
			return ANNOT_OK;
		}
		TRY(annot_merge_cards(ctl->arena, f.record, &ret[i], &ctl->err));
	}
	*ret_n = n;
	return ANNOT_OK;
}

enum annot_status merge_head(struct ctl *ctl, const struct merging *m, size_t k,
			     const struct annot_merge_cards *so_far, struct annot_merged *ret)
{
	struct annot_merge_cards bases[ANNOT_PARENTS_MAX];
	size_t n;
	TRY(gather_bases(ctl, m, k, bases, &n));
	return annot_merge_versions(ctl->arena, bases, n, so_far, &m->heads[k].cards, ret,
				    &ctl->err);
}
