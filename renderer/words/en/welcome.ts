export const welcome = {
  title: "Type a prompt and watch it develop.",
  machine: "This computer draws with {{device}}.",
  facts: {
    title: "What this computer can do",
    memory: "Memory",
    disk: "Disk",
    free: "{{free}} free of {{total}}",
    about: "about {{time}}",
    presets: "A picture of 768 × 768 with Stable Diffusion 2 takes, by preset:",
  },
  fallback: "Using the CPU. {{reason}}.",
  trying: "Finding out what this computer can do…",
  failed: "Could not check what this computer can do",
  starter: {
    title: "Draw a first picture",
    prompt: "two purple fish under water",
    text: "Draws “{{prompt}}” with the starter model, a small built-in drawing model for pictures of 128 × 128. It is not Stable Diffusion 2, but it takes seconds.",
  },
  download: {
    title: "Download Stable Diffusion 2",
    text: "Photographs, paintings and drawings at 768 × 768: {{size}} from the model hub, under the licence {{licence}}. Without a safety checker: it draws what you ask for.",
    plain: "Photographs, paintings and drawings at 768 × 768, from the model hub.",
  },
  import: {
    title: "Import a folder",
    text: "A Stable Diffusion 1 or 2 model in diffusers layout that is already on this computer.",
  },
  endpoint: "Use a remote endpoint",
  skip: "Skip",
  next: {
    title: "Where to go next",
    models: "Get a model",
    gallery: "See your pictures",
    server: "Let other programs use Darkroom",
    palette: "Find anything",
    close: "Close the next steps",
  },
};
