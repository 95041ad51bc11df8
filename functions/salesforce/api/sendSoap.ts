import type { Call } from '../../../shared/call.ts';
import { lostWrite } from '../../../shared/failure.ts';
import { CredentialsRefused } from '../../../shared/upstream/credentials.ts';
import type { Upstream } from '../../../shared/upstream/upstream.ts';
import type { SalesforceSettings } from '../settings.ts';
import { answerFailure, saidBySalesforce } from './answerFailure.ts';
import { sessionFailure } from './sessionFailure.ts';
import type { Session } from './signIn.ts';
import { isSoapFault, readSoap, type SoapAnswer, type SoapCall, soapEnvelope } from './soap.ts';

interface Way {
  upstream: Pick<Upstream, 'send'>;
  call: Call;
  settings: SalesforceSettings;
}

/**
 * Sends an operation of the partner's SOAP API, which has the session in its body and tells of an ended one by a fault.
 * @throws CredentialsRefused; Failure, also where the answer does not tell what became of it
 */
export async function sendSoap(
  asked: SoapCall,
  session: Session,
  { upstream, call, settings }: Way,
): Promise<SoapAnswer> {
  const answer = await upstream.send(
    {
      method: 'POST',
      url: `${session.instanceUrl}/services/Soap/u/${settings.SALESFORCE_API_VERSION}`,
      headers: { 'content-type': 'text/xml; charset=UTF-8', accept: 'text/xml', soapaction: '""' },
      body: soapEnvelope(asked, session.value),
      credentials: [session.value],
      safe: false,
      address: 'SALESFORCE_LOGIN_URL',
      says: saidBySalesforce,
      isRefusal: isSoapFault,
    },
    call,
  );
  const failure = sessionFailure(answer, settings);
  if (failure) throw failure;
  if (answer.status === 401) throw new CredentialsRefused('status 401');
  const read = readSoap(asked.kind, answer);
  if (read && 'errors' in read && read.errors.some(({ errorCode }) => errorCode === 'INVALID_SESSION_ID')) {
    throw new CredentialsRefused('INVALID_SESSION_ID');
  }
  if (read) return read;
  throw answer.status >= 400 ? answerFailure(answer, undefined) : lostWrite('Salesforce');
}
