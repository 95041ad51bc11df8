import { reads } from '../jira/needs.ts';
import { uses } from '../salesforce/needs.ts';

export const readsBoth = { jira: reads(), salesforce: uses('read Case', 'read Account', 'read Opportunity') } as const;
