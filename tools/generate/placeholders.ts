/** The host in the generated files, which is not known before the app is deployed. Publishing puts the real one there. */
export const PLACEHOLDER_HOST = 'your-app.azurewebsites.net';
