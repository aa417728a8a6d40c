/*
 * libannot: signed, versioned annotations over a corpus of texts. This header brings all of the public
 * API; each part is explained in its own header. Conventions (base/error.h): functions return an
 * enum annot_status and take a struct annot_error last; outputs are untouched on failure; what is
 * parsed lives in an arena that the caller frees; destructors take NULL.
 */
#ifndef ANNOT_H
#define ANNOT_H

#ifdef __cplusplus
extern "C" {
#endif

#include "base/error.h"
#include "base/bytes.h"
#include "base/arena.h"
#include "base/buf.h"
#include "base/sink.h"
#include "base/encode.h"
#include "base/hash.h"
#include "base/file.h"
#include "base/progress.h"
#include "agreement/ratings.h"
#include "agreement/spans.h"
#include "text/utf8.h"
#include "text/escape.h"
#include "text/find.h"
#include "text/diff.h"
#include "text/merge.h"
#include "text/places.h"
#include "text/width.h"
#include "anchor/anchor.h"
#include "locate/wanted.h"
#include "locate/copies.h"
#include "quote/alter.h"
#include "quote/extract.h"
#include "record/kinds.h"
#include "record/record.h"
#include "record/draft.h"
#include "record/compare.h"
#include "record/merge.h"
#include "record/versions.h"
#include "record/seal.h"
#include "record/sshkey.h"
#include "record/sshsig.h"
#include "log/tree.h"
#include "log/note.h"
#include "log/leaf.h"
#include "log/tlogproof.h"
#include "log/tlogpolicy.h"
#include "state/authority.h"
#include "state/blind.h"
#include "state/judge.h"
#include "state/memory.h"
#include "state/review.h"
#include "state/standing.h"
#include "proof/bundle.h"
#include "proof/evidence.h"
#include "proof/verify.h"
#include "proof/rules.h"
#include "proof/gate.h"
#include "proof/audit.h"
#include "format/format.h"
#include "format/items.h"
#include "format/ndjson.h"
#include "format/source.h"
#include "tls/certificate.h"
#include "proto/messages.h"
#include "proto/proto.h"
#include "client/client.h"
#include "client/flat.h"
#include "client/held.h"
#include "client/logs.h"
#include "client/seals.h"
#include "client/signer.h"
#include "client/witness.h"

#ifdef __cplusplus
}
#endif

#endif
