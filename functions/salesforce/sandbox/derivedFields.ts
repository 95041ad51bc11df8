import type { FieldValue, Org, Row } from './org.ts';
import { salesRules } from './salesFields.ts';
import { salesforceTime } from './salesforceTime.ts';
import { meaningOf, type ObjectDefinition } from './schema.ts';

type Derived = Record<string, FieldValue>;

export interface Rule {
  /** The fields that the rule reads and writes. An object file must have them. */
  fields: string[];
  /** `before` is the record before a change; undefined for a new one. */
  derive(row: Row, object: ObjectDefinition, org: Org, before?: Row): Derived;
}

const fullName = ({ FirstName, LastName }: Row): Derived => ({
  Name: [FirstName, LastName].filter(Boolean).join(' '),
});
const nameFields = ['FirstName', 'LastName', 'Name'];

const rules: Record<string, Rule> = {
  ...salesRules,
  Account: {
    // An org that has person accounts gives accounts a last name, which others need not have.
    fields: [],
    derive(row): Derived {
      if (!('LastName' in row)) return {};
      return { IsPersonAccount: row.LastName !== null, ...(row.LastName !== null && fullName(row)) };
    },
  },
  Contact: { fields: nameFields, derive: fullName },
  Lead: {
    fields: [...nameFields, 'Status', 'IsConverted'],
    derive: (row, object) => ({
      ...fullName(row),
      IsConverted: meaningOf(object, 'Status', row.Status)?.converted ?? false,
    }),
  },
  User: { fields: [...nameFields, 'Username', 'IsActive'], derive: fullName },
  Opportunity: {
    fields: ['StageName', 'Amount', 'Probability', 'ExpectedRevenue', 'IsClosed', 'IsWon', 'ForecastCategoryName'],
    derive(row, object, _org, before) {
      const stage = meaningOf(object, 'StageName', row.StageName);
      const moved = row.StageName !== before?.StageName;
      const probability =
        row.Probability === null || (moved && before) ? (stage?.probability ?? 0) : Number(row.Probability);
      return {
        IsClosed: stage?.closed ?? false,
        IsWon: stage?.won ?? false,
        Probability: probability,
        ExpectedRevenue: row.Amount === null ? null : (Number(row.Amount) * probability) / 100,
        ForecastCategoryName: forecastCategory(probability, stage?.closed ?? false),
      };
    },
  },
  Case: {
    fields: ['Status', 'IsClosed', 'ClosedDate'],
    derive(row, object, org) {
      const closed = meaningOf(object, 'Status', row.Status)?.closed ?? false;
      return { IsClosed: closed, ClosedDate: closed ? (row.ClosedDate ?? salesforceTime(org.now())) : null };
    },
  },
  Task: {
    fields: ['Status', 'IsClosed', 'CompletedDateTime', 'ActivityDate', 'AccountId', 'WhatId', 'WhoId'],
    derive(row, object, org) {
      const closed = meaningOf(object, 'Status', row.Status)?.closed ?? false;
      return {
        IsClosed: closed,
        CompletedDateTime: closed ? (row.CompletedDateTime ?? salesforceTime(org.now())) : null,
        AccountId: accountOf(row, org),
      };
    },
  },
  Event: {
    fields: [
      'StartDateTime',
      'ActivityDateTime',
      'EndDateTime',
      'DurationInMinutes',
      'ActivityDate',
      'AccountId',
    ].concat(['WhatId', 'WhoId']),
    derive(row, _object, org, before) {
      const changed = (name: string) => row[name] !== null && row[name] !== before?.[name];
      const start = changed('ActivityDateTime') && !changed('StartDateTime') ? row.ActivityDateTime : row.StartDateTime;
      const begins = Date.parse(String(start));
      const minutes =
        changed('EndDateTime') && !changed('DurationInMinutes')
          ? (Date.parse(String(row.EndDateTime)) - begins) / 60_000
          : Number(row.DurationInMinutes ?? 60);
      return {
        StartDateTime: start ?? null,
        ActivityDateTime: start ?? null,
        ActivityDate: String(start).slice(0, 10),
        DurationInMinutes: minutes,
        EndDateTime: salesforceTime(new Date(begins + minutes * 60_000)),
        AccountId: accountOf(row, org),
      };
    },
  },
  Project__c: {
    // A formula of the default data, which other data need not have.
    fields: [],
    derive(row) {
      if (!('Remaining__c' in row)) return {};
      return { Remaining__c: row.Budget__c == null ? null : Number(row.Budget__c) - Number(row.Spent__c ?? 0) };
    },
  },
};

/** The fields of a record that follow from others. `before` is the record before the change; undefined for a new one. */
export const derive = (object: ObjectDefinition, row: Row, org: Org, before?: Row): Derived =>
  rules[object.name]?.derive(row, object, org, before) ?? {};

/** The fields that an object must have, because the sandbox derives them or derives others from them. */
export const neededFields = (objectType: string): readonly string[] => rules[objectType]?.fields ?? [];

function forecastCategory(probability: number, closed: boolean): string {
  if (closed) return probability === 0 ? 'Omitted' : 'Closed';
  if (probability >= 80) return 'Commit';
  return probability >= 60 ? 'Best Case' : 'Pipeline';
}

/** The account that an activity is about, or the account of the opportunity, case or person that it is about. */
function accountOf(row: Row, org: Org): string | null {
  for (const id of [row.WhatId, row.WhoId]) {
    const about = org.find(id);
    const account = about?.object.name === 'Account' ? about.row.Id : (about?.row.AccountId ?? about?.row.Account__c);
    if (typeof account === 'string') return account;
  }
  return null;
}
