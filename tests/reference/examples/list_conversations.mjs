// Fetch active conversations for a project
const conversations = await fetch(
'/api/chat/conversations?status=active&projectId=proj-8f3a-4b2c&limit=20'
).then(r => r.json());

conversations.forEach(c => {
const age = Math.round((Date.now() - new Date(c.updatedAt).getTime()) / 3600000);
console.log(`${c.title || 'Untitled'} (${c.runtimeId}) — ${age}h ago`);
});
