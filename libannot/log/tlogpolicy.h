/*
 * Which witnesses must have cosigned a checkpoint: c2sp.org/tlog-policy files (lines log, witness,
 * group, quorum).
 */
#ifndef ANNOT_LOG_TLOGPOLICY_H
#define ANNOT_LOG_TLOGPOLICY_H

#include "base/arena.h"
#include "log/note.h"

enum {
	ANNOT_TLOGPOLICY_MAX = 256 << 10,  /* bytes of a file */
	ANNOT_TLOGPOLICY_LOGS_MAX = 64,    /* the specification asks for 32 of each */
	ANNOT_TLOGPOLICY_NAMES_MAX = 128,  /* witnesses and groups */
	ANNOT_TLOGPOLICY_MEMBERS_MAX = 128 /* of a group */
};

/* A witness or a group. */
struct annot_tlogpolicy_name {
	struct annot_bytes name;
	bool is_witness;
	struct annot_vkey key; /* of a witness */
	/* Of a group: how many of its members, which are numbers of earlier names. */
	unsigned threshold, n_members;
	const uint8_t *members;
};

struct annot_tlogpolicy {
	const struct annot_vkey *logs;
	size_t n_logs;
	const struct annot_tlogpolicy_name *names;
	size_t n_names;
	int quorum; /* number of a name; -1: none */
};

/*
 * Views point into file, the rest lives in arena. INVALID names the line: the form, a name that is
 * defined twice or not before, a member of two groups, a duplicate key, a key of another type, no
 * quorum or two; TOO_LARGE, NO_MEMORY.
 */
ANNOT_API ANNOT_CHECKED enum annot_status annot_tlogpolicy_parse(struct annot_arena *arena,
								 struct annot_bytes file,
								 struct annot_tlogpolicy *ret,
								 struct annot_error *err);

/* The number of witnesses that it defines. */
ANNOT_API size_t annot_tlogpolicy_witnesses(const struct annot_tlogpolicy *p);

/* Whether the quorum is met by the witnesses that cosigned (one flag for each name; those of groups
 * are not looked at). */
ANNOT_API bool annot_tlogpolicy_met(const struct annot_tlogpolicy *p, const bool *cosigned);

/*
 * When: times[] has one for each name, UINT64_MAX for those who did not cosign. The first moment at
 * which those who had cosigned by then meet the quorum, or (from the end) the last at which those
 * who cosigned from then on do: so that fewer liars than the quorum takes move neither. False: the
 * quorum is not met, or there is none.
 */
ANNOT_API bool annot_tlogpolicy_first(const struct annot_tlogpolicy *p, const uint64_t *times,
				      uint64_t *ret);
ANNOT_API bool annot_tlogpolicy_last(const struct annot_tlogpolicy *p, const uint64_t *times,
				     uint64_t *ret);

#endif
