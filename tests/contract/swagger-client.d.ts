/** The part of swagger-client that the contract test uses; the package has no types of its own. */
declare module 'swagger-client' {
  export interface Request {
    url: string;
    method: string;
    headers: Record<string, string>;
    body?: string;
  }
  export interface Execution {
    spec: object;
    operationId: string;
    parameters: Record<string, unknown>;
    requestBody?: unknown;
    securities: { authorized: Record<string, { value: string }>; specSecurity: unknown };
  }
  const SwaggerClient: { buildRequest(execution: Execution): Request };
  export default SwaggerClient;
}
