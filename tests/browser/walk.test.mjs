// Walks every page each role reaches by links: no error, no missing word, no sideways scrolling on a phone, nothing for axe.
import assert from "node:assert/strict";
import { after, before, test } from "node:test";
import { axe, browser, start } from "./hinomi.mjs";

let hinomi, chrome;
before(async () => {
  hinomi = await start();
  chrome = await browser();
});
after(async () => {
  await chrome?.close();
  await hinomi?.stop();
});

/** Pages that differ only in the thing they show count as one kind. Things are named by ids, algorithms by their names. */
const kind = (path) => path.replace(/[0-9a-f]{32}/g, "*").replace(/\?.*$/, "").replace(/[A-Za-z0-9_-]{43}/g, "*").replace(/\/algorithms\/.+/, "/algorithms/*");

/**
 * Leaves three rows of each shape in every table: axe takes seconds for hundreds of rows that differ in their words only. A shape is every
 * element of the row with its attributes' names, its class, and whether it holds words.
 */
function thin() {
  const shape = (one) =>
    `${one.tagName}.${one.className}[${[...one.attributes].map((each) => each.name).sort()}]${one.textContent.trim() ? "+" : "-"}(${[...one.children].map(shape)})`;
  for (const body of document.querySelectorAll("tbody")) {
    const seen = new Map();
    for (const row of [...body.rows]) {
      const count = (seen.get(shape(row)) ?? 0) + 1;
      seen.set(shape(row), count);
      if (count > 3) row.remove();
    }
  }
}

async function walk(role, link, { lang, scheme, width }) {
  const context = await chrome.newContext({ locale: lang, colorScheme: scheme, viewport: { width, height: 900 } });
  const page = await context.newPage();
  await page.goto(link);
  const seen = new Set();
  const found = [];
  const queue = [new URL(page.url()).pathname, "/"];
  while (queue.length > 0) {
    const path = queue.shift();
    if (seen.has(kind(path))) continue;
    seen.add(kind(path));
    const where = `${role} ${lang} ${scheme} ${width} ${path}`;
    // A browser would put a file away instead of showing it, so the kind of answer is asked for first.
    const first = await context.request.get(hinomi.address + path);
    if (first.status() >= 500) found.push(`${where}: status ${first.status()}`);
    if (!(first.headers()["content-type"] ?? "").startsWith("text/html")) continue;
    const answer = await page.goto(hinomi.address + path);
    if (answer.status() !== 200) found.push(`${where}: status ${answer.status()}`);
    const text = await page.locator("body").innerText();
    for (const missing of text.match(/\[[a-z]+(-[a-z0-9]+)+\]/g) ?? []) found.push(`${where}: missing text ${missing}`);
    const wide = await page.evaluate(() => document.documentElement.scrollWidth - document.documentElement.clientWidth);
    if (wide > 1) found.push(`${where}: ${wide} pixels too wide`);
    const links = await page.locator("a[href]").evaluateAll((all) => all.map((a) => a.href));
    await page.evaluate(thin);
    found.push(...(await axe(page)).map((line) => `${where}: ${line}`));
    for (const href of links) {
      const url = new URL(href);
      const skip = url.origin !== hinomi.address || url.pathname.startsWith("/language/") || /\.csv=1|\.(pdf|xlsx|csv|json)$/.test(url.search + url.pathname);
      if (!skip) queue.push(url.pathname + (url.search.includes("done=") ? "" : url.search));
    }
  }
  await context.close();
  return { pages: seen.size, found };
}

const faces = [
  { lang: "ja", scheme: "light", width: 1280 },
  { lang: "en", scheme: "dark", width: 390 },
];

test("every page every role reaches is in order", async (t) => {
  for (const { role, url } of hinomi.links) {
    for (const face of faces) {
      await t.test(`${role} ${face.lang} ${face.scheme} ${face.width}`, async () => {
        const { pages, found } = await walk(role, url, face);
        assert.ok(pages > 0, "no page was reached");
        assert.deepEqual(found, [], `${pages} kinds of page`);
      });
    }
  }
});
