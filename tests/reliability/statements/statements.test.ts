import { parseQuery } from '@jetstreamapp/soql-parser-js';
import { expect, it } from 'vitest';
import { parseSoql } from '../../../functions/salesforce/api/parseSoql.ts';
import { inputSchema } from '../../../shared/action/plainSchema.ts';
import type { SandboxRequest } from '../../../shared/sandbox/sandboxServer.ts';
import { sandboxUser } from '../../../tools/sandboxUser.ts';
import { startApp } from '../../support/app.ts';
import { allActions, callAction } from '../callAction.ts';
import { newSeed, randomFrom } from '../random.ts';
import { startSandboxes } from '../startSandboxes.ts';

/** A name that is in no statement but by a text that broke out of its quotes. */
const MARK = 'Zqinj__c';

const hostile = [
  `x' OR ${MARK} != '`,
  `x\\' OR ${MARK} != \\'`,
  `x\\\\' OR ${MARK} != '`,
  `') OR (${MARK} LIKE '%`,
  `x' LIMIT 1 OFFSET ${MARK}`,
  `x%' ESCAPE '${MARK}`,
  `x\n' OR ${MARK} = '\u0000`,
  `x" OR ${MARK} != "`,
  `x, ${MARK}) OR (Id != '`,
  `x FROM ${MARK}`,
  `${MARK} ASC, Id`,
  `Name, ${MARK}`,
  `2026-01-01 OR ${MARK} != null`,
  `5 OR ${MARK} != null`,
];

/** Ways in which an input may hold a text. */
const forms: ((text: string) => string)[] = [
  text => text,
  text => `Contoso,${text}`,
  text => JSON.stringify({ Name: text }),
  text => JSON.stringify({ [text]: 'x' }),
  text => JSON.stringify({ Name: { contains: text } }),
  text => JSON.stringify([{ Name: text, Subject: text, LastName: text, product: text }]),
];

/** The SOQL in a request, also in the parts of a composite one. */
function statementsIn({ path, query, body }: SandboxRequest): string[] {
  const within: string[] = [];
  if (path.includes('/composite') && body.startsWith('{')) {
    JSON.parse(body, (key, value: unknown) => {
      if (key === 'url' && typeof value === 'string') {
        within.push(...new URL(value, 'https://org.invalid').searchParams.getAll('q'));
      }
      return value;
    });
  }
  return [...(/\/query(All)?$/.test(path) ? query.getAll('q') : []), ...within];
}

/** What of a statement is no quoted text, as a parser has it that is not this service's own. */
function outsideOfTexts(statement: string): string {
  const isText = (value: unknown) => typeof value === 'string' && value.startsWith("'") && value.endsWith("'");
  const parsed = parsedBy(parseQuery, statement) ?? parsedBy(parseSoql, statement);
  if (!parsed) return `${statement} is no SOQL`;
  return JSON.stringify(parsed, (_, value: unknown) => (isText(value) ? 'text' : value));
}

function parsedBy(parser: (statement: string) => unknown, statement: string): unknown {
  try {
    return parser(statement);
  } catch {
    return undefined;
  }
}

it('no text in any input gets out of its quotes in the SOQL that an action builds', async () => {
  const seed = newSeed();
  const { pick } = randomFrom(seed);
  const sandboxes = await startSandboxes();
  const salesforce = sandboxes.servers.get('salesforce');
  const app = await startApp({ env: { ...sandboxes.settings, ...sandboxUser.settings } });
  const wrong: object[] = [];
  let reached = 0;
  try {
    for (const action of allActions.filter(({ uses }) => uses.some(({ name }) => name === 'salesforce'))) {
      const texts = Object.entries(inputSchema(action).properties).filter(
        ([field, { type, enum: choices }]) => type === 'string' && !choices && field !== 'soql',
      );
      for (const [field] of texts) {
        for (let time = 0; time < 20; time += 1) {
          const value = pick(forms)?.(pick(hostile) ?? '') ?? '';
          salesforce?.requests.splice(0);
          const { status, body } = await callAction(
            app.url,
            action,
            { ...action.example, [field]: value },
            sandboxUser.headers,
          );
          const statements = salesforce?.requests.flatMap(statementsIn) ?? [];
          reached += statements.some(statement => statement.includes(MARK)) ? 1 : 0;
          const broken = statements.map(outsideOfTexts).filter(rest => rest.includes(MARK) || rest.endsWith('no SOQL'));
          if (broken.length > 0 || body?.code === 'internal') {
            wrong.push({ action: action.name, field, value, status, broken });
          }
        }
      }
    }
  } finally {
    await app.stop();
    await sandboxes.close();
  }
  expect({ seed, wrong }).toEqual({ seed, wrong: [] });
  // Otherwise hardly a text came into a statement.
  expect(reached).toBeGreaterThan(150);
}, 300_000);
