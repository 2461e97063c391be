#include "gather.h"

#include "clock.h"
#include "fetch.h"
#include "id.h"
#include "log.h"

#include <openssl/x509v3.h>

enum { CHAIN_MAX = 16, SKEW_MS = 300 * 1000, ADDRESSES_MAX = 3 };

static bool
put(struct gathering *g, struct str **list, size_t *n, struct str der)
{
	if (*n == PDF_DSS_MAX)
		return false;
	(*list)[(*n)++] = arena_str(g->a, der);
	return true;
}

/* ---- asking ---- */

/* Name and port, as the address has them. */
static uint64_t
server_of(const char *url)
{
	struct str rest = str_c(url);
	ptrdiff_t at = str_find(rest, STR("://"));
	uint64_t server;

	rest = str_slice(rest, at < 0 ? 0 : (size_t)at + 3, rest.n);
	at = str_chr(rest, '/');
	struct sha256 digest = sha256_of(str_slice(rest, 0, at < 0 ? rest.n : (size_t)at));
	memcpy(&server, digest.b, sizeof(server));
	return server;
}

/* Two servers that share a place: the later one is remembered. */
static bool
is_resting(const struct outside *o, uint64_t server)
{
	size_t place = server % OUTSIDE_RESTING_MAX;

	return o->resting[place].server == server && clock_monotonic_ms() < o->resting[place].until_ms;
}

static void
let_rest(struct outside *o, uint64_t server)
{
	size_t place = server % OUTSIDE_RESTING_MAX;

	o->resting[place].server = server;
	o->resting[place].until_ms = clock_monotonic_ms() + o->rest_ms;
}

static enum err
go_and_ask(struct gathering *g, const char *url, const char *type, struct str body, struct buf *answer)
{
	struct fetch f = {
	    .url = url, .type = type, .body = body, .private_allowed = g->outside->private_allowed};
	const char *why = "";

	answer->limit = GATHER_ANSWER_MAX;
	uint64_t server = server_of(url);
	if (is_resting(g->outside, server))
		return ERR_PEER;
	enum err e = fetch(&f, answer, &why);
	if (e == OK)
		return OK;
	log_event(LOG_WARN, "revocation", "url=%s error=%s", url, why);
	if (e == ERR_PEER)
		let_rest(g->outside, server);
	return e;
}

/* The addresses of one kind in a certificate's authority information (RFC 5280 4.2.2.1). */
static size_t
information_addresses(struct arena *a, X509 *x, int method, const char *ret[ADDRESSES_MAX])
{
	AUTHORITY_INFO_ACCESS *all = X509_get_ext_d2i(x, NID_info_access, NULL, NULL);
	size_t n = 0;

	for (int i = 0; i < sk_ACCESS_DESCRIPTION_num(all) && n < ADDRESSES_MAX; i++) {
		ACCESS_DESCRIPTION *d = sk_ACCESS_DESCRIPTION_value(all, i);

		if (OBJ_obj2nid(d->method) == method && d->location->type == GEN_URI)
			ret[n++] = arena_cstr(
			    a, str_make(ASN1_STRING_get0_data(d->location->d.uniformResourceIdentifier),
			           (size_t)ASN1_STRING_length(d->location->d.uniformResourceIdentifier)));
	}
	AUTHORITY_INFO_ACCESS_free(all);
	return n;
}

/* Where the issuer's lists are (4.2.1.13): those for some reasons, or by others, are left aside. */
static size_t
list_addresses(struct arena *a, X509 *x, const char *ret[ADDRESSES_MAX])
{
	CRL_DIST_POINTS *all = X509_get_ext_d2i(x, NID_crl_distribution_points, NULL, NULL);
	size_t n = 0;

	for (int i = 0; i < sk_DIST_POINT_num(all); i++) {
		DIST_POINT *p = sk_DIST_POINT_value(all, i);

		if (!p->distpoint || p->distpoint->type != 0 || p->reasons || p->CRLissuer)
			continue;
		for (int k = 0; k < sk_GENERAL_NAME_num(p->distpoint->name.fullname); k++) {
			GENERAL_NAME *name = sk_GENERAL_NAME_value(p->distpoint->name.fullname, k);

			if (name->type == GEN_URI && n < ADDRESSES_MAX)
				ret[n++] = arena_cstr(
				    a, str_make(ASN1_STRING_get0_data(name->d.uniformResourceIdentifier),
				           (size_t)ASN1_STRING_length(name->d.uniformResourceIdentifier)));
		}
	}
	CRL_DIST_POINTS_free(all);
	return n;
}

/* ---- answers about one certificate ---- */

static bool
is_current(int64_t this_ms, int64_t next_ms)
{
	int64_t now = clock_utc_ms();

	return this_ms && this_ms <= now + SKEW_MS && (!next_ms || next_ms >= now - SKEW_MS);
}

/* What was answered is put to what there is when it is conclusive, with the certificates of whoever signed.
 */
static enum err
take_answer(struct gathering *g, OCSP_REQUEST *question, struct str der, X509 *x, X509 *issuer, int64_t at_ms,
    const char **ret_problem)
{
	OCSP_BASICRESP *answer CLEANUP(ocsp_basic_free) = ocsp_read(der);
	struct ocsp_statement said;

	*ret_problem = "it is no answer";
	if (!answer)
		return ERR_TSA;
	*ret_problem = "it is to another question";
	if (OCSP_check_nonce(question, answer) == 0)
		return ERR_TSA;
	*ret_problem = "it is not about the certificate, or not by who may answer";
	if (!ocsp_about(answer, x, issuer, &said))
		return ERR_TSA;
	*ret_problem = "the certificate is unknown there";
	if (!said.good && !said.revoked)
		return ERR_TSA;
	*ret_problem = "it is out of date";
	if (!is_current(said.this_ms, said.next_ms))
		return ERR_TSA;
	*ret_problem = "it is older than what it should prove";
	bool revoked = said.revoked && said.revoked_ms / 1000 <= at_ms / 1000;
	if (!revoked && said.this_ms / 1000 < at_ms / 1000)
		return ERR_TSA;
	const STACK_OF(X509) *certs = OCSP_resp_get0_certs(answer);
	for (int i = 0; i < sk_X509_num(certs); i++) {
		unsigned char *out = NULL;
		int n = i2d_X509(sk_X509_value(certs, i), &out);
		bool room = n > 0 && put(g, &g->found->certs, &g->found->certs_n, str_make(out, (size_t)n));

		OPENSSL_free(out);
		if (!room)
			return ERR_PDF_LIMIT;
	}
	return put(g, &g->found->ocsps, &g->found->ocsps_n, der) && material_add_ocsp(g->material, der)
	           ? OK
	           : ERR_PDF_LIMIT;
}

static enum err
ask_responder(struct gathering *g, const char *url, X509 *x, X509 *issuer, int64_t at_ms)
{
	OCSP_REQUEST *question CLEANUP(ocsp_request_free) = NULL;
	struct buf answer CLEANUP(buf_free) = {0};
	const char *why = "";
	struct str der;

	TRY(ocsp_ask(g->a, x, issuer, &question, &der));
	TRY(go_and_ask(g, url, "application/ocsp-request", der, &answer));
	enum err e = take_answer(g, question, buf_str(&answer), x, issuer, at_ms, &why);
	if (e == ERR_TSA)
		log_event(LOG_WARN, "revocation", "url=%s not taken: %s", url, why);
	return e;
}

OSSL_CLEANUP(crl_free, X509_CRL, X509_CRL_free)

/* A list is believed by the rule by which it is read later. */
static enum err
take_list(struct gathering *g, struct str in, X509 *x, X509 *issuer, int64_t at_ms, const char **ret_problem)
{
	const unsigned char *at = (const unsigned char *)in.p;
	X509_CRL *list CLEANUP(crl_free) = d2i_X509_CRL(NULL, &at, (long)in.n);
	struct material only = {.crls = &list, .crls_n = 1};

	*ret_problem = "it is no list";
	if (!list)
		return ERR_TSA;
	struct str der = str_make(in.p, (size_t)(at - (const unsigned char *)in.p));
	*ret_problem = "it is out of date";
	if (!is_current(
	        ocsp_time_ms(X509_CRL_get0_lastUpdate(list)), ocsp_time_ms(X509_CRL_get0_nextUpdate(list))))
		return ERR_TSA;
	*ret_problem = "it is no list of the issuer that says all about the certificate, or older than what "
	               "it should prove";
	if (material_of(&only, x, issuer, at_ms) == MATERIAL_SILENT)
		return ERR_TSA;
	return put(g, &g->found->crls, &g->found->crls_n, der) && material_add_crl(g->material, der)
	           ? OK
	           : ERR_PDF_LIMIT;
}

static enum err
ask_for_list(struct gathering *g, const char *url, X509 *x, X509 *issuer, int64_t at_ms)
{
	struct buf answer CLEANUP(buf_free) = {0};
	const char *why = "";

	TRY(go_and_ask(g, url, NULL, STR_NONE, &answer));
	enum err e = take_list(g, buf_str(&answer), x, issuer, at_ms, &why);
	if (e == ERR_TSA)
		log_event(LOG_WARN, "revocation", "url=%s not taken: %s", url, why);
	return e;
}

static void
tell_of_revocation(const struct gathering *g, X509 *x, X509 *issuer, int64_t at_ms)
{
	char name[256] = "";

	if (material_of(g->material, x, issuer, at_ms) != MATERIAL_REVOKED)
		return;
	X509_NAME_oneline(X509_get_subject_name(x), name, sizeof(name));
	log_event(LOG_ERROR, "revocation", "a certificate had been revoked when it was used: %s", name);
}

static enum err
gather_one(struct gathering *g, X509 *x, X509 *issuer, int64_t at_ms)
{
	const char *responders[ADDRESSES_MAX], *lists[ADDRESSES_MAX];
	size_t responders_n = information_addresses(g->a, x, NID_ad_OCSP, responders);
	size_t lists_n = list_addresses(g->a, x, lists);
	enum err e = ERR_TSA;

	if (responders_n + lists_n == 0) {
		log_event(LOG_WARN, "revocation", "a certificate names no place to ask about it");
		return OK;
	}
	for (size_t i = 0; i < responders_n && e != OK; i++)
		e = ask_responder(g, responders[i], x, issuer, at_ms);
	for (size_t i = 0; i < lists_n && e != OK; i++)
		e = ask_for_list(g, lists[i], x, issuer, at_ms);
	if (e == OK)
		tell_of_revocation(g, x, issuer, at_ms);
	return e == ERR_PEER || e == ERR_NOT_FOUND ? ERR_TSA : e;
}

/* ---- issuers that are missing ---- */

static bool
is_issuer(X509 *candidate, X509 *x)
{
	return X509_check_issued(candidate, x) == X509_V_OK && X509_check_ca(candidate) &&
	       X509_verify(x, X509_get0_pubkey(candidate)) == 1;
}

static bool
take_issuer(struct gathering *g, X509 *x, struct str der)
{
	const unsigned char *at = (const unsigned char *)der.p;
	X509 *candidate CLEANUP(ossl_x509_free) = d2i_X509(NULL, &at, (long)der.n);

	if (!candidate || !is_issuer(candidate, x))
		return false;
	der = str_make(der.p, (size_t)(at - (const unsigned char *)der.p));
	return put(g, &g->found->certs, &g->found->certs_n, der) &&
	       material_add_certificate(g->material, der);
}

/* From the operator, or from where the certificate says. */
static bool
find_issuer(struct gathering *g, X509 *x)
{
	const char *urls[ADDRESSES_MAX];
	size_t n = information_addresses(g->a, x, NID_ad_ca_issuers, urls);

	for (size_t i = 0; i < g->outside->certificates_n; i++)
		if (take_issuer(g, x, g->outside->certificates[i]))
			return true;
	for (size_t i = 0; i < n; i++) {
		struct buf answer CLEANUP(buf_free) = {0};

		if (go_and_ask(g, urls[i], NULL, STR_NONE, &answer) == OK &&
		    take_issuer(g, x, buf_str(&answer)))
			return true;
	}
	return false;
}

enum err
gather_chain(struct gathering *g, const struct signed_data *s, int64_t at_ms)
{
	X509 *x = s->leaf;

	for (size_t i = 0; i < CHAIN_MAX; i++) {
		X509 *issuer = material_issuer(g->material, s, x);

		if (issuer == x)
			return OK;
		if (!issuer && find_issuer(g, x))
			issuer = material_issuer(g->material, s, x);
		if (!issuer) {
			log_event(LOG_WARN, "revocation", "the issuer of a certificate is not to be had");
			return ERR_TSA;
		}
		if (material_of(g->material, x, issuer, at_ms) == MATERIAL_SILENT)
			TRY(gather_one(g, x, issuer, at_ms));
		x = issuer;
	}
	return ERR_TSA;
}
