#include "format/json_out.h"

#include "format/build.h"

enum annot_status annot_export_put_element(struct annot_export *x, uint64_t *written,
					   json_t *element, struct annot_error *err)
{
	const char *before = x->host.one_a_line ? "" : *written ? ",\n" : "\n";
	(*written)++;
	enum annot_status status = annot_export_put(x, NULL, before, strlen(before), err);
	if (status != ANNOT_OK) {
		json_decref(element);
		return status;
	}
	TRY(annot_export_put_json(x, NULL, element, err));
	return x->host.one_a_line ? annot_export_put(x, NULL, "\n", 1, err) : ANNOT_OK;
}

json_t *annot_export_quote_selector(const struct annot_target *target)
{
	json_t *selector = json_object();
	build_text(&selector, "type", "TextQuoteSelector");
	build_text(&selector, "exact", target->exact->text);
	build_text(&selector, "prefix", target->prefix->text);
	build_text(&selector, "suffix", target->suffix->text);
	return selector;
}

json_t *annot_export_position_selector(uint64_t start, uint64_t end)
{
	json_t *selector = json_object();
	build_text(&selector, "type", "TextPositionSelector");
	build_set(&selector, "start", json_integer((json_int_t)start));
	build_set(&selector, "end", json_integer((json_int_t)end));
	return selector;
}
