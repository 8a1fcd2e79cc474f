"""From an agent's Markdown to HTML that is safe to show: parsed, highlighted and cleaned in a process of its own."""
