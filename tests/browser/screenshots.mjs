// Makes the screenshots of the README from the example: `node tests/browser/screenshots.mjs`.
import assert from "node:assert/strict";
import { mkdirSync } from "node:fs";
import { dirname, join } from "node:path";
import { fileURLToPath } from "node:url";
import { browser, start } from "./hinomi.mjs";

const out = process.argv[2] ?? join(dirname(fileURLToPath(import.meta.url)), "../../docs/screenshots");
mkdirSync(out, { recursive: true });
const hinomi = await start();
const chrome = await browser();

/** Goes to an address (`go`), follows the first link whose address holds a text (`click`), brings a part into view (`to`). */
async function shoot(name, role, lang, { width = 1280, height = width < 600 ? 844 : 900, scheme = "light" }, steps) {
  const context = await chrome.newContext({ locale: lang, colorScheme: scheme, viewport: { width, height } });
  const page = await context.newPage();
  await page.goto(hinomi.links.find((one) => one.role === role).url);
  for (const { go, click, to } of steps) {
    // A picture of an error page would be worse than none.
    if (go) assert.equal((await page.goto(hinomi.address + go)).status(), 200, `${name}: ${go}`);
    if (click) {
      const link = page.locator(`main a[href*="${click}"]`).first();
      const answer = await page.goto(new URL(await link.getAttribute("href"), page.url()).href);
      assert.equal(answer.status(), 200, `${name}: ${page.url()}`);
    }
    if (to) await page.locator(to).first().evaluate((one) => one.scrollIntoView());
  }
  await page.screenshot({ path: join(out, `${name}.png`) });
  await context.close();
}

const compared = [{ go: "/evaluations" }, { click: "/evaluations/cycles/" }];
try {
  for (const lang of ["ja", "en"]) {
    await shoot(`home-${lang}`, "evaluator", lang, {}, [{ go: "/" }]);
    await shoot(`comparison-${lang}`, "evaluator", lang, { height: 1000 }, compared);
    await shoot(`comparison-phone-${lang}`, "evaluator", lang, { width: 390 }, [...compared, { to: "#organisations tbody" }]);
    await shoot(`answer-${lang}`, "respondent", lang, { width: 390 }, []);
    await shoot(`measurements-${lang}`, "evaluator", lang, { scheme: "dark" }, [{ go: "/measurements" }, { to: "#mail" }]);
  }
} finally {
  await chrome.close();
  await hinomi.stop();
}
