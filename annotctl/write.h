/* Making records: what a person sees before signing, then sign, submit, print. */
#ifndef ANNOTCTL_WRITE_H
#define ANNOTCTL_WRITE_H

#include "ctl.h"

/* Signs and submits a draft and prints the record (or, with --quiet, its annotation id). Exit code.
 */
int write_draft(struct ctl *ctl, const struct annot_draft *draft);

/* A first version: a draft of the kind, filled by fill (which returns a status), signed, submitted,
 * printed. */
typedef enum annot_status (*write_fill)(struct ctl *ctl, struct annot_draft *draft,
					const char **args);
int write_new(struct ctl *ctl, enum annot_kind kind, write_fill fill, const char **args);

/* A record that is in the log. */
struct written {
	const struct annot_record *record; /* in the arena */
	uint64_t index;
	bool pending; /* waits for an admin quorum */
};

/* As write_draft, but prints nothing. */
enum annot_status write_silently(struct ctl *ctl, const struct annot_draft *draft,
				 struct written *ret);
/* The same; *ret_waits: it failed, but may be in the log all the same, or come to be: the outbox
 * has it. */
enum annot_status write_or_wait(struct ctl *ctl, const struct annot_draft *draft,
				struct written *ret, bool *ret_waits);
/* The same for a later version that is to replace heads only: CONFLICT, with the new head, if
 * somebody amended a parent meanwhile. */
enum annot_status write_on_heads(struct ctl *ctl, const struct annot_draft *draft,
				 struct written *ret);

/* On a terminal: asks whether to sign what was shown. REFUSED: no. */
enum annot_status write_confirm(struct ctl *ctl);

/*
 * Prints a record that was written: JSON object, id alone, or "KIND ID added at #INDEX". It is in
 * the log, so what goes wrong in here is a warning, never a refusal. Exit code 0.
 */
int write_print(struct ctl *ctl, const struct written *written, const char *verb);

/*
 * Fetches and checks a record that is about to be referred to, and shows it on stderr. exact:
 * without a terminal the id must be ID@N or a whole record hash, so that a script names what it saw
 * (USAGE). Withheld records are REFUSED.
 */
enum annot_status write_see(struct ctl *ctl, const char *id, bool exact, struct annot_fetched *ret);

/* Adds a WORD card; USAGE names the words if it is none of them. Called before anything is fetched
 * or shown. */
enum annot_status write_word(struct ctl *ctl, struct annot_draft *draft, enum annot_kind kind,
			     const char *card, const char *word);

/* The scale of a rating whose scale is not named. */
#define WRITE_SCALE "google5"
/* Whether the policy in force has the rating, before anything is shown or signed; REFUSED says what
 * it has. */
enum annot_status write_check_rating(struct ctl *ctl, const char *scale, const char *rating);

/* A draft `on` one exact version, shown whole, with an optional reason under the name that its kind
 * has for it. */
enum annot_status write_on(struct ctl *ctl, struct annot_draft *draft, const char *id,
			   const char *because_card, const char *because);

/* The rest of write_on, for a record that was seen whole with write_see. */
enum annot_status write_about(struct ctl *ctl, struct annot_draft *draft,
			      const struct annot_fetched *on, const char *because_card,
			      const char *because);

/* Adds a card with the hash of a record that was seen with write_see. */
enum annot_status write_reference(struct ctl *ctl, struct annot_draft *draft, const char *card,
				  const char *id);

/* Adds an optional card (value NULL: nothing), or one for each item of a NULL-terminated list. */
enum annot_status write_card(struct ctl *ctl, struct annot_draft *draft, const char *card,
			     const char *value);
enum annot_status write_cards(struct ctl *ctl, struct annot_draft *draft, const char *card,
			      char *const *values);

/* A document with its text, fetched and hashed. */
struct document {
	struct annot_fetched fetched;
	struct annot_bytes text;
};
enum annot_status write_document(struct ctl *ctl, const char *id, struct document *ret);

/* write_document and write_target in one; words may be - or left out (ctl_text). */
enum annot_status write_words(struct ctl *ctl, struct annot_draft *draft, const char *id,
			      const char *words, int at);

/*
 * Finds the words in a document and adds the target, showing them in their place. at: which of
 * several places (1 …), 0: there must be one. NOT_FOUND says what is nearest and where; AMBIGUOUS
 * lists the places.
 */
enum annot_status write_target(struct ctl *ctl, struct annot_draft *draft,
			       const struct document *doc, const char *words, int at);

#endif
