import type { Client } from 'jira.js/core';
import { getArticles, getServiceDeskArticles } from 'jira.js/serviceDesk';
import { parseAnswer } from '../parseAnswer.ts';
import { plainOf } from '../plainText.ts';
import { agentsOnly, type Desk } from './desks.ts';
import { articlesPage } from './wire.ts';

interface Article {
  title: string;
  excerpt: string | undefined;
  /** Its address in the browser. */
  url: string | undefined;
}

export interface ArticlePage {
  articles: Article[];
  nextCursor: string | undefined;
}

/** Articles of the knowledge base that fit a text, of a desk or of all. */
export async function findArticles(
  client: Client,
  {
    text,
    desk,
    limit,
    cursor,
    baseUrl,
  }: { text: string; desk: Desk | undefined; limit: number; cursor: string | undefined; baseUrl: string },
): Promise<ArticlePage> {
  const asked = { query: text, highlight: false, limit, ...(cursor !== undefined && { cursor }) };
  const answer = await (desk
    ? getServiceDeskArticles(client, { ...asked, serviceDeskId: desk.id })
    : getArticles(client, asked)
  ).catch(error => agentsOnly(error, desk ?? { name: 'any' }, 'Only who may use a service desk sees its articles'));
  const { values, isLastPage, _links } = parseAnswer(articlesPage, answer);
  const next = isLastPage === false ? URL.parse(_links?.next ?? '', baseUrl)?.searchParams.get('cursor') : undefined;
  return {
    articles: values.map(({ title, excerpt, source, content }) => {
      const pageId = source?.pageId ?? /\/article\/view\/(\d+)/.exec(content?.iframeSrc ?? '')?.[1];
      return {
        title: unmarked(title),
        excerpt: excerpt ? wholeWords(unmarked(excerpt)) : undefined,
        url: addressOf(pageId, source?.spaceKey, { desk, baseUrl }),
      };
    }),
    nextCursor: next ?? undefined,
  };
}

/** The page of the portal of a desk, or else of Confluence. */
function addressOf(
  pageId: string | null | undefined,
  spaceKey: string | null | undefined,
  { desk, baseUrl }: { desk: Desk | undefined; baseUrl: string },
): string | undefined {
  if (!pageId || !/^\d+$/.test(pageId)) return undefined;
  if (desk) return `${baseUrl}/servicedesk/customer/portal/${desk.id}/article/${pageId}`;
  if (spaceKey && /^[\w~-]+$/.test(spaceKey)) return `${baseUrl}/wiki/spaces/${spaceKey}/pages/${pageId}`;
  return `${baseUrl}/servicedesk/customer/article/${pageId}`;
}

/** A text without the signs around the words that were found, which Jira may set unasked. */
const unmarked = (text: string) => plainOf(text.replace(/@@@(?:end)?hl@@@/g, '')).trim();

/** Jira cuts an excerpt off after so many characters, also within a word. A shorter one is all that there is. */
const CUT_AFTER = 100;

/** A text that was cut off, to its last whole word, with … where it goes on. */
function wholeWords(text: string): string {
  if (text.length < CUT_AFTER || /[.!?…。！？]["'”’»)\]]?$/.test(text)) return text;
  const end = Math.max(text.lastIndexOf(' '), text.lastIndexOf('\n'));
  return end <= 0
    ? `${text}…`
    : `${text
        .slice(0, end)
        .trimEnd()
        .replace(/[,;:–-]$/, '')}…`;
}
