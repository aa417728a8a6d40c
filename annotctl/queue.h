/*
 * What a batch has under way: first versions, which need no answer from the daemon before the next
 * line is looked at. They are signed on all cores and sent many in a request; results are printed
 * in the order of the lines.
 */
#ifndef ANNOTCTL_QUEUE_H
#define ANNOTCTL_QUEUE_H

#include <jansson.h>

#include "write.h"

struct queue;

enum { QUEUE_MAX = 256 };

/* ctl: of the batch itself. NULL: out of memory. */
struct queue *queue_new(struct ctl *ctl);
struct queue *queue_free(struct queue *q);

/* A line that is being run; its ctl has the queue as `queue`. key: of its request; key.key NULL:
 * none. */
void queue_begin(struct queue *q, size_t line, const struct annot_request_key *key);
/* For write_new: takes over the draft of a first version instead of signing it now. Exit code. */
int queue_draft(struct ctl *line, struct annot_draft *draft);
/* For write_silently: a record that is to be sent now, and kept under the line's key if it has one.
 */
enum annot_status queue_signed(struct ctl *line, const struct annot_signed *record);
/* A record that was signed for the same line earlier. */
enum annot_status queue_again(struct queue *q, struct ctl *line, const struct annot_signed *record);
/* The line was run: its result is printed once those before it are. Takes over output (may be
 * NULL). */
void queue_end(struct queue *q, int code, json_t *output, const char *error);

/* Whether lines wait to be sent; whether any line has not been printed; whether no more fit, until
 * it is flushed. */
bool queue_waits(const struct queue *q);
bool queue_has_results(const struct queue *q);
bool queue_is_full(const struct queue *q);
/* Signs and sends what waits and prints all results so far; where none can be printed any more
 * (out_whole), nothing is signed. Whether any line since the last flush failed. */
bool queue_flush(struct queue *q);

/* What lines share: signers by --key, which the queue takes over, and, until the next flush,
 * documents by id (NULL: not there). */
struct annot_signer *queue_signer(struct queue *q, const char *key);
void queue_keep_signer(struct queue *q, const char *key, struct annot_signer *signer);
const struct document *queue_document(struct queue *q, const char *id);
void queue_keep_document(struct queue *q, const char *id, const struct document *doc);
/* Where such documents live. */
struct annot_arena *queue_arena(struct queue *q);

#endif
