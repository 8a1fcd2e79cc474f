// 1. Create a conversation linked to a project
const conversation = await fetch('/api/chat/conversations', {
method: 'POST',
headers: { 'Content-Type': 'application/json' },
body: JSON.stringify({
  runtimeId: 'claude-code',
  projectId: 'proj-8f3a-4b2c',
  title: 'Debug auth flow',
  modelId: 'sonnet',
}),
}).then(r => r.json());
// → { id: "conv-d4e2-7b1a", runtimeId: "claude-code", status: "active", ... }

// 2. Send a message and stream the response via SSE
const res = await fetch(`/api/chat/conversations/${conversation.id}/messages`, {
method: 'POST',
headers: { 'Content-Type': 'application/json' },
body: JSON.stringify({ content: 'Why is the login endpoint returning 403?' }),
});

const reader = res.body.getReader();
const decoder = new TextDecoder();
let pendingPermission = null;

while (true) {
const { done, value } = await reader.read();
if (done) break;

for (const line of decoder.decode(value).split('\n')) {
  if (!line.startsWith('data: ')) continue;
  const event = JSON.parse(line.slice(6));

  switch (event.type) {
    case 'delta':
      process.stdout.write(event.content);
      break;
    case 'permission_request':
      // Agent wants to read a file — save the requestId to respond
      pendingPermission = event.requestId;
      console.log(`\nPermission: ${event.toolName}(${JSON.stringify(event.toolInput)})`);
      break;
    case 'done':
      console.log(`\nMessage ID: ${event.messageId}`);
      break;
  }
}
}

// 3. If the agent requested permission, approve it
if (pendingPermission) {
await fetch(`/api/chat/conversations/${conversation.id}/respond`, {
  method: 'POST',
  headers: { 'Content-Type': 'application/json' },
  body: JSON.stringify({
    requestId: pendingPermission,
    behavior: 'allow',
    alwaysAllow: true,
  }),
});
}

// 4. Discover available models for the model picker
const models = await fetch('/api/chat/models').then(r => r.json());
models.forEach(m => console.log(`${m.label} (${m.provider}) — ${m.costLabel}`));
