// Switch to a faster model for quick follow-up questions
await fetch('/api/chat/conversations/conv-d4e2-7b1a', {
method: 'PATCH',
headers: { 'Content-Type': 'application/json' },
body: JSON.stringify({ modelId: 'haiku' }),
});
