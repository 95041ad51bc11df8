import * as z from 'zod';
import { page } from '../../../shared/action/page.ts';
import { heading, id, link, summary } from '../../../shared/schema/meaning.ts';
import { beginning, quoted } from '../../../shared/text.ts';
import { counted, matching } from '../api/counted.ts';
import { readOffset } from '../api/listPage.ts';
import { notShown } from '../api/notShown.ts';
import { searchWords, widerWords } from '../api/searchWords.ts';
import { type Article, findArticles, textsOf } from '../api/service/knowledge.ts';
import { uses } from '../needs.ts';
import { salesforce } from '../system.ts';

/** So many of the best come with their texts, each up to so many characters. */
const MAX_TEXTS = 3;
const MAX_TEXT = 8_000;
/** The most that Salesforce returns. */
const MAX_FOUND = 2000;

const article = z.object({
  articleId: id('The ID of the article, with which getRecord shows the whole of it.'),
  articleNumber: z.string().optional().describe('Its number.'),
  title: heading('Its title.').optional(),
  summary: z.string().optional().describe('What it is about.'),
  text: z.string().optional().describe(`Its text in Markdown, of the ${MAX_TEXTS} best alone.`),
  publishedAt: z.string().optional().describe("When it was published last, ISO 8601, by the asking user's clock."),
  url: link('The address of the article in Salesforce.'),
});

export default salesforce.action({
  name: 'findKnowledgeArticles',
  toolset: 'salesforce-service',
  access: 'read',
  needs: uses(),
  title: 'Find knowledge articles',
  description:
    `Finds published Salesforce Knowledge articles that have some words, the best first, with the texts of the ${MAX_TEXTS} best. ` +
    'Use it for how something is done or solved: give the few words that matter, such as reset MFA, and others where nothing is found. For like cases use findCases; for the whole of another article use getRecord.',
  input: z.object({
    term: z
      .string()
      .trim()
      .max(200)
      .refine(text => searchWords(text) !== undefined, 'Give at least two letters or digits.')
      .describe(
        'The words to look for; those that have all of them come, else those that have some. No operators or wildcards.',
      ),
    language: z
      .string()
      .trim()
      .min(2)
      .max(40)
      .optional()
      .describe("The language of the articles, such as de or en_US. The default is that of the org's articles."),
  }),
  output: z.object({
    summary: summary('One sentence that says what was found, and in which language.'),
    articles: z.array(article).describe('The articles, the best first.'),
    otherLanguages: z.array(z.string()).optional().describe('The other languages in which there are articles.'),
    notShown,
  }),
  example: { term: 'reset MFA' },
  paged: true,
  async run({ term, language }, { salesforce, page: { limit, cursor } }) {
    // Salesforce's search has no pages, so a later page is requested together with all pages before it.
    const from = readOffset(cursor);
    const upTo = Math.min(from + limit, MAX_FOUND);
    const search = (words: string) =>
      findArticles(salesforce, words, { language, limit: Math.min(upTo + 1, MAX_FOUND) });
    let found = await search(searchWords(term) ?? '');
    let how: string | undefined;
    for (const wider of widerWords(term)) {
      if (found.articles.length > 0) break;
      found = await search(wider.words);
      how = wider.how;
    }
    const texts = await textsOf(salesforce, found.articles.slice(from, Math.min(upTo, MAX_TEXTS)));
    return page({
      items: found.articles.slice(from, upTo).map(each => toItem(each, texts.get(each.id), salesforce.recordUrl)),
      nextCursor: found.articles.length > upTo ? String(upTo) : undefined,
      answer: (articles, more) => ({
        summary: summarize(term, articles.length, { more, language: found.language, how }),
        articles,
        ...(found.otherLanguages.length > 0 && { otherLanguages: found.otherLanguages }),
        ...(found.notShown.length > 0 && { notShown: found.notShown }),
      }),
    });
  },
});

function toItem(
  { id: articleId, objectType, number, title, summary, publishedAt }: Article,
  text: string | undefined,
  urlOf: (objectType: string, recordId: string) => string,
): z.input<typeof article> {
  return {
    articleId,
    ...(number && { articleNumber: number }),
    ...(title && { title }),
    ...(summary && { summary }),
    ...(text && { text: beginning(text, MAX_TEXT) }),
    ...(publishedAt && { publishedAt }),
    url: urlOf(objectType, articleId),
  };
}

function summarize(
  term: string,
  count: number,
  { more, language, how }: { more: boolean; language: string | undefined; how: string | undefined },
): string {
  const where = language === undefined ? '' : ` in ${language}`;
  if (count === 0) {
    return `No published article${where} has the words ${quoted(term)}${how ? ', or any that matter of them' : ''}. Try fewer or other words, or another language.`;
  }
  const rest = more ? '; there are more' : '';
  const articles = ['published article', 'published articles'] as const;
  if (how === undefined) return `${matching(count, articles)} ${quoted(term)}${where}${rest}.`;
  return `No published article${where} has all words of ${quoted(term)}; ${counted(count, articles)} ${count === 1 ? 'has' : 'have'} ${how}${rest}.`;
}
