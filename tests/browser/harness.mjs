/* A whole Keiin for browser tests: its own data folder, ports and SMTP server; Chromium; axe; a tally of named checks. */
import { spawn, execFileSync } from "node:child_process";
import { createServer } from "node:net";
import fs from "node:fs";
import os from "node:os";
import path from "node:path";
import { fileURLToPath } from "node:url";
import { chromium } from "playwright-core";

export const ROOT = path.resolve(path.dirname(fileURLToPath(import.meta.url)), "../..");
export const BINARY = process.env.KEIIN_BINARY || path.join(ROOT, "build/keiin");
export const SHOTS = path.join(ROOT, "build/shots");
const AXE = fs.readFileSync(path.join(ROOT, "tests/browser/node_modules/axe-core/axe.min.js"), "utf8");

const contexts = [], spawned = [];
export const tally = { passed: 0, failed: 0, skipped: 0 };

/* One named check. A failure is counted and printed; the walk goes on, so that one fault does not hide the others. */
export async function check(name, body) {
	try {
		await body();
		tally.passed++;
		console.log(`ok   ${name}`);
	} catch (error) {
		tally.failed++;
		if (process.env.STOP_AT_FIRST) {
			console.log(`FAIL ${name}\n${error.stack || error}`);
			for (const context of contexts) for (const page of context.pages()) {
				console.log(`--- ${page.url()}\n${(await page.locator("body").innerText().catch(() => "")).slice(0, 1500)}`);
				await page.screenshot({ path: `/tmp/fail-${contexts.indexOf(context)}.png`, fullPage: true }).catch(() => 0);
			}
			for (const child of spawned) child.kill();
			process.exit(1);
		}
		console.log(`FAIL ${name}\n     ${String(error.stack || error).split("\n").slice(0, 6).join("\n     ")}`);
	}
}

export function expect(condition, what) {
	if (!condition) throw new Error(`expected: ${what}`);
}

export function finish() {
	console.log(`\n${tally.passed} passed, ${tally.failed} failed, ${tally.skipped} skipped`);
	process.exitCode = tally.failed ? 1 : 0;
}

export function freePort() {
	return new Promise((resolve, reject) => {
		const server = createServer();
		server.on("error", reject);
		server.listen(0, "127.0.0.1", () => {
			const { port } = server.address();
			server.close(() => resolve(port));
		});
	});
}

/* Resolves with what look() gives as soon as it is truthy; looks again every 20 ms. */
export async function until(what, look, limitMs = 20000) {
	const end = Date.now() + limitMs;
	for (;;) {
		const found = await look();
		if (found) return found;
		if (Date.now() > end) throw new Error(`waited in vain for ${what}`);
		await new Promise((resume) => setTimeout(resume, 20));
	}
}

function output(child, word) {
	return new Promise((resolve, reject) => {
		let text = "";
		child.stdout.on("data", (data) => {
			text += data;
			if (text.includes(word)) resolve(text);
		});
		child.on("exit", (code) => reject(new Error(`ended with ${code} before saying ${word}: ${text}`)));
	});
}

export async function startKeiin({ smtp = true, config = {} } = {}) {
	const folder = fs.mkdtempSync(path.join(os.tmpdir(), "keiin-browser-"));
	const mails = path.join(folder, "mails");
	fs.mkdirSync(mails);
	const [port, smtpPort] = [await freePort(), await freePort()];
	const children = [];
	if (smtp) {
		const sink = spawn("/usr/bin/python3", [path.join(ROOT, "tests/http/smtp_sink.py"), String(smtpPort), mails], { stdio: ["pipe", "pipe", "inherit"] });
		children.push(sink);
		await output(sink, "ready");
	}
	const env = { ...process.env, ...config };
	if (smtp) Object.assign(env, { KEIIN_MAIL_SMTP_URL: `smtp://127.0.0.1:${smtpPort}`, KEIIN_MAIL_SMTP_STARTTLS: "off" });
	const log = fs.openSync(path.join(folder, "log"), "w");
	const server = spawn(BINARY, ["serve", "--data", path.join(folder, "data"), "--listen", `127.0.0.1:${port}`], { env, stdio: ["ignore", "pipe", log] });
	children.push(server);
	spawned.push(...children);
	const base = `https://localhost:${port}`;
	await output(server, base);
	return {
		base,
		port,
		folder,
		server,
		log: () => fs.readFileSync(path.join(folder, "log"), "utf8"),
		mails: () => fs.readdirSync(mails).filter((f) => f.endsWith(".json")).sort().map((f) => JSON.parse(fs.readFileSync(path.join(mails, f), "utf8"))),
		async stop() {
			for (const child of children.reverse()) {
				if (child.exitCode !== null) continue;
				const gone = new Promise((resolve) => child.once("exit", resolve));
				child === server ? child.kill("SIGTERM") : child.stdin.end();
				await gone;
			}
			fs.rmSync(folder, { recursive: true, force: true });
		},
	};
}

export async function mailTo(keiin, address, subjectPart, after = 0) {
	return until(`a mail to ${address} about ${subjectPart}`, () => keiin.mails().slice(after).find((m) => m.to === address && m.subject.includes(subjectPart)));
}

export function linkIn(mail) {
	const found = mail.text.match(/https:\/\/\S+\/l\/\S+/);
	expect(found, `a link on a line of its own in ${mail.subject}`);
	return found[0];
}

export const PHONE = { width: 390, height: 844 };
export const DESKTOP = { width: 1280, height: 900 };

export async function launch() {
	fs.mkdirSync(SHOTS, { recursive: true });
	return chromium.launch({
		executablePath: "/usr/bin/chromium",
		args: ["--no-sandbox", "--disable-gpu", "--disable-quic", "--no-first-run", "--disable-background-networking", "--disable-component-update", "--disable-sync"],
	});
}

/* CSP reports and page errors of every page a context opens. */
export const complaints = [];

export async function person(browser, viewport, more = {}) {
	const context = await browser.newContext({ viewport, ignoreHTTPSErrors: true, locale: "ja-JP", hasTouch: viewport.width < 500, acceptDownloads: true, reducedMotion: "reduce", ...more });
	contexts.push(context);
	await context.addInitScript(() => {
		document.addEventListener("securitypolicyviolation", (e) => console.error(`CSP: ${e.violatedDirective} ${e.blockedURI} ${e.sourceFile}:${e.lineNumber}`));
	});
	const page = await context.newPage();
	page.setDefaultTimeout(10000);
	page.on("console", (message) => {
		if (message.text().includes("CSP") || message.text().includes("Content Security Policy") || message.text().includes("TrustedHTML")) complaints.push(`${page.url()}: ${message.text()}`);
	});
	page.on("pageerror", (error) => complaints.push(`${page.url()}: ${error.message}`));
	return page;
}

const shown = new Set();

/* Looks at the page as it stands: axe must find nothing, nothing may stick out sideways; leaves pictures at both widths. */
export async function look(page, name) {
	const own = page.viewportSize();
	const sizes = own.width < 500 ? [own, DESKTOP] : [own, PHONE];
	const faults = [];
	for (const size of sizes) {
		await page.setViewportSize(size);
		await page.evaluate(`window.axe || (() => { ${AXE} })(); 0`); /* over the debugging protocol: the page's CSP stays as it is */
		const report = await page.evaluate(async () => {
			const found = await window.axe.run(document, { runOnly: ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa", "best-practice"] });
			const wide = document.documentElement.scrollWidth > document.documentElement.clientWidth + 1;
			return { faults: found.violations.map((v) => `${v.id}: ${v.nodes.map((n) => n.target.join(" ")).slice(0, 3).join(", ")}`), wide };
		}).catch((error) => ({ faults: [`axe did not run: ${error.message}`], wide: false }));
		faults.push(...report.faults.map((f) => `${size.width}px ${f}`));
		if (report.wide) faults.push(`${size.width}px: the page is wider than the screen`);
		await page.screenshot({ path: path.join(SHOTS, `${name}-${size.width}.png`), fullPage: true });
	}
	await page.setViewportSize(own);
	shown.add(name);
	expect(faults.length === 0, `no accessibility faults on ${name}; found ${faults.join("; ")}`);
}

/* A small PDF of our own making: Helvetica, one line of text a page. */
export function makePdf(lines) {
	const objects = [];
	const add = (text) => objects.push(text) && objects.length;
	add("<< /Type /Catalog /Pages 2 0 R >>");
	const kids = lines.map((_, i) => `${4 + i * 2} 0 R`).join(" ");
	add(`<< /Type /Pages /Kids [${kids}] /Count ${lines.length} >>`);
	add("<< /Type /Font /Subtype /Type1 /BaseFont /Helvetica >>");
	for (const line of lines) {
		const content = `BT /F1 24 Tf 72 720 Td (${line}) Tj ET`;
		add(`<< /Type /Page /Parent 2 0 R /MediaBox [0 0 595 842] /Resources << /Font << /F1 3 0 R >> >> /Contents ${objects.length + 2} 0 R >>`);
		add(`<< /Length ${content.length} >>\nstream\n${content}\nendstream`);
	}
	let file = "%PDF-1.7\n";
	const offsets = [];
	objects.forEach((text, i) => {
		offsets.push(file.length);
		file += `${i + 1} 0 obj\n${text}\nendobj\n`;
	});
	const at = file.length;
	file += `xref\n0 ${objects.length + 1}\n0000000000 65535 f \n${offsets.map((o) => `${String(o).padStart(10, "0")} 00000 n \n`).join("")}`;
	file += `trailer\n<< /Size ${objects.length + 1} /Root 1 0 R >>\nstartxref\n${at}\n%%EOF\n`;
	return Buffer.from(file, "latin1");
}

export function run(command, ...args) {
	try {
		return { code: 0, out: execFileSync(command, args, { encoding: "utf8", stdio: ["ignore", "pipe", "pipe"] }) };
	} catch (error) {
		return { code: error.status ?? 1, out: `${error.stdout || ""}${error.stderr || ""}` };
	}
}
