#include "write.h"

#include <string.h>

#include "out/out.h"
#include "out/record.h"
#include "queue.h"

/* "line 13: card …" is where it would stand in the record, of which nobody has typed a line. */
static enum annot_status no_lines(struct ctl *ctl, enum annot_status status)
{
	unsigned line;
	int len = 0;
	if (status == ANNOT_INVALID && sscanf(ctl->err.text, "line %u: %n", &line, &len) == 1 &&
	    len)
		memmove(ctl->err.text, ctl->err.text + len, strlen(ctl->err.text + len) + 1);
	return status;
}

static enum annot_status sign_and_submit(struct ctl *ctl, const struct annot_draft *draft,
					 bool expect_heads, struct written *ret, bool *ret_waits)
{
	const struct annot_signer *signer;
	struct annot_signed signed_record;
	struct annot_receipt receipt = {0};
	*ret_waits = false;
	TRY(ctl_signer(ctl, &signer));
	enum annot_status status =
		annot_sign(ctl->annot, signer, draft, ctl->arena, &signed_record, &ctl->err);
	if (status != ANNOT_OK)
		return no_lines(ctl, status);
	if (ctl->chosen)
		out_note(ctl, "%s", ctl->chosen);
	signed_record.expect_heads = expect_heads;
	if (ctl->queue)
		TRY(queue_signed(ctl, &signed_record));
	*ret_waits = true;
	TRY(annot_submit(ctl->annot, &signed_record, 1, ctl->arena, &receipt, &ctl->err));
	*ret_waits = receipt.waits;
	if (annot_outbox_report(ctl->annot))
		out_warning(ctl, "from the outbox: %s",
			    out_safe(ctl, annot_outbox_report(ctl->annot)));
	if (receipt.status != ANNOT_OK)
		return annot_fail(&ctl->err, receipt.status, "%s",
				  receipt.message ? receipt.message
						  : annot_strerror(receipt.status));
	*ret = (struct written){signed_record.record, receipt.index, receipt.pending};
	return ANNOT_OK;
}

enum annot_status write_silently(struct ctl *ctl, const struct annot_draft *draft,
				 struct written *ret)
{
	bool waits;
	return sign_and_submit(ctl, draft, false, ret, &waits);
}

enum annot_status write_or_wait(struct ctl *ctl, const struct annot_draft *draft,
				struct written *ret, bool *ret_waits)
{
	return sign_and_submit(ctl, draft, false, ret, ret_waits);
}

enum annot_status write_on_heads(struct ctl *ctl, const struct annot_draft *draft,
				 struct written *ret)
{
	bool waits;
	return sign_and_submit(ctl, draft, true, ret, &waits);
}

/* What is known without asking again. */
static int print_receipt(struct ctl *ctl, const struct written *w, const char *verb)
{
	out_warning(ctl, "it is in the log, but could not be read back: %s",
		    out_safe(ctl, ctl->err.text));
	if (ctl->format == FORMAT_TEXT) {
		out_text(ctl, "%s %s %s at #%llu\n", w->record->kind->name,
			 annot_short_id(&w->record->annotation).text, verb,
			 (unsigned long long)w->index);
		return 0;
	}
	json_t *object = annot_record_json(w->record);
	json_object_set_new(object, "index", json_integer((json_int_t)w->index));
	out_json(ctl, object);
	return 0;
}

int write_print(struct ctl *ctl, const struct written *w, const char *verb)
{
	const struct annot_record *record = w->record;
	struct annot_fetched fetched;
	const char *id = annot_arena_printf(ctl->arena, "=%s", annot_hash_hex(&record->id).text);
	if (ctl->quiet) {
		out_text(ctl, "%s\n", annot_hash_hex(&record->annotation).text);
		return 0;
	}
	if (annot_fetch(ctl->annot, id ? id : "", ctl->arena, &fetched, &ctl->err) != ANNOT_OK)
		return print_receipt(ctl, w, verb);
	if (ctl->format != FORMAT_TEXT) {
		out_json(ctl, record_json(ctl, fetched.row, fetched.record, true));
		return 0;
	}
	const char *words = record_words(ctl, record);
	out_text(ctl, "%s %s %s at #%llu%s%s%s\n", record->kind->name,
		 record_short(ctl, &record->annotation, fetched.row->version), verb,
		 (unsigned long long)fetched.row->index, *words ? ": " : "", words,
		 w->pending ? " (waits for the approval of more admins)" : "");
	return 0;
}

int write_draft(struct ctl *ctl, const struct annot_draft *draft)
{
	struct written written;
	if (!draft)
		return ctl_fail(ctl, annot_fail(&ctl->err, ANNOT_NO_MEMORY, "out of memory"));
	CTL_TRY(ctl, write_silently(ctl, draft, &written));
	return write_print(ctl, &written, written.record->first ? "added" : "amended");
}

int write_new(struct ctl *ctl, enum annot_kind kind, write_fill fill, const char **args)
{
	struct annot_draft *draft = annot_draft_new(kind);
	enum annot_status status = draft ? fill(ctl, draft, args)
					 : annot_fail(&ctl->err, ANNOT_NO_MEMORY, "out of memory");
	if (status == ANNOT_OK && ctl->queue)
		return queue_draft(ctl, draft);
	int code = status == ANNOT_OK ? write_draft(ctl, draft) : ctl_fail(ctl, status);
	annot_draft_free(draft);
	return code;
}

/* The record that a whole hash names is that record, even where it is also an annotation's id. */
static const char *exact_id(struct ctl *ctl, const char *id)
{
	bool whole = strlen(id) == ANNOT_HASH_HEX && !strchr(id, '@') && *id != '=';
	return whole ? annot_arena_printf(ctl->arena, "=%s", id) : id;
}

static bool names_version(const char *id)
{
	return strchr(id, '@') || *id == '=';
}

static void see_line(struct ctl *ctl, const struct annot_fetched *f)
{
	out_note(ctl, "%s %s by %s: %s", f->record->kind->name,
		 record_short(ctl, &f->record->annotation, f->row->version),
		 out_safe(ctl, f->row->author_name), record_words(ctl, f->record));
}

/* A line for each record that the one about to be judged names: a link's ends, what is withheld …
 */
static enum annot_status see_named(struct ctl *ctl, const struct annot_record *record)
{
	for (size_t i = 0; i < record->n_cards; i++) {
		const struct annot_card *card = &record->cards[i];
		struct annot_fetched named;
		if (card->def->type != ANNOT_CARD_REF)
			continue;
		const char *id = annot_arena_printf(ctl->arena, "=%s", card->text);
		TRY(annot_fetch(ctl->annot, id ? id : "", ctl->arena, &named, &ctl->err));
		if (named.record)
			see_line(ctl, &named);
	}
	return ANNOT_OK;
}

/* All of a record, on stderr; a script that wants JSON gets the line that other notes have. */
static enum annot_status see_whole(struct ctl *ctl, const struct annot_fetched *f)
{
	if (ctl->quiet && !ctl->terminal)
		return ANNOT_OK; /* a script that named the version and wants silence */
	if (ctl->format != FORMAT_TEXT && !ctl->terminal) {
		see_line(ctl, f);
		return see_named(ctl, f->record);
	}
	ctl->to_stderr = true;
	record_text(ctl, f->row, f->record);
	ctl->to_stderr = false;
	return see_named(ctl, f->record);
}

enum annot_status write_confirm(struct ctl *ctl)
{
	char answer[16];
	fflush(stdout);
	fputs("annotctl: sign this? [y/N] ", stderr);
	if (!fgets(answer, sizeof answer, stdin) || (answer[0] != 'y' && answer[0] != 'Y'))
		return annot_fail(&ctl->err, ANNOT_REFUSED, "nothing was signed");
	return ANNOT_OK;
}

enum annot_status write_see(struct ctl *ctl, const char *id, bool exact, struct annot_fetched *ret)
{
	if (exact)
		id = exact_id(ctl, id);
	if (exact && !ctl->terminal && !names_version(id))
		return annot_fail(&ctl->err, ANNOT_USAGE,
				  "%s: name one exact version, %s@N or a whole "
				  "record hash, since nobody is there to look at it",
				  id, id);
	TRY(annot_fetch(ctl->annot, id, ctl->arena, ret, &ctl->err));
	if (!ret->record)
		return annot_fail(&ctl->err, ANNOT_REFUSED,
				  "%s was withheld; what cannot be seen is not signed", id);
	if (exact)
		TRY(see_whole(ctl, ret));
	else
		see_line(ctl, ret);
	/* A person who did not name the version says yes to the one that is shown. */
	if (exact && !names_version(id))
		TRY(write_confirm(ctl));
	if (ret->row->review && strcmp(ret->row->review, "retracted") == 0)
		out_warning(
			ctl,
			"%s was retracted: what you say on it is kept, and does not bring it back",
			out_safe(ctl, id));
	if (!ret->row->head && exact)
		out_warning(ctl, "%s is not the latest version (%llu of %llu)", out_safe(ctl, id),
			    (unsigned long long)ret->row->version,
			    (unsigned long long)ret->row->versions);
	return ANNOT_OK;
}

enum annot_status write_word(struct ctl *ctl, struct annot_draft *draft, enum annot_kind kind,
			     const char *card, const char *word)
{
	const struct annot_card_def *def =
		annot_card_def_find(annot_kind_def(kind), card, strlen(card));
	if (!annot_word_in(def->values, word, strlen(word)))
		return annot_fail(&ctl->err, ANNOT_USAGE, "%s \"%s\": expected one of %s", card,
				  word, def->values);
	return annot_draft_add(draft, card, word, &ctl->err);
}

enum annot_status write_check_rating(struct ctl *ctl, const char *scale, const char *rating)
{
	const struct annot_authority *authority;
	TRY(annot_authority_now(ctl->annot, &authority, &ctl->err));
	return annot_policy_rating(annot_authority_policy(authority), scale, rating, &ctl->err);
}

enum annot_status write_about(struct ctl *ctl, struct annot_draft *draft,
			      const struct annot_fetched *on, const char *because_card,
			      const char *because)
{
	TRY(annot_draft_add_hash(draft, "on", &on->record->id, &ctl->err));
	if (because)
		TRY(ctl_text(ctl, because, "--because", &because));
	return write_card(ctl, draft, because_card, because);
}

enum annot_status write_on(struct ctl *ctl, struct annot_draft *draft, const char *id,
			   const char *because_card, const char *because)
{
	struct annot_fetched on;
	TRY(write_see(ctl, id, true, &on));
	return write_about(ctl, draft, &on, because_card, because);
}

enum annot_status write_reference(struct ctl *ctl, struct annot_draft *draft, const char *card,
				  const char *id)
{
	struct annot_fetched fetched;
	if (!id)
		return ANNOT_OK;
	TRY(write_see(ctl, id, false, &fetched));
	return annot_draft_add_hash(draft, card, &fetched.record->id, &ctl->err);
}

enum annot_status write_card(struct ctl *ctl, struct annot_draft *draft, const char *card,
			     const char *value)
{
	return value ? annot_draft_add(draft, card, value, &ctl->err) : ANNOT_OK;
}

enum annot_status write_cards(struct ctl *ctl, struct annot_draft *draft, const char *card,
			      char *const *values)
{
	for (; values && *values; values++)
		TRY(annot_draft_add(draft, card, *values, &ctl->err));
	return ANNOT_OK;
}
