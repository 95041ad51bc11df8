import { createHash } from 'node:crypto';
import { actions as entries } from '../../../functions/actions.ts';
import type { Action } from '../../../shared/action/defineAction.ts';
import { principal } from '../../support/principal.ts';
import type { Mark, Marks } from './marks.ts';
import { ofProject } from './plantJira.ts';
import { type IsClosed, ofField, ofObject, ofOwner } from './plantSalesforce.ts';

interface Rules {
  effects?: string[];
  toolsets?: string[];
  systems: {
    jira: { projects: string[] };
    salesforce: { objects: string[]; fields?: Record<string, string[]>; hiddenFields?: Record<string, string[]> };
  };
}

/** A caller, and what it must never be shown. */
export interface Agent {
  name: string;
  /** The app that it calls: by a key, or by a sign-in with its own rights in Salesforce. */
  app: 'keys' | 'signIns';
  headers: Record<string, string>;
  rules: Rules;
  closed: readonly Mark[];
  /** Keys of issues that it may not see. */
  closedKeys: RegExp;
  mayCall(action: Action): boolean;
}

const sales: Rules = {
  systems: {
    jira: { projects: ['ATLAS'] },
    salesforce: {
      objects: ['Account', 'Contact', 'Opportunity', 'Task', 'Event'],
      hiddenFields: {
        Account: ['Description', 'Website', 'Rating'],
        Contact: ['Phone', 'Title'],
        Opportunity: ['NextStep', 'LeadSource'],
      },
    },
  },
};

const support: Rules = {
  effects: ['reads', 'adds'],
  systems: {
    jira: { projects: ['BEACON'] },
    salesforce: {
      objects: ['Account', 'Case', 'Lead', 'Project__c', 'Task'],
      fields: { Account: ['Name', 'OwnerId', 'Phone', 'Description', 'Website', 'Rating'] },
      hiddenFields: { Case: ['Origin', 'Subject'], Lead: ['Company', 'Rating', 'Title'], Project__c: ['Notes__c'] },
    },
  },
};

/** All of it is closed to who has no more than this. */
const reader: Rules = {
  effects: ['reads'],
  toolsets: [...new Set(entries.map(({ toolset }) => toolset))],
  systems: { jira: { projects: ['COMET'] }, salesforce: { objects: ['Project__c'] } },
};

/** Of a user who is no object of a policy these fields alone are open. */
const openOfUser = ['Id', 'Name', 'FirstName', 'LastName', 'Email', 'Username', 'Alias', 'IsActive', 'UserType'];

/** The policy as the test reads it, which is not how the app does. */
function isClosedBy({ systems: { salesforce } }: Rules, objectType: string, field?: string): boolean {
  if (objectType === 'User') return field !== undefined && !openOfUser.includes(field);
  const { objects, fields = {}, hiddenFields = {} } = salesforce;
  if (!objects.includes(objectType)) return true;
  if (field === undefined) return false;
  return !(fields[objectType]?.includes(field) ?? true) || (hiddenFields[objectType]?.includes(field) ?? false);
}

export const isClosedToSomebody: IsClosed = (objectType, field) =>
  [sales, support, reader].some(rules => isClosedBy(rules, objectType, field));

const TENANT = '11111111-1111-4111-8111-111111111111';
const SALES_APPLICATION = '22222222-2222-4222-8222-222222222222';
const SUPPORT_APPLICATION = '33333333-3333-4333-8333-333333333333';

function signIn(name: string, application: string, roles: string[]): Record<string, string> {
  return principal({
    tid: TENANT,
    oid: `oid-${name}`,
    upn: `${name}@example.com`,
    scp: 'access',
    azp: application,
    roles,
  });
}

const callers = [
  { name: 'sales key', app: 'keys', rules: sales, headers: { 'x-functions-key': 'sales-key' } },
  { name: 'support key', app: 'keys', rules: support, headers: { 'x-functions-key': 'support-key' } },
  { name: 'reader key', app: 'keys', rules: reader, headers: { 'x-functions-key': 'reader-key' } },
  { name: 'li.wei', app: 'signIns', rules: sales, headers: signIn('li.wei', SALES_APPLICATION, []), owner: 'li-wei' },
  {
    name: 'jonas.weber',
    app: 'signIns',
    rules: sales,
    headers: signIn('jonas.weber', SALES_APPLICATION, []),
    owner: 'jonas-weber',
  },
  { name: 'priya.nair', app: 'signIns', rules: support, headers: signIn('priya.nair', SUPPORT_APPLICATION, []) },
  { name: 'ana.ruiz', app: 'signIns', rules: reader, headers: signIn('ana.ruiz', TENANT, ['Report.Reader']) },
] as const;

const hash = (key: string) => createHash('sha256').update(key).digest('hex');

/** The setting POLICY of both apps. Without a default, who is not named may do nothing. */
export const policy = JSON.stringify({
  keys: { [hash('sales-key')]: sales, [hash('support-key')]: support, [hash('reader-key')]: reader },
  applications: { [SALES_APPLICATION]: sales, [SUPPORT_APPLICATION]: support },
  roles: { 'Report.Reader': reader },
});

/** Every agent, with the marks that are closed to it. To be called when all marks are made. */
export function agentsWith(marks: Marks): Agent[] {
  const projects = ['ATLAS', 'BEACON', 'COMET'];
  return callers.map(caller => {
    const { rules } = caller;
    const closedProjects = projects.filter(key => !rules.systems.jira.projects.includes(key));
    const isClosed = (where: string): boolean => {
      const [kind, name = ''] = where.split(' ');
      const [objectType = '', field] = name.split('.');
      if (where === ofProject(name)) return closedProjects.includes(name);
      if (where === ofObject(objectType)) return isClosedBy(rules, objectType);
      if (field !== undefined && where === ofField(objectType, field)) return isClosedBy(rules, objectType, field);
      if (where === ofOwner(name))
        return isClosedBy(rules, 'Opportunity') || ('owner' in caller && caller.owner !== name);
      throw new Error(`Nobody knows who may see ${kind}.`);
    };
    return {
      ...caller,
      closed: marks.all().filter(({ where }) => isClosed(where)),
      closedKeys: new RegExp(`\\b(?:${closedProjects.join('|')})-\\d+\\b`, 'gi'),
      mayCall: ({ toolset, effect, callers: who }) =>
        (who !== 'users' || caller.app === 'signIns') &&
        (rules.toolsets?.includes(toolset) ?? true) &&
        (rules.effects ?? ['reads', 'adds', 'changes']).includes(effect ?? 'reads'),
    };
  });
}
