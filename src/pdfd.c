/* keiin-pdfd: the role that reads documents from outside, a program of its own. Only it holds MuPDF, qpdf and
 * the image decoders, and it holds little else, so that the fork each document costs is a cheap one. */
#include "log.h"
#include "pair.h"
#include "pdfd.h"
#include "roles.h"
#include "verify.h"

#include <jansson.h>
#include <openssl/crypto.h>
#include <stdio.h>
#include <sys/socket.h>
#include <time.h>

static void
put(struct pdfd_output *o, struct str s)
{
	pdfd_put_str(o, s.p, s.n);
}

static void
put_signature(struct pdfd_output *o, struct arena *a, const struct verified_signature *s, bool english)
{
	put(o, verify_words(a, s->kind, english));
	put(o, verify_words(a, s->problem, english));
	put(o, s->signer);
	put(o, s->reason);
	put(o, s->level);
	put(o, verify_words(a, s->followed_by, english));
	put(o, s->certificate_subject);
	put(o, s->issuer);
	put(o, s->fingerprint_sha256);
	put(o, s->valid_until);
	int64_t claimed_ms = s->claimed_ms > 0 ? s->claimed_ms : 0;
	pdfd_put(o, &claimed_ms, sizeof(claimed_ms));
	pdfd_put(o, &s->timestamp_ms, sizeof(s->timestamp_ms));
	pdfd_put_u32(o, str_eq(s->kind, STR("timestamp")));
	pdfd_put_u32(o, s->sound);
	pdfd_put_u32(o, s->trusted);
	pdfd_put_u32(o, (uint32_t)s->revision);
}

static void
put_verification(struct pdfd_output *o, struct arena *a, const struct verification *v, bool english)
{
	pdfd_put_u32(o, (uint32_t)v->verdict);
	put(o, verify_headline(a, v, english));
	put(o, v->sha256);
	pdfd_put_u32(o, (uint32_t)v->revisions);
	pdfd_put_u32(o, (uint32_t)v->signatures_n);
	for (size_t i = 0; i < v->signatures_n; i++)
		put_signature(o, a, &v->signatures[i], english);
	pdfd_put_u32(o, (uint32_t)v->remarks_n);
	for (size_t i = 0; i < v->remarks_n; i++)
		put(o, verify_words(a, v->remarks[i], english));
}

static enum err
verify_two(struct str first, struct str second, struct str anchors_pem, bool english, struct pdfd_output *o)
{
	struct arena a CLEANUP(arena_free) = {0};
	struct pair p;
	TRY(pair_check(&a, first, second, anchors_pem, &p));
	pdfd_put_u32(o, p.verdict == PAIR_FITS);
	pdfd_put_u32(o, p.swapped);
	put(o, pair_sentence(&a, &p, english));
	put(o, p.document_id);
	put_verification(o, &a, &p.contract, english);
	put_verification(o, &a, &p.certificate, english);
	return OK;
}

static enum err
verify(struct str pdf, struct str other, struct str anchors_pem, bool english, struct pdfd_output *o)
{
	struct arena a CLEANUP(arena_free) = {0};
	struct verification v;
	if (other.n)
		return verify_two(pdf, other, anchors_pem, english, o);
	TRY(verify_pdf(&a, pdf, anchors_pem, &v));
	put_verification(o, &a, &v, english);
	return OK;
}

/* What the libraries would read from files the first time, when that is no longer allowed. */
static void
warm_up(void)
{
	struct arena a CLEANUP(arena_free) = {0};
	struct verification v;
	tzset();
	OPENSSL_init_crypto(OPENSSL_INIT_NO_LOAD_CONFIG, NULL);
	json_object_seed(0);
	if (verify_pdf(&a, STR("%PDF-"), STR_NONE, &v) != OK)
		log_event(LOG_WARN, "verify", "does not work");
}

int
main(int argc, char **argv)
{
	int type;
	socklen_t n = sizeof(type);
	if (getsockopt(ROLE_FD_PDFD, SOL_SOCKET, SO_TYPE, &type, &n)) {
		fputs("keiin-pdfd is started by keiin\n", stderr);
		return 2;
	}
	log_init("pdfd", LOG_INFO);
	warm_up();
	return pdfd_serve(ROLE_FD_PDFD, verify);
}
