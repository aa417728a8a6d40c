/* One function for each call of proto/calls.def. */
#include "client/internal.h"

#define CALL(name, request, reply, access, doc)                                                    \
	enum annot_status annot_call_##name(                                                       \
		struct annot *a, const struct annot_##request *in, struct annot_arena *arena,      \
		const struct annot_##reply **ret, struct annot_error *err)                         \
	{                                                                                          \
		const void *got;                                                                   \
		TRY(annot_client_call(a, ANNOT_CALL_##name, in, arena, &got, err));                \
		*ret = got;                                                                        \
		return ANNOT_OK;                                                                   \
	}
#include "proto/calls.def"
