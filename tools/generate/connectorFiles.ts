import { withSignIn } from '../connector/withSignIn.ts';
import { connectorProperties, connectorSettings } from './connector.ts';
import { CONNECTOR_FOLDER, type ConnectorKey, connectorFile, connectorFolder } from './folders.ts';
import { type GeneratedFile, json } from './generatedFile.ts';
import { PLACEHOLDER_HOST } from './placeholders.ts';

/** Power Platform takes definitions of less than 1 MB. */
const MAX_DEFINITION_BYTES = 900_000;

/**
 * The files that Power Platform takes for one connector, in the form for a function key.
 * @throws Error for a definition that is too large
 */
export function connectorFiles(key: ConnectorKey, definition: object, icon: Buffer): GeneratedFile[] {
  const folder = `${CONNECTOR_FOLDER}/${connectorFolder(key)}`;
  const parts = withSignIn({ definition, properties: connectorProperties() }, { auth: 'key', host: PLACEHOLDER_HOST });
  const text = json(parts.definition);
  const size = Buffer.byteLength(text);
  if (size > MAX_DEFINITION_BYTES) {
    throw new Error(
      `The definition in ${folder} has ${size} bytes; ${MAX_DEFINITION_BYTES} are the most. Make a system of its own of some of its actions, or shorten their descriptions.`,
    );
  }
  return [
    [`${folder}/${connectorFile.definition}`, text],
    [`${folder}/${connectorFile.properties}`, json(parts.properties)],
    [`${folder}/${connectorFile.settings}`, json(connectorSettings())],
    [`${folder}/${connectorFile.icon}`, icon],
  ];
}
