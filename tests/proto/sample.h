/* Messages made from the table alone, so that each test holds for messages that do not exist yet.
 */
#ifndef TESTS_PROTO_SAMPLE_H
#define TESTS_PROTO_SAMPLE_H

#include "proto/proto.h"

enum sample_size {
	SAMPLE_LEAST, /* all at min, optional fields absent */
	SAMPLE_SMALL, /* all present, two items a list, at most 40 bytes a value */
	SAMPLE_MOST,  /* all at max, but lists of what would not fit a frame have two items */
	SAMPLE_MANY,  /* as LEAST, but the message's own lists are full */
};

/* A message that satisfies its limits; lives in arena. */
void *sample_message(const struct annot_message_def *def, enum sample_size size,
		     struct annot_arena *arena);

/* Whether two messages say the same, field by field. */
bool sample_equal(const struct annot_message_def *def, const void *a, const void *b);

/* How sample_pack breaks one field of the message (not of messages within it). */
enum sample_fault {
	SAMPLE_WHOLE,
	SAMPLE_WITHOUT,  /* the field is left out */
	SAMPLE_TWICE,    /* it stands twice */
	SAMPLE_MISTYPED, /* nil in its place */
	SAMPLE_STRANGER, /* unknown keys with nested values before and behind it */
};

/* Packs a message without any check; field: the one that fault is about. */
void sample_pack(const struct annot_message_def *def, const void *message,
		 const struct annot_field_def *field, enum sample_fault fault,
		 struct annot_buf *ret);

#endif
