/* Where an export goes: a file or a folder that appears whole or not at all, or standard output. */
#ifndef ANNOTCTL_FORMATS_SINK_H
#define ANNOTCTL_FORMATS_SINK_H

#include "../ctl.h"

struct sink;

/*
 * path NULL or "-": standard output; held (hold) until it is whole. folder: a folder that is not
 * there or empty. A path that is no regular file (a pipe, a device) is written to as it comes.
 * UNREADABLE, REFUSED: the folder holds something; USAGE: a folder on standard output.
 */
enum annot_status sink_open(struct ctl *ctl, const char *path, bool folder, bool hold,
			    struct sink **ret);
/* As annot_export_host.put. */
enum annot_status sink_put(struct sink *s, const char *file, struct annot_bytes data,
			   struct annot_error *err);
/* Makes it whole and durable, and puts it in its place. NO_SPACE, UNREADABLE. */
enum annot_status sink_finish(struct sink *s);
/* Takes away what was not finished. Takes NULL, returns NULL. */
struct sink *sink_free(struct sink *s);
/* Bytes put so far. */
uint64_t sink_bytes(const struct sink *s);

#endif
