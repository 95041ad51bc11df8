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

/**
 * Whether a statement that cannot be parsed may reach what of people is closed without a policy: it names users, queues or
 * children of an unknown kind, or has a path that may lead to people and ends in more than who they are.
 */
export function mayReachPeople(tokens: readonly SoqlToken[]): boolean {
  const sources = sourcesOf(tokens);
  /** Of each open parenthesis whether it is a condition's: `IN (SELECT …)`. */
  const open: boolean[] = [];
  return tokens.some(({ kind, value }, at) => {
    const before = tokens[at - 1]?.value.toLowerCase();
    if (value === '(') open.push(before === 'in');
    if (value === ')') open.pop();
    if (kind !== 'word') return false;
    const name = value.toLowerCase();
    if (before === 'from') return isClosedName(name) || (open.at(-1) === false && !plainChildren.has(name));
    const [first = '', ...others] = name.split('.');
    const steps = others.length > 0 ? [...(sources.get(first) ?? [first]), ...others] : [first];
    const last = steps.at(-1) ?? '';
    return steps.slice(0, -1).some(step => !plainParents.has(step)) && !isOpenOfPeople(last);
  });
}

/** What the names before the dot of a path stand for, as steps from the object: `FROM Contact c, c.Account a`. */
function sourcesOf(tokens: readonly SoqlToken[]): ReadonlyMap<string, readonly string[]> {
  const from = tokens.findIndex(({ kind, value }) => kind === 'word' && value.toLowerCase() === 'from');
  const list = tokens
    .slice(from + 1)
    .map(({ kind, value }) => (kind === 'word' || value === ',' ? value.toLowerCase() : ''));
  const [object = '', second = '', third = ''] = list;
  const sources = new Map<string, readonly string[]>([[object, []]]);
  const own = second === 'as' ? third : second;
  if (own !== '' && own !== ',') sources.set(own, []);
  for (let at = list.indexOf(','); at >= 0 && list[at] === ','; at += 3) {
    const [path = '', name = ''] = list.slice(at + 1, at + 3);
    const [first = '', ...others] = path.split('.');
    sources.set(name, [...(sources.get(first) ?? [first]), ...others]);
  }
  return sources;
}
