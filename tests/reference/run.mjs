// Runs one of the reference's examples as it stands, with base URL and credential supplied from outside.
// Every answer is remembered, so that a test sees what the example got.
import { writeFileSync } from 'node:fs';

const [example] = process.argv.slice(2);
const { STAGENT_URL, STAGENT_TOKEN, STAGENT_LOG } = process.env;

const answers = [];
const originalFetch = globalThis.fetch;
globalThis.fetch = async (path, init = {}) => {
  const headers = { ...init.headers, Authorization: `Bearer ${STAGENT_TOKEN}` };
  const response = await originalFetch(new URL(path, STAGENT_URL), { ...init, headers });
  const answer = { path, method: init.method ?? 'GET', status: response.status, body: null };
  answers.push(answer);
  if (response.headers.get('content-type')?.startsWith('application/json')) {
    answer.body = await response.clone().json();
  }
  return response;
};

// Node 20 lacks it; the example uses it.
Object.groupBy ??= (items, key) => {
  const groups = {};
  for (const item of items) (groups[key(item)] ??= []).push(item);
  return groups;
};

process.on('exit', () => writeFileSync(STAGENT_LOG, JSON.stringify(answers)));
await import(`./examples/${example}.mjs`);
