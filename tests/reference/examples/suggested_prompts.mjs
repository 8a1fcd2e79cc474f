// Populate the chat input with suggested prompt categories
const categories = await fetch('/api/chat/suggested-prompts')
.then(r => r.json());

categories.forEach(cat => {
console.log(`${cat.label} (${cat.icon}):`);
cat.prompts.forEach(p => console.log(`  ${p.label}`));
});
