/*
 * Writers that put load on an annotd that will be killed: each a thread with a key and a connection
 * of its own, by plain system calls, since nng may hang where its peer dies. What was under way
 * when the daemon died is sent again, as an outbox would, before anything new. They keep what they
 * were told.
 */
#ifndef TESTS_FAULTS_WRITERS_H
#define TESTS_FAULTS_WRITERS_H

#include <pthread.h>

#include "corpus.h"

enum { WRITERS = 8, WRITER_BATCH_MAX = 16 };

/* A record that the daemon said is committed. */
struct told {
	struct annot_hash id;
	uint64_t index;
};

struct writer_list {
	void *data;
	size_t n, max;
};

struct client_writer {
	unsigned number;
	struct test_key key;
	struct annot_hash corpus;
	struct annot_vkey log;
	char path[108]; /* of the socket */
	/* of one life of the daemon */
	int fd; /* -1: not connected */
	uint32_t request;
	pthread_t thread;
	/* kept */
	uint64_t made;             /* records so far */
	struct annot_arena *arena; /* of the records under way */
	struct annot_submit_item *under_way;
	size_t n_under_way;
	bool has_document;              /* the first of them is one, its text comes after */
	struct writer_list told;        /* struct told */
	struct writer_list checkpoints; /* struct annot_checkpoint */
	struct writer_list texts;       /* struct annot_hash: documents whose content is stored */
	size_t again;     /* records that were sent again and had been committed before */
	char wrong[1024]; /* the first thing that must not be; "": none */
};

void writer_init(struct client_writer *w, unsigned number, const struct test_corpus *c,
		 const char *path);
void writer_free(struct client_writer *w);
/* Lets it write until its connection is cut, which writer_cut does after the daemon was killed. */
void writer_go(struct client_writer *w);
void writer_cut(struct client_writer *w);

/* The text of a document that a writer made. */
struct annot_bytes writer_text(void);

#endif
