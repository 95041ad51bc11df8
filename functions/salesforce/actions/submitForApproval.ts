import * as z from 'zod';
import { Failure, invalidInput } from '../../../shared/failure.ts';
import { heading, id, link, summary } from '../../../shared/schema/meaning.ts';
import { errorCodesOf } from '../api/answerFailure.ts';
import { searchText } from '../api/inputs.ts';
import { notReadBack } from '../api/readRecord.ts';
import { nameFieldIn } from '../api/recordChanges.ts';
import { valueAt } from '../api/recordValues.ts';
import { findWaiting } from '../api/sales/approvals.ts';
import { approvalTarget } from '../api/sales/approvalTarget.ts';
import { findApprover } from '../api/sales/approvers.ts';
import { textAt } from '../api/sales/namedRecord.ts';
import type { Salesforce } from '../api/salesforce.ts';
import { names, soql } from '../api/soql.ts';
import { uses } from '../needs.ts';
import { salesforce } from '../system.ts';

/** As many characters as a comment of an approval has room for. */
const MAX_COMMENT = 4_000;

export default salesforce.action({
  name: 'submitForApproval',
  toolset: 'salesforce-sales',
  access: 'write',
  effect: 'adds',
  idempotent: false,
  needs: uses('read ProcessInstance'),
  title: 'Submit a record for approval',
  description:
    'Submits a Salesforce record, such as an opportunity with a discount, for approval, in the name of the user who asks where that is known, and tells which process takes it and whom it waits for. ' +
    'Use it to ask for an approval. For what waits use listApprovals; to decide answerApproval.',
  input: z.object({
    record: searchText.meta({
      description:
        'What to submit: an opportunity or a quote by its name, or that of its account where one is open; or any record by its ID.',
      names: 'record',
      mayMatchSeveral: true,
    }),
    comment: z.string().trim().max(MAX_COMMENT).optional().describe('What the approver should know.'),
    approver: searchText.optional().meta({
      description:
        'Who is to approve it first, where the process lets the submitter choose: a name or an e-mail address.',
      mayMatchSeveral: true,
    }),
  }),
  output: z.object({
    summary: summary('What was submitted, and whom it waits for.'),
    objectType: z.string().describe('The object of the record.'),
    recordId: id('The ID of the record.'),
    name: heading('The name of the record.').optional(),
    process: z.string().optional().describe('The approval process that took it.'),
    status: z.string().optional().describe('How it stands, such as Pending.'),
    waitsFor: z.array(z.string()).optional().describe('The people and queues that it waits for.'),
    submittedBy: z.string().optional().describe('In whose name it was submitted.'),
    url: link('Where to open the record.'),
    note: z.string().optional().describe('What the user should know.'),
  }),
  example: { record: '006Sx000000000HIAQ', comment: 'They take five.' },
  requests: 40,
  async run({ record: given, comment, approver }, { salesforce }) {
    const { id: recordId, objectType } = await approvalTarget(salesforce, given, 'record');
    const object = await salesforce.describe(objectType);
    const nameField = nameFieldIn(object) ?? 'Id';
    const [[record], waiting, next, submitter] = await Promise.all([
      salesforce.query(
        soql`SELECT ${names(...new Set(['Id', nameField]))} FROM ${names(object.name)} WHERE Id = ${recordId}`,
      ),
      findWaiting(salesforce, { recordIds: [recordId] }),
      approver === undefined ? undefined : findApprover(salesforce, approver, 'approver'),
      asker(salesforce),
    ]);
    if (!record) {
      const message = `There is no ${object.label} ${given} that this service may see.`;
      throw new Failure('not_found', `record: ${message}`, { errors: [{ field: 'record', message }] });
    }
    const name = textAt(record, nameField);
    const called = `${object.label} ${name ?? recordId}`;
    if (waiting.length > 0)
      throw inProcess(
        called,
        waiting.map(({ waitsFor }) => waitsFor),
      );
    const { instanceId, instanceStatus } = await salesforce
      .approve({
        actionType: 'Submit',
        contextId: recordId,
        ...(submitter && { contextActorId: submitter.id }),
        ...(comment && { comments: comment }),
        ...(next && { nextApproverIds: [next.id] }),
      })
      .catch((error: unknown) => Promise.reject(explained(error, called)));
    const now = instanceId ? await readBack(salesforce, instanceId) : undefined;
    const status = now?.status ?? instanceStatus ?? undefined;
    const isOwn = submitter !== undefined && (next?.id === submitter.id || now?.actorIds.includes(submitter.id));
    const notes = [
      ...(isOwn ? ['It waits for the user who submitted it, who would approve their own record. Tell the user.'] : []),
      ...(now ? [] : [notReadBack.note]),
    ];
    const waits = now?.waitsFor.length ? ` It waits for ${now.waitsFor.join(', ')}.` : '';
    return {
      summary: `${called} was submitted${now?.process ? ` to ${now.process}` : ''}${status && status !== 'Pending' ? ` and is ${status}` : ''}.${waits}`,
      objectType: object.name,
      recordId,
      ...(name && { name }),
      ...(now?.process && { process: now.process }),
      ...(status && { status }),
      ...(now && now.waitsFor.length > 0 && { waitsFor: now.waitsFor }),
      ...(submitter && { submittedBy: submitter.name }),
      url: salesforce.recordUrl(object.name, recordId),
      ...(notes.length > 0 && { note: notes.join(' ') }),
    };
  },
});

/** Who asks, as a user of Salesforce; undefined where that is not known, or several are called so. */
async function asker(salesforce: Salesforce): Promise<{ id: string; name: string } | undefined> {
  const asking = await salesforce.me();
  if (!('statement' in asking)) return undefined;
  const [me, ...others] = await salesforce.query(asking.statement);
  const [id, name] = [me && textAt(me, 'Id'), me && textAt(me, 'Name')];
  return id !== undefined && name !== undefined && others.length === 0 ? { id, name } : undefined;
}

function readBack(salesforce: Salesforce, instanceId: string) {
  return salesforce.readBack(
    soql`SELECT Id, Status, ProcessDefinition.Name, (SELECT Id, ActorId, Actor.Name FROM Workitems) FROM ProcessInstance WHERE Id = ${instanceId}`,
    record => {
      const { records } = actorsSchema.parse(valueAt(record, 'Workitems'));
      return {
        status: textAt(record, 'Status'),
        process: textAt(record, 'ProcessDefinition.Name'),
        waitsFor: records.map(({ Actor }) => Actor.Name),
        actorIds: records.map(({ ActorId }) => ActorId),
      };
    },
  );
}

const actorsSchema = z
  .object({ records: z.array(z.object({ ActorId: z.string(), Actor: z.object({ Name: z.string() }) })) })
  .nullable()
  .transform(children => children ?? { records: [] });

function inProcess(called: string, waitsFor: readonly (string | undefined)[]): Failure {
  const whom = [...new Set(waitsFor.filter(Boolean))].join(', ');
  return new Failure(
    'conflict',
    `${called} is submitted for approval already${whom ? `, and waits for ${whom}` : ''}. Nothing was done.`,
  );
}

/** What Salesforce refuses a submission for, with what to do. */
function explained(error: unknown, called: string): unknown {
  if (!(error instanceof Failure)) return error;
  const codes = errorCodesOf(error);
  if (codes.includes('ALREADY_IN_PROCESS')) return inProcess(called, []);
  const refuse = (field: string, message: string) => invalidInput([{ field, message: `${message} Nothing was done.` }]);
  if (codes.includes('NO_APPLICABLE_PROCESS')) {
    return refuse(
      'record',
      `No active approval process takes ${called} as it is: it does not meet the conditions of one, or may not be submitted by this user. A flow approval is started in Salesforce.`,
    );
  }
  if (
    codes.some(code => /^(MANAGER_NOT_DEFINED|PROCESS_APPROVER_NOT_DEFINED)$/.test(code)) ||
    /approver/i.test(error.message)
  ) {
    return refuse('approver', `${error.message} Ask the user who is to approve it, and give approver.`);
  }
  return error;
}
