/* How quoted words differ from their source (libannot's quote/alter.h), as JSON. */
#ifndef ANNOTCTL_OUT_ALTERATION_H
#define ANNOTCTL_OUT_ALTERATION_H

#include "out.h"

/* ["negation", …] */
json_t *alteration_flags(unsigned flags);

/* [{class, flags, quote, source, text_bytes, source_bytes}, …]: the words on both sides, their
 * bytes in the words that were compared, and in the document, of which source begins at source_at.
 */
json_t *alteration_differences(const struct annot_alteration *a, struct annot_bytes words,
			       struct annot_bytes source, uint64_t source_at);

#endif
