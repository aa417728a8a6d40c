#include <string.h>

#include "../intake/intake.h"
#include "../out/out.h"
#include "../out/progress.h"
#include "../write.h"

enum { NAME_MAX_CHARS = 63 };

static char *arg_name, *arg_title, *arg_lang, *arg_source, *arg_publisher, *arg_published,
	*arg_translation_of;
static struct intake_options arg_intake;

static const struct poptOption options[] = {
	{"name", '\0', POPT_ARG_STRING, &arg_name, 0,
	 "Name in the corpus; an existing one gets a new version", "NAME"},
	{"title", '\0', POPT_ARG_STRING, &arg_title, 0, "Its title", "TEXT"},
	{"lang", '\0', POPT_ARG_STRING, &arg_lang, 0, "Its language", "TAG"},
	{"source", '\0', POPT_ARG_STRING, &arg_source, 0, "Where it was taken from", "URL"},
	{"publisher", '\0', POPT_ARG_STRING, &arg_publisher, 0, "Who published it", "TEXT"},
	{"published", '\0', POPT_ARG_STRING, &arg_published, 0, "When", "DATE"},
	{"translation-of", '\0', POPT_ARG_STRING, &arg_translation_of, 0,
	 "The document that it translates", "DOC"},
	INTAKE_OPTIONS(arg_intake),
	POPT_TABLEEND,
};

/* The name of the file without folder and ending, in the alphabet of names. */
static const char *name_of_file(struct ctl *ctl, const char *path)
{
	const char *base = strrchr(path, '/');
	base = base ? base + 1 : path;
	const char *dot = strrchr(base, '.');
	char name[NAME_MAX_CHARS + 1];
	size_t n = 0;
	for (const char *c = base; *c && c != dot && n < NAME_MAX_CHARS; c++) {
		char lower = *c >= 'A' && *c <= 'Z' ? (char)(*c + 32) : *c;
		bool plain = (lower >= 'a' && lower <= 'z') || (lower >= '0' && lower <= '9') ||
			     (n > 0 && (lower == '.' || lower == '_' || lower == '-'));
		if (plain || n > 0)
			name[n++] = plain ? lower : '-';
	}
	return annot_arena_copy(ctl->arena, name, n);
}

/* The cards that say what the text was made from. */
static enum annot_status fill_original(struct ctl *ctl, struct annot_draft *draft,
				       const struct intake *in, struct annot_bytes file)
{
	static const char *const cards[] = {"extractor", "original-sha256", "original-length",
					    "original-type"};
	struct annot_hash sha256 = annot_sha256(file.data, file.len);
	for (size_t i = 0; i < sizeof cards / sizeof *cards; i++)
		annot_draft_unset(draft, cards[i]);
	if (!in->extractor)
		return ANNOT_OK;
	TRY(annot_draft_add(draft, "extractor", in->extractor, &ctl->err));
	TRY(annot_draft_add_hash(draft, "original-sha256", &sha256, &ctl->err));
	TRY(annot_draft_add(draft, "original-length",
			    annot_arena_printf(ctl->arena, "%zu", file.len), &ctl->err));
	return annot_draft_add(draft, "original-type", in->original_type, &ctl->err);
}

/* What the page says of itself, where neither the command line nor the version before does. */
static enum annot_status fill_found(struct ctl *ctl, struct annot_draft *draft, const char *path,
				    const struct intake *in)
{
	const struct {
		const char *card, *value;
	} found[] = {{"title", in->title}, {"language", in->language}, {"source", in->source}};
	for (size_t i = 0; i < sizeof found / sizeof *found; i++) {
		if (!found[i].value || annot_draft_value(draft, found[i].card, 0))
			continue;
		TRY(annot_draft_add(draft, found[i].card, found[i].value, &ctl->err));
		out_signed(ctl, "%s: %s %s, as the page says", out_safe(ctl, path), found[i].card,
			   out_safe_flat(ctl, found[i].value));
	}
	return ANNOT_OK;
}

static enum annot_status fill_given(struct ctl *ctl, struct annot_draft *draft)
{
	const struct {
		const char *card, *value;
	} given[] = {{"title", arg_title},
		     {"language", arg_lang},
		     {"source", arg_source},
		     {"publisher", arg_publisher},
		     {"published", arg_published}};
	for (size_t i = 0; i < sizeof given / sizeof *given; i++) {
		if (given[i].value)
			annot_draft_unset(draft, given[i].card);
		TRY(write_card(ctl, draft, given[i].card, given[i].value));
	}
	if (!arg_translation_of)
		return ANNOT_OK;
	annot_draft_unset(draft, "translation-of");
	return write_reference(ctl, draft, "translation-of", arg_translation_of);
}

static enum annot_status fill(struct ctl *ctl, struct annot_draft *draft, const char *path,
			      const struct intake *in, struct annot_bytes file)
{
	struct annot_bytes text = in->text;
	struct annot_hash sha256 = annot_sha256(text.data, text.len),
			  chunks = annot_chunk_root(text);
	static const char *const replaced[] = {"media-type", "sha256", "length", "chunks"};
	for (size_t i = 0; i < sizeof replaced / sizeof *replaced; i++)
		annot_draft_unset(draft, replaced[i]);
	TRY(fill_given(ctl, draft));
	TRY(fill_found(ctl, draft, path, in));
	TRY(fill_original(ctl, draft, in, file));
	TRY(annot_draft_add(draft, "media-type", in->media_type, &ctl->err));
	TRY(annot_draft_add_hash(draft, "sha256", &sha256, &ctl->err));
	TRY(annot_draft_add(draft, "length", annot_arena_printf(ctl->arena, "%zu", text.len),
			    &ctl->err));
	return annot_draft_add_hash(draft, "chunks", &chunks, &ctl->err);
}

static bool option_given(void)
{
	return arg_title || arg_lang || arg_source || arg_publisher || arg_published ||
	       arg_translation_of;
}

/* The draft of a new document, or of a new version of one that is there; *ret NULL: nothing
 * changed. */
static enum annot_status make_draft(struct ctl *ctl, const char *name, struct annot_bytes text,
				    struct annot_draft **ret, const struct annot_record **ret_same)
{
	struct annot_fetched old;
	enum annot_status status = annot_fetch(ctl->annot, name, ctl->arena, &old, &ctl->err);
	*ret = NULL;
	*ret_same = NULL;
	if (status == ANNOT_NOT_FOUND) {
		ctl->err.text[0] = '\0';
		*ret = annot_draft_new(ANNOT_KIND_document);
		if (!*ret)
			return annot_fail(&ctl->err, ANNOT_NO_MEMORY, "out of memory");
		return annot_draft_add(*ret, "name", name, &ctl->err);
	}
	TRY(status);
	if (!old.record)
		return annot_fail(&ctl->err, ANNOT_REFUSED,
				  "document %s was withheld; give the new one another --name",
				  name);
	struct annot_hash sha256 = annot_sha256(text.data, text.len);
	const struct annot_card *before = annot_record_card(old.record, "sha256");
	if (before && annot_hash_equal(&before->hash, &sha256) && !option_given()) {
		*ret_same = old.record;
		return ANNOT_OK;
	}
	out_note(ctl, "a new version of %s@%llu, %s bytes by %s", name,
		 (unsigned long long)old.row->version, annot_record_text(old.record, "length"),
		 out_safe(ctl, old.row->author_name));
	*ret = annot_draft_amend(old.record);
	return *ret ? ANNOT_OK : annot_fail(&ctl->err, ANNOT_NO_MEMORY, "out of memory");
}

/* Not where the same text came from another file before: the record names that one. */
static enum annot_status upload_original(struct ctl *ctl, const struct annot_record *document,
					 struct annot_bytes file)
{
	const struct annot_card *named = annot_record_card(document, "original-sha256");
	struct annot_hash sha256 = annot_sha256(file.data, file.len);
	if (!named || !annot_hash_equal(&named->hash, &sha256))
		return ANNOT_OK;
	return annot_upload_original(ctl->annot, &document->id, file, &ctl->err);
}

static int add_text(struct ctl *ctl, const char *path, const struct intake *in,
		    struct annot_bytes file)
{
	struct annot_draft *draft;
	const struct annot_record *same;
	struct written written = {0};
	const char *name = arg_name ? arg_name : name_of_file(ctl, path);
	if (!annot_name_valid(name, strlen(name)))
		return ctl_usage(ctl,
				 "document name \"%s\": expected a lower-case letter or digit, "
				 "then letters, digits, dot, dash "
				 "or underscore, not like an id; say --name NAME",
				 name);
	enum annot_status status = make_draft(ctl, name, in->text, &draft, &same);
	if (status == ANNOT_OK && draft) {
		intake_show(ctl, path, in);
		status = fill(ctl, draft, path, in, file);
	}
	if (status == ANNOT_OK && draft)
		status = write_silently(ctl, draft, &written);
	if (status == ANNOT_OK && same)
		written.record = same;
	if (status ==
	    ANNOT_OK) /* also where nothing changed: an earlier upload may have been cut off */
		status = annot_upload(ctl->annot, &written.record->id, in->text, &ctl->err);
	if (status == ANNOT_OK && in->extractor)
		status = upload_original(ctl, written.record, file);
	annot_draft_free(draft);
	CTL_TRY(ctl, status);
	return write_print(ctl, &written,
			   same                    ? "unchanged"
			   : written.record->first ? "added"
						   : "amended");
}

static int add_file(struct ctl *ctl, const char *path, struct progress *progress)
{
	struct annot_buf file = ANNOT_BUF_INIT(INTAKE_FILE_MAX);
	struct intake in = {0};
	enum annot_status status = annot_file_read(path, INTAKE_FILE_MAX, &file, &ctl->err);
	if (status == ANNOT_OK)
		status = intake_read(ctl->arena, path, annot_buf_bytes(&file), &arg_intake, &in,
				     &ctl->err);
	progress_pause(progress); /* it prints what it did */
	int code = status == ANNOT_OK ? add_text(ctl, path, &in, annot_buf_bytes(&file))
				      : ctl_fail(ctl, status);
	intake_free(&in);
	annot_buf_free(&file);
	return code;
}

/* What an earlier run signed and could not send may be one of these documents: it goes first, so
 * that this run finds it there, and uploads its text. */
static enum annot_status send_waiting(struct ctl *ctl)
{
	size_t sent, refused;
	TRY(annot_outbox_flush(ctl->annot, &sent, &refused, &ctl->err));
	if (annot_outbox_report(ctl->annot))
		out_warning(ctl, "from the outbox: %s",
			    out_safe(ctl, annot_outbox_report(ctl->annot)));
	return ANNOT_OK;
}

static int run(struct ctl *ctl, int argc, const char **args)
{
	if (argc > 1 && (arg_name || arg_title || arg_source || arg_translation_of))
		return ctl_usage(ctl, "--name, --title, --source and --translation-of are for one "
				      "FILE at a time");
	if (!arg_name && strcmp(args[0], "-") == 0)
		return ctl_usage(ctl, "standard input has no name; say --name NAME");
	CTL_TRY(ctl, send_waiting(ctl));
	struct progress progress = {.ctl = ctl, .what = "added"};
	int worst = 0;
	if (argc > 1)
		progress_begin(&progress);
	for (int i = 0; i < argc && worst == 0; i++) {
		worst = add_file(ctl, args[i], &progress);
		if (argc > 1)
			progress_show(&progress, (uint64_t)i + 1, (uint64_t)argc);
	}
	progress_end(&progress);
	return worst;
}

const struct command cmd_doc_add = {
	"doc add", "FILE…", "Add documents, or new versions of them",
	options,   run,     NEEDS_DAEMON | WRITES,
	1,         -1,
};
