import type * as z from 'zod';
import type { System } from '../action/defineSystem.ts';
import { meaningOf } from '../schema/meaning.ts';
import { commonSettings } from './common.ts';
import type { Restricts } from './setting.ts';

/** A setting as it is documented and deployed. */
export interface SettingDescription {
  name: string;
  /** The system that it belongs to; undefined for one of the app's own. */
  system: string | undefined;
  description: string;
  /** True when its system cannot do without it. */
  needed: boolean;
  /** What it is unless it is set, as text. */
  default: string | undefined;
  values: readonly string[];
  sample: string | undefined;
  setByDeployment: boolean;
  deployedOnly: boolean;
  restricts: Restricts | undefined;
}

/** Every setting of the app once: its own first, then those of each system. @throws Error for one without a description */
export function describeSettings(systems: readonly System[]): SettingDescription[] {
  const all = [
    ...commonSettings.flatMap(schema => describeSchema(schema, undefined)),
    ...systems.flatMap(({ name, settings }) => describeSchema(settings, name)),
  ];
  // A system's schema may have a setting of the app's, for a rule over both.
  const first = (name: string) => all.find(setting => setting.name === name);
  return all.filter(setting => first(setting.name) === setting);
}

function describeSchema(schema: z.ZodObject, system: string | undefined): SettingDescription[] {
  return Object.entries(schema.shape as Record<string, z.ZodType>).map(([name, field]) => {
    const {
      description,
      values = [],
      sample,
      setByDeployment = false,
      deployedOnly = false,
      restricts,
    } = meaningOf(field);
    if (!description) throw new Error(`The setting ${name} has no description. Give it one with .meta().`);
    const unset = field.safeParse(undefined);
    return {
      name,
      system,
      description,
      needed: !unset.success,
      default: unset.success && isText(unset.data) ? String(unset.data) : undefined,
      values,
      sample,
      setByDeployment,
      deployedOnly,
      restricts,
    };
  });
}

function isText(value: unknown): value is string | number | boolean {
  return ['string', 'number', 'boolean'].includes(typeof value);
}
