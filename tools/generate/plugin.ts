import type * as z from 'zod';
import { publisher } from '../../product.ts';
import type { Action } from '../../shared/action/defineAction.ts';
import type { System } from '../../shared/action/defineSystem.ts';
import { instructions } from '../../shared/action/instructions.ts';
import { outputSchema, type PlainSchema } from '../../shared/action/plainSchema.ts';
import { fieldsOf, meaningOf } from '../../shared/schema/meaning.ts';
import { pluginFile } from './folders.ts';
import { GENERATED } from './generated.ts';
import { fieldTitle, operationId } from './naming.ts';
import type { PluginSignIn } from './pluginSignIn.ts';
import type { Presentation } from './presentation.ts';

/** The Microsoft 365 Copilot plugin of a system: https://learn.microsoft.com/microsoft-365-copilot/extensibility/plugin-manifest-2.4 */
export function pluginManifest(
  { title, description }: Presentation,
  system: System,
  actions: readonly Action[],
  { auth }: PluginSignIn,
) {
  return {
    $schema: 'https://developer.microsoft.com/json-schemas/copilot/plugin/v2.4/schema.json',
    schema_version: 'v2.4',
    name_for_human: title,
    namespace: system.name,
    description_for_human: description,
    description_for_model: instructions([system]),
    contact_email: publisher.email,
    legal_info_url: publisher.legalInfo,
    privacy_policy_url: publisher.privacyPolicy,
    functions: actions.map(pluginFunction),
    runtimes: [
      {
        type: 'OpenApi',
        auth,
        spec: { url: pluginFile.openApi },
        run_for_functions: actions.map(({ name }) => operationId(name)),
        'x-generated': GENERATED,
      },
    ],
  };
}

function pluginFunction(action: Action) {
  const { name, description, access } = action;
  return {
    name: operationId(name),
    description,
    capabilities: {
      ...(access === 'write' && { confirmation: confirmation(action) }),
      response_semantics: responseSemantics(action),
      security_info: { data_handling: [access === 'read' ? 'GetPrivateData' : 'ResourceStateUpdate'] },
    },
  };
}

/** What the user is shown before anything is changed: what is to be done, and with which values. */
function confirmation(action: Action) {
  const inputs = Object.entries(fieldsOf(action.input));
  return {
    type: 'AdaptiveCard',
    title: action.title,
    body: inputs.map(([name, field]) => `* **${fieldTitle(name, field)}**: {{function.parameters.${name}}}`).join('\n'),
  };
}

/** Says what in an answer is the result, so that it can be cited and shown as a card: the items of a list, or all of it. */
function responseSemantics(action: Action) {
  const whole = shownFields(outputSchema(action), action.output);
  const list = action.paged || whole.facts.length === 0 ? firstList(action) : undefined;
  const shown = list?.fields ?? whole;
  const { heading, facts, link } = shown;
  const subtitle = facts.find(({ type }) => type === 'string');
  return {
    data_path: list ? `$.${list.name}` : '$',
    properties: {
      ...(heading && { title: `$.${heading}` }),
      ...(subtitle && { subtitle: `$.${subtitle.name}` }),
      ...(link && { url: `$.${link}` }),
    },
    static_template: card(shown),
  };
}

/** The first list of objects in an answer. */
function firstList(action: Action): { name: string; fields: ShownFields } | undefined {
  const declared = fieldsOf(action.output);
  for (const [name, { items }] of Object.entries(outputSchema(action).properties)) {
    if (items?.properties) return { name, fields: shownFields(items, declared[name]) };
  }
  return undefined;
}

/** What of an object people are shown: each is the name of a field. */
interface ShownFields {
  heading: string | undefined;
  facts: readonly { name: string; title: string; type: string }[];
  link: string | undefined;
}

const LONGEST_CARD = 6;

/** `declared` is what the plain schema was made from. */
function shownFields({ properties = {} }: PlainSchema, declared: z.core.$ZodType | undefined): ShownFields {
  const fields = Object.entries(fieldsOf(declared)).map(([name, schema]) => ({
    name,
    title: fieldTitle(name, schema),
    type: properties[name]?.type ?? 'object',
    meaning: meaningOf(schema),
  }));
  const forPeople = fields.filter(({ type, meaning }) => type !== 'array' && type !== 'object' && !meaning.machine);
  const heading = forPeople.find(({ meaning }) => meaning.heading) ?? forPeople.find(({ type }) => type === 'string');
  return {
    heading: heading?.name,
    facts: forPeople.filter(field => field !== heading).slice(0, LONGEST_CARD),
    link: fields.find(({ meaning }) => meaning.link)?.name,
  };
}

/** An Adaptive Card template: https://learn.microsoft.com/adaptive-cards/templating/language */
function card({ heading, facts, link }: ShownFields) {
  return {
    type: 'AdaptiveCard',
    $schema: 'http://adaptivecards.io/schemas/adaptive-card.json',
    version: '1.5',
    body: [
      ...(heading ? [{ type: 'TextBlock', text: placeholder(heading), weight: 'Bolder', wrap: true }] : []),
      {
        type: 'FactSet',
        facts: facts.map(({ name, title }) => ({
          $when: placeholder(`${name} != null`),
          title,
          value: placeholder(`string(${name})`),
        })),
      },
    ],
    ...(link && {
      actions: [
        { $when: placeholder(`${link} != null`), type: 'Action.OpenUrl', title: 'Open', url: placeholder(link) },
      ],
    }),
  };
}

/** What something else fills in later: `${…}`. */
function placeholder(expression: string): string {
  return `\${${expression}}`;
}
