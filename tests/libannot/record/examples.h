/* One record of each kind, with every card of its table at least once. */
#ifndef TESTS_RECORD_EXAMPLES_H
#define TESTS_RECORD_EXAMPLES_H

#include "assert.h"
#include "base/auto.h"
#include "record/draft.h"

#define TIMES_8(x) x x x x x x x x
#define HEX(d)     TIMES_8(d d d d d d d d) /* 64 digits */

/* public key of seed 00..1f, and verifier key of seed 20..3f under this name */
#define KEY_LINE   "ssh-ed25519 AAAAC3NzaC1lZDI1NTE5AAAAIAOhB7/zzhC+HXDdGOdLwJln5NYwm6UNXx3chmQSVTG4"
#define AUTHOR_HEX "95b9aca00d322047048950d19cc5aece6fa757edd9104a5521446a168792b298"
#define LOG_NAME   "annot.example.org/press"
#define LOG_KEY    LOG_NAME "+84dc2042+ASmsuuFBvMrwsi4alNNNC8c2HlJtC/4SyJeUvJMilm3X"
#define SIGNATURE  TIMES_8("AAAAAAAAAA") "AAAAAA=="

#define POLICY_CARDS                                                                               \
	"approvals default 1\napprovals verdict 2\nself-approval no\nbots-count yes\n"             \
	"second-reader no\nscale truth false:- mixture:0 true:+\nscale google5 unproven:?\n"
#define IMPORTED                                                                                   \
	"imported-from https://example.org/a?b=c\nimported-author Someone\\u{200b} Else\n"         \
	"imported-data {\"body\":[]}\n"
#define TARGETS                                                                                    \
	"target " HEX("c") " 3 11\nexact Cafe\xcc\x81 a\nprefix abc\nsuffix , he said.\\n\n"       \
			   "target " HEX("d") " 0 5\nexact words\nprefix \nsuffix \n"

static const char *const example_bodies[ANNOT_KIND_COUNT] = {
	[ANNOT_KIND_corpus] = "origin " LOG_NAME "\nlog " LOG_KEY "\nadmin ann " KEY_LINE
			      "\nadmin bob.b " KEY_LINE "\nthreshold 1\n" POLICY_CARDS,
	[ANNOT_KIND_policy] = POLICY_CARDS,
	[ANNOT_KIND_key_add] =
		"name carol-2\ndisplay Carol \xc3\x89. D\xc3\xb6\nrole reviewer\n"
		"language en\nlanguage pt-BR\nkey " KEY_LINE "\nproof " SIGNATURE "\n",
	[ANNOT_KIND_key_rotate] = "on " HEX("a") "\nkey " KEY_LINE "\nproof " SIGNATURE "\n",
	[ANNOT_KIND_key_revoke] = "on " HEX("a") "\nreason compromised\nfrom-index 0\n",
	[ANNOT_KIND_document] =
		"name report.2026\ntitle The \"title\"\nlanguage de\nmedia-type text/plain\n"
		"source https://example.org/\npublisher The Press\npublished 2026-02-28\n"
		"translation-of " HEX("b") "\nsha256 " HEX(
			"1") "\nlength 9223372036854775807\n"
			     "chunks " HEX("2") "\nextractor pdftotext 22.12\noriginal-sha256 " HEX(
				     "3") "\noriginal-length 0\noriginal-type application/pdf\n",
	[ANNOT_KIND_quote] = TARGETS
	"speaker A. Speaker\nspeaker B. Speaker\nrole Minister\n"
	"said 2026-11\nform direct\nvia " HEX("e") "\nlanguage en\n"
						   "checked check/1 exact\ntag a\ntag b\n" IMPORTED,
	[ANNOT_KIND_claim] =
		"text Line one\\nline two\\ttab\nclaimant A\nclaimant B\ndate 1848\n" TARGETS
		"language en\ntag a\ntag a\n" IMPORTED,
	[ANNOT_KIND_span] = TARGETS "text \\u{20}note\\u{20}\ntag x\ntag y\n" IMPORTED,
	[ANNOT_KIND_link] =
		"from " HEX("a") "\nrelation same-claim-as\nto " HEX("b") "\nreason they say so\n",
	[ANNOT_KIND_verdict] = "on " HEX(
		"a") "\nscale truth\nrating false\n"
		     "rationale Because \xe2\x80\x9cthis\xe2\x80\x9d.\nevidence " HEX(
			     "b") "\nevidence " HEX("0") "\nopens " HEX("e") "\nsalt " HEX("f") "\n" IMPORTED,
	[ANNOT_KIND_review] = "on " HEX("a") "\ndecision request-changes\nreason \\r\\\\\n",
	[ANNOT_KIND_comment] = "on " HEX("a") "\nreply-to " HEX("b") "\ntext \\u{301}x\n" IMPORTED,
	[ANNOT_KIND_seal] = "on " HEX("a") "\ncommitment " HEX("b") "\n",
	[ANNOT_KIND_retract] = "on " HEX("a") "\nreason wrong\n",
	[ANNOT_KIND_reaffirm] = "on " HEX("a") "\nreason stands\n",
	[ANNOT_KIND_withhold] = "on " HEX("a") "\nreason court order\n",
};

/* Appends a record of that kind: a first version, or one with two parents. */
static inline void example_with(enum annot_kind kind, bool later, const char *body,
				struct annot_buf *ret)
{
	bool genesis = kind == ANNOT_KIND_corpus && !later;
	annot_buf_printf(ret, "annot-record/v1\ncorpus %s\nkind %s\n", genesis ? "-" : HEX("9"),
			 annot_kind_def(kind)->name);
	annot_buf_puts(ret,
		       later ? "annotation " HEX("8") "\nparent " HEX("4") "\nparent " HEX("5") "\n"
			     : "annotation -\n");
	annot_buf_puts(ret, "author " AUTHOR_HEX "\ntime 2026-11-22T23:59:59Z\n");
	annot_buf_puts(ret, later ? "seen 12 " HEX("6") " " HEX("7") "\n" : "seen 0 - -\n");
	annot_buf_puts(ret, "nonce 000102030405060708090a0b0c0d0e0f\n");
	annot_buf_puts(ret, body);
}

static inline void example(enum annot_kind kind, bool later, struct annot_buf *ret)
{
	example_with(kind, later, example_bodies[kind], ret);
}

/* The example of a kind with the first place of one piece of text replaced by another. */
static inline void example_replaced(enum annot_kind kind, bool later, const char *from,
				    const char *to, struct annot_buf *ret)
{
	AUTO_BUF struct annot_buf text = ANNOT_BUF_INIT(ANNOT_RECORD_MAX);
	example(kind, later, &text);
	const char *at = strstr(text.data, from);
	assert_non_null(at);
	annot_buf_add(ret, text.data, (size_t)(at - text.data));
	annot_buf_puts(ret, to);
	annot_buf_puts(ret, at + strlen(from));
}

/* A draft with the same annotation, parents and cards as a record. */
static inline struct annot_draft *example_draft(const struct annot_record *r)
{
	struct annot_draft *d = r->first ? annot_draft_new(r->kind->kind) : annot_draft_amend(r);
	for (size_t i = 0; d && r->first && i < r->n_cards; i++)
		if (annot_draft_add(d, r->cards[i].def->name, r->cards[i].text, NULL))
			return annot_draft_free(d);
	return d;
}

static inline struct annot_draft_header example_header(const struct annot_record *r)
{
	struct annot_draft_header h = {.corpus = r->genesis ? NULL : &r->corpus,
				       .author = r->author,
				       .time_s = r->time_s,
				       .seen = r->seen};
	memcpy(h.nonce, r->nonce, sizeof(h.nonce));
	return h;
}

#endif
