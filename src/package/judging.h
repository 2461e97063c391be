/* A check under way; for package_verify.c, package_events.c and package_stated.c alone. */
#ifndef PACKAGE_JUDGING_H
#define PACKAGE_JUDGING_H

#include "audit.h"
#include "package.h"
#include "package_verify.h"
#include "zip_read.h"

struct judging {
	struct arena *a;
	struct zip_entry *entries;
	size_t n;
	struct package p; /* as read from the archive */
	struct package_verification *v;
	struct audit_event *events;
	struct str *hashes; /* of the events */
	uint64_t *positions;
	size_t events_n;
};

/* Notes the first fault; false, so that a check can return it. */
bool
judging_fault(struct judging *j, enum package_fault what, struct str subject);
/* The same about a number. */
bool
judging_fault_at(struct judging *j, enum package_fault what, uint64_t number);
/* The events' text, hashes, numbers and chain. */
bool
judging_read_events(struct judging *j);
/* Every event is in the tree of that size and root. */
bool
judging_check_proofs(struct judging *j, uint64_t size, struct str root);
/* What the events and the certificate state of contract, certificate and submitted documents. */
bool
judging_check_stated(struct judging *j);

#endif
