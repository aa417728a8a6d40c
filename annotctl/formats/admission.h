/* What annotd would say of a draft, before it is signed: the rules that it applies, run here. */
#ifndef ANNOTCTL_FORMATS_ADMISSION_H
#define ANNOTCTL_FORMATS_ADMISSION_H

#include "../ctl.h"

/* A record that the draft names: of the log, or one that will be there before it. */
struct admission_known {
	struct annot_hash record;
	enum annot_kind kind;
};

/* Keys and policy as they are now, and who signs. */
struct admission {
	const struct annot_authority *authority;
	struct annot_hash author;
};

/* DENIED: the key that signs may not annotate here, as annotd would say; READ_ONLY: nobody's is
 * taken. Statuses of ctl_signer and annot_authority_now. */
enum annot_status admission_begin(struct ctl *ctl, struct admission *ret);

/* A record as the draft would make it, by the author; known: what it names beside documents, n of
 * them; amends: the version that it amends, NULL for a first one. OK: it would be admitted.
 * REFUSED, DENIED, NOT_FOUND, …: annotd's own words. */
enum annot_status admission_judge(const struct admission *a, const struct annot_record *record,
				  const struct admission_known *known, size_t n,
				  const struct annot_record *amends, struct annot_error *err);

#endif
