import { copyFile, mkdir, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { connectorProperties } from '../generate/connector.ts';
import { type Choice, type Declared, definitionOf } from '../generate/definition.ts';
import { CONNECTOR_FOLDER, type ConnectorKey, connectorFile, connectorFolder } from '../generate/folders.ts';
import { json } from '../generate/generatedFile.ts';
import { type SignIn, withSignIn } from './withSignIn.ts';

const generated = fileURLToPath(new URL(`../../${CONNECTOR_FOLDER}/`, import.meta.url));

/** A connector that is ready to import: its title, and the paths of its files. */
export interface WrittenConnector extends Record<keyof typeof connectorFile, string> {
  title: string;
}

/** Writes a connector into `target`, for the app and the sign-in that it is to have. */
export async function writeConnector(
  key: ConnectorKey,
  target: string,
  signIn: SignIn,
  declared: Declared,
  choice: Choice = {},
): Promise<WrittenConnector> {
  const source = join(generated, connectorFolder(key));
  const { definition, properties } = withSignIn(
    { definition: definitionOf(key, declared, choice), properties: connectorProperties() },
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
