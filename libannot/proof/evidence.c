#include "proof/evidence.h"

#include "base/encode.h"
#include "base/hash.h"
#include "proof/verify_private.h"
#include "record/sshsig.h"

static const char MAGIC[] = "annot-fork-evidence/v1\n";
enum { SOURCE_MAX = 1024, LINE_SIZE = 1100, PATH_LINE = 44 };

bool annot_evidence_is(struct annot_bytes file)
{
	return file.len >= sizeof(MAGIC) - 1 && memcmp(file.data, MAGIC, sizeof(MAGIC) - 1) == 0;
}

/* --- writing
 * ------------------------------------------------------------------------------------------- */

static void put_section(struct annot_buf *ret, const char *name, struct annot_bytes bytes)
{
	annot_buf_printf(ret, "%s %zu\n", name, bytes.len);
	annot_buf_add(ret, bytes.data, bytes.len);
}

/* A source is one line, whatever it is. */
static void put_source(struct annot_buf *ret, const char *source)
{
	annot_buf_puts(ret, "source ");
	for (size_t i = 0; source[i] && i < SOURCE_MAX; i++)
		annot_buf_putc(ret, source[i] == '\n' ? ' ' : source[i]);
	annot_buf_putc(ret, '\n');
}

void annot_evidence_write(const struct annot_evidence *e, struct annot_buf *ret)
{
	annot_buf_puts(ret, MAGIC);
	annot_buf_printf(ret, "what %s\ncorpus %s\n", annot_verdict_name(e->what),
			 annot_hash_hex(&e->corpus).text);
	put_source(ret, e->source);
	put_section(ret, "genesis", e->genesis);
	put_section(ret, "ours", e->ours);
	put_section(ret, "theirs", e->theirs);
	if (!e->prefix)
		return;
	annot_buf_printf(ret, "prefix %s\npath %zu\n", annot_hash_hex(&e->prefix->leaf).text,
			 e->prefix->n * (PATH_LINE + 1));
	for (size_t i = 0; i < e->prefix->n; i++) {
		annot_buf_base64(ret, e->prefix->path[i].b, ANNOT_HASH_SIZE);
		annot_buf_putc(ret, '\n');
	}
}

/* --- reading
 * ------------------------------------------------------------------------------------------- */

/* The next line "NAME VALUE"; false: there is another, or none. */
static bool take_line(struct annot_bytes *left, const char *name, char ret[LINE_SIZE])
{
	size_t limit = left->len < LINE_SIZE ? left->len : LINE_SIZE, n = strlen(name);
	const uint8_t *end = limit ? memchr(left->data, '\n', limit) : NULL;
	size_t len = end ? (size_t)(end - left->data) : 0;

	if (!end || len <= n || memcmp(left->data, name, n) != 0 || left->data[n] != ' ')
		return false;
	memcpy(ret, left->data + n + 1, len - n - 1);
	ret[len - n - 1] = '\0';
	*left = annot_bytes(end + 1, left->len - len - 1);
	return true;
}

static bool take_hash(struct annot_bytes *left, const char *name, struct annot_hash *ret)
{
	char line[LINE_SIZE];

	return take_line(left, name, line) && annot_hash_unhex(line, strlen(line), ret);
}

static bool take_section(struct annot_bytes *left, const char *name, size_t max,
			 struct annot_bytes *ret)
{
	char line[LINE_SIZE];
	uint64_t len;

	if (!take_line(left, name, line) || !annot_parse_u64(line, strlen(line), &len) ||
	    len > max || len > left->len)
		return false;
	*ret = annot_bytes(left->data, (size_t)len);
	*left = annot_bytes(left->data + len, left->len - (size_t)len);
	return true;
}

static bool take_path(struct annot_bytes *left, struct annot_evidence_path *ret)
{
	struct annot_bytes lines;

	if (!take_hash(left, "prefix", &ret->leaf) ||
	    !take_section(left, "path", ANNOT_PATH_MAX * (PATH_LINE + 1), &lines) ||
	    lines.len % (PATH_LINE + 1) != 0)
		return false;
	ret->n = lines.len / (PATH_LINE + 1);
	for (size_t i = 0; i < ret->n; i++) {
		const char *line = (const char *)lines.data + i * (PATH_LINE + 1);

		if (line[PATH_LINE] != '\n' ||
		    !annot_unbase64_exact(line, PATH_LINE, ret->path[i].b, ANNOT_HASH_SIZE))
			return false;
	}
	return true;
}

/* Where it goes wrong, as a name; NULL: it is well formed. path gets what prefix points to. */
static const char *read_all(struct annot_bytes file, struct annot_evidence *ret,
			    struct annot_evidence_path *path)
{
	struct annot_bytes left = file;
	char what[LINE_SIZE], source[LINE_SIZE];

	if (!annot_evidence_is(file))
		return "the first line";
	left = annot_bytes(left.data + sizeof(MAGIC) - 1, left.len - (sizeof(MAGIC) - 1));
	if (!take_line(&left, "what", what))
		return "what";
	if (!take_hash(&left, "corpus", &ret->corpus))
		return "corpus";
	if (!take_line(&left, "source", source))
		return "source";
	if (!take_section(&left, "genesis", ANNOT_RECORD_MAX, &ret->genesis))
		return "genesis";
	if (!take_section(&left, "ours", ANNOT_NOTE_MAX, &ret->ours))
		return "ours";
	if (!take_section(&left, "theirs", ANNOT_NOTE_MAX, &ret->theirs))
		return "theirs";
	if (left.len == 0)
		return NULL;
	if (!take_path(&left, path))
		return "prefix and path";
	ret->prefix = path;
	return left.len ? "what comes after the path" : NULL;
}

/* --- checking
 * ------------------------------------------------------------------------------------------ */

/* The two notes, once their signatures were checked. */
struct pair {
	struct annot_evidence e;
	struct annot_evidence_path path;
	const struct annot_vkey *keys;
	size_t n_keys;
	struct annot_vkey own; /* the genesis record's */
	struct annot_checkpoint ours, theirs;
};

static bool check_corpus(struct annot_verify *v, struct pair *p)
{
	struct annot_hash id = annot_sha256(p->e.genesis.data, p->e.genesis.len);
	const struct annot_record *genesis;
	const struct annot_card *log;

	if (!annot_hash_equal(&p->e.corpus, &v->trust->corpus)) {
		CHECK_INVALID(v, "corpus", "it is about corpus %s, you trust %s",
			      annot_hash_hex(&p->e.corpus).text,
			      annot_hash_hex(&v->trust->corpus).text);
		return false;
	}
	if (!annot_hash_equal(&id, &v->trust->corpus) ||
	    annot_record_parse(v->arena, p->e.genesis, &genesis, NULL) != ANNOT_OK ||
	    !(log = annot_record_card(genesis, "log")) ||
	    annot_vkey_parse(log->text, log->len, &p->own, NULL) != ANNOT_OK) {
		CHECK_INVALID(v, "corpus", "its genesis record is not that of corpus %s",
			      annot_hash_hex(&v->trust->corpus).text);
		return false;
	}
	CHECK_PASSED(v, "corpus", "%s", annot_hash_hex(&v->trust->corpus).text);
	return true;
}

static enum annot_status open_note(const struct pair *p, struct annot_bytes note,
				   struct annot_checkpoint *ret, struct annot_error *why)
{
	enum annot_status status = annot_checkpoint_open(note, &p->own, ret, why);

	for (size_t i = 0; status == ANNOT_NOT_FOUND && i < p->n_keys; i++)
		status = annot_checkpoint_open(note, &p->keys[i], ret, why);
	return status;
}

static bool check_note(struct annot_verify *v, const struct pair *p, const char *name,
		       struct annot_bytes note, struct annot_checkpoint *ret)
{
	struct annot_error why = {0};
	enum annot_status status = open_note(p, note, ret, &why);

	if (status == ANNOT_OK)
		CHECK_PASSED(v, name, "a checkpoint of %llu record%s, root %s, signed by the log",
			     (unsigned long long)ret->size, annot_plural(ret->size),
			     annot_hash_hex(&ret->root).text);
	else if (status == ANNOT_NOT_FOUND)
		CHECK_MISSING(v, name,
			      "signed by none of the keys that the genesis record names or you "
			      "know: a later key of the log is learnt from its records (annotctl "
			      "log checkpoint), or said with --log-key");
	else
		CHECK_INVALID(v, name, "not a checkpoint signed by the log: %s", why.text);
	return status == ANNOT_OK;
}

/* The second note is of a longer log: what was that log when it was as long as the first one? */
static void check_prefix(struct annot_verify *v, const struct pair *p)
{
	const struct annot_evidence_path *path = p->e.prefix;
	struct annot_error why = {0};
	struct annot_hash root;

	if (!path)
		CHECK_MISSING(v, "fork",
			      "two signed checkpoints of different sizes; the file has no proof "
			      "that the longer log does not continue the shorter one");
	else if (annot_verify_prefix(p->ours.size, p->theirs.size, &path->leaf, path->path, path->n,
				     &p->theirs.root, &root, &why) != ANNOT_OK)
		CHECK_INVALID(v, "fork", "its proof is not one: %s", why.text);
	else if (annot_hash_equal(&root, &p->ours.root))
		CHECK_INVALID(v, "fork", "the longer log continues the shorter one");
	else
		CHECK_FAILED(v, "fork", ANNOT_FORKED_LOG,
			     "the log of %llu record%s had root %s when it had %llu, and the log "
			     "signed another one of that size: it has shown two histories",
			     (unsigned long long)p->theirs.size, annot_plural(p->theirs.size),
			     annot_hash_hex(&root).text, (unsigned long long)p->ours.size);
}

static void check_pair(struct annot_verify *v, const struct pair *p)
{
	unsigned long long ours = p->ours.size, theirs = p->theirs.size;

	if (ours < theirs)
		check_prefix(v, p);
	else if (ours > theirs)
		CHECK_FAILED(
			v, "roll-back", ANNOT_ROLLED_BACK,
			"the log signed a checkpoint of %llu record%s, and was shown with %llu "
			"to somebody who had seen that: whoever serves less has lost or taken "
			"away records",
			ours, annot_plural(ours), theirs);
	else if (annot_hash_equal(&p->ours.root, &p->theirs.root))
		CHECK_INVALID(v, "fork", "both checkpoints say the same");
	else
		CHECK_FAILED(
			v, "fork", ANNOT_FORKED_LOG,
			"the log signed two checkpoints of %llu record%s with different roots: "
			"it has shown two histories",
			ours, annot_plural(ours));
}

/* What the file cannot show, in place of the line that reports on records end with. */
static void say_limits(struct annot_verify *v, const struct pair *p)
{
	struct annot_check *last = &v->checks[v->n_checks - 1];

	last->name = "not shown";
	last->text = p->ours.size > p->theirs.size
			     ? "in which order the two were served: that is the word of whoever "
			       "kept this file"
			     : "which of the two histories is the true one, and who is to blame";
}

static void check_all(struct annot_verify *v, struct pair *p, struct annot_bytes file)
{
	const char *wrong = read_all(file, &p->e, &p->path);

	if (wrong) {
		CHECK_INVALID(v, "evidence", "not well formed: %s", wrong);
		return;
	}
	if (!check_corpus(v, p))
		return;
	bool ours = check_note(v, p, "ours", p->e.ours, &p->ours);
	bool theirs = check_note(v, p, "theirs", p->e.theirs, &p->theirs);

	if (ours && theirs)
		check_pair(v, p);
}

enum annot_status annot_evidence_verify(struct annot_arena *arena, struct annot_bytes file,
					const struct annot_trust *trust,
					const struct annot_vkey *log_keys, size_t n_log_keys,
					const struct annot_report **ret, struct annot_error *err)
{
	struct annot_verify v = {.arena = arena, .trust = trust};
	struct pair *p = annot_arena_alloc(arena, sizeof(*p));

	TRY(annot_crypto_init(err));
	v.checks = annot_arena_array(arena, ANNOT_CHECKS_MAX + 1, sizeof(*v.checks));
	v.report = annot_arena_alloc(arena, sizeof(*v.report));
	if (!p || !v.checks || !v.report)
		return annot_fail(err, ANNOT_NO_MEMORY, "out of memory for the report");
	p->keys = log_keys;
	p->n_keys = n_log_keys;
	check_all(&v, p, file);
	if (v.failed)
		return annot_fail(err, ANNOT_NO_MEMORY, "out of memory for the report");
	annot_report_finish(&v);
	say_limits(&v, p);
	*ret = v.report;
	return ANNOT_OK;
}
