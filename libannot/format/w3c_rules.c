#include "format/w3c_rules.h"

#include <string.h>

#include "format/w3c_values.h"

/* A check that goes through one resource: where it is, for the error, and how deep. */
struct rules {
	struct annot_error *err;
	unsigned depth;
};

static bool is_string(const json_t *value, const char *text)
{
	return json_is_string(value) && strcmp(json_string_value(value), text) == 0;
}

static enum annot_status broken(const struct rules *r, const char *section, const char *what)
{
	return annot_fail(r->err, ANNOT_INVALID, "model %s: %s", section, what);
}

/* --- properties that many resources have --- */

static enum annot_status check_agents(const struct rules *r, const json_t *agents)
{
	for (size_t i = 0; i < w3c_count(agents); i++) {
		const json_t *agent = w3c_item(agents, i), *id = json_object_get(agent, "id");
		if (json_is_object(agent) && w3c_count(id) > 0 && !w3c_is_iri(id))
			return broken(r, "3.3.2", "an agent has at most one id, an IRI");
		if (!json_is_object(agent) && !w3c_is_iri(agent))
			return broken(r, "3.3.2", "an agent is an IRI or an object");
	}
	return ANNOT_OK;
}

/* 3.3.1 to 3.3.7, of annotations, bodies and targets alike. */
static enum annot_status check_shared(const struct rules *r, const json_t *object)
{
	static const char *const times[] = {"created", "generated", "modified"};
	for (size_t i = 0; i < sizeof times / sizeof *times; i++) {
		const json_t *time = json_object_get(object, times[i]);
		if (time && !w3c_is_utc(time))
			return annot_fail(
				r->err, ANNOT_INVALID,
				"model 3.3.1: %s is one xsd:dateTime with the time zone Z",
				times[i]);
	}
	TRY(w3c_check_plain(object, r->err));
	TRY(check_agents(r, json_object_get(object, "creator")));
	TRY(check_agents(r, json_object_get(object, "generator")));
	const json_t *rights = json_object_get(object, "rights");
	for (size_t i = 0; i < w3c_count(rights); i++) {
		const json_t *one = w3c_item(rights, i);
		if (!w3c_is_iri(json_is_object(one) ? json_object_get(one, "id") : one))
			return broken(r, "3.3.6", "rights are IRIs");
	}
	const json_t *direction = json_object_get(object, "textDirection");
	if (direction && !is_string(direction, "ltr") && !is_string(direction, "rtl") &&
	    !is_string(direction, "auto"))
		return broken(r, "3.2.1", "textDirection is one of ltr, rtl, auto");
	const json_t *canonical = json_object_get(object, "canonical");
	if (canonical && !w3c_is_iri(canonical))
		return broken(r, "3.3.7", "canonical is one IRI");
	const json_t *via = json_object_get(object, "via");
	for (size_t i = 0; i < w3c_count(via); i++)
		if (!w3c_is_iri(w3c_item(via, i)))
			return broken(r, "3.3.7", "via are IRIs");
	return ANNOT_OK;
}

static enum annot_status check_audience(const struct rules *r, const json_t *audiences)
{
	for (size_t i = 0; i < w3c_count(audiences); i++) {
		const char *name;
		json_t *value, *audience = (json_t *)w3c_item(audiences, i);
		json_object_foreach(audience, name, value)
		{
			if (strcmp(name, "id") != 0 && strcmp(name, "type") != 0 &&
			    name[0] != '@' && strncmp(name, "schema:", 7) != 0)
				return broken(r, "3.3.3",
					      "properties of an audience begin with schema:");
			for (size_t k = 0; strcmp(name, "type") == 0 && k < w3c_count(value); k++)
				if (!json_is_string(w3c_item(value, k)) ||
				    strncmp(json_string_value(w3c_item(value, k)), "schema:", 7) !=
					    0)
					return broken(r, "3.3.3",
						      "classes of an audience begin with schema:");
		}
	}
	return ANNOT_OK;
}

/* --- selectors and states --- */

enum field_kind {
	FIELD_NONE,
	FIELD_TEXT,
	FIELD_MAY_TEXT,
	FIELD_POSITION,
	FIELD_SELECTOR,
	FIELD_TIME
};

/* What a class of selectors or states has, and in which section of the model that stands. */
static const struct segment_class {
	const char *type, *section;
	struct {
		const char *name;
		enum field_kind kind;
	} fields[3];
} classes[] = {
	{"FragmentSelector", "4.2.1", {{"value", FIELD_TEXT}, {"conformsTo", FIELD_MAY_TEXT}}},
	{"CssSelector", "4.2.2", {{"value", FIELD_TEXT}}},
	{"XPathSelector", "4.2.3", {{"value", FIELD_TEXT}}},
	{"TextQuoteSelector",
	 "4.2.4",
	 {{"exact", FIELD_TEXT}, {"prefix", FIELD_MAY_TEXT}, {"suffix", FIELD_MAY_TEXT}}},
	{"TextPositionSelector", "4.2.5", {{"start", FIELD_POSITION}, {"end", FIELD_POSITION}}},
	{"DataPositionSelector", "4.2.6", {{"start", FIELD_POSITION}, {"end", FIELD_POSITION}}},
	{"SvgSelector", "4.2.7", {{"value", FIELD_MAY_TEXT}}},
	{"RangeSelector",
	 "4.2.8",
	 {{"startSelector", FIELD_SELECTOR}, {"endSelector", FIELD_SELECTOR}}},
	{"TimeState",
	 "4.3.1",
	 {{"sourceDate", FIELD_TIME},
	  {"sourceDateStart", FIELD_TIME},
	  {"sourceDateEnd", FIELD_TIME}}},
	{"HttpRequestState", "4.3.2", {{"value", FIELD_TEXT}}},
};

static enum annot_status check_segments(struct rules *r, const json_t *segments,
					const char *section);

static enum annot_status check_field(struct rules *r, const struct segment_class *class,
				     const char *name, enum field_kind kind, const json_t *value)
{
	const char *expected = NULL;
	switch (kind) {
	case FIELD_NONE:
		break;
	case FIELD_TEXT:
		expected = json_is_string(value) ? NULL : "exactly one text";
		break;
	case FIELD_MAY_TEXT:
		expected = !value || json_is_string(value) ? NULL : "at most one text";
		break;
	case FIELD_POSITION:
		expected = w3c_is_position(value) ? NULL : "exactly one integer from 0 on";
		break;
	case FIELD_TIME:
		for (size_t i = 0; i < w3c_count(value); i++)
			if (!w3c_is_utc(w3c_item(value, i)))
				expected = "xsd:dateTimes with the time zone Z";
		break;
	case FIELD_SELECTOR:
		if (json_is_object(value))
			return check_segments(r, value, class->section);
		expected = "exactly one selector";
		break;
	}
	return expected ? annot_fail(r->err, ANNOT_INVALID, "model %s: %s of a %s is %s",
				     class->section, name, class->type, expected)
			: ANNOT_OK;
}

static enum annot_status check_time_state(const struct rules *r, const json_t *state)
{
	size_t at = w3c_count(json_object_get(state, "sourceDate"));
	size_t start = w3c_count(json_object_get(state, "sourceDateStart"));
	size_t end = w3c_count(json_object_get(state, "sourceDateEnd"));
	if (at > 0 && start + end > 0)
		return broken(r, "4.3.1",
			      "sourceDate stands without sourceDateStart and sourceDateEnd");
	if (start != end || start > 1)
		return broken(r, "4.3.1", "sourceDateStart and sourceDateEnd stand together");
	return ANNOT_OK;
}

static enum annot_status check_segment(struct rules *r, const json_t *segment, const char *section)
{
	const json_t *type = json_object_get(segment, "type");
	if (w3c_is_iri(segment)) /* described elsewhere */
		return ANNOT_OK;
	if (!json_is_object(segment) || w3c_count(type) == 0)
		return broken(r, section, "a selector or state is an object with a type");
	for (size_t i = 0; i < sizeof classes / sizeof *classes; i++) {
		const struct segment_class *class = &classes[i];
		if (!w3c_has_type(segment, class->type))
			continue;
		if (w3c_count(type) != 1 && strcmp(class->type, "SvgSelector") != 0)
			return broken(r, class->section,
				      "a selector or state has exactly one type");
		for (size_t k = 0; k < 3 && class->fields[k].name; k++)
			TRY(check_field(r, class, class->fields[k].name, class->fields[k].kind,
					json_object_get(segment, class->fields[k].name)));
		if (strcmp(class->type, "TimeState") == 0)
			TRY(check_time_state(r, segment));
	}
	return check_segments(r, json_object_get(segment, "refinedBy"), "4.2.9");
}

static enum annot_status deeper(struct rules *r, size_t values)
{
	if (r->depth >= W3C_DEPTH_MAX)
		return annot_fail(r->err, ANNOT_INVALID, "more than %d resources within each other",
				  W3C_DEPTH_MAX);
	if (values > W3C_VALUES_MAX)
		return annot_fail(r->err, ANNOT_INVALID, "a property has more than %d values",
				  W3C_VALUES_MAX);
	r->depth++;
	return ANNOT_OK;
}

static enum annot_status check_segments(struct rules *r, const json_t *segments,
					const char *section)
{
	TRY(deeper(r, w3c_count(segments)));
	for (size_t i = 0; i < w3c_count(segments); i++)
		TRY(check_segment(r, w3c_item(segments, i), section));
	r->depth--;
	return ANNOT_OK;
}

/* --- bodies and targets --- */

static enum annot_status check_resources(struct rules *r, const json_t *resources);

static enum annot_status check_specific(struct rules *r, const json_t *resource)
{
	const json_t *source = json_object_get(resource, "source");
	if (w3c_count(source) != 1 ||
	    (!json_is_object(w3c_item(source, 0)) && !w3c_is_reference(w3c_item(source, 0))))
		return broken(r, "4", "a SpecificResource has exactly one source");
	TRY(check_resources(r, source));
	TRY(check_segments(r, json_object_get(resource, "selector"), "4.2"));
	return check_segments(r, json_object_get(resource, "state"), "4.3");
}

static bool is_set(const json_t *resource)
{
	return w3c_has_type(resource, "Choice") || w3c_has_type(resource, "Composite") ||
	       w3c_has_type(resource, "List") || w3c_has_type(resource, "Independents");
}

static enum annot_status check_resource(struct rules *r, const json_t *resource)
{
	if (w3c_is_reference(resource))
		return ANNOT_OK;
	if (!json_is_object(resource))
		return broken(r, "3.2.1", "a body or target is an IRI or an object");
	TRY(check_shared(r, resource));
	const json_t *id = json_object_get(resource, "id");
	if (id && !w3c_is_reference(id))
		return broken(r, "3.2.1", "a body or target has at most one id, an IRI");
	if (w3c_has_type(resource, "SpecificResource") || json_object_get(resource, "source") ||
	    json_object_get(resource, "selector"))
		return check_specific(r, resource);
	if (is_set(resource)) {
		if (w3c_count(json_object_get(resource, "type")) != 1)
			return broken(r, "3.2.7", "a Choice has exactly one type");
		if (w3c_count(json_object_get(resource, "items")) == 0)
			return broken(r, "3.2.7", "a Choice has items");
		return check_resources(r, json_object_get(resource, "items"));
	}
	if (w3c_has_type(resource, "TextualBody") || json_object_get(resource, "value")) {
		if (!json_is_string(json_object_get(resource, "value")))
			return broken(r, "3.2.4", "a TextualBody has exactly one value, a text");
		return ANNOT_OK;
	}
	if (!id)
		return broken(r, "3.2.1",
			      "a body or target that is a resource of the Web has an id");
	return ANNOT_OK;
}

static enum annot_status check_resources(struct rules *r, const json_t *resources)
{
	TRY(deeper(r, w3c_count(resources)));
	for (size_t i = 0; i < w3c_count(resources); i++)
		TRY(check_resource(r, w3c_item(resources, i)));
	r->depth--;
	return ANNOT_OK;
}

/* --- annotations, pages, collections --- */

static enum annot_status check_top(const struct rules *r, const json_t *object, const char *type,
				   const char *section, bool context)
{
	const json_t *value = json_object_get(object, "@context");
	if (!json_is_object(object))
		return annot_fail(r->err, ANNOT_INVALID, "model %s: expected an object", section);
	if (context && !w3c_has(value, W3C_CONTEXT))
		return annot_fail(r->err, ANNOT_INVALID, "model %s: @context is or has \"%s\"",
				  section, W3C_CONTEXT);
	if (json_is_array(value) && json_array_size(value) == 1)
		return annot_fail(r->err, ANNOT_INVALID,
				  "model %s: a single @context is a text, not a list", section);
	if (!w3c_is_iri(json_object_get(object, "id")))
		return annot_fail(r->err, ANNOT_INVALID, "model %s: exactly one id, an IRI",
				  section);
	if (!w3c_has_type(object, type))
		return annot_fail(r->err, ANNOT_INVALID, "model %s: type is or has %s", section,
				  type);
	return ANNOT_OK;
}

enum annot_status w3c_check_annotation(const json_t *annotation, bool within_page,
				       struct annot_error *err)
{
	struct rules r = {.err = err};
	const json_t *text = json_object_get(annotation, "bodyValue");
	const json_t *body = json_object_get(annotation, "body");
	const json_t *target = json_object_get(annotation, "target");
	TRY(check_top(&r, annotation, "Annotation", "3.1", !within_page));
	if (w3c_count(target) == 0)
		return broken(&r, "3.1", "at least one target");
	if (text && body)
		return broken(&r, "3.2.5", "bodyValue and body do not stand together");
	if (text && !json_is_string(text))
		return broken(&r, "3.2.5", "bodyValue is one text");
	TRY(check_shared(&r, annotation));
	TRY(check_audience(&r, json_object_get(annotation, "audience")));
	const json_t *style = json_object_get(annotation, "stylesheet");
	if (w3c_count(style) > 1 ||
	    (w3c_count(style) == 1 && !json_is_object(style) && !w3c_is_reference(style)))
		return broken(&r, "4.4", "a stylesheet is one IRI or object");
	if (json_is_object(style) && json_object_get(style, "type") &&
	    !w3c_has_type(style, "CssStylesheet"))
		return broken(&r, "4.4", "the type of a stylesheet is CssStylesheet");
	TRY(check_resources(&r, body));
	return check_resources(&r, target);
}

static enum annot_status check_page(const struct rules *r, const json_t *page, bool context,
				    bool emptied)
{
	const json_t *items = json_object_get(page, "items");
	const json_t *start = json_object_get(page, "startIndex");
	const json_t *next = json_object_get(page, "next"), *part = json_object_get(page, "partOf");
	TRY(check_top(r, page, "AnnotationPage", "5.2", context));
	if (!json_is_array(items) || (json_array_size(items) == 0 && !emptied))
		return broken(r, "5.2", "items is a list of at least one annotation");
	if (start && !w3c_is_position(start))
		return broken(r, "5.2", "startIndex is an integer from 0 on");
	if (next && !w3c_is_reference(json_is_object(next) ? json_object_get(next, "id") : next))
		return broken(r, "5.2", "next is the IRI of a page");
	if (part && !w3c_is_reference(json_is_object(part) ? json_object_get(part, "id") : part))
		return broken(r, "5.2", "partOf is the IRI of a collection, or has its id");
	return ANNOT_OK;
}

enum annot_status w3c_check_page(const json_t *page, bool emptied, struct annot_error *err)
{
	const struct rules r = {.err = err};
	return check_page(&r, page, true, emptied);
}

enum annot_status w3c_check_collection(const json_t *collection, bool emptied,
				       struct annot_error *err)
{
	const struct rules r = {.err = err};
	const json_t *total = json_object_get(collection, "total");
	const json_t *first = json_object_get(collection, "first");
	const json_t *label = json_object_get(collection, "label");
	TRY(check_top(&r, collection, "AnnotationCollection", "5.1", true));
	if (total && !w3c_is_position(total))
		return broken(&r, "5.1", "total is an integer from 0 on");
	for (size_t i = 0; i < w3c_count(label); i++)
		if (!json_is_string(w3c_item(label, i)))
			return broken(&r, "5.1", "a label is a text");
	if (json_integer_value(total) > 0 && w3c_count(first) != 1)
		return broken(&r, "5.1",
			      "a collection that is not empty has exactly one first page");
	return json_is_object(first) ? check_page(&r, first, false, emptied) : ANNOT_OK;
}
