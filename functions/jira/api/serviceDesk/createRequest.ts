import type { Client } from 'jira.js/core';
import { createCustomerRequest } from 'jira.js/serviceDesk';
import { Failure, type FailureCode, type FieldError, invalidInput } from '../../../../shared/failure.ts';
import { nameList } from '../../../../shared/filter/nameList.ts';
import { nearNames } from '../../../../shared/filter/nearNames.ts';
import { quoted } from '../../../../shared/text.ts';
import { type Labels, listed, meantBy } from '../choosing.ts';
import { allowedText, isAboutPeople, toValue, type ValueParts, ValueProblem } from '../fieldValue.ts';
import type { Metadata } from '../metadata.ts';
import { parseAnswer } from '../parseAnswer.ts';
import type { People } from '../people.ts';
import { documentSchema, wikiText } from '../wikiText.ts';
import type { IssueField, User } from '../wire.ts';
import { agentsOnly, type Desk, type Desks, type RequestType } from './desks.ts';
import { createdRequest } from './wire.ts';

export interface NewRequest {
  projectId?: string | undefined;
  requestType: string;
  summary?: string | undefined;
  description?: string | undefined;
  additionalFields?: Record<string, unknown> | undefined;
  onBehalfOf?: string | undefined;
  participants?: string | undefined;
}

interface CreateParts extends Omit<ValueParts, 'project'> {
  client: Client;
  desks: Desks;
  people: People;
  metadata: Pick<Metadata, 'fields'>;
  baseUrl: string;
}

/** The fields that have an input of their own. */
const ownInputs: ReadonlyMap<string, 'summary' | 'description'> = new Map([
  ['summary', 'summary'],
  ['description', 'description'],
]);

/**
 * Makes a request as a customer would by the portal, in one write.
 * @returns its key
 * @throws Failure `invalid_input` that names every field that is missing or wrong, with its choices; `ambiguous` or
 * `not_found` for the desk and for people; `conflict` where the portal asks for a form
 */
export async function createRequest(
  given: NewRequest,
  parts: CreateParts,
): Promise<{ key: string; desk: Desk; customer: User | undefined }> {
  const { client, desks, people } = parts;
  const desk = await desks.desk(given.projectId);
  const type = await desks.requestType(desk, given.requestType);
  const portal = `${parts.baseUrl}/servicedesk/customer/portal/${type.portalId ?? desk.id}/create/${type.id}`;
  const [fields, customer, named] = await Promise.all([
    desks.fields(desk, type),
    given.onBehalfOf === undefined ? undefined : personIn('onBehalfOf', given.onBehalfOf, people),
    Promise.all(nameList(given.participants ?? '').map(name => personIn('participants', name, people))),
  ]);
  const participants = new Set(named.map(({ accountId }) => accountId));
  const values = await valuesOf(given, fields, { ...parts, project: desk.projectKey, type, portal });
  const answer = await createCustomerRequest(client, {
    serviceDeskId: desk.id,
    requestTypeId: type.id,
    requestFieldValues: values,
    ...(customer && { raiseOnBehalfOf: customer.accountId }),
    ...(participants.size > 0 && { requestParticipants: [...participants] }),
  }).catch(error => {
    if (error instanceof Failure && error.code === 'invalid_input' && /\bforms?\b/i.test(error.message)) {
      throw asksForForm(type, portal, error);
    }
    return agentsOnly(error, desk, 'Only its agents make requests for others, and only its customers their own');
  });
  return { key: parseAnswer(createdRequest, answer).issueKey, desk, customer };
}

async function personIn(input: string, name: string, people: People): Promise<User> {
  return people.find(name).catch(error => {
    if (!(error instanceof Failure) || !isAboutPeople(error)) throw error;
    throw new Failure(error.code, error.message, { cause: error, errors: [{ field: input, message: error.message }] });
  });
}

/** The values of the fields by their IDs, in the shapes that Jira takes. */
async function valuesOf(
  { summary, description, additionalFields = {} }: NewRequest,
  fields: readonly IssueField[],
  around: ValueParts & { metadata: Pick<Metadata, 'fields'>; type: RequestType; portal: string },
): Promise<Record<string, unknown>> {
  const { type, portal, metadata } = around;
  const errors: FieldError[] = [];
  const codes = new Set<FailureCode>();
  const values: Record<string, unknown> = {};
  /** Those that are given, also with a value that is wrong. */
  const named = new Set<string>();
  const set = async (input: string, find: () => IssueField | Promise<IssueField>, value: unknown) => {
    try {
      const field = await find();
      if (named.has(field.id)) throw new ValueProblem(`${quoted(field.name)} is given more than once.`);
      named.add(field.id);
      values[field.id] = inMarkup(await toValue(field, value, around), input);
    } catch (error) {
      const isProblem = error instanceof ValueProblem || (error instanceof Failure && isAboutPeople(error));
      if (!isProblem) throw error;
      if (error.code !== 'invalid_input') codes.add(error.code);
      errors.push({ field: input, message: error.message });
    }
  };
  const own = (id: string) => () => {
    const field = fields.find(each => each.id === id);
    if (field) return field;
    throw new ValueProblem(`Requests of the type ${quoted(type.name)} have no such field. ${knownFields(fields)}`);
  };
  if (summary !== undefined) await set('summary', own('summary'), summary);
  if (description !== undefined) await set('description', own('description'), description);
  for (const [name, value] of Object.entries(additionalFields)) {
    await set('additionalFields', () => fieldCalled(name, fields, metadata), value);
  }
  const missing = fields.filter(
    ({ id, required, hasDefaultValue }) =>
      required && !hasDefaultValue && isNothing(values[id]) && !(named.has(id) && values[id] === undefined),
  );
  errors.push(
    ...missing.map(field => ({
      field: ownInputs.get(field.id) ?? 'additionalFields',
      message:
        field.id === 'attachment'
          ? `Requests of the type ${quoted(type.name)} need a file, which cannot be sent here. The user makes it at ${portal}.`
          : `${quoted(field.name)} is required here${ownInputs.has(field.id) ? '' : ': give it in additionalFields'}.${allowedText(field)}`,
    })),
  );
  if (errors.length > 0) {
    const refusal = invalidInput(errors);
    const [code] = codes;
    throw code && codes.size === 1 && missing.length === 0 && errors.length === 1
      ? new Failure(code, refusal.message, { errors })
      : refusal;
  }
  return Object.fromEntries(Object.entries(values).filter(([, value]) => !isNothing(value)));
}

const isNothing = (value: unknown) =>
  value === undefined || value === null || value === '' || (Array.isArray(value) && value.length === 0);

const labels: Labels<IssueField> = { name: ({ name }) => name, id: ({ id }) => id };

/** A field as the portal calls it, or else as Jira does. */
async function fieldCalled(
  name: string,
  fields: readonly IssueField[],
  metadata: Pick<Metadata, 'fields'>,
): Promise<IssueField> {
  const asPortal = meantBy(fields, name, labels);
  const found = asPortal.length > 0 ? asPortal : await asJira(name, fields, metadata);
  const [field, another] = found;
  if (field && !another) return field;
  if (another) {
    const choices = found.map(each => `${each.name} (ID ${each.id})`);
    throw new ValueProblem(
      `Several fields are called ${quoted(name)}: ${listed(choices)}. Name one by its ID.`,
      'ambiguous',
    );
  }
  const near = nearNames(
    name,
    fields.map(each => each.name),
  );
  const nearest = near.length > 0 ? ` The nearest are ${near.map(quoted).join(', ')}.` : '';
  throw new ValueProblem(`There is no field ${quoted(name)} here.${nearest} ${knownFields(fields)}`);
}

async function asJira(name: string, fields: readonly IssueField[], metadata: Pick<Metadata, 'fields'>) {
  const known = meantBy(await metadata.fields(), name, { name: ({ label }) => label, id: ({ id }) => id });
  return fields.filter(({ id }) => known.some(each => each.id === id));
}

const knownFields = (fields: readonly IssueField[]) =>
  fields.length > 0 ? `The fields are ${listed(fields.map(({ name }) => name))}.` : 'It has no fields.';

/** The route takes long texts in Jira's wiki markup. */
function inMarkup(value: unknown, input: string): unknown {
  const { data } = documentSchema.safeParse(value);
  return data ? wikiText(data, input) : value;
}

function asksForForm({ name }: RequestType, portal: string, cause: Failure): Failure {
  const message = `The portal asks for a form to make a request of the type ${quoted(name)}, and forms cannot be filled in here. Nothing was made. The user makes it at ${portal}, or another request type fits.`;
  return new Failure('conflict', message, { cause, nothingDone: true });
}
