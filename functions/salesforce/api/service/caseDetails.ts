import type * as z from 'zod';
import { Failure } from '../../../../shared/failure.ts';
import { beginning } from '../../../../shared/text.ts';
import { clockAt } from '../../../../shared/time/timeZone.ts';
import { isHidden } from '../answerFailure.ts';
import { detailsOf, hasRichText, withAddedFields } from '../recordDetails.ts';
import { isoTime, valueAt } from '../recordValues.ts';
import type { Salesforce } from '../salesforce.ts';
import { names, type Soql, soql } from '../soql.ts';
import { currencyField, withVisibleFields } from '../visibleFields.ts';
import type { ObjectDescription, SalesforceRecord } from '../wire.ts';
import { audienceOf } from './caseComments.ts';
import { findCase, noCase } from './caseMeant.ts';
import { type caseDetails, caseShape, type comment, type email, type entitlement } from './caseShape.ts';
import type { CaseKey } from './inputs.ts';
import { mailSubject, mailText } from './mailText.ts';
import { byUrgency, milestoneFields, toMilestone } from './milestones.ts';

type CaseDetails = z.input<typeof caseDetails>;
type Entitlement = z.infer<typeof entitlement>;
type Comment = z.infer<typeof comment>;
type Email = z.infer<typeof email>;

/** The most of each list. */
const LISTED = 20;
/** Characters of an e-mail, and of a field that the org has added, which are shown. */
const MAX_MAIL = 3_000;
const MAX_FIELD = 1_000;
/** EmailMessage.Status of what was not sent. */
const DRAFT = '5';

const entitlementPaths = ['Id', 'Name', 'Type', 'Status', 'StartDate', 'EndDate'];
const ofLookup = (lookup: string, paths: readonly string[]) => paths.map(path => `${lookup}.${path}`);

const contentFields = [
  'ContentDocumentId',
  ...ofLookup('ContentDocument', ['Title', 'FileExtension', 'ContentSize', 'CreatedDate']),
];

/** What belongs to a case: an object, its fields, and what follows WHERE to find the latest. */
interface CasePart {
  object: string;
  fields: readonly string[];
  /** What an answer calls it where it is not shown; undefined for what is not missed. */
  what?: string;
  find(caseId: string, before: Date | undefined): Soql;
}

const ofThe = (lookup: string) => (caseId: string) => soql`(SELECT ${names(lookup)} FROM Case WHERE Id = ${caseId})`;
const [itsAccount, itsContact] = [ofThe('AccountId'), ofThe('ContactId')];

const caseParts: readonly CasePart[] = [
  {
    object: 'CaseComment',
    what: 'comments',
    fields: ['Id', 'IsPublished', 'CommentBody', 'CreatedDate', 'CreatedBy.Name'],
    find: (caseId, before) =>
      soql`ParentId = ${caseId}${olderThan('CreatedDate', before)} ORDER BY CreatedDate DESC, Id DESC`,
  },
  {
    object: 'EmailMessage',
    what: 'emails',
    fields: ['Id', 'Incoming', 'Status', 'Subject', 'FromName', 'FromAddress', 'ToAddress', 'CcAddress'].concat([
      'MessageDate',
      'TextBody',
      'HasAttachment',
    ]),
    find: (caseId, before) =>
      soql`ParentId = ${caseId}${olderThan('MessageDate', before)} ORDER BY MessageDate DESC NULLS LAST, Id DESC`,
  },
  {
    object: 'CaseMilestone',
    what: 'milestones',
    fields: milestoneFields,
    find: caseId => soql`CaseId = ${caseId} ORDER BY TargetDate DESC NULLS LAST, Id`,
  },
  {
    object: 'ContentDocumentLink',
    what: 'files',
    fields: ['Id', ...contentFields],
    find: caseId => soql`LinkedEntityId = ${caseId} ORDER BY SystemModstamp DESC`,
  },
  {
    object: 'Entitlement',
    what: 'entitlements',
    fields: entitlementPaths,
    find: caseId => soql`AccountId IN ${itsAccount(caseId)} ORDER BY EndDate DESC NULLS LAST, Id`,
  },
  {
    object: 'EntitlementContact',
    fields: ['Id', ...ofLookup('Entitlement', entitlementPaths)],
    find: caseId => soql`ContactId IN ${itsContact(caseId)} ORDER BY Id`,
  },
];

const olderThan = (field: string, before: Date | undefined): Soql =>
  before ? soql` AND ${names(field)} < ${before}` : soql``;

interface Asked {
  now: Date;
  /** Only comments and e-mails from before that. */
  before: Date | undefined;
}

/**
 * A case with all that belongs to it. It takes two requests at once, and before them one for a case that is named by its
 * number, and those for what objects there are, where that is not cached; behind them one for e-mails without plain text, and
 * one for the files of e-mails.
 * @throws Failure `not_found`
 */
export async function readCase(salesforce: Salesforce, key: CaseKey, { now, before }: Asked): Promise<CaseDetails> {
  const [timeZone, object, all, caseId] = await Promise.all([
    salesforce.timeZone(),
    salesforce.describe('Case'),
    salesforce.describeAll(),
    'id' in key ? key.id : findCase(salesforce, key).then(({ id }) => id),
  ]);
  const there = new Set(all.filter(({ queryable }) => queryable).map(({ name }) => name));
  const added = withAddedFields(object);
  const asked = caseParts.filter(({ object: name }) => there.has(name));
  const notShown: string[] = [];
  const [found, ...answers] = await withVisibleFields<string, (SalesforceRecord[] | Failure)[]>(
    salesforce,
    {
      Case: [...caseShape.fields, ...entitlementOf(object), ...addedFields(added)],
      ...Object.fromEntries(asked.map(part => [part.object, part.fields])),
    },
    select =>
      salesforce.queryTogether([
        soql`SELECT ${select('Case')} FROM Case WHERE Id = ${caseId}`,
        ...asked.map(
          part =>
            soql`SELECT ${select(part.object)} FROM ${names(part.object)} WHERE ${part.find(caseId, before)} LIMIT ${LISTED + 1}`,
        ),
      ]),
    field => notShown.push(field),
  );
  if (found instanceof Failure) throw found;
  const [record] = found ?? [];
  if (!record) throw noCase(key);

  /** The records of a part; undefined where the org or the user does not have it. */
  const partOf = (name: string) => {
    const records = answers[asked.findIndex(part => part.object === name)];
    if (records && !(records instanceof Failure)) return records;
    if (records && !isHidden(records)) throw records;
    const { what } = caseParts.find(part => part.object === name) ?? {};
    if (what) notShown.push(what);
    return undefined;
  };
  const leftOut: string[] = [];
  /** The latest of a part, of which all that were written at the same moment are shown or left out. */
  const latest = (records: SalesforceRecord[] | undefined, field: string, what: string) => {
    if (!records || records.length <= LISTED) return records;
    const beyond = records[LISTED]?.[field];
    const newer = records.slice(0, LISTED).filter(each => each[field] !== beyond);
    const shown = newer.length > 0 ? newer : records.slice(0, LISTED);
    const since = timeIn(shown.at(-1)?.[field]);
    if (since)
      leftOut.push(`${what} from before ${clockAt(new Date(since), timeZone)}: call again with that as writtenBefore.`);
    if (newer.length === 0) leftOut.push(`${what} of that very moment, which are more than are shown at once.`);
    return shown;
  };
  const bounded = (records: SalesforceRecord[] | undefined, what: string) => {
    if (records && records.length > LISTED) leftOut.push(what);
    return records?.slice(0, LISTED);
  };

  const shownMails = latest(partOf('EmailMessage'), 'MessageDate', 'E-mails');
  const [{ htmlToMarkdown }, bodies, attached] = await Promise.all([
    hasRichText(added) || shownMails?.some(isWithoutText) ? import('../richText.ts') : { htmlToMarkdown: undefined },
    htmlOf(salesforce, shownMails ?? []),
    filesOf(salesforce, shownMails ?? [], there),
  ]);
  if (attached.isCut) leftOut.push('Further files of e-mails: use listRecordFiles with the emailId.');
  notShown.push(...attached.notShown);
  const isPaused = record.IsStopped === true;
  const shownComments = latest(partOf('CaseComment'), 'CreatedDate', 'Comments');
  const shownMilestones = bounded(partOf('CaseMilestone'), 'Milestones besides the latest.');
  const files = bounded(partOf('ContentDocumentLink'), 'Older files: use listRecordFiles.');
  const rights = [...(valueAt(record, 'Entitlement.Id') ? [record] : []), ...(partOf('EntitlementContact') ?? [])].map(
    each => valueAt(each, 'Entitlement'),
  );
  const entitled = bounded(partOf('Entitlement'), 'Further entitlements of the account.');
  const entitlements = entitlementsIn([...rights, ...(entitled ?? [])], valueAt(record, 'EntitlementId'), now);
  const { fields } = detailsOf(added, record, {
    orgCurrency: salesforce.soleCurrency(),
    richText: htmlToMarkdown,
  });
  return {
    ...caseShape.read(record, salesforce),
    ...ifAny(
      'otherFields',
      fields.map(({ label, value }) => ({ label, value: beginning(value, MAX_FIELD) })),
    ),
    ...ifAny('entitlements', entitlements),
    ...(shownMilestones && {
      milestones: shownMilestones.map(each => toMilestone(each, { now, isPaused })).sort(byUrgency),
    }),
    ...(shownComments && { comments: shownComments.map(toComment) }),
    ...(shownMails && {
      emails: shownMails.map(each => toEmail(each, { bodies, files: attached.files, toMarkdown: htmlToMarkdown })),
    }),
    ...(files && { files: files.map(toFile) }),
    ...ifAny('leftOut', leftOut),
    ...ifAny('notShown', notShown),
  };
}

const ifAny = <Name extends string, Item>(name: Name, items: readonly Item[]) =>
  (items.length > 0 ? { [name]: [...items] } : {}) as { [Key in Name]?: Item[] };

const timeIn = (value: unknown) => (typeof value === 'string' ? isoTime(value) : undefined);
const textIn = (value: unknown) => (typeof value === 'string' && value.trim() !== '' ? value.trim() : undefined);

/** What of its entitlement a case tells, in an org that has entitlements. */
function entitlementOf({ fields }: ObjectDescription): string[] {
  const has = (name: string) => fields.some(field => field.name === name);
  return [
    ...(has('EntitlementId') ? ['EntitlementId', ...ofLookup('Entitlement', entitlementPaths)] : []),
    ...(has('IsStopped') ? ['IsStopped'] : []),
  ];
}

function addedFields({ fields }: ObjectDescription): string[] {
  const paths = fields.map(({ name }) => name);
  return fields.some(({ type }) => type === 'currency') ? [...paths, currencyField] : paths;
}

/** Each once, the case's own first, and then those that can be used. */
function entitlementsIn(found: readonly unknown[], ofCase: unknown, now: Date): Entitlement[] {
  const today = now.toISOString().slice(0, 10);
  const records = found.flatMap(each =>
    typeof each === 'object' && each !== null ? [{ ...each } as SalesforceRecord] : [],
  );
  const byId = new Map(records.map(each => [each.Id, each]));
  const rank = ({ ofCase: isOfCase, isActive }: Entitlement) => (isOfCase ? 0 : isActive ? 1 : 2);
  return [...byId.values()]
    .map(({ Id, Name, Type, Status, StartDate, EndDate }): Entitlement => {
      const [name, type, status] = [textIn(Name), textIn(Type), textIn(Status)];
      const [startDate, endDate] = [textIn(StartDate), textIn(EndDate)];
      const isWithin = (startDate === undefined || startDate <= today) && (endDate === undefined || today <= endDate);
      return {
        ...(name && { name }),
        ...(type && { type }),
        isActive: status === undefined ? isWithin : status === 'Active',
        ...(status && { status }),
        ...(startDate && { startDate }),
        ...(endDate && { endDate }),
        ...(typeof ofCase === 'string' && Id === ofCase && { ofCase: true }),
      };
    })
    .sort((one, other) => rank(one) - rank(other));
}

function toComment(record: SalesforceRecord): Comment {
  const readBy = audienceOf(record.IsPublished);
  const author = textIn(valueAt(record, 'CreatedBy.Name'));
  const writtenAt = timeIn(record.CreatedDate);
  const text = textIn(record.CommentBody);
  return {
    ...(readBy && { audience: readBy }),
    ...(author && { author }),
    ...(writtenAt && { writtenAt }),
    ...(text && { text }),
  };
}

function toEmail(
  record: SalesforceRecord,
  {
    bodies,
    files,
    toMarkdown,
  }: {
    bodies: ReadonlyMap<unknown, string>;
    files: ReadonlyMap<unknown, MailFile[]>;
    toMarkdown: ((html: string) => string) | undefined;
  },
): Email {
  const html = bodies.get(record.Id);
  const { text, hasQuote } = mailText(textIn(record.TextBody) ?? (html && toMarkdown ? toMarkdown(html) : ''));
  const [fromName, address] = [textIn(record.FromName), textIn(record.FromAddress)];
  const from = fromName && address && fromName !== address ? `${fromName} <${address}>` : (address ?? fromName);
  const [subject, to, cc] = [
    textIn(mailSubject(textIn(record.Subject) ?? '')),
    textIn(record.ToAddress),
    textIn(record.CcAddress),
  ];
  const sentAt = timeIn(record.MessageDate);
  const attached = files.get(record.Id);
  return {
    ...(typeof record.Id === 'string' && { emailId: record.Id }),
    direction: record.Status === DRAFT ? 'draft' : record.Incoming === true ? 'incoming' : 'outgoing',
    ...(subject && { subject }),
    ...(from && { from }),
    ...(to && { to }),
    ...(cc && { cc }),
    ...(sentAt && { sentAt }),
    ...(text && { text: beginning(text, MAX_MAIL) }),
    ...(hasQuote && { quoteLeftOut: true }),
    ...((record.HasAttachment === true || attached) && { hasFiles: true }),
    ...(attached && { files: attached }),
  };
}

const isWithoutText = ({ TextBody }: SalesforceRecord) => textIn(TextBody) === undefined;

/** The HTML of those e-mails that have no plain text, by their IDs. */
async function htmlOf(salesforce: Salesforce, mails: readonly SalesforceRecord[]): Promise<Map<unknown, string>> {
  const ids = mails.filter(isWithoutText).map(({ Id }) => String(Id));
  if (ids.length === 0) return new Map();
  const records = await withVisibleFields(salesforce, { EmailMessage: ['Id', 'HtmlBody'] }, select =>
    salesforce.query(soql`SELECT ${select('EmailMessage')} FROM EmailMessage WHERE Id IN ${ids}`),
  );
  return new Map(records.flatMap(({ Id, HtmlBody }) => (typeof HtmlBody === 'string' ? [[Id, HtmlBody]] : [])));
}

type MailFile = Pick<ReturnType<typeof toFile>, 'fileId' | 'name'>;

/** More files of the e-mails that are shown are not looked at. */
const MAX_MAIL_FILES = 100;

/** Both are asked for: where an org keeps files of e-mails is its own choice, and older ones stay where they were. */
const mailFiles = {
  ContentDocumentLink: {
    fields: ['Id', 'LinkedEntityId', 'ContentDocumentId', ...ofLookup('ContentDocument', ['Title', 'FileExtension'])],
    where: (ids: readonly string[]) => soql`LinkedEntityId IN ${ids}`,
    read: (record: SalesforceRecord) => ({ mail: record.LinkedEntityId, file: toFile(record) }),
  },
  Attachment: {
    fields: ['Id', 'ParentId', 'Name'],
    where: (ids: readonly string[]) => soql`ParentId IN ${ids}`,
    read: (record: SalesforceRecord) => ({ mail: record.ParentId, file: toAttachment(record) }),
  },
};

/** The files of those e-mails that have some, by the IDs of the e-mails. One request where there are any. */
async function filesOf(salesforce: Salesforce, mails: readonly SalesforceRecord[], there: ReadonlySet<string>) {
  const ids = mails.filter(({ HasAttachment }) => HasAttachment !== false).map(({ Id }) => String(Id));
  const files = new Map<unknown, MailFile[]>();
  const notShown: string[] = [];
  const holders = (['ContentDocumentLink', 'Attachment'] as const).filter(name => there.has(name));
  if (ids.length === 0 || holders.length === 0) return { files, notShown, isCut: false };
  const answers = await withVisibleFields<string, (SalesforceRecord[] | Failure)[]>(
    salesforce,
    Object.fromEntries(holders.map(name => [name, mailFiles[name].fields])),
    select =>
      salesforce.queryTogether(
        holders.map(
          name =>
            soql`SELECT ${select(name)} FROM ${names(name)} WHERE ${mailFiles[name].where(ids)} LIMIT ${MAX_MAIL_FILES}`,
        ),
      ),
  );
  for (const [at, name] of holders.entries()) {
    const answer = answers[at];
    if (answer instanceof Failure) {
      if (!isHidden(answer)) throw answer;
      notShown.push('files of emails');
      continue;
    }
    for (const record of answer ?? []) {
      const { mail, file } = mailFiles[name].read(record);
      files.set(mail, [...(files.get(mail) ?? []), file]);
    }
  }
  const isCut = answers.some(answer => !(answer instanceof Failure) && answer.length === MAX_MAIL_FILES);
  return { files, notShown: [...new Set(notShown)], isCut };
}

function toAttachment({ Id, Name }: SalesforceRecord): MailFile {
  const name = textIn(Name);
  return { ...(typeof Id === 'string' && { fileId: Id }), ...(name && { name }) };
}

function toFile(record: SalesforceRecord) {
  const [title, extension] = [
    textIn(valueAt(record, 'ContentDocument.Title')),
    textIn(valueAt(record, 'ContentDocument.FileExtension')),
  ];
  const name = title && extension && !title.endsWith(`.${extension}`) ? `${title}.${extension}` : title;
  const [fileId, size] = [record.ContentDocumentId, valueAt(record, 'ContentDocument.ContentSize')];
  const addedAt = timeIn(valueAt(record, 'ContentDocument.CreatedDate'));
  return {
    ...(typeof fileId === 'string' && { fileId }),
    ...(name && { name }),
    ...(typeof size === 'number' && { size }),
    ...(addedAt && { addedAt }),
  };
}
