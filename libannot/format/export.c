/* What formats write and report. */
#include <stdlib.h>

#include "base/auto.h"
#include "base/encode.h"
#include "format/internal.h"

enum annot_status annot_export_put(struct annot_export *x, const char *file, const char *text,
				   size_t len, struct annot_error *err)
{
	return x->host.put(x->host.arg, file, annot_bytes(text, len), err);
}

enum annot_status annot_export_put_buf(struct annot_export *x, const char *file,
				       struct annot_error *err)
{
	enum annot_status status = annot_buf_check(&x->buf, "an exported item", err);
	if (status == ANNOT_OK && x->buf.len > 0)
		status = annot_export_put(x, file, x->buf.data, x->buf.len, err);
	if (status == ANNOT_OK)
		annot_buf_truncate(&x->buf, 0);
	else
		annot_buf_free(&x->buf);
	return status;
}

enum annot_status annot_export_put_json(struct annot_export *x, const char *file, json_t *value,
					struct annot_error *err)
{
	AUTO_FREE char *text = value ? json_dumps(value, JSON_COMPACT | JSON_ENCODE_ANY) : NULL;
	json_decref(value);
	if (!text)
		return annot_fail(err, ANNOT_NO_MEMORY, "no memory for an exported item");
	return annot_export_put(x, file, text, strlen(text), err);
}

static enum annot_status lose(struct annot_export *x, const char *field, const char *value,
			      const char *reason, bool left_out, struct annot_error *err)
{
	const struct annot_loss loss = {.item = x->losing,
					.field = field,
					.value = value,
					.reason = reason,
					.left_out = left_out};
	return x->host.lost(x->host.arg, &loss, err);
}

enum annot_status annot_export_lose(struct annot_export *x, const char *field, const char *value,
				    const char *reason, struct annot_error *err)
{
	return lose(x, field, value, reason, false, err);
}

enum annot_status annot_export_leave_out(struct annot_export *x, const char *reason,
					 struct annot_error *err)
{
	return lose(x, "", NULL, reason, true, err);
}

enum annot_status annot_export_lose_cards(struct annot_export *x, const struct annot_record *record,
					  const char *kept, const char *reason,
					  struct annot_error *err)
{
	for (size_t i = 0; i < record->n_cards; i++) {
		const struct annot_card *card = &record->cards[i];
		if (!annot_word_in(kept, card->def->name, strlen(card->def->name)))
			TRY(annot_export_lose(x, card->def->name, card->text, reason, err));
	}
	return ANNOT_OK;
}

struct annot_iri annot_export_iri(const struct annot_export *x, const struct annot_hash *record)
{
	struct annot_iri ret;
	struct annot_buf b = ANNOT_BUF_IN(ret.text);
	annot_buf_printf(&b, "%.2048s%s",
			 x->host.base ? x->host.base : "urn:sha256:", annot_hash_hex(record).text);
	return ret;
}
