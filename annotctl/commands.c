/* The command table, sorted by name: a command is one file in cmd/ and two lines here. */
#include "ctl.h"

extern const struct command cmd_agreement;
extern const struct command cmd_amend, cmd_batch, cmd_bundle, cmd_claim_add, cmd_comment_add,
	cmd_corpus_info, cmd_corpus_init, cmd_diff, cmd_doc_add, cmd_doc_history, cmd_doc_list,
	cmd_doc_show, cmd_doc_text, cmd_history, cmd_key_list, cmd_key_new, cmd_key_request,
	cmd_key_show, cmd_link_add, cmd_list, cmd_log_checkpoint, cmd_log_proof, cmd_quote_add,
	cmd_retract, cmd_review, cmd_reviewer_add, cmd_reviewer_list, cmd_show, cmd_span_add,
	cmd_verdict_add, cmd_verify, cmd_whoami;

const struct command *const commands[] = {
	&cmd_agreement,
	&cmd_amend,          &cmd_batch,         &cmd_bundle,    &cmd_claim_add, &cmd_comment_add,
	&cmd_corpus_info,    &cmd_corpus_init,   &cmd_diff,      &cmd_doc_add,   &cmd_doc_history,
	&cmd_doc_list,       &cmd_doc_show,      &cmd_doc_text,  &cmd_history,   &cmd_key_list,
	&cmd_key_new,        &cmd_key_request,   &cmd_key_show,  &cmd_link_add,  &cmd_list,
	&cmd_log_checkpoint, &cmd_log_proof,     &cmd_quote_add, &cmd_retract,   &cmd_review,
	&cmd_reviewer_add,   &cmd_reviewer_list, &cmd_show,      &cmd_span_add,  &cmd_verdict_add,
	&cmd_verify,         &cmd_whoami,        NULL,
};
