/* The certificate of a corpus folder: ANNOT_CERTIFICATE_FILE (tls/certificate.h). */
#ifndef ANNOTD_CERTIFY_H
#define ANNOTD_CERTIFY_H

#include "tls/session.h"

/*
 * annotd certify: makes the folder's certificate if it has none, and says which it has. *ret_made:
 * it was made. INVALID: not a corpus folder, or the file has no certificate; REFUSED: others can
 * read it; UNREADABLE; NO_SPACE.
 */
enum annot_status corpus_certify(const char *dir, struct annot_hash *ret, bool *ret_made,
				 struct annot_error *err);

/* Opens it for listening. REFUSED too if there is none: the text says how to make one. */
enum annot_status corpus_certificate(const char *dir, struct annot_tls_server **ret,
				     struct annot_error *err);

#endif
