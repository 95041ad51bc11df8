// The least that a function app can be: what Azure Functions itself costs.
import { app } from '@azure/functions';

app.http('hello', { methods: ['GET'], handler: async () => ({ jsonBody: { hello: 'world' } }) });
