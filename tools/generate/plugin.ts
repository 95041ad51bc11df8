import { systems } from '../../functions/systems.ts';
import { product, publisher } from '../../product.ts';
import type { Action } from '../../shared/action/defineAction.ts';
import { instructions } from '../../shared/action/instructions.ts';
import { inputSchema, outputSchema, type PlainSchema } from '../../shared/action/plainSchema.ts';
import { GENERATED } from './generated.ts';
import { fieldTitle, operationId } from './naming.ts';

/** The Microsoft 365 Copilot plugin: https://learn.microsoft.com/microsoft-365-copilot/extensibility/plugin-manifest-2.4 */
export function pluginManifest(actions: readonly Action[]) {
  return {
    $schema: 'https://developer.microsoft.com/json-schemas/copilot/plugin/v2.4/schema.json',
    schema_version: 'v2.4',
    name_for_human: product.shortTitle,
    namespace: product.namespace,
    description_for_human: product.shortDescription,
    description_for_model: instructions(systems),
    contact_email: publisher.email,
    legal_info_url: publisher.legalInfo,
    privacy_policy_url: publisher.privacyPolicy,
    functions: actions.map(pluginFunction),
    runtimes: [
      {
        type: 'OpenApi',
        // The toolkit that packages the plugin puts in the ID of the key that was registered for it.
        auth: { type: 'ApiKeyPluginVault', reference_id: placeholder('{APIKEY_REGISTRATION_ID}') },
        spec: { url: 'openapi.json' },
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
  const inputs = Object.keys(inputSchema(action).properties);
  return {
    type: 'AdaptiveCard',
    title: action.title,
    body: inputs.map(name => `* **${fieldTitle(name)}**: {{function.parameters.${name}}}`).join('\n'),
  };
}

/** Says what in an answer is the result, so that it can be cited and shown as a card: the items of a list, or all of it. */
function responseSemantics(action: Action) {
  const { properties } = outputSchema(action);
  const isList = action.paged || factFields(properties, titleField(properties)).length === 0;
  const [list, items] = (isList && Object.entries(properties).find(([, { items }]) => items?.properties)) || [];
  const path = list ? `$.${list}` : '$';
  const fields = items?.items?.properties ?? properties;
  const title = titleField(fields);
  const facts = factFields(fields, title);
  const subtitle = facts.find(name => fields[name]?.type === 'string');
  return {
    data_path: path,
    properties: {
      ...(title && { title: `$.${title}` }),
      ...(subtitle && { subtitle: `$.${subtitle}` }),
      ...('url' in fields && { url: '$.url' }),
    },
    static_template: card(fields, title, facts),
  };
}

type Fields = Record<string, PlainSchema>;

const LONGEST_CARD = 6;

/** What names a result best, the best first. */
const namingFields = ['label', 'name', 'subject', 'title', 'summary', 'issueKey'];

function titleField(fields: Fields): string | undefined {
  const texts = Object.keys(fields).filter(name => fields[name]?.type === 'string');
  return namingFields.find(name => texts.includes(name)) ?? texts.find(name => name !== 'url');
}

const notForPeople = /^(url|nextPageToken|truncated|deduplicated)$|Id$/;

function factFields(fields: Fields, title: string | undefined): string[] {
  const isFact = (name: string) =>
    name !== title && !notForPeople.test(name) && !['array', 'object', undefined].includes(fields[name]?.type);
  return Object.keys(fields).filter(isFact).slice(0, LONGEST_CARD);
}

/** An Adaptive Card template: https://learn.microsoft.com/adaptive-cards/templating/language */
function card(fields: Fields, title: string | undefined, facts: readonly string[]) {
  return {
    type: 'AdaptiveCard',
    $schema: 'http://adaptivecards.io/schemas/adaptive-card.json',
    version: '1.5',
    body: [
      ...(title ? [{ type: 'TextBlock', text: placeholder(title), weight: 'Bolder', wrap: true }] : []),
      {
        type: 'FactSet',
        facts: facts.map(name => ({
          $when: placeholder(`${name} != null`),
          title: fieldTitle(name),
          value: placeholder(`string(${name})`),
        })),
      },
    ],
    ...('url' in fields && {
      actions: [{ $when: placeholder('url != null'), type: 'Action.OpenUrl', title: 'Open', url: placeholder('url') }],
    }),
  };
}

/** What something else fills in later: `${…}`. */
function placeholder(expression: string): string {
  return `\${${expression}}`;
}
