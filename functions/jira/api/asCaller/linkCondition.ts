import * as z from 'zod';
import type { JqlClause } from '../jqlClauses.ts';

/**
 * What a query asks of the types of links. Jira finds an issue also by links to issues that the caller may not browse, so that one
 * with such links is shown only where another one is so.
 */
export interface LinkCondition {
  /** Whether what is left of its links could be what was found. */
  isMet(links: unknown): boolean;
}

/** @param mustHold Whether all that a query finds meets the condition. */
export function linkCondition(
  clauses: readonly JqlClause[],
  mustHold: (clause: JqlClause) => boolean,
): LinkCondition | undefined {
  const asking = clauses.filter(({ field }) => field.toLowerCase() === 'issuelinktype');
  if (asking.length === 0) return undefined;
  const isTold = asking.every(clause => ['=', 'in'].includes(clause.operator) && !clause.isNegated && mustHold(clause));
  const wanted = asking.map(({ operands }) => new Set(operands.map(({ value }) => value.toLowerCase())));
  return {
    isMet(links) {
      const held = linkList
        .parse(links)
        .map(({ type, inwardIssue, outwardIssue }) =>
          [type.name, inwardIssue ? type.inward : undefined, outwardIssue ? type.outward : undefined].map(name =>
            name?.toLowerCase(),
          ),
        );
      return (
        isTold && wanted.every(names => held.some(link => link.some(name => name !== undefined && names.has(name))))
      );
    },
  };
}

const text = z.string().nullish();
const linkList = z
  .array(
    z.looseObject({
      type: z.looseObject({ name: text, inward: text, outward: text }),
      inwardIssue: z.unknown().optional(),
      outwardIssue: z.unknown().optional(),
    }),
  )
  .catch([]);
