/*
 * JSON values as they come. Here only their ends are looked for (brackets, strings); whether they
 * are JSON is jansson's to say, of each item and of what stands around the items.
 */
#include "base/auto.h"
#include "format/items_private.h"

static enum annot_status broken(const struct annot_items *it, const char *what,
				struct annot_error *err)
{
	size_t line = it->line;
	for (size_t i = it->start; i < it->at && i < it->end; i++)
		line += it->data[i] == '\n';
	return annot_fail(err, ANNOT_INVALID, "%s:%zu: %s", it->file, line, what);
}

/* The byte at `at`; -1 at the end of the input. */
static enum annot_status peek(struct annot_items *it, int *ret, struct annot_error *err)
{
	bool more = true;
	if (it->at == it->end)
		TRY(items_more(it, &more, err));
	*ret = more ? (unsigned char)it->data[it->at] : -1;
	return ANNOT_OK;
}

/* The next byte that is no white space, at `at`. */
static enum annot_status peek_token(struct annot_items *it, int *ret, struct annot_error *err)
{
	for (;;) {
		TRY(peek(it, ret, err));
		if (*ret != ' ' && *ret != '\t' && *ret != '\n' && *ret != '\r')
			return ANNOT_OK;
		it->at++;
	}
}

/* Behind the string that begins at `at`. */
static enum annot_status scan_string(struct annot_items *it, struct annot_error *err)
{
	int c;
	it->at++;
	for (;;) {
		TRY(peek(it, &c, err));
		if (c < 0)
			return broken(it, "cut short in a string", err);
		if (c == '\n')
			return broken(it, "a line ends in a string", err);
		it->at++;
		if (c == '"')
			return ANNOT_OK;
		if (c == '\\') {
			TRY(peek(it, &c, err));
			it->at += c >= 0 && c != '\n';
		}
	}
}

static bool ends_scalar(int c)
{
	return c < 0 || strchr(" \t\r\n,]}", c) != NULL;
}

/* Behind the value that begins at `at`. */
static enum annot_status scan_value(struct annot_items *it, struct annot_error *err)
{
	char open[ANNOT_ITEM_DEPTH_MAX];
	size_t depth = 0;
	int c;
	do {
		if (depth == 0)
			TRY(peek(it, &c, err));
		else
			TRY(peek_token(it, &c, err));
		if (c < 0)
			return broken(it, "cut short in a value", err);
		if (c == '"') {
			TRY(scan_string(it, err));
		} else if (c == '{' || c == '[') {
			if (depth == ANNOT_ITEM_DEPTH_MAX)
				return broken(it, "nested deeper than 64 levels", err);
			open[depth++] = (char)c;
			it->at++;
		} else if (c == '}' || c == ']') {
			if (depth == 0)
				return broken(it, "expected a value", err);
			if (open[--depth] != (c == '}' ? '{' : '['))
				return broken(it, "a bracket that closes another", err);
			it->at++;
		} else if (depth > 0) {
			it->at++;
		} else {
			while (!ends_scalar(c)) {
				it->at++;
				TRY(peek(it, &c, err));
			}
		}
	} while (depth > 0);
	return ANNOT_OK;
}
_Static_assert(ANNOT_ITEM_DEPTH_MAX == 64, "the message says how deep");

/* Parses a text that is whole. line: where it begins. */
static enum annot_status parse(struct annot_items *it, const char *text, size_t len, size_t line,
			       struct annot_import_item *ret, struct annot_error *err)
{
	json_error_t where;
	it->json = json_loadb(text, len, JSON_REJECT_DUPLICATES | JSON_DECODE_ANY, &where);
	*ret = (struct annot_import_item){.bytes = annot_bytes(text, len),
					  .json = it->json,
					  .file = it->file,
					  .line = line,
					  .name = ""};
	if (it->json)
		return ANNOT_OK;
	return annot_fail(err,
			  json_error_code(&where) == json_error_out_of_memory ? ANNOT_NO_MEMORY
									      : ANNOT_INVALID,
			  "%s:%zu: %.200s", it->file,
			  line + (where.line > 0 ? (size_t)where.line - 1 : 0), where.text);
}

/* What was looked through, as an item. */
static enum annot_status give(struct annot_items *it, struct annot_import_item *ret,
			      struct annot_error *err)
{
	TRY(items_check_length(it, it->at - it->start, err));
	return parse(it, it->data + it->start, it->at - it->start, it->line, ret, err);
}

/* Moves what was looked through to the envelope. */
static enum annot_status keep_envelope(struct annot_items *it, struct annot_error *err)
{
	annot_buf_add(&it->envelope, it->data + it->start, it->at - it->start);
	items_drop(it);
	return annot_buf_check(&it->envelope, "what stands around the items", err);
}

/* Whether `path` is one of the containers, or the beginning of one. */
static bool is_container(const struct annot_items *it, const char *path, bool *ret_beginning)
{
	size_t len = strlen(path);
	bool found = false;
	*ret_beginning = false;
	for (const char *at = it->format->containers; at && *at;) {
		size_t n = strcspn(at, "|");
		found = found || (n == len && memcmp(at, path, n) == 0);
		*ret_beginning =
			*ret_beginning || (n > len && memcmp(at, path, len) == 0 && at[len] == '.');
		at += n + (at[n] == '|');
	}
	return found;
}

/* The name of a member, from `at` to behind its colon, below the path of its object. */
static enum annot_status member_name(struct annot_items *it, char ret[ITEMS_PATH_MAX],
				     struct annot_error *err)
{
	size_t from = it->at - it->start, len;
	int c;
	TRY(scan_string(it, err));
	len = it->at - it->start - from - 2;
	struct annot_buf name = {.data = ret, .cap = ITEMS_PATH_MAX, .max = ITEMS_PATH_MAX - 1};
	annot_buf_puts(&name, it->path);
	annot_buf_add(&name, it->data + it->start + from + 1, len);
	if (name.failed) /* longer than any container's */
		*ret = '\0';
	TRY(peek_token(it, &c, err));
	if (c != ':')
		return broken(it, "expected a colon behind the name of a member", err);
	it->at++;
	return peek_token(it, &c, err);
}

/* Into the object that a container is in. */
static void enter(struct annot_items *it, const char *path)
{
	snprintf(it->path, sizeof it->path, "%.250s.", path);
	it->nested++;
	it->at++;
}

/* Out of it again. */
static void leave(struct annot_items *it)
{
	it->path[strlen(it->path) - 1] = '\0';
	char *dot = strrchr(it->path, '.');
	*(dot ? dot + 1 : it->path) = '\0';
	it->nested--;
}

/* A member and its value; *ret_elements: `at` is behind the bracket of an array of items. */
static enum annot_status member(struct annot_items *it, bool *ret_elements, struct annot_error *err)
{
	char path[ITEMS_PATH_MAX] = "";
	bool beginning;
	int c;
	*ret_elements = false;
	TRY(member_name(it, path, err));
	TRY(peek(it, &c, err));
	bool container = is_container(it, path, &beginning);
	if (c == '[' && container) {
		it->at++;
		*ret_elements = true;
		return ANNOT_OK;
	}
	if (c == '{' && beginning && it->nested < ITEMS_NESTED_MAX) {
		enter(it, path);
		return ANNOT_OK;
	}
	return scan_value(it, err);
}

/* Members of a top-level object up to its end or an array of items. */
static enum annot_status members(struct annot_items *it, bool *ret_elements,
				 struct annot_error *err)
{
	int c;
	*ret_elements = false;
	while (!*ret_elements) {
		TRY(peek_token(it, &c, err));
		if (c == '"') {
			TRY(member(it, ret_elements, err));
		} else if (c == ',') {
			it->at++;
		} else if (c == '}') {
			it->at++;
			if (it->nested == 0)
				return ANNOT_OK;
			leave(it);
		} else {
			return broken(it,
				      c < 0 ? "cut short in an object"
					    : "expected a member or the end of an object",
				      err);
		}
	}
	return ANNOT_OK;
}

/* Goes on in a top-level object: to its items, or to its end, where it is an item or an envelope.
 */
static enum annot_status object(struct annot_items *it, struct annot_import_item *ret,
				bool *ret_given, struct annot_error *err)
{
	bool elements;
	TRY(members(it, &elements, err));
	*ret_given = !elements;
	if (elements) {
		if (it->envelope.len == 0)
			it->envelope_line = it->line;
		it->mode = ITEMS_ELEMENTS;
		it->first = true;
		return keep_envelope(it, err);
	}
	it->mode = ITEMS_TOP;
	if (it->envelope.len == 0)
		return give(it, ret, err);
	TRY(keep_envelope(it, err));
	enum annot_status status =
		parse(it, it->envelope.data, it->envelope.len, it->envelope_line, ret, err);
	ret->envelope = true;
	return status;
}

/* The byte order mark that some programs begin a file with. */
static enum annot_status skip_mark(struct annot_items *it, struct annot_error *err)
{
	bool more = true;
	if (it->looked_for_mark)
		return ANNOT_OK;
	while (more && it->end - it->at < 3)
		TRY(items_more(it, &more, err));
	if (it->end - it->at >= 3 && memcmp(it->data + it->at, "\xef\xbb\xbf", 3) == 0)
		it->at += 3;
	it->looked_for_mark = true;
	return ANNOT_OK;
}

/* A value at the top level. */
static enum annot_status top(struct annot_items *it, struct annot_import_item *ret, bool *ret_given,
			     struct annot_error *err)
{
	int c;
	annot_buf_truncate(&it->envelope, 0);
	TRY(skip_mark(it, err));
	TRY(peek_token(it, &c, err));
	items_drop(it);
	if (c < 0)
		return annot_fail(err, ANNOT_NOT_FOUND, "no more items");
	if (c == '[') {
		it->at++;
		it->mode = ITEMS_ELEMENTS;
		it->first = true;
		return ANNOT_OK;
	}
	if (c != '{')
		return broken(it, "expected { or [", err);
	it->at++;
	it->nested = 0;
	it->path[0] = '\0';
	return object(it, ret, ret_given, err);
}

/* An element, or the end of the array that it would stand in. */
static enum annot_status element(struct annot_items *it, struct annot_import_item *ret,
				 bool *ret_given, struct annot_error *err)
{
	int c;
	TRY(peek_token(it, &c, err));
	if (c == ']') {
		items_drop(it);
		it->at++;
		if (it->envelope.len > 0)
			return object(it, ret, ret_given, err);
		it->mode = ITEMS_TOP;
		return ANNOT_OK;
	}
	if (!it->first) {
		if (c != ',')
			return broken(it, "expected a comma or ] behind an item", err);
		it->at++;
		TRY(peek_token(it, &c, err));
	}
	it->first = false;
	items_drop(it);
	if (c < 0)
		return broken(it, "cut short in a list of items", err);
	TRY(scan_value(it, err));
	*ret_given = true;
	enum annot_status status = give(it, ret, err);
	ret->within = it->envelope.len > 0;
	return status;
}

/* A line that is broken in itself does not keep the next one from being read. */
static void recover(struct annot_items *it)
{
	size_t looked = it->at < it->end ? it->at : it->end;
	if (it->mode != ITEMS_TOP || it->envelope.len > 0 ||
	    memchr(it->data + it->start, '\n', looked - it->start)) {
		it->damaged = true;
		return;
	}
	const char *lf = memchr(it->data + looked, '\n', it->end - looked);
	bool more = !lf;
	while (more && !lf) {
		it->at = it->end;
		items_drop(it);
		if (items_more(it, &more, NULL) != ANNOT_OK)
			it->damaged = true;
		lf = it->end > it->at ? memchr(it->data + it->at, '\n', it->end - it->at) : NULL;
		more = more && !it->damaged;
	}
	it->at = lf ? (size_t)(lf - it->data) + 1 : it->end;
}

enum annot_status items_next_json(struct annot_items *it, struct annot_import_item *ret,
				  struct annot_error *err)
{
	bool given = false;
	enum annot_status status = ANNOT_OK;
	while (status == ANNOT_OK && !given)
		status = it->mode == ITEMS_TOP ? top(it, ret, &given, err)
					       : element(it, ret, &given, err);
	if (status == ANNOT_INVALID && !given) /* its end was not found */
		recover(it);
	return status;
}
