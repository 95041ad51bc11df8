import * as z from 'zod';
import { parseDuration } from './estimates.ts';

const id = z.string().regex(/^\d+$/, 'must be digits in quotation marks');
const name = z.string().min(1);
const span = z.string().refine(value => parseDuration(value) !== undefined, 'must be a span such as "4h" or "30m"');

/** A service desk of a project of Jira Service Management. */
export const deskFile = z.strictObject({
  id,
  project: name,
  /** What its customers call a status. */
  statusNames: z.record(name, name).default({}),
  requestTypes: z
    .array(
      z.strictObject({
        id,
        name,
        description: z.string().default(''),
        issueType: name,
        fields: z
          .array(
            z.strictObject({
              /** A field of Jira itself by its ID, or a custom one by its name. */
              field: name,
              /** What the portal calls it. */
              name,
              required: z.boolean().default(false),
            }),
          )
          .min(1),
        /** Whether the portal asks for a form, which a request by the API must bring along. */
        hasForm: z.boolean().default(false),
      }),
    )
    .min(1),
  queues: z
    .array(z.strictObject({ id, name, jql: name, fields: z.array(name).default(['issuekey', 'summary']) }))
    .default([]),
  slas: z
    .array(
      z.strictObject({
        /** The name of the custom field of type `sla` that shows it. */
        field: name,
        goal: span,
        /** By what its clock stops. */
        stops: z.enum(['response', 'resolution']),
        /** The statuses in which it is paused. */
        pausedIn: z.array(name).default([]),
      }),
    )
    .default([]),
  /** With the customers who belong to them, by their addresses. */
  organizations: z.array(z.strictObject({ id, name, members: z.array(z.email()).default([]) })).default([]),
  articles: z.array(z.strictObject({ id, title: name, space: z.string().regex(/^[A-Z]+$/), body: name })).default([]),
});

/** What only an issue that is a request has. */
export const requestDetails = z.strictObject({
  type: name,
  participants: z.array(z.email()).default([]),
  organizations: z.array(name).default([]),
  approvals: z
    .array(
      z.strictObject({
        name,
        approvers: z
          .array(
            z.strictObject({
              person: z.email(),
              decision: z.enum(['approved', 'declined', 'pending']).default('pending'),
            }),
          )
          .min(1),
      }),
    )
    .default([]),
});

export type DeskFile = z.output<typeof deskFile>;
export type RequestDetails = z.output<typeof requestDetails>;
