/* The structs of proto/messages.def. Part of the public API: `struct annot_submit_request` and so on. */
#ifndef ANNOT_PROTO_MESSAGES_H
#define ANNOT_PROTO_MESSAGES_H

#include "base/bytes.h"

/* Types of fields in C. Texts are NUL-terminated UTF-8 without NUL; absent ones NULL. */
#define ANNOT_TYPE_u64	 uint64_t
#define ANNOT_TYPE_flag	 bool
#define ANNOT_TYPE_text	 const char *
#define ANNOT_TYPE_bytes struct annot_bytes
#define ANNOT_TYPE_hash	 struct annot_hash

/* Some messages have no fields; a struct without members is an extension in C. */
#define MESSAGE(name, doc) __extension__ struct annot_##name {
#define FIELD(name, type, presence, min, max, doc) ANNOT_TYPE_##type name;
#define LIST(name, message, min, max, doc)                                                         \
	const struct annot_##message *name;                                                        \
	size_t n_##name;
#define LIST_OF(name, type, item_max, min, max, doc)                                               \
	ANNOT_TYPE_##type const *name;                                                             \
	size_t n_##name;
#define END_MESSAGE(name)                                                                          \
	}                                                                                          \
	;
#include "proto/messages.def"

#endif
