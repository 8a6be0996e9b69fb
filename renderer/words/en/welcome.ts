export const welcome = {
  title: "Type a prompt and watch it develop.",
  machine: "This machine draws with {{device}}.",
  time: "A 768 × 768 picture of Stable Diffusion 2 takes about {{duration}} on it.",
  fallback: "Not used: {{reason}}",
  trying: "Finding out what this machine can do…",
  failed: "The studio could not find out what this machine can do",
  starter: {
    title: "Draw with the starter",
    text: "A small built-in drawing model: sixteen things in eleven colours, at 128 × 128. It is not Stable Diffusion 2, but it draws at once.",
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
};
