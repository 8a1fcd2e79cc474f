// Asks the daemon. Every failure is an ApiError whose message is a sentence for people.

/** @typedef {import("./types.js").Conversation} Conversation */

export class ApiError extends Error {
  /**
   * @param {number} status of the answer; 0 when the daemon could not be reached
   * @param {string} code stable, for programs
   * @param {string} message a sentence for people
   */
  constructor(status, code, message) {
    super(message);
    this.name = "ApiError";
    this.status = status;
    this.code = code;
  }
}

/**
 * Whether the same request may succeed soon: the daemon is not there, ends or is busy, or the answer broke off.
 * @param {unknown} error
 */
export const isPassing = (error) => !(error instanceof ApiError) || [0, 429, 503].includes(error.status);

export const CONVERSATIONS = "/api/chat/conversations";

/**
 * Sends a request; the answer as it came.
 * @param {string} method
 * @param {string} path
 * @param {{body?: unknown, signal?: AbortSignal, headers?: Record<string, string>}} [options] `body` is sent as JSON
 *   unless it is a form
 * @returns {Promise<Response>}
 */
export async function send(method, path, options = {}) {
  const { body, signal, headers = {} } = options;
  const isForm = body instanceof FormData;
  const given = body === undefined || isForm ? headers : { "Content-Type": "application/json", ...headers };
  let response;
  try {
    response = await fetch(path, {
      method,
      signal,
      headers: given,
      body: body === undefined ? undefined : isForm ? body : JSON.stringify(body),
      cache: "no-store",
    });
  } catch (error) {
    if (signal?.aborted) throw error;
    throw new ApiError(0, "unreachable", "The daemon cannot be reached. Start it with “stagent”; what you typed is kept.");
  }
  if (!response.ok) throw await errorOf(response);
  return response;
}

/**
 * Sends a request; the decoded answer, or null where there is none.
 * @param {string} method
 * @param {string} path
 * @param {unknown} [body]
 * @returns {Promise<any>}
 */
export async function ask(method, path, body) {
  const response = await send(method, path, { body });
  const text = await response.text();
  return text ? JSON.parse(text) : null;
}

/** @param {string} path @returns {Promise<any>} */
export const get = (path) => ask("GET", path);

/**
 * One page of a list, and the address of the next.
 * @param {string} path
 * @returns {Promise<{rows: any[], next: string | null}>}
 */
export async function page(path) {
  const response = await send("GET", path);
  const link = /<([^>]+)>;\s*rel="next"/.exec(response.headers.get("Link") ?? "");
  return { rows: await response.json(), next: link ? link[1] : null };
}

/** @param {unknown} error @returns {string} a sentence for people */
export function sentence(error) {
  return error instanceof ApiError ? error.message : "Something went wrong in the page. Reload it; nothing is lost.";
}

/** @param {Response} response @returns {Promise<ApiError>} */
async function errorOf(response) {
  try {
    const body = await response.json();
    return new ApiError(response.status, String(body.code), String(body.error));
  } catch {
    return new ApiError(response.status, "unknown", `The daemon answered with status ${response.status}.`);
  }
}
