// Permanently delete a conversation and its messages
await fetch('/api/chat/conversations/conv-d4e2-7b1a', { method: 'DELETE' });
