import { type JqlToken, jqlTokens, orderStart } from './jqlTokens.ts';

/** Fields whose values are those of the whole site, and so tell of no project. */
const ofSite = new Set([
  'assignee',
  'reporter',
  'creator',
  'watcher',
  'voter',
  'status',
  'statuscategory',
  'resolution',
  'priority',
  'type',
  'issuetype',
  'created',
  'createddate',
  'updated',
  'updateddate',
  'resolved',
  'resolutiondate',
  'due',
  'duedate',
]);

/** Another filter, of which this one does not tell what it names. */
const otherFilters = new Set(['filter', 'request', 'savedfilter', 'searchrequest']);

const operators = new Set(['=', '!', '<', '>', '~', 'in', 'is', 'was', 'changed', 'not']);

/**
 * Whether the query of a saved filter speaks of open projects alone, so that a caller who may see only those may see it: it
 * has one of them as a condition that must hold, and names no other project and no issue of another one; or it names nothing
 * that belongs to a project.
 */
export function isOpenFilter(query: string, isOpen: (projectKey: string) => boolean): boolean {
  const all = jqlTokens(query);
  if (!all) return false;
  const end = orderStart(all, query);
  const tokens = all.filter(({ start }) => start < end);
  const named = tokens.flatMap(({ kind, value }) => (kind === 'sign' ? [] : issueKeysIn(value)));
  if (!named.every(key => isOpen(key.slice(0, key.lastIndexOf('-'))))) return false;

  const fields = fieldsOf(tokens);
  if (fields.some(({ name }) => otherFilters.has(name))) return false;
  const projects = fields.filter(({ name }) => name === 'project');
  if (!projects.every(field => operandsOf(field, tokens).every(isOpen))) return false;
  if (fields.every(({ name }) => ofSite.has(name))) return true;
  // Beside OR, or where it is negated, it may find issues of other projects, and their values are named.
  const isBound = projects.some(field => field.depth === 0 && !isNegated(field, tokens) && hasOperands(field, tokens));
  return isBound && !hasAlternative(tokens);
}

function issueKeysIn(text: string): string[] {
  return text.match(/\b[A-Za-z][A-Za-z0-9_]{1,254}-\d{1,18}\b/g) ?? [];
}

interface Field {
  name: string;
  /** Its place among the tokens. */
  index: number;
  depth: number;
}

/** What is compared: a word, or a text in quotation marks, before an operator. */
function fieldsOf(tokens: readonly JqlToken[]): Field[] {
  let depth = 0;
  return tokens.flatMap(({ kind, value }, index) => {
    if (kind === 'sign') {
      if (value === '(') depth += 1;
      if (value === ')') depth -= 1;
      return [];
    }
    const next = tokens[index + 1];
    const isField = next?.kind !== 'string' && operators.has(next?.value.toLowerCase() ?? '');
    return isField && !operators.has(value.toLowerCase()) ? [{ name: value.toLowerCase(), index, depth }] : [];
  });
}

/** The values that a field is compared with; a function, whose values are not known, is one that no project has. */
function operandsOf({ index }: Field, tokens: readonly JqlToken[]): string[] {
  let at = index + 1;
  while (isOperator(tokens[at])) at += 1;
  const isList = tokens[at]?.value === '(' && tokens[at]?.kind === 'sign';
  if (!isList) return tokens[at + 1]?.value === '(' ? ['()'] : [tokens[at]?.value ?? ''];
  const values: string[] = [];
  for (at += 1; at < tokens.length && tokens[at]?.value !== ')'; at += 1) {
    const token = tokens[at];
    if (token?.kind === 'sign') values.push(...(token.value === '(' ? ['()'] : []));
    else if (token) values.push(token.value);
  }
  return values;
}

const isOperator = (token: JqlToken | undefined) =>
  token !== undefined && token.kind !== 'string' && operators.has(token.value.toLowerCase());

const hasOperands = (field: Field, tokens: readonly JqlToken[]) => operandsOf(field, tokens).length > 0;

function isNegated({ index }: Field, tokens: readonly JqlToken[]): boolean {
  const words = [tokens[index - 1], tokens[index + 1]].map(token =>
    token?.kind === 'string' ? '' : token?.value.toLowerCase(),
  );
  return words.some(word => word === 'not' || word === '!' || word === '<' || word === '>' || word === 'is');
}

function hasAlternative(tokens: readonly JqlToken[]): boolean {
  let depth = 0;
  return tokens.some(({ kind, value }) => {
    if (kind === 'sign' && value === '(') depth += 1;
    if (kind === 'sign' && value === ')') depth -= 1;
    return depth === 0 && kind !== 'string' && (value.toLowerCase() === 'or' || value === '|');
  });
}
