// Get conversation with message count
const conv = await fetch('/api/chat/conversations/conv-d4e2-7b1a')
.then(r => r.json());

console.log(`${conv.title}: ${conv.messageCount} messages`);
