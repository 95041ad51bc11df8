import * as z from 'zod';
import type { SandboxReply, SandboxRequest } from '../../../../shared/sandbox/sandboxServer.ts';
import { childrenCalled, type NewElement, parseXml, textOf, type XmlElement, xmlText } from '../../../../shared/xml.ts';
import { canChangeRow, canSeeRow, lacks, may, schemaFor, type Viewer } from '../access.ts';
import { undeleteRecord } from '../deletion.ts';
import { invalidSession, noAccess, Refusal } from '../errors.ts';
import type { Located, Org } from '../org.ts';
import { meaningOf } from '../schema.ts';
import { insertRecord, locate, updateRecord } from '../writes.ts';

interface SoapRequest {
  org: Org;
  viewer: Viewer;
  header: XmlElement | undefined;
}

/** https://developer.salesforce.com/docs/atlas.en-us.api.meta/api/sforce_api_om_outboundmessaging_understanding.htm */
const operations: Readonly<Record<string, (body: XmlElement, request: SoapRequest) => NewElement[]>> = {
  convertLead,
  merge,
  undelete,
};

/**
 * The part of the partner's SOAP API that is played: what the REST API has nothing for.
 * https://developer.salesforce.com/docs/atlas.en-us.api.meta/api/sforce_api_partner_example.htm
 */
export function answerSoap(
  { body }: SandboxRequest,
  { org, viewerOf }: { org: Org; viewerOf(sessionId: string): Viewer },
): SandboxReply {
  const envelope = parseXml(body);
  const [header, content] = ['Header', 'Body'].map(name => envelope && childrenCalled(envelope, name)[0]);
  const [asked, ...others] = content?.children ?? [];
  const operation = asked && others.length === 0 ? operations[asked.name] : undefined;
  if (!asked || !operation) return fault('soapenv:Client', 'No operation available for request');
  const session = header && childrenCalled(header, 'SessionHeader')[0];
  const undo = org.savepoint();
  try {
    const viewer = viewerOf((session && textOf(session, 'sessionId')) ?? '');
    return reply([[`${asked.name}Response`, [['result', operation(asked, { org, viewer, header })]]]]);
  } catch (error) {
    if (!(error instanceof Refusal)) throw error;
    // What is refused leaves nothing behind.
    undo();
    const [{ errorCode = '', message = '', fields = [] } = {}] = error.body;
    if (errorCode === 'INVALID_SESSION_ID' && error.message === invalidSession().message) {
      return fault('sf:INVALID_SESSION_ID', 'Invalid Session ID found in SessionHeader: Illegal Session');
    }
    if (errorCode === 'INVALID_SESSION_ID' || errorCode === 'API_DISABLED_FOR_ORG') {
      return fault(`sf:${errorCode}`, error.message);
    }
    const names = Array.isArray(fields) ? fields.map((name): NewElement => ['fields', String(name)]) : [];
    return reply([
      [
        `${asked.name}Response`,
        [
          [
            'result',
            [
              [
                'errors',
                [
                  ...duplicates(error.body[0]),
                  ...names,
                  ['message', String(message)],
                  ['statusCode', String(errorCode)],
                ],
              ],
              ['success', 'false'],
            ],
          ],
        ],
      ],
    ]);
  }
}

const duplicateError = z.object({
  duplicateResult: z.object({
    allowSave: z.boolean(),
    matchResults: z.array(
      z.object({
        matchRecords: z.array(
          z.object({ record: z.object({ Id: z.string(), attributes: z.object({ type: z.string() }) }) }),
        ),
      }),
    ),
  }),
});

function duplicates(error: unknown): NewElement[] {
  const { data } = duplicateError.safeParse(error);
  if (!data) return [];
  const { allowSave, matchResults } = data.duplicateResult;
  const matches = matchResults.map(
    ({ matchRecords }): NewElement => [
      'matchResults',
      matchRecords.map(
        ({ record: { Id, attributes } }): NewElement => [
          'matchRecords',
          [
            [
              'record',
              [
                ['s:type', attributes.type],
                ['s:Id', Id],
              ],
            ],
          ],
        ],
      ),
    ],
  );
  return [['duplicateResult', [['allowSave', String(allowSave)], ...matches]]];
}

function envelopeWith(body: readonly NewElement[]): string {
  return `<?xml version="1.0" encoding="UTF-8"?><soapenv:Envelope xmlns:soapenv="http://schemas.xmlsoap.org/soap/envelope/" xmlns="urn:partner.soap.sforce.com" xmlns:s="urn:sobject.partner.soap.sforce.com" xmlns:sf="urn:fault.partner.soap.sforce.com">${xmlText([['soapenv:Body', body]])}</soapenv:Envelope>`;
}

const headers = { 'content-type': 'text/xml; charset=utf-8' };
const reply = (body: readonly NewElement[]): SandboxReply => ({ headers, text: envelopeWith(body) });
const fault = (code: string, said: string): SandboxReply => ({
  status: 500,
  headers,
  text: envelopeWith([
    [
      'soapenv:Fault',
      [
        ['faultcode', code],
        ['faultstring', `${code.slice(code.indexOf(':') + 1)}: ${said}`],
      ],
    ],
  ]),
});

const refused = (errorCode: string, message: string) => new Refusal(400, { errorCode, message, fields: [] });

function located({ org, viewer }: SoapRequest, objectType: string, id: string | undefined): Located {
  const object = schemaFor(viewer, org.schema).find(objectType);
  if (!object) throw refused('INVALID_TYPE', `sObject type '${objectType}' is not supported.`);
  try {
    return locate(org, viewer, object, id ?? '');
  } catch (error) {
    if (error instanceof Refusal) throw refused('INVALID_CROSS_REFERENCE_KEY', 'invalid cross reference id');
    throw error;
  }
}

/** https://developer.salesforce.com/docs/atlas.en-us.api.meta/api/sforce_api_calls_convertlead.htm */
function convertLead(body: XmlElement, request: SoapRequest): NewElement[] {
  const { org, viewer, header } = request;
  const [asked] = childrenCalled(body, 'leadConverts');
  if (lacks(viewer, 'ConvertLeads')) throw refused('INSUFFICIENT_ACCESS', 'insufficient access rights on object id');
  const given = (name: string) => asked && textOf(asked, name);
  const lead = located(request, 'Lead', given('leadId'));
  const { row } = lead;
  if (row.IsConverted) throw refused('CANNOT_UPDATE_CONVERTED_LEAD', 'cannot reference converted lead');
  const status = given('convertedStatus');
  if (!meaningOf(lead.object, 'Status', status)?.converted) {
    throw refused('INVALID_STATUS', `invalid convertedStatus: ${status}`);
  }
  const ownerId = given('ownerId') ?? String(row.OwnerId);
  if (!ownerId.startsWith('005')) {
    throw refused('INVALID_CROSS_REFERENCE_KEY', 'Converted objects can only be owned by users.');
  }
  const [duplicates] = header ? childrenCalled(header, 'DuplicateRuleHeader') : [];
  const options = { allowDuplicates: duplicates !== undefined && textOf(duplicates, 'allowSave') === 'true' };
  const create = (objectType: string, values: Record<string, unknown>) => {
    const object = schemaFor(viewer, org.schema).find(objectType);
    if (!object) throw refused('INVALID_TYPE', `sObject type '${objectType}' is not supported.`);
    return insertRecord(org, viewer, object, { ...values, OwnerId: ownerId }, options).Id;
  };
  const accountId = given('accountId');
  const contactId = given('contactId');
  if (accountId !== undefined) located(request, 'Account', accountId);
  const contact = contactId === undefined ? undefined : located(request, 'Contact', contactId);
  if (contact && contact.row.AccountId !== accountId) {
    throw refused('INVALID_CROSS_REFERENCE_KEY', 'The contact is not one of the account.');
  }
  const ConvertedContactId =
    contactId ??
    create('Contact', {
      FirstName: row.FirstName,
      LastName: row.LastName,
      Title: row.Title,
      Email: row.Email,
      Phone: row.Phone,
    });
  const ConvertedAccountId =
    accountId ?? create('Account', { Name: row.Company, Phone: row.Phone, Industry: row.Industry });
  const made = org.find(ConvertedContactId);
  if (made && contactId === undefined) org.update(made, { AccountId: ConvertedAccountId }, viewer.Id);
  const ConvertedOpportunityId =
    given('doNotCreateOpportunity') === 'true'
      ? null
      : create('Opportunity', {
          Name: given('opportunityName') ?? row.Company,
          AccountId: ConvertedAccountId,
          StageName: 'Prospecting',
          CloseDate: new Date(org.now().getTime() + 90 * 86_400_000).toISOString().slice(0, 10),
        });
  updateRecord(org, viewer, lead, { Status: status }, { allowDuplicates: true });
  const now = org.find(row.Id);
  const ConvertedDate = org.now().toISOString().slice(0, 10);
  if (now) {
    org.update(now, { ConvertedAccountId, ConvertedContactId, ConvertedOpportunityId, ConvertedDate }, viewer.Id);
  }
  return [
    ['accountId', ConvertedAccountId],
    ['contactId', ConvertedContactId],
    ['leadId', row.Id],
    ...(ConvertedOpportunityId === null ? [] : [['opportunityId', ConvertedOpportunityId] satisfies NewElement]),
    ['success', 'true'],
  ];
}

const MERGEABLE = ['Account', 'Contact', 'Lead', 'Case'];

/** https://developer.salesforce.com/docs/atlas.en-us.api.meta/api/sforce_api_calls_merge.htm */
function merge(body: XmlElement, request: SoapRequest): NewElement[] {
  const { org, viewer } = request;
  const [asked] = childrenCalled(body, 'request');
  const [named] = asked ? childrenCalled(asked, 'masterRecord') : [];
  const objectType = (named && textOf(named, 'type')) ?? '';
  if (!MERGEABLE.includes(objectType)) throw refused('INVALID_TYPE', `${objectType} cannot be merged`);
  const master = located(request, objectType, named && textOf(named, 'Id'));
  const ids = (asked ? childrenCalled(asked, 'recordToMergeIds') : []).map(({ text }) => text.trim());
  if (ids.length === 0 || ids.length > 2) {
    throw refused('INVALID_NUMBER_FOR_MERGE', 'You may only merge up to three records');
  }
  const others = ids.map(id => located(request, objectType, id));
  if (others.some(({ row }) => row.Id === master.row.Id)) {
    throw refused('INVALID_ID_FIELD', 'The master record is among those that are merged into it');
  }
  // Each of them is changed, and those that are merged are deleted.
  for (const each of [master, ...others]) {
    if (!may(viewer, 'delete', each.object) || !canChangeRow(org, viewer, each)) throw noAccess();
  }
  const moved = new Set<string>();
  for (const { row } of others) {
    for (const object of org.schema.objects) {
      for (const field of object.fields.filter(each => each.childRelationship !== null)) {
        if (!field.referenceTo.includes(objectType)) continue;
        for (const child of org.rows(object).filter(each => each[field.name] === row.Id)) {
          org.update({ object, row: child }, { [field.name]: master.row.Id }, viewer.Id);
          moved.add(child.Id);
        }
      }
    }
    const now = org.find(row.Id);
    if (now) org.update(now, { IsDeleted: true, MasterRecordId: master.row.Id }, viewer.Id);
  }
  return [
    ['id', master.row.Id],
    ...others.map(({ row }): NewElement => ['mergedRecordIds', row.Id]),
    ['success', 'true'],
    ...[...moved].map((id): NewElement => ['updatedRelatedIds', id]),
  ];
}

/** https://developer.salesforce.com/docs/atlas.en-us.api.meta/api/sforce_api_calls_undelete.htm */
function undelete(body: XmlElement, { org, viewer }: SoapRequest): NewElement[] {
  const id = textOf(body, 'ids') ?? '';
  const found = org.find(id);
  if (!found || !canSeeRow(org, viewer, found)) {
    throw refused('INVALID_CROSS_REFERENCE_KEY', 'invalid cross reference id');
  }
  if (typeof found.row.MasterRecordId === 'string') {
    throw refused('UNDELETE_FAILED', 'A record that was merged into another one cannot be undeleted');
  }
  undeleteRecord(org, viewer, found);
  return [
    ['id', found.row.Id],
    ['success', 'true'],
  ];
}
