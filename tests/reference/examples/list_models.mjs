// Build a model picker grouped by provider
const models = await fetch('/api/chat/models').then(r => r.json());

const byProvider = Object.groupBy(models, m => m.provider);
for (const [provider, providerModels] of Object.entries(byProvider)) {
console.log(`${provider}:`);
providerModels.forEach(m => {
  console.log(`  ${m.label} [${m.tier}] ${m.costLabel}`);
});
}
