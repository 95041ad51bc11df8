import type { BundledPackage } from './bundledPackages.ts';

/** The software that is described: this app. */
interface App {
  name: string;
  version: string;
}

/**
 * What is in the app, as CycloneDX 1.6 has it: https://cyclonedx.org/docs/1.6/json/. The same app has the same bill, so it
 * tells no time and no serial number.
 */
export function billOfMaterials({ name, version }: App, packages: readonly BundledPackage[]): object {
  return {
    $schema: 'http://cyclonedx.org/schema/bom-1.6.schema.json',
    bomFormat: 'CycloneDX',
    specVersion: '1.6',
    version: 1,
    metadata: { component: { type: 'application', 'bom-ref': 'app', name, version } },
    components: packages.map(component),
    dependencies: [{ ref: 'app', dependsOn: packages.map(packageUrl) }],
  };
}

function component(bundled: BundledPackage): object {
  const { name, version, license, integrity } = bundled;
  const [scope, plainName] = name.startsWith('@') ? name.split('/') : [undefined, name];
  return {
    type: 'library',
    'bom-ref': packageUrl(bundled),
    ...(scope && { group: scope }),
    name: plainName,
    version,
    purl: packageUrl(bundled),
    ...(license && { licenses: [{ expression: license }] }),
    ...(integrity && { hashes: [{ alg: 'SHA-512', content: digestOf(integrity) }] }),
  };
}

/** https://github.com/package-url/purl-spec/blob/main/types-doc/npm-definition.md */
function packageUrl({ name, version }: BundledPackage): string {
  return `pkg:npm/${name.replace('@', '%40')}@${version}`;
}

/** @throws Error for a digest that is not of SHA-512, which is all that npm writes today */
function digestOf(integrity: string): string {
  const [, digest] = /^sha512-([\w+/]+=*)$/.exec(integrity) ?? [];
  if (!digest) throw new Error(`The lock file has a digest that is not of SHA-512: ${integrity}.`);
  return Buffer.from(digest, 'base64').toString('hex');
}

/** The licences of what is in the app, with their texts, as those licences want it. */
export function thirdPartyLicences(packages: readonly BundledPackage[]): string {
  return packages
    .map(({ name, version, license, texts }) => {
      const title = `${name} ${version}${license ? `, ${license}` : ''}`;
      const bodies =
        texts.length > 0 ? texts.map(({ text }) => text.trim()) : ['Its package has no text of its licence.'];
      return `${'='.repeat(80)}\n${title}\n${'='.repeat(80)}\n\n${bodies.join('\n\n')}\n`;
    })
    .join('\n');
}
