// Fetch the last 50 messages
const messages = await fetch(
'/api/chat/conversations/conv-d4e2-7b1a/messages?limit=50'
).then(r => r.json());

// Use cursor-based pagination to load more
if (messages.length === 50) {
const lastId = messages[messages.length - 1].id;
const older = await fetch(
  `/api/chat/conversations/conv-d4e2-7b1a/messages?after=${lastId}&limit=50`
).then(r => r.json());
}
