import type { Action } from '../../../shared/action/defineAction.ts';
import { inputSchema } from '../../../shared/action/plainSchema.ts';
import { meaningOf } from '../../../shared/schema/meaning.ts';
import type { Input } from '../callAction.ts';
import type { Random } from '../random.ts';
import { MARK_START } from './marks.ts';

/** What of the sandboxes' data is asked for, whoever may see it. */
export interface Catalogue {
  projects: readonly string[];
  issueKeys: readonly string[];
  objects: readonly { name: string; fields: readonly string[] }[];
  recordIds: readonly string[];
  /** E-mail addresses that leads and contacts have already. */
  emails: readonly string[];
}

/** Inputs that try to reach what is closed: other people's keys and IDs, queries in many forms, words that are marked. */
export function inputsFor(catalogue: Catalogue, { pick, next, below }: Random) {
  const one = <Item>(items: readonly Item[], otherwise: Item): Item => pick(items) ?? otherwise;
  const object = () => one(catalogue.objects, { name: 'Account', fields: ['Name'] });
  const issueKey = () => one(catalogue.issueKeys, 'ATLAS-1');
  const project = () => one(catalogue.projects, 'ATLAS');
  const words = [MARK_START, 'Contoso', 'Ana', 'Li Wei', 'me', 'a', 'none', 'High', 'Beacon', 'Lead'];

  const jql = () =>
    pick([
      `project = ${project()}`,
      `created >= -900d AND key != ${issueKey()}`,
      `key in (${issueKey()}, ${issueKey()}, ${issueKey()})`,
      `summary ~ "${MARK_START}*" OR project = ${project()} ORDER BY project DESC`,
      `project = ATLAS) OR (project = ${project()}`,
      `text ~ "the" OR issue in linkedIssues(${issueKey()})`,
      `parent = ${issueKey()} OR project in (${project()}, "${project()}")`,
      `component = "Alerts" OR fixVersion = "1.0" OR project = ${project()}`,
    ]);

  const soql = () => {
    const { name, fields } = object();
    const [field, other] = [one(fields, 'Name'), one(fields, 'Id')];
    const { name: otherName } = object();
    return pick([
      `SELECT Id, ${field} FROM ${name} LIMIT 20`,
      `SELECT ${field}, ${other} FROM ${name} ORDER BY ${field} LIMIT 20`,
      `SELECT FIELDS(ALL) FROM ${name} LIMIT 20`,
      `SELECT FIELDS(STANDARD) FROM ${name} LIMIT 5`,
      `SELECT Id FROM ${name} WHERE ${field} LIKE '%${MARK_START}%' LIMIT 5`,
      `SELECT ${field}, COUNT(Id) FROM ${name} GROUP BY ${field}`,
      `SELECT MIN(${field}) FROM ${name}`,
      `SELECT Id, Name, (SELECT ${one(['LastName', 'Phone', 'Title', 'Name'], 'Name')} FROM Contacts) FROM Account LIMIT 5`,
      `SELECT Id, (SELECT Subject, Origin FROM Cases), (SELECT Name, NextStep FROM Opportunities) FROM Account LIMIT 9`,
      `SELECT Id, Account.${one(['Name', 'Description', 'Website', 'Rating'], 'Name')} FROM ${one(['Contact', 'Opportunity', 'Case'], 'Contact')} LIMIT 9`,
      `SELECT Subject, Who.Name, What.Name, Owner.Title FROM Task LIMIT 20`,
      `SELECT Id, Owner.Title, Owner.Manager.Department FROM ${name} LIMIT 9`,
      `SELECT TYPEOF What WHEN ${name} THEN ${field} ELSE Name END FROM Task LIMIT 9`,
      `SELECT Name FROM Account WHERE Id IN (SELECT AccountId FROM ${otherName} WHERE ${field} != null) LIMIT 9`,
      `SELECT a.${field} FROM ${name} a LIMIT 9`,
      `SELECT Nme FROM ${name} LIMIT 1`,
      `SELECT COUNT() FROM ${name} WHERE ${field} > '${MARK_START}'`,
    ]);
  };

  const fields = () => {
    const { fields: names } = object();
    return pick([
      { Name: `Planted ${below(1000)}` },
      { LastName: 'Planted', Company: 'Planted', Email: one(catalogue.emails, 'a@example.com') },
      { [one(names, 'Name')]: MARK_START },
      { [one(names, 'Name')]: one(catalogue.recordIds, ''), Industry: MARK_START, Status: MARK_START },
      { Subject: 'Planted', WhatId: one(catalogue.recordIds, '') },
      {},
    ]);
  };

  const special: Record<string, () => unknown> = {
    jql,
    soql,
    fields: () => JSON.stringify(fields()),
    additionalFields: () =>
      JSON.stringify(pick([{ Components: MARK_START }, { 'Fix versions': [MARK_START] }, { Team: MARK_START }])),
    filter: () => pick([`Bugs of ${project()}`, MARK_START, String(10_700 + below(40))]),
    linked: () => pick(['blocked', 'blocks', issueKey()]),
    sprint: () => pick(['active', 'next', 'none', MARK_START]),
    objectType: () => object().name,
    objectTypes: () => `${object().name},${object().name}`,
    parent: issueKey,
    limit: () => 1 + below(pick([3, 3, 50])),
    repeat: () => true,
  };

  const valueFor = (
    action: Action,
    field: string,
    type: string | undefined,
    choices: readonly string[] | undefined,
  ) => {
    const given = special[field];
    if (given) return given();
    const schema = action.input.shape[field];
    const { names } = schema ? meaningOf(schema) : {};
    if (names === 'project') return project();
    if (names === 'issue') return issueKey();
    if (/Id$/.test(field)) return one(catalogue.recordIds, '');
    if (choices) return one(choices, '');
    if (type === 'boolean') return next() < 0.5;
    if (type === 'integer' || type === 'number') return below(100);
    return pick([...words, ...(names === undefined ? [] : [project(), issueKey()])]);
  };

  return (action: Action): Input => {
    const { properties, required = [] } = inputSchema(action);
    // Of calls that change all of an example few are answered; those that change one input of it reach further.
    const [told, other] = pick([
      [0.2, 0.05],
      [0.6, 0.15],
    ] as const) ?? [0, 0];
    const chosen = Object.entries(properties).flatMap(([field, { type, enum: choices }]) => {
      if (field === 'pageToken') return [];
      const isTold = field in action.example || field === 'limit' || required.includes(field);
      return next() < (isTold ? told : other) ? [[field, valueFor(action, field, type, choices)] as const] : [];
    });
    const input: Record<string, unknown> = { ...action.example, ...Object.fromEntries(chosen) };
    // A query stands alone.
    if (input.jql !== undefined) return { jql: input.jql, ...(input.limit !== undefined && { limit: input.limit }) };
    return input;
  };
}
