import * as z from 'zod';
import type { System } from '../../../shared/action/defineSystem.ts';
import { defineSystem } from '../../../shared/action/defineSystem.ts';

/** A system with these settings, and a secret for each name. */
export function madeUpSystem(name: string, settings: z.ZodObject, secrets: readonly string[] = []): System {
  return defineSystem({
    name,
    title: `The ${name}`,
    about: 'It is made up.',
    advice: 'Use it in tests.',
    toolsets: { [name]: 'All of it' },
    settings,
    secrets: Object.fromEntries(
      secrets.map(secret => [
        secret,
        { description: `The ${secret}`, neededFor: 'always', isNeeded: () => true, entry: 'line' as const },
      ]),
    ),
    open: async () => ({ for: () => ({}), check: async () => 'ok' }),
  });
}

export const needed = z.string().meta({ description: 'Cannot be left out.' });
export const optional = z.string().optional().meta({ description: 'Can be left out.' });
export const restricting = z.string().optional().meta({ description: 'Closes it.', restricts: 'system' });
