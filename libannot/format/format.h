/*
 * Formats of other programs: records to items of a format and back. Pure: what is read and written,
 * looked up and signed is the caller's (the host's) to do; a format sees one item at a time, so
 * that memory does not grow with their number.
 *
 * A format is a row of format/formats.def: FORMAT(id), and in its file
 *
 *     const struct annot_format annot_format_id = {.name = …, .export_item = …, .import_item = …};
 *
 * Export: begin, then item for each annotation that the query found, in log order, then end. Each
 * writes through annot_export_put (format/internal.h has helpers), into the one stream or, for a
 * format of FOLDER, into files by name, which grow by appending.
 *
 * Import: the host cuts the input into items (format/items.h): elements of a top-level array, of
 * the array that `containers` names inside of a top-level object, top-level values one after the
 * other (NDJSON), or lines. Each goes to import_item, which makes drafts and hands them over with
 * annot_import_take. A container itself comes last, with its array emptied (envelope): for what
 * stands beside the items.
 *
 * Nobody else's signature is pretended: drafts carry imported-from (the item's own IRI or id, else
 * "FORMAT:FILE#LINE"), imported-author (who the item says made it), imported-data (JSON of what our
 * cards cannot hold, for export again); the importer signs. The host passes over an item whose
 * drafts are in the corpus already: same imported-from, same kind, same cards.
 *
 * What was exported from the corpus that it is imported into is recognised where it says so
 * (format/own.h): it is there already, or, where it was edited since, a draft of the next version
 * of the record that it was exported from.
 *
 * Losses: a format says of every field of every item that does not survive what it was and why
 * (annot_export_lose, annot_import_lose). What is kept in imported-data is not lost. A format never
 * guesses: words without one clear place are a loss of the whole item (left_out). With --strict the
 * host answers REFUSED to the first loss, and that status is passed up.
 */
#ifndef ANNOT_FORMAT_FORMAT_H
#define ANNOT_FORMAT_FORMAT_H

#include "format/source.h"
#include "record/draft.h"

struct json_t;

enum {
	ANNOT_ITEM_MAX = 4 << 20,     /* bytes of one item of input */
	ANNOT_ITEM_DEPTH_MAX = 64,    /* of JSON */
	ANNOT_IMPORT_DRAFTS_MAX = 64, /* of one item */
	ANNOT_IMPORT_REFS_MAX = 256,  /* of one item's drafts */
};

/* A field that did not survive. All texts are the giver's and good until the call returns. */
struct annot_loss {
	const char *
		item; /* export: hash of the record; import: the item's own id, "" if it has none */
	const char *field;  /* path in the item (import) or the record: "target[1].selector", "via",
			       "" all of it */
	const char *value;  /* what stood there, as text or JSON; NULL: nothing worth showing */
	const char *reason; /* why it did not survive */
	bool left_out;      /* with it the whole item */
	/* import: where the item begins; NULL and 0 in export */
	const char *file;
	size_t line;
};

/* --- what an exported annotation is --- */

/* A record with what the log says of it. What begins with the daemon's word is so in annot_row. */
struct annot_entry {
	const struct annot_record *record; /* NULL: withheld */
	struct annot_hash id, annotation;  /* also of a withheld one */
	enum annot_kind kind;
	uint8_t signature[ANNOT_SIGNATURE_SIZE];
	uint64_t index, version, versions;
	bool head, blind;
	bool bot;                /* the author was enrolled as one */
	const char *author_name; /* as enrolled; NULL: unknown */
	const char *effect;      /* effective, pending, void */
	const char *review;      /* draft, approved, … */
	const char *const *flags;
	size_t n_flags;
	/* of the record that `on` names; zero and 0 without */
	struct annot_hash on_annotation;
	uint64_t on_version;
	/* One for each target, in order; a source without text is withheld or not uploaded. Targets
	 * in the same version of a document have the same source, also those of referred records.
	 */
	struct annot_source *const *sources;
	size_t n_sources;
};

struct annot_export_item {
	struct annot_entry entry; /* what the query found */
	/*
	 * With ANNOT_EXPORT_REFERRED: every record that a REF card names (on, from, to, via,
	 * evidence, reply-to, opens), in the order of its cards, each with its sources.
	 * annot_export_referred finds one. A document among them has its source in sources[0].
	 */
	const struct annot_entry *referred;
	size_t n_referred;
	/* With ANNOT_EXPORT_FIRST: the first version of the annotation, without sources; NULL: it
	 * is withheld. */
	const struct annot_entry *first;
	/*
	 * With ANNOT_EXPORT_HISTORY: all versions of the annotation, oldest first, and the newest
	 * versions of what was said on any of them that was not retracted (verdicts, reviews,
	 * comments, links from it, …), in log order, without sources.
	 */
	const struct annot_entry *versions, *said;
	size_t n_versions, n_said;
};

/* The referred record with that hash; NULL: not there. */
ANNOT_API const struct annot_entry *annot_export_referred(const struct annot_export_item *item,
							  const struct annot_hash *id);

struct annot_export_host {
	void *arg;
	/* file NULL: the one stream. UNREADABLE, NO_SPACE. */
	enum annot_status (*put)(void *arg, const char *file, struct annot_bytes data,
				 struct annot_error *err);
	enum annot_status (*lost)(void *arg, const struct annot_loss *loss,
				  struct annot_error *err);
	struct annot_hash corpus;
	const char *origin; /* of the log */
	const char *base;   /* --base IRI, ends with '/' or '#': ids of our records are base + hash;
			       NULL: urn:sha256:HASH */
	const char *publisher;     /* --publisher, or NULL: who publishes the export (ClaimReview's
				      author) */
	const char *publisher_url; /* --publisher-url, or NULL */
	const char *generated;     /* "2026-11-22T00:00:00Z": the host's clock */
	bool one_a_line;           /* --format ndjson: an item a line, nothing around them */
	const struct annot_scale *scales; /* of the policy in force */
	size_t n_scales;
};

/* --- an export under way --- */

struct annot_export {
	const struct annot_format *format;
	struct annot_export_host host;
	uint64_t n_items;     /* written so far */
	const char *losing;   /* hash of the item that is under way */
	struct annot_buf buf; /* for a format's use; emptied by annot_export_put_buf */
	void *own;            /* format->export_size bytes, zeroed at first */
};

/* Begins: NO_MEMORY and what the format's begin and the host's put return. */
ANNOT_API ANNOT_CHECKED enum annot_status annot_export_new(const struct annot_format *format,
							   const struct annot_export_host *host,
							   struct annot_export **ret,
							   struct annot_error *err);
ANNOT_API ANNOT_CHECKED enum annot_status annot_export_item(struct annot_export *x,
							    const struct annot_export_item *item,
							    struct annot_error *err);
ANNOT_API ANNOT_CHECKED enum annot_status annot_export_end(struct annot_export *x,
							   struct annot_error *err);
ANNOT_API struct annot_export *
annot_export_free(struct annot_export *x); /* takes NULL, returns NULL */

/* --- an import under way --- */

/* One piece of input. */
struct annot_import_item {
	struct annot_bytes bytes; /* as read */
	struct json_t *json; /* of a JSON format: an object, of NAMES also a text; NULL of LINES */
	const char *file;
	size_t line;   /* where it begins, from 1 */
	size_t number; /* of its input, from 1; 0: a container */
	bool envelope; /* the container of the items */
	bool within;   /* it stands in a container */
	/* Of a format of FOLDER (else ""): the file's name without folder and ending, and the text
	 * beside it (FILE.txt). */
	const char *name;
	struct annot_bytes text; /* data NULL: there is none */
};

/* What a text is known by in the other format: set one or more. */
struct annot_source_wanted {
	const char *name;   /* of a document, or NAME@N */
	const char *url;    /* of its source card */
	const char *sha256; /* 64 hex digits, of its text */
};

/* A card that names the record which another item became. */
struct annot_import_ref {
	const char *card; /* of the draft: on, from, to, evidence, reply-to, via */
	const char *item; /* that item's imported-from; NULL: of this item */
	size_t draft; /* with item NULL: which of the drafts handed over with it, one before this */
	const struct annot_hash
		*record; /* not NULL: the record itself, which is in the corpus (item is ignored) */
};

struct annot_import_draft {
	struct annot_draft *draft; /* with all cards but those of refs; taken over */
	const struct annot_import_ref *refs;
	size_t n_refs;
	/* Of this corpus, and the draft a version after it (annot_draft_amend), the only one of its
	 * item: passed over if it says the same, left out if the record was amended here since.
	 * NULL: a first version. */
	const struct annot_hash *amends;
};

struct annot_import_host {
	void *arg;
	/*
	 * A text of the corpus: the newest version that fits all that is set (NAME@N that one).
	 * Good until the item is done. NOT_FOUND; AMBIGUOUS: several documents.
	 */
	enum annot_status (*source)(void *arg, const struct annot_source_wanted *wanted,
				    struct annot_source **ret, struct annot_error *err);
	/*
	 * A record of the corpus with its sources: "=HASH", or the first 8 and more hex digits of
	 * an annotation, which is its newest version. Good until the item is done. NOT_FOUND.
	 */
	enum annot_status (*own)(void *arg, const char *id, const struct annot_entry **ret,
				 struct annot_error *err);
	/*
	 * Takes the drafts of one item, in order, at most once an item; id is its imported-from.
	 * Where an item that a ref names has not come yet, this one waits for it; where it never
	 * comes, the host reports it as left out.
	 */
	enum annot_status (*take)(void *arg, const char *id,
				  const struct annot_import_draft *drafts, size_t n,
				  struct annot_error *err);
	enum annot_status (*lost)(void *arg, const struct annot_loss *loss,
				  struct annot_error *err);
	struct annot_hash corpus; /* into which */
	const char *origin;       /* of its log */
	const char *base; /* --base: IRIs that begin so are hashes of our records, as in export */
	const char *
		document; /* --doc NAME: the document that all items are about; NULL: as they say */
	const struct annot_scale *scales; /* of the policy in force */
	size_t n_scales;
};

struct annot_import {
	const struct annot_format *format;
	struct annot_import_host host;
	const struct annot_import_item *item; /* under way */
	const char *id; /* its imported-from: set by the format as soon as it knows it, "" before;
			   lives until the item is done */
	struct annot_arena *arena; /* emptied after each item */
	void *own;                 /* format->import_size bytes, zeroed at first */
};

ANNOT_API ANNOT_CHECKED enum annot_status annot_import_new(const struct annot_format *format,
							   const struct annot_import_host *host,
							   struct annot_import **ret,
							   struct annot_error *err);
/*
 * INVALID: the item breaks a rule of its format; the text names file, line, field and rule. Nothing
 * of it was handed over then, and the next item may be given. Else the host's own statuses, which
 * end the import.
 */
ANNOT_API ANNOT_CHECKED enum annot_status annot_import_item(struct annot_import *m,
							    const struct annot_import_item *item,
							    struct annot_error *err);
/* After the last item of each file. INVALID: it was cut short; what was handed over stays. */
ANNOT_API ANNOT_CHECKED enum annot_status annot_import_end(struct annot_import *m,
							   struct annot_error *err);
ANNOT_API struct annot_import *
annot_import_free(struct annot_import *m); /* takes NULL, returns NULL */

/* --- the table --- */

enum {
	ANNOT_FORMAT_FOLDER =
		1 << 0, /* many files: -o names a folder, input is a folder or one of its files */
	ANNOT_FORMAT_LINES = 1 << 1, /* input is lines, not JSON */
	ANNOT_FORMAT_LOG = 1 << 2, /* export is of the whole log (format/ndjson.h), not of items */
	ANNOT_EXPORT_REFERRED = 1 << 3, /* items come with what they refer to */
	ANNOT_EXPORT_HISTORY =
		1 << 4, /* items come with versions and what was said on them: a request each */
	ANNOT_FORMAT_NAMES = 1 << 6, /* an item may be a text that names one elsewhere */
	ANNOT_EXPORT_FIRST = 1 << 5, /* items come with the annotation's first version */
};

struct annot_format {
	const char *name; /* --as */
	const char *doc;  /* one line */
	unsigned flags;
	unsigned kinds; /* 1u << ANNOT_KIND_…: that an export is asked for; others are passed over
			   in silence */
	const char *containers; /* paths that may hold the items in a top-level object:
				   "items|first.items|annotations"; NULL: none */
	size_t export_size, import_size;
	/* Each may be NULL where there is nothing to do; export_item and import_item may be, too:
	 * cannot. */
	enum annot_status (*export_begin)(struct annot_export *x, struct annot_error *err);
	enum annot_status (*export_item)(struct annot_export *x,
					 const struct annot_export_item *item,
					 struct annot_error *err);
	enum annot_status (*export_end)(struct annot_export *x, struct annot_error *err);
	void (*export_free)(struct annot_export *x); /* what own holds */
	enum annot_status (*import_item)(struct annot_import *m,
					 const struct annot_import_item *item,
					 struct annot_error *err);
	enum annot_status (*import_end)(struct annot_import *m, struct annot_error *err);
	void (*import_free)(struct annot_import *m);
};

/* By name; NULL: there is none. */
ANNOT_API const struct annot_format *annot_format_find(const char *name);
/* All of them, in the order of the table; NULL past the last. */
ANNOT_API const struct annot_format *annot_format_at(size_t n);

#endif
