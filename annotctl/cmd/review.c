#include <string.h>

#include "../out/out.h"
#include "../key.h"
#include "../out/record.h"
#include "../write.h"

static char *arg_because;

static const struct poptOption options[] = {
	{"because", '\0', POPT_ARG_STRING, &arg_because, 0, "Why", "TEXT"},
	POPT_TABLEEND,
};

/* The leaf of a version, fetched. */
static enum annot_status leaf_of(void *ctx, const struct annot_hash *record, struct annot_leaf *ret,
				 struct annot_error *err)
{
	struct ctl *ctl = ctx;
	struct annot_fetched f;
	const char *id = annot_arena_printf(ctl->arena, "=%s", annot_hash_hex(record).text);
	TRY(annot_fetch(ctl->annot, id ? id : "", ctl->arena, &f, err));
	if (!f.record)
		return annot_leaf_parse(annot_bytes_of(f.row->leaf), ret, err);
	annot_leaf_of(f.record, f.row->signature.data, ret);
	return ANNOT_OK;
}

/* Whether a person authored the version or one that it descends from. */
static enum annot_status is_own(struct ctl *ctl, const struct annot_authority *authority,
				const struct annot_hash *person, const struct annot_hash *record,
				bool *ret)
{
	struct annot_review_authors *a = annot_arena_alloc(ctl->arena, sizeof *a);
	if (!a)
		return annot_fail(&ctl->err, ANNOT_NO_MEMORY, "out of memory");
	TRY(annot_review_authors(authority, record, leaf_of, ctl, a, &ctl->err));
	*ret = false;
	for (size_t i = 0; i < a->n_persons; i++)
		*ret = *ret || annot_hash_equal(&a->persons[i], person);
	return ANNOT_OK;
}

/*
 * An approval of one's own work that the policy in force would not count is not signed: it would
 * look like four eyes and be two. Records that take an admin quorum count their author by rule.
 */
static enum annot_status check_own(struct ctl *ctl, const struct annot_fetched *on)
{
	const struct annot_authority *authority;
	struct annot_hash author;
	bool own;
	if (on->record->kind->author != ANNOT_AUTHOR_REVIEWER)
		return ANNOT_OK;
	TRY(key_own(ctl, &author));
	TRY(annot_authority_now(ctl->annot, &authority, &ctl->err));
	const struct annot_key_info *me = annot_authority_key(authority, &author);
	if (!me || annot_authority_policy(authority)->self_approval)
		return ANNOT_OK;
	TRY(is_own(ctl, authority, &me->person, &on->record->id, &own));
	if (!own)
		return ANNOT_OK;
	return annot_fail(&ctl->err, ANNOT_REFUSED,
			  "%s %s: you wrote it or a version it descends from, and the policy in "
			  "force counts no approval of one's own work; ask somebody else to review "
			  "it (reject and request-changes are yours to sign)",
			  on->record->kind->name,
			  record_short(ctl, &on->record->annotation, on->row->version));
}

static enum annot_status fill(struct ctl *ctl, struct annot_draft *draft, const char **args)
{
	struct annot_fetched on;
	TRY(write_word(ctl, draft, ANNOT_KIND_review, "decision", args[1]));
	TRY(write_see(ctl, args[0], true, &on));
	if (strcmp(args[1], "approve") == 0)
		TRY(check_own(ctl, &on));
	return write_about(ctl, draft, &on, "reason", arg_because);
}

static int run(struct ctl *ctl, int argc, const char **args)
{
	(void)argc;
	return write_new(ctl, ANNOT_KIND_review, fill, args);
}

const struct command cmd_review = {
	"review",
	"ID@N approve|reject|request-changes",
	"Sign a decision on one exact version",
	options,
	run,
	NEEDS_DAEMON | WRITES,
	2,
	2,
};
