/*
 * The layout of index.db. Records are numbered by their log index (seq) everywhere; hashes are not
 * kept twice: id8 holds the first 8 bytes, the rest is compared with the record in truth.db.
 * Numbers of roles, terms, effects (2 is void) and kinds are those of core.h and proto/records.def.
 */
#include "annotd/store/core.h"

static const char schema[] =
	/* ann: first version, NULL in first versions; to_index: where the first version that
	 * replaces it took effect; chars: places of its targets in code points, as varints; time is
	 * claimed. */
	"CREATE TABLE rec(seq INTEGER PRIMARY KEY, id8 INTEGER NOT NULL, ann INTEGER,"
	" kind INTEGER NOT NULL, author INTEGER NOT NULL, version INTEGER NOT NULL,"
	" effect INTEGER NOT NULL, to_index INTEGER, time INTEGER, chars BLOB) STRICT;"
	"CREATE INDEX rec_ann ON rec(ann) WHERE ann IS NOT NULL;"
	"CREATE TABLE author(id INTEGER PRIMARY KEY, hash BLOB NOT NULL UNIQUE) STRICT;"
	/* Only annotations that have more than one version or were retracted. */
	"CREATE TABLE ann(first INTEGER PRIMARY KEY, versions INTEGER NOT NULL,"
	" heads INTEGER NOT NULL, retracted INTEGER) STRICT;"
	"CREATE TABLE edge(dst INTEGER, role INTEGER, src INTEGER,"
	" PRIMARY KEY(dst, role, src)) STRICT, WITHOUT ROWID;"
	"CREATE TABLE target(doc INTEGER, start INTEGER, seq INTEGER, n INTEGER, \"end\" INTEGER,"
	" PRIMARY KEY(doc, start, seq, n)) STRICT, WITHOUT ROWID;"
	"CREATE TABLE term(id INTEGER PRIMARY KEY, kind INTEGER NOT NULL,"
	" text TEXT NOT NULL COLLATE NOCASE, UNIQUE(kind, text)) STRICT;"
	"CREATE TABLE posting(term INTEGER, seq INTEGER, PRIMARY KEY(term, seq))"
	" STRICT, WITHOUT ROWID;"
	"CREATE TABLE void(seq INTEGER PRIMARY KEY, reason TEXT NOT NULL) STRICT;"
	/* Records whose effect changed after they entered the log: the index at which it did. */
	"CREATE TABLE late(seq INTEGER PRIMARY KEY, at INTEGER NOT NULL) STRICT;"
	"CREATE TABLE authority(seq INTEGER PRIMARY KEY) STRICT;"
	/* Where target n of record seq stands in record doc, a later version of its document (see anchor.c);
	 * cut: a bound was reached; start … are NULL where it has no place. */
	"CREATE TABLE anchor(seq INTEGER, n INTEGER, doc INTEGER NOT NULL, status INTEGER NOT NULL,"
	" cut INTEGER NOT NULL, score INTEGER NOT NULL, start INTEGER, \"end\" INTEGER,"
	" chars_start INTEGER, chars_end INTEGER, PRIMARY KEY(seq, n)) STRICT, WITHOUT ROWID;"
	/* Documents (by their first version) with targets to be looked for, and the record for whose sake. */
	"CREATE TABLE due(doc INTEGER PRIMARY KEY, at INTEGER NOT NULL) STRICT;"
	"CREATE TABLE meta(key INTEGER PRIMARY KEY, value ANY) STRICT;";

/* Those that nothing needs while a whole log is replayed. */
static const char indexes[] = "CREATE INDEX rec_id ON rec(id8);"
			      "CREATE INDEX rec_kind ON rec(kind, author);";

#define ALL_VERSIONS                                                                               \
	"(SELECT seq, ann, version, author, effect, to_index FROM rec WHERE seq=?1"                \
	" UNION ALL SELECT seq, ann, version, author, effect, to_index FROM rec WHERE ann=?1) r"

/* Not replaced in the log's first ?N records; a later version that waits for a quorum is no head
 * yet. */
#define HEAD(n)                                                                                    \
	" r.effect<>2 AND (r.to_index IS NULL OR r.to_index>=" n ") AND (r.ann IS NULL OR"         \
	" r.effect=0 AND NOT EXISTS(SELECT 1 FROM late WHERE late.seq=r.seq AND at>=" n ")) "

static const char *const statements[INDEX_STATEMENTS] = {
	[INDEX_REC_PUT] = "INSERT INTO rec VALUES(?1,?2,?3,?4,?5,?6,?7,NULL,?8,?9)",
	[INDEX_REC_PURGE] = "UPDATE rec SET time=NULL, chars=NULL WHERE seq=?1",
	[INDEX_ROW] = "SELECT " CORE_ROW_COLUMNS " FROM rec r WHERE r.seq=?1",
	[INDEX_ROWS] = "SELECT " CORE_ROW_COLUMNS " FROM rec r WHERE r.seq>=?1 ORDER BY r.seq LIMIT ?2",
	[INDEX_ANNS] = "SELECT first, versions, heads, retracted FROM ann"
		       " WHERE first BETWEEN ?1 AND ?2 ORDER BY first",
	/* Records that others are about. */
	[INDEX_DISCUSSED] = "SELECT dst FROM edge WHERE dst BETWEEN ?1 AND ?2 AND role<=2"
			    " ORDER BY dst LIMIT ?3",
	[INDEX_IS_DISCUSSED] = "SELECT 1 FROM edge WHERE dst=?1 AND role<=2 LIMIT 1",
	[INDEX_FIND] = "SELECT seq FROM rec INDEXED BY rec_id WHERE id8=?1 ORDER BY seq",
	/* Without the signs SQLite would go through the whole table in the order of seq. */
	[INDEX_RANGE] = "SELECT seq FROM rec INDEXED BY rec_id WHERE id8 BETWEEN ?3 AND ?4"
			" AND +seq>=?1 AND +seq<?5 ORDER BY seq LIMIT ?2",
	[INDEX_AUTHOR_PUT] = "INSERT INTO author(hash) VALUES(?1)",
	[INDEX_AUTHOR_FIND] = "SELECT id FROM author WHERE hash=?1",
	[INDEX_AUTHOR_GET] = "SELECT hash FROM author WHERE id=?1",
	[INDEX_EDGE_PUT] = "INSERT OR IGNORE INTO edge VALUES(?1,?2,?3)",
	[INDEX_EDGE_DROP] = "DELETE FROM edge WHERE dst=?1 AND role=?2 AND src=?3",
	[INDEX_TARGET_PUT] = "INSERT INTO target VALUES(?1,?2,?3,?4,?5)",
	[INDEX_TARGET_DROP] = "DELETE FROM target WHERE doc=?1 AND start=?2 AND seq=?3 AND n=?4",
	[INDEX_TERM_PUT] = "INSERT INTO term(kind,text) VALUES(?1,?2)",
	[INDEX_TERM_FIND] = "SELECT id FROM term WHERE kind=?1 AND text=?2",
	[INDEX_TERM_DROP] = "DELETE FROM term WHERE id=?1"
			    " AND NOT EXISTS(SELECT 1 FROM posting WHERE term=?1)",
	[INDEX_POSTING_PUT] = "INSERT OR IGNORE INTO posting VALUES(?1,?2)",
	[INDEX_POSTING_DROP] = "DELETE FROM posting WHERE term=?1 AND seq=?2",
	[INDEX_NAMED] = "SELECT p.seq, r.to_index IS NULL OR r.to_index>=?2 AS head FROM posting p"
			" CROSS JOIN rec r ON r.seq=p.seq WHERE p.term=?1 AND p.seq<?2"
			" AND r.effect<>2 ORDER BY head DESC, p.seq DESC LIMIT 1",
	[INDEX_REPLACE] = "UPDATE rec SET to_index=?2 WHERE seq=?1 AND to_index IS NULL",
	[INDEX_ANN_GET] = "SELECT first, versions, heads, retracted FROM ann WHERE first=?1",
	[INDEX_ANN_PUT] = "INSERT INTO ann VALUES(?1,?2,?3,?4) ON CONFLICT(first)"
			  " DO UPDATE SET versions=?2, heads=?3, retracted=?4",
	[INDEX_ANN_AS_OF] =
		"SELECT count(*), coalesce(sum(" HEAD("?2") "), 0)"
							    " FROM " ALL_VERSIONS
							    " WHERE r.effect<>2 AND r.seq<?2",
	[INDEX_VERSION_AT] = "SELECT seq FROM " ALL_VERSIONS " WHERE version=?2 AND effect<>2",
	[INDEX_NEWEST_HEAD] =
		"SELECT max(r.seq) FROM " ALL_VERSIONS " WHERE r.seq<?2 AND" HEAD("?2"),
	[INDEX_AUTHORS] =
		"SELECT DISTINCT author FROM (SELECT seq, author, effect FROM rec"
		" WHERE seq=?3 UNION ALL SELECT seq, author, effect FROM rec WHERE ann=?3)"
		" WHERE effect<>2 AND author>=?1 ORDER BY author LIMIT ?2",
	[INDEX_VOID_PUT] = "INSERT OR REPLACE INTO void VALUES(?1,?2)",
	[INDEX_VOID_GET] = "SELECT reason FROM void WHERE seq=?1",
	[INDEX_EFFECT_SET] = "UPDATE rec SET effect=?2 WHERE seq=?1",
	[INDEX_RENUMBER] = "UPDATE rec SET version=version-1 WHERE ann=?1 AND version>?2",
	[INDEX_LATE_PUT] = "INSERT OR REPLACE INTO late VALUES(?1,?2)",
	[INDEX_LATE_GET] = "SELECT at FROM late WHERE seq=?1",
	[INDEX_AUTHORITY_PUT] = "INSERT OR IGNORE INTO authority VALUES(?1)",
	[INDEX_AUTHORITY] =
		"SELECT seq FROM authority WHERE seq>=?1 AND seq<?3 ORDER BY seq LIMIT ?2",
	[INDEX_HISTORY] = "WITH v(seq) AS (SELECT ?3 UNION ALL SELECT seq FROM rec WHERE ann=?3)"
			  " SELECT seq FROM v WHERE seq>=?1 AND seq<?4 UNION"
			  " SELECT e.src FROM v CROSS JOIN edge e ON e.dst=v.seq WHERE e.role<=6"
			  " AND e.src>=?1 AND e.src<?4 ORDER BY 1 LIMIT ?2",
	[INDEX_ABOUT] = "SELECT e.src FROM edge e CROSS JOIN rec r ON r.seq=e.src"
			" LEFT JOIN ann a ON a.first=coalesce(r.ann,r.seq)"
			" WHERE e.dst=?3 AND e.role IN (1,2) AND e.src>=?1 AND e.src<?5"
			" AND r.kind=?4 AND" HEAD("?5") "AND (a.retracted IS NULL OR "
							"a.retracted>=?5) ORDER BY e.src LIMIT ?2",
	[INDEX_SEALS] = "SELECT e.src FROM edge e CROSS JOIN rec r ON r.seq=e.src"
			" WHERE e.dst=?3 AND e.role=1 AND e.src>=?1 AND r.effect<>2"
			" AND (r.kind=?4 OR r.kind=?5 AND r.ann IS NULL)"
			" ORDER BY e.src LIMIT ?2",
	[INDEX_RATED] = "SELECT e.src FROM edge e CROSS JOIN rec r ON r.seq=e.src"
			" WHERE e.dst=?3 AND e.role=1 AND e.src>=?1 AND e.src<?5 AND r.kind=?4"
			" ORDER BY e.src LIMIT ?2",
	/* A version of a document that was replaced, after ?2. */
	[INDEX_OLD_VERSION] = "SELECT min(seq) FROM " ALL_VERSIONS
			      " WHERE effect<>2 AND to_index IS NOT NULL AND seq>?2",
	[INDEX_ANCHOR_PUT] = "INSERT OR REPLACE INTO anchor VALUES(?1,?2,?3,?4,?5,?6,?7,?8,?9,?10)",
	[INDEX_ANCHOR_GET] = "SELECT doc, status, cut, score, start, \"end\", chars_start, chars_end"
			     " FROM anchor WHERE seq=?1 AND n=?2",
	[INDEX_ANCHOR_TODO] =
		"SELECT t.seq, t.n, t.start, t.\"end\" FROM target t CROSS JOIN rec r ON r.seq=t.seq"
		" LEFT JOIN ann a ON a.first=coalesce(r.ann,r.seq)"
		" LEFT JOIN anchor x ON x.seq=t.seq AND x.n=t.n"
		" WHERE t.doc=?1 AND (t.start,t.seq,t.n)>(?3,?4,?5) AND r.effect=0"
		" AND r.to_index IS NULL AND a.retracted IS NULL AND (x.doc IS NULL OR x.doc<>?2)"
		" ORDER BY t.start, t.seq, t.n LIMIT ?6",
	[INDEX_ANCHOR_DROP] = "DELETE FROM anchor WHERE seq=?1",
	[INDEX_DUE_PUT] = "INSERT INTO due VALUES(?1,?2) ON CONFLICT(doc) DO UPDATE SET at=?2",
	[INDEX_DUE_DROP] = "DELETE FROM due WHERE doc=?1 AND at=?2",
	[INDEX_DUE_NEXT] = "SELECT doc, at FROM due WHERE doc>=?1 ORDER BY doc LIMIT 1",
	[INDEX_META_PUT] = "INSERT OR REPLACE INTO meta VALUES(?1,?2)",
	[INDEX_BEGIN] = "BEGIN",
	[INDEX_WRITE] = "BEGIN IMMEDIATE",
	[INDEX_END] = "COMMIT",
	[INDEX_META_GET] = "SELECT value FROM meta WHERE key=?1",
};

_Static_assert(EDGE_FROM == 2 && EDGE_HISTORY_MAX == 6,
	       "the statements above name roles by number");
_Static_assert(ANNOT_VOID == 2, "the statements above name void by number");

const struct db_file store_index_file = {
	.name = "index.db",
	.schema = schema,
	.indexes = indexes,
	.sql = statements,
	.application_id = 0x414e4e49, /* "ANNI" */
	.version = 3,
	.page_size = 4096,
	.cache_kib = 8192,
	.derived = true,
};
