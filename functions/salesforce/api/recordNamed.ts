import { Failure } from '../../../shared/failure.ts';
import { quoted } from '../../../shared/text.ts';
import { isHidden } from './answerFailure.ts';
import { findingActions } from './findingActions.ts';
import { nameFieldOf } from './objectNames.ts';
import { isRecordId, longRecordId } from './recordId.ts';
import type { Salesforce } from './salesforce.ts';
import { anyOf, names, type Soql, soql } from './soql.ts';
import { meetsHiddenField } from './visibleFields.ts';
import type { SalesforceRecord } from './wire.ts';

/** More than these nobody chooses from. */
const MAX_CHOICES = 8;

/** What people call by a name, and by a number; five are asked for in one request. */
const called = ['Account', 'Contact', 'Lead', 'Opportunity', 'Campaign'] as const;
const numbered = ['Case', 'Contract'] as const;

/** `00001026`, `case #1026`, `Contract 00001001` */
const number = /^(?:(case|contract)\s{1,3})?#?\s{0,3}(\d{1,30})$/i;

interface Sought {
  /** The name of the input, for what is wrong with it. */
  input: string;
  /** Its object, where it is known. */
  objectType?: string | undefined;
}

/**
 * The ID of the record that a text means: its ID, the number of a case or a contract, or the exact name of a record. An ID costs no
 * request, a name one, and of an object whose name field is not known its description as well.
 * @throws Failure `not_found`, or `ambiguous` with the choices
 */
export async function recordNamed(
  salesforce: Salesforce,
  text: string,
  { input, objectType }: Sought,
): Promise<string> {
  if (isId(text)) return longRecordId(text);
  const found = await lookUp(salesforce, [text], objectType);
  return theOne(salesforce, text, found, { input, objectType });
}

/** The same for several of one object: one request for all names. */
export async function recordsNamed(
  salesforce: Salesforce,
  texts: readonly string[],
  { input, objectType }: { input: string; objectType: string },
): Promise<string[]> {
  const sought = texts.filter(text => !isId(text));
  const found = sought.length > 0 ? await lookUp(salesforce, sought, objectType) : [];
  const ids = texts.map(text =>
    isId(text) ? longRecordId(text) : theOne(salesforce, text, found, { input, objectType }),
  );
  return [...new Set(ids)];
}

/** A name of 15 or 18 letters is no ID: those have a digit. */
const isId = (text: string) => isRecordId(text) && /\d/.test(text);

interface Found {
  objectType: string;
  id: string;
  name: string;
}

function theOne(salesforce: Salesforce, text: string, all: readonly Found[], { input, objectType }: Sought): string {
  const wanted = spellings(text);
  const same = all.filter(({ name }) => wanted.some(each => folded(each) === folded(name)));
  const spelled = same.filter(({ name }) => name === text);
  const [only, ...others] = spelled.length > 0 ? spelled : same;
  if (only && others.length === 0) return only.id;
  if (only) {
    const choices = [only, ...others]
      .slice(0, MAX_CHOICES)
      .map(each => `${each.objectType} ${each.name} (${each.id}, ${salesforce.recordUrl(each.objectType, each.id)})`);
    const more = others.length >= MAX_CHOICES ? '; and others' : '';
    const message = `${quoted(text)} may mean each of these: ${choices.join('; ')}${more}. Nothing was done. Ask the user which one is meant, and give its ID.`;
    throw new Failure('ambiguous', `${input}: ${message}`, { errors: [{ field: input, message }] });
  }
  const digits = number.exec(text);
  if (
    digits !== null &&
    (objectType === undefined || objectType === 'Case') &&
    digits[1]?.toLowerCase() !== 'contract'
  ) {
    throw new Failure(
      'not_found',
      `There is no case ${quoted(digits[2] ?? text)} that this service may see. Find it with findCases, by its subject or account.`,
    );
  }
  const what = objectType ?? 'record';
  const hint = objectType ? findingActions([objectType]) : 'searchRecords or one of the find actions';
  throw new Failure(
    'not_found',
    `No ${what} that this service may see is called exactly ${quoted(text)}. Find its ID with ${hint}.`,
  );
}

/** People leave out the leading zeros of a number. */
function spellings(text: string): string[] {
  const digits = number.exec(text)?.[2];
  return digits === undefined ? [text] : [...new Set([text, digits, digits.padStart(8, '0')])];
}

async function lookUp(
  salesforce: Salesforce,
  texts: readonly string[],
  objectType: string | undefined,
): Promise<Found[]> {
  const wanted = texts.flatMap(spellings);
  const objects = objectType === undefined ? likely(texts) : [objectType];
  const fields = await Promise.all(objects.map(each => nameFieldFor(salesforce, each)));
  const statements = objects.map((each, at) => statement(each, fields[at] ?? 'Name', wanted, texts.length));
  const answers = await salesforce.queryTogether(statements);
  return answers.flatMap((answer, at): Found[] => {
    const own = objects[at] ?? '';
    if (answer instanceof Failure) {
      // Who may not see campaigns, or their names, means none by a name.
      if (objectType === undefined && (isHidden(answer) || meetsHiddenField(answer))) return [];
      throw answer;
    }
    return answer.flatMap((record: SalesforceRecord) => {
      const name = record[fields[at] ?? 'Name'];
      return typeof record.Id === 'string' && typeof name === 'string'
        ? [{ objectType: own, id: record.Id, name }]
        : [];
    });
  });
}

/** The objects whose records a text may mean. */
function likely([text = '']: readonly string[]): string[] {
  const [, kind, digits] = number.exec(text) ?? [];
  if (kind !== undefined) return numbered.filter(each => each.toLowerCase() === kind.toLowerCase());
  return digits === undefined ? [...called] : ['Case', ...called.slice(0, 4)];
}

function statement(objectType: string, field: string, wanted: readonly string[], count: number): Soql {
  const condition = anyOf([soql`${names(field)} IN ${wanted}`]);
  return soql`SELECT ${names('Id', field)} FROM ${names(objectType)} WHERE ${condition} ORDER BY Id LIMIT ${count * (MAX_CHOICES + 1)}`;
}

async function nameFieldFor(salesforce: Salesforce, objectType: string): Promise<string> {
  const known = nameFieldOf(objectType);
  if (known !== undefined) return known;
  const { fields } = await salesforce.describe(objectType);
  return fields.find(({ nameField }) => nameField)?.name ?? 'Name';
}

const folded = (name: string) => name.trim().replace(/\s+/g, ' ').toLowerCase();
