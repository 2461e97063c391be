/* SMTP by libcurl. Connections are kept between mails: a thread takes one that is free, or a new one. */
#include "smtp.h"
#include "log.h"
#include "message.h"
#include "utf8.h"

#include <curl/curl.h>
#include <pthread.h>
#include <stdio.h>
#include <stdlib.h>

enum { IDLE_MAX = 16, CONNECT_MS = 10000, TOTAL_MS = 60000, ANSWER_MAX = 500, TEXT_MAX = 512 };

struct smtp {
	char url[TEXT_MAX], user[TEXT_MAX], password[TEXT_MAX], from[TEXT_MAX], ca_file[TEXT_MAX];
	bool starttls;
	pthread_mutex_t mutex;
	CURL *idle[IDLE_MAX];
	unsigned idle_n;
};

/* What one sending has come to. */
struct dialogue {
	struct str left; /* bytes to send */
	bool about_mail; /* RCPT or the contents were the last thing said: a refusal is about this mail */
	bool leaving;    /* QUIT was said: what follows is courtesy */
	char answer[ANSWER_MAX]; /* the server's last line before that */
};

static pthread_once_t once = PTHREAD_ONCE_INIT;

static void
start_curl(void)
{
	curl_global_init(CURL_GLOBAL_DEFAULT);
}

static bool
copy(char to[TEXT_MAX], struct str s)
{
	if (s.n >= TEXT_MAX || (s.n && memchr(s.p, 0, s.n)))
		return false;
	if (s.n)
		memcpy(to, s.p, s.n);
	return true;
}

static bool
is_mail_url(struct str url)
{
	return str_starts(url, STR("smtp://")) || str_starts(url, STR("smtps://"));
}

enum err
smtp_open(const struct mail_settings *settings, struct smtp **ret)
{
	pthread_once(&once, start_curl);
	struct smtp *s = calloc(1, sizeof(*s));
	if (!s)
		return ERR_NOMEM;
	if (!is_mail_url(settings->smtp_url) || !copy(s->url, settings->smtp_url) ||
	    !copy(s->user, settings->user) || !copy(s->password, settings->password) ||
	    !copy(s->from, settings->from) || !copy(s->ca_file, settings->ca_file)) {
		free(s);
		return ERR_CONFIG;
	}
	s->starttls = settings->starttls;
	pthread_mutex_init(&s->mutex, NULL);
	*ret = s;
	return OK;
}

void
smtp_close(struct smtp *s)
{
	for (unsigned i = 0; i < s->idle_n; i++)
		curl_easy_cleanup(s->idle[i]);
	pthread_mutex_destroy(&s->mutex);
	explicit_bzero(s->password, sizeof(s->password));
	free(s);
}

static size_t
give_bytes(char *to, size_t size, size_t n, void *user)
{
	struct dialogue *d = user;
	struct str part = str_slice(d->left, 0, size * n);
	if (part.n)
		memcpy(to, part.p, part.n);
	d->left = str_slice(d->left, part.n, d->left.n);
	return part.n;
}

static size_t
hear_line(char *line, size_t size, size_t n, void *user)
{
	struct dialogue *d = user;
	if (!d->leaving)
		snprintf(d->answer, sizeof(d->answer), "%.*s", STR_ARG(str_trim(str_make(line, size * n))));
	return size * n;
}

static int
watch(CURL *c, curl_infotype type, char *data, size_t n, void *user)
{
	struct dialogue *d = user;
	struct str said = str_make(data, n);
	if (type != CURLINFO_HEADER_OUT)
		return 0;
	d->leaving = str_starts(said, STR("QUIT"));
	if (!d->leaving)
		d->about_mail = str_starts(said, STR("RCPT ")) || str_starts(said, STR("DATA"));
	return 0;
}

static CURL *
take(struct smtp *s)
{
	CURL *c = NULL;
	pthread_mutex_lock(&s->mutex);
	if (s->idle_n)
		c = s->idle[--s->idle_n];
	pthread_mutex_unlock(&s->mutex);
	return c ? c : curl_easy_init();
}

static void
give_back(struct smtp *s, CURL *c)
{
	pthread_mutex_lock(&s->mutex);
	if (s->idle_n < IDLE_MAX) {
		s->idle[s->idle_n++] = c;
		c = NULL;
	}
	pthread_mutex_unlock(&s->mutex);
	if (c)
		curl_easy_cleanup(c);
}

static bool
prepare(const struct smtp *s, CURL *c, struct dialogue *d, struct curl_slist *to)
{
	char from[TEXT_MAX + 2];
	bool implicit = str_starts(str_c(s->url), STR("smtps://"));
	long tls = implicit || s->starttls ? CURLUSESSL_ALL : CURLUSESSL_NONE;
	snprintf(from, sizeof(from), "<%s>", s->from);
	curl_easy_reset(c); /* keeps the connection */
	CURLcode r = curl_easy_setopt(c, CURLOPT_URL, s->url);
	r = r ? r : curl_easy_setopt(c, CURLOPT_PROTOCOLS_STR, "smtp,smtps");
	r = r ? r : curl_easy_setopt(c, CURLOPT_PROXY, "");
	r = r ? r : curl_easy_setopt(c, CURLOPT_USE_SSL, tls);
	r = r ? r : curl_easy_setopt(c, CURLOPT_SSLVERSION, (long)CURL_SSLVERSION_TLSv1_2);
	r = r ? r : curl_easy_setopt(c, CURLOPT_MAIL_FROM, from);
	r = r ? r : curl_easy_setopt(c, CURLOPT_MAIL_RCPT, to);
	r = r ? r : curl_easy_setopt(c, CURLOPT_UPLOAD, 1L);
	r = r ? r : curl_easy_setopt(c, CURLOPT_INFILESIZE_LARGE, (curl_off_t)d->left.n);
	r = r ? r : curl_easy_setopt(c, CURLOPT_READFUNCTION, give_bytes);
	r = r ? r : curl_easy_setopt(c, CURLOPT_READDATA, d);
	r = r ? r : curl_easy_setopt(c, CURLOPT_HEADERFUNCTION, hear_line);
	r = r ? r : curl_easy_setopt(c, CURLOPT_HEADERDATA, d);
	r = r ? r : curl_easy_setopt(c, CURLOPT_DEBUGFUNCTION, watch);
	r = r ? r : curl_easy_setopt(c, CURLOPT_DEBUGDATA, d);
	r = r ? r : curl_easy_setopt(c, CURLOPT_VERBOSE, 1L);
	r = r ? r : curl_easy_setopt(c, CURLOPT_NOSIGNAL, 1L);
	r = r ? r : curl_easy_setopt(c, CURLOPT_CONNECTTIMEOUT_MS, (long)CONNECT_MS);
	r = r ? r : curl_easy_setopt(c, CURLOPT_TIMEOUT_MS, (long)TOTAL_MS);
	if (s->ca_file[0])
		r = r ? r : curl_easy_setopt(c, CURLOPT_CAINFO, s->ca_file);
	if (s->user[0]) {
		r = r ? r : curl_easy_setopt(c, CURLOPT_USERNAME, s->user);
		r = r ? r : curl_easy_setopt(c, CURLOPT_PASSWORD, s->password);
	}
	return r == CURLE_OK;
}

static struct str
clean(struct arena *a, const char *words)
{
	char *p = arena_cstr(a, str_c(words));
	bool valid = utf8_valid(str_c(p));
	for (char *c = p; *c; c++)
		if ((unsigned char)*c < ' ' || *c == 0x7f || (!valid && (unsigned char)*c > 0x7e))
			*c = '?';
	return str_c(p);
}

/* Of the server's last line; 0 when it is none. libcurl's own number may be that of the farewell. */
static unsigned
reply_code(const struct dialogue *d)
{
	unsigned long long code = 0;
	return str_to_u64(str_slice(str_c(d->answer), 0, 3), 599, &code) ? (unsigned)code : 0;
}

static enum err
judge(CURLcode result, struct dialogue *d, struct arena *a, struct str *ret_answer)
{
	unsigned code = reply_code(d);
	if (result == CURLE_OK) {
		*ret_answer = clean(a, d->answer);
		return OK;
	}
	*ret_answer = clean(a, code >= 400 ? d->answer : curl_easy_strerror(result));
	/* a refused login or sender is ours to mend: this mail is still good */
	return code >= 500 && d->about_mail && result != CURLE_LOGIN_DENIED ? ERR_INVALID : ERR_SMTP;
}

/* A connection that was kept may have died since. Nothing was answered then, and the message id is the same:
 * try once more. */
static bool
died_idle(CURL *c, CURLcode result, const struct dialogue *d)
{
	long fresh = 0;
	unsigned code = reply_code(d);
	curl_easy_getinfo(c, CURLINFO_NUM_CONNECTS, &fresh);
	return result != CURLE_OK && result != CURLE_OPERATION_TIMEDOUT && fresh == 0 &&
	       (code < 400 || code == 421);
}

enum err
smtp_send(struct smtp *s, struct str to, struct str bytes, struct arena *a, struct str *ret_answer)
{
	*ret_answer = STR("the mail is not valid");
	if (!message_address_ok(to))
		return ERR_INVALID;
	CURL *c = take(s);
	struct curl_slist *list = curl_slist_append(NULL, arena_printf(a, "<%.*s>", STR_ARG(to)).p);
	struct dialogue d = {.left = bytes};
	enum err e = ERR_NOMEM;
	if (c && list && prepare(s, c, &d, list)) {
		CURLcode r = curl_easy_perform(c);
		if (died_idle(c, r, &d)) {
			d = (struct dialogue){.left = bytes};
			curl_easy_setopt(c, CURLOPT_FRESH_CONNECT, 1L);
			r = curl_easy_perform(c);
		}
		e = judge(r, &d, a, ret_answer);
	}
	curl_slist_free_all(list);
	if (c)
		give_back(s, c);
	if (e == ERR_SMTP)
		log_event(LOG_WARN, "smtp", "answer=\"%.*s\"", STR_ARG(*ret_answer));
	return e;
}
