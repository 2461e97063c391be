/* Whole contracts against a running server: upload, send, open, consent by two parties, wait for
 * 【締結完了】, download. Its own SMTP server takes the mails, so that links travel as they do for people.
 *
 *   load BASE_URL SMTP_PORT MAIL PASSWORD PDF COUNT IN_FLIGHT [images]
 *
 * Prints one JSON object: contracts a minute, seconds, latency from the last 締結を確定 to the downloadable
 * sealed PDF. */
#include <arpa/inet.h>
#include <curl/curl.h>
#include <errno.h>
#include <pthread.h>
#include <stdbool.h>
#include <stdatomic.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/epoll.h>
#include <sys/resource.h>
#include <sys/socket.h>
#include <time.h>
#include <unistd.h>

enum { PARTIES = 2, MAIL_MAX = 256 * 1024, MAX_CONTRACTS = 20000 };

static const char *base_url, *pdf_path, *user_mail, *user_password;
static bool with_images;
static atomic_int next_contract;
static int contracts;

static double
now_s(void)
{
	struct timespec t;
	clock_gettime(CLOCK_MONOTONIC, &t);
	return (double)t.tv_sec + (double)t.tv_nsec / 1e9;
}

static void
die(const char *what, const char *detail)
{
	fprintf(stderr, "load: %s: %.400s\n", what, detail ? detail : "");
	_exit(1);
}

/* ---- mails: by contract, party and order of arrival ---- */
static struct {
	char *links[4];
	int n;
} box[MAX_CONTRACTS][PARTIES];
static pthread_mutex_t box_lock = PTHREAD_MUTEX_INITIALIZER;
static pthread_cond_t box_filled = PTHREAD_COND_INITIALIZER;
static atomic_long mails_delivered;

static char *
wait_for_link(int contract, int party, int nth)
{
	struct timespec until;
	clock_gettime(CLOCK_REALTIME, &until);
	until.tv_sec += 60;
	pthread_mutex_lock(&box_lock);
	while (box[contract][party].n <= nth)
		if (pthread_cond_timedwait(&box_filled, &box_lock, &until))
			die("no mail arrived for", box[contract][party].n ? "completion" : "request");
	char *link = box[contract][party].links[nth];
	pthread_mutex_unlock(&box_lock);
	return link;
}

static size_t
unbase64(char *s)
{
	unsigned v = 0, bits = 0;
	size_t n = 0;
	for (char *c = s; *c; c++) {
		int d = *c >= 'A' && *c <= 'Z'   ? *c - 'A'
		        : *c >= 'a' && *c <= 'z' ? *c - 'a' + 26
		        : *c >= '0' && *c <= '9' ? *c - '0' + 52
		        : *c == '+'              ? 62
		        : *c == '/'              ? 63
		                                 : -1;
		if (d < 0)
			continue;
		v = v << 6 | (unsigned)d;
		bits += 6;
		if (bits >= 8) {
			bits -= 8;
			s[n++] = (char)(v >> bits & 255);
		}
	}
	s[n] = 0;
	return n;
}

static char *
find_link(char *mail)
{
	char *part = strstr(mail, "text/plain");
	char *body = part ? strstr(part, "\r\n\r\n") : NULL;
	if (!body)
		return NULL;
	*body = 0;
	bool base64 = strcasestr(part, "base64") != NULL;
	body += 4;
	char *end = strstr(body, "\r\n--");
	if (end)
		*end = 0;
	if (base64)
		unbase64(body);
	char prefix[300];
	snprintf(prefix, sizeof(prefix), "%s/l/", base_url);
	char *link = strstr(body, prefix);
	if (!link)
		return NULL;
	link[strcspn(link, " \r\n=")] = 0;
	return strdup(link);
}

struct peer {
	int fd;
	bool data;
	char to[256];
	size_t n;
	char *in;
};

static void
say(int fd, const char *line)
{
	if (write(fd, line, strlen(line)) < 0)
		return;
}

static void
delivered(struct peer *p)
{
	int contract, party;
	atomic_fetch_add(&mails_delivered, 1);
	if (sscanf(p->to, "c%d-p%d@", &contract, &party) != 2 || contract >= MAX_CONTRACTS ||
	    party >= PARTIES)
		return;
	char *link = find_link(p->in);
	if (!link)
		return;
	pthread_mutex_lock(&box_lock);
	if (box[contract][party].n < 4)
		box[contract][party].links[box[contract][party].n++] = link;
	pthread_cond_broadcast(&box_filled);
	pthread_mutex_unlock(&box_lock);
}

static void
command(struct peer *p, char *line)
{
	if (!strncasecmp(line, "EHLO", 4) || !strncasecmp(line, "HELO", 4)) {
		say(p->fd, "250-sink\r\n250-8BITMIME\r\n250 SMTPUTF8\r\n");
	} else if (!strncasecmp(line, "RCPT TO:", 8)) {
		snprintf(p->to, sizeof(p->to), "%s", line + 8 + (line[8] == '<'));
		say(p->fd, "250 ok\r\n");
	} else if (!strncasecmp(line, "DATA", 4)) {
		p->data = true;
		say(p->fd, "354 go on\r\n");
	} else if (!strncasecmp(line, "QUIT", 4)) {
		say(p->fd, "221 bye\r\n");
	} else {
		say(p->fd, "250 ok\r\n");
	}
}

static bool
digest(struct peer *p)
{
	ssize_t got = read(p->fd, p->in + p->n, MAIL_MAX - p->n - 1);
	if (got <= 0)
		return got < 0 && errno == EAGAIN;
	p->n += (size_t)got;
	p->in[p->n] = 0;
	for (;;) {
		char *end = strstr(p->in, p->data ? "\r\n.\r\n" : "\r\n");
		if (!end)
			return p->n < MAIL_MAX - 1;
		size_t used = (size_t)(end - p->in) + (p->data ? 5 : 2);
		*end = 0;
		if (p->data) {
			char *rest = strndup(p->in + used, p->n - used);
			size_t rest_n = p->n - used;
			delivered(p);
			p->data = false;
			say(p->fd, "250 queued\r\n");
			memcpy(p->in, rest, rest_n + 1);
			p->n = rest_n;
			free(rest);
		} else {
			command(p, p->in);
			memmove(p->in, p->in + used, p->n - used + 1);
			p->n -= used;
		}
	}
}

static void *
smtp_sink(void *arg)
{
	int listener = *(int *)arg, poller = epoll_create1(0);
	struct epoll_event e = {.events = EPOLLIN, .data.ptr = NULL};
	epoll_ctl(poller, EPOLL_CTL_ADD, listener, &e);
	for (;;) {
		struct epoll_event ready[32];
		int n = epoll_wait(poller, ready, 32, -1);
		for (int i = 0; i < n; i++) {
			struct peer *p = ready[i].data.ptr;
			if (!p) {
				p = calloc(1, sizeof(*p));
				p->in = malloc(MAIL_MAX);
				p->in[0] = 0;
				p->fd = accept4(listener, NULL, NULL, SOCK_NONBLOCK);
				struct epoll_event add = {.events = EPOLLIN, .data.ptr = p};
				epoll_ctl(poller, EPOLL_CTL_ADD, p->fd, &add);
				say(p->fd, "220 sink ESMTP\r\n");
			} else if (!digest(p)) {
				close(p->fd);
				free(p->in);
				free(p);
			}
		}
	}
	return NULL;
}

/* ---- HTTP ---- */
struct browser {
	CURL *curl;
	char *page;
	size_t n, cap;
	char csrf[128];
	char location[512];
};

static size_t
take(char *p, size_t size, size_t n, void *user)
{
	struct browser *b = user;
	n *= size;
	if (b->n + n + 1 > b->cap) {
		b->cap = (b->n + n + 1) * 2;
		b->page = realloc(b->page, b->cap);
	}
	memcpy(b->page + b->n, p, n);
	b->n += n;
	b->page[b->n] = 0;
	return n;
}

static long
perform(struct browser *b, const char *path)
{
	char url[1024], *location = NULL;
	long status;
	snprintf(url, sizeof(url), "%s%s", path[0] == '/' ? base_url : "", path);
	b->n = 0;
	curl_easy_setopt(b->curl, CURLOPT_URL, url);
	CURLcode code = curl_easy_perform(b->curl);
	if (code)
		die(url, curl_easy_strerror(code));
	curl_easy_getinfo(b->curl, CURLINFO_RESPONSE_CODE, &status);
	curl_easy_getinfo(b->curl, CURLINFO_REDIRECT_URL, &location);
	snprintf(b->location, sizeof(b->location), "%s", location ? location : "");
	return status;
}

static void
get(struct browser *b, const char *path)
{
	curl_easy_setopt(b->curl, CURLOPT_HTTPGET, 1L);
	long status = perform(b, path);
	if (status != 200)
		die(path, b->n ? b->page : "no page");
	char *c = b->page ? strstr(b->page, "name=\"csrf\" value=\"") : NULL;
	if (c) {
		c += strlen("name=\"csrf\" value=\"");
		size_t n = strcspn(c, "\"");
		snprintf(b->csrf, sizeof(b->csrf), "%.*s", (int)n, c);
	}
}

static void
post(struct browser *b, const char *path, const char *fields)
{
	char body[4096];
	snprintf(body, sizeof(body), "csrf=%s&%s", b->csrf, fields);
	curl_easy_setopt(b->curl, CURLOPT_COPYPOSTFIELDS, body);
	long status = perform(b, path);
	if (status != 303) {
		fprintf(stderr, "load: status %ld\n", status);
		die(path, b->n ? b->page : "no page");
	}
}

static void
post_parts(struct browser *b, const char *path, const char *const (*fields)[2], const char *file)
{
	curl_mime *mime = curl_mime_init(b->curl);
	curl_mimepart *part = curl_mime_addpart(mime);
	curl_mime_name(part, "csrf");
	curl_mime_data(part, b->csrf, CURL_ZERO_TERMINATED);
	for (; fields && (*fields)[0]; fields++) {
		part = curl_mime_addpart(mime);
		curl_mime_name(part, (*fields)[0]);
		curl_mime_data(part, (*fields)[1], CURL_ZERO_TERMINATED);
	}
	if (file) {
		part = curl_mime_addpart(mime);
		curl_mime_name(part, "file");
		curl_mime_filedata(part, file);
		curl_mime_type(part, "application/pdf");
	}
	curl_easy_setopt(b->curl, CURLOPT_MIMEPOST, mime);
	long status = perform(b, path);
	curl_easy_setopt(b->curl, CURLOPT_HTTPGET, 1L);
	curl_mime_free(mime);
	if (status != 303) {
		fprintf(stderr, "load: status %ld\n", status);
		die(path, b->n ? b->page : "no page");
	}
}

static void
open_browser(struct browser *b)
{
	*b = (struct browser){.curl = curl_easy_init()};
	curl_easy_setopt(b->curl, CURLOPT_SSL_VERIFYPEER, 0L);
	curl_easy_setopt(b->curl, CURLOPT_SSL_VERIFYHOST, 0L);
	curl_easy_setopt(b->curl, CURLOPT_COOKIEFILE, "");
	curl_easy_setopt(b->curl, CURLOPT_WRITEFUNCTION, take);
	curl_easy_setopt(b->curl, CURLOPT_WRITEDATA, b);
	curl_easy_setopt(b->curl, CURLOPT_TIMEOUT, 60L);
	curl_easy_setopt(b->curl, CURLOPT_NOSIGNAL, 1L);
	curl_easy_setopt(b->curl, CURLOPT_TCP_NODELAY, 1L);
}

static void
send_contract(struct browser *b, int contract)
{
	char path[600], fields[2000];
	get(b, "/new");
	post_parts(b, "/new", NULL, pdf_path);
	/* Location: BASE/c/ID/edit */
	snprintf(path, sizeof(path), "%s", b->location + strlen(base_url));
	snprintf(fields, sizeof(fields),
	    "do=send&title=Load+%d&message=&"
	    "p1-company=Kou&p1-name=Taro&p1-mail=c%d-p0%%40example.test&p1-order=1&p1-entry-mail=1&p1-seal=1&"
	    "p1-place1-page=1&p1-place1-x=120&p1-place1-y=200&p1-place1-size=12&"
	    "p2-company=Otsu&p2-name=Jiro&p2-mail=c%d-p1%%40example.test&p2-order=1&p2-entry-mail=1&p2-seal="
	    "1&"
	    "p2-place1-page=1&p2-place1-x=120&p2-place1-y=230&p2-place1-size=12",
	    contract, contract, contract);
	get(b, path);
	post(b, path, fields);
}

/* Returns the moment of 締結を確定. */
static double
sign(struct browser *b, const char *link)
{
	char path[700], base[500];
	const char *token = strrchr(link, '/') + 1;
	curl_easy_setopt(b->curl, CURLOPT_COOKIELIST, "ALL");
	snprintf(path, sizeof(path), "/l/%s", token);
	get(b, path);
	strcat(path, "/open");
	post(b, path, "");
	/* Location: BASE/s/ID[/...] */
	char *id = strstr(b->location, "/s/");
	if (!id)
		die("unexpected place after opening", b->location);
	id += 3;
	snprintf(base, sizeof(base), "/s/%.*s", (int)strcspn(id, "/"), id);
	snprintf(path, sizeof(path), "%s/review", base);
	get(b, path);
	if (with_images) {
		snprintf(path, sizeof(path), "%s/page/1.png?w=720", base);
		curl_easy_setopt(b->curl, CURLOPT_HTTPGET, 1L);
		perform(b, path);
	}
	snprintf(path, sizeof(path), "%s/review", base);
	post(b, path, "");
	snprintf(path, sizeof(path), "%s/seal", base);
	get(b, path);
	static const char *const seal[][2] = {
	    {"method", "text"}, {"family", "山田"}, {"given", ""}, {"face", "0"}, {NULL, NULL}};
	post_parts(b, path, seal, NULL);
	snprintf(path, sizeof(path), "%s/confirm", base);
	get(b, path);
	char document[80] = "", fields[200];
	char *d = strstr(b->page, "name=\"document\" value=\"");
	if (d)
		snprintf(document, sizeof(document), "%.64s", d + strlen("name=\"document\" value=\""));
	snprintf(fields, sizeof(fields), "document=%s", document);
	double pressed = now_s();
	post(b, path, fields);
	return pressed;
}

/* Asks every 5 ms until the sealed PDF can be had; with the session of who pressed last. */
static double
wait_for_pdf(struct browser *b)
{
	char path[600];
	char *id = strstr(b->location, "/s/");
	id += 3;
	snprintf(path, sizeof(path), "/s/%.*s/keep/contract.pdf", (int)strcspn(id, "/"), id);
	curl_easy_setopt(b->curl, CURLOPT_HTTPGET, 1L);
	for (int i = 0; i < 20000; i++) {
		if (perform(b, path) == 200 && b->n > 4 && !memcmp(b->page, "%PDF", 4))
			return now_s();
		usleep(5000);
	}
	die("never downloadable", path);
	return 0;
}

static double latency[MAX_CONTRACTS];

static void *
worker(void *arg)
{
	struct browser sender, signer;
	char fields[600];
	(void)arg;
	open_browser(&sender);
	open_browser(&signer);
	get(&sender, "/login");
	char *mail = curl_easy_escape(sender.curl, user_mail, 0),
	     *password = curl_easy_escape(sender.curl, user_password, 0);
	snprintf(fields, sizeof(fields), "mail=%s&password=%s&next=", mail, password);
	post(&sender, "/login", fields);
	for (;;) {
		int i = atomic_fetch_add(&next_contract, 1);
		if (i >= contracts)
			break;
		send_contract(&sender, i);
		double pressed = 0;
		for (int party = 0; party < PARTIES; party++)
			pressed = sign(&signer, wait_for_link(i, party, 0));
		latency[i] = wait_for_pdf(&signer) - pressed;
		for (int party = 0; party < PARTIES; party++)
			wait_for_link(i, party, 1); /* 【締結完了】 */
	}
	return NULL;
}

static int
by_value(const void *a, const void *b)
{
	double x = *(const double *)a, y = *(const double *)b;
	return x < y ? -1 : x > y;
}

int
main(int argc, char **argv)
{
	if (argc < 8)
		die("usage", "load BASE_URL SMTP_PORT MAIL PASSWORD PDF COUNT IN_FLIGHT [images]");
	base_url = argv[1];
	user_mail = argv[3];
	user_password = argv[4];
	pdf_path = argv[5];
	contracts = atoi(argv[6]);
	int in_flight = atoi(argv[7]);
	with_images = argc > 8;
	if (contracts > MAX_CONTRACTS || in_flight < 1 || in_flight > 64)
		die("usage", "too many");
	static int listener;
	listener = socket(AF_INET, SOCK_STREAM, 0);
	int one = 1;
	setsockopt(listener, SOL_SOCKET, SO_REUSEADDR, &one, sizeof(one));
	struct sockaddr_in at = {.sin_family = AF_INET,
	    .sin_port = htons((unsigned short)atoi(argv[2])),
	    .sin_addr.s_addr = htonl(INADDR_LOOPBACK)};
	if (bind(listener, (struct sockaddr *)&at, sizeof(at)) || listen(listener, 64))
		die("smtp port", strerror(errno));
	pthread_t sink, threads[64];
	pthread_create(&sink, NULL, smtp_sink, &listener);
	curl_global_init(CURL_GLOBAL_ALL);
	double began = now_s();
	for (int i = 0; i < in_flight; i++)
		pthread_create(&threads[i], NULL, worker, NULL);
	for (int i = 0; i < in_flight; i++)
		pthread_join(threads[i], NULL);
	double seconds = now_s() - began;
	struct rusage used;
	getrusage(RUSAGE_SELF, &used);
	double own_cpu = (double)(used.ru_utime.tv_sec + used.ru_stime.tv_sec) +
	                 (double)(used.ru_utime.tv_usec + used.ru_stime.tv_usec) / 1e6;
	qsort(latency, (size_t)contracts, sizeof(latency[0]), by_value);
	printf("{\"contracts\":%d,\"seconds\":%.3f,\"per_minute\":%.1f,\"p50_ms\":%.1f,\"p95_ms\":%.1f,\"max_"
	       "ms\":%.1f,"
	       "\"mails\":%ld,\"client_cpu_s\":%.3f}\n",
	    contracts, seconds, contracts / seconds * 60, latency[contracts / 2] * 1e3,
	    latency[contracts * 95 / 100] * 1e3, latency[contracts - 1] * 1e3, atomic_load(&mails_delivered),
	    own_cpu);
	return 0;
}
