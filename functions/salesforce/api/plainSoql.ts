import { isSetUpObject, openPeopleFields } from './setUpObjects.ts';
import type { SoqlToken } from './soqlTokens.ts';

/**
 * Lookups that lead to nothing that is closed without a policy. Salesforce itself gives these names; those of an org end
 * in `__r`, and lead to people at the most.
 */
const plainParents = new Set([
  'account',
  'campaign',
  'case',
  'contact',
  'lead',
  'opportunity',
  'recordtype',
  'reportsto',
]);

/** Lookups that lead to people and queues. */
const peopleParents = new Set(['owner', 'createdby', 'lastmodifiedby']);

/** Names that an account, contact or opportunity gives to what belongs to it. */
const plainChildren = new Set(['contacts', 'opportunities', 'cases', 'tasks', 'events']);

/**
 * Whether a statement clearly reaches nothing that is closed without a policy, so that it need not be parsed, which
 * takes a library that is slow to load. When in doubt it does not.
 */
export function isPlain(tokens: readonly SoqlToken[]): boolean {
  let depth = 0;
  return tokens.every(({ kind, value }, at) => {
    if (value === '(') depth += 1;
    if (value === ')') depth -= 1;
    if (kind === 'sign') return value !== '.';
    if (kind !== 'word') return true;
    const steps = value.toLowerCase().split('.');
    const [first = '', second = '', ...others] = steps;
    if (first === 'typeof') return false;
    if (first === 'group' && tokens[at + 1]?.value.toLowerCase() === 'by') return true;
    if (tokens[at - 1]?.value.toLowerCase() === 'from') {
      return depth === 0 ? steps.length === 1 && !isClosedName(first) : plainChildren.has(value.toLowerCase());
    }
    if (steps.length === 1) return !isClosedName(first);
    if (others.length > 0 || isSetUpObject(first)) return false;
    return (
      second === 'id' ||
      second === 'name' ||
      plainParents.has(first) ||
      (peopleParents.has(first) && isOpenOfPeople(second))
    );
  });
}

const isClosedName = (name: string) => isSetUpObject(name) || openPeopleFields(name) !== undefined;

const isOpenOfPeople = (field: string) =>
  ['user', 'group'].every(people => openPeopleFields(people)?.has(field)) || field === 'type';
