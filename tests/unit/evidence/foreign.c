#include "foreign.h"

#include "clock.h"
#include "ocsp.h"

#include <arpa/inet.h>
#include <netinet/in.h>
#include <openssl/pem.h>
#include <openssl/x509v3.h>
#include <stdio.h>
#include <stdlib.h>
#include <unistd.h>

enum { HUGE_BYTES = 8 << 20, HOUR = 3600 };

/* ---- certificates ---- */

static void *
need(void *p)
{
	if (!p)
		abort();
	return p;
}

static EVP_PKEY *
file_key(struct foreign *w, const char *name)
{
	char path[96];
	snprintf(path, sizeof(path), "%s/%s", w->f.dir, name);
	FILE *f = need(fopen(path, "r"));
	EVP_PKEY *key = need(PEM_read_PrivateKey(f, NULL, NULL, NULL));
	fclose(f);
	return key;
}

static void
extend(X509 *x, X509 *issuer, int nid, const char *value)
{
	X509V3_CTX ctx;
	X509V3_set_ctx_nodb(&ctx);
	X509V3_set_ctx(&ctx, issuer, x, NULL, NULL, 0);
	X509_EXTENSION *e = need(X509V3_EXT_conf_nid(NULL, &ctx, nid, value));
	X509_add_ext(x, e, -1);
	X509_EXTENSION_free(e);
}

static X509 *
certificate(const char *name, EVP_PKEY *key, X509 *issuer, EVP_PKEY *issuer_key, const char *purpose)
{
	X509 *x = need(X509_new());
	X509_set_version(x, X509_VERSION_3);
	ASN1_INTEGER_set(X509_get_serialNumber(x), rand());
	X509_NAME_add_entry_by_txt(
	    X509_get_subject_name(x), "CN", MBSTRING_UTF8, (const unsigned char *)name, -1, -1, 0);
	X509_set_issuer_name(x, X509_get_subject_name(issuer ? issuer : x));
	X509_gmtime_adj(X509_getm_notBefore(x), -86400);
	X509_gmtime_adj(X509_getm_notAfter(x), 86400L * 3650);
	X509_set_pubkey(x, key);
	if (!issuer) {
		extend(x, x, NID_basic_constraints, "critical,CA:TRUE");
		extend(x, x, NID_key_usage, "critical,keyCertSign,cRLSign");
	}
	if (purpose)
		extend(x, issuer ? issuer : x, NID_ext_key_usage, purpose);
	if (!X509_sign(x, issuer_key, EVP_sha256()))
		abort();
	return x;
}

/* A certificate of the folder, signed anew, with addresses. */
static X509 *
reissue(struct foreign *w, const char *name, X509 *issuer, EVP_PKEY *key, const char *under)
{
	char path[96], text[300];
	snprintf(path, sizeof(path), "%s/%s", w->f.dir, name);
	FILE *f = need(fopen(path, "r"));
	X509 *x = need(PEM_read_X509(f, NULL, NULL, NULL));
	fclose(f);
	X509_set_issuer_name(x, X509_get_subject_name(issuer));
	int at = X509_get_ext_by_NID(x, NID_authority_key_identifier, -1);
	if (at >= 0)
		X509_EXTENSION_free(X509_delete_ext(x, at));
	snprintf(text, sizeof(text), "OCSP;URI:%s/%s/ocsp,caIssuers;URI:%s/%s/issuer", w->url, under, w->url,
	    under);
	extend(x, issuer, NID_info_access, text);
	snprintf(text, sizeof(text), "URI:%s/%s/crl", w->url, under);
	extend(x, issuer, NID_crl_distribution_points, text);
	if (!X509_sign(x, key, EVP_sha256()))
		abort();
	unlink(path);
	f = need(fopen(path, "w"));
	PEM_write_X509(f, x);
	fclose(f);
	return x;
}

static void
make_certificates(struct foreign *w)
{
	w->root_key = need(EVP_EC_gen("P-256"));
	w->responder_key = need(EVP_EC_gen("P-256"));
	w->stranger_key = need(EVP_EC_gen("P-256"));
	w->ca_key = file_key(w, "ca.key");
	w->root = certificate("Foreign Root", w->root_key, NULL, w->root_key, NULL);
	w->ca = reissue(w, "ca.pem", w->root, w->root_key, "root");
	X509_free(reissue(w, "tsa.pem", w->ca, w->ca_key, "ca"));
	X509_free(reissue(w, "seal.pem", w->ca, w->ca_key, "ca"));
	w->responder = certificate("Foreign Responder", w->responder_key, w->ca, w->ca_key, "OCSPSigning");
	w->plain = certificate("Foreign Clerk", w->responder_key, w->ca, w->ca_key, NULL);
	w->stranger = certificate("Foreign Responder", w->stranger_key, NULL, w->stranger_key, "OCSPSigning");
}

/* ---- answers ---- */

struct issuing {
	X509 *certificate, *signer;
	EVP_PKEY *key, *signer_key;
};

static struct issuing
issuing(struct foreign *w, bool root)
{
	if (root)
		return (struct issuing){w->root, w->root, w->root_key, w->root_key};
	switch (w->answers) {
	case ANSWER_BY_ISSUER: return (struct issuing){w->ca, w->ca, w->ca_key, w->ca_key};
	case ANSWER_NOT_APPOINTED: return (struct issuing){w->ca, w->plain, w->ca_key, w->responder_key};
	case ANSWER_BY_STRANGER: return (struct issuing){w->ca, w->stranger, w->ca_key, w->stranger_key};
	default: return (struct issuing){w->ca, w->responder, w->ca_key, w->responder_key};
	}
}

static time_t
now_s(void)
{
	return (time_t)(clock_utc_ms() / 1000);
}

static ASN1_TIME *
from_now(long seconds)
{
	return need(ASN1_TIME_adj(NULL, now_s(), 0, seconds));
}

static struct str
encode(struct arena *a, unsigned char *der, int n)
{
	if (n <= 0)
		abort();
	struct str s = arena_str(a, str_make(der, (size_t)n));
	OPENSSL_free(der);
	return s;
}

/* The root is always fine; its authority is what the tests are about. */
static struct str
ocsp_answer(struct foreign *w, struct arena *a, struct str question, bool root)
{
	const unsigned char *p = (const unsigned char *)question.p;
	OCSP_REQUEST *q = need(d2i_OCSP_REQUEST(NULL, &p, (long)question.n));
	OCSP_BASICRESP *r = need(OCSP_BASICRESP_new());
	struct issuing by = issuing(w, root);
	enum answering how = root ? ANSWER_GOOD : w->answers;
	bool revoked = how == ANSWER_REVOKED_BEFORE || how == ANSWER_REVOKED_AFTER;
	ASN1_TIME *this = from_now(how == ANSWER_OLD || how == ANSWER_EXPIRED ? -HOUR : 0);
	ASN1_TIME *next = from_now(how == ANSWER_EXPIRED ? -HOUR / 2 : HOUR);
	ASN1_TIME *when = from_now(how == ANSWER_REVOKED_BEFORE ? -2 * HOUR : 0);
	OCSP_CERTID *id = OCSP_onereq_get0_id(OCSP_request_onereq_get0(q, 0));
	OCSP_CERTID *other = OCSP_cert_to_id(EVP_sha1(), w->responder, w->ca);
	need(OCSP_basic_add1_status(r, how == ANSWER_ABOUT_ANOTHER ? other : id,
	    revoked                 ? V_OCSP_CERTSTATUS_REVOKED
	    : how == ANSWER_UNKNOWN ? V_OCSP_CERTSTATUS_UNKNOWN
	                            : V_OCSP_CERTSTATUS_GOOD,
	    OCSP_REVOKED_STATUS_NOSTATUS, revoked ? when : NULL, this, next));
	if (how == ANSWER_WRONG_NONCE)
		OCSP_basic_add1_nonce(r, NULL, -1);
	else if (how != ANSWER_WITHOUT_NONCE)
		OCSP_copy_nonce(r, q);
	if (!OCSP_basic_sign(r, by.signer, by.signer_key, EVP_sha256(), NULL, 0))
		abort();
	OCSP_RESPONSE *whole = need(OCSP_response_create(OCSP_RESPONSE_STATUS_SUCCESSFUL, r));
	unsigned char *der = NULL;
	int n = i2d_OCSP_RESPONSE(whole, &der);
	OCSP_RESPONSE_free(whole);
	OCSP_BASICRESP_free(r);
	OCSP_REQUEST_free(q);
	OCSP_CERTID_free(other);
	ASN1_TIME_free(this);
	ASN1_TIME_free(next);
	ASN1_TIME_free(when);
	return encode(a, der, n);
}

static void
extend_list(struct foreign *w, X509_CRL *list)
{
	X509V3_CTX ctx;
	X509V3_set_ctx_nodb(&ctx);
	X509V3_set_ctx(&ctx, w->ca, NULL, NULL, list, 0);
	X509_EXTENSION *e = need(X509V3_EXT_nconf_nid(NULL, &ctx, w->list_extension_nid, w->list_extension));
	X509_CRL_add_ext(list, e, -1);
	X509_EXTENSION_free(e);
}

static struct str
crl_answer(struct foreign *w, struct arena *a, bool root)
{
	struct issuing by = issuing(w, root);
	enum answering how = root ? ANSWER_GOOD : w->lists;
	X509_CRL *list = need(X509_CRL_new());
	ASN1_TIME *this = from_now(how == ANSWER_OLD || how == ANSWER_EXPIRED ? -HOUR : 0);
	ASN1_TIME *next = from_now(how == ANSWER_EXPIRED ? -HOUR / 2 : HOUR);
	X509_CRL_set_version(list, X509_CRL_VERSION_2);
	X509_CRL_set_issuer_name(list, X509_get_subject_name(by.certificate));
	X509_CRL_set1_lastUpdate(list, this);
	X509_CRL_set1_nextUpdate(list, next);
	if (!root && w->list_extension)
		extend_list(w, list);
	if (!X509_CRL_sign(list, how == ANSWER_BY_STRANGER ? w->stranger_key : by.key, EVP_sha256()))
		abort();
	unsigned char *der = NULL;
	int n = i2d_X509_CRL(list, &der);
	X509_CRL_free(list);
	ASN1_TIME_free(this);
	ASN1_TIME_free(next);
	return encode(a, der, n);
}

static struct str
issuer_answer(struct foreign *w, struct arena *a)
{
	unsigned char *der = NULL;
	int n = i2d_X509(w->root, &der);
	return encode(a, der, n);
}

/* ---- the server ---- */

static void
put(int fd, struct str s)
{
	while (s.n) {
		ssize_t n = send(fd, s.p, s.n, MSG_NOSIGNAL);
		if (n <= 0)
			return;
		s = str_slice(s, (size_t)n, s.n);
	}
}

static struct str
read_request(int fd, char in[8192], struct str *ret_body)
{
	size_t n = 0;
	for (;;) {
		ssize_t got = n < 8192 ? recv(fd, in + n, 8192 - n, 0) : 0;
		if (got <= 0)
			return STR_NONE;
		n += (size_t)got;
		struct str head = str_make(in, n);
		ptrdiff_t end = str_find(head, STR("\r\n\r\n"));
		if (end < 0)
			continue;
		ptrdiff_t length = str_find(head, STR("Content-Length: "));
		size_t body = length < 0 ? 0 : (size_t)atol(in + length + 16);
		if (n < (size_t)end + 4 + body)
			continue;
		*ret_body = str_make(in + end + 4, body);
		return str_make(in, (size_t)end);
	}
}

static void
serve(struct foreign *w, int fd)
{
	struct arena a CLEANUP(arena_free) = {0};
	char in[8192], c;
	struct str body = STR_NONE, answer = STR_NONE, head = read_request(fd, in, &body);
	bool root = str_find(head, STR(" /root/")) >= 0, list = str_find(head, STR("/crl ")) >= 0;
	bool issuer = str_find(head, STR("/issuer ")) >= 0;
	enum answering how = root || issuer ? ANSWER_GOOD : list ? w->lists : w->answers;
	const char *status = "200 OK";
	if (!root && !issuer)
		list ? w->listed++ : w->asked++;
	if (how == ANSWER_SILENCE) {
		while (recv(fd, &c, 1, 0) > 0) {
		}
		return;
	}
	if (how == ANSWER_NOTHING || (issuer && !w->issuers))
		status = "404 Not Found";
	else if (how == ANSWER_HUGE)
		answer = str_make(arena_alloc(&a, HUGE_BYTES), HUGE_BYTES);
	else if (issuer)
		answer = issuer_answer(w, &a);
	else
		answer = list ? crl_answer(w, &a, root) : ocsp_answer(w, &a, body, root);
	put(fd, arena_printf(
	            &a, "HTTP/1.1 %s\r\nContent-Length: %zu\r\nConnection: close\r\n\r\n", status, answer.n));
	put(fd, answer);
}

static void *
run(void *arg)
{
	struct foreign *w = arg;
	for (;;) {
		int fd = accept(w->listener, NULL, NULL);
		if (fd < 0)
			return NULL; /* shut down */
		serve(w, fd);
		close(fd);
	}
}

static bool
listen_somewhere(struct foreign *w)
{
	struct sockaddr_in at = {.sin_family = AF_INET, .sin_addr.s_addr = htonl(INADDR_LOOPBACK)};
	socklen_t n = sizeof(at);
	w->listener = socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);
	if (w->listener < 0 || bind(w->listener, (struct sockaddr *)&at, n) || listen(w->listener, 16) ||
	    getsockname(w->listener, (struct sockaddr *)&at, &n))
		return false;
	snprintf(w->url, sizeof(w->url), "http://127.0.0.1:%u", ntohs(at.sin_port));
	return true;
}

bool
foreign_open(struct foreign *w)
{
	struct forge *f = &w->f;
	*w = (struct foreign){.issuers = true};
	if (!forge_open(f, KEY_P256) || !listen_somewhere(w))
		return false;
	make_certificates(w);
	keys_free(f->keys);
	if (keys_load(f->dir, &f->keys) != OK || certificates_load(&f->a, f->dir, &f->certs) != OK ||
	    tsa_embedded(&f->a, keys_signer(f->keys), &f->certs, &f->pades.tsa) != OK)
		return false;
	f->pades.signer = keys_signer(f->keys);
	return pthread_create(&w->thread, NULL, run, w) == 0;
}

void
foreign_close(struct foreign *w)
{
	shutdown(w->listener, SHUT_RDWR);
	pthread_join(w->thread, NULL);
	close(w->listener);
	EVP_PKEY *keys[] = {w->root_key, w->ca_key, w->responder_key, w->stranger_key};
	X509 *certificates[] = {w->root, w->ca, w->responder, w->plain, w->stranger};
	for (size_t i = 0; i < sizeof(keys) / sizeof(keys[0]); i++)
		EVP_PKEY_free(keys[i]);
	for (size_t i = 0; i < sizeof(certificates) / sizeof(certificates[0]); i++)
		X509_free(certificates[i]);
	forge_close(&w->f);
}

struct str
foreign_anchor(struct foreign *w)
{
	BIO *bio CLEANUP(ossl_bio_free) = BIO_new(BIO_s_mem());
	char *p;
	if (!PEM_write_bio_X509(bio, w->root))
		abort();
	long n = BIO_get_mem_data(bio, &p);
	return arena_str(&w->f.a, str_make(p, (size_t)n));
}
