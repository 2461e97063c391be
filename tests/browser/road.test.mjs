/* The whole road: a sender on a desktop and signers on phones, from first run to 締結完了, by mail and by 締結用URL.
 * The checks are named after the sentences S01-S43 of the signing guide that they hold the product to. */
import fs from "node:fs";
import path from "node:path";
import { BINARY, DESKTOP, PHONE, SHOTS, check, complaints, expect, finish, launch, linkIn, look, mailTo, makePdf, person, run, startKeiin, until } from "./harness.mjs";

const keiin = await startKeiin();
const browser = await launch();
const sender = await person(browser, DESKTOP);
const ADMIN = { mail: "admin@aozora.example", password: "correct horse battery" };
const KOU = { company: "株式会社青空商事", name: "山田 太郎", mail: "taro@aozora.example" };
const OTSU = { company: "合同会社みらい", name: "佐藤 花子", mail: "hanako@mirai.example" };
const HEI = { company: "有限会社丙", name: "鈴木 一郎", mail: "ichiro@hei.example" };
const contract = path.join(keiin.folder, "contract.pdf");
fs.writeFileSync(contract, makePdf(["Service agreement 1", "Service agreement 2", "Service agreement 3"]));
const revised = path.join(keiin.folder, "revised.pdf");
fs.writeFileSync(revised, makePdf(["Service agreement, revised 1", "Revised 2", "Revised 3"]));
const red = path.join(keiin.folder, "seal.png");
run("/usr/bin/python3", "-c", `
import zlib, struct, math
w = h = 240
rows = b"".join(b"\\0" + b"".join((b"\\xc8\\x2b\\x22" if 85 < math.hypot(x - 120, y - 120) < 100 or (abs(x - 120) < 8 and abs(y - 120) < 60) or (abs(y - 120) < 8 and abs(x - 120) < 60) else b"\\xf4\\xf1\\xec") for x in range(w)) for y in range(h))
chunk = lambda k, d: struct.pack(">I", len(d)) + k + d + struct.pack(">I", zlib.crc32(k + d))
open("${red}", "wb").write(b"\\x89PNG\\r\\n\\x1a\\n" + chunk(b"IHDR", struct.pack(">IIBBBBB", w, h, 8, 2, 0, 0, 0)) + chunk(b"IDAT", zlib.compress(rows)) + chunk(b"IEND", b""))
`);

const press = (page, name) => page.getByRole("button", { name, exact: true }).click();
const heading = (page) => page.locator("h1").first().innerText();
const atHeading = (page, text) => until(`the heading ${text}`, async () => (await heading(page).catch(() => "")).includes(text));
const steps = (page) => page.locator("ol.steps li").count();

/* ---- first run ---- */
await check("first run: the set-up page makes the organisation and its administrator", async () => {
	await sender.goto(keiin.base);
	await atHeading(sender, "はじめの設定");
	await look(sender, "setup");
	await sender.fill("#organisation", KOU.company);
	await sender.fill("#name", "管理 花代");
	await sender.fill("#mail", ADMIN.mail);
	await sender.fill("#password", "short");
	await press(sender, "登録して始める");
	expect((await sender.locator("#password-fault").innerText()).length > 0, "S05: a short password is refused with a reason");
	await sender.fill("#password", ADMIN.password);
	await press(sender, "登録して始める");
	await atHeading(sender, "契約書");
	await look(sender, "home-empty");
});

await check("S05 the sender's account needs its password", async () => {
	const stranger = await person(browser, DESKTOP);
	await stranger.goto(keiin.base);
	await atHeading(stranger, "ログイン");
	await look(stranger, "login");
	await stranger.fill("#mail", ADMIN.mail);
	await stranger.fill("#password", "wrong password");
	await press(stranger, "ログイン");
	expect((await stranger.locator("#faults").innerText()).includes("パスワードが違います"), "a wrong password is refused");
	await stranger.context().close();
});

await check("sample: 「サンプル契約書で試す」 makes three pages with two participants, ready to send", async () => {
	await press(sender, "サンプル契約書で試す");
	await atHeading(sender, "署名者と押印位置");
	expect((await sender.locator("[data-participant]").count()) === 2, "two participants");
	expect((await sender.locator("svg[data-page]").count()) === 3, "three pages");
	await look(sender, "draft-sample");
});

/* ---- send ---- */
async function fillParticipant(number, who, more = {}) {
	await sender.fill(`#p${number}-company`, who.company);
	await sender.fill(`#p${number}-name`, who.name);
	await sender.fill(`#p${number}-mail`, who.mail);
	await sender.fill(`#p${number}-order`, String(more.order ?? number));
	await sender.setChecked(`[name=p${number}-entry-mail]`, more.mail ?? true);
	await sender.setChecked(`[name=p${number}-entry-url]`, more.url ?? false);
	await sender.setChecked(`[name=p${number}-seal]`, more.seal ?? true);
	await sender.setChecked(`[name=p${number}-ink]`, more.ink ?? false);
	if (more.seal ?? true) {
		await sender.fill(`#p${number}-place1-page`, "3");
		await sender.fill(`#p${number}-place1-x`, "120");
		await sender.fill(`#p${number}-place1-y`, String(100 + 30 * number));
	}
}

let envelope;
await check("upload: a PDF becomes a draft; what cannot be accepted is refused with a reason", async () => {
	await sender.goto(`${keiin.base}/new`);
	await look(sender, "new");
	const junk = path.join(keiin.folder, "junk.pdf");
	fs.writeFileSync(junk, "this is no PDF");
	await sender.setInputFiles("#file", junk);
	await until("the reason", async () => (await sender.locator("body").innerText()).includes("PDFファイルではありません"));
	await sender.goto(`${keiin.base}/new`);
	await sender.setInputFiles("#file", contract);
	await atHeading(sender, "署名者と押印位置");
});

await check("S16 per participant the sender chooses mail, 締結用URL, or both, and sends", async () => {
	await sender.fill("#title", "業務委託基本契約書");
	await sender.fill("#message", "よろしくお願いいたします。\nご確認ください。");
	await fillParticipant(1, KOU);
	await press(sender, "署名者を追加");
	await fillParticipant(2, OTSU, { url: true, ink: true });
	await press(sender, "署名者を追加");
	await fillParticipant(3, HEI, { order: 2, seal: false });
	await sender.locator("#p1").getByRole("button", { name: "書類を追加" }).click();
	await sender.fill("[name=p1-request1-name]", "登記事項証明書");
	await sender.setChecked("[name=p1-request1-required]", true);
	await look(sender, "draft");
	await press(sender, "送信する");
	await until("the detail page", async () => /\/c\/[a-z0-9]+$/.test(sender.url()));
	envelope = sender.url();
});

/* ---- receive ---- */
const signer = await person(browser, PHONE);
let request;
await check("S11 the request mail has 「確認する」, which opens the request directly, without a code", async () => {
	request = await mailTo(keiin, KOU.mail, "業務委託基本契約書");
	expect(request.subject.startsWith("【署名依頼】"), `the subject says what it is: ${request.subject}`);
	expect(request.html.includes("確認する") && request.defects.length === 0, "the button, in a mail without defects");
	expect(request.text.includes("よろしくお願いいたします。"), "the sender's message");
	await signer.goto(linkIn(request));
	await look(signer, "sign-1-landing");
	await press(signer, "契約書を開く");
});

await check("a GET changes nothing: a mail scanner that opens links leaves no trace", async () => {
	const other = keiin.mails().filter((m) => m.to === HEI.mail);
	expect(other.length === 0, "nobody is asked before their turn");
});

await check("S07 the signer needs no account and installs nothing", async () => {
	expect(!(await signer.content()).includes('type="password"'), "no password is asked");
});

await check("S17 the contract appears right after entry; S18 its first page only", async () => {
	await atHeading(signer, "内容を確認");
	expect((await signer.locator("figure.sheet img").count()) === 1, "one page image");
	await until("the page image", () => signer.locator("figure.sheet img").first().evaluate((i) => i.complete && i.naturalWidth > 300));
	await look(signer, "sign-2-review");
});

await check("S19 「すべて見る」 opens the whole contract", async () => {
	await signer.getByRole("button", { name: /すべて見る/ }).click();
	await until("three pages", async () => (await signer.locator("figure.sheet img").count()) === 3);
	await look(signer, "sign-2-all");
	const pdf = await signer.request.get(`${signer.url().split("/review")[0]}/contract.pdf`);
	expect(pdf.status() === 200 && (await pdf.body()).subarray(0, 5).toString() === "%PDF-", "as PDF, too");
});

await check("S43 the words are those of the guide: 次へ, 差し戻しする", async () => {
	expect(await signer.getByRole("button", { name: "次へ", exact: true }).isVisible(), "次へ");
	expect(await signer.getByRole("link", { name: "差し戻しする", exact: true }).isVisible(), "差し戻しする");
});

/* ---- return ---- */
await check("S21 S22 差し戻しする opens the reason box and 差し戻し", async () => {
	await signer.getByRole("link", { name: "差し戻しする", exact: true }).click();
	await atHeading(signer, "差し戻し");
	await look(signer, "sign-2-return");
	expect(await signer.locator("textarea#reason").isVisible(), "a box for the reason");
});

await check("S23 the reason is mandatory: blank is refused, by the server too", async () => {
	await signer.fill("#reason", "  　\n ");
	await signer.evaluate(() => document.querySelector("#return").submit()); /* past the script's own check */
	await until("the refusal", async () => (await signer.locator("body").innerText()).includes("差し戻し理由を入力してください"));
});

await check("S24 差し戻し reaches the sender with the reason; the version can no longer be signed", async () => {
	await signer.fill("#reason", "第2条の委託料を月額に直してください。");
	await press(signer, "差し戻し");
	const notice = await mailTo(keiin, ADMIN.mail, "差し戻し");
	expect(notice.text.includes("第2条の委託料を月額に直してください。"), "the reason in the mail");
	await look(signer, "sign-2-returned");
	await signer.goto(linkIn(request));
	expect((await signer.locator("body").innerText()).includes("差し戻"), "the old link says so");
	expect((await signer.getByRole("button", { name: "契約書を開く" }).count()) === 0, "and opens nothing");
});

await check("return: the sender uploads a new version and the same thread goes on as 第2版; old links say so", async () => {
	await sender.goto(envelope);
	expect((await sender.locator("#returned").innerText()).includes("月額"), "the reason on the sender's screen");
	await look(sender, "detail-returned");
	await sender.getByRole("link", { name: "修正版を送る" }).click();
	await sender.setInputFiles("#file", revised);
	await atHeading(sender, "第2版");
	expect((await sender.inputValue("#p2-name")) === OTSU.name, "participants carried over");
	await press(sender, "送信する");
	await until("the detail page", async () => /\/c\/[a-z0-9]+$/.test(sender.url()));
	envelope = sender.url();
	const before = request;
	request = await mailTo(keiin, KOU.mail, "第2版");
	await signer.goto(linkIn(before));
	expect((await signer.locator("body").innerText()).includes("差し替え"), "the old link says 差し替え済み");
	await look(signer, "state-superseded");
});

/* ---- documents ---- */
await check("S20 「次へ」 moves on; S25 the requested documents are listed", async () => {
	await signer.goto(linkIn(request));
	await press(signer, "契約書を開く");
	await press(signer, "次へ");
	await atHeading(signer, "書類を提出");
	expect((await signer.locator("body").innerText()).includes("登記事項証明書"), "the document's name");
	await look(signer, "sign-3-documents");
});

await check("S26 a missing required document stops the way on", async () => {
	await press(signer, "次へ");
	await until("the refusal", async () => (await signer.locator("#faults").count()) > 0);
	await atHeading(signer, "書類を提出");
});

await check("S25 the document is uploaded and 「次へ」 goes on", async () => {
	await signer.setInputFiles("input[type=file]", contract);
	await until("the file", async () => (await signer.locator("body").innerText()).includes("提出済み"));
	await look(signer, "sign-3-submitted");
	await press(signer, "次へ");
	await atHeading(signer, "印影を作成");
});

/* ---- seal ---- */
await check("S28 「印影を作成」 from text; S29 a toggle to another method; S31 no handwriting unless allowed", async () => {
	const methods = await signer.locator("input[name=method]").evaluateAll((all) => all.map((i) => i.value));
	expect(methods.join() === "text,image", `text and image only, found ${methods}`);
	await until("the previews", () => signer.locator("img[data-face]").first().evaluate((i) => i.complete && i.naturalWidth > 50));
	await look(signer, "sign-4-seal");
});

await check("S30 「印影をアップロード」: the signer's own image, its background removed", async () => {
	await signer.getByRole("radio", { name: "印影をアップロード" }).check();
	await signer.setInputFiles("#image", red);
	await look(signer, "sign-4-upload");
	await press(signer, "最終プレビュー");
	await atHeading(signer, "最終確認");
});

await check("S32 「最終プレビュー」 shows the impression on the document; S34 everything is shown once more", async () => {
	const seal = signer.locator("svg image").nth(1);
	await until("the impression on its page", () => seal.count());
	const text = await signer.locator("body").innerText();
	for (const fact of [KOU.company, KOU.name, KOU.mail, "登記事項証明書"]) expect(text.includes(fact), fact);
	await look(signer, "sign-5-confirm");
});

await check("S35 「締結を確定」 is the one act of consent: pressed twice it counts once, and a reload is safe", async () => {
	await signer.getByRole("button", { name: "締結を確定", exact: true }).dblclick();
	await atHeading(signer, "署名が完了しました");
	expect((await signer.locator("body").innerText()).includes("1／3名"), "others are waited for");
	await signer.reload();
	await atHeading(signer, "署名が完了しました");
	await look(signer, "sign-6-waiting");
});

await check("S36 nobody is told 締結完了 before everybody has concluded", async () => {
	expect(!keiin.mails().some((m) => m.subject.includes("締結完了")), "no such mail yet");
	const keep = await signer.request.get(`${signer.url().replace(/\/[^/]*$/, "")}/keep/contract.pdf`);
	expect(keep.status() !== 200, "no partly signed file leaves the system");
});

/* ---- the shared URL ---- */
const second = await person(browser, PHONE);
let sharedUrl;
await check("S12 the 締結用URL asks who opens it", async () => {
	await sender.goto(envelope);
	await look(sender, "detail-sent");
	sharedUrl = await sender.locator("[data-shared-url]").first().inputValue();
	expect(!sharedUrl.includes(linkIn(request).split("/l/")[1]), "the sender never sees a mail link");
	await second.goto(sharedUrl);
	for (const id of ["company", "name", "mail"]) expect(await second.locator(`#${id}`).isVisible(), id);
	await look(second, "sign-1-identify");
});

await check("S15 the URL screen says to forward when authority is lacking", async () => {
	expect((await second.locator("body").innerText()).includes("適切な署名者に転送"), "the sentence of the guide");
});

const TAKAHASHI = { company: "合同会社みらい", name: "髙橋 次郎", mail: "jiro@mirai.example" };
await check("S15 forwarding: who finally signs becomes the party; the chain is kept", async () => {
	const link = linkIn(await mailTo(keiin, OTSU.mail, "第2版"));
	await second.goto(link);
	await press(second, "契約書を開く");
	await second.getByRole("link", { name: /別の担当者に転送する/ }).click();
	await look(second, "sign-forward");
	await second.fill("#company", TAKAHASHI.company);
	await second.fill("#name", TAKAHASHI.name);
	await second.fill("#mail", TAKAHASHI.mail);
	await second.fill("#mail_again", TAKAHASHI.mail);
	await second.check("#authority");
	await second.locator("main form, .bar").getByRole("button", { name: /転送/ }).first().click();
	await mailTo(keiin, TAKAHASHI.mail, "転送");
	await mailTo(keiin, ADMIN.mail, "転送通知");
	await second.goto(link);
	expect((await second.locator("body").innerText()).includes("転送"), "the forwarder's link says so");
});

await check("S13 a code is mailed; a wrong one is refused, the right one opens the contract", async () => {
	await sender.goto(envelope);
	sharedUrl = await sender.locator("[data-shared-url]").last().inputValue();
	await second.goto(sharedUrl);
	await second.fill("#company", TAKAHASHI.company);
	await second.fill("#title", "購買部");
	await second.fill("#name", TAKAHASHI.name);
	await second.fill("#mail", TAKAHASHI.mail);
	await press(second, "認証コードを送る");
	await atHeading(second, "認証コードの入力");
	const mail = await mailTo(keiin, TAKAHASHI.mail, "認証コード");
	const code = mail.text.match(/\b\d{6}\b/)[0];
	await second.fill("#code", code === "000000" ? "111111" : "000000");
	await press(second, "認証する");
	await until("the refusal", async () => (await second.locator("body").innerText()).includes("違います"));
	await look(second, "sign-1-code");
	await second.fill("#code", code.replace(/\d/g, (d) => String.fromCharCode(0xff10 + Number(d))));
	await press(second, "認証する");
	await atHeading(second, "内容を確認");
});

await check("S27 without requested documents that step is absent and the numbers close up", async () => {
	await press(second, "次へ");
	await atHeading(second, "印影を作成");
	expect(!(await second.locator("ol.steps").innerText()).includes("書類"), "no documents step");
});

await check("S31 手書きサイン is offered where the sender allowed it", async () => {
	await second.getByRole("radio", { name: "手書きサイン" }).check();
	const box = await second.locator("#pad").boundingBox();
	const at = (x, y) => [box.x + box.width * x, box.y + box.height * y];
	for (const stroke of [[[0.2, 0.3], [0.35, 0.7], [0.5, 0.3], [0.6, 0.75]], [[0.65, 0.3], [0.7, 0.5], [0.85, 0.4], [0.8, 0.8]]]) {
		await second.mouse.move(...at(...stroke[0]));
		await second.mouse.down();
		for (const point of stroke.slice(1)) await second.mouse.move(...at(...point), { steps: 12 });
		await second.mouse.up();
	}
	await look(second, "sign-4-handwriting");
	await press(second, "最終プレビュー");
	await atHeading(second, "最終確認");
});

await check("S14 who passed URL and code is the recorded party", async () => {
	const text = await second.locator("#party").innerText();
	expect(text.includes(TAKAHASHI.name) && text.includes(TAKAHASHI.mail) && text.includes("購買部"), "name, mail and title as typed");
	await press(second, "締結を確定");
	await atHeading(second, "署名が完了しました");
});

const third = await person(browser, PHONE);
await check("S33 without a required seal the whole step is absent", async () => {
	const mail = await mailTo(keiin, HEI.mail, "第2版").catch(() => mailTo(keiin, HEI.mail, "業務委託基本契約書"));
	await third.goto(linkIn(mail));
	await press(third, "契約書を開く");
	expect((await steps(third)) === 3, "three steps: entry, review and confirm");
	await press(third, "次へ");
	await atHeading(third, "最終確認");
	await press(third, "締結を確定");
	await atHeading(third, "署名が完了しました");
	await look(third, "sign-6-done");
});

/* ---- keep ---- */
let completion;
await check("S36 S37 【締結完了】 is mailed to everybody when the whole flow is complete", async () => {
	for (const address of [KOU.mail, TAKAHASHI.mail, HEI.mail, ADMIN.mail]) completion = await mailTo(keiin, address, "締結完了");
	completion = await mailTo(keiin, KOU.mail, "締結完了");
});

await check("S38 its link shows the contract; S09 a dedicated page and the PDF", async () => {
	await signer.goto(linkIn(completion));
	await atHeading(signer, "締結済みの契約書");
	await until("the pages", () => signer.locator("figure.sheet img").first().evaluate((i) => i.complete && i.naturalWidth > 300));
	await look(signer, "keep");
});

await check("S39 S40 mail and page say that the URL does not expire and what losing the mail means", async () => {
	for (const text of [completion.text, await signer.locator("body").innerText()]) expect(text.includes("期限") && text.includes("削除"), "both sentences");
	await signer.goto(`${keiin.base}/resend`);
	await look(signer, "resend");
	const before = keiin.mails().length;
	await signer.fill("#mail", KOU.mail);
	await press(signer, "リンクを再送");
	await mailTo(keiin, KOU.mail, "リンク再送", before);
});

const contractPdf = path.join(SHOTS, "..", "concluded.pdf");
const certificatePdf = path.join(SHOTS, "..", "certificate.pdf");
await check("S41 契約書ダウンロード and S42 合意証明書ダウンロード are two buttons, usable without an account", async () => {
	await signer.goto(linkIn(completion));
	for (const [name, file] of [["契約書ダウンロード", contractPdf], ["合意証明書ダウンロード", certificatePdf]]) {
		const button = signer.getByRole("link", { name, exact: true });
		await until(name, () => button.count().then((n) => n || (signer.reload(), 0)));
		const [download] = await Promise.all([signer.waitForEvent("download"), button.click()]);
		await download.saveAs(file);
		expect(fs.readFileSync(file).subarray(0, 5).toString() === "%PDF-", `${name} gives a PDF`);
	}
});

await check("S01 the contract carries witness-type signatures that a PDF validator finds valid", async () => {
	const report = run("pdfsig", contractPdf).out;
	const valid = (report.match(/Signature is Valid/g) || []).length;
	/* poppler 22 cannot judge document timestamps and says so of the fifth; openssl judges it below */
	expect(valid === 4 && (report.match(/Signature #/g) || []).length === 5, `four valid signatures (certification, three parties) and the timestamp:\n${report}`);
	expect(run("qpdf", "--check", contractPdf).code === 0, "qpdf finds no fault");
	for (const party of [KOU.name, TAKAHASHI.name, HEI.name]) expect(run(BINARY, "verify", contractPdf, "--json").out.includes(party), `${party} in the signatures`);
});

await check("S03 it carries an RFC 3161 timestamp, and one altered byte is found", async () => {
	const sound = run(BINARY, "verify", contractPdf);
	expect(sound.code === 0, `sound:\n${sound.out}`);
	const bytes = fs.readFileSync(contractPdf);
	const range = bytes.toString("latin1", bytes.toString("latin1").lastIndexOf("/DocTimeStamp")).match(/ByteRange\[(\d+) (\d+) (\d+) (\d+)\]/).slice(1).map(Number);
	const hole = Buffer.from(bytes.toString("latin1", range[1] + 1, range[2] - 1), "hex");
	const [data, token] = [path.join(keiin.folder, "stamped"), path.join(keiin.folder, "token.der")];
	fs.writeFileSync(data, Buffer.concat([bytes.subarray(0, range[1]), bytes.subarray(range[2], range[2] + range[3])]));
	fs.writeFileSync(token, hole.subarray(0, 4 + hole.readUInt16BE(2)));
	const judged = run("openssl", "ts", "-verify", "-data", data, "-in", token, "-token_in", "-CAfile", path.join(keiin.folder, "data/keys/ca.pem"));
	expect(judged.out.includes("Verification: OK"), `openssl accepts the token: ${judged.out}`);
	bytes[Math.floor(bytes.length / 3)] ^= 1;
	const altered = path.join(keiin.folder, "altered.pdf");
	fs.writeFileSync(altered, bytes);
	expect(run(BINARY, "verify", altered).code !== 0, "one changed bit is not sound");
});

await check("S03 anybody can check the contract in a browser, without an account", async () => {
	const stranger = await person(browser, PHONE);
	await stranger.goto(`${keiin.base}/verify`);
	await look(stranger, "verify");
	await stranger.setInputFiles("#file", contractPdf);
	await stranger.getByRole("button", { name: "検証する", exact: true }).click();
	await until("the verdict", () => stranger.locator("#verdict").count());
	await look(stranger, "verify-sound");
	const said = await stranger.locator("main").innerText();
	for (const fact of ["問題ありません", "このサーバー", "1バイトも違いません", KOU.name, TAKAHASHI.name, HEI.name]) expect(said.includes(fact), `${fact}:\n${said}`);
	await stranger.setInputFiles("#file", path.join(keiin.folder, "altered.pdf"));
	await stranger.getByRole("button", { name: "検証する", exact: true }).click();
	await until("the other verdict", () => stranger.locator("#verdict.error").count());
	await look(stranger, "verify-altered");
	await stranger.setInputFiles("#file", certificatePdf);
	await stranger.setInputFiles("#other", contractPdf);
	await stranger.getByRole("button", { name: "検証する", exact: true }).click();
	await until("the verdict on the pair", async () => (await stranger.locator("#verdict.success").innerText().catch(() => "")).includes("組です"));
	await look(stranger, "verify-pair");
	await stranger.setInputFiles("#file", path.join(keiin.folder, "altered.pdf"));
	await stranger.setInputFiles("#other", certificatePdf);
	await stranger.getByRole("button", { name: "検証する", exact: true }).click();
	await until("which of the two does not fit", async () => (await stranger.locator("#verdict.error").innerText().catch(() => "")).includes("契約書に問題"));
	await look(stranger, "verify-pair-altered");
	await stranger.goto(`${keiin.base}/verify?contract=${"0".repeat(64)}`);
	await look(stranger, "verify-asked");
	await stranger.evaluate(() => {
		const files = new DataTransfer();
		for (const name of ["contract.pdf", "certificate.pdf"])
			files.items.add(new File(["%PDF-"], name, { type: "application/pdf" }));
		document.querySelector("form[data-drop]").dispatchEvent(new DragEvent("drop", { dataTransfer: files, bubbles: true, cancelable: true }));
	});
	const dropped = await stranger.evaluate(() => ["file", "other"].map((id) => document.getElementById(id).files[0]?.name));
	expect(dropped.join() === "contract.pdf,certificate.pdf", `two dropped files: ${dropped}`);
	await stranger.context().close();
});

await check("S04 S14 the certificate states the parties, as entered by the sender and by the signer", async () => {
	const text = run("pdftotext", "-layout", certificatePdf, "-").out.normalize("NFKC");
	for (const fact of ["合意証明書", "業務委託基本契約書", KOU.name, KOU.mail, TAKAHASHI.name, TAKAHASHI.mail, OTSU.name, HEI.mail, "登記事項証明書"]) {
		expect(text.replace(/\s+/g, "").includes(fact.normalize("NFKC").replace(/\s+/g, "")), `${fact} in the certificate`);
	}
	expect(run(BINARY, "verify", certificatePdf).code === 0, "itself sealed and sound");
	run("pdftoppm", "-r", "70", "-png", certificatePdf, path.join(SHOTS, "certificate"));
	run("pdftoppm", "-r", "70", "-png", contractPdf, path.join(SHOTS, "concluded"));
});

await check("the sender sees 締結済, the timeline and both downloads", async () => {
	await sender.goto(envelope);
	await until("the state", async () => (await sender.locator("#state").innerText()).includes("締結済") || (await sender.reload(), false));
	expect(await sender.getByRole("link", { name: "契約書ダウンロード" }).isVisible(), "契約書ダウンロード");
	await look(sender, "detail-concluded");
	await sender.goto(keiin.base);
	await look(sender, "home");
});

/* ---- promises that hold everywhere ---- */
await check("S02 only TLS: HSTS, Secure cookies, http is not served", async () => {
	const answer = await sender.request.get(`${keiin.base}/login`);
	expect(/max-age=\d{7,}/.test(answer.headers()["strict-transport-security"] || ""), "HSTS");
	for (const cookie of [...(await sender.context().cookies()), ...(await signer.context().cookies())]) expect(cookie.secure && cookie.name.startsWith("__Host-"), `${cookie.name} is Secure and __Host-`);
	const plain = await fetch(keiin.base.replace("https", "http"), { redirect: "manual" }).then((r) => r.status, () => "refused");
	expect(plain === "refused" || (plain >= 300 && plain < 400), `plain http is redirected or refused, got ${plain}`);
});

await check("S06 no page claims a certification", async () => {
	for (const place of ["/guide", "/login"]) {
		await sender.goto(`${keiin.base}${place}`);
		expect(!/ISMS|ISO\/?IEC ?27001|認証を取得/.test(await sender.locator("body").innerText()), place);
	}
});

await check("S10 the counterparties' guide; S08 no 印紙 is needed", async () => {
	await signer.goto(`${keiin.base}/guide`);
	const text = await signer.locator("body").innerText();
	for (const word of ["確認する", "すべて見る", "次へ", "差し戻し", "印影を作成", "最終プレビュー", "締結を確定", "契約書ダウンロード", "印紙"]) expect(text.includes(word), word);
	await look(signer, "guide");
	expect(request.text.includes("/guide"), "it is reached from the mail");
});

await check("unknown links and pages get a plain answer", async () => {
	await signer.goto(`${keiin.base}/l/AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA`);
	await look(signer, "state-unknown");
	await signer.goto(`${keiin.base}/no-such-page`);
	await look(signer, "not-found");
});

await check("English: the same road reads in English", async () => {
	await signer.getByRole("button", { name: "English" }).click();
	await signer.goto(linkIn(completion));
	expect((await signer.locator("html").getAttribute("lang")) === "en", "lang is en");
	await look(signer, "keep-en");
});

await check("no CSP report and no script error on any page", async () => {
	expect(complaints.length === 0, `none; found ${complaints.slice(0, 5).join(" | ")}`);
});

await check("no mail has a defect; each is text and HTML with the link on its own line", async () => {
	for (const mail of keiin.mails()) {
		expect(mail.defects.length === 0 && mail.type === "multipart/alternative" && mail.text && mail.html, mail.subject);
		expect(mail.headers.filter(([k]) => k === "Subject").length === 1, "one subject");
	}
});

await browser.close();
await keiin.stop();
finish();
