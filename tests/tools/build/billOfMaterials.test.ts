import { readdir, readFile } from 'node:fs/promises';
import { createRequire } from 'node:module';
import { dirname, join } from 'node:path';
import { deflateRawSync } from 'node:zlib';
import { Ajv } from 'ajv';
import formats from 'ajv-formats';
import { describe, expect, it } from 'vitest';
import * as z from 'zod';
import { billOfMaterials } from '../../../tools/build/billOfMaterials.ts';
import { bundledPackages } from '../../../tools/build/bundledPackages.ts';

const require = createRequire(import.meta.url);
const root = new URL('../../../', import.meta.url);
const text = (path: string) => readFile(new URL(path, root), 'utf8');

const bomSchema = z.object({
  components: z.array(
    z.object({
      group: z.string().optional(),
      name: z.string(),
      version: z.string(),
      purl: z.string(),
      hashes: z.array(z.object({ alg: z.string(), content: z.string() })),
    }),
  ),
});
const document: unknown = JSON.parse(await text('dist/bom.cdx.json'));
const { components } = bomSchema.parse(document);
const names = components.map(({ group, name }) => (group ? `${group}/${name}` : name));

/** The schema that CycloneDX publishes, with those that it refers to. */
async function cycloneDx() {
  const schemas = join(dirname(require.resolve('@cyclonedx/cyclonedx-library/package.json')), 'res/schema');
  const read = async (name: string) =>
    JSON.parse(await readFile(join(schemas, `${name}.SNAPSHOT.schema.json`), 'utf8'));
  const ajv = new Ajv({ strict: false, formats: { 'iri-reference': true, 'idn-email': true } });
  formats.default(ajv);
  for (const name of ['spdx', 'jsf-0.82']) {
    ajv.addSchema(await read(name), `http://cyclonedx.org/schema/${name}.SNAPSHOT.schema.json`);
  }
  return ajv.compile(await read('bom-1.6'));
}

describe('the bill of materials', () => {
  it('is as CycloneDX 1.6 wants it', async () => {
    const validate = await cycloneDx();
    validate(document);
    expect(validate.errors).toBeNull();
    expect(validate({ ...(document as object), components: [{ type: 'nothing', name: 'x' }] })).toBe(false);
  });

  it('has what is in the bundle, and nothing that only builds and tests it or was left out', () => {
    expect(names).toEqual(expect.arrayContaining(['zod', 'jsforce', 'jira.js', '@azure/functions', 'jose']));
    for (const absent of ['esbuild', 'vitest', 'undici', 'xml2js', 'azurite']) expect(names).not.toContain(absent);
    expect(new Set(components.map(({ purl }) => purl)).size).toBe(components.length);
  });

  it('has the version and the hash of each package as they are locked', async () => {
    const lockSchema = z.object({
      packages: z.record(z.string(), z.object({ version: z.string().optional(), integrity: z.string().optional() })),
    });
    const locked = Object.entries(lockSchema.parse(JSON.parse(await text('package-lock.json'))).packages);
    for (const [at, { version, hashes, purl }] of components.entries()) {
      const [hash] = hashes;
      expect(purl).toBe(`pkg:npm/${names[at]?.replace('@', '%40')}@${version}`);
      const integrity = `sha512-${Buffer.from(hash?.content ?? '', 'hex').toString('base64')}`;
      const same = locked.filter(
        ([path, entry]) => path.endsWith(`node_modules/${names[at]}`) && entry.version === version,
      );
      expect(same.map(([, entry]) => entry.integrity)).toContain(integrity);
      expect(hash?.alg).toBe('SHA-512');
    }
  });

  it('comes with the whole licence of each', async () => {
    const licenses = await text('dist/THIRD-PARTY-LICENSES.txt');
    for (const [at, { version }] of components.entries()) {
      const start = licenses.indexOf(`\n${names[at]} ${version} (`);
      expect({ name: names[at], found: start > 0 }).toEqual({ name: names[at], found: true });
      const [section = ''] = licenses.slice(start).split(`\n${'-'.repeat(80)}\n`);
      expect(section).toMatch(/permission|redistribut|apache license/i);
      expect(section.length).toBeGreaterThan(500);
    }
  });

  it('leaves the app small to send', async () => {
    const dist = new URL('dist/', root);
    const files = (await readdir(dist, { recursive: true, withFileTypes: true })).filter(entry => entry.isFile());
    const sizes = await Promise.all(
      files.map(async ({ parentPath, name }) => deflateRawSync(await readFile(join(parentPath, name))).length),
    );
    expect(sizes.reduce((sum, size) => sum + size, 0)).toBeLessThan(1_500_000);
  });
});

it('the same packages give the same bytes', () => {
  const app = { name: 'app', version: '1.0.0', license: 'MIT' };
  const zod = {
    name: '@scope/own',
    version: '1.0.0',
    license: '(MIT OR CC0-1.0)',
    integrity: undefined,
    licenseText: 'x',
  };
  expect(billOfMaterials(app, [zod])).toBe(billOfMaterials(app, [zod]));
  expect(JSON.parse(billOfMaterials(app, [zod])).components).toEqual([
    {
      type: 'library',
      'bom-ref': 'pkg:npm/%40scope/own@1.0.0',
      group: '@scope',
      name: 'own',
      version: '1.0.0',
      licenses: [{ expression: '(MIT OR CC0-1.0)' }],
      purl: 'pkg:npm/%40scope/own@1.0.0',
    },
  ]);
});

it('a package of which nothing is left in the bundle is not in it', async () => {
  const output = { bytes: 1, imports: [], exports: [], inputs: {} };
  const inputs = {
    'node_modules/zod/index.js': { bytesInOutput: 10 },
    'node_modules/jose/dist/webapi/index.js': { bytesInOutput: 0 },
    'no-locales:../locales/index.js': { bytesInOutput: 5 },
    'functions/index.ts': { bytesInOutput: 5 },
  };
  const found = await bundledPackages({ inputs: {}, outputs: { 'index.js': { ...output, inputs } } }, root);
  expect(found.map(({ name }) => name)).toEqual(['zod']);
});
