/* messages.def and calls.def as constant data. */
#include "proto/proto.h"

#include "base/auto.h"

/* 1. The fields of each message. The block-scope typedef tells FIELD which struct it is in. */
#define PLAIN(member, kind, must, least, most, text)                                               \
	.name = #member, .name_len = sizeof #member - 1, .doc = text, .type = ANNOT_FIELD_##kind, .required = must, .min = least,  \
	.max = most, .offset = offsetof(self, member)
#define REQUIRED true
#define OPTIONAL false

#define MESSAGE(name, doc)                                                                         \
	static const struct annot_field_def *fields_##name(void)                                   \
	{                                                                                          \
		typedef struct annot_##name self __attribute__((unused));                          \
		static const struct annot_field_def fields[] = {
#define FIELD(name, type, presence, min, max, doc) {PLAIN(name, type, presence, min, max, doc)},
#define LIST(name, of, min, max, doc)                                                              \
	{PLAIN(name, bytes, (min) > 0, min, max, doc), .list = true,                               \
	 .message = &annot_message_##of, .count_offset = offsetof(self, n_##name)},
#define LIST_OF(name, type, longest, min, max, doc)                                                \
	{PLAIN(name, type, (min) > 0, min, max, doc), .list = true, .item_max = longest,           \
	 .count_offset = offsetof(self, n_##name)},
#define END_MESSAGE(name)                                                                          \
	}                                                                                          \
	;                                                                                          \
	return fields;                                                                             \
	}
#include "proto/messages.def"

/* 2. How many fields each has. */
#define MESSAGE(name, doc) enum { count_##name = 0
#define FIELD(...)         +1
#define LIST(...)          +1
#define LIST_OF(...)       +1
#define END_MESSAGE(name)                                                                          \
	}                                                                                          \
	;                                                                                          \
	_Static_assert((size_t)count_##name <= ANNOT_FIELDS_MAX,                                   \
		       #name " has more fields than a map may");
#include "proto/messages.def"

/* 3. The definitions. */
#define MESSAGE(title, text)                                                                       \
	const struct annot_message_def annot_message_##title = {                                   \
		.name = #title,                                                                    \
		.doc = text,                                                                       \
		.size = sizeof(struct annot_##title),                                              \
		.fields = fields_##title,                                                          \
		.n_fields = count_##title,                                                         \
	};
#define FIELD(...)
#define LIST(...)
#define LIST_OF(...)
#define END_MESSAGE(name)
#include "proto/messages.def"

/* 4. All of them. */
static const struct annot_message_def *const all[] = {
#define MESSAGE(name, doc) &annot_message_##name,
#define FIELD(...)
#define LIST(...)
#define LIST_OF(...)
#define END_MESSAGE(name)
#include "proto/messages.def"
};

static const struct annot_call_def calls[ANNOT_CALL_COUNT] = {
#define CALL(title, from, to, how, text)                                                           \
	[ANNOT_CALL_##title] = {                                                                   \
		.id = ANNOT_CALL_##title,                                                          \
		.name = #title,                                                                    \
		.request = &annot_message_##from,                                                  \
		.reply = &annot_message_##to,                                                      \
		.access = ANNOT_##how,                                                             \
		.doc = text,                                                                       \
	},
#include "proto/calls.def"
};

size_t annot_item_size(const struct annot_field_def *f)
{
	static const size_t sizes[] = {
		[ANNOT_FIELD_u64] = sizeof(uint64_t),
		[ANNOT_FIELD_flag] = sizeof(bool),
		[ANNOT_FIELD_text] = sizeof(const char *),
		[ANNOT_FIELD_bytes] = sizeof(struct annot_bytes),
		[ANNOT_FIELD_hash] = sizeof(struct annot_hash),
	};
	return f->message ? f->message->size : sizes[f->type];
}

const struct annot_message_def *const *annot_messages(size_t *ret_n)
{
	*ret_n = COUNT(all);
	return all;
}

const struct annot_call_def *annot_call_def(enum annot_call_id id)
{
	return &calls[id];
}

const struct annot_call_def *annot_call_find(const char *name, size_t len)
{
	for (size_t i = 0; i < COUNT(calls); i++) {
		if (strlen(calls[i].name) == len && memcmp(calls[i].name, name, len) == 0)
			return &calls[i];
	}
	return NULL;
}
