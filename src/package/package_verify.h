/* The check of 証拠一式, offline. */
#ifndef PACKAGE_PACKAGE_VERIFY_H
#define PACKAGE_PACKAGE_VERIFY_H

#include "verify.h"

enum package_fault {
	PACKAGE_SOUND,
#define FAULT(code, en, ja) code,
#include "package_faults.def"
#undef FAULT
	PACKAGE_FAULTS
};

struct package_verification {
	enum verdict verdict;
	enum package_fault fault; /* the first; of what: */
	struct str subject;
	struct str sha256;
	size_t files_n, documents_n, events_n;
	uint64_t checkpoint_size;
	int64_t checkpoint_ms; /* of its timestamp; 0: not known */
	struct verification contract, certificate;
	bool has_contract, has_certificate, anchored;
	const struct str *missing; /* when a PDF is not sound: whose roots are not in the package */
	size_t missing_n;
};

/* Every file against the list; the two PDFs as verify_pdf() does; every event's hash, its chain and its place
 * in the checkpoint (RFC 9162 2.1.3.2); the checkpoint's signature and timestamp; the digests that events and
 * certificate state; and every further file against what it was taken out of. trust_pem as for verify_pdf():
 * ERR_INVALID when there is no certificate in it. */
MUST_CHECK enum err
package_verify(struct arena *a, struct str zip, struct str trust_pem, struct package_verification *ret);
/* The verdict in one plain sentence, then the details; and the same for programs. */
struct str
package_report(struct arena *a, const struct package_verification *v, bool english);
struct str
package_json(struct arena *a, const struct package_verification *v);
/* Both as `keiin verify` wants them (cli_judge). */
MUST_CHECK enum err
package_judge(struct arena *a, struct str zip, struct str trust_pem, bool json, bool english,
    struct str *ret_text, int *ret_status);

#endif
