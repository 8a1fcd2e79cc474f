// Send a message and process the SSE stream
const res = await fetch('/api/chat/conversations/conv-d4e2-7b1a/messages', {
method: 'POST',
headers: { 'Content-Type': 'application/json' },
body: JSON.stringify({ content: 'What tasks are running right now?' }),
});

const reader = res.body.getReader();
const decoder = new TextDecoder();

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
    case 'status':
      console.log(`[status] ${event.phase}: ${event.message}`);
      break;
    case 'permission_request':
      console.log(`[permission] ${event.toolName}: ${JSON.stringify(event.toolInput)}`);
      // Respond via /respond endpoint
      break;
    case 'done':
      console.log(`\nComplete: ${event.messageId}`);
      break;
    case 'error':
      console.error(`Error: ${event.message}`);
      break;
  }
}
}
