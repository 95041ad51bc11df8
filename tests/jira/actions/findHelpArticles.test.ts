import { expect, it } from 'vitest';
import { useJiraApp } from '../harness.ts';

const app = useJiraApp();

it('finds articles by words, with a link for people and an excerpt as plain text, in one request', async () => {
  const { body } = await app.read('findHelpArticles', { term: 'VPN password rejected' });
  expect(body.articles).toEqual([
    {
      title: 'Reset your VPN password',
      excerpt: expect.stringMatching(/^Open the portal of the VPN.* after five…$/),
      url: expect.stringMatching(/\/wiki\/spaces\/IT\/pages\/9001$/),
    },
  ]);
  expect(app.costs()).toEqual(['GET /rest/servicedeskapi/knowledgebase/article']);
});

it('takes the signs out that Jira sets around what it found', async () => {
  const text = 'Reset your @@@hl@@@VPN@@@endhl@@@ password';
  const excerpt = 'The @@@hl@@@VPN@@@endhl@@@ &amp; you';
  app.answerNext('knowledgebase/article', { values: [{ title: text, excerpt }], isLastPage: true });
  const { body } = await app.read('findHelpArticles', { term: 'vpn' });
  expect(body.articles).toEqual([{ title: 'Reset your VPN password', excerpt: 'The VPN & you' }]);
});

it('goes through the pages of a desk, and says where nothing fits', async () => {
  const all = await app.readAll('findHelpArticles', 'articles', {
    term: 'the portal dock invoice',
    projectId: 'HELP',
    limit: '1',
  });
  expect(all.map(({ title }) => title).toSorted()).toEqual([
    'Connect a second monitor',
    'How to read an invoice',
    'Reset your VPN password',
  ]);
  expect(all.every(({ url }) => /\/servicedesk\/customer\/portal\/7\/article\/\d+$/.test(String(url)))).toBe(true);
  expect((await app.read('findHelpArticles', { term: 'zeppelin' })).body.articles).toEqual([]);
});

it('cuts an excerpt at a word, and leaves one alone that ends by itself', async () => {
  const sentence = 'Plug the monitor into the dock, and choose Extend in the display settings of the computer.';
  const excerpts = [
    `${sentence} Then wait for fi`,
    `${sentence} ${sentence}`,
    'Short and with no end',
    'x'.repeat(120),
  ];
  const values = excerpts.map(excerpt => ({ title: 'Monitor', excerpt }));
  app.answerNext('knowledgebase/article', { values, isLastPage: true });
  const { body } = await app.read('findHelpArticles', { term: 'monitor' });
  expect(body.articles.map(({ excerpt }: { excerpt: string }) => excerpt)).toEqual([
    `${sentence} Then wait for…`,
    `${sentence} ${sentence}`,
    'Short and with no end',
    `${'x'.repeat(120)}…`,
  ]);
});
