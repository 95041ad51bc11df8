import type { Query } from '@jetstreamapp/soql-parser-js';
import * as z from 'zod';
import { Failure } from '../../../shared/failure.ts';
import { parseJson } from '../../../shared/parseJson.ts';
import type { ByteRange } from '../../../shared/upstream/filePart.ts';
import type { UpstreamAnswer } from '../../../shared/upstream/http.ts';
import { answerFailure, closedByPolicy } from './answerFailure.ts';
import { requireImpersonal } from './asker.ts';
import { openInHistory, parentOfHistory } from './fieldHistory.ts';
import { nameFieldOf } from './objectNames.ts';
import type { Openness } from './openness.ts';
import { isPlain, mayReachPeople } from './plainSoql.ts';
import { isSetUpObject, openPeopleFields } from './setUpObjects.ts';
import type { SoapAnswer, SoapCall } from './soap.ts';
import type { Reached } from './soqlReach.ts';
import { type SoqlToken, soqlTokens } from './soqlTokens.ts';
import type { FieldDescription, ObjectDescription, ObjectSummary } from './wire.ts';

/**
 * The one place where it is enforced what is open: set-up objects for everybody, and what a policy leaves open of the
 * others. Every request to Salesforce goes through here. What is asked is checked or narrowed, what is answered is
 * looked at again, and where a policy restricts anything, a request that is not known here is refused.
 */

export interface SalesforceRequest {
  method: string;
  /** With its query: `/services/data/v67.0/sobjects`. */
  path: string;
  headers?: Record<string, string> | undefined;
  body?: string | undefined;
  /** The bytes of a file that are wanted; the answer has them as `part`. */
  range?: ByteRange | undefined;
}

/** Carries out an operation of the SOAP API. */
type SendSoap = (call: SoapCall) => Promise<SoapAnswer>;

export type Send = (request: SalesforceRequest) => Promise<UpstreamAnswer>;

/** What is asked of Salesforce for one call, and only what is open to it. */
export interface Allowed {
  send: Send;
  /** What Salesforce has in its SOAP API alone. @throws Failure `forbidden` */
  soap: SendSoap;
  /** An object without what is closed of it. @throws Failure `forbidden` where it is closed itself, or `not_found` */
  describe(objectType: string): Promise<ObjectDescription>;
  describeAll(): Promise<ObjectSummary[]>;
  /** Those paths from an object that are open: `Name`, `Owner.Email`. */
  openPaths(objectType: string, paths: readonly string[]): Promise<string[]>;
}

export interface AllowedParts {
  openness: Openness;
  /** Whether a request runs as the user who asks. */
  runsAsCaller: boolean;
  /** Sends without any check; answers whatever the status. */
  send: Send;
  sendSoap: SendSoap;
  /** What an object is made of, all of it. @throws Failure `not_found` */
  describe(objectType: string): Promise<ObjectDescription>;
  describeAll(): Promise<ObjectSummary[]>;
}

export interface Exchange {
  request: SalesforceRequest;
  /** What the path's groups matched. */
  parts: string[];
}

interface Rule {
  method: string;
  path: RegExp;
  handle(exchange: Exchange, guard: Guard): Promise<UpstreamAnswer>;
}

export interface Guard extends AllowedParts {
  /** @throws Failure `forbidden` or `invalid_input` */
  requireStatement(statement: string): Promise<void>;
  /** @throws Failure `forbidden` */
  requireWrite(objectType: string, values: Record<string, unknown>): Promise<void>;
  requireOpen(objectType: string): void;
  /** @throws Failure `forbidden`, also where what a policy closes would be deleted with it, or come back */
  requireDeletion(objectType: string): Promise<void>;
  /** What an object is made of; undefined where Salesforce does not tell. */
  find(objectType: string): Promise<ObjectDescription | undefined>;
  openFields(objectType: string): Promise<ReadonlySet<string> | undefined>;
  openPaths(objectType: string, paths: readonly string[]): Promise<string[]>;
  closed(sentence: string): Failure;
  /** Records without those, and without the fields, that are closed. */
  shown(records: readonly unknown[]): Promise<unknown[]>;
  /** A refusal of Salesforce's, which may tell of other records. */
  shownErrors(body: unknown, objectType?: string): Promise<unknown>;
}

/** Every request that is made of Salesforce, and how it is kept within what is open. */
const rules: readonly Rule[] = [
  rule('GET', '/query(?:All)?', async ({ request }, guard) => {
    await guard.requireStatement(statementOf(request.path));
    return shownQuery(await guard.send(request), guard);
  }),
  rule('GET', '/query(?:All)?/[\\w-]+', async ({ request }, guard) => shownQuery(await guard.send(request), guard)),
  rule('POST', '/composite', composite),
  rule('POST', '/composite/graph', writeTogether),
  rule('POST', '/process/approvals', approve),
  rule('POST', '/parameterizedSearch', search),
  rule('GET', '/knowledgeManagement/settings', ({ request }, guard) => guard.send(request)),
  rule('POST', '/actions/standard/emailSimple', sendEmail),
  rule('POST', '/chatter/feed-elements', post),
  rule('GET', '/sobjects/(\\w+)/\\w+/(VersionData|Body)', readFile),
  rule('GET', '/analytics/reports/(\\w+)/describe', describeReport),
  rule('POST', '/analytics/reports/(\\w+)', runReport),
  rule('GET', '/analytics/dashboards/(\\w+)', showDashboard),
  rule('GET', '/sobjects/(\\w+)/describe', async ({ parts: [objectType = ''] }, guard) =>
    withBody(fine, await describeOpen(objectType, guard)),
  ),
  rule('GET', '/ui-api/object-info/(\\w+)/picklist-values/\\w+', ofObject('picklists')),
  rule('GET', '/ui-api/layout/(\\w+)', ofObject('layout')),
  rule('GET', '/sobjects/(\\w+)/describe/layouts', ofObject('layouts')),
  rule('GET', '/sobjects/(\\w+)/describe/layouts/\\w+', ofObject('layout')),
  rule('GET', '/sobjects', async (_, guard) => withBody(fine, { sobjects: await describeAllOpen(guard) })),
  rule('POST', '/sobjects/(\\w+)', write),
  rule('PATCH', '/sobjects/(\\w+)/\\w+', write),
  rule('DELETE', '/sobjects/(\\w+)/\\w+', async ({ request, parts: [objectType = ''] }, guard) => {
    await guard.requireDeletion(objectType);
    const answer = await guard.send(request);
    return answer.status < 400 ? answer : refusedWith(answer, guard, objectType);
  }),
  rule('POST', '/composite/sobjects', writeMany),
  rule('PATCH', '/composite/sobjects', writeMany),
];

function rule(method: string, path: string, handle: Rule['handle']): Rule {
  return { method, path: new RegExp(`^${path}$`), handle };
}

const fine: UpstreamAnswer = { status: 200, headers: new Headers(), body: '' };

async function composite({ request }: Exchange, guard: Guard): Promise<UpstreamAnswer> {
  const { compositeRequest, ...others } = compositeBody.parse(parseJson(request.body ?? ''));
  const refusals = await Promise.all(
    compositeRequest.map(async ({ method, url }) => {
      if (method !== 'GET' || !/^\/query(All)?$/.test(pathOf(url))) throw closedRequest();
      return guard.requireStatement(statementOf(url)).then(
        () => undefined,
        (error: unknown) => {
          if (error instanceof Failure && error.code === 'forbidden') return error;
          throw error;
        },
      );
    }),
  );
  const open = compositeRequest.filter((_, at) => !refusals[at]);
  const refused = ({ message }: Failure) => ({
    httpStatusCode: 403,
    body: [{ errorCode: closedByPolicy, message }],
  });
  if (open.length === 0) {
    return withBody(fine, { compositeResponse: refusals.flatMap(failure => (failure ? [refused(failure)] : [])) });
  }
  const answer = await guard.send({ ...request, body: JSON.stringify({ ...others, compositeRequest: open }) });
  if (answer.status >= 400 || (open.length === compositeRequest.length && !guard.openness.restricts)) return answer;
  const { compositeResponse } = compositeAnswer.parse(parseJson(answer.body));
  const parts = await Promise.all(
    compositeResponse.map(async part => ({
      ...part,
      body: part.httpStatusCode < 400 ? await shownRecords(part.body, guard) : await guard.shownErrors(part.body),
    })),
  );
  return withBody(answer, {
    compositeResponse: refusals.map(failure => (failure ? refused(failure) : parts.shift())),
  });
}

/** What an object's record types offer and its pages demand. */
function ofObject(kind: 'picklists' | 'layout' | 'layouts'): Rule['handle'] {
  return async ({ request, parts: [objectType = ''] }, guard) => {
    guard.requireOpen(objectType);
    const answer = await guard.send(request);
    if (answer.status >= 400) return refusedWith(answer, guard, objectType);
    const open = await guard.openFields(objectType);
    if (!open) return answer;
    const { narrowed } = await import('./openLayouts.ts');
    return withBody(
      answer,
      narrowed[kind](parseJson(answer.body), field => open.has(field.toLowerCase())),
    );
  };
}

async function search({ request }: Exchange, guard: Guard): Promise<UpstreamAnswer> {
  const { data } = searchBody.safeParse(parseJson(request.body ?? ''));
  if (!data) throw closedRequest();
  const { sobjects, ...others } = data;
  const { openness } = guard;
  const narrowed = await Promise.all(
    sobjects.map(async ({ name, fields, limit, where }) => {
      if (!openness.isOpen(name)) return undefined;
      const open = await guard.openFields(name);
      if (open && where !== undefined && !conditionFields.every(field => open.has(field))) return undefined;
      // Where words may be found in the name only, those of a closed name tell of it, too.
      if (open && !(await hasOpenName(name, open, guard))) return undefined;
      const shown = open ? fields.filter(field => open.has(field.toLowerCase())) : fields;
      return { name, fields: shown, limit, ...(where !== undefined && { where }) };
    }),
  );
  const wanted = narrowed.filter(object => object !== undefined);
  if (wanted.length === 0) throw closedObject(sobjects[0]?.name ?? '');
  // A hit tells that the words are in the record, in a closed field as well as in an open one.
  const isPartial = wanted.some(({ name }) => openness.hasClosedFields(name));
  const body = JSON.stringify({ ...others, ...(isPartial && { in: 'NAME' }), sobjects: wanted });
  const answer = await guard.send({ ...request, body });
  if (answer.status >= 400 || !openness.restricts) return answer;
  const { searchRecords } = searchAnswer.parse(parseJson(answer.body));
  return withBody(answer, { searchRecords: await guard.shown(searchRecords) });
}

async function write({ request, parts: [objectType = ''] }: Exchange, guard: Guard): Promise<UpstreamAnswer> {
  await guard.requireWrite(objectType, anyObject.parse(parseJson(request.body ?? '')));
  const answer = await guard.send(request);
  return answer.status < 400 ? answer : refusedWith(answer, guard, objectType);
}

async function writeMany(exchange: Exchange, guard: Guard): Promise<UpstreamAnswer> {
  return (await import('./allowedWrites.ts')).writeMany(exchange, guard);
}

/** Writes that are made together: each is one that could be made alone. */
async function writeTogether({ request }: Exchange, guard: Guard): Promise<UpstreamAnswer> {
  const { graphs } = graphBody.parse(parseJson(request.body ?? ''));
  const nodes = graphs.flatMap(({ compositeRequest }) => compositeRequest);
  const objectTypes = nodes.map(({ method, url }) => {
    const [, created, changed] = /^\/sobjects\/(?:(\w+)|(\w+)\/\w+)$/.exec(pathOf(url)) ?? [];
    const objectType = method === 'POST' ? created : method === 'PATCH' ? changed : undefined;
    if (objectType === undefined) throw closedRequest();
    return objectType;
  });
  for (const [at, { body }] of nodes.entries()) await guard.requireWrite(objectTypes[at] ?? '', body);
  const answer = await guard.send(request);
  if (answer.status >= 400 || !guard.openness.restricts) return answer;
  const answered = graphAnswer.parse(parseJson(answer.body));
  const of = new Map(nodes.map(({ referenceId }, at) => [referenceId, objectTypes[at]]));
  return withBody(answer, {
    graphs: await Promise.all(
      answered.graphs.map(async graph => ({
        ...graph,
        graphResponse: {
          compositeResponse: await Promise.all(
            graph.graphResponse.compositeResponse.map(async part => ({
              ...part,
              body:
                part.httpStatusCode < 400 ? part.body : await guard.shownErrors(part.body, of.get(part.referenceId)),
            })),
          ),
        },
      })),
    ),
  });
}

/** Approvals are records of their own, and are about a record that must be open as well. */
async function approve({ request }: Exchange, guard: Guard): Promise<UpstreamAnswer> {
  const { requests } = approvalsBody.parse(parseJson(request.body ?? ''));
  for (const { actionType, contextId } of requests) {
    const isNew = actionType === 'Submit';
    await guard.requireWrite(isNew ? 'ProcessInstance' : 'ProcessInstanceWorkitem', isNew ? { contextId } : {});
  }
  const answer = await guard.send(request);
  return answer.status < 400 ? answer : refusedWith(answer, guard);
}

/** What a file holds is a field of its record. */
async function readFile({ request, parts: [objectType = '', field = ''] }: Exchange, guard: Guard) {
  guard.requireOpen(objectType);
  const open = await guard.openFields(objectType);
  if (open && !open.has(field.toLowerCase())) throw closedField(objectType, field);
  return guard.send(request);
}

/** What is sent is logged: who may not write the log does not send. */
async function sendEmail({ request }: Exchange, guard: Guard): Promise<UpstreamAnswer> {
  const [email] = emailBody.safeParse(parseJson(request.body ?? '')).data?.inputs ?? [];
  if (!email) throw closedRequest();
  await guard.requireWrite('EmailMessage', {
    ParentId: email.relatedRecordId,
    Subject: '',
    HtmlBody: '',
    ToAddress: '',
    ...(['ccAddresses', 'ccRecipientAddressList'].some(name => name in email) && { CcAddress: '' }),
  });
  const answer = await guard.send(request);
  return answer.status < 400 ? answer : refusedWith(answer, guard);
}

async function post({ request }: Exchange, guard: Guard): Promise<UpstreamAnswer> {
  const { data } = postBody.safeParse(parseJson(request.body ?? ''));
  if (!data) throw closedRequest();
  await guard.requireWrite('FeedItem', { ParentId: data.subjectId, Body: '' });
  const answer = await guard.send(request);
  return answer.status < 400 ? answer : refusedWith(answer, guard);
}

/** A report tells of records by other names than their own, so that its answer is looked at whole. */
async function runReport({ request }: Exchange, guard: Guard): Promise<UpstreamAnswer> {
  guard.requireOpen('Report');
  const answer = await guard.send(request);
  if (answer.status >= 400) return refusedWith(answer, guard);
  const { refusalOfReport } = await import('./insight/openReports.ts');
  const refusal = await refusalOfReport(parseJson(answer.body), guard, describing(request, guard));
  if (refusal) throw refusal;
  return answer;
}

/** Asks for a report's description, where its answer does not tell enough. */
function describing({ path }: SalesforceRequest, guard: Guard) {
  const base = path.slice(0, path.indexOf('/analytics/'));
  return async (reportId: string): Promise<unknown> => {
    if (!/^\w{15,18}$/.test(reportId)) return undefined;
    const { status, body } = await guard.send({
      method: 'GET',
      path: `${base}/analytics/reports/${reportId}/describe`,
    });
    return status < 400 ? parseJson(body) : undefined;
  };
}

async function describeReport({ request }: Exchange, guard: Guard): Promise<UpstreamAnswer> {
  guard.requireOpen('Report');
  const answer = await guard.send(request);
  if (answer.status >= 400 || !guard.openness.restricts) return answer;
  const { openDescription } = await import('./insight/openReports.ts');
  return withBody(answer, await openDescription(parseJson(answer.body), guard));
}

async function showDashboard({ request }: Exchange, guard: Guard): Promise<UpstreamAnswer> {
  guard.requireOpen('Dashboard');
  // What a filter of a dashboard is about, nothing tells.
  if (guard.openness.restricts && request.path.includes('?')) throw closedRequest();
  const answer = await guard.send(request);
  if (answer.status >= 400) return refusedWith(answer, guard);
  const { openDashboard } = await import('./insight/openReports.ts');
  return withBody(answer, await openDashboard(parseJson(answer.body), guard, describing(request, guard)));
}

/** Salesforce, of which only this is there. */
export function allowed(parts: AllowedParts): Allowed {
  const { openness, runsAsCaller, describe } = parts;

  const find = (objectType: string) =>
    describe(objectType).catch((error: unknown) => {
      if (error instanceof Failure && error.code === 'not_found') return undefined;
      throw error;
    });

  /** What forbids to reach something; undefined where nothing does. */
  const refusalOf = async ({ objectType, field, isShared = false }: Reached): Promise<Failure | undefined> => {
    if (!openness.isOpen(objectType)) return closedObject(objectType);
    if (field === undefined || (!openness.restricts && !openness.hasClosedFields(objectType))) return undefined;
    // What several objects call Name is to some of them a number or a subject.
    const isOtherName = isShared && field.toLowerCase() === 'name' && !openPeopleFields(objectType);
    const isPlainlyOpen = !isOtherName && openness.isPlainlyOpen(objectType, field);
    // Only a policy makes it matter what a field is computed from.
    if (isPlainlyOpen && !(openness.restricts && mayBeComputed(objectType, field))) return undefined;
    const object = await find(objectType);
    if (!object) return isPlainlyOpen ? undefined : closedField(objectType, field);
    const own = isOtherName ? (object.fields.find(({ nameField }) => nameField)?.name ?? '') : field;
    const described = object.fields.find(({ name }) => name.toLowerCase() === own.toLowerCase());
    const isOpen =
      openness.openFields(object).has(own.toLowerCase()) && !(described && (await showsClosed(object, described)));
    return isOpen || (!described && !openness.hasClosedFields(objectType)) ? undefined : closedField(objectType, field);
  };

  /** Whether a field is computed from what is closed. One that a policy opens by its name is open all the same. */
  const showsClosed = async (object: ObjectDescription, field: FieldDescription): Promise<boolean> => {
    if (!openness.restricts || openness.isNamedField(object.name, field.name)) return false;
    const { computedFrom, totalOf } = await import('./formula.ts');
    if (await firstRefusal(totalOf(object.name, field))) return true;
    const paths = computedFrom(object.name, field);
    if (paths === 'unknown') {
      return object.childRelationships.some(
        ({ childSObject }) => !openness.isOpen(childSObject) || openness.hasClosedFields(childSObject),
      );
    }
    return (await openPathsFrom(object.name, paths)).length < paths.length;
  };

  const openPathsFrom = async (objectType: string, paths: readonly string[]): Promise<string[]> => {
    if (paths.length === 0) return [];
    const { reachOf } = await import('./soqlReach.ts');
    const open = await Promise.all(
      paths.map(async field => {
        const reach = await reachOf({ sObject: objectType, fields: [{ type: 'Field', field }] }, find);
        if (openness.restricts && reach.unresolved.length > 0) return [];
        return (await firstRefusal(reach.reached)) ? [] : [field];
      }),
    );
    return open.flat();
  };

  /** What is open of an object's fields, in lower case; undefined where all of them are. */
  const openFieldsOf = async (object: ObjectDescription): Promise<ReadonlySet<string> | undefined> => {
    const open = openness.openFields(object);
    const shown = await Promise.all(
      object.fields.map(async field => open.has(field.name.toLowerCase()) && !(await showsClosed(object, field))),
    );
    const names = object.fields.filter((_, at) => shown[at]).map(({ name }) => name.toLowerCase());
    return names.length < object.fields.length ? new Set(names) : undefined;
  };

  const firstRefusal = async (reached: readonly Reached[]): Promise<Failure | undefined> => {
    for (const each of reached) {
      const refusal = await refusalOf(each);
      if (refusal) return refusal;
    }
    return undefined;
  };

  const requireStatement = async (statement: string): Promise<void> => {
    const tokens = soqlTokens(statement);
    if (!runsAsCaller) requireImpersonal(tokens);
    if (!openness.restricts && isPlain(tokens)) return;
    const { parseSoql } = await import('./parseSoql.ts');
    let query: ReturnType<typeof parseSoql>;
    try {
      query = parseSoql(statement);
    } catch {
      // Salesforce says what is wrong with it, where there is nothing in it that is closed.
      const setUp = setUpNames(tokens);
      if (setUp !== undefined) throw closedObject(setUp);
      if (openness.restricts || mayReachPeople(tokens)) throw unreadable(openness.restricts);
      return;
    }
    const { reachOf } = await import('./soqlReach.ts');
    const { reached, unresolved, wholes, names } = await reachOf(query, find);
    const refusal = await firstRefusal(reached);
    if (refusal) throw refusal;
    if (openness.restricts) await requireOpenHistory(query, reached);
    for (const whole of wholes) if (await guard.openFields(whole)) throw closedWhole(whole);
    if (openness.restricts) {
      const [first] = [...unresolved, ...unaccounted(tokens, names)];
      if (first !== undefined) throw unresolvable(first);
    } else {
      const setUp = unresolved.length > 0 ? setUpNames(tokens) : undefined;
      if (setUp !== undefined) throw closedObject(setUp);
    }
  };

  /** What a history holds are the values of another object's fields: it may be asked for those alone that are open there. */
  const requireOpenHistory = async (query: Query, reached: readonly Reached[]): Promise<void> => {
    const histories = new Set(reached.map(({ objectType }) => objectType).filter(name => parentOfHistory(name)));
    for (const history of histories) {
      const parent = parentOfHistory(history) ?? '';
      const isMain = query.sObject?.toLowerCase() === history.toLowerCase();
      const wanted = isMain ? (await import('./openHistory.ts')).historyFieldsIn(query) : undefined;
      const object = openness.isOpen(parent) ? await find(parent) : undefined;
      // An object that only is called like a history has none of another's fields.
      if (openness.isOpen(parent) && !object) continue;
      const open = object && new Set(openInHistory((await describeOpen(object.name, guard)).fields));
      if (!open || !wanted?.every(name => open.has(name))) throw closedHistory(history, parent);
    }
  };

  const findOpenFields = async (objectType: string): Promise<ReadonlySet<string> | undefined> => {
    if (!openness.restricts && !openness.hasClosedFields(objectType)) return undefined;
    const object = await find(objectType);
    if (object) return openFieldsOf(object);
    return openness.hasClosedFields(objectType) ? new Set(['id', ...(openPeopleFields(objectType) ?? [])]) : undefined;
  };
  /** Found once for all records of an answer. */
  const openFields = new Map<string, ReturnType<typeof findOpenFields>>();

  const guard: Guard = {
    ...parts,
    find,
    requireStatement,
    openPaths: openPathsFrom,
    closed,
    requireOpen(objectType) {
      if (!openness.isOpen(objectType)) throw closedObject(objectType);
    },
    openFields(objectType) {
      const known = openFields.get(objectType) ?? findOpenFields(objectType);
      openFields.set(objectType, known);
      return known;
    },
    async requireWrite(objectType, values) {
      if (!openness.isWritable(objectType)) throw closedForWriting(objectType, openness);
      if (!openness.restricts) return;
      const open = await guard.openFields(objectType);
      const closed = Object.keys(values).find(name => open && !open.has(name.toLowerCase()));
      if (closed !== undefined) throw closedField(objectType, closed);
      await requireTargets(objectType, values, guard);
    },
    async requireDeletion(objectType) {
      if (!openness.isWritable(objectType)) throw closedForWriting(objectType, openness);
      if (await takesClosed(await find(objectType), guard)) throw closedDeletion(objectType);
    },
    shown: records => shown(records, guard),
    shownErrors: (body, objectType) => shownErrors(body, objectType, guard),
  };

  return {
    describe: objectType => describeOpen(objectType, guard),
    describeAll: () => describeAllOpen(guard),
    openPaths: openPathsFrom,
    async soap(call) {
      return (await import('./allowedWrites.ts')).soap(call, guard);
    },
    async send(request) {
      const path = pathOf(request.path);
      for (const { method, path: expected, handle } of rules) {
        const match = method === request.method ? expected.exec(path) : null;
        if (match) return handle({ request, parts: match.slice(1) }, guard);
      }
      const named = path.split('/');
      const isClosed = named.some(
        name => closedParts.has(name) || isSetUpObject(name) || openness.hasClosedFields(name),
      );
      // Without a policy what only reads is let through, unless it may lead to what is closed for everybody.
      if (openness.restricts || request.method !== 'GET' || isClosed) throw closedRequest();
      return parts.send(request);
    },
  };
}

/** IDs and what tells who somebody is are never computed from other fields. */
function mayBeComputed(objectType: string, field: string): boolean {
  return field.toLowerCase() !== 'id' && !openPeopleFields(objectType);
}

/** Parts of the API that tell of set-up objects, or take statements that are not read here. */
const closedParts = new Set(['tooling', 'metadata', 'search']);

/** `/services/data/v67.0/query?q=…` is `/query`. */
function pathOf(path: string): string {
  return /^\/services\/data\/v\d{2,3}\.0(\/[^?]*)/.exec(path)?.[1] ?? '';
}

function statementOf(path: string): string {
  return new URL(path, 'https://org.invalid').searchParams.get('q') ?? '';
}

/** A set-up object that a statement names, be it as an object or along a path. */
function setUpNames(tokens: readonly SoqlToken[]): string | undefined {
  return tokens.flatMap(({ kind, value }) => (kind === 'word' ? value.split('.') : [])).find(isSetUpObject);
}

/** The words of a statement's own, which name nothing. */
const keywords = new Set(
  (
    'select from where and or not like in includes excludes order by asc desc nulls first last group rollup cube having ' +
    'limit offset using scope with security_enforced user_mode system_mode for view reference update typeof when then ' +
    'else end null true false'
  ).split(' '),
);

/** Words that the parsed statement does not account for: read in another way, they might reach something. */
function unaccounted(tokens: readonly SoqlToken[], names: ReadonlySet<string>): string[] {
  return tokens.flatMap(({ kind, value }, at) => {
    if (kind !== 'word') return [];
    const word = value.toLowerCase();
    const isScope = tokens[at - 1]?.value.toLowerCase() === 'scope' && tokens[at - 2]?.value.toLowerCase() === 'using';
    return keywords.has(word) || names.has(word) || isScope ? [] : [value];
  });
}

async function shownQuery(answer: UpstreamAnswer, guard: Guard): Promise<UpstreamAnswer> {
  if (answer.status >= 400) return refusedWith(answer, guard);
  if (!guard.openness.restricts) return answer;
  return withBody(answer, await shownRecords(parseJson(answer.body), guard));
}

export async function refusedWith(answer: UpstreamAnswer, guard: Guard, objectType?: string): Promise<UpstreamAnswer> {
  const body = parseJson(answer.body);
  return guard.openness.restricts && body !== undefined
    ? withBody(answer, await guard.shownErrors(body, objectType))
    : answer;
}

async function shownRecords(body: unknown, guard: Guard): Promise<unknown> {
  const { data } = queryAnswer.safeParse(body);
  return data ? { ...data, records: await guard.shown(data.records) } : body;
}

/** Records without those, and without the fields, that are closed: also among parents and children. */
async function shown(records: readonly unknown[], guard: Guard): Promise<unknown[]> {
  const rows = await Promise.all(records.map(record => shownRecord(record, guard)));
  return rows.filter(row => row !== undefined);
}

async function shownRecord(record: unknown, guard: Guard): Promise<unknown> {
  const { data } = anyRecord.safeParse(record);
  if (!data) return record;
  const objectType = typeOf(data);
  // Groups and totals are of fields that the statement was let to reach.
  if (objectType === undefined || objectType === 'AggregateResult') return record;
  if (!guard.openness.isOpen(objectType)) return undefined;
  // Of what several objects share, only the statement tells which field it is.
  const open = data.attributes?.type === objectType ? await guard.openFields(objectType) : undefined;
  const entries = await Promise.all(
    Object.entries(data).map(async ([name, value]): Promise<[string, unknown][]> => {
      if (typeof value !== 'object' || value === null || name === 'attributes') {
        return !open || name === 'attributes' || open.has(name.toLowerCase()) ? [[name, value]] : [];
      }
      const children = queryAnswer.safeParse(value).data;
      if (children) return [[name, { ...children, records: await guard.shown(children.records) }]];
      if (anyRecord.safeParse(value).data?.attributes) return [[name, (await shownRecord(value, guard)) ?? null]];
      return !open || open.has(name.toLowerCase()) ? [[name, value]] : [];
    }),
  );
  return Object.fromEntries(entries.flat());
}

/** A polymorphic lookup is answered as a Name, of which the URL tells what it is. */
function typeOf({ attributes }: z.output<typeof anyRecord>): string | undefined {
  if (attributes?.type !== 'Name') return attributes?.type ?? undefined;
  return /\/sobjects\/(\w+)\//.exec(attributes.url ?? '')?.[1] ?? attributes.type;
}

/** Duplicate rules answer with the records that match, which may be of any object. */
async function shownErrors(body: unknown, objectType: string | undefined, guard: Guard): Promise<unknown> {
  const { data } = errorsBody.safeParse(body);
  if (!data) return body;
  const open = objectType === undefined ? undefined : await guard.openFields(objectType);
  return Promise.all(
    [data].flat().map(async error => {
      const { duplicateResult, message, fields, ...others } = error;
      const isTold = !open || isOfOpenFields(message ?? '', fields ?? [], open, await guard.find(objectType ?? ''));
      const matchResults = await Promise.all(
        (duplicateResult?.matchResults ?? []).map(async result => ({
          matchRecords: await Promise.all(
            (result.matchRecords ?? []).map(async ({ record }) => ({ record: await shownRecord(record, guard) })),
          ),
        })),
      );
      return {
        ...others,
        message: isTold ? message : 'A field that is closed here does not have what Salesforce wants of it.',
        ...(isTold && fields && { fields }),
        ...(duplicateResult && {
          duplicateResult: {
            allowSave: duplicateResult.allowSave,
            matchResults: matchResults.map(({ matchRecords }) => ({
              matchRecords: matchRecords.filter(({ record }) => record !== undefined),
            })),
          },
        }),
      };
    }),
  );
}

function isOfOpenFields(
  message: string,
  fields: readonly string[],
  open: ReadonlySet<string>,
  object: ObjectDescription | undefined,
): boolean {
  const told = message.toLowerCase();
  const closed = (object?.fields ?? []).filter(({ name }) => !open.has(name.toLowerCase()));
  return (
    fields.every(name => open.has(name.toLowerCase())) &&
    !closed.some(({ name, label }) => [name, label].some(text => told.includes(text.toLowerCase())))
  );
}

async function describeOpen(objectType: string, guard: Guard): Promise<ObjectDescription> {
  guard.requireOpen(objectType);
  const { openness } = guard;
  const object = await guard.describe(objectType);
  // Salesforce takes names in other forms than an object's own.
  guard.requireOpen(object.name);
  const isWritable = openness.isWritable(object.name);
  const open = await guard.openFields(object.name);
  const shown = object.fields.filter(field => !open || open.has(field.name.toLowerCase()));
  const targets = [...new Set(shown.flatMap(({ referenceTo }) => referenceTo))];
  const named = await Promise.all(targets.map(async target => ((await leadsOn(target, guard)) ? [target] : [])));
  const withName = new Set(named.flat());
  return {
    ...object,
    createable: object.createable && isWritable,
    updateable: object.updateable && isWritable,
    deletable: object.deletable && isWritable && !(await takesClosed(object, guard)),
    fields: shown.map(field => ({
      ...field,
      createable: field.createable && isWritable,
      updateable: field.updateable && isWritable,
      referenceTo: field.referenceTo.filter(openness.isOpen),
      // A lookup leads on only where all that it may lead to is open, by name.
      relationshipName: field.referenceTo.every(target => withName.has(target)) ? field.relationshipName : undefined,
    })),
    childRelationships: object.childRelationships.filter(({ childSObject }) => openness.isOpen(childSObject)),
  };
}

/**
 * Whether records that a policy closes are deleted with those of an object. What only belongs to a record, such as its history,
 * has no layout.
 */
async function takesClosed(object: ObjectDescription | undefined, guard: Guard): Promise<boolean> {
  const { openness } = guard;
  const closed = (object?.childRelationships ?? [])
    .filter(({ cascadeDelete, childSObject }) => cascadeDelete && !openness.isWritable(childSObject))
    .map(({ childSObject }) => childSObject);
  if (!openness.restricts || closed.length === 0) return false;
  return (await guard.describeAll()).some(({ name, layoutable }) => layoutable && closed.includes(name));
}

/** Whether the names of an object's records are open, which takes its description where only some of its fields are. */
async function leadsOn(objectType: string, guard: Guard): Promise<boolean> {
  const { openness } = guard;
  const fields = ['Name', nameFieldOf(objectType) ?? 'Name'];
  if (fields.every(field => openness.isPlainlyOpen(objectType, field))) return true;
  if (!openness.isOpen(objectType)) return false;
  const open = await guard.openFields(objectType);
  return !open || hasOpenName(objectType, open, guard);
}

async function describeAllOpen({ openness, describeAll }: Guard): Promise<ObjectSummary[]> {
  const all = await describeAll();
  return all
    .filter(({ name }) => openness.isOpen(name))
    .map(object =>
      openness.isWritable(object.name) ? object : { ...object, createable: false, updateable: false, deletable: false },
    );
}

async function hasOpenName(objectType: string, open: ReadonlySet<string>, guard: Guard): Promise<boolean> {
  const known = nameFieldOf(objectType);
  const name = known ?? (await guard.find(objectType))?.fields.find(({ nameField }) => nameField)?.name;
  return name !== undefined && open.has(name.toLowerCase());
}

/** What a write points at must be open as well: the first three characters of an ID tell its object. */
async function requireTargets(objectType: string, values: Record<string, unknown>, guard: Guard): Promise<void> {
  const fields = (await guard.find(objectType))?.fields;
  const texts = new Set(
    fields?.filter(({ referenceTo }) => referenceTo.length === 0).map(({ name }) => name.toLowerCase()),
  );
  // A list of IDs, such as TaskWhoIds, points at each of them.
  const ids = Object.entries(values).flatMap(([name, value]) =>
    [value]
      .flat()
      .filter(each => typeof each === 'string')
      .filter(each => recordId.test(each) && !texts.has(name.toLowerCase())),
  );
  if (ids.length === 0) return;
  const objects = new Map((await guard.describeAll()).map(({ keyPrefix, name }) => [keyPrefix, name]));
  for (const id of ids) {
    const target = objects.get(id.slice(0, 3));
    if (target === undefined || !guard.openness.isOpen(target)) throw closedRecord();
  }
}

export function withBody(answer: UpstreamAnswer, body: unknown): UpstreamAnswer {
  return { ...answer, body: JSON.stringify(body) };
}

function refusal(message: string): Failure {
  const body = JSON.stringify([{ errorCode: closedByPolicy, message }]);
  return answerFailure({ status: 403, body }, 'such thing in Salesforce');
}

function closed(sentence: string): Failure {
  return refusal(`${sentence} Say so to the user; trying again will not help.`);
}

function closedObject(objectType: string): Failure {
  return closed(
    isSetUpObject(objectType)
      ? `${objectType} is about sign-in, permissions or set-up in Salesforce, which this service keeps closed unless a policy of its administrator names it.`
      : `A policy of this service's administrator does not open ${objectType} of Salesforce.`,
  );
}

/** The object is not told: there may be none that has IDs like that. */
function closedRecord(): Failure {
  return closed("A policy of this service's administrator does not open a record that is named, or there is none.");
}

export function closedForWriting(objectType: string, openness: Openness): Failure {
  if (!openness.isOpen(objectType) || isSetUpObject(objectType)) return closedObject(objectType);
  return closed(
    `${objectType} can only be read here: who may sign in, and with what rights, is not changed through this service unless a policy of its administrator names ${objectType}.`,
  );
}

function closedDeletion(objectType: string): Failure {
  return closed(
    `With a record of ${objectType} others are deleted, and come back, that a policy of this service's administrator does not open.`,
  );
}

function closedField(objectType: string, field: string): Failure {
  return closed(
    openPeopleFields(objectType)
      ? `Of ${objectType} only what tells who somebody is is open here, such as Id, Name and Email, and not ${field}, unless a policy of this service's administrator opens it.`
      : `A policy of this service's administrator does not open the field ${field} of ${objectType}.`,
  );
}

function closedHistory(history: string, parent: string): Failure {
  return closed(
    `${history} holds values of ${parent}, of which a policy of this service's administrator does not open everything. Use getRecordHistory.`,
  );
}

function closedWhole(objectType: string): Failure {
  return refusal(
    `Not all fields of ${objectType} are open here, so FIELDS() is closed. Name the fields that are needed; describeObject tells which there are.`,
  );
}

export function closedRequest(): Failure {
  return closed('This part of Salesforce is closed here by a policy.');
}

function unresolvable(name: string): Failure {
  return closed(`A policy restricts what of Salesforce is open here, and where ${name} leads to cannot be told.`);
}

function unreadable(isRestricted: boolean): Failure {
  const why = isRestricted
    ? 'A policy restricts what of Salesforce is open here'
    : 'Of users only who they are is open here';
  return refusal(
    `${why}, and what this statement reaches cannot be told from its form. Write it more plainly: one object after FROM, and lookups as paths such as Account.Name.`,
  );
}

const recordId = /^[a-zA-Z0-9]{15}([a-zA-Z0-9]{3})?$/;
const anyObject = z.looseObject({});
const compositeBody = z.looseObject({
  compositeRequest: z.array(z.looseObject({ method: z.string(), url: z.string() })),
});
const graphBody = z.strictObject({
  graphs: z.array(
    z.strictObject({
      graphId: z.string(),
      compositeRequest: z.array(
        z.strictObject({ method: z.string(), url: z.string(), referenceId: z.string(), body: z.looseObject({}) }),
      ),
    }),
  ),
});
const graphAnswer = z.looseObject({
  graphs: z.array(
    z.looseObject({
      graphResponse: z.looseObject({
        compositeResponse: z.array(
          z.looseObject({ httpStatusCode: z.number(), referenceId: z.string(), body: z.unknown() }),
        ),
      }),
    }),
  ),
});
const approvalsBody = z.strictObject({
  requests: z.array(z.looseObject({ actionType: z.string(), contextId: z.string() })),
});
const compositeAnswer = z.looseObject({
  compositeResponse: z.array(z.looseObject({ httpStatusCode: z.number(), body: z.unknown() })),
});
/** The one condition that a search may have: which articles are meant. Any other would have to be checked, too. */
const ofPublished = /^PublishStatus = 'Online'( AND Language = '[a-z]{2,3}(_[A-Z]{2})?')?$/;
const conditionFields = ['publishstatus', 'language'];
/** An e-mail is logged as a record, and so is a post. */
const emailBody = z.object({
  inputs: z.array(z.looseObject({ relatedRecordId: z.string(), emailTemplateId: z.never().optional() })).length(1),
});
const postBody = z.looseObject({ subjectId: z.string() });
/** What may be asked of a search. */
const searchBody = z.strictObject({
  q: z.string(),
  in: z.string(),
  overallLimit: z.number(),
  sobjects: z.array(
    z.strictObject({
      name: z.string(),
      fields: z.array(z.string()),
      limit: z.number(),
      where: z.string().regex(ofPublished).optional(),
    }),
  ),
});
const queryAnswer = z.looseObject({ records: z.array(z.unknown()) });
const searchAnswer = z.looseObject({ searchRecords: z.array(z.unknown()) });
const anyRecord = z.looseObject({
  attributes: z.looseObject({ type: z.string().nullish(), url: z.string().nullish() }).nullish(),
});
export const anyError = z.looseObject({
  message: z.string().nullish(),
  fields: z.array(z.string()).nullish(),
  duplicateResult: z
    .looseObject({
      allowSave: z.boolean().nullish(),
      matchResults: z.array(z.looseObject({ matchRecords: z.array(z.looseObject({ record: z.unknown() })).nullish() })),
    })
    .nullish()
    .catch(undefined),
});
const errorsBody = z.union([z.array(anyError), anyError]);
