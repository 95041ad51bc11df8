import { reads, whereNamedOrPlanned, writes } from '../jira/needs.ts';
import { uses } from '../salesforce/needs.ts';

const seesRecords = uses('read Case', 'read Account', 'read Opportunity');

export const readsBoth = { jira: reads(), salesforce: seesRecords } as const;

const leavesLine = { when: 'for a case', permissions: ['create CaseComment'] } as const;

export const links = {
  jira: writes({ permissions: ['LINK_ISSUES'] }),
  salesforce: { ...seesRecords, also: [leavesLine] },
} as const;

export const createsLinked = {
  jira: writes({ permissions: ['CREATE_ISSUES', 'LINK_ISSUES'], also: whereNamedOrPlanned.also }),
  salesforce: uses('read Case', 'create CaseComment'),
} as const;

const namesOthers = {
  when: 'for what else is linked',
  permissions: ['read Account', 'read Opportunity'],
} as const;

export const tells = {
  jira: reads(),
  salesforce: { ...uses('read Case', 'create CaseComment'), also: [namesOthers] },
} as const;
