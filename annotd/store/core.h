/*
 * What the writer and the readers share: a connection to each database, statements, look-ups by
 * hash. Private to annotd/store/.
 */
#ifndef ANNOTD_STORE_CORE_H
#define ANNOTD_STORE_CORE_H

#include "annotd/store/cache.h"
#include "annotd/store/database.h"
#include "annotd/store/store.h"

extern const struct db_file store_truth_file, store_index_file;

enum truth_statement {
	TRUTH_PUT,
	TRUTH_ROOT,
	TRUTH_RECORD,
	TRUTH_SCAN,
	TRUTH_LOG,
	TRUTH_NODES,
	TRUTH_SIZE,
	TRUTH_NOTE_PUT,
	TRUTH_NOTE_GET,
	TRUTH_ROOT_GET,
	TRUTH_ROOT_NEXT,
	TRUTH_CONTENT_PUT,
	TRUTH_CONTENT_LENGTH,
	TRUTH_CONTENT_ROW,
	TRUTH_CONTENTS,
	TRUTH_CONTENT_DROP,
	TRUTH_ORIGINAL_PUT,
	TRUTH_ORIGINAL_LENGTH,
	TRUTH_ORIGINAL_ROW,
	TRUTH_ORIGINAL_DROP,
	TRUTH_WITHHOLD,
	TRUTH_WITHHELD_PUT,
	TRUTH_WITHHELD_GET,
	TRUTH_WITHHELD_LIST,
	TRUTH_BEGIN,
	TRUTH_WRITE,
	TRUTH_END,
	TRUTH_STATEMENTS
};

enum index_statement {
	INDEX_REC_PUT,
	INDEX_REC_PURGE,
	INDEX_ROW,
	INDEX_ROWS,
	INDEX_ANNS,
	INDEX_DISCUSSED,
	INDEX_IS_DISCUSSED,
	INDEX_FIND,
	INDEX_RANGE,
	INDEX_AUTHOR_PUT,
	INDEX_AUTHOR_FIND,
	INDEX_AUTHOR_GET,
	INDEX_EDGE_PUT,
	INDEX_EDGE_DROP,
	INDEX_TARGET_PUT,
	INDEX_TARGET_DROP,
	INDEX_TERM_PUT,
	INDEX_TERM_FIND,
	INDEX_TERM_DROP,
	INDEX_POSTING_PUT,
	INDEX_POSTING_DROP,
	INDEX_NAMED,
	INDEX_REPLACE,
	INDEX_ANN_GET,
	INDEX_ANN_PUT,
	INDEX_ANN_AS_OF,
	INDEX_VERSION_AT,
	INDEX_NEWEST_HEAD,
	INDEX_AUTHORS,
	INDEX_VOID_PUT,
	INDEX_VOID_GET,
	INDEX_EFFECT_SET,
	INDEX_RENUMBER,
	INDEX_LATE_PUT,
	INDEX_LATE_GET,
	INDEX_AUTHORITY_PUT,
	INDEX_AUTHORITY,
	INDEX_HISTORY,
	INDEX_ABOUT,
	INDEX_SEALS,
	INDEX_RATED,
	INDEX_OLD_VERSION,
	INDEX_ANCHOR_PUT,
	INDEX_ANCHOR_GET,
	INDEX_ANCHOR_TODO,
	INDEX_ANCHOR_DROP,
	INDEX_DUE_PUT,
	INDEX_DUE_DROP,
	INDEX_DUE_NEXT,
	INDEX_META_PUT,
	INDEX_META_GET,
	INDEX_BEGIN,
	INDEX_WRITE,
	INDEX_END,
	INDEX_STATEMENTS
};
_Static_assert((int)TRUTH_STATEMENTS <= (int)DB_STATEMENTS_MAX, "truth.db's statements fit");
_Static_assert((int)INDEX_STATEMENTS <= (int)DB_STATEMENTS_MAX, "index.db's statements fit");

/* Who points at whom, by the card that says so. Numbers are stored in index.db. */
enum edge_role {
	EDGE_ON = 1,
	EDGE_FROM = 2,
	EDGE_TO = 3,
	EDGE_VIA = 4,
	EDGE_EVIDENCE = 5,
	EDGE_REPLY_TO = 6,
	EDGE_HISTORY_MAX = EDGE_REPLY_TO, /* up to here they are part of a history */
	EDGE_TRANSLATION_OF = 8,
};

/* Kinds of interned texts. Numbers are stored in index.db. */
enum term_kind {
	TERM_NAME = 1,
	TERM_TAG = 2,
	TERM_SPEAKER = 3,
	TERM_RATING = 4,
	TERM_IMPORTED = 5,
	TERM_SOURCE = 6,
	TERM_SHA256 = 7,
};

enum { META_APPLIED = 1, META_CLEAN = 2, META_BOOT = 3, META_ANCHORS = 4 };

enum { FIND_CACHE = 4096, AUTHOR_CACHE = 256 };

struct find_slot {
	bool used;
	uint64_t seq;
	struct annot_hash hash;
};

struct core {
	struct db truth, index;
	struct find_slot found[FIND_CACHE]; /* record hash to index; append-only, so never stale */
	struct find_slot authors[AUTHOR_CACHE]; /* author hash to interned number */
	struct find_slot author_ids[AUTHOR_CACHE];
	/* Records that are read one after the other come from one statement, which stays open. Only
	 * where a snapshot is held: see core_rest. */
	bool may_scan;
	sqlite3_stmt *scan; /* stands on record scan_at; NULL: none */
	unsigned scans;     /* which statement that is */
	uint64_t scan_at;
	sqlite3_stmt *point; /* stands on record point_at: whoever asked for its hash mostly reads
				it next */
	uint64_t point_at;
	uint64_t read_last;
	struct core_cache *cache; /* the writer's; NULL: none */
	/* While the index is filled: all records that are in it, in place of its own index of them.
	 */
	struct core_ids *ids;
};

/* Columns of a struct core_rec. */
#define CORE_ROW_COLUMNS                                                                           \
	"r.seq, coalesce(r.ann,r.seq), r.kind, r.author, r.version, r.effect, r.to_index, "        \
	"r.chars, r.id8"

/* A later version that waits for a quorum is no head yet. */
static inline bool core_rec_is_head(const struct core_rec *rec)
{
	return rec->replaced == ANNOT_NEVER &&
	       (rec->effect == ANNOT_EFFECTIVE || (rec->effect == ANNOT_PENDING && rec->first));
}

/* Annotations with one version that was not retracted have no row: these are then the defaults. */
struct core_ann {
	uint64_t versions, heads;
	int64_t retracted;
};
#define CORE_ANN_ALONE ((struct core_ann){.versions = 1, .heads = 1, .retracted = ANNOT_NEVER})

/* The first 8 bytes of a hash as a signed number in the same order. */
int64_t core_id8(const uint8_t first[8]);

/* Forgets cached look-ups (after a rollback). */
void core_forget(struct core *c);

/* The hash of the record at seq: of its bytes, or from its leaf line. NOT_FOUND past the end. */
enum annot_status core_hash(struct core *c, uint64_t seq, struct annot_hash *ret,
			    struct annot_error *err);
/* The same, and whether its bytes were withheld. */
enum annot_status core_digest(struct core *c, uint64_t seq, struct annot_hash *ret,
			      bool *ret_withheld, struct annot_error *err);
/* That is where the record is, and is asked for soon. */
void core_found(struct core *c, const struct annot_hash *hash, uint64_t seq);
/* Index of a record, and whether there is one. */
enum annot_status core_seek(struct core *c, const struct annot_hash *hash, uint64_t *ret,
			    bool *ret_found, struct annot_error *err);
/* The same; NOT_FOUND. */
enum annot_status core_find(struct core *c, const struct annot_hash *hash, uint64_t *ret,
			    struct annot_error *err);
/* NOT_FOUND. */
enum annot_status core_rec(struct core *c, uint64_t seq, struct core_rec *ret,
			   struct annot_error *err);
/* From a row of INDEX_ROW. */
enum annot_status core_rec_columns(struct db *db, sqlite3_stmt *st, struct core_rec *ret,
				   struct annot_error *err);
/* Index at which the record's effect changed, ANNOT_NEVER if it did not. */
enum annot_status core_late(struct core *c, uint64_t seq, int64_t *ret, struct annot_error *err);
enum annot_status core_ann(struct core *c, uint64_t first, struct core_ann *ret,
			   struct annot_error *err);
/* From a row of INDEX_ANN_GET or INDEX_ANNS. */
void core_ann_columns(sqlite3_stmt *st, struct core_ann *ret);
/* NOT_FOUND if the author signed nothing. */
enum annot_status core_author_id(struct core *c, const struct annot_hash *author, int64_t *ret,
				 struct annot_error *err);
enum annot_status core_author(struct core *c, int64_t id, struct annot_hash *ret,
			      struct annot_error *err);
/* The interned number of a text; NOT_FOUND. */
enum annot_status core_term(struct core *c, enum term_kind kind, const char *text, size_t len,
			    int64_t *ret, struct annot_error *err);
/* A record as stored; NOT_FOUND past the end. */
enum annot_status core_record(struct core *c, uint64_t seq, struct annot_arena *arena,
			      struct store_record *ret, struct annot_error *err);
/* The same with its nodes; all of it until the next core_log or core_record. may_scan only. */
enum annot_status core_log(struct core *c, uint64_t seq, struct store_log_row *ret,
			   struct annot_error *err);
/* Its row (bytes, sig, leaf), good until the next one or core_point_leave, which takes it back
 * unless may_scan. NOT_FOUND. */
enum annot_status core_point(struct core *c, uint64_t seq, sqlite3_stmt **ret,
			     struct annot_error *err);
void core_point_leave(struct core *c);
/* Before the snapshot ends: no statement stands on a record any more. */
void core_rest(struct core *c);
/* Its leaf, from its bytes or, where it was withheld, from the line. */
enum annot_status core_leaf(const struct store_record *record, struct annot_arena *arena,
			    struct annot_leaf *ret, struct annot_error *err);
/* A completed node of the tree, from the row of the leaf that completed it. */
enum annot_status core_node(struct core *c, unsigned level, uint64_t n, struct annot_hash *ret,
			    struct annot_error *err);
/* Which record's content of that SHA-256 was withheld. NOT_FOUND: none. */
enum annot_status core_withheld_content(struct core *c, const struct annot_hash *sha256,
					uint64_t *ret_seq, struct annot_error *err);
/* Of a document's text or original. NOT_FOUND unless it is there, whole. */
enum annot_status core_content_length(struct core *c, enum store_part part, uint64_t seq,
				      uint64_t *ret, struct annot_error *err);
/* Appends bytes [offset, offset + len), fewer at the end. */
enum annot_status core_content(struct core *c, enum store_part part, uint64_t seq, uint64_t offset,
			       size_t len, struct annot_buf *ret, struct annot_error *err);
/* The root that a commit gave; NOT_FOUND if none made a log of that size. */
enum annot_status core_root(struct core *c, uint64_t size, struct annot_hash *ret,
			    struct annot_error *err);
/* That of the first commit of at least that size; *ret_size UINT64_MAX: none. */
enum annot_status core_next_root(struct core *c, uint64_t size, uint64_t *ret_size,
				 struct annot_hash *ret, struct annot_error *err);
enum annot_status core_truth_size(struct core *c, uint64_t *ret, struct annot_error *err);
/* Records applied in the index, as its meta table says. */
enum annot_status core_index_size(struct core *c, uint64_t *ret, struct annot_error *err);

/*
 * Calls back with the first column of a statement whose ?1 is the first index wanted, ?2 how many,
 * and ?3 … are the given numbers. Rows are gathered before the calls, so that they may use any
 * statement.
 */
enum { CORE_CHUNK = 512 };
enum annot_status core_each(struct db *db, sqlite3_stmt *st, uint64_t from, const int64_t *numbers,
			    size_t n, reader_each each, void *arg, struct annot_error *err);

#endif
