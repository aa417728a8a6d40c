/* Who else saw this log, and when: cosignatures, by the reader's policy alone. */
#include "proof/verify_private.h"

#include <stdio.h>

enum { SKEW_S = 300 }; /* a claimed time this far outside of the bounds is nothing to speak of */

/* --- notes of earlier checkpoints --- */

bool annot_cosigned_load(struct annot_verify *v, enum annot_status *status)
{
	for (size_t i = 0; i < v->bundle.n_cosigned; i++) {
		struct annot_cosigned *c = &v->cosigned[i];
		struct annot_error why = {0};

		c->parsed = annot_arena_alloc(v->arena, sizeof(*c->parsed));
		if (!c->parsed) {
			*status = ANNOT_NO_MEMORY;
			return false;
		}
		if (annot_note_parse(v->bundle.cosigned[i], c->parsed, &why) != ANNOT_OK ||
		    annot_checkpoint_parse(c->parsed->text, &c->checkpoint, &why) != ANNOT_OK) {
			CHECK_INVALID(v, "cosigned", "note %zu: %s", i + 1, why.text);
			return false;
		}
		if (!c->checkpoint.size || c->checkpoint.size > v->checkpoint.size ||
		    (i && c->checkpoint.size <= v->cosigned[i - 1].checkpoint.size)) {
			CHECK_INVALID(v, "cosigned",
				      "note %zu is of #%llu: expected notes by size, none larger "
				      "than the checkpoint",
				      i + 1, (unsigned long long)c->checkpoint.size);
			return false;
		}
	}
	return true;
}

/* Whether one of the keys signed a checkpoint; want of memory is no answer: v->failed. */
static bool signed_by(struct annot_verify *v, struct annot_bytes note,
		      const struct annot_vkey *keys, size_t n)
{
	struct annot_checkpoint c;

	for (size_t i = 0; i < n; i++) {
		enum annot_status status = annot_checkpoint_open(note, &keys[i], &c, NULL);

		if (status == ANNOT_OK)
			return true;
		if (status == ANNOT_NO_MEMORY || status == ANNOT_INTERNAL)
			v->failed = true;
	}
	return false;
}

static bool signed_by_log(struct annot_verify *v, struct annot_bytes note)
{
	const struct annot_vkey *keys;
	size_t n = annot_authority_log_keys(annot_memory_authority(v->memory), &keys);

	return signed_by(v, note, keys, n);
}

void annot_check_cosigned(struct annot_verify *v)
{
	for (size_t i = 0; v->replayed && i < v->bundle.n_cosigned; i++) {
		struct annot_cosigned *c = &v->cosigned[i];
		unsigned long long size = c->checkpoint.size;

		/* Of this history: then its log key, which may be long gone, adds nothing. */
		if (annot_hash_equal(&c->root, &c->checkpoint.root) &&
		    strcmp(c->checkpoint.origin, v->checkpoint.origin) == 0)
			c->good = true;
		else if (!signed_by_log(v, v->bundle.cosigned[i]))
			CHECK_INVALID(v, "cosigned",
				      "the note of #%llu is of another history, or log, and not "
				      "signed by a log key of this corpus",
				      size);
		else
			CHECK_FAILED(
				v, "cosigned", ANNOT_FORKED_LOG,
				"what the log signed at #%llu is another history than the "
				"bundle's; both notes are in the bundle, they are the evidence",
				size);
	}
}

/* --- the quorum --- */

/* The times of one note's cosignatures, the earliest of each witness; false: one is forged. */
static bool add_times(struct annot_verify *v, const struct annot_note *note, uint64_t *times)
{
	const struct annot_tlogpolicy *p = v->trust->policy;
	uint64_t now = v->trust->now_s ? v->trust->now_s + SKEW_S : UINT64_MAX - 1;

	for (size_t i = 0; i < p->n_names; i++) {
		uint64_t time_s = 0;
		enum annot_status status;

		if (!p->names[i].is_witness)
			continue;
		status = annot_note_verify(note, &p->names[i].key, &time_s, NULL);
		if (status == ANNOT_MISMATCH) {
			CHECK_INVALID(v, "witnesses", "a line in the name of %s is forged",
				      p->names[i].key.name);
			return false;
		}
		if (status == ANNOT_NO_MEMORY || status == ANNOT_INTERNAL) {
			v->failed = true;
			return false;
		}
		if (status == ANNOT_OK && time_s <= now && time_s < times[i])
			times[i] = time_s;
	}
	return true;
}

static uint64_t *new_times(struct annot_verify *v)
{
	size_t n = v->trust->policy->n_names;
	uint64_t *times = annot_arena_array(v->arena, n + 1, sizeof(*times));

	if (!times)
		v->failed = true;
	for (size_t i = 0; times && i < n; i++)
		times[i] = UINT64_MAX;
	return times;
}

/* Of all notes that have the record in them; false: a check was added, or v->failed. */
static bool collect_times(struct annot_verify *v, uint64_t *times)
{
	struct annot_note *note = annot_arena_alloc(v->arena, sizeof(*note));

	if (!note || annot_note_parse(v->note, note, NULL) != ANNOT_OK) {
		v->failed = true;
		return false;
	}
	if (!add_times(v, note, times))
		return false;
	for (size_t i = 0; i < v->bundle.n_cosigned; i++)
		if (v->cosigned[i].good && v->cosigned[i].checkpoint.size > v->subject->index &&
		    !add_times(v, v->cosigned[i].parsed, times))
			return false;
	return true;
}

/* Lines of a note that are cosignatures by their length, of witnesses whom the policy does not
 * name. */
static size_t count_strangers(const struct annot_tlogpolicy *p, const struct annot_note *note)
{
	enum { COSIGNATURE = 8 + ANNOT_SIGNATURE_SIZE };
	size_t n = 0;

	for (size_t i = 0; i < note->n_lines; i++)
		n += note->lines[i].signature_len == COSIGNATURE;
	for (size_t i = 0; i < p->n_names; i++)
		n -= p->names[i].is_witness && n && annot_note_line_by(note, &p->names[i].key);
	return n;
}

/* The most of them in one note; who they are is not known, so they are not added up. */
static size_t strangers(const struct annot_verify *v)
{
	size_t most = 0;

	for (size_t i = 0; i < v->bundle.n_cosigned; i++) {
		size_t n = v->cosigned[i].good
				   ? count_strangers(v->trust->policy, v->cosigned[i].parsed)
				   : 0;

		if (n > most)
			most = n;
	}
	return most;
}

static void tell_quorum(struct annot_verify *v, const uint64_t *times)
{
	const struct annot_tlogpolicy *p = v->trust->policy;
	bool cosigned[ANNOT_TLOGPOLICY_NAMES_MAX] = {false};
	char who[256] = "", others[64] = "";
	size_t n = 0, len = 0, unknown = strangers(v);

	if (unknown)
		snprintf(others, sizeof(others), " (%zu unknown cosigner%s ignored)", unknown,
			 annot_plural(unknown));
	for (size_t i = 0; i < p->n_names; i++) {
		cosigned[i] = times[i] != UINT64_MAX;
		n += cosigned[i];
		if (cosigned[i] && len < sizeof(who))
			len += (size_t)snprintf(who + len, sizeof(who) - len, "%s%.*s",
						len ? ", " : "", (int)p->names[i].name.len,
						(const char *)p->names[i].name.data);
	}
	if (annot_tlogpolicy_met(p, cosigned)) {
		CHECK_PASSED(v, "witnesses",
			     "%zu of %zu cosigned the log with the record in it, "
			     "the quorum of your policy: %s%s",
			     n, annot_tlogpolicy_witnesses(p), who, others);
		v->report->witnessed = true;
		return;
	}
	v->report->quorum_missing = true;
	annot_check_add(v, "witnesses", ANNOT_CHECK_MISSING, ANNOT_VALID_UNWITNESSED,
			"%zu of %zu cosigned the log with the record in it%s%s: not the quorum of "
			"your policy%s",
			n, annot_tlogpolicy_witnesses(p), n ? ": " : "", who, others);
}

/* The log key must also be one of the policy's, where it names any. */
static void check_policy_log(struct annot_verify *v)
{
	const struct annot_tlogpolicy *p = v->trust->policy;

	if (p->n_logs && !signed_by(v, v->note, p->logs, p->n_logs))
		CHECK_INVALID(v, "policy",
			      "the checkpoint of %s is not signed by a log of your policy",
			      v->checkpoint.origin);
}

static void tell_no_policy(struct annot_verify *v)
{
	struct annot_note *note = annot_arena_alloc(v->arena, sizeof(*note));

	if (!note || annot_note_parse(v->note, note, NULL) != ANNOT_OK) {
		v->failed = true;
		return;
	}
	annot_check_add(
		v, "witnesses", ANNOT_CHECK_INFO, ANNOT_VALID_UNWITNESSED,
		"none asked for; that every reader is shown the same log is the operator's word "
		"and what your own checkpoint shows (%zu other signature line%s, not checked)",
		note->n_lines - 1, annot_plural(note->n_lines - 1));
}

/* --- time --- */

/* Witnesses of what the author had seen say that it was signed later. */
static void find_not_before(struct annot_verify *v)
{
	struct annot_note *note = annot_arena_alloc(v->arena, sizeof(*note));
	uint64_t *times = new_times(v);
	uint64_t time_s;

	if (!note || !times) {
		v->failed = true;
		return;
	}
	if (v->seen_good && v->seen.data && annot_note_parse(v->seen, note, NULL) == ANNOT_OK &&
	    add_times(v, note, times) && annot_tlogpolicy_last(v->trust->policy, times, &time_s))
		v->report->not_before_s = time_s;
}

struct moment {
	char text[ANNOT_TIME_LEN + 1];
};

static struct moment moment(uint64_t time_s)
{
	struct moment ret = {.text = ""};

	if (time_s > INT64_MAX || !annot_time_format((int64_t)time_s, ret.text))
		snprintf(ret.text, sizeof(ret.text), "%s", "?");
	return ret;
}

static void tell_time(struct annot_verify *v)
{
	uint64_t from = v->report->not_before_s, to = v->report->not_after_s;
	const char *claimed = v->subject->record->time;
	int64_t time_s = 0;
	bool early, late;

	if (!from && !to) {
		CHECK_INFO(v, "time", "claimed: %s; only the order of the log is proved", claimed);
		return;
	}
	(void)annot_time_parse(claimed, strlen(claimed), &time_s);
	early = from && time_s + SKEW_S < (int64_t)from;
	late = to && time_s > (int64_t)to + SKEW_S;
	annot_check_add(v, "time", early || late ? ANNOT_CHECK_WARNING : ANNOT_CHECK_INFO,
			ANNOT_VALID, "claimed: %s%s; not before %s, not after %s%s", claimed,
			early || late ? ", which cannot be" : "",
			from ? moment(from).text : "what the author had seen (no time shown)",
			to ? moment(to).text : "the checkpoint (no time shown)",
			from || to ? ", by your policy's witnesses" : "");
}

void annot_check_witnesses(struct annot_verify *v)
{
	uint64_t *times;
	uint64_t time_s;

	if (!v->trust->policy) {
		tell_no_policy(v);
		return;
	}
	if (!v->report->note.data)
		return; /* an unsigned checkpoint; that was said */
	check_policy_log(v);
	times = new_times(v);
	if (!times || !collect_times(v, times))
		return;
	if (v->trust->policy->quorum < 0) {
		tell_no_policy(v);
	} else {
		tell_quorum(v, times);
		if (annot_tlogpolicy_first(v->trust->policy, times, &time_s))
			v->report->not_after_s = time_s;
	}
	find_not_before(v);
}

void annot_check_time(struct annot_verify *v)
{
	if (v->subject->record)
		tell_time(v);
}
