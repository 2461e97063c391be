/* A certificate with something in every block, for tests and measurements. */
#ifndef TEST_SAMPLE_CERTIFICATE_H
#define TEST_SAMPLE_CERTIFICATE_H

#include "certificate.h"

#define DIGEST STR("9f86d081884c7d659a2feaa0c55ad015a3bf4f1b2b0b822cd15d6c15b0f00a08")

static inline struct certificate
sample_certificate(struct str impression)
{
	static struct certificate_party parties[2];
	static struct certificate_line history[6], mails[2], file;
	static struct certificate_delegation delegation;
	static struct certificate_seal seals[4];

	for (int i = 0; i < 2; i++)
		parties[i] = (struct certificate_party){.role = {STR("署名者"), STR("Signer")},
		    .order = i ? STR("2") : STR("1"),
		    .sent_company = i ? STR("株式会社新宿製作所") : STR("株式会社青空商事"),
		    .sent_name = i ? STR("佐藤花子") : STR("山田太郎"),
		    .sent_mail = i ? STR("sato@example.jp") : STR("yamada@example.com"),
		    .company = i ? STR("株式会社新宿製作所") : STR("株式会社青空商事"),
		    .name = i ? STR("𠮷田 葛󠄀子") : STR("山田 太郎"),
		    .title = i ? STR("購買部長") : STR("代表取締役"),
		    .mail = i ? STR("yoshida@example.jp") : STR("yamada@example.com"),
		    .entry = i ? (struct certificate_words){STR("締結用URL"), STR("Signing URL")}
		               : (struct certificate_words){STR("メール"), STR("Mail")},
		    .authentication =
		        i ? (struct certificate_words){STR("メールで送った6桁の認証コード（1要素）"),
		                STR("Code of six digits sent by mail (1 factor)")}
		          : (struct certificate_words){STR("署名依頼メールのリンク（1要素）"),
		                STR("Link in the request mail (1 factor)")},
		    .code_sent_ms = i ? 1795395909000 : 0,
		    .code_verified_ms = i ? 1795395969000 : 0,
		    .opened_ms = 1795395800000,
		    .viewed_all_ms = 1795396000000,
		    .consented_ms = 1795396109000 + i * 100000,
		    .pages_viewed = {STR("1–8（全8ページ）"), STR("1–8 (of 8 pages)")},
		    .ip = i ? STR("2001:db8:85a3::8a2e:370:7334") : STR("203.0.113.24"),
		    .user_agent = STR("Mozilla/5.0 (iPhone; CPU iPhone OS 19_1 like Mac OS X) "
		                      "AppleWebKit/605.1.15 (KHTML, like Gecko) "
		                      "Version/19.1 Mobile/15E148 Safari/604.1"),
		    .seal_method = {STR("作成"), STR("Made from text")},
		    .impression = impression,
		    .consent_text =
		        STR("契約書の内容を確認し、電子的な方法により契約を締結することに同意します。"),
		    .event_hash = DIGEST};
	static const struct certificate_words what[] = {{STR("送信"), STR("Sent")},
	    {STR("開封"), STR("Opened")}, {STR("差し戻し"), STR("Returned")},
	    {STR("修正して再送（第2版）"), STR("Sent again, revised (version 2)")},
	    {STR("押印"), STR("Sealed")}, {STR("締結"), STR("Concluded")}};
	for (int i = 0; i < 6; i++)
		history[i] = (struct certificate_line){.at_ms = 1795395000000 + i * 600000,
		    .what = what[i],
		    .who = STR("佐藤花子"),
		    .detail = i == 2
		                  ? STR("第3条の支払期日が見積書と異なります。翌月末日に修正してください。")
		                  : STR_NONE};
	for (int i = 0; i < 2; i++)
		mails[i] = (struct certificate_line){.at_ms = 1795395000000 + i * 60000,
		    .what = i ? (struct certificate_words){STR("認証コード"), STR("Code")}
		              : (struct certificate_words){STR("署名依頼"), STR("Request to sign")},
		    .who = i ? STR("yoshida@example.jp") : STR("yamada@example.com")};
	for (int i = 0; i < 4; i++)
		seals[i] = (struct certificate_seal){
		    .kind = i == 0 ? (struct certificate_words){STR("送信時の証明"), STR("Certification")}
		            : i == 3 ? (struct certificate_words){STR("文書タイムスタンプ"),
		                           STR("Document timestamp")}
		                     : (struct certificate_words){STR("合意の署名"), STR("Approval")},
		    .field = i == 0   ? STR("keiin-certification")
		             : i == 3 ? STR("keiin-timestamp")
		             : i == 1 ? STR("kp-1-1")
		                      : STR("kp-2-1"),
		    .signer = i == 1   ? STR("株式会社青空商事 山田 太郎")
		              : i == 2 ? STR("株式会社新宿製作所 𠮷田 葛󠄀子")
		                       : STR_NONE,
		    .level = i == 3 ? STR("RFC 3161") : STR("B-T"),
		    .digest = STR("SHA-256"),
		    .at_ms = 1795396109000 + i * 60000,
		    .tsa = i == 3 ? STR("CN=Keiin TSA, O=株式会社青空商事, C=JP") : STR_NONE,
		    .token_serial = i == 3 ? STR("4a9f0211c87355e0a1b2c3d4e5f60718") : STR_NONE};
	delegation = (struct certificate_delegation){1795395500000,
	    STR("株式会社新宿製作所 佐藤花子 <sato@example.jp>"),
	    STR("株式会社新宿製作所 𠮷田葛󠄀子 <yoshida@example.jp>"),
	    STR("署名権限者のため"),
	    {STR("署名依頼メールのリンク（1要素）"), STR("Link in the request mail (1 factor)")}};
	file = (struct certificate_line){
	    1795396050000, {STR("登記事項証明書.pdf"), STR_NONE}, STR("株式会社新宿製作所"), DIGEST};
	return (struct certificate){.number = STR("KC-2026-000123"),
	    .document_id = STR("01hv3q8zk5m7n2p4r6s8t0vwxy"),
	    .title = STR("業務委託契約書（ウェブサイト改善）"),
	    .contract_number = STR("2026-総務-0042"),
	    .issuer = STR("株式会社青空商事 電子契約運用部"),
	    .sender = STR("株式会社青空商事 佐藤 一郎"),
	    .operator_url = STR("https://keiyaku.example.jp/verify"),
	    .qr_url = STR("https://keiyaku.example.jp/verify?"
	                  "contract=9f86d081884c7d659a2feaa0c55ad015a3bf4f1b2b0b822cd15d6c15b0f00a08"),
	    .seal_subject = STR("CN=Keiin Seal, O=株式会社青空商事, C=JP"),
	    .seal_serial = STR("4a:9f:02:11:c8:73:55:e0"),
	    .seal_fingerprint = DIGEST,
	    .tsa_name = STR("CN=Keiin TSA, O=株式会社青空商事, C=JP"),
	    .pages = 8,
	    .version = 2,
	    .sent_sha256 = DIGEST,
	    .concluded_sha256 = DIGEST,
	    .files = &file,
	    .files_n = 1,
	    .sent_ms = 1795395000000,
	    .concluded_ms = 1795396300000,
	    .issued_ms = 1795396310000,
	    .parties = parties,
	    .parties_n = 2,
	    .delegations = &delegation,
	    .delegations_n = 1,
	    .history = history,
	    .history_n = 6,
	    .mails = mails,
	    .mails_n = 2,
	    .seals = seals,
	    .seals_n = 4,
	    .audit_head = DIGEST,
	    .audit_n = 24,
	    .checkpoint_ms = 1795395000000,
	    .checkpoint_size = 1234,
	    .checkpoint_root = DIGEST,
	    .audit_json = STR("{\"audit\":[{\"n\":1,\"event\":\"sent\"}]}")};
}

#endif
