import { lostWrite } from '../../../shared/failure.ts';
import type { UpstreamAnswer } from '../../../shared/upstream/http.ts';
import { childrenCalled, type NewElement, parseXml, textOf, type XmlElement, xmlText } from '../../../shared/xml.ts';
import { partFailure } from './answerFailure.ts';

/**
 * The three operations that Salesforce has in its SOAP API alone.
 * https://developer.salesforce.com/docs/atlas.en-us.api.meta/api/sforce_api_calls_list.htm
 */
export type SoapCall =
  | {
      kind: 'convertLead';
      leadId: string;
      convertedStatus: string;
      /** Undefined for a new one. */
      accountId?: string | undefined;
      contactId?: string | undefined;
      /** Undefined for none. */
      opportunityName?: string | undefined;
      /** Of the new records; undefined for the lead's own. */
      ownerId?: string | undefined;
      allowDuplicate: boolean;
    }
  | { kind: 'merge'; objectType: string; masterId: string; duplicateIds: readonly string[] }
  | { kind: 'undelete'; objectType: string; recordId: string };

/** What an operation answers. */
export type SoapAnswer =
  | { result: XmlElement }
  /** In the form of a refusal of the REST API's. */
  | { errors: { errorCode: string; message: string; fields: string[]; [detail: string]: unknown }[] };

const ENVELOPE = 'http://schemas.xmlsoap.org/soap/envelope/';

/** The request of a call. Nothing that is in a value can end its element. */
export function soapEnvelope(call: SoapCall, sessionId: string): string {
  const headers: NewElement[] = [
    ['SessionHeader', [['sessionId', sessionId]]],
    ...(call.kind === 'convertLead' && call.allowDuplicate
      ? [['DuplicateRuleHeader', [['allowSave', 'true']]] satisfies NewElement]
      : []),
  ];
  const content: NewElement[] = [
    ['soap:Header', headers],
    ['soap:Body', [operation(call)]],
  ];
  return `<?xml version="1.0" encoding="UTF-8"?><soap:Envelope xmlns:soap="${ENVELOPE}" xmlns="urn:partner.soap.sforce.com" xmlns:s="urn:sobject.partner.soap.sforce.com">${xmlText(content)}</soap:Envelope>`;
}

/** Their elements stand in the order of the WSDL, which is that of the alphabet. */
function operation(call: SoapCall): NewElement {
  const ifGiven = (name: string, value: string | undefined): NewElement[] =>
    value === undefined ? [] : [[name, value]];
  switch (call.kind) {
    case 'convertLead':
      return [
        'convertLead',
        [
          [
            'leadConverts',
            [
              ...ifGiven('accountId', call.accountId),
              ...ifGiven('contactId', call.contactId),
              ['convertedStatus', call.convertedStatus],
              ['doNotCreateOpportunity', String(call.opportunityName === undefined)],
              ['leadId', call.leadId],
              ...ifGiven('opportunityName', call.opportunityName),
              ['overwriteLeadSource', 'false'],
              ...ifGiven('ownerId', call.ownerId),
              ['sendNotificationEmail', 'false'],
            ],
          ],
        ],
      ];
    case 'merge':
      return [
        'merge',
        [
          [
            'request',
            [
              [
                'masterRecord',
                [
                  ['s:type', call.objectType],
                  ['s:Id', call.masterId],
                ],
              ],
              ...call.duplicateIds.map((id): NewElement => ['recordToMergeIds', id]),
            ],
          ],
        ],
      ];
    case 'undelete':
      return ['undelete', [['ids', call.recordId]]];
  }
}

/** What Salesforce answered to a call of a kind; undefined for what is no answer to it. */
export function readSoap(kind: SoapCall['kind'], { body }: Pick<UpstreamAnswer, 'body'>): SoapAnswer | undefined {
  const root = parseXml(body);
  const content = root?.name === 'Envelope' ? childrenCalled(root, 'Body')[0] : undefined;
  const [answer] = content?.children ?? [];
  if (!answer) return undefined;
  if (answer.name === 'Fault') return { errors: [errorOf(answer)] };
  const [result, ...others] = answer.name === `${kind}Response` ? childrenCalled(answer, 'result') : [];
  if (!result || others.length > 0) return undefined;
  const success = textOf(result, 'success');
  if (success === 'true') return { result };
  if (success !== 'false') return undefined;
  const errors = childrenCalled(result, 'errors').map(error => ({
    errorCode: textOf(error, 'statusCode') ?? '',
    message: textOf(error, 'message') ?? '',
    fields: childrenCalled(error, 'fields').map(({ text }) => text.trim()),
    ...duplicatesIn(error),
  }));
  return errors.length > 0 ? { errors } : undefined;
}

/** What a duplicate rule found, as the REST API has it. */
function duplicatesIn(error: XmlElement) {
  const [found] = childrenCalled(error, 'duplicateResult');
  if (!found) return {};
  const matchResults = childrenCalled(found, 'matchResults').map(result => ({
    matchRecords: childrenCalled(result, 'matchRecords').flatMap(match =>
      childrenCalled(match, 'record').flatMap(record => {
        const [type, Id] = [textOf(record, 'type'), textOf(record, 'Id')];
        return type === undefined || Id === undefined ? [] : [{ record: { attributes: { type }, Id } }];
      }),
    ),
  }));
  return { duplicateResult: { allowSave: textOf(found, 'allowSave') === 'true', matchResults } };
}

/** What the REST API has a status of 500 for, and faults of the server that tell no more: nobody knows what became of it. */
const failing = /^(UNKNOWN_EXCEPTION|SERVER_UNAVAILABLE|Server(\.[\w.]+)?)?$/;

/** @throws Failure where Salesforce refused, or failed, so that nobody knows */
export function resultOf(answer: SoapAnswer): XmlElement {
  if ('result' in answer) return answer.result;
  if (answer.errors.some(({ errorCode }) => failing.test(errorCode))) throw lostWrite('Salesforce');
  throw partFailure({ status: 400, body: answer.errors }, 'such record in Salesforce');
}

/** Whether an answer is a refusal in the form of SOAP, which has the status 500. */
export function isSoapFault(body: string): boolean {
  return /<[\w-]*:?Fault[\s>]/.test(body.slice(0, 4_000));
}

/** `INVALID_SESSION_ID: Invalid Session ID found in SessionHeader` */
function errorOf(fault: XmlElement) {
  const code = textOf(fault, 'faultcode') ?? '';
  const said = textOf(fault, 'faultstring') ?? '';
  const errorCode = code.slice(code.indexOf(':') + 1);
  return {
    errorCode,
    message: said.startsWith(`${errorCode}: `) ? said.slice(errorCode.length + 2) : said,
    fields: [],
  };
}
