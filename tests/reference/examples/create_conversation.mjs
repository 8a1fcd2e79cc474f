// Create a conversation with a specific model
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

console.log(conversation.id);     // "conv-d4e2-7b1a"
console.log(conversation.status); // "active"
