import * as z from 'zod';
import { parseJson } from '../../../shared/parseJson.ts';
import type { UpstreamAnswer } from '../../../shared/upstream/http.ts';
import {
  anyError,
  closedForWriting,
  closedRequest,
  type Exchange,
  type Guard,
  refusedWith,
  withBody,
} from './allowed.ts';
import type { SoapAnswer, SoapCall } from './soap.ts';

// What few calls ask for: writes of many records, and what the SOAP API has.

/** Records that are written each by itself. */
export async function writeMany({ request }: Exchange, guard: Guard): Promise<UpstreamAnswer> {
  const { data } = collectionBody.safeParse(parseJson(request.body ?? ''));
  if (!data) throw closedRequest();
  const { records } = data;
  await Promise.all(records.map(({ attributes, id: _, ...values }) => guard.requireWrite(attributes.type, values)));
  const answer = await guard.send(request);
  if (answer.status >= 400) return refusedWith(answer, guard);
  if (!guard.openness.restricts) return answer;
  const results = collectionAnswer.parse(parseJson(answer.body));
  const shown = await Promise.all(
    results.map(async (result, at) =>
      result.errors.length === 0
        ? result
        : { ...result, errors: await guard.shownErrors(result.errors, records[at]?.attributes.type) },
    ),
  );
  return withBody(answer, shown);
}

/** An operation of the SOAP API, and what may be told of its refusal. @throws Failure `forbidden` */
export async function soap(call: SoapCall, guard: Guard): Promise<SoapAnswer> {
  const [objectType] = await requireSoap(call, guard);
  const answer = await guard.sendSoap(call);
  if (!guard.openness.restricts || 'result' in answer) return answer;
  return { errors: soapErrors.parse(await guard.shownErrors(answer.errors, objectType)) };
}

/** @returns the objects of which records are written, first the one that it is about. @throws Failure `forbidden` */
async function requireSoap(call: SoapCall, guard: Guard): Promise<string[]> {
  // What was deleted with a record comes back with it.
  if (call.kind === 'merge' || call.kind === 'undelete') {
    await guard.requireDeletion(call.objectType);
    return [call.objectType];
  }
  const objectTypes = ['Lead', 'Account', 'Contact', ...(call.opportunityName === undefined ? [] : ['Opportunity'])];
  const closedOne = objectTypes.find(each => !guard.openness.isWritable(each));
  if (closedOne !== undefined) throw closedForWriting(closedOne, guard.openness);
  return objectTypes;
}

const collectionBody = z.strictObject({
  allOrNone: z.literal(false),
  records: z.array(z.looseObject({ attributes: z.strictObject({ type: z.string() }), id: z.string().optional() })),
});
const collectionAnswer = z.array(z.looseObject({ errors: z.array(anyError).catch([]) }));
const soapErrors = z.array(
  z.looseObject({
    errorCode: z.string(),
    message: z
      .string()
      .nullish()
      .transform(message => message ?? ''),
    fields: z
      .array(z.string())
      .nullish()
      .transform(fields => fields ?? []),
  }),
);
