// Approve a permission request and save a permanent rule
await fetch('/api/chat/conversations/conv-d4e2-7b1a/respond', {
method: 'POST',
headers: { 'Content-Type': 'application/json' },
body: JSON.stringify({
  requestId: 'req-b7c3-2e4f',
  behavior: 'allow',
  alwaysAllow: true,
  toolName: 'Read',
  toolInput: { file_path: '/src/auth/login.ts' },
}),
});

// Deny a permission with an explanation
await fetch('/api/chat/conversations/conv-d4e2-7b1a/respond', {
method: 'POST',
headers: { 'Content-Type': 'application/json' },
body: JSON.stringify({
  requestId: 'req-c8d4-3f5a',
  behavior: 'deny',
  message: 'Do not modify production config files',
}),
});
