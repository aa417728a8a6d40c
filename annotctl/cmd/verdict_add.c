#include "../key.h"
#include "../out/out.h"
#include "../queue.h"
#include "../seals.h"
#include "../write.h"

static char *arg_scale, *arg_because;
static char **arg_evidence;
static int arg_sealed, arg_give_up;

static const struct poptOption options[] = {
	{"scale", '\0', POPT_ARG_STRING, &arg_scale, 0, "Scale of the rating (" WRITE_SCALE ")", "SCALE"},
	{"because", '\0', POPT_ARG_STRING, &arg_because, 0, "Why", "TEXT"},
	{"evidence", '\0', POPT_ARG_ARGV, &arg_evidence, 0, "A record that it rests on", "ID"},
	{"sealed", '\0', POPT_ARG_NONE, &arg_sealed, 0,
	 "Commit to it without showing it; verdict reveal opens it", NULL},
	{"give-up", '\0', POPT_ARG_NONE, &arg_give_up, 0,
	 "Give up your unopened seal on that version", NULL},
	POPT_TABLEEND,
};

/* One's own unopened seal on the record; NULL if there is none. */
static enum annot_status find_seal(struct ctl *ctl, const struct annot_record *on,
				   const struct annot_record **ret)
{
	struct own_seal own[OWN_SEALS_MAX];
	size_t n;
	*ret = NULL;
	TRY(seals_own(ctl, &on->annotation, own, &n));
	for (size_t i = 0; i < n; i++)
		if (annot_hash_equal(annot_record_on(own[i].record), &on->id))
			*ret = own[i].record;
	return ANNOT_OK;
}

/* The next verdict on a record opens its person's seal or gives it up: never without being told. */
static enum annot_status check_seal(struct ctl *ctl, const char *id,
				    const struct annot_record *seal)
{
	if (seal && (arg_sealed || !arg_give_up))
		return annot_fail(&ctl->err, ANNOT_REFUSED,
				  "%s: you have an unopened seal on it; open it first (annotctl "
				  "verdict reveal %s)%s",
				  id, annot_short_id(&seal->id).text,
				  arg_sealed ? ""
					     : ", or say --give-up: it can then never be opened");
	if (!seal && arg_give_up)
		return annot_fail(&ctl->err, ANNOT_REFUSED,
				  "--give-up: you have no unopened seal on %s", id);
	return ANNOT_OK;
}

/* The verdict, complete, from what was said and seen. */
static enum annot_status fill(struct ctl *ctl, struct annot_draft *draft, const char **args,
			      const struct annot_record **ret_seal)
{
	const char *scale = arg_scale ? arg_scale : WRITE_SCALE;
	struct annot_fetched on;
	TRY(write_check_rating(ctl, scale, args[1]));
	TRY(write_see(ctl, args[0], true, &on));
	TRY(find_seal(ctl, on.record, ret_seal));
	TRY(check_seal(ctl, args[0], *ret_seal));
	if (arg_sealed)
		TRY(seals_warn_late(ctl, &on));
	TRY(write_about(ctl, draft, &on, "rationale", arg_because));
	TRY(write_card(ctl, draft, "scale", scale));
	TRY(write_card(ctl, draft, "rating", args[1]));
	for (char **id = arg_evidence; id && *id; id++)
		TRY(write_reference(ctl, draft, "evidence", *id));
	return ANNOT_OK;
}

/* The secret is kept before the seal is sent; it goes where the log refused the seal for good. */
static int run_sealed(struct ctl *ctl, struct annot_draft *verdict)
{
	struct annot_hash author, commitment;
	struct annot_draft *seal;
	struct written written;
	bool waits;
	CTL_TRY(ctl, key_own(ctl, &author));
	CTL_TRY(ctl, annot_seal_make(ctl->annot, &author, verdict, &seal, &commitment, &ctl->err));
	enum annot_status status = write_or_wait(ctl, seal, &written, &waits);
	annot_draft_free(seal);
	/* A line of a batch may be run again under its key, and sends this seal then. */
	if (status != ANNOT_OK && !waits && !ctl->queue)
		annot_seal_forget(ctl->annot, &commitment);
	CTL_TRY(ctl, status);
	out_note(ctl, "open it with: annotctl verdict reveal %s",
		 annot_short_id(&written.record->id).text);
	return write_print(ctl, &written, "added");
}

static int run_open(struct ctl *ctl, const struct annot_draft *verdict,
		    const struct annot_record *seal)
{
	struct written written;
	CTL_TRY(ctl, write_silently(ctl, verdict, &written));
	if (seal)
		annot_seal_forget(ctl->annot, &annot_record_card(seal, "commitment")->hash);
	return write_print(ctl, &written, "added");
}

static int run(struct ctl *ctl, int argc, const char **args)
{
	struct annot_draft *draft = annot_draft_new(ANNOT_KIND_verdict);
	const struct annot_record *seal = NULL;
	(void)argc;
	enum annot_status status = draft ? fill(ctl, draft, args, &seal)
					 : annot_fail(&ctl->err, ANNOT_NO_MEMORY, "out of memory");
	if (status == ANNOT_OK && ctl->queue && !arg_sealed && !seal)
		return queue_draft(ctl, draft);
	int code = status != ANNOT_OK ? ctl_fail(ctl, status)
		   : arg_sealed       ? run_sealed(ctl, draft)
				      : run_open(ctl, draft, seal);
	annot_draft_free(draft);
	return code;
}

const struct command cmd_verdict_add = {
	"verdict add",
	"ID@N RATING",
	"Sign a rating of one exact version",
	options,
	run,
	NEEDS_DAEMON | WRITES,
	2,
	2,
};
