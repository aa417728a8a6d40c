#include "remote.h"

#include <string.h>

#include "out/out.h"

static bool confirm(void *arg, const struct annot_contact *contact)
{
	struct ctl *ctl = arg;
	char fingerprint[ANNOT_FINGERPRINT_SIZE], answer[16];
	if (!ctl->terminal)
		return false;
	annot_fingerprint(&contact->certificate, fingerprint);
	fprintf(stderr,
		"annotctl: %s was never met before\n"
		"annotctl: it shows the certificate %s\n"
		"annotctl: it says that it serves corpus %s (%s)\n"
		"annotctl: does its owner say the same? [y/N] ",
		out_safe(ctl, contact->socket), fingerprint, annot_hash_hex(&contact->corpus).text,
		out_safe(ctl, contact->origin));
	return fgets(answer, sizeof answer, stdin) && (answer[0] == 'y' || answer[0] == 'Y');
}

static enum annot_status signer(void *arg, const struct annot_signer **ret, struct annot_error *err)
{
	struct ctl *ctl = arg;
	struct annot_hash corpus;
	if (annot_known_corpus(ctl->socket, &corpus))
		ctl->proving = &corpus;
	enum annot_status status = ctl_signer(ctl, ret);
	ctl->proving = NULL;
	if (status != ANNOT_OK && err && err != &ctl->err)
		*err = ctl->err;
	return status;
}

void remote_options(struct ctl *ctl, bool ask, struct annot_options *options)
{
	options->fingerprint = ctl->fingerprint;
	options->confirm = ask ? confirm : NULL;
	options->signer = signer;
	options->arg = ctl;
}
