import type {
  Condition,
  FieldFunctionExpression,
  FieldType,
  FunctionExp,
  HavingClause,
  Query,
  QueryBase,
  Subquery,
  ValueQueryCondition,
  WhereClause,
} from '@jetstreamapp/soql-parser-js';
import type { ObjectDescription } from './wire.ts';

/** An object that a statement reaches, or a field of it. */
export interface Reached {
  objectType: string;
  field?: string | undefined;
  /** True where the field is one of those that all objects have to which a lookup may lead: `Who.Name`. */
  isShared?: boolean;
}

export interface Reach {
  reached: Reached[];
  /** What cannot be told by the descriptions of the objects: paths, names of children, clauses. */
  unresolved: string[];
  /** `FIELDS(…)` of these objects. */
  wholes: string[];
  /** Every name that stands in the statement and is accounted for, in lower case. */
  names: Set<string>;
}

/** What an object is made of; undefined where Salesforce does not tell. */
type Describe = (objectType: string) => Promise<ObjectDescription | undefined>;

/** Where a part of a statement stands: its object, and what its paths may begin with besides. */
interface Place {
  objectType: string;
  alias: string | undefined;
  /** The names that its SELECT list gives to what it computes. */
  computed: ReadonlySet<string>;
}

/** What the objects of a polymorphic lookup share leads on to these: https://developer.salesforce.com/docs/atlas.en-us.object_reference.meta/object_reference/sforce_api_objects_name.htm */
const sharedParents: ReadonlyMap<string, string> = new Map([
  ['profile', 'Profile'],
  ['userrole', 'UserRole'],
]);

/** Clauses that reach nothing by themselves, or are walked through; any other is not resolved. */
const knownClauses = new Set([
  ...['fields', 'sObject', 'sObjectAlias', 'relationshipName', 'sObjectPrefix', 'where', 'limit', 'offset'],
  ...['groupBy', 'having', 'orderBy', 'usingScope', 'withSecurityEnforced', 'withAccessLevel', 'for', 'update'],
]);

const quotedOrNumber = /^['\d+-]/;

/** Every object and field that a parsed statement reaches, whatever clause or subquery it is in. */
export async function reachOf(query: Query, describe: Describe): Promise<Reach> {
  const reach: Reach = { reached: [], unresolved: [], wholes: [], names: new Set() };
  const note = (...names: readonly (string | undefined)[]) => {
    for (const name of names) if (name) reach.names.add(name.toLowerCase());
  };

  /** The objects that the first of these steps leads to. */
  const parentsOf = async (objectType: string, step: string) => {
    const object = await describe(objectType);
    return object?.fields.find(({ relationshipName }) => relationshipName?.toLowerCase() === step)?.referenceTo;
  };

  const follow = async (objectType: string, steps: readonly string[], whole: string): Promise<void> => {
    let targets = [objectType];
    let isShared = false;
    for (const step of steps.slice(0, -1).map(name => name.toLowerCase())) {
      const shared: string | undefined = isShared ? sharedParents.get(step) : undefined;
      const [from = ''] = targets;
      const next: string[] | undefined = isShared ? (shared ? [shared] : undefined) : await parentsOf(from, step);
      if (!next || next.length === 0) {
        reach.unresolved.push(whole);
        return;
      }
      for (const target of next) reach.reached.push({ objectType: target });
      targets = next;
      isShared = next.length > 1;
    }
    const field = steps.at(-1);
    // The name of the object that a lookup leads to is told by its ID as well.
    if (isShared && field?.toLowerCase() === 'type') return;
    for (const target of targets) reach.reached.push({ objectType: target, field, isShared });
  };

  const path = async (text: string, { objectType, alias, computed }: Place): Promise<void> => {
    note(text);
    const steps = text.split('.');
    const first = (steps[0] ?? '').toLowerCase();
    if (steps.length === 1) {
      if (computed.has(first) && !(await hasField(objectType, first))) return;
      await follow(objectType, steps, text);
      return;
    }
    const isPrefix = first === alias || first === objectType.toLowerCase();
    if (isPrefix) await follow(objectType, steps.slice(1), text);
    // A name of both kinds is taken for either.
    if (!isPrefix || (await parentsOf(objectType, first))) await follow(objectType, steps, text);
  };

  const hasField = async (objectType: string, field: string) =>
    (await describe(objectType))?.fields.some(({ name }) => name.toLowerCase() === field) ?? false;

  const call = async ({ functionName, parameters = [] }: FunctionExp | FieldFunctionExpression, place: Place) => {
    note(functionName);
    for (const parameter of parameters) {
      if (typeof parameter !== 'string') await call(parameter, place);
      else if (functionName?.toUpperCase() === 'FIELDS') {
        note(parameter);
        reach.wholes.push(place.objectType);
      } else if (!quotedOrNumber.test(parameter)) await path(parameter, place);
    }
  };

  const condition = async (part: Condition | ValueQueryCondition, place: Place): Promise<void> => {
    if ('fn' in part) await call(part.fn, place);
    else if ('field' in part) await path(part.field, place);
    if ('valueQuery' in part) await statement(part.valueQuery, part.valueQuery.sObject ?? '');
    if ('value' in part) {
      for (const value of [part.value].flat()) {
        if (typeof value === 'string' && !quotedOrNumber.test(value)) note(...value.split(':'));
      }
    }
  };

  const clause = async (start: WhereClause | HavingClause | undefined, place: Place): Promise<void> => {
    for (let at = start; at; at = 'right' in at ? at.right : undefined) {
      if (at.left) await condition(at.left, place);
    }
  };

  const field = async (item: FieldType, place: Place): Promise<void> => {
    switch (item.type) {
      case 'Field':
        note(item.alias);
        return path('objectPrefix' in item ? `${item.objectPrefix}.${item.field}` : item.field, place);
      case 'FieldRelationship': {
        const prefix = 'objectPrefix' in item ? [item.objectPrefix] : [];
        if ('alias' in item) note(item.alias);
        return path([...prefix, ...item.relationships, item.field].join('.'), place);
      }
      case 'FieldFunctionExpression':
        note(item.alias);
        return call(item, place);
      case 'FieldTypeof': {
        note(item.field);
        for (const { objectType, fieldList } of item.conditions) {
          note(objectType);
          if (objectType !== undefined) reach.reached.push({ objectType });
          for (const name of fieldList) {
            if (objectType === undefined) await path(`${item.field}.${name}`, place);
            else await path(name, { objectType, alias: undefined, computed: new Set() });
            note(name);
          }
        }
        return;
      }
      case 'FieldSubquery':
        return children(item.subquery, place);
    }
  };

  const children = async (subquery: Subquery, { objectType, alias }: Place): Promise<void> => {
    const { relationshipName, sObjectPrefix = [] } = subquery;
    note([...sObjectPrefix, relationshipName].join('.'));
    const isOwn = sObjectPrefix.every(prefix => [alias, objectType.toLowerCase()].includes(prefix.toLowerCase()));
    const child = (await describe(objectType))?.childRelationships.find(
      other => other.relationshipName?.toLowerCase() === relationshipName.toLowerCase(),
    );
    if (child && isOwn) return statement(subquery, child.childSObject);
    reach.unresolved.push(relationshipName);
  };

  const statement = async (part: QueryBase, objectType: string): Promise<void> => {
    reach.reached.push({ objectType });
    note(objectType, part.sObjectAlias);
    reach.unresolved.push(...Object.keys(part).filter(name => !knownClauses.has(name)));
    const { fields = [], groupBy, orderBy } = part;
    const computed = fields.flatMap(item => ('alias' in item && item.alias ? [item.alias.toLowerCase()] : []));
    const place: Place = { objectType, alias: part.sObjectAlias?.toLowerCase(), computed: new Set() };
    const after: Place = { ...place, computed: new Set(computed) };
    for (const item of fields) await field(item, place);
    await clause(part.where, place);
    for (const item of [groupBy ?? []].flat()) await ('fn' in item ? call(item.fn, place) : path(item.field, place));
    await clause(part.having, after);
    for (const item of [orderBy ?? []].flat()) await ('fn' in item ? call(item.fn, after) : path(item.field, after));
  };

  await statement(query, query.sObject ?? '');
  return reach;
}
