#include "format/w3c_rules.h"
#include "format/w3c_values.h"

/* Properties that have no rule but what their values are. */
static const struct {
	const char *name, *section;
	bool one;    /* at most one */
	bool object; /* IRIs or objects, else texts */
	const char *expect;
} plain[] = {
	{"format", "3.2.1", false, false, "texts"},
	{"language", "3.2.1", false, false, "texts"},
	{"processingLanguage", "3.2.1", true, false, "one text"},
	{"accessibility", "3.3.4", false, false, "texts"},
	{"motivation", "3.3.5", false, true, "motivations, IRIs or terms"},
	{"purpose", "3.3.5", false, true, "motivations, IRIs or terms"},
	{"styleClass", "4.4", false, false, "texts"},
	{"renderedVia", "4.5", false, true, "IRIs or objects"},
	{"scope", "4.6", false, true, "IRIs or objects"},
};

enum annot_status w3c_check_plain(const json_t *object, struct annot_error *err)
{
	for (size_t i = 0; i < sizeof plain / sizeof *plain; i++) {
		const json_t *value = json_object_get(object, plain[i].name);
		bool good = w3c_count(value) <= (plain[i].one ? 1 : W3C_VALUES_MAX);
		for (size_t k = 0; k < w3c_count(value) && good; k++) {
			const json_t *one = w3c_item(value, k);
			good = plain[i].object ? json_is_object(one) || w3c_is_reference(one)
					       : json_is_string(one);
		}
		if (!good)
			return annot_fail(err, ANNOT_INVALID, "model %s: %s is %s",
					  plain[i].section, plain[i].name, plain[i].expect);
	}
	return ANNOT_OK;
}
