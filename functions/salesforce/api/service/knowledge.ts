import { Failure, invalidInput } from '../../../../shared/failure.ts';
import { isoTime } from '../recordValues.ts';
import type { Salesforce } from '../salesforce.ts';
import { searchVisible } from '../searchVisible.ts';
import { list, names, type Soql, soql } from '../soql.ts';
import { withVisibleFields } from '../visibleFields.ts';
import type { FieldDescription, SalesforceRecord } from '../wire.ts';

/** A version of an article that is published. */
export interface Article {
  id: string;
  objectType: string;
  number: string | undefined;
  title: string | undefined;
  summary: string | undefined;
  /** When it was published last, ISO 8601, by the asking user's clock. */
  publishedAt: string | undefined;
}

interface FoundArticles {
  /** The best first. */
  articles: Article[];
  /** Undefined where the org does not tell in which languages it has articles. */
  language: string | undefined;
  /** In which others there are articles. */
  otherLanguages: string[];
  notShown: string[];
}

/** An org has one object of articles, or several from the time before Lightning Knowledge. */
const MAX_OBJECTS = 5;
const MAX_TEXT_FIELDS = 10;
const articleObject = /__kav$/;
/** An article has no Name. */
const fields = ['Id', 'ArticleNumber', 'Title', 'Summary', 'LastPublishedDate'];

/**
 * Articles that are published and have these words, in a language, or in the one that articles of the org are written in.
 * https://developer.salesforce.com/docs/atlas.en-us.knowledge_dev.meta/knowledge_dev/knowledge_development_soap_intro.htm
 * @throws Failure `not_found` where the org has no Knowledge or the user may not see it, `invalid_input` for another language
 */
export async function findArticles(
  salesforce: Salesforce,
  term: string,
  { language: given, limit }: { language: string | undefined; limit: number },
): Promise<FoundArticles> {
  const [all, { defaultLanguage, languages }] = await Promise.all([
    salesforce.describeAll(),
    salesforce.knowledgeLanguages(),
  ]);
  const objects = all.filter(({ name, queryable }) => queryable && articleObject.test(name)).slice(0, MAX_OBJECTS);
  if (objects.length === 0) throw noKnowledge();
  const language = given === undefined ? defaultLanguage : languageMeant(given, languages);
  const { records, leftOut } = await searchVisible(salesforce, {
    term,
    objects: objects.map(({ name }) => ({ name, fields, where: published(language) })),
    limit,
  });
  return {
    articles: records.map(({ Id, attributes: { type }, ...record }) => ({
      id: Id,
      objectType: type,
      number: textIn(record.ArticleNumber),
      title: textIn(record.Title),
      summary: textIn(record.Summary),
      publishedAt: typeof record.LastPublishedDate === 'string' ? isoTime(record.LastPublishedDate) : undefined,
    })),
    language,
    otherLanguages: languages.filter(name => name !== language),
    notShown: leftOut,
  };
}

/** The texts of articles in Markdown, by their IDs: those of each field that is filled. One request for each object. */
export async function textsOf(salesforce: Salesforce, articles: readonly Article[]): Promise<Map<string, string>> {
  const groups = [...Map.groupBy(articles, ({ objectType }) => objectType)];
  const [{ htmlToMarkdown }, ...found] = await Promise.all([
    import('../richText.ts'),
    ...groups.map(async ([objectType, group]) => {
      const object = await salesforce.describe(objectType);
      const texts = object.fields.filter(isText).slice(0, MAX_TEXT_FIELDS);
      if (texts.length === 0) return [];
      const ids = group.map(({ id }) => id);
      const paths = ['Id', ...texts.map(({ name }) => name)];
      const records = await withVisibleFields(salesforce, { [objectType]: paths }, select =>
        salesforce.query(
          soql`SELECT ${select(objectType)} FROM ${names(objectType)} WHERE Id IN ${ids} AND ${published(undefined)}`,
        ),
      );
      return records.map(record => ({ record, texts }));
    }),
  ]);
  return new Map(
    found.flat().map(({ record, texts }) => [String(record.Id), wholeText(record, texts, htmlToMarkdown)]),
  );
}

const isText = ({ custom, type, htmlFormatted }: FieldDescription) => custom && (htmlFormatted || type === 'textarea');

/** The text of the only field that is filled, or each below its label. */
function wholeText(
  record: SalesforceRecord,
  fields: readonly FieldDescription[],
  toMarkdown: (html: string) => string,
): string {
  const filled = fields.flatMap(({ name, label, htmlFormatted }) => {
    const value = textIn(record[name]);
    const text = value && htmlFormatted ? toMarkdown(value) : value;
    return text ? [{ label, text }] : [];
  });
  return filled.map(({ label, text }) => (filled.length > 1 ? `## ${label}\n\n${text}` : text)).join('\n\n');
}

/** Salesforce wants one state, and one language, of every search. */
function published(language: string | undefined): Soql {
  const isOnline = soql`PublishStatus = 'Online'`;
  return language === undefined ? isOnline : list([isOnline, soql`Language = ${language}`], ' AND ');
}

const nameOfLanguage = new Intl.DisplayNames(['en'], { type: 'language' });

/** The code of a language that is told by it, by its first part, or by its English name. @throws Failure `invalid_input` */
function languageMeant(given: string, languages: readonly string[]): string {
  const sought = given.toLowerCase().replaceAll('-', '_');
  const isMeant = [
    (code: string) => code.toLowerCase() === sought,
    (code: string) => code.toLowerCase().split('_')[0] === sought,
    (code: string) => nameOf(code).startsWith(sought),
  ];
  for (const test of isMeant) {
    const found = languages.find(test);
    if (found !== undefined) return found;
  }
  const there = languages.length > 0 ? `There are articles in ${languages.join(', ')}.` : 'Leave it out.';
  throw invalidInput([{ field: 'language', message: `No articles are written in it. ${there}` }]);
}

function nameOf(code: string): string {
  try {
    return (nameOfLanguage.of(code.replaceAll('_', '-')) ?? '').toLowerCase();
  } catch {
    return '';
  }
}

const textIn = (value: unknown) => (typeof value === 'string' && value.trim() !== '' ? value.trim() : undefined);

function noKnowledge(): Failure {
  return new Failure(
    'not_found',
    'This Salesforce org has no Knowledge articles that this service may see. Say so to the user. If there are some, an administrator must give its Salesforce user Read on Knowledge, and see that no policy closes it.',
  );
}
