/* Draws the README's pictures, docs/images/*.png, from the sample contract:  node tests/browser/screenshots.mjs */
import path from "node:path";
import { DESKTOP, PHONE, ROOT, launch, linkIn, mailTo, person, startKeiin, until } from "./harness.mjs";

const keiin = await startKeiin();
const browser = await launch();
const sender = await person(browser, DESKTOP);
const signer = await person(browser, PHONE);
const press = (page, name) => page.getByRole("button", { name, exact: true }).click();
const shoot = (page, name, more = {}) => page.screenshot({ path: path.join(ROOT, "docs/images", `${name}.png`), ...more });
const atHeading = (page, text) => until(`the heading ${text}`, async () => (await page.locator("h1").first().innerText().catch(() => "")).includes(text));

await sender.goto(keiin.base);
await sender.fill("#organisation", "株式会社青空商事");
await sender.fill("#name", "管理 花代");
await sender.fill("#mail", "admin@aozora.example");
await sender.fill("#password", "correct horse battery");
await press(sender, "登録して始める");
await press(sender, "サンプル契約書で試す");
await atHeading(sender, "署名者と押印位置");
await shoot(sender, "sender");
await sender.fill("#p1-name", "山田 太郎");
await sender.fill("#p1-mail", "taro@aozora.example");
await press(sender, "送信する");
await signer.goto(linkIn(await mailTo(keiin, "taro@aozora.example", "確認")));
await press(signer, "契約書を開く");
await atHeading(signer, "内容を確認");
await until("the first page", () => signer.evaluate(() => [...document.images].every((i) => i.complete && i.naturalWidth)));
await shoot(signer, "review");
await press(signer, "次へ");
await until("the next step", async () => !(await signer.locator("h1").first().innerText()).includes("内容を確認"));
await shoot(signer, "seal");
await browser.close();
await keiin.stop();
