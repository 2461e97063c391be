/* Composes and sends letters as the jobs do, for test_letters.py:
 *     letters compose DIR         DIR/KIND-ja.eml and DIR/KIND-en.eml of every kind, and KIND-bare-*.eml with
 * what may be absent absent letters send URL TO CA      sends one (CA: a file of trust anchors, which also
 * asks for STARTTLS; or -), prints the error's name and the server's words */
#include "buf.h"
#include "letters.h"
#include "mailer_new.h"
#include "message.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

static const char *const kinds[] = {[LETTER_REQUEST] = "request",
    [LETTER_CODE] = "code",
    [LETTER_RETURNED] = "returned",
    [LETTER_RETURN_RECEIPT] = "return-receipt",
    [LETTER_REVISED] = "revised",
    [LETTER_FORWARDED] = "forwarded",
    [LETTER_FORWARD_NOTICE] = "forward-notice",
    [LETTER_SIGNED] = "signed",
    [LETTER_COMPLETED] = "completed",
    [LETTER_WITHDRAWN] = "withdrawn",
    [LETTER_RESEND] = "resend"};

static const int64_t CONCLUDED_MS = 1795401909000;
#define RAW(s)                                                                                               \
	{                                                                                                    \
		s, sizeof(s) - 1                                                                             \
	}
static struct str parties_ja[] = {RAW("株式会社青空商事 佐藤 花子"), RAW("みらい設計合同会社 山田 太郎")};
static struct str parties_en[] = {
    RAW("Aozora Trading Co., Ltd. Hanako Sato"), RAW("Mirai Design LLC Taro Yamada")};

static struct letter
sample(enum letter_kind kind, bool english)
{
	const bool e = english;

	return (struct letter){.kind = kind,
	    .product_name = STR("契印 Keiin"),
	    .base_url = STR("https://keiin.example"),
	    .title = e ? STR("Master <service> agreement") : STR("業務委託<基本>契約書"),
	    .message = e ? STR("Hello,\nplease look at article 3 & sign.\n<b>Hanako</b>")
	                 : STR("お世話になっております。\n第3条 & 別紙をご確認ください。\n<b>佐藤</b>"),
	    .document_id = STR("K7QF-2M9X-ABCD"),
	    .sender_company = e ? STR("Aozora Trading Co., Ltd.") : STR("株式会社青空商事"),
	    .sender_name = e ? STR("Hanako Sato") : STR("佐藤 花子"),
	    .sender_mail = STR("sato@aozora.example"),
	    .to_company = e ? STR("Mirai Design LLC") : STR("みらい設計合同会社"),
	    .to_name = e ? STR("Taro Yamada") : STR("山田 太郎"),
	    .to_mail = STR("yamada@mirai.example"),
	    .who = e ? STR("Taro Yamada") : STR("乙 山田 太郎様"),
	    .who_before = e ? STR("Ichiro Suzuki") : STR("乙 鈴木 一郎様"),
	    .reason = e ? STR("Please make the term two years.\nSee article 3.")
	                : STR("契約期間を2年にしてください。\n第3条です。"),
	    .code = STR("048213"),
	    .url = STR("https://keiin.example/l/q3JZ0c9Kx7vW2mB5tY8nLr4H?a=1&b=2"),
	    .guide_url = STR("https://keiin.example/guide"),
	    .parties = e ? parties_en : parties_ja,
	    .parties_n = 2,
	    .done_n = 1,
	    .total_n = 2,
	    .version = kind == LETTER_REVISED ? 2 : 1,
	    .concluded_ms = CONCLUDED_MS,
	    .at_ms = CONCLUDED_MS,
	    .english = english};
}

static struct letter
bare(enum letter_kind kind, bool english)
{
	struct letter full = sample(kind, english);

	return (struct letter){.kind = kind,
	    .product_name = full.product_name,
	    .base_url = full.base_url,
	    .title = full.title,
	    .sender_name = full.sender_name,
	    .to_mail = full.to_mail,
	    .who = full.who,
	    .who_before = full.who_before,
	    .code = full.code,
	    .url = full.url,
	    .version = full.version,
	    .english = english};
}

static void
need(enum err e, const char *what)
{
	if (e == OK)
		return;
	fprintf(stderr, "%s: %s\n", what, err_info(e)->name);
	exit(1);
}

static struct mail
compose(struct arena *a, struct letter l, const char *id)
{
	struct mail m = {.message_id = str_c(id), .at_ms = CONCLUDED_MS};

	need(letter_compose(a, &l, &m), id);
	return m;
}

static void
write_mail(struct arena *a, const char *folder, const char *name, struct letter l)
{
	struct mail m = compose(a, l, name);
	struct buf bytes = {0};

	need(message_build(a, &m, STR("no-reply@keiin.example"), &bytes), name);
	FILE *f = fopen(arena_printf(a, "%s/%s.eml", folder, name).p, "w");
	if (!f || fwrite(bytes.p, 1, bytes.n, f) != bytes.n || fclose(f))
		need(ERR_IO, name);
	buf_free(&bytes);
}

static void
compose_all(struct arena *a, const char *folder)
{
	for (unsigned k = 0; k < sizeof(kinds) / sizeof(kinds[0]); k++)
		for (int english = 0; english < 2; english++) {
			const char *language = english ? "en" : "ja";
			write_mail(
			    a, folder, arena_printf(a, "%s-%s", kinds[k], language).p, sample(k, english));
			write_mail(
			    a, folder, arena_printf(a, "%s-bare-%s", kinds[k], language).p, bare(k, english));
		}
}

static void
send_one(struct arena *a, const char *url, const char *to, const char *ca)
{
	bool tls = strcmp(ca, "-") != 0;
	struct mail_settings settings = {.from = STR("no-reply@keiin.example"),
	    .smtp_url = str_c(url),
	    .user = tls ? STR("keiin") : STR_NONE,
	    .password = tls ? STR("secret") : STR_NONE,
	    .starttls = tls,
	    .ca_file = tls ? str_c(ca) : STR_NONE};
	struct mail m = compose(a, sample(LETTER_REQUEST, false), "job-42");
	struct mailer *mailer;
	struct str answer = STR_NONE;

	m.to = str_c(to);
	need(mailer_new(a, &settings, &mailer), "mailer_new");
	enum err e = mailer_send(mailer, &m, a, &answer);
	printf("%s\n%.*s\n", e == OK ? "OK" : err_info(e)->name, STR_ARG(answer));
	mailer_free(mailer);
}

int
main(int argc, char **argv)
{
	struct arena a = {0};

	if (argc == 3 && strcmp(argv[1], "compose") == 0)
		compose_all(&a, argv[2]);
	else if (argc == 5 && strcmp(argv[1], "send") == 0)
		send_one(&a, argv[2], argv[3], argv[4]);
	else
		return 2;
	arena_free(&a);
	return 0;
}
