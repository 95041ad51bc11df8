import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { isSoapFault, readSoap, type SoapCall, soapEnvelope } from '../../../functions/salesforce/api/soap.ts';
import { parseXml, type XmlElement } from '../../../shared/xml.ts';

const plain = 'x';

/** An element without its texts. */
const shapeOf = ({ name, children }: XmlElement): unknown => [name, children.map(shapeOf)];
const textsOf = ({ text, children }: XmlElement): string[] =>
  children.length === 0 ? [text] : children.flatMap(textsOf);

const kinds: [SoapCall['kind'], (value: string) => SoapCall][] = [
  [
    'convertLead',
    value => ({
      kind: 'convertLead',
      leadId: value,
      convertedStatus: value,
      accountId: value,
      contactId: value,
      opportunityName: value,
      ownerId: value,
      allowDuplicate: true,
    }),
  ],
  ['merge', value => ({ kind: 'merge', objectType: value, masterId: value, duplicateIds: [value, value] })],
  ['undelete', value => ({ kind: 'undelete', objectType: value, recordId: value })],
];

describe('a SOAP request', () => {
  it.each(kinds)('of %s keeps its structure whatever its values and its session are', (_, callWith) => {
    const hostile = fc.oneof(
      fc.string({ unit: 'grapheme' }),
      fc.string({
        unit: fc.constantFrom('<', '/>', '</ids>', '<ids>', '&', '"', "'", ']]>', '<![CDATA[', '<!--', '\r', ' '),
      }),
    );
    const expected = parseXml(soapEnvelope(callWith(plain), plain));
    fc.assert(
      fc.property(hostile, hostile, (value, session) => {
        const root = parseXml(soapEnvelope(callWith(value), session));
        expect(root && shapeOf(root)).toEqual(expected && shapeOf(expected));
        const sent = (text: string) => text.toWellFormed().replace(/(?![\t\n\r])[\p{Cc}\ufffe\uffff]/gu, ' ');
        const texts = root ? textsOf(root) : [];
        expect(texts[0]).toBe(sent(session));
        const fixed = new Set(['true', 'false']);
        expect(new Set(texts.slice(1).filter(text => !fixed.has(text)))).toEqual(
          new Set([sent(value)].filter(text => !fixed.has(text))),
        );
      }),
    );
  });
});

const answer = (body: string) =>
  `<?xml version="1.0" encoding="UTF-8"?><soapenv:Envelope xmlns:soapenv="http://schemas.xmlsoap.org/soap/envelope/" xmlns="urn:partner.soap.sforce.com"><soapenv:Body>${body}</soapenv:Body></soapenv:Envelope>`;

describe('a SOAP answer', () => {
  it('is a refusal where it is a fault, as Salesforce writes it', () => {
    const body = answer(
      '<soapenv:Fault><faultcode>sf:REQUEST_LIMIT_EXCEEDED</faultcode><faultstring>REQUEST_LIMIT_EXCEEDED: TotalRequests Limit exceeded.</faultstring><detail><sf:UnexpectedErrorFault xmlns:sf="urn:fault.partner.soap.sforce.com"><sf:exceptionCode>REQUEST_LIMIT_EXCEEDED</sf:exceptionCode></sf:UnexpectedErrorFault></detail></soapenv:Fault>',
    );
    expect(isSoapFault(body)).toBe(true);
    expect(readSoap('merge', { body })).toEqual({
      errors: [{ errorCode: 'REQUEST_LIMIT_EXCEEDED', message: 'TotalRequests Limit exceeded.', fields: [] }],
    });
  });

  it.each([
    ['a page', '<html><body>Down</body></html>'],
    ['another operation', answer('<undeleteResponse><result><success>true</success></result></undeleteResponse>')],
    ['a result that does not say how it went', answer('<mergeResponse><result><id>001</id></result></mergeResponse>')],
    ['a refusal without a reason', answer('<mergeResponse><result><success>false</success></result></mergeResponse>')],
    ['half a document', answer('<mergeResponse>').slice(0, 200)],
  ])('that is %s tells nothing', (_, body) => {
    expect(readSoap('merge', { body })).toBeUndefined();
    expect(isSoapFault(body)).toBe(false);
  });
});
