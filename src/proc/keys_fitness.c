#include "keys_fitness.h"

#include "clock.h"
#include "log.h"

#include <stdio.h>

static const int64_t DAY_MS = 86400000;

static const struct {
	const char *ja, *en;
} KEYS[] = {[KEY_SEAL] = {"署名用", "seals"}, [KEY_TSA] = {"タイムスタンプ用", "timestamps"}};

static const struct {
	const char *ja, *en;
} FAULTS[] = {
    [KEYS_NOT_YET] = {"はまだ有効期間前です", "is not valid yet"},
    [KEYS_ENDED] = {"の有効期間が終わっています", "has ended"},
    [KEYS_ANOTHER_KEY] = {"は秘密鍵と対になっていません", "belongs to another key"},
    [KEYS_WRONG_USE] = {"はこの用途に使えません（鍵用途の制限）", "is not for this use (key usage)"},
};

static enum err
say(const char *ja, const char *en, enum err e)
{
	fprintf(stderr, "keiin: %s / %s (%s)\n", ja, en, err_info(e)->name);
	return e;
}

static enum err
open_keys(
    struct arena *a, const struct keys_source *s, struct keys **ret, struct certificates *ret_certificates)
{
	enum err e = keys_outside_publish(s);

	if (e != OK)
		return say("seal.* "
		           "で指定された鍵または証明書を使えません。ファイル、パスワード、鍵の種類を確認して"
		           "ください",
		    "the key or certificates that seal.* names cannot be used: look at the files, the "
		    "password, "
		    "the kind of key",
		    e);
	e = certificates_load(a, s->dir, ret_certificates);
	if (e == OK)
		e = keys_open(s, ret);
	return e == OK ? OK
	               : say("鍵または証明書を読み込めません", "keys or certificates cannot be loaded", e);
}

static enum err
say_fault(enum key_id key, const char *ja, const char *en, int64_t until_ms)
{
	struct arena a CLEANUP(arena_free) = {0};
	struct str until = clock_iso(&a, until_ms);

	fprintf(stderr, "keiin: %sの証明書%s（%.10s まで） / the certificate for %s %s (valid to %.10s)\n",
	    KEYS[key].ja, ja, until.p, KEYS[key].en, en, until.p);
	return ERR_CONFIG;
}

enum err
keys_fitness_remind(enum key_id key, int64_t until_ms, int64_t now_ms)
{
	int64_t days = (until_ms - now_ms) / DAY_MS;

	if (until_ms <= now_ms) {
		log_event(LOG_ERROR, "certificate", "key=%s has ended", KEYS[key].en);
		return ERR_CONFIG;
	}
	if (days < KEYS_WARN_DAYS)
		log_event(LOG_WARN, "certificate", "key=%s ends in days=%lld", KEYS[key].en, (long long)days);
	return OK;
}

static enum err
judge(enum key_id key, const struct keys_finding *f, int64_t now_ms, bool allow_short)
{
#ifndef MUTANT_FITNESS
	if (f->fault != KEYS_FIT)
		return say_fault(key, FAULTS[f->fault].ja, FAULTS[f->fault].en, f->until_ms);
#endif
	if (f->until_ms - now_ms < KEYS_SHORT_DAYS * DAY_MS && !allow_short)
		return say_fault(key,
		    "はまもなく終わります。更新するか、seal.allow_short = on を指定してください",
		    "ends soon: renew it, or set seal.allow_short = on", f->until_ms);
	return keys_fitness_remind(key, f->until_ms, now_ms);
}

static enum err
insist(struct arena *a, const struct keys_source *source, bool allow_short, struct keys **keys)
{
	struct certificates certificates;
	int64_t now_ms = clock_utc_ms();

	TRY(open_keys(a, source, keys, &certificates));
	for (enum key_id key = KEY_SEAL; key <= KEY_TSA; key++) {
		struct keys_finding finding;

		TRY(keys_check(*keys, &certificates, key, now_ms, &finding));
		TRY(judge(key, &finding, now_ms, allow_short));
	}
	return OK;
}

enum err
keys_fitness_insist(const struct keys_source *source, bool allow_short)
{
	struct arena a CLEANUP(arena_free) = {0};
	struct keys *keys = NULL;
	enum err e = insist(&a, source, allow_short, &keys);

	keys_free(keys);
	return e;
}
