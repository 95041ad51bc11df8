import { createHash } from 'node:crypto';
import type { BundledPackage } from './bundledPackages.ts';

interface App {
  name: string;
  version: string;
  license: string;
}

/** What is in the bundle, as CycloneDX 1.6 has it: https://cyclonedx.org/docs/1.6/json/ The same bundle gives the same bytes. */
export function billOfMaterials(app: App, packages: readonly BundledPackage[]): string {
  const components = packages.map(({ name, version, license, integrity }) => ({
    type: 'library',
    'bom-ref': purl(name, version),
    ...nameOf(name),
    version,
    ...(integrity && { hashes: hashes(integrity) }),
    licenses: licenses(license),
    purl: purl(name, version),
  }));
  const application = {
    type: 'application',
    'bom-ref': purl(app.name, app.version),
    name: app.name,
    version: app.version,
    licenses: licenses(app.license),
    purl: purl(app.name, app.version),
  };
  const content = {
    version: 1,
    metadata: { component: application },
    components,
    dependencies: [
      { ref: application['bom-ref'], dependsOn: components.map(component => component['bom-ref']) },
      ...components.map(component => ({ ref: component['bom-ref'] })),
    ],
  };
  const document = { bomFormat: 'CycloneDX', specVersion: '1.6', serialNumber: serialNumber(content), ...content };
  return `${JSON.stringify(document, null, 2)}\n`;
}

/** https://github.com/package-url/purl-spec/blob/main/types-doc/npm-definition.md */
function purl(name: string, version: string): string {
  return `pkg:npm/${name.replace(/^@/, '%40')}@${encodeURIComponent(version)}`;
}

function nameOf(name: string) {
  const [scope, own] = name.split('/');
  return own ? { group: scope, name: own } : { name };
}

/** npm names an algorithm and gives base64; CycloneDX has `SHA-512` and hexadecimal digits. */
function hashes(integrity: string) {
  return integrity.split(' ').map(hash => {
    const [algorithm = '', digest = ''] = hash.split(/-(.*)/s);
    return {
      alg: algorithm.toUpperCase().replace('SHA', 'SHA-'),
      content: Buffer.from(digest, 'base64').toString('hex'),
    };
  });
}

/** An SPDX identifier, or an expression of several. */
function licenses(license: string) {
  return /^[\w.+-]+$/.test(license) ? [{ license: { id: license } }] : [{ expression: license }];
}

/** A UUID that follows from what it names, of version 8: https://www.rfc-editor.org/rfc/rfc9562#section-5.8 */
function serialNumber(content: object): string {
  const digits = createHash('sha256').update(JSON.stringify(content)).digest('hex');
  const [, ...parts] = /^(.{8})(.{4})(.{3})(.{3})(.{12})/.exec(digits) ?? [];
  const [first, second, third, fourth, fifth] = parts;
  return `urn:uuid:${first}-${second}-8${third}-a${fourth}-${fifth}`;
}

/** The licences of everything in the bundle, whose holders want them to be handed on with it. */
export function thirdPartyLicenses(packages: readonly BundledPackage[]): string {
  const sections = packages.map(
    ({ name, version, license, licenseText }) => `${name} ${version} (${license})\n\n${licenseText}\n`,
  );
  return ['This app holds code of these packages.\n', ...sections].join(`\n${'-'.repeat(80)}\n\n`);
}
