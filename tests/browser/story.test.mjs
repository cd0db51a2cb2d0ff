// The governing loop, told once in Japanese and once in English, without JavaScript: a respondent answers, the CISO approves, the
// auditor disagrees, the centre evaluates and recommends, the organisation plans, a new measurement closes, both reports are written,
// approved and published, and the public reads them.
import assert from "node:assert/strict";
import { afterEach, beforeEach, test } from "node:test";
import { axe, browser, start } from "./hinomi.mjs";

const ID = "[0-9a-f]{32}";
let hinomi, chrome;
// Each telling begins with the example as it was.
beforeEach(async () => {
  hinomi = await start();
  chrome = await browser();
});
afterEach(async () => {
  await chrome?.close();
  await hinomi?.stop();
});

/** A person at a browser that runs no script. */
async function person(role, lang) {
  const context = await chrome.newContext({ locale: lang, javaScriptEnabled: false, viewport: { width: 1280, height: 900 } });
  const page = await context.newPage();
  const link = hinomi.links.find((one) => one.role === role);
  assert.ok(link, `the example prints a link for ${role}`);
  await page.goto(link.url);
  return {
    page,
    role,
    organisation: link.organisation,
    async open(path) {
      const answer = await page.goto(hinomi.address + path);
      assert.equal(answer.status(), 200, `${role} opens ${path}`);
      return page;
    },
    /** Fills the form that is sent to an address ending in `action`, and sends it. */
    async send(action, fields = {}) {
      const form = page.locator(`form[action$="${action}"]`).first();
      assert.ok(await form.count(), `${role} has a form ${action} at ${page.url()}:\n${await page.locator("main").innerText()}`);
      for (const [name, value] of Object.entries(fields)) {
        const field = form.locator(`[name="${name}"]`).first();
        const kind = await field.evaluate((one) => (one.tagName === "INPUT" ? one.type : one.tagName));
        if (kind === "SELECT") await field.selectOption(value);
        else if (kind === "radio") await form.locator(`[name="${name}"][value="${value}"]`).check();
        else if (kind === "checkbox") await field.setChecked(Boolean(value));
        else await field.fill(value);
      }
      const refused = await form.evaluate((one) => [...one.querySelectorAll(":invalid")].map((field) => `${field.name}: ${field.validationMessage}`));
      assert.deepEqual(refused, [], `${role} fills ${action}`);
      await form.locator("button").last().click();
      const wrong = await page.locator(".note.bad, p.error").allInnerTexts();
      assert.deepEqual(wrong, [], `${role} sends ${action}`);
    },
    /** The first link of the page whose address matches. */
    async link(pattern) {
      const all = await page.locator("a[href]").evaluateAll((links) => links.map((a) => a.getAttribute("href")));
      const found = all.find((href) => new RegExp(pattern).test(href));
      assert.ok(found, `${role} finds a link ${pattern} at ${page.url()}`);
      return found;
    },
    /** Opens a page again until `done` says yes: background work takes a moment. */
    async until(path, done) {
      for (let round = 0; round < 120; round++) {
        await this.open(path);
        if (await done(page)) return;
        await page.waitForTimeout(500);
      }
      assert.fail(`${role} waits at ${path} in vain: ${await page.locator("main").innerText()}`);
    },
    /** What axe says of this page. It needs scripts, so it looks at the same address in a second window of the same person. */
    async clean() {
      const seeing = await chrome.newContext({ locale: lang, viewport: { width: 1280, height: 900 }, storageState: await context.storageState() });
      const again = await seeing.newPage();
      await again.goto(page.url());
      assert.deepEqual(await axe(again), [], `axe at ${page.url()}`);
      await seeing.close();
    },
    close: () => context.close(),
  };
}

const later = (days) => new Date(Date.now() + days * 86400000).toISOString().slice(0, 10);

for (const lang of ["ja", "en"]) {
  test(`the loop turns (${lang})`, { timeout: 600000 }, async () => {
    // The respondent answers every question, on a page of its own.
    const respondent = await person("respondent", lang);
    const questions = await respondent.page.locator("fieldset").count();
    assert.ok(questions >= 5 && questions <= 12, `${questions} questions`);
    for (let index = 0; index < questions; index++) {
      await respondent.page.locator("fieldset").nth(index).locator('input[type="radio"][value="implemented"]').first().check();
    }
    await respondent.clean();
    await respondent.page.locator("main form").first().locator("button").last().click();
    assert.deepEqual(await respondent.page.locator(".note.bad, p.error").allInnerTexts(), []);
    await respondent.clean();

    // The CISO sees the open cycle among the tasks, checks and approves.
    const ciso = await person("ciso", lang);
    await ciso.open("/");
    const cycle = (await ciso.link(`/inspections/cycles/${ID}$`)).match(new RegExp(ID))[0];
    await ciso.open(`/inspections/cycles/${cycle}`);
    const own = await ciso.link(`/inspections/cycles/${cycle}/organisations/${ID}$`);
    await ciso.open(own);
    await ciso.send("/approve", {});
    await ciso.clean();
    const organisation = own.match(new RegExp(`organisations/(${ID})`))[1];

    // The auditor sees claim and evidence side by side, and disagrees.
    const auditor = await person("auditor", lang);
    await auditor.open(`/inspections/cycles/${cycle}/organisations/${organisation}`);
    const item = await auditor.link(`/organisations/${organisation}/items/${ID}$`);
    await auditor.open(item);
    const verdict = lang === "ja" ? "記録が確認できない。" : "No record could be shown.";
    await auditor.send(item, { verdict: "major", note: verdict });
    await auditor.clean();

    // The centre closes the cycle, evaluates it, and goes from a number down to the three facts, the new verdict among them.
    const centre = await person("evaluator", lang);
    await centre.open(`/inspections/cycles/${cycle}`);
    await centre.send("/close");
    await centre.open("/evaluations");
    await centre.send(`/cycles/${cycle}/evaluate`);
    await centre.open(`/evaluations/cycles/${cycle}`);
    await centre.clean();
    const seen = `/evaluations/cycles/${cycle}/organisations/${organisation}`;
    await centre.open(await centre.link(seen));
    await centre.clean();
    await centre.open(await centre.link(`${seen}/requirements/${item.match(new RegExp(`items/(${ID})$`))[1]}`));
    const facts = await centre.page.locator("main").innerText();
    assert.ok(facts.includes(verdict), `the auditor's words stand beside the claim:\n${facts}`);
    await centre.clean();

    // It finds what probes say is not met at the CISO's organisation, and recommends.
    await ciso.open("/measurements");
    const target = await notMet(ciso);
    assert.ok(target, "a measurement of the CISO's organisation is not met");
    await centre.open("/improvements/recommendations/new");
    const title = `${target.domain} ${lang}`;
    await centre.send("/recommendations/new", {
      organisation: target.organisation,
      origin: "other",
      requirement: target.requirement,
      title,
      body: lang === "ja" ? "実測で適合となるように直すこと。" : "Mend it so that the measurement is met.",
      due_on: later(60),
    });
    const recommendation = centre.page.url().match(new RegExp(`recommendations/(${ID})`))[1];
    await centre.open(`/improvements/recommendations/${recommendation}`);
    await centre.send("/issue");

    // The organisation answers with a plan, the centre accepts it.
    await ciso.open(`/improvements/recommendations/${recommendation}`);
    await ciso.send("/plan", {
      summary: lang === "ja" ? "設定を改め、翌週に確かめる。" : "Change the setting and check a week later.",
      owner: "A. Example",
      owner_email: "owner@example.example",
      due_on: later(30),
      steps: lang === "ja" ? `${later(20)} 設定を改める` : `${later(20)} Change the setting`,
    });
    await centre.open(`/improvements/recommendations/${recommendation}`);
    await centre.send("/accept");
    await centre.clean();

    // Nobody can declare it done; a new measurement closes it.
    await fix(target.domain);
    await centre.open("/measurements");
    await centre.send("/runs");
    await centre.until(`/improvements/recommendations/${recommendation}`, async (page) =>
      (await page.locator(".badge").allInnerTexts()).some((text) => /終了|完了|closed/i.test(text)),
    );
    await centre.clean();

    // The organisation writes its security report, the centre the annual one; both are published, and the public reads them.
    const message = lang === "ja" ? "今年は送信ドメイン認証を整えました。" : "This year we put our mail domains in order.";
    const report = await written(ciso, cycle, ciso.organisation, message);
    await ciso.send("/approve");
    await ciso.send("/submit");
    const annual = await written(centre, cycle, "*annual*", message);
    await centre.send("/approve");
    await centre.open(`/inspections/cycles/${cycle}`);
    await centre.send("/publish");
    const reader = await person("public", lang);
    for (const id of [report, annual]) {
      await reader.open("/public");
      assert.equal(await reader.page.locator(`a[href*="${id}"]`).count(), 0, "nothing is public before it is published");
      await centre.open(`/reports/${id}`);
      await centre.send("/publish");
      await reader.open("/public");
      await reader.open(await reader.link(`/public/reports/${id}$`));
      await reader.clean();
      const file = await reader.page.context().request.get(new URL(await reader.link("format=pdf"), hinomi.address).href);
      assert.equal(file.status(), 200);
      assert.equal((await file.body()).subarray(0, 5).toString(), "%PDF-");
    }
    for (const one of [respondent, ciso, auditor, centre, reader]) await one.close();
  });
}

/** Begins a report, writes its first words and shows it; gives its id. */
async function written(writer, cycle, organisation, message) {
  await writer.open("/reports");
  await writer.send("/reports", { cycle, organisation });
  const id = writer.page.url().match(new RegExp(`reports/(${ID})`))[1];
  await writer.open(`/reports/${id}/texts`);
  const field = await writer.page.locator("form[action$='/texts'] textarea").first().getAttribute("name");
  const name = field.replace(/\.ja$/, "");
  await writer.send("/texts", { [`${name}.ja`]: message, [`${name}.en`]: message });
  await writer.open(`/reports/${id}`);
  assert.ok((await writer.page.locator("main").innerText()).includes(message));
  await writer.clean();
  return id;
}

/** A target within the reader's reach with a measurement that is not met, whose it is, and the requirement it belongs to. */
async function notMet(reader) {
  const read = async (path) => {
    const answer = await reader.page.context().request.get(hinomi.address + path);
    assert.equal(answer.status(), 200, path);
    return answer.json();
  };
  const requirement = { spf: "hw-18", dmarc: "hw-19", mx: "hw-21", dnssec: "hw-26", "https-certificate": "hw-12", "https-expiry": "hw-13" };
  const observations = await read("/api/v1/measurements/observations");
  const one = observations.find((row) => row.verdict === "not-met" && requirement[row.check]);
  const organisations = await read("/api/v1/register/organisations");
  const whose = one && organisations.find((row) => row.id === one.organisation_id);
  return whose && { domain: one.target, check: one.check, requirement: requirement[one.check], organisation: whose.code };
}

/** Mends a domain of the testbed, as its owner would. */
async function fix(domain) {
  const answer = await fetch(`${hinomi.control}/repair/${domain}`, { method: "POST" });
  assert.equal(answer.status, 204, `${domain} is mended`);
}
