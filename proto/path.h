/* Where in a message something is wrong: "submit_request.items[3].record". Built on failure only.
 */
#ifndef ANNOT_PROTO_PATH_H
#define ANNOT_PROTO_PATH_H

#include "base/bytes.h"

enum { ANNOT_PATH_TEXT_MAX = 192, ANNOT_NO_INDEX = -1 };

/* One step, on the stack of the function that takes it. */
struct annot_path {
	const struct annot_path *up; /* NULL: name is the message's */
	const char *name;
	int64_t index; /* in a list; ANNOT_NO_INDEX */
};

struct annot_path_text {
	char text[ANNOT_PATH_TEXT_MAX];
};
/* By value, for format arguments. */
struct annot_path_text annot_path_text(const struct annot_path *path);

#endif
