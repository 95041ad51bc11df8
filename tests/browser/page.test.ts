import { existsSync } from 'node:fs';
import { mkdir } from 'node:fs/promises';
import { resolve } from 'node:path';
import axe from 'axe-core';
import { type Browser, chromium, type Page } from 'playwright-core';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { type StartedApp, startedApp } from './startedApp.ts';

/** Debian's; elsewhere, CHROMIUM says where one is. */
const executablePath = process.env.CHROMIUM ?? '/usr/bin/chromium';
/** Set where the pictures of the README are made anew. */
const pictures = process.env.PICTURES && resolve(import.meta.dirname, '../../docs/images');

describe.skipIf(!existsSync(executablePath))('the page of the local host', () => {
  let app: StartedApp;
  let browser: Browser;
  let page: Page;
  const wrong: string[] = [];

  beforeAll(async () => {
    [app, browser] = await Promise.all([startedApp(), chromium.launch({ executablePath, args: ['--no-sandbox'] })]);
    page = await browser.newPage({ viewport: { width: 1280, height: 960 } });
    page.on('pageerror', error => wrong.push(String(error)));
    page.on('console', message => {
      // That a call failed is what some of these tests ask for.
      const isCall = message.location().url.includes('/api/');
      if (message.type() === 'error' && !isCall) wrong.push(message.text());
    });
  }, 90_000);

  afterAll(async () => {
    await browser?.close();
    await app?.stop();
  });

  const open = async (action: string) => {
    // What was filled in before is gone.
    await page.goto('about:blank');
    await page.goto(`${app.url}/#/${action}`);
    await page.getByRole('heading', { level: 2 }).first().waitFor();
    await page.getByText('Yes, as Copilot Agent').waitFor();
  };
  const send = async () => {
    await page.getByRole('button', { name: 'Send' }).click();
    return (await page.getByLabel('What was answered').textContent()) ?? '';
  };
  const sent = async () => JSON.parse(await send());
  const fact = async (name: string) =>
    page
      .locator('dl.facts > div', { hasText: `${name}:` })
      .locator('dd')
      .textContent();
  const seriousFaults = async () => {
    await page.evaluate(axe.source);
    const { violations } = await page.evaluate(() =>
      (
        globalThis as unknown as { axe: { run(): Promise<{ violations: { id: string; impact: string }[] }> } }
      ).axe.run(),
    );
    return violations.filter(({ impact }) => impact === 'serious' || impact === 'critical').map(({ id }) => id);
  };

  it('an action is found, filled in by its example, sent and read, with what it cost', async () => {
    await page.goto(app.url);
    await page.getByLabel('Find an action').fill('searchIss');
    await page.getByRole('link', { name: 'searchIssues' }).click();
    await page.getByRole('heading', { name: 'Search issues' }).waitFor();
    const { issues } = await sent();
    expect(issues.length).toBeGreaterThan(0);
    expect([await fact('Status'), await fact('Outcome')]).toEqual(['200', 'ok']);
    expect(Number(await fact('Requests to the vendor'))).toBeGreaterThan(0);
  });

  it('the answer as an agent gets it, by MCP, has the same', async () => {
    await open('getIssue');
    const first = await sent();
    await page.getByLabel('As an agent gets it, by MCP').check();
    expect(await sent()).toEqual(first);
  });

  it('what is missing is told by the form, and what is wrong by the app, inside of the answer where that is wanted', async () => {
    await open('getIssue');
    await page.getByLabel('issueKey (required)').fill('ATLAS-9999');
    await page.getByLabel('Failures inside of the answer').check();
    const { error } = await sent();
    expect([await fact('Status'), error.code, await fact('Outcome')]).toEqual(['200', 'not_found', 'not_found']);
  });

  it('a fault of a sandbox is switched on and off', async () => {
    await open('getIssue');
    await page.getByLabel('What goes wrong at Jira').selectOption('It refuses the credentials (401)');
    await page.getByText('On, until you choose otherwise.').waitFor();
    await send();
    expect(await fact('Outcome')).toBe('upstream_auth_failed');
    await page.getByLabel('What goes wrong at Jira').selectOption('Nothing');
    await page.getByText('Off.').waitFor();
    await send();
    expect(await fact('Outcome')).toBe('ok');
  });

  it('what is written is on the page of its address, in either system', async () => {
    await open('createIssue');
    await page.getByLabel('summary (required)').fill('Written on the page');
    const { url } = await sent();
    const opened = page.waitForEvent('popup');
    await page.getByLabel('What was answered').getByRole('link', { name: url }).first().click();
    const issue = await opened;
    expect(await issue.getByRole('heading', { level: 1 }).textContent()).toMatch(/^[A-Z]+-\d+: Written on the page$/);
    await issue.close();

    await open('findAccounts');
    const { accounts } = await sent();
    await page.goto(accounts[0].url);
    expect(await page.getByRole('heading', { level: 1 }).textContent()).toBe(accounts[0].name);
    expect(await seriousFaults()).toEqual([]);
  });

  it.each(['light', 'dark'] as const)('nothing serious stands in the way of a screen reader, %s', async colorScheme => {
    await page.emulateMedia({ colorScheme });
    await open('getProjectUpdates');
    await send();
    expect(await seriousFaults()).toEqual([]);
    if (pictures) {
      await mkdir(pictures, { recursive: true });
      await page.getByRole('heading', { level: 1 }).scrollIntoViewIfNeeded();
      await page.screenshot({ path: `${pictures}/page-${colorScheme}.png` });
    }
  });

  it('it can be used by the keyboard alone', async () => {
    await open('getIssue');
    await page.getByLabel('issueKey (required)').focus();
    await page.keyboard.press('Enter');
    await page.getByLabel('What was answered').waitFor();
    expect(await fact('Outcome')).toBe('ok');
    await page.getByLabel('Find an action').focus();
    await page.keyboard.type('countIssues');
    await page.keyboard.press('Tab');
    await page.keyboard.press('Tab');
    await page.keyboard.press('Enter');
    await page.getByRole('heading', { name: 'Count issues' }).waitFor();
  });

  it('definitions are downloaded whole', async () => {
    await page.goto(app.url);
    await page.getByText('for Power Platform and Microsoft 365 Copilot').click();
    const downloading = page.waitForEvent('download');
    await page.getByRole('link', { name: 'connector/jira/apiProperties.json' }).click();
    expect((await downloading).suggestedFilename()).toBe('connector-jira-apiProperties.json');
  });

  it('another site gets nothing of it, and no error was in the console', async () => {
    const foreign = await fetch(`${app.url}/_page/app`, { headers: { origin: 'https://elsewhere.example' } });
    expect([foreign.status, await foreign.text()]).toEqual([404, '']);
    expect(wrong).toEqual([]);
  });
});
