import type { FieldValue, Org, Row } from './org.ts';
import { salesforceTime } from './salesforceTime.ts';
import { type ObjectDefinition, opportunityStages } from './schema.ts';

type Derived = Record<string, FieldValue>;

const fullName = ({ FirstName, LastName }: Row): Derived => ({
  Name: [FirstName, LastName].filter(Boolean).join(' '),
});

const rules: Record<string, (row: Row, org: Org, before?: Row) => Derived> = {
  Contact: fullName,
  Lead: row => ({ ...fullName(row), IsConverted: row.Status === 'Closed - Converted' }),
  User: fullName,
  Opportunity(row, _org, before) {
    const stage = Object.entries(opportunityStages).find(([name]) => name === row.StageName)?.[1];
    const moved = row.StageName !== before?.StageName;
    const probability = moved || row.Probability === null ? (stage?.probability ?? 0) : Number(row.Probability);
    return {
      IsClosed: stage?.closed ?? false,
      IsWon: stage?.won ?? false,
      Probability: probability,
      ExpectedRevenue: row.Amount === null ? null : (Number(row.Amount) * probability) / 100,
      ForecastCategoryName: forecastCategory(probability, stage?.closed ?? false),
    };
  },
  Case(row, org) {
    const closed = row.Status === 'Closed';
    return { IsClosed: closed, ClosedDate: closed ? (row.ClosedDate ?? salesforceTime(org.now())) : null };
  },
  Task(row, org) {
    const closed = row.Status === 'Completed';
    return {
      IsClosed: closed,
      CompletedDateTime: closed ? (row.CompletedDateTime ?? salesforceTime(org.now())) : null,
      AccountId: accountOf(row, org),
    };
  },
  Event(row, org, before) {
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
  Project__c: row => ({
    Remaining__c: row.Budget__c === null ? null : Number(row.Budget__c) - Number(row.Spent__c ?? 0),
  }),
};

/** The fields of a record that follow from others. `before` is the record as it was, where there was one. */
export const derive = (object: ObjectDefinition, row: Row, org: Org, before?: Row): Derived =>
  rules[object.name]?.(row, org, before) ?? {};

function forecastCategory(probability: number, closed: boolean): string {
  if (closed) return probability === 0 ? 'Omitted' : 'Closed';
  if (probability >= 80) return 'Commit';
  return probability >= 60 ? 'Best Case' : 'Pipeline';
}

/** An activity belongs to the account that it is about, or to that of the deal, case or person it is about. */
function accountOf(row: Row, org: Org): string | null {
  for (const id of [row.WhatId, row.WhoId]) {
    const about = org.find(id);
    const account = about?.object.name === 'Account' ? about.row.Id : (about?.row.AccountId ?? about?.row.Account__c);
    if (typeof account === 'string') return account;
  }
  return null;
}
