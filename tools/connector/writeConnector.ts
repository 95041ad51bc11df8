import { copyFile, mkdir, readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import * as z from 'zod';
import { CONNECTOR_FOLDER, type ConnectorKey, connectorFile, connectorFolder } from '../generate/folders.ts';
import { type SignIn, withSignIn } from './withSignIn.ts';

const generated = fileURLToPath(new URL(`../../${CONNECTOR_FOLDER}/`, import.meta.url));

const definitionSchema = z.looseObject({ info: z.looseObject({ title: z.string() }) });
const propertiesSchema = z.looseObject({ properties: z.looseObject({}) });

/** A connector that is ready to import: its title, and the paths of its files. */
export interface WrittenConnector extends Record<keyof typeof connectorFile, string> {
  title: string;
}

/** Writes a generated connector into `target`, for the app and the sign-in that it is to have. */
export async function writeConnector(key: ConnectorKey, target: string, signIn: SignIn): Promise<WrittenConnector> {
  const source = join(generated, connectorFolder(key));
  const read = async (name: string): Promise<unknown> => JSON.parse(await readFile(join(source, name), 'utf8'));
  const { definition, properties } = withSignIn(
    {
      definition: definitionSchema.parse(await read(connectorFile.definition)),
      properties: propertiesSchema.parse(await read(connectorFile.properties)),
    },
    signIn,
  );
  const written = {
    title: definition.info.title,
    definition: join(target, connectorFile.definition),
    properties: join(target, connectorFile.properties),
    settings: join(target, connectorFile.settings),
    icon: join(target, connectorFile.icon),
  };
  await mkdir(target, { recursive: true });
  await writeFile(written.definition, json(definition));
  await writeFile(written.properties, json(properties));
  await copyFile(join(source, connectorFile.settings), written.settings);
  await copyFile(join(source, connectorFile.icon), written.icon);
  return written;
}

function json(value: unknown): string {
  return `${JSON.stringify(value, null, 2)}\n`;
}
