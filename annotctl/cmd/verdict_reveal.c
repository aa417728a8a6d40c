#include <string.h>

#include "../key.h"
#include "../out/out.h"
#include "../out/record.h"
#include "../seals.h"
#include "../write.h"

/* The seal itself, which must be unopened. */
static enum annot_status named_seal(struct ctl *ctl, const struct annot_fetched *f,
				    const struct annot_record **ret)
{
	const struct annot_card *commitment = annot_record_card(f->record, "commitment");
	const struct annot_short seal = annot_short_id(&f->record->id);
	if (strcmp(f->row->effect, "effective") != 0)
		return annot_fail(&ctl->err, ANNOT_REFUSED, "seal %s is %s", seal.text,
				  out_safe(ctl, f->row->effect));
	if (record_has_flag(f->row, "given-up"))
		return annot_fail(&ctl->err, ANNOT_REFUSED,
				  "seal %s was given up: a verdict by the same person, on the "
				  "same record, came after it and did not open it",
				  seal.text);
	if (!record_has_flag(f->row, "unopened")) {
		annot_seal_forget(ctl->annot, &commitment->hash); /* an outbox had it opened */
		return annot_fail(&ctl->err, ANNOT_REFUSED,
				  "seal %s was opened already; annotctl show %s shows the verdict",
				  seal.text,
				  record_short(ctl, &f->row->on_annotation, f->row->on_version));
	}
	*ret = f->record;
	return ANNOT_OK;
}

/* One's own unopened seal on a version, or on whichever version has the only one. */
static enum annot_status seal_on(struct ctl *ctl, const char *id, const struct annot_fetched *f,
				 const struct annot_record **ret)
{
	struct own_seal own[OWN_SEALS_MAX];
	bool exact = strchr(id, '@') || *id == '=';
	const char *names = "";
	size_t n, fit = 0;
	TRY(seals_own(ctl, &f->record->annotation, own, &n));
	for (size_t i = 0; i < n; i++) {
		if (exact && !annot_hash_equal(annot_record_on(own[i].record), &f->record->id))
			continue;
		*ret = own[i].record;
		names = annot_arena_printf(ctl->arena, "%s%s%s (on %s)", names, fit++ ? ", " : "",
					   annot_short_id(&own[i].record->id).text, own[i].on);
	}
	if (fit == 0)
		return annot_fail(&ctl->err, ANNOT_NOT_FOUND,
				  "you have no unopened seal on %s; annotctl list state:unopened "
				  "lists them all",
				  id);
	if (fit > 1)
		return annot_fail(&ctl->err, ANNOT_AMBIGUOUS, "which seal on %s? %s", id, names);
	return ANNOT_OK;
}

static enum annot_status find(struct ctl *ctl, const char *id, const struct annot_record **ret)
{
	struct annot_fetched f;
	TRY(annot_fetch(ctl->annot, id, ctl->arena, &f, &ctl->err));
	if (!f.record)
		return annot_fail(&ctl->err, ANNOT_REFUSED,
				  "%s was withheld; what cannot be seen is not signed", id);
	if (f.record->kind->kind == ANNOT_KIND_seal)
		return named_seal(ctl, &f, ret);
	return seal_on(ctl, id, &f, ret);
}

/* The commitment has the author in it: only the key that sealed opens. */
static enum annot_status check_key(struct ctl *ctl, const struct annot_record *seal)
{
	const struct annot_authority *authority;
	const struct annot_key_info *info, *mine;
	struct annot_hash author;
	TRY(key_own(ctl, &author));
	if (annot_hash_equal(&author, &seal->author))
		return ANNOT_OK;
	TRY(annot_authority_now(ctl->annot, &authority, &ctl->err));
	mine = annot_authority_key(authority, &author);
	info = annot_authority_key(authority, &seal->author);
	const struct annot_short id = annot_short_id(&seal->id);
	if (!info || !mine || !annot_hash_equal(&info->person, &mine->person))
		return annot_fail(&ctl->err, ANNOT_DENIED,
				  "seal %s is by %s; only who sealed can open it", id.text,
				  info ? out_safe(ctl, info->name) : "somebody else");
	return annot_fail(&ctl->err, ANNOT_DENIED,
			  "seal %s was made with another key of yours, which is %s; %s", id.text,
			  annot_key_state_name(info->state),
			  info->state == ANNOT_KEY_ACTIVE
				  ? "sign with that one (--key)"
				  : "it cannot be opened any more, only given up (annotctl verdict "
				    "add --give-up)");
}

/* What the verdict refers to is seen again: fetched, hashed, its signature checked. */
static enum annot_status see(struct ctl *ctl, const struct annot_draft *verdict)
{
	const char *const cards[] = {"on", "evidence"};
	struct annot_fetched seen;
	for (size_t c = 0; c < sizeof cards / sizeof *cards; c++)
		for (size_t n = 0; annot_draft_value(verdict, cards[c], n); n++) {
			const char *id = annot_arena_printf(
				ctl->arena, "=%s", annot_draft_value(verdict, cards[c], n));
			TRY(write_see(ctl, id ? id : "", false, &seen));
		}
	out_note(ctl, "opening: %s %s", annot_draft_value(verdict, "scale", 0),
		 annot_draft_value(verdict, "rating", 0));
	return ANNOT_OK;
}

static enum annot_status open_seal(struct ctl *ctl, const struct annot_record *seal,
				   struct annot_draft **ret)
{
	struct annot_error why;
	TRY(check_key(ctl, seal));
	enum annot_status status = annot_seal_open(ctl->annot, seal, ret, &why);
	if (status == ANNOT_NOT_FOUND)
		return annot_fail(&ctl->err, status,
				  "%s; open it where it was sealed, or give it up with annotctl "
				  "verdict add %s RATING --give-up",
				  why.text, annot_record_text(seal, "on"));
	return status == ANNOT_OK ? ANNOT_OK : annot_fail(&ctl->err, status, "%s", why.text);
}

static int run(struct ctl *ctl, int argc, const char **args)
{
	const struct annot_record *seal;
	struct annot_draft *verdict;
	struct written written;
	(void)argc;
	CTL_TRY(ctl, find(ctl, args[0], &seal));
	CTL_TRY(ctl, open_seal(ctl, seal, &verdict));
	/* The policy may have changed since it was sealed. */
	enum annot_status status = write_check_rating(ctl, annot_draft_value(verdict, "scale", 0),
						      annot_draft_value(verdict, "rating", 0));
	if (status == ANNOT_OK)
		status = see(ctl, verdict);
	if (status == ANNOT_OK)
		status = write_silently(ctl, verdict, &written);
	annot_draft_free(verdict);
	CTL_TRY(ctl, status);
	/* Only now that the log is proved to have it. */
	annot_seal_forget(ctl->annot, &annot_record_card(seal, "commitment")->hash);
	return write_print(ctl, &written, "revealed");
}

const struct command cmd_verdict_reveal = {
	"verdict reveal",
	"ID",
	"Open your seal: sign the verdict that it hides",
	NULL,
	run,
	NEEDS_DAEMON | WRITES,
	1,
	1,
};
