#include "fetch.h"

#include <arpa/inet.h>
#include <curl/curl.h>
#include <netinet/in.h>
#include <unistd.h>

enum { REDIRECTS_MAX = 3 };

struct network {
	uint32_t address;
	unsigned bits;
};

/* RFC 6890 2.2.2, and multicast. */
static const struct network SPECIAL[] = {{0x00000000, 8}, {0x0A000000, 8}, {0x64400000, 10}, {0x7F000000, 8},
    {0xA9FE0000, 16}, {0xAC100000, 12}, {0xC0000000, 24}, {0xC0000200, 24}, {0xC0586300, 24},
    {0xC0A80000, 16}, {0xC6120000, 15}, {0xC6336400, 24}, {0xCB007100, 24}, {0xE0000000, 3}};

static bool
is_public_v4(uint32_t address)
{
	for (size_t i = 0; i < sizeof(SPECIAL) / sizeof(SPECIAL[0]); i++)
		if ((address ^ SPECIAL[i].address) >> (32 - SPECIAL[i].bits) == 0)
			return false;
	return true;
}

/* Global unicast is 2000::/3; of it, what carries an address of version 4 or is for documentation is not gone
 * to. */
static bool
is_public_v6(const unsigned char b[16])
{
	bool teredo = b[0] == 0x20 && b[1] == 0x01 && b[2] < 0x02;
	bool documentation = b[0] == 0x20 && b[1] == 0x01 && b[2] == 0x0D && b[3] == 0xB8;
	bool six_to_four = b[0] == 0x20 && b[1] == 0x02;

	return b[0] >> 5 == 1 && !teredo && !documentation && !six_to_four;
}

bool
fetch_is_public(const struct sockaddr *address)
{
	if (address->sa_family == AF_INET)
		return is_public_v4(
		    ntohl(((const struct sockaddr_in *)(const void *)address)->sin_addr.s_addr));
	if (address->sa_family == AF_INET6)
		return is_public_v6(((const struct sockaddr_in6 *)(const void *)address)->sin6_addr.s6_addr);
	return false;
}

/* The address that is gone to is the one that is judged: no name can lead elsewhere in between. */
static curl_socket_t
open_socket(void *user, curlsocktype purpose, struct curl_sockaddr *address)
{
	const struct fetch *f = user;

#ifndef MUTANT_PRIVATE
	if (!f->private_allowed && !fetch_is_public(&address->addr))
		return CURL_SOCKET_BAD;
#endif
	return socket(address->family, address->socktype | SOCK_CLOEXEC, address->protocol);
}

static size_t
take(char *p, size_t size, size_t n, void *to)
{
	struct buf *b = to;

	buf_put(b, str_make(p, size * n));
	return b->overflow ? 0 : size * n;
}

static void
easy_free(CURL **c)
{
	curl_easy_cleanup(*c);
}

static void
headers_free(struct curl_slist **h)
{
	curl_slist_free_all(*h);
}

static void
set_blob(CURL *c, CURLoption option, struct str pem)
{
	struct curl_blob blob = {(void *)(uintptr_t)pem.p, pem.n, CURL_BLOB_COPY};

	if (pem.n)
		curl_easy_setopt(c, option, &blob);
}

static void
set_credentials(CURL *c, const struct fetch *f)
{
	if (f->user) {
		curl_easy_setopt(c, CURLOPT_HTTPAUTH, (long)CURLAUTH_BASIC);
		curl_easy_setopt(c, CURLOPT_USERNAME, f->user);
		curl_easy_setopt(c, CURLOPT_PASSWORD, f->password ? f->password : "");
	}
	set_blob(c, CURLOPT_SSLCERT_BLOB, f->certificate);
	set_blob(c, CURLOPT_SSLKEY_BLOB, f->key);
}

static void
set_method(CURL *c, const struct fetch *f, struct curl_slist *headers)
{
	if (!f->type) {
		curl_easy_setopt(c, CURLOPT_FOLLOWLOCATION, 1L);
		curl_easy_setopt(c, CURLOPT_MAXREDIRS, (long)REDIRECTS_MAX);
		curl_easy_setopt(c, CURLOPT_REDIR_PROTOCOLS_STR, "http,https");
		return;
	}
	curl_easy_setopt(c, CURLOPT_HTTPHEADER, headers);
	curl_easy_setopt(c, CURLOPT_POSTFIELDS, f->body.p);
	curl_easy_setopt(c, CURLOPT_POSTFIELDSIZE_LARGE, (curl_off_t)f->body.n);
}

enum err
fetch(const struct fetch *f, struct buf *answer, const char **ret_problem)
{
	char type[96];
	snprintf(type, sizeof(type), "Content-Type: %s", f->type ? f->type : "");
	CURL *c CLEANUP(easy_free) = curl_easy_init();
	struct curl_slist *headers CLEANUP(headers_free) = curl_slist_append(NULL, type);
	long status = 0;

	if (!c || !headers)
		return ERR_NOMEM;
	curl_easy_setopt(c, CURLOPT_URL, f->url);
	curl_easy_setopt(c, CURLOPT_PROTOCOLS_STR, "http,https");
	curl_easy_setopt(c, CURLOPT_OPENSOCKETFUNCTION, open_socket);
	curl_easy_setopt(c, CURLOPT_OPENSOCKETDATA, f);
	if (!f->private_allowed)
		curl_easy_setopt(c, CURLOPT_PROXY, "");
	curl_easy_setopt(c, CURLOPT_WRITEFUNCTION, take);
	curl_easy_setopt(c, CURLOPT_WRITEDATA, answer);
	curl_easy_setopt(c, CURLOPT_TIMEOUT, (long)FETCH_SECONDS);
	curl_easy_setopt(c, CURLOPT_NOSIGNAL, 1L);
	set_credentials(c, f);
	set_method(c, f, headers);
	CURLcode rc = curl_easy_perform(c);
	*ret_problem = rc == CURLE_OK ? "the server answers with another status" : curl_easy_strerror(rc);
	if (rc != CURLE_OK)
		return ERR_PEER;
	curl_easy_getinfo(c, CURLINFO_RESPONSE_CODE, &status);
	return status == 200 ? OK : ERR_NOT_FOUND;
}
