import { readFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { resolve } from 'node:path';
import { Ajv } from 'ajv';
import addFormats from 'ajv-formats';
import { describe, expect, it } from 'vitest';

const root = resolve(import.meta.dirname, '../../..');
const read = (path: string) => readFileSync(resolve(root, path), 'utf8');
const require = createRequire(import.meta.url);
const schemas = resolve(require.resolve('@cyclonedx/cyclonedx-library/package.json'), '../res/schema');
const schema = (name: string) => JSON.parse(readFileSync(resolve(schemas, `${name}.SNAPSHOT.schema.json`), 'utf8'));

interface Component {
  group?: string;
  name: string;
  version: string;
  licenses?: { expression: string }[];
  hashes?: { content: string }[];
}

const bill = JSON.parse(read('dist/bom.cdx.json')) as { components: Component[] };
const nameOf = ({ group, name }: Component) => (group ? `${group}/${name}` : name);

describe('the bill of what is in the app', () => {
  it('is as CycloneDX 1.6 has it', () => {
    const ajv = new Ajv({ strict: false, allErrors: true });
    addFormats.default(ajv);
    // What an IDN is, ajv does not know; the bill has no address of anybody.
    ajv.addFormat('idn-email', true).addFormat('iri-reference', true);
    for (const name of ['spdx', 'jsf-0.82', 'cryptography-defs']) {
      ajv.addSchema(schema(name), `http://cyclonedx.org/schema/${name}.SNAPSHOT.schema.json`);
    }
    const validate = ajv.compile(schema('bom-1.6'));
    validate(bill);
    expect(validate.errors ?? []).toEqual([]);
  });

  it('has the libraries that the app calls, and none that only a developer needs', () => {
    const names = bill.components.map(nameOf);
    const { dependencies, devDependencies } = JSON.parse(read('package.json')) as Record<string, object>;
    expect(names).toEqual(expect.arrayContaining(Object.keys(dependencies ?? {})));
    expect(names.filter(name => Object.keys(devDependencies ?? {}).includes(name))).toEqual([]);
    for (const component of bill.components) {
      expect([nameOf(component), component.hashes?.[0]?.content]).toEqual([
        nameOf(component),
        expect.stringMatching(/^[0-9a-f]{128}$/),
      ]);
      expect(component.licenses, nameOf(component)).toBeDefined();
    }
  });

  it('has what came built into another library, with the licence that it has itself', () => {
    const inner = bill.components.find(component => nameOf(component) === 'pdfjs-dist');
    expect([inner?.version, inner?.licenses?.[0]?.expression]).toEqual([
      expect.stringMatching(/^\d+\.\d+\.\d+$/),
      'Apache-2.0',
    ]);
    expect(read('node_modules/unpdf/dist/pdfjs.mjs')).toContain(`\`${inner?.version}\``);
    expect(read('dist/THIRD-PARTY-LICENSES.txt')).toContain('Apache License');
  });

  it('has the text of each licence beside it', () => {
    const licences = read('dist/THIRD-PARTY-LICENSES.txt');
    for (const component of bill.components) {
      expect(licences).toContain(
        `\n${nameOf(component)} ${component.version}, ${component.licenses?.[0]?.expression}\n`,
      );
    }
    expect(licences.split('has no text of its licence').length - 1).toBeLessThanOrEqual(1);
  });
});

it('every entry of the lock file has a digest', () => {
  const { packages } = JSON.parse(read('package-lock.json')) as { packages: Record<string, { integrity?: string }> };
  const without = Object.entries(packages).filter(([path, { integrity }]) => path !== '' && !integrity);
  expect(without.map(([path]) => path)).toEqual([]);
});

it('every action of the workflow is pinned by its commit, with its version beside it', () => {
  const uses = [...read('.github/workflows/azure-dev.yml').matchAll(/uses: (.*)/g)].map(([, action]) => action);
  expect(uses.length).toBeGreaterThan(2);
  for (const action of uses) expect(action).toMatch(/^[\w-]+\/[\w-]+@[0-9a-f]{40} # v\d+\.\d+\.\d+$/);
});
