import { product, publisher } from '../../../product.ts';
import { appIcon } from './appIcons.ts';

/** The files of a package; each is at its root. */
export const packageFile = {
  manifest: 'manifest.json',
  agent: 'declarativeAgent.json',
  plugin: 'ai-plugin.json',
  openApi: 'openapi.json',
  ...appIcon,
} as const;

/** How an app presents itself, and what it is known by. */
export interface AppIdentity {
  id: string;
  /** MAJOR.MINOR.PATCH. */
  version: string;
  title: string;
  description: { short: string; full: string };
  /** The agent's name in the app. */
  agent: string;
  /** Hosts that the links in answers lead to, beside the app's own. */
  validDomains: readonly string[];
}

/**
 * The app that carries an agent: https://learn.microsoft.com/microsoft-365/extensibility/schema
 * @throws Error for what of product.ts is longer than a manifest takes
 */
export function appManifest({ id, version, title, description, agent, validDomains }: AppIdentity) {
  if (publisher.name.length > LONGEST_DEVELOPER) {
    throw new Error(
      `The publisher "${publisher.name}" has ${publisher.name.length} characters; Microsoft 365 takes ${LONGEST_DEVELOPER}. Shorten publisher.name in product.ts.`,
    );
  }
  return {
    $schema: 'https://developer.microsoft.com/json-schemas/teams/v1.30/MicrosoftTeams.schema.json',
    manifestVersion: '1.30',
    version,
    id,
    developer: {
      name: publisher.name,
      websiteUrl: publisher.website,
      privacyUrl: publisher.privacyPolicy,
      termsOfUseUrl: publisher.legalInfo,
    },
    name: { short: title, full: title },
    description,
    icons: { color: packageFile.color, outline: packageFile.outline },
    accentColor: product.brandColor,
    copilotAgents: { declarativeAgents: [{ id: agent, file: packageFile.agent }] },
    validDomains,
  };
}

const LONGEST_DEVELOPER = 32;

/** The entries of product.ts that are still those of the template. */
export function placeholders(): string[] {
  const isPlaceholder = (text: string) => text === 'Your organization' || /(?:^|[@/.])example\.com\b/.test(text);
  return Object.entries(publisher).flatMap(([name, text]) => (isPlaceholder(text) ? [`publisher.${name}`] : []));
}
