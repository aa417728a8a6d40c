#include "write.h"

#include <string.h>

#include "out/out.h"
#include "out/record.h"

enum annot_status write_silently(struct ctl *ctl, const struct annot_draft *draft,
				 const struct annot_record **ret)
{
	const struct annot_signer *signer;
	struct annot_signed signed_record;
	struct annot_receipt receipt = {0};
	TRY(ctl_signer(ctl, &signer));
	TRY(annot_sign(ctl->annot, signer, draft, ctl->arena, &signed_record, &ctl->err));
	TRY(annot_submit(ctl->annot, &signed_record, 1, ctl->arena, &receipt, &ctl->err));
	if (receipt.status != ANNOT_OK)
		return annot_fail(&ctl->err, receipt.status, "%s",
				  receipt.message ? receipt.message
						  : annot_strerror(receipt.status));
	*ret = signed_record.record;
	return ANNOT_OK;
}

int write_print(struct ctl *ctl, const struct annot_record *record, const char *verb)
{
	const char *hex =
		annot_arena_printf(ctl->arena, "%s", annot_hash_hex(&record->annotation).text);
	if (ctl->quiet) {
		out_text(ctl, "%s\n", hex ? hex : "");
		return 0;
	}
	struct annot_fetched fetched;
	CTL_TRY(ctl,
		annot_fetch(ctl->annot,
			    annot_arena_printf(ctl->arena, "=%s", annot_hash_hex(&record->id).text),
			    ctl->arena, &fetched, &ctl->err));
	if (ctl->format != FORMAT_TEXT) {
		out_json(ctl, record_json(ctl, fetched.row, fetched.record, true));
		return 0;
	}
	bool pending = strcmp(fetched.row->effect, "pending") == 0;
	out_text(ctl, "%s %s %s at #%llu: %s%s\n", record->kind->name,
		 record_short(ctl, &record->annotation, fetched.row->version), verb,
		 (unsigned long long)fetched.row->index, record_words(ctl, record),
		 pending ? " (waits for the approval of more admins)" : "");
	return 0;
}

int write_draft(struct ctl *ctl, const struct annot_draft *draft)
{
	const struct annot_record *record;
	if (!draft)
		return ctl_fail(ctl, annot_fail(&ctl->err, ANNOT_NO_MEMORY, "out of memory"));
	CTL_TRY(ctl, write_silently(ctl, draft, &record));
	return write_print(ctl, record, record->first ? "added" : "amended");
}

int write_new(struct ctl *ctl, enum annot_kind kind, write_fill fill, const char **args)
{
	struct annot_draft *draft = annot_draft_new(kind);
	enum annot_status status = draft ? fill(ctl, draft, args)
					 : annot_fail(&ctl->err, ANNOT_NO_MEMORY, "out of memory");
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
	if (ctl->format == FORMAT_TEXT)
		out_note(ctl, "%s %s by %s: %s", ret->record->kind->name,
			 record_short(ctl, &ret->record->annotation, ret->row->version),
			 out_safe(ctl, ret->row->author_name), record_words(ctl, ret->record));
	if (!ret->row->head && exact)
		out_warning(ctl, "%s is not the latest version (%llu of %llu)", out_safe(ctl, id),
			    (unsigned long long)ret->row->version,
			    (unsigned long long)ret->row->versions);
	return ANNOT_OK;
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
